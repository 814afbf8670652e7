//! Plaintext pages and nonces for the page codec.
#![allow(dead_code)] // not every test crate uses all of it

use pagecrypt::page::PageCodec;
use pagecrypt::{Cipher, Error, NonceSource};

use crate::bytes::bytes;
use crate::engines;

/// The ciphers of Turso's local files.
pub(crate) const TURSO_CIPHERS: [Cipher; 8] = [
    Cipher::Aes128Gcm,
    Cipher::Aes256Gcm,
    Cipher::Aegis256,
    Cipher::Aegis256x2,
    Cipher::Aegis256x4,
    Cipher::Aegis128l,
    Cipher::Aegis128x2,
    Cipher::Aegis128x4,
];

/// Every page size.
pub(crate) const PAGE_SIZES: [usize; 8] = [512, 1024, 2048, 4096, 8192, 16384, 32768, 65536];

/// A codec of a fixed key on every engine.
pub(crate) fn codecs(cipher: Cipher, page_size: usize) -> Vec<PageCodec> {
    codecs_of_key(cipher, &bytes(u64::from(cipher.number()), cipher.key_length()), page_size)
}

/// A codec of `key` on every engine.
pub(crate) fn codecs_of_key(cipher: Cipher, key: &[u8], page_size: usize) -> Vec<PageCodec> {
    engines::keys(cipher, key).into_iter().map(|key| PageCodec::turso(key, page_size).unwrap()).collect()
}

/// The pages `first`, `first + 1`, … of a plain database that leaves room for the cipher.
pub(crate) fn plain(cipher: Cipher, page_size: usize, first: u32, count: usize) -> Vec<u8> {
    let mut pages = bytes(u64::from(first), count * page_size);
    for page in pages.chunks_exact_mut(page_size) {
        page[page_size - cipher.reserved_length()..].fill(0);
    }
    if first == 1 && count > 0 {
        pages[..16].copy_from_slice(b"SQLite format 3\0");
        let on_disk = if page_size == 65536 { 1 } else { u16::try_from(page_size).unwrap() };
        pages[16..18].copy_from_slice(&on_disk.to_be_bytes());
        pages[20] = u8::try_from(cipher.reserved_length()).unwrap();
    }
    pages
}

/// Gives the bytes it was made of, once.
pub(crate) struct Replay(std::collections::VecDeque<u8>);

impl Replay {
    pub(crate) fn new(bytes: impl IntoIterator<Item = u8>) -> Self {
        Self(bytes.into_iter().collect())
    }

    /// The nonces that stand at the end of sealed pages.
    pub(crate) fn stored(cipher: Cipher, page_size: usize, sealed: &[u8]) -> Self {
        Self::new(
            sealed
                .chunks_exact(page_size)
                .flat_map(|page| page[page_size - cipher.nonce_length()..].iter().copied()),
        )
    }

    /// How many bytes are left.
    pub(crate) fn left(&self) -> usize {
        self.0.len()
    }
}

impl NonceSource for Replay {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), Error> {
        if bytes.len() > self.0.len() {
            return Err(Error::RandomSource);
        }
        let length = bytes.len();
        bytes.iter_mut().zip(self.0.drain(..length)).for_each(|(byte, nonce)| *byte = nonce);
        Ok(())
    }
}
