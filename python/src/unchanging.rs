//! Bytes that stay what they are while they are looked at more than once.

use pyo3::prelude::*;
use pyo3::types::PyBytes;
use zeroize::Zeroizing;

use crate::border::buffer::Readable;

/// What is read: a `bytes` object as it is, which nobody can change, and of any other buffer a copy, wiped afterwards.
pub(crate) enum Unchanging<'py> {
    Object(Bound<'py, PyBytes>),
    Copy(Zeroizing<Vec<u8>>),
}

impl<'py> Unchanging<'py> {
    /// The bytes of the argument `name`.
    pub(crate) fn of(object: &Bound<'py, PyAny>, name: &str) -> PyResult<Self> {
        match object.cast_exact() {
            Ok(object) => Ok(Self::Object(object.clone())),
            Err(_) => Ok(Self::Copy(Zeroizing::new(Readable::of(object, name)?.bytes().to_vec()))),
        }
    }

    /// The bytes.
    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            Self::Object(object) => object.as_bytes(),
            Self::Copy(copy) => copy,
        }
    }
}
