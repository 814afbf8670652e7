//! The border to JavaScript's memory: the only place with unsafe code.

#![allow(unsafe_code)]

pub(crate) mod buffers;
pub(crate) mod callback;
pub(crate) mod handle;
