//! The key of a request, as S2 reads it from the header `s2-encryption-key`.

use base64ct::{Base64, Decoder, Error as Base64Error};

use super::encrypted::overhead;
use crate::cipher::Cipher;
use crate::engine::stack::with_wiped_stack;
use crate::error::{Error, KeyTextProblem};
use crate::key::Key;

/// The name of the header.
pub const KEY_HEADER: &str = "s2-encryption-key";

/// Characters of a key of 32 bytes.
const MAX_LENGTH: usize = 44;

/// More than reading a key takes.
const STACK: usize = 4096;

/// A key for a stream of this cipher from the value of a header, or of `S2_ENCRYPTION_KEY`, or of a key file: 32 bytes
/// in standard base64 with padding. Surrounding white space does not count. `None` stands for a header that is not there.
///
/// Keys that [`Key::from_text`] takes, in hexadecimal for example, are refused, as S2 refuses them.
///
/// # Errors
/// [`Error::KeyRequired`] for a missing value; [`Error::KeyText`] for more or less than 1 to 44 characters, or anything
/// but canonical base64; [`Error::KeyLength`] for other than 32 bytes; [`Error::UnsupportedFormat`] for a cipher that S2
/// does not have; [`Error::UnknownEngine`] for what `PAGECRYPT_ENGINE` says. None of them carries the text.
pub fn key_from_header<'a>(value: impl Into<Option<&'a str>>, cipher: Cipher) -> Result<Key, Error> {
    if overhead(cipher).is_none() {
        return Err(Error::UnsupportedFormat("S2 encrypts records with aegis256 and aes256gcm only"));
    }
    let text = value.into().ok_or(Error::KeyRequired)?.trim();
    if !(1..=MAX_LENGTH).contains(&text.len()) {
        return Err(Error::KeyText(KeyTextProblem::Base64Length { got: text.len() }));
    }
    Key::written_by(cipher, |secret| with_wiped_stack::<STACK, _>(|| decode(text, secret)))
}

/// As S2 does it, so that a text with several faults has the same one here.
fn decode(text: &str, secret: &mut [u8]) -> Result<(), Error> {
    let characters = |_| Error::KeyText(KeyTextProblem::Base64Characters);
    let mut decoder = Decoder::<Base64>::new(text.as_bytes()).map_err(characters)?;
    let expected = secret.len();
    let got = decoder.remaining_len();
    match decoder.decode(secret) {
        Ok(_) if decoder.is_finished() => Ok(()),
        Ok(_) | Err(Base64Error::InvalidLength) => Err(Error::KeyLength { expected, got }),
        Err(error @ Base64Error::InvalidEncoding) => Err(characters(error)),
    }
}
