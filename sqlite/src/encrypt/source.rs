//! The plain database, as SQLite reads it.

use std::ffi::{CStr, CString, OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use pagecrypt::page::wal;
use pagecrypt::{Error, LockedBy};
use rusqlite::OpenFlags;
use rusqlite::config::DbConfig;

use super::failure::Failed;
use super::io_error;
use crate::vfs::{SourceFile, Vfs, VfsConnection};

/// Cache of each of the databases that SQLite has open, in KiB.
const CACHE_KIB: i64 = 8 << 10;

/// The longest that SQLite waits: 2^31 - 1 milliseconds, 24 days.
const LONGEST_WAIT: Duration = Duration::from_millis(i32::MAX as u64);

/// The source's names.
#[derive(Debug)]
pub(super) struct Names {
    /// For SQLite.
    uri: String,
    /// Its write-ahead log.
    log: PathBuf,
    /// The index of its write-ahead log.
    pub(super) shared_memory: CString,
}

impl Names {
    /// Those of an existing file.
    pub(super) fn of(path: &Path) -> Result<Self, Error> {
        let failed = |error| io_error("open", path, error);
        // Opening a folder, a pipe or a device may succeed, or wait for ever.
        let found = std::fs::metadata(path).map_err(failed)?;
        if !found.is_file() {
            return Err(Error::InvalidArgument("the source is not a file"));
        }
        let absolute = std::fs::canonicalize(path).map_err(failed)?;
        let beside = |suffix| {
            let mut name = OsString::from(&absolute);
            name.push(suffix);
            name
        };
        // SQLite deletes such a log.
        let log = PathBuf::from(beside("-wal"));
        if found.len() == 0 && std::fs::metadata(&log).is_ok_and(|log| log.len() > 0) {
            return Err(Error::Malformed("the source is empty, but its write-ahead log is not"));
        }
        let shared_memory = beside("-shm");
        let shared_memory = CString::new(bytes_of(&shared_memory)?)
            .map_err(|_| Error::InvalidArgument("the source's name holds a zero byte"))?;
        Ok(Self { uri: uri(bytes_of(absolute.as_os_str())?), log, shared_memory })
    }
}

#[cfg(unix)]
fn bytes_of(name: &OsStr) -> Result<&[u8], Error> {
    Ok(std::os::unix::ffi::OsStrExt::as_bytes(name))
}

#[cfg(not(unix))]
fn bytes_of(name: &OsStr) -> Result<&[u8], Error> {
    name.to_str().map(str::as_bytes).ok_or(Error::InvalidArgument("the source's name is not Unicode"))
}

/// A URI that names this file whatever bytes its name has.
fn uri(path: &[u8]) -> String {
    let mut uri = String::from("file://");
    if !path.starts_with(b"/") {
        uri.push('/');
    }
    for byte in path {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => {
                uri.push(char::from(*byte))
            }
            other => uri.push_str(&format!("%{other:02X}")),
        }
    }
    uri
}

/// What the source is like.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    pub(super) page_size: usize,
    pub(super) pages: u32,
    pub(super) reserved_length: usize,
}

/// A connection to the source that only reads.
#[derive(Debug)]
pub(super) struct Source<'v, 'a> {
    connection: VfsConnection<'v, 'a>,
    path: PathBuf,
    log: PathBuf,
}

impl<'v, 'a> Source<'v, 'a> {
    /// Nothing is read yet.
    pub(super) fn open(vfs: &'v Vfs<'a>, names: &Names, path: &Path, wait: Duration) -> Result<Self, Error> {
        let connection = match vfs.connect(&names.uri, OpenFlags::SQLITE_OPEN_READ_ONLY) {
            Ok(connection) => connection,
            Err(error) => {
                let system = vfs.state().try_borrow_mut().ok().and_then(|mut state| state.open_error.take());
                let system = system.unwrap_or_else(|| io::Error::other("SQLite cannot open it"));
                return Err(Failed { path, head: [0; 100], system }.because(&error));
            }
        };
        let source = Self { connection, path: path.to_owned(), log: names.log.clone() };
        source.try_sql(|connection| {
            connection.busy_timeout(wait.min(LONGEST_WAIT))?;
            // Else SQLite writes the log into the source, and deletes the log, if nobody else has it open.
            connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
            connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
            connection.pragma_update(None, "temp_store", "MEMORY")?;
            connection.pragma_update(None, "mmap_size", 0)
        })?;
        Ok(source)
    }

    /// Starts to read: from here on other programs leave the source's pages as they are.
    pub(super) fn begin(&self) -> Result<Shape, Error> {
        let number = |name| {
            self.try_sql(|connection| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0)))
        };
        self.try_sql(|connection| {
            connection.execute_batch("BEGIN")?;
            connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
            // Only now, because SQLite reads a cache size of the source's own with the schema.
            connection.pragma_update(None, "cache_size", -CACHE_KIB)
        })?;
        Ok(Shape {
            page_size: usize::try_from(number("page_size")?)
                .map_err(|_| Error::Malformed("the page size"))?,
            pages: u32::try_from(number("page_count")?).map_err(|_| Error::Malformed("the page count"))?,
            reserved_length: self.connection.reserved_length()?,
        })
    }

    /// Ends what [`begin`](Self::begin) began.
    pub(super) fn end(&self) -> Result<(), Error> {
        self.try_sql(|connection| connection.execute_batch("COMMIT"))
    }

    /// Whether the write-ahead log may hold pages of the state that is being read ([`begin`](Self::begin)). Nobody
    /// shortens a log that is being read.
    pub(super) fn has_log(&self) -> bool {
        match std::fs::metadata(&self.log) {
            Ok(log) => log.len() > wal::HEADER_LENGTH as u64,
            Err(error) => error.kind() != io::ErrorKind::NotFound,
        }
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Its main file, to be read past SQLite.
    pub(super) fn file(&mut self) -> Result<SourceFile<'_>, Error> {
        self.connection.source_file()
    }

    /// The connection.
    pub(super) fn connection(&self) -> &VfsConnection<'v, 'a> {
        &self.connection
    }

    /// Runs SQL, and says what its failure means.
    pub(super) fn try_sql<T>(
        &self,
        body: impl FnOnce(&VfsConnection<'v, 'a>) -> rusqlite::Result<T>,
    ) -> Result<T, Error> {
        body(&self.connection).map_err(|error| self.failed().because(&error))
    }

    /// For errors that SQLite reports in another way.
    pub(super) fn failed(&self) -> Failed<'_> {
        let head = self.connection.vfs().state().try_borrow().map_or([0; 100], |state| state.source_head);
        Failed { path: &self.path, head, system: self.connection.system_error() }
    }

    /// Makes sure that what was read is one state of the source, and lets go of it.
    pub(super) fn close(self) -> Result<(), Error> {
        let vfs = self.connection.vfs();
        let state = vfs.state().try_borrow().map_err(|_| Error::Internal("SQLite is still at work"))?;
        match state.must_be_absent() {
            Some(path) if exists(path) => Err(Error::Locked(LockedBy::Change)),
            _ => Ok(()),
        }
    }
}

/// Whether there is a file of this name; where that cannot be told, there may be one.
#[cfg(unix)]
fn exists(path: &CStr) -> bool {
    let path: &OsStr = std::os::unix::ffi::OsStrExt::from_bytes(path.to_bytes());
    Path::new(path).try_exists().unwrap_or(true)
}

#[cfg(not(unix))]
fn exists(path: &CStr) -> bool {
    path.to_str().map_or(true, |path| Path::new(path).try_exists().unwrap_or(true))
}
