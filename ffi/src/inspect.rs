//! Inspecting files
//!
//! What can be seen of a database without a key. Nothing of it is authenticated.

use std::ffi::{CString, c_char};
use std::ptr;

use pagecrypt::file::{FileFormat, Inspection, LogInspection, inspect_file};

use crate::border::call::value;
use crate::border::handle::{self, opaque};
use crate::border::strings::{address, owned, path};
use crate::cipher::{number_of_cipher, pagecrypt_cipher};
use crate::error::pagecrypt_error;
use crate::status::pagecrypt_status;

/// What can be seen of a file. It does not change: any number of threads may look at it.
#[allow(non_camel_case_types, reason = "the name that C uses")]
#[derive(Debug)]
pub struct pagecrypt_inspection {
    _opaque: [u8; 0],
}

opaque!(pagecrypt_inspection(Seen) = b"pgcinspe");

/// What kind of file it is.
#[allow(non_camel_case_types, reason = "the name that C uses")]
pub type pagecrypt_file_format = i32;
/// None of these, as far as one can see.
pub const PAGECRYPT_FILE_UNKNOWN: pagecrypt_file_format = 0;
/// A database encrypted in Turso's format.
pub const PAGECRYPT_FILE_TURSO: pagecrypt_file_format = 1;
/// A plain SQLite database.
pub const PAGECRYPT_FILE_SQLITE: pagecrypt_file_format = 2;

/// An inspection with what C is given addresses of.
#[derive(Debug)]
pub struct Seen {
    inspection: Inspection,
    problem: Option<CString>,
    log_problem: Option<CString>,
}

/// Looks at the database `path` and its write-ahead log without a key. Free `*inspection` with
/// pagecrypt_inspection_free.
///
/// Errors: PAGECRYPT_ERROR_IO, PAGECRYPT_ERROR_FILE_PERMISSIONS; PAGECRYPT_ERROR_INVALID_ARGUMENT where `path` is not
/// a file; PAGECRYPT_ERROR_LOCKED where it shrinks meanwhile, or this process holds locks on it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_inspect_file(
    path: *const c_char,
    inspection: *mut *mut pagecrypt_inspection,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller.
    unsafe {
        handle::create(inspection, error, || {
            let seen = inspect_file(self::path(path)?)?;
            let problem = seen.problem.map(owned);
            let log_problem = seen.log.as_ref().and_then(|log| log.problem).map(owned);
            Ok(Seen { inspection: seen, problem, log_problem })
        })
    }
}

/// What `choose` gives, or `otherwise`.
/// # Safety
/// The pointer is that of the call.
unsafe fn see<T>(
    inspection: *const pagecrypt_inspection,
    otherwise: T,
    choose: impl FnOnce(&Inspection) -> Option<T>,
) -> T {
    // Safety: handle.
    value(otherwise, || choose(&unsafe { handle::borrow(inspection) }.ok()?.inspection))
}

/// What `choose` gives of the log, or `otherwise`.
/// # Safety
/// The pointer is that of the call.
unsafe fn log<T>(
    inspection: *const pagecrypt_inspection,
    otherwise: T,
    choose: impl FnOnce(&LogInspection) -> Option<T>,
) -> T {
    // Safety: as this function's own.
    unsafe { see(inspection, otherwise, |inspection| choose(inspection.log.as_ref()?)) }
}

/// The name of a file's format: "turso", "sqlite" or "unknown"; NULL for a number that no format has. Static.
#[unsafe(no_mangle)]
pub extern "C" fn pagecrypt_file_format_name(format: pagecrypt_file_format) -> *const c_char {
    match format {
        PAGECRYPT_FILE_UNKNOWN => c"unknown".as_ptr(),
        PAGECRYPT_FILE_TURSO => c"turso".as_ptr(),
        PAGECRYPT_FILE_SQLITE => c"sqlite".as_ptr(),
        _ => ptr::null(),
    }
}

/// What kind of file it is.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_inspection_format(
    inspection: *const pagecrypt_inspection,
) -> pagecrypt_file_format {
    // Safety: caller, handle.
    unsafe {
        see(inspection, PAGECRYPT_FILE_UNKNOWN, |inspection| match inspection.format {
            FileFormat::Turso => Some(PAGECRYPT_FILE_TURSO),
            FileFormat::Sqlite => Some(PAGECRYPT_FILE_SQLITE),
            _ => None,
        })
    }
}

/// The version of Turso's format; -1 where there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_inspection_version(inspection: *const pagecrypt_inspection) -> i32 {
    // Safety: caller, handle.
    unsafe { see(inspection, -1, |inspection| inspection.version.map(i32::from)) }
}

/// The cipher; 0 where the header names none that there is.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_inspection_cipher(
    inspection: *const pagecrypt_inspection,
) -> pagecrypt_cipher {
    // Safety: caller, handle.
    unsafe { see(inspection, 0, |inspection| inspection.cipher.map(number_of_cipher)) }
}

/// Length of a page, in bytes; 0 where the header names none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_inspection_page_size(inspection: *const pagecrypt_inspection) -> usize {
    // Safety: caller, handle.
    unsafe { see(inspection, 0, |inspection| inspection.page_size) }
}

/// Reserved bytes of each page, as the header has them; -1 where there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_inspection_reserved_length(
    inspection: *const pagecrypt_inspection,
) -> i32 {
    // Safety: caller, handle.
    unsafe { see(inspection, -1, |inspection| i32::try_from(inspection.reserved_length?).ok()) }
}

/// Length of the file, in bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_inspection_length(inspection: *const pagecrypt_inspection) -> u64 {
    // Safety: caller, handle.
    unsafe { see(inspection, 0, |inspection| Some(inspection.length)) }
}

/// How many whole pages the file holds; 0 where the page size is not known.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_inspection_pages(inspection: *const pagecrypt_inspection) -> u64 {
    // Safety: caller, handle.
    unsafe { see(inspection, 0, |inspection| inspection.pages) }
}

/// How many pages the header counts; 0 where it does not.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_inspection_header_pages(inspection: *const pagecrypt_inspection) -> u32 {
    // Safety: caller, handle.
    unsafe { see(inspection, 0, |inspection| inspection.header_pages) }
}

/// Bytes behind the last whole page.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_inspection_trailing_bytes(inspection: *const pagecrypt_inspection) -> u64 {
    // Safety: caller, handle.
    unsafe { see(inspection, 0, |inspection| inspection.trailing_bytes) }
}

/// What is wrong with the header; NULL if nothing. Valid until the inspection is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_inspection_problem(
    inspection: *const pagecrypt_inspection,
) -> *const c_char {
    // Safety: handle.
    unsafe { handle::get(inspection, ptr::null(), |seen| address(seen.problem.as_ref())) }
}

/// Whether a program that stopped left a journal that must be rolled back.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_inspection_hot_journal(inspection: *const pagecrypt_inspection) -> bool {
    // Safety: caller, handle.
    unsafe { see(inspection, false, |inspection| Some(inspection.hot_journal)) }
}

/// Whether there is a write-ahead log, and the page size is known. Where not, what follows is 0 or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_inspection_has_log(inspection: *const pagecrypt_inspection) -> bool {
    // Safety: caller, handle.
    unsafe { log(inspection, false, |_| Some(true)) }
}

/// Length of the log, in bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_inspection_log_length(inspection: *const pagecrypt_inspection) -> u64 {
    // Safety: caller, handle.
    unsafe { log(inspection, 0, |log| Some(log.length)) }
}

/// How many whole frames the log has.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_inspection_log_frames(inspection: *const pagecrypt_inspection) -> u64 {
    // Safety: caller, handle.
    unsafe { log(inspection, 0, |log| Some(log.frames)) }
}

/// How many of the frames, from the first, hold together by salts and checksums and end in a commit.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_inspection_log_committed(inspection: *const pagecrypt_inspection) -> u64 {
    // Safety: caller, handle.
    unsafe { log(inspection, 0, |log| Some(log.committed)) }
}

/// How many frames are left over from before a checkpoint.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_inspection_log_stale(inspection: *const pagecrypt_inspection) -> u64 {
    // Safety: caller, handle.
    unsafe { log(inspection, 0, |log| Some(log.stale)) }
}

/// Bytes behind the log's last whole frame.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_inspection_log_torn_bytes(inspection: *const pagecrypt_inspection) -> u64 {
    // Safety: caller, handle.
    unsafe { log(inspection, 0, |log| Some(log.torn_bytes)) }
}

/// How many pages the database has when the log is applied; 0 where it is not.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_inspection_log_committed_pages(
    inspection: *const pagecrypt_inspection,
) -> u32 {
    // Safety: caller, handle.
    unsafe { log(inspection, 0, |log| log.committed_pages) }
}

/// What is wrong with the log's header; NULL if nothing. Valid until the inspection is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_inspection_log_problem(
    inspection: *const pagecrypt_inspection,
) -> *const c_char {
    // Safety: handle.
    unsafe { handle::get(inspection, ptr::null(), |seen| address(seen.log_problem.as_ref())) }
}

/// Frees an inspection. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_inspection_free(inspection: *mut pagecrypt_inspection) {
    // Safety: handle.
    unsafe { handle::free(inspection) };
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::CStr;

    #[test]
    fn the_names_are_the_cores() {
        for (number, format) in [
            (PAGECRYPT_FILE_UNKNOWN, FileFormat::Unknown),
            (PAGECRYPT_FILE_TURSO, FileFormat::Turso),
            (PAGECRYPT_FILE_SQLITE, FileFormat::Sqlite),
        ] {
            // Safety: static and ended by a NUL.
            let name = unsafe { CStr::from_ptr(pagecrypt_file_format_name(number)) };
            assert_eq!(name.to_str(), Ok(format.name()));
        }
    }
}
