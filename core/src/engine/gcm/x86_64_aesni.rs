//! AES-GCM on x86-64 with AES-NI and PCLMULQDQ: registers of one lane.

use core::arch::asm;
use core::arch::x86_64::{
    __m128i, _mm_aesenc_si128, _mm_aesenclast_si128, _mm_and_si128, _mm_clmulepi64_si128, _mm_cvtsi128_si32,
    _mm_load_si128, _mm_loadu_si128, _mm_set_epi8, _mm_set_epi64x, _mm_setzero_si128, _mm_shuffle_epi8,
    _mm_shuffle_epi32, _mm_storeu_si128, _mm_unpackhi_epi64, _mm_unpacklo_epi64, _mm_xor_si128,
};

use super::batch::Kernels;
use super::bytes::{keep, load_few, store_few};
use super::register::{Block, Register};
use super::rounds::IN_FLIGHT;
use super::schedule::Schedule;
use super::{alone, long, short};
use crate::engine::message::Message;

/// One lane.
#[derive(Clone, Copy)]
pub(super) struct Xmm(pub(super) __m128i);

impl Register for Xmm {
    const LANES: usize = 1;
    const KEY_FIRST: bool = false;
    type Lane = Self;
    type Lanes<T: Copy> = [T; 1];

    #[inline(always)]
    fn lanes<T: Copy>(each: T) -> [T; 1] {
        [each]
    }

    #[inline(always)]
    unsafe fn load(from: *const u8) -> Self {
        // SAFETY: the caller's promise.
        Self(unsafe { _mm_loadu_si128(from.cast()) })
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut u8) {
        // SAFETY: the caller's promise.
        unsafe { _mm_storeu_si128(to.cast(), self.0) };
    }

    #[inline(always)]
    unsafe fn load_first(from: *const u8, length: usize) -> Self {
        // SAFETY: the caller's promise.
        unsafe {
            match length {
                16.. => Self::load(from),
                0 => Self(_mm_setzero_si128()),
                _ => Self::of(load_few(from, length)),
            }
        }
    }

    #[inline(always)]
    unsafe fn store_first(self, to: *mut u8, length: usize) {
        // SAFETY: the caller's promise.
        unsafe {
            match length {
                16.. => self.store(to),
                0 => {}
                _ => {
                    let mut block: Block = 0;
                    self.store((&raw mut block).cast());
                    store_few(block, to, length);
                }
            }
        }
    }

    #[inline(always)]
    fn keep_first(self, length: usize) -> Self {
        // SAFETY: register; masks are 16 bytes long.
        Self(unsafe { _mm_and_si128(self.0, _mm_loadu_si128(keep(length).cast())) })
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
        // SAFETY: the caller's promise; blocks are aligned.
        Self(unsafe { _mm_load_si128(core::ptr::from_ref(block).cast()) })
    }

    #[inline(always)]
    unsafe fn of(block: Block) -> Self {
        // SAFETY: the caller's promise.
        Self(unsafe { _mm_set_epi64x((block >> 64) as i64, block as i64) })
    }

    #[inline(always)]
    fn first_column(self) -> u32 {
        // SAFETY: register.
        unsafe { _mm_cvtsi128_si32(self.0) as u32 }
    }

    #[inline(always)]
    fn xor(self, other: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm_xor_si128(self.0, other.0) })
    }

    #[inline(always)]
    fn fold(self) -> Self {
        self
    }

    #[inline(always)]
    fn aes_first(self, keys: [Self; 2]) -> Self {
        self.xor(keys[0]).aes_round(keys[1])
    }

    #[inline(always)]
    fn aes_round(self, key: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm_aesenc_si128(self.0, key.0) })
    }

    #[inline(always)]
    fn in_step(states: &mut [Self; IN_FLIGHT], counter: &mut usize) {
        let [a, b, c, d, e, f, g, h] = states;
        // SAFETY: no instruction at all.
        unsafe {
            asm!(
                "/* {0} {1} {2} {3} {4} {5} {6} {7} {8} */",
                inout(xmm_reg) a.0,
                inout(xmm_reg) b.0,
                inout(xmm_reg) c.0,
                inout(xmm_reg) d.0,
                inout(xmm_reg) e.0,
                inout(xmm_reg) f.0,
                inout(xmm_reg) g.0,
                inout(xmm_reg) h.0,
                inout(reg) *counter,
                options(nomem, nostack, preserves_flags)
            );
        }
    }

    #[inline(always)]
    fn in_turn(_: &mut [Self; IN_FLIGHT], sum: &mut Self) {
        // SAFETY: no instruction at all.
        unsafe { asm!("/* {0} */", inout(xmm_reg) sum.0, options(nomem, nostack, preserves_flags)) };
    }

    #[inline(always)]
    fn aes_last(self, _: Self, after: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm_aesenclast_si128(self.0, after.0) })
    }

    #[inline(always)]
    fn reverse(self) -> Self {
        // SAFETY: register.
        unsafe {
            let order = _mm_set_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
            Self(_mm_shuffle_epi8(self.0, order))
        }
    }

    #[inline(always)]
    fn low_halves(self, other: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm_unpacklo_epi64(self.0, other.0) })
    }

    #[inline(always)]
    fn high_halves(self, other: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm_unpackhi_epi64(self.0, other.0) })
    }

    #[inline(always)]
    fn swap_halves(self) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm_shuffle_epi32::<0x4e>(self.0) })
    }

    #[inline(always)]
    fn multiply_low(self, other: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm_clmulepi64_si128::<0x00>(self.0, other.0) })
    }

    #[inline(always)]
    fn multiply_high(self, other: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm_clmulepi64_si128::<0x11>(self.0, other.0) })
    }
}

/// The kernels in the form that the instructions had first.
pub(super) struct Sse;

impl Kernels for Sse {
    const SIDE_BY_SIDE: usize = Xmm::LANES * IN_FLIGHT;

    #[target_feature(enable = "aes,pclmulqdq,ssse3,sse4.1")]
    #[inline(never)]
    unsafe fn expand(schedule: &mut Schedule, key: &[u8]) {
        // SAFETY: the caller's promise.
        unsafe { schedule.expand::<Xmm>(key) };
    }

    #[target_feature(enable = "aes,pclmulqdq,ssse3,sse4.1")]
    #[inline(never)]
    unsafe fn alone_8<const ROUNDS: usize, M: Message>(schedule: &Schedule, message: &mut M) {
        // SAFETY: the caller's promise.
        unsafe { alone::run::<Xmm, 8, ROUNDS, M>(schedule, message) };
    }

    #[target_feature(enable = "aes,pclmulqdq,ssse3,sse4.1")]
    #[inline(never)]
    unsafe fn long<const ROUNDS: usize, M: Message>(schedule: &Schedule, messages: &mut [M]) {
        // SAFETY: the caller's promise.
        unsafe { long::run::<Xmm, ROUNDS, M>(schedule, messages) };
    }

    #[target_feature(enable = "aes,pclmulqdq,ssse3,sse4.1")]
    #[inline(never)]
    unsafe fn short<const ROUNDS: usize, M: Message>(schedule: &Schedule, messages: &mut [M], blocks: usize) {
        // SAFETY: the caller's promise.
        unsafe { short::run::<Xmm, ROUNDS, M>(schedule, messages, blocks) };
    }
}

/// The same in the form that AVX gave them, with a destination apart: it saves moves between registers, and with them a
/// tenth of the time.
pub(super) struct Avx;

impl Kernels for Avx {
    const SIDE_BY_SIDE: usize = Sse::SIDE_BY_SIDE;

    unsafe fn expand(schedule: &mut Schedule, key: &[u8]) {
        // SAFETY: the caller's promise.
        unsafe { Sse::expand(schedule, key) };
    }

    #[target_feature(enable = "avx2,aes,pclmulqdq,ssse3,sse4.1")]
    #[inline(never)]
    unsafe fn alone_8<const ROUNDS: usize, M: Message>(schedule: &Schedule, message: &mut M) {
        // SAFETY: the caller's promise.
        unsafe { alone::run::<Xmm, 8, ROUNDS, M>(schedule, message) };
    }

    #[target_feature(enable = "avx2,aes,pclmulqdq,ssse3,sse4.1")]
    #[inline(never)]
    unsafe fn long<const ROUNDS: usize, M: Message>(schedule: &Schedule, messages: &mut [M]) {
        // SAFETY: the caller's promise.
        unsafe { long::run::<Xmm, ROUNDS, M>(schedule, messages) };
    }

    #[target_feature(enable = "avx2,aes,pclmulqdq,ssse3,sse4.1")]
    #[inline(never)]
    unsafe fn short<const ROUNDS: usize, M: Message>(schedule: &Schedule, messages: &mut [M], blocks: usize) {
        // SAFETY: the caller's promise.
        unsafe { short::run::<Xmm, ROUNDS, M>(schedule, messages, blocks) };
    }
}
