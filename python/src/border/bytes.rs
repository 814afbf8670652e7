//! `bytes` objects that are filled before anybody else sees them.
#![allow(unsafe_code)]

use std::mem::ManuallyDrop;

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use zeroize::Zeroize;

/// A new `bytes` object that nobody else knows; wiped where it is dropped instead of published, since it may hold
/// plaintext.
pub(crate) struct NewBytes<'py> {
    object: ManuallyDrop<Bound<'py, PyBytes>>,
    start: *mut u8,
    length: usize,
}

impl<'py> NewBytes<'py> {
    /// A copy of `source`, followed by `more` zeros.
    pub(crate) fn copy(py: Python<'py>, source: &[u8], more: usize) -> PyResult<Self> {
        let new = Self::uninitialised(py, source.len().saturating_add(more))?;
        // Safety: `start` leads to `source.len() + more` bytes that are nobody else's.
        unsafe {
            new.start.copy_from_nonoverlapping(source.as_ptr(), source.len());
            new.start.add(source.len()).write_bytes(0, more);
        }
        Ok(new)
    }

    /// Zeros.
    pub(crate) fn zeros(py: Python<'py>, length: usize) -> PyResult<Self> {
        Self::copy(py, &[], length)
    }

    /// To be filled by the caller before anybody reads it.
    fn uninitialised(py: Python<'py>, length: usize) -> PyResult<Self> {
        let size = ffi::Py_ssize_t::try_from(length).unwrap_or(ffi::Py_ssize_t::MAX);
        // Safety: attached. Gives a new reference, or null with an exception.
        let object = unsafe {
            let object = ffi::PyBytes_FromStringAndSize(std::ptr::null(), size);
            Bound::from_owned_ptr_or_err(py, object)?.cast_into_unchecked::<PyBytes>()
        };
        // Safety: attached, and it is a `bytes` object. The bytes of a new one may be written to; the empty one is
        // shared, and has none.
        let start = unsafe { ffi::PyBytes_AsString(object.as_ptr()) }.cast();
        Ok(Self { object: ManuallyDrop::new(object), start, length })
    }

    /// The content.
    pub(crate) fn bytes_mut(&mut self) -> &mut [u8] {
        // Safety: that many bytes, initialised, which nobody else knows; they live as long as the object, which is
        // borrowed mutably.
        unsafe { std::slice::from_raw_parts_mut(self.start, self.length) }
    }

    /// The object, for others to see.
    pub(crate) fn publish(self) -> Bound<'py, PyBytes> {
        let mut this = ManuallyDrop::new(self);
        // Safety: `this` is not used or dropped afterwards.
        unsafe { ManuallyDrop::take(&mut this.object) }
    }
}

impl Drop for NewBytes<'_> {
    fn drop(&mut self) {
        self.bytes_mut().zeroize();
        // Safety: dropped once, here; `publish` does not come here.
        unsafe { ManuallyDrop::drop(&mut self.object) };
    }
}
