/* One changed bit, anywhere: nothing opens, and nothing of the plaintext is left. */
#include "suites.h"

#include <string.h>

#include "samples.h"

static void no_changed_byte_of_a_message_opens(void) {
    for (size_t c = 0; c < LENGTH(all_ciphers); c++) {
        pagecrypt_key *key = sample_key(all_ciphers[c]);
        size_t nonce_length = pagecrypt_cipher_nonce_length(all_ciphers[c]);
        /* nonce, associated data, ciphertext and tag, one after the other */
        uint8_t all[PAGECRYPT_MAX_NONCE_LENGTH + 10 + 37 + 16], to[37];
        uint8_t *nonce = all, *data = nonce + nonce_length, *text = data + 10, *tag = text + 37;
        size_t total = nonce_length + 10 + 37 + 16;
        fill_pattern(all, total, 3);
        SUCCEEDS(pagecrypt_seal_one_assume_unique_nonce(key, nonce, nonce_length, data, 10, text, 37, text, 37, tag, E));
        for (size_t i = 0; i < total; i++) {
            check_context("%s, byte %zu", pagecrypt_cipher_name(all_ciphers[c]), i);
            all[i] ^= (uint8_t)(1u << i % 8);
            memset(to, 0xee, sizeof to);
            FAILS(PAGECRYPT_ERROR_AUTHENTICATION_FAILED, pagecrypt_open_one(key, nonce, nonce_length, data, 10, text, 37, to, 37, tag, E));
            CHECK_FILLED(0, to, sizeof to);
            all[i] ^= (uint8_t)(1u << i % 8);
        }
        SUCCEEDS(pagecrypt_open_one(key, nonce, nonce_length, data, 10, text, 37, to, 37, tag, E));
        pagecrypt_key_free(key);
    }
}

static void no_changed_byte_of_a_page_opens(void) {
    for (size_t c = 0; c < TURSO_CIPHERS; c++) {
        pagecrypt_page_codec *codec = sample_codec(all_ciphers[c], SMALL_PAGE);
        for (uint32_t number = 1; number <= 2; number++) {
            bytes page = sample_pages(codec, number, 1), to = bytes_new(SMALL_PAGE, 0);
            SUCCEEDS(pagecrypt_seal_pages(codec, number, page.at, SMALL_PAGE, E));
            for (size_t i = 0; i < SMALL_PAGE; i++) {
                check_context("%s, page %lu, byte %zu", pagecrypt_cipher_name(all_ciphers[c]), (unsigned long)number, i);
                page.at[i] ^= (uint8_t)(1u << i % 8);
                memset(to.at, 0xee, SMALL_PAGE);
                pagecrypt_error *error = NULL;
                pagecrypt_status status = pagecrypt_open_pages_into(codec, number, page.at, SMALL_PAGE, to.at, SMALL_PAGE, &error);
                if (status == PAGECRYPT_ERROR_AUTHENTICATION_FAILED) {
                    CHECK_FILLED(0, to.at, SMALL_PAGE);
                    CHECK_EQUAL(number, pagecrypt_error_first(error));
                } else {
                    /* Page 1's header contradicts itself, which is seen before anything is written. */
                    CHECK(number == 1 && i < 21 && status != PAGECRYPT_OK);
                    CHECK_FILLED(0xee, to.at, SMALL_PAGE);
                }
                pagecrypt_error_free(error);
                page.at[i] ^= (uint8_t)(1u << i % 8);
            }
            SUCCEEDS(pagecrypt_open_pages_into(codec, number, page.at, SMALL_PAGE, to.at, SMALL_PAGE, E));
            bytes_free(&page);
            bytes_free(&to);
        }
        pagecrypt_page_codec_free(codec);
    }
}

static void a_forged_page_among_many_takes_no_other_with_it(void) {
    for (size_t c = 0; c < TURSO_CIPHERS; c++) {
        pagecrypt_page_codec *codec = sample_codec(all_ciphers[c], SMALL_PAGE);
        bytes plain = sample_pages(codec, 1, 33), sealed = bytes_copy(plain.at, plain.length);
        SUCCEEDS(pagecrypt_seal_pages(codec, 1, sealed.at, sealed.length, E));
        for (size_t forged = 0; forged < 33; forged++) {
            check_context("%s, page %zu", pagecrypt_cipher_name(all_ciphers[c]), forged + 1);
            bytes pages = bytes_copy(sealed.at, sealed.length);
            pages.at[forged * SMALL_PAGE + 111 + forged] ^= 0x40;
            pagecrypt_error *error = NULL;
            CHECK_EQUAL(PAGECRYPT_ERROR_AUTHENTICATION_FAILED, pagecrypt_open_pages(codec, 1, pages.at, pages.length, &error));
            CHECK_EQUAL(forged + 1, pagecrypt_error_first(error));
            CHECK_EQUAL(1, pagecrypt_error_count(error));
            pagecrypt_error_free(error);
            for (size_t i = 0; i < 33; i++) {
                if (i == forged) {
                    CHECK_FILLED(0, pages.at + i * SMALL_PAGE, SMALL_PAGE);
                } else {
                    CHECK_BYTES(plain.at + i * SMALL_PAGE, pages.at + i * SMALL_PAGE, SMALL_PAGE);
                }
            }
            bytes_free(&pages);
        }
        bytes_free(&plain);
        bytes_free(&sealed);
        pagecrypt_page_codec_free(codec);
    }
}

static const check_test tests[] = {
    TEST(no_changed_byte_of_a_message_opens),
    TEST(no_changed_byte_of_a_page_opens),
    TEST(a_forged_page_among_many_takes_no_other_with_it),
};
const check_suite forgery_suite = SUITE("forgery", tests);
