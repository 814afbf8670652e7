//! Arrays that are filled before anybody else sees them.

use pyo3::prelude::*;
use pyo3::types::PyBytes;

use super::width::Width;
use crate::border::bytes::NewBytes;
use crate::error::invalid_argument;

/// A new array of texts.
pub(super) struct NewArray<'py> {
    /// Where the texts end, one more than there are: the first is 0.
    ends: Vec<usize>,
    /// Which are not null.
    present: Vec<bool>,
    data: NewBytes<'py>,
}

impl<'py> NewArray<'py> {
    /// With room for texts of these lengths. One without is null.
    pub(super) fn of(
        py: Python<'py>,
        lengths: impl Iterator<Item = Option<usize>>,
        width: Width,
    ) -> PyResult<Self> {
        let (mut ends, mut present, mut end) = (vec![0], Vec::new(), 0_usize);
        for length in lengths {
            end = end.saturating_add(length.unwrap_or(0));
            ends.push(end);
            present.push(length.is_some());
        }
        if end > width.most() {
            let what = "a chunk of binary holds 2^31 - 1 bytes at most: cast the column to large_binary";
            return Err(invalid_argument(py, what));
        }
        Ok(Self { ends, present, data: NewBytes::zeros(py, end)? })
    }

    pub(super) fn len(&self) -> usize {
        self.present.len()
    }

    /// Where each text goes; a null has no bytes.
    pub(super) fn texts_mut(&mut self) -> impl Iterator<Item = &mut [u8]> {
        let mut rest = self.data.bytes_mut();
        self.ends.windows(2).map(move |ends| {
            let (text, after) = std::mem::take(&mut rest).split_at_mut(ends[1] - ends[0]);
            rest = after;
            text
        })
    }

    /// From here on, a text is null.
    pub(super) fn make_null(&mut self, index: usize) {
        self.present[index] = false;
    }

    /// One bit a text, the lowest first: whether it is there. `None` where all are.
    pub(super) fn validity(&self) -> Option<Vec<u8>> {
        if self.present.iter().all(|present| *present) {
            return None;
        }
        let bits = |eight: &[bool]| {
            eight.iter().enumerate().fold(0, |byte, (bit, present)| byte | u8::from(*present) << bit)
        };
        Some(self.present.chunks(8).map(bits).collect())
    }

    pub(super) fn ends(&self) -> &[usize] {
        &self.ends
    }

    /// The texts, one behind the other.
    pub(super) fn publish(self) -> Bound<'py, PyBytes> {
        self.data.publish()
    }
}
