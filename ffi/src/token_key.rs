//! Token keys
//!
//! A server finds the records of a store by the tokens of their paths, which tell it nothing of the paths. A store's token
//! key stays when its data keys are rotated.

use pagecrypt::Error;
use pagecrypt::record::bound::TokenKey;

use crate::border::buffers::{Span, apart, copy_exactly, input, output};
use crate::border::call::{call, value};
use crate::border::handle::{self, opaque};
use crate::error::pagecrypt_error;
use crate::record::PAGECRYPT_TOKEN_LENGTH;
use crate::status::pagecrypt_status;

/// The key that makes tokens of paths: 32 random bytes of a store. It does not change: any number of threads may use one
/// at the same time.
#[allow(non_camel_case_types, reason = "the name that C uses")]
#[derive(Debug)]
pub struct pagecrypt_token_key {
    _opaque: [u8; 0],
}

opaque!(pagecrypt_token_key(TokenKey) = b"pgctoken");

/// Length of a token key, in bytes.
pub const PAGECRYPT_TOKEN_KEY_LENGTH: usize = 32;

/// A token key of its raw `bytes`, PAGECRYPT_TOKEN_KEY_LENGTH of them, of which it keeps a copy.
///
/// Errors: PAGECRYPT_ERROR_KEY_LENGTH.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_token_key_new(
    bytes: *const u8,
    length: usize,
    token_key: *mut *mut pagecrypt_token_key,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller.
    unsafe {
        handle::create(token_key, error, || {
            Span::new(bytes, length, "`bytes` is NULL")?;
            TokenKey::from_bytes(input(bytes, length))
        })
    }
}

/// A new token key from the operating system's random generator.
///
/// Errors: PAGECRYPT_ERROR_RANDOM_SOURCE.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_token_key_generate(
    token_key: *mut *mut pagecrypt_token_key,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller.
    unsafe { handle::create(token_key, error, TokenKey::generate) }
}

/// Copies the raw token key to `to`, whose length must be PAGECRYPT_TOKEN_KEY_LENGTH. Wipe it after use.
///
/// Errors: PAGECRYPT_ERROR_BUFFER_LENGTH.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_token_key_bytes(
    token_key: *const pagecrypt_token_key,
    to: *mut u8,
    length: usize,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller, handle; there is only one buffer.
    unsafe { call(error, || copy_exactly(handle::borrow(token_key)?.as_bytes(), to, length)) }
}

/// Writes the token of a path, PAGECRYPT_TOKEN_LENGTH bytes, to `token`. Paths are compared byte by byte, so bring text
/// into one form before.
///
/// Errors: PAGECRYPT_ERROR_OVERLAP, PAGECRYPT_ERROR_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_token_key_token(
    token_key: *const pagecrypt_token_key,
    path: *const u8,
    path_length: usize,
    token: *mut u8,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller, handle.
    unsafe {
        call(error, || {
            write_token(path, path_length, token, |path| Ok(handle::borrow(token_key)?.token(path)))
        })
    }
}

/// Whether two token keys have the same bytes, compared in constant time; false where one is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_token_key_equal(
    a: *const pagecrypt_token_key,
    b: *const pagecrypt_token_key,
) -> bool {
    // Safety: handle.
    value(false, || unsafe { Some(handle::borrow(a).ok()? == handle::borrow(b).ok()?) })
}

/// Frees a token key. NULL is fine. What was made with it stays usable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_token_key_free(token_key: *mut pagecrypt_token_key) {
    // Safety: handle.
    unsafe { handle::free(token_key) };
}

/// Writes the token of a path.
///
/// # Safety
/// The pointers are those of the call.
pub(crate) unsafe fn write_token(
    path: *const u8,
    path_length: usize,
    token: *mut u8,
    of: impl FnOnce(&[u8]) -> Result<[u8; PAGECRYPT_TOKEN_LENGTH], Error>,
) -> Result<(), Error> {
    let to = Span::new(token, PAGECRYPT_TOKEN_LENGTH, "`token` is NULL")?;
    apart([to], [Span::new(path, path_length, "`path` is NULL")?])?;
    // Safety: caller, apart.
    unsafe { output(token, PAGECRYPT_TOKEN_LENGTH).copy_from_slice(&of(input(path, path_length))?) };
    Ok(())
}
