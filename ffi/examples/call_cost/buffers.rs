//! What is sealed and opened, and Rust's way to do it.

use pagecrypt::aead::{Aead, Open, Seal, Text};
use pagecrypt::page::PageCodec;
use pagecrypt::{Key, TAG_LENGTH};

use crate::{BATCH, Result};

/// The buffers of a cipher's operations.
pub(crate) struct Buffers {
    pub(crate) nonces: Vec<u8>,
    pub(crate) offsets: Vec<usize>,
    pub(crate) plain: Vec<u8>,
    pub(crate) sealed_pages: Vec<u8>,
    pub(crate) sealed: Vec<u8>,
    pub(crate) tags: Vec<[u8; TAG_LENGTH]>,
    pub(crate) to: Vec<u8>,
    pub(crate) tags_to: Vec<[u8; TAG_LENGTH]>,
}

impl Buffers {
    pub(crate) fn new(key: &Key, codec: Option<&PageCodec>, page_size: usize) -> Result<Self> {
        let mut plain: Vec<u8> = (0..BATCH * page_size).map(|byte| byte as u8).collect();
        for page in plain.chunks_exact_mut(page_size) {
            page[page_size - key.cipher().reserved_length()..].fill(0);
        }
        let nonce_length = key.cipher().nonce_length();
        let mut buffers = Self {
            nonces: (0..BATCH * nonce_length).map(|byte| (byte / nonce_length) as u8).collect(),
            offsets: (0..=BATCH).map(|i| i * page_size).collect(),
            sealed_pages: vec![0; plain.len()],
            sealed: plain.clone(),
            tags: vec![[0; TAG_LENGTH]; BATCH],
            to: vec![0; plain.len()],
            tags_to: vec![[0; TAG_LENGTH]; BATCH],
            plain,
        };
        if let Some(codec) = codec {
            codec.seal_pages_into(2, &buffers.plain, &mut buffers.sealed_pages)?;
        }
        let Buffers { nonces, plain, sealed, tags, .. } = &mut buffers;
        seal(key, page_size, nonces, plain, sealed, tags)?;
        Ok(buffers)
    }
}

/// Seals messages of `page_size` bytes in one batch, with Rust.
pub(crate) fn seal(
    key: &Key,
    page_size: usize,
    nonces: &[u8],
    from: &[u8],
    to: &mut [u8],
    tags: &mut [[u8; TAG_LENGTH]],
) -> Result<()> {
    let nonces = nonces.chunks_exact(key.cipher().nonce_length());
    let texts = from.chunks_exact(page_size).zip(to.chunks_exact_mut(page_size));
    let mut batch: Vec<_> = texts
        .zip(tags)
        .zip(nonces)
        .map(|(((from, to), tag), nonce)| Seal {
            nonce,
            associated_data: &[],
            text: Text::Into { from, to },
            tag,
        })
        .collect();
    Ok(key.seal_batch_assume_unique_nonces(&mut batch)?)
}

/// Opens messages of `page_size` bytes in one batch, with Rust.
pub(crate) fn open(
    key: &Key,
    page_size: usize,
    nonces: &[u8],
    from: &[u8],
    to: &mut [u8],
    tags: &[[u8; TAG_LENGTH]],
) -> Result<()> {
    let nonces = nonces.chunks_exact(key.cipher().nonce_length());
    let texts = from.chunks_exact(page_size).zip(to.chunks_exact_mut(page_size));
    let mut batch: Vec<_> = texts
        .zip(tags)
        .zip(nonces)
        .map(|(((from, to), tag), nonce)| Open::new(nonce, &[], Text::Into { from, to }, tag))
        .collect();
    Ok(key.open_batch(&mut batch)?)
}
