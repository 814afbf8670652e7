//! AEGIS on 64-bit ARM with the AES instructions of ARMv8: registers of one lane.

use core::arch::aarch64::{
    uint8x16_t, vaeseq_u8, vaesmcq_u8, vandq_u8, vdupq_n_u8, veorq_u8, vld1q_u8, vst1q_u8,
};

use super::Variant;
use super::batch;
use super::construction::{Aegis128, Aegis256, Family};
use super::register::{Destinations, Register, Sources, destination, source};
use crate::engine::detect::Armv8;
use crate::engine::message::Message;

/// One lane.
#[derive(Clone, Copy)]
struct Neon(uint8x16_t);

impl Register for Neon {
    const LANES: usize = 1;

    #[inline(always)]
    unsafe fn load<const D: usize>(from: &Sources, offset: usize, first_lane: usize) -> Self {
        // SAFETY: the caller's promise.
        Self(unsafe { vld1q_u8(source::<D>(from, offset, first_lane)) })
    }

    #[inline(always)]
    unsafe fn store<const D: usize>(self, to: &Destinations, offset: usize, first_lane: usize) {
        // SAFETY: the caller's promise.
        unsafe { vst1q_u8(destination::<D>(to, offset, first_lane), self.0) };
    }

    #[inline(always)]
    fn xor(self, other: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { veorq_u8(self.0, other.0) })
    }

    #[inline(always)]
    fn and(self, other: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { vandq_u8(self.0, other.0) })
    }

    // Newer compilers warn that the intrinsics will not be inlined here. They are, once this is inlined into a kernel
    // that has their features: `.ci/machine_code.py` looks.
    #[allow(unknown_lints, inline_always_mismatching_target_features)]
    #[inline(always)]
    fn aes_round(self, round_key: Self) -> Self {
        // AESE adds its key before SubBytes, so the round key is added afterwards.
        // SAFETY: register.
        Self(unsafe { veorq_u8(vaesmcq_u8(vaeseq_u8(self.0, vdupq_n_u8(0))), round_key.0) })
    }
}

pub(super) fn run<M: Message>(_: Armv8, variant: Variant, key: &[u8], messages: &mut [M]) {
    // There are 32 registers.
    // SAFETY: token; `Backend::run` has checked the lengths.
    unsafe {
        match variant {
            Variant::Aegis128l => kernel::<Aegis128, 2, 1, Neon, [Neon; 2], M>(key, messages),
            Variant::Aegis128x2 => kernel::<Aegis128, 2, 2, [Neon; 2], [Neon; 2], M>(key, messages),
            Variant::Aegis128x4 => kernel::<Aegis128, 2, 4, [Neon; 4], [Neon; 4], M>(key, messages),
            Variant::Aegis256 => kernel::<Aegis256, 1, 1, Neon, [Neon; 3], M>(key, messages),
            Variant::Aegis256x2 => kernel::<Aegis256, 1, 2, [Neon; 2], [Neon; 2], M>(key, messages),
            Variant::Aegis256x4 => kernel::<Aegis256, 1, 4, [Neon; 4], [Neon; 4], M>(key, messages),
        }
    }
}

#[target_feature(enable = "neon,aes")]
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
