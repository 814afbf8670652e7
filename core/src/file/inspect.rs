//! What can be seen of a database without a key.

use std::path::Path;

use super::options::FileOptions;
use super::own_locks;
use super::source::{Source, has_hot_journal};
use super::wal::{Log, LogHeader};
use crate::cipher::Cipher;
use crate::error::Error;
use crate::page::turso::{self, HEADER_LENGTH, MAGIC, SQLITE_MAGIC, sqlite_page_size};
use crate::page::wal;

/// What kind of file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FileFormat {
    /// A database encrypted in Turso's format.
    Turso,
    /// A plain SQLite database.
    Sqlite,
    /// Neither, as far as one can see.
    Unknown,
}

impl FileFormat {
    /// The format's name, for example `turso`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Turso => "turso",
            Self::Sqlite => "sqlite",
            Self::Unknown => "unknown",
        }
    }
}

/// What can be seen of a database without a key. Nothing of it is authenticated.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Inspection {
    /// What kind of file it is.
    pub format: FileFormat,
    /// The version of [`FileFormat::Turso`].
    pub version: Option<u8>,
    /// The cipher, where the header names one.
    pub cipher: Option<Cipher>,
    /// Length of a page in bytes, where the header names one.
    pub page_size: Option<usize>,
    /// Reserved bytes of each page, as the header has them.
    pub reserved_length: Option<usize>,
    /// Length of the file, in bytes.
    pub length: u64,
    /// How many whole pages the file holds.
    pub pages: Option<u64>,
    /// How many pages the header says there are; SQLite before 3.7.0 did not keep it.
    pub header_pages: Option<u32>,
    /// Bytes behind the last whole page.
    pub trailing_bytes: Option<u64>,
    /// What is wrong with the header.
    pub problem: Option<&'static str>,
    /// The write-ahead log, where there is one and the page size is known.
    pub log: Option<LogInspection>,
    /// Whether a program that stopped left a journal that must be rolled back.
    pub hot_journal: bool,
}

/// What can be seen of a write-ahead log without a key.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LogInspection {
    /// Length of the file, in bytes.
    pub length: u64,
    /// Its header, where it is sound and belongs to the database.
    pub header: Option<wal::Header>,
    /// What is wrong with the header.
    pub problem: Option<&'static str>,
    /// How many whole frames there are.
    pub frames: u64,
    /// How many of them, from the first, hold together by salts and checksums and end in a commit.
    pub committed: u64,
    /// How many are left over from before a checkpoint.
    pub stale: u64,
    /// How many pages the database has when the log is applied.
    pub committed_pages: Option<u32>,
    /// Bytes behind the last whole frame.
    pub torn_bytes: u64,
}

/// Looks at the database `path` and its write-ahead log without a key, and without a lock.
///
/// # Errors
/// [`Error::Io`], [`Error::InvalidArgument`] where `path` is not a file, [`Error::Locked`] where it shrinks meanwhile,
/// or where the *same process* holds locks on it, which would be lost (see [`verify_file`](super::verify_file); this
/// does not wait).
pub fn inspect_file(path: &Path) -> Result<Inspection, Error> {
    inspect_file_with(path, &mut FileOptions::new())
}

/// Looks at the database `path` as [`inspect_file`] does. The progress function of `options` can stop the reading of a
/// long log; the other options do not count.
///
/// # Errors
/// As [`inspect_file`]; [`Error::Cancelled`].
pub fn inspect_file_with(path: &Path, options: &mut FileOptions<'_>) -> Result<Inspection, Error> {
    own_locks::check(path)?;
    let main = Source::open(path)?;
    let head = main.read_start(HEADER_LENGTH)?;
    let mut inspection = Inspection {
        format: format_of(&head),
        version: None,
        cipher: None,
        page_size: None,
        reserved_length: None,
        length: main.length(),
        pages: None,
        header_pages: None,
        trailing_bytes: None,
        problem: None,
        log: None,
        hot_journal: has_hot_journal(path)?,
    };
    if inspection.format == FileFormat::Turso {
        inspection.version = head.get(MAGIC.len()).copied();
        let number = head.get(MAGIC.len() + 1);
        inspection.cipher = number.and_then(|number| Cipher::from_number(*number).ok());
        inspection.problem = match turso::Header::parse(&head) {
            Ok(_) => None,
            Err(Error::Malformed(what) | Error::UnsupportedFormat(what)) => Some(what),
            Err(error) => return Err(error),
        };
    }
    if inspection.format != FileFormat::Unknown
        && let Some(head) = head.first_chunk::<HEADER_LENGTH>()
    {
        inspection.see_sqlite_header(head);
    }
    if let Some(page_size) = inspection.page_size {
        inspection.pages = Some(main.length() / page_size as u64);
        inspection.trailing_bytes = Some(main.length() % page_size as u64);
        inspection.log = inspect_log(path, page_size, &mut || options.report(0, main.length()))?;
    }
    Ok(inspection)
}

impl Inspection {
    fn see_sqlite_header(&mut self, head: &[u8; HEADER_LENGTH]) {
        let page_size = sqlite_page_size(head);
        if crate::page::pending_byte_page(page_size).is_ok() {
            self.page_size = Some(page_size);
        } else {
            self.problem = self.problem.or(Some("the header's page size"));
        }
        self.reserved_length = Some(head[20].into());
        self.header_pages = super::extent::counted_pages(head);
    }
}

fn format_of(head: &[u8]) -> FileFormat {
    if head.starts_with(SQLITE_MAGIC) {
        FileFormat::Sqlite
    } else if head.starts_with(MAGIC) {
        FileFormat::Turso
    } else {
        FileFormat::Unknown
    }
}

fn inspect_log(
    path: &Path,
    page_size: usize,
    ask: &mut dyn FnMut() -> Result<(), Error>,
) -> Result<Option<LogInspection>, Error> {
    let Some(log) = Log::open(path, page_size, ask)? else { return Ok(None) };
    let header = match log.header() {
        LogHeader::Valid(header) => Some(*header),
        LogHeader::Torn | LogHeader::Invalid(_) | LogHeader::Foreign => None,
    };
    Ok(Some(LogInspection {
        length: log.source().length(),
        header,
        problem: log.problem(),
        frames: (log.frames().len() + log.stale()) as u64,
        committed: log.committed() as u64,
        stale: log.stale() as u64,
        committed_pages: log.committed_pages(),
        torn_bytes: log.torn_bytes(),
    }))
}
