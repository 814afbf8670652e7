//! Keys that make tokens of paths.

use pagecrypt::record::bound;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::argument;
use crate::border::buffer::Readable;
use crate::error::OrRaise as _;

/// The key that makes tokens of paths: 32 random bytes of a store, which stay when its data keys are rotated,
/// so that a path keeps its token.
///
/// Made by `TokenKey.generate` and `TokenKey.from_bytes`. It is wiped when the last object that uses it is gone,
/// compared in constant time, and never shown by `repr`, pickled or copied; only `to_bytes` gives it away.
#[pyclass(frozen, module = "pagecrypt")]
pub(crate) struct TokenKey(bound::TokenKey);

#[pymethods]
impl TokenKey {
    /// A new token key from the operating system's random generator. Raises RandomSourceError.
    #[staticmethod]
    fn generate(py: Python<'_>) -> PyResult<Self> {
        bound::TokenKey::generate().or_raise(py).map(Self)
    }

    /// A token key from its 32 bytes. Raises KeyLengthError. What you pass in is yours to wipe.
    #[staticmethod]
    fn from_bytes(secret: &Bound<'_, PyAny>) -> PyResult<Self> {
        let bytes = Readable::of(secret, "secret")?;
        bound::TokenKey::from_bytes(bytes.bytes()).or_raise(secret.py()).map(Self)
    }

    /// The secret itself, to be kept in a keyring: 32 bytes, in memory that Python does not wipe.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.0.as_bytes())
    }

    /// The token of a path: 32 bytes. Paths are compared byte by byte, so bring text into one form before.
    fn token<'py>(&self, path: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>> {
        let token = self.0.token(Readable::of(path, "path")?.bytes());
        Ok(PyBytes::new(path.py(), &token))
    }

    fn __eq__(&self, other: &Self) -> bool {
        self.0 == other.0
    }

    fn __repr__(&self) -> &'static str {
        "<pagecrypt.TokenKey>"
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err(
            "a TokenKey cannot be pickled, so that it gets nowhere unseen: send what to_bytes() gives, protected, and \
             make the key again",
        ))
    }

    fn __copy__(&self) -> PyResult<()> {
        Err(not_copied())
    }

    fn __deepcopy__(&self, _memo: &Bound<'_, PyAny>) -> PyResult<()> {
        Err(not_copied())
    }
}

impl TokenKey {
    /// The key of the argument `token_key`.
    pub(crate) fn of<'a>(object: &'a Bound<'_, PyAny>) -> PyResult<&'a bound::TokenKey> {
        let key = object.cast::<Self>().map(|key| &key.get().0);
        key.map_err(|_| argument::wrong_type("token_key", "a TokenKey", object))
    }
}

fn not_copied() -> PyErr {
    PyTypeError::new_err("a TokenKey cannot be copied, and need not be: it never changes, so share it")
}
