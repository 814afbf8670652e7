//! Checking whole databases: intact ones, other keys, cut files, foreign bytes.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;

use pagecrypt::file::{VerifyOptions, VerifyReport, verify_file};
use pagecrypt::{Cipher, Error, Key, Unit};

#[path = "support/databases.rs"]
mod databases;

use databases::{Database, flip, sample, samples};

fn verify(database: &Database) -> Result<VerifyReport, Error> {
    verify_on(database, 1)
}

fn verify_on(database: &Database, threads: usize) -> Result<VerifyReport, Error> {
    let threads = NonZeroUsize::new(threads).unwrap();
    verify_file(&database.path(), &database.key, VerifyOptions::new().threads(threads))
}

/// What the command line would return.
fn exit_code(result: &Result<VerifyReport, Error>) -> u8 {
    match result {
        Ok(report) => report.error().map_or(0, |error| error.code().exit_code()),
        Err(error) => error.code().exit_code(),
    }
}

#[test]
fn what_turso_wrote_is_intact() {
    for sample in samples() {
        let database = sample.copy();
        let report = verify(&database).unwrap();
        assert!(report.is_intact() && report.findings().is_empty(), "{}: {report:?}", sample.name);
        assert_eq!(report.cipher, sample.cipher());
        assert_eq!((report.page_size, report.pages), (sample.page_size, sample.page_count));
        let frames = report.log.map_or((0, 0), |log| (log.frames, log.committed));
        assert_eq!(frames, if sample.files.len() == 2 { (18, 18) } else { (0, 0) });
    }
}

#[test]
fn only_the_bytes_of_the_key_count() {
    let sample = sample("aegis256x2-4096-small");
    let mut database = sample.copy();
    database.key = sample.key().with_cipher(Cipher::Aes256Gcm).unwrap();
    let report = verify(&database).unwrap();
    assert!(report.is_intact());
    assert_eq!(report.cipher, Cipher::Aegis256x2);
}

#[test]
fn another_key_is_a_wrong_key() {
    for sample in samples() {
        let mut database = sample.copy();
        database.key = Key::generate(sample.cipher()).unwrap();
        let refused = verify(&database).unwrap_err();
        assert!(matches!(refused, Error::WrongKey { only_page: false }), "{}: {refused}", sample.name);
    }
    let mut single = Database::made(Cipher::Aegis128l, 1024, 1);
    assert!(verify(&single).unwrap().is_intact());
    single.key = Key::generate(Cipher::Aegis128l).unwrap();
    assert!(matches!(verify(&single), Err(Error::WrongKey { only_page: true })));
}

#[test]
fn a_key_of_another_length_is_told_what_the_file_needs() {
    for sample in samples() {
        let mut database = sample.copy();
        let (other, got) =
            if sample.cipher().key_length() == 16 { (Cipher::Aegis256, 32) } else { (Cipher::Aegis128l, 16) };
        database.key = Key::generate(other).unwrap();
        let expected = sample.cipher().key_length();
        let refused = verify(&database).unwrap_err();
        assert!(
            matches!(refused, Error::KeyLength { expected: e, got: g } if (e, g) == (expected, got)),
            "{}: {refused}",
            sample.name
        );
    }
}

#[test]
fn a_file_that_was_cut_is_damaged() {
    for sample in samples() {
        let database = sample.copy();
        let (whole, page) = (database.length(), sample.page_size as u64);
        let mut lengths = vec![
            whole - 1,
            whole - page + 1,
            whole - page,
            whole - page - 1,
            whole - 2 * page,
            5 * page,
            3 * page + 17,
            page + 100,
            page + 1,
            page,
            page - 1,
            100,
            99,
            16,
            7,
            5,
            1,
            0,
        ];
        lengths.dedup();
        for length in lengths {
            database.set_length(length);
            let result = verify(&database);
            assert_eq!(exit_code(&result), 4, "{} cut to {length}: {result:?}", sample.name);
            // Page 1 tells how many pages there must be.
            if length >= page {
                let report = result.unwrap();
                assert!(report.damaged_pages.is_empty(), "{} cut to {length}", sample.name);
                // The log replaces some of the pages, but not the last of the file.
                assert!(
                    report.missing_pages.contains((whole / page) as u32),
                    "{} cut to {length}",
                    sample.name
                );
                if sample.files.len() == 1 {
                    assert_eq!(report.missing_pages.count(), (whole - length).div_ceil(page));
                }
            }
        }
    }
}

#[test]
fn a_cut_file_under_another_key_is_still_a_wrong_key() {
    let sample = sample("aes256gcm-4096-small");
    let mut database = sample.copy();
    database.key = Key::generate(Cipher::Aes256Gcm).unwrap();
    for (length, only_page) in [(4096 * 7 + 9, false), (4096 + 9, true)] {
        database.set_length(length);
        let refused = verify(&database).unwrap_err();
        assert!(matches!(refused, Error::WrongKey { only_page: o } if o == only_page), "{refused}");
    }
}

#[test]
fn bytes_behind_the_last_page_are_named() {
    let database = Database::made(Cipher::Aegis128l, 1024, 5);
    let whole = database.read();
    for foreign in [1, 1023, 1024, 3000] {
        database.write(&[&whole[..], &vec![0x5a; foreign]].concat());
        let report = verify(&database).unwrap();
        assert!(matches!(report.error(), Some(Error::Malformed(_))), "{foreign}");
        assert_eq!(report.trailing_bytes, foreign as u64 % 1024);
        assert_eq!(report.foreign_pages.count(), foreign as u64 / 1024);
        assert!(report.damaged_pages.is_empty() && report.surplus_pages.is_empty());
    }
    // What is left over of a database that shrank is no damage.
    let page = &whole[2048..3072];
    database.write(&[&whole[..], page, &[9; 1024], page, page].concat());
    let report = verify(&database).unwrap();
    assert_eq!(report.surplus_pages.to_string(), "6, 8-9");
    assert_eq!(report.foreign_pages.to_string(), "7");
    database.write(&[&whole[..], page].concat());
    let report = verify(&database).unwrap();
    assert!(report.is_intact());
    assert_eq!((report.pages, report.surplus_pages.to_string().as_str()), (5, "6"));
}

#[test]
fn what_is_not_encrypted_is_told_apart() {
    let database = sample("aes128gcm-4096-small").copy();
    let mut plain = b"SQLite format 3\0".to_vec();
    plain.resize(8192, 1);
    let cases: [(&[u8], u8); 5] = [
        (&plain, 5),
        (&[b'x'; 5000], 5),
        (b"Turso\x01\x01", 5),
        (b"SQLite format 3\0", 5),
        (b"just some text", 5),
    ];
    for (content, code) in cases {
        database.write(content);
        let result = verify(&database);
        assert_eq!(exit_code(&result), code, "{result:?}");
    }
    database.write(&plain);
    assert!(matches!(verify(&database), Err(Error::NotEncrypted)));
    fs::remove_file(database.path()).unwrap();
    assert!(matches!(verify(&database), Err(Error::Io(_))));
}

#[test]
fn the_report_does_not_depend_on_the_threads() {
    // Several batches, with damage in the first, the last and between.
    let database = Database::made(Cipher::Aegis128x2, 512, 5000);
    for page in [2, 3, 511, 512, 513, 514, 2500, 4999, 5000] {
        flip(&database.path(), (page - 1) * 512 + page % 512, 1);
    }
    let alone = verify_on(&database, 1).unwrap();
    assert_eq!(alone.damaged_pages.to_string(), "2-3, 511-514, 2500, 4999-5000");
    let Some(Error::AuthenticationFailed(failures)) = alone.error() else { panic!() };
    assert_eq!((failures.unit(), failures.first(), failures.count()), (Unit::Page, 2, 9));
    assert_eq!(alone.findings(), ["pages 2-3, 511-514, 2500, 4999-5000 damaged or forged"]);
    for threads in [2, 3, 8, 100] {
        assert_eq!(verify_on(&database, threads).unwrap(), alone, "{threads} threads");
    }
    let mixed = sample("aegis256-4096-walmixed").copy();
    flip(&mixed.log_path(), 32 + 24 + 100, 1);
    flip(&mixed.path(), 4096 * 7, 1);
    assert_eq!(verify_on(&mixed, 1).unwrap(), verify_on(&mixed, 5).unwrap());
}

#[test]
fn progress_rises_to_the_whole_and_can_stop_the_work() {
    let database = Database::made(Cipher::Aegis256, 65536, 60);
    for threads in [1, 3] {
        let threads = NonZeroUsize::new(threads).unwrap();
        let mut seen = Vec::new();
        let mut progress = |done, total| {
            seen.push((done, total));
            ControlFlow::Continue(())
        };
        let options = VerifyOptions::new().threads(threads).progress(&mut progress);
        verify_file(&database.path(), &database.key, options).unwrap();
        assert!(seen.len() > 3 && seen.is_sorted());
        assert_eq!(seen.last().unwrap(), &(database.length(), database.length()));

        let mut stop = |_, _| ControlFlow::Break(());
        let options = VerifyOptions::new().threads(threads).progress(&mut stop);
        let stopped = verify_file(&database.path(), &database.key, options);
        assert!(matches!(stopped, Err(Error::Cancelled)));
    }
}

#[test]
fn a_hot_journal_must_be_rolled_back_first() {
    let database = Database::made(Cipher::Aegis256, 4096, 3);
    fs::write(database.beside("db-journal"), b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7").unwrap();
    assert!(matches!(verify(&database), Err(Error::Locked(_))));
}
