/* The checks of these tests: counted, and reported with file and line where they fail. */
#ifndef CHECK_H
#define CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pagecrypt.h>

/* A test: named after what must hold. Without a function it cannot be built here; main.c says so. */
typedef struct check_test {
    const char *name;
    void (*run)(void);
} check_test;

typedef struct check_suite {
    const char *name;
    const check_test *tests;
    size_t count;
} check_suite;

#define TEST(function) {#function, function}
#ifdef WITHOUT_SQLITE
#define SQLITE_TEST(function) {#function, NULL}
#else
#define SQLITE_TEST(function) {#function, function}
#endif
#define SUITE(name, tests) {name, tests, sizeof(tests) / sizeof((tests)[0])}
#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* A failed CHECK lets the test go on; a failed REQUIRE ends the program, because what follows cannot work. */
#define CHECK(condition) check_that(__FILE__, __LINE__, (condition), #condition)
#define REQUIRE(condition) (CHECK(condition) ? (void)0 : check_give_up())
#define CHECK_EQUAL(expected, got) check_equal(__FILE__, __LINE__, #got, (uint64_t)(expected), (uint64_t)(got))
#define CHECK_TEXT(expected, got) check_text(__FILE__, __LINE__, #got, (expected), (got))
#define CHECK_BYTES(expected, got, length) check_bytes(__FILE__, __LINE__, #got, (expected), (got), (length))
#define CHECK_FILLED(byte, got, length) check_filled(__FILE__, __LINE__, #got, (byte), (got), (length))

/* For calls whose last argument is written E. FAILS makes the call twice, without asking for the error and asking for
   it, and checks status and error; SUCCEEDS makes it once, and the program ends where it fails. */
#define FAILS(expected, call)                                                                                          \
    do {                                                                                                               \
        pagecrypt_error **E = NULL;                                                                                    \
        check_status(__FILE__, __LINE__, #call, (expected), (call));                                                   \
        pagecrypt_error *check_given = check_poison();                                                                 \
        E = &check_given;                                                                                              \
        pagecrypt_status check_got = (call);                                                                           \
        check_error(__FILE__, __LINE__, #call, (expected), check_got, check_given);                                    \
    } while (0)
#define SUCCEEDS(call)                                                                                                 \
    do {                                                                                                               \
        pagecrypt_error *check_given = check_poison();                                                                 \
        pagecrypt_error **E = &check_given;                                                                            \
        pagecrypt_status check_got = (call);                                                                           \
        check_success(__FILE__, __LINE__, #call, check_got, check_given);                                              \
    } while (0)

/* As FAILS, for calls with an output: it holds something before, and must be NULL or 0 after. */
#define FAILS_NULL(expected, output, call) FAILS_EMPTY(expected, output, check_poison(), NULL, call)
#define FAILS_ZERO(expected, output, call) FAILS_EMPTY(expected, output, 77, 0, call)
#define FAILS_EMPTY(expected, output, before, empty, call)                                                             \
    do {                                                                                                               \
        pagecrypt_error **E = NULL;                                                                                    \
        (output) = (before);                                                                                           \
        check_status(__FILE__, __LINE__, #call, (expected), (call));                                                   \
        CHECK((output) == (empty));                                                                                    \
        pagecrypt_error *check_given = check_poison();                                                                 \
        E = &check_given;                                                                                              \
        (output) = (before);                                                                                           \
        pagecrypt_status check_got = (call);                                                                           \
        check_error(__FILE__, __LINE__, #call, (expected), check_got, check_given);                                    \
        CHECK((output) == (empty));                                                                                    \
    } while (0)

/* What is being tried, said beside each failure; "" again at the start of each test. */
#if defined(__GNUC__)
__attribute__((format(printf, 1, 2)))
#endif
void check_context(const char *format, ...);

bool check_that(const char *file, int line, bool holds, const char *what);
bool check_equal(const char *file, int line, const char *what, uint64_t expected, uint64_t got);
bool check_text(const char *file, int line, const char *what, const char *expected, const char *got);
bool check_bytes(const char *file, int line, const char *what, const void *expected, const void *got, size_t length);
bool check_filled(const char *file, int line, const char *what, uint8_t byte, const void *got, size_t length);
bool check_status(const char *file, int line, const char *what, pagecrypt_status expected, pagecrypt_status got);
/* Checks an error against its status, and frees it. */
bool check_error(const char *file, int line, const char *what, pagecrypt_status expected, pagecrypt_status got,
                 pagecrypt_error *error);
void check_success(const char *file, int line, const char *what, pagecrypt_status got, pagecrypt_error *error);
void check_give_up(void);

/* A pointer that is not NULL and not to be followed: what outputs hold before a call. */
void *check_poison(void);

unsigned long check_count(void);
unsigned long check_failures(void);
/* Adds what a child process counted; its failures are one here. */
void check_add(unsigned long count, bool failed);

#endif
