/* What Rust's compiler calls and the ThreadSanitizer of clang 14 does not have yet (that of 15 does, and wins over these weak
   ones). The plain functions are watched there. */
#include <string.h>

#define WEAK __attribute__((weak))

WEAK void *__tsan_memcpy(void *to, const void *from, size_t length);
WEAK void *__tsan_memmove(void *to, const void *from, size_t length);
WEAK void *__tsan_memset(void *to, int byte, size_t length);

void *__tsan_memcpy(void *to, const void *from, size_t length) {
    return memcpy(to, from, length);
}

void *__tsan_memmove(void *to, const void *from, size_t length) {
    return memmove(to, from, length);
}

void *__tsan_memset(void *to, int byte, size_t length) {
    return memset(to, byte, length);
}
