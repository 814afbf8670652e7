/* Pages: 2 to 66 in one call. */

#include "matrix.h"

#define FIRST_PAGE 2
#define PAGES 65

outcome make_codec(place *at, pagecrypt_page_codec **codec) {
    pagecrypt_error *error;
    pagecrypt_status status = pagecrypt_page_codec_new_turso(at->key, PAGE_SIZE, codec, &error);
    bool foreign = at->cipher == PAGECRYPT_CHACHA20POLY1305;
    if (foreign && status == PAGECRYPT_ERROR_UNSUPPORTED_FORMAT && *codec == NULL) {
        pagecrypt_error_free(error);
        return REFUSED;
    }
    if (status != PAGECRYPT_OK)
        return failed_call(at, "page_codec_new_turso", error);
    return foreign ? fail(at, "the format took a cipher that it does not have") : OK;
}

void make_page(const pagecrypt_page_codec *codec, uint8_t *page, uint32_t number, uint32_t add) {
    size_t text = PAGE_SIZE - pagecrypt_page_codec_reserved_length(codec);
    for (size_t j = 0; j < text; j++)
        page[j] = (uint8_t)(number * 7 + j + add);
    memset(page + text, 0, PAGE_SIZE - text);
}

static buffer make_pages(const pagecrypt_page_codec *codec) {
    buffer pages = allocate((size_t)PAGES * PAGE_SIZE);
    for (uint32_t i = 0; i < PAGES; i++)
        make_page(codec, pages.bytes + (size_t)i * PAGE_SIZE, FIRST_PAGE + i, 0);
    return pages;
}

outcome write_pages(place *at) {
    char path[PATH_LENGTH];
    pagecrypt_page_codec *codec;
    pagecrypt_error *error;
    outcome done = make_codec(at, &codec);
    if (done == OK) {
        buffer pages = make_pages(codec);
        path_of(at, path, "pages-%s");
        if (pagecrypt_seal_pages(codec, FIRST_PAGE, pages.bytes, pages.length, &error) != PAGECRYPT_OK)
            done = failed_call(at, "seal_pages", error);
        else
            done = write_bytes(at, path, &pages);
        free(pages.bytes);
    }
    pagecrypt_page_codec_free(codec);
    return done;
}

static outcome open_pages(place *at, const pagecrypt_page_codec *codec, buffer *pages) {
    pagecrypt_error *error;
    if (pages->length != (size_t)PAGES * PAGE_SIZE)
        return fail(at, "%zu bytes", pages->length);
    if (pagecrypt_open_pages(codec, FIRST_PAGE, pages->bytes, pages->length, &error) != PAGECRYPT_OK)
        return failed_call(at, "open_pages", error);
    uint8_t expected[PAGE_SIZE];
    for (uint32_t i = 0; i < PAGES; i++) {
        make_page(codec, expected, FIRST_PAGE + i, 0);
        if (compare(at, "page", FIRST_PAGE + i, pages->bytes + (size_t)i * PAGE_SIZE, expected, PAGE_SIZE) != OK)
            return FAILED;
    }
    return OK;
}

outcome read_pages(place *at) {
    char path[PATH_LENGTH];
    pagecrypt_page_codec *codec;
    buffer pages = {NULL, 0};
    outcome done = make_codec(at, &codec);
    path_of(at, path, "pages-%s");
    if (done == OK)
        done = read_bytes(at, path, &pages);
    if (done == OK)
        done = open_pages(at, codec, &pages);
    free(pages.bytes);
    pagecrypt_page_codec_free(codec);
    return done;
}
