/* What both capabilities of records share: bodies, and files of records with their lengths. */

#include "matrix.h"

buffer make_body(size_t i) {
    buffer body = allocate(37 * i);
    for (size_t j = 0; j < body.length; j++)
        body.bytes[j] = (uint8_t)(i + j);
    return body;
}

void append_record(buffer *file, const uint8_t *between, size_t between_length, const uint8_t *record, size_t length) {
    uint8_t *larger = realloc(file->bytes, file->length + 4 + between_length + length);
    if (larger == NULL) {
        fputs("out of memory\n", stderr);
        exit(2);
    }
    uint8_t *to = larger + file->length;
    for (int i = 0; i < 4; i++)
        to[i] = (uint8_t)(length >> (24 - 8 * i));
    if (between_length > 0)
        memcpy(to + 4, between, between_length);
    memcpy(to + 4 + between_length, record, length);
    file->bytes = larger;
    file->length += 4 + between_length + length;
}

bool next_record(const buffer *file, size_t *at, size_t between_length, const uint8_t **between, const uint8_t **record,
                 size_t *length) {
    if (file->length - *at < 4 + between_length)
        return false;
    *length = 0;
    for (int i = 0; i < 4; i++)
        *length = *length << 8 | file->bytes[*at + (size_t)i];
    *between = file->bytes + *at + 4;
    *record = *between + between_length;
    *at += 4 + between_length;
    if (file->length - *at < *length)
        return false;
    *at += *length;
    return true;
}
