/* Single messages, sealed and opened under nonces of the caller's choice. */
#include "suites.h"

#include <string.h>

#include "samples.h"

static const size_t lengths[] = {0, 1, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 255, 256, 257, 1000, 4096, 4097, 70000};

static void messages_open_to_what_was_sealed(void) {
    uint8_t nonce[PAGECRYPT_MAX_NONCE_LENGTH];
    for (size_t c = 0; c < LENGTH(all_ciphers); c++) {
        pagecrypt_key *key = sample_key(all_ciphers[c]);
        size_t nonce_length = pagecrypt_cipher_nonce_length(all_ciphers[c]);
        for (size_t i = 0; i < LENGTH(lengths); i++) {
            size_t length = lengths[i], associated = lengths[LENGTH(lengths) - 2 - i % (LENGTH(lengths) - 1)];
            check_context("%s, %zu bytes, %zu of associated data", pagecrypt_cipher_name(all_ciphers[c]), length, associated);
            fill_pattern(nonce, nonce_length, (uint8_t)i);
            bytes text = sample_bytes(length, 5), data = sample_bytes(associated, 9), sealed = bytes_new(length, 0xee);
            uint8_t tag[PAGECRYPT_TAG_LENGTH];
            bytes before = bytes_copy(text.at, length);
            SUCCEEDS(pagecrypt_seal_one_assume_unique_nonce(key, nonce, nonce_length, data.at, associated, text.at, length,
                                                            sealed.at, length, tag, E));
            CHECK_BYTES(before.at, text.at, length);
            CHECK(length < 8 || memcmp(text.at, sealed.at, length) != 0);

            /* In place gives the same, byte for byte. */
            uint8_t tag_in_place[PAGECRYPT_TAG_LENGTH];
            bytes buffer = bytes_copy(text.at, length);
            SUCCEEDS(pagecrypt_seal_one_assume_unique_nonce(key, nonce, nonce_length, data.at, associated, buffer.at, length,
                                                            buffer.at, length, tag_in_place, E));
            CHECK_BYTES(sealed.at, buffer.at, length);
            CHECK_BYTES(tag, tag_in_place, sizeof tag);

            bytes opened = bytes_new(length, 0xee);
            SUCCEEDS(pagecrypt_open_one(key, nonce, nonce_length, data.at, associated, sealed.at, length, opened.at, length,
                                        tag, E));
            CHECK_BYTES(text.at, opened.at, length);
            CHECK_BYTES(buffer.at, sealed.at, length);
            SUCCEEDS(pagecrypt_open_one(key, nonce, nonce_length, data.at, associated, buffer.at, length, buffer.at, length,
                                        tag, E));
            CHECK_BYTES(text.at, buffer.at, length);
            bytes_free(&text);
            bytes_free(&data);
            bytes_free(&sealed);
            bytes_free(&before);
            bytes_free(&buffer);
            bytes_free(&opened);
        }
        CHECK_EQUAL(0, pagecrypt_key_seals(key)); /* these nonces are the caller's */
        pagecrypt_key_free(key);
    }
}

/* A message and everything around it, of one cipher. */
typedef struct message {
    pagecrypt_key *key;
    uint8_t nonce[PAGECRYPT_MAX_NONCE_LENGTH], data[20], text[40], sealed[40], tag[PAGECRYPT_TAG_LENGTH];
    size_t nonce_length;
} message;

static message message_of(pagecrypt_cipher cipher) {
    message made = {.key = sample_key(cipher), .nonce_length = pagecrypt_cipher_nonce_length(cipher)};
    fill_pattern(made.nonce, sizeof made.nonce, 1);
    fill_pattern(made.data, sizeof made.data, 2);
    fill_pattern(made.text, sizeof made.text, 3);
    SUCCEEDS(pagecrypt_seal_one_assume_unique_nonce(made.key, made.nonce, made.nonce_length, made.data, sizeof made.data,
                                                    made.text, sizeof made.text, made.sealed, sizeof made.sealed, made.tag, E));
    return made;
}

static void nonces_of_another_length_are_refused_and_nothing_is_written(void) {
    for (size_t c = 0; c < LENGTH(all_ciphers); c++) {
        message m = message_of(all_ciphers[c]);
        uint8_t nonce[64] = {0};
        for (size_t length = 0; length <= sizeof nonce; length++) {
            if (length == m.nonce_length) {
                continue;
            }
            check_context("%s, %zu", pagecrypt_cipher_name(all_ciphers[c]), length);
            uint8_t to[40], tag[16];
            memset(to, 0xc3, sizeof to);
            memset(tag, 0xc3, sizeof tag);
            FAILS(PAGECRYPT_ERROR_BUFFER_LENGTH,
                  pagecrypt_seal_one_assume_unique_nonce(m.key, nonce, length, m.data, 20, m.text, 40, to, 40, tag, E));
            FAILS(PAGECRYPT_ERROR_BUFFER_LENGTH,
                  pagecrypt_open_one(m.key, nonce, length, m.data, 20, m.sealed, 40, to, 40, m.tag, E));
            CHECK_FILLED(0xc3, to, sizeof to);
            CHECK_FILLED(0xc3, tag, sizeof tag);
        }
        pagecrypt_key_free(m.key);
    }
}

static void another_buffer_has_the_message_s_length(void) {
    message m = message_of(PAGECRYPT_AEGIS256);
    uint8_t to[64], tag[16];
    const size_t wrong[] = {0, 1, 39, 41, 64, SIZE_MAX, SIZE_MAX / 2 + 1};
    for (size_t i = 0; i < LENGTH(wrong); i++) {
        check_context("%zu", wrong[i]);
        memset(to, 0xc3, sizeof to);
        memset(tag, 0xc3, sizeof tag);
        pagecrypt_status expected = wrong[i] > 64 ? PAGECRYPT_ERROR_INVALID_ARGUMENT : PAGECRYPT_ERROR_BUFFER_LENGTH;
        FAILS(expected, pagecrypt_seal_one_assume_unique_nonce(m.key, m.nonce, 32, m.data, 20, m.text, 40, to, wrong[i], tag, E));
        FAILS(expected, pagecrypt_open_one(m.key, m.nonce, 32, m.data, 20, m.sealed, 40, to, wrong[i], m.tag, E));
        CHECK_FILLED(0xc3, to, sizeof to);
        CHECK_FILLED(0xc3, tag, sizeof tag);
    }
    pagecrypt_key_free(m.key);
}

static void lengths_that_no_buffer_has_are_refused(void) {
    message m = message_of(PAGECRYPT_AES128GCM);
    const size_t lengths_of_none[] = {SIZE_MAX, SIZE_MAX - 15, SIZE_MAX / 2 + 1};
    uint8_t to[64], tag[16];
    for (size_t i = 0; i < LENGTH(lengths_of_none); i++) {
        size_t none = lengths_of_none[i];
        FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT,
              pagecrypt_seal_one_assume_unique_nonce(m.key, m.nonce, 12, m.data, none, m.text, 40, to, 40, tag, E));
        FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT,
              pagecrypt_seal_one_assume_unique_nonce(m.key, m.nonce, 12, m.data, 20, m.text, none, to, none, tag, E));
        FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT,
              pagecrypt_open_one(m.key, m.nonce, none, m.data, 20, m.sealed, 40, to, 40, m.tag, E));
    }
    pagecrypt_key_free(m.key);
}

static void empty_buffers_may_be_null(void) {
    for (size_t c = 0; c < LENGTH(all_ciphers); c++) {
        check_context("%s", pagecrypt_cipher_name(all_ciphers[c]));
        message m = message_of(all_ciphers[c]);
        uint8_t tag[16], same[16], nothing[1];
        SUCCEEDS(pagecrypt_seal_one_assume_unique_nonce(m.key, m.nonce, m.nonce_length, NULL, 0, NULL, 0, NULL, 0, tag, E));
        SUCCEEDS(pagecrypt_seal_one_assume_unique_nonce(m.key, m.nonce, m.nonce_length, nothing, 0, nothing, 0, nothing, 0,
                                                        same, E));
        CHECK_BYTES(tag, same, 16);
        SUCCEEDS(pagecrypt_open_one(m.key, m.nonce, m.nonce_length, NULL, 0, NULL, 0, NULL, 0, tag, E));
        tag[3] ^= 4;
        FAILS(PAGECRYPT_ERROR_AUTHENTICATION_FAILED,
              pagecrypt_open_one(m.key, m.nonce, m.nonce_length, NULL, 0, NULL, 0, NULL, 0, tag, E));
        pagecrypt_key_free(m.key);
    }
}

static void null_is_an_invalid_argument_where_there_is_a_length(void) {
    message m = message_of(PAGECRYPT_AEGIS128L);
    uint8_t to[40], tag[16];
    memset(to, 0xc3, sizeof to);
    memset(tag, 0xc3, sizeof tag);
#define SEAL(nonce, data, from, to, tag)                                                                               \
    FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT,                                                                                  \
          pagecrypt_seal_one_assume_unique_nonce(m.key, nonce, 16, data, 20, from, 40, to, 40, tag, E))
#define OPEN(nonce, data, from, to, tag)                                                                               \
    FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT, pagecrypt_open_one(m.key, nonce, 16, data, 20, from, 40, to, 40, tag, E))
    SEAL(NULL, m.data, m.text, to, tag);
    SEAL(m.nonce, NULL, m.text, to, tag);
    SEAL(m.nonce, m.data, NULL, to, tag);
    SEAL(m.nonce, m.data, m.text, NULL, tag);
    SEAL(m.nonce, m.data, m.text, to, NULL);
    SEAL(m.nonce, m.data, NULL, NULL, tag);
    OPEN(NULL, m.data, m.sealed, to, m.tag);
    OPEN(m.nonce, NULL, m.sealed, to, m.tag);
    OPEN(m.nonce, m.data, NULL, to, m.tag);
    OPEN(m.nonce, m.data, m.sealed, NULL, m.tag);
    OPEN(m.nonce, m.data, m.sealed, to, NULL);
    OPEN(m.nonce, m.data, NULL, NULL, m.tag);
    CHECK_FILLED(0xc3, to, sizeof to);
    CHECK_FILLED(0xc3, tag, sizeof tag);
    pagecrypt_key_free(m.key);
}

static void a_forged_message_is_named_and_leaves_zeros(void) {
    message m = message_of(PAGECRYPT_CHACHA20POLY1305);
    uint8_t to[40];
    memset(to, 0xc3, sizeof to);
    m.sealed[39] ^= 0x80;
    pagecrypt_error *error = NULL;
    CHECK_EQUAL(PAGECRYPT_ERROR_AUTHENTICATION_FAILED,
                pagecrypt_open_one(m.key, m.nonce, 12, m.data, 20, m.sealed, 40, to, 40, m.tag, &error));
    CHECK_FILLED(0, to, sizeof to);
    size_t count = 77;
    const uint64_t *numbers = pagecrypt_error_numbers(error, &count);
    CHECK_EQUAL(PAGECRYPT_UNIT_MESSAGE, pagecrypt_error_unit(error));
    CHECK_EQUAL(0, pagecrypt_error_first(error));
    CHECK_EQUAL(1, pagecrypt_error_count(error));
    REQUIRE(count == 1 && numbers != NULL);
    CHECK_EQUAL(0, numbers[0]);
    pagecrypt_error_free(error);
    pagecrypt_key_free(m.key);
}

static void a_message_opens_only_under_its_own_key_nonce_and_data(void) {
    for (size_t c = 0; c < LENGTH(all_ciphers); c++) {
        check_context("%s", pagecrypt_cipher_name(all_ciphers[c]));
        message m = message_of(all_ciphers[c]);
        uint8_t to[40];
        pagecrypt_key *other = NULL;
        SUCCEEDS(pagecrypt_key_generate(all_ciphers[c], &other, E));
#define REFUSED(call)                                                                                                  \
    do {                                                                                                               \
        memset(to, 0xc3, sizeof to);                                                                                   \
        FAILS(PAGECRYPT_ERROR_AUTHENTICATION_FAILED, call);                                                                  \
        CHECK_FILLED(0, to, sizeof to);                                                                                \
    } while (0)
        REFUSED(pagecrypt_open_one(other, m.nonce, m.nonce_length, m.data, 20, m.sealed, 40, to, 40, m.tag, E));
        REFUSED(pagecrypt_open_one(m.key, m.nonce, m.nonce_length, m.data, 19, m.sealed, 40, to, 40, m.tag, E));
        REFUSED(pagecrypt_open_one(m.key, m.nonce, m.nonce_length, NULL, 0, m.sealed, 40, to, 40, m.tag, E));
        m.nonce[m.nonce_length - 1] ^= 1;
        REFUSED(pagecrypt_open_one(m.key, m.nonce, m.nonce_length, m.data, 20, m.sealed, 40, to, 40, m.tag, E));
        m.nonce[m.nonce_length - 1] ^= 1;
        SUCCEEDS(pagecrypt_open_one(m.key, m.nonce, m.nonce_length, m.data, 20, m.sealed, 40, to, 40, m.tag, E));
        CHECK_BYTES(m.text, to, 40);
        pagecrypt_key_free(other);
        pagecrypt_key_free(m.key);
    }
}

static const check_test tests[] = {
    TEST(messages_open_to_what_was_sealed),
    TEST(nonces_of_another_length_are_refused_and_nothing_is_written),
    TEST(another_buffer_has_the_message_s_length),
    TEST(lengths_that_no_buffer_has_are_refused),
    TEST(empty_buffers_may_be_null),
    TEST(null_is_an_invalid_argument_where_there_is_a_length),
    TEST(a_forged_message_is_named_and_leaves_zeros),
    TEST(a_message_opens_only_under_its_own_key_nonce_and_data),
};
const check_suite aead_suite = SUITE("aead", tests);
