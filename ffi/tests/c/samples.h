/* Keys, pages and messages that many tests work with. */
#ifndef SAMPLES_H
#define SAMPLES_H

#include "vectors.h"

#define SMALL_PAGE 512

/* The ciphers of the catalogue and, first, those of Turso's format: all but the last. */
extern const pagecrypt_cipher all_ciphers[9];
#define TURSO_CIPHERS 8

/* The key with the bytes 0, 1, 2, ... */
pagecrypt_key *sample_key(pagecrypt_cipher cipher);
pagecrypt_page_codec *sample_codec(pagecrypt_cipher cipher, size_t page_size);
/* Byte j is seed + 7 * j. */
void fill_pattern(uint8_t *to, size_t length, uint8_t seed);
bytes sample_bytes(size_t length, uint8_t seed);
/* `count` plaintext pages for the codec: patterns, then reserved bytes of zero. With `first` 1, page 1 begins with SQLite's
   header. */
bytes sample_pages(const pagecrypt_page_codec *codec, uint32_t first, size_t count);
/* Frames of a log for the codec, not sealed yet: pages 2, 3, 4, ... and a commit at the end. */
bytes sample_frames(const pagecrypt_page_codec *codec, size_t count);
/* A log's header of little-endian checksums. */
void sample_log_header(size_t page_size, uint8_t header[PAGECRYPT_WAL_HEADER_LENGTH]);

#endif
