//! Reading from the front of untrusted bytes.

use crate::error::Error;

/// What is left to be read. Each step says what is missing where the bytes end too early.
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(super) fn byte(&mut self, missing: &'static str) -> Result<u8, Error> {
        let (first, rest) = self.0.split_first().ok_or(Error::Malformed(missing))?;
        self.0 = rest;
        Ok(*first)
    }

    pub(super) fn bytes(&mut self, length: usize, missing: &'static str) -> Result<&'a [u8], Error> {
        let (bytes, rest) = self.0.split_at_checked(length).ok_or(Error::Malformed(missing))?;
        self.0 = rest;
        Ok(bytes)
    }

    /// A number of up to four bytes, the most significant first.
    pub(super) fn number(&mut self, width: usize, missing: &'static str) -> Result<usize, Error> {
        let bytes = self.bytes(width, missing)?;
        Ok(bytes.iter().fold(0, |number, byte| number << 8 | usize::from(*byte)))
    }

    pub(super) const fn rest(self) -> &'a [u8] {
        self.0
    }
}
