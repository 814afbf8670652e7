//! The addon of the Node package `libpagecrypt`: what JavaScript cannot do itself, for arguments that `lib/` has checked.
//!
//! Nothing here is public to users of the package. Every function catches panics; what it throws carries a code and its
//! details ([`error`]), of which `lib/` makes one of its error classes. Functions that end in `later` work on the thread
//! pool ([`job`]) or on a thread of their own ([`thread`]).
#![allow(
    clippy::missing_errors_doc,
    clippy::too_many_arguments,
    reason = "only lib/ calls these functions, with the arguments of its own, and tells their errors in index.d.ts"
)]

pub mod aead;
mod border;
pub mod cipher;
pub mod command;
pub mod control;
pub mod engine;
pub mod error;
pub mod file;
pub mod inspect;
pub mod job;
pub mod key;
pub mod page;
pub mod reader;
pub mod record;
pub mod s2;
pub mod store;
pub mod thread;
pub mod verify;
pub mod version;
pub mod wal;
