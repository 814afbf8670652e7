//! Pages: fixed-size blocks, addressed by number from 1, each sealed by itself under a nonce of its own.

use core::fmt;

use crate::aead::Text;
use crate::cipher::Cipher;
use crate::engine::Engine;
use crate::error::{Error, Unit};
use crate::key::Key;
use crate::random::NonceSource;

mod batch;
mod run;
pub mod turso;
pub mod wal;

use run::{Numbering, Run};

/// The smallest page, in bytes.
pub const MIN_PAGE_SIZE: usize = 512;

/// The largest page, in bytes.
pub const MAX_PAGE_SIZE: usize = 65536;

/// The highest page number, as in SQLite.
pub const MAX_PAGE_NUMBER: u32 = u32::MAX - 1;

/// Where SQLite puts its locks: the page that holds this byte is never used.
pub const PENDING_BYTE: u64 = 1 << 30;

/// How nonce, tag and ciphertext lie in a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// Turso's, version 0: see [`turso`].
    Turso,
}

impl Format {
    /// The format's name, for example `turso`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Turso => "turso",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Seals and opens pages of one format and size under one key.
///
/// Runs of pages lie in one contiguous buffer and are worked on together, which is faster than one at a time; one
/// page is a run of one. The last [`reserved_length`](Self::reserved_length) bytes of a plaintext page are zero.
/// A codec may be used from several threads at once.
///
/// ```
/// # #[cfg(feature = "std")] {
/// use pagecrypt::{Cipher, Key, page::PageCodec};
///
/// let key = Key::generate(Cipher::Aegis256)?;
/// let pages = PageCodec::turso(&key, 4096)?;
/// let mut buffer = vec![0; 8 * 4096]; // pages 2 to 9
/// pages.seal_pages(2, &mut buffer)?; // in place, each under a fresh nonce
/// pages.open_pages(2, &mut buffer)?; // or which pages failed; the others are open then
/// # }
/// # Ok::<(), pagecrypt::Error>(())
/// ```
#[derive(Debug)]
#[cfg_attr(feature = "alloc", derive(Clone))]
pub struct PageCodec {
    key: Key,
    format: Format,
    page_size: usize,
}

impl PageCodec {
    /// A codec of Turso's format (see [`turso`]) for pages of `page_size` bytes: a power of two from 512 to 65536.
    /// The key is given itself, or (under `alloc`) as a reference to be cloned.
    ///
    /// # Errors
    /// [`Error::PageSize`]; [`Error::UnsupportedFormat`] for `chacha20poly1305`, which the format does not have.
    pub fn turso(key: impl Into<Key>, page_size: usize) -> Result<Self, Error> {
        let key = key.into();
        turso::check_cipher(key.cipher())?;
        check_page_size(page_size)?;
        Ok(Self { key, format: Format::Turso, page_size })
    }

    /// The key.
    #[must_use]
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// The key's cipher.
    #[must_use]
    pub fn cipher(&self) -> Cipher {
        self.key.cipher()
    }

    /// The key's engine.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.key.engine()
    }

    /// The format.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }

    /// Length of a page, in bytes.
    #[must_use]
    pub fn page_size(&self) -> usize {
        self.page_size
    }

    /// Bytes at the end of each page that hold tag and nonce, and are zero in the plaintext: 28, 32 or 48.
    #[must_use]
    pub fn reserved_length(&self) -> usize {
        self.cipher().reserved_length()
    }

    /// Seals the pages `first`, `first + 1`, … in place, or none of them, under fresh nonces from the operating
    /// system; see [`seal_pages_with`](Self::seal_pages_with).
    ///
    /// # Errors
    /// As [`seal_pages_with`](Self::seal_pages_with).
    #[cfg(feature = "getrandom")]
    pub fn seal_pages(&self, first: u32, pages: &mut [u8]) -> Result<(), Error> {
        self.seal_pages_with(&mut crate::random::OsRandom, first, pages)
    }

    /// Seals pages from one buffer into another of the same length, under fresh nonces from the operating system;
    /// see [`seal_pages_with`](Self::seal_pages_with).
    ///
    /// # Errors
    /// As [`seal_pages_with`](Self::seal_pages_with).
    #[cfg(feature = "getrandom")]
    pub fn seal_pages_into(&self, first: u32, from: &[u8], to: &mut [u8]) -> Result<(), Error> {
        self.seal_pages_into_with(&mut crate::random::OsRandom, first, from, to)
    }

    /// Seals the pages `first`, `first + 1`, … in place, or none of them, under nonces from `nonces`.
    ///
    /// `pages` holds whole pages. Page 1 begins with SQLite's header, which names the page size and the reserved
    /// bytes. The page that holds the [`PENDING_BYTE`] is sealed as a page of zeros whatever it holds.
    ///
    /// # Errors
    /// [`Error::BufferLength`], [`Error::PageNumber`], [`Error::Malformed`] where reserved bytes are not zero or
    /// page 1's header does not fit, [`Error::UsageLimit`], [`Error::RandomSource`].
    pub fn seal_pages_with(
        &self,
        nonces: &mut dyn NonceSource,
        first: u32,
        pages: &mut [u8],
    ) -> Result<(), Error> {
        self.seal_run(nonces, &mut self.page_run(first, Text::InPlace(pages))?)
    }

    /// Seals pages from one buffer into another of the same length, under nonces from `nonces`.
    ///
    /// # Errors
    /// As [`seal_pages_with`](Self::seal_pages_with).
    pub fn seal_pages_into_with(
        &self,
        nonces: &mut dyn NonceSource,
        first: u32,
        from: &[u8],
        to: &mut [u8],
    ) -> Result<(), Error> {
        self.seal_run(nonces, &mut self.page_run(first, Text::Into { from, to })?)
    }

    /// Opens the pages `first`, `first + 1`, … in place. Pages that are not authentic are overwritten with zeros;
    /// the others are open. To keep the ciphertext, use [`open_pages_into`](Self::open_pages_into).
    ///
    /// The page that holds the [`PENDING_BYTE`] opens to zeros, and may be a hole (all zero) already.
    ///
    /// # Errors
    /// [`Error::AuthenticationFailed`] with the numbers of the pages that failed. Before anything is touched:
    /// [`Error::BufferLength`], [`Error::PageNumber`], and for page 1's header [`Error::NotEncrypted`],
    /// [`Error::UnsupportedFormat`], [`Error::CipherMismatch`], [`Error::Malformed`].
    pub fn open_pages(&self, first: u32, pages: &mut [u8]) -> Result<(), Error> {
        self.open_run(Unit::Page, first, &mut self.page_run(first, Text::InPlace(pages))?)
    }

    /// Opens pages from one buffer into another of the same length; the first is left as it is.
    ///
    /// # Errors
    /// As [`open_pages`](Self::open_pages).
    pub fn open_pages_into(&self, first: u32, from: &[u8], to: &mut [u8]) -> Result<(), Error> {
        self.open_run(Unit::Page, first, &mut self.page_run(first, Text::Into { from, to })?)
    }

    /// Seals frames of a write-ahead log in place, under fresh nonces from the operating system; see
    /// [`seal_frames_with`](Self::seal_frames_with).
    ///
    /// # Errors
    /// As [`seal_pages_with`](Self::seal_pages_with).
    #[cfg(feature = "getrandom")]
    pub fn seal_frames(&self, chain: &mut wal::Chain, frames: &mut [u8]) -> Result<(), Error> {
        self.seal_frames_with(&mut crate::random::OsRandom, chain, frames)
    }

    /// Seals frames of a write-ahead log in place, or none of them, under nonces from `nonces`, and continues the log's
    /// checksum chain over them.
    ///
    /// `frames` holds whole frames: a header of 24 bytes and a page each. Of a header, the page number and the
    /// commit size are read; salts and checksum are written.
    ///
    /// # Errors
    /// As [`seal_pages_with`](Self::seal_pages_with).
    pub fn seal_frames_with(
        &self,
        nonces: &mut dyn NonceSource,
        chain: &mut wal::Chain,
        frames: &mut [u8],
    ) -> Result<(), Error> {
        self.seal_run(nonces, &mut self.frame_run(Text::InPlace(frames))?)?;
        frames.chunks_exact_mut(self.frame_length()).for_each(|frame| chain.extend(frame));
        Ok(())
    }

    /// Opens frames of a write-ahead log in place; `first` is the number of the first, from 1. Headers are left as
    /// they are: whether a frame belongs to the log is for [`wal::Chain::accept`] to say, before the frame is opened,
    /// since the chain covers the ciphertext.
    ///
    /// # Errors
    /// [`Error::AuthenticationFailed`] with the numbers of the frames that failed, whose pages are zeros now; else
    /// as [`open_pages`](Self::open_pages).
    pub fn open_frames(&self, first: u32, frames: &mut [u8]) -> Result<(), Error> {
        self.open_run(Unit::Frame, first, &mut self.frame_run(Text::InPlace(frames))?)
    }

    /// Opens frames from one buffer into another of the same length; the first is left as it is. Headers are not
    /// copied.
    ///
    /// # Errors
    /// As [`open_frames`](Self::open_frames).
    pub fn open_frames_into(&self, first: u32, from: &[u8], to: &mut [u8]) -> Result<(), Error> {
        self.open_run(Unit::Frame, first, &mut self.frame_run(Text::Into { from, to })?)
    }

    /// Length of a frame of a write-ahead log, in bytes: its header and a page.
    #[must_use]
    pub fn frame_length(&self) -> usize {
        wal::FRAME_HEADER_LENGTH + self.page_size
    }

    fn page_run<'a>(&self, first: u32, pages: Text<'a>) -> Result<Run<'a>, Error> {
        Run::new(pages, self.page_size, Numbering::Consecutive { first })
    }

    fn frame_run<'a>(&self, frames: Text<'a>) -> Result<Run<'a>, Error> {
        Run::new(frames, self.page_size, Numbering::FrameHeaders)
    }
}

/// The number of the page that holds the [`PENDING_BYTE`].
///
/// # Errors
/// [`Error::PageSize`].
pub fn pending_byte_page(page_size: usize) -> Result<u32, Error> {
    check_page_size(page_size)?;
    // At most 2^30 / 512 + 1.
    u32::try_from(PENDING_BYTE / page_size as u64 + 1).map_err(|_| Error::PageSize(page_size))
}

fn check_page_size(page_size: usize) -> Result<(), Error> {
    if page_size.is_power_of_two() && (MIN_PAGE_SIZE..=MAX_PAGE_SIZE).contains(&page_size) {
        Ok(())
    } else {
        Err(Error::PageSize(page_size))
    }
}
