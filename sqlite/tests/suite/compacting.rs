//! Decrypting without reserved bytes.

use std::fs;
use std::path::Path;

use pagecrypt::file::FileOptions;
use pagecrypt::{Error, Key};
use pagecrypt_sqlite::{Way, decrypt_file_compact, encrypt_file};

use super::contents::contents;
use super::databases::{KINDS, kind, make};
use super::opened::{ciphers, folder};

#[test]
fn every_kind_of_database_comes_back_without_reserved_bytes() {
    let folders = tempfile::tempdir().unwrap();
    for (number, kind) in KINDS.iter().enumerate() {
        let here = folders.path().join(number.to_string());
        fs::create_dir(&here).unwrap();
        let source = here.join("plain.db");
        make(kind, &source);
        let before = contents(&source);
        // One cipher of each length of reserved bytes.
        for cipher in ciphers().filter(|cipher| matches!(cipher.number(), 2 | 3 | 6)) {
            let case = format!("{} under {cipher}", kind.name);
            let key = Key::generate(cipher).unwrap();
            let out = tempfile::tempdir().unwrap();
            let (secret, plain) = (out.path().join("secret.db"), out.path().join("plain.db"));
            let encrypted = encrypt_file(&source, &secret, &key, FileOptions::new()).expect(&case);
            let sealed = fs::read(&secret).unwrap();
            let summary = decrypt_file_compact(&secret, &plain, &key, FileOptions::new()).expect(&case);
            assert_eq!(summary.way, Way::Repacked, "{case}");
            assert_eq!(summary.cipher, cipher, "{case}");
            assert_eq!(summary.page_size, encrypted.page_size, "{case}");
            assert_eq!(summary.bytes(), fs::metadata(&plain).unwrap().len(), "{case}");
            assert_eq!(fs::read(&plain).unwrap()[20], 0, "{case}");
            assert_eq!(folder(out.path()).len(), 2, "{case}: something is left behind");
            assert!(contents(&plain) == before, "{case}");
            assert!(fs::read(&secret).unwrap() == sealed, "{case}: the source has changed");
        }
    }
}

#[test]
fn damage_and_an_existing_destination_leave_things_as_they_were() {
    let here = tempfile::tempdir().unwrap();
    let (source, secret, plain) =
        (here.path().join("source.db"), here.path().join("secret.db"), here.path().join("plain.db"));
    make(kind("pages of 4096 bytes, 28 reserved"), &source);
    let key = Key::generate(pagecrypt::Cipher::Aes256Gcm).unwrap();
    encrypt_file(&source, &secret, &key, FileOptions::new()).unwrap();
    fs::write(&plain, "mine").unwrap();
    let exists = decrypt_file_compact(&secret, &plain, &key, FileOptions::new());
    assert!(matches!(exists, Err(Error::FileExists)), "{exists:?}");
    let mut bytes = fs::read(&secret).unwrap();
    bytes[4096 * 2 + 77] ^= 1;
    fs::write(&secret, bytes).unwrap();
    let damaged = decrypt_file_compact(&secret, &plain, &key, FileOptions::new().force(true));
    assert!(matches!(damaged, Err(Error::AuthenticationFailed(_))), "{damaged:?}");
    assert_eq!(fs::read(&plain).unwrap(), b"mine");
    assert_eq!(folder(here.path()).len(), 3);
}

#[test]
fn a_cancelled_decryption_leaves_nothing() {
    let here = tempfile::tempdir().unwrap();
    let (source, secret, plain) =
        (here.path().join("source.db"), here.path().join("secret.db"), here.path().join("plain.db"));
    make(kind("pages of 4096 bytes, 28 reserved"), &source);
    let key = Key::generate(pagecrypt::Cipher::Aes256Gcm).unwrap();
    encrypt_file(&source, &secret, &key, FileOptions::new()).unwrap();
    let mut calls = 0;
    let mut stop = |_: u64, _: u64| {
        calls += 1;
        if calls == 5 { std::ops::ControlFlow::Break(()) } else { std::ops::ControlFlow::Continue(()) }
    };
    let cancelled = decrypt_file_compact(&secret, &plain, &key, FileOptions::new().progress(&mut stop));
    assert!(matches!(cancelled, Err(Error::Cancelled)), "{cancelled:?}");
    assert_eq!(folder(here.path()).len(), 2);
}

/// 464 usable bytes in a page are fewer than SQLite accepts, and the newest rows are still in the log.
#[test]
fn tursos_pages_of_512_bytes_with_48_reserved_become_readable() {
    let here = tempfile::tempdir().unwrap();
    for name in ["aegis256-512.db", "aegis256-512.db-wal"] {
        let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/samples").join(name);
        fs::copy(sample, here.path().join(name)).unwrap();
    }
    let (secret, plain) = (here.path().join("aegis256-512.db"), here.path().join("plain.db"));
    let key = Key::from_bytes(&[0x42; 32], pagecrypt::Cipher::Aegis256).unwrap();
    let summary = decrypt_file_compact(&secret, &plain, &key, FileOptions::new()).unwrap();
    assert_eq!((summary.page_size, summary.source_page_size), (512, 512));
    contents(&plain);
    let connection = rusqlite::Connection::open(&plain).unwrap();
    let mut rows = connection.prepare("SELECT id, a, b FROM t ORDER BY id").unwrap();
    let rows: Vec<(u32, String, Vec<u8>)> = rows
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(rows.len(), 70);
    for (number, (id, a, b)) in rows.into_iter().enumerate() {
        assert_eq!(id as usize, number * 3);
        let text = format!("text {number}{}", "x".repeat(number * 2));
        assert_eq!(a, if id == 30 { "changed" } else { &text });
        assert_eq!(b, vec![number as u8; number * 9]);
    }
    let found =
        connection.query_row("SELECT id FROM t INDEXED BY ta WHERE a = 'changed'", [], |row| row.get(0));
    assert_eq!(found, Ok(30));
}
