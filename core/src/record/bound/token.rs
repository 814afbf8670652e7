//! Tokens: what a path is called where nobody may read it.

use alloc::sync::Arc;
use core::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::engine::stack::with_wiped_stack;
use crate::error::Error;
use crate::random::NonceSource;
use crate::secret::SecretBytes;

/// How much of the stack SHA-256 and HMAC may have used.
const STACK: usize = 4096;

/// The key that makes tokens of paths: 32 random bytes of a store, which stay when its data keys are rotated, so that a
/// path keeps its token.
///
/// It is wiped when the last clone is dropped, compared in constant time and never printed.
#[derive(Clone)]
pub struct TokenKey(Arc<SecretBytes>);

impl TokenKey {
    /// Length, in bytes.
    pub const LENGTH: usize = 32;

    /// A token key from its bytes.
    ///
    /// # Errors
    /// [`Error::KeyLength`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        if bytes.len() != Self::LENGTH {
            return Err(Error::KeyLength { expected: Self::LENGTH, got: bytes.len() });
        }
        Self::fill(|secret| {
            secret.copy_from_slice(bytes);
            Ok(())
        })
    }

    /// A new token key from the operating system's random generator.
    ///
    /// # Errors
    /// [`Error::RandomSource`].
    #[cfg(feature = "getrandom")]
    pub fn generate() -> Result<Self, Error> {
        Self::generate_with(&mut crate::random::OsRandom)
    }

    /// A new token key from `source`, which must be cryptographically secure.
    ///
    /// # Errors
    /// Those of the source.
    pub fn generate_with(source: &mut dyn NonceSource) -> Result<Self, Error> {
        Self::fill(|secret| source.fill(secret))
    }

    /// The bytes, to be kept in a keyring.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// The token of a path: HMAC-SHA256. Paths are compared byte by byte, so text is to be brought into one form before.
    #[must_use]
    pub fn token(&self, path: &[u8]) -> [u8; 32] {
        with_wiped_stack::<STACK, _>(|| {
            let mac = Hmac::<Sha256>::new_from_slice(self.as_bytes());
            // HMAC takes keys of any length.
            mac.map_or_else(
                |_| unreachable!("a token key has a length that HMAC takes"),
                |mac| mac.chain_update(path).finalize().into_bytes().into(),
            )
        })
    }

    /// Fills the secret where it will stay.
    fn fill(write: impl FnOnce(&mut [u8]) -> Result<(), Error>) -> Result<Self, Error> {
        let mut secret = Arc::new(SecretBytes::zeroed(Self::LENGTH));
        let place = Arc::get_mut(&mut secret).ok_or(Error::Internal("a new token key is shared"))?;
        write(place.as_mut_bytes())?;
        Ok(Self(secret))
    }
}

impl PartialEq for TokenKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for TokenKey {}

impl fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TokenKey").field(&self.0).finish()
    }
}
