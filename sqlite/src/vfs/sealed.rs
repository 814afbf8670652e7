//! The destination: SQLite sees plaintext pages, the disk gets sealed ones.

use std::io::{self, Read, Seek, SeekFrom, Write};

use pagecrypt::file::{FileOptions, NewFile, ReadPages, seal_pages_into_file};
use pagecrypt::page::{MAX_PAGE_SIZE, PageCodec, pending_byte_page};
use pagecrypt::{Error, IoError};
use zeroize::Zeroizing;

/// How many bytes of neighbouring pages are sealed at once.
const RUN_BYTES: usize = 256 << 10;

/// Where SQLite's header says how the file is to be written and read: 1 for a rollback journal, 2 for a write-ahead
/// log.
const FORMAT_VERSIONS: std::ops::Range<usize> = 18..20;

/// What to do with the bytes at a page's end that SQLite does not use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReservedBytes {
    /// They are the source's: refused where they hold anything.
    MustBeZero,
    /// They are new, so whatever they hold is nobody's.
    Ignored,
}

/// A file of sealed pages that reads and writes as a plain one.
#[derive(Debug)]
pub(crate) struct SealedFile<'a> {
    new: NewFile,
    codec: PageCodec,
    reserved: ReservedBytes,
    options: FileOptions<'a>,
    /// Pages there are, holes among them.
    pages: u32,
    /// Neighbouring pages that are not sealed yet, and the number of the first.
    run: Zeroizing<Vec<u8>>,
    run_first: u32,
    sealed: Vec<u8>,
    /// The bytes done and to be done, to the best of our knowledge.
    done: u64,
    total: u64,
    /// Bytes of the source that were read since progress was told.
    read: u64,
}

impl<'a> SealedFile<'a> {
    /// `new` is empty.
    pub(crate) fn new(new: NewFile, codec: PageCodec, options: FileOptions<'a>) -> Self {
        Self {
            new,
            codec,
            reserved: ReservedBytes::Ignored,
            options,
            pages: 0,
            // Room for the longest run: a vector that grows leaves its bytes behind.
            run: Zeroizing::new(Vec::with_capacity(RUN_BYTES + MAX_PAGE_SIZE)),
            run_first: 0,
            sealed: Vec::new(),
            done: 0,
            total: 0,
            read: 0,
        }
    }

    /// Tells what is coming, before the first page is written.
    pub(crate) fn prepare(
        &mut self,
        page_size: usize,
        reserved: ReservedBytes,
        total: u64,
    ) -> Result<(), Error> {
        self.codec = PageCodec::turso(self.codec.key(), page_size)?;
        self.reserved = reserved;
        self.total = total;
        self.options.report(0, total)
    }

    /// Tells that SQLite waits for another program.
    pub(crate) fn waiting(&mut self) -> Result<(), Error> {
        self.options.report(0, 0)
    }

    /// Tells that bytes of the source were read: SQLite may read megabytes before it writes any.
    pub(crate) fn has_read(&mut self, bytes: usize) -> Result<(), Error> {
        self.read += bytes as u64;
        if self.read < RUN_BYTES as u64 { Ok(()) } else { self.tell() }
    }

    /// What seals the pages.
    pub(crate) fn codec(&self) -> &PageCodec {
        &self.codec
    }

    /// Length of a page, in bytes.
    pub(crate) fn page_size(&self) -> usize {
        self.codec.page_size()
    }

    /// Length of the file as SQLite sees it, in bytes.
    pub(crate) fn size(&self) -> u64 {
        u64::from(self.pages) * self.page_size() as u64
    }

    /// How many pages there are.
    pub(crate) fn pages(&self) -> u32 {
        self.pages
    }

    /// Reads plaintext, and tells whether there was enough to fill `buffer`; where not, zeros follow.
    pub(crate) fn read(&mut self, mut offset: u64, mut buffer: &mut [u8]) -> Result<bool, Error> {
        self.flush()?;
        let size = self.page_size();
        let mut page = Zeroizing::new(vec![0; size]);
        while !buffer.is_empty() {
            if offset >= self.size() {
                buffer.fill(0);
                return Ok(false);
            }
            let (number, within) = self.place(offset)?;
            let length = buffer.len().min(size - within);
            self.open_page(number, &mut page)?;
            let (now, rest) = std::mem::take(&mut buffer).split_at_mut(length);
            now.copy_from_slice(&page[within..within + length]);
            buffer = rest;
            offset += length as u64;
        }
        Ok(true)
    }

    /// Writes whole plaintext pages; SQLite writes nothing else to a database.
    pub(crate) fn write(&mut self, offset: u64, data: &[u8]) -> Result<(), Error> {
        let size = self.page_size();
        if data.len() != size {
            return Err(Error::Internal("SQLite writes pages of another size"));
        }
        let (number, 0) = self.place(offset)? else {
            return Err(Error::Internal("SQLite writes within a page"));
        };
        let run_pages = u32::try_from(self.run.len() / size).unwrap_or(u32::MAX);
        if !self.run.is_empty()
            && (self.run.len() >= RUN_BYTES || self.run_first.checked_add(run_pages) != Some(number))
        {
            self.flush()?;
        }
        if self.run.is_empty() {
            self.run_first = number;
        }
        self.run.extend_from_slice(data);
        let start = self.run.len() - size;
        make_ready(&mut self.run[start..], number, self.codec.reserved_length(), self.reserved)?;
        self.pages = self.pages.max(number);
        Ok(())
    }

    /// Writes the pages 1 to `pages` as `read` gives them, past SQLite; nothing was written before.
    pub(crate) fn seal_all(&mut self, pages: u32, read: &ReadPages<'_>) -> Result<(), Error> {
        let (size, reserved_length, reserved) =
            (self.page_size(), self.codec.reserved_length(), self.reserved);
        let pending = pending_byte_page(size)?;
        let ready = |first: u32, run: &mut [u8]| {
            read(first, run)?;
            let mut pages = used_pages(run, size, first, pending);
            pages.try_for_each(|(number, page)| make_ready(page, number, reserved_length, reserved))
        };
        seal_pages_into_file(&self.new, &self.codec, pages, &ready, &mut self.options)?;
        self.pages = pages;
        Ok(())
    }

    /// Cuts the file off, or fills it up with a hole.
    pub(crate) fn truncate(&mut self, size: u64) -> Result<(), Error> {
        self.flush()?;
        let pages = size.div_ceil(self.page_size() as u64);
        self.pages = u32::try_from(pages).map_err(|_| Error::PageNumber)?;
        self.new.file().set_len(self.size()).map_err(|error| self.failed("truncate", error))
    }

    /// Seals what is left, and the page that SQLite never writes; gives the file its name.
    pub(crate) fn commit(mut self) -> Result<(), Error> {
        self.flush()?;
        let pending = pending_byte_page(self.page_size())?;
        if self.pages > pending {
            let mut page = vec![0; self.page_size()];
            self.codec.seal_pages(pending, &mut page)?;
            self.write_sealed(pending, &page)?;
        }
        self.new.file().set_len(self.size()).map_err(|error| self.failed("write", error))?;
        self.options.report(self.size(), self.size())?;
        self.new.commit()
    }

    /// Seals the waiting pages and writes them.
    fn flush(&mut self) -> Result<(), Error> {
        if self.run.is_empty() {
            return Ok(());
        }
        let mut sealed = std::mem::take(&mut self.sealed);
        sealed.resize(self.run.len(), 0);
        let written = self
            .codec
            .seal_pages_into(self.run_first, &self.run, &mut sealed)
            .and_then(|()| self.write_sealed(self.run_first, &sealed));
        self.done += self.run.len() as u64;
        self.run.clear();
        self.sealed = sealed;
        written?;
        self.tell()
    }

    /// Tells how far the work is. That all is done is told at the very end, by [`commit`](Self::commit).
    fn tell(&mut self) -> Result<(), Error> {
        self.read = 0;
        let (done, total) = (self.done, self.total);
        self.options.report(done, if done == 0 || done < total { total } else { done + 1 })
    }

    fn write_sealed(&self, number: u32, pages: &[u8]) -> Result<(), Error> {
        let mut file = self.new.file();
        file.seek(SeekFrom::Start(self.offset(number)))
            .and_then(|_| file.write_all(pages))
            .map_err(|error| self.failed("write", error))
    }

    /// Opens a page that was written before; one that was not is a hole and reads as zeros.
    fn open_page(&self, number: u32, page: &mut [u8]) -> Result<(), Error> {
        let mut file = self.new.file();
        page.fill(0);
        file.seek(SeekFrom::Start(self.offset(number))).map_err(|error| self.failed("read", error))?;
        match file.read_exact(page) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => page.fill(0),
            other => other.map_err(|error| self.failed("read", error))?,
        }
        if page.iter().all(|byte| *byte == 0) {
            return Ok(());
        }
        self.codec.open_pages(number, page)
    }

    /// The number of the page that holds the byte at `offset`, and where in it.
    fn place(&self, offset: u64) -> Result<(u32, usize), Error> {
        let size = self.page_size() as u64;
        let number = u32::try_from(offset / size + 1).map_err(|_| Error::PageNumber)?;
        // Less than the page size, which is a usize.
        Ok((number, usize::try_from(offset % size).unwrap_or(0)))
    }

    fn offset(&self, number: u32) -> u64 {
        u64::from(number - 1) * self.page_size() as u64
    }

    fn failed(&self, action: &'static str, error: io::Error) -> Error {
        Error::Io(IoError::new(action, self.new.destination(), error))
    }
}

/// The pages of a run with their numbers, but for the one at the pending byte: what lies there is nobody's, and not
/// sealed.
fn used_pages(
    run: &mut [u8],
    size: usize,
    first: u32,
    pending: u32,
) -> impl Iterator<Item = (u32, &mut [u8])> {
    (first..).zip(run.chunks_exact_mut(size)).filter(move |(number, _)| *number != pending)
}

/// Makes of a page of the source what is sealed.
fn make_ready(
    page: &mut [u8],
    number: u32,
    reserved_length: usize,
    reserved: ReservedBytes,
) -> Result<(), Error> {
    let text_end = page.len() - reserved_length;
    match reserved {
        ReservedBytes::Ignored => page[text_end..].fill(0),
        ReservedBytes::MustBeZero if page[text_end..].iter().any(|byte| *byte != 0) => {
            return Err(Error::UnsupportedFormat(
                "another program keeps data in the reserved bytes of the source's pages",
            ));
        }
        ReservedBytes::MustBeZero => {}
    }
    if number == 1 {
        // Turso's databases always have a write-ahead log.
        page[FORMAT_VERSIONS].fill(2);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use pagecrypt::file::Access;
    use pagecrypt::{Cipher, Key};

    use super::*;

    const SIZE: usize = 65536;

    fn sealed(folder: &std::path::Path) -> (SealedFile<'static>, PageCodec) {
        let key = Key::generate(Cipher::Aegis256).unwrap();
        let codec = PageCodec::turso(&key, SIZE).unwrap();
        let new = NewFile::create(&folder.join("secret.db"), None, false, Access::Umask).unwrap();
        (SealedFile::new(new, codec.clone(), FileOptions::new()), codec)
    }

    fn page(filler: u8) -> Vec<u8> {
        let mut page = vec![filler; SIZE];
        page[SIZE - 48..].fill(0);
        page
    }

    #[test]
    fn what_was_written_is_read_whatever_the_order() {
        let folder = tempfile::tempdir().unwrap();
        let (mut file, _) = sealed(folder.path());
        for number in [7_u8, 2, 3, 4, 9, 3, 5, 2] {
            file.write(u64::from(number - 1) * SIZE as u64, &page(number * 10)).unwrap();
        }
        assert_eq!(file.size(), 9 * SIZE as u64);
        for (number, filler) in [(2, 20), (3, 30), (4, 40), (5, 50), (6, 0), (7, 70), (8, 0), (9, 90)] {
            let mut read = vec![1; SIZE];
            assert!(file.read((number - 1) * SIZE as u64, &mut read).unwrap());
            assert!(read == page(filler), "page {number}");
        }
        // Parts of pages, across their border, and beyond the end.
        let mut read = [1; 100];
        assert!(file.read(3 * SIZE as u64 - 90, &mut read).unwrap());
        assert_eq!((read[0], read[41], read[42], read[89], read[90]), (30, 30, 0, 0, 40));
        assert!(!file.read(9 * SIZE as u64 - 90, &mut read).unwrap());
        assert_eq!((read[0], read[99]), (90, 0));
        file.truncate(4 * SIZE as u64).unwrap();
        assert_eq!(file.size(), 4 * SIZE as u64);
        assert!(!file.read(6 * SIZE as u64, &mut read).unwrap());
    }

    #[test]
    fn whatever_is_not_a_page_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let (mut file, _) = sealed(folder.path());
        assert!(file.write(0, &[0; 100]).is_err());
        assert!(file.write(100, &page(1)).is_err());
        file.prepare(SIZE, ReservedBytes::MustBeZero, 0).unwrap();
        assert!(matches!(file.write(SIZE as u64, &[1; SIZE]), Err(Error::UnsupportedFormat(_))));
    }

    #[test]
    fn what_lies_at_the_pending_byte_is_passed_over() {
        let pending = pending_byte_page(SIZE).unwrap();
        let mut run = vec![1; 3 * SIZE];
        for (first, used) in [(1, 3), (pending - 2, 2), (pending - 1, 2), (pending, 2), (pending + 1, 3)] {
            let numbers: Vec<u32> =
                used_pages(&mut run, SIZE, first, pending).map(|(number, _)| number).collect();
            assert_eq!(numbers.len(), used);
            assert!(numbers.iter().all(|number| *number != pending && (first..first + 3).contains(number)));
        }
    }

    #[test]
    fn the_page_that_sqlite_never_writes_is_sealed_zeros() {
        let folder = tempfile::tempdir().unwrap();
        let (mut file, codec) = sealed(folder.path());
        let pending = pending_byte_page(SIZE).unwrap();
        for number in [pending - 1, pending + 1] {
            file.write(u64::from(number - 1) * SIZE as u64, &page(7)).unwrap();
        }
        file.commit().unwrap();
        let mut written = std::fs::File::open(folder.path().join("secret.db")).unwrap();
        written.seek(SeekFrom::Start(u64::from(pending - 2) * SIZE as u64)).unwrap();
        let mut pages = vec![0; 3 * SIZE];
        written.read_exact(&mut pages).unwrap();
        assert!(pages[SIZE..2 * SIZE].iter().any(|byte| *byte != 0));
        codec.open_pages(pending - 1, &mut pages).unwrap();
        assert!(pages == [page(7), page(0), page(7)].concat());
    }
}
