//! The addon of the Node package `libpagecrypt`: what JavaScript cannot do itself, with types that `lib/` has checked.
//!
//! Nothing here is public to users of the package. Every function catches panics, and throws an error that carries a
//! code and its details ([`error`]); `lib/` makes one of its classes of it.

pub mod aead;
mod border;
pub mod cipher;
pub mod engine;
pub mod error;
mod job;
pub mod key;
pub mod page;
pub mod version;
