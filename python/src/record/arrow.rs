//! Columns of pyarrow: the memory of their buffers is read as it lies, and all rows are one batch.

use pagecrypt::record::{OpenRecord, Place, RecordCodec, SealRecord};
use pagecrypt::{Error, Failures, Unit};
use pyo3::prelude::*;

use super::place;
use crate::error::{OrRaise as _, invalid_argument};
use crate::interpreter::released;

mod column;
mod layout;
mod new_array;
mod of_rows;
mod width;

use column::Column;
use new_array::NewArray;
use of_rows::OfRows;

pub(super) fn seal<'py>(
    codec: &RecordCodec,
    column: &Bound<'py, PyAny>,
    first_sequence: Option<&Bound<'py, PyAny>>,
    clocks: Option<&Bound<'py, PyAny>>,
    tokens: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = column.py();
    let column = Column::of(column)?;
    let places = Places::of(&column, first_sequence, clocks, tokens)?;
    let rows = column.rows().map(|(row, plaintext)| Ok((plaintext, places.at(row)?)));
    let rows = rows.collect::<Result<Vec<_>, Error>>().or_raise(py)?;
    let length = |(plaintext, place): &(Option<&[u8]>, Place)| {
        plaintext.map(|text| codec.sealed_length(text.len(), place))
    };
    let mut arrays = column.with_lengths(rows.iter().map(length))?;
    let mut batch: Vec<_> = (rows.iter().zip(arrays.iter_mut().flat_map(NewArray::texts_mut)))
        .filter_map(|((plaintext, place), record)| {
            plaintext.map(|plaintext| SealRecord { plaintext, place: *place, record })
        })
        .collect();
    let work = batch.iter().map(|record| record.record.len()).sum();
    released(py, work, || codec.seal_batch(&mut batch)).or_raise(py)?;
    drop(batch);
    column.of_arrays(arrays)
}

pub(super) fn open<'py>(
    codec: &RecordCodec,
    column: &Bound<'py, PyAny>,
    first_sequence: Option<&Bound<'py, PyAny>>,
    tokens: Option<&Bound<'py, PyAny>>,
    partial: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let py = column.py();
    let column = Column::of(column)?;
    let places = Places::of(&column, first_sequence, None, tokens)?;
    // A record without a length has a failure, which opening finds again.
    let length = |record: Option<&[u8]>| record.map(|record| codec.opened_length(record).unwrap_or(0));
    let mut arrays = column.with_lengths(column.rows().map(|(_, record)| length(record)))?;
    let mut numbers = Vec::with_capacity(column.len());
    let mut batch = Vec::with_capacity(column.len());
    for ((row, record), plaintext) in column.rows().zip(arrays.iter_mut().flat_map(NewArray::texts_mut)) {
        let Some(record) = record else { continue };
        numbers.push(row);
        batch.push(OpenRecord::new(record, places.at(row).or_raise(py)?, plaintext));
    }
    let work = batch.iter().map(|record| record.plaintext().len()).sum();
    let outcome = released(py, work, || codec.open_batch(&mut batch));
    let failed: Vec<_> = (numbers.iter().zip(&batch))
        .filter_map(|(row, record)| record.failure().map(|failure| (*row, failure.clone())))
        .collect();
    drop(batch);
    match outcome {
        Err(Error::AuthenticationFailed(failures)) if !partial => {
            let forged = failed.iter().filter(|(_, why)| matches!(why, Error::AuthenticationFailed(_)));
            let rows = Failures::of(Unit::Message, forged.map(|(row, _)| *row as u64));
            return Err(Error::AuthenticationFailed(rows.unwrap_or(failures))).or_raise(py);
        }
        Err(error) if !partial => return Err(error).or_raise(py),
        _ => {}
    }
    let mut first = 0;
    let mut failed = failed.iter().map(|(row, _)| *row).peekable();
    for array in &mut arrays {
        let end = first + array.len();
        while let Some(row) = failed.next_if(|row| *row < end) {
            array.make_null(row - first);
        }
        first = end;
    }
    column.of_arrays(arrays)
}

/// Where the rows of a column belong.
struct Places<'py> {
    first_sequence: Option<u64>,
    clocks: Option<OfRows<'py>>,
    tokens: Option<OfRows<'py>>,
}

impl<'py> Places<'py> {
    fn of(
        column: &Column<'py>,
        first_sequence: Option<&Bound<'py, PyAny>>,
        clocks: Option<&Bound<'py, PyAny>>,
        tokens: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Self> {
        let places = Self {
            first_sequence: first_sequence
                .map(|first| place::sequence(first, "first_sequence"))
                .transpose()?,
            clocks: clocks.map(OfRows::clocks).transpose()?,
            tokens: tokens.map(OfRows::tokens).transpose()?,
        };
        for of_rows in [&places.clocks, &places.tokens].into_iter().flatten() {
            if of_rows.len() != column.len() {
                let what = "clocks and tokens must be columns as long as the column";
                return Err(invalid_argument(column.py(), what));
            }
        }
        Ok(places)
    }

    fn at(&self, row: usize) -> Result<Place, Error> {
        let sequence = match self.first_sequence {
            Some(first) => Some(
                (first.checked_add(row as u64))
                    .ok_or(Error::InvalidArgument("the sequence numbers of a column pass 2^64 - 1"))?,
            ),
            None => None,
        };
        Ok(Place {
            sequence,
            clock: self.clocks.as_ref().map_or(Ok(None), |clocks| clocks.clock(row))?,
            token: self.tokens.as_ref().and_then(|tokens| tokens.token(row)),
            ..Place::default()
        })
    }
}
