//! What kernels leave behind on the stack, wiped.

use core::hint::black_box;

#[cfg(target_arch = "x86_64")]
use super::detect::{Avx2, Vaes512};

/// How much of the stack is overwritten quickly, in bytes: libraries of C clear what is larger in a way that takes as long to
/// begin as a short message takes to be sealed.
pub(crate) const QUICKLY_WIPED: usize = 2032;

/// Calls `work`, then overwrites what it may have used of the stack: compilers spill key words and cipher states
/// there, where no destructor reaches them. `tests/wiping.rs` looks for what is left.
#[inline]
pub(crate) fn with_wiped_stack<const BYTES: usize, T>(work: impl FnOnce() -> T) -> T {
    let result = separate_frame(work);
    wipe_below::<BYTES>();
    result
}

/// Keeps the frame of `work` from becoming part of its caller's, which is not wiped.
#[inline(never)]
fn separate_frame<T>(work: impl FnOnce() -> T) -> T {
    work()
}

/// Overwrites as much of the stack below the caller's frame, which this function is part of: in wide registers, since this is
/// a good part of the time that a short message takes. In the widest where there is much: while they are in use, a unit for
/// narrower ones is not, which the next message would feel.
#[inline(always)]
fn wipe_below<const BYTES: usize>() {
    #[cfg(target_arch = "x86_64")]
    if BYTES <= QUICKLY_WIPED {
        if BYTES > 1024 && Vaes512::detect().is_some() {
            // SAFETY: token.
            return unsafe { x86_64::wipe_512::<BYTES>() };
        }
        if Avx2::detect().is_some() {
            // SAFETY: token.
            return unsafe { x86_64::wipe_256::<BYTES>() };
        }
    }
    wipe::<BYTES>();
}

#[inline(never)]
fn wipe<const BYTES: usize>() {
    // Not `zeroize`, whose writes of single bytes take a microsecond: the black box makes these just as visible.
    let mut area = [0_u8; BYTES];
    black_box(&mut area);
}

#[cfg(target_arch = "x86_64")]
mod x86_64 {
    use core::arch::asm;
    use core::arch::x86_64::{__m256i, __m512i, _mm256_storeu_si256, _mm512_storeu_si512};
    use core::hint::black_box;
    use core::mem::MaybeUninit;

    /// Defines a function that wipes as much of the stack with registers of one type.
    macro_rules! wipe {
        ($name:ident, $feature:literal, $register:ty, $class:ident, $store:ident) => {
            #[inline(never)]
            #[target_feature(enable = $feature)]
            pub(super) fn $name<const BYTES: usize>() {
                const WIDTH: usize = size_of::<$register>();
                let mut area = [MaybeUninit::<u8>::uninit(); BYTES];
                let start = area.as_mut_ptr();
                // Stores that lie across two lines of the cache take longer, so all but those at both ends are aligned.
                let aligned = start.wrapping_add(start.align_offset(WIDTH));
                let zero: $register;
                // SAFETY: the features. Less than one register lies before `aligned`, so that one less than fit into the area
                // do from there on. The zero is one that the compiler does not know of, or it would call a function of C
                // for all that.
                unsafe {
                    asm!(
                        "vpxor {0:x}, {0:x}, {0:x}",
                        out($class) zero,
                        options(pure, nomem, nostack, preserves_flags)
                    );
                    $store(start.cast(), zero);
                    for i in 0..BYTES / WIDTH - 1 {
                        $store(aligned.add(i * WIDTH).cast(), zero);
                    }
                    $store(start.add(BYTES - 2 * WIDTH).cast(), zero);
                    $store(start.add(BYTES - WIDTH).cast(), zero);
                }
                black_box(&mut area);
            }
        };
    }

    wipe!(wipe_256, "avx2", __m256i, ymm_reg, _mm256_storeu_si256);
    wipe!(wipe_512, "avx512f", __m512i, zmm_reg, _mm512_storeu_si512);
}
