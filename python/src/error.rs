//! Errors of the core as exceptions of `pagecrypt._errors`.

use std::io;
use std::path::Path;

use pagecrypt::{Error, ErrorCode, KeyTextProblem};
use pyo3::exceptions::PySystemError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{IntoPyDict, PyDict, PyTuple};

use crate::cipher::cipher_member;
use crate::enumeration::{locked_by_member, unit_member};

/// The number of an existing file, which is the same on all systems that have such numbers.
const EEXIST: i32 = 17;

/// Every code: name, number and exit code.
#[pyfunction]
pub(crate) fn error_rows() -> Vec<(&'static str, u16, u8)> {
    ErrorCode::ALL.iter().map(|code| (code.name(), code.number(), code.exit_code())).collect()
}

/// Results of the core as results of Python.
pub(crate) trait OrRaise<T> {
    /// The value, or the error as an exception.
    fn or_raise(self, py: Python<'_>) -> PyResult<T>;
}

impl<T> OrRaise<T> for Result<T, Error> {
    fn or_raise(self, py: Python<'_>) -> PyResult<T> {
        self.map_err(|error| exception(py, &error))
    }
}

/// The exception for an error.
#[cold]
pub(crate) fn exception(py: Python<'_>, error: &Error) -> PyErr {
    build(py, error).map_or_else(|failure| failure, PyErr::from_value)
}

/// The exception for a destination that is there already.
#[cold]
pub(crate) fn exists(py: Python<'_>, destination: &Path) -> PyErr {
    let error = io::Error::from(io::ErrorKind::AlreadyExists);
    let make = || of_system(py, &Error::FileExists, Some(EEXIST), &error, destination);
    make().map_or_else(|failure| failure, PyErr::from_value)
}

/// The exception for a page size that is no length of anything.
#[cold]
pub(crate) fn wrong_page_size(got: &Bound<'_, PyAny>) -> PyErr {
    let py = got.py();
    let make = || {
        let message = format!("wrong page size: expected a power of two from 512 to 65536, got {got}");
        class(py, ErrorCode::PageSize)?.call((message,), Some(&[("got", got)].into_py_dict(py)?))
    };
    make().map_or_else(|failure| failure, PyErr::from_value)
}

/// An argument whose type cannot rule the value out.
#[cold]
pub(crate) fn invalid_argument(py: Python<'_>, what: &'static str) -> PyErr {
    exception(py, &Error::InvalidArgument(what))
}

fn build<'py>(py: Python<'py>, error: &Error) -> PyResult<Bound<'py, PyAny>> {
    let class = class(py, error.code())?;
    let message = error.to_string();
    let details = PyDict::new(py);
    match error {
        Error::AuthenticationFailed(failures) => {
            details.set_item("unit", unit_member(py, failures.unit())?)?;
            details.set_item("first", failures.first())?;
            details.set_item("count", failures.count())?;
            details.set_item("numbers", PyTuple::new(py, failures.numbers())?)?;
        }
        Error::KeyLength { expected, got } | Error::BufferLength { expected, got } => {
            details.set_item("expected", expected)?;
            details.set_item("got", got)?;
        }
        Error::CipherMismatch { expected, got } => {
            details.set_item("expected", cipher_member(py, *expected)?)?;
            details.set_item("got", cipher_member(py, *got)?)?;
        }
        Error::MeteredSize { stored, actual } => {
            details.set_item("stored", stored)?;
            details.set_item("actual", actual)?;
        }
        Error::PageSize(got)
        | Error::KeyText(KeyTextProblem::Length { got } | KeyTextProblem::Base64Length { got }) => {
            details.set_item("got", got)?
        }
        Error::Locked(by) => details.set_item("locked_by", locked_by_member(py, *by)?)?,
        Error::WrongKey { only_page } => details.set_item("only_page", only_page)?,
        Error::Io(io) => {
            let source = io.source_error();
            return of_system(py, error, source.raw_os_error(), source, io.path());
        }
        _ => {}
    }
    class.call((message,), Some(&details))
}

/// An exception that is an `OSError`, too.
fn of_system<'py>(
    py: Python<'py>,
    error: &Error,
    number: Option<i32>,
    source: &io::Error,
    path: &Path,
) -> PyResult<Bound<'py, PyAny>> {
    let details = [("message", error.to_string())].into_py_dict(py)?;
    let arguments = (number, source.to_string(), path.as_os_str());
    class(py, error.code())?.call_method("_of_system", arguments, Some(&details))
}

/// The class of a code.
fn class(py: Python<'_>, code: ErrorCode) -> PyResult<Bound<'_, PyAny>> {
    static CLASSES: PyOnceLock<Py<PyDict>> = PyOnceLock::new();
    let classes = CLASSES.get_or_try_init(py, || {
        py.import("pagecrypt._errors")?
            .getattr("CLASSES")?
            .cast_into::<PyDict>()
            .map(Bound::unbind)
            .map_err(PyErr::from)
    })?;
    classes
        .bind(py)
        .get_item(code.number())?
        .ok_or_else(|| PySystemError::new_err(format!("no exception for the code {code}")))
}
