//! Pages.

use pagecrypt::Error;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::argument;
use crate::border::buffer::{Place, Readable, Writable};
use crate::border::bytes::NewBytes;
use crate::cipher::cipher_member;
use crate::engine::engine_member;
use crate::enumeration::format_member;
use crate::error::OrRaise as _;
use crate::interpreter::released;
use crate::wal::WalChain;

/// Seals and opens the pages of a database file under one key.
///
/// Runs of pages lie in one contiguous buffer and are worked on together, which is faster than one at a time. The
/// last `reserved_length` bytes of a plaintext page are zero. A codec may be used from several threads at once.
#[pyclass(frozen, module = "pagecrypt")]
pub(crate) struct PageCodec(pagecrypt::page::PageCodec);

#[pymethods]
impl PageCodec {
    #[new]
    #[pyo3(signature = (key, page_size = None, format = None), text_signature = "(key, page_size=4096, format='turso')")]
    fn new(
        key: &Bound<'_, PyAny>,
        page_size: Option<&Bound<'_, PyAny>>,
        format: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let (py, key) = (key.py(), argument::key(key)?);
        let page_size = page_size.map_or(Ok(4096), argument::page_size)?;
        argument::check_format(format)?;
        pagecrypt::page::PageCodec::turso(key, page_size).or_raise(py).map(Self)
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

    /// The format.
    #[getter]
    fn format<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        format_member(py, self.0.format())
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
    /// The buffer is writable and holds whole pages of plaintext. Page 1 begins with SQLite's header, which names
    /// the page size and the reserved bytes. The page that holds PENDING_BYTE is sealed as zeros, whatever it
    /// holds.
    ///
    /// Raises BufferLengthError, PageNumberError, MalformedError where reserved bytes are not zero or the header of
    /// page 1 does not fit, UsageLimitError, RandomSourceError.
    fn seal_pages(&self, first: &Bound<'_, PyAny>, buffer: &Bound<'_, PyAny>) -> PyResult<()> {
        let (py, first) = (first.py(), argument::page_number(first, "first")?);
        let mut buffer = Writable::of(buffer, "buffer")?;
        let pages = buffer.bytes_mut();
        released(py, pages.len(), || self.0.seal_pages(first, pages)).or_raise(py)
    }

    /// Opens the pages `first`, `first` + 1, ... in place, in a writable buffer of whole sealed pages.
    ///
    /// Raises AuthenticationError with the numbers of the pages that are not authentic, which are zeros then; the
    /// others are open. Before anything is touched: BufferLengthError, PageNumberError, and for the header of page
    /// 1 NotEncryptedError, UnsupportedFormatError, CipherMismatchError, MalformedError.
    fn open_pages(&self, first: &Bound<'_, PyAny>, buffer: &Bound<'_, PyAny>) -> PyResult<()> {
        let (py, first) = (first.py(), argument::page_number(first, "first")?);
        let mut buffer = Writable::of(buffer, "buffer")?;
        let pages = buffer.bytes_mut();
        released(py, pages.len(), || self.0.open_pages(first, pages)).or_raise(py)
    }

    /// Seals one page: gives it sealed, as long as it was. Raises as `seal_pages` does.
    fn seal_page<'py>(
        &self,
        number: &Bound<'py, PyAny>,
        page: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let number = argument::page_number(number, "number")?;
        let mut sealed = self.one_page(page)?;
        self.seal_new(page.py(), number, &mut sealed)?;
        Ok(sealed.publish())
    }

    /// Opens one sealed page: gives its plaintext, as long as it was, with zeros in the reserved bytes. Raises as
    /// `open_pages` does.
    fn open_page<'py>(
        &self,
        number: &Bound<'py, PyAny>,
        page: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let number = argument::page_number(number, "number")?;
        let mut opened = self.one_page(page)?;
        self.open_new(page.py(), number, &mut opened)?;
        Ok(opened.publish())
    }

    /// Seals the pages `first`, `first` + 1, ... of a buffer, which stays as it is: gives them sealed. Raises as
    /// `seal_pages` does.
    fn sealed_pages<'py>(
        &self,
        first: &Bound<'py, PyAny>,
        pages: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let (py, first) = (first.py(), argument::page_number(first, "first")?);
        let mut sealed = NewBytes::copy(py, Readable::of(pages, "pages")?.bytes(), 0)?;
        self.seal_new(py, first, &mut sealed)?;
        Ok(sealed.publish())
    }

    /// Opens the pages `first`, `first` + 1, ... of a buffer, which stays as it is: gives their plaintext. Raises
    /// as `open_pages` does, also where a single page is not authentic.
    fn opened_pages<'py>(
        &self,
        first: &Bound<'py, PyAny>,
        pages: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let (py, first) = (first.py(), argument::page_number(first, "first")?);
        let mut opened = NewBytes::copy(py, Readable::of(pages, "pages")?.bytes(), 0)?;
        self.open_new(py, first, &mut opened)?;
        Ok(opened.publish())
    }

    /// Seals pages from one buffer into another of the same length. They are the same memory, or apart: else
    /// OverlapError. Raises as `seal_pages` does.
    fn seal_pages_into(
        &self,
        first: &Bound<'_, PyAny>,
        source: &Bound<'_, PyAny>,
        into: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let (py, first) = (first.py(), argument::page_number(first, "first")?);
        let (source, mut into) = (Readable::of(source, "source")?, Writable::of(into, "into")?);
        match place(&source, &into).or_raise(py)? {
            Place::Same => {
                let pages = into.bytes_mut();
                released(py, pages.len(), || self.0.seal_pages(first, pages))
            }
            Place::Apart => {
                let (from, to) = (source.bytes(), into.bytes_mut());
                released(py, from.len(), || self.0.seal_pages_into(first, from, to))
            }
        }
        .or_raise(py)
    }

    /// Opens pages from one buffer into another of the same length. They are the same memory, or apart: else
    /// OverlapError. Raises as `open_pages` does; pages that are not authentic are zeros in `into`.
    fn open_pages_into(
        &self,
        first: &Bound<'_, PyAny>,
        source: &Bound<'_, PyAny>,
        into: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let (py, first) = (first.py(), argument::page_number(first, "first")?);
        let (source, mut into) = (Readable::of(source, "source")?, Writable::of(into, "into")?);
        match place(&source, &into).or_raise(py)? {
            Place::Same => {
                let pages = into.bytes_mut();
                released(py, pages.len(), || self.0.open_pages(first, pages))
            }
            Place::Apart => {
                let (from, to) = (source.bytes(), into.bytes_mut());
                released(py, from.len(), || self.0.open_pages_into(first, from, to))
            }
        }
        .or_raise(py)
    }

    /// Seals frames of a write-ahead log in place, or none of them, and continues the log's checksum chain over
    /// them.
    ///
    /// The buffer is writable and holds whole frames of `frame_length` bytes: a header of 24 bytes and a page each.
    /// Of a header, the page number and the commit size are read; salts and checksum are written.
    ///
    /// Raises as `seal_pages` does.
    fn seal_frames(&self, chain: &Bound<'_, PyAny>, buffer: &Bound<'_, PyAny>) -> PyResult<()> {
        let (py, chain) = (chain.py(), WalChain::of(chain)?);
        let mut buffer = Writable::of(buffer, "buffer")?;
        let frames = buffer.bytes_mut();
        py.detach(|| self.0.seal_frames(&mut chain.lock(), frames)).or_raise(py)
    }

    /// Opens frames of a write-ahead log in place; `first` is the number of the first, from 1.
    ///
    /// Headers stay as they are: whether a frame belongs to the log is for WalChain.accept to say, before the frame
    /// is opened.
    ///
    /// Raises AuthenticationError with the numbers of the frames that are not authentic, whose pages are zeros
    /// then; else as `open_pages`.
    fn open_frames(&self, first: &Bound<'_, PyAny>, buffer: &Bound<'_, PyAny>) -> PyResult<()> {
        let (py, first) = (first.py(), argument::page_number(first, "first")?);
        let mut buffer = Writable::of(buffer, "buffer")?;
        let frames = buffer.bytes_mut();
        released(py, frames.len(), || self.0.open_frames(first, frames)).or_raise(py)
    }

    /// Opens frames from one buffer into another of the same length; headers are not copied. They are the same
    /// memory, or apart: else OverlapError. Raises as `open_frames` does.
    fn open_frames_into(
        &self,
        first: &Bound<'_, PyAny>,
        source: &Bound<'_, PyAny>,
        into: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let (py, first) = (first.py(), argument::page_number(first, "first")?);
        let (source, mut into) = (Readable::of(source, "source")?, Writable::of(into, "into")?);
        match place(&source, &into).or_raise(py)? {
            Place::Same => {
                let frames = into.bytes_mut();
                released(py, frames.len(), || self.0.open_frames(first, frames))
            }
            Place::Apart => {
                let (from, to) = (source.bytes(), into.bytes_mut());
                released(py, from.len(), || self.0.open_frames_into(first, from, to))
            }
        }
        .or_raise(py)
    }

    fn __repr__(&self) -> String {
        format!("<pagecrypt.PageCodec {} {} {}>", self.0.format(), self.0.cipher(), self.0.page_size())
    }
}

impl PageCodec {
    /// A copy of exactly one page.
    fn one_page<'py>(&self, page: &Bound<'py, PyAny>) -> PyResult<NewBytes<'py>> {
        let (py, page) = (page.py(), Readable::of(page, "page")?);
        let (expected, got) = (self.0.page_size(), page.bytes().len());
        if got != expected {
            return Err(Error::BufferLength { expected, got }).or_raise(py);
        }
        NewBytes::copy(py, page.bytes(), 0)
    }

    fn seal_new(&self, py: Python<'_>, first: u32, pages: &mut NewBytes<'_>) -> PyResult<()> {
        let pages = pages.bytes_mut();
        released(py, pages.len(), || self.0.seal_pages(first, pages)).or_raise(py)
    }

    fn open_new(&self, py: Python<'_>, first: u32, pages: &mut NewBytes<'_>) -> PyResult<()> {
        let pages = pages.bytes_mut();
        released(py, pages.len(), || self.0.open_pages(first, pages)).or_raise(py)
    }
}

/// The number of the page that SQLite never uses, since its locks are there: the one that holds PENDING_BYTE.
///
/// Raises PageSizeError.
#[pyfunction]
pub(crate) fn pending_byte_page(page_size: &Bound<'_, PyAny>) -> PyResult<u32> {
    pagecrypt::page::pending_byte_page(argument::page_size(page_size)?).or_raise(page_size.py())
}

/// Where `into` lies beside `source`, which is as long.
fn place(source: &Readable<'_>, into: &Writable<'_>) -> Result<Place, Error> {
    let place = into.place(source)?;
    let expected = source.bytes().len();
    if into.len() == expected { Ok(place) } else { Err(Error::BufferLength { expected, got: into.len() }) }
}
