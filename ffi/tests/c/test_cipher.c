/* The catalogue of ciphers, and the engines. */
#include "suites.h"

#include <string.h>

#include "samples.h"

static const struct {
    pagecrypt_cipher cipher;
    const char *name, *hyphenated;
    size_t key, nonce;
    uint64_t max_message, max_random_seals;
} catalogue[] = {
    {1, "aes128gcm", "aes-128-gcm", 16, 12, (UINT64_C(1) << 36) - 32, UINT64_C(1) << 32},
    {2, "aes256gcm", "aes-256-gcm", 32, 12, (UINT64_C(1) << 36) - 32, UINT64_C(1) << 32},
    {3, "aegis256", "aegis-256", 32, 32, (UINT64_C(1) << 61) - 1, UINT64_MAX},
    {4, "aegis256x2", "aegis-256x2", 32, 32, (UINT64_C(1) << 61) - 1, UINT64_MAX},
    {5, "aegis256x4", "aegis-256x4", 32, 32, (UINT64_C(1) << 61) - 1, UINT64_MAX},
    {6, "aegis128l", "aegis-128l", 16, 16, (UINT64_C(1) << 61) - 1, UINT64_C(1) << 48},
    {7, "aegis128x2", "aegis-128x2", 16, 16, (UINT64_C(1) << 61) - 1, UINT64_C(1) << 48},
    {8, "aegis128x4", "aegis-128x4", 16, 16, (UINT64_C(1) << 61) - 1, UINT64_C(1) << 48},
    {9, "chacha20poly1305", "chacha20-poly1305", 32, 12, (UINT64_C(1) << 38) - 64, UINT64_C(1) << 32},
};

/* In the order in which they are listed. */
static const char *const engine_names[] = {"portable", "rustcrypto", "aesni",   "avx2", "vaes256",
                                           "avx512",   "avx512ifma", "vaes512", "neon", "armv8"};

static const pagecrypt_engine engine_numbers[] = {1, 2, 3, 7, 4, 8, 9, 5, 10, 6};

/* Numbers that name neither a cipher nor an engine. */
static const int32_t unknown_numbers[] = {0, -1, 11, 255, 256, 257, 259, 65537, INT32_MAX, INT32_MIN};

static void the_catalogue_is_the_documented_one(void) {
    size_t length = 0;
    const pagecrypt_cipher *ciphers = pagecrypt_ciphers(&length);
    REQUIRE(ciphers != NULL && length == LENGTH(catalogue));
    CHECK(pagecrypt_ciphers(NULL) == ciphers);
    for (size_t i = 0; i < length; i++) {
        pagecrypt_cipher cipher = ciphers[i];
        check_context("cipher %d", (int)cipher);
        CHECK_EQUAL(catalogue[i].cipher, cipher);
        CHECK_EQUAL(all_ciphers[i], cipher);
        CHECK_TEXT(catalogue[i].name, pagecrypt_cipher_name(cipher));
        CHECK_TEXT(catalogue[i].hyphenated, pagecrypt_cipher_hyphenated_name(cipher));
        CHECK_EQUAL(catalogue[i].key, pagecrypt_cipher_key_length(cipher));
        CHECK_EQUAL(catalogue[i].nonce, pagecrypt_cipher_nonce_length(cipher));
        CHECK_EQUAL(catalogue[i].nonce + PAGECRYPT_TAG_LENGTH, pagecrypt_cipher_reserved_length(cipher));
        CHECK_EQUAL(catalogue[i].max_message, pagecrypt_cipher_max_message_length(cipher));
        CHECK_EQUAL(catalogue[i].max_random_seals, pagecrypt_cipher_max_random_seals(cipher));
        CHECK(pagecrypt_cipher_key_length(cipher) <= PAGECRYPT_MAX_KEY_LENGTH);
        CHECK(pagecrypt_cipher_nonce_length(cipher) <= PAGECRYPT_MAX_NONCE_LENGTH);
    }
}

static void unknown_ciphers_have_no_name_and_no_lengths(void) {
    for (size_t i = 0; i < LENGTH(unknown_numbers); i++) {
        pagecrypt_cipher cipher = unknown_numbers[i];
        check_context("cipher %ld", (long)cipher);
        CHECK(pagecrypt_cipher_name(cipher) == NULL);
        CHECK(pagecrypt_cipher_hyphenated_name(cipher) == NULL);
        CHECK_EQUAL(0, pagecrypt_cipher_key_length(cipher));
        CHECK_EQUAL(0, pagecrypt_cipher_nonce_length(cipher));
        CHECK_EQUAL(0, pagecrypt_cipher_reserved_length(cipher));
        CHECK_EQUAL(0, pagecrypt_cipher_max_message_length(cipher));
        CHECK_EQUAL(0, pagecrypt_cipher_max_random_seals(cipher));
        pagecrypt_engine engine;
        FAILS_ZERO(PAGECRYPT_ERROR_UNKNOWN_CIPHER, engine, pagecrypt_cipher_engine(cipher, &engine, E));
    }
}

static void ciphers_are_found_by_every_spelling_of_their_names(void) {
    static const char *const spellings[][2] = {
        {"aegis256", "aegis256"},      {"AEGIS-256", "aegis256"},
        {"aegis_256", "aegis256"},     {"Aegis-128X4", "aegis128x4"},
        {"AES128GCM", "aes128gcm"},    {"aes-256-gcm", "aes256gcm"},
        {"aes_128_gcm", "aes128gcm"},  {"ChaCha20-Poly1305", "chacha20poly1305"},
        {"aegis-128l", "aegis128l"},
    };
    for (size_t i = 0; i < LENGTH(spellings); i++) {
        check_context("%s", spellings[i][0]);
        pagecrypt_cipher cipher = 77;
        SUCCEEDS(pagecrypt_cipher_from_name(spellings[i][0], &cipher, E));
        CHECK_TEXT(spellings[i][1], pagecrypt_cipher_name(cipher));
    }
}

static void names_of_no_cipher_are_refused(void) {
    static const char *const names[] = {"", "aes", "aegis", "aegis-256-x2", " aegis256", "aegis256 ", "\xff\xfe",
                                        "\xc3\xa9", "aegis256\n"};
    pagecrypt_cipher cipher;
    for (size_t i = 0; i < LENGTH(names); i++) {
        check_context("name %zu", i);
        FAILS_ZERO(PAGECRYPT_ERROR_UNKNOWN_CIPHER, cipher, pagecrypt_cipher_from_name(names[i], &cipher, E));
    }
    bytes long_name = bytes_new(100001, 'a');
    long_name.at[100000] = 0;
    FAILS_ZERO(PAGECRYPT_ERROR_UNKNOWN_CIPHER, cipher, pagecrypt_cipher_from_name((char *)long_name.at, &cipher, E));
    bytes_free(&long_name);
}

static void engines_have_names_and_know_whether_they_run(void) {
    size_t length = 0;
    const pagecrypt_engine *engines = pagecrypt_engines(&length);
    REQUIRE(engines != NULL && length == LENGTH(engine_names));
    CHECK(pagecrypt_engines(NULL) == engines);
    CHECK(pagecrypt_engine_is_available(PAGECRYPT_ENGINE_PORTABLE));
    for (size_t i = 0; i < length; i++) {
        check_context("%s", engine_names[i]);
        CHECK_EQUAL(engine_numbers[i], engines[i]);
        CHECK_TEXT(engine_names[i], pagecrypt_engine_name(engines[i]));
        pagecrypt_engine engine = 77;
        if (pagecrypt_engine_is_available(engines[i])) {
            SUCCEEDS(pagecrypt_engine_from_name(engine_names[i], &engine, E));
            CHECK_EQUAL(engines[i], engine);
        } else {
            FAILS_ZERO(PAGECRYPT_ERROR_UNKNOWN_ENGINE, engine, pagecrypt_engine_from_name(engine_names[i], &engine, E));
        }
    }
    for (size_t i = 0; i < LENGTH(unknown_numbers); i++) {
        check_context("engine %ld", (long)unknown_numbers[i]);
        CHECK(pagecrypt_engine_name(unknown_numbers[i]) == NULL);
        CHECK(!pagecrypt_engine_is_available(unknown_numbers[i]));
    }
}

static void names_of_no_engine_are_refused(void) {
    static const char *const names[] = {"", "warp9", "aes-ni", " portable", "\xff"};
    for (size_t i = 0; i < LENGTH(names); i++) {
        check_context("name %zu", i);
        pagecrypt_engine engine;
        FAILS_ZERO(PAGECRYPT_ERROR_UNKNOWN_ENGINE, engine, pagecrypt_engine_from_name(names[i], &engine, E));
    }
}

static void every_cipher_has_an_engine_here(void) {
    for (size_t i = 0; i < LENGTH(all_ciphers); i++) {
        check_context("%s", pagecrypt_cipher_name(all_ciphers[i]));
        pagecrypt_engine engine = 77;
        SUCCEEDS(pagecrypt_cipher_engine(all_ciphers[i], &engine, E));
        CHECK(pagecrypt_engine_is_available(engine));
        pagecrypt_key *key = sample_key(all_ciphers[i]);
        CHECK_EQUAL(engine, pagecrypt_key_engine(key));
        pagecrypt_key_free(key);
    }
}

static void null_is_an_invalid_argument(void) {
    pagecrypt_cipher cipher;
    pagecrypt_engine engine;
    FAILS_ZERO(PAGECRYPT_ERROR_INVALID_ARGUMENT, cipher, pagecrypt_cipher_from_name(NULL, &cipher, E));
    FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT, pagecrypt_cipher_from_name("aegis256", NULL, E));
    FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT, pagecrypt_cipher_from_name(NULL, NULL, E));
    FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT, pagecrypt_cipher_engine(PAGECRYPT_AEGIS256, NULL, E));
    FAILS_ZERO(PAGECRYPT_ERROR_INVALID_ARGUMENT, engine, pagecrypt_engine_from_name(NULL, &engine, E));
    FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT, pagecrypt_engine_from_name("portable", NULL, E));
}

static const check_test tests[] = {
    TEST(the_catalogue_is_the_documented_one),
    TEST(unknown_ciphers_have_no_name_and_no_lengths),
    TEST(ciphers_are_found_by_every_spelling_of_their_names),
    TEST(names_of_no_cipher_are_refused),
    TEST(engines_have_names_and_know_whether_they_run),
    TEST(names_of_no_engine_are_refused),
    TEST(every_cipher_has_an_engine_here),
    TEST(null_is_an_invalid_argument),
};
const check_suite cipher_suite = SUITE("cipher", tests);
