//! Reading files
//!
//! An encrypted database as the plain one that it stands for, its write-ahead log applied; only what is authentic is
//! handed out. A reader does not change: any number of threads may use one at the same time. The file must not change
//! meanwhile: see pagecrypt_page_reader_check_unchanged.

use std::ffi::c_char;

use pagecrypt::Error;
use pagecrypt::file::PageReader;

use crate::border::buffers::{Span, output};
use crate::border::call::{call, clear, set};
use crate::border::handle::{self, opaque};
use crate::border::strings::path;
use crate::cipher::{number_of_cipher, pagecrypt_cipher};
use crate::error::pagecrypt_error;
use crate::key::pagecrypt_key;
use crate::status::pagecrypt_status;

/// An encrypted database, open for reading.
#[allow(non_camel_case_types, reason = "the name that C uses")]
#[derive(Debug)]
pub struct pagecrypt_page_reader {
    _opaque: [u8; 0],
}

opaque!(pagecrypt_page_reader(PageReader) = b"pgcreade");

/// Opens the database `path`. The file names its cipher, so that of `key` only the bytes count; the key may be freed
/// before the reader. Free it with pagecrypt_page_reader_free, which closes the file.
///
/// Errors: PAGECRYPT_ERROR_WRONG_KEY, PAGECRYPT_ERROR_KEY_LENGTH, PAGECRYPT_ERROR_NOT_ENCRYPTED,
/// PAGECRYPT_ERROR_UNSUPPORTED_FORMAT, PAGECRYPT_ERROR_LOCKED; PAGECRYPT_ERROR_AUTHENTICATION_FAILED and
/// PAGECRYPT_ERROR_MALFORMED for damage of page 1 or of the log's end, and for a file that is too short or too long;
/// PAGECRYPT_ERROR_IO, PAGECRYPT_ERROR_FILE_PERMISSIONS.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_page_reader_open(
    path: *const c_char,
    key: *const pagecrypt_key,
    reader: *mut *mut pagecrypt_page_reader,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller, handle.
    unsafe { handle::create(reader, error, || PageReader::open(self::path(path)?, handle::borrow(key)?)) }
}

/// The file's cipher; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_page_reader_cipher(
    reader: *const pagecrypt_page_reader,
) -> pagecrypt_cipher {
    // Safety: handle.
    unsafe { handle::get(reader, 0, |reader| number_of_cipher(reader.codec().cipher())) }
}

/// Length of a page, in bytes; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_page_reader_page_size(reader: *const pagecrypt_page_reader) -> usize {
    // Safety: handle.
    unsafe { handle::get(reader, 0, PageReader::page_size) }
}

/// How many pages the database has; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_page_reader_page_count(reader: *const pagecrypt_page_reader) -> u32 {
    // Safety: handle.
    unsafe { handle::get(reader, 0, PageReader::page_count) }
}

/// Length of the plain database, in bytes; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_page_reader_length(reader: *const pagecrypt_page_reader) -> u64 {
    // Safety: handle.
    unsafe { handle::get(reader, 0, PageReader::length) }
}

/// How many frames of the write-ahead log are part of the database; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_page_reader_frames_applied(reader: *const pagecrypt_page_reader) -> u64 {
    // Safety: handle.
    unsafe { handle::get(reader, 0, PageReader::frames_applied) }
}

/// Reads `length` bytes of whole pages, from page `first` on, as the plain database has them. Reserved bytes are zero.
///
/// Errors: PAGECRYPT_ERROR_AUTHENTICATION_FAILED with the pages, or the frame of the log, that failed: `pages` is all
/// zero then. PAGECRYPT_ERROR_PAGE_NUMBER, PAGECRYPT_ERROR_BUFFER_LENGTH, PAGECRYPT_ERROR_LOCKED where the file
/// changed, PAGECRYPT_ERROR_IO.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_page_reader_read_pages(
    reader: *const pagecrypt_page_reader,
    first: u32,
    pages: *mut u8,
    length: usize,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller, handle; there is only one buffer.
    unsafe {
        call(error, || {
            let reader = handle::borrow(reader)?;
            Span::new(pages, length, "`pages` is NULL")?;
            reader.read_pages(first, output(pages, length))
        })
    }
}

/// Reads up to `length` bytes of the plain database from byte `offset` on. `*read` becomes how many there were: fewer
/// at the end of the database, none behind it.
///
/// Errors: as pagecrypt_page_reader_read_pages; `to` is all zero then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_page_reader_read_at(
    reader: *const pagecrypt_page_reader,
    offset: u64,
    to: *mut u8,
    length: usize,
    read: *mut usize,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller, handle; there is only one buffer.
    unsafe {
        clear(read);
        call(error, || {
            let reader = handle::borrow(reader)?;
            if read.is_null() {
                return Err(Error::InvalidArgument("`read` is NULL"));
            }
            Span::new(to, length, "`to` is NULL")?;
            set(read, reader.read_at(offset, output(to, length))?);
            Ok(())
        })
    }
}

/// Whether nobody has written to the file and its log since they were opened: else what was read may not fit together.
///
/// Errors: PAGECRYPT_ERROR_LOCKED if somebody has; PAGECRYPT_ERROR_IO.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_page_reader_check_unchanged(
    reader: *const pagecrypt_page_reader,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller, handle.
    unsafe { call(error, || handle::borrow(reader)?.check_unchanged()) }
}

/// Closes a reader's files and frees it. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_page_reader_free(reader: *mut pagecrypt_page_reader) {
    // Safety: handle.
    unsafe { handle::free(reader) };
}
