/* The suites, one a file. */
#ifndef SUITES_H
#define SUITES_H

#include "check.h"

extern const check_suite status_suite, cipher_suite, key_suite, aead_suite, batch_suite, page_suite, wal_suite, file_suite,
    report_suite, reader_suite, handles_suite, overlap_suite, known_answers_suite, forgery_suite, threads_suite, errors_json_suite, record_suite,
    store_suite, s2_suite;

#endif
