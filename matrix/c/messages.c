/* Messages: 65 of 0 to 2368 bytes in one batch; ciphertexts one after the other, then the tags. */

#include "matrix.h"

#define MESSAGES 65
#define TEXT (37 * MESSAGES * (MESSAGES - 1) / 2)
#define ASSOCIATED_DATA (MESSAGES * (MESSAGES - 1) / 2)

typedef struct {
    uint8_t nonces[MESSAGES * PAGECRYPT_MAX_NONCE_LENGTH];
    uint8_t associated_data[ASSOCIATED_DATA];
    size_t associated_data_offsets[MESSAGES + 1];
    uint8_t text[TEXT];
    size_t offsets[MESSAGES + 1];
} messages;

static void make_messages(messages *all, size_t nonce_length) {
    all->offsets[0] = 0;
    all->associated_data_offsets[0] = 0;
    for (size_t i = 0; i < MESSAGES; i++) {
        size_t length = 37 * i;
        memset(all->nonces + i * nonce_length, (int)i, nonce_length);
        memset(all->associated_data + all->associated_data_offsets[i], (int)i, i);
        for (size_t j = 0; j < length; j++)
            all->text[all->offsets[i] + j] = (uint8_t)(i + j);
        all->offsets[i + 1] = all->offsets[i] + length;
        all->associated_data_offsets[i + 1] = all->associated_data_offsets[i] + i;
    }
}

outcome write_messages(place *at) {
    static messages all;
    char path[PATH_LENGTH];
    pagecrypt_error *error;
    make_messages(&all, pagecrypt_cipher_nonce_length(at->cipher));
    buffer file = allocate(TEXT + MESSAGES * PAGECRYPT_TAG_LENGTH);
    memcpy(file.bytes, all.text, TEXT);
    outcome done = OK;
    if (pagecrypt_seal_batch_assume_unique_nonces(at->key, MESSAGES, all.nonces, all.associated_data, ASSOCIATED_DATA,
                                                  all.associated_data_offsets, file.bytes, file.bytes, TEXT,
                                                  all.offsets, file.bytes + TEXT, &error) != PAGECRYPT_OK)
        done = failed_call(at, "seal_batch", error);
    path_of(at, path, "messages-%s");
    if (done == OK)
        done = write_bytes(at, path, &file);
    free(file.bytes);
    return done;
}

static outcome open_messages(place *at, const buffer *file) {
    static messages expected;
    static uint8_t text[TEXT];
    uint8_t opened[MESSAGES];
    pagecrypt_error *error;
    if (file->length != TEXT + MESSAGES * PAGECRYPT_TAG_LENGTH)
        return fail(at, "%zu bytes", file->length);
    make_messages(&expected, pagecrypt_cipher_nonce_length(at->cipher));
    if (pagecrypt_open_batch(at->key, MESSAGES, expected.nonces, expected.associated_data, ASSOCIATED_DATA,
                             expected.associated_data_offsets, file->bytes, text, TEXT, expected.offsets,
                             file->bytes + TEXT, opened, &error) != PAGECRYPT_OK)
        return failed_call(at, "open_batch", error);
    for (size_t i = 0; i < MESSAGES; i++) {
        size_t start = expected.offsets[i];
        if (opened[i] != 1)
            return fail(at, "message %zu is not said to be open", i);
        if (compare(at, "message", i, text + start, expected.text + start, expected.offsets[i + 1] - start) != OK)
            return FAILED;
    }
    return OK;
}

outcome read_messages(place *at) {
    char path[PATH_LENGTH];
    buffer file = {NULL, 0};
    path_of(at, path, "messages-%s");
    outcome done = read_bytes(at, path, &file);
    if (done == OK)
        done = open_messages(at, &file);
    free(file.bytes);
    return done;
}
