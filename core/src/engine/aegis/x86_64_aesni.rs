//! AEGIS on x86-64 with AES-NI: registers of one lane.

use core::arch::x86_64::{
    __m128i, _mm_aesenc_si128, _mm_and_si128, _mm_loadu_si128, _mm_storeu_si128, _mm_xor_si128,
};

use super::Variant;
use super::batch;
use super::construction::{Aegis128, Aegis256, Family};
use super::register::{Destinations, Register, Sources, destination, source};
use crate::engine::detect::AesNi;
use crate::engine::message::Message;

/// One lane.
#[derive(Clone, Copy)]
pub(super) struct Xmm(__m128i);

impl Register for Xmm {
    const LANES: usize = 1;

    #[inline(always)]
    unsafe fn load<const D: usize>(from: &Sources, offset: usize, first_lane: usize) -> Self {
        // SAFETY: the caller's promise.
        Self(unsafe { _mm_loadu_si128(source::<D>(from, offset, first_lane).cast()) })
    }

    #[inline(always)]
    unsafe fn store<const D: usize>(self, to: &Destinations, offset: usize, first_lane: usize) {
        // SAFETY: the caller's promise.
        unsafe { _mm_storeu_si128(destination::<D>(to, offset, first_lane).cast(), self.0) };
    }

    #[inline(always)]
    fn xor(self, other: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm_xor_si128(self.0, other.0) })
    }

    #[inline(always)]
    fn and(self, other: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm_and_si128(self.0, other.0) })
    }

    #[inline(always)]
    fn aes_round(self, round_key: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm_aesenc_si128(self.0, round_key.0) })
    }
}

pub(super) fn run<M: Message>(_: AesNi, variant: Variant, key: &[u8], messages: &mut [M]) {
    // 16 registers hold the states of two messages of AEGIS-256; those of AEGIS-128L and the wider variants fill
    // them alone.
    // SAFETY: token; `Backend::run` has checked the lengths.
    unsafe {
        match variant {
            Variant::Aegis128l => kernel::<Aegis128, 2, 1, Xmm, Xmm, M>(key, messages),
            Variant::Aegis128x2 => kernel::<Aegis128, 2, 2, [Xmm; 2], [Xmm; 2], M>(key, messages),
            Variant::Aegis128x4 => kernel::<Aegis128, 2, 4, [Xmm; 4], [Xmm; 4], M>(key, messages),
            Variant::Aegis256 => kernel::<Aegis256, 1, 1, Xmm, [Xmm; 2], M>(key, messages),
            Variant::Aegis256x2 => kernel::<Aegis256, 1, 2, [Xmm; 2], [Xmm; 2], M>(key, messages),
            Variant::Aegis256x4 => kernel::<Aegis256, 1, 4, [Xmm; 4], [Xmm; 4], M>(key, messages),
        }
    }
}

#[target_feature(enable = "aes,sse4.1")]
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
