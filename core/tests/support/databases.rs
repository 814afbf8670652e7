//! Encrypted databases to work on: those that Turso wrote (under `vectors/turso`), and made ones.
#![allow(dead_code)] // not every test crate uses all of it

use std::fs;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use pagecrypt::page::PageCodec;
use pagecrypt::page::wal::{ByteOrder, Chain, FRAME_HEADER_LENGTH, Header};
use pagecrypt::{Cipher, Key};
use serde::Deserialize;

/// A database that Turso wrote, with what is known of it.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Sample {
    pub(crate) name: String,
    pub(crate) files: Vec<String>,
    cipher: String,
    hexkey: String,
    pub(crate) page_size: usize,
    pub(crate) page_count: u32,
    pub(crate) decrypted_sha256: String,
}

#[derive(Deserialize)]
struct Manifest {
    fixtures: Vec<Sample>,
}

/// Every sample of the manifest.
pub(crate) fn samples() -> Vec<Sample> {
    let manifest = fs::read(folder().join("manifest.json")).unwrap();
    let samples = serde_json::from_slice::<Manifest>(&manifest).unwrap().fixtures;
    assert_eq!(samples.len(), 11);
    samples
}

/// The sample with this name.
pub(crate) fn sample(name: &str) -> Sample {
    samples().into_iter().find(|sample| sample.name == name).unwrap()
}

fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../vectors/turso"))
}

impl Sample {
    pub(crate) fn cipher(&self) -> Cipher {
        self.cipher.parse().unwrap()
    }

    pub(crate) fn key(&self) -> Key {
        Key::from_text(&self.hexkey, Some(self.cipher())).unwrap()
    }

    /// A copy in a folder of its own.
    pub(crate) fn copy(&self) -> Database {
        let folder = tempfile::tempdir().unwrap();
        for name in &self.files {
            let suffix = if name.ends_with("-wal") { "-wal" } else { "" };
            fs::copy(self::folder().join(name), folder.path().join(format!("db{suffix}"))).unwrap();
        }
        Database { folder, key: self.key(), page_size: self.page_size }
    }
}

/// A database in a folder of its own.
#[derive(Debug)]
pub(crate) struct Database {
    folder: tempfile::TempDir,
    pub(crate) key: Key,
    pub(crate) page_size: usize,
}

impl Database {
    /// One of `pages` pages that hold their number again and again.
    pub(crate) fn made(cipher: Cipher, page_size: usize, pages: u32) -> Self {
        let key = Key::generate(cipher).unwrap();
        let made = Self { folder: tempfile::tempdir().unwrap(), key, page_size };
        let mut content: Vec<u8> = (1..=pages).flat_map(|page| made.plain_page(page, pages)).collect();
        made.codec().seal_pages(1, &mut content).unwrap();
        made.write(&content);
        made
    }

    pub(crate) fn codec(&self) -> PageCodec {
        PageCodec::turso(&self.key, self.page_size).unwrap()
    }

    /// Page `page` of a made database of `pages` pages.
    pub(crate) fn plain_page(&self, page: u32, pages: u32) -> Vec<u8> {
        let mut plain = page.to_be_bytes().repeat(self.page_size / 4);
        plain[self.page_size - self.key.cipher().reserved_length()..].fill(0);
        if page == 1 {
            plain[..16].copy_from_slice(b"SQLite format 3\0");
            plain[16..18].copy_from_slice(&u16::try_from(self.page_size).unwrap_or(1).to_be_bytes());
            plain[20] = self.key.cipher().reserved_length() as u8;
            plain[24..28].copy_from_slice(&[0, 0, 0, 9]);
            plain[28..32].copy_from_slice(&pages.to_be_bytes());
            plain[92..96].copy_from_slice(&[0, 0, 0, 9]);
        }
        plain
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.beside("db")
    }

    pub(crate) fn log_path(&self) -> PathBuf {
        self.beside("db-wal")
    }

    /// A path in the database's folder.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The names of the files in its folder.
    pub(crate) fn names(&self) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(self.folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    pub(crate) fn read(&self) -> Vec<u8> {
        fs::read(self.path()).unwrap()
    }

    pub(crate) fn write(&self, content: &[u8]) {
        fs::write(self.path(), content).unwrap();
    }

    pub(crate) fn length(&self) -> u64 {
        fs::metadata(self.path()).unwrap().len()
    }

    pub(crate) fn set_length(&self, length: u64) {
        fs::OpenOptions::new().write(true).open(self.path()).unwrap().set_len(length).unwrap();
    }
}

/// Flips bits of one byte; again to undo it.
pub(crate) fn flip(path: &Path, at: u64, bits: u8) {
    let file = fs::OpenOptions::new().read(true).write(true).open(path).unwrap();
    let mut byte = [0];
    file.read_exact_at(&mut byte, at).unwrap();
    file.write_all_at(&[byte[0] ^ bits], at).unwrap();
}

/// A write-ahead log as it is written.
#[derive(Debug)]
pub(crate) struct LogWriter {
    codec: PageCodec,
    chain: Chain,
    pub(crate) bytes: Vec<u8>,
}

impl LogWriter {
    pub(crate) fn new(database: &Database, byte_order: ByteOrder, salts: [u32; 2]) -> Self {
        let header = Header::new(byte_order, database.page_size, 0, salts).unwrap();
        Self { codec: database.codec(), chain: Chain::start(&header), bytes: header.to_bytes().to_vec() }
    }

    /// Adds a frame; `commit_size` is 0 within a transaction.
    pub(crate) fn add(&mut self, page: u32, commit_size: u32, plain: &[u8]) -> &mut Self {
        let mut frame = [0; FRAME_HEADER_LENGTH].to_vec();
        frame[..4].copy_from_slice(&page.to_be_bytes());
        frame[4..8].copy_from_slice(&commit_size.to_be_bytes());
        frame.extend_from_slice(plain);
        self.codec.seal_frames(&mut self.chain, &mut frame).unwrap();
        self.bytes.extend_from_slice(&frame);
        self
    }

    /// Where frame `number`, from 1, begins.
    pub(crate) fn frame_at(&self, number: usize) -> usize {
        32 + (number - 1) * self.codec.frame_length()
    }
}
