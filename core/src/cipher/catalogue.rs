//! The nine ciphers: numbers, names, sizes and limits.

use core::fmt;
use core::str::FromStr;

use crate::error::Error;

/// Length of every cipher's authentication tag, in bytes.
pub const TAG_LENGTH: usize = 16;

/// The longest nonce of the catalogue, in bytes.
pub const MAX_NONCE_LENGTH: usize = 32;

/// A cipher of the catalogue. Its value is its number on disk, which is never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
#[repr(u8)]
pub enum Cipher {
    /// AES-128-GCM (NIST SP 800-38D).
    Aes128Gcm = 1,
    /// AES-256-GCM (NIST SP 800-38D).
    Aes256Gcm = 2,
    /// AEGIS-256 (RFC 10032): the default.
    Aegis256 = 3,
    /// AEGIS-256X2 (RFC 10032).
    Aegis256x2 = 4,
    /// AEGIS-256X4 (RFC 10032).
    Aegis256x4 = 5,
    /// AEGIS-128L (RFC 10032): the default for 16-byte keys.
    Aegis128l = 6,
    /// AEGIS-128X2 (RFC 10032).
    Aegis128x2 = 7,
    /// AEGIS-128X4 (RFC 10032).
    Aegis128x4 = 8,
    /// ChaCha20-Poly1305 (RFC 8439).
    ChaCha20Poly1305 = 9,
}

/// One row of the catalogue.
struct Row {
    name: &'static str,
    hyphenated: &'static str,
    key: usize,
    nonce: usize,
    max_message: u64,
    max_random_seals: Option<u64>,
}

const fn gcm(name: &'static str, hyphenated: &'static str, key: usize) -> Row {
    // SP 800-38D, 5.2.1.1 (length) and 8.3 (2^32 invocations under random 96-bit nonces).
    Row { name, hyphenated, key, nonce: 12, max_message: (1 << 36) - 32, max_random_seals: Some(1 << 32) }
}

const fn aegis(
    name: &'static str,
    hyphenated: &'static str,
    key: usize,
    max_random_seals: Option<u64>,
) -> Row {
    // RFC 10032: messages below 2^61 bytes; 2^48 messages per key under random 128-bit nonces.
    Row { name, hyphenated, key, nonce: key, max_message: (1 << 61) - 1, max_random_seals }
}

impl Cipher {
    /// Every cipher, in the order of the numbers.
    pub const ALL: [Self; 9] = [
        Self::Aes128Gcm,
        Self::Aes256Gcm,
        Self::Aegis256,
        Self::Aegis256x2,
        Self::Aegis256x4,
        Self::Aegis128l,
        Self::Aegis128x2,
        Self::Aegis128x4,
        Self::ChaCha20Poly1305,
    ];

    const fn row(self) -> Row {
        const AEGIS_128: Option<u64> = Some(1 << 48);
        match self {
            Self::Aes128Gcm => gcm("aes128gcm", "aes-128-gcm", 16),
            Self::Aes256Gcm => gcm("aes256gcm", "aes-256-gcm", 32),
            Self::Aegis256 => aegis("aegis256", "aegis-256", 32, None),
            Self::Aegis256x2 => aegis("aegis256x2", "aegis-256x2", 32, None),
            Self::Aegis256x4 => aegis("aegis256x4", "aegis-256x4", 32, None),
            Self::Aegis128l => aegis("aegis128l", "aegis-128l", 16, AEGIS_128),
            Self::Aegis128x2 => aegis("aegis128x2", "aegis-128x2", 16, AEGIS_128),
            Self::Aegis128x4 => aegis("aegis128x4", "aegis-128x4", 16, AEGIS_128),
            Self::ChaCha20Poly1305 => Row {
                name: "chacha20poly1305",
                hyphenated: "chacha20-poly1305",
                key: 32,
                nonce: 12,
                max_message: (1 << 38) - 64, // RFC 8439, 2.8
                max_random_seals: Some(1 << 32),
            },
        }
    }

    /// The cipher with this number on disk.
    ///
    /// # Errors
    /// [`Error::UnknownCipher`].
    pub fn from_number(number: u8) -> Result<Self, Error> {
        Self::ALL.into_iter().find(|cipher| cipher.number() == number).ok_or(Error::UnknownCipher)
    }

    /// The cipher advised for keys of `length` bytes: `aegis256` for 32, `aegis128l` for 16.
    ///
    /// # Errors
    /// [`Error::KeyLength`] for any other length.
    pub fn default_for_key_length(length: usize) -> Result<Self, Error> {
        match length {
            16 => Ok(Self::Aegis128l),
            32 => Ok(Self::Aegis256),
            got => Err(Error::KeyLength { expected: if got < 24 { 16 } else { 32 }, got }),
        }
    }

    /// The number on disk.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// The canonical name, for example `aegis256`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.row().name
    }

    /// The hyphenated name, as S2 writes it: for example `aegis-256`.
    #[must_use]
    pub const fn hyphenated_name(self) -> &'static str {
        self.row().hyphenated
    }

    /// Length of a key, in bytes: 16 or 32.
    #[must_use]
    pub const fn key_length(self) -> usize {
        self.row().key
    }

    /// Length of a nonce, in bytes: 12, 16 or 32.
    #[must_use]
    pub const fn nonce_length(self) -> usize {
        self.row().nonce
    }

    /// Length of a tag, in bytes: always 16.
    #[must_use]
    pub const fn tag_length(self) -> usize {
        TAG_LENGTH
    }

    /// Bytes at the end of each page that hold tag and nonce: 28, 32 or 48.
    #[must_use]
    pub const fn reserved_length(self) -> usize {
        self.nonce_length() + TAG_LENGTH
    }

    /// The longest message, in bytes.
    #[must_use]
    pub const fn max_message_length(self) -> u64 {
        self.row().max_message
    }

    /// How many messages one key may seal under random nonces; `None` where no limit matters.
    #[must_use]
    pub const fn max_random_seals(self) -> Option<u64> {
        self.row().max_random_seals
    }
}

impl fmt::Display for Cipher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Cipher {
    type Err = Error;

    /// Reads a name whatever its case, with or without hyphens or underscores between its parts.
    ///
    /// # Errors
    /// [`Error::UnknownCipher`].
    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL.into_iter().find(|cipher| names(*cipher, text)).ok_or(Error::UnknownCipher)
    }
}

/// Whether `text` is a spelling of the cipher's name: joined, or in one of the places where the catalogue puts a
/// hyphen, with `-` or `_`.
fn names(cipher: Cipher, text: &str) -> bool {
    let mut rest = text.bytes().peekable();
    for expected in cipher.hyphenated_name().bytes() {
        match (expected, rest.peek()) {
            (b'-', Some(b'-' | b'_')) => {
                rest.next();
            }
            (b'-', _) => {}
            (letter, Some(got)) if got.eq_ignore_ascii_case(&letter) => {
                rest.next();
            }
            _ => return false,
        }
    }
    rest.next().is_none()
}
