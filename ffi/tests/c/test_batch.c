/* Batches of messages of mixed lengths: one buffer, offsets, and which opened. */
#include "suites.h"

#include <stdlib.h>
#include <string.h>

#include "samples.h"

/* A batch with everything around it: text, sealed and opened are buffers of the same length. */
typedef struct batch {
    pagecrypt_key *key;
    size_t count, nonce_length;
    size_t *offsets, *data_offsets;
    bytes nonces, data, text, sealed, to, tags, opened;
} batch;

static const size_t lengths[] = {0, 1, 15, 16, 17, 4096, 0, 31, 32, 33, 64, 65, 255, 256, 257, 1, 512, 4095, 4097, 100, 0};

static batch batch_of(pagecrypt_cipher cipher, size_t count) {
    batch b = {.key = sample_key(cipher), .count = count, .nonce_length = pagecrypt_cipher_nonce_length(cipher)};
    b.offsets = calloc(count + 1, sizeof *b.offsets);
    b.data_offsets = calloc(count + 1, sizeof *b.data_offsets);
    REQUIRE(b.offsets != NULL && b.data_offsets != NULL);
    for (size_t i = 0; i < count; i++) {
        b.offsets[i + 1] = b.offsets[i] + lengths[i % LENGTH(lengths)];
        b.data_offsets[i + 1] = b.data_offsets[i] + i % 20;
    }
    b.nonces = sample_bytes(count * b.nonce_length, 0);
    for (size_t i = 0; i < count; i++) {
        b.nonces.at[i * b.nonce_length] = (uint8_t)i;
        b.nonces.at[i * b.nonce_length + 1] = (uint8_t)(i >> 8);
    }
    b.data = sample_bytes(b.data_offsets[count], 11);
    b.text = sample_bytes(b.offsets[count], 13);
    b.sealed = bytes_new(b.text.length, 0xee);
    b.to = bytes_new(b.text.length, 0xee);
    b.tags = bytes_new(count * PAGECRYPT_TAG_LENGTH, 0xee);
    b.opened = bytes_new(count, 0xee);
    return b;
}

static batch sealed_batch_of(pagecrypt_cipher cipher, size_t count) {
    batch b = batch_of(cipher, count);
    SUCCEEDS(pagecrypt_seal_batch_assume_unique_nonces(b.key, count, b.nonces.at, b.data.at, b.data.length, b.data_offsets,
                                                       b.text.at, b.sealed.at, b.text.length, b.offsets, b.tags.at, E));
    return b;
}

static void batch_free(batch *b) {
    pagecrypt_key_free(b->key);
    free(b->offsets);
    free(b->data_offsets);
    bytes *all[] = {&b->nonces, &b->data, &b->text, &b->sealed, &b->to, &b->tags, &b->opened};
    for (size_t i = 0; i < LENGTH(all); i++) {
        bytes_free(all[i]);
    }
}

static const size_t counts[] = {1, 2, 3, 4, 5, 8, 9, 17, 21, 64, 1000};

static void a_batch_is_what_single_calls_make(void) {
    for (size_t c = 0; c < LENGTH(all_ciphers); c++) {
        for (size_t n = 0; n < LENGTH(counts); n++) {
            check_context("%s, %zu messages", pagecrypt_cipher_name(all_ciphers[c]), counts[n]);
            batch b = sealed_batch_of(all_ciphers[c], counts[n]);
            for (size_t i = 0; i < b.count; i++) {
                size_t at = b.offsets[i], length = b.offsets[i + 1] - at, data = b.data_offsets[i];
                uint8_t one[4097], tag[16];
                SUCCEEDS(pagecrypt_seal_one_assume_unique_nonce(b.key, b.nonces.at + i * b.nonce_length, b.nonce_length,
                                                                b.data.at + data, b.data_offsets[i + 1] - data, b.text.at + at,
                                                                length, one, length, tag, E));
                CHECK_BYTES(one, b.sealed.at + at, length);
                CHECK_BYTES(tag, b.tags.at + 16 * i, 16);
            }
            SUCCEEDS(pagecrypt_open_batch(b.key, b.count, b.nonces.at, b.data.at, b.data.length, b.data_offsets, b.sealed.at,
                                          b.to.at, b.to.length, b.offsets, b.tags.at, b.opened.at, E));
            CHECK_BYTES(b.text.at, b.to.at, b.to.length);
            CHECK_FILLED(1, b.opened.at, b.count);
            batch_free(&b);
        }
    }
}

static void in_place_is_byte_for_byte_the_same(void) {
    for (size_t c = 0; c < LENGTH(all_ciphers); c++) {
        check_context("%s", pagecrypt_cipher_name(all_ciphers[c]));
        batch b = sealed_batch_of(all_ciphers[c], 30);
        bytes buffer = bytes_copy(b.text.at, b.text.length), tags = bytes_new(b.tags.length, 0);
        SUCCEEDS(pagecrypt_seal_batch_assume_unique_nonces(b.key, b.count, b.nonces.at, b.data.at, b.data.length, b.data_offsets,
                                                           buffer.at, buffer.at, buffer.length, b.offsets, tags.at, E));
        CHECK_BYTES(b.sealed.at, buffer.at, buffer.length);
        CHECK_BYTES(b.tags.at, tags.at, tags.length);
        SUCCEEDS(pagecrypt_open_batch(b.key, b.count, b.nonces.at, b.data.at, b.data.length, b.data_offsets, buffer.at, buffer.at,
                                      buffer.length, b.offsets, tags.at, b.opened.at, E));
        CHECK_BYTES(b.text.at, buffer.at, buffer.length);
        bytes_free(&buffer);
        bytes_free(&tags);
        batch_free(&b);
    }
}

static void forged_messages_are_zeros_and_the_others_open(void) {
    for (size_t c = 0; c < LENGTH(all_ciphers); c++) {
        check_context("%s", pagecrypt_cipher_name(all_ciphers[c]));
        batch b = sealed_batch_of(all_ciphers[c], 100);
        uint64_t forged[100];
        size_t forged_count = 0;
        for (size_t i = 0; i < b.count; i++) {
            if (i % 7 != 3 && i % 10 != 9) {
                continue;
            }
            forged[forged_count++] = i;
            if (i % 2 == 0 && b.offsets[i + 1] > b.offsets[i]) {
                b.sealed.at[b.offsets[i + 1] - 1] ^= 1;
            } else {
                b.tags.at[16 * i + i % 16] ^= 1;
            }
        }
        /* With opened and without, into another buffer and in place. */
        for (int way = 0; way < 3; way++) {
            bytes buffer = bytes_copy(b.sealed.at, b.sealed.length);
            memset(b.to.at, 0xee, b.to.length);
            memset(b.opened.at, 0xee, b.count);
            uint8_t *to = way == 2 ? buffer.at : b.to.at;
            pagecrypt_error *error = NULL;
            CHECK_EQUAL(PAGECRYPT_ERROR_AUTHENTICATION_FAILED,
                        pagecrypt_open_batch(b.key, b.count, b.nonces.at, b.data.at, b.data.length, b.data_offsets, buffer.at, to,
                                             buffer.length, b.offsets, b.tags.at, way == 1 ? NULL : b.opened.at, &error));
            size_t listed = 0;
            const uint64_t *numbers = pagecrypt_error_numbers(error, &listed);
            CHECK_EQUAL(PAGECRYPT_UNIT_MESSAGE, pagecrypt_error_unit(error));
            CHECK_EQUAL(forged[0], pagecrypt_error_first(error));
            CHECK_EQUAL(forged_count, pagecrypt_error_count(error));
            REQUIRE(numbers != NULL && listed == forged_count);
            CHECK_BYTES(forged, numbers, forged_count * sizeof forged[0]);
            for (size_t i = 0, next = 0; i < b.count; i++) {
                bool failed = next < forged_count && forged[next] == i;
                next += failed;
                size_t at = b.offsets[i], length = b.offsets[i + 1] - at;
                if (way != 1) {
                    CHECK_EQUAL(!failed, b.opened.at[i]);
                }
                if (failed) {
                    CHECK_FILLED(0, to + at, length);
                } else {
                    CHECK_BYTES(b.text.at + at, to + at, length);
                }
            }
            pagecrypt_error_free(error);
            bytes_free(&buffer);
        }
        batch_free(&b);
    }
}

static void no_messages_are_a_batch(void) {
    pagecrypt_key *key = sample_key(PAGECRYPT_AEGIS256);
    const size_t none[] = {0};
    SUCCEEDS(pagecrypt_seal_batch_assume_unique_nonces(key, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, none, NULL, E));
    SUCCEEDS(pagecrypt_open_batch(key, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, none, NULL, NULL, E));
    SUCCEEDS(pagecrypt_open_batch(key, 0, NULL, NULL, 0, none, NULL, NULL, 0, none, NULL, NULL, E));
    pagecrypt_key_free(key);
}

static void bytes_that_no_message_has_are_left_alone(void) {
    batch b = sealed_batch_of(PAGECRYPT_AEGIS128X4, 2);
    const size_t some[] = {20, 21, 37};
    bytes buffer = bytes_new(64, 0x77), to = bytes_new(64, 0xee);
    uint8_t tags[32], opened[2];
    SUCCEEDS(pagecrypt_seal_batch_assume_unique_nonces(b.key, 2, b.nonces.at, NULL, 0, NULL, buffer.at, to.at, 64, some, tags, E));
    CHECK_FILLED(0xee, to.at, 20);
    CHECK_FILLED(0xee, to.at + 37, 64 - 37);
    SUCCEEDS(pagecrypt_open_batch(b.key, 2, b.nonces.at, NULL, 0, NULL, to.at, buffer.at, 64, some, tags, opened, E));
    CHECK_FILLED(0x77, buffer.at, 64);
    bytes_free(&buffer);
    bytes_free(&to);
    batch_free(&b);
}

static void without_associated_data_is_with_empty_ones(void) {
    batch b = sealed_batch_of(PAGECRYPT_AES256GCM, 21);
    size_t zeros[22] = {0};
    bytes tags = bytes_new(b.tags.length, 0);
    SUCCEEDS(pagecrypt_seal_batch_assume_unique_nonces(b.key, b.count, b.nonces.at, NULL, 0, NULL, b.text.at, b.sealed.at,
                                                       b.text.length, b.offsets, b.tags.at, E));
    SUCCEEDS(pagecrypt_seal_batch_assume_unique_nonces(b.key, b.count, b.nonces.at, b.data.at, b.data.length, zeros, b.text.at,
                                                       b.to.at, b.text.length, b.offsets, tags.at, E));
    CHECK_BYTES(b.sealed.at, b.to.at, b.to.length);
    CHECK_BYTES(b.tags.at, tags.at, tags.length);
    bytes_free(&tags);
    batch_free(&b);
}

/* Both functions refuse, and write nothing. */
static void refused(batch *b, const size_t *data_offsets, size_t data_length, const size_t *offsets, size_t length) {
    memset(b->to.at, 0xc3, b->to.length);
    bytes tags = bytes_copy(b->tags.at, b->tags.length);
    FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT,
          pagecrypt_seal_batch_assume_unique_nonces(b->key, b->count, b->nonces.at, b->data.at, data_length, data_offsets,
                                                    b->text.at, b->to.at, length, offsets, b->tags.at, E));
    FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT,
          pagecrypt_open_batch(b->key, b->count, b->nonces.at, b->data.at, data_length, data_offsets, b->sealed.at, b->to.at,
                               length, offsets, b->tags.at, b->opened.at, E));
    CHECK_FILLED(0xc3, b->to.at, b->to.length);
    CHECK_BYTES(tags.at, b->tags.at, tags.length);
    bytes_free(&tags);
}

static void offsets_that_descend_or_go_beyond_are_refused(void) {
    batch b = sealed_batch_of(PAGECRYPT_AEGIS256, 6);
    size_t end = b.offsets[6], wrong[7];
#define WITH(index, value)                                                                                             \
    do {                                                                                                               \
        check_context("offset %d is %zu", index, (size_t)(value));                                                     \
        memcpy(wrong, b.offsets, sizeof wrong);                                                                        \
        wrong[index] = (value);                                                                                        \
        refused(&b, b.data_offsets, b.data.length, wrong, b.text.length);                                              \
    } while (0)
    WITH(0, 1);           /* beyond the next */
    WITH(2, SIZE_MAX);    /* beyond all */
    WITH(3, 0);           /* descends */
    WITH(6, end + 1);     /* one byte beyond the buffer */
    WITH(6, SIZE_MAX);
    WITH(6, end - 4097);  /* descends at the end */
    WITH(5, end + 1);
    check_context("a shorter buffer");
    refused(&b, b.data_offsets, b.data.length, b.offsets, end - 1);
    refused(&b, b.data_offsets, b.data.length, b.offsets, 0);
    check_context("associated data");
    size_t data_end = b.data_offsets[6];
    refused(&b, b.data_offsets, data_end - 1, b.offsets, b.text.length);
    memcpy(wrong, b.data_offsets, sizeof wrong);
    wrong[6] = data_end + 1;
    refused(&b, wrong, data_end, b.offsets, b.text.length);
    wrong[6] = data_end;
    wrong[2] = data_end;
    refused(&b, wrong, data_end, b.offsets, b.text.length);
    batch_free(&b);
}

static void counts_that_no_memory_holds_are_refused(void) {
    batch b = sealed_batch_of(PAGECRYPT_AEGIS256, 4);
    const size_t wrong[] = {SIZE_MAX, SIZE_MAX - 1, SIZE_MAX / 8, SIZE_MAX / 16 + 1, SIZE_MAX / 32 + 1};
    for (size_t i = 0; i < LENGTH(wrong); i++) {
        check_context("%zu", wrong[i]);
        FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT,
              pagecrypt_seal_batch_assume_unique_nonces(b.key, wrong[i], b.nonces.at, NULL, 0, NULL, b.text.at, b.to.at,
                                                        b.text.length, b.offsets, b.tags.at, E));
        FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT,
              pagecrypt_open_batch(b.key, wrong[i], b.nonces.at, NULL, 0, NULL, b.sealed.at, b.to.at, b.text.length, b.offsets,
                                   b.tags.at, b.opened.at, E));
    }
    batch_free(&b);
}

/* C has no such pointers; a binding may make one of the middle of a buffer. */
static void offsets_at_an_odd_address_are_refused(void) {
    batch b = sealed_batch_of(PAGECRYPT_AEGIS256, 6);
    bytes copy = bytes_new(7 * sizeof(size_t) + 1, 0);
    const size_t *odd = (const size_t *)(const void *)(copy.at + 1);
    memcpy(copy.at + 1, b.offsets, 7 * sizeof(size_t));
    refused(&b, b.data_offsets, b.data.length, odd, b.text.length);
    memcpy(copy.at + 1, b.data_offsets, 7 * sizeof(size_t));
    refused(&b, odd, b.data.length, b.offsets, b.text.length);
    bytes_free(&copy);
    batch_free(&b);
}

static void null_is_an_invalid_argument(void) {
    batch b = sealed_batch_of(PAGECRYPT_AEGIS256, 6);
    memset(b.to.at, 0xc3, b.to.length);
#define SEAL(nonce, about, from, to_, at_, tag)                                                                         \
    FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT,                                                                                  \
          pagecrypt_seal_batch_assume_unique_nonces(b.key, 6, nonce, about, b.data.length, b.data_offsets, from, to_, \
                                                    b.text.length, at_, tag, E))
#define OPEN(nonce, about, from, to_, at_, tag)                                                                         \
    FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT, pagecrypt_open_batch(b.key, 6, nonce, about, b.data.length, b.data_offsets,     \
                                                           from, to_, b.text.length, at_, tag, b.opened.at, E))
    SEAL(NULL, b.data.at, b.text.at, b.to.at, b.offsets, b.tags.at);
    SEAL(b.nonces.at, NULL, b.text.at, b.to.at, b.offsets, b.tags.at);
    SEAL(b.nonces.at, b.data.at, NULL, b.to.at, b.offsets, b.tags.at);
    SEAL(b.nonces.at, b.data.at, b.text.at, NULL, b.offsets, b.tags.at);
    SEAL(b.nonces.at, b.data.at, b.text.at, b.to.at, NULL, b.tags.at);
    SEAL(b.nonces.at, b.data.at, b.text.at, b.to.at, b.offsets, NULL);
    SEAL(b.nonces.at, b.data.at, NULL, NULL, b.offsets, b.tags.at);
    OPEN(NULL, b.data.at, b.sealed.at, b.to.at, b.offsets, b.tags.at);
    OPEN(b.nonces.at, NULL, b.sealed.at, b.to.at, b.offsets, b.tags.at);
    OPEN(b.nonces.at, b.data.at, NULL, b.to.at, b.offsets, b.tags.at);
    OPEN(b.nonces.at, b.data.at, b.sealed.at, NULL, b.offsets, b.tags.at);
    OPEN(b.nonces.at, b.data.at, b.sealed.at, b.to.at, NULL, b.tags.at);
    OPEN(b.nonces.at, b.data.at, b.sealed.at, b.to.at, b.offsets, NULL);
    CHECK_FILLED(0xc3, b.to.at, b.to.length);
    batch_free(&b);
}

static const check_test tests[] = {
    TEST(a_batch_is_what_single_calls_make),
    TEST(in_place_is_byte_for_byte_the_same),
    TEST(forged_messages_are_zeros_and_the_others_open),
    TEST(no_messages_are_a_batch),
    TEST(bytes_that_no_message_has_are_left_alone),
    TEST(without_associated_data_is_with_empty_ones),
    TEST(offsets_that_descend_or_go_beyond_are_refused),
    TEST(counts_that_no_memory_holds_are_refused),
    TEST(offsets_at_an_odd_address_are_refused),
    TEST(null_is_an_invalid_argument),
};
const check_suite batch_suite = SUITE("batch", tests);
