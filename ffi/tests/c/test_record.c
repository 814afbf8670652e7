/* Records of both formats: batches, places, forgery, rotation, and what is refused. */
#include "suites.h"

#include <stdlib.h>
#include <string.h>

#include "record_samples.h"

static void check_batch(const pagecrypt_record_codec *codec, const run *from, const pagecrypt_place *places, const char *what) {
    run records = room_for(from, PAGECRYPT_MAX_RECORD_OVERHEAD), opened = room_for(&records, 0);
    pagecrypt_status *statuses = calloc(from->count + 1, sizeof *statuses);
    REQUIRE(statuses != NULL);
    check_context("%s, %zu records", what, from->count);
    SUCCEEDS(pagecrypt_seal_records(codec, from->count, from->all.at, from->all.length, from->offsets, places, records.all.at,
                                    records.all.length, records.offsets, E));
    size_t length = records.offsets[from->count];
    SUCCEEDS(pagecrypt_open_records(codec, from->count, records.all.at, length, records.offsets, places, opened.all.at, length,
                                    opened.offsets, statuses, E));
    CHECK_BYTES(from->offsets, opened.offsets, (from->count + 1) * sizeof *from->offsets);
    CHECK_BYTES(from->all.at, opened.all.at, from->all.length);
    for (size_t i = 0; i < from->count; i++) {
        bytes one = {records.all.at + records.offsets[i], records.offsets[i + 1] - records.offsets[i]}, plaintext;
        CHECK_EQUAL(PAGECRYPT_OK, statuses[i]);
        CHECK_EQUAL(PAGECRYPT_OK, open_record(codec, one, places == NULL ? NULL : &places[i], &plaintext));
        CHECK_BYTES(from->all.at + from->offsets[i], plaintext.at, plaintext.length);
        bytes_free(&plaintext);
    }
    free(statuses);
    run_free(&records);
    run_free(&opened);
}

static void batches_of_mixed_lengths_open_together_and_one_by_one(void) {
    static const size_t counts[] = {0, 1, 2, 5, 17, 64, 65, 200};
    for (size_t n = 0; n < LENGTH(counts); n++) {
        pagecrypt_place *places = calloc(counts[n] + 1, sizeof *places);
        REQUIRE(places != NULL);
        for (size_t i = 0; i < counts[n]; i++) {
            places[i] = at_sequence(i);
            places[i].clock = 1000 + i;
            places[i].given |= i % 2 == 0 ? PAGECRYPT_PLACE_CLOCK : 0;
        }
        run from = plaintexts_of(counts[n]), envelopes = envelopes_of(counts[n]);
        for (size_t c = 0; c < LENGTH(all_ciphers); c++) {
            pagecrypt_record_codec *codec = bound_codec(all_ciphers[c], stream_context(1));
            check_batch(codec, &from, places, pagecrypt_cipher_name(all_ciphers[c]));
            check_batch(codec, &from, NULL, pagecrypt_cipher_name(all_ciphers[c]));
            pagecrypt_record_codec_free(codec);
        }
        for (size_t c = 0; c < LENGTH(s2_ciphers); c++) {
            pagecrypt_record_codec *codec = s2_codec(s2_ciphers[c]);
            check_batch(codec, &envelopes, NULL, "s2");
            pagecrypt_record_codec_free(codec);
        }
        run_free(&from);
        run_free(&envelopes);
        free(places);
    }
}

/* The numbers of the cases are text, since they take all of 64 bits. */
static bool number_of_member(const json_t *of, const char *member, uint64_t *number) {
    const char *text = json_string_value(json_object_get(of, member));
    *number = text == NULL ? 0 : strtoull(text, NULL, 10);
    return text != NULL;
}

static pagecrypt_place place_of_case(const json_t *of, bytes *token) {
    pagecrypt_place place = {0};
    place.given |= number_of_member(of, "sequence", &place.sequence) ? PAGECRYPT_PLACE_SEQUENCE : 0;
    place.given |= number_of_member(of, "clock", &place.clock) ? PAGECRYPT_PLACE_CLOCK : 0;
    place.reseals = (uint32_t)size_of_member(of, "reseals");
    *token = json_is_null(json_object_get(of, "token")) ? bytes_new(0, 0) : bytes_of_member(of, "token");
    place.token = token->length == 0 ? NULL : token->at;
    return place;
}

static void records_of_another_implementation_open(void) {
    json_t *file = vectors_json("records.json");
    size_t index;
    const json_t *of;
    json_array_foreach(json_object_get(file, "records"), index, of) {
        check_context("record %zu", index);
        pagecrypt_key *key = key_from_hex(text_of_member(of, "key"), text_of_member(of, "cipher"));
        pagecrypt_context context = context_of_case(of);
        pagecrypt_record_codec *codec = NULL;
        SUCCEEDS(pagecrypt_record_codec_new_bound(key, &context, &codec, E));
        bytes token, record = bytes_of_member(of, "record"), expected = bytes_of_member(of, "plaintext"), plaintext;
        bytes key_id = bytes_of_member(of, "key_id");
        pagecrypt_place place = place_of_case(of, &token);
        CHECK_EQUAL(PAGECRYPT_OK, open_record(codec, record, &place, &plaintext));
        CHECK_EQUAL(expected.length, plaintext.length);
        CHECK_BYTES(expected.at, plaintext.at, expected.length);

        uint8_t id[PAGECRYPT_KEY_ID_LENGTH];
        SUCCEEDS(pagecrypt_key_id(key, &context, id, E));
        CHECK_BYTES(key_id.at, id, sizeof id);
        CHECK(pagecrypt_record_codec_key_id(codec, id));
        CHECK_BYTES(key_id.at, id, sizeof id);
        pagecrypt_record_header header;
        SUCCEEDS(pagecrypt_record_header_parse(record.at, record.length, &header, E));
        CHECK_EQUAL(pagecrypt_key_cipher(key), header.cipher);
        CHECK_BYTES(key_id.at, header.key_id, sizeof header.key_id);
        CHECK_EQUAL((place.given & PAGECRYPT_PLACE_CLOCK) != 0, header.has_clock);
        CHECK_EQUAL(place.clock, header.clock);
        CHECK_EQUAL(place.reseals, header.reseals);
        CHECK_EQUAL(expected.length, header.plaintext_length);

        bytes *all[] = {&token, &record, &expected, &plaintext, &key_id};
        for (size_t i = 0; i < LENGTH(all); i++) {
            bytes_free(all[i]);
        }
        pagecrypt_record_codec_free(codec);
        pagecrypt_key_free(key);
    }
    CHECK(index > 0);
    json_decref(file);
}

static void a_record_with_any_byte_changed_or_cut_does_not_open(void) {
    static const uint8_t envelope[] = {0, 1, 2, 3, 4, 5, 6, 7};
    for (size_t c = 0; c < LENGTH(all_ciphers); c++) {
        for (int s2 = 0; s2 < 2; s2++) {
            if (s2 == 1 && c >= LENGTH(s2_ciphers)) {
                continue;
            }
            pagecrypt_record_codec *codec = s2 == 1 ? s2_codec(s2_ciphers[c]) : bound_codec(all_ciphers[c], stream_context(1));
            bytes record = sealed_record(codec, envelope, sizeof envelope, NULL);
            for (size_t i = 0; i < record.length; i++) {
                check_context("%s, byte %zu", pagecrypt_cipher_name(all_ciphers[c]), i);
                record.at[i] ^= 1;
                CHECK(open_record(codec, record, NULL, NULL) != PAGECRYPT_OK);
                record.at[i] ^= 1;
                bytes cut = {record.at, i};
                CHECK(open_record(codec, cut, NULL, NULL) != PAGECRYPT_OK);
            }
            CHECK_EQUAL(PAGECRYPT_OK, open_record(codec, record, NULL, NULL));
            bytes_free(&record);
            pagecrypt_record_codec_free(codec);
        }
    }
}

static void forged_records_of_a_batch_are_listed_and_the_others_open(void) {
    pagecrypt_record_codec *codec = bound_codec(PAGECRYPT_AEGIS256, stream_context(1));
    run from = plaintexts_of(20), records = room_for(&from, PAGECRYPT_MAX_RECORD_OVERHEAD), opened = room_for(&records, 0);
    pagecrypt_status statuses[20];
    SUCCEEDS(pagecrypt_seal_records(codec, 20, from.all.at, from.all.length, from.offsets, NULL, records.all.at,
                                    records.all.length, records.offsets, E));
    for (size_t i = 3; i < 20; i += 5) {
        records.all.at[records.offsets[i + 1] - 1] ^= 1;
    }
    pagecrypt_error *error = NULL;
    CHECK_EQUAL(PAGECRYPT_ERROR_AUTHENTICATION_FAILED,
                pagecrypt_open_records(codec, 20, records.all.at, records.all.length, records.offsets, NULL, opened.all.at,
                                       opened.all.length, opened.offsets, statuses, &error));
    static const uint64_t forged[] = {3, 8, 13, 18};
    size_t count = 0;
    const uint64_t *numbers = pagecrypt_error_numbers(error, &count);
    REQUIRE(count == LENGTH(forged));
    CHECK_BYTES(forged, numbers, sizeof forged);
    CHECK_EQUAL(PAGECRYPT_UNIT_MESSAGE, pagecrypt_error_unit(error));
    pagecrypt_error_free(error);
    CHECK_BYTES(from.offsets, opened.offsets, 21 * sizeof *from.offsets);
    for (size_t i = 0; i < 20; i++) {
        size_t at = from.offsets[i], length = from.offsets[i + 1] - at;
        bool is_forged = i % 5 == 3;
        CHECK_EQUAL(is_forged ? PAGECRYPT_ERROR_AUTHENTICATION_FAILED : PAGECRYPT_OK, statuses[i]);
        if (is_forged) {
            CHECK_FILLED(0, opened.all.at + at, length);
        } else {
            CHECK_BYTES(from.all.at + at, opened.all.at + at, length);
        }
    }
    /* A record that does not say how long it is takes no room. */
    records.all.at[records.offsets[1]] = 9;
    CHECK_EQUAL(PAGECRYPT_ERROR_UNSUPPORTED_FORMAT,
                pagecrypt_open_records(codec, 2, records.all.at, records.all.length, records.offsets, NULL, opened.all.at,
                                       opened.all.length, opened.offsets, statuses, NULL));
    CHECK_EQUAL(PAGECRYPT_OK, statuses[0]);
    CHECK_EQUAL(PAGECRYPT_ERROR_UNSUPPORTED_FORMAT, statuses[1]);
    CHECK_EQUAL(opened.offsets[1], opened.offsets[2]);
    run_free(&from);
    run_free(&records);
    run_free(&opened);
    pagecrypt_record_codec_free(codec);
}

static void a_record_opens_in_its_place_only(void) {
    uint8_t token[PAGECRYPT_TOKEN_LENGTH] = {5}, other_token[PAGECRYPT_TOKEN_LENGTH] = {6};
    pagecrypt_place third = at_sequence(3), fourth = at_sequence(4), path = {0}, other_path = {0}, clock = {0};
    path.token = token;
    other_path.token = other_token;
    clock = third;
    clock.clock = 7;
    clock.given |= PAGECRYPT_PLACE_CLOCK;
    const struct {
        pagecrypt_context from, to;
        const pagecrypt_place *sealed_at, *opened_at;
        pagecrypt_status status;
    } cases[] = {
        {stream_context(1), stream_context(1), &third, &third, PAGECRYPT_OK},
        {stream_context(1), stream_context(1), &third, &fourth, PAGECRYPT_ERROR_AUTHENTICATION_FAILED},
        {stream_context(1), stream_context(1), &third, NULL, PAGECRYPT_ERROR_AUTHENTICATION_FAILED},
        {stream_context(1), stream_context(1), &third, &clock, PAGECRYPT_ERROR_AUTHENTICATION_FAILED},
        {stream_context(1), stream_context(2), &third, &third, PAGECRYPT_ERROR_UNKNOWN_KEY_ID},
        {stream_context(1), writer_context(1, 1), &third, &third, PAGECRYPT_ERROR_AUTHENTICATION_FAILED},
        {writer_context(1, 1), writer_context(1, 1), &third, &third, PAGECRYPT_OK},
        {writer_context(1, 1), writer_context(1, 2), &third, &third, PAGECRYPT_ERROR_AUTHENTICATION_FAILED},
        {store_context(1), store_context(1), &path, &path, PAGECRYPT_OK},
        {store_context(1), store_context(1), &path, &other_path, PAGECRYPT_ERROR_AUTHENTICATION_FAILED},
        {store_context(1), store_context(2), &path, &path, PAGECRYPT_ERROR_UNKNOWN_KEY_ID},
    };
    for (size_t c = 0; c < LENGTH(all_ciphers); c++) {
        for (size_t i = 0; i < LENGTH(cases); i++) {
            check_context("%s, case %zu", pagecrypt_cipher_name(all_ciphers[c]), i);
            pagecrypt_record_codec *from = bound_codec(all_ciphers[c], cases[i].from);
            pagecrypt_record_codec *to = bound_codec(all_ciphers[c], cases[i].to);
            bytes record = sealed_record(from, "content", 7, cases[i].sealed_at);
            CHECK_EQUAL(cases[i].status, open_record(to, record, cases[i].opened_at, NULL));
            bytes_free(&record);
            pagecrypt_record_codec_free(from);
            pagecrypt_record_codec_free(to);
        }
    }
}

static void after_a_rotation_old_records_open_and_wait_for_the_new_key(void) {
    pagecrypt_context context = stream_context(1);
    pagecrypt_key *old = sample_key(PAGECRYPT_AES256GCM), *new = NULL;
    pagecrypt_record_codec *before = NULL, *alone = NULL, *after = NULL;
    uint8_t taken[PAGECRYPT_KEY_ID_LENGTH];
    SUCCEEDS(pagecrypt_key_id(old, &context, taken, E));
    SUCCEEDS(pagecrypt_key_generate_for(PAGECRYPT_AEGIS256, &context, taken, 1, &new, E));
    SUCCEEDS(pagecrypt_record_codec_new_bound(old, &context, &before, E));
    SUCCEEDS(pagecrypt_record_codec_new_bound(new, &context, &alone, E));
    pagecrypt_place place = at_sequence(1);
    place.clock = 5;
    place.given |= PAGECRYPT_PLACE_CLOCK;
    bytes record = sealed_record(before, "content", 7, &place), plaintext;
    CHECK_EQUAL(PAGECRYPT_ERROR_CIPHER_MISMATCH, open_record(alone, record, &place, NULL));
    SUCCEEDS(pagecrypt_record_codec_with_decrypt_only_key(alone, old, &after, E));
    pagecrypt_key_free(old);
    pagecrypt_record_codec_free(alone);
    CHECK_EQUAL(PAGECRYPT_OK, open_record(after, record, &place, &plaintext));
    CHECK_BYTES("content", plaintext.at, 7);
    bool needs_reseal = false;
    SUCCEEDS(pagecrypt_record_codec_needs_reseal(after, record.at, record.length, &needs_reseal, E));
    CHECK(needs_reseal);

    uint8_t to[256];
    size_t written = 0;
    bytes narrow = bytes_new(record.length, 0);
    FAILS_ZERO(PAGECRYPT_ERROR_BUFFER_LENGTH, written,
               pagecrypt_reseal_record(after, record.at, record.length, &place, narrow.at, narrow.length, &written, E));
    SUCCEEDS(pagecrypt_reseal_record(after, record.at, record.length, &place, to, sizeof to, &written, E));
    SUCCEEDS(pagecrypt_record_codec_needs_reseal(after, to, written, &needs_reseal, E));
    CHECK(!needs_reseal);
    pagecrypt_record_header header;
    SUCCEEDS(pagecrypt_record_header_parse(to, written, &header, E));
    CHECK_EQUAL(PAGECRYPT_AEGIS256, header.cipher);
    CHECK_EQUAL(1, header.reseals);
    CHECK_EQUAL(5, header.clock);
    int32_t order = 0;
    SUCCEEDS(pagecrypt_compare_writes(to, written, record.at, record.length, &order, E));
    CHECK(order == 1);
    SUCCEEDS(pagecrypt_compare_writes(record.at, record.length, to, written, &order, E));
    CHECK(order == -1);
    SUCCEEDS(pagecrypt_compare_writes(to, written, to, written, &order, E));
    CHECK(order == 0);

    /* S2's format knows no rotation. */
    pagecrypt_record_codec *s2 = s2_codec(PAGECRYPT_AEGIS256), *none;
    FAILS_NULL(PAGECRYPT_ERROR_INVALID_ARGUMENT, none, pagecrypt_record_codec_with_decrypt_only_key(s2, new, &none, E));
    bytes envelope = sealed_record(s2, "\0body", 5, NULL);
    FAILS_ZERO(PAGECRYPT_ERROR_INVALID_ARGUMENT, written,
               pagecrypt_reseal_record(s2, envelope.at, envelope.length, NULL, to, sizeof to, &written, E));
    bytes_free(&envelope);
    bytes_free(&record);
    bytes_free(&plaintext);
    bytes_free(&narrow);
    pagecrypt_record_codec_free(before);
    pagecrypt_record_codec_free(after);
    pagecrypt_record_codec_free(s2);
    pagecrypt_key_free(new);
}

static void a_codec_says_what_it_was_made_of(void) {
    pagecrypt_record_codec *bound = bound_codec(PAGECRYPT_AEGIS128L, stream_context(1)), *s2 = s2_codec(PAGECRYPT_AEGIS256);
    CHECK_EQUAL(PAGECRYPT_AEGIS128L, pagecrypt_record_codec_cipher(bound));
    CHECK(pagecrypt_record_codec_engine(bound) > 0);
    CHECK_EQUAL(PAGECRYPT_RECORD_BOUND, pagecrypt_record_codec_format(bound));
    CHECK_EQUAL(PAGECRYPT_RECORD_S2, pagecrypt_record_codec_format(s2));
    CHECK_TEXT("bound", pagecrypt_record_format_name(PAGECRYPT_RECORD_BOUND));
    CHECK_TEXT("s2", pagecrypt_record_format_name(PAGECRYPT_RECORD_S2));
    CHECK(pagecrypt_record_format_name(3) == NULL);
    uint8_t id[PAGECRYPT_KEY_ID_LENGTH];
    CHECK(!pagecrypt_record_codec_key_id(s2, id) && !pagecrypt_record_codec_key_id(NULL, id));
    CHECK(!pagecrypt_record_codec_key_id(bound, NULL));
    CHECK_EQUAL(7 + 16 + 16, pagecrypt_record_overhead(PAGECRYPT_AEGIS128L, PAGECRYPT_RECORD_BOUND));
    CHECK_EQUAL(49, pagecrypt_record_overhead(PAGECRYPT_AEGIS256, PAGECRYPT_RECORD_S2));
    CHECK_EQUAL(0, pagecrypt_record_overhead(PAGECRYPT_AEGIS128L, PAGECRYPT_RECORD_S2));
    CHECK_EQUAL(0, pagecrypt_record_overhead(0, PAGECRYPT_RECORD_BOUND));
    CHECK_EQUAL(0, pagecrypt_record_overhead(PAGECRYPT_AEGIS256, 0));
    pagecrypt_place clock = {0};
    clock.given = PAGECRYPT_PLACE_CLOCK;
    clock.reseals = 1;
    size_t longest = 0;
    for (size_t c = 0; c < LENGTH(all_ciphers); c++) {
        pagecrypt_record_codec *codec = bound_codec(all_ciphers[c], stream_context(1));
        size_t length = pagecrypt_record_codec_sealed_length(codec, 0, &clock);
        longest = length > longest ? length : longest;
        pagecrypt_record_codec_free(codec);
    }
    CHECK_EQUAL(PAGECRYPT_MAX_RECORD_OVERHEAD, longest);
    CHECK_EQUAL(0, pagecrypt_record_codec_sealed_length(NULL, 0, NULL));
    clock.given = 4;
    CHECK_EQUAL(0, pagecrypt_record_codec_sealed_length(bound, 0, &clock));
    CHECK_EQUAL(0, pagecrypt_record_codec_cipher(NULL));
    CHECK_EQUAL(0, pagecrypt_record_codec_engine(NULL));
    CHECK_EQUAL(0, pagecrypt_record_codec_format(NULL));
    pagecrypt_record_codec_free(NULL);
    pagecrypt_record_codec_free(bound);
    pagecrypt_record_codec_free(s2);
}

static void misuse_is_refused_and_nothing_is_written(void) {
    pagecrypt_key *key = sample_key(PAGECRYPT_AES128GCM), *made;
    pagecrypt_context context = stream_context(1), none = {0};
    uint8_t id[PAGECRYPT_STREAM_ID_LENGTH] = {0}, to[300], from[64] = {0};
    pagecrypt_record_codec *codec;
    FAILS_NULL(PAGECRYPT_ERROR_UNSUPPORTED_FORMAT, codec, pagecrypt_record_codec_new_s2(key, id, &codec, E));
    FAILS_NULL(PAGECRYPT_ERROR_INVALID_ARGUMENT, codec, pagecrypt_record_codec_new_s2(key, NULL, &codec, E));
    FAILS_NULL(PAGECRYPT_ERROR_INVALID_ARGUMENT, codec, pagecrypt_record_codec_new_s2(NULL, id, &codec, E));
    FAILS_NULL(PAGECRYPT_ERROR_INVALID_ARGUMENT, codec, pagecrypt_record_codec_new_bound(key, NULL, &codec, E));
    FAILS_NULL(PAGECRYPT_ERROR_INVALID_ARGUMENT, codec, pagecrypt_record_codec_new_bound(key, &none, &codec, E));
    FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT, pagecrypt_record_codec_new_bound(key, &context, NULL, E));
    FAILS_NULL(PAGECRYPT_ERROR_INVALID_ARGUMENT, made, pagecrypt_key_generate_for(PAGECRYPT_AEGIS256, &context, NULL, 1, &made, E));
    FAILS_NULL(PAGECRYPT_ERROR_UNKNOWN_CIPHER, made, pagecrypt_key_generate_for(77, &context, NULL, 0, &made, E));
    FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT, pagecrypt_key_id(key, &context, NULL, E));
    FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT, pagecrypt_key_id(key, &none, id, E));

    codec = bound_codec(PAGECRYPT_AES128GCM, context);
    size_t offsets[] = {0, 32, 64}, falling[] = {32, 0, 64}, beyond[] = {0, 32, 65}, to_offsets[3];
    pagecrypt_place places[2] = {{0}, {0}}, unknown[2] = {{0}, {0}}, token[2] = {{0}, {0}};
    unknown[1].given = 8;
    token[1].token = id;
    memset(to, 0xee, sizeof to);
    FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT,
          pagecrypt_seal_records(NULL, 2, from, 64, offsets, places, to, sizeof to, to_offsets, E));
    FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT,
          pagecrypt_seal_records(codec, 2, NULL, 64, offsets, places, to, sizeof to, to_offsets, E));
    FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT,
          pagecrypt_seal_records(codec, 2, from, 64, NULL, places, to, sizeof to, to_offsets, E));
    FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT,
          pagecrypt_seal_records(codec, 2, from, 64, falling, places, to, sizeof to, to_offsets, E));
    FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT,
          pagecrypt_seal_records(codec, 2, from, 64, beyond, places, to, sizeof to, to_offsets, E));
    FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT,
          pagecrypt_seal_records(codec, 2, from, 64, offsets, unknown, to, sizeof to, to_offsets, E));
    FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT,
          pagecrypt_seal_records(codec, 2, from, 64, offsets, token, to, sizeof to, to_offsets, E));
    FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT,
          pagecrypt_seal_records(codec, 2, from, 64, offsets, places, NULL, sizeof to, to_offsets, E));
    FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT, pagecrypt_seal_records(codec, 2, from, 64, offsets, places, to, sizeof to, NULL, E));
    FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT,
          pagecrypt_seal_records(codec, SIZE_MAX, from, 64, offsets, places, to, sizeof to, to_offsets, E));
    FAILS(PAGECRYPT_ERROR_OVERLAP, pagecrypt_seal_records(codec, 2, to, 64, offsets, places, to, sizeof to, to_offsets, E));
    FAILS(PAGECRYPT_ERROR_OVERLAP, pagecrypt_seal_records(codec, 2, from, 64, offsets, places, to, sizeof to, offsets, E));
    FAILS(PAGECRYPT_ERROR_BUFFER_LENGTH, pagecrypt_seal_records(codec, 2, from, 64, offsets, places, to, 64, to_offsets, E));
    CHECK_FILLED(0xee, to, sizeof to);
    size_t length;
    FAILS_ZERO(PAGECRYPT_ERROR_MALFORMED, length, pagecrypt_record_codec_opened_length(codec, from, 0, &length, E));
    bool needs_reseal;
    FAILS_EMPTY(PAGECRYPT_ERROR_UNSUPPORTED_FORMAT, needs_reseal, true, false,
                pagecrypt_record_codec_needs_reseal(codec, from, 64, &needs_reseal, E));
    int32_t order;
    FAILS_ZERO(PAGECRYPT_ERROR_UNSUPPORTED_FORMAT, order, pagecrypt_compare_writes(from, 64, from, 64, &order, E));
    pagecrypt_record_header header;
    FAILS(PAGECRYPT_ERROR_MALFORMED, pagecrypt_record_header_parse(from, 0, &header, E));
    CHECK_EQUAL(0, header.cipher);
    pagecrypt_record_codec_free(codec);
    pagecrypt_key_free(key);
}

static const check_test tests[] = {
    TEST(batches_of_mixed_lengths_open_together_and_one_by_one),
    TEST(records_of_another_implementation_open),
    TEST(a_record_with_any_byte_changed_or_cut_does_not_open),
    TEST(forged_records_of_a_batch_are_listed_and_the_others_open),
    TEST(a_record_opens_in_its_place_only),
    TEST(after_a_rotation_old_records_open_and_wait_for_the_new_key),
    TEST(a_codec_says_what_it_was_made_of),
    TEST(misuse_is_refused_and_nothing_is_written),
};

const check_suite record_suite = SUITE("record", tests);
