//! Entries of a store: records whose path, type and schema nobody sees who has no key.

use alloc::vec::Vec;
use core::fmt;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::padding::{self, Padding};
use super::{Context, Header, TokenKey};
use crate::error::{Error, Failures, Unit};
use crate::key::Key;
use crate::random::NonceSource;
use crate::record::{Place, RecordCodec};

/// What is sealed under a path of a store.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Entry<'a> {
    /// Where the entry belongs; with type and schema up to 65535 bytes each. UTF-8, though nothing asks for it.
    pub path: &'a [u8],
    /// What it is.
    pub type_name: &'a [u8],
    /// What its body is laid out by.
    pub schema: &'a [u8],
    /// The content.
    pub body: &'a [u8],
}

/// What a server keeps of an entry: the token of its path, and its record.
pub type Row = ([u8; 32], Vec<u8>);

/// An entry that was opened, wiped when it is dropped.
pub struct OpenedEntry {
    plaintext: Zeroizing<Vec<u8>>,
    /// Where path, type, schema and body end in it.
    ends: [usize; 4],
    clock: Option<u64>,
}

/// Seals and opens the entries of a store.
///
/// A server keeps, for each path, its token and a record: what the entry is, it cannot read, nor compare with another
/// store's.
///
/// ```
/// # #[cfg(feature = "std")] {
/// use pagecrypt::record::bound::{Entry, Padding, StoreCodec, TokenKey};
/// use pagecrypt::{Cipher, Key};
///
/// let key = Key::generate(Cipher::Aes256Gcm)?;
/// let store = StoreCodec::new(&key, [7; 16], TokenKey::generate()?, Padding::Padme)?;
/// let entry = Entry { path: b"notes/1", type_name: b"note", schema: b"1", body: b"buy milk" };
/// let (token, record) = store.seal(&entry, Some(1_764_374_400_000))?;
/// assert_eq!(store.open(&token, &record)?.entry(), entry);
/// # }
/// # Ok::<(), pagecrypt::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct StoreCodec {
    records: RecordCodec,
    token_key: TokenKey,
    padding: Padding,
}

impl StoreCodec {
    /// A codec of the store with the id `store`. The padding concerns what is sealed: entries open however they were padded.
    ///
    /// # Errors
    /// As [`RecordCodec::bound`].
    pub fn new(
        key: impl Into<Key>,
        store: [u8; 16],
        token_key: TokenKey,
        padding: Padding,
    ) -> Result<Self, Error> {
        Ok(Self { records: RecordCodec::bound(key, Context::Store(store))?, token_key, padding })
    }

    /// As [`RecordCodec::add_decrypt_only_key`].
    ///
    /// # Errors
    /// As [`RecordCodec::add_decrypt_only_key`].
    pub fn add_decrypt_only_key(&mut self, key: impl Into<Key>) -> Result<(), Error> {
        self.records.add_decrypt_only_key(key)
    }

    /// The codec of the store's records.
    #[must_use]
    pub fn records(&self) -> &RecordCodec {
        &self.records
    }

    /// The token of a path.
    #[must_use]
    pub fn token(&self, path: &[u8]) -> [u8; 32] {
        self.token_key.token(path)
    }

    /// Length of the record of an entry with or without a clock, in bytes.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] for a path, type or schema that is too long; [`Error::MessageTooLong`].
    pub fn sealed_length(&self, entry: &Entry<'_>, clock: Option<u64>) -> Result<usize, Error> {
        let place = Place { clock, ..Place::default() };
        Ok(self.records.sealed_length(entry.encoded_length(self.padding)?, &place))
    }

    /// Seals an entry, written at `clock`, under a fresh nonce from the operating system: the token of its path, and its
    /// record.
    ///
    /// # Errors
    /// As [`seal_batch_with`](Self::seal_batch_with).
    #[cfg(feature = "getrandom")]
    pub fn seal(&self, entry: &Entry<'_>, clock: Option<u64>) -> Result<Row, Error> {
        let mut sealed = self.seal_batch(&[(*entry, clock)])?;
        sealed.pop().ok_or(Error::Internal("a batch of one entry gave no record"))
    }

    /// Seals entries, each with its clock, or none of them; see [`seal_batch_with`](Self::seal_batch_with).
    ///
    /// # Errors
    /// As [`seal_batch_with`](Self::seal_batch_with).
    #[cfg(feature = "getrandom")]
    pub fn seal_batch(&self, entries: &[(Entry<'_>, Option<u64>)]) -> Result<Vec<Row>, Error> {
        self.seal_batch_with(&mut crate::random::OsRandom, entries)
    }

    /// Seals entries, each with its clock, or none of them, under nonces from `nonces`. Each gives the token of its path,
    /// and its record.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] for a path, type or schema that is too long; else as
    /// [`RecordCodec::seal_batch_with`].
    pub fn seal_batch_with(
        &self,
        nonces: &mut dyn NonceSource,
        entries: &[(Entry<'_>, Option<u64>)],
    ) -> Result<Vec<Row>, Error> {
        let rows: Vec<_> = entries
            .iter()
            .map(|(entry, clock)| {
                let token = self.token(entry.path);
                Ok((token, entry.encode(self.padding)?, place(&token, *clock)))
            })
            .collect::<Result<_, Error>>()?;
        let plaintexts: Vec<_> = rows.iter().map(|(_, plaintext, place)| (&plaintext[..], *place)).collect();
        let records = self.records.seal_all_with(nonces, &plaintexts)?;
        Ok(rows.iter().map(|(token, ..)| *token).zip(records).collect())
    }

    /// Opens the entry of which `record` is kept under `token`.
    ///
    /// # Errors
    /// As [`RecordCodec::open`]; [`Error::AuthenticationFailed`] also for an entry whose path does not give the token,
    /// and [`Error::Malformed`] for what is no entry.
    pub fn open(&self, token: &[u8; 32], record: &[u8]) -> Result<OpenedEntry, Error> {
        let mut opened = self.open_batch(&[(*token, record)]);
        opened.pop().unwrap_or(Err(Error::Internal("a batch of one record gave no entry")))
    }

    /// Opens entries, of each of which the record is kept under the token: each by itself, whatever becomes of the others.
    /// Errors are those of [`open`](Self::open); [`outcome`](crate::record::outcome) makes one of them all.
    #[must_use]
    pub fn open_batch(&self, rows: &[([u8; 32], &[u8])]) -> Vec<Result<OpenedEntry, Error>> {
        let placed: Vec<_> = rows.iter().map(|(token, record)| (*record, place(token, None))).collect();
        (0_u64..)
            .zip(rows.iter().zip(self.records.open_all(&placed)))
            .map(|(index, ((token, record), plaintext))| {
                let (plaintext, header) = (plaintext?, Header::parse(record)?);
                self.check_path(OpenedEntry::decode(plaintext, header.clock)?, token, index)
            })
            .collect()
    }

    fn check_path(&self, opened: OpenedEntry, token: &[u8; 32], index: u64) -> Result<OpenedEntry, Error> {
        if bool::from(self.token(opened.entry().path).ct_eq(token)) {
            Ok(opened)
        } else {
            Err(Error::AuthenticationFailed(Failures::one(Unit::Message, index)))
        }
    }

    /// Whether a record was sealed under a key that only opens: see [`RecordCodec::needs_reseal`].
    ///
    /// # Errors
    /// As [`RecordCodec::needs_reseal`].
    pub fn needs_reseal(&self, record: &[u8]) -> Result<bool, Error> {
        self.records.needs_reseal(record)
    }

    /// Seals what `record` holds, which is kept under `token`, under the key that seals: see [`RecordCodec::reseal`].
    ///
    /// # Errors
    /// As [`RecordCodec::reseal`].
    #[cfg(feature = "getrandom")]
    pub fn reseal(&self, token: &[u8; 32], record: &[u8]) -> Result<Vec<u8>, Error> {
        self.records.reseal(record, &place(token, None))
    }
}

fn place(token: &[u8; 32], clock: Option<u64>) -> Place {
    Place { token: Some(*token), clock, ..Place::default() }
}

impl Entry<'_> {
    /// Length of the plaintext of its record, in bytes.
    fn encoded_length(&self, padding: Padding) -> Result<usize, Error> {
        let parts = [self.path, self.type_name, self.schema];
        if parts.iter().any(|part| part.len() > usize::from(u16::MAX)) {
            return Err(Error::InvalidArgument("a path, type or schema is longer than 65535 bytes"));
        }
        let lengths: usize = parts.iter().map(|part| size_of::<u16>() + part.len()).sum();
        padding.padded_length(lengths.saturating_add(self.body.len()))
    }

    /// The plaintext of its record: path, type and schema with their lengths before them, then the body, then the padding.
    fn encode(&self, padding: Padding) -> Result<Zeroizing<Vec<u8>>, Error> {
        // All of it at once: a vector that grows leaves copies behind.
        let mut plaintext = Zeroizing::new(Vec::with_capacity(self.encoded_length(padding)?));
        for part in [self.path, self.type_name, self.schema] {
            plaintext.extend_from_slice(&(part.len() as u16).to_le_bytes());
            plaintext.extend_from_slice(part);
        }
        plaintext.extend_from_slice(self.body);
        padding.pad(&mut plaintext)?;
        Ok(plaintext)
    }
}

impl fmt::Debug for Entry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry").field("body_length", &self.body.len()).finish_non_exhaustive()
    }
}

impl OpenedEntry {
    /// The entry.
    #[must_use]
    pub fn entry(&self) -> Entry<'_> {
        let [path, type_name, schema, body] = self.ends;
        let part = |start: usize, end: usize| &self.plaintext[start..end];
        Entry {
            path: part(size_of::<u16>(), path),
            type_name: part(path + size_of::<u16>(), type_name),
            schema: part(type_name + size_of::<u16>(), schema),
            body: part(schema, body),
        }
    }

    /// When it was written, in the writer's units.
    #[must_use]
    pub fn clock(&self) -> Option<u64> {
        self.clock
    }

    fn decode(plaintext: Zeroizing<Vec<u8>>, clock: Option<u64>) -> Result<Self, Error> {
        let length = padding::entry_length(&plaintext)?;
        let mut ends = [length; 4];
        let mut start = 0;
        for end in &mut ends[..3] {
            let part = plaintext[start..length]
                .split_first_chunk()
                .map(|(bytes, rest)| (usize::from(u16::from_le_bytes(*bytes)), rest.len()))
                .filter(|(part, rest)| part <= rest);
            let (part, _) = part.ok_or(Error::Malformed("an entry's path, type or schema"))?;
            *end = start + size_of::<u16>() + part;
            start = *end;
        }
        Ok(Self { plaintext, ends, clock })
    }
}

impl fmt::Debug for OpenedEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OpenedEntry").field(&self.entry()).finish()
    }
}
