//! Keys.

use std::cell::RefCell;

use napi::bindgen_prelude::{BigInt, Buffer};
use napi::{Env, JsString};
use napi_derive::napi;
use pagecrypt::{Cipher, Encoding, Error, KeyTextProblem};

use crate::border::buffers::Bytes;
use crate::error::call;

/// A key until it is closed; `lib/` sees to it that nobody uses it afterwards.
#[napi]
#[derive(Debug)]
pub struct Key {
    key: RefCell<Option<pagecrypt::Key>>,
}

#[napi]
impl Key {
    /// A new key.
    #[napi(factory)]
    pub fn generate(env: &Env, cipher: String) -> napi::Result<Self> {
        call(env, || Ok(Self::of(pagecrypt::Key::generate(cipher.parse()?)?)))
    }

    /// A key of its bytes.
    #[napi(factory)]
    pub fn from_bytes(env: &Env, bytes: Bytes<'_>, cipher: String) -> napi::Result<Self> {
        call(env, || {
            let cipher = cipher.parse()?;
            Ok(Self::of(pagecrypt::Key::from_bytes(&bytes.read()?, cipher)?))
        })
    }

    /// `text` is UTF-8.
    #[napi(factory)]
    pub fn from_text(env: &Env, text: Bytes<'_>, cipher: Option<String>) -> napi::Result<Self> {
        call(env, || {
            let cipher = cipher.map(|name| name.parse::<Cipher>()).transpose()?;
            let text = text.read()?;
            let text = std::str::from_utf8(&text).map_err(|_| Error::KeyText(KeyTextProblem::Characters))?;
            Ok(Self::of(pagecrypt::Key::from_text(text, cipher)?))
        })
    }

    /// The same key with another ceiling.
    #[napi]
    pub fn with_engine(&self, env: &Env, engine: String) -> napi::Result<Self> {
        call(env, || Ok(Self::of(self.get()?.with_engine(engine.parse()?)?)))
    }

    /// The same bytes for another cipher.
    #[napi]
    pub fn with_cipher(&self, env: &Env, cipher: String) -> napi::Result<Self> {
        call(env, || Ok(Self::of(self.get()?.with_cipher(cipher.parse()?)?)))
    }

    /// The same key, closed apart.
    #[napi]
    pub fn duplicate(&self, env: &Env) -> napi::Result<Self> {
        call(env, || Ok(Self::of(self.get()?)))
    }

    /// The name of its cipher.
    #[napi]
    pub fn cipher(&self, env: &Env) -> napi::Result<&'static str> {
        call(env, || Ok(self.get()?.cipher().name()))
    }

    /// The name of its engine.
    #[napi]
    pub fn engine(&self, env: &Env) -> napi::Result<&'static str> {
        call(env, || Ok(self.get()?.engine().name()))
    }

    /// How many messages it has sealed under random nonces.
    #[napi]
    pub fn seals(&self, env: &Env) -> napi::Result<BigInt> {
        call(env, || Ok(BigInt::from(self.get()?.seals())))
    }

    /// The secret.
    #[napi]
    pub fn to_bytes(&self, env: &Env) -> napi::Result<Buffer> {
        call(env, || Ok(Buffer::from(self.get()?.as_bytes().to_vec())))
    }

    /// The secret as text.
    #[napi]
    pub fn to_text<'env>(&self, env: &'env Env, encoding: String) -> napi::Result<JsString<'env>> {
        let text = call(env, || {
            let encoding = match encoding.as_str() {
                "base64" => Encoding::Base64,
                "hex" => Encoding::Hex,
                _ => return Err(Error::InvalidArgument("the encodings are base64 and hex")),
            };
            Ok(self.get()?.to_text(encoding))
        })?;
        env.create_string(text.expose())
    }

    /// Whether cipher and bytes are the same, in constant time.
    #[napi]
    pub fn equals(&self, env: &Env, other: &Key) -> napi::Result<bool> {
        call(env, || Ok(self.get()? == other.get()?))
    }

    /// Wipes the key once what else holds it is done.
    #[napi]
    pub fn close(&self) {
        self.key.take();
    }
}

impl Key {
    fn of(key: pagecrypt::Key) -> Self {
        Self { key: RefCell::new(Some(key)) }
    }

    /// The key, which shares its bytes with this one.
    pub(crate) fn get(&self) -> Result<pagecrypt::Key, Error> {
        self.key.borrow().clone().ok_or(Error::Internal("a key was used after it was closed"))
    }
}
