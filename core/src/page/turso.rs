//! Turso's page format, header version 0.
//!
//! With page size P, nonce length N and reserved bytes M = N + 16:
//!
//! ```text
//! page n:  [0, P-M) ciphertext                              [P-M, P-N) tag   [P-N, P) nonce     no associated data
//! page 1:  [0, 5) "Turso"  [5] version 0  [6] cipher  [7, 16) zero
//!          [16, 100) SQLite's header bytes in clear
//!          [100, P-M) ciphertext                            [P-M, P-N) tag   [P-N, P) nonce     associated data: [0, 100)
//! ```
//!
//! The key is used as it is. Pages from 2 on are bound to nothing: whoever can write the file can put an older page,
//! or a page of another place or database under the same key, where he likes.

use crate::cipher::Cipher;
use crate::error::Error;

use super::{MAX_PAGE_SIZE, check_page_size};

/// Length of the part of page 1 that stays in clear, in bytes: SQLite's header.
pub const HEADER_LENGTH: usize = 100;

/// What a plain SQLite database begins with.
pub const SQLITE_MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// What an encrypted one begins with.
pub const MAGIC: &[u8; 5] = b"Turso";

/// The only version there is.
pub const VERSION: u8 = 0;

const PAGE_SIZE: core::ops::Range<usize> = 16..18;
const RESERVED: usize = 20;

/// What page 1's header says without the key.
///
/// Nothing of it is authenticated before page 1 is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Header {
    /// The format's version: 0.
    pub version: u8,
    /// The cipher.
    pub cipher: Cipher,
    /// Length of a page, in bytes.
    pub page_size: usize,
    /// The reserved bytes at the end of each page, as SQLite's header has them.
    pub reserved_length: usize,
}

impl Header {
    /// Reads the first 100 bytes of an encrypted database; more are ignored.
    ///
    /// # Errors
    /// [`Error::NotEncrypted`] for a plain SQLite database, [`Error::UnsupportedFormat`] for anything else that is
    /// not of this format or version, [`Error::Malformed`] where the header contradicts itself.
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let cipher = parse_magic(bytes)?;
        let Some(header) = bytes.first_chunk::<HEADER_LENGTH>() else {
            return Err(Error::Malformed("the file ends within its header"));
        };
        let page_size = sqlite_page_size(header);
        check_page_size(page_size).map_err(|_| Error::Malformed("the header's page size"))?;
        let reserved_length = usize::from(header[RESERVED]);
        if reserved_length != cipher.reserved_length() {
            return Err(Error::Malformed("the header's reserved bytes are not those of its cipher"));
        }
        Ok(Self { version: VERSION, cipher, page_size, reserved_length })
    }
}

/// The page size that the bytes of SQLite's header give: 65536 is written as 1.
pub(crate) fn sqlite_page_size(header: &[u8; HEADER_LENGTH]) -> usize {
    match u16::from_be_bytes([header[PAGE_SIZE.start], header[PAGE_SIZE.start + 1]]) {
        1 => MAX_PAGE_SIZE,
        size => size.into(),
    }
}

/// The first 16 bytes.
fn parse_magic(bytes: &[u8]) -> Result<Cipher, Error> {
    if bytes.starts_with(SQLITE_MAGIC) {
        return Err(Error::NotEncrypted);
    }
    match bytes {
        [b'T', b'u', b'r', b's', b'o', VERSION, cipher, zeros @ ..] if zeros.len() >= 9 => {
            let cipher = Cipher::from_number(*cipher)
                .and_then(|cipher| check_cipher(cipher).map(|()| cipher))
                .map_err(|_| Error::UnsupportedFormat("a cipher that Turso's format does not have"))?;
            if zeros[..9].iter().any(|byte| *byte != 0) {
                return Err(Error::Malformed("bytes 7 to 15 of the header are not zero"));
            }
            Ok(cipher)
        }
        [b'T', b'u', b'r', b's', b'o'] | [b'T', b'u', b'r', b's', b'o', VERSION, ..] => {
            Err(Error::Malformed("the file ends within its header"))
        }
        [b'T', b'u', b'r', b's', b'o', ..] => {
            Err(Error::UnsupportedFormat("a version of Turso's format other than 0"))
        }
        _ => Err(Error::UnsupportedFormat("neither an encrypted nor a plain SQLite database")),
    }
}

/// Refuses the cipher that has no number in this format.
pub(super) fn check_cipher(cipher: Cipher) -> Result<(), Error> {
    match cipher {
        Cipher::ChaCha20Poly1305 => {
            Err(Error::UnsupportedFormat("Turso's format does not have chacha20poly1305"))
        }
        _ => Ok(()),
    }
}

/// Whether a plaintext page 1 can be sealed: `page` is a whole page.
pub(super) fn check_plain_header(page: &[u8], page_size: usize, cipher: Cipher) -> Result<(), Error> {
    if !page.starts_with(SQLITE_MAGIC) {
        return Err(Error::Malformed("page 1 does not begin with SQLite's header"));
    }
    check_sizes(page, page_size, cipher)
}

/// Whether a sealed page 1 is of this format, size and cipher: `page` is a whole page.
pub(super) fn check_sealed_header(page: &[u8], page_size: usize, cipher: Cipher) -> Result<(), Error> {
    let named = parse_magic(page)?;
    if named != cipher {
        return Err(Error::CipherMismatch { expected: cipher, got: named });
    }
    check_sizes(page, page_size, cipher)
}

fn check_sizes(page: &[u8], page_size: usize, cipher: Cipher) -> Result<(), Error> {
    match page.first_chunk::<HEADER_LENGTH>() {
        Some(header) if sqlite_page_size(header) != page_size => {
            Err(Error::Malformed("page 1's header has another page size"))
        }
        Some(header) if usize::from(header[RESERVED]) != cipher.reserved_length() => {
            Err(Error::Malformed("page 1's header has other reserved bytes than the cipher needs"))
        }
        Some(_) => Ok(()),
        None => Err(Error::BufferLength { expected: page_size, got: page.len() }),
    }
}

/// Replaces SQLite's magic by the format's; `head` is page 1's header.
pub(super) fn seal_header(head: &mut [u8], cipher: Cipher) {
    head[..16].fill(0);
    head[..MAGIC.len()].copy_from_slice(MAGIC);
    head[5] = VERSION;
    head[6] = cipher.number();
}

/// Puts SQLite's magic back.
pub(super) fn open_header(page: &mut [u8]) {
    page[..SQLITE_MAGIC.len()].copy_from_slice(SQLITE_MAGIC);
}
