/* Stored records of an encrypted stream of S2, commands among them. */

#include "matrix.h"

#define ROOM 4096

static outcome make_s2_codec(place *at, pagecrypt_record_codec **codec) {
    uint8_t stream[PAGECRYPT_STREAM_ID_LENGTH];
    pagecrypt_error *error;
    bool foreign = at->cipher != PAGECRYPT_AEGIS256 && at->cipher != PAGECRYPT_AES256GCM;
    *codec = NULL;
    if (pagecrypt_s2_stream_id("matrix", "records", stream, &error) != PAGECRYPT_OK)
        return failed_call(at, "s2_stream_id", error);
    pagecrypt_status status = pagecrypt_record_codec_new_s2(at->key, stream, codec, &error);
    if (foreign && status == PAGECRYPT_ERROR_UNSUPPORTED_FORMAT) {
        pagecrypt_error_free(error);
        return REFUSED;
    }
    if (status != PAGECRYPT_OK)
        return failed_call(at, "record_codec_new_s2", error);
    return foreign ? fail(at, "the format took a cipher that it does not have") : OK;
}

/* The headers of record i; their names lie in `names`, their values in `values`. */
static size_t make_headers(size_t i, pagecrypt_s2_header headers[2], char names[2][3], uint8_t values[RECORDS]) {
    memset(values, (int)i, RECORDS);
    for (size_t h = 0; h < i % 3; h++) {
        snprintf(names[h], 3, "h%c", (char)('0' + h));
        headers[h].name = (const uint8_t *)names[h];
        headers[h].name_length = 2;
        headers[h].value = values;
        headers[h].value_length = i;
    }
    return i % 3;
}

static bool is_command(size_t i) {
    return i % 8 == 7;
}

static pagecrypt_s2_stored_record make_command(size_t i) {
    pagecrypt_s2_stored_record command = {PAGECRYPT_S2_TRIM, 0, i, NULL, 0};
    if (i == 7) {
        command.kind = PAGECRYPT_S2_FENCE;
        command.trim_point = 0;
        command.payload = (const uint8_t *)"token";
        command.payload_length = 5;
    }
    return command;
}

static outcome seal_record(place *at, const pagecrypt_record_codec *codec, size_t i, uint8_t *stored, size_t *length) {
    pagecrypt_error *error;
    if (is_command(i)) {
        pagecrypt_s2_stored_record command = make_command(i);
        if (pagecrypt_s2_stored_record_encode(&command, stored, ROOM, length, &error) != PAGECRYPT_OK)
            return failed_call(at, "s2_stored_record_encode", error);
        return OK;
    }
    pagecrypt_s2_header headers[2];
    char names[2][3];
    uint8_t values[RECORDS], envelope[ROOM], record[ROOM];
    size_t count = make_headers(i, headers, names, values), offsets[2] = {0, 0}, record_offsets[2];
    buffer body = make_body(i);
    uint64_t metered_size = pagecrypt_s2_metered_size(headers, count, body.length);
    pagecrypt_status status =
        pagecrypt_s2_envelope_encode(headers, count, body.bytes, body.length, envelope, ROOM, &offsets[1], &error);
    free(body.bytes);
    if (status != PAGECRYPT_OK)
        return failed_call(at, "s2_envelope_encode", error);
    pagecrypt_place sequence = {i, 0, NULL, 0, PAGECRYPT_PLACE_SEQUENCE};
    if (pagecrypt_seal_records(codec, 1, envelope, offsets[1], offsets, &sequence, record, ROOM, record_offsets,
                               &error) != PAGECRYPT_OK)
        return failed_call(at, "seal_records", error);
    pagecrypt_s2_stored_record encrypted = {PAGECRYPT_S2_ENCRYPTED, metered_size, 0, record, record_offsets[1]};
    if (pagecrypt_s2_stored_record_encode(&encrypted, stored, ROOM, length, &error) != PAGECRYPT_OK)
        return failed_call(at, "s2_stored_record_encode", error);
    return OK;
}

outcome write_records_s2(place *at) {
    char path[PATH_LENGTH];
    uint8_t stored[ROOM];
    pagecrypt_record_codec *codec;
    buffer file = {NULL, 0};
    outcome done = make_s2_codec(at, &codec);
    for (size_t i = 0; done == OK && i < RECORDS; i++) {
        size_t length;
        done = seal_record(at, codec, i, stored, &length);
        if (done == OK)
            append_record(&file, NULL, 0, stored, length);
    }
    path_of(at, path, "records-s2-%s");
    if (done == OK)
        done = write_bytes(at, path, &file);
    free(file.bytes);
    pagecrypt_record_codec_free(codec);
    return done;
}

static outcome check_command(place *at, size_t i, const pagecrypt_s2_stored_record *got) {
    pagecrypt_s2_stored_record expected = make_command(i);
    if (got->kind != expected.kind || got->trim_point != expected.trim_point ||
        got->payload_length != expected.payload_length)
        return fail(at, "record %zu is not its command", i);
    return compare(at, "the token of record", i, got->payload, expected.payload, expected.payload_length);
}

static outcome check_envelope(place *at, size_t i, const pagecrypt_s2_stored_record *got) {
    pagecrypt_s2_header expected[2], headers[2];
    char names[2][3];
    uint8_t values[RECORDS];
    size_t expected_count = make_headers(i, expected, names, values), count, length;
    const uint8_t *body;
    pagecrypt_error *error;
    if (got->kind != PAGECRYPT_S2_PLAINTEXT)
        return fail(at, "record %zu is no envelope", i);
    if (pagecrypt_s2_envelope_decode(got->payload, got->payload_length, headers, 2, &count, &body, &length, &error) !=
        PAGECRYPT_OK)
        return failed_call(at, "s2_envelope_decode", error);
    if (count != expected_count || length != 37 * i)
        return fail(at, "record %zu has %zu headers and a body of %zu bytes", i, count, length);
    for (size_t h = 0; h < count; h++)
        if (headers[h].name_length != 2 || headers[h].value_length != i ||
            compare(at, "a name of record", i, headers[h].name, expected[h].name, 2) != OK ||
            compare(at, "a value of record", i, headers[h].value, expected[h].value, i) != OK)
            return fail(at, "header %zu of record %zu is another", h, i);
    buffer expected_body = make_body(i);
    outcome done = compare(at, "the body of record", i, body, expected_body.bytes, length);
    free(expected_body.bytes);
    if (done == OK && got->metered_size != pagecrypt_s2_metered_size(expected, expected_count, length))
        done = fail(at, "record %zu has another metered size", i);
    return done;
}

outcome read_records_s2(place *at) {
    char path[PATH_LENGTH];
    uint8_t opened[ROOM];
    pagecrypt_record_codec *codec;
    pagecrypt_error *error;
    buffer file = {NULL, 0};
    size_t from = 0;
    outcome done = make_s2_codec(at, &codec);
    path_of(at, path, "records-s2-%s");
    if (done == OK)
        done = read_bytes(at, path, &file);
    for (size_t i = 0; done == OK && i < RECORDS; i++) {
        const uint8_t *between, *stored;
        size_t length;
        pagecrypt_s2_stored_record record;
        if (!next_record(&file, &from, 0, &between, &stored, &length))
            done = fail(at, "the file ends before record %zu", i);
        else if (pagecrypt_s2_stored_record_open(codec, stored, length, opened, ROOM, &record, &error) != PAGECRYPT_OK)
            done = failed_call(at, "s2_stored_record_open", error);
        else
            done = is_command(i) ? check_command(at, i, &record) : check_envelope(at, i, &record);
    }
    if (done == OK && from != file.length)
        done = fail(at, "%zu bytes follow the last record", file.length - from);
    free(file.bytes);
    pagecrypt_record_codec_free(codec);
    return done;
}
