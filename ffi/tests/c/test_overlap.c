/* Buffers that overlap: the same text buffer twice, or apart; anything else is refused and nothing is written. */
#include "suites.h"

#include <string.h>

#include "samples.h"

/* A function's buffers. They are laid out in one arena, two of them at every relation of interest. */
typedef struct part {
    const char *name;
    size_t length;
    bool written;
    size_t alignment;
} part;

typedef struct operation {
    const char *name;
    part parts[8];
    size_t count;
    size_t from, to; /* the text's two buffers, which may be the same one; both 0: none */
    pagecrypt_status (*call)(uint8_t *const at[], pagecrypt_error **E);
} operation;

static pagecrypt_key *key;
static pagecrypt_page_codec *codec;

static pagecrypt_status seal_one(uint8_t *const at[], pagecrypt_error **E) {
    return pagecrypt_seal_one_assume_unique_nonce(key, at[0], 32, at[1], 20, at[2], 48, at[3], 48, at[4], E);
}

static pagecrypt_status open_one(uint8_t *const at[], pagecrypt_error **E) {
    return pagecrypt_open_one(key, at[0], 32, at[1], 20, at[2], 48, at[3], 48, at[4], E);
}

static const size_t message_offsets[] = {0, 16, 16, 48}, data_offsets[] = {0, 4, 20, 20};

static pagecrypt_status seal_batch(uint8_t *const at[], pagecrypt_error **E) {
    memcpy(at[5], message_offsets, sizeof message_offsets);
    memcpy(at[6], data_offsets, sizeof data_offsets);
    return pagecrypt_seal_batch_assume_unique_nonces(key, 3, at[0], at[1], 20, (const size_t *)(const void *)at[6], at[2], at[3],
                                                     48, (const size_t *)(const void *)at[5], at[4], E);
}

static pagecrypt_status open_batch(uint8_t *const at[], pagecrypt_error **E) {
    memcpy(at[5], message_offsets, sizeof message_offsets);
    memcpy(at[6], data_offsets, sizeof data_offsets);
    return pagecrypt_open_batch(key, 3, at[0], at[1], 20, (const size_t *)(const void *)at[6], at[2], at[3], 48,
                                (const size_t *)(const void *)at[5], at[4], at[7], E);
}

static pagecrypt_status seal_pages_into(uint8_t *const at[], pagecrypt_error **E) {
    return pagecrypt_seal_pages_into(codec, 2, at[0], 2 * SMALL_PAGE, at[1], 2 * SMALL_PAGE, E);
}

static pagecrypt_status open_pages_into(uint8_t *const at[], pagecrypt_error **E) {
    return pagecrypt_open_pages_into(codec, 2, at[0], 2 * SMALL_PAGE, at[1], 2 * SMALL_PAGE, E);
}

static pagecrypt_status open_frames_into(uint8_t *const at[], pagecrypt_error **E) {
    const size_t length = SMALL_PAGE + PAGECRYPT_WAL_FRAME_HEADER_LENGTH;
    at[0][0] = at[0][1] = at[0][2] = 0;
    at[0][3] = 2;
    return pagecrypt_open_frames_into(codec, 1, at[0], length, at[1], length, E);
}

#define FRAME (SMALL_PAGE + PAGECRYPT_WAL_FRAME_HEADER_LENGTH)

static const operation operations[] = {
    {"seal_one", {{"nonce", 32, false, 1}, {"associated data", 20, false, 1}, {"from", 48, false, 1}, {"to", 48, true, 1},
                  {"tag", 16, true, 1}}, 5, 2, 3, seal_one},
    {"open_one", {{"nonce", 32, false, 1}, {"associated data", 20, false, 1}, {"from", 48, false, 1}, {"to", 48, true, 1},
                  {"tag", 16, false, 1}}, 5, 2, 3, open_one},
    {"seal_batch", {{"nonces", 96, false, 1}, {"associated data", 20, false, 1}, {"from", 48, false, 1}, {"to", 48, true, 1},
                    {"tags", 48, true, 1}, {"offsets", 4 * sizeof(size_t), false, sizeof(size_t)},
                    {"data offsets", 4 * sizeof(size_t), false, sizeof(size_t)}}, 7, 2, 3, seal_batch},
    {"open_batch", {{"nonces", 96, false, 1}, {"associated data", 20, false, 1}, {"from", 48, false, 1}, {"to", 48, true, 1},
                    {"tags", 48, false, 1}, {"offsets", 4 * sizeof(size_t), false, sizeof(size_t)},
                    {"data offsets", 4 * sizeof(size_t), false, sizeof(size_t)}, {"opened", 3, true, 1}}, 8, 2, 3, open_batch},
    {"seal_pages_into", {{"from", 2 * SMALL_PAGE, false, 1}, {"to", 2 * SMALL_PAGE, true, 1}}, 2, 0, 1, seal_pages_into},
    {"open_pages_into", {{"from", 2 * SMALL_PAGE, false, 1}, {"to", 2 * SMALL_PAGE, true, 1}}, 2, 0, 1, open_pages_into},
    {"open_frames_into", {{"from", FRAME, false, 1}, {"to", FRAME, true, 1}}, 2, 0, 1, open_frames_into},
};

/* Two buffers may share memory where neither is written, or where they are the text in place. */
static bool allowed(const operation *operation, size_t a, size_t b, ptrdiff_t distance) {
    const part *one = &operation->parts[a], *two = &operation->parts[b];
    if (distance >= (ptrdiff_t)one->length || -distance >= (ptrdiff_t)two->length) {
        return true;
    }
    bool text = (a == operation->from && b == operation->to) || (a == operation->to && b == operation->from);
    return (!one->written && !two->written) || (text && distance == 0);
}

/* Puts buffer b `distance` bytes behind the start of buffer a, and all others elsewhere. */
static void at_distance(const operation *operation, size_t a, size_t b, ptrdiff_t distance) {
    static uint64_t words[4096], before[4096];
    uint8_t *arena = (uint8_t *)words, *at[8] = {0};
    uint8_t *next = arena + 8192;
    for (size_t i = 0; i < operation->count; i++) {
        at[i] = next;
        next += (operation->parts[i].length + 63) / 64 * 64;
    }
    at[a] = arena + 4096;
    at[b] = at[a] + distance;
    memset(arena, 0, sizeof words);
    check_context("%s: %s %td bytes behind the start of %s", operation->name, operation->parts[b].name, distance,
                  operation->parts[a].name);
    if (allowed(operation, a, b, distance)) {
        pagecrypt_error *error = NULL;
        pagecrypt_status status = operation->call(at, &error);
        /* Zeros are not authentic, which is found later than an overlap. Offsets written over each other may descend. */
        CHECK(status == PAGECRYPT_OK || status == PAGECRYPT_ERROR_AUTHENTICATION_FAILED ||
              (status == PAGECRYPT_ERROR_INVALID_ARGUMENT && operation->parts[a].alignment > 1 && operation->parts[b].alignment > 1));
        pagecrypt_error_free(error);
        return;
    }
    CHECK_EQUAL(PAGECRYPT_ERROR_OVERLAP, operation->call(at, NULL)); /* it writes the offsets, as a caller would */
    memcpy(before, words, sizeof words);
    FAILS(PAGECRYPT_ERROR_OVERLAP, operation->call(at, E));
    CHECK_BYTES(before, words, sizeof words);
}

static void buffers_are_the_same_or_apart(void) {
    key = sample_key(PAGECRYPT_AEGIS256);
    codec = sample_codec(PAGECRYPT_AEGIS256, SMALL_PAGE);
    for (size_t o = 0; o < LENGTH(operations); o++) {
        const operation *operation = &operations[o];
        for (size_t a = 0; a < operation->count; a++) {
            for (size_t b = 0; b < operation->count; b++) {
                if (a == b) {
                    continue;
                }
                const part *one = &operation->parts[a], *two = &operation->parts[b];
                ptrdiff_t step = (ptrdiff_t)(one->alignment > two->alignment ? one->alignment : two->alignment);
                ptrdiff_t end = (ptrdiff_t)one->length / step * step, start = (ptrdiff_t)(two->length + step - 1) / step * step;
                const ptrdiff_t distances[] = {
                    0,            /* the same start */
                    step,         -step,         /* all but one */
                    end - step,   step - start,  /* by one */
                    end + step,   -start,        /* adjacent, or nearly */
                    (ptrdiff_t)one->length % step == 0 ? (ptrdiff_t)one->length : end + step,
                };
                for (size_t d = 0; d < LENGTH(distances); d++) {
                    at_distance(operation, a, b, distances[d]);
                }
            }
        }
    }
    pagecrypt_key_free(key);
    pagecrypt_page_codec_free(codec);
}

static void empty_buffers_overlap_nothing(void) {
    key = sample_key(PAGECRYPT_AEGIS256);
    uint8_t arena[64] = {0}, tag[16], nonce[32] = {0};
    SUCCEEDS(pagecrypt_seal_one_assume_unique_nonce(key, nonce, 32, arena + 8, 0, arena, 32, arena, 32, tag, E));
    SUCCEEDS(pagecrypt_seal_one_assume_unique_nonce(key, nonce, 32, arena, 32, arena + 7, 0, arena + 9, 0, tag, E));
    pagecrypt_key_free(key);
}

static void pages_in_place_by_either_name_are_the_same(void) {
    codec = sample_codec(PAGECRYPT_AES256GCM, SMALL_PAGE);
    bytes plain = sample_pages(codec, 2, 6), pages = bytes_copy(plain.at, plain.length);
    SUCCEEDS(pagecrypt_seal_pages_into(codec, 2, pages.at, pages.length, pages.at, pages.length, E));
    bytes sealed = bytes_copy(pages.at, pages.length);
    SUCCEEDS(pagecrypt_open_pages_into(codec, 2, pages.at, pages.length, pages.at, pages.length, E));
    CHECK_BYTES(plain.at, pages.at, pages.length);
    SUCCEEDS(pagecrypt_open_pages(codec, 2, sealed.at, sealed.length, E));
    CHECK_BYTES(plain.at, sealed.at, sealed.length);
    bytes_free(&plain);
    bytes_free(&pages);
    bytes_free(&sealed);
    pagecrypt_page_codec_free(codec);
}

static const check_test tests[] = {
    TEST(buffers_are_the_same_or_apart),
    TEST(empty_buffers_overlap_nothing),
    TEST(pages_in_place_by_either_name_are_the_same),
};
const check_suite overlap_suite = SUITE("overlap", tests);
