//! Version
//!
//! What was compiled with (the macros) and what runs (the functions).

use std::ffi::c_char;

pub mod abi;

pub use abi::PAGECRYPT_ABI;

/// The header's version: of the form MAJOR.MINOR.PATCH.
pub const PAGECRYPT_VERSION_MAJOR: u32 = 0;
/// See PAGECRYPT_VERSION_MAJOR.
pub const PAGECRYPT_VERSION_MINOR: u32 = 1;
/// See PAGECRYPT_VERSION_MAJOR.
pub const PAGECRYPT_VERSION_PATCH: u32 = 0;

const TEXT: &std::ffi::CStr =
    match std::ffi::CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
        Ok(text) => text,
        Err(_) => c"",
    };

/// The library's version, for example "0.1.0". Static.
#[unsafe(no_mangle)]
pub extern "C" fn pagecrypt_version() -> *const c_char {
    TEXT.as_ptr()
}

/// The library's version as one number: major << 16 | minor << 8 | patch.
#[unsafe(no_mangle)]
pub extern "C" fn pagecrypt_version_number() -> u32 {
    PAGECRYPT_VERSION_MAJOR << 16 | PAGECRYPT_VERSION_MINOR << 8 | PAGECRYPT_VERSION_PATCH
}

/// The library's PAGECRYPT_ABI.
#[unsafe(no_mangle)]
pub extern "C" fn pagecrypt_abi() -> u32 {
    PAGECRYPT_ABI
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_the_packages_version() {
        let numbers = [PAGECRYPT_VERSION_MAJOR, PAGECRYPT_VERSION_MINOR, PAGECRYPT_VERSION_PATCH];
        assert_eq!(TEXT.to_str(), Ok(numbers.map(|number| number.to_string()).join(".").as_str()));
    }
}
