//! ChaCha20-Poly1305 on x86-64 with AVX-512 and IFMA: Poly1305 by multiplications of 52 bits.

use core::arch::x86_64::{_mm512_madd52hi_epu64, _mm512_madd52lo_epu64};

use super::batch::{self, Registers};
use super::limbs::Multiply52;
use super::poly1305::radix44::Radix44;
use super::x86_64_avx512::{Limbs8, Words16};
use crate::engine::detect::Avx512Ifma;
use crate::engine::message::Message;

impl Multiply52 for Limbs8<true> {
    #[inline(always)]
    fn multiply_add_low(self, a: Self, b: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm512_madd52lo_epu64(self.0, a.0, b.0) })
    }

    #[inline(always)]
    fn multiply_add_high(self, a: Self, b: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm512_madd52hi_epu64(self.0, a.0, b.0) })
    }
}

struct Choice;

impl Registers<3> for Choice {
    type Many = [Words16; 2];
    type One = Words16;
    type Few = Words16;
    type Radix = Radix44<Limbs8<true>>;
}

pub(super) fn run<M: Message>(_: Avx512Ifma, key: &[u32; 8], messages: &mut [M]) {
    // SAFETY: token; `Backend::run` has checked the lengths.
    unsafe { kernel(key, messages) };
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512ifma,avx2")]
fn kernel<M: Message>(key: &[u32; 8], messages: &mut [M]) {
    // SAFETY: this function's features are those of the registers; `Backend::run` has checked the lengths.
    unsafe { batch::run::<Choice, 3, M>(key, messages) };
}
