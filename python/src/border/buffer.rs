//! Memory of Python objects, through the buffer protocol.
#![allow(unsafe_code)]

use std::ffi::{CStr, c_int};
use std::marker::PhantomData;
use std::mem::MaybeUninit;

use pagecrypt::Error;
use pyo3::exceptions::{PyBufferError, PyTypeError};
use pyo3::prelude::*;
use pyo3::{Borrowed, ffi};

use crate::error::type_name;

/// A buffer that Python keeps in its place as long as this lives: it can be neither resized nor freed.
///
/// Its *content* can change at any time: Python code of other threads runs while the interpreter is released, and a
/// mapped file changes with the file. So nobody may rest memory safety on bytes that were looked at before. The crate
/// `pagecrypt` does not: what it computes from bytes of a buffer (page numbers of frame headers, the header of page 1,
/// reserved bytes) chooses among branches that are all in bounds, and every slice is cut by lengths that come from
/// here, which do not change.
struct View<'py> {
    /// Boxed because exporters may keep pointers into the structure.
    view: Box<ffi::Py_buffer>,
    /// The interpreter is attached wherever this is, so also where it is released.
    _attached: PhantomData<Python<'py>>,
}

impl<'py> View<'py> {
    fn get(object: Borrowed<'_, 'py, PyAny>, flags: c_int) -> PyResult<Self> {
        let mut view = Box::new(MaybeUninit::<ffi::Py_buffer>::uninit());
        // Safety: attached; the object lives, and `view` is where the exporter may write a structure.
        let code = unsafe { ffi::PyObject_GetBuffer(object.as_ptr(), view.as_mut_ptr(), flags) };
        if code != 0 {
            return Err(PyErr::fetch(object.py()));
        }
        // Safety: filled, as the code says.
        let view = Self { view: unsafe { view.assume_init() }, _attached: PhantomData };
        view.check()?;
        Ok(view)
    }

    /// Refuses what is not plain bytes in one piece.
    fn check(&self) -> PyResult<()> {
        // Safety: the view is valid; `C` is an order.
        if unsafe { ffi::PyBuffer_IsContiguous(&raw const *self.view, b'C' as _) } == 0 {
            return Err(PyBufferError::new_err(
                "the buffer is not C-contiguous: pass a contiguous copy of it, such as bytes(buffer)",
            ));
        }
        // Safety: a C string, or null for unsigned bytes.
        let format = (!self.view.format.is_null()).then(|| unsafe { CStr::from_ptr(self.view.format) });
        if format.is_some_and(|format| format.to_bytes().contains(&b'O')) {
            return Err(PyBufferError::new_err("the buffer holds references to Python objects, not data"));
        }
        Ok(())
    }

    fn len(&self) -> usize {
        usize::try_from(self.view.len).unwrap_or(0)
    }

    fn start(&self) -> *mut u8 {
        match self.len() {
            0 => std::ptr::NonNull::dangling().as_ptr(), // exporters may give null
            _ => self.view.buf.cast(),
        }
    }
}

impl Drop for View<'_> {
    fn drop(&mut self) {
        // Safety: attached, and the view was filled by `PyObject_GetBuffer`; nobody uses it afterwards.
        unsafe { ffi::PyBuffer_Release(&raw mut *self.view) };
    }
}

/// A buffer to read: anything C-contiguous.
pub(crate) struct Readable<'py>(View<'py>);

impl<'py> FromPyObject<'_, 'py> for Readable<'py> {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        check_exporter(object)?;
        View::get(object, ffi::PyBUF_FULL_RO).map(Self).map_err(|error| refused(object, error))
    }
}

impl Readable<'_> {
    /// The bytes.
    pub(crate) fn bytes(&self) -> &[u8] {
        // Safety: the exporter keeps that many bytes there until the view is released. That others may write to them
        // meanwhile is what `View` speaks of.
        unsafe { std::slice::from_raw_parts(self.0.start(), self.0.len()) }
    }
}

/// A buffer to write: C-contiguous and writable.
pub(crate) struct Writable<'py>(View<'py>);

impl<'py> FromPyObject<'_, 'py> for Writable<'py> {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        check_exporter(object)?;
        View::get(object, ffi::PyBUF_FULL).map(Self).map_err(|error| match View::get(object, ffi::PyBUF_FULL_RO) {
            Ok(_) => PyTypeError::new_err(format!("expected a writable buffer, got a read-only {}", type_name(&object))),
            Err(_) => refused(object, error),
        })
    }
}

impl Writable<'_> {
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The bytes.
    pub(crate) fn bytes_mut(&mut self) -> &mut [u8] {
        // Safety: as `Readable::bytes`, and the exporter allows to write. No other slice of this crate leads to these
        // bytes in the same call: `place` is asked first.
        unsafe { std::slice::from_raw_parts_mut(self.0.start(), self.0.len()) }
    }

    /// Where this lies beside what is read.
    pub(crate) fn place(&self, source: &Readable<'_>) -> Result<Place, Error> {
        let (a, b) = (&self.0, &source.0);
        let (a_start, b_start) = (a.start().addr(), b.start().addr());
        if a.len() == 0 || b.len() == 0 || a_start + a.len() <= b_start || b_start + b.len() <= a_start {
            Ok(Place::Apart)
        } else if a_start == b_start {
            Ok(Place::Same)
        } else {
            Err(Error::Overlap)
        }
    }

    /// Refuses what is read, and shares memory with this.
    pub(crate) fn must_be_apart(&self, source: &Readable<'_>) -> Result<(), Error> {
        match self.place(source)? {
            Place::Apart => Ok(()),
            Place::Same => Err(Error::Overlap),
        }
    }
}

/// Where one buffer lies beside another.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// They begin with the same byte.
    Same,
    /// They share no byte.
    Apart,
}

fn check_exporter(object: Borrowed<'_, '_, PyAny>) -> PyResult<()> {
    // Safety: attached, and the object lives.
    if unsafe { ffi::PyObject_CheckBuffer(object.as_ptr()) } == 0 {
        return Err(PyTypeError::new_err(format!("expected a bytes-like object, got {}", type_name(&object))));
    }
    Ok(())
}

/// Exporters say in many ways that they cannot be seen as bytes.
fn refused(object: Borrowed<'_, '_, PyAny>, error: PyErr) -> PyErr {
    let py = object.py();
    if error.is_instance_of::<PyBufferError>(py) {
        return error;
    }
    let refused = PyBufferError::new_err(format!("{} cannot be read as bytes", type_name(&object)));
    refused.set_cause(py, Some(error));
    refused
}
