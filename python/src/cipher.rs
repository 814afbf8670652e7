//! Ciphers, as members of the Python enumeration.

use pagecrypt::{Cipher, Error};
use pyo3::Borrowed;
use pyo3::exceptions::{PyOverflowError, PyTypeError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyString;

use crate::engine::engine_member;
use crate::error::{OrRaise as _, exception, type_name};

/// A `Cipher` or any spelling of its name.
pub(crate) struct CipherLike(pub(crate) Cipher);

impl<'py> FromPyObject<'_, 'py> for CipherLike {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let Ok(name) = object.cast::<PyString>() else {
            return Err(PyTypeError::new_err(format!("expected a Cipher or its name, got {}", type_name(&object))));
        };
        // A text that is not Unicode is no name either.
        name.to_str().unwrap_or_default().parse().or_raise(object.py()).map(Self)
    }
}

type Row = (&'static str, u8, &'static str, usize, usize, usize, usize, u64, Option<u64>);

/// Every cipher: name, number, hyphenated name, lengths of key, nonce, tag and reserved bytes, limits.
#[pyfunction]
pub(crate) fn cipher_rows() -> Vec<Row> {
    let row = |cipher: Cipher| {
        (
            cipher.name(),
            cipher.number(),
            cipher.hyphenated_name(),
            cipher.key_length(),
            cipher.nonce_length(),
            cipher.tag_length(),
            cipher.reserved_length(),
            cipher.max_message_length(),
            cipher.max_random_seals(),
        )
    };
    Cipher::ALL.into_iter().map(row).collect()
}

/// The cipher of this name, in any spelling.
#[pyfunction]
pub(crate) fn cipher_from_name<'py>(py: Python<'py>, name: CipherLike) -> PyResult<Bound<'py, PyAny>> {
    cipher_member(py, name.0)
}

/// The cipher with this number.
#[pyfunction]
pub(crate) fn cipher_from_number<'py>(number: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = number.py();
    let number: u8 = number.extract().map_err(|error: PyErr| {
        if error.is_instance_of::<PyOverflowError>(py) { exception(py, &Error::UnknownCipher) } else { error }
    })?;
    cipher_member(py, Cipher::from_number(number).or_raise(py)?)
}

/// The engine that serves a cipher's keys on this CPU.
#[pyfunction]
pub(crate) fn cipher_engine<'py>(py: Python<'py>, cipher: CipherLike) -> PyResult<Bound<'py, PyAny>> {
    engine_member(py, cipher.0.engine().or_raise(py)?)
}

/// The member of the enumeration.
pub(crate) fn cipher_member<'py>(py: Python<'py>, cipher: Cipher) -> PyResult<Bound<'py, PyAny>> {
    static MEMBERS: PyOnceLock<Vec<Py<PyAny>>> = PyOnceLock::new();
    let members = MEMBERS.get_or_try_init(py, || members(py, "Cipher", Cipher::ALL.map(Cipher::name)))?;
    Ok(members[usize::from(cipher.number()) - 1].bind(py).clone())
}

/// The members of an enumeration of `pagecrypt._enums` that have these values.
pub(crate) fn members(
    py: Python<'_>,
    enumeration: &str,
    values: impl IntoIterator<Item = &'static str>,
) -> PyResult<Vec<Py<PyAny>>> {
    let enumeration = py.import("pagecrypt._enums")?.getattr(enumeration)?;
    values.into_iter().map(|value| enumeration.call1((value,)).map(Bound::unbind)).collect()
}
