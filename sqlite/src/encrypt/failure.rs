//! What SQLite's errors mean for a source that is read.

use std::io;
use std::path::Path;

use pagecrypt::page::turso;
use pagecrypt::{Error, LockedBy};
use rusqlite::ffi;

use super::io_error;

/// The circumstances of an error.
#[derive(Debug)]
pub(super) struct Failed<'p> {
    /// The source.
    pub(super) path: &'p Path,
    /// What it begins with.
    pub(super) head: [u8; 100],
    /// What the operating system said last.
    pub(super) system: io::Error,
}

impl Failed<'_> {
    /// The error that tells the caller what happened.
    pub(super) fn because(self, error: &rusqlite::Error) -> Error {
        match error {
            rusqlite::Error::SqliteFailure(failure, _) => self.code(failure.extended_code),
            rusqlite::Error::SqlInputError { error, .. } => self.code(error.extended_code),
            _ => Error::Internal("SQLite gives an unexpected answer"),
        }
    }

    /// The same for an extended result code.
    fn code(self, code: i32) -> Error {
        match code {
            ffi::SQLITE_READONLY_ROLLBACK => {
                return Error::Locked(LockedBy::Journal);
            }
            ffi::SQLITE_READONLY_RECOVERY | ffi::SQLITE_READONLY_CANTINIT => {
                return Error::Locked(LockedBy::Writer);
            }
            _ => {}
        }
        match code & 0xff {
            ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED | ffi::SQLITE_PROTOCOL => Error::Locked(LockedBy::Writer),
            ffi::SQLITE_NOTADB if self.head.starts_with(turso::MAGIC) => {
                Error::UnsupportedFormat("the source is encrypted already")
            }
            ffi::SQLITE_NOTADB => Error::UnsupportedFormat("the source is not a SQLite database"),
            ffi::SQLITE_CORRUPT | ffi::SQLITE_CONSTRAINT => {
                Error::Malformed("the source database (PRAGMA integrity_check says more)")
            }
            ffi::SQLITE_CANTOPEN | ffi::SQLITE_PERM => io_error("open", self.path, self.system),
            ffi::SQLITE_IOERR => io_error("read", self.path, self.system),
            ffi::SQLITE_NOMEM => io_error("read", self.path, io::ErrorKind::OutOfMemory.into()),
            ffi::SQLITE_ERROR | ffi::SQLITE_AUTH | ffi::SQLITE_TOOBIG => Error::UnsupportedFormat(
                "the source's schema uses a function, collation or syntax that SQLite itself does not know",
            ),
            _ => Error::Internal("SQLite cannot rewrite the source"),
        }
    }
}
