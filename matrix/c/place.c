/* Where rows are: errors, bytes and files. */

#include "matrix.h"

#include <errno.h>
#include <stdarg.h>
#include <sys/stat.h>

outcome fail(place *at, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(at->why, sizeof at->why, format, arguments);
    va_end(arguments);
    return FAILED;
}

outcome failed_call(place *at, const char *what, pagecrypt_error *error) {
    outcome failed = fail(at, "%s: %s", what, pagecrypt_error_message(error));
    pagecrypt_error_free(error);
    return failed;
}

buffer allocate(size_t length) {
    buffer made = {calloc(length ? length : 1, 1), length};
    if (made.bytes == NULL) {
        fputs("out of memory\n", stderr);
        exit(2);
    }
    return made;
}

void join(char *path, const char *folder, const char *format, const char *name) {
    int length = snprintf(path, PATH_LENGTH, "%s/", folder);
    snprintf(path + length, (size_t)(PATH_LENGTH - length), format, name);
}

void path_of(const place *at, char *path, const char *format) {
    join(path, at->folder, format, pagecrypt_cipher_name(at->cipher));
}

outcome write_bytes(place *at, const char *path, const buffer *content) {
    FILE *file = fopen(path, "wb");
    if (file == NULL)
        return fail(at, "%s: %s", path, strerror(errno));
    bool written = fwrite(content->bytes, 1, content->length, file) == content->length;
    if (fclose(file) != 0 || !written)
        return fail(at, "%s: not written", path);
    return OK;
}

outcome read_bytes(place *at, const char *path, buffer *content) {
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return fail(at, "%s: %s", path, strerror(errno));
    struct stat about;
    bool complete = fstat(fileno(file), &about) == 0;
    if (complete) {
        *content = allocate((size_t)about.st_size);
        complete = fread(content->bytes, 1, content->length, file) == content->length;
    }
    fclose(file);
    return complete ? OK : fail(at, "%s: not read", path);
}

outcome compare(place *at, const char *what, size_t number, const uint8_t *got, const uint8_t *expected,
                size_t length) {
    for (size_t i = 0; i < length; i++)
        if (got[i] != expected[i])
            return fail(at, "%s %zu: byte %zu is another", what, number, i);
    return OK;
}
