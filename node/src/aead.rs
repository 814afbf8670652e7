//! Messages.

use napi::Env;
use napi_derive::napi;
use pagecrypt::aead::{Aead as _, BatchFailure, Open, Seal, Text};
use pagecrypt::{Error, Failures, TAG_LENGTH, Unit};

use crate::border::buffers::{Bytes, TextBytes, text};
use crate::error::call;
use crate::key::Key;

/// Seals `from` into `to`, which holds the tag behind the ciphertext.
#[napi]
pub fn seal_into(
    env: &Env,
    key: &Key,
    nonce: Bytes<'_>,
    associated_data: Bytes<'_>,
    from: Bytes<'_>,
    to: Bytes<'_>,
) -> napi::Result<()> {
    call(env, || {
        let (to, tag) = to.split_at(from.len()?)?;
        let mut tag = tag.write()?;
        let got = tag.len();
        let tag = <&mut [u8; TAG_LENGTH]>::try_from(&mut *tag)
            .map_err(|_| Error::BufferLength { expected: TAG_LENGTH, got })?;
        seal(&key.get()?, nonce, associated_data, text(from, to)?, tag)
    })
}

/// Opens `from`, which is ciphertext and tag, into `to`.
#[napi]
pub fn open_into(
    env: &Env,
    key: &Key,
    nonce: Bytes<'_>,
    associated_data: Bytes<'_>,
    from: Bytes<'_>,
    to: Bytes<'_>,
) -> napi::Result<()> {
    call(env, || {
        let Some(length) = from.len()?.checked_sub(TAG_LENGTH) else { return Err(not_authentic()) };
        let (from, tag) = from.split_at(length)?;
        open(&key.get()?, nonce, associated_data, text(from, to)?, tag)
    })
}

/// Seals `data` in place.
#[napi]
pub fn seal_detached(
    env: &Env,
    key: &Key,
    nonce: Bytes<'_>,
    associated_data: Bytes<'_>,
    data: Bytes<'_>,
    tag: Bytes<'_>,
) -> napi::Result<()> {
    call(env, || {
        let mut tag = tag.write()?;
        let got = tag.len();
        let tag = <&mut [u8; TAG_LENGTH]>::try_from(&mut *tag)
            .map_err(|_| Error::BufferLength { expected: TAG_LENGTH, got })?;
        seal(&key.get()?, nonce, associated_data, TextBytes::InPlace(data.write()?), tag)
    })
}

/// Opens `data` in place.
#[napi]
pub fn open_detached(
    env: &Env,
    key: &Key,
    nonce: Bytes<'_>,
    associated_data: Bytes<'_>,
    data: Bytes<'_>,
    tag: Bytes<'_>,
) -> napi::Result<()> {
    call(env, || open(&key.get()?, nonce, associated_data, TextBytes::InPlace(data.write()?), tag))
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
    match key.open_one(Open::new(&nonce, &associated_data, text.borrow(), tag)) {
        Ok(()) => Ok(()),
        Err(BatchFailure::Refused(error)) => Err(error),
        Err(_) => Err(not_authentic()),
    }
}

impl TextBytes<'_> {
    fn borrow(&mut self) -> Text<'_> {
        match self {
            Self::InPlace(text) => Text::InPlace(text),
            Self::Into(from, to) => Text::Into { from, to },
        }
    }
}

fn not_authentic() -> Error {
    Error::AuthenticationFailed(Failures::one(Unit::Message, 0))
}
