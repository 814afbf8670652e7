//! Records as S2 stores them: with their kind and metered size before them.

use alloc::vec::Vec;

use zeroize::Zeroize;

use super::command::Command;
use super::encrypted::Parts;
use super::envelope::{Envelope, check_metered_size};
use super::reader::Reader;
use crate::error::Error;
use crate::record::{Format, Place, RecordCodec};

/// A stored record.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoredRecord<'a> {
    /// A command, in clear in every stream.
    Command(Command<'a>),
    /// An envelope of a stream that is not encrypted.
    Plaintext(Envelope<'a>),
    /// An encrypted envelope.
    Encrypted {
        /// The metered size of the envelope, in bytes. Unauthenticated: [`StoredRecord::open`] or
        /// [`Envelope::decode_metered`] compares it.
        metered_size: u64,
        /// What [`RecordCodec`] seals and opens.
        record: &'a [u8],
    },
}

/// What a stored record of an encrypted stream holds.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Opened<'a> {
    /// A command. Nothing authenticates it.
    Command(Command<'a>),
    /// An encoded envelope, which [`Envelope::decode`] reads.
    Envelope(Vec<u8>),
}

impl<'a> StoredRecord<'a> {
    /// Reads a stored record, and of an encrypted one the form only.
    ///
    /// As in S2, the metered size that stands before a record in clear is not compared with its own.
    ///
    /// # Errors
    /// [`Error::Malformed`] with the part that is wrong; [`Error::UnsupportedFormat`] for kinds, formats and commands that
    /// S2 does not have.
    pub fn decode(bytes: &'a [u8]) -> Result<Self, Error> {
        let mut reader = Reader::new(bytes);
        let magic = reader.byte("a stored record without its first byte")?;
        let kind = Kind::from_magic(magic)?;
        let width = match magic >> 3 & 3 {
            3 => return Err(Error::Malformed("the width of a stored record's metered size")),
            width => usize::from(width) + 1,
        };
        let metered_size = reader.number(width, "the metered size of a stored record is cut off")? as u64;
        let payload = reader.rest();
        Ok(match kind {
            Kind::Command => Self::Command(Command::decode(payload)?),
            Kind::Plaintext => Self::Plaintext(Envelope::decode(payload)?),
            Kind::Encrypted => {
                Parts::of(payload)?;
                Self::Encrypted { metered_size, record: payload }
            }
        })
    }

    /// Writes a stored record.
    ///
    /// # Errors
    /// As [`Envelope::encode`] and [`Command::encode`]; of an encrypted record the form is looked at:
    /// [`Error::Malformed`], [`Error::UnsupportedFormat`].
    pub fn encode(&self) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        self.encode_to(&mut bytes)?;
        Ok(bytes)
    }

    /// Appends what [`encode`](Self::encode) writes to a buffer, which may hold other records, too: many need no allocation
    /// each.
    ///
    /// # Errors
    /// As [`encode`](Self::encode); the buffer is as before then.
    pub fn encode_to(&self, bytes: &mut Vec<u8>) -> Result<(), Error> {
        let before = bytes.len();
        self.append(bytes).inspect_err(|_| bytes.truncate(before))
    }

    fn append(&self, bytes: &mut Vec<u8>) -> Result<(), Error> {
        let metered_size = self.metered_size();
        match self {
            Self::Command(command) => {
                let payload = command.encode()?;
                put_frame(bytes, Kind::Command, metered_size, payload.len())?;
                bytes.extend_from_slice(&payload);
            }
            Self::Plaintext(envelope) => {
                put_frame(bytes, Kind::Plaintext, metered_size, envelope.encoded_length())?;
                envelope.encode_to(bytes)?;
            }
            Self::Encrypted { record, .. } => {
                Parts::of(record)?;
                put_frame(bytes, Kind::Encrypted, metered_size, record.len())?;
                bytes.extend_from_slice(record);
            }
        }
        Ok(())
    }

    /// What S2 counts for it, in bytes.
    #[must_use]
    pub fn metered_size(&self) -> u64 {
        match self {
            Self::Command(command) => command.metered_size(),
            Self::Plaintext(envelope) => envelope.metered_size(),
            Self::Encrypted { metered_size, .. } => *metered_size,
        }
    }

    /// Opens a record of an encrypted stream, as S2 does on reading: commands pass, envelopes in clear do not.
    ///
    /// # Errors
    /// [`Error::NotEncrypted`] for an envelope in clear; [`Error::AuthenticationFailed`], [`Error::CipherMismatch`];
    /// [`Error::Malformed`] where what was sealed is not an envelope; [`Error::MeteredSize`];
    /// [`Error::InvalidArgument`] for a codec of another format.
    pub fn open(&self, codec: &RecordCodec) -> Result<Opened<'a>, Error> {
        if codec.format() != Format::S2 {
            return Err(Error::InvalidArgument("a stored record of S2 needs a codec of S2's format"));
        }
        match self {
            Self::Command(command) => Ok(Opened::Command(*command)),
            Self::Plaintext(_) => Err(Error::NotEncrypted),
            Self::Encrypted { metered_size, record } => {
                let mut plaintext = codec.open(record, &Place::default())?;
                match Envelope::decode_metered(&plaintext, *metered_size).map(|_| ()) {
                    Ok(()) => Ok(Opened::Envelope(plaintext)),
                    Err(error) => {
                        plaintext.zeroize();
                        Err(error)
                    }
                }
            }
        }
    }
}

impl core::fmt::Debug for Opened<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Command(command) => f.debug_tuple("Command").field(command).finish(),
            Self::Envelope(bytes) => f.debug_struct("Envelope").field("length", &bytes.len()).finish(),
        }
    }
}

/// The first byte's lowest three bits.
#[derive(Clone, Copy)]
enum Kind {
    Command = 1,
    Plaintext = 2,
    Encrypted = 3,
}

impl Kind {
    fn from_magic(magic: u8) -> Result<Self, Error> {
        match magic & 7 {
            1 => Ok(Self::Command),
            2 => Ok(Self::Plaintext),
            3 => Ok(Self::Encrypted),
            _ => Err(Error::UnsupportedFormat("a kind of stored record that S2 does not have")),
        }
    }
}

/// What stands before a payload, for which there is room then.
fn put_frame(bytes: &mut Vec<u8>, kind: Kind, metered_size: u64, payload: usize) -> Result<(), Error> {
    check_metered_size(metered_size)?;
    let number = metered_size.to_be_bytes();
    let leading = (metered_size.leading_zeros() as usize / 8).min(7); // zero takes a byte, too
    let width = 8 - leading; // at most 3, as the size is at most 1 MiB
    bytes.reserve(1 + width + payload);
    bytes.push(((width - 1) << 3) as u8 | kind as u8);
    bytes.extend_from_slice(&number[leading..]);
    Ok(())
}
