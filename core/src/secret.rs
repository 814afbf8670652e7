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
