/* Exits with 0 where 256-bit VAES does to each half what AES-NI does. Some emulators (QEMU 7.2) take the second half's
   input from the first. */
#include <immintrin.h>
#include <string.h>

int main(void) {
    unsigned char state[32], key[32], wide[32], narrow[32];
    for (int i = 0; i < 32; i++) {
        state[i] = (unsigned char)(i * 7 + 1);
        key[i] = (unsigned char)(i * 3 + 5);
    }
    __m256i both = _mm256_aesenc_epi128(_mm256_loadu_si256((void *)state), _mm256_loadu_si256((void *)key));
    _mm256_storeu_si256((void *)wide, both);
    for (int half = 0; half < 32; half += 16) {
        __m128i one = _mm_aesenc_si128(_mm_loadu_si128((void *)(state + half)), _mm_loadu_si128((void *)(key + half)));
        _mm_storeu_si128((void *)(narrow + half), one);
    }
    return memcmp(wide, narrow, 32) != 0;
}
