/* Handles of the wrong type, freed ones and NULL: refused by every function. */
#include "suites.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "folder.h"
#include "samples.h"

enum kind { KEY, CODEC, CHAIN, OPTIONS, SUMMARY, REPORT, INSPECTION, READER, ERROR, KINDS };

static const char *const kind_names[KINDS] = {"key",    "page_codec", "wal_chain", "file_options", "summary",
                                              "report", "inspection", "reader",    "error"};

/* One handle of each type, and what they are of. */
static void *handles[KINDS];
static folder place;

static void set_up(void) {
    place = folder_new();
    folder_copy(&place, "database", "turso/aes128gcm-512-small.db");
    pagecrypt_key *key = key_from_hex("5529036f1f0151fa8e542767a293af52", "aes128gcm");
    pagecrypt_page_codec *codec = NULL;
    pagecrypt_wal_chain *chain = NULL;
    pagecrypt_summary *summary = NULL;
    pagecrypt_verify_report *report = NULL;
    pagecrypt_inspection *inspection = NULL;
    pagecrypt_page_reader *reader = NULL;
    pagecrypt_error *error = NULL;
    uint8_t header[PAGECRYPT_WAL_HEADER_LENGTH];
    const char *database = folder_at(&place, "database");
    sample_log_header(512, header);
    SUCCEEDS(pagecrypt_page_codec_new_turso(key, 512, &codec, E));
    SUCCEEDS(pagecrypt_wal_chain_start(header, sizeof header, &chain, E));
    SUCCEEDS(pagecrypt_decrypt_file(database, folder_at(&place, "plain"), key, NULL, &summary, E));
    SUCCEEDS(pagecrypt_verify_file(database, key, NULL, &report, E));
    SUCCEEDS(pagecrypt_inspect_file(database, &inspection, E));
    SUCCEEDS(pagecrypt_page_reader_open(database, key, &reader, E));
    pagecrypt_key *none;
    CHECK_EQUAL(PAGECRYPT_ERROR_UNKNOWN_CIPHER, pagecrypt_key_generate(0, &none, &error));
    void *const made[KINDS] = {key, codec, chain, pagecrypt_file_options_new(), summary, report, inspection, reader, error};
    memcpy(handles, made, sizeof handles);
    for (size_t i = 0; i < KINDS; i++) {
        REQUIRE(handles[i] != NULL);
    }
}

static void tear_down(void) {
    pagecrypt_key_free(handles[KEY]);
    pagecrypt_page_codec_free(handles[CODEC]);
    pagecrypt_wal_chain_free(handles[CHAIN]);
    pagecrypt_file_options_free(handles[OPTIONS]);
    pagecrypt_summary_free(handles[SUMMARY]);
    pagecrypt_verify_report_free(handles[REPORT]);
    pagecrypt_inspection_free(handles[INSPECTION]);
    pagecrypt_page_reader_free(handles[READER]);
    pagecrypt_error_free(handles[ERROR]);
    folder_remove(&place);
}

/* Functions that can fail, each with valid arguments but for the handle; what they make, they free. */
static uint8_t buffer[2 * 1024], other_buffer[2 * 1024], tag[16], nonce[12];
static const size_t offsets[] = {0, 100};
static uint32_t words[2];
static bool yes;
static size_t size;

#define FALLIBLE(name, ...)                                                                                            \
    static pagecrypt_status name(void *handle, pagecrypt_error **E) {                                                  \
        return __VA_ARGS__;                                                                                            \
    }
#define MAKING(name, type, release, ...)                                                                               \
    static pagecrypt_status name(void *handle, pagecrypt_error **E) {                                                  \
        type *made = check_poison();                                                                                   \
        pagecrypt_status status = __VA_ARGS__;                                                                         \
        CHECK((status == PAGECRYPT_OK) == (made != NULL));                                                             \
        release(made);                                                                                                 \
        return status;                                                                                                 \
    }

MAKING(with_engine, pagecrypt_key, pagecrypt_key_free, pagecrypt_key_with_engine(handle, PAGECRYPT_ENGINE_PORTABLE, &made, E))
MAKING(with_cipher, pagecrypt_key, pagecrypt_key_free, pagecrypt_key_with_cipher(handle, PAGECRYPT_AEGIS128L, &made, E))
MAKING(clone, pagecrypt_key, pagecrypt_key_free, pagecrypt_key_clone(handle, &made, E))
FALLIBLE(key_bytes, pagecrypt_key_bytes(handle, buffer, 16, E))
FALLIBLE(key_text, pagecrypt_key_text(handle, PAGECRYPT_HEX, (char *)buffer, 65, &size, E))
FALLIBLE(seal_one, pagecrypt_seal_one_assume_unique_nonce(handle, nonce, 12, NULL, 0, buffer, 100, other_buffer, 100, tag, E))
FALLIBLE(open_one, pagecrypt_open_one(handle, nonce, 12, NULL, 0, other_buffer, 100, buffer, 100, tag, E))
FALLIBLE(seal_batch, pagecrypt_seal_batch_assume_unique_nonces(handle, 1, nonce, NULL, 0, NULL, buffer, other_buffer, 100,
                                                               offsets, tag, E))
FALLIBLE(open_batch, pagecrypt_open_batch(handle, 1, nonce, NULL, 0, NULL, other_buffer, buffer, 100, offsets, tag, NULL, E))
MAKING(codec_new, pagecrypt_page_codec, pagecrypt_page_codec_free, pagecrypt_page_codec_new_turso(handle, 4096, &made, E))
MAKING(reader_open, pagecrypt_page_reader, pagecrypt_page_reader_free,
       pagecrypt_page_reader_open(folder_at(&place, "database"), handle, &made, E))
MAKING(verify_with_key, pagecrypt_verify_report, pagecrypt_verify_report_free,
       pagecrypt_verify_file(folder_at(&place, "database"), handle, NULL, &made, E))
MAKING(decrypt_with_key, pagecrypt_summary, pagecrypt_summary_free,
       pagecrypt_decrypt_file(folder_at(&place, "database"), folder_at(&place, "plain"), handle, handles[OPTIONS], &made, E))
MAKING(verify_with_options, pagecrypt_verify_report, pagecrypt_verify_report_free,
       pagecrypt_verify_file(folder_at(&place, "database"), handles[KEY], handle, &made, E))
MAKING(decrypt_with_options, pagecrypt_summary, pagecrypt_summary_free,
       pagecrypt_decrypt_file(folder_at(&place, "database"), folder_at(&place, "plain"), handles[KEY], handle, &made, E))
FALLIBLE(seal_pages, pagecrypt_seal_pages(handle, 2, buffer, 512, E))
FALLIBLE(open_pages, pagecrypt_open_pages(handle, 2, buffer, 512, E))
FALLIBLE(seal_pages_into, pagecrypt_seal_pages_into(handle, 2, buffer, 512, other_buffer, 512, E))
FALLIBLE(open_pages_into, pagecrypt_open_pages_into(handle, 2, other_buffer, 512, buffer, 512, E))
FALLIBLE(seal_frames, pagecrypt_seal_frames(handle, handles[CHAIN], buffer, 536, E))
FALLIBLE(open_frames_into, pagecrypt_open_frames_into(handle, 1, buffer, 536, other_buffer, 536, E))
FALLIBLE(open_frames, pagecrypt_open_frames(handle, 1, buffer, 536, E))
FALLIBLE(seal_frames_with_chain, pagecrypt_seal_frames(handles[CODEC], handle, buffer, 536, E))
FALLIBLE(checksum, pagecrypt_wal_chain_checksum(handle, &words[0], &words[1], E))
FALLIBLE(accept, pagecrypt_wal_chain_accept(handle, buffer, 536, &yes, E))
FALLIBLE(read_pages, pagecrypt_page_reader_read_pages(handle, 1, buffer, 512, E))
FALLIBLE(read_at, pagecrypt_page_reader_read_at(handle, 0, buffer, 512, &size, E))
FALLIBLE(check_unchanged, pagecrypt_page_reader_check_unchanged(handle, E))
#ifndef WITHOUT_SQLITE
MAKING(encrypt_with_key, pagecrypt_summary, pagecrypt_summary_free,
       pagecrypt_encrypt_file(folder_at(&place, "plain"), folder_at(&place, "again"), handle, handles[OPTIONS], &made, E))
MAKING(compact_with_key, pagecrypt_summary, pagecrypt_summary_free,
       pagecrypt_decrypt_file_compact(folder_at(&place, "database"), folder_at(&place, "compact"), handle, handles[OPTIONS],
                                      &made, E))
MAKING(encrypt_with_options, pagecrypt_summary, pagecrypt_summary_free,
       pagecrypt_encrypt_file(folder_at(&place, "plain"), folder_at(&place, "again"), handles[KEY], handle, &made, E))
MAKING(compact_with_options, pagecrypt_summary, pagecrypt_summary_free,
       pagecrypt_decrypt_file_compact(folder_at(&place, "database"), folder_at(&place, "compact"), handles[KEY], handle, &made,
                                      E))
#endif

static const struct {
    const char *name;
    enum kind kind;
    bool optional; /* NULL stands for the defaults */
    pagecrypt_status (*call)(void *handle, pagecrypt_error **error);
} fallible[] = {
    {"key_with_engine", KEY, false, with_engine},
    {"key_with_cipher", KEY, false, with_cipher},
    {"key_clone", KEY, false, clone},
    {"key_bytes", KEY, false, key_bytes},
    {"key_text", KEY, false, key_text},
    {"seal_one", KEY, false, seal_one},
    {"open_one", KEY, false, open_one},
    {"seal_batch", KEY, false, seal_batch},
    {"open_batch", KEY, false, open_batch},
    {"page_codec_new", KEY, false, codec_new},
    {"page_reader_open", KEY, false, reader_open},
    {"verify_file", KEY, false, verify_with_key},
    {"seal_pages", CODEC, false, seal_pages},
    {"open_pages", CODEC, false, open_pages},
    {"seal_pages_into", CODEC, false, seal_pages_into},
    {"open_pages_into", CODEC, false, open_pages_into},
    {"seal_frames", CODEC, false, seal_frames},
    {"open_frames_into", CODEC, false, open_frames_into},
    {"open_frames", CODEC, false, open_frames},
    {"seal_frames, the chain", CHAIN, false, seal_frames_with_chain},
    {"wal_chain_checksum", CHAIN, false, checksum},
    {"wal_chain_accept", CHAIN, false, accept},
    {"page_reader_read_pages", READER, false, read_pages},
    {"page_reader_read_at", READER, false, read_at},
    {"page_reader_check_unchanged", READER, false, check_unchanged},
    {"verify_file, the options", OPTIONS, true, verify_with_options},
    {"decrypt_file", KEY, false, decrypt_with_key},
    {"decrypt_file, the options", OPTIONS, true, decrypt_with_options},
#ifndef WITHOUT_SQLITE
    {"encrypt_file", KEY, false, encrypt_with_key},
    {"encrypt_file, the options", OPTIONS, true, encrypt_with_options},
    {"decrypt_file_compact", KEY, false, compact_with_key},
    {"decrypt_file_compact, the options", OPTIONS, true, compact_with_options},
#endif
};

static void only_the_right_handle_is_taken(void) {
    set_up();
    pagecrypt_file_options_set_force(handles[OPTIONS], true);
    for (size_t f = 0; f < LENGTH(fallible); f++) {
        if (!fallible[f].optional) {
            check_context("%s of NULL", fallible[f].name);
            FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT, fallible[f].call(NULL, E));
        }
        for (size_t kind = 0; kind < KINDS; kind++) {
            check_context("%s of a %s", fallible[f].name, kind_names[kind]);
            if (kind != fallible[f].kind) {
                FAILS(PAGECRYPT_ERROR_INVALID_ARGUMENT, fallible[f].call(handles[kind], E));
                continue;
            }
            /* That it works with the right one, so that it was the handle that was refused. What is sealed or opened
               need not be authentic here. */
            memset(buffer, 0, sizeof buffer);
            buffer[3] = 2;
            pagecrypt_error *error = NULL;
            pagecrypt_status status = fallible[f].call(handles[kind], &error);
            CHECK(status == PAGECRYPT_OK || status == PAGECRYPT_ERROR_AUTHENTICATION_FAILED);
            pagecrypt_error_free(error);
        }
    }
    tear_down();
}

/* Functions that tell one number, or a pointer as one. */
#define GETTER(function)                                                                                               \
    static uint64_t get_##function(void *handle) {                                                                     \
        return (uint64_t)pagecrypt_##function(handle);                                                                 \
    }
#define POINTER_GETTER(function, ...)                                                                                  \
    static uint64_t get_##function(void *handle) {                                                                     \
        size_t length = 77;                                                                                            \
        (void)length;                                                                                                  \
        const void *pointer = pagecrypt_##function(__VA_ARGS__);                                                       \
        return (uint64_t)(uintptr_t)pointer;                                                                           \
    }
#define RANGES_GETTER(function)                                                                                        \
    static uint64_t get_##function(void *handle) {                                                                     \
        size_t length = 77;                                                                                            \
        const void *pointer = pagecrypt_##function(handle, &length);                                                   \
        CHECK((pointer == NULL) == (length == 0));                                                                     \
        CHECK(pagecrypt_##function(handle, NULL) == pointer);                                                          \
        return (uint64_t)(uintptr_t)pointer;                                                                           \
    }
GETTER(key_cipher)
GETTER(key_engine)
GETTER(key_seals)
GETTER(page_codec_cipher)
GETTER(page_codec_engine)
GETTER(page_codec_format)
GETTER(page_codec_page_size)
GETTER(page_codec_reserved_length)
GETTER(page_codec_frame_length)
GETTER(error_status)
GETTER(error_unit)
GETTER(error_first)
GETTER(error_count)
RANGES_GETTER(error_numbers)
GETTER(error_expected)
GETTER(error_got)
GETTER(error_locked_by)
GETTER(error_only_page)
POINTER_GETTER(error_path, handle)
GETTER(error_os_code)
GETTER(summary_cipher)
GETTER(summary_engine)
GETTER(summary_way)
GETTER(summary_source_page_size)
GETTER(summary_page_size)
GETTER(summary_pages)
GETTER(summary_bytes)
GETTER(summary_frames_applied)
GETTER(verify_report_is_intact)
GETTER(verify_report_cipher)
GETTER(verify_report_engine)
GETTER(verify_report_page_size)
GETTER(verify_report_pages)
GETTER(verify_report_pages_checked)
GETTER(verify_report_trailing_bytes)
GETTER(verify_report_finding_count)
POINTER_GETTER(verify_report_finding, handle, 0)
RANGES_GETTER(verify_report_damaged_pages)
RANGES_GETTER(verify_report_missing_pages)
RANGES_GETTER(verify_report_surplus_pages)
RANGES_GETTER(verify_report_foreign_pages)
GETTER(verify_report_damaged_header_count)
POINTER_GETTER(verify_report_damaged_header, handle, 0)
GETTER(verify_report_has_log)
GETTER(verify_report_log_frames)
GETTER(verify_report_log_committed)
GETTER(verify_report_log_uncommitted)
GETTER(verify_report_log_stale)
GETTER(verify_report_log_torn_bytes)
RANGES_GETTER(verify_report_log_damaged)
POINTER_GETTER(verify_report_log_problem, handle)
GETTER(inspection_format)
GETTER(inspection_cipher)
GETTER(inspection_page_size)
GETTER(inspection_length)
GETTER(inspection_pages)
GETTER(inspection_header_pages)
GETTER(inspection_trailing_bytes)
POINTER_GETTER(inspection_problem, handle)
GETTER(inspection_hot_journal)
GETTER(inspection_has_log)
GETTER(inspection_log_length)
GETTER(inspection_log_frames)
GETTER(inspection_log_committed)
GETTER(inspection_log_stale)
GETTER(inspection_log_torn_bytes)
GETTER(inspection_log_committed_pages)
POINTER_GETTER(inspection_log_problem, handle)
GETTER(page_reader_cipher)
GETTER(page_reader_page_size)
GETTER(page_reader_page_count)
GETTER(page_reader_length)
GETTER(page_reader_frames_applied)

#define GETTERS(X)                                                                                                     \
    X(KEY, key_cipher) X(KEY, key_engine) X(KEY, key_seals)                                                            \
    X(CODEC, page_codec_cipher) X(CODEC, page_codec_engine) X(CODEC, page_codec_format) X(CODEC, page_codec_page_size) \
    X(CODEC, page_codec_reserved_length) X(CODEC, page_codec_frame_length)                                             \
    X(ERROR, error_status) X(ERROR, error_unit) X(ERROR, error_first) X(ERROR, error_count) X(ERROR, error_numbers)    \
    X(ERROR, error_expected) X(ERROR, error_got) X(ERROR, error_locked_by) X(ERROR, error_only_page)                   \
    X(ERROR, error_path) X(ERROR, error_os_code)                                                                       \
    X(SUMMARY, summary_cipher) X(SUMMARY, summary_engine) X(SUMMARY, summary_way)                                      \
    X(SUMMARY, summary_source_page_size) X(SUMMARY, summary_page_size) X(SUMMARY, summary_pages)                       \
    X(SUMMARY, summary_bytes) X(SUMMARY, summary_frames_applied)                                                       \
    X(REPORT, verify_report_is_intact) X(REPORT, verify_report_cipher) X(REPORT, verify_report_engine)                 \
    X(REPORT, verify_report_page_size) X(REPORT, verify_report_pages) X(REPORT, verify_report_pages_checked)           \
    X(REPORT, verify_report_trailing_bytes) X(REPORT, verify_report_finding_count) X(REPORT, verify_report_finding)    \
    X(REPORT, verify_report_damaged_pages) X(REPORT, verify_report_missing_pages)                                      \
    X(REPORT, verify_report_surplus_pages) X(REPORT, verify_report_foreign_pages)                                      \
    X(REPORT, verify_report_damaged_header_count) X(REPORT, verify_report_damaged_header)                              \
    X(REPORT, verify_report_has_log) X(REPORT, verify_report_log_frames) X(REPORT, verify_report_log_committed)        \
    X(REPORT, verify_report_log_uncommitted) X(REPORT, verify_report_log_stale)                                        \
    X(REPORT, verify_report_log_torn_bytes) X(REPORT, verify_report_log_damaged) X(REPORT, verify_report_log_problem)  \
    X(INSPECTION, inspection_format) X(INSPECTION, inspection_cipher) X(INSPECTION, inspection_page_size)              \
    X(INSPECTION, inspection_length) X(INSPECTION, inspection_pages) X(INSPECTION, inspection_header_pages)            \
    X(INSPECTION, inspection_trailing_bytes) X(INSPECTION, inspection_problem) X(INSPECTION, inspection_hot_journal)   \
    X(INSPECTION, inspection_has_log) X(INSPECTION, inspection_log_length) X(INSPECTION, inspection_log_frames)        \
    X(INSPECTION, inspection_log_committed) X(INSPECTION, inspection_log_stale)                                        \
    X(INSPECTION, inspection_log_torn_bytes) X(INSPECTION, inspection_log_committed_pages)                             \
    X(INSPECTION, inspection_log_problem)                                                                              \
    X(READER, page_reader_cipher) X(READER, page_reader_page_size) X(READER, page_reader_page_count)                   \
    X(READER, page_reader_length) X(READER, page_reader_frames_applied)
#define ENTRY(kind, function) {#function, kind, get_##function},

static const struct {
    const char *name;
    enum kind kind;
    uint64_t (*get)(void *handle);
} getters[] = {GETTERS(ENTRY)};

static void getters_give_zero_for_null_and_for_other_handles(void) {
    set_up();
    for (size_t g = 0; g < LENGTH(getters); g++) {
        check_context("%s of NULL", getters[g].name);
        CHECK_EQUAL(0, getters[g].get(NULL));
        for (size_t kind = 0; kind < KINDS; kind++) {
            check_context("%s of a %s", getters[g].name, kind_names[kind]);
            if (kind != getters[g].kind) {
                CHECK_EQUAL(0, getters[g].get(handles[kind]));
            } else {
                getters[g].get(handles[kind]);
            }
        }
    }
    for (size_t kind = 0; kind < KINDS; kind++) {
        check_context("a %s", kind_names[kind]);
        bool inspection = kind == INSPECTION, error = kind == ERROR;
        CHECK_EQUAL(inspection ? 0 : -1, pagecrypt_inspection_version(handles[kind]));
        CHECK_EQUAL(inspection ? 28 : -1, pagecrypt_inspection_reserved_length(handles[kind]));
        CHECK((strlen(pagecrypt_error_message(handles[kind])) > 0) == error);
        CHECK_EQUAL(kind == KEY, pagecrypt_key_equal(handles[kind], handles[KEY]));
        CHECK_EQUAL(kind == KEY, pagecrypt_key_equal(handles[KEY], handles[kind]));
    }
    check_context("NULL");
    CHECK_EQUAL(-1, pagecrypt_inspection_version(NULL));
    CHECK_EQUAL(-1, pagecrypt_inspection_reserved_length(NULL));
    tear_down();
}

static void options_of_another_type_are_left_alone(void) {
    set_up();
    for (size_t kind = 0; kind <= KINDS; kind++) {
        void *handle = kind == KINDS ? NULL : handles[kind];
        pagecrypt_file_options_set_force(handle, true);
        pagecrypt_file_options_set_wait(handle, 1);
        pagecrypt_file_options_set_threads(handle, 1);
        pagecrypt_file_options_set_progress(handle, NULL, NULL);
    }
    CHECK_EQUAL(PAGECRYPT_AES128GCM, pagecrypt_key_cipher(handles[KEY]));
    CHECK_EQUAL(512, pagecrypt_page_codec_page_size(handles[CODEC]));
    tear_down();
}

typedef void release(void *handle);
#define RELEASE(function)                                                                                              \
    static void release_##function(void *handle) {                                                                     \
        pagecrypt_##function##_free(handle);                                                                           \
    }
RELEASE(key)
RELEASE(page_codec)
RELEASE(wal_chain)
RELEASE(file_options)
RELEASE(summary)
RELEASE(verify_report)
RELEASE(inspection)
RELEASE(page_reader)
RELEASE(error)

static release *const releases[KINDS] = {release_key,           release_page_codec, release_wal_chain,
                                         release_file_options,  release_summary,    release_verify_report,
                                         release_inspection,    release_page_reader, release_error};

static void freeing_another_type_or_null_does_nothing(void) {
    set_up();
    for (size_t f = 0; f < KINDS; f++) {
        releases[f](NULL);
        for (size_t kind = 0; kind < KINDS; kind++) {
            if (kind != f) {
                releases[f](handles[kind]);
            }
        }
    }
    CHECK_EQUAL(PAGECRYPT_AES128GCM, pagecrypt_key_cipher(handles[KEY]));
    CHECK_EQUAL(512, pagecrypt_page_codec_page_size(handles[CODEC]));
    CHECK_EQUAL(64, pagecrypt_page_reader_page_count(handles[READER]));
    tear_down();
}

/* Reads memory that was freed: nothing is promised, and yet it is noticed while nobody else has the memory. In a child
   process, so that a crash is a failed check. */
static void handles_freed_twice_are_refused(void) {
    set_up();
    const unsigned long before = check_failures();
    for (size_t kind = 0; kind < KINDS; kind++) {
        check_context("%s", kind_names[kind]);
        pid_t child = fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            releases[kind](handles[kind]);
            releases[kind](handles[kind]);
            for (size_t g = 0; g < LENGTH(getters); g++) {
                if (getters[g].kind == kind && getters[g].get(handles[kind]) != 0) {
                    _exit(2);
                }
            }
            for (size_t f = 0; f < LENGTH(fallible); f++) {
                if (fallible[f].kind == kind &&
                    fallible[f].call(handles[kind], NULL) != PAGECRYPT_ERROR_INVALID_ARGUMENT) {
                    _exit(3);
                }
            }
            _exit(check_failures() > before);
        }
        int status = -1;
        CHECK(waitpid(child, &status, 0) == child);
        CHECK(WIFEXITED(status));
        CHECK_EQUAL(0, WIFEXITED(status) ? WEXITSTATUS(status) : status);
    }
    tear_down();
}

static const check_test tests[] = {
    TEST(only_the_right_handle_is_taken),
    TEST(getters_give_zero_for_null_and_for_other_handles),
    TEST(options_of_another_type_are_left_alone),
    TEST(freeing_another_type_or_null_does_nothing),
    TEST(handles_freed_twice_are_refused),
};
const check_suite handles_suite = SUITE("handles", tests);
