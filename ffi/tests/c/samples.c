#include "samples.h"

#include <string.h>

const pagecrypt_cipher all_ciphers[9] = {
    PAGECRYPT_AES128GCM, PAGECRYPT_AES256GCM,  PAGECRYPT_AEGIS256,   PAGECRYPT_AEGIS256X2,       PAGECRYPT_AEGIS256X4,
    PAGECRYPT_AEGIS128L, PAGECRYPT_AEGIS128X2, PAGECRYPT_AEGIS128X4, PAGECRYPT_CHACHA20POLY1305,
};

pagecrypt_key *sample_key(pagecrypt_cipher cipher) {
    uint8_t raw[PAGECRYPT_MAX_KEY_LENGTH];
    for (size_t i = 0; i < sizeof raw; i++) {
        raw[i] = (uint8_t)i;
    }
    pagecrypt_key *key = NULL;
    SUCCEEDS(pagecrypt_key_new(raw, pagecrypt_cipher_key_length(cipher), cipher, &key, E));
    return key;
}

pagecrypt_page_codec *sample_codec(pagecrypt_cipher cipher, size_t page_size) {
    pagecrypt_key *key = sample_key(cipher);
    pagecrypt_page_codec *codec = NULL;
    SUCCEEDS(pagecrypt_page_codec_new_turso(key, page_size, &codec, E));
    /* The codec keeps what it needs of the key. */
    pagecrypt_key_free(key);
    return codec;
}

void fill_pattern(uint8_t *to, size_t length, uint8_t seed) {
    for (size_t j = 0; j < length; j++) {
        to[j] = (uint8_t)(seed + 7 * j);
    }
}

bytes sample_bytes(size_t length, uint8_t seed) {
    bytes made = bytes_new(length, 0);
    fill_pattern(made.at, length, seed);
    return made;
}

bytes sample_pages(const pagecrypt_page_codec *codec, uint32_t first, size_t count) {
    size_t size = pagecrypt_page_codec_page_size(codec), reserved = pagecrypt_page_codec_reserved_length(codec);
    bytes pages = bytes_new(count * size, 0);
    for (size_t i = 0; i < count; i++) {
        fill_pattern(pages.at + i * size, size - reserved, (uint8_t)(first + i));
    }
    if (first == 1 && count > 0) {
        memset(pages.at, 0, PAGECRYPT_TURSO_HEADER_LENGTH);
        memcpy(pages.at, "SQLite format 3", 16);
        pages.at[16] = (uint8_t)(size >> 8);
        pages.at[17] = (uint8_t)(size >> 16); /* 65536 is written as 1 */
        pages.at[20] = (uint8_t)reserved;
    }
    return pages;
}

bytes sample_frames(const pagecrypt_page_codec *codec, size_t count) {
    size_t size = pagecrypt_page_codec_page_size(codec), length = pagecrypt_page_codec_frame_length(codec);
    bytes pages = sample_pages(codec, 2, count), frames = bytes_new(count * length, 0);
    for (size_t i = 0; i < count; i++) {
        uint8_t *frame = frames.at + i * length;
        frame[3] = (uint8_t)(2 + i);
        frame[7] = (uint8_t)(i + 1 == count ? count + 1 : 0);
        memcpy(frame + PAGECRYPT_WAL_FRAME_HEADER_LENGTH, pages.at + i * size, size);
    }
    bytes_free(&pages);
    return frames;
}

void sample_log_header(size_t page_size, uint8_t header[PAGECRYPT_WAL_HEADER_LENGTH]) {
    SUCCEEDS(pagecrypt_wal_header_new(PAGECRYPT_LITTLE_ENDIAN, page_size, 1, 0x01020304, 0x05060708, header, E));
}
