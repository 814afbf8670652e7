//! AEGIS on 64-bit ARM with the AES instructions of ARMv8: registers of one lane.

use core::arch::aarch64::{
    uint8x16_t, vaeseq_u8, vaesmcq_u8, vandq_u8, vdupq_n_u8, veorq_u8, vld1q_u8, vst1q_u8,
};

use super::Variant;
use super::batch::{self, Kernels};
use super::construction::{Aegis128, Aegis256};
use super::register::{Destinations, Register, Sources, Tags, destination, source};
use super::schedule::Schedule;
use crate::engine::detect::{Armv8, Armv8Sha3};
use crate::engine::message::{Checked, Message};

/// Which instructions there are: with SHA-3's, the compiler adds three operands in one.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Instructions {
    Aes(Armv8),
    AesSha3(Armv8, Armv8Sha3),
}

impl Instructions {
    /// The best that this CPU has.
    pub(super) fn best(token: Armv8) -> Self {
        match Armv8Sha3::detect() {
            Some(sha3) => Self::AesSha3(token, sha3),
            None => Self::Aes(token),
        }
    }
}

/// One lane.
#[derive(Clone, Copy)]
struct Neon(uint8x16_t);

impl Register for Neon {
    const LANES: usize = 1;
    const KEY_IS_LAST: bool = true;

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
    unsafe fn broadcast(block: *const u8) -> Self {
        // SAFETY: the caller's promise.
        Self(unsafe { vld1q_u8(block) })
    }

    #[inline(always)]
    unsafe fn replicate<const D: usize>(from: &Sources, offset: usize, first_lane: usize) -> Self {
        // SAFETY: the caller's promise.
        unsafe { Self::broadcast(from[first_lane / D].wrapping_add(offset)) }
    }

    #[inline(always)]
    fn add_to_tags<const D: usize>(self, tags: &mut Tags, first_lane: usize) {
        let mut tag = [0_u8; 16];
        // SAFETY: register; there are as many bytes.
        unsafe { vst1q_u8(tag.as_mut_ptr(), self.0) };
        tags[first_lane / D] ^= u128::from_le_bytes(tag);
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

type N = Neon;

/// Calls a macro of [`batch`] with the registers for each variant. Two or three independent states fill the time that a round
/// takes: of messages, or of the lanes of a parallel variant, which have their turn two by two. 32 registers hold them,
/// but not three of AEGIS-256 where compilers add three operands in one instruction: those live longer, and a tenth of the loop
/// would be words put on the stack.
macro_rules! registers {
    ($states_of_256:ty, $do:ident, $($given:tt)*) => {
        batch::$do!($($given)*, {
            Aegis128l => Aegis128, 2, 1, N, [N; 2];
            Aegis128x2 => Aegis128, 2, 2, [N; 2], [N; 2];
            Aegis128x4 => Aegis128, 2, 4, [N; 2], [N; 2];
            Aegis256 => Aegis256, 1, 1, N, $states_of_256;
            Aegis256x2 => Aegis256, 1, 2, [N; 2], [N; 2];
            Aegis256x4 => Aegis256, 1, 4, [N; 2], [N; 2];
        })
    };
}

/// What is called through pointers.
pub(super) fn kernels(instructions: Instructions, variant: Variant) -> Kernels {
    match instructions {
        Instructions::Aes(_) => registers!([N; 3], kernels_by_variant, kernel_aes, variant),
        Instructions::AesSha3(..) => registers!([N; 2], kernels_by_variant, kernel_aes_sha3, variant),
    }
}

pub(super) fn run<M: Message>(
    instructions: Instructions,
    variant: Variant,
    schedule: &Schedule,
    batch: Checked<'_, M>,
) {
    // SAFETY: token; `Backend::run` has checked the lengths.
    unsafe {
        match instructions {
            Instructions::Aes(_) => registers!([N; 3], by_variant, kernel_aes, variant, schedule, batch),
            Instructions::AesSha3(..) => {
                registers!([N; 2], by_variant, kernel_aes_sha3, variant, schedule, batch)
            }
        }
    }
}

batch::kernel!(kernel_aes, #[target_feature(enable = "neon,aes")]);
batch::kernel!(kernel_aes_sha3, #[target_feature(enable = "neon,aes,sha3")]);
