/* Reports on damage, and what is seen without a key. */
#include "suites.h"

#include <string.h>
#include <unistd.h>

#include "folder.h"
#include "samples.h"

#define KEY_HEX "4303835854832fee55b558d2b0a6c7441496cdddfb5c74eab5707e62b5d63ef2"
#define SAMPLE "turso/aegis256-4096-small.db"
#define MIXED "turso/aegis256-4096-walmixed.db"

static pagecrypt_verify_report *report_of(const folder *place, pagecrypt_status expected) {
    pagecrypt_key *key = key_from_hex(KEY_HEX, "aegis256");
    pagecrypt_verify_report *report = NULL;
    pagecrypt_error *error = NULL;
    pagecrypt_status status = pagecrypt_verify_file(folder_at(place, "database"), key, NULL, &report, &error);
    CHECK_EQUAL(expected, status);
    CHECK_EQUAL(status, pagecrypt_error_status(error));
    REQUIRE(report != NULL);
    CHECK_EQUAL(status == PAGECRYPT_OK, pagecrypt_verify_report_is_intact(report));
    CHECK_EQUAL(status == PAGECRYPT_OK, pagecrypt_verify_report_finding_count(report) == 0);
    CHECK_EQUAL(PAGECRYPT_AEGIS256, pagecrypt_verify_report_cipher(report));
    CHECK_EQUAL(pagecrypt_key_engine(key), pagecrypt_verify_report_engine(report));
    CHECK_EQUAL(4096, pagecrypt_verify_report_page_size(report));
    pagecrypt_error_free(error);
    pagecrypt_key_free(key);
    return report;
}

typedef const pagecrypt_range *ranges_of(const pagecrypt_verify_report *, size_t *);

/* A list of ranges is these; its numbers, two a range. */
static void check_ranges(const pagecrypt_verify_report *report, ranges_of *get, size_t count, const uint32_t numbers[]) {
    size_t length = 77;
    const pagecrypt_range *ranges = get(report, &length);
    CHECK_EQUAL(count, length);
    CHECK_EQUAL(count == 0, ranges == NULL);
    for (size_t i = 0; i < count && i < length; i++) {
        CHECK_EQUAL(numbers[2 * i], ranges[i].first);
        CHECK_EQUAL(numbers[2 * i + 1], ranges[i].last);
    }
}
#define RANGES(get, count, ...) check_ranges(report, pagecrypt_verify_report_##get, count, (const uint32_t[]){__VA_ARGS__})
#define NO_RANGES(get) RANGES(get, 0, 0)

static void damaged_pages_are_ranges(void) {
    folder place = folder_new();
    folder_copy(&place, "database", SAMPLE);
    const size_t damaged[] = {3, 5, 6, 7, 30};
    for (size_t i = 0; i < LENGTH(damaged); i++) {
        folder_flip(&place, "database", (damaged[i] - 1) * 4096 + 10 * i);
    }
    pagecrypt_verify_report *report = report_of(&place, PAGECRYPT_ERROR_AUTHENTICATION_FAILED);
    RANGES(damaged_pages, 3, 3, 3, 5, 7, 30, 30);
    NO_RANGES(missing_pages);
    NO_RANGES(surplus_pages);
    NO_RANGES(foreign_pages);
    NO_RANGES(log_damaged);
    CHECK_EQUAL(30, pagecrypt_verify_report_pages(report));
    CHECK_EQUAL(30, pagecrypt_verify_report_pages_checked(report));
    CHECK_EQUAL(1, pagecrypt_verify_report_finding_count(report));
    CHECK(strstr(pagecrypt_verify_report_finding(report, 0), "3, 5-7, 30") != NULL);
    CHECK(pagecrypt_verify_report_finding(report, 1) == NULL);
    CHECK(pagecrypt_verify_report_finding(report, SIZE_MAX) == NULL);
    CHECK(!pagecrypt_verify_report_has_log(report));
    pagecrypt_verify_report_free(report);
    folder_remove(&place);
}

static void a_cut_file_misses_pages(void) {
    folder place = folder_new();
    folder_copy(&place, "database", SAMPLE);
    REQUIRE(truncate(folder_at(&place, "database"), 20 * 4096 + 100) == 0);
    pagecrypt_verify_report *report = report_of(&place, PAGECRYPT_ERROR_MALFORMED);
    RANGES(missing_pages, 1, 21, 30);
    NO_RANGES(damaged_pages);
    CHECK_EQUAL(20, pagecrypt_verify_report_pages_checked(report));
    pagecrypt_verify_report_free(report);
    folder_remove(&place);
}

static void what_follows_the_last_page_is_its_own_or_foreign(void) {
    folder place = folder_new();
    bytes file = vectors_file(SAMPLE), longer = bytes_new(file.length + 3 * 4096 + 7, 0x11);
    memcpy(longer.at, file.at, file.length);
    memcpy(longer.at + file.length, file.at + 4096, 4096); /* page 31 opens: a copy of page 2, left over */
    folder_write(&place, "database", longer);
    pagecrypt_verify_report *report = report_of(&place, PAGECRYPT_ERROR_MALFORMED);
    RANGES(surplus_pages, 1, 31, 31);
    RANGES(foreign_pages, 1, 32, 33);
    NO_RANGES(damaged_pages);
    CHECK_EQUAL(7, pagecrypt_verify_report_trailing_bytes(report));
    CHECK_EQUAL(30, pagecrypt_verify_report_pages(report));
    CHECK_EQUAL(33, pagecrypt_verify_report_pages_checked(report));
    pagecrypt_verify_report_free(report);
    bytes_free(&file);
    bytes_free(&longer);
    folder_remove(&place);
}

static void damaged_fields_of_the_header_are_named(void) {
    static const size_t offsets[] = {0, 5, 6, 9, 16, 20};
    folder place = folder_new();
    for (size_t i = 0; i < LENGTH(offsets); i++) {
        check_context("byte %zu", offsets[i]);
        folder_copy(&place, "database", SAMPLE);
        folder_flip(&place, "database", offsets[i]);
        pagecrypt_verify_report *report = report_of(&place, PAGECRYPT_ERROR_AUTHENTICATION_FAILED);
        RANGES(damaged_pages, 1, 1, 1);
        CHECK_EQUAL(1, pagecrypt_verify_report_damaged_header_count(report));
        CHECK(pagecrypt_verify_report_damaged_header(report, 0) != NULL);
        CHECK(strlen(pagecrypt_verify_report_damaged_header(report, 0)) > 3);
        CHECK(pagecrypt_verify_report_damaged_header(report, 1) == NULL);
        pagecrypt_verify_report_free(report);
    }
    folder_remove(&place);
}

static void copy_mixed(const folder *place) {
    folder_copy(place, "database", MIXED);
    folder_copy(place, "database-wal", MIXED "-wal");
}

static void a_log_is_counted_and_its_damage_located(void) {
    folder place = folder_new();
    copy_mixed(&place);
    bytes log = folder_read(&place, "database-wal");
    size_t frame = 4096 + PAGECRYPT_WAL_FRAME_HEADER_LENGTH, frames = (log.length - PAGECRYPT_WAL_HEADER_LENGTH) / frame;
    pagecrypt_verify_report *report = report_of(&place, PAGECRYPT_OK);
    uint64_t committed = pagecrypt_verify_report_log_committed(report);
    CHECK(pagecrypt_verify_report_has_log(report));
    CHECK_EQUAL(frames, pagecrypt_verify_report_log_frames(report));
    CHECK(committed > 0);
    CHECK_EQUAL(frames, committed + pagecrypt_verify_report_log_uncommitted(report) + pagecrypt_verify_report_log_stale(report));
    CHECK_EQUAL((log.length - PAGECRYPT_WAL_HEADER_LENGTH) % frame, pagecrypt_verify_report_log_torn_bytes(report));
    CHECK(pagecrypt_verify_report_log_problem(report) == NULL);
    NO_RANGES(log_damaged);
    pagecrypt_verify_report_free(report);

    /* A damaged frame, and bytes of one that was never finished. */
    folder_flip(&place, "database-wal", PAGECRYPT_WAL_HEADER_LENGTH + frame + 500);
    pagecrypt_key *key = key_from_hex(KEY_HEX, "aegis256");
    pagecrypt_error *error = NULL;
    report = report_of(&place, PAGECRYPT_ERROR_AUTHENTICATION_FAILED);
    size_t length = 0;
    const pagecrypt_range *damaged = pagecrypt_verify_report_log_damaged(report, &length);
    REQUIRE(length > 0 && damaged != NULL);
    CHECK_EQUAL(2, damaged[0].first);
    CHECK_EQUAL(PAGECRYPT_ERROR_AUTHENTICATION_FAILED,
                pagecrypt_verify_file(folder_at(&place, "database"), key, NULL, NULL, &error));
    CHECK_EQUAL(PAGECRYPT_UNIT_FRAME, pagecrypt_error_unit(error));
    CHECK_EQUAL(2, pagecrypt_error_first(error));
    pagecrypt_error_free(error);
    pagecrypt_verify_report_free(report);

    /* A log whose header is damaged cannot be applied. */
    copy_mixed(&place);
    folder_flip(&place, "database-wal", 0);
    report = report_of(&place, PAGECRYPT_ERROR_MALFORMED);
    CHECK(pagecrypt_verify_report_log_problem(report) != NULL);
    pagecrypt_verify_report_free(report);
    pagecrypt_key_free(key);
    bytes_free(&log);
    folder_remove(&place);
}

static void an_inspection_tells_of_plain_and_of_unknown_files(void) {
    folder place = folder_new();
    folder_copy(&place, "plain", "turso/aegis256-4096-small.plain.db");
    bytes unknown = sample_bytes(10000, 1), empty = bytes_new(0, 0);
    folder_write(&place, "unknown", unknown);
    folder_write(&place, "empty", empty);
    pagecrypt_inspection *seen = NULL;
    SUCCEEDS(pagecrypt_inspect_file(folder_at(&place, "plain"), &seen, E));
    CHECK_EQUAL(PAGECRYPT_FILE_SQLITE, pagecrypt_inspection_format(seen));
    CHECK_EQUAL(-1, pagecrypt_inspection_version(seen));
    CHECK_EQUAL(0, pagecrypt_inspection_cipher(seen));
    CHECK_EQUAL(0, pagecrypt_inspection_reserved_length(seen));
    CHECK_EQUAL(4096, pagecrypt_inspection_page_size(seen));
    CHECK_EQUAL(pagecrypt_inspection_header_pages(seen), pagecrypt_inspection_pages(seen));
    CHECK(!pagecrypt_inspection_has_log(seen));
    pagecrypt_inspection_free(seen);
    const char *const others[] = {"unknown", "empty"};
    for (size_t i = 0; i < 2; i++) {
        check_context("%s", others[i]);
        SUCCEEDS(pagecrypt_inspect_file(folder_at(&place, others[i]), &seen, E));
        CHECK_EQUAL(PAGECRYPT_FILE_UNKNOWN, pagecrypt_inspection_format(seen));
        CHECK_EQUAL(i == 0 ? 10000 : 0, pagecrypt_inspection_length(seen));
        CHECK_EQUAL(-1, pagecrypt_inspection_version(seen));
        CHECK_EQUAL(-1, pagecrypt_inspection_reserved_length(seen));
        CHECK_EQUAL(0, pagecrypt_inspection_page_size(seen));
        CHECK_EQUAL(0, pagecrypt_inspection_pages(seen));
        pagecrypt_inspection_free(seen);
    }
    CHECK_TEXT("turso", pagecrypt_file_format_name(PAGECRYPT_FILE_TURSO));
    CHECK_TEXT("sqlite", pagecrypt_file_format_name(PAGECRYPT_FILE_SQLITE));
    CHECK_TEXT("unknown", pagecrypt_file_format_name(PAGECRYPT_FILE_UNKNOWN));
    CHECK(pagecrypt_file_format_name(3) == NULL && pagecrypt_file_format_name(-1) == NULL);
    bytes_free(&unknown);
    bytes_free(&empty);
    folder_remove(&place);
}

static void an_inspection_tells_what_is_wrong_with_a_header_and_a_log(void) {
    folder place = folder_new();
    copy_mixed(&place);
    pagecrypt_inspection *seen = NULL;
    SUCCEEDS(pagecrypt_inspect_file(folder_at(&place, "database"), &seen, E));
    CHECK(pagecrypt_inspection_has_log(seen) && pagecrypt_inspection_log_problem(seen) == NULL);
    CHECK_EQUAL(24, pagecrypt_inspection_log_committed_pages(seen));
    CHECK_EQUAL(74192, pagecrypt_inspection_log_length(seen));
    CHECK_EQUAL(0, pagecrypt_inspection_log_torn_bytes(seen));
    CHECK_EQUAL(pagecrypt_inspection_log_frames(seen), pagecrypt_inspection_log_committed(seen) + pagecrypt_inspection_log_stale(seen));
    pagecrypt_inspection_free(seen);
    folder_flip(&place, "database", 15);
    folder_flip(&place, "database-wal", 5);
    SUCCEEDS(pagecrypt_inspect_file(folder_at(&place, "database"), &seen, E));
    CHECK(pagecrypt_inspection_problem(seen) != NULL && strstr(pagecrypt_inspection_problem(seen), "zero") != NULL);
    CHECK(pagecrypt_inspection_log_problem(seen) != NULL);
    CHECK_EQUAL(0, pagecrypt_inspection_log_committed_pages(seen));
    pagecrypt_inspection_free(seen);
    folder_remove(&place);
}

static const check_test tests[] = {
    TEST(damaged_pages_are_ranges),
    TEST(a_cut_file_misses_pages),
    TEST(what_follows_the_last_page_is_its_own_or_foreign),
    TEST(damaged_fields_of_the_header_are_named),
    TEST(a_log_is_counted_and_its_damage_located),
    TEST(an_inspection_tells_of_plain_and_of_unknown_files),
    TEST(an_inspection_tells_what_is_wrong_with_a_header_and_a_log),
};
const check_suite report_suite = SUITE("report", tests);
