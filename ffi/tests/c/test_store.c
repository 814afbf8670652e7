/* Entries of stores: tokens, padding, rotation, and what is refused. */
#include "suites.h"

#include <stdlib.h>
#include <string.h>

#include "record_samples.h"

#define ENTRIES 20

static const uint8_t store_id[PAGECRYPT_STORE_ID_LENGTH] = {3, 3, 3};

static pagecrypt_token_key *sample_token_key(uint8_t seed) {
    uint8_t raw[PAGECRYPT_TOKEN_KEY_LENGTH];
    memset(raw, seed, sizeof raw);
    pagecrypt_token_key *token_key = NULL;
    SUCCEEDS(pagecrypt_token_key_new(raw, sizeof raw, &token_key, E));
    return token_key;
}

static pagecrypt_store_codec *store_of(pagecrypt_cipher cipher, pagecrypt_padding padding) {
    pagecrypt_key *key = sample_key(cipher);
    pagecrypt_token_key *token_key = sample_token_key(4);
    pagecrypt_store_codec *codec = NULL;
    SUCCEEDS(pagecrypt_store_codec_new(key, store_id, token_key, padding, &codec, E));
    /* The codec keeps what it needs of both. */
    pagecrypt_token_key_free(token_key);
    pagecrypt_key_free(key);
    return codec;
}

static pagecrypt_entry entry_of(const char *path, const uint8_t *body, size_t body_length) {
    pagecrypt_entry entry = {0};
    entry.path = (const uint8_t *)path;
    entry.path_length = strlen(path);
    entry.type_name = (const uint8_t *)"note";
    entry.type_name_length = 4;
    entry.schema = (const uint8_t *)"1";
    entry.schema_length = 1;
    entry.body = body;
    entry.body_length = body_length;
    return entry;
}

static void check_entry(const pagecrypt_entry *expected, const pagecrypt_entry *got) {
    CHECK_EQUAL(expected->path_length, got->path_length);
    CHECK_BYTES(expected->path, got->path, expected->path_length);
    CHECK_EQUAL(expected->type_name_length, got->type_name_length);
    CHECK_BYTES(expected->type_name, got->type_name, expected->type_name_length);
    CHECK_EQUAL(expected->schema_length, got->schema_length);
    CHECK_BYTES(expected->schema, got->schema, expected->schema_length);
    CHECK_EQUAL(expected->body_length, got->body_length);
    CHECK_BYTES(expected->body, got->body, expected->body_length);
    CHECK_EQUAL(expected->has_clock, got->has_clock);
    CHECK_EQUAL(expected->clock, got->clock);
}

/* Entries that were sealed together. */
typedef struct sealed {
    char paths[ENTRIES][16];
    pagecrypt_entry entries[ENTRIES];
    uint8_t tokens[ENTRIES][PAGECRYPT_TOKEN_LENGTH];
    size_t offsets[ENTRIES + 1];
    bytes body, records, opened;
} sealed;

static void seal_entries(const pagecrypt_store_codec *codec, sealed *s) {
    size_t total = 0;
    s->body = sample_bytes(40 * ENTRIES, 9);
    for (size_t i = 0; i < ENTRIES; i++) {
        snprintf(s->paths[i], sizeof s->paths[i], "path/%zu", i);
        s->entries[i] = entry_of(s->paths[i], s->body.at, 37 * i);
        s->entries[i].has_clock = i % 2 == 0;
        s->entries[i].clock = i % 2 == 0 ? i : 0;
        total += pagecrypt_store_codec_sealed_length(codec, &s->entries[i]);
    }
    s->records = bytes_new(total, 0xee);
    s->opened = bytes_new(total, 0xee);
    FAILS(PAGECRYPT_ERROR_BUFFER_LENGTH,
          pagecrypt_seal_entries(codec, ENTRIES, s->entries, s->tokens[0], s->records.at, total - 1, s->offsets, E));
    CHECK_FILLED(0xee, s->records.at, total);
    SUCCEEDS(pagecrypt_seal_entries(codec, ENTRIES, s->entries, s->tokens[0], s->records.at, total, s->offsets, E));
    CHECK_EQUAL(total, s->offsets[ENTRIES]);
}

static pagecrypt_status open_entries(const pagecrypt_store_codec *codec, sealed *s, pagecrypt_entry *entries,
                                     pagecrypt_status *statuses, pagecrypt_error **error) {
    return pagecrypt_open_entries(codec, ENTRIES, s->tokens[0], s->records.at, s->records.length, s->offsets, s->opened.at,
                                  s->opened.length, entries, statuses, error);
}

static void sealed_free(sealed *s) {
    bytes_free(&s->body);
    bytes_free(&s->records);
    bytes_free(&s->opened);
}

static void entries_open_as_they_were_sealed(void) {
    for (size_t c = 0; c < LENGTH(all_ciphers); c++) {
        for (pagecrypt_padding padding = PAGECRYPT_PADDING_NONE; padding <= PAGECRYPT_PADDING_PADME; padding++) {
            check_context("%s, padding %d", pagecrypt_cipher_name(all_ciphers[c]), (int)padding);
            pagecrypt_store_codec *codec = store_of(all_ciphers[c], padding);
            sealed s;
            pagecrypt_entry entries[ENTRIES];
            pagecrypt_status statuses[ENTRIES];
            uint8_t token[PAGECRYPT_TOKEN_LENGTH];
            seal_entries(codec, &s);
            SUCCEEDS(open_entries(codec, &s, entries, statuses, E));
            for (size_t i = 0; i < ENTRIES; i++) {
                CHECK_EQUAL(PAGECRYPT_OK, statuses[i]);
                check_entry(&s.entries[i], &entries[i]);
                SUCCEEDS(pagecrypt_store_codec_token(codec, s.entries[i].path, s.entries[i].path_length, token, E));
                CHECK_BYTES(token, s.tokens[i], sizeof token);
            }
            sealed_free(&s);
            pagecrypt_store_codec_free(codec);
        }
    }
}

static void entries_of_another_implementation_open(void) {
    json_t *file = vectors_json("records.json");
    size_t index;
    const json_t *of;
    json_array_foreach(json_object_get(file, "entries"), index, of) {
        check_context("entry %zu", index);
        pagecrypt_key *key = key_from_hex(text_of_member(of, "key"), text_of_member(of, "cipher"));
        pagecrypt_context context = context_of_case(of);
        bytes raw = bytes_of_member(of, "token_key"), token = bytes_of_member(of, "token"), record = bytes_of_member(of, "record");
        pagecrypt_token_key *token_key = NULL;
        pagecrypt_store_codec *codec = NULL;
        SUCCEEDS(pagecrypt_token_key_new(raw.at, raw.length, &token_key, E));
        SUCCEEDS(pagecrypt_store_codec_new(key, context.id, token_key, PAGECRYPT_PADDING_NONE, &codec, E));
        bytes to = bytes_new(record.length, 0);
        size_t offsets[] = {0, record.length};
        pagecrypt_entry entry;
        SUCCEEDS(pagecrypt_open_entries(codec, 1, token.at, record.at, record.length, offsets, to.at, to.length, &entry, NULL, E));
        const struct {
            const char *member;
            const uint8_t *at;
            size_t length;
        } parts[] = {
            {"path", entry.path, entry.path_length},
            {"type", entry.type_name, entry.type_name_length},
            {"schema", entry.schema, entry.schema_length},
            {"body", entry.body, entry.body_length},
        };
        for (size_t i = 0; i < LENGTH(parts); i++) {
            bytes expected = bytes_of_member(of, parts[i].member);
            CHECK_EQUAL(expected.length, parts[i].length);
            CHECK_BYTES(expected.at, parts[i].at, expected.length);
            bytes_free(&expected);
        }
        uint8_t computed[PAGECRYPT_TOKEN_LENGTH];
        SUCCEEDS(pagecrypt_token_key_token(token_key, entry.path, entry.path_length, computed, E));
        CHECK_BYTES(token.at, computed, sizeof computed);
        bytes *all[] = {&raw, &token, &record, &to};
        for (size_t i = 0; i < LENGTH(all); i++) {
            bytes_free(all[i]);
        }
        pagecrypt_store_codec_free(codec);
        pagecrypt_token_key_free(token_key);
        pagecrypt_key_free(key);
    }
    CHECK(index > 0);
    json_decref(file);
}

static void a_forged_or_moved_entry_fails_alone(void) {
    pagecrypt_store_codec *codec = store_of(PAGECRYPT_AEGIS256, PAGECRYPT_PADDING_PADME);
    sealed s;
    pagecrypt_entry entries[ENTRIES];
    pagecrypt_status statuses[ENTRIES];
    seal_entries(codec, &s);
    s.records.at[s.offsets[3]] ^= 2; /* its version */
    s.records.at[s.offsets[6] - 1] ^= 1;
    memcpy(s.tokens[7], s.tokens[8], sizeof s.tokens[7]);
    pagecrypt_error *error = NULL;
    CHECK_EQUAL(PAGECRYPT_ERROR_UNSUPPORTED_FORMAT, open_entries(codec, &s, entries, statuses, &error));
    pagecrypt_error_free(error);
    s.records.at[s.offsets[3]] ^= 2;
    CHECK_EQUAL(PAGECRYPT_ERROR_AUTHENTICATION_FAILED, open_entries(codec, &s, entries, statuses, &error));
    static const uint64_t forged[] = {5, 7};
    size_t count = 0;
    const uint64_t *numbers = pagecrypt_error_numbers(error, &count);
    REQUIRE(count == LENGTH(forged));
    CHECK_BYTES(forged, numbers, sizeof forged);
    pagecrypt_error_free(error);
    for (size_t i = 0; i < ENTRIES; i++) {
        if (i == 5 || i == 7) {
            CHECK_EQUAL(PAGECRYPT_ERROR_AUTHENTICATION_FAILED, statuses[i]);
            CHECK(entries[i].path == NULL && entries[i].body == NULL && entries[i].body_length == 0);
        } else {
            CHECK_EQUAL(PAGECRYPT_OK, statuses[i]);
            check_entry(&s.entries[i], &entries[i]);
        }
    }
    sealed_free(&s);
    pagecrypt_store_codec_free(codec);
}

static void a_rotation_of_the_data_key_keeps_tokens_and_content(void) {
    pagecrypt_key *old = sample_key(PAGECRYPT_AES256GCM), *new = NULL;
    pagecrypt_token_key *token_key = sample_token_key(4);
    pagecrypt_context context = {PAGECRYPT_CONTEXT_STORE, {3, 3, 3}, {0}};
    uint8_t taken[PAGECRYPT_KEY_ID_LENGTH], token[PAGECRYPT_TOKEN_LENGTH], to[256], opened[256];
    pagecrypt_store_codec *before = NULL, *alone = NULL, *after = NULL;
    SUCCEEDS(pagecrypt_key_id(old, &context, taken, E));
    SUCCEEDS(pagecrypt_key_generate_for(PAGECRYPT_AES256GCM, &context, taken, 1, &new, E));
    SUCCEEDS(pagecrypt_store_codec_new(old, store_id, token_key, PAGECRYPT_PADDING_NONE, &before, E));
    SUCCEEDS(pagecrypt_store_codec_new(new, store_id, token_key, PAGECRYPT_PADDING_NONE, &alone, E));
    SUCCEEDS(pagecrypt_store_codec_with_decrypt_only_key(alone, old, &after, E));
    pagecrypt_entry entry = entry_of("notes/1", (const uint8_t *)"buy milk", 8), got;
    entry.has_clock = true;
    entry.clock = 9;
    bytes record = bytes_new(pagecrypt_store_codec_sealed_length(before, &entry), 0);
    size_t offsets[2], written = 0;
    SUCCEEDS(pagecrypt_seal_entries(before, 1, &entry, token, record.at, record.length, offsets, E));
    bool needs_reseal = false;
    FAILS_EMPTY(PAGECRYPT_ERROR_UNKNOWN_KEY_ID, needs_reseal, true, false,
                pagecrypt_store_codec_needs_reseal(alone, record.at, record.length, &needs_reseal, E));
    SUCCEEDS(pagecrypt_store_codec_needs_reseal(after, record.at, record.length, &needs_reseal, E));
    CHECK(needs_reseal);
    SUCCEEDS(pagecrypt_reseal_entry(after, token, record.at, record.length, to, sizeof to, &written, E));
    offsets[1] = written;
    SUCCEEDS(pagecrypt_open_entries(alone, 1, token, to, written, offsets, opened, sizeof opened, &got, NULL, E));
    check_entry(&entry, &got);
    bytes_free(&record);
    pagecrypt_store_codec_free(before);
    pagecrypt_store_codec_free(alone);
    pagecrypt_store_codec_free(after);
    pagecrypt_token_key_free(token_key);
    pagecrypt_key_free(old);
    pagecrypt_key_free(new);
}

static void a_token_key_gives_its_bytes_back_and_equals_itself(void) {
    pagecrypt_token_key *key = sample_token_key(4), *same = sample_token_key(4), *other = NULL, *none;
    uint8_t raw[PAGECRYPT_TOKEN_KEY_LENGTH], token[PAGECRYPT_TOKEN_LENGTH];
    SUCCEEDS(pagecrypt_token_key_generate(&other, E));
    SUCCEEDS(pagecrypt_token_key_bytes(key, raw, sizeof raw, E));
    CHECK_FILLED(4, raw, sizeof raw);
    CHECK(pagecrypt_token_key_equal(key, same));
    CHECK(!pagecrypt_token_key_equal(key, other));
    CHECK(!pagecrypt_token_key_equal(key, NULL) && !pagecrypt_token_key_equal(NULL, NULL));
    FAILS(PAGECRYPT_ERROR_BUFFER_LENGTH, pagecrypt_token_key_bytes(key, raw, sizeof raw - 1, E));
    FAILS_NULL(PAGECRYPT_ERROR_KEY_LENGTH, none, pagecrypt_token_key_new(raw, sizeof raw - 1, &none, E));
    FAILS_NULL(PAGECRYPT_ERROR_INVALID_ARGUMENT, none, pagecrypt_token_key_new(NULL, sizeof raw, &none, E));
    FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT, pagecrypt_token_key_token(key, NULL, 1, token, E));
    FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT, pagecrypt_token_key_token(key, raw, 1, NULL, E));
    FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT, pagecrypt_token_key_token(NULL, raw, 1, token, E));
    FAILS(PAGECRYPT_ERROR_OVERLAP, pagecrypt_token_key_token(key, token, 1, token, E));
    pagecrypt_token_key_free(NULL);
    pagecrypt_token_key_free(key);
    pagecrypt_token_key_free(same);
    pagecrypt_token_key_free(other);
}

static void misuse_is_refused(void) {
    pagecrypt_key *key = sample_key(PAGECRYPT_AEGIS256);
    pagecrypt_token_key *token_key = sample_token_key(4);
    pagecrypt_store_codec *codec;
    FAILS_NULL(PAGECRYPT_ERROR_INVALID_ARGUMENT, codec, pagecrypt_store_codec_new(NULL, store_id, token_key, 0, &codec, E));
    FAILS_NULL(PAGECRYPT_ERROR_INVALID_ARGUMENT, codec, pagecrypt_store_codec_new(key, NULL, token_key, 0, &codec, E));
    FAILS_NULL(PAGECRYPT_ERROR_INVALID_ARGUMENT, codec, pagecrypt_store_codec_new(key, store_id, NULL, 0, &codec, E));
    FAILS_NULL(PAGECRYPT_ERROR_INVALID_ARGUMENT, codec, pagecrypt_store_codec_new(key, store_id, token_key, 2, &codec, E));
    pagecrypt_token_key_free(token_key);
    pagecrypt_key_free(key);
    codec = store_of(PAGECRYPT_AEGIS256, PAGECRYPT_PADDING_NONE);
    uint8_t token[PAGECRYPT_TOKEN_LENGTH], to[256];
    size_t offsets[2];
    bytes large = bytes_new(65536, 'a');
    pagecrypt_entry entry = entry_of("path", NULL, 0), long_path = entry, no_body = entry;
    long_path.path = large.at;
    long_path.path_length = large.length;
    no_body.body_length = 1;
    CHECK_EQUAL(0, pagecrypt_store_codec_sealed_length(codec, &long_path));
    CHECK_EQUAL(0, pagecrypt_store_codec_sealed_length(codec, NULL));
    CHECK_EQUAL(0, pagecrypt_store_codec_sealed_length(NULL, &entry));
    FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT, pagecrypt_seal_entries(codec, 1, &long_path, token, to, sizeof to, offsets, E));
    FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT, pagecrypt_seal_entries(codec, 1, &no_body, token, to, sizeof to, offsets, E));
    FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT, pagecrypt_seal_entries(codec, 1, NULL, token, to, sizeof to, offsets, E));
    FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT, pagecrypt_seal_entries(codec, 1, &entry, NULL, to, sizeof to, offsets, E));
    FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT, pagecrypt_seal_entries(codec, SIZE_MAX, &entry, token, to, sizeof to, offsets, E));
    FAILS(PAGECRYPT_ERROR_OVERLAP, pagecrypt_seal_entries(codec, 1, &entry, to, to, sizeof to, offsets, E));
    SUCCEEDS(pagecrypt_seal_entries(codec, 1, &entry, token, to, sizeof to, offsets, E));
    SUCCEEDS(pagecrypt_seal_entries(codec, 0, NULL, NULL, NULL, 0, offsets, E));
    pagecrypt_entry got;
    FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT,
          pagecrypt_open_entries(codec, 1, NULL, to, sizeof to, offsets, large.at, large.length, &got, NULL, E));
    FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT,
          pagecrypt_open_entries(codec, 1, token, to, sizeof to, offsets, large.at, large.length, NULL, NULL, E));
    FAILS(PAGECRYPT_ERROR_OVERLAP,
          pagecrypt_open_entries(codec, 1, token, to, sizeof to, offsets, to, sizeof to, &got, NULL, E));
    bytes_free(&large);
    pagecrypt_store_codec_free(NULL);
    pagecrypt_store_codec_free(codec);
}

static const check_test tests[] = {
    TEST(entries_open_as_they_were_sealed),
    TEST(entries_of_another_implementation_open),
    TEST(a_forged_or_moved_entry_fails_alone),
    TEST(a_rotation_of_the_data_key_keeps_tokens_and_content),
    TEST(a_token_key_gives_its_bytes_back_and_equals_itself),
    TEST(misuse_is_refused),
};

const check_suite store_suite = SUITE("store", tests);
