/* The files under vectors/, which every language's tests read. */
#ifndef VECTORS_H
#define VECTORS_H

#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "check.h"

typedef struct bytes {
    uint8_t *at;
    size_t length;
} bytes;

/* Where vectors/ is; set once, by main. */
extern const char *vectors_folder;

/* These end the program where something is wrong with a file: then the tests cannot be run. */
json_t *vectors_json(const char *name);
bytes vectors_file(const char *name);
bytes bytes_new(size_t length, uint8_t filling);
bytes bytes_copy(const void *from, size_t length);
bytes bytes_from_hex(const char *hex);
bytes bytes_of_member(const json_t *object, const char *member);
void bytes_free(bytes *bytes);
const char *text_of_member(const json_t *object, const char *member);
size_t size_of_member(const json_t *object, const char *member);
bytes file_read(const char *path);

/* 64 hexadecimal digits and a NUL. */
void sha256_hex(const void *from, size_t length, char to[65]);

/* The cipher of that canonical name. */
pagecrypt_cipher cipher_named(const char *name);
pagecrypt_key *key_from_hex(const char *hex, const char *cipher);

#endif
