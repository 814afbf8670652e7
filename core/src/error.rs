//! The closed list of errors: the same codes, numbers and meanings in every language.

use core::fmt;

use crate::cipher::Cipher;

mod code;
mod failures;
#[cfg(feature = "std")]
mod io;
mod locked;

pub use code::ErrorCode;
pub use failures::{Failures, Unit};
#[cfg(feature = "std")]
pub use io::IoError;
pub use locked::LockedBy;

/// What went wrong. Never carries key material or plaintext.
///
/// [`Error::code`] gives the stable number that every binding and the command line share.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Error {
    /// No cipher of the catalogue has this name or number.
    UnknownCipher,
    /// No engine has this name, or it does not run on this CPU.
    UnknownEngine,
    /// The key has another length than the cipher needs, in bytes.
    KeyLength {
        /// The length the cipher needs; for key text without a cipher, the nearest length there is.
        expected: usize,
        /// The length that was given.
        got: usize,
    },
    /// The text is not a key in base64 or hexadecimal.
    KeyText(KeyTextProblem),
    /// The data is encrypted and no key was given.
    KeyRequired,
    /// The key does not belong to this file.
    WrongKey {
        /// The file has only one page, so that a damaged page 1 looks the same.
        only_page: bool,
    },
    /// No key that was given has the id that the record names: its key is unknown, which says nothing of the record.
    UnknownKeyId,
    /// Pages, frames or messages are damaged, forged, out of their place, or sealed under another key.
    AuthenticationFailed(Failures),
    /// The data is not encrypted: for example a plain SQLite database.
    NotEncrypted,
    /// The format or its version is not supported.
    UnsupportedFormat(&'static str),
    /// The data does not have the form that its format demands; the text says which part.
    Malformed(&'static str),
    /// The data was sealed with another cipher than the key's.
    CipherMismatch {
        /// The key's cipher.
        expected: Cipher,
        /// The cipher the data names.
        got: Cipher,
    },
    /// A record of S2 was opened, and is metered at another size than was stored beside it.
    MeteredSize {
        /// The size that was stored, unauthenticated.
        stored: u64,
        /// The size of what was opened.
        actual: u64,
    },
    /// Not a page size of the format: a power of two from 512 to 65536 bytes.
    PageSize(usize),
    /// Page numbers start at 1 and end at 2^32 - 2.
    PageNumber,
    /// A buffer has another length than the operation needs, in bytes.
    BufferLength {
        /// The length that was needed. For a run of pages: the page size, of which the length must be a multiple.
        expected: usize,
        /// The length that was given.
        got: usize,
    },
    /// An argument has a value that the operation cannot take; the text says which.
    InvalidArgument(&'static str),
    /// Buffers overlap without being the same one. Borrowed slices cannot; bindings, which get addresses, can.
    Overlap,
    /// The message is longer than the cipher allows.
    MessageTooLong,
    /// The key has sealed as many messages as its cipher allows under random nonces.
    UsageLimit,
    /// The destination exists already, and overwriting it was not asked for.
    FileExists,
    /// The destination cannot be written, whether it exists or not; the text says why.
    Destination(&'static str),
    /// Another program or library uses the database, or a crashed one left it to be recovered first.
    Locked(LockedBy),
    /// The caller's progress function asked to stop.
    Cancelled,
    /// The operating system's random generator failed.
    RandomSource,
    /// Reading or writing failed.
    #[cfg(feature = "std")]
    Io(IoError),
    /// A defect of this library; please report it.
    Internal(&'static str),
}

/// Why a text is not a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyTextProblem {
    /// The text has another length than any key's text.
    Length {
        /// How many characters there are once surrounding white space is trimmed.
        got: usize,
    },
    /// The length fits, the characters do not: neither standard base64 with padding nor hexadecimal.
    Characters,
    /// The text has another length than S2 takes, which is 1 to 44 characters.
    Base64Length {
        /// How many bytes there are once surrounding white space is trimmed.
        got: usize,
    },
    /// The length fits S2's, the characters do not: not standard base64 with padding, written canonically.
    Base64Characters,
}

impl Error {
    /// The stable number, name and exit code of this error.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::UnknownCipher => ErrorCode::UnknownCipher,
            Self::UnknownEngine => ErrorCode::UnknownEngine,
            Self::KeyLength { .. } => ErrorCode::KeyLength,
            Self::KeyText(_) => ErrorCode::KeyText,
            Self::KeyRequired => ErrorCode::KeyRequired,
            Self::WrongKey { .. } => ErrorCode::WrongKey,
            Self::UnknownKeyId => ErrorCode::UnknownKeyId,
            Self::AuthenticationFailed(_) => ErrorCode::AuthenticationFailed,
            Self::NotEncrypted => ErrorCode::NotEncrypted,
            Self::UnsupportedFormat(_) => ErrorCode::UnsupportedFormat,
            Self::Malformed(_) => ErrorCode::Malformed,
            Self::CipherMismatch { .. } => ErrorCode::CipherMismatch,
            Self::MeteredSize { .. } => ErrorCode::MeteredSize,
            Self::PageSize(_) => ErrorCode::PageSize,
            Self::PageNumber => ErrorCode::PageNumber,
            Self::BufferLength { .. } => ErrorCode::BufferLength,
            Self::InvalidArgument(_) | Self::Destination(_) => ErrorCode::InvalidArgument,
            Self::Overlap => ErrorCode::Overlap,
            Self::MessageTooLong => ErrorCode::MessageTooLong,
            Self::UsageLimit => ErrorCode::UsageLimit,
            Self::FileExists => ErrorCode::FileExists,
            Self::Locked(_) => ErrorCode::Locked,
            Self::Cancelled => ErrorCode::Cancelled,
            Self::RandomSource => ErrorCode::RandomSource,
            #[cfg(feature = "std")]
            Self::Io(error) => error.code(),
            Self::Internal(_) => ErrorCode::Internal,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownCipher => {
                f.write_str("unknown cipher; there are")?;
                Cipher::ALL.iter().try_for_each(|cipher| write!(f, " {cipher}"))
            }
            Self::UnknownEngine => {
                f.write_str("unknown engine, or one that this CPU cannot run; there are")?;
                crate::engine::available().try_for_each(|engine| write!(f, " {engine}"))
            }
            Self::KeyLength { expected, got } => {
                write!(f, "wrong key length: expected {expected} bytes, got {got}")
            }
            Self::KeyText(KeyTextProblem::Length { got }) => write!(
                f,
                "not a key: expected 24 or 44 characters of base64, or 32 or 64 of hexadecimal, got {got}"
            ),
            Self::KeyText(KeyTextProblem::Characters) => {
                f.write_str("not a key: neither standard base64 with padding nor hexadecimal")
            }
            Self::KeyText(KeyTextProblem::Base64Length { got }) => {
                write!(f, "not a key: expected 1 to 44 characters of base64, got {got}")
            }
            Self::KeyText(KeyTextProblem::Base64Characters) => {
                f.write_str("not a key: not standard base64 with padding")
            }
            Self::KeyRequired => f.write_str("a key is required: the data is encrypted"),
            Self::WrongKey { only_page: false } => f.write_str("wrong key"),
            Self::WrongKey { only_page: true } => f.write_str("wrong key, or its only page is damaged"),
            Self::UnknownKeyId => f.write_str("unknown key id: no key that was given has the record's"),
            Self::AuthenticationFailed(failures) => write!(f, "authentication failed: {failures}"),
            Self::NotEncrypted => f.write_str("not encrypted"),
            Self::UnsupportedFormat(what) => write!(f, "unsupported format: {what}"),
            Self::Malformed(what) => write!(f, "malformed: {what}"),
            Self::CipherMismatch { expected, got } => {
                write!(f, "cipher mismatch: the key is for {expected}, the data was sealed with {got}")
            }
            Self::MeteredSize { stored, actual } => {
                write!(f, "wrong metered size: {stored} was stored, what was opened has {actual}")
            }
            Self::PageSize(got) => {
                write!(f, "wrong page size: expected a power of two from 512 to 65536, got {got}")
            }
            Self::PageNumber => f.write_str("wrong page number: pages are numbered from 1 to 4294967294"),
            Self::BufferLength { expected, got } => {
                write!(f, "wrong buffer length: expected {expected} bytes, got {got}")
            }
            Self::InvalidArgument(what) => write!(f, "invalid argument: {what}"),
            Self::Overlap => f.write_str("buffers overlap: they have to be the same one, or apart"),
            Self::MessageTooLong => f.write_str("the message is longer than the cipher allows"),
            Self::UsageLimit => f.write_str(
                "the key has sealed as many messages as its cipher allows under random nonces: use a new key",
            ),
            Self::FileExists => f.write_str("the destination exists already"),
            Self::Destination(why) => write!(f, "the destination {why}"),
            Self::Locked(by) => write!(f, "the database is locked: {by}"),
            Self::Cancelled => f.write_str("cancelled"),
            Self::RandomSource => f.write_str("the operating system's random generator failed"),
            #[cfg(feature = "std")]
            Self::Io(error) => error.fmt(f),
            Self::Internal(what) => write!(f, "internal error, please report it: {what}"),
        }
    }
}

impl core::error::Error for Error {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            #[cfg(feature = "std")]
            Self::Io(error) => Some(error.source_error()),
            _ => None,
        }
    }
}
