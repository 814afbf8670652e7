//! A whole database: encrypted, verified, read and decrypted in both ways.

use std::path::Path;
use std::{env, fs};

use pagecrypt::Error;
use pagecrypt::file::{FileOptions, PageReader, VerifyOptions, decrypt_file, verify_file};
use pagecrypt_sqlite::{decrypt_file_compact, encrypt_file};

use crate::{Failure, Outcome, PAGE_SIZE, Place, compare};

const SOURCE: &str = "turso/aegis256-4096-small.plain.db";
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

pub(crate) fn write(place: &Place) -> Result<Outcome, Failure> {
    let destination = place.path("file", ".db");
    let options = FileOptions::new().force(true);
    let encrypted = encrypt_file(&place.vectors.join(SOURCE), &destination, &place.key, options);
    if place.codec()?.is_none() {
        return match encrypted {
            Err(Error::UnsupportedFormat(_)) if !destination.exists() => Ok(Outcome::Refused),
            other => Err(format!("encrypt_file should refuse, and gave {other:?}").into()),
        };
    }
    let summary = encrypted?;
    if summary.bytes() != fs::metadata(&destination)?.len() {
        return Err(format!("encrypt_file reports {} bytes", summary.bytes()).into());
    }
    Ok(Outcome::Ok)
}

pub(crate) fn read(place: &Place) -> Result<Outcome, Failure> {
    if place.codec()?.is_none() {
        return Ok(Outcome::Refused);
    }
    let (temporary, kept) = (tempfile::tempdir()?, env::var_os("MATRIX_OUT"));
    let folder = kept.as_deref().map_or(temporary.path(), Path::new);
    let (path, key) = (place.path("file", ".db"), &place.key);

    let report = verify_file(&path, key, VerifyOptions::new())?;
    if !report.is_intact() {
        return Err(report.findings().join("; ").into());
    }
    let plain = folder.join(format!("file-{}.plain.db", key.cipher()));
    decrypt_file(&path, &plain, key, FileOptions::new().force(true))?;
    let plain = fs::read(plain)?;
    let reader = PageReader::open(&path, key)?;
    let mut through_reader = vec![0; usize::try_from(reader.length())?];
    let read = reader.read_at(0, &mut through_reader)?;
    if read != through_reader.len() {
        return Err(format!("read_at gave {read} of {} bytes", through_reader.len()).into());
    }
    compare("what the reader gives and decrypt_file", &through_reader, &plain)?;
    if !plain.starts_with(MAGIC) {
        return Err("what decrypt_file made is no SQLite database".into());
    }
    let pages = fs::metadata(&path)?.len() / PAGE_SIZE as u64;
    if plain.len() as u64 != pages * PAGE_SIZE as u64 || u64::from(reader.page_count()) != pages {
        return Err(format!("{pages} pages became {}", reader.page_count()).into());
    }
    let compact = folder.join(format!("file-{}.compact.db", key.cipher()));
    let summary = decrypt_file_compact(&path, &compact, key, FileOptions::new().force(true))?;
    let compact = fs::read(compact)?;
    if !compact.starts_with(MAGIC) || compact.len() as u64 != summary.bytes() {
        return Err("what decrypt_file_compact made is no SQLite database of the size it reports".into());
    }
    Ok(Outcome::Ok)
}
