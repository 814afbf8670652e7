/* Bound records of a stream, of a writer, and of a store. */

#include "matrix.h"

#define ROOM 4096

static pagecrypt_context context_of(pagecrypt_context_kind kind, int id, int writer) {
    pagecrypt_context context;
    memset(&context, 0, sizeof context);
    context.kind = kind;
    memset(context.id, id, kind == PAGECRYPT_CONTEXT_STORE ? PAGECRYPT_STORE_ID_LENGTH : sizeof context.id);
    memset(context.writer, writer, sizeof context.writer);
    return context;
}

/* Records of a writer have neither a sequence number nor a clock. */
static pagecrypt_place place_of(pagecrypt_context_kind kind, size_t i) {
    pagecrypt_place place = {0, 0, NULL, 0, 0};
    if (kind == PAGECRYPT_CONTEXT_STREAM) {
        place.sequence = i;
        place.clock = i % 2 == 0 ? 1000 + i : 0;
        place.given = i % 2 == 0 ? PAGECRYPT_PLACE_SEQUENCE | PAGECRYPT_PLACE_CLOCK : PAGECRYPT_PLACE_SEQUENCE;
    }
    return place;
}

static outcome write_section(place *at, const pagecrypt_context *context, buffer *file) {
    pagecrypt_record_codec *codec;
    pagecrypt_error *error;
    outcome done = OK;
    if (pagecrypt_record_codec_new_bound(at->key, context, &codec, &error) != PAGECRYPT_OK)
        return failed_call(at, "record_codec_new_bound", error);
    for (size_t i = 0; done == OK && i < RECORDS; i++) {
        uint8_t record[ROOM];
        buffer body = make_body(i);
        size_t offsets[2] = {0, body.length}, record_offsets[2];
        pagecrypt_place place = place_of(context->kind, i);
        if (pagecrypt_seal_records(codec, 1, body.bytes, body.length, offsets, &place, record, ROOM, record_offsets,
                                   &error) != PAGECRYPT_OK)
            done = failed_call(at, "seal_records", error);
        else
            append_record(file, NULL, 0, record, record_offsets[1]);
        free(body.bytes);
    }
    pagecrypt_record_codec_free(codec);
    return done;
}

static outcome make_store(place *at, pagecrypt_store_codec **codec) {
    uint8_t id[PAGECRYPT_STORE_ID_LENGTH], raw[PAGECRYPT_TOKEN_KEY_LENGTH];
    pagecrypt_token_key *token_key;
    pagecrypt_error *error;
    memset(id, 3, sizeof id);
    memset(raw, 4, sizeof raw);
    if (pagecrypt_token_key_new(raw, sizeof raw, &token_key, &error) != PAGECRYPT_OK)
        return failed_call(at, "token_key_new", error);
    pagecrypt_status status = pagecrypt_store_codec_new(at->key, id, token_key, PAGECRYPT_PADDING_PADME, codec, &error);
    pagecrypt_token_key_free(token_key);
    return status == PAGECRYPT_OK ? OK : failed_call(at, "store_codec_new", error);
}

/* Entry i; its path lies in `path`. */
static pagecrypt_entry make_entry(size_t i, char path[16], const buffer *body) {
    pagecrypt_entry entry;
    memset(&entry, 0, sizeof entry);
    snprintf(path, 16, "path/%zu", i);
    entry.path = (const uint8_t *)path;
    entry.path_length = strlen(path);
    entry.type_name = (const uint8_t *)"t";
    entry.type_name_length = 1;
    entry.schema = (const uint8_t *)"1";
    entry.schema_length = 1;
    entry.body = body->bytes;
    entry.body_length = body->length;
    entry.clock = i;
    entry.has_clock = true;
    return entry;
}

static outcome write_entries(place *at, buffer *file) {
    pagecrypt_store_codec *codec;
    pagecrypt_error *error;
    outcome done = make_store(at, &codec);
    if (done != OK)
        return done;
    for (size_t i = 0; done == OK && i < RECORDS; i++) {
        uint8_t record[ROOM], token[PAGECRYPT_TOKEN_LENGTH];
        char path[16];
        buffer body = make_body(i);
        pagecrypt_entry entry = make_entry(i, path, &body);
        size_t offsets[2];
        if (pagecrypt_seal_entries(codec, 1, &entry, token, record, ROOM, offsets, &error) != PAGECRYPT_OK)
            done = failed_call(at, "seal_entries", error);
        else
            append_record(file, token, sizeof token, record, offsets[1]);
        free(body.bytes);
    }
    pagecrypt_store_codec_free(codec);
    return done;
}

outcome write_records_bound(place *at) {
    char path[PATH_LENGTH];
    buffer file = {NULL, 0};
    pagecrypt_context stream = context_of(PAGECRYPT_CONTEXT_STREAM, 1, 0),
                      writer = context_of(PAGECRYPT_CONTEXT_WRITER, 1, 2);
    outcome done = write_section(at, &stream, &file);
    if (done == OK)
        done = write_section(at, &writer, &file);
    if (done == OK)
        done = write_entries(at, &file);
    path_of(at, path, "records-bound-%s");
    if (done == OK)
        done = write_bytes(at, path, &file);
    free(file.bytes);
    return done;
}

/* Record 0 of a stream, in places where it must not open. */
static outcome check_refused(place *at, const pagecrypt_record_codec *codec, const uint8_t *record, size_t length) {
    uint8_t opened[ROOM];
    size_t offsets[2] = {0, length}, opened_offsets[2];
    pagecrypt_context elsewhere = context_of(PAGECRYPT_CONTEXT_STREAM, 9, 0);
    pagecrypt_place here = place_of(PAGECRYPT_CONTEXT_STREAM, 0), other = here;
    pagecrypt_record_codec *foreign;
    pagecrypt_error *error;
    other.sequence = 1;
    if (pagecrypt_record_codec_new_bound(at->key, &elsewhere, &foreign, &error) != PAGECRYPT_OK)
        return failed_call(at, "record_codec_new_bound", error);
    pagecrypt_status in_another_stream =
        pagecrypt_open_records(foreign, 1, record, length, offsets, &here, opened, ROOM, opened_offsets, NULL, NULL);
    pagecrypt_record_codec_free(foreign);
    if (in_another_stream != PAGECRYPT_ERROR_UNKNOWN_KEY_ID)
        return fail(at, "record 0 in another stream: %s", pagecrypt_status_name(in_another_stream));
    pagecrypt_status at_another_number =
        pagecrypt_open_records(codec, 1, record, length, offsets, &other, opened, ROOM, opened_offsets, NULL, NULL);
    if (at_another_number != PAGECRYPT_ERROR_AUTHENTICATION_FAILED)
        return fail(at, "record 0 at sequence number 1: %s", pagecrypt_status_name(at_another_number));
    return OK;
}

static outcome read_section(place *at, const pagecrypt_context *context, const buffer *file, size_t *from) {
    pagecrypt_record_codec *codec;
    pagecrypt_error *error;
    outcome done = OK;
    if (pagecrypt_record_codec_new_bound(at->key, context, &codec, &error) != PAGECRYPT_OK)
        return failed_call(at, "record_codec_new_bound", error);
    for (size_t i = 0; done == OK && i < RECORDS; i++) {
        const uint8_t *between, *record;
        uint8_t opened[ROOM];
        size_t offsets[2] = {0, 0}, opened_offsets[2];
        pagecrypt_place place = place_of(context->kind, i);
        pagecrypt_record_header header;
        if (!next_record(file, from, 0, &between, &record, &offsets[1])) {
            done = fail(at, "the file ends before record %zu", i);
            break;
        }
        buffer body = make_body(i);
        if (pagecrypt_open_records(codec, 1, record, offsets[1], offsets, &place, opened, ROOM, opened_offsets, NULL,
                                   &error) != PAGECRYPT_OK)
            done = failed_call(at, "open_records", error);
        else if (opened_offsets[1] != body.length)
            done = fail(at, "record %zu has %zu bytes", i, opened_offsets[1]);
        else
            done = compare(at, "record", i, opened, body.bytes, body.length);
        if (done == OK && pagecrypt_record_header_parse(record, offsets[1], &header, &error) != PAGECRYPT_OK)
            done = failed_call(at, "record_header_parse", error);
        if (done == OK &&
            (header.has_clock != ((place.given & PAGECRYPT_PLACE_CLOCK) != 0) || header.clock != place.clock))
            done = fail(at, "record %zu has another clock", i);
        if (done == OK && i == 0 && context->kind == PAGECRYPT_CONTEXT_STREAM)
            done = check_refused(at, codec, record, offsets[1]);
        free(body.bytes);
    }
    pagecrypt_record_codec_free(codec);
    return done;
}

static outcome check_entry(place *at, size_t i, const pagecrypt_entry *got) {
    char path[16];
    buffer body = make_body(i);
    pagecrypt_entry expected = make_entry(i, path, &body);
    outcome done = OK;
    if (got->path_length != expected.path_length || got->type_name_length != 1 || got->schema_length != 1 ||
        got->body_length != expected.body_length || !got->has_clock || got->clock != i)
        done = fail(at, "entry %zu is another", i);
    if (done == OK)
        done = compare(at, "the path of entry", i, got->path, expected.path, expected.path_length);
    if (done == OK)
        done = compare(at, "the type of entry", i, got->type_name, expected.type_name, 1);
    if (done == OK)
        done = compare(at, "the schema of entry", i, got->schema, expected.schema, 1);
    if (done == OK)
        done = compare(at, "the body of entry", i, got->body, expected.body, expected.body_length);
    free(body.bytes);
    return done;
}

static outcome read_entries(place *at, const buffer *file, size_t *from) {
    pagecrypt_store_codec *codec;
    pagecrypt_error *error;
    outcome done = make_store(at, &codec);
    if (done != OK)
        return done;
    for (size_t i = 0; done == OK && i < RECORDS; i++) {
        const uint8_t *token, *record;
        uint8_t opened[ROOM];
        size_t offsets[2] = {0, 0};
        pagecrypt_entry entry;
        if (!next_record(file, from, PAGECRYPT_TOKEN_LENGTH, &token, &record, &offsets[1]))
            done = fail(at, "the file ends before entry %zu", i);
        else if (pagecrypt_open_entries(codec, 1, token, record, offsets[1], offsets, opened, ROOM, &entry, NULL,
                                        &error) != PAGECRYPT_OK)
            done = failed_call(at, "open_entries", error);
        else
            done = check_entry(at, i, &entry);
    }
    pagecrypt_store_codec_free(codec);
    return done;
}

outcome read_records_bound(place *at) {
    char path[PATH_LENGTH];
    buffer file = {NULL, 0};
    size_t from = 0;
    pagecrypt_context stream = context_of(PAGECRYPT_CONTEXT_STREAM, 1, 0),
                      writer = context_of(PAGECRYPT_CONTEXT_WRITER, 1, 2);
    path_of(at, path, "records-bound-%s");
    outcome done = read_bytes(at, path, &file);
    if (done == OK)
        done = read_section(at, &stream, &file, &from);
    if (done == OK)
        done = read_section(at, &writer, &file, &from);
    if (done == OK)
        done = read_entries(at, &file, &from);
    if (done == OK && from != file.length)
        done = fail(at, "%zu bytes follow the last record", file.length - from);
    free(file.bytes);
    return done;
}
