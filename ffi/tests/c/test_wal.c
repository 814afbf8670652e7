/* Frames of a write-ahead log, and the chain of their checksums. */
#include "suites.h"

#include <string.h>

#include "samples.h"

static void a_header_is_read_as_it_was_written(void) {
    const pagecrypt_byte_order orders[] = {PAGECRYPT_LITTLE_ENDIAN, PAGECRYPT_BIG_ENDIAN};
    const size_t sizes[] = {512, 4096, 65536};
    for (size_t o = 0; o < 2; o++) {
        for (size_t s = 0; s < LENGTH(sizes); s++) {
            uint8_t header[PAGECRYPT_WAL_HEADER_LENGTH];
            pagecrypt_byte_order order = 77;
            size_t page_size = 77;
            uint32_t checkpoint = 77, salt1 = 77, salt2 = 77;
            SUCCEEDS(pagecrypt_wal_header_new(orders[o], sizes[s], 9, 0xdeadbeef, UINT32_MAX, header, E));
            SUCCEEDS(pagecrypt_wal_header_parse(header, sizeof header, &order, &page_size, &checkpoint, &salt1, &salt2, E));
            CHECK_EQUAL(orders[o], order);
            CHECK_EQUAL(sizes[s], page_size);
            CHECK_EQUAL(9, checkpoint);
            CHECK_EQUAL(0xdeadbeef, salt1);
            CHECK_EQUAL(UINT32_MAX, salt2);
            const uint8_t magic[] = {0x37, 0x7f, 0x06, orders[o] == PAGECRYPT_BIG_ENDIAN ? 0x83 : 0x82, 0, 0x2d, 0xe2, 0x18};
            CHECK_BYTES(magic, header, sizeof magic);
            /* Each output may be left out. */
            SUCCEEDS(pagecrypt_wal_header_parse(header, sizeof header, NULL, NULL, NULL, NULL, NULL, E));
            SUCCEEDS(pagecrypt_wal_header_parse(header, sizeof header, NULL, NULL, &checkpoint, NULL, NULL, E));

            for (size_t i = 0; i < sizeof header; i++) {
                check_context("byte %zu", i);
                header[i] ^= 0x10;
                page_size = checkpoint = salt1 = salt2 = 77;
                FAILS_ZERO(PAGECRYPT_ERROR_MALFORMED, order,
                           pagecrypt_wal_header_parse(header, sizeof header, &order, &page_size, &checkpoint, &salt1, &salt2, E));
                CHECK(page_size == 0 && checkpoint == 0 && salt1 == 0 && salt2 == 0);
                pagecrypt_wal_chain *chain;
                FAILS_NULL(PAGECRYPT_ERROR_MALFORMED, chain, pagecrypt_wal_chain_start(header, sizeof header, &chain, E));
                FAILS_NULL(PAGECRYPT_ERROR_MALFORMED, chain, pagecrypt_wal_chain_resume(header, sizeof header, 1, 2, &chain, E));
                header[i] ^= 0x10;
            }
            for (size_t length = 0; length < sizeof header; length++) {
                FAILS_ZERO(PAGECRYPT_ERROR_MALFORMED, order,
                           pagecrypt_wal_header_parse(header, length, &order, NULL, NULL, NULL, NULL, E));
                pagecrypt_wal_chain *chain;
                FAILS_NULL(PAGECRYPT_ERROR_MALFORMED, chain, pagecrypt_wal_chain_start(header, length, &chain, E));
            }
        }
    }
}

static void byte_orders_are_two(void) {
    const pagecrypt_byte_order wrong[] = {0, 3, -1, 257, INT32_MAX, INT32_MIN};
    for (size_t i = 0; i < LENGTH(wrong); i++) {
        uint8_t header[PAGECRYPT_WAL_HEADER_LENGTH];
        FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT, pagecrypt_wal_header_new(wrong[i], 4096, 1, 2, 3, header, E));
    }
}

/* A chain that continues a log behind these frames. */
static pagecrypt_wal_chain *start(size_t page_size) {
    uint8_t header[PAGECRYPT_WAL_HEADER_LENGTH];
    sample_log_header(page_size, header);
    pagecrypt_wal_chain *chain = NULL;
    SUCCEEDS(pagecrypt_wal_chain_start(header, sizeof header, &chain, E));
    return chain;
}

static uint32_t big_endian(const uint8_t *at) {
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static void sealed_frames_are_the_log_s_next_and_open(void) {
    for (size_t c = 0; c < TURSO_CIPHERS; c++) {
        for (size_t count = 0; count <= 20; count += 4) {
            check_context("%s, %zu frames", pagecrypt_cipher_name(all_ciphers[c]), count);
            size_t size = count == 4 ? 4096 : SMALL_PAGE;
            pagecrypt_page_codec *codec = sample_codec(all_ciphers[c], size);
            size_t length = pagecrypt_page_codec_frame_length(codec);
            bytes plain = sample_frames(codec, count), frames = bytes_copy(plain.at, plain.length);
            pagecrypt_wal_chain *chain = start(size), *reader = start(size);
            SUCCEEDS(pagecrypt_seal_frames(codec, chain, frames.at, frames.length, E));
            for (size_t i = 0; i < count; i++) {
                const uint8_t *frame = frames.at + i * length;
                uint32_t fields[6];
                bool accepted = false;
                SUCCEEDS(pagecrypt_wal_chain_accept(reader, frame, length, &accepted, E));
                CHECK(accepted);
                SUCCEEDS(pagecrypt_wal_frame_header_parse(frame, length, &fields[0], &fields[1], &fields[2], &fields[3],
                                                          &fields[4], &fields[5], E));
                const uint32_t expected[] = {(uint32_t)(2 + i), i + 1 == count ? (uint32_t)(count + 1) : 0, 0x01020304,
                                             0x05060708,        big_endian(frame + 16),                     big_endian(frame + 20)};
                CHECK_BYTES(expected, fields, sizeof fields);
                /* The reader's checksum is the frame's. */
                uint32_t sums[2];
                SUCCEEDS(pagecrypt_wal_chain_checksum(reader, &sums[0], &sums[1], E));
                CHECK_BYTES(fields + 4, sums, sizeof sums);
            }
            bytes opened = bytes_copy(plain.at, plain.length);
            memset(opened.at, 0xee, opened.length);
            SUCCEEDS(pagecrypt_open_frames_into(codec, 1, frames.at, frames.length, opened.at, opened.length, E));
            bytes in_place = bytes_copy(frames.at, frames.length);
            SUCCEEDS(pagecrypt_open_frames(codec, 1, in_place.at, in_place.length, E));
            for (size_t i = 0; i < count; i++) {
                const size_t page = i * length + PAGECRYPT_WAL_FRAME_HEADER_LENGTH;
                CHECK_BYTES(plain.at + page, opened.at + page, size);
                CHECK_BYTES(plain.at + page, in_place.at + page, size);
                CHECK_BYTES(frames.at + i * length, in_place.at + i * length, PAGECRYPT_WAL_FRAME_HEADER_LENGTH);
                CHECK_FILLED(0xee, opened.at + i * length, PAGECRYPT_WAL_FRAME_HEADER_LENGTH);
            }
            bytes_free(&plain);
            bytes_free(&frames);
            bytes_free(&opened);
            bytes_free(&in_place);
            pagecrypt_wal_chain_free(chain);
            pagecrypt_wal_chain_free(reader);
            pagecrypt_page_codec_free(codec);
        }
    }
}

static void a_resumed_chain_goes_on_where_the_other_stopped(void) {
    pagecrypt_page_codec *codec = sample_codec(PAGECRYPT_AEGIS256, SMALL_PAGE);
    size_t length = pagecrypt_page_codec_frame_length(codec);
    bytes frames = sample_frames(codec, 6);
    pagecrypt_wal_chain *chain = start(SMALL_PAGE), *resumed = NULL, *reader = start(SMALL_PAGE);
    SUCCEEDS(pagecrypt_seal_frames(codec, chain, frames.at, 4 * length, E));
    uint32_t sums[2];
    SUCCEEDS(pagecrypt_wal_chain_checksum(chain, &sums[0], &sums[1], E));
    uint8_t header[PAGECRYPT_WAL_HEADER_LENGTH];
    sample_log_header(SMALL_PAGE, header);
    SUCCEEDS(pagecrypt_wal_chain_resume(header, sizeof header, sums[0], sums[1], &resumed, E));
    SUCCEEDS(pagecrypt_seal_frames(codec, resumed, frames.at + 4 * length, 2 * length, E));
    for (size_t i = 0; i < 6; i++) {
        bool accepted = false;
        SUCCEEDS(pagecrypt_wal_chain_accept(reader, frames.at + i * length, length, &accepted, E));
        CHECK(accepted);
    }
    bytes_free(&frames);
    pagecrypt_wal_chain_free(chain);
    pagecrypt_wal_chain_free(resumed);
    pagecrypt_wal_chain_free(reader);
    pagecrypt_page_codec_free(codec);
}

static void a_frame_changed_anywhere_is_not_the_next_one(void) {
    pagecrypt_page_codec *codec = sample_codec(PAGECRYPT_AES128GCM, SMALL_PAGE);
    size_t length = pagecrypt_page_codec_frame_length(codec);
    bytes frame = sample_frames(codec, 1);
    pagecrypt_wal_chain *chain = start(SMALL_PAGE), *reader = start(SMALL_PAGE);
    SUCCEEDS(pagecrypt_seal_frames(codec, chain, frame.at, length, E));
    uint32_t before[2], after[2];
    SUCCEEDS(pagecrypt_wal_chain_checksum(reader, &before[0], &before[1], E));
    for (size_t i = 0; i < length; i++) {
        bool accepted = true;
        frame.at[i] ^= 1;
        SUCCEEDS(pagecrypt_wal_chain_accept(reader, frame.at, length, &accepted, E));
        CHECK(!accepted);
        frame.at[i] ^= 1;
    }
    SUCCEEDS(pagecrypt_wal_chain_checksum(reader, &after[0], &after[1], E));
    CHECK_BYTES(before, after, sizeof before);
    bool accepted = false;
    SUCCEEDS(pagecrypt_wal_chain_accept(reader, frame.at, length, &accepted, E));
    CHECK(accepted);
    SUCCEEDS(pagecrypt_wal_chain_accept(reader, frame.at, length, &accepted, E));
    CHECK(!accepted); /* it was the next one, once */
    bytes_free(&frame);
    pagecrypt_wal_chain_free(chain);
    pagecrypt_wal_chain_free(reader);
    pagecrypt_page_codec_free(codec);
}

static void frames_that_fail_are_named_and_zeros(void) {
    pagecrypt_page_codec *codec = sample_codec(PAGECRYPT_AEGIS256, SMALL_PAGE);
    size_t length = pagecrypt_page_codec_frame_length(codec);
    bytes plain = sample_frames(codec, 8), frames = bytes_copy(plain.at, plain.length);
    pagecrypt_wal_chain *chain = start(SMALL_PAGE);
    SUCCEEDS(pagecrypt_seal_frames(codec, chain, frames.at, frames.length, E));
    frames.at[2 * length + 24] ^= 1;
    frames.at[8 * length - 1] ^= 1;
    pagecrypt_error *error = NULL;
    CHECK_EQUAL(PAGECRYPT_ERROR_AUTHENTICATION_FAILED, pagecrypt_open_frames(codec, 11, frames.at, frames.length, &error));
    CHECK_EQUAL(PAGECRYPT_UNIT_FRAME, pagecrypt_error_unit(error));
    CHECK_EQUAL(13, pagecrypt_error_first(error));
    CHECK_EQUAL(2, pagecrypt_error_count(error));
    size_t listed = 0;
    const uint64_t *numbers = pagecrypt_error_numbers(error, &listed);
    REQUIRE(listed == 2 && numbers != NULL);
    CHECK(numbers[0] == 13 && numbers[1] == 18);
    for (size_t i = 0; i < 8; i++) {
        const uint8_t *page = frames.at + i * length + 24;
        if (i == 2 || i == 7) {
            CHECK_FILLED(0, page, SMALL_PAGE);
        } else {
            CHECK_BYTES(plain.at + i * length + 24, page, SMALL_PAGE);
        }
    }
    pagecrypt_error_free(error);
    bytes_free(&plain);
    bytes_free(&frames);
    pagecrypt_wal_chain_free(chain);
    pagecrypt_page_codec_free(codec);
}

static void wrong_frames_are_refused_and_nothing_is_written(void) {
    pagecrypt_page_codec *codec = sample_codec(PAGECRYPT_AEGIS256, SMALL_PAGE);
    size_t length = pagecrypt_page_codec_frame_length(codec);
    bytes frames = sample_frames(codec, 3), before = bytes_copy(frames.at, frames.length), to = bytes_new(frames.length, 0xc3);
    pagecrypt_wal_chain *chain = start(SMALL_PAGE);
    uint32_t sums[2], same[2];
    SUCCEEDS(pagecrypt_wal_chain_checksum(chain, &sums[0], &sums[1], E));
    const size_t wrong[] = {1, length - 1, length + 1, 3 * length - 1};
    for (size_t i = 0; i < LENGTH(wrong); i++) {
        check_context("%zu bytes", wrong[i]);
        FAILS(PAGECRYPT_ERROR_BUFFER_LENGTH, pagecrypt_seal_frames(codec, chain, frames.at, wrong[i], E));
        FAILS(PAGECRYPT_ERROR_BUFFER_LENGTH, pagecrypt_open_frames(codec, 1, frames.at, wrong[i], E));
        FAILS(PAGECRYPT_ERROR_BUFFER_LENGTH, pagecrypt_open_frames_into(codec, 1, frames.at, wrong[i], to.at, wrong[i], E));
    }
    check_context("shorter and longer buffers");
    FAILS(PAGECRYPT_ERROR_BUFFER_LENGTH, pagecrypt_open_frames_into(codec, 1, frames.at, 2 * length, to.at, length, E));
    FAILS(PAGECRYPT_ERROR_BUFFER_LENGTH, pagecrypt_open_frames_into(codec, 1, frames.at, 2 * length, to.at, 3 * length, E));
    bool accepted;
    for (size_t i = 0; i < LENGTH(wrong); i++) {
        FAILS_EMPTY(PAGECRYPT_ERROR_BUFFER_LENGTH, accepted, true, false,
                    pagecrypt_wal_chain_accept(chain, frames.at, wrong[i], &accepted, E));
    }
    check_context("pages of another size");
    pagecrypt_wal_chain *other = start(1024);
    FAILS(PAGECRYPT_ERROR_PAGE_SIZE, pagecrypt_seal_frames(codec, other, frames.at, frames.length, E));
    pagecrypt_wal_chain_free(other);
    check_context("page numbers");
    memset(frames.at + length, 0, 4);
    FAILS(PAGECRYPT_ERROR_PAGE_NUMBER, pagecrypt_seal_frames(codec, chain, frames.at, frames.length, E));
    memset(frames.at + length, 0xff, 4);
    FAILS(PAGECRYPT_ERROR_PAGE_NUMBER, pagecrypt_seal_frames(codec, chain, frames.at, frames.length, E));
    FAILS(PAGECRYPT_ERROR_PAGE_NUMBER, pagecrypt_open_frames(codec, 1, frames.at, frames.length, E));
    memcpy(frames.at + length, before.at + length, 4);
    check_context("reserved bytes");
    frames.at[3 * length - 1] = 1;
    FAILS(PAGECRYPT_ERROR_MALFORMED, pagecrypt_seal_frames(codec, chain, frames.at, frames.length, E));
    frames.at[3 * length - 1] = 0;
    CHECK_BYTES(before.at, frames.at, frames.length);
    CHECK_FILLED(0xc3, to.at, to.length);
    SUCCEEDS(pagecrypt_wal_chain_checksum(chain, &same[0], &same[1], E));
    CHECK_BYTES(sums, same, sizeof sums);
    bytes_free(&frames);
    bytes_free(&before);
    bytes_free(&to);
    pagecrypt_wal_chain_free(chain);
    pagecrypt_page_codec_free(codec);
}

static void null_is_an_invalid_argument(void) {
    pagecrypt_page_codec *codec = sample_codec(PAGECRYPT_AEGIS256, SMALL_PAGE);
    size_t length = pagecrypt_page_codec_frame_length(codec);
    bytes frames = sample_frames(codec, 1), to = bytes_new(length, 0xc3);
    uint8_t header[PAGECRYPT_WAL_HEADER_LENGTH];
    sample_log_header(SMALL_PAGE, header);
    pagecrypt_wal_chain *chain = start(SMALL_PAGE), *none;
    uint32_t sum, page;
    pagecrypt_byte_order order;
    bool accepted;
    FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT, pagecrypt_wal_header_new(PAGECRYPT_LITTLE_ENDIAN, 512, 1, 2, 3, NULL, E));
    FAILS_ZERO(PAGECRYPT_ERROR_INVALID_ARGUMENT, order, pagecrypt_wal_header_parse(NULL, 32, &order, NULL, NULL, NULL, NULL, E));
    FAILS_ZERO(PAGECRYPT_ERROR_INVALID_ARGUMENT, page,
               pagecrypt_wal_frame_header_parse(NULL, 24, &page, NULL, NULL, NULL, NULL, NULL, E));
    SUCCEEDS(pagecrypt_wal_frame_header_parse(frames.at, 24, NULL, NULL, NULL, NULL, NULL, NULL, E));
    for (size_t short_length = 0; short_length < 24; short_length++) {
        FAILS_ZERO(PAGECRYPT_ERROR_BUFFER_LENGTH, page,
                   pagecrypt_wal_frame_header_parse(frames.at, short_length, &page, NULL, NULL, NULL, NULL, NULL, E));
    }
    FAILS_NULL(PAGECRYPT_ERROR_INVALID_ARGUMENT, none, pagecrypt_wal_chain_start(NULL, 32, &none, E));
    FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT, pagecrypt_wal_chain_start(header, 32, NULL, E));
    FAILS_NULL(PAGECRYPT_ERROR_INVALID_ARGUMENT, none, pagecrypt_wal_chain_resume(NULL, 32, 1, 2, &none, E));
    FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT, pagecrypt_wal_chain_resume(header, 32, 1, 2, NULL, E));
    FAILS_ZERO(PAGECRYPT_ERROR_INVALID_ARGUMENT, sum, pagecrypt_wal_chain_checksum(NULL, &sum, NULL, E));
    SUCCEEDS(pagecrypt_wal_chain_checksum(chain, NULL, NULL, E));
    FAILS_EMPTY(PAGECRYPT_ERROR_INVALID_ARGUMENT, accepted, true, false, pagecrypt_wal_chain_accept(chain, NULL, length, &accepted, E));
    FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT, pagecrypt_wal_chain_accept(chain, frames.at, length, NULL, E));
    FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT, pagecrypt_seal_frames(codec, chain, NULL, length, E));
    FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT, pagecrypt_seal_frames(codec, NULL, frames.at, length, E));
    FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT, pagecrypt_open_frames(codec, 1, NULL, length, E));
    FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT, pagecrypt_open_frames_into(codec, 1, NULL, length, to.at, length, E));
    FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT, pagecrypt_open_frames_into(codec, 1, frames.at, length, NULL, length, E));
    SUCCEEDS(pagecrypt_seal_frames(codec, chain, NULL, 0, E));
    SUCCEEDS(pagecrypt_open_frames(codec, 1, NULL, 0, E));
    SUCCEEDS(pagecrypt_open_frames_into(codec, 1, NULL, 0, NULL, 0, E));
    CHECK_FILLED(0xc3, to.at, to.length);
    pagecrypt_wal_chain_free(chain);
    pagecrypt_wal_chain_free(NULL);
    bytes_free(&frames);
    bytes_free(&to);
    pagecrypt_page_codec_free(codec);
}

static const check_test tests[] = {
    TEST(a_header_is_read_as_it_was_written),
    TEST(byte_orders_are_two),
    TEST(sealed_frames_are_the_log_s_next_and_open),
    TEST(a_resumed_chain_goes_on_where_the_other_stopped),
    TEST(a_frame_changed_anywhere_is_not_the_next_one),
    TEST(frames_that_fail_are_named_and_zeros),
    TEST(wrong_frames_are_refused_and_nothing_is_written),
    TEST(null_is_an_invalid_argument),
};
const check_suite wal_suite = SUITE("wal", tests);
