/* Keys: from bytes, from text, generated; what is read back of them. */
#include "suites.h"

#include <string.h>

#include "samples.h"

#define HEX_16 "5529036f1f0151fa8e542767a293af52"
#define HEX_32 "04ab7f0f3ad9931bfef74f83236ab21c97edc92a652c4ba864c74b8a7a3b3513"
#define BASE64_32 "BKt/DzrZkxv+90+DI2qyHJftySplLEuoZMdLino7NRM="

static void a_key_of_every_cipher_gives_its_bytes_back(void) {
    for (size_t i = 0; i < LENGTH(all_ciphers); i++) {
        pagecrypt_cipher cipher = all_ciphers[i];
        size_t length = pagecrypt_cipher_key_length(cipher);
        check_context("%s", pagecrypt_cipher_name(cipher));
        bytes raw = sample_bytes(length, 0x31), back = bytes_new(length, 0);
        pagecrypt_key *key = NULL;
        SUCCEEDS(pagecrypt_key_new(raw.at, length, cipher, &key, E));
        CHECK_EQUAL(cipher, pagecrypt_key_cipher(key));
        CHECK_EQUAL(0, pagecrypt_key_seals(key));
        SUCCEEDS(pagecrypt_key_bytes(key, back.at, length, E));
        CHECK_BYTES(raw.at, back.at, length);
        pagecrypt_key_free(key);
        bytes_free(&raw);
        bytes_free(&back);
    }
}

static void keys_of_another_length_are_refused(void) {
    uint8_t raw[65] = {0};
    pagecrypt_key *key;
    for (size_t i = 0; i < LENGTH(all_ciphers); i++) {
        size_t good = pagecrypt_cipher_key_length(all_ciphers[i]);
        const size_t lengths[] = {0, 1, good - 1, good + 1, 48 - good, 64, 65};
        for (size_t j = 0; j < LENGTH(lengths); j++) {
            check_context("%s, %zu bytes", pagecrypt_cipher_name(all_ciphers[i]), lengths[j]);
            FAILS_NULL(PAGECRYPT_ERROR_KEY_LENGTH, key, pagecrypt_key_new(raw, lengths[j], all_ciphers[i], &key, E));
        }
    }
}

static void unknown_numbers_are_refused(void) {
    uint8_t raw[32] = {0};
    const int32_t numbers[] = {-1, 10, 255, 257, 259, INT32_MAX, INT32_MIN};
    pagecrypt_key *from = sample_key(PAGECRYPT_AEGIS256), *key;
    char text[65];
    size_t length;
    for (size_t i = 0; i < LENGTH(numbers); i++) {
        check_context("%ld", (long)numbers[i]);
        FAILS_NULL(PAGECRYPT_ERROR_UNKNOWN_CIPHER, key, pagecrypt_key_new(raw, 32, numbers[i], &key, E));
        FAILS_NULL(PAGECRYPT_ERROR_UNKNOWN_CIPHER, key, pagecrypt_key_from_text(HEX_32, 64, numbers[i], &key, E));
        FAILS_NULL(PAGECRYPT_ERROR_UNKNOWN_CIPHER, key, pagecrypt_key_generate(numbers[i], &key, E));
        FAILS_NULL(PAGECRYPT_ERROR_UNKNOWN_CIPHER, key, pagecrypt_key_with_cipher(from, numbers[i], &key, E));
        FAILS_NULL(PAGECRYPT_ERROR_UNKNOWN_ENGINE, key, pagecrypt_key_with_engine(from, numbers[i], &key, E));
        FAILS_ZERO(PAGECRYPT_ERROR_INVALID_ARGUMENT, length, pagecrypt_key_text(from, numbers[i], text, 65, &length, E));
    }
    /* 0 is the default cipher of a text's length, and nothing elsewhere. */
    check_context("0");
    FAILS_NULL(PAGECRYPT_ERROR_UNKNOWN_CIPHER, key, pagecrypt_key_new(raw, 32, 0, &key, E));
    FAILS_NULL(PAGECRYPT_ERROR_UNKNOWN_CIPHER, key, pagecrypt_key_generate(0, &key, E));
    FAILS_NULL(PAGECRYPT_ERROR_UNKNOWN_CIPHER, key, pagecrypt_key_with_cipher(from, 0, &key, E));
    FAILS_NULL(PAGECRYPT_ERROR_UNKNOWN_ENGINE, key, pagecrypt_key_with_engine(from, 0, &key, E));
    FAILS_ZERO(PAGECRYPT_ERROR_INVALID_ARGUMENT, length, pagecrypt_key_text(from, 0, text, 65, &length, E));
    pagecrypt_key_free(from);
}

static void text_without_a_cipher_makes_the_default_of_its_length(void) {
    pagecrypt_key *key = NULL;
    SUCCEEDS(pagecrypt_key_from_text(HEX_16, 32, 0, &key, E));
    CHECK_EQUAL(PAGECRYPT_AEGIS128L, pagecrypt_key_cipher(key));
    pagecrypt_key_free(key);
    SUCCEEDS(pagecrypt_key_from_text(BASE64_32, 44, 0, &key, E));
    CHECK_EQUAL(PAGECRYPT_AEGIS256, pagecrypt_key_cipher(key));
    pagecrypt_key_free(key);
}

static void text_is_read_to_its_length_and_not_to_a_nul(void) {
    pagecrypt_key *key = NULL, *other = NULL;
    SUCCEEDS(pagecrypt_key_from_text(HEX_32 " and more", 64, PAGECRYPT_AES256GCM, &key, E));
    SUCCEEDS(pagecrypt_key_from_text(" \t" BASE64_32 "\r\n", 48, PAGECRYPT_AES256GCM, &other, E));
    CHECK(pagecrypt_key_equal(key, other));
    pagecrypt_key_free(other);
    FAILS_NULL(PAGECRYPT_ERROR_KEY_TEXT, other, pagecrypt_key_from_text(HEX_32, 65, 0, &other, E)); /* its NUL */
    FAILS_NULL(PAGECRYPT_ERROR_KEY_TEXT, other, pagecrypt_key_from_text(HEX_32, 63, 0, &other, E));
    FAILS_NULL(PAGECRYPT_ERROR_KEY_TEXT, other, pagecrypt_key_from_text("", 0, 0, &other, E));
    FAILS_NULL(PAGECRYPT_ERROR_KEY_LENGTH, other, pagecrypt_key_from_text(HEX_32, 64, PAGECRYPT_AEGIS128L, &other, E));
    /* Not UTF-8, of every length that a key's text has. */
    char wrong[64];
    memset(wrong, 0xff, sizeof wrong);
    const size_t lengths[] = {24, 32, 44, 64};
    for (size_t i = 0; i < LENGTH(lengths); i++) {
        FAILS_NULL(PAGECRYPT_ERROR_KEY_TEXT, other, pagecrypt_key_from_text(wrong, lengths[i], 0, &other, E));
    }
    pagecrypt_key_free(key);
}

static void text_comes_back_in_either_encoding(void) {
    pagecrypt_key *key = key_from_hex(HEX_32, "aegis256");
    char text[PAGECRYPT_MAX_KEY_TEXT_LENGTH + 1];
    size_t length = 77;
    memset(text, 'x', sizeof text);
    SUCCEEDS(pagecrypt_key_text(key, PAGECRYPT_HEX, text, sizeof text, &length, E));
    CHECK_EQUAL(64, length);
    CHECK_TEXT(HEX_32, text);
    SUCCEEDS(pagecrypt_key_text(key, PAGECRYPT_BASE64, text, 45, &length, E));
    CHECK_EQUAL(44, length);
    CHECK_TEXT(BASE64_32, text);
    pagecrypt_key_free(key);

    key = key_from_hex(HEX_16, "aegis128l");
    SUCCEEDS(pagecrypt_key_text(key, PAGECRYPT_HEX, text, sizeof text, &length, E));
    CHECK_EQUAL(32, length);
    CHECK_TEXT(HEX_16, text);
    SUCCEEDS(pagecrypt_key_text(key, PAGECRYPT_BASE64, text, sizeof text, &length, E));
    CHECK_EQUAL(24, length);
    pagecrypt_key_free(key);
}

static void a_buffer_too_short_for_the_text_gets_nothing_of_the_key(void) {
    pagecrypt_key *key = key_from_hex(HEX_32, "aegis256");
    const struct {
        pagecrypt_encoding encoding;
        size_t needed;
    } cases[] = {{PAGECRYPT_HEX, 65}, {PAGECRYPT_BASE64, 45}};
    for (size_t i = 0; i < LENGTH(cases); i++) {
        for (size_t capacity = 0; capacity < cases[i].needed; capacity++) {
            char text[65];
            memset(text, 0x5a, sizeof text);
            size_t length;
            FAILS_ZERO(PAGECRYPT_ERROR_BUFFER_LENGTH, length,
                       pagecrypt_key_text(key, cases[i].encoding, text, capacity, &length, E));
            /* At most it was emptied. */
            for (size_t j = 0; j < sizeof text; j++) {
                CHECK(text[j] == 0x5a || (text[j] == 0 && j < capacity));
            }
        }
    }
    pagecrypt_key_free(key);
}

static void bytes_are_given_only_into_a_buffer_of_their_length(void) {
    for (size_t i = 0; i < LENGTH(all_ciphers); i++) {
        pagecrypt_key *key = sample_key(all_ciphers[i]);
        size_t good = pagecrypt_cipher_key_length(all_ciphers[i]);
        for (size_t length = 0; length <= 40; length++) {
            uint8_t to[40];
            memset(to, 0x5a, sizeof to);
            check_context("%s, %zu", pagecrypt_cipher_name(all_ciphers[i]), length);
            if (length == good) {
                SUCCEEDS(pagecrypt_key_bytes(key, to, length, E));
                CHECK_FILLED(0x5a, to + good, sizeof to - good);
            } else {
                FAILS(PAGECRYPT_ERROR_BUFFER_LENGTH, pagecrypt_key_bytes(key, to, length, E));
                for (size_t j = 0; j < sizeof to; j++) {
                    CHECK(to[j] == 0x5a || (to[j] == 0 && j < length));
                }
            }
        }
        pagecrypt_key_free(key);
    }
}

static void generated_keys_differ(void) {
    uint8_t raw[8][32] = {{0}};
    for (size_t i = 0; i < 8; i++) {
        pagecrypt_key *key = NULL;
        SUCCEEDS(pagecrypt_key_generate(PAGECRYPT_AEGIS256, &key, E));
        SUCCEEDS(pagecrypt_key_bytes(key, raw[i], 32, E));
        pagecrypt_key_free(key);
        for (size_t j = 0; j < i; j++) {
            CHECK(memcmp(raw[i], raw[j], 16) != 0 && memcmp(raw[i] + 16, raw[j] + 16, 16) != 0);
        }
    }
}

static void keys_are_equal_if_bytes_and_cipher_are(void) {
    pagecrypt_key *key = key_from_hex(HEX_32, "aegis256"), *same = key_from_hex(HEX_32, "aegis256"), *cipher = NULL;
    pagecrypt_key *other = sample_key(PAGECRYPT_AEGIS256);
    SUCCEEDS(pagecrypt_key_with_cipher(key, PAGECRYPT_AES256GCM, &cipher, E));
    CHECK(pagecrypt_key_equal(key, key) && pagecrypt_key_equal(key, same));
    CHECK(!pagecrypt_key_equal(key, cipher) && !pagecrypt_key_equal(key, other));
    CHECK(!pagecrypt_key_equal(key, NULL) && !pagecrypt_key_equal(NULL, key) && !pagecrypt_key_equal(NULL, NULL));
    pagecrypt_key_free(key);
    pagecrypt_key_free(same);
    pagecrypt_key_free(cipher);
    pagecrypt_key_free(other);
}

static void keys_change_their_cipher_only_within_a_length(void) {
    for (size_t i = 0; i < LENGTH(all_ciphers); i++) {
        pagecrypt_key *from = sample_key(all_ciphers[i]);
        for (size_t j = 0; j < LENGTH(all_ciphers); j++) {
            check_context("%s to %s", pagecrypt_cipher_name(all_ciphers[i]), pagecrypt_cipher_name(all_ciphers[j]));
            size_t length = pagecrypt_cipher_key_length(all_ciphers[j]);
            pagecrypt_key *key = NULL;
            if (length == pagecrypt_cipher_key_length(all_ciphers[i])) {
                SUCCEEDS(pagecrypt_key_with_cipher(from, all_ciphers[j], &key, E));
                pagecrypt_key *expected = sample_key(all_ciphers[j]);
                CHECK(pagecrypt_key_equal(expected, key));
                pagecrypt_key_free(expected);
                pagecrypt_key_free(key);
            } else {
                FAILS_NULL(PAGECRYPT_ERROR_KEY_LENGTH, key, pagecrypt_key_with_cipher(from, all_ciphers[j], &key, E));
            }
        }
        pagecrypt_key_free(from);
    }
}

/* The place in the order of engines, which their numbers do not tell. */
static size_t rank(pagecrypt_engine engine) {
    size_t count = 0, place = 0;
    const pagecrypt_engine *engines = pagecrypt_engines(&count);
    while (place < count && engines[place] != engine) place++;
    return place;
}

static void an_engine_is_a_ceiling(void) {
    size_t count = 0;
    const pagecrypt_engine *engines = pagecrypt_engines(&count);
    for (size_t i = 0; i < LENGTH(all_ciphers); i++) {
        pagecrypt_key *from = sample_key(all_ciphers[i]), *key;
        for (size_t j = 0; j < count; j++) {
            check_context("%s by %s", pagecrypt_cipher_name(all_ciphers[i]), pagecrypt_engine_name(engines[j]));
            if (pagecrypt_engine_is_available(engines[j])) {
                SUCCEEDS(pagecrypt_key_with_engine(from, engines[j], &key, E));
                CHECK(pagecrypt_engine_is_available(pagecrypt_key_engine(key)));
                CHECK(rank(pagecrypt_key_engine(key)) <= j || pagecrypt_key_engine(key) == PAGECRYPT_ENGINE_RUSTCRYPTO);
                CHECK(pagecrypt_key_equal(from, key));
                pagecrypt_key_free(key);
            } else {
                FAILS_NULL(PAGECRYPT_ERROR_UNKNOWN_ENGINE, key, pagecrypt_key_with_engine(from, engines[j], &key, E));
            }
        }
        pagecrypt_key_free(from);
    }
}

static void clones_share_the_count_of_seals_and_outlive_the_first(void) {
    pagecrypt_key *key = sample_key(PAGECRYPT_AES128GCM), *clone = NULL, *other = NULL;
    SUCCEEDS(pagecrypt_key_clone(key, &clone, E));
    SUCCEEDS(pagecrypt_key_with_cipher(key, PAGECRYPT_AES128GCM, &other, E));
    pagecrypt_page_codec *codec = NULL;
    SUCCEEDS(pagecrypt_page_codec_new_turso(key, SMALL_PAGE, &codec, E));
    bytes pages = sample_pages(codec, 2, 3);
    SUCCEEDS(pagecrypt_seal_pages(codec, 2, pages.at, pages.length, E));
    CHECK_EQUAL(3, pagecrypt_key_seals(key));
    CHECK_EQUAL(3, pagecrypt_key_seals(clone));
    CHECK_EQUAL(0, pagecrypt_key_seals(other));
    pagecrypt_key_free(key);
    CHECK_EQUAL(PAGECRYPT_AES128GCM, pagecrypt_key_cipher(clone));
    SUCCEEDS(pagecrypt_open_pages(codec, 2, pages.at, pages.length, E));
    pagecrypt_key_free(clone);
    pagecrypt_key_free(other);
    pagecrypt_page_codec_free(codec);
    bytes_free(&pages);
}

static void null_is_an_invalid_argument(void) {
    uint8_t raw[32] = {0};
    char text[65];
    size_t length;
    pagecrypt_key *from = sample_key(PAGECRYPT_AEGIS256), *key;
    FAILS_NULL(PAGECRYPT_ERROR_INVALID_ARGUMENT, key, pagecrypt_key_new(NULL, 32, PAGECRYPT_AEGIS256, &key, E));
    FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT, pagecrypt_key_new(raw, 32, PAGECRYPT_AEGIS256, NULL, E));
    FAILS_NULL(PAGECRYPT_ERROR_INVALID_ARGUMENT, key, pagecrypt_key_from_text(NULL, 64, 0, &key, E));
    FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT, pagecrypt_key_from_text(HEX_32, 64, 0, NULL, E));
    FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT, pagecrypt_key_generate(PAGECRYPT_AEGIS256, NULL, E));
    FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT, pagecrypt_key_with_engine(from, PAGECRYPT_ENGINE_PORTABLE, NULL, E));
    FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT, pagecrypt_key_with_cipher(from, PAGECRYPT_AEGIS256, NULL, E));
    FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT, pagecrypt_key_clone(from, NULL, E));
    FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT, pagecrypt_key_bytes(from, NULL, 32, E));
    FAILS_ZERO(PAGECRYPT_ERROR_INVALID_ARGUMENT, length, pagecrypt_key_text(from, PAGECRYPT_HEX, NULL, 65, &length, E));
    /* The text ends with a NUL: its length may be left out. */
    SUCCEEDS(pagecrypt_key_text(from, PAGECRYPT_HEX, text, 65, NULL, E));
    CHECK_EQUAL(64, strlen(text));
    pagecrypt_key_free(from);
    pagecrypt_key_free(NULL);
}

static const check_test tests[] = {
    TEST(a_key_of_every_cipher_gives_its_bytes_back),
    TEST(keys_of_another_length_are_refused),
    TEST(unknown_numbers_are_refused),
    TEST(text_without_a_cipher_makes_the_default_of_its_length),
    TEST(text_is_read_to_its_length_and_not_to_a_nul),
    TEST(text_comes_back_in_either_encoding),
    TEST(a_buffer_too_short_for_the_text_gets_nothing_of_the_key),
    TEST(bytes_are_given_only_into_a_buffer_of_their_length),
    TEST(generated_keys_differ),
    TEST(keys_are_equal_if_bytes_and_cipher_are),
    TEST(keys_change_their_cipher_only_within_a_length),
    TEST(an_engine_is_a_ceiling),
    TEST(clones_share_the_count_of_seals_and_outlive_the_first),
    TEST(null_is_an_invalid_argument),
};
const check_suite key_suite = SUITE("key", tests);
