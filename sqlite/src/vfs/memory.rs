//! Files that live in memory only: journals of the destination, which is thrown away as a whole if it fails.

use rusqlite::ffi;
use zeroize::Zeroizing;

use super::Outcome;

/// More than this no journal of an empty database needs; a bound all the same.
const LARGEST: usize = 8 << 20;

/// A file in memory.
#[derive(Debug, Default)]
pub(super) struct MemoryFile(Zeroizing<Vec<u8>>);

impl MemoryFile {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// Whether there were enough bytes to fill `buffer`; where not, zeros follow.
    pub(super) fn read(&self, offset: u64, buffer: &mut [u8]) -> bool {
        let available = usize::try_from(offset).ok().and_then(|offset| self.0.get(offset..)).unwrap_or(&[]);
        let length = available.len().min(buffer.len());
        let (filled, rest) = buffer.split_at_mut(length);
        filled.copy_from_slice(&available[..length]);
        rest.fill(0);
        rest.is_empty()
    }

    pub(super) fn write(&mut self, offset: u64, data: &[u8]) -> Outcome<()> {
        let start = usize::try_from(offset).map_err(|_| ffi::SQLITE_FULL)?;
        let end = start.checked_add(data.len()).filter(|end| *end <= LARGEST).ok_or(ffi::SQLITE_FULL)?;
        if self.0.capacity() < end {
            // A vector that grows leaves its bytes behind.
            let mut larger = Zeroizing::new(Vec::with_capacity(end.next_power_of_two()));
            larger.extend_from_slice(&self.0);
            self.0 = larger;
        }
        if self.0.len() < end {
            self.0.resize(end, 0);
        }
        self.0[start..end].copy_from_slice(data);
        Ok(())
    }

    pub(super) fn truncate(&mut self, size: u64) {
        self.0.truncate(usize::try_from(size).unwrap_or(usize::MAX));
    }

    pub(super) fn size(&self) -> usize {
        self.0.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_reads_what_was_written_and_zeros_beyond() {
        let mut file = MemoryFile::new();
        file.write(3, b"abc").unwrap();
        assert_eq!(file.size(), 6);
        let mut read = [1; 8];
        assert!(!file.read(0, &mut read));
        assert_eq!(&read, b"\0\0\0abc\0\0");
        assert!(file.read(3, &mut read[..3]));
        assert!(!file.read(u64::MAX, &mut read));
        file.truncate(4);
        assert_eq!(file.size(), 4);
        assert!(file.write(u64::MAX - 1, b"x").is_err());
        assert!(file.write(LARGEST as u64, b"x").is_err());
    }
}
