//! AES-GCM on x86-64 with VAES, VPCLMULQDQ and AVX-512: registers of four lanes.

use core::arch::asm;
use core::arch::x86_64::{
    __m512i, _mm256_xor_si256, _mm512_aesenc_epi128, _mm512_aesenclast_epi128, _mm512_broadcast_i32x4,
    _mm512_castsi128_si512, _mm512_castsi512_si128, _mm512_castsi512_si256, _mm512_clmulepi64_epi128,
    _mm512_extracti32x4_epi32, _mm512_extracti64x4_epi64, _mm512_inserti32x4, _mm512_inserti64x4,
    _mm512_loadu_si512, _mm512_mask_storeu_epi8, _mm512_maskz_loadu_epi8, _mm512_maskz_mov_epi8,
    _mm512_shuffle_epi8, _mm512_shuffle_epi32, _mm512_storeu_si512, _mm512_ternarylogic_epi64,
    _mm512_unpackhi_epi64, _mm512_unpacklo_epi64, _mm512_xor_si512,
};

use super::batch::Kernels;
use super::register::{Block, Register};
use super::rounds::IN_FLIGHT;
use super::schedule::Schedule;
use super::x86_64_aesni::{Sse, Xmm};
use super::x86_64_vaes256::Ymm;
use super::{alone, long, short};
use crate::engine::message::Message;

/// Four lanes.
#[derive(Clone, Copy)]
struct Zmm(__m512i);

/// A mask over the first bytes of a register, or over all of them.
#[inline(always)]
fn first_bytes(length: usize) -> u64 {
    ((1_u128 << length.min(64)) - 1) as u64
}

impl Register for Zmm {
    const LANES: usize = 4;
    const KEY_FIRST: bool = false;
    type Lane = Xmm;
    type Lanes<T: Copy> = [T; 4];

    #[inline(always)]
    fn lanes<T: Copy>(each: T) -> [T; 4] {
        [each; 4]
    }

    #[inline(always)]
    unsafe fn load(from: *const u8) -> Self {
        // SAFETY: the caller's promise.
        Self(unsafe { _mm512_loadu_si512(from.cast()) })
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut u8) {
        // SAFETY: the caller's promise.
        unsafe { _mm512_storeu_si512(to.cast(), self.0) };
    }

    #[inline(always)]
    unsafe fn load_first(from: *const u8, length: usize) -> Self {
        // SAFETY: the caller's promise: nothing is read outside the mask.
        Self(unsafe { _mm512_maskz_loadu_epi8(first_bytes(length), from.cast()) })
    }

    #[inline(always)]
    unsafe fn store_first(self, to: *mut u8, length: usize) {
        // SAFETY: the caller's promise: nothing is written outside the mask.
        unsafe { _mm512_mask_storeu_epi8(to.cast(), first_bytes(length), self.0) };
    }

    #[inline(always)]
    fn keep_first(self, length: usize) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm512_maskz_mov_epi8(first_bytes(length), self.0) })
    }

    #[inline(always)]
    fn splat(lane: Xmm) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm512_broadcast_i32x4(lane.0) })
    }

    #[inline(always)]
    fn first_lane(self) -> Xmm {
        // SAFETY: register.
        Xmm(unsafe { _mm512_castsi512_si128(self.0) })
    }

    #[inline(always)]
    fn with_first_lane(self, lane: Xmm) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm512_inserti32x4::<0>(self.0, lane.0) })
    }

    #[inline(always)]
    fn last_lane(self) -> Self::Lane {
        // SAFETY: register.
        Xmm(unsafe { _mm512_extracti32x4_epi32::<3>(self.0) })
    }

    #[inline(always)]
    fn with_last_lane(self, lane: Self::Lane) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm512_inserti32x4::<3>(self.0, lane.0) })
    }

    #[inline(always)]
    fn with_last_lanes(two: [Self; 2], lane: Self::Lane) -> [Self; 2] {
        // SAFETY: register.
        [two[0], Self(unsafe { _mm512_inserti64x4::<1>(two[1].0, Ymm::splat(lane).0) })]
    }

    #[inline(always)]
    unsafe fn gather(from: &[*const u8; 4], offset: usize) -> Self {
        // SAFETY: the caller's promise.
        unsafe {
            let [a, b, c, d] = from.map(|from| Xmm::gather(&[from], offset).0);
            let lanes = _mm512_inserti32x4::<1>(_mm512_castsi128_si512(a), b);
            Self(_mm512_inserti32x4::<3>(_mm512_inserti32x4::<2>(lanes, c), d))
        }
    }

    #[inline(always)]
    unsafe fn scatter(self, to: &[*mut u8; 4], offset: usize) {
        // SAFETY: the caller's promise.
        unsafe {
            self.first_lane().scatter(&[to[0]], offset);
            Xmm(_mm512_extracti32x4_epi32::<1>(self.0)).scatter(&[to[1]], offset);
            Xmm(_mm512_extracti32x4_epi32::<2>(self.0)).scatter(&[to[2]], offset);
            Xmm(_mm512_extracti32x4_epi32::<3>(self.0)).scatter(&[to[3]], offset);
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
        Self(unsafe { _mm512_xor_si512(self.0, other.0) })
    }

    #[inline(always)]
    fn xor3(self, a: Self, b: Self) -> Self {
        // SAFETY: register. 0x96 is the table of the exclusive or of three.
        Self(unsafe { _mm512_ternarylogic_epi64::<0x96>(self.0, a.0, b.0) })
    }

    #[inline(always)]
    fn fold(self) -> Xmm {
        // SAFETY: register.
        let half = unsafe {
            _mm256_xor_si256(_mm512_castsi512_si256(self.0), _mm512_extracti64x4_epi64::<1>(self.0))
        };
        Ymm(half).fold()
    }

    #[inline(always)]
    fn aes_first(self, keys: [Self; 2]) -> Self {
        self.xor(keys[0]).aes_round(keys[1])
    }

    #[inline(always)]
    fn aes_round(self, key: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm512_aesenc_epi128(self.0, key.0) })
    }

    #[inline(always)]
    fn in_step(states: &mut [Self; IN_FLIGHT], counter: &mut usize) {
        // SAFETY: register.
        unsafe { in_step(states, counter) };
    }

    #[inline(always)]
    fn in_turn(states: &mut [Self; IN_FLIGHT], sum: &mut Self) {
        // SAFETY: register.
        unsafe { in_turn(states, sum) };
    }

    #[inline(always)]
    fn aes_last(self, _: Self, after: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm512_aesenclast_epi128(self.0, after.0) })
    }

    #[inline(always)]
    fn reverse(self) -> Self {
        /// The bytes of a lane from the last to the first.
        static ORDER: Block = 0x0001_0203_0405_0607_0809_0a0b_0c0d_0e0f;
        // SAFETY: register.
        Self(unsafe { _mm512_shuffle_epi8(self.0, Self::broadcast(&ORDER).0) })
    }

    #[inline(always)]
    fn low_halves(self, other: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm512_unpacklo_epi64(self.0, other.0) })
    }

    #[inline(always)]
    fn high_halves(self, other: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm512_unpackhi_epi64(self.0, other.0) })
    }

    #[inline(always)]
    fn swap_halves(self) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm512_shuffle_epi32::<0x4e>(self.0) })
    }

    #[inline(always)]
    fn multiply_low(self, other: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm512_clmulepi64_epi128::<0x00>(self.0, other.0) })
    }

    #[inline(always)]
    fn multiply_high(self, other: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm512_clmulepi64_epi128::<0x11>(self.0, other.0) })
    }
}

/// As in [`Register::in_step`]; only a function with the feature may name the registers.
#[inline]
#[target_feature(enable = "avx512f")]
fn in_step(states: &mut [Zmm; IN_FLIGHT], counter: &mut usize) {
    let [a, b, c, d, e, f, g, h] = states;
    // SAFETY: no instruction at all.
    unsafe {
        asm!(
            "/* {0} {1} {2} {3} {4} {5} {6} {7} {8} */",
            inout(zmm_reg) a.0,
            inout(zmm_reg) b.0,
            inout(zmm_reg) c.0,
            inout(zmm_reg) d.0,
            inout(zmm_reg) e.0,
            inout(zmm_reg) f.0,
            inout(zmm_reg) g.0,
            inout(zmm_reg) h.0,
            inout(reg) *counter,
            options(nomem, nostack, preserves_flags)
        );
    }
}

/// As in [`Register::in_turn`].
#[inline]
#[target_feature(enable = "avx512f")]
fn in_turn(states: &mut [Zmm; IN_FLIGHT], sum: &mut Zmm) {
    let [a, b, c, d, e, f, g, h] = states;
    // SAFETY: no instruction at all.
    unsafe {
        asm!(
            "/* {0} {1} {2} {3} {4} {5} {6} {7} {8} */",
            inout(zmm_reg) a.0,
            inout(zmm_reg) b.0,
            inout(zmm_reg) c.0,
            inout(zmm_reg) d.0,
            inout(zmm_reg) e.0,
            inout(zmm_reg) f.0,
            inout(zmm_reg) g.0,
            inout(zmm_reg) h.0,
            inout(zmm_reg) sum.0,
            options(nomem, nostack, preserves_flags)
        );
    }
}

pub(super) struct Vaes512Kernels;

impl Kernels for Vaes512Kernels {
    const SIDE_BY_SIDE: usize = Zmm::LANES * IN_FLIGHT;

    unsafe fn expand(schedule: &mut Schedule, key: &[u8]) {
        // SAFETY: the caller's promise.
        unsafe { Sse::expand(schedule, key) };
    }

    #[target_feature(
        enable = "avx512f,avx512bw,avx512dq,avx512vl,vaes,vpclmulqdq,avx2,aes,pclmulqdq,ssse3,sse4.1"
    )]
    #[inline(never)]
    unsafe fn alone_8<const ROUNDS: usize, M: Message>(schedule: &Schedule, message: &mut M) {
        // SAFETY: the caller's promise.
        unsafe { alone::run::<Ymm, 4, ROUNDS, M>(schedule, message) };
    }

    const HOLDS_16: bool = true;

    #[target_feature(
        enable = "avx512f,avx512bw,avx512dq,avx512vl,vaes,vpclmulqdq,avx2,aes,pclmulqdq,ssse3,sse4.1"
    )]
    #[inline(never)]
    unsafe fn alone_16<const ROUNDS: usize, M: Message>(schedule: &Schedule, message: &mut M) {
        // SAFETY: the caller's promise.
        unsafe { alone::run::<Ymm, 8, ROUNDS, M>(schedule, message) };
    }

    #[target_feature(
        enable = "avx512f,avx512bw,avx512dq,avx512vl,vaes,vpclmulqdq,avx2,aes,pclmulqdq,ssse3,sse4.1"
    )]
    #[inline(never)]
    unsafe fn long<const ROUNDS: usize, M: Message>(schedule: &Schedule, messages: &mut [M]) {
        // SAFETY: the caller's promise.
        unsafe { long::run::<Zmm, ROUNDS, M>(schedule, messages) };
    }

    #[target_feature(
        enable = "avx512f,avx512bw,avx512dq,avx512vl,vaes,vpclmulqdq,avx2,aes,pclmulqdq,ssse3,sse4.1"
    )]
    #[inline(never)]
    unsafe fn short<const ROUNDS: usize, M: Message>(schedule: &Schedule, messages: &mut [M], blocks: usize) {
        // SAFETY: the caller's promise.
        unsafe { short::run::<Zmm, ROUNDS, M>(schedule, messages, blocks) };
    }
}
