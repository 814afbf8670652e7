//! Errors
//!
//! The details of a failure. The last parameter of every function that can fail is `error`: NULL where the status is
//! enough; otherwise `*error` becomes NULL on success, and on failure a new pagecrypt_error, which the caller frees.
//! (What it held before is overwritten, not freed.) No error tells anything about keys or plaintext.
//!
//! All functions here take NULL for "no error".

use std::ffi::{CString, c_char};

use pagecrypt::{Error, KeyTextProblem, LockedBy, Unit};

use crate::border::call::{clear, set, value};
use crate::border::handle::{self, opaque};
use crate::border::strings::{address, owned};
use crate::status::{PAGECRYPT_OK, pagecrypt_status, status_of};

/// What is known of a failure. It does not change: any number of threads may look at it.
#[allow(non_camel_case_types, reason = "the name that C uses")]
#[derive(Debug)]
pub struct pagecrypt_error {
    _opaque: [u8; 0],
}

opaque!(pagecrypt_error(Details) = b"pgcerror");

/// What the numbers of an error count.
#[allow(non_camel_case_types, reason = "the name that C uses")]
pub type pagecrypt_unit = i32;
/// Nothing: the error has no numbers.
pub const PAGECRYPT_UNIT_NONE: pagecrypt_unit = 0;
/// Messages of a batch, from 0.
pub const PAGECRYPT_UNIT_MESSAGE: pagecrypt_unit = 1;
/// Pages of a file, from 1.
pub const PAGECRYPT_UNIT_PAGE: pagecrypt_unit = 2;
/// Frames of a write-ahead log, from 1.
pub const PAGECRYPT_UNIT_FRAME: pagecrypt_unit = 3;

/// Who or what holds a database that is PAGECRYPT_ERROR_LOCKED.
#[allow(non_camel_case_types, reason = "the name that C uses")]
pub type pagecrypt_locked_by = i32;
/// Nobody: the error is another one.
pub const PAGECRYPT_LOCKED_BY_NONE: pagecrypt_locked_by = 0;
/// Another program is writing to it.
pub const PAGECRYPT_LOCKED_BY_WRITER: pagecrypt_locked_by = 1;
/// Another program changed it while it was read.
pub const PAGECRYPT_LOCKED_BY_CHANGE: pagecrypt_locked_by = 2;
/// A program that crashed left a journal, which SQLite has to roll back first.
pub const PAGECRYPT_LOCKED_BY_JOURNAL: pagecrypt_locked_by = 3;
/// A write-ahead log or journal of another database lies beside the destination.
pub const PAGECRYPT_LOCKED_BY_LEFTOVER: pagecrypt_locked_by = 4;
/// Another copy of SQLite in this process holds POSIX locks on it, which opening it here would take away.
pub const PAGECRYPT_LOCKED_BY_THIS_PROCESS: pagecrypt_locked_by = 5;

/// An error as C sees it.
#[derive(Debug)]
pub struct Details {
    status: pagecrypt_status,
    message: CString,
    unit: pagecrypt_unit,
    first: u64,
    count: u64,
    numbers: Vec<u64>,
    expected: u64,
    got: u64,
    locked_by: pagecrypt_locked_by,
    only_page: bool,
    path: Option<CString>,
    os_code: i32,
}

/// A new handle with what an error knows.
pub(crate) fn make(error: &Error) -> *mut pagecrypt_error {
    handle::make(Details::from(error))
}

impl From<&Error> for Details {
    fn from(error: &Error) -> Self {
        let mut details = Self {
            status: status_of(error.code()),
            message: owned(error.to_string()),
            unit: PAGECRYPT_UNIT_NONE,
            first: 0,
            count: 0,
            numbers: Vec::new(),
            expected: 0,
            got: 0,
            locked_by: PAGECRYPT_LOCKED_BY_NONE,
            only_page: false,
            path: None,
            os_code: 0,
        };
        match error {
            Error::AuthenticationFailed(failures) => {
                details.unit = unit(failures.unit());
                details.first = failures.first();
                details.count = failures.count();
                details.numbers = failures.numbers().to_vec();
            }
            Error::KeyLength { expected, got } | Error::BufferLength { expected, got } => {
                (details.expected, details.got) = (*expected as u64, *got as u64);
            }
            Error::CipherMismatch { expected, got } => {
                (details.expected, details.got) = (expected.number().into(), got.number().into());
            }
            Error::MeteredSize { stored, actual } => (details.expected, details.got) = (*stored, *actual),
            Error::PageSize(got)
            | Error::KeyText(KeyTextProblem::Length { got } | KeyTextProblem::Base64Length { got }) => {
                details.got = *got as u64
            }
            Error::Locked(by) => details.locked_by = locked_by(*by),
            Error::WrongKey { only_page } => details.only_page = *only_page,
            Error::Io(error) => {
                details.path = Some(owned(error.path().as_os_str().as_encoded_bytes()));
                details.os_code = error.source_error().raw_os_error().unwrap_or(0);
            }
            _ => {}
        }
        details
    }
}

fn unit(unit: Unit) -> pagecrypt_unit {
    match unit {
        Unit::Message => PAGECRYPT_UNIT_MESSAGE,
        Unit::Page => PAGECRYPT_UNIT_PAGE,
        Unit::Frame => PAGECRYPT_UNIT_FRAME,
        _ => PAGECRYPT_UNIT_NONE,
    }
}

fn locked_by(by: LockedBy) -> pagecrypt_locked_by {
    match by {
        LockedBy::Writer => PAGECRYPT_LOCKED_BY_WRITER,
        LockedBy::Change => PAGECRYPT_LOCKED_BY_CHANGE,
        LockedBy::Journal => PAGECRYPT_LOCKED_BY_JOURNAL,
        LockedBy::Leftover => PAGECRYPT_LOCKED_BY_LEFTOVER,
        LockedBy::ThisProcess => PAGECRYPT_LOCKED_BY_THIS_PROCESS,
        _ => PAGECRYPT_LOCKED_BY_NONE,
    }
}

/// The status that the failed call returned; PAGECRYPT_OK for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_error_status(error: *const pagecrypt_error) -> pagecrypt_status {
    // Safety: handle.
    unsafe { handle::get(error, PAGECRYPT_OK, |error| error.status) }
}

/// What went wrong, in full, for a person to read; "" for NULL. Valid until the error is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_error_message(error: *const pagecrypt_error) -> *const c_char {
    // Safety: handle.
    unsafe { handle::get(error, c"".as_ptr(), |error| error.message.as_ptr()) }
}

/// What the numbers below count, for PAGECRYPT_ERROR_AUTHENTICATION_FAILED.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_error_unit(error: *const pagecrypt_error) -> pagecrypt_unit {
    // Safety: handle.
    unsafe { handle::get(error, PAGECRYPT_UNIT_NONE, |error| error.unit) }
}

/// The number of the first that failed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_error_first(error: *const pagecrypt_error) -> u64 {
    // Safety: handle.
    unsafe { handle::get(error, 0, |error| error.first) }
}

/// How many failed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_error_count(error: *const pagecrypt_error) -> u64 {
    // Safety: handle.
    unsafe { handle::get(error, 0, |error| error.count) }
}

/// The numbers of those that failed, ascending; `*length` becomes how many there are. Functions on whole files give
/// the first 65536. NULL where there are none. Valid until the error is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_error_numbers(
    error: *const pagecrypt_error,
    length: *mut usize,
) -> *const u64 {
    // Safety: caller.
    unsafe { clear(length) };
    value(std::ptr::null(), || {
        // Safety: handle.
        let numbers = &unsafe { handle::borrow(error) }.ok()?.numbers;
        // Safety: caller.
        unsafe { set(length, numbers.len()) };
        (!numbers.is_empty()).then_some(numbers.as_ptr())
    })
}

/// What was needed: bytes for PAGECRYPT_ERROR_KEY_LENGTH and PAGECRYPT_ERROR_BUFFER_LENGTH (for a run of pages: the
/// page size, of which the length must be a multiple), the key's cipher for PAGECRYPT_ERROR_CIPHER_MISMATCH, the size that
/// was stored for PAGECRYPT_ERROR_METERED_SIZE; else 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_error_expected(error: *const pagecrypt_error) -> u64 {
    // Safety: handle.
    unsafe { handle::get(error, 0, |error| error.expected) }
}

/// What was there instead; also the characters for PAGECRYPT_ERROR_KEY_TEXT and the bytes for
/// PAGECRYPT_ERROR_PAGE_SIZE; else 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_error_got(error: *const pagecrypt_error) -> u64 {
    // Safety: handle.
    unsafe { handle::get(error, 0, |error| error.got) }
}

/// Who or what holds the database, for PAGECRYPT_ERROR_LOCKED.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_error_locked_by(error: *const pagecrypt_error) -> pagecrypt_locked_by {
    // Safety: handle.
    unsafe { handle::get(error, PAGECRYPT_LOCKED_BY_NONE, |error| error.locked_by) }
}

/// For PAGECRYPT_ERROR_WRONG_KEY: whether the file has only one page, so that a damaged page looks the same.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_error_only_page(error: *const pagecrypt_error) -> bool {
    // Safety: handle.
    unsafe { handle::get(error, false, |error| error.only_page) }
}

/// The file, for PAGECRYPT_ERROR_IO and PAGECRYPT_ERROR_FILE_PERMISSIONS; else NULL. Valid until the error is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_error_path(error: *const pagecrypt_error) -> *const c_char {
    // Safety: handle.
    unsafe { handle::get(error, std::ptr::null(), |error| address(error.path.as_ref())) }
}

/// The operating system's number (errno), for PAGECRYPT_ERROR_IO and PAGECRYPT_ERROR_FILE_PERMISSIONS; 0 where there
/// is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_error_os_code(error: *const pagecrypt_error) -> i32 {
    // Safety: handle.
    unsafe { handle::get(error, 0, |error| error.os_code) }
}

/// Frees an error. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_error_free(error: *mut pagecrypt_error) {
    // Safety: handle.
    unsafe { handle::free(error) };
}
