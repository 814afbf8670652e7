/* Every case of vectors/errors.json, as vectors/README.md describes them. */
#include "suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "folder.h"
#include "samples.h"

/* A case, and what came of it. */
typedef struct outcome {
    pagecrypt_status status;
    pagecrypt_error *error;
} outcome;

static json_t *cases_file;
static const json_t *current;

static void unknown(const char *what) {
    check_context("%s: %s", text_of_member(current, "operation"), text_of_member(current, "name"));
    fprintf(stderr, "this runner does not know %s\n", what);
    REQUIRE(!"an unknown operation or field");
}

/* Every field of an object is one of these; NULL at the end. */
static void only_fields(const json_t *object, const char *const fields[]) {
    const char *field;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)object, field, value) {
        size_t i = 0;
        while (fields[i] != NULL && strcmp(fields[i], field) != 0) {
            i++;
        }
        if (fields[i] == NULL) {
            unknown(field);
        }
    }
}
#define FIELDS(object, ...) only_fields(object, (const char *const[]){__VA_ARGS__, NULL})

/* Bytes as the file describes them. */
static bytes described(const json_t *object) {
    FIELDS(object, "hex", "zeros", "file", "offset", "length", "put");
    bytes made;
    if (json_object_get(object, "hex") != NULL) {
        made = bytes_of_member(object, "hex");
    } else if (json_object_get(object, "zeros") != NULL) {
        made = bytes_new(size_of_member(object, "zeros"), 0);
    } else {
        bytes file = vectors_file(text_of_member(object, "file"));
        size_t offset = json_object_get(object, "offset") ? size_of_member(object, "offset") : 0;
        size_t length = json_object_get(object, "length") ? size_of_member(object, "length") : file.length - offset;
        REQUIRE(offset <= file.length && length <= file.length - offset);
        made = bytes_copy(file.at + offset, length);
        bytes_free(&file);
    }
    size_t index;
    const json_t *put;
    json_array_foreach(json_object_get(object, "put"), index, put) {
        REQUIRE(json_array_size(put) == 2);
        size_t offset = (size_t)json_integer_value(json_array_get(put, 0));
        bytes part = bytes_from_hex(json_string_value(json_array_get(put, 1)));
        REQUIRE(offset + part.length <= made.length);
        memcpy(made.at + offset, part.at, part.length);
        bytes_free(&part);
    }
    return made;
}

static pagecrypt_key *key_of(const json_t *input) {
    bytes raw = bytes_of_member(input, "key");
    pagecrypt_key *key = NULL;
    SUCCEEDS(pagecrypt_key_new(raw.at, raw.length, cipher_named(text_of_member(input, "cipher")), &key, E));
    bytes_free(&raw);
    return key;
}

static void cipher_from_name(const json_t *input, outcome *out) {
    FIELDS(input, "name");
    pagecrypt_cipher cipher = 77;
    out->status = pagecrypt_cipher_from_name(text_of_member(input, "name"), &cipher, &out->error);
    CHECK((cipher == 0) == (out->status != PAGECRYPT_OK));
}

static void cipher_from_number(const json_t *input, outcome *out) {
    FIELDS(input, "number");
    pagecrypt_cipher cipher = (pagecrypt_cipher)size_of_member(input, "number");
    pagecrypt_engine engine = 77;
    out->status = pagecrypt_cipher_engine(cipher, &engine, &out->error);
    CHECK((engine == 0) == (out->status != PAGECRYPT_OK));
    CHECK((pagecrypt_cipher_name(cipher) == NULL) == (out->status != PAGECRYPT_OK));
}

static void engine_from_name(const json_t *input, outcome *out) {
    FIELDS(input, "name");
    pagecrypt_engine engine = 77;
    out->status = pagecrypt_engine_from_name(text_of_member(input, "name"), &engine, &out->error);
    CHECK((engine == 0) == (out->status != PAGECRYPT_OK));
}

static void key_from_text(const json_t *input, outcome *out) {
    FIELDS(input, "text", "cipher");
    const char *text = text_of_member(input, "text"), *cipher = json_string_value(json_object_get(input, "cipher"));
    pagecrypt_key *key = check_poison();
    out->status = pagecrypt_key_from_text(text, strlen(text), cipher == NULL ? 0 : cipher_named(cipher), &key, &out->error);
    CHECK((key == NULL) == (out->status != PAGECRYPT_OK));
    pagecrypt_key_free(key);
}

static void key_from_bytes(const json_t *input, outcome *out) {
    FIELDS(input, "bytes", "cipher");
    bytes raw = described(json_object_get(input, "bytes"));
    pagecrypt_key *key = check_poison();
    out->status = pagecrypt_key_new(raw.at, raw.length, cipher_named(text_of_member(input, "cipher")), &key, &out->error);
    CHECK((key == NULL) == (out->status != PAGECRYPT_OK));
    pagecrypt_key_free(key);
    bytes_free(&raw);
}

static pagecrypt_page_codec *codec_of(const json_t *input, outcome *out) {
    if (strcmp(text_of_member(input, "format"), "turso") != 0) {
        unknown(text_of_member(input, "format"));
    }
    pagecrypt_key *key = key_of(input);
    pagecrypt_page_codec *codec = check_poison();
    out->status = pagecrypt_page_codec_new_turso(key, size_of_member(input, "page_size"), &codec, &out->error);
    CHECK((codec == NULL) == (out->status != PAGECRYPT_OK));
    pagecrypt_key_free(key);
    return codec;
}

static void page_codec_new(const json_t *input, outcome *out) {
    FIELDS(input, "key", "cipher", "format", "page_size");
    pagecrypt_page_codec_free(codec_of(input, out));
}

/* The numbers that the case says are those of the error. */
static size_t failed_pages(const outcome *out, uint64_t numbers[64]) {
    const json_t *expected = json_object_get(current, "failed_pages");
    size_t count = json_array_size(expected), listed = 0;
    REQUIRE(count <= 64);
    for (size_t i = 0; i < count; i++) {
        numbers[i] = (uint64_t)json_integer_value(json_array_get(expected, i));
    }
    const uint64_t *got = pagecrypt_error_numbers(out->error, &listed);
    CHECK_EQUAL(count, pagecrypt_error_count(out->error));
    CHECK_EQUAL(count == 0 ? PAGECRYPT_UNIT_NONE : PAGECRYPT_UNIT_PAGE, pagecrypt_error_unit(out->error));
    REQUIRE(listed == count);
    if (count > 0) {
        CHECK_BYTES(numbers, got, count * sizeof numbers[0]);
        CHECK_EQUAL(numbers[0], pagecrypt_error_first(out->error));
    }
    return count;
}

/* After an error nothing has been written, but for pages that failed: those are zeros, and the others are open. */
static void check_pages(const outcome *out, const uint8_t *before, const uint8_t *after, size_t length, size_t page_size,
                        uint32_t first) {
    if (out->status == PAGECRYPT_OK) {
        return;
    }
    if (out->status != PAGECRYPT_ERROR_AUTHENTICATION_FAILED) {
        CHECK_BYTES(before, after, length);
        return;
    }
    uint64_t numbers[64];
    size_t count = failed_pages(out, numbers);
    for (size_t i = 0; i < length / page_size; i++) {
        bool failed = false, zeros = true;
        for (size_t j = 0; j < count; j++) {
            failed |= numbers[j] == first + i;
        }
        for (size_t j = 0; j < page_size; j++) {
            zeros &= after[i * page_size + j] == 0;
        }
        CHECK_EQUAL(failed, zeros);
    }
}

static void pages(const json_t *input, outcome *out, bool seal) {
    FIELDS(input, "key", "cipher", "format", "page_size", "first", "pages", "to_length");
    pagecrypt_page_codec *codec = codec_of(input, out);
    REQUIRE(out->status == PAGECRYPT_OK);
    size_t page_size = size_of_member(input, "page_size");
    uint32_t first = (uint32_t)size_of_member(input, "first");
    bytes from = described(json_object_get(input, "pages")), copy = bytes_copy(from.at, from.length);
    bool other_length = json_object_get(input, "to_length") != NULL;
    bytes to = bytes_new(other_length ? size_of_member(input, "to_length") : from.length, 0xc3);
    bytes before = bytes_copy(to.at, to.length);
    out->status = (seal ? pagecrypt_seal_pages_into : pagecrypt_open_pages_into)(codec, first, from.at, from.length, to.at,
                                                                                to.length, &out->error);
    CHECK_BYTES(copy.at, from.at, from.length);
    check_pages(out, before.at, to.at, to.length, page_size, first);
    if (!other_length) {
        outcome in_place = {0, check_poison()};
        in_place.status = (seal ? pagecrypt_seal_pages : pagecrypt_open_pages)(codec, first, from.at, from.length, &in_place.error);
        CHECK_EQUAL(out->status, in_place.status);
        check_pages(&in_place, copy.at, from.at, from.length, page_size, first);
        pagecrypt_error_free(in_place.error);
    }
    bytes_free(&from);
    bytes_free(&copy);
    bytes_free(&to);
    bytes_free(&before);
    pagecrypt_page_codec_free(codec);
}

static void seal_pages(const json_t *input, outcome *out) {
    pages(input, out, true);
}

static void open_pages(const json_t *input, outcome *out) {
    pages(input, out, false);
}

static void turso_header(const json_t *input, outcome *out) {
    FIELDS(input, "bytes");
    bytes header = described(json_object_get(input, "bytes"));
    uint8_t version = 77;
    pagecrypt_cipher cipher = 77;
    size_t page_size = 77, reserved = 77;
    out->status = pagecrypt_turso_header_parse(header.at, header.length, &version, &cipher, &page_size, &reserved, &out->error);
    bool failed = out->status != PAGECRYPT_OK;
    CHECK(version == 0 && (cipher == 0) == failed && (page_size == 0) == failed && (reserved == 0) == failed);
    bytes_free(&header);
}

static void message(const json_t *input, outcome *out, bool seal) {
    FIELDS(input, "key", "cipher", "nonce", "associated_data", "text", "to_length", seal ? "key" : "tag");
    pagecrypt_key *key = key_of(input);
    bytes nonce = bytes_of_member(input, "nonce"), data = bytes_of_member(input, "associated_data");
    bytes from = described(json_object_get(input, "text")), tag = seal ? bytes_new(16, 0xc3) : bytes_of_member(input, "tag");
    bytes to = bytes_new(json_object_get(input, "to_length") ? size_of_member(input, "to_length") : from.length, 0xc3);
    REQUIRE(tag.length == 16);
    if (seal) {
        out->status = pagecrypt_seal_one_assume_unique_nonce(key, nonce.at, nonce.length, data.at, data.length, from.at,
                                                             from.length, to.at, to.length, tag.at, &out->error);
    } else {
        out->status = pagecrypt_open_one(key, nonce.at, nonce.length, data.at, data.length, from.at, from.length, to.at,
                                         to.length, tag.at, &out->error);
    }
    if (out->status == PAGECRYPT_ERROR_AUTHENTICATION_FAILED) {
        CHECK_FILLED(0, to.at, to.length);
        CHECK_EQUAL(PAGECRYPT_UNIT_MESSAGE, pagecrypt_error_unit(out->error));
        CHECK_EQUAL(1, pagecrypt_error_count(out->error));
    } else if (out->status != PAGECRYPT_OK) {
        CHECK_FILLED(0xc3, to.at, to.length);
        if (seal) {
            CHECK_FILLED(0xc3, tag.at, tag.length);
        }
    }
    bytes *all[] = {&nonce, &data, &from, &tag, &to};
    for (size_t i = 0; i < LENGTH(all); i++) {
        bytes_free(all[i]);
    }
    pagecrypt_key_free(key);
}

static void seal_message(const json_t *input, outcome *out) {
    message(input, out, true);
}

static void open_message(const json_t *input, outcome *out) {
    message(input, out, false);
}

static bool carry_on(void *context, uint64_t done, uint64_t total) {
    (void)done;
    (void)total;
    return !*(const bool *)context;
}

/* A folder with the case's files, then the operation. */
static void files(const json_t *input, outcome *out, const char *operation) {
    FIELDS(input, "key", "cipher", "database", "database_wal", "database_journal", "destination", "destination_wal", "force",
           "cancel");
    static const char *const names[][2] = {{"database", "database"},
                                           {"database_wal", "database-wal"},
                                           {"database_journal", "database-journal"},
                                           {"destination", "destination"},
                                           {"destination_wal", "destination-wal"}};
    folder place = folder_new();
    for (size_t i = 0; i < LENGTH(names); i++) {
        const json_t *content = json_object_get(input, names[i][0]);
        if (content != NULL) {
            bytes file = described(content);
            folder_write(&place, names[i][1], file);
            bytes_free(&file);
        }
    }
    folder_content before = folder_look(&place);
    const char *database = folder_at(&place, "database"), *destination = folder_at(&place, "destination");
    pagecrypt_key *key = json_object_get(input, "key") ? key_of(input) : NULL;
    bool cancel = json_is_true(json_object_get(input, "cancel"));
    pagecrypt_file_options *options = pagecrypt_file_options_new();
    pagecrypt_file_options_set_force(options, json_is_true(json_object_get(input, "force")));
    pagecrypt_file_options_set_progress(options, carry_on, &cancel);
    pagecrypt_summary *summary = check_poison();
    bool writes = true;
    if (strcmp(operation, "inspect_file") == 0) {
        pagecrypt_inspection *inspection = check_poison();
        out->status = pagecrypt_inspect_file(database, &inspection, &out->error);
        CHECK((inspection == NULL) == (out->status != PAGECRYPT_OK));
        pagecrypt_inspection_free(inspection);
        writes = false;
    } else if (strcmp(operation, "verify_file") == 0) {
        pagecrypt_verify_report *report = check_poison();
        out->status = pagecrypt_verify_file(database, key, options, &report, &out->error);
        CHECK_EQUAL(out->status == PAGECRYPT_OK, pagecrypt_verify_report_is_intact(report));
        pagecrypt_verify_report_free(report);
        writes = false;
    } else if (strcmp(operation, "decrypt_file") == 0) {
        out->status = pagecrypt_decrypt_file(database, destination, key, options, &summary, &out->error);
#ifndef WITHOUT_SQLITE
    } else if (strcmp(operation, "encrypt_file") == 0) {
        out->status = pagecrypt_encrypt_file(database, destination, key, options, &summary, &out->error);
    } else if (strcmp(operation, "decrypt_file_compact") == 0) {
        out->status = pagecrypt_decrypt_file_compact(database, destination, key, options, &summary, &out->error);
#endif
    } else {
        unknown(operation);
    }
    folder_content after = folder_look(&place);
    if (!writes || out->status != PAGECRYPT_OK) {
        CHECK(folder_same(&before, &after));
    } else {
        bytes made = folder_read(&place, "destination");
        bool encrypted = strcmp(operation, "encrypt_file") == 0;
        REQUIRE(made.length > 16);
        CHECK_BYTES(encrypted ? "Turso" : "SQLite format 3", made.at, encrypted ? 5 : 16);
        bytes_free(&made);
        if (encrypted) {
            SUCCEEDS(pagecrypt_verify_file(destination, key, NULL, NULL, E));
        }
        /* All else is as it was. */
        folder_forget(&before, "destination");
        folder_forget(&after, "destination");
        CHECK(folder_same(&before, &after));
    }
    if (writes) {
        CHECK((summary == NULL) == (out->status != PAGECRYPT_OK));
        pagecrypt_summary_free(summary);
    }
    if (out->status == PAGECRYPT_ERROR_AUTHENTICATION_FAILED) {
        uint64_t numbers[64];
        failed_pages(out, numbers);
    }
    pagecrypt_file_options_free(options);
    pagecrypt_key_free(key);
    folder_remove(&place);
}

#define FILE_OPERATION(name)                                                                                           \
    static void name(const json_t *input, outcome *out) {                                                              \
        files(input, out, #name);                                                                                      \
    }
FILE_OPERATION(inspect_file)
FILE_OPERATION(verify_file)
FILE_OPERATION(decrypt_file)
#ifndef WITHOUT_SQLITE
FILE_OPERATION(encrypt_file)
FILE_OPERATION(decrypt_file_compact)
#endif

#define OPERATION(name) {#name, name}
static const struct {
    const char *name;
    void (*run)(const json_t *input, outcome *out);
} operations[] = {
    OPERATION(cipher_from_name), OPERATION(cipher_from_number), OPERATION(engine_from_name), OPERATION(key_from_text),
    OPERATION(key_from_bytes),   OPERATION(page_codec_new),     OPERATION(seal_pages),       OPERATION(open_pages),
    OPERATION(turso_header),     OPERATION(seal_message),       OPERATION(open_message),     OPERATION(inspect_file),
    OPERATION(verify_file),      OPERATION(decrypt_file),
#ifdef WITHOUT_SQLITE
    {"encrypt_file", NULL},      {"decrypt_file_compact", NULL},
#else
    OPERATION(encrypt_file),     OPERATION(decrypt_file_compact),
#endif
};

static void check_case(const json_t *one, outcome *out) {
    const json_t *error = json_object_get(one, "error");
    if (json_is_null(error)) {
        CHECK_EQUAL(PAGECRYPT_OK, out->status);
        CHECK(out->error == NULL);
        return;
    }
    FIELDS(error, "name", "number", "exit_code");
    CHECK_TEXT(text_of_member(error, "name"), pagecrypt_status_name(out->status));
    CHECK_EQUAL(size_of_member(error, "number"), out->status);
    CHECK_EQUAL(size_of_member(error, "exit_code"), pagecrypt_status_exit_code(out->status));
    CHECK_EQUAL(out->status, pagecrypt_error_status(out->error));
    const char *message_text = pagecrypt_error_message(out->error);
    size_t index;
    const json_t *part;
    json_array_foreach(json_object_get(one, "says"), index, part) {
        if (!CHECK(strstr(message_text, json_string_value(part)) != NULL)) {
            fprintf(stderr, "\"%s\" does not say \"%s\"\n", message_text, json_string_value(part));
        }
    }
}

static void every_case_gives_its_error_and_no_other(void) {
    cases_file = vectors_json("errors.json");
    FIELDS(cases_file, "codes", "cases", "without_case");
    size_t index, run = 0, left_out = 0;
    json_array_foreach(json_object_get(cases_file, "cases"), index, current) {
        FIELDS(current, "name", "operation", "input", "error", "says", "failed_pages");
        const char *name = text_of_member(current, "operation");
        check_context("%s: %s", name, text_of_member(current, "name"));
        size_t o = 0;
        while (o < LENGTH(operations) && strcmp(operations[o].name, name) != 0) {
            o++;
        }
        if (o == LENGTH(operations)) {
            unknown(name);
        } else if (operations[o].run == NULL) {
            printf("left out: errors.json, %s: %s: the library was built without SQLite\n", name,
                   text_of_member(current, "name"));
            left_out++;
        } else {
            outcome out = {0, check_poison()};
            operations[o].run(json_object_get(current, "input"), &out);
            check_context("%s: %s", name, text_of_member(current, "name"));
            check_case(current, &out);
            pagecrypt_error_free(out.error);
            run++;
        }
    }
    CHECK_EQUAL(json_array_size(json_object_get(cases_file, "cases")), run + left_out);
    CHECK(run > 100);
    printf("errors.json: %zu cases, %zu run\n", run + left_out, run);
    json_decref(cases_file);
}

static const check_test tests[] = {
    TEST(every_case_gives_its_error_and_no_other),
};
const check_suite errors_json_suite = SUITE("errors_json", tests);
