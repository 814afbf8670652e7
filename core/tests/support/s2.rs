//! S2's samples, and records of its format.
#![allow(dead_code)] // not every test crate uses all of it

use pagecrypt::record::s2::{Envelope, Header, StreamId};
use pagecrypt::record::{OpenRecord, Place, RecordCodec, SealRecord};
use pagecrypt::{Cipher, Error, NonceSource};
use serde::Deserialize;

use crate::bytes::bytes;
use crate::engines;
use crate::pages::Replay;
use crate::vectors::{self, Hex};

/// The ciphers that S2 has.
pub(crate) const CIPHERS: [Cipher; 2] = [Cipher::Aegis256, Cipher::Aes256Gcm];

/// A record that S2's own functions made.
#[derive(Debug, Deserialize)]
pub(crate) struct Sample {
    pub(crate) id: String,
    pub(crate) cipher: String,
    pub(crate) key_hex: Hex,
    pub(crate) key_base64: String,
    pub(crate) basin: String,
    pub(crate) stream: String,
    pub(crate) aad_hex: Hex,
    pub(crate) metered_size: u64,
    pub(crate) headers_hex: Vec<(Hex, Hex)>,
    pub(crate) body_hex: Hex,
    pub(crate) envelope_hex: Hex,
    pub(crate) nonce_hex: Hex,
    pub(crate) tag_hex: Hex,
    pub(crate) encrypted_hex: Hex,
    pub(crate) stored_hex: Hex,
}

/// A command that S2's own functions made.
#[derive(Debug, Deserialize)]
pub(crate) struct CommandSample {
    pub(crate) id: String,
    pub(crate) body_hex: Hex,
    pub(crate) metered_size: u64,
    pub(crate) stored_hex: Hex,
}

#[derive(Deserialize)]
struct Samples {
    records: Vec<Sample>,
    command_records: Vec<CommandSample>,
}

pub(crate) fn samples() -> (Vec<Sample>, Vec<CommandSample>) {
    let samples: Samples = vectors::json("s2/records.json");
    assert!(!samples.records.is_empty() && !samples.command_records.is_empty());
    (samples.records, samples.command_records)
}

impl Sample {
    pub(crate) fn envelope(&self) -> Envelope<'_> {
        envelope(&self.headers_hex, &self.body_hex)
    }

    /// A codec of the sample's stream on every engine.
    pub(crate) fn codecs(&self) -> Vec<RecordCodec> {
        let stream = StreamId::of(&self.basin, &self.stream).unwrap();
        engines::keys(self.cipher.parse().unwrap(), &self.key_hex.0)
            .into_iter()
            .map(|key| RecordCodec::s2(key, stream).unwrap())
            .collect()
    }
}

pub(crate) fn envelope<'a>(headers: &'a [(Hex, Hex)], body: &'a Hex) -> Envelope<'a> {
    let headers = headers.iter().map(|(name, value)| Header { name: &name.0, value: &value.0 }).collect();
    Envelope { headers, body: &body.0 }
}

/// A codec of a fixed key and stream on every engine.
pub(crate) fn codecs(cipher: Cipher) -> Vec<RecordCodec> {
    let stream = StreamId::of("secure-events", "audit-log").unwrap();
    engines::keys(cipher, &bytes(u64::from(cipher.number()), 32))
        .into_iter()
        .map(|key| RecordCodec::s2(key, stream).unwrap())
        .collect()
}

/// The one on the best engine.
pub(crate) fn codec(cipher: Cipher) -> RecordCodec {
    codecs(cipher).pop().unwrap()
}

/// An encoded envelope of this length without headers.
pub(crate) fn plaintext(seed: u64, length: usize) -> Vec<u8> {
    let mut plaintext = bytes(seed, length);
    plaintext[0] = 0;
    plaintext
}

/// Nonces for so many records, the same in every run.
pub(crate) fn nonces(cipher: Cipher, count: usize) -> Replay {
    Replay::new(bytes(77, count * cipher.nonce_length()))
}

pub(crate) fn seal_batch(
    codec: &RecordCodec,
    nonces: &mut dyn NonceSource,
    plaintexts: &[Vec<u8>],
) -> Result<Vec<Vec<u8>>, Error> {
    let place = Place::default();
    let mut records: Vec<Vec<u8>> =
        plaintexts.iter().map(|text| vec![0xc3; codec.sealed_length(text.len(), &place)]).collect();
    let mut batch: Vec<SealRecord<'_>> = plaintexts
        .iter()
        .zip(&mut records)
        .map(|(plaintext, record)| SealRecord { plaintext, place, record })
        .collect();
    codec.seal_batch_with(nonces, &mut batch)?;
    Ok(records)
}

/// Plaintext or failure of each record.
pub(crate) type Opened = Vec<Result<Vec<u8>, Error>>;

/// What the batch says, and what became of each record. What is left of those that failed is proved to be zeros.
pub(crate) fn open_batch(codec: &RecordCodec, records: &[Vec<u8>]) -> (Result<(), Error>, Opened) {
    let mut plaintexts: Vec<Vec<u8>> =
        records.iter().map(|record| vec![0xc3; codec.opened_length(record).unwrap_or(7)]).collect();
    let mut batch: Vec<OpenRecord<'_>> = records
        .iter()
        .zip(&mut plaintexts)
        .map(|(record, plaintext)| OpenRecord::new(record, Place::default(), plaintext))
        .collect();
    let outcome = codec.open_batch(&mut batch);
    let failures: Vec<Option<Error>> = batch.iter().map(|record| record.failure().cloned()).collect();
    drop(batch);
    let opened = failures
        .into_iter()
        .zip(plaintexts)
        .map(|(failure, plaintext)| match failure {
            None => Ok(plaintext),
            Some(error) => {
                assert!(plaintext.iter().all(|byte| *byte == 0), "something is left of a record that failed");
                Err(error)
            }
        })
        .collect();
    (outcome, opened)
}
