//! Records.

use std::cell::RefCell;
use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use napi::Env;
use napi::bindgen_prelude::{AsyncTask, BigInt, Buffer};
use napi_derive::napi;
use pagecrypt::record;
use pagecrypt::record::bound::{self, Header, KEY_ID_LENGTH};
use pagecrypt::record::s2::StreamId;
use pagecrypt::{Cipher, Error};
use zeroize::Zeroizing;

use crate::border::buffers::Bytes;
use crate::border::handle::{Handle, New};
use crate::control::Control;
use crate::error::call;
use crate::job::{BytesJob, buffer, start};
use crate::key::Key;

pub mod batch;
mod place;

use place::context;
pub(crate) use place::{one, places};

/// A codec until it is closed; `lib/` sees to it that nobody uses it afterwards.
#[derive(Debug)]
pub struct RecordCodec(RefCell<Option<Arc<record::RecordCodec>>>);

impl RecordCodec {
    fn new(codec: record::RecordCodec) -> New<Self> {
        New(Self(RefCell::new(Some(Arc::new(codec)))))
    }

    pub(crate) fn get(&self) -> Result<Arc<record::RecordCodec>, Error> {
        self.0.borrow().clone().ok_or(Error::Internal("a codec was used after it was closed"))
    }
}

/// A codec of S2's format.
#[napi]
pub fn record_codec_s2(env: &Env, key: Handle<'_, Key>, stream: Bytes<'_>) -> napi::Result<New<RecordCodec>> {
    call(env, || {
        let stream = stream.read()?;
        let id = <[u8; StreamId::LENGTH]>::try_from(&*stream)
            .map_err(|_| Error::BufferLength { expected: StreamId::LENGTH, got: stream.len() })?;
        record::RecordCodec::s2(key.get()?, StreamId::from_bytes(id)).map(RecordCodec::new)
    })
}

/// A codec of our own format, for a packed context.
#[napi]
pub fn record_codec_bound(
    env: &Env,
    key: Handle<'_, Key>,
    packed: Bytes<'_>,
) -> napi::Result<New<RecordCodec>> {
    call(env, || record::RecordCodec::bound(key.get()?, context(packed)?).map(RecordCodec::new))
}

/// The same codec with one more key, which only opens.
#[napi]
pub fn record_codec_with_decrypt_only_key(
    env: &Env,
    codec: Handle<'_, RecordCodec>,
    key: Handle<'_, Key>,
) -> napi::Result<New<RecordCodec>> {
    call(env, || {
        let mut more = (*codec.get()?).clone();
        more.add_decrypt_only_key(key.get()?)?;
        Ok(RecordCodec::new(more))
    })
}

/// The id of the key that seals, where the format has ids.
#[napi]
pub fn record_codec_key_id(env: &Env, codec: Handle<'_, RecordCodec>) -> napi::Result<Option<Buffer>> {
    call(env, || Ok(codec.get()?.key_id().map(|id| Buffer::from(id.to_vec()))))
}

/// Lets the codec's keys go.
#[napi]
pub fn record_codec_close(codec: Handle<'_, RecordCodec>) {
    codec.0.take();
}

/// Bytes of the record of a plaintext.
#[napi]
pub fn record_sealed_length(
    env: &Env,
    codec: Handle<'_, RecordCodec>,
    length: f64,
    place: Option<Bytes<'_>>,
) -> napi::Result<f64> {
    call(env, || Ok(codec.get()?.sealed_length(length as usize, &one(place)?) as f64))
}

/// Bytes of a record's plaintext.
#[napi]
pub fn record_opened_length(
    env: &Env,
    codec: Handle<'_, RecordCodec>,
    record: Bytes<'_>,
) -> napi::Result<f64> {
    call(env, || Ok(codec.get()?.opened_length(&record.read()?)? as f64))
}

/// Whether a key that only opens sealed it.
#[napi]
pub fn record_needs_reseal(
    env: &Env,
    codec: Handle<'_, RecordCodec>,
    record: Bytes<'_>,
) -> napi::Result<bool> {
    call(env, || codec.get()?.needs_reseal(&record.read()?))
}

/// Seals one record.
#[napi]
pub fn seal_record(
    env: &Env,
    codec: Handle<'_, RecordCodec>,
    plaintext: Bytes<'_>,
    place: Option<Bytes<'_>>,
) -> napi::Result<Buffer> {
    call(env, || codec.get()?.seal(&plaintext.read()?, &one(place)?).map(Buffer::from))
}

/// Opens one record.
#[napi]
pub fn open_record(
    env: &Env,
    codec: Handle<'_, RecordCodec>,
    record: Bytes<'_>,
    place: Option<Bytes<'_>>,
) -> napi::Result<Buffer> {
    call(env, || codec.get()?.open(&record.read()?, &one(place)?).map(Buffer::from))
}

/// Seals again what a record holds.
#[napi]
pub fn reseal_record(
    env: &Env,
    codec: Handle<'_, RecordCodec>,
    record: Bytes<'_>,
    place: Option<Bytes<'_>>,
) -> napi::Result<Buffer> {
    call(env, || codec.get()?.reseal(&record.read()?, &one(place)?).map(Buffer::from))
}

/// Seals a copy on the thread pool.
#[napi]
pub fn seal_record_later(
    env: &Env,
    codec: Handle<'_, RecordCodec>,
    plaintext: Bytes<'_>,
    place: Option<Bytes<'_>>,
    control: Option<Handle<'_, Control>>,
) -> napi::Result<AsyncTask<BytesJob>> {
    let (codec, plaintext, place) =
        call(env, || Ok((codec.get()?, Zeroizing::new(plaintext.copy()?), one(place)?)))?;
    Ok(start(control, buffer, move || codec.seal(&plaintext, &place).map(Zeroizing::new)))
}

/// Opens a copy on the thread pool.
#[napi]
pub fn open_record_later(
    env: &Env,
    codec: Handle<'_, RecordCodec>,
    record: Bytes<'_>,
    place: Option<Bytes<'_>>,
    control: Option<Handle<'_, Control>>,
) -> napi::Result<AsyncTask<BytesJob>> {
    let (codec, record, place) = call(env, || Ok((codec.get()?, record.copy()?, one(place)?)))?;
    Ok(start(control, buffer, move || codec.open(&record, &place).map(Zeroizing::new)))
}

/// Seals again what a copy holds, on the thread pool.
#[napi]
pub fn reseal_record_later(
    env: &Env,
    codec: Handle<'_, RecordCodec>,
    record: Bytes<'_>,
    place: Option<Bytes<'_>>,
    control: Option<Handle<'_, Control>>,
) -> napi::Result<AsyncTask<BytesJob>> {
    let (codec, record, place) = call(env, || Ok((codec.get()?, record.copy()?, one(place)?)))?;
    Ok(start(control, buffer, move || codec.reseal(&record, &place).map(Zeroizing::new)))
}

/// Bytes that a record is longer than its plaintext.
#[napi]
pub fn record_overhead(env: &Env, cipher: String, format: String) -> napi::Result<Option<f64>> {
    call(env, || Ok(record::overhead(cipher.parse()?, format.parse()?).map(|length| length as f64)))
}

/// What a record says in clear.
#[napi(object, object_from_js = false, use_nullable = true)]
pub struct RecordHeader {
    /// The cipher's name.
    pub cipher: String,
    /// Of the key.
    pub key_id: Buffer,
    /// When it was written.
    pub clock: Option<BigInt>,
    /// How often it was sealed again.
    pub reseals: u32,
    /// Bytes.
    pub plaintext_length: f64,
}

impl fmt::Debug for RecordHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordHeader").field("cipher", &self.cipher).finish_non_exhaustive()
    }
}

/// Reads a record's header.
#[napi]
pub fn parse_record_header(env: &Env, record: Bytes<'_>) -> napi::Result<RecordHeader> {
    call(env, || {
        let header = Header::parse(&record.read()?)?;
        Ok(RecordHeader {
            cipher: header.cipher.name().to_owned(),
            key_id: Buffer::from(header.key_id.to_vec()),
            clock: header.clock.map(BigInt::from),
            reseals: header.reseals,
            plaintext_length: header.plaintext_length as f64,
        })
    })
}

/// Which of two records stays: -1, 0 or 1.
#[napi]
pub fn compare_writes(env: &Env, a: Bytes<'_>, b: Bytes<'_>) -> napi::Result<i32> {
    call(env, || {
        Ok(match bound::compare_writes(&a.read()?, &b.read()?)? {
            Ordering::Less => -1,
            Ordering::Equal => 0,
            Ordering::Greater => 1,
        })
    })
}

/// The id of a key in a context.
#[napi]
pub fn key_id(env: &Env, key: Handle<'_, Key>, packed: Bytes<'_>) -> napi::Result<Buffer> {
    call(env, || bound::key_id(&key.get()?, &context(packed)?).map(|id| Buffer::from(id.to_vec())))
}

/// A new key whose id is not one of those that lie in `taken` one after the other.
#[napi]
pub fn generate_key(
    env: &Env,
    cipher: String,
    packed: Bytes<'_>,
    taken: Bytes<'_>,
) -> napi::Result<New<Key>> {
    call(env, || {
        let cipher: Cipher = cipher.parse()?;
        let taken = taken.read()?;
        let (taken, _) = taken.as_chunks::<KEY_ID_LENGTH>();
        bound::generate_key(cipher, &context(packed)?, taken).map(Key::new)
    })
}
