//! The C ABI: `libpagecrypt`, described by `include/pagecrypt.h`, which is generated from this crate.
//!
//! A file here mirrors one of the core's, and is a section of the header.
#![allow(
    unsafe_code,
    clippy::missing_safety_doc,
    reason = "this crate is the border to C; what its callers owe is said once, in the header's introduction"
)]

mod border;

pub mod aead;
pub mod bound;
pub mod cipher;
pub mod engine;
pub mod error;
pub mod file;
pub mod inspect;
pub mod key;
pub mod page;
pub mod reader;
pub mod record;
pub mod s2;
pub mod status;
pub mod store;
pub mod token_key;
pub mod verify;
pub mod version;
pub mod wal;
