//! An encrypted record as it lies in memory: format id, nonce, ciphertext, tag.

use crate::cipher::{Cipher, TAG_LENGTH};
use crate::error::Error;

/// Bytes that a record is longer than its plaintext, an encoded envelope: 49 for `aegis256`, 29 for `aes256gcm`. `None`
/// for the ciphers that S2 does not have.
#[must_use]
pub(in crate::record) fn overhead(cipher: Cipher) -> Option<usize> {
    format_id(cipher).map(|_| length_without_text(cipher))
}

/// What a record of this cipher begins with.
pub(super) fn format_id(cipher: Cipher) -> Option<u8> {
    match cipher {
        Cipher::Aegis256 => Some(1),
        Cipher::Aes256Gcm => Some(2),
        _ => None,
    }
}

fn cipher_of(format_id: u8) -> Result<Cipher, Error> {
    match format_id {
        1 => Ok(Cipher::Aegis256),
        2 => Ok(Cipher::Aes256Gcm),
        _ => Err(Error::UnsupportedFormat("an encrypted record whose format id S2 does not have")),
    }
}

pub(super) const fn length_without_text(cipher: Cipher) -> usize {
    1 + cipher.nonce_length() + TAG_LENGTH
}

/// The parts of a record.
pub(super) struct Parts<'a> {
    pub(super) cipher: Cipher,
    pub(super) nonce: &'a [u8],
    pub(super) ciphertext: &'a [u8],
    pub(super) tag: &'a [u8; TAG_LENGTH],
}

impl<'a> Parts<'a> {
    /// Looks at the form only.
    pub(super) fn of(record: &'a [u8]) -> Result<Self, Error> {
        let (format_id, rest) =
            record.split_first().ok_or(Error::Malformed("an encrypted record without its format id"))?;
        let cipher = cipher_of(*format_id)?;
        let cut = Error::Malformed("an encrypted record shorter than its nonce and tag");
        let Some((nonce, rest)) = rest.split_at_checked(cipher.nonce_length()) else {
            return Err(cut);
        };
        let (ciphertext, tag) = rest.split_last_chunk().ok_or(cut)?;
        Ok(Self { cipher, nonce, ciphertext, tag })
    }
}

/// The parts of a record to be written.
pub(super) struct PartsMut<'a> {
    pub(super) format_id: &'a mut u8,
    pub(super) nonce: &'a mut [u8],
    pub(super) text: &'a mut [u8],
    pub(super) tag: &'a mut [u8; TAG_LENGTH],
}

impl<'a> PartsMut<'a> {
    /// `None` where the record is too short.
    pub(super) fn of(record: &'a mut [u8], cipher: Cipher) -> Option<Self> {
        let (format_id, rest) = record.split_first_mut()?;
        let (nonce, rest) = rest.split_at_mut_checked(cipher.nonce_length())?;
        let (text, tag) = rest.split_last_chunk_mut()?;
        Some(Self { format_id, nonce, text, tag })
    }
}
