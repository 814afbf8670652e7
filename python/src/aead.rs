//! Messages under nonces that the caller chooses.

use pagecrypt::aead::{Aead as _, BatchFailure, Open, Seal, Text};
use pagecrypt::{Error, Failures, MAX_NONCE_LENGTH, TAG_LENGTH, Unit};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::border::buffer::{Place, Readable, Writable};
use crate::border::bytes::NewBytes;
use crate::cipher::cipher_member;
use crate::engine::engine_member;
use crate::error::OrRaise as _;
use crate::interpreter::released;
use crate::key::Key;

/// Seals and opens messages of any length under one key and nonces that the caller chooses.
///
/// The duty is yours: no nonce may ever be used twice under one key, or plaintext is given away (and under AES-GCM, the
/// power to forge). To seal pages, use PageCodec, which draws nonces itself.
#[pyclass(frozen, module = "pagecrypt")]
pub(crate) struct Aead {
    key: pagecrypt::Key,
}

#[pymethods]
impl Aead {
    #[new]
    fn new(key: &Bound<'_, Key>) -> Self {
        Self { key: key.get().0.clone() }
    }

    /// The key's cipher.
    #[getter]
    fn cipher<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        cipher_member(py, self.key.cipher())
    }

    /// The engine that serves the key.
    #[getter]
    fn engine<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        engine_member(py, self.key.engine())
    }

    /// Length of a nonce, in bytes: 12, 16 or 32.
    #[getter]
    fn nonce_length(&self) -> usize {
        self.key.cipher().nonce_length()
    }

    /// Length of a tag, in bytes: 16.
    #[getter]
    fn tag_length(&self) -> usize {
        TAG_LENGTH
    }

    /// By how many bytes a sealed message is longer: 16.
    #[getter]
    fn overhead(&self) -> usize {
        TAG_LENGTH
    }

    /// Seals a message: the ciphertext, as long as the plaintext, and 16 bytes of tag.
    ///
    /// No nonce may ever be used twice under one key. Associated data is authenticated, not encrypted.
    ///
    /// Raises BufferLengthError for a nonce of the wrong length, and MessageTooLongError.
    #[pyo3(signature = (data, *, nonce, associated_data = None), text_signature = "($self, data, *, nonce, associated_data=b'')")]
    fn seal<'py>(
        &self,
        py: Python<'py>,
        data: Readable<'py>,
        nonce: Readable<'py>,
        associated_data: Option<Readable<'py>>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let nonce = Nonce::copy(&self.key, &nonce).or_raise(py)?;
        let mut sealed = NewBytes::copy(py, data.bytes(), TAG_LENGTH)?;
        let (text, associated_data) = (sealed.bytes_mut(), bytes_of(&associated_data));
        released(py, text.len() + associated_data.len(), || self.seal_in_place(text, &nonce, associated_data)).or_raise(py)?;
        Ok(sealed.publish())
    }

    /// Opens a sealed message, ciphertext and tag, and gives its plaintext, 16 bytes shorter.
    ///
    /// Raises AuthenticationError for what is not authentic; BufferLengthError for a nonce of the wrong length or a
    /// message shorter than a tag; MessageTooLongError.
    #[pyo3(signature = (data, *, nonce, associated_data = None), text_signature = "($self, data, *, nonce, associated_data=b'')")]
    fn open<'py>(
        &self,
        py: Python<'py>,
        data: Readable<'py>,
        nonce: Readable<'py>,
        associated_data: Option<Readable<'py>>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let nonce = Nonce::copy(&self.key, &nonce).or_raise(py)?;
        let (text, tag) = split_tag(data.bytes()).or_raise(py)?;
        let mut opened = NewBytes::copy(py, text, 0)?;
        let (text, associated_data) = (opened.bytes_mut(), bytes_of(&associated_data));
        released(py, text.len() + associated_data.len(), || self.open_text(Text::InPlace(text), &tag, &nonce, associated_data))
            .or_raise(py)?;
        Ok(opened.publish())
    }
}

impl Aead {
    /// `sealed` is the plaintext and room for the tag.
    fn seal_in_place(&self, sealed: &mut [u8], nonce: &Nonce, associated_data: &[u8]) -> Result<(), Error> {
        let length = sealed.len();
        let Some((text, tag)) = sealed.split_last_chunk_mut() else {
            return Err(Error::BufferLength { expected: TAG_LENGTH, got: length });
        };
        self.seal_text(Text::InPlace(text), tag, nonce, associated_data)
    }

    fn seal_text(
        &self,
        text: Text<'_>,
        tag: &mut [u8; TAG_LENGTH],
        nonce: &Nonce,
        associated_data: &[u8],
    ) -> Result<(), Error> {
        self.key.seal_one_assume_unique_nonce(Seal { nonce: nonce.bytes(), associated_data, text, tag })
    }

    fn open_text(
        &self,
        text: Text<'_>,
        tag: &[u8; TAG_LENGTH],
        nonce: &Nonce,
        associated_data: &[u8],
    ) -> Result<(), Error> {
        match self.key.open_one(Open::new(nonce.bytes(), associated_data, text, tag)) {
            Ok(()) => Ok(()),
            Err(BatchFailure::Refused(error)) => Err(error),
            Err(_) => Err(Error::AuthenticationFailed(Failures::one(Unit::Message, 0))),
        }
    }
}

/// A nonce of the cipher's length, copied: it cannot change any more.
#[derive(Clone, Copy)]
struct Nonce {
    bytes: [u8; MAX_NONCE_LENGTH],
    length: usize,
}

impl Nonce {
    fn copy(key: &pagecrypt::Key, nonce: &Readable<'_>) -> Result<Self, Error> {
        let (nonce, length) = (nonce.bytes(), key.cipher().nonce_length());
        if nonce.len() != length {
            return Err(Error::BufferLength { expected: length, got: nonce.len() });
        }
        let mut bytes = [0; MAX_NONCE_LENGTH];
        bytes[..length].copy_from_slice(nonce);
        Ok(Self { bytes, length })
    }

    fn bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

fn bytes_of<'a>(buffer: &'a Option<Readable<'_>>) -> &'a [u8] {
    buffer.as_ref().map_or(&[], Readable::bytes)
}

/// A sealed message as its text and a copy of its tag.
fn split_tag(sealed: &[u8]) -> Result<(&[u8], [u8; TAG_LENGTH]), Error> {
    let (text, tag) =
        sealed.split_last_chunk().ok_or(Error::BufferLength { expected: TAG_LENGTH, got: sealed.len() })?;
    Ok((text, *tag))
}
