//! What one conversion's file system knows.

use std::any::Any;
use std::ffi::{CStr, CString};
use std::io;

use pagecrypt::Error;

#[cfg(test)]
use super::Code;
use super::SealedFile;

/// Where the index of the source's write-ahead log is.
#[derive(Debug)]
pub(super) enum Index {
    /// SQLite has not asked yet.
    Undecided,
    /// In the file beside the source: other programs use it too, and locks in it keep them from disturbing us.
    System,
    /// In memory: there was no such file, so nobody else had the log open, and making one would leave it behind (or
    /// fail, in a read-only folder). See [`State::was_disturbed`].
    Memory(Vec<Box<[u64]>>),
}

impl Index {
    pub(super) fn is_system(&self) -> bool {
        matches!(self, Self::System)
    }
}

/// What one conversion's file system knows.
#[derive(Debug)]
pub(crate) struct State<'a> {
    /// The encrypted database.
    pub(crate) destination: SealedFile<'a>,
    /// What the source's first 100 bytes are; zeros where it is shorter.
    pub(crate) source_head: [u8; 100],
    /// What the operating system said when a file of the source could not be opened.
    pub(crate) open_error: Option<io::Error>,
    /// Why the destination could not be read or written.
    pub(crate) failure: Option<Error>,
    /// A panic of the caller's progress function, to go on once SQLite is out of the way.
    pub(crate) panic: Option<Box<dyn Any + Send>>,
    /// Every file that the operating system was asked to open, and SQLite's flags.
    #[cfg(test)]
    pub(crate) opened_by_system: Vec<(CString, Code)>,
    pub(super) index: Index,
    pub(super) shared_memory_path: CString,
}

impl<'a> State<'a> {
    /// Nothing is open yet. `shared_memory_path` is the source's, with `-shm`.
    pub(crate) fn new(destination: SealedFile<'a>, shared_memory_path: CString) -> Self {
        Self {
            destination,
            source_head: [0; 100],
            open_error: None,
            failure: None,
            panic: None,
            #[cfg(test)]
            opened_by_system: Vec::new(),
            index: Index::Undecided,
            shared_memory_path,
        }
    }

    /// The file to look for at the end, where the index of the source's log is in memory only: whoever opens the
    /// source afterwards makes it, and cannot remove it while the source is locked as SQLite locks it for reading. So
    /// if there is none at the end, there was nobody.
    pub(crate) fn must_be_absent(&self) -> Option<&CStr> {
        matches!(self.index, Index::Memory(_)).then_some(&self.shared_memory_path)
    }
}
