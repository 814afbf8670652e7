//! Headers and checksum chain of write-ahead logs.

use std::sync::{Mutex, MutexGuard, PoisonError};

use pagecrypt::page::{turso, wal};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::argument;
use crate::border::buffer::Readable;
use crate::cipher::cipher_member;
use crate::enumeration::byte_order_member;
use crate::error::{OrRaise as _, invalid_argument};

/// The checksum chain over a write-ahead log: which frames belong to it, in their order.
///
/// Made by `WalChain.start` and `WalChain.resume`. Threads that use one chain take turns.
#[pyclass(frozen, module = "pagecrypt")]
pub(crate) struct WalChain(Mutex<wal::Chain>);

#[pymethods]
impl WalChain {
    /// The chain before the first frame of the log with this header.
    #[staticmethod]
    fn start(header: &Bound<'_, PyAny>) -> PyResult<Self> {
        Ok(Self(Mutex::new(wal::Chain::start(&header_of(header)?))))
    }

    /// The chain behind a frame whose header holds `checksum`, accepted or not: to look for what else belongs to a
    /// damaged log.
    #[staticmethod]
    fn resume(header: &Bound<'_, PyAny>, checksum: &Bound<'_, PyAny>) -> PyResult<Self> {
        let checksum = words(checksum, "checksum")?;
        Ok(Self(Mutex::new(wal::Chain::resume(&header_of(header)?, checksum))))
    }

    /// The checksum after the last frame that was accepted or sealed: two numbers of 32 bits.
    #[getter]
    fn checksum(&self, py: Python<'_>) -> (u32, u32) {
        let [a, b] = py.detach(|| self.lock().checksum());
        (a, b)
    }

    /// Whether a frame, its header and its sealed page, is the next of the log. If so, the chain goes on behind it;
    /// if not, the log ends before it, and the chain stays where it is.
    fn accept(&self, frame: &Bound<'_, PyAny>) -> PyResult<bool> {
        let (py, frame) = (frame.py(), Readable::of(frame, "frame")?);
        let frame = frame.bytes();
        Ok(py.detach(|| self.lock().accept(frame)))
    }

    fn __repr__(&self, py: Python<'_>) -> String {
        let (a, b) = self.checksum(py);
        format!("<pagecrypt.WalChain {a:08x} {b:08x}>")
    }
}

impl WalChain {
    /// The chain of the argument `chain`.
    pub(crate) fn of<'a>(object: &'a Bound<'_, PyAny>) -> PyResult<&'a Self> {
        object.cast::<Self>().map(Bound::get).map_err(|_| argument::wrong_type("chain", "a WalChain", object))
    }

    /// To be called while the interpreter is released, and let go before it is taken back: who holds the lock never
    /// waits for the interpreter.
    pub(crate) fn lock(&self) -> MutexGuard<'_, wal::Chain> {
        // A panic elsewhere leaves the chain before the frame.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

type HeaderFields<'py> = (Bound<'py, PyAny>, usize, u32, Words);
type FrameHeaderFields = (u32, u32, Words, Words);
type Words = (u32, u32);

/// The fields of `WalHeader`.
#[pyfunction]
pub(crate) fn wal_header_parse<'py>(buffer: &Bound<'py, PyAny>) -> PyResult<HeaderFields<'py>> {
    let (py, buffer) = (buffer.py(), Readable::of(buffer, "buffer")?);
    header_fields(py, &wal::Header::parse(buffer.bytes()).or_raise(py)?)
}

/// The header as it stands in the file: 32 bytes.
#[pyfunction]
pub(crate) fn wal_header_to_bytes<'py>(header: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>> {
    Ok(PyBytes::new(header.py(), &header_of(header)?.to_bytes()))
}

/// The fields of `WalFrameHeader`.
#[pyfunction]
pub(crate) fn wal_frame_header_parse(buffer: &Bound<'_, PyAny>) -> PyResult<FrameHeaderFields> {
    let (py, buffer) = (buffer.py(), Readable::of(buffer, "buffer")?);
    let header = wal::FrameHeader::parse(buffer.bytes()).or_raise(py)?;
    Ok((header.page, header.commit_size, header.salts.into(), header.checksum.into()))
}

/// The fields of `TursoHeader`.
#[pyfunction]
pub(crate) fn turso_header_parse<'py>(
    buffer: &Bound<'py, PyAny>,
) -> PyResult<(u8, Bound<'py, PyAny>, usize, usize)> {
    let (py, buffer) = (buffer.py(), Readable::of(buffer, "buffer")?);
    let header = turso::Header::parse(buffer.bytes()).or_raise(py)?;
    Ok((header.version, cipher_member(py, header.cipher)?, header.page_size, header.reserved_length))
}

/// What `WalHeader` is made of.
pub(crate) fn header_fields<'py>(py: Python<'py>, header: &wal::Header) -> PyResult<HeaderFields<'py>> {
    Ok((byte_order_member(py, header.byte_order)?, header.page_size, header.checkpoint, header.salts.into()))
}

/// The core's header for a `WalHeader`.
fn header_of(object: &Bound<'_, PyAny>) -> PyResult<wal::Header> {
    let py = object.py();
    let field =
        |name| object.getattr(name).map_err(|_| argument::wrong_type("header", "a WalHeader", object));
    let byte_order = match argument::word(&field("byte_order")?, "byte_order", "a ByteOrder")? {
        "little" => wal::ByteOrder::Little,
        "big" => wal::ByteOrder::Big,
        _ => return Err(invalid_argument(py, "the byte order is neither little nor big")),
    };
    let page_size = argument::page_size(&field("page_size")?)?;
    let checkpoint = word_of(&field("checkpoint")?, "checkpoint")?;
    let salts = words(&field("salts")?, "salts")?;
    wal::Header::new(byte_order, page_size, checkpoint, salts).or_raise(py)
}

/// Two numbers of 32 bits.
fn words(object: &Bound<'_, PyAny>, name: &str) -> PyResult<[u32; 2]> {
    let pair: (Bound<'_, PyAny>, Bound<'_, PyAny>) =
        object.extract().map_err(|_| argument::wrong_type(name, "a tuple of two ints", object))?;
    Ok([word_of(&pair.0, name)?, word_of(&pair.1, name)?])
}

fn word_of(object: &Bound<'_, PyAny>, name: &str) -> PyResult<u32> {
    argument::integer(object, name, || invalid_argument(object.py(), "a number does not fit 32 bits"))
}
