//! Secret bytes: wiped on drop, compared in constant time, never printed.

use core::fmt;

use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// The longest raw key of the catalogue, in bytes.
pub(crate) const MAX_KEY_LENGTH: usize = 32;

/// A raw key of up to `MAX_KEY_LENGTH` bytes.
#[derive(Zeroize, ZeroizeOnDrop)]
pub(crate) struct SecretBytes {
    bytes: [u8; MAX_KEY_LENGTH],
    length: usize,
}

impl SecretBytes {
    /// All zero; filled in place, so that no copy stays behind on the stack.
    pub(crate) const fn zeroed(length: usize) -> Self {
        assert!(length <= MAX_KEY_LENGTH);
        Self { bytes: [0; MAX_KEY_LENGTH], length }
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    pub(crate) fn as_mut_bytes(&mut self) -> &mut [u8] {
        &mut self.bytes[..self.length]
    }
}

impl ConstantTimeEq for SecretBytes {
    fn ct_eq(&self, other: &Self) -> subtle::Choice {
        self.as_bytes().ct_eq(other.as_bytes())
    }
}

impl fmt::Debug for SecretBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// How much of the stack is overwritten quickly, in bytes: libraries of C clear what is larger in a way that takes as long to
/// begin as a short message takes to be sealed.
pub(crate) const QUICKLY_WIPED: usize = 2032;

/// Calls `work`, then overwrites what it may have used of the stack: compilers spill key words and cipher states
/// there, where no destructor reaches them. `tests/wiping.rs` looks for what is left.
pub(crate) fn with_wiped_stack<const BYTES: usize, T>(work: impl FnOnce() -> T) -> T {
    let result = separate_frame(work);
    wipe_stack::<BYTES>();
    result
}

/// Keeps the frame of `work` from becoming part of its caller's, which is not wiped.
#[inline(never)]
fn separate_frame<T>(work: impl FnOnce() -> T) -> T {
    work()
}

#[inline(never)]
fn wipe_stack<const BYTES: usize>() {
    // Not `zeroize`, whose writes of single bytes take a microsecond: the black box makes these just as visible.
    let mut area = [0_u8; BYTES];
    core::hint::black_box(&mut area);
}
