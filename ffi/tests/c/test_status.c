/* Version, statuses and errors. */
#include "suites.h"

#include <stdio.h>
#include <string.h>

#include "samples.h"

static void the_version_of_the_library_is_that_of_the_header(void) {
    char version[32];
    snprintf(version, sizeof version, "%d.%d.%d", PAGECRYPT_VERSION_MAJOR, PAGECRYPT_VERSION_MINOR,
             PAGECRYPT_VERSION_PATCH);
    CHECK_TEXT(version, pagecrypt_version());
    CHECK_EQUAL(PAGECRYPT_VERSION_MAJOR << 16 | PAGECRYPT_VERSION_MINOR << 8 | PAGECRYPT_VERSION_PATCH,
                pagecrypt_version_number());
    CHECK_EQUAL(PAGECRYPT_ABI, pagecrypt_abi());
}

static const struct {
    pagecrypt_status status;
    const char *name;
} statuses[] = {
    {PAGECRYPT_ERROR_UNKNOWN_CIPHER, "unknown_cipher"},
    {PAGECRYPT_ERROR_UNKNOWN_ENGINE, "unknown_engine"},
    {PAGECRYPT_ERROR_KEY_LENGTH, "key_length"},
    {PAGECRYPT_ERROR_KEY_TEXT, "key_text"},
    {PAGECRYPT_ERROR_KEY_REQUIRED, "key_required"},
    {PAGECRYPT_ERROR_WRONG_KEY, "wrong_key"},
    {PAGECRYPT_ERROR_WRONG_PASSPHRASE, "wrong_passphrase"},
    {PAGECRYPT_ERROR_UNKNOWN_KEY_ID, "unknown_key_id"},
    {PAGECRYPT_ERROR_WRONG_STORE, "wrong_store"},
    {PAGECRYPT_ERROR_AUTHENTICATION_FAILED, "authentication_failed"},
    {PAGECRYPT_ERROR_NOT_ENCRYPTED, "not_encrypted"},
    {PAGECRYPT_ERROR_UNSUPPORTED_FORMAT, "unsupported_format"},
    {PAGECRYPT_ERROR_MALFORMED, "malformed"},
    {PAGECRYPT_ERROR_CIPHER_MISMATCH, "cipher_mismatch"},
    {PAGECRYPT_ERROR_PAGE_SIZE, "page_size"},
    {PAGECRYPT_ERROR_PAGE_NUMBER, "page_number"},
    {PAGECRYPT_ERROR_SEQUENCE, "sequence"},
    {PAGECRYPT_ERROR_METERED_SIZE, "metered_size"},
    {PAGECRYPT_ERROR_BUFFER_LENGTH, "buffer_length"},
    {PAGECRYPT_ERROR_INVALID_ARGUMENT, "invalid_argument"},
    {PAGECRYPT_ERROR_OVERLAP, "overlap"},
    {PAGECRYPT_ERROR_MESSAGE_TOO_LONG, "message_too_long"},
    {PAGECRYPT_ERROR_USAGE_LIMIT, "usage_limit"},
    {PAGECRYPT_ERROR_POLICY, "policy"},
    {PAGECRYPT_ERROR_INVITE_EXPIRED, "invite_expired"},
    {PAGECRYPT_ERROR_INVITE_USED, "invite_used"},
    {PAGECRYPT_ERROR_INVITE_MALFORMED, "invite_malformed"},
    {PAGECRYPT_ERROR_FILE_EXISTS, "file_exists"},
    {PAGECRYPT_ERROR_FILE_PERMISSIONS, "file_permissions"},
    {PAGECRYPT_ERROR_LOCKED, "locked"},
    {PAGECRYPT_ERROR_CHANGING, "changing"},
    {PAGECRYPT_ERROR_CANCELLED, "cancelled"},
    {PAGECRYPT_ERROR_RANDOM_SOURCE, "random_source"},
    {PAGECRYPT_ERROR_IO, "io"},
    {PAGECRYPT_ERROR_INTERNAL, "internal"},
};

static void every_code_of_the_shared_list_is_a_status(void) {
    json_t *file = vectors_json("errors.json");
    const json_t *codes = json_object_get(file, "codes");
    REQUIRE(json_array_size(codes) == LENGTH(statuses));
    for (size_t i = 0; i < LENGTH(statuses); i++) {
        const json_t *code = json_array_get(codes, i);
        check_context("%s", statuses[i].name);
        CHECK_TEXT(text_of_member(code, "name"), statuses[i].name);
        CHECK_TEXT(statuses[i].name, pagecrypt_status_name(statuses[i].status));
        CHECK_EQUAL(size_of_member(code, "number"), statuses[i].status);
        CHECK_EQUAL(size_of_member(code, "exit_code"), pagecrypt_status_exit_code(statuses[i].status));
        CHECK(strlen(pagecrypt_status_message(statuses[i].status)) > 8);
        for (size_t other = 0; other < i; other++) {
            const char *message = pagecrypt_status_message(statuses[other].status);
            CHECK(strcmp(message, pagecrypt_status_message(statuses[i].status)) != 0);
        }
    }
    json_decref(file);
}

static void success_has_a_name_and_no_exit_code(void) {
    CHECK_EQUAL(0, PAGECRYPT_OK);
    CHECK_TEXT("ok", pagecrypt_status_name(PAGECRYPT_OK));
    CHECK_EQUAL(0, pagecrypt_status_exit_code(PAGECRYPT_OK));
    CHECK(strlen(pagecrypt_status_message(PAGECRYPT_OK)) > 0);
}

static void numbers_without_a_status_are_named_unknown(void) {
    const pagecrypt_status unknown[] = {-1, 36, 37, 255, 256, 65536, INT32_MAX, INT32_MIN};
    for (size_t i = 0; i < LENGTH(unknown); i++) {
        check_context("%ld", (long)unknown[i]);
        CHECK_TEXT("unknown", pagecrypt_status_name(unknown[i]));
        CHECK(strlen(pagecrypt_status_message(unknown[i])) > 0);
        CHECK_EQUAL(1, pagecrypt_status_exit_code(unknown[i]));
    }
}

static void without_an_error_the_getters_tell_of_none(void) {
    size_t length = 77;
    CHECK_EQUAL(PAGECRYPT_OK, pagecrypt_error_status(NULL));
    CHECK_TEXT("", pagecrypt_error_message(NULL));
    CHECK_EQUAL(PAGECRYPT_UNIT_NONE, pagecrypt_error_unit(NULL));
    CHECK_EQUAL(0, pagecrypt_error_first(NULL));
    CHECK_EQUAL(0, pagecrypt_error_count(NULL));
    CHECK(pagecrypt_error_numbers(NULL, &length) == NULL);
    CHECK_EQUAL(0, length);
    CHECK(pagecrypt_error_numbers(NULL, NULL) == NULL);
    CHECK_EQUAL(0, pagecrypt_error_expected(NULL));
    CHECK_EQUAL(0, pagecrypt_error_got(NULL));
    CHECK_EQUAL(PAGECRYPT_LOCKED_BY_NONE, pagecrypt_error_locked_by(NULL));
    CHECK(!pagecrypt_error_only_page(NULL));
    CHECK(pagecrypt_error_path(NULL) == NULL);
    CHECK_EQUAL(0, pagecrypt_error_os_code(NULL));
    pagecrypt_error_free(NULL);
}

/* Checks what an error without details has to say of each. */
static void check_plain(const pagecrypt_error *error) {
    size_t length = 77;
    CHECK_EQUAL(PAGECRYPT_UNIT_NONE, pagecrypt_error_unit(error));
    CHECK_EQUAL(0, pagecrypt_error_first(error));
    CHECK_EQUAL(0, pagecrypt_error_count(error));
    CHECK(pagecrypt_error_numbers(error, &length) == NULL);
    CHECK_EQUAL(0, length);
    CHECK_EQUAL(PAGECRYPT_LOCKED_BY_NONE, pagecrypt_error_locked_by(error));
    CHECK(!pagecrypt_error_only_page(error));
    CHECK(pagecrypt_error_path(error) == NULL);
    CHECK_EQUAL(0, pagecrypt_error_os_code(error));
}

static void errors_of_lengths_tell_what_was_expected_and_what_came(void) {
    pagecrypt_error *error = NULL;
    pagecrypt_key *key = NULL;
    uint8_t raw[33] = {0};
    CHECK_EQUAL(PAGECRYPT_ERROR_KEY_LENGTH, pagecrypt_key_new(raw, 33, PAGECRYPT_AEGIS256, &key, &error));
    CHECK_EQUAL(32, pagecrypt_error_expected(error));
    CHECK_EQUAL(33, pagecrypt_error_got(error));
    check_plain(error);
    pagecrypt_error_free(error);

    CHECK_EQUAL(PAGECRYPT_ERROR_KEY_TEXT, pagecrypt_key_from_text("abcde", 5, 0, &key, &error));
    CHECK_EQUAL(0, pagecrypt_error_expected(error));
    CHECK_EQUAL(5, pagecrypt_error_got(error));
    check_plain(error);
    pagecrypt_error_free(error);

    pagecrypt_key *good = sample_key(PAGECRYPT_AEGIS256);
    pagecrypt_page_codec *codec = NULL;
    CHECK_EQUAL(PAGECRYPT_ERROR_PAGE_SIZE, pagecrypt_page_codec_new_turso(good, 1000, &codec, &error));
    CHECK_EQUAL(1000, pagecrypt_error_got(error));
    check_plain(error);
    pagecrypt_error_free(error);
    pagecrypt_key_free(good);

    codec = sample_codec(PAGECRYPT_AEGIS256, SMALL_PAGE);
    uint8_t *pages = bytes_new(2 * SMALL_PAGE, 0).at;
    CHECK_EQUAL(PAGECRYPT_ERROR_BUFFER_LENGTH,
                pagecrypt_open_pages_into(codec, 2, pages, SMALL_PAGE, pages + SMALL_PAGE, 1, &error));
    CHECK_EQUAL(SMALL_PAGE, pagecrypt_error_expected(error));
    CHECK_EQUAL(1, pagecrypt_error_got(error));
    check_plain(error);
    pagecrypt_error_free(error);
    bytes_free(&(bytes){pages, 0});
    pagecrypt_page_codec_free(codec);
}

static void errors_of_ciphers_tell_both(void) {
    pagecrypt_page_codec *sealer = sample_codec(PAGECRYPT_AEGIS128L, SMALL_PAGE);
    pagecrypt_page_codec *opener = sample_codec(PAGECRYPT_AES128GCM, SMALL_PAGE);
    bytes page = sample_pages(sealer, 1, 1);
    SUCCEEDS(pagecrypt_seal_pages(sealer, 1, page.at, page.length, E));
    pagecrypt_error *error = NULL;
    CHECK_EQUAL(PAGECRYPT_ERROR_CIPHER_MISMATCH, pagecrypt_open_pages(opener, 1, page.at, page.length, &error));
    CHECK_EQUAL(PAGECRYPT_AES128GCM, pagecrypt_error_expected(error));
    CHECK_EQUAL(PAGECRYPT_AEGIS128L, pagecrypt_error_got(error));
    check_plain(error);
    pagecrypt_error_free(error);
    bytes_free(&page);
    pagecrypt_page_codec_free(sealer);
    pagecrypt_page_codec_free(opener);
}

static void errors_of_authentication_list_every_page(void) {
    pagecrypt_page_codec *codec = sample_codec(PAGECRYPT_AEGIS256, SMALL_PAGE);
    bytes pages = sample_pages(codec, 7, 10);
    SUCCEEDS(pagecrypt_seal_pages(codec, 7, pages.at, pages.length, E));
    pages.at[0] ^= 1;
    pages.at[4 * SMALL_PAGE + 100] ^= 1;
    pages.at[10 * SMALL_PAGE - 1] ^= 1;
    pagecrypt_error *error = NULL;
    CHECK_EQUAL(PAGECRYPT_ERROR_AUTHENTICATION_FAILED, pagecrypt_open_pages(codec, 7, pages.at, pages.length, &error));
    CHECK_EQUAL(PAGECRYPT_UNIT_PAGE, pagecrypt_error_unit(error));
    CHECK_EQUAL(7, pagecrypt_error_first(error));
    CHECK_EQUAL(3, pagecrypt_error_count(error));
    size_t length = 0;
    const uint64_t *numbers = pagecrypt_error_numbers(error, &length);
    REQUIRE(length == 3 && numbers != NULL);
    const uint64_t expected[] = {7, 11, 16};
    CHECK_BYTES(expected, numbers, sizeof expected);
    CHECK(pagecrypt_error_numbers(error, NULL) == numbers);
    CHECK(strstr(pagecrypt_error_message(error), "page 7") != NULL);
    CHECK_EQUAL(0, pagecrypt_error_expected(error));
    CHECK(pagecrypt_error_path(error) == NULL);
    /* Asking again gives the same. */
    CHECK(pagecrypt_error_message(error) == pagecrypt_error_message(error));
    pagecrypt_error_free(error);
    bytes_free(&pages);
    pagecrypt_page_codec_free(codec);
}

static void an_error_is_overwritten_by_the_next_call(void) {
    pagecrypt_error *error = NULL;
    pagecrypt_cipher cipher;
    CHECK_EQUAL(PAGECRYPT_ERROR_UNKNOWN_CIPHER, pagecrypt_cipher_from_name("none", &cipher, &error));
    CHECK(error != NULL);
    pagecrypt_error_free(error);
    CHECK_EQUAL(PAGECRYPT_OK, pagecrypt_cipher_from_name("aegis256", &cipher, &error));
    CHECK(error == NULL);
}

static const check_test tests[] = {
    TEST(the_version_of_the_library_is_that_of_the_header),
    TEST(every_code_of_the_shared_list_is_a_status),
    TEST(success_has_a_name_and_no_exit_code),
    TEST(numbers_without_a_status_are_named_unknown),
    TEST(without_an_error_the_getters_tell_of_none),
    TEST(errors_of_lengths_tell_what_was_expected_and_what_came),
    TEST(errors_of_ciphers_tell_both),
    TEST(errors_of_authentication_list_every_page),
    TEST(an_error_is_overwritten_by_the_next_call),
};
const check_suite status_suite = SUITE("status", tests);
