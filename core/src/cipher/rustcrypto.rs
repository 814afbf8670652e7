//! AES-GCM (NIST SP 800-38D) and ChaCha20-Poly1305 (RFC 8439) through the RustCrypto crates.

use core::hint::black_box;

use aes_gcm::aead::inout::InOutBuf;
use aes_gcm::aead::{AeadInOut, KeyInit};
use aes_gcm::{Aes128Gcm, Aes256Gcm};
use chacha20poly1305::ChaCha20Poly1305;

use super::{Cipher, TAG_LENGTH};
use crate::aead::{Open, Seal, Text};
use crate::error::Error;

/// Round keys, which the crates wipe on drop.
pub(super) enum Context {
    Unkeyed,
    Aes128Gcm(Aes128Gcm),
    Aes256Gcm(Aes256Gcm),
    ChaCha20Poly1305(ChaCha20Poly1305),
}

const NOT_EXPANDED: Error = Error::Internal("a key without round keys");

impl Context {
    /// `key` has the cipher's length; otherwise the context stays without round keys and refuses to work.
    pub(super) fn expand(&mut self, cipher: Cipher, key: &[u8]) {
        let expanded = match cipher {
            Cipher::Aes128Gcm => Aes128Gcm::new_from_slice(key).map(Self::Aes128Gcm),
            Cipher::Aes256Gcm => Aes256Gcm::new_from_slice(key).map(Self::Aes256Gcm),
            _ => ChaCha20Poly1305::new_from_slice(key).map(Self::ChaCha20Poly1305),
        };
        *self = expanded.unwrap_or(Self::Unkeyed);
    }

    pub(super) fn seal_batch(&self, batch: &mut [Seal<'_>]) -> Result<(), Error> {
        batch.iter_mut().try_for_each(|message| {
            let text = in_out(&mut message.text);
            *message.tag = match self {
                Self::Unkeyed => return Err(NOT_EXPANDED),
                Self::Aes128Gcm(cipher) => seal(cipher, message.nonce, message.associated_data, text),
                Self::Aes256Gcm(cipher) => seal(cipher, message.nonce, message.associated_data, text),
                Self::ChaCha20Poly1305(cipher) => seal(cipher, message.nonce, message.associated_data, text),
            }
            .ok_or(Error::Internal("lengths were not checked"))?;
            Ok(())
        })
    }

    pub(super) fn open_batch(&self, batch: &mut [Open<'_>]) {
        for message in batch {
            let (nonce, associated_data, tag) = (message.nonce, message.associated_data, message.tag);
            let text = in_out(&mut message.text);
            let opened = match self {
                Self::Unkeyed => false,
                Self::Aes128Gcm(cipher) => open(cipher, nonce, associated_data, text, tag),
                Self::Aes256Gcm(cipher) => open(cipher, nonce, associated_data, text, tag),
                Self::ChaCha20Poly1305(cipher) => open(cipher, nonce, associated_data, text, tag),
            };
            // The black box keeps the branch on it where it is, out of what computes it.
            message.conclude(black_box(opened));
        }
    }
}

/// The text as the crates take it: one buffer, or two of the same length.
fn in_out<'a>(text: &'a mut Text<'_>) -> Option<InOutBuf<'a, 'a, u8>> {
    match text {
        Text::InPlace(text) => Some(InOutBuf::from(&mut **text)),
        Text::Into { from, to } => InOutBuf::new(from, to).ok(),
    }
}

fn seal<C: AeadInOut>(
    cipher: &C,
    nonce: &[u8],
    associated_data: &[u8],
    text: Option<InOutBuf<'_, '_, u8>>,
) -> Option<[u8; TAG_LENGTH]> {
    let nonce = nonce.try_into().ok()?;
    let tag = cipher.encrypt_inout_detached(nonce, associated_data, text?).ok()?;
    tag.as_slice().try_into().ok()
}

fn open<C: AeadInOut>(
    cipher: &C,
    nonce: &[u8],
    associated_data: &[u8],
    text: Option<InOutBuf<'_, '_, u8>>,
    tag: &[u8; TAG_LENGTH],
) -> bool {
    let (Ok(nonce), Ok(tag)) = (nonce.try_into(), tag.as_slice().try_into()) else { return false };
    let Some(text) = text else { return false };
    cipher.decrypt_inout_detached(nonce, associated_data, text, tag).is_ok()
}
