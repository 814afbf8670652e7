//! Ciphers
//!
//! The catalogue. Every cipher works on every CPU; which engine serves it depends on the CPU.

use std::ffi::{CStr, c_char};
use std::ptr;

use pagecrypt::{Cipher, Error};

use crate::border::call::{call, clear, set, value};
use crate::border::strings;
use crate::engine::{number_of_engine, pagecrypt_engine};
use crate::error::pagecrypt_error;
use crate::status::pagecrypt_status;

/// A cipher's number: that of the catalogue, which files carry.
#[allow(non_camel_case_types, reason = "the name that C uses")]
pub type pagecrypt_cipher = i32;
/// AES-128-GCM (NIST SP 800-38D).
pub const PAGECRYPT_AES128GCM: pagecrypt_cipher = 1;
/// AES-256-GCM (NIST SP 800-38D).
pub const PAGECRYPT_AES256GCM: pagecrypt_cipher = 2;
/// AEGIS-256 (RFC 10032): the default for keys of 32 bytes.
pub const PAGECRYPT_AEGIS256: pagecrypt_cipher = 3;
/// AEGIS-256X2 (RFC 10032).
pub const PAGECRYPT_AEGIS256X2: pagecrypt_cipher = 4;
/// AEGIS-256X4 (RFC 10032).
pub const PAGECRYPT_AEGIS256X4: pagecrypt_cipher = 5;
/// AEGIS-128L (RFC 10032): the default for keys of 16 bytes.
pub const PAGECRYPT_AEGIS128L: pagecrypt_cipher = 6;
/// AEGIS-128X2 (RFC 10032).
pub const PAGECRYPT_AEGIS128X2: pagecrypt_cipher = 7;
/// AEGIS-128X4 (RFC 10032).
pub const PAGECRYPT_AEGIS128X4: pagecrypt_cipher = 8;
/// ChaCha20-Poly1305 (RFC 8439). Turso's page format does not have it.
pub const PAGECRYPT_CHACHA20POLY1305: pagecrypt_cipher = 9;

/// Length of every cipher's tag, in bytes.
pub const PAGECRYPT_TAG_LENGTH: usize = 16;
/// Length of the longest key, in bytes.
pub const PAGECRYPT_MAX_KEY_LENGTH: usize = 32;
/// Length of the longest nonce, in bytes.
pub const PAGECRYPT_MAX_NONCE_LENGTH: usize = 32;

struct Row {
    cipher: Cipher,
    name: &'static CStr,
    hyphenated_name: &'static CStr,
}

const fn row(cipher: Cipher, name: &'static CStr, hyphenated_name: &'static CStr) -> Row {
    Row { cipher, name, hyphenated_name }
}

/// What `Cipher` says, as C strings.
const ROWS: [Row; 9] = [
    row(Cipher::Aes128Gcm, c"aes128gcm", c"aes-128-gcm"),
    row(Cipher::Aes256Gcm, c"aes256gcm", c"aes-256-gcm"),
    row(Cipher::Aegis256, c"aegis256", c"aegis-256"),
    row(Cipher::Aegis256x2, c"aegis256x2", c"aegis-256x2"),
    row(Cipher::Aegis256x4, c"aegis256x4", c"aegis-256x4"),
    row(Cipher::Aegis128l, c"aegis128l", c"aegis-128l"),
    row(Cipher::Aegis128x2, c"aegis128x2", c"aegis-128x2"),
    row(Cipher::Aegis128x4, c"aegis128x4", c"aegis-128x4"),
    row(Cipher::ChaCha20Poly1305, c"chacha20poly1305", c"chacha20-poly1305"),
];

static NUMBERS: [pagecrypt_cipher; 9] = [
    PAGECRYPT_AES128GCM,
    PAGECRYPT_AES256GCM,
    PAGECRYPT_AEGIS256,
    PAGECRYPT_AEGIS256X2,
    PAGECRYPT_AEGIS256X4,
    PAGECRYPT_AEGIS128L,
    PAGECRYPT_AEGIS128X2,
    PAGECRYPT_AEGIS128X4,
    PAGECRYPT_CHACHA20POLY1305,
];

/// The numbers of all ciphers; `*length` becomes how many there are. Static.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_ciphers(length: *mut usize) -> *const pagecrypt_cipher {
    // Safety: caller.
    unsafe { set(length, NUMBERS.len()) };
    NUMBERS.as_ptr()
}

/// The cipher's name, for example "aegis256"; NULL for a number that no cipher has. Static.
#[unsafe(no_mangle)]
pub extern "C" fn pagecrypt_cipher_name(cipher: pagecrypt_cipher) -> *const c_char {
    find(cipher).map_or(ptr::null(), |row| row.name.as_ptr())
}

/// The cipher's name as S2 writes it, for example "aegis-256"; NULL for a number that no cipher has. Static.
#[unsafe(no_mangle)]
pub extern "C" fn pagecrypt_cipher_hyphenated_name(cipher: pagecrypt_cipher) -> *const c_char {
    find(cipher).map_or(ptr::null(), |row| row.hyphenated_name.as_ptr())
}

/// Length of a key, in bytes; 0 for a number that no cipher has.
#[unsafe(no_mangle)]
pub extern "C" fn pagecrypt_cipher_key_length(cipher: pagecrypt_cipher) -> usize {
    find(cipher).map_or(0, |row| row.cipher.key_length())
}

/// Length of a nonce, in bytes; 0 for a number that no cipher has.
#[unsafe(no_mangle)]
pub extern "C" fn pagecrypt_cipher_nonce_length(cipher: pagecrypt_cipher) -> usize {
    find(cipher).map_or(0, |row| row.cipher.nonce_length())
}

/// Bytes at the end of a page that hold tag and nonce; 0 for a number that no cipher has.
#[unsafe(no_mangle)]
pub extern "C" fn pagecrypt_cipher_reserved_length(cipher: pagecrypt_cipher) -> usize {
    find(cipher).map_or(0, |row| row.cipher.reserved_length())
}

/// Length of the longest message, in bytes; 0 for a number that no cipher has.
#[unsafe(no_mangle)]
pub extern "C" fn pagecrypt_cipher_max_message_length(cipher: pagecrypt_cipher) -> u64 {
    find(cipher).map_or(0, |row| row.cipher.max_message_length())
}

/// How many messages a key may seal under random nonces; UINT64_MAX where there is no limit, 0 for a number that no
/// cipher has.
#[unsafe(no_mangle)]
pub extern "C" fn pagecrypt_cipher_max_random_seals(cipher: pagecrypt_cipher) -> u64 {
    find(cipher).map_or(0, |row| row.cipher.max_random_seals().unwrap_or(u64::MAX))
}

/// Reads a cipher's name: joined, hyphenated or with underscores, in any case.
///
/// Errors: PAGECRYPT_ERROR_UNKNOWN_CIPHER, whose message lists all names.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_cipher_from_name(
    name: *const c_char,
    cipher: *mut pagecrypt_cipher,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller.
    unsafe {
        clear(cipher);
        call(error, || {
            if cipher.is_null() {
                return Err(Error::InvalidArgument("`cipher` is NULL"));
            }
            let found: Cipher = strings::name(name)?.parse()?;
            set(cipher, number_of_cipher(found));
            Ok(())
        })
    }
}

/// The engine that serves the cipher's keys on this CPU, not above the one that the environment variable
/// PAGECRYPT_ENGINE names.
///
/// Errors: PAGECRYPT_ERROR_UNKNOWN_CIPHER; PAGECRYPT_ERROR_UNKNOWN_ENGINE for what PAGECRYPT_ENGINE says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_cipher_engine(
    cipher: pagecrypt_cipher,
    engine: *mut pagecrypt_engine,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller.
    unsafe {
        clear(engine);
        call(error, || {
            if engine.is_null() {
                return Err(Error::InvalidArgument("`engine` is NULL"));
            }
            set(engine, number_of_engine(cipher_of_number(cipher)?.engine()?));
            Ok(())
        })
    }
}

/// The cipher with this number.
pub(crate) fn cipher_of_number(number: pagecrypt_cipher) -> Result<Cipher, Error> {
    u8::try_from(number).map_err(|_| Error::UnknownCipher).and_then(Cipher::from_number)
}

pub(crate) fn number_of_cipher(cipher: Cipher) -> pagecrypt_cipher {
    cipher.number().into()
}

fn find(number: pagecrypt_cipher) -> Option<&'static Row> {
    value(None, || Some(ROWS.iter().find(|row| number_of_cipher(row.cipher) == number)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_is_the_cores() {
        assert_eq!(ROWS.map(|row| row.cipher), Cipher::ALL);
        for (row, number) in ROWS.iter().zip(NUMBERS) {
            assert_eq!(number_of_cipher(row.cipher), number);
            assert_eq!(row.name.to_str(), Ok(row.cipher.name()));
            assert_eq!(row.hyphenated_name.to_str(), Ok(row.cipher.hyphenated_name()));
            assert_eq!(row.cipher.tag_length(), PAGECRYPT_TAG_LENGTH);
        }
        let longest = |length: fn(Cipher) -> usize| Cipher::ALL.into_iter().map(length).max();
        assert_eq!(longest(Cipher::key_length), Some(PAGECRYPT_MAX_KEY_LENGTH));
        assert_eq!(longest(Cipher::nonce_length), Some(PAGECRYPT_MAX_NONCE_LENGTH));
    }
}
