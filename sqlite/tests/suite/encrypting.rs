//! What is encrypted is the same database.

use std::fs;

use pagecrypt::file::FileOptions;
use pagecrypt::{Cipher, Error, Key};
use pagecrypt_sqlite::{Way, encrypt_file};

use super::contents::contents;
use super::databases::{KINDS, make};
use super::opened::{ciphers, folder, open_pages};

#[test]
fn every_kind_of_database_keeps_its_content_under_every_cipher() {
    let folders = tempfile::tempdir().unwrap();
    for (number, kind) in KINDS.iter().enumerate() {
        let here = folders.path().join(number.to_string());
        fs::create_dir(&here).unwrap();
        let source = here.join("plain.db");
        make(kind, &source);
        let before = contents(&source);
        for cipher in ciphers() {
            let case = format!("{} under {cipher}", kind.name);
            let key = Key::generate(cipher).unwrap();
            let untouched = folder(&here);
            let out = tempfile::tempdir().unwrap();
            let destination = out.path().join("secret.db");
            let summary = encrypt_file(&source, &destination, &key, FileOptions::new()).expect(&case);
            assert!(folder(&here) == untouched, "{case}: the source's folder has changed");
            assert_eq!(folder(out.path()).len(), 1, "{case}: something is left beside the destination");

            let grown = kind.page_size == 512 && cipher.reserved_length() == 48;
            assert_eq!(summary.grew(), grown, "{case}");
            assert_eq!(summary.page_size, if grown { 1024 } else { kind.page_size }, "{case}");
            assert_eq!(summary.source_page_size, kind.page_size, "{case}");
            assert_eq!((summary.cipher, summary.frames_applied), (cipher, 0), "{case}");
            let fits = kind.reserved == cipher.reserved_length();
            assert_eq!(summary.way, if fits { Way::Sealed } else { Way::Rebuilt }, "{case}");
            assert_eq!(summary.bytes(), fs::metadata(&destination).unwrap().len(), "{case}");
            assert_eq!(summary.bytes(), u64::from(summary.pages) * summary.page_size as u64, "{case}");
            let encrypted = fs::read(&destination).unwrap();
            assert_eq!(usize::from(encrypted[20]), cipher.reserved_length(), "{case}");

            assert!(contents(&open_pages(&destination, &key)) == before, "{case}: another content");
        }
    }
}

#[test]
fn an_empty_file_is_an_empty_database() {
    let folder = tempfile::tempdir().unwrap();
    let (source, destination) = (folder.path().join("empty.db"), folder.path().join("secret.db"));
    fs::write(&source, []).unwrap();
    let key = Key::generate(Cipher::Aes256Gcm).unwrap();
    let summary = encrypt_file(&source, &destination, &key, FileOptions::new()).unwrap();
    assert_eq!(summary.pages, 1);
    assert_eq!(fs::metadata(&source).unwrap().len(), 0);
    let empty = folder.path().join("also empty.db");
    fs::write(&empty, []).unwrap();
    assert_eq!(contents(&open_pages(&destination, &key)), contents(&empty));
}

#[test]
fn what_lies_beside_an_empty_file_is_left_there() {
    for (suffix, log, refused) in
        [("-wal", &b""[..], false), ("-wal", b"rows", true), ("-journal", b"x", false)]
    {
        let here = tempfile::tempdir().unwrap();
        let (source, destination) = (here.path().join("empty.db"), here.path().join("secret.db"));
        fs::write(&source, []).unwrap();
        fs::write(here.path().join(format!("empty.db{suffix}")), log).unwrap();
        let before = folder(here.path());
        let key = Key::generate(Cipher::Aes256Gcm).unwrap();
        let result = encrypt_file(&source, &destination, &key, FileOptions::new());
        if refused {
            assert!(matches!(result, Err(Error::Malformed(_))), "{suffix}: {result:?}");
        } else {
            assert_eq!(result.expect(suffix).pages, 1);
            fs::remove_file(&destination).unwrap();
        }
        assert!(folder(here.path()) == before, "{suffix}");
    }
}
