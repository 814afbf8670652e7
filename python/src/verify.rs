//! Checking whole files.

use std::num::NonZeroUsize;

use pagecrypt::file::{LogReport, Numbers, VerifyOptions, VerifyReport};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::argument;
use crate::cipher::cipher_member;
use crate::engine::engine_member;
use crate::error::{exception, invalid_argument};
use crate::file::{progress_of, wait_of};
use crate::interpreter::Watch;

/// Authenticates every page of the encrypted database `path` and every frame of its write-ahead log.
///
/// Nothing is written. The file names its cipher: of the key only the bytes count. `threads` is how many threads
/// work on it, None as many as the CPU runs at once; `wait` and `progress` are those of encrypt_file.
///
/// Gives a VerifyReport of all damage that was found; report.require_intact() raises it. Raises only where nothing
/// can be checked: WrongKeyError, KeyLengthError, NotEncryptedError, UnsupportedFormatError, MalformedError for a
/// file without a whole page 1, LockedError, InputOutputError, FilePermissionsError, CancelledError.
#[pyfunction]
#[pyo3(
    signature = (path, key, *, threads = None, wait = None, progress = None),
    text_signature = "(path, key, *, threads=None, wait=5.0, progress=None)"
)]
pub(crate) fn verify_file<'py>(
    path: &Bound<'py, PyAny>,
    key: &Bound<'py, PyAny>,
    threads: Option<&Bound<'py, PyAny>>,
    wait: Option<&Bound<'py, PyAny>>,
    progress: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let (py, path) = (path.py(), argument::path(path, "path")?);
    let key = argument::key(key)?;
    let (threads, wait) = (threads.map(threads_of).transpose()?, wait_of(wait)?);
    let mut watch = Watch::new(progress_of(progress)?);
    let found = py.detach(|| {
        let mut step = |done, total| watch.step(done, total);
        let mut options = VerifyOptions::new().wait(wait).progress(&mut step);
        options.threads = threads;
        pagecrypt::file::verify_file(&path, key, options)
    });
    report(py, &watch.outcome(py, found)?)
}

fn threads_of(threads: &Bound<'_, PyAny>) -> PyResult<NonZeroUsize> {
    let refused = || invalid_argument(threads.py(), "the number of threads is not 1 or more");
    let threads = argument::integer(threads, "threads", refused)?;
    NonZeroUsize::new(threads).ok_or_else(refused)
}

fn report<'py>(py: Python<'py>, found: &VerifyReport) -> PyResult<Bound<'py, PyAny>> {
    let error = found.error();
    let fields = PyDict::new(py);
    fields.set_item("intact", error.is_none())?;
    fields.set_item("cipher", cipher_member(py, found.cipher)?)?;
    fields.set_item("engine", engine_member(py, found.engine)?)?;
    fields.set_item("page_size", found.page_size)?;
    fields.set_item("pages", found.pages)?;
    fields.set_item("pages_checked", found.pages_checked)?;
    let damaged_header = found.damaged_header.iter().map(|field| field.name());
    fields.set_item("damaged_header", PyTuple::new(py, damaged_header.collect::<Vec<_>>())?)?;
    fields.set_item("damaged_pages", ranges(py, &found.damaged_pages)?)?;
    fields.set_item("missing_pages", ranges(py, &found.missing_pages)?)?;
    fields.set_item("surplus_pages", ranges(py, &found.surplus_pages)?)?;
    fields.set_item("foreign_pages", ranges(py, &found.foreign_pages)?)?;
    fields.set_item("trailing_bytes", found.trailing_bytes)?;
    fields.set_item("log", found.log.as_ref().map(|log| log_report(py, log)).transpose()?)?;
    fields.set_item("findings", PyTuple::new(py, found.findings())?)?;
    let error = error.map(|error| exception(py, &error).into_value(py));
    py.import("pagecrypt._file")?.getattr("VerifyReport")?.call_method("_with_error", (error,), Some(&fields))
}

fn log_report<'py>(py: Python<'py>, log: &LogReport) -> PyResult<Bound<'py, PyAny>> {
    let fields = PyDict::new(py);
    fields.set_item("frames", log.frames)?;
    fields.set_item("committed", log.committed)?;
    fields.set_item("uncommitted", log.uncommitted)?;
    fields.set_item("stale", log.stale)?;
    fields.set_item("torn_bytes", log.torn_bytes)?;
    fields.set_item("damaged", ranges(py, &log.damaged)?)?;
    fields.set_item("problem", log.problem)?;
    py.import("pagecrypt._file")?.getattr("LogReport")?.call((), Some(&fields))
}

/// Numbers as a tuple of `NumberRange`.
fn ranges<'py>(py: Python<'py>, numbers: &Numbers) -> PyResult<Bound<'py, PyTuple>> {
    let class = py.import("pagecrypt._file")?.getattr("NumberRange")?;
    let ranges = numbers.ranges().iter().map(|range| class.call1((*range.start(), *range.end())));
    PyTuple::new(py, ranges.collect::<PyResult<Vec<_>>>()?)
}
