//! Our own record format, version 1. A placeholder: the format comes with its own module.

use core::convert::Infallible;

use super::{OpenRecord, Place, SealRecord};
use crate::cipher::Cipher;
use crate::error::Error;
use crate::key::Key;
use crate::random::NonceSource;

/// What the records of a codec belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Context {}

/// Bytes that a record without a clock is longer than its plaintext.
#[must_use]
pub(super) const fn overhead(_cipher: Cipher) -> Option<usize> {
    None
}

#[derive(Debug, Clone)]
pub(super) struct Codec(Infallible);

impl Codec {
    pub(super) fn new(_key: Key, context: Context) -> Result<Self, Error> {
        match context {}
    }

    pub(super) fn add_decrypt_only_key(&mut self, _key: Key) -> Result<(), Error> {
        match self.0 {}
    }

    pub(super) fn key(&self) -> &Key {
        match self.0 {}
    }

    pub(super) fn key_id(&self) -> [u8; 4] {
        match self.0 {}
    }

    pub(super) fn overhead(&self, _place: &Place) -> usize {
        match self.0 {}
    }

    /// From what the record says in clear.
    pub(super) fn opened_length(&self, _record: &[u8]) -> Result<usize, Error> {
        match self.0 {}
    }

    pub(super) fn needs_reseal(&self, _record: &[u8]) -> Result<bool, Error> {
        match self.0 {}
    }

    /// Seals all or none: whatever can fail is done before a byte is written. The lengths of the records were checked.
    pub(super) fn seal_batch_with(
        &self,
        _nonces: &mut dyn NonceSource,
        _batch: &mut [SealRecord<'_>],
    ) -> Result<(), Error> {
        match self.0 {}
    }

    /// Opens those without a failure, whose lengths were checked by `opened_length`, and sets failures:
    /// `Failures::one(Unit::Message, index)` where authentication fails. The caller zeroes their plaintexts.
    pub(super) fn open_batch(&self, _batch: &mut [OpenRecord<'_>]) {
        match self.0 {}
    }
}
