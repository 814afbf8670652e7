//! What is derived from a key for a context.

use alloc::boxed::Box;
use core::fmt;
#[cfg(feature = "std")]
use std::sync::Mutex;

use super::derivation::Prk;
use super::{Context, KEY_ID_LENGTH, extended_nonce, nonces};
use crate::cipher::{Cipher, TAG_LENGTH};
use crate::error::Error;
use crate::key::Key;
use crate::secret::SecretBytes;

/// A key with what was derived from it for one context.
pub(super) struct RecordKey {
    raw: Key,
    id: [u8; KEY_ID_LENGTH],
    secret: Secret,
    #[cfg(feature = "std")]
    last: Mutex<Option<Last>>,
}

/// What the keys that meet records come from.
enum Secret {
    /// The record key itself, which all records share.
    Shared(Key),
    /// The record key, from which and a nonce's prefix a key is derived. Boxed, so that moving it copies no secret.
    Extended(Box<SecretBytes>),
    /// `rprk`, for the same purpose: aes128gcm has no derivation of its own.
    Prk(Prk),
}

/// The key that was derived last, since whoever reads a batch meets the same prefix again and again.
#[cfg(feature = "std")]
struct Last {
    prefix: Prefix,
    key: Key,
}

/// The part of a nonce that chooses the key, zeros after it.
pub(super) type Prefix = [u8; 16];

impl RecordKey {
    pub(super) fn new(raw: Key, context: &Context) -> Result<Self, Error> {
        let cipher = raw.cipher();
        let prk = Prk::of(&raw, context);
        let id = prk.key_id(cipher)?;
        let expand = |output: &mut [u8]| prk.expand("pagecrypt/v1/record", &[cipher.number()], output);
        let secret = match cipher {
            Cipher::Aes128Gcm => Secret::Prk(prk),
            Cipher::Aes256Gcm | Cipher::ChaCha20Poly1305 => {
                let mut key = Box::new(SecretBytes::zeroed(cipher.key_length()));
                expand(key.as_mut_bytes())?;
                Secret::Extended(key)
            }
            _ => Secret::Shared(raw.derive(expand)?),
        };
        Ok(Self {
            raw,
            id,
            secret,
            #[cfg(feature = "std")]
            last: Mutex::new(None),
        })
    }

    /// The key that everything was derived from.
    pub(super) fn raw(&self) -> &Key {
        &self.raw
    }

    pub(super) fn cipher(&self) -> Cipher {
        self.raw.cipher()
    }

    pub(super) fn id(&self) -> [u8; KEY_ID_LENGTH] {
        self.id
    }

    /// Whether a record with this cipher and key id may be this key's.
    pub(super) fn names(&self, cipher: Cipher, id: [u8; KEY_ID_LENGTH]) -> bool {
        self.cipher() == cipher && self.id == id
    }

    /// Bytes of a record that are neither header nor ciphertext.
    pub(super) fn tail_length(&self) -> usize {
        nonces::length(self.cipher()) + TAG_LENGTH
    }

    /// What of a nonce chooses the key.
    pub(super) fn prefix_of(&self, nonce: &[u8]) -> Prefix {
        let length = nonces::prefix_length(self.cipher());
        let mut prefix = Prefix::default();
        prefix[..length].copy_from_slice(&nonce[..length]);
        prefix
    }

    /// The key for records whose nonces have this prefix.
    pub(super) fn key_for(&self, prefix: &Prefix) -> Result<Key, Error> {
        match &self.secret {
            Secret::Shared(key) => Ok(key.clone()),
            _ => self.last_or_derived(prefix),
        }
    }

    /// Without `std` there is no lock to keep a key behind: then it is derived once for each run of records.
    #[cfg(not(feature = "std"))]
    fn last_or_derived(&self, prefix: &Prefix) -> Result<Key, Error> {
        self.derive(prefix)
    }

    /// Another thread that is just looking is not waited for: deriving a key takes no longer.
    #[cfg(feature = "std")]
    fn last_or_derived(&self, prefix: &Prefix) -> Result<Key, Error> {
        if let Ok(last) = self.last.try_lock()
            && let Some(last) = &*last
            && last.prefix == *prefix
        {
            return Ok(last.key.clone());
        }
        let key = self.derive(prefix)?;
        if let Ok(mut last) = self.last.try_lock() {
            *last = Some(Last { prefix: *prefix, key: key.clone() });
        }
        Ok(key)
    }

    fn derive(&self, prefix: &Prefix) -> Result<Key, Error> {
        let prefix = &prefix[..nonces::prefix_length(self.cipher())];
        self.raw.derive(|output| match (&self.secret, self.cipher()) {
            (Secret::Extended(key), Cipher::Aes256Gcm) => {
                extended_nonce::xaes(key.as_bytes(), prefix, output)
            }
            (Secret::Extended(key), _) => extended_nonce::xchacha(key.as_bytes(), prefix, output),
            (Secret::Prk(prk), _) => prk.expand("pagecrypt/v1/record128", prefix, output),
            (Secret::Shared(_), _) => Err(Error::Internal("a shared record key is not derived from")),
        })
    }
}

impl fmt::Debug for RecordKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordKey").field("raw", &self.raw).field("id", &self.id).finish_non_exhaustive()
    }
}
