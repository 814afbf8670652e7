//! Codecs of bound records, and where their nonces come from in tests.
#![allow(dead_code)] // not every test crate uses all of it

use pagecrypt::record::bound::Context;
use pagecrypt::record::{OpenRecord, Place, RecordCodec, SealRecord};
use pagecrypt::{Cipher, Error, Key, NonceSource};

use crate::bytes::bytes;

/// A context of each kind.
pub(crate) const CONTEXTS: [Context; 3] = [
    Context::Stream([0x51; 32]),
    Context::Store([0x52; 16]),
    Context::Writer { stream: [0x51; 32], writer: [0x53; 16] },
];

/// A key that is the same in every run; `number` tells keys of one cipher apart.
pub(crate) fn key(cipher: Cipher, number: u64) -> Key {
    Key::from_bytes(&bytes(number << 8 | u64::from(cipher.number()), cipher.key_length()), cipher).unwrap()
}

pub(crate) fn codec(cipher: Cipher, context: Context) -> RecordCodec {
    RecordCodec::bound(key(cipher, 1), context).unwrap()
}

/// A place that a context takes: the store's has a token.
pub(crate) fn place(context: Context) -> Place {
    Place { sequence: Some(7), clock: Some(1000), token: token(context, 9), ..Place::default() }
}

/// A token where the context has tokens.
pub(crate) fn token(context: Context, byte: u8) -> Option<[u8; 32]> {
    matches!(context, Context::Store(_)).then_some([byte; 32])
}

/// Seals under nonces from `nonces`.
pub(crate) fn seal_with(
    codec: &RecordCodec,
    nonces: &mut dyn NonceSource,
    plaintext: &[u8],
    place: &Place,
) -> Result<Vec<u8>, Error> {
    let mut record = vec![0xc3; codec.sealed_length(plaintext.len(), place)];
    codec.seal_batch_with(nonces, &mut [SealRecord { plaintext, place: *place, record: &mut record }])?;
    Ok(record)
}

/// Seals plaintexts, each at its place, as one batch.
pub(crate) fn seal_batch(
    codec: &RecordCodec,
    nonces: &mut dyn NonceSource,
    plaintexts: &[Vec<u8>],
    places: &[Place],
) -> Result<Vec<Vec<u8>>, Error> {
    let lengths = plaintexts.iter().zip(places).map(|(text, place)| codec.sealed_length(text.len(), place));
    let mut records: Vec<_> = lengths.map(|length| vec![0xc3; length]).collect();
    let mut batch: Vec<_> = plaintexts
        .iter()
        .zip(places)
        .zip(&mut records)
        .map(|((plaintext, place), record)| SealRecord { plaintext, place: *place, record })
        .collect();
    let outcome = codec.seal_batch_with(nonces, &mut batch);
    drop(batch);
    if outcome.is_err() {
        assert!(records.iter().flatten().all(|byte| *byte == 0xc3), "after an error nothing was written");
    }
    outcome.map(|()| records)
}

/// Opens records, each at its place, as one batch: the outcome of the batch, and of each its plaintext or failure.
#[allow(clippy::type_complexity)]
pub(crate) fn open_batch(
    codec: &RecordCodec,
    records: &[Vec<u8>],
    places: &[Place],
) -> (Result<(), Error>, Vec<Result<Vec<u8>, Error>>) {
    let mut plaintexts: Vec<_> =
        records.iter().map(|record| vec![0xc3; codec.opened_length(record).unwrap_or(5)]).collect();
    let mut batch: Vec<_> = records
        .iter()
        .zip(places)
        .zip(&mut plaintexts)
        .map(|((record, place), plaintext)| OpenRecord::new(record, *place, plaintext))
        .collect();
    let outcome = codec.open_batch(&mut batch);
    let each = batch
        .iter()
        .map(|record| match record.failure() {
            Some(failure) => {
                assert!(record.plaintext().iter().all(|byte| *byte == 0), "what failed is zeros");
                Err(failure.clone())
            }
            None => Ok(record.plaintext().to_vec()),
        })
        .collect();
    (outcome, each)
}

/// The name of an error's code, or `ok`.
pub(crate) fn code<T>(outcome: &Result<T, Error>) -> &'static str {
    outcome.as_ref().map_or_else(|error| error.code().name(), |_| "ok")
}

/// Gives the bytes it was made of, once.
pub(crate) struct Replay(std::collections::VecDeque<u8>);

impl Replay {
    pub(crate) fn new(bytes: impl IntoIterator<Item = u8>) -> Self {
        Self(bytes.into_iter().collect())
    }

    pub(crate) fn left(&self) -> usize {
        self.0.len()
    }
}

impl NonceSource for Replay {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), Error> {
        if bytes.len() > self.0.len() {
            return Err(Error::RandomSource);
        }
        let drawn = self.0.drain(..bytes.len());
        bytes.iter_mut().zip(drawn).for_each(|(byte, drawn)| *byte = drawn);
        Ok(())
    }
}
