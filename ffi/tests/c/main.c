/* Runs the tests of the C ABI:
     c_tests VECTORS [--only PREFIX=REASON]... [--leave-out NAME=REASON]... [--list]
   NAME is suite.test, PREFIX its beginning. Every test runs, or is named with the reason why not. */
#include "suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vectors.h"

static const check_suite *const suites[] = {
    &status_suite, &cipher_suite, &key_suite,  &aead_suite,    &batch_suite,   &page_suite,          &wal_suite,     &overlap_suite,
    &file_suite,   &report_suite, &reader_suite, &handles_suite, &forgery_suite, &known_answers_suite, &threads_suite, &errors_json_suite,
    &record_suite, &store_suite,  &s2_suite,
};

/* An option "PATTERN=REASON", and whether a test had that name. */
typedef struct choice {
    char pattern[128];
    const char *reason;
    bool used;
} choice;

static choice only[16], left_out[16];
static size_t only_count, left_out_count;

static void usage(void) {
    fprintf(stderr, "usage: c_tests VECTORS [--only PREFIX=REASON]... [--leave-out NAME=REASON]... [--list]\n");
    exit(2);
}

static void choose(choice *choices, size_t *count, const char *option) {
    const char *equals = option == NULL ? NULL : strchr(option, '=');
    if (equals == NULL || equals[1] == '\0' || *count == LENGTH(only) || (size_t)(equals - option) >= sizeof only[0].pattern) {
        usage();
    }
    choice *made = &choices[(*count)++];
    memcpy(made->pattern, option, (size_t)(equals - option));
    made->reason = equals + 1;
}

/* Why a test is not to be run; NULL if it is. */
static const char *reason_against(const char *name, const check_test *test) {
    for (size_t i = 0; i < left_out_count; i++) {
        if (strcmp(left_out[i].pattern, name) == 0) {
            left_out[i].used = true;
            return left_out[i].reason;
        }
    }
    const char *reason = only_count > 0 ? only[0].reason : NULL;
    for (size_t i = 0; i < only_count; i++) {
        if (strncmp(only[i].pattern, name, strlen(only[i].pattern)) == 0) {
            only[i].used = true;
            reason = NULL;
        }
    }
    return reason == NULL && test->run == NULL ? "the library was built without SQLite" : reason;
}

#ifdef PLANT_LEAK
/* Mistakes for the scripts beside this file, which show first that they would be found. */
static void plant(void) {
    pagecrypt_key *key = NULL;
    SUCCEEDS(pagecrypt_key_generate(PAGECRYPT_AEGIS256, &key, E));
    key = NULL;
}
#elif defined PLANT_OVERFLOW
/* Tells the library of one byte more than there is. */
static void plant(void) {
    pagecrypt_key *key = NULL;
    uint8_t nonce[32] = {0}, tag[16], *text = calloc(1, 127);
    SUCCEEDS(pagecrypt_key_generate(PAGECRYPT_AEGIS256, &key, E));
    SUCCEEDS(pagecrypt_seal_one_assume_unique_nonce(key, nonce, 32, NULL, 0, text, 128, text, 128, tag, E));
    pagecrypt_key_free(key);
    free(text);
}
#elif defined PLANT_UNDEFINED
static void plant(void) {
    volatile int32_t large = INT32_MAX;
    large = large + 1;
}
#elif defined PLANT_RACE
#include <pthread.h>
static int raced;
static void *race(void *unused) {
    raced++;
    return unused;
}
static void plant(void) {
    pthread_t other;
    pthread_create(&other, NULL, race, NULL);
    raced++;
    pthread_join(other, NULL);
}
#elif defined PLANT_LIBRARY_RACE
#include <pthread.h>
/* Two threads change one chain, which only one may: the race is in Rust's code. */
static pagecrypt_wal_chain *chain;
static uint8_t frame[536];
static void *accept(void *unused) {
    bool accepted;
    pagecrypt_wal_chain_accept(chain, frame, sizeof frame, &accepted, NULL);
    return unused;
}
static void plant(void) {
    pthread_t other;
    uint8_t header[32];
    pagecrypt_page_codec *codec = NULL;
    pagecrypt_key *key = NULL;
    SUCCEEDS(pagecrypt_wal_header_new(PAGECRYPT_LITTLE_ENDIAN, 512, 1, 2, 3, header, E));
    SUCCEEDS(pagecrypt_wal_chain_start(header, 32, &chain, E));
    SUCCEEDS(pagecrypt_key_generate(PAGECRYPT_AEGIS256, &key, E));
    SUCCEEDS(pagecrypt_page_codec_new_turso(key, 512, &codec, E));
    frame[3] = 2;
    SUCCEEDS(pagecrypt_seal_frames(codec, chain, frame, sizeof frame, E));
    pagecrypt_wal_chain_free(chain);
    SUCCEEDS(pagecrypt_wal_chain_start(header, 32, &chain, E));
    pthread_create(&other, NULL, accept, NULL);
    accept(NULL);
    pthread_join(other, NULL);
    pagecrypt_wal_chain_free(chain);
    pagecrypt_page_codec_free(codec);
    pagecrypt_key_free(key);
}
#elif defined PLANT_FAILURE
static void plant(void) {
    CHECK(pagecrypt_version_number() == 0);
}
#else
static void plant(void) {
}
#endif

int main(int count, char **arguments) {
    bool list = false;
    if (count < 2) {
        usage();
    }
    vectors_folder = arguments[1];
    for (int i = 2; i < count; i++) {
        if (strcmp(arguments[i], "--list") == 0) {
            list = true;
        } else if (strcmp(arguments[i], "--only") == 0) {
            choose(only, &only_count, arguments[++i]);
        } else if (strcmp(arguments[i], "--leave-out") == 0) {
            choose(left_out, &left_out_count, arguments[++i]);
        } else {
            usage();
        }
    }
    size_t tests = 0, run = 0;
    setvbuf(stdout, NULL, _IOLBF, 0);
    plant();
    for (size_t s = 0; s < LENGTH(suites); s++) {
        for (size_t t = 0; t < suites[s]->count; t++) {
            const check_test *test = &suites[s]->tests[t];
            char name[256];
            snprintf(name, sizeof name, "%s.%s", suites[s]->name, test->name);
            tests++;
            if (list) {
                printf("%s\n", name);
                continue;
            }
            const char *reason = reason_against(name, test);
            if (reason != NULL) {
                printf("left out: %s: %s\n", name, reason);
                continue;
            }
            check_context("%s", "");
            unsigned long failures = check_failures(), checks = check_count();
            test->run();
            run++;
            if (check_failures() > failures) {
                printf("FAILED: %s\n", name);
            } else if (check_count() == checks) {
                fprintf(stderr, "%s checks nothing\n", name);
                check_add(0, true);
            }
        }
    }
    for (size_t i = 0; i < LENGTH(only) && !list; i++) {
        const choice *unused = i < only_count && !only[i].used           ? &only[i]
                               : i < left_out_count && !left_out[i].used ? &left_out[i]
                                                                         : NULL;
        if (unused != NULL) {
            fprintf(stderr, "no test is called %s\n", unused->pattern);
            return 2;
        }
    }
    if (!list) {
        printf("%zu of %zu tests run, %lu checks, %lu failed\n", run, tests, check_count(), check_failures());
    }
    return check_failures() > 0 ? 1 : 0;
}
