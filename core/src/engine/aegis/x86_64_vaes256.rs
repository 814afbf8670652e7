//! AEGIS on x86-64 with VAES and AVX2: registers of two lanes.

use core::arch::x86_64::{
    __m256i, _mm_loadu_si128, _mm_storeu_si128, _mm256_aesenc_epi128, _mm256_and_si256,
    _mm256_castsi256_si128, _mm256_extracti128_si256, _mm256_loadu_si256, _mm256_set_m128i,
    _mm256_storeu_si256, _mm256_xor_si256,
};

use super::Variant;
use super::batch;
use super::construction::{Aegis128, Aegis256, Family};
use super::register::{Destinations, Register, Sources, destination, source};
use super::x86_64_aesni::Xmm;
use crate::engine::detect::Vaes256;
use crate::engine::message::Message;

/// Two lanes.
#[derive(Clone, Copy)]
pub(super) struct Ymm(__m256i);

impl Register for Ymm {
    const LANES: usize = 2;

    #[inline(always)]
    unsafe fn load<const D: usize>(from: &Sources, offset: usize, first_lane: usize) -> Self {
        // SAFETY: the caller's promise; with a degree of 2 or more both lanes lie side by side.
        unsafe {
            let low = source::<D>(from, offset, first_lane);
            Self(match D {
                1 => {
                    let high = source::<D>(from, offset, first_lane + 1);
                    _mm256_set_m128i(_mm_loadu_si128(high.cast()), _mm_loadu_si128(low.cast()))
                }
                _ => _mm256_loadu_si256(low.cast()),
            })
        }
    }

    #[inline(always)]
    unsafe fn store<const D: usize>(self, to: &Destinations, offset: usize, first_lane: usize) {
        // SAFETY: the caller's promise; with a degree of 2 or more both lanes lie side by side.
        unsafe {
            let low = destination::<D>(to, offset, first_lane);
            match D {
                1 => {
                    let high = destination::<D>(to, offset, first_lane + 1);
                    _mm_storeu_si128(low.cast(), _mm256_castsi256_si128(self.0));
                    _mm_storeu_si128(high.cast(), _mm256_extracti128_si256::<1>(self.0));
                }
                _ => _mm256_storeu_si256(low.cast(), self.0),
            }
        }
    }

    #[inline(always)]
    fn xor(self, other: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm256_xor_si256(self.0, other.0) })
    }

    #[inline(always)]
    fn and(self, other: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm256_and_si256(self.0, other.0) })
    }

    #[inline(always)]
    fn aes_round(self, round_key: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm256_aesenc_epi128(self.0, round_key.0) })
    }
}

pub(super) fn run<M: Message>(_: Vaes256, variant: Variant, key: &[u8], messages: &mut [M]) {
    // SAFETY: token; `Backend::run` has checked the lengths.
    unsafe {
        match variant {
            Variant::Aegis128l => kernel::<Aegis128, 2, 1, Xmm, Ymm, M>(key, messages),
            Variant::Aegis128x2 => kernel::<Aegis128, 2, 2, Ymm, Ymm, M>(key, messages),
            Variant::Aegis128x4 => kernel::<Aegis128, 2, 4, [Ymm; 2], [Ymm; 2], M>(key, messages),
            Variant::Aegis256 => kernel::<Aegis256, 1, 1, Xmm, [Ymm; 2], M>(key, messages),
            Variant::Aegis256x2 => kernel::<Aegis256, 1, 2, Ymm, [Ymm; 2], M>(key, messages),
            Variant::Aegis256x4 => kernel::<Aegis256, 1, 4, [Ymm; 2], [Ymm; 2], M>(key, messages),
        }
    }
}

#[target_feature(enable = "vaes,aes,avx2,sse4.1")]
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
