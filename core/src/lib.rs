//! The encryption layer of a storage engine: everything between "here is a page (or a record) and a key" and "here
//! are bytes that can go to disk".
#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(all(test, not(feature = "std")))]
#[macro_use]
extern crate std; // unit tests always have it

pub mod aead;
mod cipher;
mod engine;
mod error;
#[cfg(feature = "std")]
pub mod file;
mod key;
pub mod page;
mod random;
#[cfg(feature = "alloc")]
pub mod record;
mod secret;
#[cfg(feature = "aead")]
pub mod typed;

pub use cipher::{Cipher, MAX_NONCE_LENGTH, TAG_LENGTH};
pub use engine::{Engine, available as available_engines};
#[cfg(feature = "std")]
pub use error::IoError;
pub use error::{Error, ErrorCode, Failures, KeyTextProblem, LockedBy, Unit};
pub use key::{Encoding, Key, KeyText};
pub use random::NonceSource;
#[cfg(feature = "getrandom")]
pub use random::OsRandom;

/// The snippets of the crate's page.
#[cfg(all(doctest, feature = "getrandom"))]
#[doc = include_str!("../README.md")]
mod readme {}
