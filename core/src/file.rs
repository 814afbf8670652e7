//! Whole page files, without a database engine.
//!
//! Encrypting a database needs one, because reserved bytes are made by rewriting it: see the crate
//! `pagecrypt-sqlite`.

mod decrypt;
mod diagnosis;
mod extent;
mod filling;
mod inspect;
mod new_file;
mod numbers;
mod options;
mod own_locks;
mod reader;
mod seal;
mod source;
mod summary;
mod verify;
mod waiting;
mod wal;
mod workers;

pub use decrypt::decrypt_file;
pub use diagnosis::HeaderField;
pub use inspect::{FileFormat, Inspection, LogInspection, inspect_file, inspect_file_with};
pub use new_file::{Access, NewFile};
pub use numbers::Numbers;
pub use options::{FileOptions, Progress};
pub use own_locks::is_locked_by_this_process;
pub use reader::PageReader;
pub use seal::{ReadPages, seal_pages_into_file};
pub use summary::{Summary, Way};
pub use verify::{LogReport, VerifyOptions, VerifyReport, verify_file};
