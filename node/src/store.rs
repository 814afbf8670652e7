//! Stores: entries whose path nobody sees who has no key.

use std::cell::RefCell;
use std::fmt;
use std::sync::Arc;

use napi::Env;
use napi::bindgen_prelude::{AsyncTask, BigInt, Buffer};
use napi_derive::napi;
use pagecrypt::Error;
use pagecrypt::record::bound::{self, Entry, OpenedEntry, Row};
use pagecrypt::record::outcome;
use zeroize::Zeroizing;

use crate::border::buffers::{Bytes, Copies};
use crate::border::handle::{Handle, New};
use crate::control::Control;
use crate::error::{Failure, call};
use crate::job::{BytesJob, Job, Secret, buffer, start};
use crate::key::Key;
use crate::record::{one, places};

/// A token key until it is closed; `lib/` sees to it that nobody uses it afterwards.
#[derive(Debug)]
pub struct TokenKey(RefCell<Option<bound::TokenKey>>);

impl TokenKey {
    fn new(key: bound::TokenKey) -> New<Self> {
        New(Self(RefCell::new(Some(key))))
    }

    fn get(&self) -> Result<bound::TokenKey, Error> {
        self.0.borrow().clone().ok_or(Error::Internal("a token key was used after it was closed"))
    }
}

/// A new token key.
#[napi]
pub fn token_key_generate(env: &Env) -> napi::Result<New<TokenKey>> {
    call(env, || bound::TokenKey::generate().map(TokenKey::new))
}

/// A token key of its bytes.
#[napi]
pub fn token_key_from_bytes(env: &Env, bytes: Bytes<'_>) -> napi::Result<New<TokenKey>> {
    call(env, || bound::TokenKey::from_bytes(&bytes.read()?).map(TokenKey::new))
}

/// The secret.
#[napi]
pub fn token_key_to_bytes(env: &Env, key: Handle<'_, TokenKey>) -> napi::Result<Buffer> {
    call(env, || Ok(Buffer::from(key.get()?.as_bytes().to_vec())))
}

/// The token of a path.
#[napi]
pub fn token_key_token(env: &Env, key: Handle<'_, TokenKey>, path: Bytes<'_>) -> napi::Result<Buffer> {
    call(env, || Ok(Buffer::from(key.get()?.token(&path.read()?).to_vec())))
}

/// Whether the bytes are the same, in constant time.
#[napi]
pub fn token_key_equals(
    env: &Env,
    key: Handle<'_, TokenKey>,
    other: Handle<'_, TokenKey>,
) -> napi::Result<bool> {
    call(env, || Ok(key.get()? == other.get()?))
}

/// Wipes the key once what else holds it is done.
#[napi]
pub fn token_key_close(key: Handle<'_, TokenKey>) {
    key.0.take();
}

/// A codec until it is closed; `lib/` sees to it that nobody uses it afterwards.
#[derive(Debug)]
pub struct StoreCodec(RefCell<Option<Arc<bound::StoreCodec>>>);

impl StoreCodec {
    fn new(codec: bound::StoreCodec) -> New<Self> {
        New(Self(RefCell::new(Some(Arc::new(codec)))))
    }

    fn get(&self) -> Result<Arc<bound::StoreCodec>, Error> {
        self.0.borrow().clone().ok_or(Error::Internal("a codec was used after it was closed"))
    }
}

/// A codec of the entries of a store.
#[napi]
pub fn store_codec_new(
    env: &Env,
    key: Handle<'_, Key>,
    token_key: Handle<'_, TokenKey>,
    padding: String,
    id: Bytes<'_>,
) -> napi::Result<New<StoreCodec>> {
    call(env, || {
        let id = id.read()?;
        let id = (*id).try_into().map_err(|_| Error::BufferLength { expected: 16, got: id.len() })?;
        bound::StoreCodec::new(key.get()?, id, token_key.get()?, padding.parse()?).map(StoreCodec::new)
    })
}

/// The same codec with one more key, which only opens.
#[napi]
pub fn store_codec_with_decrypt_only_key(
    env: &Env,
    codec: Handle<'_, StoreCodec>,
    key: Handle<'_, Key>,
) -> napi::Result<New<StoreCodec>> {
    call(env, || {
        let mut more = (*codec.get()?).clone();
        more.add_decrypt_only_key(key.get()?)?;
        Ok(StoreCodec::new(more))
    })
}

/// The id of the key that seals.
#[napi]
pub fn store_codec_key_id(env: &Env, codec: Handle<'_, StoreCodec>) -> napi::Result<Option<Buffer>> {
    call(env, || Ok(codec.get()?.records().key_id().map(|id| Buffer::from(id.to_vec()))))
}

/// Lets the codec's keys go.
#[napi]
pub fn store_codec_close(codec: Handle<'_, StoreCodec>) {
    codec.0.take();
}

/// The token of a path.
#[napi]
pub fn store_token(env: &Env, codec: Handle<'_, StoreCodec>, path: Bytes<'_>) -> napi::Result<Buffer> {
    call(env, || Ok(Buffer::from(codec.get()?.token(&path.read()?).to_vec())))
}

/// Whether a key that only opens sealed it.
#[napi]
pub fn store_needs_reseal(env: &Env, codec: Handle<'_, StoreCodec>, record: Bytes<'_>) -> napi::Result<bool> {
    call(env, || codec.get()?.needs_reseal(&record.read()?))
}

/// Seals again what a record holds.
#[napi]
pub fn reseal_entry(
    env: &Env,
    codec: Handle<'_, StoreCodec>,
    record: Bytes<'_>,
    place: Bytes<'_>,
) -> napi::Result<Buffer> {
    call(env, || {
        let token = token(one(Some(place))?.token)?;
        codec.get()?.reseal(&token, &record.read()?).map(Buffer::from)
    })
}

/// The same on the thread pool.
#[napi]
pub fn reseal_entry_later(
    env: &Env,
    codec: Handle<'_, StoreCodec>,
    record: Bytes<'_>,
    place: Bytes<'_>,
    control: Option<Handle<'_, Control>>,
) -> napi::Result<AsyncTask<BytesJob>> {
    let (codec, record, token) =
        call(env, || Ok((codec.get()?, record.copy()?, token(one(Some(place))?.token)?)))?;
    Ok(start(control, buffer, move || codec.reseal(&token, &record).map(Zeroizing::new)))
}

/// What a server keeps of an entry.
#[napi(object, object_from_js = false)]
pub struct StoreRow {
    /// Of its path.
    pub token: Buffer,
    /// What was sealed.
    pub record: Buffer,
}

impl fmt::Debug for StoreRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoreRow").finish_non_exhaustive()
    }
}

/// An entry that was opened, or why it was not.
#[napi(object, object_from_js = false, use_nullable = true)]
#[derive(Default)]
pub struct OpenedStoreEntry {
    /// Where it belongs.
    pub path: Buffer,
    /// What it is.
    pub type_name: Buffer,
    /// What its body is laid out by.
    pub schema: Buffer,
    /// The content.
    pub body: Buffer,
    /// When it was written.
    pub clock: Option<BigInt>,
    /// What is wrong with it.
    pub failure: Option<Failure>,
}

impl fmt::Debug for OpenedStoreEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenedStoreEntry").field("failure", &self.failure).finish_non_exhaustive()
    }
}

/// What a promise of sealed entries gives.
pub type SealedEntries = Job<Vec<Row>, Vec<StoreRow>>;

/// What a promise of opened entries gives.
pub type OpenedEntries = Job<Vec<Result<OpenedEntry, Error>>, Vec<OpenedStoreEntry>>;

/// Seals entries: path, type, schema and body of each, one behind the other. Of their places the clocks count.
#[napi]
pub fn seal_entries(
    env: &Env,
    codec: Handle<'_, StoreCodec>,
    fields: Copies,
    packed: Bytes<'_>,
) -> napi::Result<Vec<StoreRow>> {
    call(env, || Fields::new(fields, packed)?.seal(&*codec.get()?)).map(rows)
}

/// The same on the thread pool.
#[napi]
pub fn seal_entries_later(
    env: &Env,
    codec: Handle<'_, StoreCodec>,
    fields: Copies,
    packed: Bytes<'_>,
    control: Option<Handle<'_, Control>>,
) -> napi::Result<AsyncTask<SealedEntries>> {
    let (codec, fields) = call(env, || Ok((codec.get()?, Fields::new(fields, packed)?)))?;
    Ok(start(control, rows, move || fields.seal(&codec)))
}

/// Opens copies of the records. Of their places the tokens count. With `partial`, what is wrong with one is in its place.
#[napi]
pub fn open_entries(
    env: &Env,
    codec: Handle<'_, StoreCodec>,
    records: Copies,
    packed: Bytes<'_>,
    partial: bool,
) -> napi::Result<Vec<OpenedStoreEntry>> {
    call(env, || open(&*codec.get()?, &kept(records, packed)?, partial)).map(entries)
}

/// The same on the thread pool.
#[napi]
pub fn open_entries_later(
    env: &Env,
    codec: Handle<'_, StoreCodec>,
    records: Copies,
    packed: Bytes<'_>,
    partial: bool,
    control: Option<Handle<'_, Control>>,
) -> napi::Result<AsyncTask<OpenedEntries>> {
    let (codec, kept) = call(env, || Ok((codec.get()?, kept(records, packed)?)))?;
    Ok(start(control, entries, move || open(&codec, &kept, partial)))
}

/// Entries, apart from JavaScript's memory.
struct Fields {
    fields: Vec<Secret>,
    clocks: Vec<Option<u64>>,
}

impl Fields {
    fn new(fields: Copies, packed: Bytes<'_>) -> Result<Self, Error> {
        let fields = fields.take()?;
        let places = places(Some(packed), fields.len() / 4)?;
        Ok(Self { fields, clocks: places.iter().map(|place| place.clock).collect() })
    }

    fn seal(&self, codec: &bound::StoreCodec) -> Result<Vec<Row>, Error> {
        let (entries, _) = self.fields.as_chunks();
        let entries: Vec<_> = (entries.iter().zip(&self.clocks))
            .map(|([path, type_name, schema, body], clock)| (Entry { path, type_name, schema, body }, *clock))
            .collect();
        codec.seal_batch(&entries)
    }
}

/// Records, each with its token.
fn kept(records: Copies, packed: Bytes<'_>) -> Result<Vec<([u8; 32], Secret)>, Error> {
    let records = records.take()?;
    let places = places(Some(packed), records.len())?;
    places.into_iter().zip(records).map(|(place, record)| Ok((token(place.token)?, record))).collect()
}

fn token(token: Option<[u8; 32]>) -> Result<[u8; 32], Error> {
    token.ok_or(Error::Internal("a record of a store came without its token"))
}

fn open(
    codec: &bound::StoreCodec,
    kept: &[([u8; 32], Secret)],
    partial: bool,
) -> Result<Vec<Result<OpenedEntry, Error>>, Error> {
    let rows: Vec<_> = kept.iter().map(|(token, record)| (*token, record.as_slice())).collect();
    let opened = codec.open_batch(&rows);
    if !partial {
        outcome(&opened)?;
    }
    Ok(opened)
}

fn rows(rows: Vec<Row>) -> Vec<StoreRow> {
    let rows = rows.into_iter().map(|(token, record)| StoreRow {
        token: Buffer::from(token.to_vec()),
        record: Buffer::from(record),
    });
    rows.collect()
}

fn entries(opened: Vec<Result<OpenedEntry, Error>>) -> Vec<OpenedStoreEntry> {
    let entries = opened.into_iter().map(|opened| match opened {
        Ok(opened) => {
            let Entry { path, type_name, schema, body } = opened.entry();
            let copy = |bytes: &[u8]| Buffer::from(bytes.to_vec());
            OpenedStoreEntry {
                path: copy(path),
                type_name: copy(type_name),
                schema: copy(schema),
                body: copy(body),
                clock: opened.clock().map(BigInt::from),
                failure: None,
            }
        }
        Err(error) => {
            OpenedStoreEntry { failure: Some(Failure::from(&error)), ..OpenedStoreEntry::default() }
        }
    });
    entries.collect()
}
