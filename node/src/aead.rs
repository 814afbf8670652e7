//! Messages.

use napi::Env;
use napi::bindgen_prelude::AsyncTask;
use napi_derive::napi;
use pagecrypt::aead::{Aead as _, BatchFailure, Open, Seal, Text};
use pagecrypt::{Error, Failures, TAG_LENGTH, Unit};
use zeroize::Zeroizing;

use crate::border::buffers::{Bytes, TextBytes, text};
use crate::border::handle::Handle;
use crate::control::Control;
use crate::error::call;
use crate::job::{BytesJob, Secret, buffer, start};
use crate::key::Key;

pub mod batch;

/// Seals `from` into `to`, which holds the tag behind the ciphertext.
#[napi]
pub fn seal_into(
    env: &Env,
    key: Handle<'_, Key>,
    nonce: Bytes<'_>,
    associated_data: Bytes<'_>,
    from: Bytes<'_>,
    to: Bytes<'_>,
) -> napi::Result<()> {
    call(env, || {
        check_length(to.len()?, from.len()? + TAG_LENGTH)?;
        let (to, tag) = to.split_at(from.len()?)?;
        let mut tag = tag.write()?;
        seal(&key.get()?, nonce, associated_data, text(from, to)?, tag_mut(&mut tag)?)
    })
}

/// Opens `from`, which is ciphertext and tag, into `to`.
#[napi]
pub fn open_into(
    env: &Env,
    key: Handle<'_, Key>,
    nonce: Bytes<'_>,
    associated_data: Bytes<'_>,
    from: Bytes<'_>,
    to: Bytes<'_>,
) -> napi::Result<()> {
    call(env, || {
        let (from, tag) = split_tag(from)?;
        open(&key.get()?, nonce, associated_data, text(from, to)?, tag)
    })
}

/// Seals `data` in place.
#[napi]
pub fn seal_detached(
    env: &Env,
    key: Handle<'_, Key>,
    nonce: Bytes<'_>,
    associated_data: Bytes<'_>,
    data: Bytes<'_>,
    tag: Bytes<'_>,
) -> napi::Result<()> {
    call(env, || {
        let mut tag = tag.write()?;
        seal(&key.get()?, nonce, associated_data, TextBytes::InPlace(data.write()?), tag_mut(&mut tag)?)
    })
}

/// Opens `data` in place.
#[napi]
pub fn open_detached(
    env: &Env,
    key: Handle<'_, Key>,
    nonce: Bytes<'_>,
    associated_data: Bytes<'_>,
    data: Bytes<'_>,
    tag: Bytes<'_>,
) -> napi::Result<()> {
    call(env, || open(&key.get()?, nonce, associated_data, TextBytes::InPlace(data.write()?), tag))
}

/// Seals a copy of `from` on the thread pool, and gives ciphertext and tag. `to` is where `lib/` will put them: it is only
/// checked.
#[napi]
pub fn seal_later(
    env: &Env,
    key: Handle<'_, Key>,
    nonce: Bytes<'_>,
    associated_data: Bytes<'_>,
    from: Bytes<'_>,
    to: Option<Bytes<'_>>,
    control: Option<Handle<'_, Control>>,
) -> napi::Result<AsyncTask<BytesJob>> {
    let message = call(env, || {
        let key = key.get()?;
        let mut sealed = Vec::with_capacity(from.len()? + TAG_LENGTH);
        match to {
            None => sealed.extend_from_slice(&from.read()?),
            Some(to) => {
                check_length(to.len()?, from.len()? + TAG_LENGTH)?;
                let (to, tag) = to.split_at(from.len()?)?;
                let _tag = tag.write()?;
                sealed.extend_from_slice(text(from, to)?.source());
            }
        }
        sealed.resize(sealed.len() + TAG_LENGTH, 0);
        Message::new(key, nonce, associated_data, sealed)
    })?;
    Ok(start(control, buffer, move || message.seal()))
}

/// Opens a copy of `from` on the thread pool. Without `tag`, `from` ends with it. `to` is where `lib/` will put the text:
/// it is only checked.
#[napi]
pub fn open_later(
    env: &Env,
    key: Handle<'_, Key>,
    nonce: Bytes<'_>,
    associated_data: Bytes<'_>,
    from: Bytes<'_>,
    tag: Option<Bytes<'_>>,
    to: Option<Bytes<'_>>,
    control: Option<Handle<'_, Control>>,
) -> napi::Result<AsyncTask<BytesJob>> {
    let message = call(env, || {
        let key = key.get()?;
        let (from, tag) = match tag {
            None => split_tag(from)?,
            Some(tag) => (from, tag),
        };
        check_length(tag.len()?, TAG_LENGTH)?;
        let mut sealed = Vec::with_capacity(from.len()? + TAG_LENGTH);
        match to {
            None => sealed.extend_from_slice(&from.read()?),
            Some(to) => sealed.extend_from_slice(text(from, to)?.source()),
        }
        sealed.extend_from_slice(&tag.read()?);
        Message::new(key, nonce, associated_data, sealed)
    })?;
    Ok(start(control, buffer, move || message.open()))
}

/// One message, apart from JavaScript's memory.
struct Message {
    key: pagecrypt::Key,
    nonce: Vec<u8>,
    associated_data: Vec<u8>,
    /// The text and its tag.
    bytes: Secret,
}

impl Message {
    fn new(
        key: pagecrypt::Key,
        nonce: Bytes<'_>,
        associated_data: Bytes<'_>,
        bytes: Vec<u8>,
    ) -> Result<Self, Error> {
        let bytes = Zeroizing::new(bytes);
        check_length(nonce.len()?, key.cipher().nonce_length())?;
        Ok(Self { key, nonce: nonce.copy()?, associated_data: associated_data.copy()?, bytes })
    }

    fn seal(mut self) -> Result<Secret, Error> {
        let (text, tag) = text_and_tag(&mut self.bytes)?;
        self.key.seal_one_assume_unique_nonce(Seal {
            nonce: &self.nonce,
            associated_data: &self.associated_data,
            text: Text::InPlace(text),
            tag,
        })?;
        Ok(self.bytes)
    }

    fn open(mut self) -> Result<Secret, Error> {
        let (text, tag) = text_and_tag(&mut self.bytes)?;
        let text = Text::InPlace(text);
        opened(self.key.open_one(Open::new(&self.nonce, &self.associated_data, text, tag)))?;
        let length = self.bytes.len() - TAG_LENGTH;
        self.bytes.truncate(length);
        Ok(self.bytes)
    }
}

fn seal(
    key: &pagecrypt::Key,
    nonce: Bytes<'_>,
    associated_data: Bytes<'_>,
    mut text: TextBytes<'_>,
    tag: &mut [u8; TAG_LENGTH],
) -> Result<(), Error> {
    let (nonce, associated_data) = (nonce.read()?, associated_data.read()?);
    let text = text.borrow();
    key.seal_one_assume_unique_nonce(Seal { nonce: &nonce, associated_data: &associated_data, text, tag })
}

fn open(
    key: &pagecrypt::Key,
    nonce: Bytes<'_>,
    associated_data: Bytes<'_>,
    mut text: TextBytes<'_>,
    tag: Bytes<'_>,
) -> Result<(), Error> {
    let (nonce, associated_data, tag) = (nonce.read()?, associated_data.read()?, tag.read()?);
    let tag = <&[u8; TAG_LENGTH]>::try_from(&*tag)
        .map_err(|_| Error::BufferLength { expected: TAG_LENGTH, got: tag.len() })?;
    opened(key.open_one(Open::new(&nonce, &associated_data, text.borrow(), tag)))
}

impl TextBytes<'_> {
    fn source(&self) -> &[u8] {
        match self {
            Self::InPlace(text) => text,
            Self::Into(from, _) => from,
        }
    }

    fn borrow(&mut self) -> Text<'_> {
        match self {
            Self::InPlace(text) => Text::InPlace(text),
            Self::Into(from, to) => Text::Into { from, to },
        }
    }
}

fn split_tag(sealed: Bytes<'_>) -> Result<(Bytes<'_>, Bytes<'_>), Error> {
    let got = sealed.len()?;
    let length = got.checked_sub(TAG_LENGTH).ok_or(Error::BufferLength { expected: TAG_LENGTH, got })?;
    sealed.split_at(length)
}

fn tag_mut(bytes: &mut [u8]) -> Result<&mut [u8; TAG_LENGTH], Error> {
    let got = bytes.len();
    bytes.try_into().map_err(|_| Error::BufferLength { expected: TAG_LENGTH, got })
}

fn text_and_tag(bytes: &mut [u8]) -> Result<(&mut [u8], &mut [u8; TAG_LENGTH]), Error> {
    let got = bytes.len();
    bytes.split_last_chunk_mut().ok_or(Error::BufferLength { expected: TAG_LENGTH, got })
}

fn check_length(got: usize, expected: usize) -> Result<(), Error> {
    if got == expected { Ok(()) } else { Err(Error::BufferLength { expected, got }) }
}

/// What comes of opening one message.
fn opened(outcome: Result<(), BatchFailure>) -> Result<(), Error> {
    outcome.map_err(|failure| match failure {
        BatchFailure::Refused(error) => error,
        _ => Error::AuthenticationFailed(Failures::one(Unit::Message, 0)),
    })
}
