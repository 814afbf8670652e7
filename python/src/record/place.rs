//! Where a record belongs, as arguments.

use pagecrypt::record::Place;
use pyo3::prelude::*;

use crate::argument;

/// The place that the arguments say.
pub(super) fn of(
    sequence: Option<&Bound<'_, PyAny>>,
    clock: Option<&Bound<'_, PyAny>>,
    token: Option<&Bound<'_, PyAny>>,
    reseals: Option<&Bound<'_, PyAny>>,
) -> PyResult<Place> {
    Ok(Place {
        sequence: sequence.map(|sequence| self::sequence(sequence, "sequence")).transpose()?,
        clock: clock.map(|clock| self::clock(clock, "clock")).transpose()?,
        token: token.map(|token| argument::array(token, "token")).transpose()?,
        reseals: reseals.map_or(Ok(0), |reseals| self::reseals(reseals, "reseals"))?,
    })
}

/// A sequence number; which the highest is, the format says.
pub(super) fn sequence(object: &Bound<'_, PyAny>, name: &str) -> PyResult<u64> {
    argument::number(object, name, "a sequence number is from 0 to 2^64 - 1")
}

/// A clock.
pub(crate) fn clock(object: &Bound<'_, PyAny>, name: &str) -> PyResult<u64> {
    argument::number(object, name, "a clock is from 0 to 2^64 - 1")
}

/// A count of reseals.
pub(super) fn reseals(object: &Bound<'_, PyAny>, name: &str) -> PyResult<u32> {
    argument::number(object, name, "a count of reseals is from 0 to 2^32 - 1")
}
