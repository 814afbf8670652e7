/* const handles used by many threads at once, and by a forked child. */
#include "suites.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "folder.h"
#include "samples.h"

#define THREADS 8
#define PAGES 16
#ifndef ROUNDS
#define ROUNDS 20
#endif

/* What all threads share. */
static const pagecrypt_key *shared_key;
static const pagecrypt_page_codec *shared_codec;
static const pagecrypt_page_reader *shared_reader;
static bytes shared_plain, shared_database;
static pthread_barrier_t together;

/* A thread, and what it leaves. */
typedef struct worker {
    pthread_t thread;
    size_t number;
    uint8_t nonces[ROUNDS * PAGES][32];
} worker;

static worker workers[THREADS];

static void run_together(void *(*work)(void *)) {
    REQUIRE(pthread_barrier_init(&together, NULL, THREADS) == 0);
    for (size_t i = 0; i < THREADS; i++) {
        workers[i].number = i;
        REQUIRE(pthread_create(&workers[i].thread, NULL, work, &workers[i]) == 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        CHECK(pthread_join(workers[i].thread, NULL) == 0);
    }
    pthread_barrier_destroy(&together);
}

static void *seal_and_open_messages(void *argument) {
    const worker *self = argument;
    pthread_barrier_wait(&together);
    for (size_t round = 0; round < ROUNDS; round++) {
        uint8_t nonce[32] = {0}, tag[16], to[1000], back[1000];
        nonce[0] = (uint8_t)self->number;
        nonce[1] = (uint8_t)round;
        SUCCEEDS(pagecrypt_seal_one_assume_unique_nonce(shared_key, nonce, 32, NULL, 0, shared_plain.at, 1000, to, 1000, tag, E));
        SUCCEEDS(pagecrypt_open_one(shared_key, nonce, 32, NULL, 0, to, 1000, back, 1000, tag, E));
        CHECK_BYTES(shared_plain.at, back, 1000);
        tag[round % 16] ^= 1;
        FAILS(PAGECRYPT_ERROR_AUTHENTICATION_FAILED, pagecrypt_open_one(shared_key, nonce, 32, NULL, 0, to, 1000, back, 1000, tag, E));
        CHECK_FILLED(0, back, 1000);
        pagecrypt_key *clone = NULL;
        SUCCEEDS(pagecrypt_key_clone(shared_key, &clone, E));
        CHECK(pagecrypt_key_equal(shared_key, clone));
        pagecrypt_key_free(clone);
    }
    return NULL;
}

static void one_key_serves_eight_threads(void) {
    pagecrypt_key *key = sample_key(PAGECRYPT_AEGIS256);
    shared_key = key;
    shared_plain = sample_bytes(1000, 1);
    run_together(seal_and_open_messages);
    bytes_free(&shared_plain);
    pagecrypt_key_free(key);
}

static void *seal_and_open_pages(void *argument) {
    worker *self = argument;
    bytes pages = bytes_new(shared_plain.length, 0), back = bytes_new(shared_plain.length, 0);
    pthread_barrier_wait(&together);
    for (size_t round = 0; round < ROUNDS; round++) {
        SUCCEEDS(pagecrypt_seal_pages_into(shared_codec, 2, shared_plain.at, shared_plain.length, pages.at, pages.length, E));
        for (size_t i = 0; i < PAGES; i++) {
            memcpy(self->nonces[round * PAGES + i], pages.at + (i + 1) * SMALL_PAGE - 32, 32);
        }
        SUCCEEDS(pagecrypt_open_pages_into(shared_codec, 2, pages.at, pages.length, back.at, back.length, E));
        CHECK_BYTES(shared_plain.at, back.at, back.length);
        pages.at[self->number * SMALL_PAGE + round] ^= 1;
        pagecrypt_error *error = NULL;
        CHECK_EQUAL(PAGECRYPT_ERROR_AUTHENTICATION_FAILED, pagecrypt_open_pages(shared_codec, 2, pages.at, pages.length, &error));
        CHECK_EQUAL(self->number + 2, pagecrypt_error_first(error));
        CHECK_EQUAL(1, pagecrypt_error_count(error));
        pagecrypt_error_free(error);
    }
    bytes_free(&pages);
    bytes_free(&back);
    return NULL;
}

static int by_bytes(const void *one, const void *other) {
    return memcmp(one, other, 32);
}

static void one_codec_serves_eight_threads_and_no_nonce_comes_twice(void) {
    pagecrypt_key *key = sample_key(PAGECRYPT_AEGIS256);
    pagecrypt_page_codec *codec = NULL;
    SUCCEEDS(pagecrypt_page_codec_new_turso(key, SMALL_PAGE, &codec, E));
    shared_codec = codec;
    shared_plain = sample_pages(codec, 2, PAGES);
    run_together(seal_and_open_pages);
    CHECK_EQUAL(THREADS * ROUNDS * PAGES, pagecrypt_key_seals(key));
    bytes nonces = bytes_new(sizeof workers[0].nonces * THREADS, 0);
    for (size_t i = 0; i < THREADS; i++) {
        memcpy(nonces.at + i * sizeof workers[0].nonces, workers[i].nonces, sizeof workers[0].nonces);
    }
    qsort(nonces.at, nonces.length / 32, 32, by_bytes);
    for (size_t i = 32; i < nonces.length; i += 32) {
        CHECK(memcmp(nonces.at + i - 32, nonces.at + i, 32) != 0);
    }
    bytes_free(&nonces);
    bytes_free(&shared_plain);
    pagecrypt_page_codec_free(codec);
    pagecrypt_key_free(key);
}

static void *read_pages(void *argument) {
    const worker *self = argument;
    size_t page_size = pagecrypt_page_reader_page_size(shared_reader);
    uint32_t count = pagecrypt_page_reader_page_count(shared_reader);
    bytes to = bytes_new(3 * page_size, 0);
    pthread_barrier_wait(&together);
    for (size_t round = 0; round < ROUNDS; round++) {
        uint32_t first = 1 + (uint32_t)((self->number * 5 + round * 3) % (count - 2));
        SUCCEEDS(pagecrypt_page_reader_read_pages(shared_reader, first, to.at, to.length, E));
        CHECK_BYTES(shared_database.at + (first - 1) * page_size, to.at, to.length);
        uint64_t offset = (self->number * 9973 + round * 7919) % shared_database.length;
        size_t got = 0, expected = shared_database.length - offset < 5000 ? (size_t)(shared_database.length - offset) : 5000;
        SUCCEEDS(pagecrypt_page_reader_read_at(shared_reader, offset, to.at, 5000, &got, E));
        CHECK_EQUAL(expected, got);
        CHECK_BYTES(shared_database.at + offset, to.at, got);
        FAILS(PAGECRYPT_ERROR_PAGE_NUMBER, pagecrypt_page_reader_read_pages(shared_reader, count, to.at, to.length, E));
    }
    bytes_free(&to);
    return NULL;
}

static void one_reader_serves_eight_threads(void) {
    folder place = folder_new();
    folder_copy(&place, "database", "turso/aegis256-4096-walmixed.db");
    folder_copy(&place, "database-wal", "turso/aegis256-4096-walmixed.db-wal");
    pagecrypt_key *key = key_from_hex("4303835854832fee55b558d2b0a6c7441496cdddfb5c74eab5707e62b5d63ef2", "aegis256");
    pagecrypt_page_reader *reader = NULL;
    SUCCEEDS(pagecrypt_decrypt_file(folder_at(&place, "database"), folder_at(&place, "plain"), key, NULL, NULL, E));
    SUCCEEDS(pagecrypt_page_reader_open(folder_at(&place, "database"), key, &reader, E));
    pagecrypt_key_free(key);
    shared_reader = reader;
    shared_database = folder_read(&place, "plain");
    run_together(read_pages);
    bytes_free(&shared_database);
    pagecrypt_page_reader_free(reader);
    folder_remove(&place);
}

/* Errors belong to their calls: threads that fail at once each see their own. */
static void *fail_differently(void *argument) {
    const worker *self = argument;
    pthread_barrier_wait(&together);
    for (size_t round = 0; round < ROUNDS; round++) {
        uint8_t raw[64] = {0};
        pagecrypt_key *key;
        pagecrypt_error *error = NULL;
        size_t length = 1 + self->number;
        CHECK_EQUAL(PAGECRYPT_ERROR_KEY_LENGTH, pagecrypt_key_new(raw, length, PAGECRYPT_AEGIS256, &key, &error));
        CHECK_EQUAL(length, pagecrypt_error_got(error));
        pagecrypt_error_free(error);
    }
    return NULL;
}

static void errors_of_threads_do_not_mix(void) {
    run_together(fail_differently);
}

static void a_forked_child_draws_other_nonces(void) {
    pagecrypt_page_codec *codec = sample_codec(PAGECRYPT_AEGIS256, SMALL_PAGE);
    bytes ours = sample_pages(codec, 2, PAGES), theirs = bytes_copy(ours.at, ours.length);
    bytes warm = bytes_copy(ours.at, ours.length);
    SUCCEEDS(pagecrypt_seal_pages(codec, 2, warm.at, warm.length, E)); /* whatever state there is, both inherit it */
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    pid_t child = fork();
    REQUIRE(child >= 0);
    pagecrypt_status status = pagecrypt_seal_pages(codec, 2, ours.at, ours.length, NULL);
    if (child == 0) {
        bool written = write(ends[1], ours.at, ours.length) == (ssize_t)ours.length;
        pagecrypt_page_codec_free(codec); /* a copy of the parent's */
        bytes_free(&ours);
        bytes_free(&theirs);
        bytes_free(&warm);
        _exit(status == PAGECRYPT_OK && written ? 0 : 1);
    }
    CHECK_EQUAL(PAGECRYPT_OK, status);
    close(ends[1]);
    size_t got = 0;
    for (ssize_t more; got < theirs.length && (more = read(ends[0], theirs.at + got, theirs.length - got)) > 0;) {
        got += (size_t)more;
    }
    close(ends[0]);
    int ended = -1;
    CHECK(waitpid(child, &ended, 0) == child && WIFEXITED(ended) && WEXITSTATUS(ended) == 0);
    REQUIRE(got == theirs.length);
    for (size_t i = 1; i <= PAGES; i++) {
        for (size_t j = 1; j <= PAGES; j++) {
            CHECK(memcmp(ours.at + i * SMALL_PAGE - 32, theirs.at + j * SMALL_PAGE - 32, 32) != 0);
        }
    }
    SUCCEEDS(pagecrypt_open_pages(codec, 2, theirs.at, theirs.length, E));
    bytes_free(&ours);
    bytes_free(&theirs);
    bytes_free(&warm);
    pagecrypt_page_codec_free(codec);
}

static const check_test tests[] = {
    TEST(one_key_serves_eight_threads),
    TEST(one_codec_serves_eight_threads_and_no_nonce_comes_twice),
    TEST(one_reader_serves_eight_threads),
    TEST(errors_of_threads_do_not_mix),
    TEST(a_forked_child_draws_other_nonces),
};
const check_suite threads_suite = SUITE("threads", tests);
