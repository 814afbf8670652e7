#include "vectors.h"

#include <nettle/sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *vectors_folder = "vectors";

static void broken(const char *name, const char *why) {
    fprintf(stderr, "%s: %s\n", name, why);
    exit(2);
}

static void path_to(const char *name, char *path, size_t capacity) {
    if ((size_t)snprintf(path, capacity, "%s/%s", vectors_folder, name) >= capacity) {
        broken(name, "the path is too long");
    }
}

json_t *vectors_json(const char *name) {
    char path[4096];
    path_to(name, path, sizeof path);
    json_error_t error;
    json_t *json = json_load_file(path, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
    if (json == NULL) {
        broken(path, error.text);
    }
    return json;
}

bytes vectors_file(const char *name) {
    char path[4096];
    path_to(name, path, sizeof path);
    return file_read(path);
}

bytes file_read(const char *path) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        broken(path, "cannot open it");
    }
    bytes read = bytes_new(0, 0);
    size_t capacity = 0;
    for (;;) {
        if (read.length == capacity) {
            capacity = capacity == 0 ? 65536 : 2 * capacity;
            uint8_t *larger = realloc(read.at, capacity);
            if (larger == NULL) {
                broken(path, "no memory");
            }
            read.at = larger;
        }
        size_t got = fread(read.at + read.length, 1, capacity - read.length, file);
        if (got == 0) {
            break;
        }
        read.length += got;
    }
    if (ferror(file) != 0) {
        broken(path, "cannot read it");
    }
    fclose(file);
    /* Of exactly this length, so that sanitizers see what reads beyond it. */
    bytes exact = bytes_copy(read.at, read.length);
    bytes_free(&read);
    return exact;
}

bytes bytes_new(size_t length, uint8_t filling) {
    bytes made = {malloc(length == 0 ? 1 : length), length};
    if (made.at == NULL) {
        broken("bytes", "no memory");
    }
    memset(made.at, filling, length);
    return made;
}

bytes bytes_copy(const void *from, size_t length) {
    bytes made = bytes_new(length, 0);
    if (length > 0) {
        memcpy(made.at, from, length);
    }
    return made;
}

static int digit(char character) {
    static const char digits[] = "0123456789abcdef";
    const char *at = character == '\0' ? NULL : strchr(digits, character);
    return at == NULL ? -1 : (int)(at - digits);
}

bytes bytes_from_hex(const char *hex) {
    size_t length = strlen(hex);
    bytes made = bytes_new(length / 2, 0);
    for (size_t i = 0; i < length; i++) {
        int value = digit(hex[i]);
        if (value < 0 || length % 2 != 0) {
            broken(hex, "not hexadecimal");
        }
        made.at[i / 2] = (uint8_t)(made.at[i / 2] << 4 | value);
    }
    return made;
}

void bytes_free(bytes *bytes) {
    free(bytes->at);
    bytes->at = NULL;
    bytes->length = 0;
}

const char *text_of_member(const json_t *object, const char *member) {
    const char *text = json_string_value(json_object_get(object, member));
    if (text == NULL) {
        broken(member, "there is no such text");
    }
    return text;
}

size_t size_of_member(const json_t *object, const char *member) {
    const json_t *value = json_object_get(object, member);
    if (!json_is_integer(value) || json_integer_value(value) < 0) {
        broken(member, "there is no such number");
    }
    return (size_t)json_integer_value(value);
}

bytes bytes_of_member(const json_t *object, const char *member) {
    return bytes_from_hex(text_of_member(object, member));
}

void sha256_hex(const void *from, size_t length, char to[65]) {
    struct sha256_ctx context;
    uint8_t digest[SHA256_DIGEST_SIZE];
    sha256_init(&context);
    sha256_update(&context, length, from);
    sha256_digest(&context, sizeof digest, digest);
    for (size_t i = 0; i < sizeof digest; i++) {
        snprintf(to + 2 * i, 3, "%02x", digest[i]);
    }
}

pagecrypt_cipher cipher_named(const char *name) {
    pagecrypt_cipher cipher = 0;
    SUCCEEDS(pagecrypt_cipher_from_name(name, &cipher, E));
    return cipher;
}

pagecrypt_key *key_from_hex(const char *hex, const char *cipher) {
    pagecrypt_key *key = NULL;
    SUCCEEDS(pagecrypt_key_from_text(hex, strlen(hex), cipher_named(cipher), &key, E));
    return key;
}
