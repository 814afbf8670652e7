/* C's program of the cross-language matrix.

   matrix-c write FOLDER VECTORS writes, matrix-c read FOLDER VECTORS reads what any language wrote.
   One line a row: "CAPABILITY CIPHER ok", "... refused" or "... FAILED: why". */

#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <pagecrypt.h>

#define PAGE_SIZE 4096
#define PATH_LENGTH 4096

/* Where a row's files are, and its key. */
typedef struct {
    const char *folder;
    const char *vectors;
    pagecrypt_cipher cipher;
    const pagecrypt_key *key;
    char why[1024]; /* of a failure */
} place;

typedef enum { OK, REFUSED, FAILED } outcome;
static const char *const words[] = {"ok", "refused", "FAILED: "};

static outcome fail(place *at, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(at->why, sizeof at->why, format, arguments);
    va_end(arguments);
    return FAILED;
}

/* Takes the error of a call that did not succeed. */
static outcome failed_call(place *at, const char *what, pagecrypt_error *error) {
    outcome failed = fail(at, "%s: %s", what, pagecrypt_error_message(error));
    pagecrypt_error_free(error);
    return failed;
}

/* ---- bytes and files */

typedef struct {
    uint8_t *bytes;
    size_t length;
} buffer;

static buffer allocate(size_t length) {
    buffer made = {calloc(length ? length : 1, 1), length};
    if (made.bytes == NULL) {
        fputs("out of memory\n", stderr);
        exit(2);
    }
    return made;
}

static void join(char *path, const char *folder, const char *format, const char *name) {
    int length = snprintf(path, PATH_LENGTH, "%s/", folder);
    snprintf(path + length, (size_t)(PATH_LENGTH - length), format, name);
}

/* The row's file, for example "pages-aegis256". */
static void path_of(const place *at, char *path, const char *format) {
    join(path, at->folder, format, pagecrypt_cipher_name(at->cipher));
}

static outcome write_bytes(place *at, const char *path, const buffer *content) {
    FILE *file = fopen(path, "wb");
    if (file == NULL)
        return fail(at, "%s: %s", path, strerror(errno));
    bool written = fwrite(content->bytes, 1, content->length, file) == content->length;
    if (fclose(file) != 0 || !written)
        return fail(at, "%s: not written", path);
    return OK;
}

/* `content` is to be freed, also after a failure. */
static outcome read_bytes(place *at, const char *path, buffer *content) {
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return fail(at, "%s: %s", path, strerror(errno));
    struct stat about;
    bool complete = fstat(fileno(file), &about) == 0;
    if (complete) {
        *content = allocate((size_t)about.st_size);
        complete = fread(content->bytes, 1, content->length, file) == content->length;
    }
    fclose(file);
    return complete ? OK : fail(at, "%s: not read", path);
}

static outcome compare(place *at, const char *what, size_t number, const uint8_t *got, const uint8_t *expected,
                       size_t length) {
    for (size_t i = 0; i < length; i++)
        if (got[i] != expected[i])
            return fail(at, "%s %zu: byte %zu is another", what, number, i);
    return OK;
}

/* ---- messages: 65 of 0 to 2368 bytes in one batch; ciphertexts one after the other, then the tags */

#define MESSAGES 65
#define TEXT (37 * MESSAGES * (MESSAGES - 1) / 2)
#define ASSOCIATED_DATA (MESSAGES * (MESSAGES - 1) / 2)

typedef struct {
    uint8_t nonces[MESSAGES * PAGECRYPT_MAX_NONCE_LENGTH];
    uint8_t associated_data[ASSOCIATED_DATA];
    size_t associated_data_offsets[MESSAGES + 1];
    uint8_t text[TEXT];
    size_t offsets[MESSAGES + 1];
} messages;

static void make_messages(messages *all, size_t nonce_length) {
    all->offsets[0] = 0;
    all->associated_data_offsets[0] = 0;
    for (size_t i = 0; i < MESSAGES; i++) {
        size_t length = 37 * i;
        memset(all->nonces + i * nonce_length, (int)i, nonce_length);
        memset(all->associated_data + all->associated_data_offsets[i], (int)i, i);
        for (size_t j = 0; j < length; j++)
            all->text[all->offsets[i] + j] = (uint8_t)(i + j);
        all->offsets[i + 1] = all->offsets[i] + length;
        all->associated_data_offsets[i + 1] = all->associated_data_offsets[i] + i;
    }
}

static outcome write_messages(place *at) {
    static messages all;
    char path[PATH_LENGTH];
    pagecrypt_error *error;
    make_messages(&all, pagecrypt_cipher_nonce_length(at->cipher));
    buffer file = allocate(TEXT + MESSAGES * PAGECRYPT_TAG_LENGTH);
    memcpy(file.bytes, all.text, TEXT);
    outcome done = OK;
    if (pagecrypt_seal_batch_assume_unique_nonces(at->key, MESSAGES, all.nonces, all.associated_data, ASSOCIATED_DATA,
                                                  all.associated_data_offsets, file.bytes, file.bytes, TEXT,
                                                  all.offsets, file.bytes + TEXT, &error) != PAGECRYPT_OK)
        done = failed_call(at, "seal_batch", error);
    path_of(at, path, "messages-%s");
    if (done == OK)
        done = write_bytes(at, path, &file);
    free(file.bytes);
    return done;
}

static outcome open_messages(place *at, const buffer *file) {
    static messages expected;
    static uint8_t text[TEXT];
    uint8_t opened[MESSAGES];
    pagecrypt_error *error;
    if (file->length != TEXT + MESSAGES * PAGECRYPT_TAG_LENGTH)
        return fail(at, "%zu bytes", file->length);
    make_messages(&expected, pagecrypt_cipher_nonce_length(at->cipher));
    if (pagecrypt_open_batch(at->key, MESSAGES, expected.nonces, expected.associated_data, ASSOCIATED_DATA,
                             expected.associated_data_offsets, file->bytes, text, TEXT, expected.offsets,
                             file->bytes + TEXT, opened, &error) != PAGECRYPT_OK)
        return failed_call(at, "open_batch", error);
    for (size_t i = 0; i < MESSAGES; i++) {
        size_t start = expected.offsets[i];
        if (opened[i] != 1)
            return fail(at, "message %zu is not said to be open", i);
        if (compare(at, "message", i, text + start, expected.text + start, expected.offsets[i + 1] - start) != OK)
            return FAILED;
    }
    return OK;
}

static outcome read_messages(place *at) {
    char path[PATH_LENGTH];
    buffer file = {NULL, 0};
    path_of(at, path, "messages-%s");
    outcome done = read_bytes(at, path, &file);
    if (done == OK)
        done = open_messages(at, &file);
    free(file.bytes);
    return done;
}

/* ---- pages: 2 to 66 in one call */

#define FIRST_PAGE 2
#define PAGES 65

/* REFUSED where the format does not have the cipher, and says so. */
static outcome make_codec(place *at, pagecrypt_page_codec **codec) {
    pagecrypt_error *error;
    pagecrypt_status status = pagecrypt_page_codec_new_turso(at->key, PAGE_SIZE, codec, &error);
    bool foreign = at->cipher == PAGECRYPT_CHACHA20POLY1305;
    if (foreign && status == PAGECRYPT_ERROR_UNSUPPORTED_FORMAT && *codec == NULL) {
        pagecrypt_error_free(error);
        return REFUSED;
    }
    if (status != PAGECRYPT_OK)
        return failed_call(at, "page_codec_new_turso", error);
    return foreign ? fail(at, "the format took a cipher that it does not have") : OK;
}

/* Page `number` in plaintext, `add` added to each byte; the reserved bytes are zero. */
static void make_page(const pagecrypt_page_codec *codec, uint8_t *page, uint32_t number, uint32_t add) {
    size_t text = PAGE_SIZE - pagecrypt_page_codec_reserved_length(codec);
    for (size_t j = 0; j < text; j++)
        page[j] = (uint8_t)(number * 7 + j + add);
    memset(page + text, 0, PAGE_SIZE - text);
}

static buffer make_pages(const pagecrypt_page_codec *codec) {
    buffer pages = allocate((size_t)PAGES * PAGE_SIZE);
    for (uint32_t i = 0; i < PAGES; i++)
        make_page(codec, pages.bytes + (size_t)i * PAGE_SIZE, FIRST_PAGE + i, 0);
    return pages;
}

static outcome write_pages(place *at) {
    char path[PATH_LENGTH];
    pagecrypt_page_codec *codec;
    pagecrypt_error *error;
    outcome done = make_codec(at, &codec);
    if (done == OK) {
        buffer pages = make_pages(codec);
        path_of(at, path, "pages-%s");
        if (pagecrypt_seal_pages(codec, FIRST_PAGE, pages.bytes, pages.length, &error) != PAGECRYPT_OK)
            done = failed_call(at, "seal_pages", error);
        else
            done = write_bytes(at, path, &pages);
        free(pages.bytes);
    }
    pagecrypt_page_codec_free(codec);
    return done;
}

static outcome open_pages(place *at, const pagecrypt_page_codec *codec, buffer *pages) {
    pagecrypt_error *error;
    if (pages->length != (size_t)PAGES * PAGE_SIZE)
        return fail(at, "%zu bytes", pages->length);
    if (pagecrypt_open_pages(codec, FIRST_PAGE, pages->bytes, pages->length, &error) != PAGECRYPT_OK)
        return failed_call(at, "open_pages", error);
    uint8_t expected[PAGE_SIZE];
    for (uint32_t i = 0; i < PAGES; i++) {
        make_page(codec, expected, FIRST_PAGE + i, 0);
        if (compare(at, "page", FIRST_PAGE + i, pages->bytes + (size_t)i * PAGE_SIZE, expected, PAGE_SIZE) != OK)
            return FAILED;
    }
    return OK;
}

static outcome read_pages(place *at) {
    char path[PATH_LENGTH];
    pagecrypt_page_codec *codec;
    buffer pages = {NULL, 0};
    outcome done = make_codec(at, &codec);
    path_of(at, path, "pages-%s");
    if (done == OK)
        done = read_bytes(at, path, &pages);
    if (done == OK)
        done = open_pages(at, codec, &pages);
    free(pages.bytes);
    pagecrypt_page_codec_free(codec);
    return done;
}

/* ---- frames: a write-ahead log of three */

#define FRAMES 3
#define HEADER PAGECRYPT_WAL_HEADER_LENGTH
#define FRAME_HEADER PAGECRYPT_WAL_FRAME_HEADER_LENGTH
#define FRAME (FRAME_HEADER + PAGE_SIZE)

static const uint32_t frame_pages[FRAMES] = {2, 3, 2};
static const uint32_t commit_sizes[FRAMES] = {0, 0, 3};
static const uint32_t salts[2] = {0x01020304, 0x05060708};

static void put_word(uint8_t *to, uint32_t word) {
    for (int i = 0; i < 4; i++)
        to[i] = (uint8_t)(word >> (24 - 8 * i));
}

static outcome seal_frames(place *at, const pagecrypt_page_codec *codec, buffer *log) {
    pagecrypt_wal_chain *chain;
    pagecrypt_error *error;
    if (pagecrypt_wal_header_new(PAGECRYPT_LITTLE_ENDIAN, PAGE_SIZE, 1, salts[0], salts[1], log->bytes, &error) !=
        PAGECRYPT_OK)
        return failed_call(at, "wal_header_new", error);
    for (uint32_t k = 0; k < FRAMES; k++) {
        uint8_t *frame = log->bytes + HEADER + (size_t)k * FRAME;
        put_word(frame, frame_pages[k]);
        put_word(frame + 4, commit_sizes[k]);
        make_page(codec, frame + FRAME_HEADER, frame_pages[k], k);
    }
    if (pagecrypt_wal_chain_start(log->bytes, HEADER, &chain, &error) != PAGECRYPT_OK)
        return failed_call(at, "wal_chain_start", error);
    outcome done = OK;
    if (pagecrypt_seal_frames(codec, chain, log->bytes + HEADER, FRAMES * FRAME, &error) != PAGECRYPT_OK)
        done = failed_call(at, "seal_frames", error);
    pagecrypt_wal_chain_free(chain);
    return done;
}

static outcome write_frames(place *at) {
    char path[PATH_LENGTH];
    pagecrypt_page_codec *codec;
    outcome done = make_codec(at, &codec);
    if (done == OK) {
        buffer log = allocate(HEADER + FRAMES * FRAME);
        path_of(at, path, "frames-%s");
        done = seal_frames(at, codec, &log);
        if (done == OK)
            done = write_bytes(at, path, &log);
        free(log.bytes);
    }
    pagecrypt_page_codec_free(codec);
    return done;
}

/* Whether the chain takes the frames, and what their headers say. */
static outcome check_frames(place *at, const buffer *log, pagecrypt_wal_chain *chain) {
    pagecrypt_error *error;
    for (uint32_t k = 0; k < FRAMES; k++) {
        const uint8_t *frame = log->bytes + HEADER + (size_t)k * FRAME;
        bool accepted;
        uint32_t page, commit_size, checksums[2];
        if (pagecrypt_wal_chain_accept(chain, frame, FRAME, &accepted, &error) != PAGECRYPT_OK)
            return failed_call(at, "wal_chain_accept", error);
        if (!accepted)
            return fail(at, "frame %u is not the log's next", (unsigned)k + 1);
        if (pagecrypt_wal_frame_header_parse(frame, FRAME, &page, &commit_size, NULL, NULL, &checksums[0],
                                             &checksums[1], &error) != PAGECRYPT_OK)
            return failed_call(at, "wal_frame_header_parse", error);
        if (page != frame_pages[k] || commit_size != commit_sizes[k])
            return fail(at, "frame %u says page %u, commit size %u", (unsigned)k + 1, (unsigned)page,
                        (unsigned)commit_size);
        uint32_t chained[2];
        if (pagecrypt_wal_chain_checksum(chain, &chained[0], &chained[1], &error) != PAGECRYPT_OK)
            return failed_call(at, "wal_chain_checksum", error);
        if (chained[0] != checksums[0] || chained[1] != checksums[1])
            return fail(at, "frame %u has another checksum than the chain", (unsigned)k + 1);
    }
    return OK;
}

static outcome open_frames(place *at, const pagecrypt_page_codec *codec, buffer *log) {
    pagecrypt_byte_order order;
    size_t page_size;
    uint32_t checkpoint, salt1, salt2;
    pagecrypt_wal_chain *chain;
    pagecrypt_error *error;
    if (pagecrypt_wal_header_parse(log->bytes, log->length, &order, &page_size, &checkpoint, &salt1, &salt2, &error) !=
        PAGECRYPT_OK)
        return failed_call(at, "wal_header_parse", error);
    if (order != PAGECRYPT_LITTLE_ENDIAN || page_size != PAGE_SIZE || checkpoint != 1 || salt1 != salts[0] ||
        salt2 != salts[1])
        return fail(at, "the log's header is another");
    if (log->length != HEADER + FRAMES * FRAME)
        return fail(at, "%zu bytes", log->length);
    if (pagecrypt_wal_chain_start(log->bytes, HEADER, &chain, &error) != PAGECRYPT_OK)
        return failed_call(at, "wal_chain_start", error);
    outcome done = check_frames(at, log, chain);
    pagecrypt_wal_chain_free(chain);
    if (done != OK)
        return done;
    if (pagecrypt_open_frames(codec, 1, log->bytes + HEADER, FRAMES * FRAME, &error) != PAGECRYPT_OK)
        return failed_call(at, "open_frames", error);
    for (uint32_t k = 0; k < FRAMES && done == OK; k++) {
        uint8_t expected[PAGE_SIZE];
        make_page(codec, expected, frame_pages[k], k);
        done = compare(at, "frame", k + 1, log->bytes + HEADER + (size_t)k * FRAME + FRAME_HEADER, expected, PAGE_SIZE);
    }
    return done;
}

static outcome read_frames(place *at) {
    char path[PATH_LENGTH];
    pagecrypt_page_codec *codec;
    buffer log = {NULL, 0};
    outcome done = make_codec(at, &codec);
    path_of(at, path, "frames-%s");
    if (done == OK)
        done = read_bytes(at, path, &log);
    if (done == OK)
        done = open_frames(at, codec, &log);
    free(log.bytes);
    pagecrypt_page_codec_free(codec);
    return done;
}

/* ---- file: a whole database, encrypted, verified, read and decrypted in both ways */

#define SOURCE "turso/aegis256-4096-small.plain.db"
#define MAGIC "SQLite format 3" /* and a zero byte */

static outcome write_file(place *at) {
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

static outcome read_file(place *at) {
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

/* ---- what every language does; a new one is a row here and a row in each other program */

static const struct {
    const char *name;
    outcome (*write)(place *);
    outcome (*read)(place *);
} capabilities[] = {
    {"messages", write_messages, read_messages},
    {"pages", write_pages, read_pages},
    {"frames", write_frames, read_frames},
    {"file", write_file, read_file},
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
