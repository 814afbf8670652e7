/* Whole files: encrypted, decrypted, inspected; options, progress and paths. */
#include "suites.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "folder.h"
#include "samples.h"

#define KEY_HEX "4303835854832fee55b558d2b0a6c7441496cdddfb5c74eab5707e62b5d63ef2"
#define SAMPLE "turso/aegis256-4096-small.db"
#define PLAIN "turso/aegis256-4096-small.plain.db"

static pagecrypt_key *key_of_sample(void) {
    return key_from_hex(KEY_HEX, "aegis256");
}

static void samples_are_verified_inspected_and_decrypted_as_the_manifest_says(void) {
    json_t *manifest = vectors_json("turso/manifest.json");
    size_t index, member;
    const json_t *sample, *file;
    CHECK_EQUAL(11, json_array_size(json_object_get(manifest, "fixtures")));
    json_array_foreach(json_object_get(manifest, "fixtures"), index, sample) {
        folder place = folder_new();
        const char *name = text_of_member(sample, "file");
        char hash[65];
        uint64_t length = 0;
        json_array_foreach(json_object_get(sample, "files"), member, file) {
            const char *stored = json_string_value(file);
            char vector[256] = "turso/";
            strncat(vector, stored, sizeof vector - 7);
            folder_copy(&place, stored, vector);
            bytes content = folder_read(&place, stored);
            sha256_hex(content.at, content.length, hash);
            CHECK_TEXT(text_of_member(json_object_get(sample, "sha256_files"), stored), hash);
            length = member == 0 ? content.length : length;
            bytes_free(&content);
        }
        bool has_log = json_array_size(json_object_get(sample, "files")) > 1;
        const char *database = folder_at(&place, name);
        pagecrypt_cipher cipher = cipher_named(text_of_member(sample, "cipher"));
        size_t page_size = size_of_member(sample, "page_size"), pages = size_of_member(sample, "page_count");
        check_context("%s", name);

        pagecrypt_inspection *seen = NULL;
        SUCCEEDS(pagecrypt_inspect_file(database, &seen, E));
        CHECK_EQUAL(PAGECRYPT_FILE_TURSO, pagecrypt_inspection_format(seen));
        CHECK_EQUAL(0, pagecrypt_inspection_version(seen));
        CHECK_EQUAL(cipher, pagecrypt_inspection_cipher(seen));
        CHECK_EQUAL(page_size, pagecrypt_inspection_page_size(seen));
        CHECK_EQUAL(size_of_member(sample, "reserved_bytes"), pagecrypt_inspection_reserved_length(seen));
        CHECK_EQUAL(length, pagecrypt_inspection_length(seen));
        CHECK_EQUAL(length / page_size, pagecrypt_inspection_pages(seen));
        CHECK_EQUAL(0, pagecrypt_inspection_trailing_bytes(seen));
        CHECK(pagecrypt_inspection_problem(seen) == NULL && !pagecrypt_inspection_hot_journal(seen));
        CHECK_EQUAL(has_log, pagecrypt_inspection_has_log(seen));
        CHECK_EQUAL(has_log, pagecrypt_inspection_log_frames(seen) > 0);
        pagecrypt_inspection_free(seen);

        pagecrypt_key *key = key_from_hex(text_of_member(sample, "hexkey"), text_of_member(sample, "cipher"));
        pagecrypt_verify_report *report = NULL;
        SUCCEEDS(pagecrypt_verify_file(database, key, NULL, &report, E));
        CHECK(pagecrypt_verify_report_is_intact(report));
        CHECK_EQUAL(cipher, pagecrypt_verify_report_cipher(report));
        CHECK_EQUAL(pages, pagecrypt_verify_report_pages(report));
        pagecrypt_verify_report_free(report);
        SUCCEEDS(pagecrypt_verify_file(database, key, NULL, NULL, E));

        pagecrypt_summary *summary = NULL;
        SUCCEEDS(pagecrypt_decrypt_file(database, folder_at(&place, "plain"), key, NULL, &summary, E));
        CHECK_EQUAL(cipher, pagecrypt_summary_cipher(summary));
        CHECK_EQUAL(pagecrypt_key_engine(key), pagecrypt_summary_engine(summary));
        CHECK_EQUAL(PAGECRYPT_WAY_OPENED, pagecrypt_summary_way(summary));
        CHECK_EQUAL(page_size, pagecrypt_summary_source_page_size(summary));
        CHECK_EQUAL(page_size, pagecrypt_summary_page_size(summary));
        CHECK_EQUAL(pages, pagecrypt_summary_pages(summary));
        CHECK_EQUAL(pages * page_size, pagecrypt_summary_bytes(summary));
        CHECK_EQUAL(has_log, pagecrypt_summary_frames_applied(summary) > 0);
        pagecrypt_summary_free(summary);
        bytes plain = folder_read(&place, "plain");
        CHECK_EQUAL(pages * page_size, plain.length);
        sha256_hex(plain.at, plain.length, hash);
        CHECK_TEXT(text_of_member(sample, "decrypted_sha256"), hash);
        bytes_free(&plain);
        pagecrypt_key_free(key);
        folder_remove(&place);
    }
    json_decref(manifest);
}

/* What progress was told, and when it is to stop. */
typedef struct told {
    unsigned calls, stop_at;
    uint64_t done, total;
    bool ascending;
} told;

static bool tell(void *context, uint64_t done, uint64_t total) {
    told *so_far = context;
    so_far->ascending &= done >= so_far->done && total > 0;
    so_far->done = done;
    so_far->total = total;
    return ++so_far->calls != so_far->stop_at;
}

enum work { VERIFY, DECRYPT, ENCRYPT, COMPACT };

static pagecrypt_status run(enum work work, const folder *place, const pagecrypt_key *key, const pagecrypt_file_options *options,
                            pagecrypt_error **E) {
    const char *sealed = folder_at(place, "database"), *plain = folder_at(place, "source"), *to = folder_at(place, "destination");
    switch (work) {
    case VERIFY:
        return pagecrypt_verify_file(sealed, key, options, NULL, E);
    case DECRYPT:
        return pagecrypt_decrypt_file(sealed, to, key, options, NULL, E);
#ifndef WITHOUT_SQLITE
    case ENCRYPT:
        return pagecrypt_encrypt_file(plain, to, key, options, NULL, E);
    case COMPACT:
        return pagecrypt_decrypt_file_compact(sealed, to, key, options, NULL, E);
#endif
    default:
        (void)plain;
        return PAGECRYPT_ERROR_INTERNAL;
    }
}

#ifdef WITHOUT_SQLITE
static const enum work works[] = {VERIFY, DECRYPT};
#else
static const enum work works[] = {VERIFY, DECRYPT, ENCRYPT, COMPACT};
#endif

static void progress_counts_up_to_all_and_can_cancel_at_any_time(void) {
    pagecrypt_key *key = key_of_sample();
    pagecrypt_file_options *options = pagecrypt_file_options_new();
    for (size_t w = 0; w < LENGTH(works); w++) {
        folder place = folder_new();
        folder_copy(&place, "database", SAMPLE);
        folder_copy(&place, "source", PLAIN);
        folder_content before = folder_look(&place);
        told all = {.ascending = true};
        pagecrypt_file_options_set_progress(options, tell, &all);
        SUCCEEDS(run(works[w], &place, key, options, E));
        check_context("work %zu, %u calls", w, all.calls);
        CHECK(all.calls > 0 && all.ascending);
        CHECK_EQUAL(all.total, all.done);
        if (works[w] != VERIFY) {
            REQUIRE(unlink(folder_at(&place, "destination")) == 0);
        }
        for (unsigned stop = 1; stop <= all.calls; stop++) {
            told some = {.stop_at = stop, .ascending = true};
            pagecrypt_file_options_set_progress(options, tell, &some);
            pagecrypt_error *error = NULL;
            CHECK_EQUAL(PAGECRYPT_ERROR_CANCELLED, run(works[w], &place, key, options, &error));
            CHECK_EQUAL(PAGECRYPT_ERROR_CANCELLED, pagecrypt_error_status(error));
            CHECK_EQUAL(stop, some.calls);
            pagecrypt_error_free(error);
            folder_content after = folder_look(&place);
            CHECK(folder_same(&before, &after));
        }
        /* Nobody is told any more. */
        told none = {0};
        pagecrypt_file_options_set_progress(options, tell, &none);
        pagecrypt_file_options_set_progress(options, NULL, NULL);
        SUCCEEDS(run(works[w], &place, key, options, E));
        CHECK_EQUAL(0, none.calls);
        folder_remove(&place);
    }
    pagecrypt_file_options_free(options);
    pagecrypt_key_free(key);
}

static void an_existing_destination_is_replaced_only_by_force(void) {
    pagecrypt_key *key = key_of_sample();
    pagecrypt_file_options *options = pagecrypt_file_options_new();
    for (size_t w = 1; w < LENGTH(works); w++) {
        check_context("work %zu", w);
        folder place = folder_new();
        folder_copy(&place, "database", SAMPLE);
        folder_copy(&place, "source", PLAIN);
        bytes other = sample_bytes(10, 1);
        folder_write(&place, "destination", other);
        bytes_free(&other);
        folder_content before = folder_look(&place);
        FAILS(PAGECRYPT_ERROR_FILE_EXISTS, run(works[w], &place, key, NULL, E));
        pagecrypt_file_options_set_force(options, false);
        FAILS(PAGECRYPT_ERROR_FILE_EXISTS, run(works[w], &place, key, options, E));
        folder_content after = folder_look(&place);
        CHECK(folder_same(&before, &after));
        pagecrypt_file_options_set_force(options, true);
        SUCCEEDS(run(works[w], &place, key, options, E));
        bytes made = folder_read(&place, "destination");
        CHECK(made.length >= 4096);
        bytes_free(&made);
        folder_remove(&place);
    }
    pagecrypt_file_options_free(options);
    pagecrypt_key_free(key);
}

static void the_number_of_threads_does_not_change_what_is_found(void) {
    pagecrypt_key *key = key_of_sample();
    pagecrypt_file_options *options = pagecrypt_file_options_new();
    folder place = folder_new();
    folder_copy(&place, "database", SAMPLE);
    folder_flip(&place, "database", 3 * 4096 + 5);
    const size_t threads[] = {0, 1, 2, 3, 16};
    for (size_t i = 0; i < LENGTH(threads); i++) {
        check_context("%zu threads", threads[i]);
        pagecrypt_file_options_set_threads(options, threads[i]);
        pagecrypt_error *error = NULL;
        CHECK_EQUAL(PAGECRYPT_ERROR_AUTHENTICATION_FAILED,
                    pagecrypt_verify_file(folder_at(&place, "database"), key, options, NULL, &error));
        CHECK_EQUAL(4, pagecrypt_error_first(error));
        CHECK_EQUAL(1, pagecrypt_error_count(error));
        pagecrypt_error_free(error);
    }
    folder_remove(&place);
    pagecrypt_file_options_free(options);
    pagecrypt_key_free(key);
}

static void paths_that_are_no_files_are_told(void) {
    pagecrypt_key *key = key_of_sample();
    folder place = folder_new();
    folder_copy(&place, "database", SAMPLE);
    const char *absent = folder_at(&place, "absent");
    pagecrypt_error *error = NULL;
    pagecrypt_verify_report *report = check_poison();
    CHECK_EQUAL(PAGECRYPT_ERROR_IO, pagecrypt_verify_file(absent, key, NULL, &report, &error));
    CHECK(report == NULL);
    CHECK_TEXT(absent, pagecrypt_error_path(error));
    CHECK_EQUAL(ENOENT, pagecrypt_error_os_code(error));
    CHECK(strstr(pagecrypt_error_message(error), "absent") != NULL);
    pagecrypt_error_free(error);
    pagecrypt_inspection *seen;
    pagecrypt_page_reader *reader;
    pagecrypt_summary *summary;
    const char *const wrong[] = {absent, "", place.path, "/"};
    for (size_t i = 0; i < LENGTH(wrong); i++) {
        check_context("\"%s\"", wrong[i]);
        pagecrypt_status expected = i == 0 || i == 1 ? PAGECRYPT_ERROR_IO : PAGECRYPT_ERROR_INVALID_ARGUMENT;
        FAILS_NULL(expected, seen, pagecrypt_inspect_file(wrong[i], &seen, E));
        FAILS_NULL(expected, report, pagecrypt_verify_file(wrong[i], key, NULL, &report, E));
        FAILS_NULL(expected, reader, pagecrypt_page_reader_open(wrong[i], key, &reader, E));
        FAILS_NULL(expected, summary, pagecrypt_decrypt_file(wrong[i], folder_at(&place, "to"), key, NULL, &summary, E));
    }
    /* A destination in a folder that is not there, or that is a folder. */
    FAILS_NULL(PAGECRYPT_ERROR_IO, summary,
               pagecrypt_decrypt_file(folder_at(&place, "database"), folder_at(&place, "no/such"), key, NULL, &summary, E));
    check_context("a folder as destination");
    pagecrypt_file_options *force = pagecrypt_file_options_new();
    pagecrypt_file_options_set_force(force, true);
    CHECK(pagecrypt_decrypt_file(folder_at(&place, "database"), place.path, key, force, &summary, NULL) != PAGECRYPT_OK);
    check_context("the source as destination");
    FAILS_NULL(PAGECRYPT_ERROR_INVALID_ARGUMENT, summary,
               pagecrypt_decrypt_file(folder_at(&place, "database"), folder_at(&place, "database"), key, force, &summary, E));
    check_context("a very long path");
    bytes long_path = bytes_new(100001, 'p');
    long_path.at[100000] = 0;
    FAILS_NULL(PAGECRYPT_ERROR_IO, seen, pagecrypt_inspect_file((char *)long_path.at, &seen, E));
    bytes_free(&long_path);
    pagecrypt_file_options_free(force);
    folder_remove(&place);
    pagecrypt_key_free(key);
}

static void paths_need_not_be_utf_8(void) {
    pagecrypt_key *key = key_of_sample();
    folder place = folder_new();
    const char *name = "\xff\xfe\x80 not UTF-8", *to = "\xc3\x28";
    folder_copy(&place, name, SAMPLE);
    pagecrypt_verify_report *report = NULL;
    SUCCEEDS(pagecrypt_verify_file(folder_at(&place, name), key, NULL, &report, E));
    pagecrypt_verify_report_free(report);
    SUCCEEDS(pagecrypt_decrypt_file(folder_at(&place, name), folder_at(&place, to), key, NULL, NULL, E));
    CHECK(folder_has(&place, to));
#ifndef WITHOUT_SQLITE
    SUCCEEDS(pagecrypt_encrypt_file(folder_at(&place, to), folder_at(&place, "\x80"), key, NULL, NULL, E));
    SUCCEEDS(pagecrypt_decrypt_file_compact(folder_at(&place, "\x80"), folder_at(&place, "\x81"), key, NULL, NULL, E));
#endif
    pagecrypt_error *error = NULL;
    const char *absent = folder_at(&place, "\xfe");
    CHECK_EQUAL(PAGECRYPT_ERROR_IO, pagecrypt_verify_file(absent, key, NULL, NULL, &error));
    CHECK_TEXT(absent, pagecrypt_error_path(error));
    pagecrypt_error_free(error);
    folder_remove(&place);
    pagecrypt_key_free(key);
}

static void a_file_that_may_not_be_read_is_told(void) {
    pagecrypt_key *key = key_of_sample();
    folder place = folder_new();
    folder_copy(&place, "database", SAMPLE);
    const char *database = folder_at(&place, "database");
    REQUIRE(chmod(database, 0) == 0);
    pagecrypt_status expected = access(database, R_OK) == 0 ? PAGECRYPT_OK : PAGECRYPT_ERROR_FILE_PERMISSIONS; /* root may */
    CHECK_EQUAL(expected, pagecrypt_verify_file(database, key, NULL, NULL, NULL));
    REQUIRE(chmod(database, 0600) == 0);
    folder_remove(&place);
    pagecrypt_key_free(key);
}

static void a_decrypted_file_is_its_owner_s(void) {
    pagecrypt_key *key = key_of_sample();
    folder place = folder_new();
    folder_copy(&place, "database", SAMPLE);
    SUCCEEDS(pagecrypt_decrypt_file(folder_at(&place, "database"), folder_at(&place, "plain"), key, NULL, NULL, E));
    struct stat status;
    REQUIRE(stat(folder_at(&place, "plain"), &status) == 0);
    CHECK_EQUAL(0600, status.st_mode & 0777);
    folder_remove(&place);
    pagecrypt_key_free(key);
}

static void wrong_keys_are_told_from_damage(void) {
    folder place = folder_new();
    folder_copy(&place, "database", SAMPLE);
    const char *database = folder_at(&place, "database");
    pagecrypt_key *wrong = sample_key(PAGECRYPT_AEGIS256), *short_key = sample_key(PAGECRYPT_AEGIS128L);
    pagecrypt_verify_report *report;
    pagecrypt_page_reader *reader;
    pagecrypt_error *error = NULL;
    FAILS_NULL(PAGECRYPT_ERROR_WRONG_KEY, report, pagecrypt_verify_file(database, wrong, NULL, &report, E));
    FAILS_NULL(PAGECRYPT_ERROR_WRONG_KEY, reader, pagecrypt_page_reader_open(database, wrong, &reader, E));
    CHECK_EQUAL(PAGECRYPT_ERROR_WRONG_KEY, pagecrypt_verify_file(database, wrong, NULL, NULL, &error));
    CHECK(!pagecrypt_error_only_page(error));
    pagecrypt_error_free(error);
    CHECK_EQUAL(PAGECRYPT_ERROR_KEY_LENGTH, pagecrypt_verify_file(database, short_key, NULL, NULL, &error));
    CHECK_EQUAL(32, pagecrypt_error_expected(error));
    CHECK_EQUAL(16, pagecrypt_error_got(error));
    pagecrypt_error_free(error);

    /* Of one page, it may be damage. */
    REQUIRE(truncate(database, 4096) == 0);
    CHECK_EQUAL(PAGECRYPT_ERROR_WRONG_KEY, pagecrypt_verify_file(database, wrong, NULL, NULL, &error));
    CHECK(pagecrypt_error_only_page(error));
    pagecrypt_error_free(error);
    pagecrypt_key_free(wrong);
    pagecrypt_key_free(short_key);
    folder_remove(&place);
}

static void a_log_beside_the_destination_is_in_the_way(void) {
    pagecrypt_key *key = key_of_sample();
    folder place = folder_new();
    folder_copy(&place, "database", SAMPLE);
    folder_copy(&place, "destination-wal", "turso/aegis256-4096-walmixed.db-wal");
    pagecrypt_error *error = NULL;
    CHECK_EQUAL(PAGECRYPT_ERROR_LOCKED, run(DECRYPT, &place, key, NULL, &error));
    CHECK_EQUAL(PAGECRYPT_LOCKED_BY_LEFTOVER, pagecrypt_error_locked_by(error));
    pagecrypt_error_free(error);
    folder_remove(&place);
    pagecrypt_key_free(key);
}

/* As another copy of SQLite in this process does while it reads: closing the file would take its lock away. */
static void a_lock_of_this_process_is_not_taken_away(void) {
    pagecrypt_key *key = key_of_sample();
    pagecrypt_file_options *options = pagecrypt_file_options_new();
    pagecrypt_file_options_set_wait(options, 0);
    for (size_t w = 0; w < LENGTH(works); w++) {
        check_context("work %zu", w);
        folder place = folder_new();
        folder_copy(&place, "database", SAMPLE);
        folder_copy(&place, "source", PLAIN);
        bool encrypting = w == 2;
        int descriptor = open(folder_at(&place, encrypting ? "source" : "database"), O_RDWR);
        struct flock lock = {.l_type = F_RDLCK, .l_whence = SEEK_SET, .l_start = 0x40000002, .l_len = 510};
        REQUIRE(descriptor >= 0 && fcntl(descriptor, F_SETLK, &lock) == 0);
        pagecrypt_error *error = NULL;
        CHECK_EQUAL(PAGECRYPT_ERROR_LOCKED, run(works[w], &place, key, options, &error));
        CHECK_EQUAL(PAGECRYPT_LOCKED_BY_THIS_PROCESS, pagecrypt_error_locked_by(error));
        pagecrypt_error_free(error);
        CHECK(!folder_has(&place, "destination"));
        close(descriptor);
        SUCCEEDS(run(works[w], &place, key, options, E));
        folder_remove(&place);
    }
    pagecrypt_file_options_free(options);
    pagecrypt_key_free(key);
}

#ifndef WITHOUT_SQLITE
static void a_database_encrypted_under_every_cipher_opens_again(void) {
    for (size_t c = 0; c < TURSO_CIPHERS; c++) {
        check_context("%s", pagecrypt_cipher_name(all_ciphers[c]));
        folder place = folder_new();
        folder_copy(&place, "source", PLAIN);
        pagecrypt_key *key = sample_key(all_ciphers[c]);
        pagecrypt_summary *summary = NULL;
        bytes source = folder_read(&place, "source");
        SUCCEEDS(pagecrypt_encrypt_file(folder_at(&place, "source"), folder_at(&place, "sealed"), key, NULL, &summary, E));
        bytes sealed = folder_read(&place, "sealed"), same = folder_read(&place, "source");
        CHECK_BYTES(source.at, same.at, source.length);
        CHECK_EQUAL(all_ciphers[c], pagecrypt_summary_cipher(summary));
        CHECK_EQUAL(PAGECRYPT_WAY_REBUILT, pagecrypt_summary_way(summary));
        CHECK_EQUAL(4096, pagecrypt_summary_page_size(summary));
        CHECK_EQUAL(4096, pagecrypt_summary_source_page_size(summary));
        CHECK_EQUAL(sealed.length, pagecrypt_summary_bytes(summary));
        CHECK_EQUAL(sealed.length / 4096, pagecrypt_summary_pages(summary));
        CHECK_EQUAL(0, pagecrypt_summary_frames_applied(summary));
        pagecrypt_summary_free(summary);
        SUCCEEDS(pagecrypt_verify_file(folder_at(&place, "sealed"), key, NULL, NULL, E));

        /* Back without reserved bytes: what VACUUM makes of the source, which was its product already. */
        SUCCEEDS(pagecrypt_decrypt_file_compact(folder_at(&place, "sealed"), folder_at(&place, "compact"), key, NULL, &summary, E));
        CHECK_EQUAL(PAGECRYPT_WAY_REPACKED, pagecrypt_summary_way(summary));
        bytes compact = folder_read(&place, "compact");
        CHECK_EQUAL(compact.length, pagecrypt_summary_bytes(summary));
        CHECK_BYTES("SQLite format 3", compact.at, 16);
        CHECK_EQUAL(0, compact.at[20]);
        pagecrypt_summary_free(summary);

        /* Decrypted page by page and encrypted again, the pages are as they were. */
        SUCCEEDS(pagecrypt_decrypt_file(folder_at(&place, "sealed"), folder_at(&place, "plain"), key, NULL, NULL, E));
        SUCCEEDS(pagecrypt_encrypt_file(folder_at(&place, "plain"), folder_at(&place, "resealed"), key, NULL, &summary, E));
        CHECK_EQUAL(PAGECRYPT_WAY_SEALED, pagecrypt_summary_way(summary));
        pagecrypt_summary_free(summary);
        SUCCEEDS(pagecrypt_decrypt_file(folder_at(&place, "resealed"), folder_at(&place, "again"), key, NULL, NULL, E));
        bytes plain = folder_read(&place, "plain"), again = folder_read(&place, "again");
        REQUIRE(plain.length == again.length);
        /* SQLite's copy counts as a change of the schema: bytes 40 to 43. */
        CHECK_BYTES(plain.at, again.at, 40);
        CHECK_BYTES(plain.at + 44, again.at + 44, plain.length - 44);
        bytes *all[] = {&source, &sealed, &same, &compact, &plain, &again};
        for (size_t i = 0; i < LENGTH(all); i++) {
            bytes_free(all[i]);
        }
        pagecrypt_key_free(key);
        folder_remove(&place);
    }
}

static void what_turso_s_format_does_not_have_is_refused(void) {
    folder place = folder_new();
    folder_copy(&place, "source", PLAIN);
    folder_copy(&place, "database", SAMPLE);
    pagecrypt_key *chacha = sample_key(PAGECRYPT_CHACHA20POLY1305), *key = key_of_sample();
    const char *source = folder_at(&place, "source"), *to = folder_at(&place, "to");
    pagecrypt_summary *summary;
    folder_content before = folder_look(&place);
    FAILS_NULL(PAGECRYPT_ERROR_UNSUPPORTED_FORMAT, summary, pagecrypt_encrypt_file(source, to, chacha, NULL, &summary, E));
    FAILS_NULL(PAGECRYPT_ERROR_UNSUPPORTED_FORMAT, summary,
               pagecrypt_encrypt_file(folder_at(&place, "database"), to, key, NULL, &summary, E));
    FAILS_NULL(PAGECRYPT_ERROR_NOT_ENCRYPTED, summary, pagecrypt_decrypt_file_compact(source, to, key, NULL, &summary, E));
    FAILS_NULL(PAGECRYPT_ERROR_IO, summary,
               pagecrypt_encrypt_file(folder_at(&place, "absent"), to, key, NULL, &summary, E));
    FAILS_NULL(PAGECRYPT_ERROR_INVALID_ARGUMENT, summary, pagecrypt_encrypt_file(NULL, to, key, NULL, &summary, E));
    FAILS_NULL(PAGECRYPT_ERROR_INVALID_ARGUMENT, summary, pagecrypt_encrypt_file(source, NULL, key, NULL, &summary, E));
    FAILS_NULL(PAGECRYPT_ERROR_INVALID_ARGUMENT, summary, pagecrypt_decrypt_file_compact(NULL, to, key, NULL, &summary, E));
    FAILS_NULL(PAGECRYPT_ERROR_INVALID_ARGUMENT, summary,
               pagecrypt_decrypt_file_compact(folder_at(&place, "database"), NULL, key, NULL, &summary, E));
    folder_content after = folder_look(&place);
    CHECK(folder_same(&before, &after));
    pagecrypt_key_free(chacha);
    pagecrypt_key_free(key);
    folder_remove(&place);
}
#endif

static void null_is_an_invalid_argument(void) {
    pagecrypt_key *key = key_of_sample();
    folder place = folder_new();
    folder_copy(&place, "database", SAMPLE);
    const char *database = folder_at(&place, "database"), *to = folder_at(&place, "to");
    folder_content before = folder_look(&place);
    pagecrypt_summary *summary;
    pagecrypt_verify_report *report;
    pagecrypt_inspection *seen;
    FAILS_NULL(PAGECRYPT_ERROR_INVALID_ARGUMENT, seen, pagecrypt_inspect_file(NULL, &seen, E));
    FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT, pagecrypt_inspect_file(database, NULL, E));
    FAILS_NULL(PAGECRYPT_ERROR_INVALID_ARGUMENT, report, pagecrypt_verify_file(NULL, key, NULL, &report, E));
    FAILS_NULL(PAGECRYPT_ERROR_INVALID_ARGUMENT, report, pagecrypt_verify_file(database, NULL, NULL, &report, E));
    FAILS_NULL(PAGECRYPT_ERROR_INVALID_ARGUMENT, summary, pagecrypt_decrypt_file(NULL, to, key, NULL, &summary, E));
    FAILS_NULL(PAGECRYPT_ERROR_INVALID_ARGUMENT, summary, pagecrypt_decrypt_file(database, NULL, key, NULL, &summary, E));
    FAILS_NULL(PAGECRYPT_ERROR_INVALID_ARGUMENT, summary, pagecrypt_decrypt_file(database, to, NULL, NULL, &summary, E));
    folder_content after = folder_look(&place);
    CHECK(folder_same(&before, &after));
    pagecrypt_file_options_free(NULL);
    pagecrypt_summary_free(NULL);
    pagecrypt_verify_report_free(NULL);
    pagecrypt_inspection_free(NULL);
    folder_remove(&place);
    pagecrypt_key_free(key);
}

static const check_test tests[] = {
    TEST(samples_are_verified_inspected_and_decrypted_as_the_manifest_says),
    TEST(progress_counts_up_to_all_and_can_cancel_at_any_time),
    TEST(an_existing_destination_is_replaced_only_by_force),
    TEST(the_number_of_threads_does_not_change_what_is_found),
    TEST(paths_that_are_no_files_are_told),
    TEST(paths_need_not_be_utf_8),
    TEST(a_file_that_may_not_be_read_is_told),
    TEST(a_decrypted_file_is_its_owner_s),
    TEST(wrong_keys_are_told_from_damage),
    TEST(a_log_beside_the_destination_is_in_the_way),
    TEST(a_lock_of_this_process_is_not_taken_away),
    SQLITE_TEST(a_database_encrypted_under_every_cipher_opens_again),
    SQLITE_TEST(what_turso_s_format_does_not_have_is_refused),
    TEST(null_is_an_invalid_argument),
};
const check_suite file_suite = SUITE("file", tests);
