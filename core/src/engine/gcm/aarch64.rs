//! AES-GCM on 64-bit ARM with the AES instructions of ARMv8 and PMULL: registers of one lane.

// Newer compilers warn that the intrinsics will not be inlined here. They are, once this is inlined into a kernel
// that has their features: `.ci/machine_code.py` looks.
#![allow(unknown_lints, inline_always_mismatching_target_features)]

use core::arch::aarch64::{
    uint8x16_t, vaeseq_u8, vaesmcq_u8, vandq_u8, vcombine_u64, vcreate_u64, veorq_u8, vextq_u8,
    vgetq_lane_u32, vgetq_lane_u64, vld1q_u8, vmull_high_p64, vmull_p64, vreinterpretq_p64_u8,
    vreinterpretq_u8_p128, vreinterpretq_u8_u64, vreinterpretq_u32_u8, vreinterpretq_u64_u8, vrev64q_u8,
    vst1q_u8, vzip1q_u64, vzip2q_u64,
};
use core::arch::asm;

use super::batch::Kernels;
use super::bytes::{keep, load_up_to, store_up_to};
use super::register::{Block, Register};
use super::rounds::IN_FLIGHT;
use super::schedule::Schedule;
use super::{alone, long, short};
use crate::engine::message::Message;

/// One lane.
#[derive(Clone, Copy)]
struct Neon(uint8x16_t);

impl Register for Neon {
    const LANES: usize = 1;
    const KEY_FIRST: bool = true;
    type Lane = Self;
    type Lanes<T: Copy> = [T; 1];

    #[inline(always)]
    fn lanes<T: Copy>(each: T) -> [T; 1] {
        [each]
    }

    #[inline(always)]
    unsafe fn load(from: *const u8) -> Self {
        // SAFETY: the caller's promise.
        Self(unsafe { vld1q_u8(from) })
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut u8) {
        // SAFETY: the caller's promise.
        unsafe { vst1q_u8(to, self.0) };
    }

    #[inline(always)]
    unsafe fn load_first(from: *const u8, length: usize) -> Self {
        // SAFETY: the caller's promise.
        unsafe { if length >= 16 { Self::load(from) } else { Self::of(load_up_to(from, length)) } }
    }

    #[inline(always)]
    unsafe fn store_first(self, to: *mut u8, length: usize) {
        // SAFETY: the caller's promise.
        unsafe {
            if length >= 16 {
                return self.store(to);
            }
            let mut block: Block = 0;
            self.store((&raw mut block).cast());
            store_up_to(block, to, length);
        }
    }

    #[inline(always)]
    fn keep_first(self, length: usize) -> Self {
        // SAFETY: register; masks are 16 bytes long.
        Self(unsafe { vandq_u8(self.0, vld1q_u8(keep(length))) })
    }

    #[inline(always)]
    fn splat(lane: Self) -> Self {
        lane
    }

    #[inline(always)]
    fn first_lane(self) -> Self {
        self
    }

    #[inline(always)]
    fn with_first_lane(self, lane: Self) -> Self {
        lane
    }

    #[inline(always)]
    fn last_lane(self) -> Self::Lane {
        self
    }

    #[inline(always)]
    fn with_last_lane(self, lane: Self::Lane) -> Self {
        lane
    }

    #[inline(always)]
    fn with_last_lanes(_: [Self; 2], lane: Self::Lane) -> [Self; 2] {
        [lane; 2]
    }

    #[inline(always)]
    unsafe fn gather(from: &[*const u8; 1], offset: usize) -> Self {
        // SAFETY: the caller's promise. Wrapping, because pointers may be set back by the offset.
        unsafe { Self::load(from[0].wrapping_add(offset)) }
    }

    #[inline(always)]
    unsafe fn scatter(self, to: &[*mut u8; 1], offset: usize) {
        // SAFETY: as for `gather`.
        unsafe { self.store(to[0].wrapping_add(offset)) };
    }

    #[inline(always)]
    unsafe fn broadcast(block: &Block) -> Self {
        // SAFETY: the caller's promise.
        unsafe { Self::load(core::ptr::from_ref(block).cast()) }
    }

    #[inline(always)]
    unsafe fn of(block: Block) -> Self {
        // SAFETY: the caller's promise.
        Self(unsafe {
            vreinterpretq_u8_u64(vcombine_u64(vcreate_u64(block as u64), vcreate_u64((block >> 64) as u64)))
        })
    }

    #[inline(always)]
    fn first_column(self) -> u32 {
        // SAFETY: register.
        unsafe { vgetq_lane_u32::<0>(vreinterpretq_u32_u8(self.0)) }
    }

    #[inline(always)]
    fn xor(self, other: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { veorq_u8(self.0, other.0) })
    }

    #[inline(always)]
    fn fold(self) -> Self {
        self
    }

    #[inline(always)]
    fn aes_first(self, keys: [Self; 2]) -> Self {
        self.aes_round(keys[0])
    }

    #[inline(always)]
    fn aes_round(self, key: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { vaesmcq_u8(vaeseq_u8(self.0, key.0)) })
    }

    #[inline(always)]
    fn in_step(states: &mut [Self; IN_FLIGHT], counter: &mut usize) {
        let [a, b, c, d, e, f, g, h] = states;
        // SAFETY: no instruction at all.
        unsafe {
            asm!(
                "/* {0:v} {1:v} {2:v} {3:v} {4:v} {5:v} {6:v} {7:v} {8} */",
                inout(vreg) a.0,
                inout(vreg) b.0,
                inout(vreg) c.0,
                inout(vreg) d.0,
                inout(vreg) e.0,
                inout(vreg) f.0,
                inout(vreg) g.0,
                inout(vreg) h.0,
                inout(reg) *counter,
                options(nomem, nostack, preserves_flags)
            );
        }
    }

    #[inline(always)]
    fn in_turn(states: &mut [Self; IN_FLIGHT], sum: &mut Self) {
        let [a, b, c, d, e, f, g, h] = states;
        // SAFETY: no instruction at all.
        unsafe {
            asm!(
                "/* {0:v} {1:v} {2:v} {3:v} {4:v} {5:v} {6:v} {7:v} {8:v} */",
                inout(vreg) a.0,
                inout(vreg) b.0,
                inout(vreg) c.0,
                inout(vreg) d.0,
                inout(vreg) e.0,
                inout(vreg) f.0,
                inout(vreg) g.0,
                inout(vreg) h.0,
                inout(vreg) sum.0,
                options(nomem, nostack, preserves_flags)
            );
        }
    }

    #[inline(always)]
    fn aes_last(self, before: Self, after: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { veorq_u8(vaeseq_u8(self.0, before.0), after.0) })
    }

    #[inline(always)]
    fn reverse(self) -> Self {
        // SAFETY: register. Each half reversed, then the halves exchanged.
        Self(unsafe { vrev64q_u8(self.0) }).swap_halves()
    }

    #[inline(always)]
    fn low_halves(self, other: Self) -> Self {
        // SAFETY: register.
        Self(unsafe {
            vreinterpretq_u8_u64(vzip1q_u64(vreinterpretq_u64_u8(self.0), vreinterpretq_u64_u8(other.0)))
        })
    }

    #[inline(always)]
    fn high_halves(self, other: Self) -> Self {
        // SAFETY: register.
        Self(unsafe {
            vreinterpretq_u8_u64(vzip2q_u64(vreinterpretq_u64_u8(self.0), vreinterpretq_u64_u8(other.0)))
        })
    }

    #[inline(always)]
    fn swap_halves(self) -> Self {
        // SAFETY: register.
        Self(unsafe { vextq_u8::<8>(self.0, self.0) })
    }

    #[inline(always)]
    fn multiply_low(self, other: Self) -> Self {
        // SAFETY: register.
        Self(unsafe {
            let [a, b] = [self, other].map(|factor| vgetq_lane_u64::<0>(vreinterpretq_u64_u8(factor.0)));
            vreinterpretq_u8_p128(vmull_p64(a, b))
        })
    }

    #[inline(always)]
    fn multiply_high(self, other: Self) -> Self {
        // SAFETY: register.
        Self(unsafe {
            vreinterpretq_u8_p128(vmull_high_p64(vreinterpretq_p64_u8(self.0), vreinterpretq_p64_u8(other.0)))
        })
    }
}

pub(super) struct Armv8Kernels;

impl Kernels for Armv8Kernels {
    const SIDE_BY_SIDE: usize = Neon::LANES * IN_FLIGHT;

    #[target_feature(enable = "neon,aes")]
    #[inline(never)]
    unsafe fn expand(schedule: &mut Schedule, key: &[u8]) {
        // SAFETY: the caller's promise.
        unsafe { schedule.expand::<Neon>(key) };
    }

    #[target_feature(enable = "neon,aes")]
    #[inline(never)]
    unsafe fn alone_8<const ROUNDS: usize, M: Message>(schedule: &Schedule, message: &mut M) {
        // SAFETY: the caller's promise.
        unsafe { alone::run::<Neon, 8, ROUNDS, M>(schedule, message) };
    }

    #[target_feature(enable = "neon,aes")]
    #[inline(never)]
    unsafe fn long<const ROUNDS: usize, M: Message>(schedule: &Schedule, messages: &mut [M]) {
        // SAFETY: the caller's promise.
        unsafe { long::run::<Neon, ROUNDS, M>(schedule, messages) };
    }

    #[target_feature(enable = "neon,aes")]
    #[inline(never)]
    unsafe fn short<const ROUNDS: usize, M: Message>(schedule: &Schedule, messages: &mut [M], blocks: usize) {
        // SAFETY: the caller's promise.
        unsafe { short::run::<Neon, ROUNDS, M>(schedule, messages, blocks) };
    }
}
