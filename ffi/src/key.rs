//! Keys
//!
//! Secret bytes that know their cipher, and the engine that serves it. A key does not change: any number of threads
//! may use one at the same time. Its bytes are wiped when the key and all that was made with it are freed.

use std::ffi::c_char;

use pagecrypt::{Encoding, Error, Key};

use crate::border::buffers::{Span, copy_exactly, input, output};
use crate::border::call::{call, clear, set, value};
use crate::border::handle::{self, opaque};
use crate::cipher::{cipher_of_number, number_of_cipher, pagecrypt_cipher};
use crate::engine::{engine_of_number, number_of_engine, pagecrypt_engine};
use crate::error::pagecrypt_error;
use crate::status::pagecrypt_status;

/// A key of one cipher.
#[allow(non_camel_case_types, reason = "the name that C uses")]
#[derive(Debug)]
pub struct pagecrypt_key {
    _opaque: [u8; 0],
}

opaque!(pagecrypt_key(Key) = b"pgc key ");

/// How a key is written as text.
#[allow(non_camel_case_types, reason = "the name that C uses")]
pub type pagecrypt_encoding = i32;
/// Standard base64 with padding: 24 or 44 characters.
pub const PAGECRYPT_BASE64: pagecrypt_encoding = 1;
/// Lowercase hexadecimal: 32 or 64 characters.
pub const PAGECRYPT_HEX: pagecrypt_encoding = 2;

/// Length of the longest key's text, in characters, without a NUL.
pub const PAGECRYPT_MAX_KEY_TEXT_LENGTH: usize = 64;

/// A key of `cipher` from its raw `bytes`, of which it keeps a copy.
///
/// It is served by the best engine of this CPU, not above the one that the environment variable PAGECRYPT_ENGINE
/// names. Free it with pagecrypt_key_free.
///
/// Errors: PAGECRYPT_ERROR_KEY_LENGTH, PAGECRYPT_ERROR_UNKNOWN_CIPHER; PAGECRYPT_ERROR_UNKNOWN_ENGINE for what
/// PAGECRYPT_ENGINE says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_key_new(
    bytes: *const u8,
    length: usize,
    cipher: pagecrypt_cipher,
    key: *mut *mut pagecrypt_key,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller.
    unsafe {
        handle::create(key, error, || {
            Span::new(bytes, length, "`bytes` is NULL")?;
            Key::from_bytes(input(bytes, length), cipher_of_number(cipher)?)
        })
    }
}

/// A key from `length` characters of base64 (standard, padded) or hexadecimal, told apart by their number. White space
/// around them does not count; a NUL does. With cipher 0, 16 bytes make a key of AEGIS-128L, and 32 one of AEGIS-256.
///
/// Errors: PAGECRYPT_ERROR_KEY_TEXT, PAGECRYPT_ERROR_KEY_LENGTH, PAGECRYPT_ERROR_UNKNOWN_CIPHER;
/// PAGECRYPT_ERROR_UNKNOWN_ENGINE for what PAGECRYPT_ENGINE says. None carries the text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_key_from_text(
    text: *const c_char,
    length: usize,
    cipher: pagecrypt_cipher,
    key: *mut *mut pagecrypt_key,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller.
    unsafe {
        handle::create(key, error, || {
            Span::new(text, length, "`text` is NULL")?;
            let cipher = if cipher == 0 { None } else { Some(cipher_of_number(cipher)?) };
            // What is not UTF-8 becomes what is no key either.
            let text = str::from_utf8(input(text.cast(), length)).unwrap_or("\u{fffd}");
            Key::from_text(text, cipher)
        })
    }
}

/// A new key of `cipher` from the operating system's random generator.
///
/// Errors: PAGECRYPT_ERROR_RANDOM_SOURCE, PAGECRYPT_ERROR_UNKNOWN_CIPHER; PAGECRYPT_ERROR_UNKNOWN_ENGINE for what
/// PAGECRYPT_ENGINE says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_key_generate(
    cipher: pagecrypt_cipher,
    key: *mut *mut pagecrypt_key,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller.
    unsafe { handle::create(key, error, || Key::generate(cipher_of_number(cipher)?)) }
}

/// The same key, served by the best engine that is not above `ceiling`. It counts its seals anew.
///
/// Errors: PAGECRYPT_ERROR_UNKNOWN_ENGINE where this CPU does not run `ceiling`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_key_with_engine(
    from: *const pagecrypt_key,
    ceiling: pagecrypt_engine,
    key: *mut *mut pagecrypt_key,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller, handle.
    unsafe { handle::create(key, error, || handle::borrow(from)?.with_engine(engine_of_number(ceiling)?)) }
}

/// The same bytes as a key of another cipher with the same key length. It counts its seals anew.
///
/// Errors: PAGECRYPT_ERROR_KEY_LENGTH, PAGECRYPT_ERROR_UNKNOWN_CIPHER.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_key_with_cipher(
    from: *const pagecrypt_key,
    cipher: pagecrypt_cipher,
    key: *mut *mut pagecrypt_key,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller, handle.
    unsafe { handle::create(key, error, || handle::borrow(from)?.with_cipher(cipher_of_number(cipher)?)) }
}

/// Another handle of the same key, to be freed by itself. Both share the secret and the count of seals.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_key_clone(
    from: *const pagecrypt_key,
    key: *mut *mut pagecrypt_key,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller, handle.
    unsafe { handle::create(key, error, || handle::borrow(from).cloned()) }
}

/// The key's cipher; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_key_cipher(key: *const pagecrypt_key) -> pagecrypt_cipher {
    // Safety: handle.
    unsafe { handle::get(key, 0, |key| number_of_cipher(key.cipher())) }
}

/// The engine that serves the key; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_key_engine(key: *const pagecrypt_key) -> pagecrypt_engine {
    // Safety: handle.
    unsafe { handle::get(key, 0, |key| number_of_engine(key.engine())) }
}

/// How many messages the key and its clones have sealed under random nonces; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_key_seals(key: *const pagecrypt_key) -> u64 {
    // Safety: handle.
    unsafe { handle::get(key, 0, Key::seals) }
}

/// Whether two keys have the same cipher and bytes, compared in constant time; false where one is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_key_equal(a: *const pagecrypt_key, b: *const pagecrypt_key) -> bool {
    // Safety: handle.
    value(false, || unsafe { Some(handle::borrow(a).ok()? == handle::borrow(b).ok()?) })
}

/// Copies the raw key to `to`, whose length must be the key's. Wipe it after use.
///
/// Errors: PAGECRYPT_ERROR_BUFFER_LENGTH.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_key_bytes(
    key: *const pagecrypt_key,
    to: *mut u8,
    length: usize,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller, handle; there is only one buffer.
    unsafe { call(error, || copy_exactly(handle::borrow(key)?.as_bytes(), to, length)) }
}

/// Writes the key as text and a NUL to `to`, which has room for `capacity` characters: 65 always suffice. `*length`
/// becomes the number of characters without the NUL. Wipe it after use.
///
/// Errors: PAGECRYPT_ERROR_BUFFER_LENGTH where there is too little room, PAGECRYPT_ERROR_INVALID_ARGUMENT for an
/// unknown encoding.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_key_text(
    key: *const pagecrypt_key,
    encoding: pagecrypt_encoding,
    to: *mut c_char,
    capacity: usize,
    length: *mut usize,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller, handle; there is only one buffer.
    unsafe {
        clear(length);
        call(error, || {
            let encoding = match encoding {
                PAGECRYPT_BASE64 => Encoding::Base64,
                PAGECRYPT_HEX => Encoding::Hex,
                _ => return Err(Error::InvalidArgument("no such encoding")),
            };
            let text = handle::borrow(key)?.to_text(encoding);
            let text = text.expose().as_bytes();
            Span::new(to, capacity, "`to` is NULL")?;
            if capacity <= text.len() {
                return Err(Error::BufferLength { expected: text.len() + 1, got: capacity });
            }
            let (characters, rest) = output(to.cast::<u8>(), capacity).split_at_mut(text.len());
            characters.copy_from_slice(text);
            rest[0] = 0;
            set(length, text.len());
            Ok(())
        })
    }
}

/// Frees a key. NULL is fine. What was made with the key stays usable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_key_free(key: *mut pagecrypt_key) {
    // Safety: handle.
    unsafe { handle::free(key) };
}
