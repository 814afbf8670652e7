//! The records of a batch, as callers describe them.

use core::fmt;

use crate::error::Error;

/// How many records are described to an engine at once: enough to keep its units busy, few enough for the stack.
pub(super) const MAX_BATCH: usize = 64;

/// Where a record belongs, beyond what its codec says. What a format cannot bind must not be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Place {
    /// The record's number in its stream, from 0. `bound` authenticates it; `s2` takes it on sealing only, to keep its
    /// limit, since that format does not bind it.
    pub sequence: Option<u64>,
    /// When the record was written, in the writer's units, readable without the key: `bound` only, and of use on
    /// sealing. On opening, the record says it itself; a clock that is given must be that one.
    pub clock: Option<u64>,
    /// How often the record was sealed again since it was written, under other keys: 0 for a new one. `bound` with a clock
    /// only, and of use on sealing: [`RecordCodec::reseal`](super::RecordCodec::reseal) counts it. On opening it is not
    /// looked at.
    pub reseals: u32,
    /// The token of the path in a store: records of [`bound::Context::Store`](super::bound::Context::Store) only, which
    /// must have one.
    pub token: Option<[u8; 32]>,
}

/// A record to be sealed.
pub struct SealRecord<'a> {
    /// What is sealed; under `s2`, an encoded [`s2::Envelope`](super::s2::Envelope).
    pub plaintext: &'a [u8],
    /// Where it belongs.
    pub place: Place,
    /// Where the record goes: as long as [`RecordCodec::sealed_length`](super::RecordCodec::sealed_length) says.
    pub record: &'a mut [u8],
}

impl fmt::Debug for SealRecord<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealRecord")
            .field("plaintext_length", &self.plaintext.len())
            .field("place", &self.place)
            .field("record_length", &self.record.len())
            .finish()
    }
}

/// A record to be opened.
pub struct OpenRecord<'a> {
    pub(super) record: &'a [u8],
    pub(super) place: Place,
    pub(super) plaintext: &'a mut [u8],
    /// What a codec finds with a failure is left alone by it.
    pub(super) failure: Option<Error>,
}

impl<'a> OpenRecord<'a> {
    /// A record yet to be opened. `plaintext` is as long as
    /// [`RecordCodec::opened_length`](super::RecordCodec::opened_length) says.
    #[must_use]
    pub fn new(record: &'a [u8], place: Place, plaintext: &'a mut [u8]) -> Self {
        Self { record, place, plaintext, failure: None }
    }

    /// Why the last attempt did not open it; its plaintext is zeros then. Before any attempt there is nothing to tell.
    #[must_use]
    pub fn failure(&self) -> Option<&Error> {
        self.failure.as_ref()
    }

    /// The plaintext, once it was opened.
    #[must_use]
    pub fn plaintext(&self) -> &[u8] {
        self.plaintext
    }
}

impl fmt::Debug for OpenRecord<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenRecord")
            .field("record_length", &self.record.len())
            .field("place", &self.place)
            .field("plaintext_length", &self.plaintext.len())
            .field("failure", &self.failure)
            .finish()
    }
}
