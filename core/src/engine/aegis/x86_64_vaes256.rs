//! AEGIS on x86-64 with VAES and AVX2: registers of two lanes.

use core::arch::x86_64::{
    __m256i, _MM_HINT_T0, _mm_loadu_si128, _mm_prefetch, _mm_storeu_si128, _mm256_aesenc_epi128,
    _mm256_and_si256, _mm256_broadcastsi128_si256, _mm256_castsi128_si256, _mm256_castsi256_si128,
    _mm256_extracti128_si256, _mm256_inserti128_si256, _mm256_loadu_si256, _mm256_mask_storeu_epi8,
    _mm256_maskz_loadu_epi8, _mm256_maskz_mov_epi8, _mm256_permute2x128_si256, _mm256_storeu_si256,
    _mm256_ternarylogic_epi64, _mm256_xor_si256,
};

use super::Variant;
use super::batch;
use super::construction::{Aegis128, Aegis256, Family};
use super::register::{
    Destinations, Lengths, Register, Sources, Tags, destination, left, load_rest_through_memory, source,
    store_rest_through_memory,
};
use super::x86_64_aesni::Xmm;
use crate::engine::detect::Vaes256;
use crate::engine::message::{Checked, Message};

/// Two lanes; `EVEX` with the masks and the logic of AVX-512.
#[derive(Clone, Copy)]
pub(super) struct Ymm<const EVEX: bool>(__m256i);

impl<const EVEX: bool> Ymm<EVEX> {
    #[inline(always)]
    fn from_halves([low, high]: [Xmm<EVEX>; 2]) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm256_inserti128_si256::<1>(_mm256_castsi128_si256(low.0), high.0) })
    }

    #[inline(always)]
    fn halves(self) -> [Xmm<EVEX>; 2] {
        // SAFETY: register.
        unsafe { [Xmm(_mm256_castsi256_si128(self.0)), Xmm(_mm256_extracti128_si256::<1>(self.0))] }
    }
}

/// The lowest `count` bits, at most 32.
#[inline(always)]
fn mask(count: usize) -> u32 {
    (0xffff_ffff_u64 >> 32_usize.saturating_sub(count)) as u32
}

impl<const EVEX: bool> Register for Ymm<EVEX> {
    const LANES: usize = 2;
    const PREFETCHES: bool = true;
    const MASKED: bool = EVEX;

    #[inline(always)]
    unsafe fn load<const D: usize>(from: &Sources, offset: usize, first_lane: usize) -> Self {
        // SAFETY: the caller's promise; with a degree of 2 or more both lanes lie side by side.
        unsafe {
            let low = source::<D>(from, offset, first_lane);
            Self(match D {
                1 => {
                    let high = source::<D>(from, offset, first_lane + 1);
                    let low = _mm256_castsi128_si256(_mm_loadu_si128(low.cast()));
                    _mm256_inserti128_si256::<1>(low, _mm_loadu_si128(high.cast()))
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
    unsafe fn store_two<const D: usize>(two: [Self; 2], to: &Destinations, offset: usize, first_lane: usize) {
        // SAFETY: the caller's promise; with degree 1 the two blocks of a message lie side by side.
        unsafe {
            if D == 1 {
                // Two shuffles and two stores, where each block by itself would take one shuffle and two stores.
                let low = Self(_mm256_permute2x128_si256::<0x20>(two[0].0, two[1].0));
                let high = Self(_mm256_permute2x128_si256::<0x31>(two[0].0, two[1].0));
                _mm256_storeu_si256(destination::<D>(to, offset, first_lane).cast(), low.0);
                _mm256_storeu_si256(destination::<D>(to, offset, first_lane + 1).cast(), high.0);
                return;
            }
            two[0].store::<D>(to, offset, first_lane);
            two[1].store::<D>(to, offset + 16 * D, first_lane);
        }
    }

    #[inline(always)]
    unsafe fn load_rest<const D: usize>(
        from: &Sources,
        lengths: &Lengths,
        offset: usize,
        first_lane: usize,
    ) -> Self {
        // SAFETY: the caller's promise; what a mask hides is not read.
        unsafe {
            if !EVEX {
                return load_rest_through_memory::<Self, D>(from, lengths, offset, first_lane);
            }
            if D == 1 {
                return Self::from_halves([
                    Xmm::load_rest::<D>(from, lengths, offset, first_lane),
                    Xmm::load_rest::<D>(from, lengths, offset, first_lane + 1),
                ]);
            }
            let mask = mask(left::<D>(lengths, offset, first_lane));
            Self(_mm256_maskz_loadu_epi8(mask, source::<D>(from, offset, first_lane).cast()))
        }
    }

    #[inline(always)]
    unsafe fn store_rest<const D: usize>(
        self,
        to: &Destinations,
        lengths: &Lengths,
        offset: usize,
        first_lane: usize,
    ) -> Self {
        // SAFETY: the caller's promise; what a mask hides is not written.
        unsafe {
            if !EVEX {
                return store_rest_through_memory::<Self, D>(self, to, lengths, offset, first_lane);
            }
            if D == 1 {
                let [low, high] = self.halves();
                return Self::from_halves([
                    low.store_rest::<D>(to, lengths, offset, first_lane),
                    high.store_rest::<D>(to, lengths, offset, first_lane + 1),
                ]);
            }
            let mask = mask(left::<D>(lengths, offset, first_lane));
            _mm256_mask_storeu_epi8(destination::<D>(to, offset, first_lane).cast(), mask, self.0);
            Self(_mm256_maskz_mov_epi8(mask, self.0))
        }
    }

    #[inline(always)]
    unsafe fn broadcast(block: *const u8) -> Self {
        // SAFETY: the caller's promise.
        Self(unsafe { _mm256_broadcastsi128_si256(_mm_loadu_si128(block.cast())) })
    }

    #[inline(always)]
    unsafe fn replicate<const D: usize>(from: &Sources, offset: usize, first_lane: usize) -> Self {
        // SAFETY: the caller's promise; with a degree of 2 or more both lanes belong to one message.
        unsafe {
            match D {
                1 => Self::load::<D>(from, offset, first_lane),
                _ => Self::broadcast(from[first_lane / D].wrapping_add(offset)),
            }
        }
    }

    #[inline(always)]
    fn add_to_tags<const D: usize>(self, tags: &mut Tags, first_lane: usize) {
        let [low, high] = self.halves();
        if D == 1 {
            low.add_to_tags::<D>(tags, first_lane);
            high.add_to_tags::<D>(tags, first_lane + 1);
        } else {
            low.xor(high).add_to_tags::<D>(tags, first_lane);
        }
    }

    #[inline(always)]
    fn prefetch(address: *const u8) {
        // SAFETY: nothing is read.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(address.cast()) };
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

    #[inline(always)]
    fn xor3(self, a: Self, b: Self) -> Self {
        if EVEX {
            // SAFETY: register.
            return Self(unsafe { _mm256_ternarylogic_epi64::<0x96>(self.0, a.0, b.0) });
        }
        self.xor(a).xor(b)
    }

    #[inline(always)]
    fn xor_and(self, a: Self, b: Self) -> Self {
        if EVEX {
            // SAFETY: register.
            return Self(unsafe { _mm256_ternarylogic_epi64::<0x78>(self.0, a.0, b.0) });
        }
        self.xor(a.and(b))
    }
}

type X = Xmm<false>;
type Y = Ymm<false>;

pub(super) fn run<M: Message>(_: Vaes256, variant: Variant, key: &[u8], batch: Checked<'_, M>) {
    // 16 registers hold one state of the AEGIS-128 family or two of the other.
    // SAFETY: token; `Backend::run` has checked the lengths.
    unsafe {
        batch::by_variant!(kernel, variant, key, batch, {
            Aegis128l => Aegis128, 2, 1, X, Y;
            Aegis128x2 => Aegis128, 2, 2, Y, Y;
            Aegis128x4 => Aegis128, 2, 4, Y, Y;
            Aegis256 => Aegis256, 1, 1, X, [Y; 2];
            Aegis256x2 => Aegis256, 1, 2, Y, [Y; 2];
            Aegis256x4 => Aegis256, 1, 4, [Y; 2], [Y; 2];
        });
    }
}

batch::kernel!(kernel, "vaes,aes,avx2,sse4.1");
