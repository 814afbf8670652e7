/* Records, codecs and contexts that the tests of records work with. */
#ifndef RECORD_SAMPLES_H
#define RECORD_SAMPLES_H

#include "samples.h"

/* Many inputs of one call, or their outputs. */
typedef struct run {
    size_t count;
    size_t *offsets;
    bytes all;
} run;

/* Contexts of which every byte of an id is `seed`. */
pagecrypt_context stream_context(uint8_t seed);
pagecrypt_context store_context(uint8_t seed);
pagecrypt_context writer_context(uint8_t seed, uint8_t writer);
/* The context that a case of vectors/records.json names. */
pagecrypt_context context_of_case(const json_t *of);

pagecrypt_record_codec *bound_codec(pagecrypt_cipher cipher, pagecrypt_context context);
pagecrypt_record_codec *s2_codec(pagecrypt_cipher cipher);
/* The ciphers that S2 has. */
extern const pagecrypt_cipher s2_ciphers[2];

pagecrypt_place at_sequence(uint64_t sequence);

/* Inputs of `count` lengths: patterns, or envelopes of S2 without headers. */
run run_of(size_t count, size_t spare);
run plaintexts_of(size_t count);
run envelopes_of(size_t count);
run one_record(const void *record, size_t length);
/* Room for the outputs of `from`. */
run room_for(const run *from, size_t spare);
void run_free(run *run);

/* A record of one plaintext, which must succeed. */
bytes sealed_record(const pagecrypt_record_codec *codec, const void *plaintext, size_t length, const pagecrypt_place *place);
/* The status of opening one record; `plaintext`, if it is not NULL, becomes a copy of what was opened. */
pagecrypt_status open_record(const pagecrypt_record_codec *codec, bytes record, const pagecrypt_place *place, bytes *plaintext);

#endif
