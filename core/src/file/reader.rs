//! An encrypted database as its pages in plaintext, its write-ahead log applied.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::path::Path;

use zeroize::{Zeroize, Zeroizing};

use super::diagnosis::{Diagnosis, PageOne, diagnose};
use super::extent::Extent;
use super::new_file::beside;
use super::options::FileOptions;
use super::source::Source;
use super::verify::unopened_pages;
use super::wal::Log;
use crate::error::{Error, Failures, LockedBy, Unit};
use crate::key::Key;
use crate::page::{PageCodec, pending_byte_page, wal};

/// Reads an encrypted database, its write-ahead log applied, and hands out only what is authentic.
///
/// Several threads may read at once. Each page is authenticated when it is read; what the log holds beyond its last
/// commit, and whether file and log are complete, is checked when they are opened. It needs 12 bytes of memory for
/// each frame of the log, and some more for each page in it.
///
/// The files must not change meanwhile: see [`check_unchanged`](Self::check_unchanged). On Unix the main file is locked
/// as a reader does, until this is dropped. What that means for other libraries of the same process is said at
/// [`verify_file`](super::verify_file).
#[derive(Debug)]
pub struct PageReader {
    main: Source,
    log: Option<Log>,
    /// The newest frame of each page in the log, from 0.
    newest: HashMap<u32, usize>,
    codec: PageCodec,
    extent: Extent,
}

impl PageReader {
    /// Opens the database `path`. The file names its cipher, so that of `key` only the bytes count. Where another
    /// program is just writing to the file, this does not wait for it.
    ///
    /// # Errors
    /// As [`verify_file`](super::verify_file); [`Error::AuthenticationFailed`] and [`Error::Malformed`] for damage of
    /// page 1 or of the log's end, and for a file that is too short or too long.
    pub fn open(path: &Path, key: &Key) -> Result<Self, Error> {
        Self::read(Source::open_database(path)?, path, key, &mut FileOptions::new())
    }

    /// Opens the database `path` as [`open`](Self::open) does, but waits for another program that is just writing to
    /// it: as long as `options` say. Their progress function can stop the waiting, and the reading of a long log. The
    /// other options do not count.
    ///
    /// # Errors
    /// As [`open`](Self::open); [`Error::Cancelled`].
    pub fn open_with(path: &Path, key: &Key, options: &mut FileOptions<'_>) -> Result<Self, Error> {
        let main = options.wait_while_locked(|| Source::open_database(path))?;
        Self::read(main, path, key, options)
    }

    fn read(main: Source, path: &Path, key: &Key, options: &mut FileOptions<'_>) -> Result<Self, Error> {
        let total = main.length();
        let mut ask = || options.report(0, total);
        let log_file = Source::open_if_present(&beside(path, "-wal"))?;
        let Diagnosis { codec, page_one, counted } = diagnose(&main, log_file.as_ref(), key)?;
        drop(log_file);
        if page_one != PageOne::Authentic {
            return Err(Error::AuthenticationFailed(Failures::one(Unit::Page, 1)));
        }
        let log = Log::open(path, codec.page_size(), &mut ask)?;
        if let Some(log) = &log {
            check_end(log, &codec, &mut ask)?;
        }
        let extent = Extent::measure(main.length(), codec.page_size(), counted, log.as_ref())?;
        if !extent.missing.is_empty() {
            return Err(Error::Malformed("the file was cut: pages that its header counts are missing"));
        }
        let surplus = extent.surplus.clone();
        if extent.trailing > 0
            || !unopened_pages(&main, &codec, surplus, NonZeroUsize::MIN, &mut |_| ask())?.is_empty()
        {
            return Err(Error::Malformed("foreign bytes follow the last page"));
        }
        let newest = log.as_ref().map(Log::newest).unwrap_or_default();
        Ok(Self { main, log, newest, codec, extent })
    }

    /// The key with the file's cipher, and the page size.
    #[must_use]
    pub fn codec(&self) -> &PageCodec {
        &self.codec
    }

    /// Length of a page, in bytes.
    #[must_use]
    pub fn page_size(&self) -> usize {
        self.codec.page_size()
    }

    /// How many pages the database has.
    #[must_use]
    pub fn page_count(&self) -> u32 {
        self.extent.pages
    }

    /// Length of the plain database, in bytes: all its pages.
    #[must_use]
    pub fn length(&self) -> u64 {
        u64::from(self.page_count()) * self.page_size() as u64
    }

    /// How many frames of the log are part of the database.
    #[must_use]
    pub fn frames_applied(&self) -> u64 {
        self.log.as_ref().map_or(0, |log| log.committed() as u64)
    }

    /// Reads the pages `first`, `first + 1`, … as a plain SQLite database has them: `pages` is filled, and a
    /// multiple of the page size. Reserved bytes and the page that holds the
    /// [`PENDING_BYTE`](crate::page::PENDING_BYTE) are zero.
    ///
    /// # Errors
    /// [`Error::AuthenticationFailed`] with the pages, or the frame of the log, that failed: `pages` is all zero then.
    /// [`Error::PageNumber`], [`Error::BufferLength`], [`Error::Locked`], [`Error::Io`].
    pub fn read_pages(&self, first: u32, pages: &mut [u8]) -> Result<(), Error> {
        let page_size = self.page_size();
        if !pages.len().is_multiple_of(page_size) {
            return Err(Error::BufferLength { expected: page_size, got: pages.len() });
        }
        let end = u64::from(first) + (pages.len() / page_size) as u64;
        if first == 0 || end > u64::from(self.extent.pages) + 1 {
            return Err(Error::PageNumber);
        }
        self.read_runs(first, pages).inspect_err(|_| pages.zeroize())
    }

    /// Reads the bytes from `offset` on, counted from 0, of the plain database: what
    /// [`read_pages`](Self::read_pages) gives of its pages, one after another. Gives how many there were: as many as
    /// `to` has room for, fewer where the database ends, none behind its end; the rest of `to` stays as it is.
    ///
    /// Pages are authenticated whole. Those of which only a part is asked for take a buffer of a page, which is wiped.
    ///
    /// # Errors
    /// As [`read_pages`](Self::read_pages), but for numbers and lengths: `to` is all zero then.
    pub fn read_at(&self, offset: u64, to: &mut [u8]) -> Result<usize, Error> {
        let left = self.length().saturating_sub(offset);
        let count = usize::try_from(left).map_or(to.len(), |left| left.min(to.len()));
        match self.read_range(offset, &mut to[..count]) {
            Ok(()) => Ok(count),
            Err(error) => {
                to.zeroize();
                Err(error)
            }
        }
    }

    /// Whether nobody has written to the files since they were opened: else, what was read may not fit together.
    ///
    /// # Errors
    /// [`Error::Locked`] if so; [`Error::Io`].
    pub fn check_unchanged(&self) -> Result<(), Error> {
        self.main.check_unchanged()?;
        self.log.as_ref().map_or(Ok(()), |log| log.source().check_unchanged())
    }

    /// Reads bytes, all of them within the database.
    fn read_range(&self, offset: u64, to: &mut [u8]) -> Result<(), Error> {
        if to.is_empty() {
            return Ok(()); // perhaps far behind the end, where pages have no numbers
        }
        let page_size = self.page_size();
        let mut number = u32::try_from(offset / page_size as u64 + 1).map_err(|_| Error::PageNumber)?;
        let within = (offset % page_size as u64) as usize;
        let (head, rest) = to.split_at_mut(match within {
            0 => 0,
            _ => to.len().min(page_size - within),
        });
        let (whole, tail) = rest.split_at_mut(rest.len() / page_size * page_size);
        if !head.is_empty() {
            self.read_part(number, within, head)?;
            number += 1;
        }
        if !whole.is_empty() {
            self.read_pages(number, whole)?;
            number += (whole.len() / page_size) as u32;
        }
        if !tail.is_empty() {
            self.read_part(number, 0, tail)?;
        }
        Ok(())
    }

    /// Reads bytes of one page, `within` it.
    fn read_part(&self, number: u32, within: usize, to: &mut [u8]) -> Result<(), Error> {
        let mut page = Zeroizing::new(vec![0; self.page_size()]);
        self.read_pages(number, &mut page)?;
        to.copy_from_slice(&page[within..within + to.len()]);
        Ok(())
    }

    /// Reads pages that lie side by side in the main file together, and the others from the log.
    fn read_runs(&self, first: u32, mut pages: &mut [u8]) -> Result<(), Error> {
        let mut number = first;
        while !pages.is_empty() {
            let count = (pages.len() / self.page_size()) as u32;
            let replaced = (number..number + count).position(|page| self.newest.contains_key(&page));
            let run = replaced.unwrap_or(count as usize);
            let (here, rest) = pages.split_at_mut(run.max(1) * self.page_size());
            match self.newest.get(&number) {
                Some(frame) => self.read_from_log(*frame, here)?,
                None => self.read_from_main(number, here)?,
            }
            number += run.max(1) as u32;
            pages = rest;
        }
        Ok(())
    }

    fn read_from_main(&self, first: u32, pages: &mut [u8]) -> Result<(), Error> {
        let page_size = self.page_size();
        // Only the page that is never used may be missing at the end of the file.
        let in_file = (self.extent.in_file + 1).saturating_sub(first) as usize;
        let (there, absent) = pages.split_at_mut(pages.len().min(in_file * page_size));
        if !absent.is_empty() {
            if absent.len() > page_size || first + in_file as u32 != pending_byte_page(page_size)? {
                return Err(Error::Internal("a missing page was not noticed"));
            }
            absent.fill(0);
        }
        self.main.read_at(there, u64::from(first - 1) * page_size as u64)?;
        self.codec.open_pages(first, there)
    }

    fn read_from_log(&self, index: usize, page: &mut [u8]) -> Result<(), Error> {
        let Some(log) = &self.log else { return Err(Error::Internal("frames without a log")) };
        let mut frame = Zeroizing::new(vec![0; self.codec.frame_length()]);
        log.read_frame(index, &mut frame)?;
        if wal::FrameHeader::parse(&frame)?.page != log.frames()[index].page {
            return Err(Error::Locked(LockedBy::Change));
        }
        // A frame's number fits: longer logs are refused.
        self.codec.open_frames(index as u32 + 1, &mut frame)?;
        page.copy_from_slice(&frame[wal::FRAME_HEADER_LENGTH..]);
        Ok(())
    }
}

/// Whether what follows the last commit is what a crash leaves, and not damage.
fn check_end(log: &Log, codec: &PageCodec, ask: &mut dyn FnMut() -> Result<(), Error>) -> Result<(), Error> {
    if let Some(problem) = log.problem() {
        return Err(Error::Malformed(problem));
    }
    let end = log.committed()..log.frames().len();
    let unopened = log.unopened(codec, end, NonZeroUsize::MIN, ask)?;
    let damaged = log.judge(log.committed(), &unopened).damaged;
    damaged.failures(Unit::Frame).map_or(Ok(()), |failures| Err(Error::AuthenticationFailed(failures)))
}
