//! Many records at once.

use pagecrypt::record::{OpenRecord, Place, RecordCodec, SealRecord};
use pyo3::prelude::*;
use pyo3::types::PyList;

use super::place;
use crate::argument;
use crate::border::buffer::Readable;
use crate::border::bytes::NewBytes;
use crate::error::{OrRaise as _, exception, invalid_argument};
use crate::interpreter::released;
use crate::unchanging::Unchanging;

/// The places of a batch's records.
pub(super) struct Places {
    sequences: Option<Vec<Option<u64>>>,
    clocks: Option<Vec<Option<u64>>>,
    tokens: Option<Vec<[u8; 32]>>,
    reseals: Option<Vec<u32>>,
}

impl Places {
    /// `count` places, or as many of nothing.
    pub(super) fn of(
        count: usize,
        sequences: Option<&Bound<'_, PyAny>>,
        clocks: Option<&Bound<'_, PyAny>>,
        tokens: Option<&Bound<'_, PyAny>>,
        reseals: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        const INTS: &str = "a sequence of ints";
        Ok(Self {
            sequences: as_many(count, sequences, "sequences", INTS, |object, name| {
                optional(object, name, place::sequence)
            })?,
            clocks: as_many(count, clocks, "clocks", INTS, |object, name| {
                optional(object, name, place::clock)
            })?,
            tokens: as_many(count, tokens, "tokens", argument::BUFFERS, argument::array)?,
            reseals: as_many(count, reseals, "reseals", INTS, place::reseals)?,
        })
    }

    fn at(&self, index: usize) -> Place {
        Place {
            sequence: self.sequences.as_ref().and_then(|of_each| of_each[index]),
            clock: self.clocks.as_ref().and_then(|of_each| of_each[index]),
            token: self.tokens.as_ref().map(|of_each| of_each[index]),
            reseals: self.reseals.as_ref().map_or(0, |of_each| of_each[index]),
        }
    }
}

pub(super) fn seal<'py>(
    py: Python<'py>,
    codec: &RecordCodec,
    plaintexts: &[Readable<'py>],
    places: &Places,
) -> PyResult<Bound<'py, PyList>> {
    let mut sealed = plaintexts
        .iter()
        .enumerate()
        .map(|(index, plaintext)| {
            NewBytes::zeros(py, codec.sealed_length(plaintext.bytes().len(), &places.at(index)))
        })
        .collect::<PyResult<Vec<_>>>()?;
    let mut batch: Vec<_> = (plaintexts.iter().zip(&mut sealed).enumerate())
        .map(|(index, (plaintext, sealed))| SealRecord {
            plaintext: plaintext.bytes(),
            place: places.at(index),
            record: sealed.bytes_mut(),
        })
        .collect();
    let work = batch.iter().map(|record| record.record.len()).sum();
    released(py, work, || codec.seal_batch(&mut batch)).or_raise(py)?;
    drop(batch);
    PyList::new(py, sealed.into_iter().map(NewBytes::publish))
}

pub(super) fn open<'py>(
    py: Python<'py>,
    codec: &RecordCodec,
    records: &[Unchanging<'py>],
    places: &Places,
    partial: bool,
) -> PyResult<Bound<'py, PyList>> {
    let mut opened = records
        .iter()
        // A record without a length has a failure, which opening finds again.
        .map(|record| NewBytes::zeros(py, codec.opened_length(record.bytes()).unwrap_or(0)))
        .collect::<PyResult<Vec<_>>>()?;
    let mut batch: Vec<_> = (records.iter().zip(&mut opened).enumerate())
        .map(|(index, (record, opened))| {
            OpenRecord::new(record.bytes(), places.at(index), opened.bytes_mut())
        })
        .collect();
    let work = records.iter().map(|record| record.bytes().len()).sum();
    let outcome = released(py, work, || codec.open_batch(&mut batch));
    if !partial {
        outcome.or_raise(py)?;
    }
    let failures: Vec<_> = batch.iter().map(|record| record.failure().cloned()).collect();
    drop(batch);
    let results = PyList::empty(py);
    for (opened, failure) in opened.into_iter().zip(failures) {
        match failure {
            None => results.append(opened.publish())?,
            Some(failure) => results.append(exception(py, &failure).value(py))?,
        }
    }
    Ok(results)
}

/// Each item of a sequence that has `count` of them, or of none.
fn as_many<'py, T>(
    count: usize,
    sequence: Option<&Bound<'py, PyAny>>,
    name: &str,
    expected: &str,
    make: impl Fn(&Bound<'py, PyAny>, &str) -> PyResult<T>,
) -> PyResult<Option<Vec<T>>> {
    let Some(sequence) = sequence else { return Ok(None) };
    let items = argument::up_to(count.saturating_add(1), sequence, name, expected, make)?;
    if items.len() == count {
        Ok(Some(items))
    } else {
        Err(invalid_argument(sequence.py(), "there must be as many places as records"))
    }
}

/// What may be None.
fn optional<T>(
    object: &Bound<'_, PyAny>,
    name: &str,
    make: impl Fn(&Bound<'_, PyAny>, &str) -> PyResult<T>,
) -> PyResult<Option<T>> {
    if object.is_none() { Ok(None) } else { make(object, name).map(Some) }
}
