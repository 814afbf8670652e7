//! Hiding how long an entry is.

use alloc::vec::Vec;
use core::str::FromStr;

use crate::error::Error;

/// What stands behind an entry, whether it is padded or not: the end is found from behind.
const END: u8 = 0x80;

/// How much of an entry's length its record shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Padding {
    /// All of it.
    #[default]
    None,
    /// Its size class, by the rule Padmé (Nikitin and others, "Reducing Metadata Leakage from Encrypted Files and
    /// Communication with PURBs", 2019): a length of n + 1 binary digits is rounded up to one with zeros behind the first
    /// 1 + k digits, where k is the number of binary digits of n. An entry becomes at most 12 % longer. Lengths fall
    /// together in steps of 8 bytes around 100, of 32 around 1000 and of 2048 around 100 000.
    Padme,
}

impl Padding {
    /// Both, the least first.
    pub const ALL: [Self; 2] = [Self::None, Self::Padme];

    /// The rule's name, for example `padme`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Padme => "padme",
        }
    }

    /// Length of a plaintext whose entry has `length` bytes.
    pub(super) fn padded_length(self, length: usize) -> Result<usize, Error> {
        let marked = length.checked_add(1).ok_or(Error::MessageTooLong)?;
        match self {
            Self::None => Ok(marked),
            Self::Padme => padme(marked).ok_or(Error::MessageTooLong),
        }
    }

    /// Makes an entry the plaintext of a record.
    pub(super) fn pad(self, entry: &mut Vec<u8>) -> Result<(), Error> {
        let length = self.padded_length(entry.len())?;
        entry.push(END);
        entry.resize(length, 0);
        Ok(())
    }
}

impl FromStr for Padding {
    type Err = Error;

    /// Reads a name.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`].
    fn from_str(name: &str) -> Result<Self, Error> {
        let found = Self::ALL.into_iter().find(|padding| padding.name() == name);
        found.ok_or(Error::InvalidArgument("the paddings are none and padme"))
    }
}

/// Length of the entry in a plaintext, whatever rule padded it.
pub(super) fn entry_length(plaintext: &[u8]) -> Result<usize, Error> {
    match plaintext.iter().rposition(|byte| *byte != 0) {
        Some(end) if plaintext[end] == END => Ok(end),
        _ => Err(Error::Malformed("an entry's padding")),
    }
}

fn padme(length: usize) -> Option<usize> {
    let exponent = length.checked_ilog2()?;
    let kept = exponent.checked_ilog2().map_or(0, |digits| digits + 1);
    let step = 1_usize << (exponent - kept.min(exponent));
    length.checked_next_multiple_of(step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padme_gives_the_lengths_of_the_paper_s_rule() {
        let cases = [
            (1, 1),
            (7, 7),
            (8, 8),
            (9, 10),
            (15, 16),
            (16, 16),
            (17, 18),
            (100, 104),
            (128, 128),
            (129, 144),
            (1000, 1024),
            (1025, 1088),
            (100_000, 100_352),
            (1 << 20, 1 << 20),
            ((1 << 20) + 1, (1 << 20) + (1 << 15)),
        ];
        for (length, padded) in cases {
            assert_eq!(padme(length), Some(padded), "{length}");
        }
        assert_eq!(padme(usize::MAX), None);
    }

    #[test]
    fn padme_never_shortens_and_adds_no_more_than_12_percent() {
        let mut last = 0;
        for length in 1..200_000 {
            let padded = padme(length).unwrap();
            assert!(padded >= length && padded >= last && (padded - length) * 100 <= length * 12, "{length}");
            assert_eq!(padme(padded), Some(padded), "a padded length is its own class");
            last = padded;
        }
    }

    #[test]
    fn whatever_was_padded_is_found_again() {
        for padding in [Padding::None, Padding::Padme] {
            for entry in [&b""[..], b"\x80", b"\x80\0\0", b"body", &[0; 100]] {
                let mut plaintext = entry.to_vec();
                padding.pad(&mut plaintext).unwrap();
                assert_eq!(&plaintext[..entry_length(&plaintext).unwrap()], entry);
            }
        }
        for broken in [&b""[..], b"\0\0", b"\x81", b"\x80\x01\0"] {
            assert!(matches!(entry_length(broken), Err(Error::Malformed(_))), "{broken:02x?}");
        }
    }
}
