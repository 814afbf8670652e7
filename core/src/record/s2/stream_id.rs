//! What S2 binds a record to.

use core::fmt;

use crate::error::Error;

/// The id of a stream: the associated data of its records.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct StreamId([u8; Self::LENGTH]);

impl StreamId {
    /// Length in bytes.
    pub const LENGTH: usize = 32;

    /// The id that S2 gives the stream of this name: BLAKE3 of the basin's name, a zero byte, the stream's name and
    /// another zero byte.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] for a name with a zero byte: S2 has none, and streams of two basins could share an id.
    pub fn of(basin: &str, stream: &str) -> Result<Self, Error> {
        let mut hash = blake3::Hasher::new();
        for name in [basin, stream] {
            if name.contains('\0') {
                return Err(Error::InvalidArgument("a name of S2 has no zero byte"));
            }
            hash.update(name.as_bytes());
            hash.update(&[0]);
        }
        Ok(Self(hash.finalize().into()))
    }

    /// An id that is there already.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; Self::LENGTH]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; Self::LENGTH] {
        &self.0
    }
}

/// As hexadecimal digits.
impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StreamId({self})")
    }
}
