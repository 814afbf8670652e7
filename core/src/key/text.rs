//! Keys as text: standard base64 with padding, or hexadecimal.

use core::fmt;

use base64ct::{Base64, Encoding as _};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::error::{Error, KeyTextProblem};
use crate::secret::MAX_KEY_LENGTH;

/// How a key is written as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Encoding {
    /// Standard base64 with padding: 24 or 44 characters.
    Base64,
    /// Lowercase hexadecimal: 32 or 64 characters.
    Hex,
}

/// A trimmed text whose length is that of a key.
pub(super) struct Parsed<'a> {
    text: &'a str,
    encoding: Encoding,
    key_length: usize,
}

impl<'a> Parsed<'a> {
    pub(super) fn classify(text: &'a str) -> Result<Self, Error> {
        let text = text.trim();
        // A character is a byte from here on, and the length that an error names is the one that was compared.
        if !text.is_ascii() {
            return Err(Error::KeyText(KeyTextProblem::Characters));
        }
        let (encoding, key_length) = match text.len() {
            24 => (Encoding::Base64, 16),
            44 => (Encoding::Base64, 32),
            32 => (Encoding::Hex, 16),
            64 => (Encoding::Hex, 32),
            _ => return Err(Error::KeyText(KeyTextProblem::Length { got: text.len() })),
        };
        Ok(Self { text, encoding, key_length })
    }

    pub(super) fn key_length(&self) -> usize {
        self.key_length
    }

    /// Writes the key's bytes; `secret` has [`Self::key_length`] bytes.
    pub(super) fn decode(&self, secret: &mut [u8]) -> Result<(), Error> {
        let decoded = match self.encoding {
            Encoding::Base64 => Base64::decode(self.text, secret).ok().map(<[u8]>::len),
            Encoding::Hex => base16ct::mixed::decode(self.text, secret).ok().map(<[u8]>::len),
        };
        // Padding in the wrong amount decodes to another length than the text's promises.
        if decoded == Some(self.key_length) {
            Ok(())
        } else {
            Err(Error::KeyText(KeyTextProblem::Characters))
        }
    }
}

/// A key's text, wiped on drop. It is printed only through [`KeyText::expose`].
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct KeyText {
    characters: [u8; 2 * MAX_KEY_LENGTH],
    length: usize,
}

impl KeyText {
    pub(super) fn encode(secret: &[u8], encoding: Encoding) -> Self {
        let mut text = Self { characters: [0; 2 * MAX_KEY_LENGTH], length: 0 };
        // Both fit: a key of 32 bytes takes 64 hexadecimal characters, or 44 of base64.
        text.length = match encoding {
            Encoding::Base64 => Base64::encode(secret, &mut text.characters).map_or(0, str::len),
            Encoding::Hex => base16ct::lower::encode_str(secret, &mut text.characters).map_or(0, str::len),
        };
        text
    }

    /// The text itself: what a key file holds.
    #[must_use]
    pub fn expose(&self) -> &str {
        core::str::from_utf8(&self.characters[..self.length]).unwrap_or_default()
    }
}

impl fmt::Debug for KeyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}
