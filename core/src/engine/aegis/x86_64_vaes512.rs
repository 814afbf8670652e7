//! AEGIS on x86-64 with VAES and AVX-512: registers of four lanes for the X4 variants, and for the others those that the
//! CPU works on sooner.

use core::arch::asm;
use core::arch::x86_64::{
    __m512i, _MM_HINT_T0, _mm_loadu_si128, _mm_prefetch, _mm512_aesenc_epi128, _mm512_and_si512,
    _mm512_broadcast_i32x4, _mm512_castsi128_si512, _mm512_castsi256_si512, _mm512_castsi512_si128,
    _mm512_castsi512_si256, _mm512_extracti32x4_epi32, _mm512_extracti64x4_epi64, _mm512_inserti32x4,
    _mm512_inserti64x4, _mm512_loadu_si512, _mm512_mask_storeu_epi8, _mm512_maskz_loadu_epi8,
    _mm512_maskz_mov_epi8, _mm512_permutex2var_epi64, _mm512_setr_epi64, _mm512_shuffle_i32x4,
    _mm512_storeu_si512, _mm512_ternarylogic_epi64, _mm512_xor_si512,
};

use super::Variant;
use super::batch::{self, Kernels};
use super::construction::{Aegis128, Aegis256};
use super::register::{
    Destinations, Lengths, MAX_MESSAGES, Register, Sources, Tags, destination, left, load_each, source,
    store_each,
};
use super::schedule::Schedule;
use super::x86_64_aesni::Xmm;
use super::x86_64_vaes256::Ymm;
use crate::engine::detect::{Vaes512, Vaes512AtOnce};
use crate::engine::message::{Checked, Message};

/// Four lanes.
#[derive(Clone, Copy)]
struct Zmm(__m512i);

impl Zmm {
    #[inline(always)]
    fn from_quarters([a, b, c, d]: [X; 4]) -> Self {
        // SAFETY: register.
        unsafe {
            let lanes = _mm512_inserti32x4::<1>(_mm512_castsi128_si512(a.0), b.0);
            Self(_mm512_inserti32x4::<3>(_mm512_inserti32x4::<2>(lanes, c.0), d.0))
        }
    }

    #[inline(always)]
    fn quarters(self) -> [X; 4] {
        // SAFETY: register.
        unsafe {
            [
                Xmm(_mm512_castsi512_si128(self.0)),
                Xmm(_mm512_extracti32x4_epi32::<1>(self.0)),
                Xmm(_mm512_extracti32x4_epi32::<2>(self.0)),
                Xmm(_mm512_extracti32x4_epi32::<3>(self.0)),
            ]
        }
    }

    #[inline(always)]
    fn from_halves([low, high]: [Y; 2]) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm512_inserti64x4::<1>(_mm512_castsi256_si512(low.0), high.0) })
    }

    #[inline(always)]
    fn halves(self) -> [Y; 2] {
        // SAFETY: register.
        unsafe { [Ymm(_mm512_castsi512_si256(self.0)), Ymm(_mm512_extracti64x4_epi64::<1>(self.0))] }
    }
}

/// A register as it is, where the compiler would take it for the sum of its halves and shuffle each by itself.
#[inline]
#[target_feature(enable = "avx512f")]
fn as_it_is(mut register: __m512i) -> __m512i {
    // SAFETY: no instruction at all.
    unsafe {
        asm!("/* {0} */", inout(zmm_reg) register, options(pure, nomem, nostack, preserves_flags));
    }
    register
}

/// The lowest `count` bits, at most 64.
#[inline(always)]
fn mask(count: usize) -> u64 {
    match count {
        0 => 0,
        count => u64::MAX >> 64_usize.saturating_sub(count),
    }
}

/// Lanes that lie side by side are one access; with degree 2 there are two messages, with degree 1 four, and each is read
/// and written by itself.
impl Register for Zmm {
    const LANES: usize = 4;
    const PREFETCHES_FROM: usize = 1;
    const MASKED: bool = true;

    #[inline(always)]
    unsafe fn load<const D: usize>(from: &Sources, offset: usize, first_lane: usize) -> Self {
        // SAFETY: the caller's promise.
        unsafe {
            match D {
                1 => Self::from_quarters([
                    X::load::<D>(from, offset, first_lane),
                    X::load::<D>(from, offset, first_lane + 1),
                    X::load::<D>(from, offset, first_lane + 2),
                    X::load::<D>(from, offset, first_lane + 3),
                ]),
                2 => Self::from_halves([
                    Y::load::<D>(from, offset, first_lane),
                    Y::load::<D>(from, offset, first_lane + 2),
                ]),
                _ => Self(_mm512_loadu_si512(source::<D>(from, offset, first_lane).cast())),
            }
        }
    }

    #[inline(always)]
    unsafe fn store<const D: usize>(self, to: &Destinations, offset: usize, first_lane: usize) {
        // SAFETY: the caller's promise.
        unsafe {
            match D {
                1 => {
                    let [a, b, c, d] = self.quarters();
                    a.store::<D>(to, offset, first_lane);
                    b.store::<D>(to, offset, first_lane + 1);
                    c.store::<D>(to, offset, first_lane + 2);
                    d.store::<D>(to, offset, first_lane + 3);
                }
                2 => {
                    let [low, high] = self.halves();
                    low.store::<D>(to, offset, first_lane);
                    high.store::<D>(to, offset, first_lane + 2);
                }
                _ => _mm512_storeu_si512(destination::<D>(to, offset, first_lane).cast(), self.0),
            }
        }
    }

    /// With degree 1 the two blocks of a message are one access: half as many, for as many shuffles.
    #[inline(always)]
    unsafe fn load_two<const D: usize>(from: &Sources, offset: usize, first_lane: usize) -> [Self; 2] {
        // SAFETY: the caller's promise.
        unsafe {
            if D != 1 {
                return load_each::<Self, D>(from, offset, first_lane);
            }
            let both = |lane: usize| Y::load::<2>(&[source::<D>(from, offset, lane); MAX_MESSAGES], 0, 0);
            let low = Self::from_halves([both(first_lane), both(first_lane + 1)]).0;
            let high = Self::from_halves([both(first_lane + 2), both(first_lane + 3)]).0;
            [
                Self(_mm512_shuffle_i32x4::<0b10_00_10_00>(low, high)),
                Self(_mm512_shuffle_i32x4::<0b11_01_11_01>(low, high)),
            ]
        }
    }

    #[inline(always)]
    unsafe fn store_two<const D: usize>(two: [Self; 2], to: &Destinations, offset: usize, first_lane: usize) {
        // SAFETY: the caller's promise.
        unsafe {
            if D != 1 {
                return store_each::<Self, D>(two, to, offset, first_lane);
            }
            let low = Self(as_it_is(_mm512_permutex2var_epi64(
                two[0].0,
                _mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11),
                two[1].0,
            )))
            .halves();
            let high = Self(as_it_is(_mm512_permutex2var_epi64(
                two[0].0,
                _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15),
                two[1].0,
            )))
            .halves();
            for (lane, both) in (first_lane..).zip([low[0], low[1], high[0], high[1]]) {
                both.store::<2>(&[destination::<D>(to, offset, lane); MAX_MESSAGES], 0, 0);
            }
        }
    }

    #[inline(always)]
    unsafe fn load_rest<const D: usize>(
        from: &Sources,
        lengths: &Lengths,
        offset: usize,
        first_lane: usize,
    ) -> Self {
        // SAFETY: the caller's promise; what the mask hides is not read.
        unsafe {
            match D {
                1 => Self::from_quarters([
                    X::load_rest::<D>(from, lengths, offset, first_lane),
                    X::load_rest::<D>(from, lengths, offset, first_lane + 1),
                    X::load_rest::<D>(from, lengths, offset, first_lane + 2),
                    X::load_rest::<D>(from, lengths, offset, first_lane + 3),
                ]),
                2 => Self::from_halves([
                    Y::load_rest::<D>(from, lengths, offset, first_lane),
                    Y::load_rest::<D>(from, lengths, offset, first_lane + 2),
                ]),
                _ => {
                    let mask = mask(left::<D>(lengths, offset, first_lane));
                    Self(_mm512_maskz_loadu_epi8(mask, source::<D>(from, offset, first_lane).cast()))
                }
            }
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
        // SAFETY: the caller's promise; what the mask hides is not written.
        unsafe {
            match D {
                1 => {
                    let [a, b, c, d] = self.quarters();
                    Self::from_quarters([
                        a.store_rest::<D>(to, lengths, offset, first_lane),
                        b.store_rest::<D>(to, lengths, offset, first_lane + 1),
                        c.store_rest::<D>(to, lengths, offset, first_lane + 2),
                        d.store_rest::<D>(to, lengths, offset, first_lane + 3),
                    ])
                }
                2 => {
                    let [low, high] = self.halves();
                    Self::from_halves([
                        low.store_rest::<D>(to, lengths, offset, first_lane),
                        high.store_rest::<D>(to, lengths, offset, first_lane + 2),
                    ])
                }
                _ => {
                    let mask = mask(left::<D>(lengths, offset, first_lane));
                    _mm512_mask_storeu_epi8(destination::<D>(to, offset, first_lane).cast(), mask, self.0);
                    Self(_mm512_maskz_mov_epi8(mask, self.0))
                }
            }
        }
    }

    #[inline(always)]
    unsafe fn broadcast(block: *const u8) -> Self {
        // SAFETY: the caller's promise.
        Self(unsafe { _mm512_broadcast_i32x4(_mm_loadu_si128(block.cast())) })
    }

    #[inline(always)]
    unsafe fn replicate<const D: usize>(from: &Sources, offset: usize, first_lane: usize) -> Self {
        // SAFETY: the caller's promise.
        unsafe {
            match D {
                1 => Self::load::<D>(from, offset, first_lane),
                2 => Self::from_halves([
                    Y::replicate::<D>(from, offset, first_lane),
                    Y::replicate::<D>(from, offset, first_lane + 2),
                ]),
                _ => Self::broadcast(from[first_lane / D].wrapping_add(offset)),
            }
        }
    }

    #[inline(always)]
    fn add_to_tags<const D: usize>(self, tags: &mut Tags, first_lane: usize) {
        let [low, high] = self.halves();
        if D == 4 {
            low.xor(high).add_to_tags::<D>(tags, first_lane);
        } else {
            low.add_to_tags::<D>(tags, first_lane);
            high.add_to_tags::<D>(tags, first_lane + 2);
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

/// In registers of how many lanes several messages of the variants but X4 go.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Registers {
    /// Where a core does as many AES rounds in these as in those of four: two lanes are sooner put together from two messages
    /// than four from four.
    OfTwoLanes(Vaes512),
    /// Where a core has fewer units for four lanes than for two, but not half as few: all but the rounds is done sooner.
    OfFourLanes(Vaes512),
}

impl Registers {
    /// What this CPU is better at, as measured on Zen 4 (two) and on Emerald Rapids (four).
    pub(super) fn best(token: Vaes512) -> Self {
        if Vaes512AtOnce::detect().is_some() { Self::OfFourLanes(token) } else { Self::OfTwoLanes(token) }
    }
}

/// Calls a macro of [`batch`] with the registers for each variant, of two lanes but for X4.
macro_rules! two_lanes {
    ($x4:ty, $do:ident, $($given:tt)*) => {
        batch::$do!($($given)*, {
            Aegis128l => Aegis128, 2, 1, X, [Y; 2];
            Aegis128x2 => Aegis128, 2, 2, Y, [Y; 2];
            Aegis128x4 => Aegis128, 2, 4, Zmm, $x4;
            Aegis256 => Aegis256, 1, 1, X, [Y; 2];
            Aegis256x2 => Aegis256, 1, 2, Y, [Y; 2];
            Aegis256x4 => Aegis256, 1, 4, Zmm, $x4;
        })
    };
}

/// The same in registers of four lanes.
macro_rules! four_lanes {
    ($do:ident, $($given:tt)*) => {
        batch::$do!($($given)*, {
            Aegis128l => Aegis128, 2, 1, X, Zmm;
            Aegis128x2 => Aegis128, 2, 2, Y, [Zmm; 2];
            Aegis128x4 => Aegis128, 2, 4, Zmm, [Zmm; 2];
            Aegis256 => Aegis256, 1, 1, X, Zmm;
            Aegis256x2 => Aegis256, 1, 2, Y, [Zmm; 2];
            Aegis256x4 => Aegis256, 1, 4, Zmm, [Zmm; 2];
        })
    };
}

/// What is called through pointers.
pub(super) fn kernels(registers: Registers, variant: Variant) -> Kernels {
    match registers {
        Registers::OfTwoLanes(_) => two_lanes!([Zmm; 2], kernels_by_variant, kernel, variant),
        Registers::OfFourLanes(_) => four_lanes!(kernels_by_variant, kernel, variant),
    }
}

pub(super) fn run<M: Message>(
    registers: Registers,
    variant: Variant,
    schedule: &Schedule,
    batch: Checked<'_, M>,
) {
    // SAFETY: token; `Backend::run` has checked the lengths.
    unsafe {
        match registers {
            Registers::OfTwoLanes(_) if M::OPEN => {
                two_lanes!([Zmm; 2], by_variant, kernel, variant, schedule, batch)
            }
            // One message of X4 fills what there is of units for four lanes, where no plaintext has to be decrypted first.
            Registers::OfTwoLanes(_) => two_lanes!(Zmm, by_variant, kernel, variant, schedule, batch),
            Registers::OfFourLanes(_) => four_lanes!(by_variant, kernel, variant, schedule, batch),
        }
    }
}

batch::kernel!(kernel, #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,vaes,aes,avx2,sse4.1")]);
