#include "check.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Threads check, too. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned long count, failures;
static char context[512];
/* Zeros: no type tag of a handle, so that even a library that follows it finds nothing. */
static uint64_t poison_bytes[8];

/* A test that fails everywhere need not say so a million times. */
#define MOST_FAILURES 50

static bool report(const char *file, int line, bool holds, const char *format, ...) {
    pthread_mutex_lock(&lock);
    count++;
    if (!holds) {
        failures++;
        fprintf(stderr, "%s:%d: ", file, line);
        va_list arguments;
        va_start(arguments, format);
        vfprintf(stderr, format, arguments);
        va_end(arguments);
        if (context[0] != '\0') {
            fprintf(stderr, " [%s]", context);
        }
        fputc('\n', stderr);
        if (failures >= MOST_FAILURES) {
            fprintf(stderr, "%d checks failed: giving up\n", MOST_FAILURES);
            exit(1);
        }
    }
    pthread_mutex_unlock(&lock);
    return holds;
}

void check_context(const char *format, ...) {
    pthread_mutex_lock(&lock);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(context, sizeof context, format, arguments);
    va_end(arguments);
    pthread_mutex_unlock(&lock);
}

bool check_that(const char *file, int line, bool holds, const char *what) {
    return report(file, line, holds, "%s", what);
}

bool check_equal(const char *file, int line, const char *what, uint64_t expected, uint64_t got) {
    return report(file, line, expected == got, "%s: expected %" PRIu64 ", got %" PRIu64, what, expected, got);
}

bool check_text(const char *file, int line, const char *what, const char *expected, const char *got) {
    bool same = expected && got ? strcmp(expected, got) == 0 : expected == got;
    return report(file, line, same, "%s: expected \"%s\", got \"%s\"", what, expected ? expected : "(NULL)",
                  got ? got : "(NULL)");
}

bool check_bytes(const char *file, int line, const char *what, const void *expected, const void *got, size_t length) {
    const uint8_t *a = expected, *b = got;
    for (size_t i = 0; i < length; i++) {
        if (a[i] != b[i]) {
            return report(file, line, false, "%s: byte %zu of %zu: expected %02x, got %02x", what, i, length, a[i],
                          b[i]);
        }
    }
    return report(file, line, true, "%s", what);
}

bool check_filled(const char *file, int line, const char *what, uint8_t byte, const void *got, size_t length) {
    const uint8_t *bytes = got;
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] != byte) {
            return report(file, line, false, "%s: byte %zu of %zu is %02x, not %02x", what, i, length, bytes[i], byte);
        }
    }
    return report(file, line, true, "%s", what);
}

bool check_status(const char *file, int line, const char *what, pagecrypt_status expected, pagecrypt_status got) {
    return report(file, line, expected == got, "%s: expected %s, got %s", what, pagecrypt_status_name(expected),
                  pagecrypt_status_name(got));
}

bool check_error(const char *file, int line, const char *what, pagecrypt_status expected, pagecrypt_status got,
                 pagecrypt_error *error) {
    bool good = check_status(file, line, what, expected, got);
    if (error == (void *)poison_bytes) {
        return report(file, line, false, "%s: the error was not set", what);
    }
    if (got == PAGECRYPT_OK) {
        return report(file, line, error == NULL, "%s: an error, and yet success", what) && good;
    }
    if (!report(file, line, error != NULL, "%s: no error", what)) {
        return false;
    }
    good &= report(file, line, pagecrypt_error_status(error) == got, "%s: the error's status is %s, not %s", what,
                   pagecrypt_status_name(pagecrypt_error_status(error)), pagecrypt_status_name(got));
    const char *message = pagecrypt_error_message(error);
    good &= report(file, line, message != NULL && message[0] != '\0', "%s: an error without a message", what);
    pagecrypt_error_free(error);
    return good;
}

void check_success(const char *file, int line, const char *what, pagecrypt_status got, pagecrypt_error *error) {
    if (got != PAGECRYPT_OK && error != NULL && error != (void *)poison_bytes) {
        fprintf(stderr, "%s\n", pagecrypt_error_message(error));
    }
    if (!check_error(file, line, what, PAGECRYPT_OK, got, error)) {
        check_give_up();
    }
}

void check_give_up(void) {
    fprintf(stderr, "giving up\n");
    exit(1);
}

void *check_poison(void) {
    return poison_bytes;
}

unsigned long check_count(void) {
    return count;
}

unsigned long check_failures(void) {
    return failures;
}

void check_add(unsigned long more, bool failed) {
    count += more;
    failures += failed;
}
