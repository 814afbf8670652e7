//! Memory of Python objects, through the buffer protocol.
#![allow(unsafe_code)]

use std::ffi::{CStr, c_int};
use std::marker::PhantomData;
use std::mem::MaybeUninit;

use pagecrypt::Error;
use pyo3::exceptions::{PyBufferError, PyTypeError};
use pyo3::ffi;
use pyo3::prelude::*;

use crate::argument::{type_name, wrong_type};

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
    fn get(object: &Bound<'py, PyAny>, flags: c_int, name: &str) -> PyResult<Self> {
        let mut view = Box::new(MaybeUninit::<ffi::Py_buffer>::uninit());
        // Safety: attached; the object lives, and `view` is where the exporter may write a structure.
        let code = unsafe { ffi::PyObject_GetBuffer(object.as_ptr(), view.as_mut_ptr(), flags) };
        if code != 0 {
            let refused = PyBufferError::new_err(format!("{name} cannot be used as bytes"));
            refused.set_cause(object.py(), Some(PyErr::fetch(object.py())));
            return Err(refused);
        }
        // Safety: filled, as the code says.
        let view = Self { view: unsafe { view.assume_init() }, _attached: PhantomData };
        view.check(name)?;
        Ok(view)
    }

    /// Refuses what is not plain bytes in one piece.
    fn check(&self, name: &str) -> PyResult<()> {
        // Safety: the view is valid; `C` is an order.
        if unsafe { ffi::PyBuffer_IsContiguous(&raw const *self.view, b'C' as _) } == 0 {
            return Err(PyBufferError::new_err(format!(
                "{name} is not C-contiguous: its bytes do not lie in a row"
            )));
        }
        // Safety: a C string, or null for unsigned bytes.
        let format = (!self.view.format.is_null()).then(|| unsafe { CStr::from_ptr(self.view.format) });
        if format.is_some_and(|format| holds_objects(format.to_bytes())) {
            return Err(PyBufferError::new_err(format!(
                "{name} holds references to Python objects, not data"
            )));
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

impl<'py> Readable<'py> {
    /// The buffer of the argument `name`.
    pub(crate) fn of(object: &Bound<'py, PyAny>, name: &str) -> PyResult<Self> {
        check_exporter(object, name, "a bytes-like object")?;
        View::get(object, ffi::PyBUF_FULL_RO, name).map(Self)
    }

    /// The buffer of an argument that may be left out.
    pub(crate) fn of_optional(object: Option<&Bound<'py, PyAny>>, name: &str) -> PyResult<Option<Self>> {
        object.map(|object| Self::of(object, name)).transpose()
    }

    /// The bytes.
    pub(crate) fn bytes(&self) -> &[u8] {
        // Safety: the exporter keeps that many bytes there until the view is released. That others may write to them
        // meanwhile is what `View` speaks of.
        unsafe { std::slice::from_raw_parts(self.0.start(), self.0.len()) }
    }
}

/// A buffer to write: C-contiguous and writable.
pub(crate) struct Writable<'py>(View<'py>);

impl<'py> Writable<'py> {
    /// The buffer of the argument `name`.
    pub(crate) fn of(object: &Bound<'py, PyAny>, name: &str) -> PyResult<Self> {
        check_exporter(object, name, "a writable buffer")?;
        View::get(object, ffi::PyBUF_FULL, name).map(Self).map_err(|error| {
            // Exporters say in many ways that they are read-only.
            if View::get(object, ffi::PyBUF_FULL_RO, name).is_ok() {
                PyTypeError::new_err(format!(
                    "{name} must be a writable buffer, not read-only {}",
                    type_name(object)
                ))
            } else {
                error
            }
        })
    }

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

/// Whether a format has the character for references; the names of fields stand between colons.
fn holds_objects(format: &[u8]) -> bool {
    format.split(|byte| *byte == b':').step_by(2).any(|types| types.contains(&b'O'))
}

/// Whether an object has the buffer protocol.
pub(crate) fn is_exporter(object: &Bound<'_, PyAny>) -> bool {
    // Safety: attached, and the object lives.
    unsafe { ffi::PyObject_CheckBuffer(object.as_ptr()) != 0 }
}

fn check_exporter(object: &Bound<'_, PyAny>, name: &str, expected: &str) -> PyResult<()> {
    if is_exporter(object) { Ok(()) } else { Err(wrong_type(name, expected, object)) }
}
