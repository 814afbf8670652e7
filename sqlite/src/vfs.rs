//! A virtual file system under SQLite, made for one conversion.
//!
//! It shows SQLite two databases: the source, whose files are the operating system's and are opened read-only, and
//! the destination, whose pages are sealed as they are written. Every other file that SQLite wants is refused or kept
//! in memory, so that no plaintext reaches the disk, whatever SQLite is told to do.

use std::ffi::{CStr, c_int};

mod ffi;
mod memory;
mod sealed;
mod state;

pub(crate) use ffi::{SourceFile, Vfs, VfsConnection};
pub(crate) use sealed::{ReservedBytes, SealedFile};
pub(crate) use state::State;

/// What SQLite calls the destination. The source's name is an absolute path, so they cannot be confused.
pub(crate) const DESTINATION: &str = "pagecrypt-destination";

/// One of SQLite's result codes.
type Code = c_int;

/// What a function that SQLite calls comes to: a code other than `SQLITE_OK` is an error.
type Outcome<T> = Result<T, Code>;

/// Whether this is the destination or one of its journals.
fn is_destination(name: &CStr) -> bool {
    name.to_bytes().starts_with(DESTINATION.as_bytes())
}
