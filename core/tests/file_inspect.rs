//! What is seen of databases without a key.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;

use pagecrypt::file::{FileFormat, inspect_file};
use pagecrypt::{Cipher, Error};

#[path = "support/databases.rs"]
mod databases;

use databases::{Database, sample, samples};

#[test]
fn turso_s_databases_are_described() {
    for sample in samples() {
        let database = sample.copy();
        let seen = inspect_file(&database.path()).unwrap();
        assert_eq!(seen.format, FileFormat::Turso, "{}", sample.name);
        assert_eq!((seen.version, seen.cipher), (Some(0), Some(sample.cipher())));
        assert_eq!(seen.page_size, Some(sample.page_size));
        assert_eq!(seen.reserved_length, Some(sample.cipher().reserved_length()));
        assert_eq!(seen.length, database.length());
        assert_eq!(seen.pages, Some(database.length() / sample.page_size as u64));
        assert_eq!(seen.header_pages.map(u64::from), seen.pages);
        assert_eq!((seen.trailing_bytes, seen.problem, seen.hot_journal), (Some(0), None, false));
        assert_eq!(seen.log.is_some(), sample.files.len() == 2);
        if let Some(log) = seen.log {
            assert_eq!((log.frames, log.committed, log.stale, log.torn_bytes), (18, 18, 0, 0));
            assert_eq!(log.committed_pages, Some(24));
            assert_eq!(log.header.unwrap().page_size, 4096);
            assert_eq!(log.length, 32 + 18 * (24 + 4096));
        }
    }
}

#[test]
fn plain_databases_are_told_apart() {
    let database = sample("aes128gcm-512-small").copy();
    let plain =
        fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../vectors/turso/aes128gcm-512-small.plain.db"));
    database.write(&plain.unwrap());
    let seen = inspect_file(&database.path()).unwrap();
    assert_eq!((seen.format, seen.version, seen.cipher), (FileFormat::Sqlite, None, None));
    assert_eq!((seen.page_size, seen.pages, seen.header_pages), (Some(512), Some(58), Some(58)));
    assert_eq!((seen.reserved_length, seen.problem), (Some(0), None));
}

#[test]
fn anything_else_is_unknown_or_has_a_problem() {
    let database = Database::made(Cipher::Aegis256, 4096, 2);
    let intact = database.read();
    let cases: [(&[u8], FileFormat, bool); 7] = [
        (b"", FileFormat::Unknown, false),
        (b"Tur", FileFormat::Unknown, false),
        (&[0; 5000], FileFormat::Unknown, false),
        (b"Turso", FileFormat::Turso, true),
        (&intact[..99], FileFormat::Turso, true),
        (b"Turso\x01\x03\0\0\0\0\0\0\0\0\0", FileFormat::Turso, true),
        (b"SQLite format 3\0", FileFormat::Sqlite, false),
    ];
    for (content, format, problem) in cases {
        database.write(content);
        let seen = inspect_file(&database.path()).unwrap();
        assert_eq!((seen.format, seen.problem.is_some()), (format, problem), "{seen:?}");
        assert_eq!((seen.page_size, seen.length), (None, content.len() as u64));
    }
    // Header fields that contradict each other or the format; what can be read is.
    for (at, byte, cipher, page_size) in [
        (5, 1, Some(Cipher::Aegis256), Some(4096)),
        (6, 1, Some(Cipher::Aes128Gcm), Some(4096)),
        (6, 77, None, Some(4096)),
        (9, 1, Some(Cipher::Aegis256), Some(4096)),
        (16, 0x11, Some(Cipher::Aegis256), None),
        (20, 0, Some(Cipher::Aegis256), Some(4096)),
    ] {
        let mut damaged = intact.clone();
        damaged[at] = byte;
        database.write(&damaged);
        let seen = inspect_file(&database.path()).unwrap();
        assert_eq!(
            (seen.format, seen.cipher, seen.page_size),
            (FileFormat::Turso, cipher, page_size),
            "{at}"
        );
        assert!(seen.problem.is_some(), "{at}");
    }
    database.write(&[&intact[..], b"more"].concat());
    let seen = inspect_file(&database.path()).unwrap();
    assert_eq!((seen.pages, seen.trailing_bytes), (Some(2), Some(4)));
    fs::remove_file(database.path()).unwrap();
    assert!(matches!(inspect_file(&database.path()), Err(Error::Io(_))));
}
