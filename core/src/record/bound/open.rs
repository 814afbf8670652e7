//! Opening batches of records.

use alloc::vec::Vec;

use arrayvec::ArrayVec;

use super::record_key::{Prefix, RecordKey};
use super::{Codec, Header, associated_data, nonces};
use crate::aead::{Aead, BatchFailure, Open, Text};
use crate::cipher::TAG_LENGTH;
use crate::error::{Error, Failures, Unit};
use crate::record::OpenRecord;
use crate::record::batch::MAX_BATCH;

/// A record that is to be tried under a key.
struct Trial<'a, 'b> {
    /// The key's number in the codec.
    key: usize,
    prefix: Prefix,
    /// The record's place in the batch.
    index: usize,
    header: Header,
    record: &'a mut OpenRecord<'b>,
}

impl Codec {
    /// Opens those that have no failure yet, whose lengths were checked, and sets failures. The caller zeroes what failed.
    pub(in crate::record) fn open_batch(&self, batch: &mut [OpenRecord<'_>]) {
        let mut trials = Vec::with_capacity(batch.len());
        for (index, record) in batch.iter_mut().enumerate().filter(|(_, record)| record.failure.is_none()) {
            match self.first_trial(record) {
                Ok((key, header)) => {
                    let prefix = self.prefix_of(key, &header, record);
                    trials.push(Trial { key, prefix, index, header, record });
                }
                Err(Error::AuthenticationFailed(_)) => record.failure = Some(forged(index)),
                Err(error) => record.failure = Some(error),
            }
        }
        while !trials.is_empty() {
            // In the order of their keys, records of one key lie together. Most batches are in this order already.
            trials.sort_by_key(|trial| (trial.key, trial.prefix));
            for same_key in trials.chunk_by_mut(|a, b| (a.key, a.prefix) == (b.key, b.prefix)) {
                self.open_under_one_key(same_key);
            }
            trials.retain_mut(|trial| self.next_trial(trial));
        }
    }

    fn first_trial(&self, record: &OpenRecord<'_>) -> Result<(usize, Header), Error> {
        let header = self.header(record.record)?;
        self.check_place(&record.place)?;
        if record.place.clock.is_some() && record.place.clock != header.clock {
            return Err(forged(0)); // of another time than the one that was asked for
        }
        let key = self.next_key(0, &header).ok_or(Error::UnknownKeyId)?;
        Ok((key, header))
    }

    /// Whether a record that did not open is to be tried again, under the next key with the id that it names.
    fn next_trial(&self, trial: &mut Trial<'_, '_>) -> bool {
        if !matches!(trial.record.failure, Some(Error::AuthenticationFailed(_))) {
            return false;
        }
        let Some(key) = self.next_key(trial.key + 1, &trial.header) else { return false };
        trial.record.failure = None;
        trial.key = key;
        true
    }

    fn prefix_of(&self, key: usize, header: &Header, record: &OpenRecord<'_>) -> Prefix {
        self.keys[key].prefix_of(&record.record[header.length()..])
    }

    fn open_under_one_key(&self, trials: &mut [Trial<'_, '_>]) {
        let Some(first) = trials.first() else { return };
        let record_key: &RecordKey = &self.keys[first.key];
        let opened = record_key.key_for(&first.prefix).and_then(|key| {
            trials.chunks_mut(MAX_BATCH).try_for_each(|trials| self.open_together(&key, trials))
        });
        if let Err(error) = opened {
            trials.iter_mut().for_each(|trial| trial.record.failure = Some(error.clone()));
        }
    }

    /// Opens up to [`MAX_BATCH`] records.
    fn open_together(&self, key: &dyn Aead, trials: &mut [Trial<'_, '_>]) -> Result<(), Error> {
        const TOO_SHORT: Error = Error::Internal("a record is shorter than its header says");
        let cipher = key.cipher();
        let mut given = ArrayVec::<_, MAX_BATCH>::new();
        for trial in trials.iter() {
            let (header, rest) = trial.record.record.split_at(trial.header.length());
            let (nonce, rest) = rest.split_at_checked(nonces::length(cipher)).ok_or(TOO_SHORT)?;
            let (text, tag) = rest.split_last_chunk::<TAG_LENGTH>().ok_or(TOO_SHORT)?;
            let data = associated_data::of(header, &self.context, &trial.record.place);
            given.push((nonces::of_cipher(cipher, nonce), data, text, tag));
        }
        let mut batch: ArrayVec<_, MAX_BATCH> = trials
            .iter_mut()
            .zip(&given)
            .map(|(trial, (nonce, data, text, tag))| {
                Open::new(nonce, data, Text::Into { from: text, to: trial.record.plaintext }, tag)
            })
            .collect();
        match key.open_batch(&mut batch) {
            Ok(()) => return Ok(()),
            Err(BatchFailure::Forged { .. }) => {}
            Err(BatchFailure::Refused(error)) => return Err(error),
        }
        let opened: ArrayVec<_, MAX_BATCH> = batch.iter().map(Open::opened).collect();
        drop(batch);
        for (trial, opened) in trials.iter_mut().zip(opened) {
            if !opened {
                trial.record.failure = Some(forged(trial.index));
            }
        }
        Ok(())
    }
}

fn forged(index: usize) -> Error {
    Error::AuthenticationFailed(Failures::one(Unit::Message, index as u64))
}
