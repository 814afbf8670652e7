//! Sealing batches of records.

use arrayvec::ArrayVec;

use super::nonces::{self, Nonces};
use super::{Codec, Header, associated_data};
use crate::aead::{Aead, Seal, Text};
use crate::cipher::TAG_LENGTH;
use crate::error::Error;
use crate::key::Key;
use crate::random::NonceSource;
use crate::record::SealRecord;
use crate::record::batch::MAX_BATCH;

impl Codec {
    /// Seals every record, or none: whatever can fail is done before the first is written, but for what the caller checks,
    /// which is the length of the records.
    pub(in crate::record) fn seal_batch_with(
        &self,
        nonces: &mut dyn NonceSource,
        batch: &mut [SealRecord<'_>],
    ) -> Result<(), Error> {
        let active = self.active();
        batch.iter().try_for_each(|record| self.check_sealable(record))?;
        if batch.is_empty() {
            return Ok(());
        }
        active.raw().count_derived_seals(batch.len() as u64, nonces::max_seals(active.cipher()))?;
        let nonces = Nonces::draw(nonces, active.cipher(), batch.len())?;
        // One prefix serves the batch: that of its first nonce.
        let key = active.key_for(&active.prefix_of(nonces.first()))?;
        for (records, first) in batch.chunks_mut(MAX_BATCH).zip((0..).step_by(MAX_BATCH)) {
            self.seal_together(&key, &nonces, first, records)?;
        }
        Ok(())
    }

    fn check_sealable(&self, record: &SealRecord<'_>) -> Result<(), Error> {
        self.check_place(&record.place)?;
        if record.place.reseals > 0 && record.place.clock.is_none() {
            return Err(Error::InvalidArgument(
                "only records with a clock count how often they are resealed",
            ));
        }
        if record.plaintext.len() as u64 > self.key().cipher().max_message_length() {
            return Err(Error::MessageTooLong);
        }
        Ok(())
    }

    /// Seals up to [`MAX_BATCH`] records, of which the first has the index `first` in the batch.
    fn seal_together(
        &self,
        key: &Key,
        nonces: &Nonces,
        first: usize,
        records: &mut [SealRecord<'_>],
    ) -> Result<(), Error> {
        let cipher = key.cipher();
        let mut given = ArrayVec::<_, MAX_BATCH>::new();
        for (record, index) in records.iter_mut().zip(first..) {
            let header = self.header_at(record).to_bytes();
            let (head, rest) = record.record.split_at_mut(header.len());
            head.copy_from_slice(&header);
            let nonce = &mut rest[..nonces::length(cipher)];
            nonces.write(index, nonce);
            let data = associated_data::of(&header, &self.context, &record.place);
            given.push((nonces::of_cipher(cipher, nonce), data, header.len() + nonce.len()));
        }
        let mut batch = ArrayVec::<_, MAX_BATCH>::new();
        for (record, (nonce, associated_data, start)) in records.iter_mut().zip(&given) {
            let (text, tag) = record.record[*start..]
                .split_last_chunk_mut::<TAG_LENGTH>()
                .ok_or(Error::Internal("a record is shorter than its tag"))?;
            let text = Text::Into { from: record.plaintext, to: text };
            batch.push(Seal { nonce, associated_data, text, tag });
        }
        key.seal_batch_assume_unique_nonces(&mut batch)
    }

    fn header_at(&self, record: &SealRecord<'_>) -> Header {
        Header {
            cipher: self.key().cipher(),
            key_id: self.key_id(),
            clock: record.place.clock,
            reseals: record.place.reseals,
            plaintext_length: record.plaintext.len(),
        }
    }
}

#[cfg(all(test, target_has_atomic = "64"))]
mod tests {
    use super::*;
    use crate::cipher::Cipher;
    use crate::record::bound::Context;
    use crate::record::{Place, RecordCodec};

    struct Zeros;

    impl NonceSource for Zeros {
        fn fill(&mut self, bytes: &mut [u8]) -> Result<(), Error> {
            bytes.fill(0);
            Ok(())
        }
    }

    /// Seals one record with a key that has sealed so many, and another one in another stream.
    fn two_more_after(cipher: Cipher, seals: u64) -> [Result<(), Error>; 2] {
        let key = Key::from_bytes(&[7; 32][..cipher.key_length()], cipher).unwrap();
        key.count_derived_seals(seals, None).unwrap();
        [1, 2].map(|stream| {
            let codec = RecordCodec::bound(&key, Context::Stream([stream; 32])).unwrap();
            let mut record = std::vec![0; codec.sealed_length(0, &Place::default())];
            let batch = &mut [SealRecord { plaintext: b"", place: Place::default(), record: &mut record }];
            codec.seal_batch_with(&mut Zeros, batch)
        })
    }

    #[test]
    fn nonces_of_128_bits_have_a_limit_for_all_streams_together_and_others_have_none() {
        let outcomes = two_more_after(Cipher::Aegis128l, (1 << 48) - 1);
        assert!(matches!(outcomes, [Ok(()), Err(Error::UsageLimit)]), "{outcomes:?}");
        for cipher in Cipher::ALL.into_iter().filter(|cipher| nonces::max_seals(*cipher).is_none()) {
            let outcomes = two_more_after(cipher, 1 << 50);
            assert!(matches!(outcomes, [Ok(()), Ok(())]), "{cipher}: {outcomes:?}");
        }
    }
}
