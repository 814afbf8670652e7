//! Our own record format, version 1: every record is bound to where it belongs, and says which key opens it.
//!
//! ```text
//! record:  [0] version 1  [1] cipher  [2] flags  [3, 7) key id
//!          [clock u64, where bit 0 of the flags is set]  [reseals u32, where bit 1 is set, too]
//!          nonce || ciphertext || tag (16)
//! ```
//!
//! Nothing is sealed under the key itself: keys are derived from it for each stream or store, so that a record of
//! another one names a key id that is unknown here. Within one, the associated data bind the record to its context,
//! sequence number, clock and count of reseals. Ciphers with nonces of 96 bits get nonces of 192 bits, so that drawing
//! them at random needs no limit. `docs/format.md` has every byte.
//!
//! **Not refused**, because no record alone can tell: an older record of the same place, unless the caller compares
//! sequence numbers or clocks with what it knows ([`compare_writes`]); and a record that was left away.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use super::Place;
use crate::cipher::Cipher;
use crate::error::Error;
use crate::key::Key;

mod associated_data;
mod derivation;
mod extended_nonce;
mod header;
mod key_id;
mod nonces;
mod open;
mod padding;
mod record_key;
mod seal;
mod store;
mod token;

pub use header::{Header, compare_writes};
#[cfg(feature = "getrandom")]
pub use key_id::generate_key;
pub use key_id::{KEY_ID_LENGTH, generate_key_with, key_id};
pub use padding::Padding;
pub use store::{Entry, OpenedEntry, Row, StoreCodec};
pub use token::TokenKey;

use record_key::RecordKey;

/// What the records of a codec belong to. A record of one context does not open in another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Context {
    /// A stream, by its id; the caller assigns the sequence numbers.
    Stream([u8; 32]),
    /// A store, by its id. Every record has the [token](super::Place::token) of its path.
    Store([u8; 16]),
    /// What one writer puts into a stream whose server assigns the positions: the writer counts its own records.
    Writer {
        /// The stream's id.
        stream: [u8; 32],
        /// The writer's id.
        writer: [u8; 16],
    },
}

impl Context {
    /// What keys are derived for: writers of a stream share them.
    fn salt(&self) -> &[u8] {
        match self {
            Self::Stream(stream) | Self::Writer { stream, .. } => stream,
            Self::Store(store) => store,
        }
    }
}

/// Bytes that a record without a clock is longer than its plaintext.
pub(super) const fn overhead(cipher: Cipher) -> Option<usize> {
    Some(header::SHORT + nonces::length(cipher) + crate::cipher::TAG_LENGTH)
}

/// Seals and opens records of one context.
#[derive(Clone)]
pub(super) struct Codec {
    context: Context,
    /// The first one seals. Clones of a codec share what was derived.
    keys: Vec<Arc<RecordKey>>,
}

impl Codec {
    pub(super) fn new(key: Key, context: Context) -> Result<Self, Error> {
        let active = RecordKey::new(key, &context)?;
        Ok(Self { context, keys: Vec::from([Arc::new(active)]) })
    }

    /// Adds a key that only opens. Other such keys may have its id, since records are tried under every key with the
    /// id they name; the key that seals may not, or nobody could tell which records it sealed.
    pub(super) fn add_decrypt_only_key(&mut self, key: Key) -> Result<(), Error> {
        if self.keys.iter().any(|known| *known.raw() == key) {
            return Ok(());
        }
        let added = RecordKey::new(key, &self.context)?;
        if added.names(self.active().cipher(), self.key_id()) {
            return Err(Error::InvalidArgument(
                "the key that seals has the key id of one that only opens: draw another one to seal with",
            ));
        }
        self.keys.push(Arc::new(added));
        Ok(())
    }

    pub(super) fn key(&self) -> &Key {
        self.active().raw()
    }

    pub(super) fn key_id(&self) -> [u8; KEY_ID_LENGTH] {
        self.active().id()
    }

    /// Bytes that a record at this place is longer than its plaintext.
    pub(super) fn overhead(&self, place: &Place) -> usize {
        Header::length_of(place.clock, place.reseals) + self.active().tail_length()
    }

    /// From what the record says in clear.
    pub(super) fn opened_length(&self, record: &[u8]) -> Result<usize, Error> {
        self.header(record).map(|header| header.plaintext_length)
    }

    /// Whether another key than the one that seals has the record's key id.
    pub(super) fn needs_reseal(&self, record: &[u8]) -> Result<bool, Error> {
        let header = self.header(record)?;
        self.next_key(0, &header).map(|index| index > 0).ok_or(Error::UnknownKeyId)
    }

    /// A record's header, where a key of its cipher is known.
    fn header(&self, record: &[u8]) -> Result<Header, Error> {
        let header = Header::parse(record)?;
        if self.keys.iter().any(|key| key.cipher() == header.cipher) {
            Ok(header)
        } else {
            Err(Error::CipherMismatch { expected: self.key().cipher(), got: header.cipher })
        }
    }

    /// The first key from number `from` on that the header may mean.
    fn next_key(&self, from: usize, header: &Header) -> Option<usize> {
        let mut rest = self.keys.iter().enumerate().skip(from);
        rest.find(|(_, key)| key.names(header.cipher, header.key_id)).map(|(index, _)| index)
    }

    /// What a place must be whether a record is sealed or opened there.
    fn check_place(&self, place: &Place) -> Result<(), Error> {
        match (&self.context, &place.token) {
            (Context::Store(_), None) => {
                return Err(Error::InvalidArgument("a record of a store needs the token of its path"));
            }
            (Context::Stream(_) | Context::Writer { .. }, Some(_)) => {
                return Err(Error::InvalidArgument("only records of a store have a token"));
            }
            _ => {}
        }
        if place.sequence == Some(associated_data::NO_SEQUENCE) {
            return Err(Error::InvalidArgument("the highest sequence number stands for none"));
        }
        Ok(())
    }

    fn active(&self) -> &RecordKey {
        &self.keys[0] // `new` puts it there, and keys are only added
    }
}

impl fmt::Debug for Codec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Codec").field("context", &self.context).field("keys", &self.keys).finish()
    }
}
