//! Keys.

use std::cell::RefCell;

use napi::bindgen_prelude::{BigInt, Buffer};
use napi::{Env, JsString};
use napi_derive::napi;
use pagecrypt::{Cipher, Encoding, Error, KeyTextProblem};

use crate::border::buffers::Bytes;
use crate::border::handle::{Handle, New};
use crate::error::call;

/// A key until it is closed; `lib/` sees to it that nobody uses it afterwards.
#[derive(Debug)]
pub struct Key(RefCell<Option<pagecrypt::Key>>);

impl Key {
    pub(crate) fn new(key: pagecrypt::Key) -> New<Self> {
        New(Self(RefCell::new(Some(key))))
    }

    /// The key, which shares its bytes with this one.
    pub(crate) fn get(&self) -> Result<pagecrypt::Key, Error> {
        self.0.borrow().clone().ok_or(Error::Internal("a key was used after it was closed"))
    }
}

/// A new key.
#[napi]
pub fn key_generate(env: &Env, cipher: String) -> napi::Result<New<Key>> {
    call(env, || pagecrypt::Key::generate(cipher.parse()?).map(Key::new))
}

/// A key of its bytes.
#[napi]
pub fn key_from_bytes(env: &Env, bytes: Bytes<'_>, cipher: String) -> napi::Result<New<Key>> {
    call(env, || {
        let cipher = cipher.parse()?;
        pagecrypt::Key::from_bytes(&bytes.read()?, cipher).map(Key::new)
    })
}

/// A key of its text in UTF-8.
#[napi]
pub fn key_from_text(env: &Env, text: Bytes<'_>, cipher: Option<String>) -> napi::Result<New<Key>> {
    call(env, || {
        let cipher = cipher.map(|name| name.parse::<Cipher>()).transpose()?;
        let text = text.read()?;
        let text = std::str::from_utf8(&text).map_err(|_| Error::KeyText(KeyTextProblem::Characters))?;
        pagecrypt::Key::from_text(text, cipher).map(Key::new)
    })
}

/// The same key with another ceiling.
#[napi]
pub fn key_with_engine(env: &Env, key: Handle<'_, Key>, engine: String) -> napi::Result<New<Key>> {
    call(env, || key.get()?.with_engine(engine.parse()?).map(Key::new))
}

/// The same bytes for another cipher.
#[napi]
pub fn key_with_cipher(env: &Env, key: Handle<'_, Key>, cipher: String) -> napi::Result<New<Key>> {
    call(env, || key.get()?.with_cipher(cipher.parse()?).map(Key::new))
}

/// The same key, closed apart.
#[napi]
pub fn key_clone(env: &Env, key: Handle<'_, Key>) -> napi::Result<New<Key>> {
    call(env, || key.get().map(Key::new))
}

/// The name of its cipher.
#[napi]
pub fn key_cipher(env: &Env, key: Handle<'_, Key>) -> napi::Result<&'static str> {
    call(env, || Ok(key.get()?.cipher().name()))
}

/// The name of its engine.
#[napi]
pub fn key_engine(env: &Env, key: Handle<'_, Key>) -> napi::Result<&'static str> {
    call(env, || Ok(key.get()?.engine().name()))
}

/// How many messages it has sealed under random nonces.
#[napi]
pub fn key_seals(env: &Env, key: Handle<'_, Key>) -> napi::Result<BigInt> {
    call(env, || Ok(BigInt::from(key.get()?.seals())))
}

/// The secret.
#[napi]
pub fn key_to_bytes(env: &Env, key: Handle<'_, Key>) -> napi::Result<Buffer> {
    call(env, || Ok(Buffer::from(key.get()?.as_bytes().to_vec())))
}

/// The secret as text.
#[napi]
pub fn key_to_text<'env>(
    env: &'env Env,
    key: Handle<'_, Key>,
    encoding: String,
) -> napi::Result<JsString<'env>> {
    let text = call(env, || {
        let encoding = match encoding.as_str() {
            "base64" => Encoding::Base64,
            "hex" => Encoding::Hex,
            _ => return Err(Error::InvalidArgument("the encodings are base64 and hex")),
        };
        Ok(key.get()?.to_text(encoding))
    })?;
    env.create_string(text.expose())
}

/// Whether cipher and bytes are the same, in constant time.
#[napi]
pub fn key_equals(env: &Env, key: Handle<'_, Key>, other: Handle<'_, Key>) -> napi::Result<bool> {
    call(env, || Ok(key.get()? == other.get()?))
}

/// Wipes the key once what else holds it is done.
#[napi]
pub fn key_close(key: Handle<'_, Key>) {
    key.0.take();
}
