//! What S2 puts around records, for the module `pagecrypt.s2`.

use pagecrypt::record::s2::{self, Command, Envelope, Header, Opened, StoredRecord, StreamId};
use pagecrypt::{Error, ErrorCode, KeyTextProblem};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};
use zeroize::Zeroizing;

use crate::argument;
use crate::border::buffer::Readable;
use crate::error::{OrRaise as _, invalid_argument};
use crate::interpreter::released;
use crate::key::{Key, KeyText};
use crate::record::RecordCodec;
use crate::unchanging::Unchanging;

/// The id of a stream.
#[pyfunction]
pub(crate) fn s2_stream_id<'py>(
    basin: &Bound<'py, PyAny>,
    stream: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyBytes>> {
    let py = basin.py();
    let id = StreamId::of(text(basin, "basin")?, text(stream, "stream")?).or_raise(py)?;
    Ok(PyBytes::new(py, id.as_bytes()))
}

/// The key from the value of a header.
#[pyfunction]
pub(crate) fn s2_key_from_header(value: &Bound<'_, PyAny>, cipher: &Bound<'_, PyAny>) -> PyResult<Key> {
    let (py, cipher) = (value.py(), argument::cipher(cipher, "cipher")?);
    let key = if value.is_none() {
        s2::key_from_header(None::<&str>, cipher)
    } else {
        KeyText::of(value, "value")?
            .read(KeyTextProblem::Base64Characters, |text| s2::key_from_header(text, cipher))
    };
    key.or_raise(py).map(Key)
}

type Pairs<'py> = Vec<(Bound<'py, PyBytes>, Bound<'py, PyBytes>)>;

/// The encoded envelope of these headers and this body.
#[pyfunction]
pub(crate) fn s2_envelope_encode<'py>(
    headers: &Bound<'py, PyAny>,
    body: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyBytes>> {
    let (py, parts) = (body.py(), Parts::of(headers, body)?);
    let encoded = parts.envelope().encode().map(Zeroizing::new).or_raise(py)?;
    Ok(PyBytes::new(py, &encoded))
}

/// Headers and body of an encoded envelope.
#[pyfunction]
pub(crate) fn s2_envelope_decode<'py>(
    encoded: &Bound<'py, PyAny>,
) -> PyResult<(Pairs<'py>, Bound<'py, PyBytes>)> {
    let (py, encoded) = (encoded.py(), Unchanging::of(encoded, "encoded")?);
    let envelope = Envelope::decode(encoded.bytes()).or_raise(py)?;
    Ok((pairs(py, &envelope), PyBytes::new(py, envelope.body)))
}

/// Kind, number (the trim point or the metered size), fencing token, body or record, and headers.
type StoredParts<'py> = (&'static str, u64, Bound<'py, PyString>, Bound<'py, PyBytes>, Pairs<'py>);

/// The parts of a stored record.
#[pyfunction]
pub(crate) fn s2_decode_stored<'py>(stored: &Bound<'py, PyAny>) -> PyResult<StoredParts<'py>> {
    let (py, stored) = (stored.py(), Unchanging::of(stored, "stored")?);
    Ok(match StoredRecord::decode(stored.bytes()).or_raise(py)? {
        StoredRecord::Command(command) => command_parts(py, &command)?,
        StoredRecord::Plaintext(envelope) => envelope_parts(py, &envelope),
        StoredRecord::Encrypted { metered_size, record } => {
            ("encrypted", metered_size, PyString::new(py, ""), PyBytes::new(py, record), Vec::new())
        }
        _ => return Err(Error::Internal("a kind of stored record is unknown here")).or_raise(py),
    })
}

/// The parts of what a stored record of an encrypted stream holds.
#[pyfunction]
pub(crate) fn s2_open_stored<'py>(
    codec: &Bound<'py, PyAny>,
    stored: &Bound<'py, PyAny>,
) -> PyResult<StoredParts<'py>> {
    let py = stored.py();
    let codec = codec
        .cast::<RecordCodec>()
        .map(|codec| &codec.get().0)
        .map_err(|_| argument::wrong_type("codec", "a RecordCodec", codec))?;
    let stored = Unchanging::of(stored, "stored")?;
    let stored = stored.bytes();
    let opened = released(py, stored.len(), || StoredRecord::decode(stored)?.open(codec)).or_raise(py)?;
    match opened {
        Opened::Command(command) => command_parts(py, &command),
        Opened::Envelope(envelope) => {
            let envelope = Zeroizing::new(envelope);
            Ok(envelope_parts(py, &Envelope::decode(&envelope).or_raise(py)?))
        }
        _ => Err(Error::Internal("a kind of stored record is unknown here")).or_raise(py),
    }
}

/// The stored record of these parts.
#[pyfunction]
pub(crate) fn s2_encode_stored<'py>(
    kind: &Bound<'py, PyAny>,
    number: &Bound<'py, PyAny>,
    token: &Bound<'py, PyAny>,
    content: &Bound<'py, PyAny>,
    headers: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyBytes>> {
    let (py, parts) = (kind.py(), Parts::of(headers, content)?);
    let stored = stored_of(kind, number, token, &parts)?;
    let encoded = stored.encode().map(Zeroizing::new).or_raise(py)?;
    Ok(PyBytes::new(py, &encoded))
}

/// What S2 counts for a stored record of these parts, in bytes.
#[pyfunction]
pub(crate) fn s2_metered_size<'py>(
    kind: &Bound<'py, PyAny>,
    number: &Bound<'py, PyAny>,
    token: &Bound<'py, PyAny>,
    content: &Bound<'py, PyAny>,
    headers: &Bound<'py, PyAny>,
) -> PyResult<u64> {
    let parts = Parts::of(headers, content)?;
    stored_of(kind, number, token, &parts).map(|stored| stored.metered_size())
}

type Status = (u16, &'static str);

/// What S2 answers to an error: as it is documented, and as s2-lite does it.
#[pyfunction]
pub(crate) fn s2_answer(error: &Bound<'_, PyAny>) -> PyResult<Option<(Option<Status>, Status)>> {
    let code = error.getattr("code").and_then(|code| code.extract::<u16>());
    let code = code.map_err(|_| argument::wrong_type("error", "a PagecryptError", error))?;
    let status = |status: s2::Status| (status.http, status.code);
    let known = ErrorCode::ALL.iter().find(|known| known.number() == code);
    let answer = known.and_then(|code| s2::answer(*code));
    Ok(answer.map(|answer| (answer.documented.map(status), status(answer.lite))))
}

/// Headers and body, or a record, of the caller's.
struct Parts<'py> {
    headers: Vec<(Readable<'py>, Readable<'py>)>,
    content: Readable<'py>,
}

impl<'py> Parts<'py> {
    fn of(headers: &Bound<'py, PyAny>, content: &Bound<'py, PyAny>) -> PyResult<Self> {
        let headers = argument::each(headers, "headers", "a sequence of Header", |header, name| {
            let part = |of: &'static str| match header.getattr(of) {
                Ok(part) => Readable::of(&part, of),
                Err(_) => Err(argument::wrong_type(name, "a Header", header)),
            };
            Ok((part("name")?, part("value")?))
        })?;
        Ok(Self { headers, content: Readable::of(content, "body")? })
    }

    fn envelope(&self) -> Envelope<'_> {
        let headers = self.headers.iter();
        Envelope {
            headers: headers
                .map(|(name, value)| Header { name: name.bytes(), value: value.bytes() })
                .collect(),
            body: self.content.bytes(),
        }
    }
}

fn stored_of<'a>(
    kind: &Bound<'_, PyAny>,
    number: &Bound<'_, PyAny>,
    token: &'a Bound<'_, PyAny>,
    parts: &'a Parts<'_>,
) -> PyResult<StoredRecord<'a>> {
    let number = argument::number(number, "number", "a number of S2 is from 0 to 2^64 - 1")?;
    Ok(match argument::word(kind, "kind", "a str")? {
        "fence" => StoredRecord::Command(Command::Fence(text(token, "token")?)),
        "trim" => StoredRecord::Command(Command::Trim(number)),
        "plaintext" => StoredRecord::Plaintext(parts.envelope()),
        "encrypted" => StoredRecord::Encrypted { metered_size: number, record: parts.content.bytes() },
        _ => return Err(invalid_argument(kind.py(), "a kind of stored record that S2 does not have")),
    })
}

fn command_parts<'py>(py: Python<'py>, command: &Command<'_>) -> PyResult<StoredParts<'py>> {
    let (kind, number, token) = match command {
        Command::Fence(token) => ("fence", 0, *token),
        Command::Trim(point) => ("trim", *point, ""),
        _ => return Err(Error::Internal("a command of S2 is unknown here")).or_raise(py),
    };
    Ok((kind, number, PyString::new(py, token), PyBytes::new(py, b""), Vec::new()))
}

fn envelope_parts<'py>(py: Python<'py>, envelope: &Envelope<'_>) -> StoredParts<'py> {
    ("plaintext", 0, PyString::new(py, ""), PyBytes::new(py, envelope.body), pairs(py, envelope))
}

fn pairs<'py>(py: Python<'py>, envelope: &Envelope<'_>) -> Pairs<'py> {
    let pair = |header: &Header<'_>| (PyBytes::new(py, header.name), PyBytes::new(py, header.value));
    envelope.headers.iter().map(pair).collect()
}

/// A name or token; what is not Unicode is none that S2 has.
fn text<'a>(object: &'a Bound<'_, PyAny>, name: &str) -> PyResult<&'a str> {
    let text = object.cast::<PyString>().map_err(|_| argument::wrong_type(name, "a str", object))?;
    text.to_str().map_err(|_| invalid_argument(object.py(), "a name or token of S2 is Unicode"))
}
