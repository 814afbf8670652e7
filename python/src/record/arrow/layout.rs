//! Arrays of pyarrow as their buffers.

use pyo3::prelude::*;

use crate::argument::wrong_type;
use crate::border::buffer::Readable;
use crate::error::invalid_argument;

/// Whether a column is chunked; refuses what is none.
pub(super) fn is_chunked(column: &Bound<'_, PyAny>, name: &str, expected: &str) -> PyResult<bool> {
    let pyarrow = column.py().import("pyarrow")?;
    if column.is_instance(&pyarrow.getattr("ChunkedArray")?)? {
        Ok(true)
    } else if column.is_instance(&pyarrow.getattr("Array")?)? {
        Ok(false)
    } else {
        Err(wrong_type(name, expected, column))
    }
}

/// Whether a type is the one that the function `name` of pyarrow gives.
pub(super) fn is_type(kind: &Bound<'_, PyAny>, name: &str, size: Option<usize>) -> PyResult<bool> {
    let make = kind.py().import("pyarrow")?.getattr(name)?;
    kind.eq(match size {
        Some(size) => make.call1((size,))?,
        None => make.call0()?,
    })
}

/// An array, which may be a slice of a longer one.
pub(super) struct Array<'py> {
    pub(super) length: usize,
    /// How many values of the buffers lie before it.
    pub(super) offset: usize,
    pub(super) validity: Validity<'py>,
    /// The others; an empty array may have none.
    pub(super) buffers: Vec<Option<Readable<'py>>>,
}

impl<'py> Array<'py> {
    pub(super) fn of(array: &Bound<'py, PyAny>) -> PyResult<Self> {
        let (length, offset) = (array.len()?, array.getattr("offset")?.extract::<usize>()?);
        let buffers: Vec<Option<Bound<'py, PyAny>>> = array.call_method0("buffers")?.extract()?;
        let mut buffers = buffers
            .into_iter()
            .map(|buffer| buffer.map(|buffer| Readable::of(&buffer, "a buffer of the column")).transpose())
            .collect::<PyResult<Vec<_>>>()?;
        if buffers.is_empty() {
            return Err(broken(array.py()));
        }
        let validity = Validity { bits: buffers.remove(0), offset };
        if validity.is_long_enough(length) {
            Ok(Self { length, offset, validity, buffers })
        } else {
            Err(broken(array.py()))
        }
    }
}

/// Which values there are; the others are null.
pub(super) struct Validity<'py> {
    /// One bit a value, the lowest first; none where there are no nulls.
    bits: Option<Readable<'py>>,
    offset: usize,
}

impl Validity<'_> {
    fn is_long_enough(&self, length: usize) -> bool {
        let end = self.offset.saturating_add(length);
        self.bits.as_ref().is_none_or(|bits| end.div_ceil(8) <= bits.bytes().len())
    }

    /// Whether a value is there; `index` is below the length of the array.
    pub(super) fn has(&self, index: usize) -> bool {
        let index = self.offset + index;
        self.bits.as_ref().is_none_or(|bits| bits.bytes()[index / 8] >> (index % 8) & 1 == 1)
    }
}

/// What was given as an array is none.
pub(super) fn broken(py: Python<'_>) -> PyErr {
    invalid_argument(py, "the buffers of a column are not those of its type")
}
