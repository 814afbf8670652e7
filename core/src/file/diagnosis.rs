//! Whether a key is the wrong one, or page 1 is damaged.
//!
//! The format does not tell. So where page 1 does not open, it is tried with its header put right, under every cipher
//! of the key's length and in every page size; then other pages and frames are tried. Whatever opens proves the key.

use std::fmt;

use zeroize::Zeroizing;

use super::extent::counted_pages;
use super::source::Source;
use crate::cipher::Cipher;
use crate::error::Error;
use crate::key::Key;
use crate::page::turso::{self, HEADER_LENGTH, MAGIC, VERSION, sqlite_page_size};
use crate::page::{MAX_PAGE_NUMBER, MAX_PAGE_SIZE, MIN_PAGE_SIZE, PageCodec, pending_byte_page, wal};

/// How many pages, and how many frames, are tried when page 1 does not open.
const TRIES: u64 = 16;

const RESERVED: usize = 20;

/// What was found out about a database with this key.
#[derive(Debug)]
pub(super) struct Diagnosis {
    /// The key with the file's cipher and page size.
    pub(super) codec: PageCodec,
    pub(super) page_one: PageOne,
    /// How many pages page 1's header says there are, where it is authentic.
    pub(super) counted: Option<u32>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum PageOne {
    Authentic,
    /// It is once these fields are put right.
    Header(Vec<HeaderField>),
    Damaged,
}

/// A field of page 1's header that follows from the format, the cipher and the page size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum HeaderField {
    /// "Turso".
    Magic,
    /// The format's version.
    Version,
    /// The cipher's number.
    Cipher,
    /// Nine bytes that are zero.
    Zeros,
    /// The page size.
    PageSize,
    /// The reserved bytes of each page.
    ReservedLength,
}

impl HeaderField {
    const ALL: [(Self, std::ops::Range<usize>); 6] = [
        (Self::Magic, 0..5),
        (Self::Version, 5..6),
        (Self::Cipher, 6..7),
        (Self::Zeros, 7..16),
        (Self::PageSize, 16..18),
        (Self::ReservedLength, RESERVED..RESERVED + 1),
    ];

    /// What it is called in a message.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Magic => "magic",
            Self::Version => "version",
            Self::Cipher => "cipher",
            Self::Zeros => "zero bytes",
            Self::PageSize => "page size",
            Self::ReservedLength => "reserved bytes",
        }
    }
}

impl fmt::Display for HeaderField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Finds cipher, page size and the state of page 1.
///
/// Errors: those of [`turso::Header::parse`], [`Error::KeyLength`], [`Error::WrongKey`], where nothing opens.
pub(super) fn diagnose(main: &Source, log: Option<&Source>, key: &Key) -> Result<Diagnosis, Error> {
    let head = main.read_start(HEADER_LENGTH)?;
    if head.is_empty() {
        return Err(Error::Malformed("the file is empty"));
    }
    let named = turso::Header::parse(&head);
    let mut trial = Trial::new(main, log, key);
    if let Ok(header) = &named
        && let Some(found) = trial.page_one_as_it_is(header)?
    {
        return Ok(found);
    }
    let candidates = candidates(&head, key);
    for (cipher, page_size) in &candidates {
        if let Some(found) = trial.page_one_put_right(*cipher, *page_size)? {
            return Ok(found);
        }
    }
    for (cipher, page_size) in &candidates {
        if let Some(found) = trial.other_pages(*cipher, *page_size)? {
            return Ok(found);
        }
    }
    Err(match named {
        Err(_) if MAGIC.starts_with(&head) => Error::Malformed("the file ends within its header"),
        Err(error) => error,
        Ok(header) if header.cipher.key_length() != key.as_bytes().len() => {
            Error::KeyLength { expected: header.cipher.key_length(), got: key.as_bytes().len() }
        }
        Ok(header) if main.length() < header.page_size as u64 => {
            Error::Malformed("the file ends within page 1")
        }
        Ok(header) => Error::WrongKey {
            only_page: main.length() / header.page_size as u64 == 1 && !has_frames(log, header.page_size),
        },
    })
}

/// Every cipher of the key's length with every page size; those that the header names come first.
fn candidates(head: &[u8], key: &Key) -> Vec<(Cipher, usize)> {
    let named_cipher = head.get(MAGIC.len() + 1).and_then(|number| Cipher::from_number(*number).ok());
    let named_size = head.first_chunk().map(sqlite_page_size);
    let mut ciphers: Vec<_> = Cipher::ALL
        .into_iter()
        .filter(|cipher| cipher.key_length() == key.as_bytes().len() && *cipher != Cipher::ChaCha20Poly1305)
        .collect();
    ciphers.sort_by_key(|cipher| Some(*cipher) != named_cipher);
    let mut sizes: Vec<_> = std::iter::successors(Some(MIN_PAGE_SIZE), |size| {
        Some(size * 2).filter(|size| *size <= MAX_PAGE_SIZE)
    })
    .collect();
    sizes.sort_by_key(|size| Some(*size) != named_size);
    sizes.iter().flat_map(|size| ciphers.iter().map(move |cipher| (*cipher, *size))).collect()
}

fn has_frames(log: Option<&Source>, page_size: usize) -> bool {
    log.is_some_and(|log| log.length() >= (wal::HEADER_LENGTH + wal::FRAME_HEADER_LENGTH + page_size) as u64)
}

/// Opens single pages, and forgets what they hold.
struct Trial<'a> {
    main: &'a Source,
    log: Option<&'a Source>,
    key: &'a Key,
    buffer: Zeroizing<Vec<u8>>,
}

impl<'a> Trial<'a> {
    fn new(main: &'a Source, log: Option<&'a Source>, key: &'a Key) -> Self {
        Self { main, log, key, buffer: Zeroizing::new(vec![0; wal::FRAME_HEADER_LENGTH + MAX_PAGE_SIZE]) }
    }

    fn page_one_as_it_is(&mut self, header: &turso::Header) -> Result<Option<Diagnosis>, Error> {
        if header.cipher.key_length() != self.key.as_bytes().len()
            || self.main.length() < header.page_size as u64
        {
            return Ok(None);
        }
        let codec = self.codec(header.cipher, header.page_size)?;
        let page = &mut self.buffer[..header.page_size];
        self.main.read_at(page, 0)?;
        if codec.open_pages(1, page).is_err() {
            return Ok(None);
        }
        Ok(Some(Diagnosis { codec, page_one: PageOne::Authentic, counted: counted_pages(page) }))
    }

    fn page_one_put_right(&mut self, cipher: Cipher, page_size: usize) -> Result<Option<Diagnosis>, Error> {
        if self.main.length() < page_size as u64 {
            return Ok(None);
        }
        let codec = self.codec(cipher, page_size)?;
        let page = &mut self.buffer[..page_size];
        self.main.read_at(page, 0)?;
        let wrong = put_right(page, cipher, page_size);
        // As it is, it was tried where its header makes sense.
        if wrong.is_empty() || codec.open_pages(1, page).is_err() {
            return Ok(None);
        }
        Ok(Some(Diagnosis { codec, page_one: PageOne::Header(wrong), counted: counted_pages(page) }))
    }

    fn other_pages(&mut self, cipher: Cipher, page_size: usize) -> Result<Option<Diagnosis>, Error> {
        let codec = self.codec(cipher, page_size)?;
        let proved = self.any_frame_opens(&codec)? || self.any_page_opens(&codec)?;
        Ok(proved.then_some(Diagnosis { codec, page_one: PageOne::Damaged, counted: None }))
    }

    fn any_frame_opens(&mut self, codec: &PageCodec) -> Result<bool, Error> {
        let Some(log) = self.log else { return Ok(false) };
        let length = codec.frame_length() as u64;
        let frames = log.length().saturating_sub(wal::HEADER_LENGTH as u64) / length;
        for index in spread(0, frames) {
            let frame = &mut self.buffer[..codec.frame_length()];
            log.read_at(frame, wal::HEADER_LENGTH as u64 + index * length)?;
            // The pending byte's page opens to zeros under any key.
            let page = wal::FrameHeader::parse(frame)?.page;
            if page != pending_byte_page(codec.page_size())? && codec.open_frames(1, frame).is_ok() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn any_page_opens(&mut self, codec: &PageCodec) -> Result<bool, Error> {
        let length = codec.page_size() as u64;
        let pages = (self.main.length() / length).min(MAX_PAGE_NUMBER.into());
        for index in spread(1, pages) {
            let number = u32::try_from(index + 1).map_err(|_| Error::PageNumber)?;
            let page = &mut self.buffer[..codec.page_size()];
            self.main.read_at(page, index * length)?;
            if number != pending_byte_page(codec.page_size())? && codec.open_pages(number, page).is_ok() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn codec(&self, cipher: Cipher, page_size: usize) -> Result<PageCodec, Error> {
        PageCodec::turso(self.key.with_cipher(cipher)?, page_size)
    }
}

/// Up to `TRIES` numbers from `start` to `end - 1`, the first and the last among them.
fn spread(start: u64, end: u64) -> impl Iterator<Item = u64> {
    let there = end.saturating_sub(start);
    let tries = there.min(TRIES);
    (0..tries).map(move |index| start + if tries > 1 { index * (there - 1) / (tries - 1) } else { 0 })
}

/// Writes into page 1's header what follows from cipher and page size; which fields were something else.
fn put_right(page: &mut [u8], cipher: Cipher, page_size: usize) -> Vec<HeaderField> {
    let mut right = [0; RESERVED + 1];
    right.copy_from_slice(&page[..=RESERVED]);
    right[..16].fill(0);
    right[..MAGIC.len()].copy_from_slice(MAGIC);
    right[MAGIC.len()] = VERSION;
    right[MAGIC.len() + 1] = cipher.number();
    // 65536 is written as 1.
    right[16..18].copy_from_slice(&u16::try_from(page_size).unwrap_or(1).to_be_bytes());
    right[RESERVED] = cipher.reserved_length() as u8;
    let fields = HeaderField::ALL.into_iter();
    let wrong =
        fields.filter(|(_, at)| page[at.clone()] != right[at.clone()]).map(|(field, _)| field).collect();
    page[..=RESERVED].copy_from_slice(&right);
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_are_spread_over_all_pages_and_never_repeat() {
        for (start, end) in [(0, 0), (1, 1), (1, 2), (1, 3), (0, 16), (1, 30), (1, 1_000_000)] {
            let tried: Vec<_> = spread(start, end).collect();
            assert_eq!(tried.len() as u64, (end - start).min(TRIES), "{start}..{end}");
            assert!(tried.is_sorted_by(|a, b| a < b), "{tried:?}");
            assert!(tried.first().is_none_or(|first| *first == start));
            assert!(tried.last().is_none_or(|last| *last == end - 1) || tried.len() == 1, "{tried:?}");
        }
    }

    #[test]
    fn every_cipher_of_the_keys_length_is_tried_with_every_page_size() {
        let key = Key::from_bytes(&[7; 16], Cipher::Aes128Gcm).unwrap();
        let mut head = [0; HEADER_LENGTH];
        put_right(&mut head, Cipher::Aegis128x2, 65536);
        let tried = candidates(&head, &key);
        assert_eq!(tried.len(), 4 * 8);
        assert_eq!(tried[0], (Cipher::Aegis128x2, 65536));
        assert!(tried.iter().all(|(cipher, _)| cipher.key_length() == 16));
        let key = Key::from_bytes(&[7; 32], Cipher::Aes256Gcm).unwrap();
        assert_eq!(candidates(&[], &key).len(), 4 * 8);
    }

    #[test]
    fn fields_that_are_put_right_are_named() {
        let mut right = [0xab; HEADER_LENGTH];
        put_right(&mut right, Cipher::Aes256Gcm, 4096);
        for (field, at) in HeaderField::ALL {
            for at in at {
                let mut page = right;
                page[at] ^= 0x40;
                assert_eq!(put_right(&mut page, Cipher::Aes256Gcm, 4096), [field], "byte {at}");
                assert_eq!(page, right);
            }
        }
        assert!(put_right(&mut right, Cipher::Aes256Gcm, 4096).is_empty());
    }
}
