//! Whole page files, without a database engine.
//!
//! Encrypting a database needs one, because reserved bytes are made by rewriting it: see the crate
//! `pagecrypt-sqlite`.

mod new_file;
mod options;

pub use new_file::{Access, NewFile};
pub use options::{FileOptions, Progress};
