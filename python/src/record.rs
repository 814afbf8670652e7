//! Records: messages of any length, each sealed by itself and bound to where it belongs.

use pagecrypt::record::bound::{self, Header};
use pagecrypt::record::{self, OpenRecord, SealRecord};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList};

use crate::argument;
use crate::border::buffer::Readable;
use crate::border::bytes::NewBytes;
use crate::cipher::cipher_member;
use crate::engine::engine_member;
use crate::enumeration::record_format_member;
use crate::error::OrRaise as _;
use crate::interpreter::released;
use crate::key::Key;
use crate::unchanging::Unchanging;

mod arrow;
mod batch;
pub(crate) mod context;
pub(crate) mod place;

use batch::Places;
use context::Context;

/// Seals and opens records of one format and one context under one key.
///
/// Made by `RecordCodec.s2` and `RecordCodec.bound`. A batch of records, whose lengths may differ, is worked on
/// together, which is faster than one at a time. A codec never changes, and may be used from several threads at once.
///
/// The place of a record, beyond what the codec says, is given by keywords:
///
/// * `sequence`: its number in its stream, from 0. Bound records authenticate it; S2's take it on sealing only, to
///   keep that format's limit.
/// * `clock`: when it was written, in the writer's units, readable without the key. Bound records only. On opening,
///   the record says it itself; a clock that is given must be that one.
/// * `token`: the token of its path, 32 bytes: records of a store only, which must have one.
/// * `reseals`: how often it was sealed again, under other keys: `reseal` counts it. Bound records with a clock only.
#[pyclass(frozen, module = "pagecrypt")]
pub(crate) struct RecordCodec(pub(crate) record::RecordCodec);

#[pymethods]
impl RecordCodec {
    /// A codec of S2's format for the records of one stream, whose id is 32 bytes: see `pagecrypt.s2.stream_id`.
    /// What it seals is an encoded `pagecrypt.s2.Envelope`.
    ///
    /// Raises UnsupportedFormatError for ciphers other than aegis256 and aes256gcm, BufferLengthError.
    #[staticmethod]
    fn s2(key: &Bound<'_, PyAny>, stream_id: &Bound<'_, PyAny>) -> PyResult<Self> {
        let (py, key) = (key.py(), argument::key(key)?);
        let stream = record::s2::StreamId::from_bytes(argument::array(stream_id, "stream_id")?);
        record::RecordCodec::s2(key, stream).or_raise(py).map(Self)
    }

    /// A codec of bound records, of one context. They open there, at their place, and nowhere else.
    #[staticmethod]
    fn bound(key: &Bound<'_, PyAny>, context: &Bound<'_, PyAny>) -> PyResult<Self> {
        let (py, key) = (key.py(), argument::key(key)?);
        record::RecordCodec::bound(key, Context::of(context)?).or_raise(py).map(Self)
    }

    /// The same codec with one more key, under which records are opened but never sealed: the one from before a
    /// rotation.
    ///
    /// Raises InvalidArgumentError under S2's format, whose records do not say which key sealed them, and for a key
    /// with the key id of the one that seals.
    fn with_decrypt_only_key(&self, key: &Bound<'_, PyAny>) -> PyResult<Self> {
        let mut codec = self.0.clone();
        codec.add_decrypt_only_key(argument::key(key)?).or_raise(key.py())?;
        Ok(Self(codec))
    }

    /// The cipher of the key that seals.
    #[getter]
    fn cipher<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        cipher_member(py, self.0.cipher())
    }

    /// The engine that serves the key that seals.
    #[getter]
    fn engine<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        engine_member(py, self.0.engine())
    }

    /// The format.
    #[getter]
    fn format<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        record_format_member(py, self.0.format())
    }

    /// The id of the key that seals, 4 bytes, as bound records carry it; None under S2's format.
    #[getter]
    fn key_id<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyBytes>> {
        self.0.key_id().map(|id| PyBytes::new(py, &id))
    }

    /// Length of the record of a plaintext of `plaintext_length` bytes.
    #[pyo3(signature = (plaintext_length, *, clock = None, reseals = None), text_signature = "($self, plaintext_length, *, clock=None, reseals=0)")]
    fn sealed_length(
        &self,
        plaintext_length: &Bound<'_, PyAny>,
        clock: Option<&Bound<'_, PyAny>>,
        reseals: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<usize> {
        let length =
            argument::number(plaintext_length, "plaintext_length", "a length is from 0 to 2^64 - 1")?;
        Ok(self.0.sealed_length(length, &place::of(None, clock, None, reseals)?))
    }

    /// Length of a record's plaintext, from what it says in clear; whether it opens is another question.
    ///
    /// Raises MalformedError, UnsupportedFormatError, CipherMismatchError.
    fn opened_length(&self, record: &Bound<'_, PyAny>) -> PyResult<usize> {
        self.0.opened_length(Readable::of(record, "record")?.bytes()).or_raise(record.py())
    }

    /// Whether a record was sealed under a key that only opens, and so waits for `reseal` after a rotation. It says
    /// so itself, in clear. Always False under S2's format.
    ///
    /// Raises as `opened_length` does, and UnknownKeyIdError.
    fn needs_reseal(&self, record: &Bound<'_, PyAny>) -> PyResult<bool> {
        self.0.needs_reseal(Readable::of(record, "record")?.bytes()).or_raise(record.py())
    }

    /// Seals one record, under a fresh nonce.
    ///
    /// Raises InvalidArgumentError for a place that the format cannot bind, MessageTooLongError, UsageLimitError,
    /// RandomSourceError, BufferLengthError for a token that has not 32 bytes; under S2's format also MalformedError
    /// where the plaintext is not an encoded envelope.
    #[pyo3(signature = (plaintext, *, sequence = None, clock = None, token = None, reseals = None), text_signature = "($self, plaintext, *, sequence=None, clock=None, token=None, reseals=0)")]
    fn seal<'py>(
        &self,
        plaintext: &Bound<'py, PyAny>,
        sequence: Option<&Bound<'py, PyAny>>,
        clock: Option<&Bound<'py, PyAny>>,
        token: Option<&Bound<'py, PyAny>>,
        reseals: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let py = plaintext.py();
        let place = place::of(sequence, clock, token, reseals)?;
        let plaintext = Readable::of(plaintext, "plaintext")?;
        let plaintext = plaintext.bytes();
        let mut sealed = NewBytes::zeros(py, self.0.sealed_length(plaintext.len(), &place))?;
        let record = sealed.bytes_mut();
        released(py, plaintext.len(), || self.0.seal_batch(&mut [SealRecord { plaintext, place, record }]))
            .or_raise(py)?;
        Ok(sealed.publish())
    }

    /// Opens one record: gives its plaintext.
    ///
    /// Raises AuthenticationError for what is not authentic, or stands at another place; UnknownKeyIdError for bound
    /// records of a key that was not given, which those of another stream or store are, too; MalformedError,
    /// UnsupportedFormatError, CipherMismatchError; InvalidArgumentError for a place that the format cannot bind.
    #[pyo3(signature = (record, *, sequence = None, clock = None, token = None))]
    fn open<'py>(
        &self,
        record: &Bound<'py, PyAny>,
        sequence: Option<&Bound<'py, PyAny>>,
        clock: Option<&Bound<'py, PyAny>>,
        token: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let py = record.py();
        let place = place::of(sequence, clock, token, None)?;
        let record = Unchanging::of(record, "record")?;
        let record = record.bytes();
        let mut opened = NewBytes::zeros(py, self.0.opened_length(record).or_raise(py)?)?;
        let plaintext = opened.bytes_mut();
        released(py, record.len(), || self.0.open_batch(&mut [OpenRecord::new(record, place, plaintext)]))
            .or_raise(py)?;
        Ok(opened.publish())
    }

    /// Opens one record and seals its plaintext under the key that seals now, after a rotation. If it has a clock,
    /// it keeps it and counts one reseal more, so that `compare_writes` prefers it to its older form, and any later
    /// write to it; without a clock nothing tells which is the older.
    ///
    /// Raises InvalidArgumentError under S2's format, which knows no rotation; else as `open` and `seal` do.
    #[pyo3(signature = (record, *, sequence = None, clock = None, token = None))]
    fn reseal<'py>(
        &self,
        record: &Bound<'py, PyAny>,
        sequence: Option<&Bound<'py, PyAny>>,
        clock: Option<&Bound<'py, PyAny>>,
        token: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let py = record.py();
        let place = place::of(sequence, clock, token, None)?;
        let record = Unchanging::of(record, "record")?;
        let record = record.bytes();
        let resealed = released(py, record.len(), || self.0.reseal(record, &place)).or_raise(py)?;
        Ok(PyBytes::new(py, &resealed))
    }

    /// Seals many records at once, which is faster than one by one, or none of them: gives a list of them.
    ///
    /// `sequences`, `clocks`, `tokens` and `reseals` are None, or as many as there are plaintexts: what `seal`
    /// takes for each; a sequence or clock of None is one that is not there.
    ///
    /// Raises InvalidArgumentError where the numbers differ, and what `seal` raises.
    #[pyo3(signature = (plaintexts, *, sequences = None, clocks = None, tokens = None, reseals = None))]
    fn seal_batch<'py>(
        &self,
        plaintexts: &Bound<'py, PyAny>,
        sequences: Option<&Bound<'py, PyAny>>,
        clocks: Option<&Bound<'py, PyAny>>,
        tokens: Option<&Bound<'py, PyAny>>,
        reseals: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyList>> {
        let py = plaintexts.py();
        let plaintexts = argument::each(plaintexts, "plaintexts", argument::BUFFERS, Readable::of)?;
        let places = Places::of(plaintexts.len(), sequences, clocks, tokens, reseals)?;
        batch::seal(py, &self.0, &plaintexts, &places)
    }

    /// Opens many records at once: gives a list of their plaintexts.
    ///
    /// Places are as for `seal_batch`. Raises the error of the first record that does not open; an AuthenticationError
    /// has the numbers (from 0) of all that are not authentic. With partial=True each that does not open has its
    /// exception in its place in the list, and nothing is raised for it. Raises InvalidArgumentError where the numbers
    /// of places differ, and what `open` raises.
    #[pyo3(signature = (records, *, sequences = None, clocks = None, tokens = None, partial = None), text_signature = "($self, records, *, sequences=None, clocks=None, tokens=None, partial=False)")]
    fn open_batch<'py>(
        &self,
        records: &Bound<'py, PyAny>,
        sequences: Option<&Bound<'py, PyAny>>,
        clocks: Option<&Bound<'py, PyAny>>,
        tokens: Option<&Bound<'py, PyAny>>,
        partial: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyList>> {
        let partial = partial.map_or(Ok(false), |partial| partial.is_truthy())?;
        let py = records.py();
        let records = argument::each(records, "records", argument::BUFFERS, Unchanging::of)?;
        let places = Places::of(records.len(), sequences, clocks, tokens, None)?;
        batch::open(py, &self.0, &records, &places, partial)
    }

    /// Seals a column of pyarrow, an Array or ChunkedArray of binary or large_binary: gives one of the same type,
    /// its chunks as they were. All rows are one batch, read and written in the column's own buffers. Nulls stay
    /// null.
    ///
    /// Row i has the sequence number `first_sequence` + i, nulls counted; without `first_sequence` there is none.
    /// `clocks` is a column of int64 or uint64, as long, in which a null stands for no clock; `tokens` one of
    /// binary(32), of a store.
    ///
    /// Raises InvalidArgumentError where lengths differ, and where a chunk of binary would hold more than 2^31 - 1
    /// bytes: cast it to large_binary before. Else as `seal` does. pyarrow has to be installed.
    #[pyo3(signature = (column, *, first_sequence = None, clocks = None, tokens = None))]
    fn seal_arrow<'py>(
        &self,
        column: &Bound<'py, PyAny>,
        first_sequence: Option<&Bound<'py, PyAny>>,
        clocks: Option<&Bound<'py, PyAny>>,
        tokens: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        arrow::seal(&self.0, column, first_sequence, clocks, tokens)
    }

    /// Opens a column of pyarrow that `seal_arrow` gave, with the places that it was given: gives one of the same
    /// type. Rows say their clocks themselves. The column's memory must not change meanwhile.
    ///
    /// Raises the error of the first row that does not open; an AuthenticationError has the numbers of all rows
    /// (from 0) that are not authentic. With partial=True rows that do not open are null, like those that were.
    /// Else as `open` does.
    #[pyo3(signature = (column, *, first_sequence = None, tokens = None, partial = None), text_signature = "($self, column, *, first_sequence=None, tokens=None, partial=False)")]
    fn open_arrow<'py>(
        &self,
        column: &Bound<'py, PyAny>,
        first_sequence: Option<&Bound<'py, PyAny>>,
        tokens: Option<&Bound<'py, PyAny>>,
        partial: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let partial = partial.map_or(Ok(false), |partial| partial.is_truthy())?;
        arrow::open(&self.0, column, first_sequence, tokens, partial)
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err("a RecordCodec cannot be pickled, since it has a key within"))
    }

    fn __repr__(&self) -> String {
        format!("<pagecrypt.RecordCodec {} {}>", self.0.format(), self.0.cipher())
    }
}

/// Bytes that a record without a clock is longer than its plaintext, for those who meter; None where the format does
/// not have the cipher. A clock takes 8 bytes more.
///
/// Raises UnknownCipherError, InvalidArgumentError for another format.
#[pyfunction]
pub(crate) fn record_overhead(
    cipher: &Bound<'_, PyAny>,
    format: &Bound<'_, PyAny>,
) -> PyResult<Option<usize>> {
    Ok(record::overhead(argument::cipher(cipher, "cipher")?, argument::record_format(format)?))
}

/// Which of two bound records of one place is the later write, the one that stays: 1 where it is `a`, -1 where it is
/// `b`, 0 where they are equal. The higher clock wins (any clock is higher than none), then the more reseals, then the
/// higher bytes, so that everyone who has both keeps the same one.
///
/// No key is needed, and so nothing is proved: open a record before it replaces another. Raises MalformedError and
/// UnsupportedFormatError.
#[pyfunction]
pub(crate) fn compare_writes(a: &Bound<'_, PyAny>, b: &Bound<'_, PyAny>) -> PyResult<i8> {
    let py = a.py();
    let (a, b) = (Readable::of(a, "a")?, Readable::of(b, "b")?);
    bound::compare_writes(a.bytes(), b.bytes()).or_raise(py).map(|order| order as i8)
}

/// The id of a key in a context, 4 bytes, as bound records name it. It tells nothing of the key, and is another
/// one in another stream or store. It is no proof: four bytes can be met by chance, and by trying.
#[pyfunction]
pub(crate) fn key_id<'py>(
    key: &Bound<'py, PyAny>,
    context: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyBytes>> {
    let py = key.py();
    let id = bound::key_id(argument::key(key)?, &Context::of(context)?).or_raise(py)?;
    Ok(PyBytes::new(py, &id))
}

/// A new key for a rotation, from the operating system's random generator, whose id in the context is not among
/// `taken`: the ids, of 4 bytes each, of all keys that the context ever had.
///
/// Raises RandomSourceError, and UnknownEngineError for what PAGECRYPT_ENGINE says.
#[pyfunction]
#[pyo3(signature = (cipher, context, taken = None), text_signature = "(cipher, context, taken=())")]
pub(crate) fn generate_key(
    cipher: &Bound<'_, PyAny>,
    context: &Bound<'_, PyAny>,
    taken: Option<&Bound<'_, PyAny>>,
) -> PyResult<Key> {
    let (py, cipher) = (cipher.py(), argument::cipher(cipher, "cipher")?);
    let context = Context::of(context)?;
    let taken: Vec<[u8; bound::KEY_ID_LENGTH]> = match taken {
        Some(taken) => argument::each(taken, "taken", argument::BUFFERS, argument::array)?,
        None => Vec::new(),
    };
    bound::generate_key(cipher, &context, &taken).or_raise(py).map(Key)
}

type HeaderFields<'py> = (Bound<'py, PyAny>, Bound<'py, PyBytes>, Option<u64>, u32, usize);

/// The fields of `RecordHeader`.
#[pyfunction]
pub(crate) fn record_header_parse<'py>(record: &Bound<'py, PyAny>) -> PyResult<HeaderFields<'py>> {
    let py = record.py();
    let header = Header::parse(Readable::of(record, "record")?.bytes()).or_raise(py)?;
    Ok((
        cipher_member(py, header.cipher)?,
        PyBytes::new(py, &header.key_id),
        header.clock,
        header.reseals,
        header.plaintext_length,
    ))
}
