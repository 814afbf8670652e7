//! The rows of databases that Turso made, as Turso read them: `vectors/turso/manifest.json` has their hashes.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use pagecrypt::file::{FileOptions, decrypt_file};
use pagecrypt::{Error, Key};
use pagecrypt_sqlite::{Summary, decrypt_file_compact};
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use serde::Deserialize;
use sha2::{Digest, Sha256};

#[derive(Deserialize)]
struct Manifest {
    queries: Vec<String>,
    fixtures: Vec<Sample>,
}

#[derive(Deserialize)]
struct Sample {
    name: String,
    file: String,
    cipher: String,
    hexkey: String,
    rows_sha256: String,
    main_file_alone_rows_sha256: Option<String>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors/turso")
}

/// The manifest's `canonical_rows`.
fn rows_sha256(database: &Path, queries: &[String]) -> String {
    let connection = Connection::open(database).unwrap();
    let verdict: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(verdict, "ok", "{}", database.display());
    let mut text = String::new();
    for query in queries {
        let mut statement = connection.prepare(query).unwrap();
        let columns = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            for column in 0..columns {
                match row.get_ref(column).unwrap() {
                    ValueRef::Null => write!(text, "N;"),
                    ValueRef::Integer(number) => write!(text, "I{number};"),
                    ValueRef::Real(number) => write!(text, "R{:016x};", number.to_bits()),
                    ValueRef::Text(bytes) => {
                        write!(text, "T{}:{};", bytes.len(), std::str::from_utf8(bytes).unwrap())
                    }
                    ValueRef::Blob(bytes) => write!(text, "B{};", hex::encode(bytes)),
                }
                .unwrap();
            }
            text.push('\n');
        }
    }
    hex::encode(Sha256::digest(text))
}

type Decrypt = fn(&Path, &Path, &Key) -> Result<Summary, Error>;

#[test]
fn the_rows_of_tursos_databases_hash_as_turso_read_them() {
    let manifest: Manifest =
        serde_json::from_slice(&fs::read(folder().join("manifest.json")).unwrap()).unwrap();
    assert_eq!(manifest.fixtures.len(), 11);
    let ways: [(&str, Decrypt); 2] = [
        ("decrypted", |from, to, key| decrypt_file(from, to, key, FileOptions::new())),
        ("compact", |from, to, key| decrypt_file_compact(from, to, key, FileOptions::new())),
    ];
    for sample in &manifest.fixtures {
        let key = Key::from_text(&sample.hexkey, Some(sample.cipher.parse().unwrap())).unwrap();
        for (way, decrypt) in ways {
            let scratch = tempfile::tempdir().unwrap();
            let plain = scratch.path().join("plain.db");
            let summary = decrypt(&folder().join(&sample.file), &plain, &key).unwrap();
            let frames = if sample.main_file_alone_rows_sha256.is_some() { 18 } else { 0 };
            assert_eq!(summary.frames_applied, frames, "{} {way}", sample.name);
            assert_eq!(rows_sha256(&plain, &manifest.queries), sample.rows_sha256, "{} {way}", sample.name);

            let Some(without_log) = &sample.main_file_alone_rows_sha256 else { continue };
            let alone = scratch.path().join("alone.db");
            fs::copy(folder().join(&sample.file), &alone).unwrap();
            let plain = scratch.path().join("alone.plain.db");
            assert_eq!(decrypt(&alone, &plain, &key).unwrap().frames_applied, 0);
            assert_eq!(rows_sha256(&plain, &manifest.queries), *without_log, "{} {way} alone", sample.name);
        }
    }
}
