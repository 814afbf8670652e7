//! AEGIS on x86-64 with VAES and AVX-512: registers of four lanes.

use core::arch::x86_64::{
    __m512i, _mm_loadu_si128, _mm_storeu_si128, _mm256_loadu_si256, _mm256_storeu_si256,
    _mm512_aesenc_epi128, _mm512_and_si512, _mm512_castsi128_si512, _mm512_castsi256_si512,
    _mm512_castsi512_si256, _mm512_extracti32x4_epi32, _mm512_extracti64x4_epi64, _mm512_inserti32x4,
    _mm512_inserti64x4, _mm512_loadu_si512, _mm512_storeu_si512, _mm512_xor_si512,
};

use super::Variant;
use super::batch;
use super::construction::{Aegis128, Aegis256, Family};
use super::register::{Destinations, Register, Sources, destination, source};
use super::x86_64_aesni::Xmm;
use super::x86_64_vaes256::Ymm;
use crate::engine::detect::Vaes512;
use crate::engine::message::Message;

/// Four lanes.
#[derive(Clone, Copy)]
struct Zmm(__m512i);

impl Register for Zmm {
    const LANES: usize = 4;

    #[inline(always)]
    unsafe fn load<const D: usize>(from: &Sources, offset: usize, first_lane: usize) -> Self {
        // SAFETY: the caller's promise; the lanes of a message lie side by side.
        unsafe {
            let at = |lane| source::<D>(from, offset, first_lane + lane);
            Self(match D {
                1 => {
                    let lanes = _mm512_castsi128_si512(_mm_loadu_si128(at(0).cast()));
                    let lanes = _mm512_inserti32x4::<1>(lanes, _mm_loadu_si128(at(1).cast()));
                    let lanes = _mm512_inserti32x4::<2>(lanes, _mm_loadu_si128(at(2).cast()));
                    _mm512_inserti32x4::<3>(lanes, _mm_loadu_si128(at(3).cast()))
                }
                2 => {
                    let lanes = _mm512_castsi256_si512(_mm256_loadu_si256(at(0).cast()));
                    _mm512_inserti64x4::<1>(lanes, _mm256_loadu_si256(at(2).cast()))
                }
                _ => _mm512_loadu_si512(at(0).cast()),
            })
        }
    }

    #[inline(always)]
    unsafe fn store<const D: usize>(self, to: &Destinations, offset: usize, first_lane: usize) {
        // SAFETY: the caller's promise; the lanes of a message lie side by side.
        unsafe {
            let at = |lane| destination::<D>(to, offset, first_lane + lane);
            match D {
                1 => {
                    _mm_storeu_si128(at(0).cast(), _mm512_extracti32x4_epi32::<0>(self.0));
                    _mm_storeu_si128(at(1).cast(), _mm512_extracti32x4_epi32::<1>(self.0));
                    _mm_storeu_si128(at(2).cast(), _mm512_extracti32x4_epi32::<2>(self.0));
                    _mm_storeu_si128(at(3).cast(), _mm512_extracti32x4_epi32::<3>(self.0));
                }
                2 => {
                    _mm256_storeu_si256(at(0).cast(), _mm512_castsi512_si256(self.0));
                    _mm256_storeu_si256(at(2).cast(), _mm512_extracti64x4_epi64::<1>(self.0));
                }
                _ => _mm512_storeu_si512(at(0).cast(), self.0),
            }
        }
    }

    #[inline(always)]
    fn xor(self, other: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm512_xor_si512(self.0, other.0) })
    }

    #[inline(always)]
    fn and(self, other: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm512_and_si512(self.0, other.0) })
    }

    #[inline(always)]
    fn aes_round(self, round_key: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm512_aesenc_epi128(self.0, round_key.0) })
    }
}

pub(super) fn run<M: Message>(_: Vaes512, variant: Variant, key: &[u8], messages: &mut [M]) {
    // SAFETY: token; `Backend::run` has checked the lengths.
    unsafe {
        match variant {
            Variant::Aegis128l => kernel::<Aegis128, 2, 1, Xmm, [Zmm; 2], M>(key, messages),
            Variant::Aegis128x2 => kernel::<Aegis128, 2, 2, Ymm, [Zmm; 2], M>(key, messages),
            Variant::Aegis128x4 => kernel::<Aegis128, 2, 4, Zmm, [Zmm; 2], M>(key, messages),
            Variant::Aegis256 => kernel::<Aegis256, 1, 1, Xmm, [Zmm; 2], M>(key, messages),
            Variant::Aegis256x2 => kernel::<Aegis256, 1, 2, Ymm, [Zmm; 2], M>(key, messages),
            Variant::Aegis256x4 => kernel::<Aegis256, 1, 4, Zmm, [Zmm; 2], M>(key, messages),
        }
    }
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,vaes,aes,avx2,sse4.1")]
fn kernel<F, const RATE: usize, const D: usize, One, Many, M>(key: &[u8], messages: &mut [M])
where
    F: Family<RATE>,
    One: Register,
    Many: Register,
    M: Message,
{
    // SAFETY: this function's features are those of the registers that `run` names; `Backend::run` has checked the lengths.
    unsafe { batch::run::<F, RATE, D, One, Many, M>(key, messages) };
}
