#include "record_samples.h"

#include <stdlib.h>
#include <string.h>

const pagecrypt_cipher s2_ciphers[2] = {PAGECRYPT_AEGIS256, PAGECRYPT_AES256GCM};

static pagecrypt_context context_of(pagecrypt_context_kind kind, uint8_t seed, uint8_t writer) {
    pagecrypt_context context = {0};
    context.kind = kind;
    memset(context.id, seed, kind == PAGECRYPT_CONTEXT_STORE ? PAGECRYPT_STORE_ID_LENGTH : sizeof context.id);
    memset(context.writer, writer, sizeof context.writer);
    return context;
}

pagecrypt_context stream_context(uint8_t seed) {
    return context_of(PAGECRYPT_CONTEXT_STREAM, seed, 0);
}

pagecrypt_context store_context(uint8_t seed) {
    return context_of(PAGECRYPT_CONTEXT_STORE, seed, 0);
}

pagecrypt_context writer_context(uint8_t seed, uint8_t writer) {
    return context_of(PAGECRYPT_CONTEXT_WRITER, seed, writer);
}

static void copy_member(const json_t *object, const char *member, uint8_t *to, size_t length) {
    bytes id = bytes_of_member(object, member);
    REQUIRE(id.length == length);
    memcpy(to, id.at, length);
    bytes_free(&id);
}

pagecrypt_context context_of_case(const json_t *of) {
    const json_t *context = json_object_get(of, "context");
    const char *kind = text_of_member(context, "kind");
    pagecrypt_context made = {0};
    if (strcmp(kind, "store") == 0) {
        made.kind = PAGECRYPT_CONTEXT_STORE;
        copy_member(context, "store", made.id, PAGECRYPT_STORE_ID_LENGTH);
        return made;
    }
    copy_member(context, "stream", made.id, PAGECRYPT_STREAM_ID_LENGTH);
    made.kind = PAGECRYPT_CONTEXT_STREAM;
    if (strcmp(kind, "writer") == 0) {
        made.kind = PAGECRYPT_CONTEXT_WRITER;
        copy_member(context, "writer", made.writer, sizeof made.writer);
    }
    return made;
}

pagecrypt_record_codec *bound_codec(pagecrypt_cipher cipher, pagecrypt_context context) {
    pagecrypt_key *key = sample_key(cipher);
    pagecrypt_record_codec *codec = NULL;
    SUCCEEDS(pagecrypt_record_codec_new_bound(key, &context, &codec, E));
    pagecrypt_key_free(key); /* the codec keeps what it needs */
    return codec;
}

pagecrypt_record_codec *s2_codec(pagecrypt_cipher cipher) {
    pagecrypt_key *key = sample_key(cipher);
    pagecrypt_record_codec *codec = NULL;
    uint8_t id[PAGECRYPT_STREAM_ID_LENGTH];
    SUCCEEDS(pagecrypt_s2_stream_id("basin", "stream", id, E));
    SUCCEEDS(pagecrypt_record_codec_new_s2(key, id, &codec, E));
    pagecrypt_key_free(key);
    return codec;
}

pagecrypt_place at_sequence(uint64_t sequence) {
    pagecrypt_place place = {0};
    place.sequence = sequence;
    place.given = PAGECRYPT_PLACE_SEQUENCE;
    return place;
}

static size_t *offsets_of(size_t count) {
    size_t *offsets = calloc(count + 1, sizeof *offsets);
    REQUIRE(offsets != NULL);
    return offsets;
}

run run_of(size_t count, size_t length) {
    run made = {count, offsets_of(count), bytes_new(length, 0xee)};
    return made;
}

static const size_t lengths[] = {64, 1, 1025, 16, 255, 4100, 17, 2, 256, 31, 1024, 33, 15, 600, 128, 65, 2000};

run plaintexts_of(size_t count) {
    size_t total = 0;
    for (size_t i = 0; i < count; i++) {
        total += lengths[i % LENGTH(lengths)];
    }
    run made = run_of(count, total);
    for (size_t i = 0; i < count; i++) {
        size_t length = lengths[i % LENGTH(lengths)];
        fill_pattern(made.all.at + made.offsets[i], length, (uint8_t)i);
        made.offsets[i + 1] = made.offsets[i] + length;
    }
    return made;
}

run envelopes_of(size_t count) {
    run made = plaintexts_of(count);
    for (size_t i = 0; i < count; i++) {
        made.all.at[made.offsets[i]] = 0; /* an envelope without headers; what follows is its body */
    }
    return made;
}

run one_record(const void *record, size_t length) {
    run made = {1, offsets_of(1), bytes_copy(record, length)};
    made.offsets[1] = length;
    return made;
}

run room_for(const run *from, size_t spare) {
    return run_of(from->count, from->all.length + from->count * spare);
}

void run_free(run *run) {
    free(run->offsets);
    bytes_free(&run->all);
}

bytes sealed_record(const pagecrypt_record_codec *codec, const void *plaintext, size_t length, const pagecrypt_place *place) {
    run from = one_record(plaintext, length), to = room_for(&from, PAGECRYPT_MAX_RECORD_OVERHEAD);
    SUCCEEDS(pagecrypt_seal_records(codec, 1, from.all.at, length, from.offsets, place, to.all.at, to.all.length, to.offsets, E));
    bytes record = bytes_copy(to.all.at, to.offsets[1]);
    CHECK_EQUAL(record.length, pagecrypt_record_codec_sealed_length(codec, length, place));
    run_free(&from);
    run_free(&to);
    return record;
}

pagecrypt_status open_record(const pagecrypt_record_codec *codec, bytes record, const pagecrypt_place *place, bytes *plaintext) {
    run from = one_record(record.at, record.length), to = room_for(&from, 0);
    pagecrypt_status one = 77;
    pagecrypt_status status = pagecrypt_open_records(codec, 1, from.all.at, record.length, from.offsets, place, to.all.at,
                                                     to.all.length, to.offsets, &one, NULL);
    CHECK_EQUAL(status, one);
    if (status != PAGECRYPT_OK) {
        CHECK_FILLED(0, to.all.at, to.offsets[1]);
    }
    if (plaintext != NULL) {
        *plaintext = bytes_copy(to.all.at, to.offsets[1]);
    }
    run_free(&from);
    run_free(&to);
    return status;
}
