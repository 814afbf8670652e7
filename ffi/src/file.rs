//! Whole files
//!
//! Making one database file of another. Paths are NUL-terminated, in the system's encoding. A destination appears
//! under its name when it is complete, and is left as it was on an error; sources are only read.
//!
//! The library carries a SQLite of its own. Where this process has the database open through another copy of SQLite,
//! mind POSIX locks: closing a file takes away all of them that the *same process* holds on it. On Linux these
//! functions refuse a file that this process holds such locks on (PAGECRYPT_LOCKED_BY_THIS_PROCESS); elsewhere, and
//! for locks that are taken meanwhile, it is for the caller to close the database, or to do this work in another
//! process.

use std::ffi::{c_char, c_void};
use std::ops::ControlFlow;
use std::path::Path;
use std::ptr;
use std::time::Duration;

use pagecrypt::file::{FileOptions, Summary, Way, decrypt_file};
use pagecrypt::{Error, Key};

use crate::border::call::{call, clear, set, value};
use crate::border::handle::{self, opaque};
use crate::border::strings::path;
use crate::cipher::{number_of_cipher, pagecrypt_cipher};
use crate::engine::{number_of_engine, pagecrypt_engine};
use crate::error::pagecrypt_error;
use crate::key::pagecrypt_key;
use crate::status::pagecrypt_status;

/// How the functions on whole files work. Setters change it: one thread at a time. Where one is asked for, NULL means
/// the defaults.
#[allow(non_camel_case_types, reason = "the name that C uses")]
#[derive(Debug)]
pub struct pagecrypt_file_options {
    _opaque: [u8; 0],
}

opaque!(pagecrypt_file_options(Options) = b"pgcoptio");

/// What a conversion came to. It does not change: any number of threads may look at it.
#[allow(non_camel_case_types, reason = "the name that C uses")]
#[derive(Debug)]
pub struct pagecrypt_summary {
    _opaque: [u8; 0],
}

opaque!(pagecrypt_summary(Summary) = b"pgcsumma");

/// Told now and then how many bytes are done, and how many there are in all (which may still grow), on the thread that
/// called. `context` is what was set with it. Where it returns false, the work stops with PAGECRYPT_ERROR_CANCELLED.
/// It must return, not jump or throw.
#[allow(non_camel_case_types, reason = "the name that C uses")]
pub type pagecrypt_progress =
    Option<unsafe extern "C" fn(context: *mut c_void, done: u64, total: u64) -> bool>;

/// How one file was made of another.
#[allow(non_camel_case_types, reason = "the name that C uses")]
pub type pagecrypt_way = i32;
/// Encrypted: the pages had the reserved bytes they need, and were sealed one after another.
pub const PAGECRYPT_WAY_SEALED: pagecrypt_way = 1;
/// Decrypted: the pages were opened one after another, and keep their reserved bytes.
pub const PAGECRYPT_WAY_OPENED: pagecrypt_way = 2;
/// Encrypted: the pages had other reserved bytes, and SQLite wrote the database anew.
pub const PAGECRYPT_WAY_REBUILT: pagecrypt_way = 3;
/// Decrypted: the content was copied into pages without reserved bytes.
pub const PAGECRYPT_WAY_REPACKED: pagecrypt_way = 4;

/// What stands behind a pagecrypt_file_options.
#[derive(Debug, Clone)]
pub struct Options {
    pub(crate) force: bool,
    pub(crate) wait: Duration,
    pub(crate) threads: usize,
    progress: pagecrypt_progress,
    context: *mut c_void,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            force: false,
            wait: FileOptions::new().wait,
            threads: 0,
            progress: None,
            context: ptr::null_mut(),
        }
    }
}

impl Options {
    /// The caller's progress function as the core calls it.
    pub(crate) fn progress(&self) -> Option<impl FnMut(u64, u64) -> ControlFlow<()>> {
        let (progress, context) = (self.progress?, self.context);
        Some(move |done, total| {
            // Safety: caller; the core calls it on this thread, during this call.
            if unsafe { progress(context, done, total) } {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        })
    }
}

/// The caller's options, or the defaults.
/// # Safety
/// As [`handle::borrow`].
pub(crate) unsafe fn options_of(options: *const pagecrypt_file_options) -> Result<Options, Error> {
    if options.is_null() {
        return Ok(Options::default());
    }
    // Safety: as this function's own.
    unsafe { handle::borrow(options).cloned() }
}

/// Options with the defaults; NULL only for want of memory. Free them with pagecrypt_file_options_free.
#[unsafe(no_mangle)]
pub extern "C" fn pagecrypt_file_options_new() -> *mut pagecrypt_file_options {
    value(ptr::null_mut(), || Some(handle::make(Options::default())))
}

/// # Safety
/// The pointer is that of the call.
unsafe fn change(options: *mut pagecrypt_file_options, change: impl FnOnce(&mut Options)) {
    // Safety: caller, handle. NULL and foreign handles are left alone.
    value((), || unsafe { handle::borrow_mut(options) }.ok().map(change));
}

/// Whether an existing destination is replaced. Default: false, PAGECRYPT_ERROR_FILE_EXISTS.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_file_options_set_force(options: *mut pagecrypt_file_options, force: bool) {
    // Safety: caller, handle.
    unsafe { change(options, |options| options.force = force) };
}

/// How long to wait for another program that is just writing to the database. Default: 5000 milliseconds.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_file_options_set_wait(
    options: *mut pagecrypt_file_options,
    milliseconds: u64,
) {
    // Safety: caller, handle.
    unsafe { change(options, |options| options.wait = Duration::from_millis(milliseconds)) };
}

/// How many threads pagecrypt_verify_file uses. Default: 0, as many as the CPU runs at once. The report is the same.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_file_options_set_threads(
    options: *mut pagecrypt_file_options,
    threads: usize,
) {
    // Safety: caller, handle.
    unsafe { change(options, |options| options.threads = threads) };
}

/// Tells `progress` how far the work is, with `context` as its first argument; both have to be valid as long as the
/// options are used. Default: NULL, nobody is told.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_file_options_set_progress(
    options: *mut pagecrypt_file_options,
    progress: pagecrypt_progress,
    context: *mut c_void,
) {
    // Safety: caller, handle.
    unsafe { change(options, |options| (options.progress, options.context) = (progress, context)) };
}

/// Frees options. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_file_options_free(options: *mut pagecrypt_file_options) {
    // Safety: handle.
    unsafe { handle::free(options) };
}

/// What the three conversions have in common.
/// # Safety
/// The pointers are those of the call.
unsafe fn convert(
    source: *const c_char,
    destination: *const c_char,
    key: *const pagecrypt_key,
    options: *const pagecrypt_file_options,
    summary: *mut *mut pagecrypt_summary,
    error: *mut *mut pagecrypt_error,
    convert: fn(&Path, &Path, &Key, FileOptions<'_>) -> Result<Summary, Error>,
) -> pagecrypt_status {
    // Safety: caller, handle.
    unsafe {
        clear(summary);
        call(error, || {
            let (source, destination) = (path(source)?, path(destination)?);
            let (key, options) = (handle::borrow(key)?, options_of(options)?);
            let mut progress = options.progress();
            let mut how = FileOptions::new().force(options.force).wait(options.wait);
            if let Some(progress) = &mut progress {
                how = how.progress(progress);
            }
            let made = convert(source, destination, key, how)?;
            if !summary.is_null() {
                set(summary, handle::make(made));
            }
            Ok(())
        })
    }
}

/// Encrypts the plain SQLite database `source`, and what is committed in its write-ahead log, into the new file
/// `destination`, in Turso's format. The content stays as VACUUM keeps it. No plaintext gets to the disk.
///
/// `options` and `summary` may be NULL; free `*summary` with pagecrypt_summary_free.
///
/// Errors: PAGECRYPT_ERROR_UNSUPPORTED_FORMAT where the source is no plain SQLite database, or cannot be rebuilt;
/// PAGECRYPT_ERROR_MALFORMED, PAGECRYPT_ERROR_LOCKED, PAGECRYPT_ERROR_FILE_EXISTS, PAGECRYPT_ERROR_INVALID_ARGUMENT
/// for a destination that cannot be one, PAGECRYPT_ERROR_CANCELLED, PAGECRYPT_ERROR_IO,
/// PAGECRYPT_ERROR_FILE_PERMISSIONS, PAGECRYPT_ERROR_USAGE_LIMIT, PAGECRYPT_ERROR_RANDOM_SOURCE.
#[cfg(feature = "sqlite")]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_encrypt_file(
    source: *const c_char,
    destination: *const c_char,
    key: *const pagecrypt_key,
    options: *const pagecrypt_file_options,
    summary: *mut *mut pagecrypt_summary,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // The library shows nobody its SQLite: what else holds locks in this process is another copy.
    pagecrypt_sqlite::declare_sqlite_private();
    // Safety: caller, handle.
    unsafe { convert(source, destination, key, options, summary, error, pagecrypt_sqlite::encrypt_file) }
}

/// Makes the plain SQLite database `destination` of the encrypted database `source` and what is committed in its
/// write-ahead log, page by page; reserved bytes stay, and are zero. The file names its cipher, so that of `key` only
/// the bytes count. `destination` is readable for its owner only.
///
/// `options` and `summary` may be NULL; free `*summary` with pagecrypt_summary_free.
///
/// Errors: PAGECRYPT_ERROR_WRONG_KEY, PAGECRYPT_ERROR_KEY_LENGTH, PAGECRYPT_ERROR_AUTHENTICATION_FAILED for the first
/// damaged page or frame, PAGECRYPT_ERROR_MALFORMED, PAGECRYPT_ERROR_NOT_ENCRYPTED,
/// PAGECRYPT_ERROR_UNSUPPORTED_FORMAT, PAGECRYPT_ERROR_LOCKED, PAGECRYPT_ERROR_FILE_EXISTS,
/// PAGECRYPT_ERROR_INVALID_ARGUMENT for a destination that cannot be one, PAGECRYPT_ERROR_CANCELLED,
/// PAGECRYPT_ERROR_IO, PAGECRYPT_ERROR_FILE_PERMISSIONS.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_decrypt_file(
    source: *const c_char,
    destination: *const c_char,
    key: *const pagecrypt_key,
    options: *const pagecrypt_file_options,
    summary: *mut *mut pagecrypt_summary,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller, handle.
    unsafe { convert(source, destination, key, options, summary, error, decrypt_file) }
}

/// As pagecrypt_decrypt_file, without the reserved bytes: tables and indexes are copied into full pages, rowids
/// included; free pages are left out.
#[cfg(feature = "sqlite")]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_decrypt_file_compact(
    source: *const c_char,
    destination: *const c_char,
    key: *const pagecrypt_key,
    options: *const pagecrypt_file_options,
    summary: *mut *mut pagecrypt_summary,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller, handle.
    unsafe {
        convert(source, destination, key, options, summary, error, pagecrypt_sqlite::decrypt_file_compact)
    }
}

/// The cipher of the encrypted file; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_summary_cipher(summary: *const pagecrypt_summary) -> pagecrypt_cipher {
    // Safety: handle.
    unsafe { handle::get(summary, 0, |summary| number_of_cipher(summary.cipher)) }
}

/// The engine that did it; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_summary_engine(summary: *const pagecrypt_summary) -> pagecrypt_engine {
    // Safety: handle.
    unsafe { handle::get(summary, 0, |summary| number_of_engine(summary.engine)) }
}

/// How it was done; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_summary_way(summary: *const pagecrypt_summary) -> pagecrypt_way {
    // Safety: handle.
    value(0, || match unsafe { handle::borrow(summary) }.ok()?.way {
        Way::Sealed => Some(PAGECRYPT_WAY_SEALED),
        Way::Opened => Some(PAGECRYPT_WAY_OPENED),
        Way::Rebuilt => Some(PAGECRYPT_WAY_REBUILT),
        Way::Repacked => Some(PAGECRYPT_WAY_REPACKED),
        _ => None,
    })
}

/// Length of a page of the source, in bytes; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_summary_source_page_size(summary: *const pagecrypt_summary) -> usize {
    // Safety: handle.
    unsafe { handle::get(summary, 0, |summary| summary.source_page_size) }
}

/// Length of a page of the destination, in bytes: larger than the source's where pages of 512 bytes are too small for
/// the cipher's reserved bytes; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_summary_page_size(summary: *const pagecrypt_summary) -> usize {
    // Safety: handle.
    unsafe { handle::get(summary, 0, |summary| summary.page_size) }
}

/// How many pages the destination has; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_summary_pages(summary: *const pagecrypt_summary) -> u32 {
    // Safety: handle.
    unsafe { handle::get(summary, 0, |summary| summary.pages) }
}

/// Length of the destination, in bytes; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_summary_bytes(summary: *const pagecrypt_summary) -> u64 {
    // Safety: handle.
    unsafe { handle::get(summary, 0, Summary::bytes) }
}

/// How many frames of the source's write-ahead log were taken in; 0 after encrypting, where SQLite does it uncounted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_summary_frames_applied(summary: *const pagecrypt_summary) -> u64 {
    // Safety: handle.
    unsafe { handle::get(summary, 0, |summary| summary.frames_applied) }
}

/// Frees a summary. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_summary_free(summary: *mut pagecrypt_summary) {
    // Safety: handle.
    unsafe { handle::free(summary) };
}
