//! Pages.

use pagecrypt::Error;
use pyo3::Borrowed;
use pyo3::exceptions::PyOverflowError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::border::buffer::{Place, Readable, Writable};
use crate::border::bytes::NewBytes;
use crate::cipher::cipher_member;
use crate::engine::engine_member;
use crate::error::{OrRaise as _, exception, invalid_argument};
use crate::interpreter::released;
use crate::key::Key;

/// Seals and opens the pages of a database file under one key.
///
/// Runs of pages lie in one contiguous buffer and are worked on together, which is faster than one at a time. The last
/// `reserved_length` bytes of a plaintext page are zero. A codec may be used from several threads at once.
#[pyclass(frozen, module = "pagecrypt")]
pub(crate) struct PageCodec(pagecrypt::page::PageCodec);

#[pymethods]
impl PageCodec {
    #[new]
    #[pyo3(signature = (key, page_size = PageSize(4096), format = "turso"), text_signature = "(key, page_size=4096, format='turso')")]
    fn new(py: Python<'_>, key: &Bound<'_, Key>, page_size: PageSize, format: &str) -> PyResult<Self> {
        check_format(py, format)?;
        pagecrypt::page::PageCodec::turso(&key.get().0, page_size.0).or_raise(py).map(Self)
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

    /// Length of a page, in bytes.
    #[getter]
    fn page_size(&self) -> usize {
        self.0.page_size()
    }

    /// Bytes at the end of each page that hold tag and nonce, and are zero in the plaintext: 28, 32 or 48.
    #[getter]
    fn reserved_length(&self) -> usize {
        self.0.reserved_length()
    }

    /// Length of a frame of a write-ahead log, in bytes: a header of 24 bytes and a page.
    #[getter]
    fn frame_length(&self) -> usize {
        self.0.frame_length()
    }

    /// Seals the pages `first`, `first` + 1, ... in place, or none of them, each under a fresh nonce.
    ///
    /// The buffer is writable and holds whole pages of plaintext. Page 1 begins with SQLite's header, which names the
    /// page size and the reserved bytes.
    ///
    /// Raises BufferLengthError, PageNumberError, MalformedError where reserved bytes are not zero or the header of
    /// page 1 does not fit, UsageLimitError, RandomSourceError.
    fn seal_pages(&self, py: Python<'_>, first: PageNumber, mut buffer: Writable<'_>) -> PyResult<()> {
        let pages = buffer.bytes_mut();
        released(py, pages.len(), || self.0.seal_pages(first.0, pages)).or_raise(py)
    }

    /// Opens the pages `first`, `first` + 1, ... in place.
    ///
    /// Raises AuthenticationError with the numbers of the pages that are not authentic, which are zeros then; the
    /// others are open. Before anything is touched: BufferLengthError, PageNumberError, and for the header of page 1
    /// NotEncryptedError, UnsupportedFormatError, CipherMismatchError, MalformedError.
    fn open_pages(&self, py: Python<'_>, first: PageNumber, mut buffer: Writable<'_>) -> PyResult<()> {
        let pages = buffer.bytes_mut();
        released(py, pages.len(), || self.0.open_pages(first.0, pages)).or_raise(py)
    }

    fn __repr__(&self) -> String {
        format!("<pagecrypt.PageCodec {} {} {}>", self.0.format(), self.0.cipher(), self.0.page_size())
    }
}

/// The number of the page that SQLite never uses, since its locks are there: the one that holds PENDING_BYTE.
///
/// Raises PageSizeError.
#[pyfunction]
pub(crate) fn pending_byte_page(py: Python<'_>, page_size: PageSize) -> PyResult<u32> {
    pagecrypt::page::pending_byte_page(page_size.0).or_raise(py)
}

/// There is one format.
pub(crate) fn check_format(py: Python<'_>, format: &str) -> PyResult<()> {
    if format == pagecrypt::page::Format::Turso.name() {
        Ok(())
    } else {
        Err(invalid_argument(py, "the format is not turso"))
    }
}

/// The number of a page, or of a frame; the core checks what it may be.
pub(crate) struct PageNumber(pub(crate) u32);

impl<'py> FromPyObject<'_, 'py> for PageNumber {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        object.extract().map(Self).map_err(|error: PyErr| {
            let py = object.py();
            if error.is_instance_of::<PyOverflowError>(py) { exception(py, &Error::PageNumber) } else { error }
        })
    }
}

/// A page size; the core checks what it may be.
pub(crate) struct PageSize(pub(crate) usize);

impl<'py> FromPyObject<'_, 'py> for PageSize {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        object.extract().map(Self).map_err(|error: PyErr| {
            let py = object.py();
            if error.is_instance_of::<PyOverflowError>(py) { crate::error::page_size(&object) } else { error }
        })
    }
}
