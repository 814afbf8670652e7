//! Where nonces and keys come from.

use crate::error::Error;

/// A source of nonces that never repeats one under the same key.
///
/// With the `getrandom` feature, `OsRandom` is the one to use. Targets without an operating system supply their
/// own, which must be a cryptographically secure generator: a repeated nonce gives plaintext away, and under AES-GCM
/// the power to forge.
pub trait NonceSource {
    /// Fills `bytes` with fresh random bytes.
    ///
    /// # Errors
    /// [`Error::RandomSource`] when there are none to be had; nothing is sealed then.
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), Error>;
}

/// The operating system's generator. Nothing is buffered, so that neither a fork nor another thread can see the same
/// bytes twice.
#[cfg(feature = "getrandom")]
#[derive(Debug, Clone, Copy, Default)]
pub struct OsRandom;

#[cfg(feature = "getrandom")]
impl NonceSource for OsRandom {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), Error> {
        getrandom::fill(bytes).map_err(|_| Error::RandomSource)
    }
}
