//! Encrypts plain SQLite databases into page formats that keep tag and nonce in each page's reserved bytes, and takes
//! those bytes out again.
//!
//! Reserved bytes are made by rewriting the database, which takes SQLite itself: this crate carries it. Everything
//! else about encrypted files is in [`pagecrypt::file`].
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod btree;
mod compact;
mod encrypt;
mod vfs;

pub use compact::decrypt_file_compact;
pub use encrypt::{declare_sqlite_private, encrypt_file};
pub use pagecrypt::file::{FileOptions, Summary, Way};
