//! Reading an encrypted database as a plain one.

use std::sync::{Arc, Mutex, PoisonError};

use pagecrypt::Error;
use pagecrypt::file::FileOptions;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyTuple};

use crate::argument;
use crate::border::buffer::Writable;
use crate::border::bytes::NewBytes;
use crate::cipher::cipher_member;
use crate::error::{OrRaise as _, exception, invalid_argument};
use crate::file::wait_of;
use crate::interpreter::Watch;

/// An encrypted database as the bytes of a plain one, its write-ahead log applied.
///
/// Each page is authenticated when it is read. The files must not change meanwhile: see `check_unchanged`. On Unix
/// the main file is locked as a reader does, until the reader is closed. Several threads may read at once.
///
/// `wait` is how many seconds to wait for another program that is just writing to the file. Raises what verify_file
/// raises; AuthenticationError and MalformedError also for damage of page 1 or of the log's end, and for a file
/// that is too short or too long.
#[pyclass(frozen, module = "pagecrypt")]
pub(crate) struct PageReader(Mutex<Option<Arc<pagecrypt::file::PageReader>>>);

#[pymethods]
impl PageReader {
    #[new]
    #[pyo3(signature = (path, key, *, wait = None), text_signature = "(path, key, *, wait=5.0)")]
    fn new(
        path: &Bound<'_, PyAny>,
        key: &Bound<'_, PyAny>,
        wait: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let (py, path) = (path.py(), argument::path(path, "path")?);
        let (key, wait) = (argument::key(key)?, wait_of(wait)?);
        let mut watch = Watch::new(None);
        let opened = py.detach(|| {
            let mut step = |done, total| watch.step(done, total);
            let mut options = FileOptions::new().wait(wait).progress(&mut step);
            pagecrypt::file::PageReader::open_with(&path, key, &mut options)
        });
        Ok(Self(Mutex::new(Some(Arc::new(watch.outcome(py, opened)?)))))
    }

    /// Closes the files. What is being read in other threads is read to its end; later calls raise ValueError.
    /// Closing again does nothing.
    fn close(&self, py: Python<'_>) {
        let closed = self.slot().take();
        py.detach(|| drop(closed));
    }

    /// Whether it is closed.
    #[getter]
    fn closed(&self) -> bool {
        self.slot().is_none()
    }

    fn __enter__<'py>(this: Bound<'py, Self>) -> PyResult<Bound<'py, Self>> {
        this.get().reader()?;
        Ok(this)
    }

    #[pyo3(signature = (*_exception))]
    fn __exit__(&self, py: Python<'_>, _exception: &Bound<'_, PyTuple>) {
        self.close(py);
    }

    /// The file's cipher.
    #[getter]
    fn cipher<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        cipher_member(py, self.reader()?.codec().cipher())
    }

    /// Length of a page, in bytes.
    #[getter]
    fn page_size(&self) -> PyResult<usize> {
        Ok(self.reader()?.page_size())
    }

    /// How many pages the database has.
    #[getter]
    fn page_count(&self) -> PyResult<u32> {
        Ok(self.reader()?.page_count())
    }

    /// Length of the plain database, in bytes: all its pages.
    #[getter]
    fn size(&self) -> PyResult<u64> {
        Ok(self.reader()?.length())
    }

    /// How many frames of the write-ahead log are part of the database.
    #[getter]
    fn frames_applied(&self) -> PyResult<u64> {
        Ok(self.reader()?.frames_applied())
    }

    /// The `length` bytes from `offset` on, fewer where the database ends.
    ///
    /// Raises AuthenticationError with the pages, or the frame of the log, that are not authentic; LockedError
    /// where the file shrank; InputOutputError; InvalidArgumentError for negative numbers.
    fn read_at<'py>(
        &self,
        offset: &Bound<'py, PyAny>,
        length: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let (py, reader) = (offset.py(), self.reader()?);
        let (offset, length) = (offset_of(offset)?, length_of(length)?);
        let left = usize::try_from(reader.length().saturating_sub(offset)).unwrap_or(usize::MAX);
        let mut bytes = NewBytes::zeros(py, length.min(left))?;
        let to = bytes.bytes_mut();
        py.detach(|| reader.read_at(offset, to)).or_raise(py)?;
        Ok(bytes.publish())
    }

    /// Reads the bytes from `offset` on into a writable buffer, and gives how many there were: fewer than it has
    /// room for where the database ends, whose rest stays as it is.
    ///
    /// Raises as `read_at` does, with zeros in the buffer.
    fn read_into(&self, offset: &Bound<'_, PyAny>, buffer: &Bound<'_, PyAny>) -> PyResult<usize> {
        let (py, reader) = (offset.py(), self.reader()?);
        let (offset, mut buffer) = (offset_of(offset)?, Writable::of(buffer, "buffer")?);
        let to = buffer.bytes_mut();
        py.detach(|| reader.read_at(offset, to)).or_raise(py)
    }

    /// The pages `first`, `first` + 1, ... of the plain database, `count` of them. Reserved bytes are zero.
    ///
    /// Raises as `read_at` does, and PageNumberError for pages that the database does not have.
    fn read_pages<'py>(
        &self,
        first: &Bound<'py, PyAny>,
        count: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let (py, reader) = (first.py(), self.reader()?);
        let (first, count) = (argument::page_number(first, "first")?, page_count_of(count)?);
        if first == 0 || u64::from(first - 1).saturating_add(count as u64) > reader.page_count().into() {
            return Err(Error::PageNumber).or_raise(py);
        }
        let mut bytes = NewBytes::zeros(py, count.saturating_mul(reader.page_size()))?;
        let to = bytes.bytes_mut();
        py.detach(|| reader.read_pages(first, to)).or_raise(py)?;
        Ok(bytes.publish())
    }

    /// Raises LockedError where somebody has written to the files since they were opened: then what was read may
    /// not fit together.
    fn check_unchanged(&self, py: Python<'_>) -> PyResult<()> {
        let reader = self.reader()?;
        py.detach(|| reader.check_unchanged()).or_raise(py)
    }

    /// A view as a raw file, readable and seekable, with a position of its own:
    /// io.BufferedReader(reader.as_file()). Closing it leaves the reader open.
    fn as_file(this: Bound<'_, Self>) -> PyResult<Bound<'_, PyAny>> {
        this.get().reader()?;
        this.py().import("pagecrypt._reader")?.getattr("PageFile")?.call1((this,))
    }

    fn __repr__(&self) -> String {
        match self.reader() {
            Ok(reader) => {
                format!("<pagecrypt.PageReader {} {} pages>", reader.codec().cipher(), reader.page_count())
            }
            Err(_) => "<pagecrypt.PageReader closed>".to_owned(),
        }
    }
}

impl PageReader {
    fn reader(&self) -> PyResult<Arc<pagecrypt::file::PageReader>> {
        self.slot().clone().ok_or_else(|| PyValueError::new_err("I/O operation on closed PageReader"))
    }

    /// Held for moments only, never while the interpreter could change hands.
    fn slot(&self) -> std::sync::MutexGuard<'_, Option<Arc<pagecrypt::file::PageReader>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is too large for a length is more pages than there are, too.
fn page_count_of(object: &Bound<'_, PyAny>) -> PyResult<usize> {
    argument::integer(object, "count", || exception(object.py(), &Error::PageNumber))
}

fn offset_of(object: &Bound<'_, PyAny>) -> PyResult<u64> {
    argument::integer(object, "offset", || {
        invalid_argument(object.py(), "an offset is not negative, and fits 64 bits")
    })
}

fn length_of(object: &Bound<'_, PyAny>) -> PyResult<usize> {
    argument::integer(object, "length", || {
        invalid_argument(object.py(), "a length is not negative, and fits memory")
    })
}
