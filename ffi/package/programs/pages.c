/* Seals and opens two pages; says which library it runs with. */
#include <pagecrypt.h>
#include <stdio.h>
#include <string.h>

#define PAGE 4096

static uint8_t plain[2 * PAGE], pages[2 * PAGE];

int main(void) {
    pagecrypt_key *key = NULL;
    pagecrypt_page_codec *codec = NULL;
    int ok = pagecrypt_key_generate(PAGECRYPT_AEGIS256, &key, NULL) == PAGECRYPT_OK &&
             pagecrypt_page_codec_new_turso(key, PAGE, &codec, NULL) == PAGECRYPT_OK;
    if (ok) {
        size_t text = PAGE - pagecrypt_page_codec_reserved_length(codec);
        memset(plain, 'a', text);
        memset(plain + PAGE, 'b', text);
        memcpy(pages, plain, sizeof pages);
        ok = pagecrypt_seal_pages(codec, 2, pages, sizeof pages, NULL) == PAGECRYPT_OK &&
             memcmp(pages, plain, text) != 0 &&
             pagecrypt_open_pages(codec, 2, pages, sizeof pages, NULL) == PAGECRYPT_OK &&
             memcmp(pages, plain, text) == 0 && memcmp(pages + PAGE, plain + PAGE, text) == 0;
    }
    pagecrypt_page_codec_free(codec);
    pagecrypt_key_free(key);
    printf("pagecrypt %s, abi %u: pages %s\n", pagecrypt_version(), (unsigned)pagecrypt_abi(), ok ? "opened" : "lost");
    return !ok;
}
