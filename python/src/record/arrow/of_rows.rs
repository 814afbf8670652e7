//! Columns that say something of each row: its clock, its token.

use pagecrypt::Error;
use pyo3::prelude::*;

use super::layout::{self, Array, broken};
use crate::argument::wrong_type;
use crate::border::buffer::Readable;

/// Values of one width, a row's or null.
pub(super) struct OfRows<'py> {
    array: Array<'py>,
    width: usize,
    /// Whether they are numbers that may be negative.
    is_signed: bool,
}

impl<'py> OfRows<'py> {
    /// The column of the argument `clocks`.
    pub(super) fn clocks(column: &Bound<'py, PyAny>) -> PyResult<Self> {
        const EXPECTED: &str = "a pyarrow Array or ChunkedArray of int64 or uint64";
        let array = one_array(column, "clocks", EXPECTED)?;
        let kind = array.getattr("type")?;
        let is_signed = layout::is_type(&kind, "int64", None)?;
        if !is_signed && !layout::is_type(&kind, "uint64", None)? {
            return Err(wrong_type("clocks", EXPECTED, &kind));
        }
        Self::of(&array, size_of::<u64>(), is_signed)
    }

    /// The column of the argument `tokens`.
    pub(super) fn tokens(column: &Bound<'py, PyAny>) -> PyResult<Self> {
        const EXPECTED: &str = "a pyarrow Array or ChunkedArray of binary(32)";
        let array = one_array(column, "tokens", EXPECTED)?;
        let kind = array.getattr("type")?;
        if !layout::is_type(&kind, "binary", Some(32))? {
            return Err(wrong_type("tokens", EXPECTED, &kind));
        }
        Self::of(&array, 32, false)
    }

    fn of(array: &Bound<'py, PyAny>, width: usize, is_signed: bool) -> PyResult<Self> {
        let py = array.py();
        let array = Array::of(array)?;
        let room = array.buffers.first().and_then(Option::as_ref).map_or(0, |data| data.bytes().len());
        let end = array.offset.checked_add(array.length).and_then(|end| end.checked_mul(width));
        match end {
            Some(end) if array.length == 0 || end <= room => Ok(Self { array, width, is_signed }),
            _ => Err(broken(py)),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.array.length
    }

    /// The clock of a row.
    pub(super) fn clock(&self, row: usize) -> Result<Option<u64>, Error> {
        let Some(bytes) = self.value(row).and_then(|value| value.try_into().ok()) else { return Ok(None) };
        let clock = u64::from_ne_bytes(bytes);
        if self.is_signed && clock > i64::MAX as u64 {
            return Err(Error::InvalidArgument("a clock is from 0 to 2^64 - 1"));
        }
        Ok(Some(clock))
    }

    /// The token of a row.
    pub(super) fn token(&self, row: usize) -> Option<[u8; 32]> {
        self.value(row)?.try_into().ok()
    }

    fn value(&self, row: usize) -> Option<&[u8]> {
        let data = self.array.buffers.first()?.as_ref().map(Readable::bytes)?;
        let start = (self.array.offset + row) * self.width;
        self.array.validity.has(row).then(|| &data[start..start + self.width])
    }
}

/// A column in one piece.
fn one_array<'py>(column: &Bound<'py, PyAny>, name: &str, expected: &str) -> PyResult<Bound<'py, PyAny>> {
    if layout::is_chunked(column, name, expected)? {
        column.call_method0("combine_chunks")
    } else {
        Ok(column.clone())
    }
}
