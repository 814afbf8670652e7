/* The plain view of an encrypted file. */
#include "suites.h"

#include <string.h>

#include "folder.h"
#include "samples.h"

/* A sample with its log, its decrypted file, and a reader. */
typedef struct scene {
    folder place;
    bytes plain;
    pagecrypt_key *key;
    pagecrypt_page_reader *reader;
    size_t page_size;
} scene;

static scene scene_of(const char *sample, const char *hex, const char *cipher, bool log) {
    scene made = {.place = folder_new(), .key = key_from_hex(hex, cipher)};
    char vector[128] = "turso/";
    strncat(vector, sample, 100);
    folder_copy(&made.place, "database", vector);
    if (log) {
        strncat(vector, "-wal", 5);
        folder_copy(&made.place, "database-wal", vector);
    }
    const char *database = folder_at(&made.place, "database");
    SUCCEEDS(pagecrypt_decrypt_file(database, folder_at(&made.place, "plain"), made.key, NULL, NULL, E));
    made.plain = folder_read(&made.place, "plain");
    SUCCEEDS(pagecrypt_page_reader_open(database, made.key, &made.reader, E));
    made.page_size = pagecrypt_page_reader_page_size(made.reader);
    return made;
}

static void scene_free(scene *scene) {
    pagecrypt_page_reader_free(scene->reader);
    pagecrypt_key_free(scene->key);
    bytes_free(&scene->plain);
    folder_remove(&scene->place);
}

static scene mixed(void) {
    return scene_of("aegis256-4096-walmixed.db", "4303835854832fee55b558d2b0a6c7441496cdddfb5c74eab5707e62b5d63ef2", "aegis256",
                    true);
}

static scene small(void) {
    return scene_of("aes128gcm-512-small.db", "5529036f1f0151fa8e542767a293af52", "aes128gcm", false);
}

static void check_ranges(scene *scene) {
    bytes to = bytes_new(scene->plain.length + 100, 0);
    uint64_t length = scene->plain.length, page = scene->page_size;
    const uint64_t offsets[] = {0, 1, 15, 16, 99, 100, page - 1, page, page + 1, 3 * page - 1, length / 2, length - page - 1,
                                length - 1, length, length + 1, UINT64_MAX, UINT64_MAX - 4096};
    const size_t lengths[] = {0, 1, 2, 100, (size_t)page - 1, (size_t)page, (size_t)page + 1, 5 * (size_t)page + 3, to.length};
    for (size_t o = 0; o < LENGTH(offsets); o++) {
        for (size_t l = 0; l < LENGTH(lengths); l++) {
            check_context("%zu bytes at %llu", lengths[l], (unsigned long long)offsets[o]);
            uint64_t left = offsets[o] < length ? length - offsets[o] : 0;
            size_t expected = lengths[l] < left ? lengths[l] : (size_t)left, got = 77;
            memset(to.at, 0xee, to.length);
            SUCCEEDS(pagecrypt_page_reader_read_at(scene->reader, offsets[o], to.at, lengths[l], &got, E));
            CHECK_EQUAL(expected, got);
            if (expected > 0) {
                CHECK_BYTES(scene->plain.at + offsets[o], to.at, expected);
            }
            CHECK_FILLED(0xee, to.at + lengths[l], to.length - lengths[l]);
        }
    }
    bytes_free(&to);
}

static void every_range_is_that_of_the_decrypted_file(void) {
    scene with_log = mixed(), without = small();
    CHECK(pagecrypt_page_reader_frames_applied(with_log.reader) > 0);
    CHECK_EQUAL(0, pagecrypt_page_reader_frames_applied(without.reader));
    scene *scenes[] = {&with_log, &without};
    for (size_t s = 0; s < 2; s++) {
        CHECK_EQUAL(pagecrypt_key_cipher(scenes[s]->key), pagecrypt_page_reader_cipher(scenes[s]->reader));
        CHECK_EQUAL(scenes[s]->plain.length, pagecrypt_page_reader_length(scenes[s]->reader));
        CHECK_EQUAL(scenes[s]->plain.length / scenes[s]->page_size, pagecrypt_page_reader_page_count(scenes[s]->reader));
        check_ranges(scenes[s]);
        SUCCEEDS(pagecrypt_page_reader_check_unchanged(scenes[s]->reader, E));
        scene_free(scenes[s]);
    }
}

static void pages_are_those_of_the_decrypted_file(void) {
    scene scene = mixed();
    uint32_t count = pagecrypt_page_reader_page_count(scene.reader);
    bytes to = bytes_new(scene.plain.length, 0xee);
    SUCCEEDS(pagecrypt_page_reader_read_pages(scene.reader, 1, to.at, to.length, E));
    CHECK_BYTES(scene.plain.at, to.at, to.length);
    for (uint32_t first = 1; first <= count; first++) {
        SUCCEEDS(pagecrypt_page_reader_read_pages(scene.reader, first, to.at, scene.page_size, E));
        CHECK_BYTES(scene.plain.at + (first - 1) * scene.page_size, to.at, scene.page_size);
    }
    FAILS(PAGECRYPT_ERROR_PAGE_NUMBER, pagecrypt_page_reader_read_pages(scene.reader, 0, to.at, scene.page_size, E));
    FAILS(PAGECRYPT_ERROR_PAGE_NUMBER, pagecrypt_page_reader_read_pages(scene.reader, count + 1, to.at, scene.page_size, E));
    FAILS(PAGECRYPT_ERROR_PAGE_NUMBER, pagecrypt_page_reader_read_pages(scene.reader, count, to.at, 2 * scene.page_size, E));
    FAILS(PAGECRYPT_ERROR_BUFFER_LENGTH, pagecrypt_page_reader_read_pages(scene.reader, 1, to.at, scene.page_size - 1, E));
    FAILS(PAGECRYPT_ERROR_BUFFER_LENGTH, pagecrypt_page_reader_read_pages(scene.reader, 1, to.at, 1, E));
    FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT, pagecrypt_page_reader_read_pages(scene.reader, 1, to.at, SIZE_MAX, E));
    FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT, pagecrypt_page_reader_read_pages(scene.reader, 1, NULL, scene.page_size, E));
    SUCCEEDS(pagecrypt_page_reader_read_pages(scene.reader, 1, NULL, 0, E));
    size_t got = 77;
    FAILS_ZERO(PAGECRYPT_ERROR_INVALID_ARGUMENT, got, pagecrypt_page_reader_read_at(scene.reader, 0, NULL, 1, &got, E));
    FAILS_ZERO(PAGECRYPT_ERROR_INVALID_ARGUMENT, got, pagecrypt_page_reader_read_at(scene.reader, 0, to.at, SIZE_MAX, &got, E));
    FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT, pagecrypt_page_reader_read_at(scene.reader, 0, to.at, 1, NULL, E));
    SUCCEEDS(pagecrypt_page_reader_read_at(scene.reader, 0, NULL, 0, &got, E));
    pagecrypt_page_reader *none;
    FAILS_NULL(PAGECRYPT_ERROR_INVALID_ARGUMENT, none, pagecrypt_page_reader_open(NULL, scene.key, &none, E));
    FAILS_NULL(PAGECRYPT_ERROR_INVALID_ARGUMENT, none,
               pagecrypt_page_reader_open(folder_at(&scene.place, "database"), NULL, &none, E));
    FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT,
          pagecrypt_page_reader_open(folder_at(&scene.place, "database"), scene.key, NULL, E));
    bytes_free(&to);
    scene_free(&scene);
    pagecrypt_page_reader_free(NULL);
}

static void damage_is_found_when_it_is_read_and_hands_out_nothing(void) {
    scene scene = small();
    folder_flip(&scene.place, "database", 9 * 512 + 77); /* page 10 */
    pagecrypt_page_reader *reader = NULL;
    SUCCEEDS(pagecrypt_page_reader_open(folder_at(&scene.place, "database"), scene.key, &reader, E));
    bytes to = bytes_new(20 * 512, 0xee);
    SUCCEEDS(pagecrypt_page_reader_read_pages(reader, 1, to.at, 9 * 512, E));
    pagecrypt_error *error = NULL;
    CHECK_EQUAL(PAGECRYPT_ERROR_AUTHENTICATION_FAILED,
                pagecrypt_page_reader_read_pages(reader, 1, to.at, to.length, &error));
    CHECK_EQUAL(PAGECRYPT_UNIT_PAGE, pagecrypt_error_unit(error));
    CHECK_EQUAL(10, pagecrypt_error_first(error));
    pagecrypt_error_free(error);
    CHECK_FILLED(0, to.at, to.length);
    memset(to.at, 0xee, to.length);
    size_t got = 77;
    FAILS_ZERO(PAGECRYPT_ERROR_AUTHENTICATION_FAILED, got,
               pagecrypt_page_reader_read_at(reader, 9 * 512 + 500, to.at, 100, &got, E));
    CHECK_FILLED(0, to.at, 100);
    CHECK_FILLED(0xee, to.at + 100, to.length - 100);
    SUCCEEDS(pagecrypt_page_reader_read_at(reader, 10 * 512, to.at, 100, &got, E));
    CHECK_EQUAL(100, got);
    pagecrypt_page_reader_free(reader);
    bytes_free(&to);
    scene_free(&scene);
}

static void a_file_that_changed_is_noticed(void) {
    scene scene = small();
    SUCCEEDS(pagecrypt_page_reader_check_unchanged(scene.reader, E));
    bytes longer = bytes_new(100 * 512, 1);
    folder_write(&scene.place, "database", longer);
    pagecrypt_error *error = NULL;
    CHECK_EQUAL(PAGECRYPT_ERROR_LOCKED, pagecrypt_page_reader_check_unchanged(scene.reader, &error));
    CHECK_EQUAL(PAGECRYPT_LOCKED_BY_CHANGE, pagecrypt_error_locked_by(error));
    pagecrypt_error_free(error);
    bytes_free(&longer);
    scene_free(&scene);
}

static const check_test tests[] = {
    TEST(every_range_is_that_of_the_decrypted_file),
    TEST(pages_are_those_of_the_decrypted_file),
    TEST(damage_is_found_when_it_is_read_and_hands_out_nothing),
    TEST(a_file_that_changed_is_noticed),
};
const check_suite reader_suite = SUITE("reader", tests);
