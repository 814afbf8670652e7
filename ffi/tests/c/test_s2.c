/* Records of S2: its samples, its verdicts, envelopes, stored records, keys and answers. */
#include "suites.h"

#include <stdlib.h>
#include <string.h>

#include "record_samples.h"

static pagecrypt_record_codec *codec_of(const char *key_base64, const char *cipher, bytes stream) {
    pagecrypt_key *key = NULL;
    pagecrypt_record_codec *codec = NULL;
    REQUIRE(stream.length == PAGECRYPT_STREAM_ID_LENGTH);
    SUCCEEDS(pagecrypt_s2_key_from_header(key_base64, strlen(key_base64), cipher_named(cipher), &key, E));
    SUCCEEDS(pagecrypt_record_codec_new_s2(key, stream.at, &codec, E));
    pagecrypt_key_free(key);
    return codec;
}

/* Checks an encoded envelope against headers and a body in hexadecimal, and writes it again. */
static void check_envelope(const json_t *headers_hex, const char *body_hex, const uint8_t *envelope, size_t length,
                           uint64_t metered_size) {
    size_t capacity = json_array_size(headers_hex), count = 0, body_length = 0, written = 0;
    pagecrypt_s2_header *headers = calloc(capacity + 1, sizeof *headers);
    REQUIRE(headers != NULL);
    const uint8_t *body = NULL;
    if (capacity > 0) {
        FAILS_EMPTY(PAGECRYPT_ERROR_BUFFER_LENGTH, count, 0, capacity,
                    pagecrypt_s2_envelope_decode(envelope, length, headers, capacity - 1, &count, &body, &body_length, E));
    }
    SUCCEEDS(pagecrypt_s2_envelope_decode(envelope, length, headers, capacity, &count, &body, &body_length, E));
    CHECK_EQUAL(capacity, count);
    for (size_t i = 0; i < count; i++) {
        const json_t *pair = json_array_get(headers_hex, i);
        bytes name = bytes_from_hex(json_string_value(json_array_get(pair, 0)));
        bytes value = bytes_from_hex(json_string_value(json_array_get(pair, 1)));
        CHECK_EQUAL(name.length, headers[i].name_length);
        CHECK_BYTES(name.at, headers[i].name, name.length);
        CHECK_EQUAL(value.length, headers[i].value_length);
        CHECK_BYTES(value.at, headers[i].value, value.length);
        bytes_free(&name);
        bytes_free(&value);
    }
    bytes expected = bytes_from_hex(body_hex), again = bytes_new(length, 0);
    CHECK_EQUAL(expected.length, body_length);
    CHECK_BYTES(expected.at, body, expected.length);
    CHECK_EQUAL(metered_size, pagecrypt_s2_metered_size(headers, count, body_length));
    SUCCEEDS(pagecrypt_s2_envelope_encode(headers, count, body, body_length, again.at, length, &written, E));
    CHECK(written <= length); /* readers take wider numbers than writers make */
    bytes_free(&expected);
    bytes_free(&again);
    free(headers);
}

static void every_sample_of_s2_opens(void) {
    json_t *file = vectors_json("s2/records.json");
    size_t index;
    const json_t *of;
    json_array_foreach(json_object_get(file, "records"), index, of) {
        check_context("%s", text_of_member(of, "id"));
        uint8_t id[PAGECRYPT_STREAM_ID_LENGTH];
        bytes stream = bytes_of_member(of, "aad_hex"), stored = bytes_of_member(of, "stored_hex");
        bytes record = bytes_of_member(of, "encrypted_hex"), envelope = bytes_of_member(of, "envelope_hex");
        SUCCEEDS(pagecrypt_s2_stream_id(text_of_member(of, "basin"), text_of_member(of, "stream"), id, E));
        CHECK_BYTES(stream.at, id, sizeof id);
        pagecrypt_record_codec *codec = codec_of(text_of_member(of, "key_base64"), text_of_member(of, "cipher"), stream);
        pagecrypt_s2_stored_record decoded, opened;
        bytes to = bytes_new(stored.length, 0);
        SUCCEEDS(pagecrypt_s2_stored_record_decode(stored.at, stored.length, &decoded, E));
        CHECK_EQUAL(PAGECRYPT_S2_ENCRYPTED, decoded.kind);
        CHECK_EQUAL(size_of_member(of, "metered_size"), decoded.metered_size);
        CHECK_EQUAL(record.length, decoded.payload_length);
        CHECK_BYTES(record.at, decoded.payload, record.length);
        size_t written = 0;
        SUCCEEDS(pagecrypt_s2_stored_record_encode(&decoded, to.at, to.length, &written, E));
        CHECK_EQUAL(stored.length, written);
        CHECK_BYTES(stored.at, to.at, stored.length);
        SUCCEEDS(pagecrypt_s2_stored_record_open(codec, stored.at, stored.length, to.at, to.length, &opened, E));
        CHECK_EQUAL(PAGECRYPT_S2_PLAINTEXT, opened.kind);
        CHECK_EQUAL(envelope.length, opened.payload_length);
        CHECK_BYTES(envelope.at, opened.payload, envelope.length);
        check_envelope(json_object_get(of, "headers_hex"), text_of_member(of, "body_hex"), opened.payload,
                       opened.payload_length, size_of_member(of, "metered_size"));
        bytes *all[] = {&stream, &stored, &record, &envelope, &to};
        for (size_t i = 0; i < LENGTH(all); i++) {
            bytes_free(all[i]);
        }
        pagecrypt_record_codec_free(codec);
    }
    CHECK(index > 0);
    json_array_foreach(json_object_get(file, "command_records"), index, of) {
        check_context("%s", text_of_member(of, "id"));
        bytes stored = bytes_of_member(of, "stored_hex"), body = bytes_of_member(of, "body_hex"), to = bytes_new(64, 0);
        bytes name = bytes_of_member(of, "header_value_hex");
        bool fences = name.length == 5 && memcmp(name.at, "fence", 5) == 0;
        pagecrypt_record_codec *codec = s2_codec(PAGECRYPT_AEGIS256);
        pagecrypt_s2_stored_record command, opened;
        SUCCEEDS(pagecrypt_s2_stored_record_decode(stored.at, stored.length, &command, E));
        SUCCEEDS(pagecrypt_s2_stored_record_open(codec, stored.at, stored.length, NULL, 0, &opened, E));
        CHECK_EQUAL(fences ? PAGECRYPT_S2_FENCE : PAGECRYPT_S2_TRIM, command.kind);
        CHECK_EQUAL(command.kind, opened.kind);
        CHECK_EQUAL(size_of_member(of, "metered_size"), command.metered_size);
        if (fences) {
            CHECK_EQUAL(body.length, command.payload_length);
            CHECK_BYTES(body.at, command.payload, body.length);
        } else {
            uint64_t point = 0;
            for (size_t i = 0; i < body.length; i++) {
                point = point << 8 | body.at[i];
            }
            CHECK_EQUAL(point, command.trim_point);
        }
        size_t written = 0;
        SUCCEEDS(pagecrypt_s2_stored_record_encode(&command, to.at, to.length, &written, E));
        CHECK_EQUAL(stored.length, written);
        CHECK_BYTES(stored.at, to.at, written);
        bytes *all[] = {&stored, &body, &to, &name};
        for (size_t i = 0; i < LENGTH(all); i++) {
            bytes_free(all[i]);
        }
        pagecrypt_record_codec_free(codec);
    }
    CHECK(index > 0);
    json_decref(file);
}

/* What this library says where S2 says that. */
static pagecrypt_status status_of_verdict(const char *debug) {
    static const char no_algorithm[] = "actual: None }";
    size_t length = strlen(debug), tail = strlen(no_algorithm);
    if (strcmp(debug, "AuthenticationFailed") == 0) {
        return PAGECRYPT_ERROR_AUTHENTICATION_FAILED;
    }
    if (strcmp(debug, "InvalidValue(\"MagicByte\", \"invalid record type ordinal\")") == 0 ||
        strcmp(debug, "InvalidValue(\"EncryptedRecord\", \"invalid encrypted record format id\")") == 0) {
        return PAGECRYPT_ERROR_UNSUPPORTED_FORMAT;
    }
    if (strncmp(debug, "AlgorithmMismatch", 17) == 0) {
        bool plain = length > tail && strcmp(debug + length - tail, no_algorithm) == 0;
        return plain ? PAGECRYPT_ERROR_NOT_ENCRYPTED : PAGECRYPT_ERROR_CIPHER_MISMATCH;
    }
    return strncmp(debug, "MeteredSizeMismatch", 19) == 0 ? PAGECRYPT_ERROR_METERED_SIZE : PAGECRYPT_ERROR_MALFORMED;
}

static void every_input_gets_the_verdict_of_s2(void) {
    json_t *file = vectors_json("s2/decoder_outcomes.json");
    size_t index, opened = 0;
    const json_t *of;
    json_array_foreach(json_object_get(file, "cases"), index, of) {
        check_context("%s", text_of_member(of, "name"));
        const json_t *input = json_object_get(of, "input"), *outcome = json_object_get(of, "outcome");
        bytes stream = bytes_of_member(input, "aad_hex"), bytes_stored = bytes_of_member(input, "stored_hex");
        pagecrypt_record_codec *codec = codec_of(text_of_member(input, "key_b64"), text_of_member(input, "cipher"), stream);
        bytes to = bytes_new(bytes_stored.length, 0);
        pagecrypt_s2_stored_record stored;
        if (json_is_true(json_object_get(outcome, "ok"))) {
            opened++;
            SUCCEEDS(pagecrypt_s2_stored_record_open(codec, bytes_stored.at, bytes_stored.length, to.at, to.length, &stored, E));
            CHECK_EQUAL(size_of_member(outcome, "metered_size"), stored.metered_size);
            check_envelope(json_object_get(outcome, "headers_hex"), text_of_member(outcome, "body_hex"), stored.payload,
                           stored.payload_length, stored.metered_size);
        } else {
            FAILS(status_of_verdict(text_of_member(outcome, "debug")),
                  pagecrypt_s2_stored_record_open(codec, bytes_stored.at, bytes_stored.length, to.at, to.length, &stored, E));
            CHECK_EQUAL(0, stored.kind);
            CHECK_FILLED(0, to.at, to.length);
        }
        bytes_free(&stream);
        bytes_free(&bytes_stored);
        bytes_free(&to);
        pagecrypt_record_codec_free(codec);
    }
    CHECK(opened > 0 && opened < index);
    json_decref(file);
}

static void a_wrong_metered_size_tells_both(void) {
    pagecrypt_record_codec *codec = s2_codec(PAGECRYPT_AEGIS256);
    bytes record = sealed_record(codec, "\0body", 5, NULL), to = bytes_new(200, 0);
    pagecrypt_s2_stored_record stored = {PAGECRYPT_S2_ENCRYPTED, 13, 0, record.at, record.length}, opened;
    uint8_t frame[200];
    size_t written = 0;
    SUCCEEDS(pagecrypt_s2_stored_record_encode(&stored, frame, sizeof frame, &written, E));
    pagecrypt_error *error = NULL;
    CHECK_EQUAL(PAGECRYPT_ERROR_METERED_SIZE,
                pagecrypt_s2_stored_record_open(codec, frame, written, to.at, to.length, &opened, &error));
    CHECK_EQUAL(13, pagecrypt_error_expected(error));
    CHECK_EQUAL(12, pagecrypt_error_got(error));
    pagecrypt_error_free(error);
    CHECK_FILLED(0, to.at, to.length);
    bytes_free(&record);
    bytes_free(&to);
    pagecrypt_record_codec_free(codec);
}

static void keys_come_from_headers_as_s2_reads_them(void) {
    static const char good[] = "  AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n", short_key[] = "AAECAwQFBgcICQoLDA0ODw==";
    static const char hexadecimal[] = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", no_utf8[] = "\xff";
    pagecrypt_key *key = NULL, *expected = sample_key(PAGECRYPT_AEGIS256);
    CHECK_TEXT("s2-encryption-key", pagecrypt_s2_key_header());
    SUCCEEDS(pagecrypt_s2_key_from_header(good, strlen(good), PAGECRYPT_AEGIS256, &key, E));
    CHECK(pagecrypt_key_equal(key, expected));
    pagecrypt_key_free(key);
    pagecrypt_key_free(expected);
    const struct {
        const char *text;
        pagecrypt_cipher cipher;
        pagecrypt_status status;
    } cases[] = {
        {NULL, PAGECRYPT_AEGIS256, PAGECRYPT_ERROR_KEY_REQUIRED},
        {"", PAGECRYPT_AEGIS256, PAGECRYPT_ERROR_KEY_TEXT},
        {"?", PAGECRYPT_AEGIS256, PAGECRYPT_ERROR_KEY_TEXT},
        {hexadecimal, PAGECRYPT_AEGIS256, PAGECRYPT_ERROR_KEY_TEXT},
        {no_utf8, PAGECRYPT_AEGIS256, PAGECRYPT_ERROR_KEY_TEXT},
        {short_key, PAGECRYPT_AES256GCM, PAGECRYPT_ERROR_KEY_LENGTH},
        {good, PAGECRYPT_AEGIS128L, PAGECRYPT_ERROR_UNSUPPORTED_FORMAT},
        {good, 77, PAGECRYPT_ERROR_UNKNOWN_CIPHER},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        check_context("case %zu", i);
        size_t length = cases[i].text == NULL ? 0 : strlen(cases[i].text);
        FAILS_NULL(cases[i].status, key, pagecrypt_s2_key_from_header(cases[i].text, length, cases[i].cipher, &key, E));
    }
}

static void each_error_has_s2_s_answer(void) {
    const struct {
        pagecrypt_status status;
        int32_t documented, lite;
        const char *documented_code, *lite_code;
    } cases[] = {
        {PAGECRYPT_ERROR_KEY_REQUIRED, 422, 400, "invalid", "bad_header"},
        {PAGECRYPT_ERROR_KEY_TEXT, 422, 400, "invalid", "bad_header"},
        {PAGECRYPT_ERROR_KEY_LENGTH, 422, 400, "invalid", "bad_header"},
        {PAGECRYPT_ERROR_AUTHENTICATION_FAILED, 400, 400, "decryption_failed", "decryption_failed"},
        {PAGECRYPT_ERROR_USAGE_LIMIT, 422, 422, "invalid", "invalid"},
        {PAGECRYPT_ERROR_INVALID_ARGUMENT, 0, 422, NULL, "invalid"},
        {PAGECRYPT_ERROR_CIPHER_MISMATCH, 0, 500, NULL, "storage"},
        {PAGECRYPT_ERROR_NOT_ENCRYPTED, 0, 500, NULL, "storage"},
        {PAGECRYPT_ERROR_UNSUPPORTED_FORMAT, 0, 500, NULL, "storage"},
        {PAGECRYPT_ERROR_MALFORMED, 0, 500, NULL, "storage"},
        {PAGECRYPT_ERROR_METERED_SIZE, 0, 500, NULL, "storage"},
    };
    size_t answered = 0;
    for (pagecrypt_status status = -1; status < 100; status++) {
        pagecrypt_s2_answer answer;
        const bool has_one = pagecrypt_s2_answer_to(status, &answer);
        check_context("status %d", (int)status);
        answered += has_one;
        if (!has_one) {
            CHECK(answer.lite_http == 0 && answer.lite_code == NULL && answer.documented_code == NULL);
        }
    }
    CHECK_EQUAL(LENGTH(cases), answered);
    for (size_t i = 0; i < LENGTH(cases); i++) {
        pagecrypt_s2_answer answer;
        check_context("case %zu", i);
        CHECK(pagecrypt_s2_answer_to(cases[i].status, &answer));
        CHECK_EQUAL(cases[i].documented, answer.documented_http);
        CHECK_EQUAL(cases[i].lite, answer.lite_http);
        CHECK_TEXT(cases[i].lite_code, answer.lite_code);
        if (cases[i].documented_code == NULL) {
            CHECK(answer.documented_code == NULL);
        } else {
            CHECK_TEXT(cases[i].documented_code, answer.documented_code);
        }
    }
    CHECK(!pagecrypt_s2_answer_to(PAGECRYPT_ERROR_IO, NULL));
}

static void the_limit_of_aes256gcm_is_kept(void) {
    pagecrypt_record_codec *codec = s2_codec(PAGECRYPT_AES256GCM);
    pagecrypt_place last = at_sequence(PAGECRYPT_S2_MAX_AES256GCM_SEQUENCE), beyond = at_sequence(last.sequence + 1);
    bytes record = sealed_record(codec, "\0body", 5, &last);
    uint8_t to[200];
    size_t offsets[] = {0, 5}, to_offsets[2];
    FAILS(PAGECRYPT_ERROR_USAGE_LIMIT,
          pagecrypt_seal_records(codec, 1, (const uint8_t *)"\0body", 5, offsets, &beyond, to, sizeof to, to_offsets, E));
    bytes_free(&record);
    pagecrypt_record_codec_free(codec);
}

static void misuse_is_refused(void) {
    uint8_t id[PAGECRYPT_STREAM_ID_LENGTH], to[64], envelope[] = {0, 'b'};
    size_t written;
    FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT, pagecrypt_s2_stream_id(NULL, "stream", id, E));
    FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT, pagecrypt_s2_stream_id("basin", "\xff", id, E));
    FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT, pagecrypt_s2_stream_id("basin", "stream", NULL, E));
    pagecrypt_s2_header empty = {0}, null = {NULL, 1, NULL, 0};
    FAILS_ZERO(PAGECRYPT_ERROR_INVALID_ARGUMENT, written,
               pagecrypt_s2_envelope_encode(&empty, 1, NULL, 0, to, sizeof to, &written, E));
    FAILS_ZERO(PAGECRYPT_ERROR_INVALID_ARGUMENT, written,
               pagecrypt_s2_envelope_encode(&null, 1, NULL, 0, to, sizeof to, &written, E));
    FAILS_ZERO(PAGECRYPT_ERROR_INVALID_ARGUMENT, written,
               pagecrypt_s2_envelope_encode(NULL, 1, NULL, 0, to, sizeof to, &written, E));
    FAILS_ZERO(PAGECRYPT_ERROR_BUFFER_LENGTH, written, pagecrypt_s2_envelope_encode(NULL, 0, to, 5, id, 5, &written, E));
    FAILS_ZERO(PAGECRYPT_ERROR_OVERLAP, written, pagecrypt_s2_envelope_encode(NULL, 0, to, 5, to, sizeof to, &written, E));
    CHECK_EQUAL(0, pagecrypt_s2_metered_size(NULL, 1, 5));
    CHECK_EQUAL(8 + 5, pagecrypt_s2_metered_size(NULL, 0, 5));
    const uint8_t *body;
    size_t count, body_length;
    FAILS_ZERO(PAGECRYPT_ERROR_MALFORMED, count,
               pagecrypt_s2_envelope_decode(envelope, 0, NULL, 0, &count, &body, &body_length, E));
    bytes large = bytes_new(PAGECRYPT_S2_MAX_METERED_SIZE, 0), room = bytes_new(large.length + 16, 0);
    FAILS_ZERO(PAGECRYPT_ERROR_INVALID_ARGUMENT, written,
               pagecrypt_s2_envelope_encode(NULL, 0, large.at, large.length - 7, room.at, room.length, &written, E));
    SUCCEEDS(pagecrypt_s2_envelope_encode(NULL, 0, large.at, large.length - 8, room.at, room.length, &written, E));

    pagecrypt_s2_stored_record stored = {PAGECRYPT_S2_FENCE, 0, 0, large.at, PAGECRYPT_S2_MAX_FENCING_TOKEN_LENGTH + 1};
    FAILS_ZERO(PAGECRYPT_ERROR_INVALID_ARGUMENT, written,
               pagecrypt_s2_stored_record_encode(&stored, room.at, room.length, &written, E));
    stored.kind = 9;
    FAILS_ZERO(PAGECRYPT_ERROR_INVALID_ARGUMENT, written,
               pagecrypt_s2_stored_record_encode(&stored, room.at, room.length, &written, E));
    stored = (pagecrypt_s2_stored_record){PAGECRYPT_S2_PLAINTEXT, 0, 0, envelope, sizeof envelope};
    SUCCEEDS(pagecrypt_s2_stored_record_encode(&stored, to, sizeof to, &written, E));
    pagecrypt_s2_stored_record decoded;
    SUCCEEDS(pagecrypt_s2_stored_record_decode(to, written, &decoded, E));
    CHECK_EQUAL(PAGECRYPT_S2_PLAINTEXT, decoded.kind);
    CHECK_EQUAL(sizeof envelope, decoded.payload_length);
    CHECK_BYTES(envelope, decoded.payload, sizeof envelope);
    pagecrypt_record_codec *codec = s2_codec(PAGECRYPT_AEGIS256), *bound = bound_codec(PAGECRYPT_AEGIS256, stream_context(1));
    FAILS(PAGECRYPT_ERROR_NOT_ENCRYPTED,
          pagecrypt_s2_stored_record_open(codec, to, written, room.at, room.length, &decoded, E));
    FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT,
          pagecrypt_s2_stored_record_open(bound, to, written, room.at, room.length, &decoded, E));
    FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT, pagecrypt_s2_stored_record_open(codec, to, written, room.at, 1, NULL, E));
    FAILS(PAGECRYPT_ERROR_OVERLAP, pagecrypt_s2_stored_record_open(codec, to, written, to, written, &decoded, E));
    bytes_free(&large);
    bytes_free(&room);
    pagecrypt_record_codec_free(codec);
    pagecrypt_record_codec_free(bound);
}

static const check_test tests[] = {
    TEST(every_sample_of_s2_opens),
    TEST(every_input_gets_the_verdict_of_s2),
    TEST(a_wrong_metered_size_tells_both),
    TEST(keys_come_from_headers_as_s2_reads_them),
    TEST(each_error_has_s2_s_answer),
    TEST(the_limit_of_aes256gcm_is_kept),
    TEST(misuse_is_refused),
};

const check_suite s2_suite = SUITE("s2", tests);
