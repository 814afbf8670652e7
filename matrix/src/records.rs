//! Files of records, each behind its length: 4 bytes, big endian.

use crate::Failure;

/// How many records stand in a section of a file.
pub(crate) const COUNT: usize = 65;

/// The body of record i.
pub(crate) fn body(i: usize) -> Vec<u8> {
    (0..37 * i).map(|j| (i + j) as u8).collect()
}

/// Appends a record, what stands `between` its length and itself, and the length of the record only.
pub(crate) fn append(file: &mut Vec<u8>, between: &[u8], record: &[u8]) -> Result<(), Failure> {
    file.extend(u32::try_from(record.len())?.to_be_bytes());
    file.extend(between);
    file.extend(record);
    Ok(())
}

/// What is left of a file.
pub(crate) struct Records<'a>(&'a [u8]);

impl<'a> Records<'a> {
    pub(crate) fn of(file: &'a [u8]) -> Self {
        Self(file)
    }

    /// The next record, with the bytes between its length and itself.
    pub(crate) fn next<const BETWEEN: usize>(&mut self) -> Result<([u8; BETWEEN], &'a [u8]), Failure> {
        const CUT: &str = "the file ends within a record";
        let (length, rest) = self.0.split_first_chunk().ok_or(CUT)?;
        let (between, rest) = rest.split_first_chunk().ok_or(CUT)?;
        let length = usize::try_from(u32::from_be_bytes(*length))?;
        let (record, rest) = rest.split_at_checked(length).ok_or(CUT)?;
        self.0 = rest;
        Ok((*between, record))
    }

    /// A section of records with nothing between.
    pub(crate) fn section(&mut self) -> Result<Vec<&'a [u8]>, Failure> {
        (0..COUNT).map(|_| Ok(self.next::<0>()?.1)).collect()
    }

    pub(crate) fn require_end(&self) -> Result<(), Failure> {
        match self.0.len() {
            0 => Ok(()),
            rest => Err(format!("{rest} bytes behind the last record").into()),
        }
    }
}
