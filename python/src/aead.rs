//! Messages under nonces that the caller chooses.

use pagecrypt::aead::{Aead as _, BatchFailure, Open, Seal, Text};
use pagecrypt::{Error, Failures, MAX_NONCE_LENGTH, TAG_LENGTH, Unit};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList};

use crate::argument;
use crate::border::buffer::{Place, Readable, Writable};
use crate::border::bytes::NewBytes;
use crate::cipher::cipher_member;
use crate::engine::engine_member;
use crate::error::OrRaise as _;
use crate::interpreter::released;

mod batch;

/// Seals and opens messages of any length under one key and nonces that the caller chooses.
///
/// The duty is yours: no nonce may ever be used twice under one key, or plaintext is given away (and under AES-GCM,
/// the power to forge). To seal pages, use PageCodec, which draws nonces itself.
#[pyclass(frozen, module = "pagecrypt")]
pub(crate) struct Aead {
    key: pagecrypt::Key,
}

#[pymethods]
impl Aead {
    #[new]
    fn new(key: &Bound<'_, PyAny>) -> PyResult<Self> {
        Ok(Self { key: argument::key(key)?.clone() })
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

    /// By how many bytes a sealed message is longer than its plaintext: 16.
    #[getter]
    fn overhead(&self) -> usize {
        TAG_LENGTH
    }

    /// Seals a message: gives the ciphertext, as long as the plaintext, and 16 bytes of tag.
    ///
    /// No nonce may ever be used twice under one key. Associated data is authenticated, not encrypted.
    ///
    /// Raises BufferLengthError for a nonce of the wrong length, and MessageTooLongError.
    #[pyo3(signature = (data, *, nonce, associated_data = None), text_signature = "($self, data, *, nonce, associated_data=b'')")]
    fn seal<'py>(
        &self,
        data: &Bound<'py, PyAny>,
        nonce: &Bound<'py, PyAny>,
        associated_data: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let py = data.py();
        let (nonce, associated_data) = self.context(nonce, associated_data)?;
        let mut sealed = NewBytes::copy(py, Readable::of(data, "data")?.bytes(), TAG_LENGTH)?;
        self.seal_text(py, sealed.bytes_mut(), None, &nonce, bytes_of(&associated_data))?;
        Ok(sealed.publish())
    }

    /// Opens a sealed message, ciphertext and tag: gives its plaintext, 16 bytes shorter.
    ///
    /// Raises AuthenticationError for what is not authentic; BufferLengthError for a nonce of the wrong length or a
    /// message shorter than a tag; MessageTooLongError.
    #[pyo3(signature = (data, *, nonce, associated_data = None), text_signature = "($self, data, *, nonce, associated_data=b'')")]
    fn open<'py>(
        &self,
        data: &Bound<'py, PyAny>,
        nonce: &Bound<'py, PyAny>,
        associated_data: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let py = data.py();
        let (nonce, associated_data) = self.context(nonce, associated_data)?;
        let data = Readable::of(data, "data")?;
        let (text, tag) = split_tag(data.bytes()).or_raise(py)?;
        let mut opened = NewBytes::copy(py, text, 0)?;
        self.open_text(py, Text::InPlace(opened.bytes_mut()), &tag, &nonce, bytes_of(&associated_data))?;
        Ok(opened.publish())
    }

    /// Seals a message into a buffer that is exactly 16 bytes longer; gives how many bytes were written.
    ///
    /// `into` may begin with `data`: data = memoryview(into)[:-16]. Any other overlap raises OverlapError, as does
    /// associated data that overlaps `into`. Raises BufferLengthError and MessageTooLongError as `seal` does. After
    /// an error nothing was written.
    #[pyo3(signature = (data, into, *, nonce, associated_data = None), text_signature = "($self, data, into, *, nonce, associated_data=b'')")]
    fn seal_into<'py>(
        &self,
        data: &Bound<'py, PyAny>,
        into: &Bound<'py, PyAny>,
        nonce: &Bound<'py, PyAny>,
        associated_data: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<usize> {
        let py = data.py();
        let (nonce, associated_data) = self.context(nonce, associated_data)?;
        let (data, mut into) = (Readable::of(data, "data")?, Writable::of(into, "into")?);
        must_be_apart(&into, &associated_data).or_raise(py)?;
        let place = into.place(&data).or_raise(py)?;
        let expected = data.bytes().len() + TAG_LENGTH;
        if into.len() != expected {
            return Err(Error::BufferLength { expected, got: into.len() }).or_raise(py);
        }
        let from = (place == Place::Apart).then(|| data.bytes());
        self.seal_text(py, into.bytes_mut(), from, &nonce, bytes_of(&associated_data))?;
        Ok(expected)
    }

    /// Opens a sealed message, ciphertext and tag, into a buffer that is exactly 16 bytes shorter; gives how many
    /// bytes were written.
    ///
    /// `into` may begin where `data` does: into = memoryview(data)[:-16]. Any other overlap raises OverlapError, as
    /// does associated data that overlaps `into`. If the message is not authentic, `into` is zeros and
    /// AuthenticationError is raised. Raises BufferLengthError and MessageTooLongError as `open` does, with `into`
    /// as it was.
    #[pyo3(signature = (data, into, *, nonce, associated_data = None), text_signature = "($self, data, into, *, nonce, associated_data=b'')")]
    fn open_into<'py>(
        &self,
        data: &Bound<'py, PyAny>,
        into: &Bound<'py, PyAny>,
        nonce: &Bound<'py, PyAny>,
        associated_data: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<usize> {
        let py = data.py();
        let (nonce, associated_data) = self.context(nonce, associated_data)?;
        let (data, mut into) = (Readable::of(data, "data")?, Writable::of(into, "into")?);
        must_be_apart(&into, &associated_data).or_raise(py)?;
        let place = into.place(&data).or_raise(py)?;
        let (from, tag) = split_tag(data.bytes()).or_raise(py)?;
        let expected = from.len();
        if into.len() != expected {
            return Err(Error::BufferLength { expected, got: into.len() }).or_raise(py);
        }
        let to = into.bytes_mut();
        let text = if place == Place::Apart { Text::Into { from, to } } else { Text::InPlace(to) };
        self.open_text(py, text, &tag, &nonce, bytes_of(&associated_data))?;
        Ok(expected)
    }

    /// Seals the content of a writable buffer in place, and gives its tag, 16 bytes.
    ///
    /// Raises as `seal` does, and OverlapError where associated data overlaps the buffer.
    #[pyo3(signature = (buffer, *, nonce, associated_data = None), text_signature = "($self, buffer, *, nonce, associated_data=b'')")]
    fn seal_detached<'py>(
        &self,
        buffer: &Bound<'py, PyAny>,
        nonce: &Bound<'py, PyAny>,
        associated_data: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let py = buffer.py();
        let (nonce, associated_data) = self.context(nonce, associated_data)?;
        let mut buffer = Writable::of(buffer, "buffer")?;
        must_be_apart(&buffer, &associated_data).or_raise(py)?;
        let mut tag = [0; TAG_LENGTH];
        let (text, associated_data) = (buffer.bytes_mut(), bytes_of(&associated_data));
        released(py, text.len() + associated_data.len(), || {
            let text = Text::InPlace(text);
            self.key.seal_one_assume_unique_nonce(Seal {
                nonce: nonce.bytes(),
                associated_data,
                text,
                tag: &mut tag,
            })
        })
        .or_raise(py)?;
        Ok(PyBytes::new(py, &tag))
    }

    /// Opens the content of a writable buffer in place, under its tag of 16 bytes.
    ///
    /// If it is not authentic, the buffer is zeros and AuthenticationError is raised. Raises as `open` does, and
    /// OverlapError where associated data overlaps the buffer.
    #[pyo3(signature = (buffer, tag, *, nonce, associated_data = None), text_signature = "($self, buffer, tag, *, nonce, associated_data=b'')")]
    fn open_detached<'py>(
        &self,
        buffer: &Bound<'py, PyAny>,
        tag: &Bound<'py, PyAny>,
        nonce: &Bound<'py, PyAny>,
        associated_data: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<()> {
        let py = buffer.py();
        let (nonce, associated_data) = self.context(nonce, associated_data)?;
        let (mut buffer, tag) = (Writable::of(buffer, "buffer")?, Readable::of(tag, "tag")?);
        must_be_apart(&buffer, &associated_data).or_raise(py)?;
        let got = tag.bytes().len();
        let tag: [u8; TAG_LENGTH] = tag
            .bytes()
            .try_into()
            .map_err(|_| Error::BufferLength { expected: TAG_LENGTH, got })
            .or_raise(py)?;
        self.open_text(py, Text::InPlace(buffer.bytes_mut()), &tag, &nonce, bytes_of(&associated_data))
    }

    /// Seals many messages at once, which is faster than one by one, or none of them: gives a list of them, each as
    /// `seal` gives it.
    ///
    /// `messages` and `nonces` are as many buffers; `associated_data` is None, one buffer for all messages, or as
    /// many buffers. No nonce may ever be used twice under one key.
    ///
    /// Raises InvalidArgumentError where the numbers differ, and what `seal` raises.
    #[pyo3(signature = (messages, *, nonces, associated_data = None))]
    fn seal_batch<'py>(
        &self,
        messages: &Bound<'py, PyAny>,
        nonces: &Bound<'py, PyAny>,
        associated_data: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyList>> {
        batch::seal(&self.key, messages, nonces, associated_data)
    }

    /// Opens many sealed messages at once: gives a list of their plaintexts.
    ///
    /// Buffers are as for `seal_batch`. Raises AuthenticationError with the numbers (from 0) of the messages that
    /// are not authentic; with partial=True they are None in the list instead. Raises InvalidArgumentError where
    /// the numbers of buffers differ, and what `open` raises.
    #[pyo3(signature = (messages, *, nonces, associated_data = None, partial = None), text_signature = "($self, messages, *, nonces, associated_data=None, partial=False)")]
    fn open_batch<'py>(
        &self,
        messages: &Bound<'py, PyAny>,
        nonces: &Bound<'py, PyAny>,
        associated_data: Option<&Bound<'py, PyAny>>,
        partial: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyList>> {
        let partial = partial.map_or(Ok(false), |partial| partial.is_truthy())?;
        batch::open(&self.key, messages, nonces, associated_data, partial)
    }

    fn __repr__(&self) -> String {
        format!("<pagecrypt.Aead {}>", self.key.cipher())
    }
}

impl Aead {
    fn context<'py>(
        &self,
        nonce: &Bound<'py, PyAny>,
        associated_data: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<(Nonce, Option<Readable<'py>>)> {
        let nonce = Nonce::of(&self.key, nonce, "nonce")?;
        Ok((nonce, Readable::of_optional(associated_data, "associated_data")?))
    }

    /// Writes text and tag to `sealed`, which has room for both. The text comes from `from`, or is there already.
    fn seal_text(
        &self,
        py: Python<'_>,
        sealed: &mut [u8],
        from: Option<&[u8]>,
        nonce: &Nonce,
        associated_data: &[u8],
    ) -> PyResult<()> {
        let length = sealed.len();
        let Some((to, tag)) = sealed.split_last_chunk_mut() else {
            return Err(Error::BufferLength { expected: TAG_LENGTH, got: length }).or_raise(py);
        };
        let text = match from {
            Some(from) => Text::Into { from, to },
            None => Text::InPlace(to),
        };
        released(py, length + associated_data.len(), || {
            self.key.seal_one_assume_unique_nonce(Seal { nonce: nonce.bytes(), associated_data, text, tag })
        })
        .or_raise(py)
    }

    fn open_text(
        &self,
        py: Python<'_>,
        text: Text<'_>,
        tag: &[u8; TAG_LENGTH],
        nonce: &Nonce,
        associated_data: &[u8],
    ) -> PyResult<()> {
        let opened = released(py, text.len() + associated_data.len(), || {
            self.key.open_one(Open::new(nonce.bytes(), associated_data, text, tag))
        });
        match opened {
            Ok(()) => Ok(()),
            Err(BatchFailure::Refused(error)) => Err(error),
            Err(_) => Err(Error::AuthenticationFailed(Failures::one(Unit::Message, 0))),
        }
        .or_raise(py)
    }
}

/// A nonce of the cipher's length, copied: it cannot change any more.
struct Nonce {
    bytes: [u8; MAX_NONCE_LENGTH],
    length: usize,
}

impl Nonce {
    fn of(key: &pagecrypt::Key, object: &Bound<'_, PyAny>, name: &str) -> PyResult<Self> {
        let (nonce, length) = (Readable::of(object, name)?, key.cipher().nonce_length());
        let nonce = nonce.bytes();
        if nonce.len() != length {
            return Err(Error::BufferLength { expected: length, got: nonce.len() }).or_raise(object.py());
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

fn must_be_apart(written: &Writable<'_>, associated_data: &Option<Readable<'_>>) -> Result<(), Error> {
    associated_data.as_ref().map_or(Ok(()), |associated_data| written.must_be_apart(associated_data))
}

/// A sealed message as its text and a copy of its tag.
fn split_tag(sealed: &[u8]) -> Result<(&[u8], [u8; TAG_LENGTH]), Error> {
    let (text, tag) =
        sealed.split_last_chunk().ok_or(Error::BufferLength { expected: TAG_LENGTH, got: sealed.len() })?;
    Ok((text, *tag))
}
