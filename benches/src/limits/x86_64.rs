//! x86-64: AES-NI and VAES, and adds and rotates of SSE2, AVX2 and AVX-512.

use std::arch::x86_64::*;
use std::hint::black_box;

use super::{Kind, Unit};

/// Independent chains of AES rounds: latencies of up to 5 cycles at 2 rounds a cycle, and some to spare.
const AES_CHAINS: usize = 12;
/// Independent chains of ChaCha20 steps: two registers each, of 16.
const CHACHA_CHAINS: usize = 6;
/// With 32 registers.
const CHACHA_CHAINS_512: usize = 12;

/// Chains of one instruction on `$chains` registers, started from values the compiler does not know.
macro_rules! aes {
    ($name:ident, $features:literal, $register:ty, $zero:expr, $round:path) => {
        #[target_feature(enable = $features)]
        fn $name(passes: u64) {
            let key = black_box($zero);
            let mut states: [$register; AES_CHAINS] = black_box([$zero; AES_CHAINS]);
            for _ in 0..passes {
                for state in &mut states {
                    *state = $round(*state, key);
                }
            }
            black_box(states);
        }
    };
}

aes!(aes_128, "aes", __m128i, _mm_setzero_si128(), _mm_aesenc_si128);
aes!(aes_256, "vaes,avx2", __m256i, _mm256_setzero_si256(), _mm256_aesenc_epi128);
aes!(aes_512, "vaes,avx512f", __m512i, _mm512_setzero_si512(), _mm512_aesenc_epi128);

/// A pass is one step with each of ChaCha20's four rotations, on each chain.
macro_rules! chacha {
    ($name:ident, $features:literal, $register:ty, $chains:ident, $zero:expr, $add:path, $xor:path,
     $($rotate:expr),*) => {
        #[target_feature(enable = $features)]
        fn $name(passes: u64) {
            let b = black_box($zero);
            let mut words: [($register, $register); $chains] = black_box([($zero, $zero); $chains]);
            for _ in 0..passes {
                $(
                    for (a, d) in &mut words {
                        *a = $add(*a, b);
                        *d = $rotate($xor(*d, *a));
                    }
                )*
            }
            black_box(words);
        }
    };
}

macro_rules! shift_128 {
    ($bits:literal) => {
        |x| _mm_or_si128(_mm_slli_epi32::<$bits>(x), _mm_srli_epi32::<{ 32 - $bits }>(x))
    };
}

macro_rules! shift_256 {
    ($bits:literal) => {
        |x| _mm256_or_si256(_mm256_slli_epi32::<$bits>(x), _mm256_srli_epi32::<{ 32 - $bits }>(x))
    };
}

/// Rotations by whole bytes are one shuffle.
macro_rules! shuffle_256 {
    ($bytes:literal) => {
        |x| {
            let at = |i: i32| (i & !3) | ((i + 4 - $bytes) & 3);
            let word = |w: i32| {
                i32::from_le_bytes([
                    at(4 * w) as u8,
                    at(4 * w + 1) as u8,
                    at(4 * w + 2) as u8,
                    at(4 * w + 3) as u8,
                ])
            };
            let (a, b, c, d) = (word(0), word(1), word(2), word(3));
            _mm256_shuffle_epi8(x, _mm256_setr_epi32(a, b, c, d, a, b, c, d))
        }
    };
}

chacha!(
    chacha_128,
    "sse2",
    __m128i,
    CHACHA_CHAINS,
    _mm_setzero_si128(),
    _mm_add_epi32,
    _mm_xor_si128,
    shift_128!(16),
    shift_128!(12),
    shift_128!(8),
    shift_128!(7)
);
chacha!(
    chacha_256,
    "avx2",
    __m256i,
    CHACHA_CHAINS,
    _mm256_setzero_si256(),
    _mm256_add_epi32,
    _mm256_xor_si256,
    shuffle_256!(2),
    shift_256!(12),
    shuffle_256!(1),
    shift_256!(7)
);
chacha!(
    chacha_256_rotating,
    "avx512f,avx512vl",
    __m256i,
    CHACHA_CHAINS_512,
    _mm256_setzero_si256(),
    _mm256_add_epi32,
    _mm256_xor_si256,
    _mm256_rol_epi32::<16>,
    _mm256_rol_epi32::<12>,
    _mm256_rol_epi32::<8>,
    _mm256_rol_epi32::<7>
);
chacha!(
    chacha_512,
    "avx512f",
    __m512i,
    CHACHA_CHAINS_512,
    _mm512_setzero_si512(),
    _mm512_add_epi32,
    _mm512_xor_si512,
    _mm512_rol_epi32::<16>,
    _mm512_rol_epi32::<12>,
    _mm512_rol_epi32::<8>,
    _mm512_rol_epi32::<7>
);

pub(super) fn units() -> Vec<Unit> {
    let mut units = Vec::new();
    let mut aes = |there: bool, name, blocks, run| {
        let per_pass = (AES_CHAINS * blocks) as u64;
        units.extend(there.then_some(Unit { kind: Kind::AesRound, name, per_pass, run }));
    };
    let vaes = is_x86_feature_detected!("vaes");
    // SAFETY: AES-NI was detected where this unit is offered.
    aes(is_x86_feature_detected!("aes"), "aesenc xmm", 1, |passes| unsafe { aes_128(passes) });
    // SAFETY: VAES and AVX2 were detected where this unit is offered.
    aes(vaes && is_x86_feature_detected!("avx2"), "vaesenc ymm", 2, |passes| unsafe { aes_256(passes) });
    // SAFETY: VAES and AVX-512 were detected where this unit is offered.
    aes(vaes && is_x86_feature_detected!("avx512f"), "vaesenc zmm", 4, |passes| unsafe { aes_512(passes) });

    let mut chacha = |there: bool, name, chains: usize, words: usize, run| {
        let per_pass = (chains * words * 4) as u64;
        units.extend(there.then_some(Unit { kind: Kind::ChaChaStep, name, per_pass, run }));
    };
    let avx512f = is_x86_feature_detected!("avx512f");
    // SAFETY: every x86-64 CPU has SSE2.
    chacha(true, "sse2 xmm", CHACHA_CHAINS, 4, |passes| unsafe { chacha_128(passes) });
    // SAFETY: AVX2 was detected where this unit is offered.
    chacha(is_x86_feature_detected!("avx2"), "avx2 ymm", CHACHA_CHAINS, 8, |passes| unsafe {
        chacha_256(passes)
    });
    let avx512vl = avx512f && is_x86_feature_detected!("avx512vl");
    // SAFETY: AVX-512 F and VL were detected where this unit is offered.
    chacha(avx512vl, "avx512 ymm", CHACHA_CHAINS_512, 8, |passes| unsafe { chacha_256_rotating(passes) });
    // SAFETY: AVX-512 F was detected where this unit is offered.
    chacha(avx512f, "avx512 zmm", CHACHA_CHAINS_512, 16, |passes| unsafe { chacha_512(passes) });
    units
}
