//! Batches of records.

use std::fmt;
use std::sync::Arc;

use napi::Env;
use napi::bindgen_prelude::{AsyncTask, Buffer};
use napi_derive::napi;
use pagecrypt::record::{self, Place};
use pagecrypt::{Error, Failures, Unit};

use super::{RecordCodec, places};
use crate::border::buffers::{Bytes, Copies};
use crate::border::handle::Handle;
use crate::control::Control;
use crate::error::{Failure, call};
use crate::job::{Job, Secret, buffer, start};

/// What a promise of sealed records gives.
pub type SealedRecords = Job<Vec<Vec<u8>>, Vec<Buffer>>;

/// What a promise of opened records gives.
pub type OpenedRecords = Job<Vec<Result<Secret, Error>>, Vec<OpenedRecord>>;

/// A record that was opened, or why it was not.
#[napi(object, object_from_js = false)]
pub struct OpenedRecord {
    /// Its plaintext.
    pub bytes: Option<Buffer>,
    /// What is wrong with it.
    pub failure: Option<Failure>,
}

impl fmt::Debug for OpenedRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenedRecord").field("failure", &self.failure).finish_non_exhaustive()
    }
}

/// Seals copies of the plaintexts.
#[napi]
pub fn seal_records(
    env: &Env,
    codec: Handle<'_, RecordCodec>,
    plaintexts: Copies,
    packed: Option<Bytes<'_>>,
) -> napi::Result<Vec<Buffer>> {
    call(env, || Batch::new(codec, plaintexts, packed)?.seal()).map(buffers)
}

/// Opens copies of the records. With `partial`, what is wrong with one is in its place; else it is thrown. The first
/// record counts as number `first`.
#[napi]
pub fn open_records(
    env: &Env,
    codec: Handle<'_, RecordCodec>,
    records: Copies,
    packed: Option<Bytes<'_>>,
    partial: bool,
    first: f64,
) -> napi::Result<Vec<OpenedRecord>> {
    call(env, || Batch::new(codec, records, packed)?.open(partial, first as u64)).map(opened)
}

/// The same on the thread pool.
#[napi]
pub fn seal_records_later(
    env: &Env,
    codec: Handle<'_, RecordCodec>,
    plaintexts: Copies,
    packed: Option<Bytes<'_>>,
    control: Option<Handle<'_, Control>>,
) -> napi::Result<AsyncTask<SealedRecords>> {
    let batch = call(env, || Batch::new(codec, plaintexts, packed))?;
    Ok(start(control, buffers, move || batch.seal()))
}

/// The same on the thread pool.
#[napi]
pub fn open_records_later(
    env: &Env,
    codec: Handle<'_, RecordCodec>,
    records: Copies,
    packed: Option<Bytes<'_>>,
    partial: bool,
    first: f64,
    control: Option<Handle<'_, Control>>,
) -> napi::Result<AsyncTask<OpenedRecords>> {
    let batch = call(env, || Batch::new(codec, records, packed))?;
    Ok(start(control, opened, move || batch.open(partial, first as u64)))
}

fn buffers(records: Vec<Vec<u8>>) -> Vec<Buffer> {
    records.into_iter().map(Buffer::from).collect()
}

fn opened(records: Vec<Result<Secret, Error>>) -> Vec<OpenedRecord> {
    let opened = records.into_iter().map(|record| match record {
        Ok(plaintext) => OpenedRecord { bytes: Some(buffer(plaintext)), failure: None },
        Err(error) => OpenedRecord { bytes: None, failure: Some(Failure::from(&error)) },
    });
    opened.collect()
}

/// Records or their plaintexts, apart from JavaScript's memory.
struct Batch {
    codec: Arc<record::RecordCodec>,
    messages: Vec<Secret>,
    places: Vec<Place>,
}

impl Batch {
    fn new(
        codec: Handle<'_, RecordCodec>,
        messages: Copies,
        packed: Option<Bytes<'_>>,
    ) -> Result<Self, Error> {
        let messages = messages.take()?;
        let places = places(packed, messages.len())?;
        Ok(Self { codec: codec.get()?, messages, places })
    }

    fn placed(&self) -> Vec<(&[u8], Place)> {
        self.messages.iter().zip(&self.places).map(|(message, place)| (message.as_slice(), *place)).collect()
    }

    fn seal(self) -> Result<Vec<Vec<u8>>, Error> {
        self.codec.seal_all(&self.placed())
    }

    fn open(self, partial: bool, first: u64) -> Result<Vec<Result<Secret, Error>>, Error> {
        let opened = self.codec.open_all(&self.placed());
        if !partial {
            record::outcome(&opened)?;
        }
        Ok((first..).zip(opened).map(|(number, opened)| numbered(opened, number)).collect())
    }
}

/// What became of the record that callers count as `number`.
fn numbered<T>(opened: Result<T, Error>, number: u64) -> Result<T, Error> {
    opened.map_err(|error| match error {
        Error::AuthenticationFailed(_) => Error::AuthenticationFailed(Failures::one(Unit::Message, number)),
        other => other,
    })
}
