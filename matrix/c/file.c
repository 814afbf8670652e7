/* File: a whole database, encrypted, verified, read and decrypted in both ways. */

#include "matrix.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#define SOURCE "turso/aegis256-4096-small.plain.db"
#define MAGIC "SQLite format 3" /* and a zero byte */

outcome write_file(place *at) {
    char source[PATH_LENGTH], path[PATH_LENGTH];
    pagecrypt_summary *summary;
    pagecrypt_error *error;
    struct stat about;
    join(source, at->vectors, "%s", SOURCE);
    path_of(at, path, "file-%s.db");
    pagecrypt_file_options *options = pagecrypt_file_options_new();
    pagecrypt_file_options_set_force(options, true);
    pagecrypt_status status = pagecrypt_encrypt_file(source, path, at->key, options, &summary, &error);
    pagecrypt_file_options_free(options);

    outcome done = OK;
    if (at->cipher == PAGECRYPT_CHACHA20POLY1305) {
        if (status != PAGECRYPT_ERROR_UNSUPPORTED_FORMAT || summary != NULL || stat(path, &about) == 0)
            done = fail(at, "encrypt_file should refuse, and gave %s", pagecrypt_status_name(status));
        else
            done = REFUSED;
        pagecrypt_error_free(error);
    } else if (status != PAGECRYPT_OK) {
        done = failed_call(at, "encrypt_file", error);
    } else if (stat(path, &about) != 0 || (uint64_t)about.st_size != pagecrypt_summary_bytes(summary)) {
        done = fail(at, "encrypt_file reports another length than the file has");
    }
    pagecrypt_summary_free(summary);
    return done;
}

static outcome verify(place *at, const char *path) {
    pagecrypt_verify_report *report;
    pagecrypt_error *error;
    outcome done = OK;
    if (pagecrypt_verify_file(path, at->key, NULL, &report, &error) != PAGECRYPT_OK)
        done = failed_call(at, "verify_file", error);
    else if (!pagecrypt_verify_report_is_intact(report))
        done = fail(at, "verify_file succeeds, and its report says that the file is damaged");
    pagecrypt_verify_report_free(report);
    return done;
}

/* The whole database through a reader is what decrypt_file made. */
static outcome compare_reader(place *at, const char *path, const buffer *plain) {
    pagecrypt_page_reader *reader;
    pagecrypt_error *error;
    struct stat about;
    if (stat(path, &about) != 0)
        return fail(at, "%s: %s", path, strerror(errno));
    if (pagecrypt_page_reader_open(path, at->key, &reader, &error) != PAGECRYPT_OK)
        return failed_call(at, "page_reader_open", error);
    size_t read;
    buffer text = allocate((size_t)pagecrypt_page_reader_length(reader));
    uint64_t pages = (uint64_t)about.st_size / PAGE_SIZE;
    outcome done = OK;
    if (pagecrypt_page_reader_read_at(reader, 0, text.bytes, text.length, &read, &error) != PAGECRYPT_OK)
        done = failed_call(at, "page_reader_read_at", error);
    else if (read != text.length || text.length != plain->length)
        done = fail(at, "read_at gave %zu bytes of %zu, decrypt_file %zu", read, text.length, plain->length);
    else if (pagecrypt_page_reader_page_count(reader) != pages || text.length != pages * PAGE_SIZE)
        done = fail(at, "%lu pages became %lu", (unsigned long)pages,
                    (unsigned long)pagecrypt_page_reader_page_count(reader));
    else
        done = compare(at, "database", 1, text.bytes, plain->bytes, text.length);
    free(text.bytes);
    pagecrypt_page_reader_free(reader);
    return done;
}

static outcome check_database(place *at, const char *what, const buffer *database) {
    if (database->length < sizeof MAGIC || memcmp(database->bytes, MAGIC, sizeof MAGIC) != 0)
        return fail(at, "what %s made is no SQLite database", what);
    return OK;
}

typedef pagecrypt_status (*decryption)(const char *, const char *, const pagecrypt_key *,
                                       const pagecrypt_file_options *, pagecrypt_summary **, pagecrypt_error **);

/* `database` is to be freed, also after a failure. */
static outcome decrypt(place *at, const char *what, decryption function, const char *path, const char *destination,
                       buffer *database) {
    pagecrypt_summary *summary;
    pagecrypt_error *error;
    pagecrypt_file_options *options = pagecrypt_file_options_new();
    pagecrypt_file_options_set_force(options, true);
    outcome done = OK;
    if (function(path, destination, at->key, options, &summary, &error) != PAGECRYPT_OK)
        done = failed_call(at, what, error);
    if (done == OK)
        done = read_bytes(at, destination, database);
    if (done == OK)
        done = check_database(at, what, database);
    if (done == OK && database->length != pagecrypt_summary_bytes(summary))
        done = fail(at, "%s reports another length than the file has", what);
    pagecrypt_summary_free(summary);
    pagecrypt_file_options_free(options);
    return done;
}

static outcome read_into(place *at, const char *folder, bool keep) {
    char path[PATH_LENGTH], plain_path[PATH_LENGTH], compact_path[PATH_LENGTH];
    buffer plain = {NULL, 0}, compact = {NULL, 0};
    path_of(at, path, "file-%s.db");
    join(plain_path, folder, "file-%s.plain.db", pagecrypt_cipher_name(at->cipher));
    join(compact_path, folder, "file-%s.compact.db", pagecrypt_cipher_name(at->cipher));
    outcome done = verify(at, path);
    if (done == OK)
        done = decrypt(at, "decrypt_file", pagecrypt_decrypt_file, path, plain_path, &plain);
    if (done == OK)
        done = compare_reader(at, path, &plain);
    if (done == OK)
        done = decrypt(at, "decrypt_file_compact", pagecrypt_decrypt_file_compact, path, compact_path, &compact);
    free(plain.bytes);
    free(compact.bytes);
    if (!keep) {
        remove(plain_path);
        remove(compact_path);
    }
    return done;
}

outcome read_file(place *at) {
    pagecrypt_page_codec *codec;
    outcome done = make_codec(at, &codec);
    pagecrypt_page_codec_free(codec);
    if (done != OK)
        return done;
    const char *kept = getenv("MATRIX_OUT");
    if (kept != NULL)
        return read_into(at, kept, true);
    char temporary[] = "/tmp/matrix-XXXXXX";
    if (mkdtemp(temporary) == NULL)
        return fail(at, "no temporary folder: %s", strerror(errno));
    done = read_into(at, temporary, false);
    rmdir(temporary);
    return done;
}
