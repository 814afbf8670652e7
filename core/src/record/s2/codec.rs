//! Sealing and opening batches of encrypted records.

use arrayvec::ArrayVec;

use super::encrypted::{Parts, PartsMut, format_id, length_without_text};
use super::envelope;
use super::stream_id::StreamId;
use crate::aead::{Aead, BatchFailure, Open, Seal, Text};
use crate::cipher::{Cipher, MAX_NONCE_LENGTH};
use crate::error::{Error, Failures, Unit};
use crate::key::Key;
use crate::random::NonceSource;
use crate::record::batch::{MAX_BATCH, OpenRecord, Place, SealRecord};

/// The highest sequence number of a record under `aes256gcm`, as S2 keeps it for each stream. Under `aegis256` any is
/// allowed.
pub const MAX_AES256GCM_SEQUENCE: u64 = u32::MAX as u64;

#[derive(Debug, Clone)]
pub(in crate::record) struct Codec {
    key: Key,
    format_id: u8,
    stream: StreamId,
}

impl Codec {
    pub(in crate::record) fn new(key: Key, stream: StreamId) -> Result<Self, Error> {
        let format_id = format_id(key.cipher())
            .ok_or(Error::UnsupportedFormat("S2 encrypts records with aegis256 and aes256gcm only"))?;
        Ok(Self { key, format_id, stream })
    }

    pub(in crate::record) fn key(&self) -> &Key {
        &self.key
    }

    pub(in crate::record) fn overhead(&self) -> usize {
        length_without_text(self.key.cipher())
    }

    pub(in crate::record) fn opened_length(&self, record: &[u8]) -> Result<usize, Error> {
        self.parts(record).map(|parts| parts.ciphertext.len())
    }

    /// Seals every record, or none: whatever can fail is done before the first one is sealed. Their lengths were checked.
    pub(in crate::record) fn seal_batch_with(
        &self,
        nonces: &mut dyn NonceSource,
        batch: &mut [SealRecord<'_>],
    ) -> Result<(), Error> {
        batch.iter().try_for_each(|record| self.check_plain(record))?;
        self.key.count_random_seals(batch.len() as u64)?;
        for part in batch.chunks_mut(MAX_BATCH) {
            self.write_nonces(nonces, part)?;
        }
        for part in batch.chunks_mut(MAX_BATCH) {
            let messages: Option<ArrayVec<_, MAX_BATCH>> =
                part.iter_mut().map(|record| self.seal_of(record)).collect();
            self.key.seal_batch_assume_unique_nonces(&mut messages.ok_or(TOO_SHORT)?)?;
        }
        Ok(())
    }

    /// Opens every record that is authentic, of those without a failure; their lengths were checked. The others get
    /// one.
    pub(in crate::record) fn open_batch(&self, batch: &mut [OpenRecord<'_>]) {
        for record in batch.iter_mut().filter(|record| record.failure.is_none()) {
            record.failure = check_place_to_open(&record.place).err();
        }
        for (number, part) in batch.chunks_mut(MAX_BATCH).enumerate() {
            self.open_part((number * MAX_BATCH) as u64, part);
        }
    }

    /// Opens up to [`MAX_BATCH`] records, the first of which has the number `first` in the whole batch.
    fn open_part(&self, first: u64, part: &mut [OpenRecord<'_>]) {
        let opened = self.opened(part);
        let waiting = (first..).zip(part).filter(|(_, record)| record.failure.is_none());
        match opened {
            Ok(opened) => {
                for ((number, record), _) in waiting.zip(opened).filter(|(_, opened)| !opened) {
                    let failed = Failures::one(Unit::Message, number);
                    record.failure = Some(Error::AuthenticationFailed(failed));
                }
            }
            Err(error) => waiting.for_each(|(_, record)| record.failure = Some(error.clone())),
        }
    }

    /// Which of those without a failure opened.
    fn opened(&self, part: &mut [OpenRecord<'_>]) -> Result<ArrayVec<bool, MAX_BATCH>, Error> {
        let mut messages = part
            .iter_mut()
            .filter(|record| record.failure.is_none())
            .map(|record| self.open_of(record))
            .collect::<Result<ArrayVec<_, MAX_BATCH>, Error>>()?;
        match self.key.open_batch(&mut messages) {
            Ok(()) | Err(BatchFailure::Forged { .. }) => Ok(messages.iter().map(Open::opened).collect()),
            Err(BatchFailure::Refused(error)) => Err(error),
        }
    }

    fn check_plain(&self, record: &SealRecord<'_>) -> Result<(), Error> {
        let Place { sequence, clock, token } = record.place;
        if clock.is_some() || token.is_some() {
            return Err(Error::InvalidArgument("records of S2 are bound neither to a clock nor to a token"));
        }
        if self.key.cipher() == Cipher::Aes256Gcm && sequence.is_some_and(|n| n > MAX_AES256GCM_SEQUENCE) {
            return Err(Error::UsageLimit);
        }
        envelope::check(record.plaintext)
    }

    /// One draw serves all.
    fn write_nonces(&self, nonces: &mut dyn NonceSource, part: &mut [SealRecord<'_>]) -> Result<(), Error> {
        let (cipher, length) = (self.key.cipher(), self.key.cipher().nonce_length());
        let mut drawn = [0; MAX_BATCH * MAX_NONCE_LENGTH];
        let fresh = &mut drawn[..part.len() * length];
        nonces.fill(fresh)?;
        for (record, nonce) in part.iter_mut().zip(fresh.chunks_exact(length)) {
            PartsMut::of(record.record, cipher).ok_or(TOO_SHORT)?.nonce.copy_from_slice(nonce);
        }
        Ok(())
    }

    /// The message that a record is, whose nonce was written.
    fn seal_of<'a>(&'a self, record: &'a mut SealRecord<'_>) -> Option<Seal<'a>> {
        let parts = PartsMut::of(record.record, self.key.cipher())?;
        *parts.format_id = self.format_id;
        let text = Text::Into { from: record.plaintext, to: parts.text };
        Some(Seal { nonce: parts.nonce, associated_data: self.stream.as_bytes(), text, tag: parts.tag })
    }

    fn open_of<'a>(&'a self, record: &'a mut OpenRecord<'_>) -> Result<Open<'a>, Error> {
        let Parts { nonce, ciphertext, tag, .. } = self.parts(record.record)?;
        let text = Text::Into { from: ciphertext, to: record.plaintext };
        Ok(Open::new(nonce, self.stream.as_bytes(), text, tag))
    }

    /// Refuses records of the other cipher.
    fn parts<'a>(&self, record: &'a [u8]) -> Result<Parts<'a>, Error> {
        let parts = Parts::of(record)?;
        let expected = self.key.cipher();
        if parts.cipher == expected {
            Ok(parts)
        } else {
            Err(Error::CipherMismatch { expected, got: parts.cipher })
        }
    }
}

const TOO_SHORT: Error = Error::Internal("a record of S2 is shorter than its overhead");

/// Who expects a record at a place must not be told that it is there.
fn check_place_to_open(place: &Place) -> Result<(), Error> {
    if *place == Place::default() {
        Ok(())
    } else {
        Err(Error::InvalidArgument(
            "records of S2 are bound to their stream only: nothing else can be expected",
        ))
    }
}
