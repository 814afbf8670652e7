/* Frames: a write-ahead log of three. */

#include "matrix.h"

#define FRAMES 3
#define HEADER PAGECRYPT_WAL_HEADER_LENGTH
#define FRAME_HEADER PAGECRYPT_WAL_FRAME_HEADER_LENGTH
#define FRAME (FRAME_HEADER + PAGE_SIZE)

static const uint32_t frame_pages[FRAMES] = {2, 3, 2};
static const uint32_t commit_sizes[FRAMES] = {0, 0, 3};
static const uint32_t salts[2] = {0x01020304, 0x05060708};

static void put_word(uint8_t *to, uint32_t word) {
    for (int i = 0; i < 4; i++)
        to[i] = (uint8_t)(word >> (24 - 8 * i));
}

static outcome seal_frames(place *at, const pagecrypt_page_codec *codec, buffer *log) {
    pagecrypt_wal_chain *chain;
    pagecrypt_error *error;
    if (pagecrypt_wal_header_new(PAGECRYPT_LITTLE_ENDIAN, PAGE_SIZE, 1, salts[0], salts[1], log->bytes, &error) !=
        PAGECRYPT_OK)
        return failed_call(at, "wal_header_new", error);
    for (uint32_t k = 0; k < FRAMES; k++) {
        uint8_t *frame = log->bytes + HEADER + (size_t)k * FRAME;
        put_word(frame, frame_pages[k]);
        put_word(frame + 4, commit_sizes[k]);
        make_page(codec, frame + FRAME_HEADER, frame_pages[k], k);
    }
    if (pagecrypt_wal_chain_start(log->bytes, HEADER, &chain, &error) != PAGECRYPT_OK)
        return failed_call(at, "wal_chain_start", error);
    outcome done = OK;
    if (pagecrypt_seal_frames(codec, chain, log->bytes + HEADER, FRAMES * FRAME, &error) != PAGECRYPT_OK)
        done = failed_call(at, "seal_frames", error);
    pagecrypt_wal_chain_free(chain);
    return done;
}

outcome write_frames(place *at) {
    char path[PATH_LENGTH];
    pagecrypt_page_codec *codec;
    outcome done = make_codec(at, &codec);
    if (done == OK) {
        buffer log = allocate(HEADER + FRAMES * FRAME);
        path_of(at, path, "frames-%s");
        done = seal_frames(at, codec, &log);
        if (done == OK)
            done = write_bytes(at, path, &log);
        free(log.bytes);
    }
    pagecrypt_page_codec_free(codec);
    return done;
}

/* Whether the chain takes the frames, and what their headers say. */
static outcome check_frames(place *at, const buffer *log, pagecrypt_wal_chain *chain) {
    pagecrypt_error *error;
    for (uint32_t k = 0; k < FRAMES; k++) {
        const uint8_t *frame = log->bytes + HEADER + (size_t)k * FRAME;
        bool accepted;
        uint32_t page, commit_size, checksums[2];
        if (pagecrypt_wal_chain_accept(chain, frame, FRAME, &accepted, &error) != PAGECRYPT_OK)
            return failed_call(at, "wal_chain_accept", error);
        if (!accepted)
            return fail(at, "frame %u is not the log's next", (unsigned)k + 1);
        if (pagecrypt_wal_frame_header_parse(frame, FRAME, &page, &commit_size, NULL, NULL, &checksums[0],
                                             &checksums[1], &error) != PAGECRYPT_OK)
            return failed_call(at, "wal_frame_header_parse", error);
        if (page != frame_pages[k] || commit_size != commit_sizes[k])
            return fail(at, "frame %u says page %u, commit size %u", (unsigned)k + 1, (unsigned)page,
                        (unsigned)commit_size);
        uint32_t chained[2];
        if (pagecrypt_wal_chain_checksum(chain, &chained[0], &chained[1], &error) != PAGECRYPT_OK)
            return failed_call(at, "wal_chain_checksum", error);
        if (chained[0] != checksums[0] || chained[1] != checksums[1])
            return fail(at, "frame %u has another checksum than the chain", (unsigned)k + 1);
    }
    return OK;
}

static outcome open_frames(place *at, const pagecrypt_page_codec *codec, buffer *log) {
    pagecrypt_byte_order order;
    size_t page_size;
    uint32_t checkpoint, salt1, salt2;
    pagecrypt_wal_chain *chain;
    pagecrypt_error *error;
    if (pagecrypt_wal_header_parse(log->bytes, log->length, &order, &page_size, &checkpoint, &salt1, &salt2, &error) !=
        PAGECRYPT_OK)
        return failed_call(at, "wal_header_parse", error);
    if (order != PAGECRYPT_LITTLE_ENDIAN || page_size != PAGE_SIZE || checkpoint != 1 || salt1 != salts[0] ||
        salt2 != salts[1])
        return fail(at, "the log's header is another");
    if (log->length != HEADER + FRAMES * FRAME)
        return fail(at, "%zu bytes", log->length);
    if (pagecrypt_wal_chain_start(log->bytes, HEADER, &chain, &error) != PAGECRYPT_OK)
        return failed_call(at, "wal_chain_start", error);
    outcome done = check_frames(at, log, chain);
    pagecrypt_wal_chain_free(chain);
    if (done != OK)
        return done;
    if (pagecrypt_open_frames(codec, 1, log->bytes + HEADER, FRAMES * FRAME, &error) != PAGECRYPT_OK)
        return failed_call(at, "open_frames", error);
    for (uint32_t k = 0; k < FRAMES && done == OK; k++) {
        uint8_t expected[PAGE_SIZE];
        make_page(codec, expected, frame_pages[k], k);
        done = compare(at, "frame", k + 1, log->bytes + HEADER + (size_t)k * FRAME + FRAME_HEADER, expected, PAGE_SIZE);
    }
    return done;
}

outcome read_frames(place *at) {
    char path[PATH_LENGTH];
    pagecrypt_page_codec *codec;
    buffer log = {NULL, 0};
    outcome done = make_codec(at, &codec);
    path_of(at, path, "frames-%s");
    if (done == OK)
        done = read_bytes(at, path, &log);
    if (done == OK)
        done = open_frames(at, codec, &log);
    free(log.bytes);
    pagecrypt_page_codec_free(codec);
    return done;
}
