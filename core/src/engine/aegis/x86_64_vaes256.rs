//! AEGIS on x86-64 with VAES and AVX2: registers of two lanes.

use core::arch::asm;
use core::arch::x86_64::{
    __m256i, _MM_HINT_T0, _mm_loadu_si128, _mm_prefetch, _mm_storeu_si128, _mm256_aesenc_epi128,
    _mm256_and_si256, _mm256_blend_epi32, _mm256_broadcastsi128_si256, _mm256_castsi128_si256,
    _mm256_castsi256_si128, _mm256_extracti128_si256, _mm256_inserti128_si256, _mm256_loadu_si256,
    _mm256_mask_storeu_epi8, _mm256_maskz_loadu_epi8, _mm256_maskz_mov_epi8, _mm256_permute2x128_si256,
    _mm256_storeu_si256, _mm256_ternarylogic_epi64, _mm256_xor_si256,
};

use super::Variant;
use super::batch::{self, Kernels};
use super::construction::{Aegis128, Aegis256, Work};
use super::register::{
    Destinations, Lanes, Lengths, Register, Sources, Tags, destination, left, load_each, rounds_in_place,
    source, store_each,
};
use super::schedule::Schedule;
use super::x86_64_aesni::Xmm;
use crate::engine::detect::Vaes256;
use crate::engine::message::{Checked, Message};

/// Two lanes; `EVEX` with the masks and the logic of AVX-512.
#[derive(Clone, Copy)]
pub(super) struct Ymm<const EVEX: bool>(pub(super) __m256i);

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

/// A register as it is, where the compiler would rather shuffle two loads than blend them.
#[inline]
#[target_feature(enable = "avx2")]
fn as_it_is(mut register: __m256i) -> __m256i {
    // SAFETY: no instruction at all.
    unsafe {
        asm!("/* {0} */", inout(ymm_reg) register, options(pure, nomem, nostack, preserves_flags));
    }
    register
}

impl<const EVEX: bool> Register for Ymm<EVEX> {
    const LANES: usize = 2;
    const PREFETCHES_FROM: usize = if EVEX { 1 } else { 4 };
    const PREFETCHED: usize = if EVEX { 512 } else { usize::MAX };
    const MASKED: bool = EVEX;
    const PAIRS: bool = EVEX;

    #[inline(always)]
    unsafe fn load<const D: usize>(from: &Sources, offset: usize, first_lane: usize) -> Self {
        // SAFETY: the caller's promise; with a degree of 2 or more both lanes lie side by side.
        unsafe {
            let low = source::<D>(from, offset, first_lane);
            Self(match D {
                1 => {
                    let high = source::<D>(from, offset, first_lane + 1);
                    let low = _mm256_castsi128_si256(_mm_loadu_si128(low.cast()));
                    if EVEX {
                        return Self(_mm256_blend_epi32::<0b1111_0000>(
                            low,
                            as_it_is(Self::broadcast(high).0),
                        ));
                    }
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

    /// With degree 1 each block is blended with one that is loaded into both lanes. Zen has units enough for blends, but those
    /// for shuffles, as which it puts a lane from memory into a register, do half of the rounds as well.
    #[inline(always)]
    unsafe fn load_two<const D: usize>(from: &Sources, offset: usize, first_lane: usize) -> [Self; 2] {
        // SAFETY: the caller's promise; with degree 1 the two blocks of a message lie side by side.
        unsafe {
            if D != 1 {
                return load_each::<Self, D>(from, offset, first_lane);
            }
            let low = source::<D>(from, offset, first_lane);
            let high = source::<D>(from, offset, first_lane + 1);
            let first_of_high = as_it_is(Self::broadcast(high).0);
            let second_of_low = as_it_is(Self::broadcast(low.add(16)).0);
            [
                Self(_mm256_blend_epi32::<0b1111_0000>(_mm256_loadu_si256(low.cast()), first_of_high)),
                Self(_mm256_blend_epi32::<0b1111_0000>(second_of_low, _mm256_loadu_si256(high.cast()))),
            ]
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
            store_each::<Self, D>(two, to, offset, first_lane);
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
            if D == 1 || !EVEX {
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
            if D == 1 || !EVEX {
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

    /// Each by itself, since a wider load would have to wait until both writes are done.
    #[inline(always)]
    unsafe fn load_lanes<const D: usize>(lanes: &mut Lanes, first_lane: usize) -> Self {
        let low = lanes.places::<1>()[0].wrapping_add(16 * first_lane);
        // SAFETY: the caller's promise.
        Self::from_halves(unsafe { [Xmm::broadcast(low), Xmm::broadcast(low.wrapping_add(16))] })
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
    fn aes_rounds_in_place<const N: usize>(words: &mut [Self; N], key: Self) -> Self {
        if let ([a, b, c, d, e, f], false) = (words.as_mut_slice(), EVEX) {
            // SAFETY: register.
            return unsafe { rounds_of_six([a, b, c, d, e, f], key) };
        }
        rounds_in_place(words, key)
    }

    #[inline(always)]
    fn step_in_place<const N: usize, const RATE: usize>(
        work: Work,
        words: &mut [Self; N],
        mut blocks: [Self; RATE],
    ) -> Option<[Self; RATE]> {
        let ([a, b, c, d, e, f], [block], false) = (words.as_mut_slice(), blocks.as_mut_slice(), EVEX) else {
            return None;
        };
        // SAFETY: register.
        *block = unsafe {
            match work {
                Work::Absorb => return None,
                Work::Seal => seal_six([a, b, c, d, e, f], *block),
                Work::Open => open_six([a, b, c, d, e, f], *block),
            }
        };
        Some(blocks)
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

/// Defines a function that takes a step on a state of the AEGIS-256 family, with every word in its place. In instructions
/// of its own, because two states take 12 of 16 registers: the compiler loads and computes as early as it can, and then puts
/// words on the stack, from where they come too late for the next round. Rounds stand as early as they can, since not
/// every unit does them. Only a function with the features may name the registers.
macro_rules! step_on_six {
    ($(#[$documentation:meta])* $name:ident: $($instruction:literal)*) => {
        $(#[$documentation])*
        #[inline]
        #[target_feature(enable = "vaes,avx2")]
        fn $name<const EVEX: bool>([s0, s1, s2, s3, s4, s5]: [&mut Ymm<EVEX>; 6], m: Ymm<EVEX>) -> Ymm<EVEX> {
            let out;
            // SAFETY: the features; nothing but registers.
            unsafe {
                asm!(
                    $($instruction,)*
                    s0 = inout(ymm_reg) s0.0,
                    s1 = inout(ymm_reg) s1.0,
                    s2 = inout(ymm_reg) s2.0,
                    s3 = inout(ymm_reg) s3.0,
                    s4 = inout(ymm_reg) s4.0,
                    s5 = inout(ymm_reg) s5.0,
                    m = inout(ymm_reg) m.0 => _,
                    t = out(ymm_reg) _,
                    out = out(ymm_reg) out,
                    options(pure, nomem, nostack, preserves_flags)
                );
            }
            Ymm(out)
        }
    };
}

step_on_six! {
    /// Takes in a block of plaintext; returns it encrypted.
    seal_six:
    "vpxor {out}, {s5}, {m}"
    "vaesenc {m}, {s5}, {m}"
    "vaesenc {s5}, {s4}, {s5}"
    "vpxor {out}, {out}, {s4}"
    "vaesenc {s4}, {s3}, {s4}"
    "vpand {t}, {s2}, {s3}"
    "vaesenc {s3}, {s2}, {s3}"
    "vaesenc {s2}, {s1}, {s2}"
    "vpxor {out}, {out}, {s1}"
    "vaesenc {s1}, {s0}, {s1}"
    "vpxor {out}, {out}, {t}"
    "vpxor {s0}, {s0}, {m}"
}

step_on_six! {
    /// Decrypts a block and takes it in; returns it.
    open_six:
    "vpand {out}, {s2}, {s3}"
    "vpxor {m}, {m}, {s1}"
    "vpxor {out}, {out}, {s4}"
    "vpxor {m}, {m}, {s5}"
    "vaesenc {t}, {s5}, {s0}"
    "vaesenc {s5}, {s4}, {s5}"
    "vaesenc {s4}, {s3}, {s4}"
    "vpxor {out}, {out}, {m}"
    "vaesenc {s3}, {s2}, {s3}"
    "vaesenc {s2}, {s1}, {s2}"
    "vaesenc {s1}, {s0}, {s1}"
    "vpxor {s0}, {t}, {out}"
}

/// The rounds alone, the last word's with this key: [`Register::aes_rounds_in_place`].
#[inline]
#[target_feature(enable = "vaes,avx2")]
fn rounds_of_six<const EVEX: bool>(
    [s0, s1, s2, s3, s4, s5]: [&mut Ymm<EVEX>; 6],
    mut key: Ymm<EVEX>,
) -> Ymm<EVEX> {
    // SAFETY: the features; nothing but registers.
    unsafe {
        asm!(
            "vaesenc {key}, {s5}, {key}",
            "vaesenc {s5}, {s4}, {s5}",
            "vaesenc {s4}, {s3}, {s4}",
            "vaesenc {s3}, {s2}, {s3}",
            "vaesenc {s2}, {s1}, {s2}",
            "vaesenc {s1}, {s0}, {s1}",
            s0 = in(ymm_reg) s0.0,
            s1 = inout(ymm_reg) s1.0,
            s2 = inout(ymm_reg) s2.0,
            s3 = inout(ymm_reg) s3.0,
            s4 = inout(ymm_reg) s4.0,
            s5 = inout(ymm_reg) s5.0,
            key = inout(ymm_reg) key.0,
            options(pure, nomem, nostack, preserves_flags)
        );
    }
    key
}

type X = Xmm<false>;
type Y = Ymm<false>;

/// Calls a macro of [`batch`] with the registers for each variant: 16 hold one state of the AEGIS-128 family or two of the
/// other.
macro_rules! registers {
    ($do:ident, $($given:tt)*) => {
        batch::$do!($($given)*, {
            Aegis128l => Aegis128, 2, 1, X, Y;
            Aegis128x2 => Aegis128, 2, 2, Y, Y;
            Aegis128x4 => Aegis128, 2, 4, Y, Y;
            Aegis256 => Aegis256, 1, 1, X, [Y; 2];
            Aegis256x2 => Aegis256, 1, 2, Y, [Y; 2];
            Aegis256x4 => Aegis256, 1, 4, [Y; 2], [Y; 2];
        })
    };
}

/// What is called through pointers.
pub(super) fn kernels(_: Vaes256, variant: Variant) -> Kernels {
    registers!(kernels_by_variant, kernel, variant)
}

pub(super) fn run<M: Message>(_: Vaes256, variant: Variant, schedule: &Schedule, batch: Checked<'_, M>) {
    // SAFETY: token; `Backend::run` has checked the lengths.
    unsafe {
        registers!(by_variant, kernel, variant, schedule, batch);
    }
}

batch::kernel!(kernel, #[target_feature(enable = "vaes,aes,avx2,sse4.1")]);
