//! What a record says in clear, before its nonce.

use core::cmp::Ordering;

use arrayvec::ArrayVec;

use super::{KEY_ID_LENGTH, Place, nonces};
use crate::cipher::{Cipher, TAG_LENGTH};
use crate::error::Error;

/// The only version there is.
const VERSION: u8 = 1;

/// Flag: a clock follows the key id.
const CLOCK: u8 = 1;

/// Flag, only beside [`CLOCK`]: a count of reseals follows the clock.
const RESEALS: u8 = 2;

/// Length of a header without a clock, in bytes.
pub(super) const SHORT: usize = 3 + KEY_ID_LENGTH;

/// Length of the longest header, in bytes.
pub(super) const LONGEST: usize = SHORT + size_of::<u64>() + size_of::<u32>();

/// What a record says without the key. **None of it is authenticated before the record is opened**; once it has opened,
/// all of it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Header {
    /// The cipher.
    pub cipher: Cipher,
    /// The id of the key: see [`key_id`](super::key_id()).
    pub key_id: [u8; KEY_ID_LENGTH],
    /// When the record was written, in the writer's units.
    pub clock: Option<u64>,
    /// How often the record was sealed again, under other keys, since it was written.
    pub reseals: u32,
    /// Length of the plaintext, in bytes.
    pub plaintext_length: usize,
}

impl Header {
    /// Reads a whole record's header.
    ///
    /// # Errors
    /// [`Error::UnsupportedFormat`] for another version, an unknown cipher or unknown flags; [`Error::Malformed`] for a
    /// record that is too short, or has a count of reseals of 0, which is written as none.
    pub fn parse(record: &[u8]) -> Result<Self, Error> {
        const TOO_SHORT: Error = Error::Malformed("the record is shorter than its header, nonce and tag");
        let (&version, rest) = record.split_first().ok_or(TOO_SHORT)?;
        if version != VERSION {
            return Err(Error::UnsupportedFormat("a version of bound records other than 1"));
        }
        let (&[cipher, flags], rest) = rest.split_first_chunk().ok_or(TOO_SHORT)?;
        let cipher = Cipher::from_number(cipher)
            .map_err(|_| Error::UnsupportedFormat("a record's cipher is not in the catalogue"))?;
        if !matches!(flags, 0 | CLOCK | 0b11) {
            return Err(Error::UnsupportedFormat("a record's flags"));
        }
        let (&key_id, mut rest) = rest.split_first_chunk().ok_or(TOO_SHORT)?;
        let (mut clock, mut reseals) = (None, 0);
        if flags & CLOCK != 0 {
            let (bytes, after) = rest.split_first_chunk().ok_or(TOO_SHORT)?;
            (clock, rest) = (Some(u64::from_le_bytes(*bytes)), after);
        }
        if flags & RESEALS != 0 {
            let (bytes, after) = rest.split_first_chunk().ok_or(TOO_SHORT)?;
            (reseals, rest) = (u32::from_le_bytes(*bytes), after);
            if reseals == 0 {
                return Err(Error::Malformed("a record's count of reseals is 0, which is written as none"));
            }
        }
        let plaintext_length =
            rest.len().checked_sub(nonces::length(cipher) + TAG_LENGTH).ok_or(TOO_SHORT)?;
        Ok(Self { cipher, key_id, clock, reseals, plaintext_length })
    }

    /// Where the record, of which this is the header, is sealed again, if it stands at `place`.
    #[must_use]
    pub fn resealed(&self, place: &Place) -> Place {
        let reseals = if self.clock.is_some() { self.reseals.saturating_add(1) } else { 0 };
        Place { clock: self.clock, reseals, ..*place }
    }

    /// Length of the header, in bytes.
    pub(super) fn length(&self) -> usize {
        Self::length_of(self.clock, self.reseals)
    }

    /// Length of a header, in bytes. A record without a clock has no count of reseals either.
    pub(super) fn length_of(clock: Option<u64>, reseals: u32) -> usize {
        match (clock, reseals) {
            (None, _) => SHORT,
            (Some(_), 0) => SHORT + size_of::<u64>(),
            (Some(_), _) => LONGEST,
        }
    }

    pub(super) fn to_bytes(self) -> ArrayVec<u8, LONGEST> {
        let counted = self.clock.is_some() && self.reseals > 0;
        let flags = if self.clock.is_some() { CLOCK } else { 0 } | if counted { RESEALS } else { 0 };
        let mut bytes = ArrayVec::new();
        bytes.extend([VERSION, self.cipher.number(), flags]);
        bytes.extend(self.key_id);
        bytes.extend(self.clock.into_iter().flat_map(u64::to_le_bytes));
        bytes.extend(counted.then_some(self.reseals).into_iter().flat_map(u32::to_le_bytes));
        bytes
    }
}

/// Which of two records of one place is the later write, `Greater` being the one that stays: the one with the higher
/// clock (any clock is higher than none); of equal clocks, the one that was resealed more often; of these, the one whose
/// bytes are higher, compared one by one from the first. Only equal records are `Equal`, so everyone who has the same
/// records keeps the same one, in whatever order they came.
///
/// No key is needed, and so nothing is proved: a record is to be opened before it may replace another, or whoever can
/// write to the store chooses the clocks.
///
/// # Errors
/// As [`Header::parse`].
pub fn compare_writes(a: &[u8], b: &[u8]) -> Result<Ordering, Error> {
    let rank = |record| Header::parse(record).map(|header| (header.clock, header.reseals));
    Ok(rank(a)?.cmp(&rank(b)?).then_with(|| a.cmp(b)))
}
