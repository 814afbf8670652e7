//! Batches of messages.

use napi::Env;
use napi::bindgen_prelude::{AsyncTask, Buffer};
use napi_derive::napi;
use pagecrypt::aead::{Aead as _, BatchFailure, Open, Seal, Text};
use pagecrypt::{Error, Failures, TAG_LENGTH, Unit};

use super::{check_length, text_and_tag};
use crate::border::buffers::Copies;
use crate::border::handle::Handle;
use crate::control::Control;
use crate::error::call;
use crate::job::{Job, Secret, buffer, start};
use crate::key::Key;

/// How many messages are given to an engine at once.
const AT_ONCE: usize = 64;

/// What a promise of a sealed batch gives.
pub type SealedBatch = Job<Vec<Secret>, Vec<Buffer>>;

/// What a promise of an opened batch gives: `null` in the place of what did not open.
pub type OpenedBatch = Job<Vec<Option<Secret>>, Vec<Option<Buffer>>>;

/// Seals copies of the messages, each to a Buffer of ciphertext and tag.
#[napi]
pub fn seal_batch(
    env: &Env,
    key: Handle<'_, Key>,
    nonces: Copies,
    associated_data: Option<Copies>,
    messages: Copies,
) -> napi::Result<Vec<Buffer>> {
    call(env, || Batch::to_seal(key, nonces, associated_data, messages)?.seal()).map(buffers)
}

/// Opens copies of the messages. With `partial`, those that fail are `null`.
#[napi]
pub fn open_batch(
    env: &Env,
    key: Handle<'_, Key>,
    nonces: Copies,
    associated_data: Option<Copies>,
    messages: Copies,
    partial: bool,
) -> napi::Result<Vec<Option<Buffer>>> {
    call(env, || Batch::to_open(key, nonces, associated_data, messages)?.open(partial)).map(opened_buffers)
}

/// The same on the thread pool.
#[napi]
pub fn seal_batch_later(
    env: &Env,
    key: Handle<'_, Key>,
    nonces: Copies,
    associated_data: Option<Copies>,
    messages: Copies,
    control: Option<Handle<'_, Control>>,
) -> napi::Result<AsyncTask<SealedBatch>> {
    let batch = call(env, || Batch::to_seal(key, nonces, associated_data, messages))?;
    Ok(start(control, buffers, move || batch.seal()))
}

/// The same on the thread pool.
#[napi]
pub fn open_batch_later(
    env: &Env,
    key: Handle<'_, Key>,
    nonces: Copies,
    associated_data: Option<Copies>,
    messages: Copies,
    partial: bool,
    control: Option<Handle<'_, Control>>,
) -> napi::Result<AsyncTask<OpenedBatch>> {
    let batch = call(env, || Batch::to_open(key, nonces, associated_data, messages))?;
    Ok(start(control, opened_buffers, move || batch.open(partial)))
}

fn buffers(messages: Vec<Secret>) -> Vec<Buffer> {
    messages.into_iter().map(buffer).collect()
}

fn opened_buffers(messages: Vec<Option<Secret>>) -> Vec<Option<Buffer>> {
    messages.into_iter().map(|message| message.map(buffer)).collect()
}

/// Messages, apart from JavaScript's memory.
struct Batch {
    key: pagecrypt::Key,
    messages: Vec<Message>,
}

struct Message {
    nonce: Secret,
    associated_data: Secret,
    /// The text and its tag.
    bytes: Secret,
}

impl Batch {
    fn to_seal(
        key: Handle<'_, Key>,
        nonces: Copies,
        associated_data: Option<Copies>,
        messages: Copies,
    ) -> Result<Self, Error> {
        let mut batch = Self::new(key, nonces, associated_data, messages)?;
        for message in &mut batch.messages {
            let length = message.bytes.len() + TAG_LENGTH;
            message.bytes.resize(length, 0);
        }
        Ok(batch)
    }

    fn to_open(
        key: Handle<'_, Key>,
        nonces: Copies,
        associated_data: Option<Copies>,
        messages: Copies,
    ) -> Result<Self, Error> {
        let batch = Self::new(key, nonces, associated_data, messages)?;
        match batch.messages.iter().map(|message| message.bytes.len()).find(|length| *length < TAG_LENGTH) {
            Some(got) => Err(Error::BufferLength { expected: TAG_LENGTH, got }),
            None => Ok(batch),
        }
    }

    fn new(
        key: Handle<'_, Key>,
        nonces: Copies,
        associated_data: Option<Copies>,
        messages: Copies,
    ) -> Result<Self, Error> {
        let key = key.get()?;
        let (nonces, messages) = (nonces.take()?, messages.take()?);
        if nonces.len() != messages.len() {
            return Err(Error::InvalidArgument("a batch needs a nonce for each message"));
        }
        let associated_data = match associated_data.map(Copies::take).transpose()? {
            Some(data) if data.len() != messages.len() => {
                return Err(Error::InvalidArgument(
                    "a batch needs associated data for each message, or none",
                ));
            }
            Some(data) => data,
            None => vec![Secret::default(); messages.len()],
        };
        let parts = messages.into_iter().zip(nonces).zip(associated_data);
        let messages = parts.map(|((bytes, nonce), associated_data)| {
            check_length(nonce.len(), key.cipher().nonce_length())?;
            Ok(Message { nonce, associated_data, bytes })
        });
        let messages = messages.collect::<Result<_, Error>>()?;
        Ok(Self { key, messages })
    }

    fn seal(mut self) -> Result<Vec<Secret>, Error> {
        for some in self.messages.chunks_mut(AT_ONCE) {
            let batch = some.iter_mut().map(|message| {
                let (text, tag) = text_and_tag(&mut message.bytes)?;
                let text = Text::InPlace(text);
                Ok(Seal { nonce: &message.nonce, associated_data: &message.associated_data, text, tag })
            });
            self.key.seal_batch_assume_unique_nonces(&mut batch.collect::<Result<Vec<_>, Error>>()?)?;
        }
        Ok(self.messages.into_iter().map(|message| message.bytes).collect())
    }

    fn open(mut self, partial: bool) -> Result<Vec<Option<Secret>>, Error> {
        let mut opened = Vec::with_capacity(self.messages.len());
        for some in self.messages.chunks_mut(AT_ONCE) {
            let batch = some.iter_mut().map(|message| {
                let (text, tag) = text_and_tag(&mut message.bytes)?;
                Ok(Open::new(&message.nonce, &message.associated_data, Text::InPlace(text), tag))
            });
            let mut batch = batch.collect::<Result<Vec<_>, Error>>()?;
            if let Err(BatchFailure::Refused(error)) = self.key.open_batch(&mut batch) {
                return Err(error);
            }
            opened.extend(batch.iter().map(Open::opened));
        }
        let failed = (0_u64..).zip(&opened).filter(|(_, opened)| !**opened).map(|(index, _)| index);
        if !partial && let Some(failures) = Failures::of(Unit::Message, failed) {
            return Err(Error::AuthenticationFailed(failures));
        }
        let texts = self.messages.into_iter().zip(opened).map(|(mut message, opened)| {
            let length = message.bytes.len() - TAG_LENGTH;
            message.bytes.truncate(length);
            opened.then_some(message.bytes)
        });
        Ok(texts.collect())
    }
}
