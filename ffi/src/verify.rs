//! Checking files
//!
//! Every page of an encrypted database and every frame of its write-ahead log, authenticated; and what is damaged.

use std::ffi::{CString, c_char};
use std::num::NonZeroUsize;
use std::ptr;

use pagecrypt::file::{LogReport, Numbers, VerifyOptions, VerifyReport, verify_file};

use crate::border::call::{call, clear, set, value};
use crate::border::handle::{self, opaque};
use crate::border::strings::{address, owned, path};
use crate::cipher::{number_of_cipher, pagecrypt_cipher};
use crate::engine::{number_of_engine, pagecrypt_engine};
use crate::error::pagecrypt_error;
use crate::file::{options_of, pagecrypt_file_options};
use crate::key::pagecrypt_key;
use crate::status::pagecrypt_status;

/// What is right and wrong with an encrypted database. It does not change: any number of threads may look at it.
#[allow(non_camel_case_types, reason = "the name that C uses")]
#[derive(Debug)]
pub struct pagecrypt_verify_report {
    _opaque: [u8; 0],
}

opaque!(pagecrypt_verify_report(Report) = b"pgcrepor");

/// Numbers of pages or frames: first, last and all between them.
#[allow(non_camel_case_types, reason = "the name that C uses")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct pagecrypt_range {
    /// The first number.
    pub first: u32,
    /// The last number; not below the first.
    pub last: u32,
}

/// A report with what C is given addresses of.
#[derive(Debug)]
pub struct Report {
    report: VerifyReport,
    findings: Vec<CString>,
    damaged_header: Vec<CString>,
    damaged: Box<[pagecrypt_range]>,
    missing: Box<[pagecrypt_range]>,
    surplus: Box<[pagecrypt_range]>,
    foreign: Box<[pagecrypt_range]>,
    log_damaged: Box<[pagecrypt_range]>,
    log_problem: Option<CString>,
}

impl From<VerifyReport> for Report {
    fn from(report: VerifyReport) -> Self {
        let log = report.log.as_ref();
        Self {
            findings: report.findings().into_iter().map(owned).collect(),
            damaged_header: report.damaged_header.iter().map(|field| owned(field.name())).collect(),
            damaged: ranges(&report.damaged_pages),
            missing: ranges(&report.missing_pages),
            surplus: ranges(&report.surplus_pages),
            foreign: ranges(&report.foreign_pages),
            log_damaged: log.map(|log| ranges(&log.damaged)).unwrap_or_default(),
            log_problem: log.and_then(|log| log.problem).map(owned),
            report,
        }
    }
}

fn ranges(numbers: &Numbers) -> Box<[pagecrypt_range]> {
    numbers
        .ranges()
        .iter()
        .map(|range| pagecrypt_range { first: *range.start(), last: *range.end() })
        .collect()
}

/// Authenticates every page of the database `path` and every frame of its write-ahead log. Nothing is written. The
/// file names its cipher, so that of `key` only the bytes count.
///
/// The status is PAGECRYPT_OK only where the file is intact. `*report` is set whenever the check ran to its end, also
/// where the status tells of damage; free it with pagecrypt_verify_report_free. `report` may be NULL, and `options`,
/// too.
///
/// Errors: PAGECRYPT_ERROR_AUTHENTICATION_FAILED with the pages or frames that are damaged, PAGECRYPT_ERROR_MALFORMED
/// for a file that was cut or grew. Where nothing could be checked: PAGECRYPT_ERROR_WRONG_KEY,
/// PAGECRYPT_ERROR_KEY_LENGTH, PAGECRYPT_ERROR_NOT_ENCRYPTED, PAGECRYPT_ERROR_UNSUPPORTED_FORMAT,
/// PAGECRYPT_ERROR_LOCKED, PAGECRYPT_ERROR_CANCELLED, PAGECRYPT_ERROR_IO, PAGECRYPT_ERROR_FILE_PERMISSIONS.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_verify_file(
    path: *const c_char,
    key: *const pagecrypt_key,
    options: *const pagecrypt_file_options,
    report: *mut *mut pagecrypt_verify_report,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller, handle.
    unsafe {
        clear(report);
        call(error, || {
            let (path, key, options) = (self::path(path)?, handle::borrow(key)?, options_of(options)?);
            let mut progress = options.progress();
            let mut how = VerifyOptions::new().wait(options.wait);
            how.threads = NonZeroUsize::new(options.threads);
            if let Some(progress) = &mut progress {
                how = how.progress(progress);
            }
            let found = verify_file(path, key, how)?;
            let damage = found.error();
            if !report.is_null() {
                set(report, handle::make(Report::from(found)));
            }
            damage.map_or(Ok(()), Err)
        })
    }
}

/// Whether nothing is damaged; false for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_verify_report_is_intact(report: *const pagecrypt_verify_report) -> bool {
    // Safety: handle.
    unsafe { handle::get(report, false, |report| report.report.is_intact()) }
}

/// The cipher that opens the file; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_verify_report_cipher(
    report: *const pagecrypt_verify_report,
) -> pagecrypt_cipher {
    // Safety: handle.
    unsafe { handle::get(report, 0, |report| number_of_cipher(report.report.cipher)) }
}

/// The engine that opened it; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_verify_report_engine(
    report: *const pagecrypt_verify_report,
) -> pagecrypt_engine {
    // Safety: handle.
    unsafe { handle::get(report, 0, |report| number_of_engine(report.report.engine)) }
}

/// Length of a page, in bytes; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_verify_report_page_size(report: *const pagecrypt_verify_report) -> usize {
    // Safety: handle.
    unsafe { handle::get(report, 0, |report| report.report.page_size) }
}

/// How many pages the database has, its write-ahead log applied.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_verify_report_pages(report: *const pagecrypt_verify_report) -> u32 {
    // Safety: handle.
    unsafe { handle::get(report, 0, |report| report.report.pages) }
}

/// How many whole pages of the main file were checked.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_verify_report_pages_checked(
    report: *const pagecrypt_verify_report,
) -> u32 {
    // Safety: handle.
    unsafe { handle::get(report, 0, |report| report.report.pages_checked) }
}

/// Bytes behind the last whole page that do not belong to the database.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_verify_report_trailing_bytes(
    report: *const pagecrypt_verify_report,
) -> u64 {
    // Safety: handle.
    unsafe { handle::get(report, 0, |report| report.report.trailing_bytes) }
}

/// How many sentences pagecrypt_verify_report_finding has.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_verify_report_finding_count(
    report: *const pagecrypt_verify_report,
) -> usize {
    // Safety: handle.
    unsafe { handle::get(report, 0, |report| report.findings.len()) }
}

/// What is damaged, a sentence for each `index` from 0; NULL beyond the last. Valid until the report is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_verify_report_finding(
    report: *const pagecrypt_verify_report,
    index: usize,
) -> *const c_char {
    // Safety: handle.
    unsafe { handle::get(report, ptr::null(), |report| address(report.findings.get(index))) }
}

/// How many fields pagecrypt_verify_report_damaged_header has.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_verify_report_damaged_header_count(
    report: *const pagecrypt_verify_report,
) -> usize {
    // Safety: handle.
    unsafe { handle::get(report, 0, |report| report.damaged_header.len()) }
}

/// The name of a damaged field of page 1's header, for each `index` from 0: with these fields put right, page 1 opens.
/// NULL beyond the last. Valid until the report is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_verify_report_damaged_header(
    report: *const pagecrypt_verify_report,
    index: usize,
) -> *const c_char {
    // Safety: handle.
    unsafe { handle::get(report, ptr::null(), |report| address(report.damaged_header.get(index))) }
}

/// Hands out the ranges that `choose` gives.
/// # Safety
/// The pointers are those of the call.
unsafe fn list(
    report: *const pagecrypt_verify_report,
    length: *mut usize,
    choose: impl FnOnce(&Report) -> &[pagecrypt_range],
) -> *const pagecrypt_range {
    // Safety: caller.
    unsafe { clear(length) };
    value(ptr::null(), || {
        // Safety: handle.
        let ranges = choose(unsafe { handle::borrow(report) }.ok()?);
        // Safety: caller.
        unsafe { set(length, ranges.len()) };
        (!ranges.is_empty()).then_some(ranges.as_ptr())
    })
}

/// Pages of the main file that are damaged or forged, as ascending ranges that do not touch; `*length` becomes how
/// many ranges there are. NULL where there are none. Valid until the report is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_verify_report_damaged_pages(
    report: *const pagecrypt_verify_report,
    length: *mut usize,
) -> *const pagecrypt_range {
    // Safety: caller, handle.
    unsafe { list(report, length, |report| &report.damaged) }
}

/// Pages that neither the file nor the log holds: the file was cut. As pagecrypt_verify_report_damaged_pages.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_verify_report_missing_pages(
    report: *const pagecrypt_verify_report,
    length: *mut usize,
) -> *const pagecrypt_range {
    // Safety: caller, handle.
    unsafe { list(report, length, |report| &report.missing) }
}

/// Pages behind the database's last one that open under the key: left over, and no damage. As
/// pagecrypt_verify_report_damaged_pages.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_verify_report_surplus_pages(
    report: *const pagecrypt_verify_report,
    length: *mut usize,
) -> *const pagecrypt_range {
    // Safety: caller, handle.
    unsafe { list(report, length, |report| &report.surplus) }
}

/// Pages behind the database's last one that are not its own. As pagecrypt_verify_report_damaged_pages.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_verify_report_foreign_pages(
    report: *const pagecrypt_verify_report,
    length: *mut usize,
) -> *const pagecrypt_range {
    // Safety: caller, handle.
    unsafe { list(report, length, |report| &report.foreign) }
}

/// Whether there is a write-ahead log. Where there is none, what follows is 0 or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_verify_report_has_log(report: *const pagecrypt_verify_report) -> bool {
    // Safety: caller, handle.
    unsafe { log(report, false, |_| true) }
}

/// What `choose` gives of the log, or `otherwise`.
/// # Safety
/// The pointer is that of the call.
unsafe fn log<T>(
    report: *const pagecrypt_verify_report,
    otherwise: T,
    choose: impl FnOnce(&LogReport) -> T,
) -> T {
    // Safety: handle.
    value(otherwise, || unsafe { handle::borrow(report) }.ok()?.report.log.as_ref().map(choose))
}

/// How many whole frames the log has.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_verify_report_log_frames(report: *const pagecrypt_verify_report) -> u64 {
    // Safety: caller, handle.
    unsafe { log(report, 0, |log| log.frames) }
}

/// How many of the frames, from the first, are part of the database.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_verify_report_log_committed(
    report: *const pagecrypt_verify_report,
) -> u64 {
    // Safety: caller, handle.
    unsafe { log(report, 0, |log| log.committed) }
}

/// How many frames follow that no commit ended: a program stopped, or is at it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_verify_report_log_uncommitted(
    report: *const pagecrypt_verify_report,
) -> u64 {
    // Safety: caller, handle.
    unsafe { log(report, 0, |log| log.uncommitted) }
}

/// How many frames are left over from before a checkpoint. They count for nothing and are not opened.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_verify_report_log_stale(report: *const pagecrypt_verify_report) -> u64 {
    // Safety: caller, handle.
    unsafe { log(report, 0, |log| log.stale) }
}

/// Bytes behind the log's last whole frame: a program stopped while it wrote.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_verify_report_log_torn_bytes(
    report: *const pagecrypt_verify_report,
) -> u64 {
    // Safety: caller, handle.
    unsafe { log(report, 0, |log| log.torn_bytes) }
}

/// Frames, from 1, that are damaged, forged, or not in their place. As pagecrypt_verify_report_damaged_pages.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_verify_report_log_damaged(
    report: *const pagecrypt_verify_report,
    length: *mut usize,
) -> *const pagecrypt_range {
    // Safety: caller, handle.
    unsafe { list(report, length, |report| &report.log_damaged) }
}

/// What is wrong with the log's header, so that it cannot be applied; NULL if nothing. Valid until the report is
/// freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_verify_report_log_problem(
    report: *const pagecrypt_verify_report,
) -> *const c_char {
    // Safety: handle.
    unsafe { handle::get(report, ptr::null(), |report| address(report.log_problem.as_ref())) }
}

/// Frees a report. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_verify_report_free(report: *mut pagecrypt_verify_report) {
    // Safety: handle.
    unsafe { handle::free(report) };
}
