//! AEGIS on x86-64 with VAES and AVX-512: registers of four lanes for the X4 variants, and 32 registers of two for the
//! others. A core does as many AES rounds in registers of two lanes as in those of four, and two lanes are sooner put
//! together from two messages than four from four.

use core::arch::x86_64::{
    __m512i, _MM_HINT_T0, _mm_loadu_si128, _mm_prefetch, _mm512_aesenc_epi128, _mm512_and_si512,
    _mm512_broadcast_i32x4, _mm512_extracti32x4_epi32, _mm512_loadu_si512, _mm512_mask_storeu_epi8,
    _mm512_maskz_loadu_epi8, _mm512_maskz_mov_epi8, _mm512_storeu_si512, _mm512_ternarylogic_epi64,
    _mm512_xor_si512,
};

use super::Variant;
use super::batch;
use super::construction::{Aegis128, Aegis256, Family};
use super::register::{Destinations, Lengths, Register, Sources, Tags, destination, left, source};
use super::x86_64_aesni::Xmm;
use super::x86_64_vaes256::Ymm;
use crate::engine::detect::Vaes512;
use crate::engine::message::{Checked, Message};

/// Four lanes of one message: for degree 4 only.
#[derive(Clone, Copy)]
struct Zmm(__m512i);

/// The lowest `count` bits, at most 64.
#[inline(always)]
fn mask(count: usize) -> u64 {
    match count {
        0 => 0,
        count => u64::MAX >> 64_usize.saturating_sub(count),
    }
}

impl Register for Zmm {
    const LANES: usize = 4;
    const PREFETCHES_FROM: usize = 1;
    const MASKED: bool = true;

    #[inline(always)]
    unsafe fn load<const D: usize>(from: &Sources, offset: usize, first_lane: usize) -> Self {
        const { assert!(D == 4) };
        // SAFETY: the caller's promise; the lanes lie side by side.
        Self(unsafe { _mm512_loadu_si512(source::<D>(from, offset, first_lane).cast()) })
    }

    #[inline(always)]
    unsafe fn store<const D: usize>(self, to: &Destinations, offset: usize, first_lane: usize) {
        const { assert!(D == 4) };
        // SAFETY: the caller's promise; the lanes lie side by side.
        unsafe { _mm512_storeu_si512(destination::<D>(to, offset, first_lane).cast(), self.0) };
    }

    #[inline(always)]
    unsafe fn load_rest<const D: usize>(
        from: &Sources,
        lengths: &Lengths,
        offset: usize,
        first_lane: usize,
    ) -> Self {
        const { assert!(D == 4) };
        let mask = mask(left::<D>(lengths, offset, first_lane));
        // SAFETY: the caller's promise; what the mask hides is not read.
        Self(unsafe { _mm512_maskz_loadu_epi8(mask, source::<D>(from, offset, first_lane).cast()) })
    }

    #[inline(always)]
    unsafe fn store_rest<const D: usize>(
        self,
        to: &Destinations,
        lengths: &Lengths,
        offset: usize,
        first_lane: usize,
    ) -> Self {
        const { assert!(D == 4) };
        let mask = mask(left::<D>(lengths, offset, first_lane));
        // SAFETY: the caller's promise; what the mask hides is not written.
        unsafe {
            _mm512_mask_storeu_epi8(destination::<D>(to, offset, first_lane).cast(), mask, self.0);
            Self(_mm512_maskz_mov_epi8(mask, self.0))
        }
    }

    #[inline(always)]
    unsafe fn broadcast(block: *const u8) -> Self {
        // SAFETY: the caller's promise.
        Self(unsafe { _mm512_broadcast_i32x4(_mm_loadu_si128(block.cast())) })
    }

    #[inline(always)]
    unsafe fn replicate<const D: usize>(from: &Sources, offset: usize, first_lane: usize) -> Self {
        const { assert!(D == 4) };
        // SAFETY: the caller's promise.
        unsafe { Self::broadcast(from[first_lane / D].wrapping_add(offset)) }
    }

    #[inline(always)]
    fn add_to_tags<const D: usize>(self, tags: &mut Tags, first_lane: usize) {
        // SAFETY: register.
        let [a, b, c, d] = unsafe {
            [
                Xmm::<true>(_mm512_extracti32x4_epi32::<0>(self.0)),
                Xmm(_mm512_extracti32x4_epi32::<1>(self.0)),
                Xmm(_mm512_extracti32x4_epi32::<2>(self.0)),
                Xmm(_mm512_extracti32x4_epi32::<3>(self.0)),
            ]
        };
        a.xor(b).xor3(c, d).add_to_tags::<D>(tags, first_lane);
    }

    #[inline(always)]
    fn prefetch(address: *const u8) {
        // SAFETY: nothing is read.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(address.cast()) };
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

    #[inline(always)]
    fn xor3(self, a: Self, b: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm512_ternarylogic_epi64::<0x96>(self.0, a.0, b.0) })
    }

    #[inline(always)]
    fn xor_and(self, a: Self, b: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm512_ternarylogic_epi64::<0x78>(self.0, a.0, b.0) })
    }
}

type X = Xmm<true>;
type Y = Ymm<true>;

pub(super) fn run<M: Message>(_: Vaes512, variant: Variant, key: &[u8], batch: Checked<'_, M>) {
    // SAFETY: token; `Backend::run` has checked the lengths.
    unsafe {
        batch::by_variant!(kernel, variant, key, batch, {
            Aegis128l => Aegis128, 2, 1, X, [Y; 2];
            Aegis128x2 => Aegis128, 2, 2, Y, [Y; 2];
            Aegis128x4 => Aegis128, 2, 4, Zmm, [Zmm; 2];
            Aegis256 => Aegis256, 1, 1, X, [Y; 2];
            Aegis256x2 => Aegis256, 1, 2, Y, [Y; 2];
            Aegis256x4 => Aegis256, 1, 4, Zmm, [Zmm; 2];
        });
    }
}

batch::kernel!(kernel, "avx512f,avx512bw,avx512dq,avx512vl,vaes,aes,avx2,sse4.1");
