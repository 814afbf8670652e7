//! SQLite's write-ahead log: headers, frames and their checksum chain.
//!
//! The log is a header of 32 bytes and frames of 24 bytes and a page each. In an encrypted database the page of each
//! frame is sealed, and the chain covers the ciphertext: it needs no key. The layout is that of SQLite's file format
//! documentation, section 4 (The Write-Ahead Log).

use crate::error::Error;

use super::check_page_size;

/// Length of the log's header, in bytes.
pub const HEADER_LENGTH: usize = 32;

/// Length of the header before each frame's page, in bytes.
pub const FRAME_HEADER_LENGTH: usize = 24;

/// The magic number, whose lowest bit tells the byte order of the checksums.
const MAGIC: u32 = 0x377f_0682;

/// The only version of the log's format.
const VERSION: u32 = 3_007_000;

/// The byte order in which the checksum reads its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ByteOrder {
    /// Magic 0x377f0682, what Turso writes.
    Little,
    /// Magic 0x377f0683.
    Big,
}

/// The header of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Header {
    /// Byte order of the checksums.
    pub byte_order: ByteOrder,
    /// Length of a page, in bytes.
    pub page_size: usize,
    /// How often the log was checkpointed.
    pub checkpoint: u32,
    /// Numbers that change with every checkpoint: frames with others are left over from before it.
    pub salts: [u32; 2],
    checksum: [u32; 2],
}

impl Header {
    /// A header with its checksum.
    ///
    /// # Errors
    /// [`Error::PageSize`].
    pub fn new(
        byte_order: ByteOrder,
        page_size: usize,
        checkpoint: u32,
        salts: [u32; 2],
    ) -> Result<Self, Error> {
        check_page_size(page_size)?;
        let mut header = Self { byte_order, page_size, checkpoint, salts, checksum: [0; 2] };
        header.checksum = sum(byte_order, [0; 2], &header.to_bytes()[..24]);
        Ok(header)
    }

    /// Reads the first 32 bytes of a log; more are ignored.
    ///
    /// # Errors
    /// [`Error::Malformed`]: SQLite takes such a log for an empty one.
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let Some(bytes) = bytes.first_chunk::<HEADER_LENGTH>() else {
            return Err(Error::Malformed("the write-ahead log ends within its header"));
        };
        let byte_order = match word(bytes, 0) {
            MAGIC => ByteOrder::Little,
            magic if magic == MAGIC | 1 => ByteOrder::Big,
            _ => return Err(Error::Malformed("the write-ahead log's magic number")),
        };
        if word(bytes, 4) != VERSION {
            return Err(Error::Malformed("the write-ahead log's version"));
        }
        let header = Self::new(
            byte_order,
            word(bytes, 8) as usize,
            word(bytes, 12),
            [word(bytes, 16), word(bytes, 20)],
        )
        .map_err(|_| Error::Malformed("the write-ahead log's page size"))?;
        if header.checksum != [word(bytes, 24), word(bytes, 28)] {
            return Err(Error::Malformed("the checksum of the write-ahead log's header"));
        }
        Ok(header)
    }

    /// The header as it stands in the file.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; HEADER_LENGTH] {
        let magic = match self.byte_order {
            ByteOrder::Little => MAGIC,
            ByteOrder::Big => MAGIC | 1,
        };
        let words = [
            magic,
            VERSION,
            self.page_size as u32,
            self.checkpoint,
            self.salts[0],
            self.salts[1],
            self.checksum[0],
            self.checksum[1],
        ];
        let mut bytes = [0; HEADER_LENGTH];
        for (field, word) in bytes.chunks_exact_mut(4).zip(words) {
            field.copy_from_slice(&word.to_be_bytes());
        }
        bytes
    }
}

/// The header of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct FrameHeader {
    /// The page that the frame holds.
    pub page: u32,
    /// For the last frame of a transaction, the database's size in pages; else 0.
    pub commit_size: u32,
    /// The log's salts when the frame was written.
    pub salts: [u32; 2],
    /// The chain's checksum after this frame.
    pub checksum: [u32; 2],
}

impl FrameHeader {
    /// Reads the first 24 bytes of a frame; more are ignored.
    ///
    /// # Errors
    /// [`Error::BufferLength`] where there are fewer.
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let Some(bytes) = bytes.first_chunk::<FRAME_HEADER_LENGTH>() else {
            return Err(Error::BufferLength { expected: FRAME_HEADER_LENGTH, got: bytes.len() });
        };
        Ok(Self {
            page: word(bytes, 0),
            commit_size: word(bytes, 4),
            salts: [word(bytes, 8), word(bytes, 12)],
            checksum: [word(bytes, 16), word(bytes, 20)],
        })
    }

    /// The page number of a frame that begins with `head`; 0, which is no page, where the frame is too short.
    pub(super) fn page_number(head: &[u8]) -> u32 {
        head.first_chunk().map_or(0, |number| u32::from_be_bytes(*number))
    }
}

/// The checksum chain over a log: which frames belong to it, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chain {
    byte_order: ByteOrder,
    salts: [u32; 2],
    checksum: [u32; 2],
}

impl Chain {
    /// The chain before the first frame.
    #[must_use]
    pub fn start(header: &Header) -> Self {
        Self { byte_order: header.byte_order, salts: header.salts, checksum: header.checksum }
    }

    /// The chain behind a frame whose header holds `checksum`, accepted or not: to look for what else belongs to a
    /// damaged log.
    #[must_use]
    pub fn resume(header: &Header, checksum: [u32; 2]) -> Self {
        Self { byte_order: header.byte_order, salts: header.salts, checksum }
    }

    /// The checksum after the last frame that was accepted or added.
    #[must_use]
    pub fn checksum(&self) -> [u32; 2] {
        self.checksum
    }

    /// Whether `frame` (its header and its sealed page) is the next of the log. If so, the chain goes on behind it;
    /// if not, the log ends before it, and the chain stays where it is.
    #[must_use]
    pub fn accept(&mut self, frame: &[u8]) -> bool {
        let Ok(header) = FrameHeader::parse(frame) else { return false };
        let checksum = self.after(frame);
        let accepted = header.page != 0 && header.salts == self.salts && header.checksum == checksum;
        if accepted {
            self.checksum = checksum;
        }
        accepted
    }

    /// Makes `frame`, whose page is sealed already, the next of the log: writes salts and checksum into its header.
    pub(super) fn extend(&mut self, frame: &mut [u8]) {
        self.checksum = self.after(frame);
        let words = [self.salts[0], self.salts[1], self.checksum[0], self.checksum[1]];
        for (field, word) in frame[8..FRAME_HEADER_LENGTH].chunks_exact_mut(4).zip(words) {
            field.copy_from_slice(&word.to_be_bytes());
        }
    }

    /// The checksum covers the first 8 bytes of the frame's header and its page.
    fn after(&self, frame: &[u8]) -> [u32; 2] {
        let head = sum(self.byte_order, self.checksum, &frame[..8]);
        sum(self.byte_order, head, &frame[FRAME_HEADER_LENGTH..])
    }
}

fn word(bytes: &[u8], at: usize) -> u32 {
    bytes[at..].first_chunk().map_or(0, |word| u32::from_be_bytes(*word))
}

/// SQLite's checksum, continued over `bytes`, whose length is a multiple of 8.
fn sum(byte_order: ByteOrder, [mut s0, mut s1]: [u32; 2], bytes: &[u8]) -> [u32; 2] {
    let read = match byte_order {
        ByteOrder::Little => u32::from_le_bytes,
        ByteOrder::Big => u32::from_be_bytes,
    };
    for [a, b, c, d, e, f, g, h] in bytes.as_chunks::<8>().0 {
        s0 = s0.wrapping_add(read([*a, *b, *c, *d])).wrapping_add(s1);
        s1 = s1.wrapping_add(read([*e, *f, *g, *h])).wrapping_add(s0);
    }
    [s0, s1]
}
