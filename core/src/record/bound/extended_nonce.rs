//! Keys from a key and the first part of a nonce, which leave the rest of the nonce to a cipher that takes 96 bits.

use aes_gcm::aes::Aes256;
use aes_gcm::aes::cipher::{BlockCipherEncrypt, KeyInit};
use chacha20::{R20, hchacha};

use crate::engine::stack::with_wiped_stack;
use crate::error::Error;

/// How much of the stack the derivations may have used: the round keys of AES are the largest part.
const STACK: usize = 4096;

const WRONG_LENGTH: Error = Error::Internal("a record key or the prefix of a nonce has another length");

/// XAES-256-GCM (C2SP): the key for AES-256-GCM that belongs to the first 12 bytes of a nonce. It is what CMAC makes of
/// two blocks (NIST SP 800-108r1, counter mode).
pub(super) fn xaes(key: &[u8], prefix: &[u8], output: &mut [u8]) -> Result<(), Error> {
    let prefix: &[u8; 12] = prefix.try_into().map_err(|_| WRONG_LENGTH)?;
    let (halves, []) = output.as_chunks_mut::<16>() else { return Err(WRONG_LENGTH) };
    with_wiped_stack::<STACK, _>(|| {
        let aes = Aes256::new_from_slice(key).map_err(|_| WRONG_LENGTH)?;
        let mut subkey = [0; 16];
        aes.encrypt_block((&mut subkey).into());
        double(&mut subkey);
        for (half, counter) in halves.iter_mut().zip(1..) {
            *half = subkey;
            half[..4].iter_mut().zip([0, counter, b'X', 0]).for_each(|(byte, other)| *byte ^= other);
            half[4..].iter_mut().zip(prefix).for_each(|(byte, other)| *byte ^= other);
            aes.encrypt_block(half.into());
        }
        Ok(())
    })
}

/// Doubles in GF(2^128) as CMAC does, in constant time.
fn double(block: &mut [u8; 16]) {
    let value = u128::from_be_bytes(*block);
    let carry = (value >> 127).wrapping_neg() & 0x87;
    *block = (value << 1 ^ carry).to_be_bytes();
}

/// HChaCha20 (draft-irtf-cfrg-xchacha-03): the key for ChaCha20-Poly1305 that belongs to the first 16 bytes of a nonce.
pub(super) fn xchacha(key: &[u8], prefix: &[u8], output: &mut [u8]) -> Result<(), Error> {
    let prefix: &[u8; 16] = prefix.try_into().map_err(|_| WRONG_LENGTH)?;
    let key: &[u8; 32] = key.try_into().map_err(|_| WRONG_LENGTH)?;
    let output: &mut [u8; 32] = output.try_into().map_err(|_| WRONG_LENGTH)?;
    with_wiped_stack::<STACK, _>(|| *output = hchacha::<R20>(key.into(), prefix.into()).into());
    Ok(())
}

#[cfg(test)]
mod tests;
