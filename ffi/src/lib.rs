//! The C ABI: `libpagecrypt`, described by `include/pagecrypt.h`, which is generated from this crate.
#![allow(
    unsafe_code,
    reason = "this crate is the border to C; what its callers owe is said once, in the header's introduction"
)]

pub mod version;
