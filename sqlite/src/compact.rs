//! From an encrypted database to a plain one without reserved bytes.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use pagecrypt::file::{Access, FileOptions, NewFile, PageReader, Summary, Way};
use pagecrypt::{Error, IoError, Key};

use crate::btree::{Pages, Repacked, Sink, repack};

/// Makes the plain SQLite database `destination` of the encrypted database `source` and what is committed in its
/// write-ahead log, without the reserved bytes.
///
/// Tables and indexes are copied as they are, rowids included; free pages are left out. Unlike
/// [`decrypt_file`](pagecrypt::file::decrypt_file) this also makes databases that SQLite opens of Turso's pages of 512
/// bytes with 48 reserved ones, of which SQLite finds too few left. `destination` is readable for its owner only, and
/// appears under its name once it is complete.
///
/// The file names its cipher, so that of `key` only the bytes count.
///
/// # Errors
/// Those of [`PageReader::open_with`], [`PageReader::read_pages`] and [`NewFile::create`]; [`Error::Malformed`] where the
/// pages are authentic but no SQLite database; [`Error::Locked`] where someone writes to `source` meanwhile;
/// [`Error::Cancelled`]; [`Error::Io`]. `destination` is as it was then.
pub fn decrypt_file_compact(
    source: &Path,
    destination: &Path,
    key: &Key,
    mut options: FileOptions<'_>,
) -> Result<Summary, Error> {
    let reader = PageReader::open_with(source, key, &mut options)?;
    let new = NewFile::create(destination, Some(source), options.force, Access::Owner)?;
    let page_size = reader.page_size();
    let mut from = Opened { reader, options, read: 0 };
    let mut to = Destination { file: new.file(), path: new.temporary_path().to_owned() };
    let Repacked { pages } = repack(&mut from, &mut to, 0)?;
    let Opened { reader, mut options, .. } = from;
    let bytes = u64::from(pages) * page_size as u64;
    to.file.set_len(bytes).map_err(|error| to.failed(error))?;
    reader.check_unchanged()?;
    // As many as there were to be read: the new database is smaller.
    let total = u64::from(reader.page_count()) * page_size as u64;
    options.report(total, total)?;
    let mut summary = Summary::new(reader.codec(), pages, Way::Repacked);
    summary.frames_applied = reader.frames_applied();
    new.commit()?;
    Ok(summary)
}

/// The encrypted database's pages.
struct Opened<'a> {
    reader: PageReader,
    options: FileOptions<'a>,
    read: u64,
}

impl Pages for Opened<'_> {
    fn page_size(&self) -> usize {
        self.reader.page_size()
    }

    fn page_count(&self) -> u32 {
        self.reader.page_count()
    }

    fn read(&mut self, number: u32, page: &mut [u8]) -> Result<(), Error> {
        self.reader.read_pages(number, page)?;
        self.read += page.len() as u64;
        let total = u64::from(self.page_count()) * self.page_size() as u64;
        // Some pages are read twice; that all is done is told at the end.
        self.options.report(self.read.min(total - 1), total)
    }
}

/// The plain database.
struct Destination<'a> {
    file: &'a File,
    path: PathBuf,
}

impl Destination<'_> {
    fn failed(&self, error: std::io::Error) -> Error {
        Error::Io(IoError::new("write", &self.path, error))
    }
}

impl Sink for Destination<'_> {
    fn write(&mut self, offset: u64, bytes: &[u8]) -> Result<(), Error> {
        let mut file = self.file;
        file.seek(SeekFrom::Start(offset))
            .and_then(|_| file.write_all(bytes))
            .map_err(|error| self.failed(error))
    }
}
