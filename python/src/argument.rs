//! Arguments: their types, and what is said where another is given. The core checks what values they may have.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use pagecrypt::record::bound::Padding;
use pagecrypt::{Cipher, Encoding, Engine, Error, record};
use pyo3::exceptions::{PyOverflowError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::border::buffer::Readable;
use crate::error::{OrRaise as _, exception, invalid_argument, wrong_page_size};
use crate::key::Key;

/// "`name` must be a page, not a book".
#[cold]
pub(crate) fn wrong_type(name: &str, expected: &str, got: &Bound<'_, PyAny>) -> PyErr {
    PyTypeError::new_err(format!("{name} must be {expected}, not {}", type_name(got)))
}

/// The name of an object's type.
pub(crate) fn type_name(object: &Bound<'_, PyAny>) -> String {
    object.get_type().name().map_or_else(|_| "another object".to_owned(), |name| name.to_string())
}

/// A key.
pub(crate) fn key<'a>(object: &'a Bound<'_, PyAny>) -> PyResult<&'a pagecrypt::Key> {
    object.cast::<Key>().map(|key| &key.get().0).map_err(|_| wrong_type("key", "a Key", object))
}

/// A `Cipher` or any spelling of its name.
pub(crate) fn cipher(object: &Bound<'_, PyAny>, name: &str) -> PyResult<Cipher> {
    word(object, name, "a Cipher or its name")?.parse().or_raise(object.py())
}

/// An `Engine` or its name; whether it runs here is not asked.
pub(crate) fn engine(object: &Bound<'_, PyAny>, name: &str) -> PyResult<Engine> {
    let word = word(object, name, "an Engine or its name")?;
    let engine = Engine::ALL.into_iter().find(|engine| engine.name().eq_ignore_ascii_case(word));
    engine.ok_or(Error::UnknownEngine).or_raise(object.py())
}

/// An `Encoding` or its name.
pub(crate) fn encoding(object: &Bound<'_, PyAny>) -> PyResult<Encoding> {
    match word(object, "encoding", "an Encoding or its name")? {
        "base64" => Ok(Encoding::Base64),
        "hex" => Ok(Encoding::Hex),
        _ => Err(invalid_argument(object.py(), "the encoding is neither base64 nor hex")),
    }
}

/// A `Format` or its name: there is one. Left out, it is that one.
pub(crate) fn check_format(object: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
    match object {
        Some(object)
            if word(object, "format", "a Format or its name")? != pagecrypt::page::Format::Turso.name() =>
        {
            Err(invalid_argument(object.py(), "the format is not turso"))
        }
        _ => Ok(()),
    }
}

/// A `RecordFormat` or its name.
pub(crate) fn record_format(object: &Bound<'_, PyAny>) -> PyResult<record::Format> {
    word(object, "format", "a RecordFormat or its name")?.parse().or_raise(object.py())
}

/// A `Padding` or its name.
pub(crate) fn padding(object: &Bound<'_, PyAny>) -> PyResult<Padding> {
    word(object, "padding", "a Padding or its name")?.parse().or_raise(object.py())
}

/// A short text; what is not Unicode is no name of anything.
pub(crate) fn word<'a>(object: &'a Bound<'_, PyAny>, name: &str, expected: &str) -> PyResult<&'a str> {
    let text = object.cast::<PyString>().map_err(|_| wrong_type(name, expected, object))?;
    Ok(text.to_str().unwrap_or_default())
}

/// The number of a page or frame.
pub(crate) fn page_number(object: &Bound<'_, PyAny>, name: &str) -> PyResult<u32> {
    integer(object, name, || exception(object.py(), &Error::PageNumber))
}

/// A page size, in bytes.
pub(crate) fn page_size(object: &Bound<'_, PyAny>) -> PyResult<usize> {
    integer(object, "page_size", || wrong_page_size(object))
}

/// An integer, or `too_large` where it does not fit.
pub(crate) fn integer<T>(
    object: &Bound<'_, PyAny>,
    name: &str,
    too_large: impl FnOnce() -> PyErr,
) -> PyResult<T>
where
    T: for<'a, 'py> FromPyObject<'a, 'py, Error = PyErr>,
{
    object.extract().map_err(|error: PyErr| {
        let py = object.py();
        if error.is_instance_of::<PyOverflowError>(py) {
            too_large()
        } else if error.is_instance_of::<PyTypeError>(py) {
            wrong_type(name, "an int", object)
        } else {
            error
        }
    })
}

/// An integer of the type `T`, or an error that says its `range`.
pub(crate) fn number<T>(object: &Bound<'_, PyAny>, name: &str, range: &'static str) -> PyResult<T>
where
    T: for<'a, 'py> FromPyObject<'a, 'py, Error = PyErr>,
{
    integer(object, name, || invalid_argument(object.py(), range))
}

/// Exactly `N` bytes, for example an id.
pub(crate) fn array<const N: usize>(object: &Bound<'_, PyAny>, name: &str) -> PyResult<[u8; N]> {
    let bytes = Readable::of(object, name)?;
    let got = bytes.bytes().len();
    bytes.bytes().try_into().map_err(|_| Error::BufferLength { expected: N, got }).or_raise(object.py())
}

/// What most sequences hold.
pub(crate) const BUFFERS: &str = "a sequence of bytes-like objects";

/// Each item of a sequence, as `make` makes it.
pub(crate) fn each<'py, T>(
    sequence: &Bound<'py, PyAny>,
    name: &str,
    expected: &str,
    make: impl Fn(&Bound<'py, PyAny>, &str) -> PyResult<T>,
) -> PyResult<Vec<T>> {
    up_to(usize::MAX, sequence, name, expected, make)
}

/// Each item of a sequence, of which so many are looked at: it may have no end.
pub(crate) fn up_to<'py, T>(
    most: usize,
    sequence: &Bound<'py, PyAny>,
    name: &str,
    expected: &str,
    make: impl Fn(&Bound<'py, PyAny>, &str) -> PyResult<T>,
) -> PyResult<Vec<T>> {
    let items = sequence.try_iter().map_err(|_| wrong_type(name, expected, sequence))?;
    items
        .take(most)
        .enumerate()
        .map(|(index, item)| {
            let item = item?;
            // The name with its index is made only where it is needed.
            make(&item, name).or_else(|_| make(&item, &format!("{name}[{index}]")))
        })
        .collect()
}

/// A count of seconds, which may be infinite.
pub(crate) fn seconds(object: &Bound<'_, PyAny>, name: &str) -> PyResult<Duration> {
    let py = object.py();
    let seconds = match object.extract::<f64>() {
        Ok(seconds) => seconds,
        Err(error) if error.is_instance_of::<PyTypeError>(py) => {
            return Err(wrong_type(name, "a number of seconds", object));
        }
        // An integer beyond all floats.
        Err(error) if error.is_instance_of::<PyOverflowError>(py) => {
            if object.lt(0)? {
                f64::NEG_INFINITY
            } else {
                f64::INFINITY
            }
        }
        Err(error) => return Err(error),
    };
    if seconds.is_nan() || seconds < 0.0 {
        return Err(invalid_argument(py, "a time to wait is neither negative nor NaN"));
    }
    Ok(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX))
}

/// A path: `str`, `bytes` or `os.PathLike`.
pub(crate) fn path(object: &Bound<'_, PyAny>, name: &str) -> PyResult<PathBuf> {
    let py = object.py();
    let decoded = py.import("os")?.call_method1("fsdecode", (object,)).map_err(|error| {
        if error.is_instance_of::<PyTypeError>(py) {
            wrong_type(name, "str, bytes or os.PathLike", object)
        } else {
            error
        }
    })?;
    let path: OsString = decoded.extract()?;
    if path.as_encoded_bytes().contains(&0) {
        return Err(invalid_argument(py, "a path holds a zero byte"));
    }
    Ok(path.into())
}
