//! What kernels leave behind on the stack, wiped.

use core::hint::black_box;

#[cfg(target_arch = "x86_64")]
use super::detect::{Avx2, Vaes512};

/// How much of the stack is overwritten in wide registers, in bytes: what one short message may leave behind. Only in builds
/// without debug assertions: with them such a function needs aligned room on the stack itself, and above it a gap would stay as
/// it was.
#[cfg(target_arch = "x86_64")]
const QUICKLY_WIPED: usize = 2048;

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

/// Overwrites as much of the stack below the caller's frame, which this function is part of: what is left there by functions
/// that were called from that frame, and never become part of it. The kernels of AEGIS are such functions; a short message would
/// feel one frame more.
///
/// What is not much in wide registers, since this is a good part of the time that such a message takes. In the widest where it is
/// more: while they are in use, a unit for narrower ones is not, which the next message would feel.
#[inline(always)]
pub(crate) fn wipe_below<const BYTES: usize>() {
    Wipe::of::<BYTES>().below();
}

/// [`wipe_below`] for as many bytes, found once.
#[derive(Clone, Copy)]
pub(crate) struct Wipe(unsafe fn());

impl Wipe {
    pub(crate) fn of<const BYTES: usize>() -> Self {
        #[cfg(target_arch = "x86_64")]
        if BYTES <= QUICKLY_WIPED && !cfg!(debug_assertions) {
            if BYTES > 1024 && Vaes512::detect().is_some() {
                return Self(x86_64::wipe_512::<BYTES>);
            }
            if Avx2::detect().is_some() {
                return Self(x86_64::wipe_256::<BYTES>);
            }
        }
        Self(wipe::<BYTES>)
    }

    /// As [`wipe_below`].
    #[inline(always)]
    pub(crate) fn below(self) {
        // SAFETY: the features that it needs were found.
        unsafe { (self.0)() }
    }
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

    /// Defines a function that wipes as much of the stack with registers of one type, and one that clears so many bytes.
    macro_rules! wipe {
        ($name:ident, $clear:ident, $feature:literal, $register:ty, $class:ident, $store:ident) => {
            #[inline(never)]
            #[target_feature(enable = $feature)]
            pub(super) fn $name<const BYTES: usize>() {
                let mut area = [MaybeUninit::<u8>::uninit(); BYTES];
                // SAFETY: the area is its own.
                unsafe { $clear::<BYTES>(area.as_mut_ptr().cast()) };
                black_box(&mut area);
            }

            /// # Safety
            /// So many bytes are writable.
            #[inline]
            #[target_feature(enable = $feature)]
            unsafe fn $clear<const BYTES: usize>(start: *mut u8) {
                const WIDTH: usize = size_of::<$register>();
                const { assert!(BYTES >= 2 * WIDTH) };
                // Stores that lie across two lines of the cache take longer, so all but those at both ends are aligned.
                let aligned = start.wrapping_add(start.align_offset(WIDTH));
                let zero: $register;
                // SAFETY: the caller's promise. Less than one register lies before `aligned`, so that one less than fit into
                // the bytes do from there on. The zero is one that the compiler does not know of, or it would call a function
                // of C for all that.
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
            }
        };
    }

    wipe!(wipe_256, clear_256, "avx2", __m256i, ymm_reg, _mm256_storeu_si256);
    wipe!(wipe_512, clear_512, "avx512f", __m512i, zmm_reg, _mm512_storeu_si512);

    #[cfg(test)]
    mod tests {
        use super::{clear_256, clear_512};
        use crate::engine::detect::{Avx2, Avx512};
        use std::io::Write;

        type Clear = unsafe fn(*mut u8);

        /// At every place relative to the lines of the cache, for lengths that registers divide and others.
        #[test]
        fn every_byte_is_cleared_and_none_beside_them() {
            let by_256: [(usize, Clear); 4] = [
                (67, clear_256::<67>),
                (512, clear_256::<512>),
                (1280, clear_256::<1280>),
                (2048, clear_256::<2048>),
            ];
            let by_512: [(usize, Clear); 3] =
                [(191, clear_512::<191>), (1280, clear_512::<1280>), (2048, clear_512::<2048>)];
            for (name, runs, table) in [
                ("AVX2", Avx2::detect().is_some(), &by_256[..]),
                ("AVX-512", Avx512::detect().is_some(), &by_512[..]),
            ] {
                if !runs {
                    let _ = writeln!(std::io::stderr(), "skipped: this CPU has no {name}");
                    continue;
                }
                for (length, clear) in table {
                    for before in 0..128 {
                        let mut bytes = [0xff_u8; 4096];
                        let cleared = before..before + length;
                        // SAFETY: the CPU has the features; so many bytes are there.
                        unsafe { clear(bytes[cleared.clone()].as_mut_ptr()) };
                        let right = |(i, byte)| byte == if cleared.contains(&i) { 0 } else { 0xff };
                        assert!(
                            bytes.into_iter().enumerate().all(right),
                            "{length} bytes at {before}, {name}"
                        );
                    }
                }
            }
        }
    }
}
