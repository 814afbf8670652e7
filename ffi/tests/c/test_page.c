/* Pages in Turso's format. */
#include "suites.h"

#include <string.h>

#include "samples.h"

static const size_t page_sizes[] = {512, 1024, 2048, 4096, 8192, 16384, 32768, 65536};

static void a_codec_tells_what_it_is(void) {
    for (size_t c = 0; c < TURSO_CIPHERS; c++) {
        for (size_t s = 0; s < LENGTH(page_sizes); s++) {
            check_context("%s, %zu", pagecrypt_cipher_name(all_ciphers[c]), page_sizes[s]);
            pagecrypt_page_codec *codec = sample_codec(all_ciphers[c], page_sizes[s]);
            pagecrypt_engine engine = 0;
            SUCCEEDS(pagecrypt_cipher_engine(all_ciphers[c], &engine, E));
            CHECK_EQUAL(all_ciphers[c], pagecrypt_page_codec_cipher(codec));
            CHECK_EQUAL(engine, pagecrypt_page_codec_engine(codec));
            CHECK_EQUAL(PAGECRYPT_FORMAT_TURSO, pagecrypt_page_codec_format(codec));
            CHECK_EQUAL(page_sizes[s], pagecrypt_page_codec_page_size(codec));
            CHECK_EQUAL(pagecrypt_cipher_reserved_length(all_ciphers[c]), pagecrypt_page_codec_reserved_length(codec));
            CHECK_EQUAL(page_sizes[s] + PAGECRYPT_WAL_FRAME_HEADER_LENGTH, pagecrypt_page_codec_frame_length(codec));
            pagecrypt_page_codec_free(codec);
        }
    }
}

static void page_sizes_are_powers_of_two_within_limits(void) {
    const size_t wrong[] = {0, 1, 256, 511, 513, 1000, 4095, 4097, 65535, 65537, 131072, SIZE_MAX, SIZE_MAX / 2 + 1};
    pagecrypt_key *key = sample_key(PAGECRYPT_AEGIS256);
    pagecrypt_page_codec *codec;
    for (size_t i = 0; i < LENGTH(wrong); i++) {
        check_context("%zu", wrong[i]);
        FAILS_NULL(PAGECRYPT_ERROR_PAGE_SIZE, codec, pagecrypt_page_codec_new_turso(key, wrong[i], &codec, E));
        CHECK_EQUAL(0, pagecrypt_pending_byte_page(wrong[i]));
        uint8_t header[PAGECRYPT_WAL_HEADER_LENGTH];
        memset(header, 0xc3, sizeof header);
        FAILS(PAGECRYPT_ERROR_PAGE_SIZE, pagecrypt_wal_header_new(PAGECRYPT_LITTLE_ENDIAN, wrong[i], 1, 2, 3, header, E));
    }
    pagecrypt_key_free(key);
}

static void the_pending_byte_is_at_one_gibibyte(void) {
    for (size_t s = 0; s < LENGTH(page_sizes); s++) {
        CHECK_EQUAL((1u << 30) / page_sizes[s] + 1, pagecrypt_pending_byte_page(page_sizes[s]));
    }
}

static void the_format_has_a_name_and_not_every_cipher(void) {
    CHECK_TEXT("turso", pagecrypt_format_name(PAGECRYPT_FORMAT_TURSO));
    CHECK(pagecrypt_format_name(0) == NULL && pagecrypt_format_name(2) == NULL && pagecrypt_format_name(-1) == NULL);
    CHECK(pagecrypt_format_name(257) == NULL && pagecrypt_format_name(INT32_MIN) == NULL);
    pagecrypt_key *key = sample_key(PAGECRYPT_CHACHA20POLY1305);
    pagecrypt_page_codec *codec;
    FAILS_NULL(PAGECRYPT_ERROR_UNSUPPORTED_FORMAT, codec, pagecrypt_page_codec_new_turso(key, 4096, &codec, E));
    pagecrypt_key_free(key);
}

static void pages_open_to_what_was_sealed(void) {
    const struct {
        uint32_t first;
        size_t count;
    } runs[] = {{1, 1}, {1, 5}, {2, 1}, {2, 64}, {7, 3}, {1000000, 2}, {PAGECRYPT_MAX_PAGE_NUMBER, 1}, {1, 0}};
    for (size_t c = 0; c < TURSO_CIPHERS; c++) {
        for (size_t r = 0; r < LENGTH(runs); r++) {
            size_t size = page_sizes[(c + r) % LENGTH(page_sizes)];
            uint32_t first = runs[r].first;
            check_context("%s, %zu pages of %zu from %lu", pagecrypt_cipher_name(all_ciphers[c]), runs[r].count, size,
                          (unsigned long)first);
            pagecrypt_page_codec *codec = sample_codec(all_ciphers[c], size);
            bytes plain = sample_pages(codec, first, runs[r].count), buffer = bytes_copy(plain.at, plain.length);
            bytes sealed = bytes_new(plain.length, 0xee), opened = bytes_new(plain.length, 0xee);
            SUCCEEDS(pagecrypt_seal_pages(codec, first, buffer.at, buffer.length, E));
            SUCCEEDS(pagecrypt_open_pages_into(codec, first, buffer.at, buffer.length, opened.at, opened.length, E));
            CHECK_BYTES(plain.at, opened.at, plain.length);
            SUCCEEDS(pagecrypt_open_pages(codec, first, buffer.at, buffer.length, E));
            CHECK_BYTES(plain.at, buffer.at, plain.length);

            SUCCEEDS(pagecrypt_seal_pages_into(codec, first, plain.at, plain.length, sealed.at, sealed.length, E));
            CHECK_BYTES(buffer.at, plain.at, plain.length);
            SUCCEEDS(pagecrypt_open_pages(codec, first, sealed.at, sealed.length, E));
            CHECK_BYTES(plain.at, sealed.at, plain.length);
            bytes_free(&plain);
            bytes_free(&buffer);
            bytes_free(&sealed);
            bytes_free(&opened);
            pagecrypt_page_codec_free(codec);
        }
    }
}

/* A page that was sealed is a message: its tag and nonce are its last bytes. */
static void a_sealed_page_is_a_message_with_its_tag_and_nonce_behind(void) {
    for (size_t c = 0; c < TURSO_CIPHERS; c++) {
        for (uint32_t number = 1; number <= 2; number++) {
            check_context("%s, page %lu", pagecrypt_cipher_name(all_ciphers[c]), (unsigned long)number);
            pagecrypt_page_codec *codec = sample_codec(all_ciphers[c], 1024);
            pagecrypt_key *key = sample_key(all_ciphers[c]);
            bytes plain = sample_pages(codec, number, 1), sealed = bytes_new(1024, 0);
            SUCCEEDS(pagecrypt_seal_pages_into(codec, number, plain.at, 1024, sealed.at, 1024, E));
            size_t clear = number == 1 ? PAGECRYPT_TURSO_HEADER_LENGTH : 0;
            size_t nonce = pagecrypt_cipher_nonce_length(all_ciphers[c]), text = 1024 - nonce - PAGECRYPT_TAG_LENGTH;
            uint8_t opened[1024];
            SUCCEEDS(pagecrypt_open_one(key, sealed.at + 1024 - nonce, nonce, sealed.at, clear, sealed.at + clear, text - clear,
                                        opened, text - clear, sealed.at + text, E));
            CHECK_BYTES(plain.at + clear, opened, text - clear);
            if (number == 1) {
                CHECK_BYTES("Turso", sealed.at, 5);
                CHECK_EQUAL(all_ciphers[c], sealed.at[6]);
                CHECK_BYTES(plain.at + 16, sealed.at + 16, clear - 16);
            }
            bytes_free(&plain);
            bytes_free(&sealed);
            pagecrypt_key_free(key);
            pagecrypt_page_codec_free(codec);
        }
    }
}

static void sealing_twice_never_repeats_a_nonce(void) {
    pagecrypt_page_codec *codec = sample_codec(PAGECRYPT_AES256GCM, SMALL_PAGE);
    bytes plain = sample_pages(codec, 2, 50), one = bytes_new(plain.length, 0), two = bytes_new(plain.length, 0);
    SUCCEEDS(pagecrypt_seal_pages_into(codec, 2, plain.at, plain.length, one.at, one.length, E));
    SUCCEEDS(pagecrypt_seal_pages_into(codec, 2, plain.at, plain.length, two.at, two.length, E));
    for (size_t i = 1; i <= 50; i++) {
        for (size_t j = 1; j <= 50; j++) {
            CHECK(memcmp(one.at + i * SMALL_PAGE - 12, two.at + j * SMALL_PAGE - 12, 12) != 0);
            CHECK(i == j || memcmp(one.at + i * SMALL_PAGE - 12, one.at + j * SMALL_PAGE - 12, 12) != 0);
        }
    }
    bytes_free(&plain);
    bytes_free(&one);
    bytes_free(&two);
    pagecrypt_page_codec_free(codec);
}

typedef pagecrypt_status in_place(const pagecrypt_page_codec *, uint32_t, uint8_t *, size_t, pagecrypt_error **);
typedef pagecrypt_status into(const pagecrypt_page_codec *, uint32_t, const uint8_t *, size_t, uint8_t *, size_t,
                              pagecrypt_error **);
static in_place *const in_place_functions[] = {pagecrypt_seal_pages, pagecrypt_open_pages};
static into *const into_functions[] = {pagecrypt_seal_pages_into, pagecrypt_open_pages_into};

static void wrong_numbers_and_lengths_are_refused_and_nothing_is_written(void) {
    const struct {
        uint32_t first;
        size_t length;
        pagecrypt_status expected;
    } cases[] = {
        {0, 512, PAGECRYPT_ERROR_PAGE_NUMBER},          {UINT32_MAX, 512, PAGECRYPT_ERROR_PAGE_NUMBER},
        {UINT32_MAX - 1, 1024, PAGECRYPT_ERROR_PAGE_NUMBER}, {2, 1, PAGECRYPT_ERROR_BUFFER_LENGTH},
        {2, 511, PAGECRYPT_ERROR_BUFFER_LENGTH},        {2, 513, PAGECRYPT_ERROR_BUFFER_LENGTH},
        {2, 1023, PAGECRYPT_ERROR_BUFFER_LENGTH},       {2, SIZE_MAX, PAGECRYPT_ERROR_INVALID_ARGUMENT},
        {2, SIZE_MAX - 511, PAGECRYPT_ERROR_INVALID_ARGUMENT},
    };
    pagecrypt_page_codec *codec = sample_codec(PAGECRYPT_AEGIS256, SMALL_PAGE);
    for (size_t i = 0; i < LENGTH(cases); i++) {
        check_context("first %lu, %zu bytes", (unsigned long)cases[i].first, cases[i].length);
        size_t length = cases[i].length, size = length < 4096 ? length : 4096;
        bytes from = bytes_new(size, 0), to = bytes_new(size, 0xc3);
        for (size_t f = 0; f < 2; f++) {
            FAILS(cases[i].expected, in_place_functions[f](codec, cases[i].first, from.at, length, E));
            CHECK_FILLED(0, from.at, size);
            FAILS(cases[i].expected, into_functions[f](codec, cases[i].first, from.at, length, to.at, length, E));
            CHECK_FILLED(0xc3, to.at, size);
        }
        bytes_free(&from);
        bytes_free(&to);
    }
    const size_t wrong[] = {0, 1, 511, 513, 1024};
    for (size_t i = 0; i < LENGTH(wrong); i++) {
        check_context("into %zu bytes", wrong[i]);
        bytes from = bytes_new(SMALL_PAGE, 0), to = bytes_new(wrong[i], 0xc3);
        for (size_t f = 0; f < 2; f++) {
            FAILS(PAGECRYPT_ERROR_BUFFER_LENGTH, into_functions[f](codec, 2, from.at, SMALL_PAGE, to.at, wrong[i], E));
            CHECK_FILLED(0xc3, to.at, wrong[i]);
        }
        bytes_free(&from);
        bytes_free(&to);
    }
    pagecrypt_page_codec_free(codec);
}

static void null_is_an_invalid_argument_but_for_no_pages(void) {
    pagecrypt_page_codec *codec = sample_codec(PAGECRYPT_AEGIS256, SMALL_PAGE);
    pagecrypt_key *key = sample_key(PAGECRYPT_AEGIS256);
    uint8_t page[SMALL_PAGE] = {0};
    FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT, pagecrypt_page_codec_new_turso(key, 4096, NULL, E));
    for (size_t f = 0; f < 2; f++) {
        FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT, in_place_functions[f](codec, 2, NULL, SMALL_PAGE, E));
        FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT, into_functions[f](codec, 2, NULL, SMALL_PAGE, page, SMALL_PAGE, E));
        FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT, into_functions[f](codec, 2, page, SMALL_PAGE, NULL, SMALL_PAGE, E));
        SUCCEEDS(in_place_functions[f](codec, 2, NULL, 0, E));
        SUCCEEDS(into_functions[f](codec, 2, NULL, 0, NULL, 0, E));
    }
    CHECK_FILLED(0, page, SMALL_PAGE);
    pagecrypt_key_free(key);
    pagecrypt_page_codec_free(codec);
    pagecrypt_page_codec_free(NULL);
}

static void the_page_of_the_pending_byte_is_zeros_or_a_hole(void) {
    pagecrypt_page_codec *codec = sample_codec(PAGECRYPT_AEGIS128L, 65536);
    uint32_t pending = pagecrypt_pending_byte_page(65536);
    bytes pages = bytes_new(3 * 65536, 0);
    SUCCEEDS(pagecrypt_seal_pages(codec, pending - 1, pages.at, pages.length, E));
    SUCCEEDS(pagecrypt_open_pages(codec, pending - 1, pages.at, pages.length, E));
    CHECK_FILLED(0, pages.at, pages.length);
    SUCCEEDS(pagecrypt_open_pages(codec, pending, pages.at, 65536, E));
    FAILS(PAGECRYPT_ERROR_AUTHENTICATION_FAILED, pagecrypt_open_pages(codec, pending - 1, pages.at, 65536, E));
    bytes_free(&pages);
    pagecrypt_page_codec_free(codec);
}

static void a_header_is_read_without_the_key(void) {
    pagecrypt_page_codec *codec = sample_codec(PAGECRYPT_AEGIS256X2, 65536);
    bytes page = sample_pages(codec, 1, 1);
    uint8_t version = 77;
    pagecrypt_cipher cipher = 77;
    size_t page_size = 77, reserved = 77;
#define PARSE(length) pagecrypt_turso_header_parse(page.at, length, &version, &cipher, &page_size, &reserved, E)
#define ALL_ZERO() CHECK(version == 0 && cipher == 0 && page_size == 0 && reserved == 0)
    FAILS_ZERO(PAGECRYPT_ERROR_NOT_ENCRYPTED, cipher, PARSE(page.length));
    ALL_ZERO();
    SUCCEEDS(pagecrypt_seal_pages(codec, 1, page.at, page.length, E));
    SUCCEEDS(PARSE(page.length));
    CHECK(version == 0 && cipher == PAGECRYPT_AEGIS256X2 && page_size == 65536 && reserved == 48);
    version = 77;
    cipher = 0;
    page_size = reserved = 0;
    SUCCEEDS(PARSE(PAGECRYPT_TURSO_HEADER_LENGTH));
    CHECK(version == 0 && cipher == PAGECRYPT_AEGIS256X2 && page_size == 65536 && reserved == 48);
    /* Each output may be left out. */
    SUCCEEDS(pagecrypt_turso_header_parse(page.at, 100, NULL, NULL, NULL, NULL, E));
    SUCCEEDS(pagecrypt_turso_header_parse(page.at, 100, NULL, &cipher, NULL, NULL, E));
    SUCCEEDS(pagecrypt_turso_header_parse(page.at, 100, NULL, NULL, &page_size, NULL, E));
    for (size_t length = 0; length < PAGECRYPT_TURSO_HEADER_LENGTH; length++) {
        check_context("%zu bytes", length);
        version = 77;
        page_size = reserved = 77;
        FAILS_ZERO(length < 5 ? PAGECRYPT_ERROR_UNSUPPORTED_FORMAT : PAGECRYPT_ERROR_MALFORMED, cipher, PARSE(length));
        ALL_ZERO();
    }
    version = 77;
    page_size = reserved = 77;
    FAILS_ZERO(PAGECRYPT_ERROR_INVALID_ARGUMENT, cipher,
               pagecrypt_turso_header_parse(NULL, 100, &version, &cipher, &page_size, &reserved, E));
    ALL_ZERO();
    FAILS_ZERO(PAGECRYPT_ERROR_UNSUPPORTED_FORMAT, cipher, pagecrypt_turso_header_parse(NULL, 0, NULL, &cipher, NULL, NULL, E));
    FAILS_ZERO(PAGECRYPT_ERROR_INVALID_ARGUMENT, cipher, pagecrypt_turso_header_parse(page.at, SIZE_MAX, NULL, &cipher, NULL, NULL, E));
    bytes_free(&page);
    pagecrypt_page_codec_free(codec);
}

static const check_test tests[] = {
    TEST(a_codec_tells_what_it_is),
    TEST(page_sizes_are_powers_of_two_within_limits),
    TEST(the_pending_byte_is_at_one_gibibyte),
    TEST(the_format_has_a_name_and_not_every_cipher),
    TEST(pages_open_to_what_was_sealed),
    TEST(a_sealed_page_is_a_message_with_its_tag_and_nonce_behind),
    TEST(sealing_twice_never_repeats_a_nonce),
    TEST(wrong_numbers_and_lengths_are_refused_and_nothing_is_written),
    TEST(null_is_an_invalid_argument_but_for_no_pages),
    TEST(the_page_of_the_pending_byte_is_zeros_or_a_hole),
    TEST(a_header_is_read_without_the_key),
};
const check_suite page_suite = SUITE("page", tests);
