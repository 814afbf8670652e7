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
#include <string.h>

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

/* Records */

/* A pagecrypt_place with its token inside. */
typedef struct {
    uint64_t sequence, clock;
    uint32_t reseals, given;
    bool has_token;
    uint8_t token[32];
} go_place;

/* Places as the library has them, in `room` outside Go's memory; NULL where none says anything. */
static inline const pagecrypt_place *go_places(size_t count, const go_place *from, pagecrypt_place *room) {
    if (from == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        pagecrypt_place place = {0};
        place.sequence = from[i].sequence;
        place.clock = from[i].clock;
        place.reseals = from[i].reseals;
        place.given = from[i].given;
        place.token = from[i].has_token ? from[i].token : NULL;
        room[i] = place;
    }
    return room;
}

static inline pagecrypt_context go_context(int32_t kind, BYTES id, BYTES writer) {
    pagecrypt_context context = {0};
    context.kind = kind;
    memcpy(context.id, id, sizeof context.id);
    memcpy(context.writer, writer, sizeof context.writer);
    return context;
}

static inline made go_record_codec_new_s2(const void *key, BYTES stream_id) {
    MADE(pagecrypt_record_codec, pagecrypt_record_codec_new_s2(key, stream_id, &handle, error));
}

static inline made go_record_codec_new_bound(const void *key, int32_t kind, BYTES id, BYTES writer) {
    const pagecrypt_context context = go_context(kind, id, writer);
    MADE(pagecrypt_record_codec, pagecrypt_record_codec_new_bound(key, &context, &handle, error));
}

static inline made go_record_codec_with_decrypt_only_key(const void *codec, const void *key) {
    MADE(pagecrypt_record_codec, pagecrypt_record_codec_with_decrypt_only_key(codec, key, &handle, error));
}

static inline size_t go_record_codec_sealed_length(const void *codec, size_t plaintext_length, const go_place *given) {
    pagecrypt_place room;
    return pagecrypt_record_codec_sealed_length(codec, plaintext_length, go_places(1, given, &room));
}

static inline counted go_record_codec_opened_length(const void *codec, BYTES record, size_t length) {
    counted result = {NULL, 0};
    pagecrypt_record_codec_opened_length(codec, record, length, &result.length, &result.error);
    return result;
}

typedef struct {
    failure error;
    bool yes;
} answered;

static inline answered go_record_codec_needs_reseal(const void *codec, BYTES record, size_t length) {
    answered result = {NULL, false};
    pagecrypt_record_codec_needs_reseal(codec, record, length, &result.yes, &result.error);
    return result;
}

static inline failure go_seal_records(const void *codec, size_t count, BYTES from, size_t from_length,
                                      const size_t *from_offsets, const go_place *places, void *room, BUFFER to,
                                      size_t to_length, size_t *to_offsets) {
    failure error = NULL;
    pagecrypt_seal_records(codec, count, from, from_length, from_offsets, go_places(count, places, room), to, to_length,
                           to_offsets, &error);
    return error;
}

static inline failure go_open_records(const void *codec, size_t count, BYTES from, size_t from_length,
                                      const size_t *from_offsets, const go_place *places, void *room, BUFFER to,
                                      size_t to_length, size_t *to_offsets, pagecrypt_status *statuses) {
    failure error = NULL;
    pagecrypt_open_records(codec, count, from, from_length, from_offsets, go_places(count, places, room), to, to_length,
                           to_offsets, statuses, &error);
    return error;
}

static inline counted go_reseal_record(const void *codec, BYTES record, size_t length, const go_place *given, BUFFER to,
                                       size_t to_length) {
    counted result = {NULL, 0};
    pagecrypt_place room;
    pagecrypt_reseal_record(codec, record, length, go_places(1, given, &room), to, to_length, &result.length,
                            &result.error);
    return result;
}

/* Bound records */

typedef struct {
    failure error;
    pagecrypt_record_header header;
} record_header;

static inline record_header go_record_header_parse(BYTES record, size_t length) {
    record_header result = {0};
    pagecrypt_record_header_parse(record, length, &result.header, &result.error);
    return result;
}

static inline numbered go_compare_writes(BYTES a, size_t a_length, BYTES b, size_t b_length) {
    numbered result = {NULL, 0};
    pagecrypt_compare_writes(a, a_length, b, b_length, &result.number, &result.error);
    return result;
}

static inline failure go_key_id(const void *key, int32_t kind, BYTES id, BYTES writer, BUFFER key_id) {
    failure error = NULL;
    const pagecrypt_context context = go_context(kind, id, writer);
    pagecrypt_key_id(key, &context, key_id, &error);
    return error;
}

static inline made go_key_generate_for(pagecrypt_cipher cipher, int32_t kind, BYTES id, BYTES writer, BYTES taken,
                                       size_t count) {
    const pagecrypt_context context = go_context(kind, id, writer);
    MADE(pagecrypt_key, pagecrypt_key_generate_for(cipher, &context, taken, count, &handle, error));
}

/* Stores */

static inline made go_token_key_new(BYTES bytes, size_t length) {
    MADE(pagecrypt_token_key, pagecrypt_token_key_new(bytes, length, &handle, error));
}

static inline made go_token_key_generate(void) {
    MADE(pagecrypt_token_key, pagecrypt_token_key_generate(&handle, error));
}

static inline failure go_token_key_bytes(const void *key, BUFFER to, size_t length) {
    failure error = NULL;
    pagecrypt_token_key_bytes(key, to, length, &error);
    return error;
}

static inline failure go_token_key_token(const void *key, BYTES path, size_t length, BUFFER token) {
    failure error = NULL;
    pagecrypt_token_key_token(key, path, length, token, &error);
    return error;
}

static inline made go_store_codec_new(const void *key, BYTES store_id, const void *token_key, pagecrypt_padding padding) {
    MADE(pagecrypt_store_codec, pagecrypt_store_codec_new(key, store_id, token_key, padding, &handle, error));
}

static inline made go_store_codec_with_decrypt_only_key(const void *codec, const void *key) {
    MADE(pagecrypt_store_codec, pagecrypt_store_codec_with_decrypt_only_key(codec, key, &handle, error));
}

static inline failure go_store_codec_token(const void *codec, BYTES path, size_t length, BUFFER token) {
    failure error = NULL;
    pagecrypt_store_codec_token(codec, path, length, token, &error);
    return error;
}

/* A pagecrypt_entry whose path, type, schema and body (in this order) are parts of a buffer. */
typedef struct {
    size_t starts[4], lengths[4];
    uint64_t clock;
    bool has_clock;
} go_entry;

static inline pagecrypt_entry go_entry_in(const go_entry *from, BYTES buffer) {
    pagecrypt_entry entry = {0};
    entry.path = buffer + from->starts[0];
    entry.path_length = from->lengths[0];
    entry.type_name = buffer + from->starts[1];
    entry.type_name_length = from->lengths[1];
    entry.schema = buffer + from->starts[2];
    entry.schema_length = from->lengths[2];
    entry.body = buffer + from->starts[3];
    entry.body_length = from->lengths[3];
    entry.clock = from->clock;
    entry.has_clock = from->has_clock;
    return entry;
}

/* Where a part of a buffer starts; a pointer to nothing may be any. */
static inline size_t go_start(BYTES part, size_t length, BYTES buffer) {
    return length == 0 ? 0 : (size_t)(part - buffer);
}

static inline go_entry go_entry_of(const pagecrypt_entry *entry, BYTES buffer) {
    go_entry to = {
        {
            go_start(entry->path, entry->path_length, buffer),
            go_start(entry->type_name, entry->type_name_length, buffer),
            go_start(entry->schema, entry->schema_length, buffer),
            go_start(entry->body, entry->body_length, buffer),
        },
        {entry->path_length, entry->type_name_length, entry->schema_length, entry->body_length},
        entry->clock,
        entry->has_clock,
    };
    return to;
}

/* Of all entries together; those that cannot be sealed add nothing. */
static inline size_t go_entries_sealed_length(const void *codec, size_t count, const go_entry *given, BYTES buffer) {
    size_t length = 0;
    for (size_t i = 0; i < count; i++) {
        const pagecrypt_entry entry = go_entry_in(&given[i], buffer);
        length += pagecrypt_store_codec_sealed_length(codec, &entry);
    }
    return length;
}

/* `room` is for `count` pagecrypt_entry outside Go's memory, here and in go_open_entries. */
static inline failure go_seal_entries(const void *codec, size_t count, const go_entry *given, BYTES buffer, void *room,
                                      BUFFER tokens, BUFFER to, size_t to_length, size_t *to_offsets) {
    failure error = NULL;
    pagecrypt_entry *entries = room;
    for (size_t i = 0; i < count; i++) {
        entries[i] = go_entry_in(&given[i], buffer);
    }
    pagecrypt_seal_entries(codec, count, entries, tokens, to, to_length, to_offsets, &error);
    return error;
}

static inline failure go_open_entries(const void *codec, size_t count, BYTES tokens, BYTES from, size_t from_length,
                                      const size_t *from_offsets, BUFFER to, size_t to_length, void *room,
                                      go_entry *opened, pagecrypt_status *statuses) {
    failure error = NULL;
    pagecrypt_entry *entries = room;
    memset(entries, 0, count * sizeof *entries);
    pagecrypt_open_entries(codec, count, tokens, from, from_length, from_offsets, to, to_length, entries, statuses, &error);
    for (size_t i = 0; i < count; i++) {
        opened[i] = go_entry_of(&entries[i], to);
    }
    return error;
}

static inline answered go_store_codec_needs_reseal(const void *codec, BYTES record, size_t length) {
    answered result = {NULL, false};
    pagecrypt_store_codec_needs_reseal(codec, record, length, &result.yes, &result.error);
    return result;
}

static inline counted go_reseal_entry(const void *codec, BYTES token, BYTES record, size_t length, BUFFER to,
                                      size_t to_length) {
    counted result = {NULL, 0};
    pagecrypt_reseal_entry(codec, token, record, length, to, to_length, &result.length, &result.error);
    return result;
}

/* S2 */

static inline failure go_s2_stream_id(const char *basin, const char *stream, BUFFER id) {
    failure error = NULL;
    pagecrypt_s2_stream_id(basin, stream, id, &error);
    return error;
}

static inline made go_s2_key_from_header(BYTES value, size_t length, pagecrypt_cipher cipher) {
    MADE(pagecrypt_key, pagecrypt_s2_key_from_header((const char *)value, length, cipher, &handle, error));
}

/* A pagecrypt_s2_header whose name and value are parts of a buffer. */
typedef struct {
    size_t name_start, name_length, value_start, value_length;
} go_s2_header;

/* `room` is for `count` pagecrypt_s2_header outside Go's memory, here and in go_s2_envelope_decode. */
static inline counted go_s2_envelope_encode(const go_s2_header *given, size_t count, BYTES buffer, void *room, BYTES body,
                                            size_t body_length, BUFFER to, size_t to_length) {
    counted result = {NULL, 0};
    pagecrypt_s2_header *headers = room;
    for (size_t i = 0; i < count; i++) {
        headers[i].name = buffer + given[i].name_start;
        headers[i].name_length = given[i].name_length;
        headers[i].value = buffer + given[i].value_start;
        headers[i].value_length = given[i].value_length;
    }
    pagecrypt_s2_envelope_encode(headers, count, body, body_length, to, to_length, &result.length, &result.error);
    return result;
}

typedef struct {
    failure error;
    size_t count, body_start, body_length;
} s2_envelope;

/* Writes the headers where there are no more than `capacity`. */
static inline s2_envelope go_s2_envelope_decode(BYTES bytes, size_t length, void *room, size_t capacity,
                                                go_s2_header *found) {
    s2_envelope result = {0};
    pagecrypt_s2_header *headers = room;
    const uint8_t *body = NULL;
    pagecrypt_s2_envelope_decode(bytes, length, headers, capacity, &result.count, &body, &result.body_length,
                                 &result.error);
    if (result.error != NULL) {
        return result;
    }
    for (size_t i = 0; i < result.count; i++) {
        found[i].name_start = go_start(headers[i].name, headers[i].name_length, bytes);
        found[i].name_length = headers[i].name_length;
        found[i].value_start = go_start(headers[i].value, headers[i].value_length, bytes);
        found[i].value_length = headers[i].value_length;
    }
    result.body_start = go_start(body, result.body_length, bytes);
    return result;
}

/* A pagecrypt_s2_stored_record whose payload is a part of a buffer: of what was opened, or of what was read. */
typedef struct {
    failure error;
    pagecrypt_s2_kind kind;
    uint64_t metered_size, trim_point;
    bool is_opened;
    size_t start, length;
} s2_stored;

static inline s2_stored go_s2_stored_of(const pagecrypt_s2_stored_record *record, failure error, BYTES bytes, size_t length,
                                        BYTES opened) {
    s2_stored result = {error, 0, 0, 0, false, 0, 0};
    if (error != NULL) {
        return result;
    }
    result.kind = record->kind;
    result.metered_size = record->metered_size;
    result.trim_point = record->trim_point;
    result.length = record->payload_length;
    result.is_opened = !((uintptr_t)record->payload >= (uintptr_t)bytes &&
                         (uintptr_t)record->payload < (uintptr_t)bytes + length);
    result.start = go_start(record->payload, record->payload_length, result.is_opened ? opened : bytes);
    return result;
}

static inline s2_stored go_s2_stored_record_decode(BYTES bytes, size_t length) {
    failure error = NULL;
    pagecrypt_s2_stored_record record = {0};
    pagecrypt_s2_stored_record_decode(bytes, length, &record, &error);
    return go_s2_stored_of(&record, error, bytes, length, bytes);
}

static inline counted go_s2_stored_record_encode(pagecrypt_s2_kind kind, uint64_t metered_size, uint64_t trim_point,
                                                 BYTES payload, size_t payload_length, BUFFER to, size_t to_length) {
    counted result = {NULL, 0};
    pagecrypt_s2_stored_record record = {0};
    record.kind = kind;
    record.metered_size = metered_size;
    record.trim_point = trim_point;
    record.payload = payload;
    record.payload_length = payload_length;
    pagecrypt_s2_stored_record_encode(&record, to, to_length, &result.length, &result.error);
    return result;
}

static inline s2_stored go_s2_stored_record_open(const void *codec, BYTES bytes, size_t length, BUFFER to,
                                                 size_t to_length) {
    failure error = NULL;
    pagecrypt_s2_stored_record record = {0};
    pagecrypt_s2_stored_record_open(codec, bytes, length, to, to_length, &record, &error);
    return go_s2_stored_of(&record, error, bytes, length, to);
}

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
