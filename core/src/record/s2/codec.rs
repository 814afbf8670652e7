//! Sealing and opening batches of encrypted records.

use alloc::vec;

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

    /// Seals every record, or none: whatever can fail is done before a byte is written. Their lengths were checked.
    pub(in crate::record) fn seal_batch_with(
        &self,
        nonces: &mut dyn NonceSource,
        batch: &mut [SealRecord<'_>],
    ) -> Result<(), Error> {
        batch.iter().try_for_each(|record| self.check_plain(record))?;
        self.key.count_random_seals(batch.len() as u64)?;
        // One draw serves all.
        let (mut few, mut many);
        let length = self.key.cipher().nonce_length();
        let fresh = if batch.len() <= MAX_BATCH {
            few = [0; MAX_BATCH * MAX_NONCE_LENGTH];
            &mut few[..batch.len() * length]
        } else {
            many = vec![0; batch.len() * length];
            &mut many[..]
        };
        nonces.fill(fresh)?;
        for (part, fresh) in batch.chunks_mut(MAX_BATCH).zip(fresh.chunks(MAX_BATCH * length)) {
            let mut messages = part
                .iter_mut()
                .zip(fresh.chunks_exact(length))
                .map(|(record, nonce)| self.seal_of(record, nonce))
                .collect::<Option<ArrayVec<_, MAX_BATCH>>>()
                .ok_or(Error::Internal("a record of S2 is shorter than its overhead"))?;
            self.key.seal_batch_assume_unique_nonces(&mut messages)?;
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
        let Place { sequence, clock, reseals, token } = record.place;
        if clock.is_some() || reseals > 0 || token.is_some() {
            return Err(Error::InvalidArgument("records of S2 are bound neither to a clock nor to a token"));
        }
        if self.key.cipher() == Cipher::Aes256Gcm && sequence.is_some_and(|n| n > MAX_AES256GCM_SEQUENCE) {
            return Err(Error::UsageLimit);
        }
        envelope::check(record.plaintext)
    }

    /// The message that a record is to be.
    fn seal_of<'a>(&'a self, record: &'a mut SealRecord<'_>, nonce: &[u8]) -> Option<Seal<'a>> {
        let parts = PartsMut::of(record.record, self.key.cipher())?;
        *parts.format_id = self.format_id;
        parts.nonce.copy_from_slice(nonce);
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

#[cfg(all(test, target_has_atomic = "64"))]
mod tests {
    use super::*;
    use crate::record::RecordCodec;

    struct Zeros;

    impl NonceSource for Zeros {
        fn fill(&mut self, bytes: &mut [u8]) -> Result<(), Error> {
            bytes.fill(0);
            Ok(())
        }
    }

    #[test]
    fn the_count_of_the_key_refuses_the_batch_that_crosses_it_whatever_the_stream() {
        let key = Key::from_bytes(&[7; 32], Cipher::Aes256Gcm).unwrap();
        let [one, other] = [1, 2].map(|id| RecordCodec::s2(&key, StreamId::from_bytes([id; 32])).unwrap());
        key.count_random_seals((1 << 32) - 2).unwrap();
        let (mut first, mut second, mut third) = ([0xc3; 30], [0xc3; 30], [0xc3; 30]);
        let mut batch = [&mut first, &mut second, &mut third].map(|record| SealRecord {
            plaintext: &[0],
            place: Place::default(),
            record,
        });
        assert!(matches!(one.seal_batch_with(&mut Zeros, &mut batch), Err(Error::UsageLimit)));
        assert!(batch.iter().all(|record| record.record[..] == [0xc3; 30]));
        one.seal_batch_with(&mut Zeros, &mut batch[..1]).unwrap();
        other.seal_batch_with(&mut Zeros, &mut batch[1..2]).unwrap();
        assert!(matches!(other.seal_batch_with(&mut Zeros, &mut batch[..1]), Err(Error::UsageLimit)));
    }
}
