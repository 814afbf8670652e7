//! AES-GCM on x86-64 with VAES, VPCLMULQDQ and AVX2: registers of two lanes.

use core::arch::asm;
use core::arch::x86_64::{
    __m256i, _mm_xor_si128, _mm256_aesenc_epi128, _mm256_aesenclast_epi128, _mm256_blend_epi32,
    _mm256_broadcastsi128_si256, _mm256_castsi128_si256, _mm256_castsi256_si128, _mm256_clmulepi64_epi128,
    _mm256_extracti128_si256, _mm256_loadu_si256, _mm256_set_epi8, _mm256_set_m128i, _mm256_shuffle_epi8,
    _mm256_shuffle_epi32, _mm256_storeu_si256, _mm256_unpackhi_epi64, _mm256_unpacklo_epi64,
    _mm256_xor_si256,
};

use super::batch::Kernels;
use super::register::{Block, Register};
use super::rounds::IN_FLIGHT;
use super::schedule::Schedule;
use super::x86_64_aesni::{Sse, Xmm};
use super::{alone, long, short};
use crate::engine::message::Message;

/// Two lanes.
#[derive(Clone, Copy)]
pub(super) struct Ymm(pub(super) __m256i);

impl Register for Ymm {
    const LANES: usize = 2;
    const KEY_FIRST: bool = false;
    type Lane = Xmm;
    type Lanes<T: Copy> = [T; 2];

    #[inline(always)]
    fn lanes<T: Copy>(each: T) -> [T; 2] {
        [each; 2]
    }

    #[inline(always)]
    unsafe fn load(from: *const u8) -> Self {
        // SAFETY: the caller's promise.
        Self(unsafe { _mm256_loadu_si256(from.cast()) })
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut u8) {
        // SAFETY: the caller's promise.
        unsafe { _mm256_storeu_si256(to.cast(), self.0) };
    }

    #[inline(always)]
    unsafe fn load_first(from: *const u8, length: usize) -> Self {
        // SAFETY: the caller's promise.
        unsafe {
            if length >= 32 {
                return Self::load(from);
            }
            let low = Xmm::load_first(from, length);
            Self::pair(low, Xmm::load_first(from.wrapping_add(16), length.saturating_sub(16)))
        }
    }

    #[inline(always)]
    unsafe fn store_first(self, to: *mut u8, length: usize) {
        // SAFETY: the caller's promise.
        unsafe {
            if length >= 32 {
                return self.store(to);
            }
            self.first_lane().store_first(to, length);
            self.last_lane().store_first(to.wrapping_add(16), length.saturating_sub(16));
        }
    }

    #[inline(always)]
    fn keep_first(self, length: usize) -> Self {
        Self::pair(
            self.first_lane().keep_first(length),
            self.last_lane().keep_first(length.saturating_sub(16)),
        )
    }

    #[inline(always)]
    fn splat(lane: Xmm) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm256_broadcastsi128_si256(lane.0) })
    }

    #[inline(always)]
    fn first_lane(self) -> Xmm {
        // SAFETY: register.
        Xmm(unsafe { _mm256_castsi256_si128(self.0) })
    }

    #[inline(always)]
    fn with_first_lane(self, lane: Xmm) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm256_blend_epi32::<0x0f>(self.0, _mm256_castsi128_si256(lane.0)) })
    }

    #[inline(always)]
    fn last_lane(self) -> Xmm {
        // SAFETY: register.
        Xmm(unsafe { _mm256_extracti128_si256::<1>(self.0) })
    }

    #[inline(always)]
    fn with_last_lane(self, lane: Self::Lane) -> Self {
        Self::pair(self.first_lane(), lane)
    }

    #[inline(always)]
    fn with_last_lanes(two: [Self; 2], lane: Self::Lane) -> [Self; 2] {
        [two[0], Self::splat(lane)]
    }

    #[inline(always)]
    unsafe fn gather(from: &[*const u8; 2], offset: usize) -> Self {
        // SAFETY: the caller's promise.
        let [low, high] = from.map(|from| unsafe { Xmm::gather(&[from], offset) });
        Self::pair(low, high)
    }

    #[inline(always)]
    unsafe fn scatter(self, to: &[*mut u8; 2], offset: usize) {
        // SAFETY: the caller's promise.
        unsafe {
            self.first_lane().scatter(&[to[0]], offset);
            self.last_lane().scatter(&[to[1]], offset);
        }
    }

    #[inline(always)]
    unsafe fn broadcast(block: &Block) -> Self {
        // SAFETY: the caller's promise.
        Self::splat(unsafe { Xmm::broadcast(block) })
    }

    #[inline(always)]
    unsafe fn of(block: Block) -> Self {
        // SAFETY: the caller's promise.
        Self::splat(unsafe { Xmm::of(block) })
    }

    #[inline(always)]
    fn first_column(self) -> u32 {
        self.first_lane().first_column()
    }

    #[inline(always)]
    fn xor(self, other: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm256_xor_si256(self.0, other.0) })
    }

    #[inline(always)]
    fn fold(self) -> Xmm {
        // SAFETY: register.
        Xmm(unsafe { _mm_xor_si128(self.first_lane().0, self.last_lane().0) })
    }

    #[inline(always)]
    fn aes_first(self, keys: [Self; 2]) -> Self {
        self.xor(keys[0]).aes_round(keys[1])
    }

    #[inline(always)]
    fn aes_round(self, key: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm256_aesenc_epi128(self.0, key.0) })
    }

    #[inline(always)]
    fn in_step(states: &mut [Self; IN_FLIGHT], counter: &mut usize) {
        // SAFETY: register.
        unsafe { in_step(states, counter) };
    }

    #[inline(always)]
    fn in_turn(_: &mut [Self; IN_FLIGHT], sum: &mut Self) {
        // SAFETY: register.
        unsafe { hide(sum) };
    }

    #[inline(always)]
    fn aes_last(self, _: Self, after: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm256_aesenclast_epi128(self.0, after.0) })
    }

    #[inline(always)]
    fn reverse(self) -> Self {
        // SAFETY: register.
        unsafe {
            let order = _mm256_set_epi8(
                0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, // each lane by itself
                0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
            );
            Self(_mm256_shuffle_epi8(self.0, order))
        }
    }

    #[inline(always)]
    fn reverse_first(self) -> Self {
        let mut reversed = self.reverse();
        // SAFETY: register.
        unsafe { hide(&mut reversed) };
        reversed
    }

    #[inline(always)]
    fn low_halves(self, other: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm256_unpacklo_epi64(self.0, other.0) })
    }

    #[inline(always)]
    fn high_halves(self, other: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm256_unpackhi_epi64(self.0, other.0) })
    }

    #[inline(always)]
    fn swap_halves(self) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm256_shuffle_epi32::<0x4e>(self.0) })
    }

    #[inline(always)]
    fn multiply_low(self, other: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm256_clmulepi64_epi128::<0x00>(self.0, other.0) })
    }

    #[inline(always)]
    fn multiply_high(self, other: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm256_clmulepi64_epi128::<0x11>(self.0, other.0) })
    }
}

impl Ymm {
    #[inline(always)]
    fn pair(low: Xmm, high: Xmm) -> Self {
        // SAFETY: register: engines with registers of one lane alone make none of these.
        Self(unsafe { _mm256_set_m128i(high.0, low.0) })
    }
}

/// As in [`Register::in_step`]; only a function with the feature may name the registers.
#[inline]
#[target_feature(enable = "avx")]
fn in_step(states: &mut [Ymm; IN_FLIGHT], counter: &mut usize) {
    let [a, b, c, d, e, f, g, h] = states;
    // SAFETY: no instruction at all.
    unsafe {
        asm!(
            "/* {0} {1} {2} {3} {4} {5} {6} {7} {8} */",
            inout(ymm_reg) a.0,
            inout(ymm_reg) b.0,
            inout(ymm_reg) c.0,
            inout(ymm_reg) d.0,
            inout(ymm_reg) e.0,
            inout(ymm_reg) f.0,
            inout(ymm_reg) g.0,
            inout(ymm_reg) h.0,
            inout(reg) *counter,
            options(nomem, nostack, preserves_flags)
        );
    }
}

/// What the compiler does not know of afterwards.
#[inline]
#[target_feature(enable = "avx")]
fn hide(register: &mut Ymm) {
    // SAFETY: no instruction at all.
    unsafe { asm!("/* {0} */", inout(ymm_reg) register.0, options(nomem, nostack, preserves_flags)) };
}

pub(super) struct Vaes256Kernels;

impl Kernels for Vaes256Kernels {
    const SIDE_BY_SIDE: usize = Ymm::LANES * IN_FLIGHT;

    unsafe fn expand(schedule: &mut Schedule, key: &[u8]) {
        // SAFETY: the caller's promise.
        unsafe { Sse::expand(schedule, key) };
    }

    #[target_feature(enable = "vaes,vpclmulqdq,avx2,aes,pclmulqdq,ssse3,sse4.1")]
    #[inline(never)]
    unsafe fn alone_8<const ROUNDS: usize, M: Message>(schedule: &Schedule, message: &mut M) {
        // SAFETY: the caller's promise.
        unsafe { alone::run::<Ymm, 4, ROUNDS, M>(schedule, message) };
    }

    const HOLDS_16: bool = true;

    #[target_feature(enable = "vaes,vpclmulqdq,avx2,aes,pclmulqdq,ssse3,sse4.1")]
    #[inline(never)]
    unsafe fn alone_16<const ROUNDS: usize, M: Message>(schedule: &Schedule, message: &mut M) {
        // SAFETY: the caller's promise.
        unsafe { alone::run::<Ymm, 8, ROUNDS, M>(schedule, message) };
    }

    #[target_feature(enable = "vaes,vpclmulqdq,avx2,aes,pclmulqdq,ssse3,sse4.1")]
    #[inline(never)]
    unsafe fn long<const ROUNDS: usize, M: Message>(schedule: &Schedule, messages: &mut [M]) {
        // SAFETY: the caller's promise.
        unsafe { long::run::<Ymm, ROUNDS, M>(schedule, messages) };
    }

    #[target_feature(enable = "vaes,vpclmulqdq,avx2,aes,pclmulqdq,ssse3,sse4.1")]
    #[inline(never)]
    unsafe fn short<const ROUNDS: usize, M: Message>(schedule: &Schedule, messages: &mut [M], blocks: usize) {
        // SAFETY: the caller's promise.
        unsafe { short::run::<Ymm, ROUNDS, M>(schedule, messages, blocks) };
    }
}
