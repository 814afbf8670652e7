/* The header needs no other before it, and may come twice. C and C++ compile this file. */
#include <pagecrypt.h>
#include <pagecrypt.h>

uint32_t abi_seen_here(void);
uint32_t abi_seen_here(void) {
    return pagecrypt_abi();
}
