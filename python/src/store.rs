//! Entries of stores.

use pagecrypt::record::bound::{self, OpenedEntry};
use pagecrypt::record::outcome;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList};

use crate::argument;
use crate::border::buffer::Readable;
use crate::cipher::cipher_member;
use crate::engine::engine_member;
use crate::error::{OrRaise as _, exception};
use crate::interpreter::released;
use crate::record::place;
use crate::token_key::TokenKey;
use crate::unchanging::Unchanging;

/// Seals and opens the entries of a store, whose id has 16 bytes.
///
/// A server keeps, for each path, its token and a record: what the entry is, it cannot read, nor compare with another
/// store's. The padding concerns what is sealed: entries open however they were padded. A codec never changes, and may
/// be used from several threads at once. Raises BufferLengthError.
#[pyclass(frozen, module = "pagecrypt")]
pub(crate) struct StoreCodec(bound::StoreCodec);

type Row<'py> = (Bound<'py, PyBytes>, Bound<'py, PyBytes>);

#[pymethods]
impl StoreCodec {
    #[new]
    #[pyo3(signature = (key, store_id, token_key, padding = None), text_signature = "(key, store_id, token_key, padding='none')")]
    fn new(
        key: &Bound<'_, PyAny>,
        store_id: &Bound<'_, PyAny>,
        token_key: &Bound<'_, PyAny>,
        padding: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let (py, key) = (key.py(), argument::key(key)?);
        let store = argument::array(store_id, "store_id")?;
        let token_key = TokenKey::of(token_key)?.clone();
        let padding = padding.map_or(Ok(bound::Padding::None), argument::padding)?;
        bound::StoreCodec::new(key, store, token_key, padding).or_raise(py).map(Self)
    }

    /// The same codec with one more key, under which entries are opened but never sealed: the one from before a
    /// rotation.
    ///
    /// Raises InvalidArgumentError for a key with the key id of the one that seals.
    fn with_decrypt_only_key(&self, key: &Bound<'_, PyAny>) -> PyResult<Self> {
        let mut codec = self.0.clone();
        codec.add_decrypt_only_key(argument::key(key)?).or_raise(key.py())?;
        Ok(Self(codec))
    }

    /// The cipher of the key that seals.
    #[getter]
    fn cipher<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        cipher_member(py, self.0.records().cipher())
    }

    /// The engine that serves the key that seals.
    #[getter]
    fn engine<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        engine_member(py, self.0.records().engine())
    }

    /// The id of the key that seals, 4 bytes, as records carry it.
    #[getter]
    fn key_id<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.records().key_id().unwrap_or_default())
    }

    /// The token of a path: 32 bytes.
    fn token<'py>(&self, path: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>> {
        let token = self.0.token(Readable::of(path, "path")?.bytes());
        Ok(PyBytes::new(path.py(), &token))
    }

    /// Seals an entry, under a fresh nonce: gives the token of its path, and its record.
    ///
    /// Raises InvalidArgumentError for a path, type or schema of more than 65535 bytes, MessageTooLongError,
    /// UsageLimitError, RandomSourceError.
    fn seal<'py>(&self, entry: &Bound<'py, PyAny>) -> PyResult<Row<'py>> {
        let py = entry.py();
        let entry = SomeEntry::of(entry, "entry")?;
        let (entry, clock) = entry.get();
        let (token, record) = released(py, entry.body.len(), || self.0.seal(&entry, clock)).or_raise(py)?;
        Ok((PyBytes::new(py, &token), PyBytes::new(py, &record)))
    }

    /// Seals many entries at once, which is faster than one by one, or none of them: gives a list of what `seal`
    /// gives. Raises as `seal` does.
    fn seal_batch<'py>(&self, entries: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyList>> {
        let py = entries.py();
        let entries = argument::each(entries, "entries", "a sequence of Entry", SomeEntry::of)?;
        let entries: Vec<_> = entries.iter().map(SomeEntry::get).collect();
        let work = entries.iter().map(|(entry, _)| entry.body.len()).sum();
        let rows = released(py, work, || self.0.seal_batch(&entries)).or_raise(py)?;
        let row = |(token, record): bound::Row| (PyBytes::new(py, &token), PyBytes::new(py, &record));
        PyList::new(py, rows.into_iter().map(row))
    }

    /// Opens the entry whose record is kept under the token.
    ///
    /// Raises AuthenticationError for what is not authentic, or was kept under another token; UnknownKeyIdError for
    /// records of a key that was not given, which those of another store are, too; MalformedError,
    /// UnsupportedFormatError, CipherMismatchError, and BufferLengthError for a token that has not 32 bytes.
    fn open<'py>(
        &self,
        token: &Bound<'py, PyAny>,
        record: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = record.py();
        let token = argument::array(token, "token")?;
        let record = Unchanging::of(record, "record")?;
        let record = record.bytes();
        let opened = released(py, record.len(), || self.0.open(&token, record)).or_raise(py)?;
        entry(py, &opened)
    }

    /// Opens many entries at once, of each of which the token and the record are given as a tuple: gives a list of
    /// them.
    ///
    /// Raises the error of the first that does not open; an AuthenticationError has the numbers (from 0) of all that
    /// are not authentic. With partial=True each that does not open has its exception in its place in the list, and
    /// nothing is raised for it. Else as `open` does.
    #[pyo3(signature = (rows, *, partial = None), text_signature = "($self, rows, *, partial=False)")]
    fn open_batch<'py>(
        &self,
        rows: &Bound<'py, PyAny>,
        partial: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyList>> {
        let py = rows.py();
        let partial = partial.map_or(Ok(false), |partial| partial.is_truthy())?;
        let rows = argument::each(rows, "rows", "a sequence of tuples of token and record", row_of)?;
        let rows: Vec<_> = rows.iter().map(|(token, record)| (*token, record.bytes())).collect();
        let work = rows.iter().map(|(_, record)| record.len()).sum();
        let opened = released(py, work, || self.0.open_batch(&rows));
        if !partial {
            outcome(&opened).or_raise(py)?;
        }
        let entries = PyList::empty(py);
        for opened in &opened {
            match opened {
                Ok(opened) => entries.append(entry(py, opened)?)?,
                Err(failure) => entries.append(exception(py, failure).value(py))?,
            }
        }
        Ok(entries)
    }

    /// Whether a record was sealed under a key that only opens, and so waits for `reseal` after a rotation. It says
    /// so itself, in clear.
    ///
    /// Raises MalformedError, UnsupportedFormatError, CipherMismatchError, UnknownKeyIdError.
    fn needs_reseal(&self, record: &Bound<'_, PyAny>) -> PyResult<bool> {
        self.0.needs_reseal(Readable::of(record, "record")?.bytes()).or_raise(record.py())
    }

    /// Seals what a record holds, which is kept under the token, under the key that seals now, after a rotation. If
    /// it has a clock, it keeps it and counts one reseal more: see `compare_writes`. Raises as `open` and `seal` do.
    fn reseal<'py>(
        &self,
        token: &Bound<'py, PyAny>,
        record: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let py = record.py();
        let token = argument::array(token, "token")?;
        let record = Unchanging::of(record, "record")?;
        let record = record.bytes();
        let resealed = released(py, record.len(), || self.0.reseal(&token, record)).or_raise(py)?;
        Ok(PyBytes::new(py, &resealed))
    }

    fn __repr__(&self) -> String {
        format!("<pagecrypt.StoreCodec {}>", self.0.records().cipher())
    }
}

/// An `Entry` of the caller's.
struct SomeEntry<'py> {
    path: Readable<'py>,
    type_name: Readable<'py>,
    schema: Readable<'py>,
    body: Readable<'py>,
    clock: Option<u64>,
}

impl<'py> SomeEntry<'py> {
    fn of(object: &Bound<'py, PyAny>, name: &str) -> PyResult<Self> {
        let field =
            |of: &'static str| object.getattr(of).map_err(|_| argument::wrong_type(name, "an Entry", object));
        let part = |of: &'static str| Readable::of(&field(of)?, of);
        let clock = field("clock")?;
        Ok(Self {
            path: part("path")?,
            type_name: part("type_name")?,
            schema: part("schema")?,
            body: part("body")?,
            clock: if clock.is_none() { None } else { Some(place::clock(&clock, "clock")?) },
        })
    }

    fn get(&self) -> (bound::Entry<'_>, Option<u64>) {
        let entry = bound::Entry {
            path: self.path.bytes(),
            type_name: self.type_name.bytes(),
            schema: self.schema.bytes(),
            body: self.body.bytes(),
        };
        (entry, self.clock)
    }
}

/// A token and a record.
fn row_of<'py>(object: &Bound<'py, PyAny>, name: &str) -> PyResult<([u8; 32], Unchanging<'py>)> {
    let row: (Bound<'py, PyAny>, Bound<'py, PyAny>) =
        object.extract().map_err(|_| argument::wrong_type(name, "a tuple of token and record", object))?;
    Ok((argument::array(&row.0, "token")?, Unchanging::of(&row.1, "record")?))
}

/// The `Entry` that a record held.
fn entry<'py>(py: Python<'py>, opened: &OpenedEntry) -> PyResult<Bound<'py, PyAny>> {
    let bound::Entry { path, type_name, schema, body } = opened.entry();
    let fields = PyDict::new(py);
    fields.set_item("path", PyBytes::new(py, path))?;
    fields.set_item("type_name", PyBytes::new(py, type_name))?;
    fields.set_item("schema", PyBytes::new(py, schema))?;
    fields.set_item("body", PyBytes::new(py, body))?;
    fields.set_item("clock", opened.clock())?;
    py.import("pagecrypt._record")?.getattr("Entry")?.call((), Some(&fields))
}
