//! Keys.

use pagecrypt::{Cipher, Encoding, Error, KeyTextProblem};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};
use zeroize::Zeroizing;

use crate::argument;
use crate::border::buffer::Readable;
use crate::cipher::cipher_member;
use crate::engine::engine_member;
use crate::error::OrRaise as _;

/// A secret key of one cipher, and the engine that serves it on this CPU.
///
/// Made by `Key.generate`, `Key.from_bytes` and `Key.from_text`. It is wiped when the last object that uses it is
/// gone, compared in constant time, and never shown by `repr`, pickled or copied; only `to_bytes` and `to_text`
/// give the secret away. It may be used from several threads at once.
#[pyclass(frozen, module = "pagecrypt")]
pub(crate) struct Key(pub(crate) pagecrypt::Key);

#[pymethods]
impl Key {
    /// A new key from the operating system's random generator.
    ///
    /// Raises RandomSourceError, and UnknownEngineError for what PAGECRYPT_ENGINE says.
    #[staticmethod]
    #[pyo3(signature = (cipher = None), text_signature = "(cipher='aegis256')")]
    fn generate(py: Python<'_>, cipher: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        let cipher = cipher.map_or(Ok(Cipher::Aegis256), |cipher| argument::cipher(cipher, "cipher"))?;
        pagecrypt::Key::generate(cipher).or_raise(py).map(Self)
    }

    /// A key of the cipher from its raw bytes: 16 or 32, as the cipher needs.
    ///
    /// Raises KeyLengthError, and UnknownEngineError for what PAGECRYPT_ENGINE says. What you pass in is yours to
    /// wipe.
    #[staticmethod]
    fn from_bytes(secret: &Bound<'_, PyAny>, cipher: &Bound<'_, PyAny>) -> PyResult<Self> {
        let (py, cipher) = (secret.py(), argument::cipher(cipher, "cipher")?);
        let secret = Readable::of(secret, "secret")?;
        pagecrypt::Key::from_bytes(secret.bytes(), cipher).or_raise(py).map(Self)
    }

    /// A key from base64 (standard, padded) or hexadecimal text, told apart by length: 24 or 44 characters are
    /// base64, 32 or 64 hexadecimal. White space around it does not count.
    ///
    /// Without a cipher, 16 bytes make an aegis128l key and 32 bytes an aegis256 one. The text is a str or a buffer
    /// of ASCII, which is yours to wipe.
    ///
    /// Raises KeyTextError; KeyLengthError where the cipher needs another length; UnknownEngineError for what
    /// PAGECRYPT_ENGINE says. None of them holds the text.
    #[staticmethod]
    #[pyo3(signature = (text, cipher = None))]
    fn from_text(text: &Bound<'_, PyAny>, cipher: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        let cipher = cipher.map(|cipher| argument::cipher(cipher, "cipher")).transpose()?;
        KeyText::of(text, "text")?
            .read(KeyTextProblem::Characters, |text| pagecrypt::Key::from_text(text, cipher))
            .or_raise(text.py())
            .map(Self)
    }

    /// The key's cipher.
    #[getter]
    fn cipher<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        cipher_member(py, self.0.cipher())
    }

    /// The engine that serves the key.
    #[getter]
    fn engine<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        engine_member(py, self.0.engine())
    }

    /// How many pages, frames and records this key has sealed, in all the objects that use it.
    #[getter]
    fn seals(&self) -> u64 {
        self.0.seals()
    }

    /// The same key with the best engine that is not above `engine`. It counts its seals anew.
    ///
    /// Raises UnknownEngineError where this CPU does not run it.
    fn with_engine(&self, engine: &Bound<'_, PyAny>) -> PyResult<Self> {
        self.0.with_engine(argument::engine(engine, "engine")?).or_raise(engine.py()).map(Self)
    }

    /// The same secret as a key of another cipher with the same key length. It counts its seals anew.
    ///
    /// Raises KeyLengthError where the cipher needs another length.
    fn with_cipher(&self, cipher: &Bound<'_, PyAny>) -> PyResult<Self> {
        self.0.with_cipher(argument::cipher(cipher, "cipher")?).or_raise(cipher.py()).map(Self)
    }

    /// The secret itself: 16 or 32 bytes, in memory that Python does not wipe.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.0.as_bytes())
    }

    /// The secret as text, for a key file: "base64" (24 or 44 characters) or "hex" (32 or 64), in memory that
    /// Python does not wipe.
    #[pyo3(signature = (encoding = None), text_signature = "($self, encoding='base64')")]
    fn to_text<'py>(
        &self,
        py: Python<'py>,
        encoding: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyString>> {
        let encoding = encoding.map_or(Ok(Encoding::Base64), argument::encoding)?;
        Ok(PyString::new(py, self.0.to_text(encoding).expose()))
    }

    fn __eq__(&self, other: &Self) -> bool {
        self.0 == other.0
    }

    fn __repr__(&self) -> String {
        format!("<pagecrypt.Key {}>", self.0.cipher())
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err(
            "a Key cannot be pickled, so that it gets nowhere unseen: send what to_bytes() or to_text() gives, \
             protected, and make the key again",
        ))
    }

    fn __copy__(&self) -> PyResult<()> {
        Err(not_copied())
    }

    fn __deepcopy__(&self, _memo: &Bound<'_, PyAny>) -> PyResult<()> {
        Err(not_copied())
    }
}

fn not_copied() -> PyErr {
    PyTypeError::new_err("a Key cannot be copied, and need not be: it never changes, so share it")
}

/// A key's text as Python has it.
pub(crate) enum KeyText<'a, 'py> {
    Text(&'a Bound<'py, PyString>),
    Bytes(Readable<'py>),
}

impl<'a, 'py> KeyText<'a, 'py> {
    /// The text of the argument `name`.
    pub(crate) fn of(object: &'a Bound<'py, PyAny>, name: &str) -> PyResult<Self> {
        if let Ok(text) = object.cast() {
            return Ok(Self::Text(text));
        }
        Readable::of(object, name).map(Self::Bytes).map_err(|error| {
            let is_type = error.is_instance_of::<PyTypeError>(object.py());
            if is_type { argument::wrong_type(name, "str or a bytes-like object", object) } else { error }
        })
    }

    /// Gives the text to `read`; what is not Unicode is the problem `otherwise`. A buffer is copied first, since it may
    /// change; the copy is wiped.
    pub(crate) fn read<T>(
        &self,
        otherwise: KeyTextProblem,
        read: impl FnOnce(&str) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let copy;
        let text = match self {
            Self::Text(text) => text.to_str().ok(),
            Self::Bytes(bytes) => {
                copy = Zeroizing::new(bytes.bytes().to_vec());
                std::str::from_utf8(&copy).ok()
            }
        };
        read(text.ok_or(Error::KeyText(otherwise))?)
    }
}
