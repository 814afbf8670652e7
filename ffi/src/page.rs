//! Pages
//!
//! Fixed-size blocks, addressed by number from 1, each sealed by itself under a fresh nonce from the operating system.
//! Runs of pages lie in one contiguous buffer and are worked on together, which is faster than one at a time; one page
//! is a run of one. A codec does not change: any number of threads may use one at the same time.
//!
//! `pages`, `from` and `to` hold whole pages, the first of which has the number `first`. `from` and `to` are the same
//! buffer (in place) or apart. After any error but PAGECRYPT_ERROR_AUTHENTICATION_FAILED nothing has been written.

use std::ffi::c_char;
use std::ptr;

use pagecrypt::Error;
use pagecrypt::page::turso::Header;
use pagecrypt::page::{Format, PageCodec, pending_byte_page};

use crate::border::buffers::{Span, TextSpans, input, output};
use crate::border::call::{call, clear, set, value};
use crate::border::handle::{self, opaque};
use crate::cipher::{number_of_cipher, pagecrypt_cipher};
use crate::engine::{number_of_engine, pagecrypt_engine};
use crate::error::pagecrypt_error;
use crate::key::pagecrypt_key;
use crate::status::pagecrypt_status;

/// Seals and opens pages of one format and size under one key.
#[allow(non_camel_case_types, reason = "the name that C uses")]
#[derive(Debug)]
pub struct pagecrypt_page_codec {
    _opaque: [u8; 0],
}

opaque!(pagecrypt_page_codec(PageCodec) = b"pgc page");

/// How nonce, tag and ciphertext lie in a page.
#[allow(non_camel_case_types, reason = "the name that C uses")]
pub type pagecrypt_format = i32;
/// Turso's format, version 0. Pages from 2 on are bound to nothing: whoever can write the file can put an older page,
/// or one of another place, where he likes.
pub const PAGECRYPT_FORMAT_TURSO: pagecrypt_format = 1;

/// Length of the smallest page, in bytes.
pub const PAGECRYPT_MIN_PAGE_SIZE: usize = 512;
/// Length of the largest page, in bytes.
pub const PAGECRYPT_MAX_PAGE_SIZE: usize = 65536;
/// The highest page number.
pub const PAGECRYPT_MAX_PAGE_NUMBER: u32 = 4294967294;
/// Length of the part of page 1 that Turso's format leaves in clear, in bytes.
pub const PAGECRYPT_TURSO_HEADER_LENGTH: usize = 100;

/// A codec of Turso's format for pages of `page_size` bytes: a power of two from 512 to 65536. The key may be freed
/// before the codec.
///
/// The last pagecrypt_page_codec_reserved_length bytes of a plaintext page are zero; sealed, they hold tag and nonce.
/// Page 1 begins with SQLite's header, which names the page size and the reserved bytes.
///
/// Errors: PAGECRYPT_ERROR_PAGE_SIZE; PAGECRYPT_ERROR_UNSUPPORTED_FORMAT for a key of ChaCha20-Poly1305.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_page_codec_new_turso(
    key: *const pagecrypt_key,
    page_size: usize,
    codec: *mut *mut pagecrypt_page_codec,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller, handle.
    unsafe { handle::create(codec, error, || PageCodec::turso(handle::borrow(key)?, page_size)) }
}

/// The key's cipher; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_page_codec_cipher(codec: *const pagecrypt_page_codec) -> pagecrypt_cipher {
    // Safety: handle.
    unsafe { handle::get(codec, 0, |codec| number_of_cipher(codec.cipher())) }
}

/// The key's engine; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_page_codec_engine(codec: *const pagecrypt_page_codec) -> pagecrypt_engine {
    // Safety: handle.
    unsafe { handle::get(codec, 0, |codec| number_of_engine(codec.engine())) }
}

/// The format; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_page_codec_format(codec: *const pagecrypt_page_codec) -> pagecrypt_format {
    // Safety: handle.
    value(0, || match unsafe { handle::borrow(codec) }.ok()?.format() {
        Format::Turso => Some(PAGECRYPT_FORMAT_TURSO),
        _ => None,
    })
}

/// Length of a page, in bytes; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_page_codec_page_size(codec: *const pagecrypt_page_codec) -> usize {
    // Safety: handle.
    unsafe { handle::get(codec, 0, PageCodec::page_size) }
}

/// Bytes at the end of each page that hold tag and nonce, and are zero in the plaintext: 28, 32 or 48; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_page_codec_reserved_length(codec: *const pagecrypt_page_codec) -> usize {
    // Safety: handle.
    unsafe { handle::get(codec, 0, PageCodec::reserved_length) }
}

/// Length of a frame of a write-ahead log, in bytes: its header and a page; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_page_codec_frame_length(codec: *const pagecrypt_page_codec) -> usize {
    // Safety: handle.
    unsafe { handle::get(codec, 0, PageCodec::frame_length) }
}

/// The format's name, for example "turso"; NULL for a number that no format has. Static.
#[unsafe(no_mangle)]
pub extern "C" fn pagecrypt_format_name(format: pagecrypt_format) -> *const c_char {
    match format {
        PAGECRYPT_FORMAT_TURSO => c"turso".as_ptr(),
        _ => ptr::null(),
    }
}

/// The number of the page that holds the byte 2^30, where SQLite puts its locks: it is sealed as a page of zeros
/// whatever it holds, and may be a hole. 0 where `page_size` is none.
#[unsafe(no_mangle)]
pub extern "C" fn pagecrypt_pending_byte_page(page_size: usize) -> u32 {
    value(0, || pending_byte_page(page_size).ok())
}

/// Works on pages or frames in one buffer.
///
/// # Safety
/// The pointers are those of the call.
pub(crate) unsafe fn in_place(
    codec: *const pagecrypt_page_codec,
    run: *mut u8,
    length: usize,
    error: *mut *mut pagecrypt_error,
    work: impl FnOnce(&PageCodec, &mut [u8]) -> Result<(), Error>,
) -> pagecrypt_status {
    // Safety: caller, handle; there is only one buffer.
    unsafe {
        call(error, || {
            let codec = handle::borrow(codec)?;
            Span::new(run, length, "the buffer is NULL")?;
            work(codec, output(run, length))
        })
    }
}

/// Works on pages or frames from one buffer into another, which may be the same.
///
/// # Safety
/// The pointers are those of the call.
#[allow(clippy::too_many_arguments, reason = "most are those of the call")]
pub(crate) unsafe fn into(
    codec: *const pagecrypt_page_codec,
    from: *const u8,
    from_length: usize,
    to: *mut u8,
    to_length: usize,
    error: *mut *mut pagecrypt_error,
    same: impl FnOnce(&PageCodec, &mut [u8]) -> Result<(), Error>,
    apart: impl FnOnce(&PageCodec, &[u8], &mut [u8]) -> Result<(), Error>,
) -> pagecrypt_status {
    // Safety: caller, handle, apart.
    unsafe {
        call(error, || {
            let codec = handle::borrow(codec)?;
            match TextSpans::new(from, from_length, to, to_length)?.borrow(from, to) {
                (None, run) => same(codec, run),
                (Some(from), to) => apart(codec, from, to),
            }
        })
    }
}

/// Seals `length` bytes of pages in place, or none of them.
///
/// Errors: PAGECRYPT_ERROR_BUFFER_LENGTH, PAGECRYPT_ERROR_PAGE_NUMBER, PAGECRYPT_ERROR_MALFORMED where reserved bytes
/// are not zero or page 1's header does not fit, PAGECRYPT_ERROR_USAGE_LIMIT, PAGECRYPT_ERROR_RANDOM_SOURCE.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_seal_pages(
    codec: *const pagecrypt_page_codec,
    first: u32,
    pages: *mut u8,
    length: usize,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller.
    unsafe { in_place(codec, pages, length, error, |codec, pages| codec.seal_pages(first, pages)) }
}

/// Seals pages from one buffer into another of the same length.
///
/// Errors: as pagecrypt_seal_pages; PAGECRYPT_ERROR_OVERLAP.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_seal_pages_into(
    codec: *const pagecrypt_page_codec,
    first: u32,
    from: *const u8,
    from_length: usize,
    to: *mut u8,
    to_length: usize,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    let same = |codec: &PageCodec, pages: &mut [u8]| codec.seal_pages(first, pages);
    let apart = |codec: &PageCodec, from: &[u8], to: &mut [u8]| codec.seal_pages_into(first, from, to);
    // Safety: caller.
    unsafe { into(codec, from, from_length, to, to_length, error, same, apart) }
}

/// Opens `length` bytes of pages in place. Pages that are not authentic are overwritten with zeros; the others are
/// open. To keep the ciphertext, use pagecrypt_open_pages_into.
///
/// Errors: PAGECRYPT_ERROR_AUTHENTICATION_FAILED, whose numbers are the pages that failed. Before anything is written:
/// PAGECRYPT_ERROR_BUFFER_LENGTH, PAGECRYPT_ERROR_PAGE_NUMBER, and for page 1's header PAGECRYPT_ERROR_NOT_ENCRYPTED,
/// PAGECRYPT_ERROR_UNSUPPORTED_FORMAT, PAGECRYPT_ERROR_CIPHER_MISMATCH, PAGECRYPT_ERROR_MALFORMED.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_open_pages(
    codec: *const pagecrypt_page_codec,
    first: u32,
    pages: *mut u8,
    length: usize,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller.
    unsafe { in_place(codec, pages, length, error, |codec, pages| codec.open_pages(first, pages)) }
}

/// Opens pages from one buffer into another of the same length; `from` stays as it is.
///
/// Errors: as pagecrypt_open_pages; PAGECRYPT_ERROR_OVERLAP.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_open_pages_into(
    codec: *const pagecrypt_page_codec,
    first: u32,
    from: *const u8,
    from_length: usize,
    to: *mut u8,
    to_length: usize,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    let same = |codec: &PageCodec, pages: &mut [u8]| codec.open_pages(first, pages);
    let apart = |codec: &PageCodec, from: &[u8], to: &mut [u8]| codec.open_pages_into(first, from, to);
    // Safety: caller.
    unsafe { into(codec, from, from_length, to, to_length, error, same, apart) }
}

/// Frees a codec. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_page_codec_free(codec: *mut pagecrypt_page_codec) {
    // Safety: handle.
    unsafe { handle::free(codec) };
}

/// Reads what page 1's header says without a key: give the first 100 bytes of an encrypted database; more are ignored.
/// Nothing of it is authenticated before page 1 is opened. Outputs may be NULL.
///
/// Errors: PAGECRYPT_ERROR_NOT_ENCRYPTED for a plain SQLite database, PAGECRYPT_ERROR_UNSUPPORTED_FORMAT for anything
/// else that is not of this format or version, PAGECRYPT_ERROR_MALFORMED where the header contradicts itself.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_turso_header_parse(
    bytes: *const u8,
    length: usize,
    version: *mut u8,
    cipher: *mut pagecrypt_cipher,
    page_size: *mut usize,
    reserved_length: *mut usize,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller.
    unsafe {
        clear(version);
        clear(cipher);
        clear(page_size);
        clear(reserved_length);
        call(error, || {
            Span::new(bytes, length, "`bytes` is NULL")?;
            let header = Header::parse(input(bytes, length))?;
            set(version, header.version);
            set(cipher, number_of_cipher(header.cipher));
            set(page_size, header.page_size);
            set(reserved_length, header.reserved_length);
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pagecrypt::page;

    #[test]
    fn the_constants_are_the_cores() {
        assert_eq!(PAGECRYPT_MIN_PAGE_SIZE, page::MIN_PAGE_SIZE);
        assert_eq!(PAGECRYPT_MAX_PAGE_SIZE, page::MAX_PAGE_SIZE);
        assert_eq!(PAGECRYPT_MAX_PAGE_NUMBER, page::MAX_PAGE_NUMBER);
        assert_eq!(PAGECRYPT_TURSO_HEADER_LENGTH, page::turso::HEADER_LENGTH);
    }
}
