//! ChaCha20-Poly1305 on x86-64 with AVX-512 and IFMA: Poly1305 by multiplications of 52 bits.

use core::arch::x86_64::{_mm512_madd52hi_epu64, _mm512_madd52lo_epu64};

use super::alone;
use super::batch::{self, Places, Registers};
use super::limbs::Multiply52;
use super::poly1305::radix44::Radix44;
use super::x86_64_avx512::{self, Limbs8, Rows4, Words16};
use super::{SHORT_STACK, STACK, stack_for_one};
use crate::engine::detect::Avx512Ifma;
use crate::engine::message::Message;
use crate::engine::stack::with_wiped_stack;

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
    type Few = [Rows4; 2];
    type Radix = Radix44<Limbs8<true>>;

    unsafe fn short<M: Message>(messages: &mut [M], keystream: &Places) {
        // SAFETY: the caller's promise.
        unsafe { kernel_short(messages, keystream) };
    }

    unsafe fn long<M: Message>(key: &[u32; 8], messages: &mut [M], keystream: &Places) {
        // SAFETY: the caller's promise.
        unsafe { kernel_long(key, messages, keystream) };
    }
}

pub(super) fn run<M: Message>(_: Avx512Ifma, key: &[u32; 8], messages: &mut [M]) {
    // SAFETY: token; `Backend::run` has checked the lengths.
    unsafe {
        match messages {
            [message] if alone::fits::<[Rows4; 2], M>(message) => x86_64_avx512::run_alone(key, message),
            [message] => {
                let message = core::array::from_mut(message);
                with_wiped_stack::<{ stack_for_one(13312) }, _>(|| kernel_one(key, message));
            }
            _ if batch::all_short(messages) => {
                with_wiped_stack::<SHORT_STACK, _>(|| kernel(key, messages));
            }
            _ => with_wiped_stack::<STACK, _>(|| kernel(key, messages)),
        }
    }
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512ifma,avx2")]
#[inline(never)]
fn kernel<M: Message>(key: &[u32; 8], messages: &mut [M]) {
    // SAFETY: this function's features are those of the registers; `Backend::run` has checked the lengths.
    unsafe { batch::run::<Choice, 3, M>(key, messages) };
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512ifma,avx2")]
#[inline(never)]
fn kernel_one<M: Message>(key: &[u32; 8], message: &mut [M; 1]) {
    // SAFETY: as `kernel`.
    unsafe { batch::run_one::<Choice, 3, M>(key, message) };
}

/// # Safety
/// As [`batch::seal_or_open_short`].
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512ifma,avx2")]
#[inline(never)]
unsafe fn kernel_short<M: Message>(messages: &mut [M], keystream: &Places) {
    // SAFETY: this function's features are those of the registers; the caller's promise.
    unsafe { batch::seal_or_open_short::<Choice, 3, M>(messages, keystream) };
}

/// # Safety
/// As [`batch::seal_or_open_long`].
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512ifma,avx2")]
#[inline(never)]
unsafe fn kernel_long<M: Message>(key: &[u32; 8], messages: &mut [M], keystream: &Places) {
    // SAFETY: as `kernel_short`.
    unsafe { batch::seal_or_open_long::<Choice, 3, M>(key, messages, keystream) };
}
