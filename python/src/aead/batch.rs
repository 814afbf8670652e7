//! Many messages at once.

use pagecrypt::aead::{Aead as _, BatchFailure, Open, Seal, Text};
use pagecrypt::{Error, Failures, Key, TAG_LENGTH, Unit};
use pyo3::prelude::*;
use pyo3::types::PyList;

use super::{Nonce, split_tag};
use crate::argument::{self, BUFFERS};
use crate::border::buffer::{Readable, is_exporter};
use crate::border::bytes::NewBytes;
use crate::error::{OrRaise as _, invalid_argument};
use crate::interpreter::released;

pub(super) fn seal<'py>(
    key: &Key,
    messages: &Bound<'py, PyAny>,
    nonces: &Bound<'py, PyAny>,
    associated_data: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyList>> {
    let py = messages.py();
    let messages = argument::each(messages, "messages", BUFFERS, Readable::of)?;
    let context = Context::of(key, nonces, associated_data, messages.len())?;
    let mut sealed = messages
        .iter()
        .map(|message| NewBytes::copy(py, message.bytes(), TAG_LENGTH))
        .collect::<PyResult<Vec<_>>>()?;
    let mut batch = Vec::with_capacity(sealed.len());
    for (index, sealed) in sealed.iter_mut().enumerate() {
        let Some((text, tag)) = sealed.bytes_mut().split_last_chunk_mut() else { continue };
        let (nonce, associated_data) = context.of_message(index);
        batch.push(Seal { nonce, associated_data, text: Text::InPlace(text), tag });
    }
    released(py, context.work(&messages), || key.seal_batch_assume_unique_nonces(&mut batch)).or_raise(py)?;
    PyList::new(py, sealed.into_iter().map(NewBytes::publish))
}

pub(super) fn open<'py>(
    key: &Key,
    messages: &Bound<'py, PyAny>,
    nonces: &Bound<'py, PyAny>,
    associated_data: Option<&Bound<'py, PyAny>>,
    partial: bool,
) -> PyResult<Bound<'py, PyList>> {
    let py = messages.py();
    let messages = argument::each(messages, "messages", BUFFERS, Readable::of)?;
    let context = Context::of(key, nonces, associated_data, messages.len())?;
    let mut opened = Vec::with_capacity(messages.len());
    let mut tags = Vec::with_capacity(messages.len());
    for message in &messages {
        let (text, tag) = split_tag(message.bytes()).or_raise(py)?;
        opened.push(NewBytes::copy(py, text, 0)?);
        tags.push(tag);
    }
    let mut batch = Vec::with_capacity(opened.len());
    for (index, (opened, tag)) in opened.iter_mut().zip(&tags).enumerate() {
        let (nonce, associated_data) = context.of_message(index);
        batch.push(Open::new(nonce, associated_data, Text::InPlace(opened.bytes_mut()), tag));
    }
    if let Err(BatchFailure::Refused(error)) =
        released(py, context.work(&messages), || key.open_batch(&mut batch))
    {
        return Err(error).or_raise(py);
    }
    let authentic: Vec<bool> = batch.iter().map(Open::opened).collect();
    let failed = (0..).zip(&authentic).filter(|(_, authentic)| !**authentic).map(|(index, _)| index);
    match Failures::of(Unit::Message, failed) {
        Some(failures) if !partial => Err(Error::AuthenticationFailed(failures)).or_raise(py),
        _ => PyList::new(
            py,
            opened.into_iter().zip(authentic).map(|(opened, authentic)| authentic.then(|| opened.publish())),
        ),
    }
}

/// Nonces and associated data of a batch.
struct Context<'py> {
    nonces: Vec<Nonce>,
    associated_data: AssociatedData<'py>,
}

enum AssociatedData<'py> {
    None,
    OfAll(Readable<'py>),
    OfEach(Vec<Readable<'py>>),
}

impl<'py> Context<'py> {
    fn of(
        key: &Key,
        nonces: &Bound<'py, PyAny>,
        associated_data: Option<&Bound<'py, PyAny>>,
        count: usize,
    ) -> PyResult<Self> {
        let py = nonces.py();
        let nonces = argument::each(nonces, "nonces", BUFFERS, |nonce, name| Nonce::of(key, nonce, name))?;
        if nonces.len() != count {
            return Err(invalid_argument(py, "there must be as many nonces as messages"));
        }
        let associated_data = match associated_data {
            None => AssociatedData::None,
            Some(object) if is_exporter(object) => {
                AssociatedData::OfAll(Readable::of(object, "associated_data")?)
            }
            Some(object) => {
                AssociatedData::OfEach(argument::each(object, "associated_data", BUFFERS, Readable::of)?)
            }
        };
        match &associated_data {
            AssociatedData::OfEach(each) if each.len() != count => {
                Err(invalid_argument(py, "there must be as much associated data as messages, or one for all"))
            }
            _ => Ok(Self { nonces, associated_data }),
        }
    }

    fn of_message(&self, index: usize) -> (&[u8], &[u8]) {
        let associated_data = match &self.associated_data {
            AssociatedData::None => &[],
            AssociatedData::OfAll(one) => one.bytes(),
            AssociatedData::OfEach(each) => each[index].bytes(),
        };
        (self.nonces[index].bytes(), associated_data)
    }

    /// How many bytes there are to work on.
    fn work(&self, messages: &[Readable<'_>]) -> usize {
        let texts: usize = messages.iter().map(|message| message.bytes().len()).sum();
        let associated_data: usize = (0..messages.len()).map(|index| self.of_message(index).1.len()).sum();
        texts.saturating_add(associated_data)
    }
}
