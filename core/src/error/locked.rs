//! Why a database cannot be worked on now.

use core::fmt;

/// What stands in the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LockedBy {
    /// Another program is writing to it, or holds it for writing.
    Writer,
    /// Another program changed it while it was read.
    Change,
    /// A program that crashed left a rollback journal: the database has to be opened by SQLite once.
    Journal,
    /// A write-ahead log or journal of another database lies beside the destination, and would be taken for its own.
    Leftover,
    /// This process itself holds POSIX locks on it, through another library or another copy of SQLite. It was not
    /// opened: closing it would take these locks away.
    ThisProcess,
}

impl LockedBy {
    /// The name that languages with names use, for example `this_process`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Writer => "writer",
            Self::Change => "change",
            Self::Journal => "journal",
            Self::Leftover => "leftover",
            Self::ThisProcess => "this_process",
        }
    }
}

impl fmt::Display for LockedBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Writer => "another program is writing to it",
            Self::Change => "another program changed it meanwhile",
            Self::Journal => "a program that crashed left a journal beside it, which SQLite has to roll back",
            Self::Leftover => "a write-ahead log or journal of another database lies beside it",
            Self::ThisProcess => "this process holds locks on it, through another library or copy of SQLite",
        })
    }
}
