/* C's program of the cross-language matrix.

   matrix-c write FOLDER VECTORS writes, matrix-c read FOLDER VECTORS reads what any language wrote.
   One line a row: "CAPABILITY CIPHER ok", "... refused" or "... FAILED: why". */

#include "matrix.h"

static const char *const words[] = {"ok", "refused", "FAILED: "};

/* A new capability is a row here and a row in each other program. */
static const struct {
    const char *name;
    outcome (*write)(place *);
    outcome (*read)(place *);
} capabilities[] = {
    {"messages", write_messages, read_messages},
    {"pages", write_pages, read_pages},
    {"frames", write_frames, read_frames},
    {"file", write_file, read_file},
    {"records-s2", write_records_s2, read_records_s2},
    {"records-bound", write_records_bound, read_records_bound},
};

static outcome run(place *at, outcome (*work)(place *)) {
    uint8_t bytes[PAGECRYPT_MAX_KEY_LENGTH];
    pagecrypt_key *key;
    pagecrypt_error *error;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)i;
    if (pagecrypt_key_new(bytes, pagecrypt_cipher_key_length(at->cipher), at->cipher, &key, &error) != PAGECRYPT_OK)
        return failed_call(at, "key_new", error);
    at->key = key;
    outcome done = work(at);
    pagecrypt_key_free(key);
    return done;
}

int main(int count, char **arguments) {
    bool reads = count == 4 && strcmp(arguments[1], "read") == 0;
    if (!reads && (count != 4 || strcmp(arguments[1], "write") != 0)) {
        fputs("usage: matrix-c write|read FOLDER VECTORS\n", stderr);
        return 2;
    }
    bool failed = false;
    size_t ciphers;
    const pagecrypt_cipher *all = pagecrypt_ciphers(&ciphers);
    for (size_t i = 0; i < sizeof capabilities / sizeof *capabilities; i++)
        for (size_t j = 0; j < ciphers; j++) {
            place at = {arguments[2], arguments[3], all[j], NULL, ""};
            outcome done = run(&at, reads ? capabilities[i].read : capabilities[i].write);
            failed = failed || done == FAILED;
            printf("%s %s %s%s\n", capabilities[i].name, pagecrypt_cipher_name(all[j]), words[done], at.why);
        }
    return failed ? 1 : 0;
}
