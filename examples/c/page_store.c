/* A key-value file of its own, encrypted page by page through libpagecrypt:
       page_store FILE KEYFILE put KEY VALUE | get KEY | list
   KEYFILE holds a key as `pagecrypt keygen` writes it. The file is a hash table of BUCKETS pages; a full page continues in a
   page at the end of the file. Exit codes are those of the pagecrypt command; a key that is not there gives 1.

   Pages are sealed in Turso's layout: tag and a fresh nonce lie in a page's last bytes, so that it is overwritten in place.
   (With raw messages, both would be ours to keep.) Page 1 of that layout is SQLite's header: ours begin with page 2. It does
   not bind a page to its place, so each says its own number, which is compared. A store that survives power cuts would also
   have a log, whose frames pagecrypt_seal_frames seals. */
#include <pagecrypt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE = 4096, FIRST = 2, BUCKETS = 16 };

/* A page in plaintext. Entries: the lengths of key and value, a byte each, and both; a key of length 0 ends them. Numbers have
   the machine's byte order: the file stays with machines of its kind. */
typedef struct page {
    uint32_t number, next; /* its own, and its continuation's (0: none) */
    uint8_t entries[PAGE - 8];
} page;

static FILE *file;
static pagecrypt_page_codec *codec;
static size_t room; /* bytes for entries: those behind them are the format's, and zero */

static void give_up(pagecrypt_status status, const char *message) {
    fprintf(stderr, "page_store: %s\n", message);
    exit(pagecrypt_status_exit_code(status));
}

static void check(pagecrypt_status status, pagecrypt_error *const *error) {
    if (status != PAGECRYPT_OK) {
        give_up(status, pagecrypt_error_message(*error)); /* it names the page */
    }
}

static void write_page(const page *plain) {
    uint8_t sealed[PAGE];
    pagecrypt_error *error;
    check(pagecrypt_seal_pages_into(codec, plain->number, (const uint8_t *)plain, PAGE, sealed, PAGE, &error), &error);
    if (fseek(file, (long)(plain->number - FIRST) * PAGE, SEEK_SET) != 0 || fwrite(sealed, PAGE, 1, file) != 1) {
        give_up(PAGECRYPT_ERROR_IO, "cannot write");
    }
}

static void read_page(page *it, uint32_t number) {
    pagecrypt_error *error;
    if (fseek(file, (long)(number - FIRST) * PAGE, SEEK_SET) != 0 || fread(it, PAGE, 1, file) != 1) {
        give_up(PAGECRYPT_ERROR_MALFORMED, "the file ends early");
    }
    check(pagecrypt_open_pages(codec, number, (uint8_t *)it, PAGE, &error), &error);
    if (it->number != number) {
        give_up(PAGECRYPT_ERROR_MALFORMED, "a page is not in its place");
    }
}

static void open_store(const char *path, const char *key_path) {
    char text[128];
    pagecrypt_key *key = NULL;
    pagecrypt_error *error = NULL;
    FILE *key_file = fopen(key_path, "rb"), *made = fopen(path, "ab");
    if (key_file == NULL || made == NULL || (file = fopen(path, "r+b")) == NULL || fseek(file, 0, SEEK_END) != 0) {
        give_up(PAGECRYPT_ERROR_IO, "cannot open the store, or read the key file");
    }
    size_t length = fread(text, 1, sizeof text, key_file);
    fclose(key_file);
    fclose(made);
    check(pagecrypt_key_from_text(text, length, 0, &key, &error), &error);
    check(pagecrypt_page_codec_new_turso(key, PAGE, &codec, &error), &error);
    pagecrypt_key_free(key); /* the codec keeps what it needs */
    room = PAGE - 8 - pagecrypt_page_codec_reserved_length(codec);
    for (uint32_t number = ftell(file) == 0 ? FIRST : FIRST + BUCKETS; number < FIRST + BUCKETS; number++) {
        write_page(&(page){.number = number}); /* a new store */
    }
}

static size_t entry_length(const page *it, size_t at) { /* 0: there are no more */
    size_t length = at + 2 > room || it->entries[at] == 0 ? 0 : 2u + it->entries[at] + it->entries[at + 1];
    return at + length > room ? 0 : length;
}

static size_t find(const page *it, const char *key) { /* where its entry is, or where the entries end */
    size_t at = 0, length = strlen(key);
    while (entry_length(it, at) > 0 && (it->entries[at] != length || memcmp(it->entries + at + 2, key, length) != 0)) {
        at += entry_length(it, at);
    }
    return at;
}

static void put(uint32_t number, const char *key, const char *value) {
    page it;
    for (size_t needed = 2 + strlen(key) + strlen(value); number != 0; number = it.next) {
        read_page(&it, number);
        size_t at = find(&it, key), old = entry_length(&it, at);
        memmove(it.entries + at, it.entries + at + old, room - at - old); /* the old entry goes */
        memset(it.entries + room - old, 0, old);
        at = find(&it, "");
        if (needed > 0 && at + needed <= room) {
            /* Its NUL falls on a zero. */
            sprintf((char *)it.entries + at, "%c%c%s%s", (int)strlen(key), (int)strlen(value), key, value);
            needed = 0;
        } else if (needed > 0 && it.next == 0 && fseek(file, 0, SEEK_END) == 0) { /* a new page, then the way to it */
            it.next = FIRST + (uint32_t)(ftell(file) / PAGE);
            write_page(&(page){.number = it.next});
        }
        write_page(&it);
    }
}

/* Prints the value of `key`, or with NULL all entries, of a bucket. Gives how many there were. */
static int show(uint32_t number, const char *key) {
    page it;
    int count = 0;
    for (; number != 0; number = it.next) {
        read_page(&it, number);
        for (size_t at = key ? find(&it, key) : 0; entry_length(&it, at) > 0 && !(key && count); count++) {
            const char *name = (const char *)it.entries + at + 2;
            printf("%.*s%s%.*s\n", key ? 0 : it.entries[at], name, key ? "" : " = ", it.entries[at + 1], name + it.entries[at]);
            at += entry_length(&it, at);
        }
    }
    return count;
}

int main(int count, char **arguments) {
    const char *const commands[] = {"list", "get", "put"}, *key = count > 4 ? arguments[4] : NULL;
    if (count < 4 || count > 6 || strcmp(arguments[3], commands[count - 4]) != 0 ||
        (key && (key[0] == '\0' || strlen(key) > 255 || strlen(arguments[count - 1]) > 255))) {
        fprintf(stderr, "usage: page_store FILE KEYFILE put KEY VALUE | get KEY | list (up to 255 bytes each)\n");
        return 2;
    }
    open_store(arguments[1], arguments[2]);
    uint32_t hash = 2166136261u; /* FNV-1a */
    for (const char *next = key; key && *next != '\0'; next++) {
        hash = (hash ^ (uint8_t)*next) * 16777619u;
    }
    if (count == 6) {
        put(FIRST + hash % BUCKETS, key, arguments[5]);
    } else if (count == 5 && show(FIRST + hash % BUCKETS, key) == 0) {
        give_up(PAGECRYPT_ERROR_IO, "there is no such key");
    }
    for (uint32_t number = FIRST; number < FIRST + BUCKETS && count == 4; number++) {
        show(number, NULL);
    }
    pagecrypt_page_codec_free(codec);
    return fclose(file) == 0 ? 0 : 1;
}
