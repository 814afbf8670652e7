//! The one trait behind pages and records.

use core::fmt;

use crate::cipher::Cipher;
use crate::engine::Engine;
pub use crate::engine::message::{Open, Seal, Text};
use crate::error::Error;

/// Authenticated encryption of many messages at once under one key.
///
/// A batch is the primitive and one message is a batch of one: messages of a batch are independent, which lets
/// engines work on several at a time. Lengths may differ within a batch.
pub trait Aead: sealed::Sealed + Send + Sync {
    /// The cipher.
    fn cipher(&self) -> Cipher;

    /// The engine chosen when the key was made.
    fn engine(&self) -> Engine;

    /// Seals every message, or none: all lengths are checked before a byte is written.
    ///
    /// The name states the caller's duty: no nonce may ever be used twice under this key, or plaintext is given
    /// away (and under AES-GCM, the power to forge). [`PageCodec`](crate::page::PageCodec) draws them itself.
    ///
    /// # Errors
    /// [`Error::BufferLength`] for a nonce or destination of the wrong length, [`Error::MessageTooLong`]. The limits for
    /// random nonces are not counted here, since the caller chose these.
    fn seal_batch_assume_unique_nonces(&self, batch: &mut [Seal<'_>]) -> Result<(), Error>;

    /// Opens every message that is authentic. The text of any other is overwritten with zeros, and
    /// [`Open::opened`] tells which is which; the other messages are not affected.
    ///
    /// # Errors
    /// [`BatchFailure::Forged`] when some messages did not open; [`BatchFailure::Refused`] when lengths are wrong, in
    /// which case nothing was touched.
    fn open_batch(&self, batch: &mut [Open<'_>]) -> Result<(), BatchFailure>;

    /// Seals one message: a batch of one.
    ///
    /// # Errors
    /// As [`Aead::seal_batch_assume_unique_nonces`].
    fn seal_one_assume_unique_nonce(&self, message: Seal<'_>) -> Result<(), Error> {
        self.seal_batch_assume_unique_nonces(&mut [message])
    }

    /// Opens one message: a batch of one.
    ///
    /// # Errors
    /// As [`Aead::open_batch`].
    fn open_one(&self, message: Open<'_>) -> Result<(), BatchFailure> {
        self.open_batch(&mut [message])
    }
}

/// Why a batch did not open completely.
#[derive(Debug)]
#[non_exhaustive]
pub enum BatchFailure {
    /// Lengths are wrong; nothing was touched.
    Refused(Error),
    /// Some messages are not authentic; their texts are zeros, the others are open.
    Forged {
        /// Index of the first that failed, from 0.
        first: usize,
        /// How many failed.
        count: usize,
    },
}

impl fmt::Display for BatchFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(error) => error.fmt(f),
            Self::Forged { first, count } => {
                write!(f, "{count} messages are not authentic, the first is message {first}")
            }
        }
    }
}

impl core::error::Error for BatchFailure {}

pub(crate) mod sealed {
    /// Keeps the trait to this crate's ciphers.
    pub trait Sealed {}
}
