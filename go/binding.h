/* What the Go files call: libpagecrypt's functions with their outputs as one value, so that no pointer to Go's memory
 * holds another, and nothing escapes to the heap. */

#ifndef PAGECRYPT_GO_BINDING_H
#define PAGECRYPT_GO_BINDING_H

#if defined PAGECRYPT_GO_SYSTEM
#include <pagecrypt.h>
#elif __has_include("bundled.h")
#include "bundled.h"
#endif

#if !defined PAGECRYPT_GO_SYSTEM && !defined PAGECRYPT_GO_BUNDLED
#error "libpagecrypt is not bundled: run go/bundle, or use an installed libpagecrypt with -tags pagecrypt_system"
#endif

#include <stdlib.h>

#if PAGECRYPT_ABI != 0
#error "this pagecrypt.h has another ABI than package pagecrypt was written for"
#endif

/* The error of a call, NULL where it succeeded. */
typedef pagecrypt_error *failure;

/* A call that makes a handle. */
typedef struct {
    failure error;
    void *handle;
} made;

/* Parameters that are read, and that are written. */
#define BYTES const uint8_t *
#define BUFFER uint8_t *

/* Names */

typedef struct {
    failure error;
    int32_t number;
} numbered;

static inline numbered go_cipher_from_name(const char *name) {
    numbered result = {NULL, 0};
    pagecrypt_cipher_from_name(name, &result.number, &result.error);
    return result;
}

static inline numbered go_cipher_engine(pagecrypt_cipher cipher) {
    numbered result = {NULL, 0};
    pagecrypt_cipher_engine(cipher, &result.number, &result.error);
    return result;
}

static inline numbered go_engine_from_name(const char *name) {
    numbered result = {NULL, 0};
    pagecrypt_engine_from_name(name, &result.number, &result.error);
    return result;
}

/* Keys */

#define MADE(type, call)           \
    made result = {NULL, NULL};    \
    type *handle = NULL;           \
    failure *error = &result.error; \
    call;                          \
    result.handle = handle;        \
    return result

static inline made go_key_new(BYTES bytes, size_t length, pagecrypt_cipher cipher) {
    MADE(pagecrypt_key, pagecrypt_key_new(bytes, length, cipher, &handle, error));
}

static inline made go_key_from_text(BYTES text, size_t length, pagecrypt_cipher cipher) {
    MADE(pagecrypt_key, pagecrypt_key_from_text((const char *)text, length, cipher, &handle, error));
}

static inline made go_key_generate(pagecrypt_cipher cipher) {
    MADE(pagecrypt_key, pagecrypt_key_generate(cipher, &handle, error));
}

static inline made go_key_with_engine(const void *from, pagecrypt_engine ceiling) {
    MADE(pagecrypt_key, pagecrypt_key_with_engine(from, ceiling, &handle, error));
}

static inline made go_key_with_cipher(const void *from, pagecrypt_cipher cipher) {
    MADE(pagecrypt_key, pagecrypt_key_with_cipher(from, cipher, &handle, error));
}

static inline made go_key_clone(const void *from) {
    MADE(pagecrypt_key, pagecrypt_key_clone(from, &handle, error));
}

static inline failure go_key_bytes(const void *key, BUFFER to, size_t length) {
    failure error = NULL;
    pagecrypt_key_bytes(key, to, length, &error);
    return error;
}

typedef struct {
    failure error;
    size_t length;
} counted;

static inline counted go_key_text(const void *key, pagecrypt_encoding encoding, BUFFER to, size_t capacity) {
    counted result = {NULL, 0};
    pagecrypt_key_text(key, encoding, (char *)to, capacity, &result.length, &result.error);
    return result;
}

/* Messages */

static inline failure go_seal_one(const void *key, BYTES nonce, size_t nonce_length, BYTES associated_data,
                                  size_t associated_data_length, BYTES from, BUFFER to, size_t length, BUFFER tag) {
    failure error = NULL;
    pagecrypt_seal_one_assume_unique_nonce(key, nonce, nonce_length, associated_data, associated_data_length, from, length,
                                           to, length, tag, &error);
    return error;
}

static inline failure go_open_one(const void *key, BYTES nonce, size_t nonce_length, BYTES associated_data,
                                  size_t associated_data_length, BYTES from, BUFFER to, size_t length, BYTES tag) {
    failure error = NULL;
    pagecrypt_open_one(key, nonce, nonce_length, associated_data, associated_data_length, from, length, to, length, tag,
                       &error);
    return error;
}

static inline failure go_seal_batch(const void *key, size_t count, BYTES nonces, BYTES associated_data,
                                    size_t associated_data_length, const size_t *associated_data_offsets, BYTES from,
                                    BUFFER to, size_t length, const size_t *offsets, BUFFER tags) {
    failure error = NULL;
    pagecrypt_seal_batch_assume_unique_nonces(key, count, nonces, associated_data, associated_data_length,
                                              associated_data_offsets, from, to, length, offsets, tags, &error);
    return error;
}

static inline failure go_open_batch(const void *key, size_t count, BYTES nonces, BYTES associated_data,
                                    size_t associated_data_length, const size_t *associated_data_offsets, BYTES from,
                                    BUFFER to, size_t length, const size_t *offsets, BYTES tags, BUFFER opened) {
    failure error = NULL;
    pagecrypt_open_batch(key, count, nonces, associated_data, associated_data_length, associated_data_offsets, from, to,
                         length, offsets, tags, opened, &error);
    return error;
}

/* Pages */

static inline made go_page_codec_new_turso(const void *key, size_t page_size) {
    MADE(pagecrypt_page_codec, pagecrypt_page_codec_new_turso(key, page_size, &handle, error));
}

static inline failure go_seal_pages(const void *codec, uint32_t first, BUFFER pages, size_t length) {
    failure error = NULL;
    pagecrypt_seal_pages(codec, first, pages, length, &error);
    return error;
}

static inline failure go_seal_pages_into(const void *codec, uint32_t first, BYTES from, size_t from_length, BUFFER to,
                                         size_t to_length) {
    failure error = NULL;
    pagecrypt_seal_pages_into(codec, first, from, from_length, to, to_length, &error);
    return error;
}

static inline failure go_open_pages(const void *codec, uint32_t first, BUFFER pages, size_t length) {
    failure error = NULL;
    pagecrypt_open_pages(codec, first, pages, length, &error);
    return error;
}

static inline failure go_open_pages_into(const void *codec, uint32_t first, BYTES from, size_t from_length, BUFFER to,
                                         size_t to_length) {
    failure error = NULL;
    pagecrypt_open_pages_into(codec, first, from, from_length, to, to_length, &error);
    return error;
}

typedef struct {
    failure error;
    uint8_t version;
    pagecrypt_cipher cipher;
    size_t page_size, reserved_length;
} turso_header;

static inline turso_header go_turso_header_parse(BYTES bytes, size_t length) {
    turso_header h = {0};
    pagecrypt_turso_header_parse(bytes, length, &h.version, &h.cipher, &h.page_size, &h.reserved_length, &h.error);
    return h;
}

/* The write-ahead log */

typedef struct {
    failure error;
    pagecrypt_byte_order order;
    size_t page_size;
    uint32_t checkpoint, salt1, salt2;
} wal_header;

static inline failure go_wal_header_new(pagecrypt_byte_order order, size_t page_size, uint32_t checkpoint, uint32_t salt1,
                                        uint32_t salt2, BUFFER header) {
    failure error = NULL;
    pagecrypt_wal_header_new(order, page_size, checkpoint, salt1, salt2, header, &error);
    return error;
}

static inline wal_header go_wal_header_parse(BYTES header, size_t length) {
    wal_header h = {0};
    pagecrypt_wal_header_parse(header, length, &h.order, &h.page_size, &h.checkpoint, &h.salt1, &h.salt2, &h.error);
    return h;
}

typedef struct {
    failure error;
    uint32_t page, commit_size, salt1, salt2, checksum1, checksum2;
} wal_frame_header;

static inline wal_frame_header go_wal_frame_header_parse(BYTES frame, size_t length) {
    wal_frame_header h = {0};
    pagecrypt_wal_frame_header_parse(frame, length, &h.page, &h.commit_size, &h.salt1, &h.salt2, &h.checksum1,
                                     &h.checksum2, &h.error);
    return h;
}

static inline made go_wal_chain_start(BYTES header, size_t length) {
    MADE(pagecrypt_wal_chain, pagecrypt_wal_chain_start(header, length, &handle, error));
}

static inline made go_wal_chain_resume(BYTES header, size_t length, uint32_t checksum1, uint32_t checksum2) {
    MADE(pagecrypt_wal_chain, pagecrypt_wal_chain_resume(header, length, checksum1, checksum2, &handle, error));
}

typedef struct {
    failure error;
    uint32_t checksum1, checksum2;
} wal_checksum;

static inline wal_checksum go_wal_chain_checksum(const void *chain) {
    wal_checksum result = {0};
    pagecrypt_wal_chain_checksum(chain, &result.checksum1, &result.checksum2, &result.error);
    return result;
}

typedef struct {
    failure error;
    bool accepted;
} wal_accepted;

static inline wal_accepted go_wal_chain_accept(void *chain, BYTES frame, size_t length) {
    wal_accepted result = {0};
    pagecrypt_wal_chain_accept(chain, frame, length, &result.accepted, &result.error);
    return result;
}

static inline failure go_seal_frames(const void *codec, void *chain, BUFFER frames, size_t length) {
    failure error = NULL;
    pagecrypt_seal_frames(codec, chain, frames, length, &error);
    return error;
}

static inline failure go_open_frames(const void *codec, uint32_t first, BUFFER frames, size_t length) {
    failure error = NULL;
    pagecrypt_open_frames(codec, first, frames, length, &error);
    return error;
}

static inline failure go_open_frames_into(const void *codec, uint32_t first, BYTES from, size_t from_length, BUFFER to,
                                          size_t to_length) {
    failure error = NULL;
    pagecrypt_open_frames_into(codec, first, from, from_length, to, to_length, &error);
    return error;
}

#include "binding_records.h"

/* Files */

/* In cgo_file.go. `context` is a runtime/cgo.Handle. */
extern bool pagecryptGoProgress(uintptr_t context, uint64_t done, uint64_t total);

static inline bool go_progress(void *context, uint64_t done, uint64_t total) {
    return pagecryptGoProgress((uintptr_t)context, done, total);
}

static inline pagecrypt_file_options *go_file_options(bool force, uint64_t wait, size_t threads, uintptr_t context) {
    pagecrypt_file_options *options = pagecrypt_file_options_new();
    pagecrypt_file_options_set_force(options, force);
    pagecrypt_file_options_set_wait(options, wait);
    pagecrypt_file_options_set_threads(options, threads);
    pagecrypt_file_options_set_progress(options, go_progress, (void *)context);
    return options;
}

static inline made go_encrypt_file(const char *source, const char *destination, const void *key,
                                   const pagecrypt_file_options *options) {
    MADE(pagecrypt_summary, pagecrypt_encrypt_file(source, destination, key, options, &handle, error));
}

static inline made go_decrypt_file(const char *source, const char *destination, const void *key,
                                   const pagecrypt_file_options *options) {
    MADE(pagecrypt_summary, pagecrypt_decrypt_file(source, destination, key, options, &handle, error));
}

static inline made go_decrypt_file_compact(const char *source, const char *destination, const void *key,
                                           const pagecrypt_file_options *options) {
    MADE(pagecrypt_summary, pagecrypt_decrypt_file_compact(source, destination, key, options, &handle, error));
}

static inline made go_verify_file(const char *path, const void *key, const pagecrypt_file_options *options) {
    MADE(pagecrypt_verify_report, pagecrypt_verify_file(path, key, options, &handle, error));
}

static inline made go_inspect_file(const char *path) {
    MADE(pagecrypt_inspection, pagecrypt_inspect_file(path, &handle, error));
}

/* Ranges of a report, by the function that gives them. */
typedef struct {
    const pagecrypt_range *ranges;
    size_t length;
} range_list;

typedef const pagecrypt_range *(*go_ranges)(const pagecrypt_verify_report *, size_t *);

static inline range_list go_verify_ranges(const pagecrypt_verify_report *report, int which) {
    static const go_ranges of[] = {
        pagecrypt_verify_report_damaged_pages, pagecrypt_verify_report_missing_pages, pagecrypt_verify_report_surplus_pages,
        pagecrypt_verify_report_foreign_pages, pagecrypt_verify_report_log_damaged,
    };
    range_list list = {NULL, 0};
    list.ranges = of[which](report, &list.length);
    return list;
}

/* The reader */

static inline made go_page_reader_open(const char *path, const void *key) {
    MADE(pagecrypt_page_reader, pagecrypt_page_reader_open(path, key, &handle, error));
}

static inline failure go_page_reader_read_pages(const void *reader, uint32_t first, BUFFER pages, size_t length) {
    failure error = NULL;
    pagecrypt_page_reader_read_pages(reader, first, pages, length, &error);
    return error;
}

static inline counted go_page_reader_read_at(const void *reader, uint64_t offset, BUFFER to, size_t length) {
    counted result = {NULL, 0};
    pagecrypt_page_reader_read_at(reader, offset, to, length, &result.length, &result.error);
    return result;
}

static inline failure go_page_reader_check_unchanged(const void *reader) {
    failure error = NULL;
    pagecrypt_page_reader_check_unchanged(reader, &error);
    return error;
}

#endif
