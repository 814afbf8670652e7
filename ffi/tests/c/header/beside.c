/* A second translation unit beside alone.c: the header defines nothing that they both would. C and C++ compile it. */
#include <pagecrypt.h>

uint32_t abi_seen_here(void);

int main(void) {
    pagecrypt_error *error = NULL;
    pagecrypt_key *key = NULL;
    pagecrypt_status status = pagecrypt_key_generate(PAGECRYPT_AEGIS256, &key, &error);
    pagecrypt_key_free(key);
    pagecrypt_error_free(error);
    return status == PAGECRYPT_OK && abi_seen_here() == PAGECRYPT_ABI ? 0 : 1;
}
