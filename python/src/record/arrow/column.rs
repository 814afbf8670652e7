//! The columns that are sealed and opened.

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList};

use super::layout::{self, Array, Validity, broken};
use super::new_array::NewArray;
use super::width::Width;
use crate::argument::wrong_type;
use crate::border::buffer::Readable;

/// A column of binary or large_binary.
pub(super) struct Column<'py> {
    kind: Bound<'py, PyAny>,
    width: Width,
    is_chunked: bool,
    arrays: Vec<Texts<'py>>,
}

/// An array of the column.
struct Texts<'py> {
    validity: Validity<'py>,
    /// Where the rows lie in the data, one more than there are; checked.
    ends: Vec<usize>,
    data: Option<Readable<'py>>,
}

impl<'py> Column<'py> {
    /// The column of the argument `column`.
    pub(super) fn of(column: &Bound<'py, PyAny>) -> PyResult<Self> {
        const EXPECTED: &str = "a pyarrow Array or ChunkedArray of binary or large_binary";
        let is_chunked = layout::is_chunked(column, "column", EXPECTED)?;
        let kind = column.getattr("type")?;
        let width = if layout::is_type(&kind, "binary", None)? {
            Width::Four
        } else if layout::is_type(&kind, "large_binary", None)? {
            Width::Eight
        } else {
            return Err(wrong_type("column", EXPECTED, &kind));
        };
        let arrays = if is_chunked {
            let chunks = column.getattr("chunks")?;
            chunks.try_iter()?.map(|chunk| Texts::of(&chunk?, width)).collect::<PyResult<_>>()?
        } else {
            vec![Texts::of(column, width)?]
        };
        Ok(Self { kind, width, is_chunked, arrays })
    }

    pub(super) fn py(&self) -> Python<'py> {
        self.kind.py()
    }

    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.arrays.iter().map(Texts::len).sum()
    }

    /// Every row with its number; a null is none.
    pub(super) fn rows(&self) -> impl Iterator<Item = (usize, Option<&[u8]>)> {
        self.arrays.iter().flat_map(|array| (0..array.len()).map(move |row| array.row(row))).enumerate()
    }

    /// New arrays, as many and as long as the column's, with room for rows of these lengths. A row without one is null.
    pub(super) fn with_lengths(
        &self,
        mut lengths: impl Iterator<Item = Option<usize>>,
    ) -> PyResult<Vec<NewArray<'py>>> {
        let arrays = self.arrays.iter();
        arrays.map(|array| NewArray::of(self.py(), lengths.by_ref().take(array.len()), self.width)).collect()
    }

    /// The column of these arrays, of the same type.
    pub(super) fn of_arrays(&self, arrays: Vec<NewArray<'py>>) -> PyResult<Bound<'py, PyAny>> {
        let arrays = arrays.into_iter().map(|array| self.publish(array));
        let mut arrays = arrays.collect::<PyResult<Vec<_>>>()?;
        if self.is_chunked {
            self.py().import("pyarrow")?.getattr("chunked_array")?.call1((arrays, &self.kind))
        } else {
            arrays.pop().ok_or_else(|| broken(self.py()))
        }
    }

    fn publish(&self, array: NewArray<'py>) -> PyResult<Bound<'py, PyAny>> {
        let (py, length) = (self.py(), array.len());
        let pyarrow = py.import("pyarrow")?;
        let buffer = |bytes: Bound<'py, PyBytes>| pyarrow.getattr("py_buffer")?.call1((bytes,));
        let validity = array.validity().map(|bits| buffer(PyBytes::new(py, &bits))).transpose()?;
        let offsets = buffer(PyBytes::new(py, &self.width.write(array.ends())))?;
        let buffers = PyList::new(py, [validity, Some(offsets), Some(buffer(array.publish())?)])?;
        pyarrow.getattr("Array")?.call_method1("from_buffers", (&self.kind, length, buffers))
    }
}

impl<'py> Texts<'py> {
    fn of(array: &Bound<'py, PyAny>, width: Width) -> PyResult<Self> {
        let py = array.py();
        let Array { length, offset, validity, buffers } = Array::of(array)?;
        let [offsets, data] = <[_; 2]>::try_from(buffers).map_err(|_| broken(py))?;
        let ends = match offsets {
            _ if length == 0 => vec![0],
            Some(offsets) => width.read(offsets.bytes(), offset, length).ok_or_else(|| broken(py))?,
            None => return Err(broken(py)),
        };
        let room = data.as_ref().map_or(0, |data| data.bytes().len());
        if ends.is_sorted() && ends.last().is_some_and(|last| *last <= room) {
            Ok(Self { validity, ends, data })
        } else {
            Err(broken(py))
        }
    }

    fn len(&self) -> usize {
        self.ends.len() - 1
    }

    fn row(&self, row: usize) -> Option<&[u8]> {
        let data = self.data.as_ref().map_or(&[][..], Readable::bytes);
        self.validity.has(row).then(|| &data[self.ends[row]..self.ends[row + 1]])
    }
}
