//! An encrypted database opened page by page, for SQLite to look at.

use std::fs;
use std::path::{Path, PathBuf};

use pagecrypt::page::{PageCodec, turso};
use pagecrypt::{Cipher, Key};

/// The eight ciphers of Turso's format.
pub(crate) fn ciphers() -> impl Iterator<Item = Cipher> {
    Cipher::ALL.iter().copied().filter(|cipher| *cipher != Cipher::ChaCha20Poly1305)
}

/// Opens every page of `path` under `key` into a plain file beside it.
pub(crate) fn open_pages(path: &Path, key: &Key) -> PathBuf {
    let mut bytes = fs::read(path).unwrap();
    let header = turso::Header::parse(&bytes).unwrap();
    assert_eq!(header.cipher, key.cipher());
    assert_eq!(bytes[18..20], [2, 2], "Turso's databases have a write-ahead log");
    let codec = PageCodec::turso(key, header.page_size).unwrap();
    codec.open_pages(1, &mut bytes).unwrap();
    let opened = path.with_extension("opened");
    fs::write(&opened, bytes).unwrap();
    opened
}

/// Every file of a folder: its name and its bytes.
pub(crate) fn folder(path: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = fs::read_dir(path)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_type().unwrap().is_file())
        .map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap()))
        .collect();
    files.sort();
    files
}
