//! AEGIS on x86-64 with AES-NI: registers of one lane.

use core::arch::x86_64::{
    __m128i, _mm_aesenc_si128, _mm_and_si128, _mm_loadu_si128, _mm_mask_storeu_epi8, _mm_maskz_loadu_epi8,
    _mm_maskz_mov_epi8, _mm_setzero_si128, _mm_storeu_si128, _mm_ternarylogic_epi64, _mm_xor_si128,
};

use super::Variant;
use super::batch::{self, Kernels};
use super::construction::{Aegis128, Aegis256};
use super::register::{
    Destinations, Lengths, Register, Sources, Tags, destination, left, read_up_to_15, source, write_up_to_15,
};
use super::schedule::Schedule;
use crate::engine::detect::{AesNi, Avx2, Avx512};
use crate::engine::message::{Checked, Message};

/// How instructions are encoded, and so how many registers there are: AES-NI alone has 16 of them, and instructions
/// overwrite an operand; with AVX they have three operands, and with AVX-512 32 registers, masks and logic of three
/// operands.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Encoding {
    Sse(AesNi),
    Vex(AesNi, Avx2),
    Evex(AesNi, Avx512),
}

impl Encoding {
    /// The best that this CPU has.
    pub(super) fn best(token: AesNi) -> Self {
        if let Some(avx512) = Avx512::detect() {
            Self::Evex(token, avx512)
        } else if let Some(avx2) = Avx2::detect() {
            Self::Vex(token, avx2)
        } else {
            Self::Sse(token)
        }
    }
}

/// One lane; `EVEX` with the masks and the logic of AVX-512.
#[derive(Clone, Copy)]
pub(super) struct Xmm<const EVEX: bool>(pub(super) __m128i);

/// The lowest `count` bits, at most 16.
#[inline(always)]
fn mask(count: usize) -> u16 {
    (0xffff_u32 >> 16_usize.saturating_sub(count)) as u16
}

impl<const EVEX: bool> Xmm<EVEX> {
    /// The block as a little-endian number.
    #[inline(always)]
    fn number(self) -> u128 {
        let mut bytes = [0_u8; 16];
        // SAFETY: register; there are as many bytes.
        unsafe { _mm_storeu_si128(bytes.as_mut_ptr().cast(), self.0) };
        u128::from_le_bytes(bytes)
    }

    /// The block that is this little-endian number.
    ///
    /// # Safety
    /// The CPU has the register's instructions.
    #[inline(always)]
    unsafe fn from_number(number: u128) -> Self {
        // SAFETY: there are as many bytes.
        Self(unsafe { _mm_loadu_si128(number.to_le_bytes().as_ptr().cast()) })
    }
}

impl<const EVEX: bool> Register for Xmm<EVEX> {
    const LANES: usize = 1;
    const MASKED: bool = EVEX;

    #[inline(always)]
    unsafe fn load<const D: usize>(from: &Sources, offset: usize, first_lane: usize) -> Self {
        // SAFETY: the caller's promise.
        Self(unsafe { _mm_loadu_si128(source::<D>(from, offset, first_lane).cast()) })
    }

    #[inline(always)]
    unsafe fn store<const D: usize>(self, to: &Destinations, offset: usize, first_lane: usize) {
        // SAFETY: the caller's promise.
        unsafe { _mm_storeu_si128(destination::<D>(to, offset, first_lane).cast(), self.0) };
    }

    #[inline(always)]
    unsafe fn load_rest<const D: usize>(
        from: &Sources,
        lengths: &Lengths,
        offset: usize,
        first_lane: usize,
    ) -> Self {
        let (left, place) = (left::<D>(lengths, offset, first_lane), source::<D>(from, offset, first_lane));
        // SAFETY: the caller's promise; what a mask hides is not read.
        unsafe {
            if EVEX {
                return Self(_mm_maskz_loadu_epi8(mask(left), place.cast()));
            }
            match left {
                16.. => Self(_mm_loadu_si128(place.cast())),
                0 => Self(_mm_setzero_si128()),
                _ => Self::from_number(read_up_to_15(place, left)),
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
        let (left, place) =
            (left::<D>(lengths, offset, first_lane), destination::<D>(to, offset, first_lane));
        // SAFETY: the caller's promise; what a mask hides is not written.
        unsafe {
            if EVEX {
                _mm_mask_storeu_epi8(place.cast(), mask(left), self.0);
                return Self(_mm_maskz_mov_epi8(mask(left), self.0));
            }
            match left {
                16.. => {
                    _mm_storeu_si128(place.cast(), self.0);
                    self
                }
                0 => Self(_mm_setzero_si128()),
                _ => {
                    let number = self.number() & ((1 << (8 * left)) - 1);
                    write_up_to_15(place, left, number);
                    Self::from_number(number)
                }
            }
        }
    }

    #[inline(always)]
    unsafe fn broadcast(block: *const u8) -> Self {
        // SAFETY: the caller's promise.
        Self(unsafe { _mm_loadu_si128(block.cast()) })
    }

    #[inline(always)]
    unsafe fn replicate<const D: usize>(from: &Sources, offset: usize, first_lane: usize) -> Self {
        // SAFETY: the caller's promise.
        unsafe { Self::broadcast(from[first_lane / D].wrapping_add(offset)) }
    }

    #[inline(always)]
    fn add_to_tags<const D: usize>(self, tags: &mut Tags, first_lane: usize) {
        tags[first_lane / D] ^= self.number();
    }

    #[inline(always)]
    fn xor(self, other: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm_xor_si128(self.0, other.0) })
    }

    #[inline(always)]
    fn and(self, other: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm_and_si128(self.0, other.0) })
    }

    #[inline(always)]
    fn aes_round(self, round_key: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm_aesenc_si128(self.0, round_key.0) })
    }

    #[inline(always)]
    fn xor3(self, a: Self, b: Self) -> Self {
        if EVEX {
            // SAFETY: register.
            return Self(unsafe { _mm_ternarylogic_epi64::<0x96>(self.0, a.0, b.0) });
        }
        self.xor(a).xor(b)
    }

    #[inline(always)]
    fn xor_and(self, a: Self, b: Self) -> Self {
        if EVEX {
            // SAFETY: register.
            return Self(unsafe { _mm_ternarylogic_epi64::<0x78>(self.0, a.0, b.0) });
        }
        self.xor(a.and(b))
    }
}

type X = Xmm<false>;
type XMasked = Xmm<true>;

/// Calls a macro of [`batch`] with the registers for each variant. One state of the AEGIS-128 family keeps the AES unit busy, its
/// eight rounds taking as long as one after the other. Lanes that do not fit have their turn one after the other.
macro_rules! registers {
    ($do:ident, $($given:tt)*) => {
        batch::$do!($($given)*, {
            Aegis128l => Aegis128, 2, 1, X, X;
            Aegis128x2 => Aegis128, 2, 2, X, X;
            Aegis128x4 => Aegis128, 2, 4, X, X;
            Aegis256 => Aegis256, 1, 1, X, X;
            Aegis256x2 => Aegis256, 1, 2, X, X;
            Aegis256x4 => Aegis256, 1, 4, X, X;
        })
    };
}

/// The same with masks, and registers enough for two states of the AEGIS-256 family, which it takes: of messages, or of lanes of
/// a parallel variant.
macro_rules! masked_registers {
    ($do:ident, $($given:tt)*) => {
        batch::$do!($($given)*, {
            Aegis128l => Aegis128, 2, 1, XMasked, XMasked;
            Aegis128x2 => Aegis128, 2, 2, XMasked, XMasked;
            Aegis128x4 => Aegis128, 2, 4, XMasked, XMasked;
            Aegis256 => Aegis256, 1, 1, XMasked, [XMasked; 2];
            Aegis256x2 => Aegis256, 1, 2, [XMasked; 2], [XMasked; 2];
            Aegis256x4 => Aegis256, 1, 4, [XMasked; 2], [XMasked; 2];
        })
    };
}

/// What is called through pointers.
pub(super) fn kernels(encoding: Encoding, variant: Variant) -> Kernels {
    match encoding {
        Encoding::Sse(_) => registers!(kernels_by_variant, kernel_sse, variant),
        Encoding::Vex(..) => registers!(kernels_by_variant, kernel_vex, variant),
        Encoding::Evex(..) => masked_registers!(kernels_by_variant, kernel_evex, variant),
    }
}

pub(super) fn run<M: Message>(
    encoding: Encoding,
    variant: Variant,
    schedule: &Schedule,
    batch: Checked<'_, M>,
) {
    // SAFETY: token; `Backend::run` has checked the lengths.
    unsafe {
        match encoding {
            Encoding::Sse(_) => registers!(by_variant, kernel_sse, variant, schedule, batch),
            Encoding::Vex(..) => registers!(by_variant, kernel_vex, variant, schedule, batch),
            Encoding::Evex(..) => masked_registers!(by_variant, kernel_evex, variant, schedule, batch),
        }
    }
}

batch::kernel!(kernel_sse, #[target_feature(enable = "aes,sse4.1")]);
batch::kernel!(kernel_vex, #[target_feature(enable = "aes,avx2")]);
batch::kernel!(kernel_evex, #[target_feature(enable = "aes,avx2,avx512f,avx512bw,avx512dq,avx512vl")]);
