/* What the parts of C's program of the matrix share. */
#ifndef MATRIX_H
#define MATRIX_H

#define _POSIX_C_SOURCE 200809L

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pagecrypt.h>

#define PAGE_SIZE 4096
#define PATH_LENGTH 4096

/* Where a row's files are, and its key. */
typedef struct {
    const char *folder;
    const char *vectors;
    pagecrypt_cipher cipher;
    const pagecrypt_key *key;
    char why[1024]; /* of a failure */
} place;

typedef enum { OK, REFUSED, FAILED } outcome;

typedef struct {
    uint8_t *bytes;
    size_t length;
} buffer;

/* place.c */
outcome fail(place *at, const char *format, ...);
/* Takes the error of a call that did not succeed. */
outcome failed_call(place *at, const char *what, pagecrypt_error *error);
buffer allocate(size_t length);
void join(char *path, const char *folder, const char *format, const char *name);
/* The row's file, for example "pages-aegis256". */
void path_of(const place *at, char *path, const char *format);
outcome write_bytes(place *at, const char *path, const buffer *content);
/* `content` is to be freed, also after a failure. */
outcome read_bytes(place *at, const char *path, buffer *content);
outcome compare(place *at, const char *what, size_t number, const uint8_t *got, const uint8_t *expected, size_t length);

/* records.c */
#define RECORDS 65
/* The body of record i: 37 i bytes, byte j is (i + j) mod 256. */
buffer make_body(size_t i);
/* Adds a record with its length, 4 bytes big endian, before it, and what stands between. */
void append_record(buffer *file, const uint8_t *between, size_t between_length, const uint8_t *record, size_t length);
/* The next record, with `between_length` bytes between its length and it; false where the file ends before. */
bool next_record(const buffer *file, size_t *at, size_t between_length, const uint8_t **between, const uint8_t **record,
                 size_t *length);

/* pages.c */
/* REFUSED where the format does not have the cipher, and says so. */
outcome make_codec(place *at, pagecrypt_page_codec **codec);
/* Page `number` in plaintext, `add` added to each byte; the reserved bytes are zero. */
void make_page(const pagecrypt_page_codec *codec, uint8_t *page, uint32_t number, uint32_t add);

/* The capabilities: each in the file of its name. */
outcome write_messages(place *at);
outcome read_messages(place *at);
outcome write_pages(place *at);
outcome read_pages(place *at);
outcome write_frames(place *at);
outcome read_frames(place *at);
outcome write_file(place *at);
outcome read_file(place *at);
outcome write_records_s2(place *at);
outcome read_records_s2(place *at);
outcome write_records_bound(place *at);
outcome read_records_bound(place *at);

#endif
