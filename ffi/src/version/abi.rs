//! Read by the build script, too.

/// The number of the ABI, which the shared library's soname carries: libpagecrypt.so.0. It changes when a program
/// that was compiled with an older header could break.
pub const PAGECRYPT_ABI: u32 = 0;
