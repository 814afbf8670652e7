//! Commands: records that tell S2 itself something, and are never encrypted.

use alloc::vec::Vec;

use super::reader::Reader;
use crate::error::Error;

/// The longest fencing token, in bytes.
pub const MAX_FENCING_TOKEN_LENGTH: usize = 36;

/// A command. It stands in clear in every stream, encrypted or not, and is authenticated by nothing.
///
/// Only who makes one gets one: no plaintext turns into a command, whatever it looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Command<'a> {
    /// Sets the token that appends have to give: at most [`MAX_FENCING_TOKEN_LENGTH`] bytes; an empty one takes it away.
    Fence(&'a str),
    /// Gives up all records before this sequence number.
    Trim(u64),
}

impl<'a> Command<'a> {
    /// Reads the payload of a stored command.
    ///
    /// # Errors
    /// [`Error::Malformed`] with the part that is wrong; [`Error::UnsupportedFormat`] for a command that S2 does not have.
    pub fn decode(bytes: &'a [u8]) -> Result<Self, Error> {
        let mut reader = Reader::new(bytes);
        let operation = reader.byte("a command without its operation")?;
        let operand = reader.rest();
        match operation {
            0 if operand.len() > MAX_FENCING_TOKEN_LENGTH => Err(Error::Malformed(TOKEN_TOO_LONG)),
            0 => core::str::from_utf8(operand)
                .map(Self::Fence)
                .map_err(|_| Error::Malformed("a fencing token is not UTF-8")),
            1 => <[u8; 8]>::try_from(operand)
                .map(|point| Self::Trim(u64::from_be_bytes(point)))
                .map_err(|_| Error::Malformed("the sequence number to trim to has not 8 bytes")),
            _ => Err(Error::UnsupportedFormat("a command that S2 does not have")),
        }
    }

    /// Writes the payload of a stored command.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] for a token that is too long.
    pub fn encode(&self) -> Result<Vec<u8>, Error> {
        match self {
            Self::Fence(token) if token.len() > MAX_FENCING_TOKEN_LENGTH => {
                Err(Error::InvalidArgument(TOKEN_TOO_LONG))
            }
            Self::Fence(token) => Ok([&[0], token.as_bytes()].concat()),
            Self::Trim(point) => Ok([&[1], &point.to_be_bytes()[..]].concat()),
        }
    }

    /// What S2 counts for it, in bytes: as much as for the header and body that its clients write it as.
    #[must_use]
    pub fn metered_size(&self) -> u64 {
        let (name, operand) = match self {
            Self::Fence(token) => ("fence", token.len()),
            Self::Trim(_) => ("trim", 8),
        };
        (8 + 2 + name.len() + operand) as u64
    }
}

const TOKEN_TOO_LONG: &str = "a fencing token has 36 bytes at most";
