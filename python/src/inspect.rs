//! What can be seen of files without a key.

use pagecrypt::file::{FileOptions, Inspection, LogInspection, inspect_file_with};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::argument;
use crate::cipher::cipher_member;
use crate::enumeration::file_format_member;
use crate::interpreter::Watch;
use crate::wal::header_fields;

/// Looks at the database `path` and its write-ahead log without a key, and without a lock.
///
/// Gives an Inspection, of which nothing is authenticated. Raises InputOutputError and FilePermissionsError;
/// InvalidArgumentError for what is no file; LockedError where it shrinks meanwhile, or where this process holds
/// locks on it.
#[pyfunction]
pub(crate) fn inspect_file<'py>(path: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let (py, path) = (path.py(), argument::path(path, "path")?);
    let mut watch = Watch::new(None);
    let seen = py.detach(|| {
        let mut step = |done, total| watch.step(done, total);
        inspect_file_with(&path, &mut FileOptions::new().progress(&mut step))
    });
    inspection(py, &watch.outcome(py, seen)?)
}

fn inspection<'py>(py: Python<'py>, seen: &Inspection) -> PyResult<Bound<'py, PyAny>> {
    let fields = PyDict::new(py);
    fields.set_item("format", file_format_member(py, seen.format)?)?;
    fields.set_item("version", seen.version)?;
    fields.set_item("cipher", seen.cipher.map(|cipher| cipher_member(py, cipher)).transpose()?)?;
    fields.set_item("page_size", seen.page_size)?;
    fields.set_item("reserved_length", seen.reserved_length)?;
    fields.set_item("length", seen.length)?;
    fields.set_item("pages", seen.pages)?;
    fields.set_item("header_pages", seen.header_pages)?;
    fields.set_item("trailing_bytes", seen.trailing_bytes)?;
    fields.set_item("problem", seen.problem)?;
    fields.set_item("log", seen.log.as_ref().map(|log| log_inspection(py, log)).transpose()?)?;
    fields.set_item("hot_journal", seen.hot_journal)?;
    py.import("pagecrypt._file")?.getattr("Inspection")?.call((), Some(&fields))
}

fn log_inspection<'py>(py: Python<'py>, log: &LogInspection) -> PyResult<Bound<'py, PyAny>> {
    let header = match &log.header {
        Some(header) => {
            Some(py.import("pagecrypt._wal")?.getattr("WalHeader")?.call1(header_fields(py, header)?)?)
        }
        None => None,
    };
    let fields = PyDict::new(py);
    fields.set_item("length", log.length)?;
    fields.set_item("header", header)?;
    fields.set_item("problem", log.problem)?;
    fields.set_item("frames", log.frames)?;
    fields.set_item("committed", log.committed)?;
    fields.set_item("stale", log.stale)?;
    fields.set_item("committed_pages", log.committed_pages)?;
    fields.set_item("torn_bytes", log.torn_bytes)?;
    py.import("pagecrypt._file")?.getattr("LogInspection")?.call((), Some(&fields))
}
