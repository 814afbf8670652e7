/* What records take beside binding.h, which includes it: places and entries without Go's pointers inside. */
#ifndef PAGECRYPT_GO_BINDING_RECORDS_H
#define PAGECRYPT_GO_BINDING_RECORDS_H

#include <string.h>

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

#endif
