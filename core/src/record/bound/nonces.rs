//! Nonces: where they come from, and how a cipher gets them.

use alloc::vec;
use alloc::vec::Vec;

use arrayvec::ArrayVec;

use crate::cipher::{Cipher, MAX_NONCE_LENGTH};
use crate::error::Error;
use crate::random::NonceSource;

/// The nonce of a record whose cipher takes 96 bits, in bytes.
const EXTENDED: usize = 24;

/// Length of the nonce in a record, in bytes.
pub(super) const fn length(cipher: Cipher) -> usize {
    if prefix_length(cipher) == 0 { cipher.nonce_length() } else { EXTENDED }
}

/// How many bytes at the front of the nonce choose the key; none where nonces are long enough to be drawn at random
/// under one key.
pub(super) const fn prefix_length(cipher: Cipher) -> usize {
    match cipher {
        Cipher::Aes128Gcm | Cipher::Aes256Gcm => 12,
        Cipher::ChaCha20Poly1305 => 16,
        _ => 0,
    }
}

/// How many records one key may seal. The nonces of 192 bits need no limit: two of 2^64 batches begin at the same nonce
/// with a chance of 2^-65.
pub(super) const fn max_seals(cipher: Cipher) -> Option<u64> {
    if prefix_length(cipher) == 0 { cipher.max_random_seals() } else { None }
}

/// The nonce for the cipher itself: what is left behind the prefix, with zeros before it where the cipher takes more.
pub(super) fn of_cipher(cipher: Cipher, nonce: &[u8]) -> ArrayVec<u8, MAX_NONCE_LENGTH> {
    let rest = &nonce[prefix_length(cipher)..];
    let mut bytes = ArrayVec::new();
    bytes.extend(core::iter::repeat_n(0, cipher.nonce_length() - rest.len()));
    bytes.extend(rest.iter().copied());
    bytes
}

/// The nonces of a batch, drawn at once: each by itself, or, where their first part chooses the key, one that the others
/// count on from, so that one key serves the batch.
pub(super) struct Nonces {
    cipher: Cipher,
    drawn: Vec<u8>,
}

impl Nonces {
    pub(super) fn draw(source: &mut dyn NonceSource, cipher: Cipher, count: usize) -> Result<Self, Error> {
        let alone = prefix_length(cipher) == 0;
        let length = length(cipher).saturating_mul(if alone { count } else { count.min(1) });
        let mut drawn = vec![0; length];
        source.fill(&mut drawn)?;
        Ok(Self { cipher, drawn })
    }

    /// That of the first record; the batch has one.
    pub(super) fn first(&self) -> &[u8] {
        &self.drawn[..length(self.cipher).min(self.drawn.len())]
    }

    /// The nonce of the record with this index, written to `nonce`.
    pub(super) fn write(&self, index: usize, nonce: &mut [u8]) {
        let prefix = prefix_length(self.cipher);
        if prefix == 0 {
            let start = index * nonce.len();
            nonce.copy_from_slice(&self.drawn[start..start + nonce.len()]);
            return;
        }
        nonce.copy_from_slice(&self.drawn);
        // A number of 8 or 12 bytes, of which no batch has so many that it would come around to its start.
        let mut carry = index as u64;
        for byte in &mut nonce[prefix..] {
            let sum = u64::from(*byte) + (carry & 0xff);
            *byte = sum as u8;
            carry = (carry >> 8) + (sum >> 8);
        }
    }
}

#[cfg(test)]
mod tests;
