//! The catalogue of ciphers.

use napi::Env;
use napi::bindgen_prelude::BigInt;
use napi_derive::napi;
use pagecrypt::Cipher;

use crate::error::call;

/// A row of the catalogue.
#[napi(object, object_from_js = false, use_nullable = true)]
#[derive(Debug)]
pub struct CipherInfo {
    /// As everywhere, for example `aegis256`.
    pub name: String,
    /// On disk.
    pub number: u32,
    /// For example `aegis-256`.
    pub hyphenated_name: String,
    /// Bytes.
    pub key_length: u32,
    /// Bytes.
    pub nonce_length: u32,
    /// Bytes.
    pub tag_length: u32,
    /// Bytes of a page that hold tag and nonce.
    pub reserved_length: u32,
    /// Bytes.
    pub max_message_length: BigInt,
    /// How many messages a key may seal under random nonces.
    pub max_random_seals: Option<f64>,
    /// What serves it on this CPU.
    pub engine: String,
}

/// One cipher, under any spelling of its name.
#[napi]
pub fn cipher(env: &Env, name: String) -> napi::Result<CipherInfo> {
    call(env, || info(name.parse()?))
}

/// One cipher by its number on disk.
#[napi]
pub fn cipher_of_number(env: &Env, number: u32) -> napi::Result<CipherInfo> {
    call(env, || {
        info(u8::try_from(number).map_or(Err(pagecrypt::Error::UnknownCipher), Cipher::from_number)?)
    })
}

/// All of them, in the order of their numbers.
#[napi]
pub fn ciphers(env: &Env) -> napi::Result<Vec<CipherInfo>> {
    call(env, || Cipher::ALL.into_iter().map(info).collect())
}

fn info(cipher: Cipher) -> Result<CipherInfo, pagecrypt::Error> {
    Ok(CipherInfo {
        name: cipher.name().to_owned(),
        number: cipher.number().into(),
        hyphenated_name: cipher.hyphenated_name().to_owned(),
        key_length: cipher.key_length() as u32,
        nonce_length: cipher.nonce_length() as u32,
        tag_length: cipher.tag_length() as u32,
        reserved_length: cipher.reserved_length() as u32,
        max_message_length: BigInt::from(cipher.max_message_length()),
        max_random_seals: cipher.max_random_seals().map(|seals| seals as f64), // at most 2^48
        engine: cipher.engine()?.name().to_owned(),
    })
}
