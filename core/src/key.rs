//! Keys: secret bytes that know their cipher and hold the engine that serves it.

#[cfg(feature = "alloc")]
use alloc::sync::Arc;
use core::fmt;

use subtle::ConstantTimeEq;

use crate::aead::{Aead, BatchFailure, Open, Seal, sealed};
use crate::cipher::{Cipher, Context};
use crate::engine::{Engine, ceiling_from_environment};
use crate::error::Error;
use crate::random::NonceSource;
use crate::secret::SecretBytes;

mod text;
mod usage;

pub use text::{Encoding, KeyText};
use usage::Usage;

/// A key: raw secret bytes of one cipher, and the engine chosen for it on this CPU.
///
/// It is wiped when the last clone is dropped, compared in constant time and never printed. Clones are cheap and
/// share the count of messages sealed. A key may be used from several threads at once.
#[cfg_attr(feature = "alloc", derive(Clone))]
pub struct Key {
    #[cfg(feature = "alloc")]
    inner: Arc<Inner>,
    #[cfg(not(feature = "alloc"))]
    inner: Inner,
}

struct Inner {
    secret: SecretBytes,
    context: Context,
    ceiling: Option<Engine>,
    usage: Usage,
}

impl Key {
    /// A key of `cipher` from its raw bytes, served by the best engine of this CPU (under `std`: not above the one
    /// that the environment variable `PAGECRYPT_ENGINE` names).
    ///
    /// # Errors
    /// [`Error::KeyLength`]; [`Error::UnknownEngine`] for what `PAGECRYPT_ENGINE` says.
    pub fn from_bytes(bytes: &[u8], cipher: Cipher) -> Result<Self, Error> {
        Self::copy(bytes, cipher, ceiling_from_environment()?)
    }

    /// A key from base64 (standard, padded) or hexadecimal text, told apart by length: 24 or 44 characters are
    /// base64, 32 or 64 hexadecimal. Surrounding white space does not count. Without a cipher, 16 bytes make an
    /// `aegis128l` key and 32 bytes an `aegis256` one.
    ///
    /// # Errors
    /// [`Error::KeyText`]; [`Error::KeyLength`] where the cipher needs another length; [`Error::UnknownEngine`] for
    /// what `PAGECRYPT_ENGINE` says. None of them carries the text.
    pub fn from_text(text: &str, cipher: Option<Cipher>) -> Result<Self, Error> {
        let text = text::Parsed::classify(text)?;
        let cipher = match cipher {
            Some(cipher) if cipher.key_length() != text.key_length() => {
                return Err(Error::KeyLength { expected: cipher.key_length(), got: text.key_length() });
            }
            Some(cipher) => cipher,
            None => Cipher::default_for_key_length(text.key_length())?,
        };
        Self::fill(cipher, ceiling_from_environment()?, |secret| text.decode(secret))
    }

    /// A new key from the operating system's random generator.
    ///
    /// # Errors
    /// [`Error::RandomSource`]; [`Error::UnknownEngine`] for what `PAGECRYPT_ENGINE` says.
    #[cfg(feature = "getrandom")]
    pub fn generate(cipher: Cipher) -> Result<Self, Error> {
        Self::generate_with(&mut crate::random::OsRandom, cipher)
    }

    /// A new key from `source`, which must be cryptographically secure.
    ///
    /// # Errors
    /// Those of the source; [`Error::UnknownEngine`] for what `PAGECRYPT_ENGINE` says.
    pub fn generate_with(source: &mut dyn NonceSource, cipher: Cipher) -> Result<Self, Error> {
        Self::fill(cipher, ceiling_from_environment()?, |secret| source.fill(secret))
    }

    /// The same key with the best engine that is not above `ceiling`, in the order of [`Engine::ALL`].
    ///
    /// The new key counts its seals anew.
    ///
    /// # Errors
    /// [`Error::UnknownEngine`] where this CPU does not run `ceiling`.
    pub fn with_engine(&self, ceiling: Engine) -> Result<Self, Error> {
        if !ceiling.is_available() {
            return Err(Error::UnknownEngine);
        }
        Self::copy(self.as_bytes(), self.cipher(), Some(ceiling))
    }

    /// The same bytes as a key of another cipher with the same key length, under the same ceiling: Turso's files
    /// name their cipher themselves. The new key counts its seals anew.
    ///
    /// # Errors
    /// [`Error::KeyLength`] where the cipher needs another length.
    pub fn with_cipher(&self, cipher: Cipher) -> Result<Self, Error> {
        Self::copy(self.as_bytes(), cipher, self.inner.ceiling)
    }

    /// The cipher.
    #[must_use]
    pub fn cipher(&self) -> Cipher {
        self.inner.context.cipher()
    }

    /// The engine that serves this key.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.inner.context.engine()
    }

    /// The raw key.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.inner.secret.as_bytes()
    }

    /// The key as text, for a key file.
    #[must_use]
    pub fn to_text(&self, encoding: Encoding) -> KeyText {
        KeyText::encode(self.as_bytes(), encoding)
    }

    /// How many messages were sealed under random nonces, by this key and its clones.
    #[must_use]
    pub fn seals(&self) -> u64 {
        self.inner.usage.count()
    }

    /// Counts `messages` more to be sealed under random nonces.
    pub(crate) fn count_random_seals(&self, messages: u64) -> Result<(), Error> {
        self.inner.usage.add(messages, self.cipher().max_random_seals())
    }

    /// A key whose bytes `write` puts where they stay.
    #[cfg(feature = "alloc")]
    pub(crate) fn written_by(
        cipher: Cipher,
        write: impl FnOnce(&mut [u8]) -> Result<(), Error>,
    ) -> Result<Self, Error> {
        Self::fill(cipher, ceiling_from_environment()?, write)
    }

    /// Counts `messages` more to be sealed under random nonces, by keys that were derived from this one and may seal `limit`
    /// messages.
    #[cfg(feature = "alloc")]
    pub(crate) fn count_derived_seals(&self, messages: u64, limit: Option<u64>) -> Result<(), Error> {
        self.inner.usage.add(messages, limit)
    }

    /// A key of the same cipher under the same ceiling, which `write` derives from this one.
    #[cfg(feature = "alloc")]
    pub(crate) fn derive(&self, write: impl FnOnce(&mut [u8]) -> Result<(), Error>) -> Result<Self, Error> {
        Self::fill(self.cipher(), self.inner.ceiling, write)
    }

    fn copy(bytes: &[u8], cipher: Cipher, ceiling: Option<Engine>) -> Result<Self, Error> {
        if bytes.len() != cipher.key_length() {
            return Err(Error::KeyLength { expected: cipher.key_length(), got: bytes.len() });
        }
        Self::fill(cipher, ceiling, |secret| {
            secret.copy_from_slice(bytes);
            Ok(())
        })
    }

    /// Fills the secret where it will stay and expands it there.
    fn fill(
        cipher: Cipher,
        ceiling: Option<Engine>,
        write: impl FnOnce(&mut [u8]) -> Result<(), Error>,
    ) -> Result<Self, Error> {
        let secret = SecretBytes::zeroed(cipher.key_length());
        let context = Context::unkeyed(cipher, ceiling);
        let inner = Inner { secret, context, ceiling, usage: Usage::default() };
        let mut key = Self {
            #[cfg(feature = "alloc")]
            inner: Arc::new(inner),
            #[cfg(not(feature = "alloc"))]
            inner,
        };
        #[cfg(feature = "alloc")]
        let Some(inner) = Arc::get_mut(&mut key.inner) else {
            return Err(Error::Internal("a new key is shared"));
        };
        #[cfg(not(feature = "alloc"))]
        let inner = &mut key.inner;
        write(inner.secret.as_mut_bytes())?;
        inner.context.expand(inner.secret.as_bytes());
        Ok(key)
    }
}

#[cfg(feature = "alloc")]
impl From<&Key> for Key {
    fn from(key: &Key) -> Self {
        key.clone()
    }
}

impl sealed::Sealed for Key {}

impl Aead for Key {
    fn cipher(&self) -> Cipher {
        self.cipher()
    }

    fn engine(&self) -> Engine {
        self.engine()
    }

    fn seal_batch_assume_unique_nonces(&self, batch: &mut [Seal<'_>]) -> Result<(), Error> {
        self.inner.context.seal_batch(batch)
    }

    fn open_batch(&self, batch: &mut [Open<'_>]) -> Result<(), BatchFailure> {
        self.inner.context.open_batch(batch)
    }
}

impl ConstantTimeEq for Key {
    fn ct_eq(&self, other: &Self) -> subtle::Choice {
        // The cipher is public; the bytes are compared whatever it is.
        subtle::Choice::from(u8::from(self.cipher() == other.cipher()))
            & self.inner.secret.ct_eq(&other.inner.secret)
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.ct_eq(other).into()
    }
}

impl Eq for Key {}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key")
            .field("cipher", &self.cipher())
            .field("engine", &self.engine())
            .field("secret", &self.inner.secret)
            .finish()
    }
}
