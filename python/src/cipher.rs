//! Ciphers, as members of the Python enumeration.

use pagecrypt::{Cipher, Error};
use pyo3::prelude::*;

use crate::argument;
use crate::engine::engine_member;
use crate::enumeration::Members;
use crate::error::{OrRaise as _, exception};

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
pub(crate) fn cipher_from_name<'py>(name: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    cipher_member(name.py(), argument::cipher(name, "name")?)
}

/// The cipher with this number.
#[pyfunction]
pub(crate) fn cipher_from_number<'py>(number: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = number.py();
    let number = argument::integer(number, "number", || exception(py, &Error::UnknownCipher))?;
    cipher_member(py, Cipher::from_number(number).or_raise(py)?)
}

/// The engine that serves a cipher's keys on this CPU.
#[pyfunction]
pub(crate) fn cipher_engine<'py>(cipher: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = cipher.py();
    engine_member(py, argument::cipher(cipher, "cipher")?.engine().or_raise(py)?)
}

/// The member of the enumeration.
pub(crate) fn cipher_member<'py>(py: Python<'py>, cipher: Cipher) -> PyResult<Bound<'py, PyAny>> {
    static MEMBERS: Members = Members::new("Cipher");
    MEMBERS.get(py, Cipher::ALL.map(Cipher::name), cipher.name())
}
