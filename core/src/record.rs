//! Records: messages of any length, each sealed by itself under a nonce of its own and bound to where it belongs.

use alloc::vec;
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use zeroize::{Zeroize, Zeroizing};

use crate::cipher::Cipher;
use crate::engine::Engine;
use crate::error::{Error, Failures, Unit};
use crate::key::Key;
use crate::random::NonceSource;

mod batch;
pub mod bound;
pub mod s2;

pub use batch::{OpenRecord, Place, SealRecord};

/// How nonce, tag and ciphertext lie in a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// S2's encrypted records: see [`s2`].
    S2,
    /// Our own, which binds a record to its place: see [`bound`].
    Bound,
}

impl Format {
    /// Both, in the order of their coming.
    pub const ALL: [Self; 2] = [Self::S2, Self::Bound];

    /// The format's name, for example `bound`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::S2 => "s2",
            Self::Bound => "bound",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Format {
    type Err = Error;

    /// Reads a name.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`].
    fn from_str(name: &str) -> Result<Self, Error> {
        let found = Self::ALL.into_iter().find(|format| format.name() == name);
        found.ok_or(Error::InvalidArgument("the formats of records are s2 and bound"))
    }
}

/// Bytes that a record without a clock is longer than its plaintext, for those who meter; `None` where the format does
/// not have the cipher. A clock takes 8 bytes more.
#[must_use]
pub fn overhead(cipher: Cipher, format: Format) -> Option<usize> {
    match format {
        Format::S2 => s2::overhead(cipher),
        Format::Bound => bound::overhead(cipher),
    }
}

/// Seals and opens records of one format and one context under one key.
///
/// A batch of records, whose lengths may differ, is worked on together, which is faster than one at a time; one record
/// is a batch of one. A codec may be used from several threads at once.
///
/// ```
/// # #[cfg(feature = "std")] {
/// use pagecrypt::record::{Place, RecordCodec, s2};
/// use pagecrypt::{Cipher, Key};
///
/// let key = Key::generate(Cipher::Aegis256)?;
/// let records = RecordCodec::s2(&key, s2::StreamId::of("secure-events", "audit-log")?)?;
/// let envelope = s2::Envelope { headers: vec![s2::Header { name: b"k", value: b"v" }], body: b"top secret" };
/// let record = records.seal(&envelope.encode()?, &Place::default())?;
/// let plaintext = records.open(&record, &Place::default())?;
/// assert_eq!(s2::Envelope::decode(&plaintext)?, envelope);
/// # }
/// # Ok::<(), pagecrypt::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct RecordCodec {
    codec: Codec,
}

#[derive(Debug, Clone)]
enum Codec {
    S2(s2::Codec),
    Bound(bound::Codec),
}

impl RecordCodec {
    /// A codec of S2's format (see [`s2`]) for the records of one stream.
    ///
    /// # Errors
    /// [`Error::UnsupportedFormat`] for ciphers other than `aegis256` and `aes256gcm`.
    pub fn s2(key: impl Into<Key>, stream: s2::StreamId) -> Result<Self, Error> {
        s2::Codec::new(key.into(), stream).map(|codec| Self { codec: Codec::S2(codec) })
    }

    /// A codec of our own format (see [`bound`]) for the records of one context.
    ///
    /// # Errors
    /// None that can be expected.
    pub fn bound(key: impl Into<Key>, context: bound::Context) -> Result<Self, Error> {
        bound::Codec::new(key.into(), context).map(|codec| Self { codec: Codec::Bound(codec) })
    }

    /// Takes one more key, under which records are opened but never sealed: the one from before a rotation.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] under [`Format::S2`], whose records do not say which key sealed them.
    pub fn add_decrypt_only_key(&mut self, key: impl Into<Key>) -> Result<(), Error> {
        match &mut self.codec {
            Codec::S2(_) => {
                Err(Error::InvalidArgument("records of S2's format have one key: they name none"))
            }
            Codec::Bound(codec) => codec.add_decrypt_only_key(key.into()),
        }
    }

    /// The format.
    #[must_use]
    pub fn format(&self) -> Format {
        match &self.codec {
            Codec::S2(_) => Format::S2,
            Codec::Bound(_) => Format::Bound,
        }
    }

    /// The key that seals.
    #[must_use]
    pub fn key(&self) -> &Key {
        match &self.codec {
            Codec::S2(codec) => codec.key(),
            Codec::Bound(codec) => codec.key(),
        }
    }

    /// The key's cipher.
    #[must_use]
    pub fn cipher(&self) -> Cipher {
        self.key().cipher()
    }

    /// The key's engine.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.key().engine()
    }

    /// The id of the key that seals, as records of [`Format::Bound`] carry it.
    #[must_use]
    pub fn key_id(&self) -> Option<[u8; 4]> {
        match &self.codec {
            Codec::S2(_) => None,
            Codec::Bound(codec) => Some(codec.key_id()),
        }
    }

    /// Length of the record of a plaintext, in bytes.
    #[must_use]
    pub fn sealed_length(&self, plaintext_length: usize, place: &Place) -> usize {
        let overhead = match &self.codec {
            Codec::S2(codec) => codec.overhead(),
            Codec::Bound(codec) => codec.overhead(place),
        };
        plaintext_length.saturating_add(overhead)
    }

    /// Length of a record's plaintext, in bytes, from what it says in clear; whether it opens is another question.
    ///
    /// # Errors
    /// [`Error::Malformed`], [`Error::UnsupportedFormat`], [`Error::CipherMismatch`].
    pub fn opened_length(&self, record: &[u8]) -> Result<usize, Error> {
        match &self.codec {
            Codec::S2(codec) => codec.opened_length(record),
            Codec::Bound(codec) => codec.opened_length(record),
        }
    }

    /// Whether a record was sealed under a key that only opens, and so waits for being sealed anew after a rotation. It
    /// says so itself, in clear. Always `false` under [`Format::S2`].
    ///
    /// # Errors
    /// As [`opened_length`](Self::opened_length); [`Error::UnknownKeyId`].
    pub fn needs_reseal(&self, record: &[u8]) -> Result<bool, Error> {
        match &self.codec {
            Codec::S2(codec) => codec.opened_length(record).map(|_| false),
            Codec::Bound(codec) => codec.needs_reseal(record),
        }
    }

    /// Seals one record under a fresh nonce from the operating system; see [`seal_batch_with`](Self::seal_batch_with).
    ///
    /// # Errors
    /// As [`seal_batch_with`](Self::seal_batch_with).
    #[cfg(feature = "getrandom")]
    pub fn seal(&self, plaintext: &[u8], place: &Place) -> Result<Vec<u8>, Error> {
        let mut record = vec![0; self.sealed_length(plaintext.len(), place)];
        self.seal_batch(&mut [SealRecord { plaintext, place: *place, record: &mut record }])?;
        Ok(record)
    }

    /// Opens one record.
    ///
    /// # Errors
    /// As [`open_batch`](Self::open_batch).
    pub fn open(&self, record: &[u8], place: &Place) -> Result<Vec<u8>, Error> {
        let mut plaintext = vec![0; self.opened_length(record)?];
        self.open_batch(&mut [OpenRecord::new(record, *place, &mut plaintext)])?;
        Ok(plaintext)
    }

    /// Opens one record and seals its plaintext under the key that seals now, after a rotation. If it has a
    /// clock, it keeps it and counts one reseal more, so that [`bound::compare_writes`] prefers it to its older form, and
    /// any later write to it; without a clock nothing tells which is the older. A batch is resealed by opening and sealing
    /// it, with [`bound::Header::resealed`].
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] under [`Format::S2`], which knows no rotation; else as [`open`](Self::open) and
    /// [`seal`](Self::seal).
    #[cfg(feature = "getrandom")]
    pub fn reseal(&self, record: &[u8], place: &Place) -> Result<Vec<u8>, Error> {
        if self.format() != Format::Bound {
            return Err(Error::InvalidArgument(
                "records of S2's format are not sealed again: their key stays",
            ));
        }
        let plaintext = Zeroizing::new(self.open(record, place)?);
        self.seal(&plaintext, &bound::Header::parse(record)?.resealed(place))
    }

    /// Seals every record of the batch, or none of them, under fresh nonces from the operating system; see
    /// [`seal_batch_with`](Self::seal_batch_with).
    ///
    /// # Errors
    /// As [`seal_batch_with`](Self::seal_batch_with).
    #[cfg(feature = "getrandom")]
    pub fn seal_batch(&self, batch: &mut [SealRecord<'_>]) -> Result<(), Error> {
        self.seal_batch_with(&mut crate::random::OsRandom, batch)
    }

    /// Seals every record of the batch under nonces from `nonces`, or none of them.
    ///
    /// # Errors
    /// [`Error::BufferLength`] for a record that is not as long as [`sealed_length`](Self::sealed_length) says,
    /// [`Error::InvalidArgument`] for a place that the format cannot bind, [`Error::MessageTooLong`],
    /// [`Error::UsageLimit`], [`Error::RandomSource`]. Under [`Format::S2`] also [`Error::Malformed`] where a plaintext
    /// is not an envelope.
    pub fn seal_batch_with(
        &self,
        nonces: &mut dyn NonceSource,
        batch: &mut [SealRecord<'_>],
    ) -> Result<(), Error> {
        self.check_record_lengths(batch)?;
        match &self.codec {
            Codec::S2(codec) => codec.seal_batch_with(nonces, batch),
            Codec::Bound(codec) => codec.seal_batch_with(nonces, batch),
        }
    }

    /// Opens every record of the batch that can be opened; [`OpenRecord::failure`] tells which could not, whose plaintexts
    /// are zeros.
    ///
    /// # Errors
    /// That of the first record that failed. [`Error::AuthenticationFailed`] lists every record of the batch that failed
    /// so, counted from 0. The others: [`Error::Malformed`], [`Error::UnsupportedFormat`], [`Error::CipherMismatch`],
    /// [`Error::BufferLength`] for a plaintext that is not as long as [`opened_length`](Self::opened_length) says,
    /// [`Error::InvalidArgument`] for a place that the format cannot bind, and under [`Format::Bound`]
    /// [`Error::UnknownKeyId`].
    pub fn open_batch(&self, batch: &mut [OpenRecord<'_>]) -> Result<(), Error> {
        for record in batch.iter_mut() {
            record.failure = self.check_plaintext_length(record).err();
        }
        match &self.codec {
            Codec::S2(codec) => codec.open_batch(batch),
            Codec::Bound(codec) => codec.open_batch(batch),
        }
        for record in batch.iter_mut().filter(|record| record.failure.is_some()) {
            record.plaintext.zeroize();
        }
        outcome_of(batch.iter().map(OpenRecord::failure))
    }

    /// Seals plaintexts, each at its place, or none of them: as [`seal_batch`](Self::seal_batch), into new vectors.
    ///
    /// # Errors
    /// As [`seal_batch_with`](Self::seal_batch_with).
    #[cfg(feature = "getrandom")]
    pub fn seal_all(&self, plaintexts: &[(&[u8], Place)]) -> Result<Vec<Vec<u8>>, Error> {
        self.seal_all_with(&mut crate::random::OsRandom, plaintexts)
    }

    /// [`seal_all`](Self::seal_all) under nonces from `nonces`.
    ///
    /// # Errors
    /// As [`seal_batch_with`](Self::seal_batch_with).
    pub fn seal_all_with(
        &self,
        nonces: &mut dyn NonceSource,
        plaintexts: &[(&[u8], Place)],
    ) -> Result<Vec<Vec<u8>>, Error> {
        let lengths = plaintexts.iter().map(|(plaintext, place)| self.sealed_length(plaintext.len(), place));
        let mut records: Vec<_> = lengths.map(|length| vec![0; length]).collect();
        let mut batch: Vec<_> = (plaintexts.iter().zip(&mut records))
            .map(|((plaintext, place), record)| SealRecord { plaintext, place: *place, record })
            .collect();
        self.seal_batch_with(nonces, &mut batch)?;
        Ok(records)
    }

    /// Opens records, each at its place: as [`open_batch`](Self::open_batch), into new vectors, which are wiped when they
    /// are dropped. Each has a verdict of its own; [`outcome`] makes one of them all.
    #[must_use]
    pub fn open_all(&self, records: &[(&[u8], Place)]) -> Vec<Result<Zeroizing<Vec<u8>>, Error>> {
        // A record without a length has a failure, which opening finds again.
        let lengths = records.iter().map(|(record, _)| self.opened_length(record).unwrap_or(0));
        let mut plaintexts: Vec<_> = lengths.map(|length| Zeroizing::new(vec![0; length])).collect();
        let mut batch: Vec<_> = (records.iter().zip(&mut plaintexts))
            .map(|((record, place), plaintext)| OpenRecord::new(record, *place, plaintext))
            .collect();
        // Each says itself what became of it.
        let _ = self.open_batch(&mut batch);
        let failures: Vec<_> = batch.into_iter().map(|record| record.failure).collect();
        let opened = plaintexts.into_iter().zip(failures);
        opened.map(|(plaintext, failure)| failure.map_or(Ok(plaintext), Err)).collect()
    }

    fn check_record_lengths(&self, batch: &[SealRecord<'_>]) -> Result<(), Error> {
        batch.iter().try_for_each(|record| {
            let expected = self.sealed_length(record.plaintext.len(), &record.place);
            check_length(expected, record.record.len())
        })
    }

    fn check_plaintext_length(&self, record: &OpenRecord<'_>) -> Result<(), Error> {
        check_length(self.opened_length(record.record)?, record.plaintext.len())
    }
}

fn check_length(expected: usize, got: usize) -> Result<(), Error> {
    if got == expected { Ok(()) } else { Err(Error::BufferLength { expected, got }) }
}

/// What became of a batch whose messages have these verdicts.
///
/// # Errors
/// That of the first that failed. [`Error::AuthenticationFailed`] lists every one that failed so, counted from 0.
pub fn outcome<T>(results: &[Result<T, Error>]) -> Result<(), Error> {
    outcome_of(results.iter().map(|result| result.as_ref().err()))
}

fn outcome_of<'a>(failures: impl Iterator<Item = Option<&'a Error>> + Clone) -> Result<(), Error> {
    let is_forged = |failure: Option<&Error>| matches!(failure, Some(Error::AuthenticationFailed(_)));
    match failures.clone().flatten().next() {
        None => Ok(()),
        Some(Error::AuthenticationFailed(_)) => {
            let forged = (0_u64..).zip(failures).filter(|(_, failure)| is_forged(*failure));
            Err(Failures::of(Unit::Message, forged.map(|(index, _)| index))
                .map_or(Error::Internal("a failure is not listed"), Error::AuthenticationFailed))
        }
        Some(first) => Err(first.clone()),
    }
}
