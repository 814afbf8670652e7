//! Batches of records.

use std::fmt;
use std::sync::Arc;

use napi::Env;
use napi::bindgen_prelude::{AsyncTask, Buffer};
use napi_derive::napi;
use pagecrypt::record::{self, OpenRecord, Place, SealRecord};
use pagecrypt::{Error, Failures, Unit};
use zeroize::Zeroizing;

use super::{RecordCodec, places};
use crate::border::buffers::{Bytes, Copies};
use crate::border::handle::Handle;
use crate::control::Control;
use crate::error::{Failure, call};
use crate::job::{Job, Secret, buffer, start};

/// What a promise of sealed records gives.
pub type SealedRecords = Job<Vec<Secret>, Vec<Buffer>>;

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

fn buffers(records: Vec<Secret>) -> Vec<Buffer> {
    records.into_iter().map(buffer).collect()
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

    fn seal(self) -> Result<Vec<Secret>, Error> {
        let parts = || self.messages.iter().zip(&self.places);
        let mut records: Vec<Secret> = parts()
            .map(|(plaintext, place)| zeros(self.codec.sealed_length(plaintext.len(), place)))
            .collect();
        let mut batch: Vec<_> = parts()
            .zip(&mut records)
            .map(|((plaintext, place), record)| SealRecord { plaintext, place: *place, record })
            .collect();
        self.codec.seal_batch(&mut batch)?;
        drop(batch);
        Ok(records)
    }

    fn open(self, partial: bool, first: u64) -> Result<Vec<Result<Secret, Error>>, Error> {
        // A record without a length has a failure, which opening finds again.
        let lengths = self.messages.iter().map(|record| self.codec.opened_length(record).unwrap_or(0));
        let mut plaintexts: Vec<Secret> = lengths.map(zeros).collect();
        let mut batch: Vec<_> = (self.messages.iter().zip(&self.places).zip(&mut plaintexts))
            .map(|((record, place), plaintext)| OpenRecord::new(record, *place, plaintext))
            .collect();
        let outcome = self.codec.open_batch(&mut batch);
        if !partial {
            outcome?;
        }
        let failures: Vec<_> = batch.iter().map(|record| record.failure().cloned()).collect();
        drop(batch);
        let opened = (first..).zip(plaintexts.into_iter().zip(failures));
        Ok(opened.map(|(number, (plaintext, failure))| numbered(plaintext, failure, number)).collect())
    }
}

/// What became of the record that callers count as `number`.
fn numbered<T>(opened: T, failure: Option<Error>, number: u64) -> Result<T, Error> {
    match failure {
        None => Ok(opened),
        Some(Error::AuthenticationFailed(_)) => {
            Err(Error::AuthenticationFailed(Failures::one(Unit::Message, number)))
        }
        Some(error) => Err(error),
    }
}

fn zeros(length: usize) -> Secret {
    Zeroizing::new(vec![0; length])
}
