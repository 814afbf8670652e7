//! One flipped byte, in every region of a database: it is found, located, and never taken for a wrong key.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;
use std::num::NonZeroUsize;

use pagecrypt::file::{FileOptions, HeaderField, VerifyOptions, VerifyReport, decrypt_file, verify_file};
use pagecrypt::{Cipher, Error, Key, Unit};

#[path = "support/databases.rs"]
mod databases;

use databases::{Database, flip, samples};

fn verify(database: &Database) -> Result<VerifyReport, Error> {
    verify_file(&database.path(), &database.key, VerifyOptions::new().threads(NonZeroUsize::MIN))
}

/// Byte offsets in a page: each near a boundary of its layout, and a sample of the rest.
fn offsets(database: &Database, page: u64) -> BTreeSet<u64> {
    let (size, cipher) = (database.page_size as u64, database.key.cipher());
    let tag = size - cipher.reserved_length() as u64;
    let nonce = size - cipher.nonce_length() as u64;
    let mut offsets: BTreeSet<u64> = [0, tag, nonce, size]
        .into_iter()
        .flat_map(|boundary| boundary.saturating_sub(2)..boundary + 2)
        .filter(|at| *at < size)
        .collect();
    offsets.extend((0..8).map(|index| (index * 7919 + page * 31) % size));
    if page == 1 {
        offsets.extend(0..104);
    }
    offsets
}

#[test]
fn every_flipped_byte_of_a_larger_file_is_damage_in_its_place() {
    for sample in samples() {
        let database = sample.copy();
        let pages = database.length() / sample.page_size as u64;
        for page in [1, 2, pages / 2, pages - 1, pages] {
            for at in offsets(&database, page) {
                let offset = (page - 1) * sample.page_size as u64 + at;
                // One bit, and all of them, which makes another cipher or page size of some bytes.
                for bits in [0x01, 0xff] {
                    flip(&database.path(), offset, bits);
                    let result = verify(&database);
                    let place =
                        format!("{}: page {page}, byte {at}, bits {bits:02x}: {result:?}", sample.name);
                    let report = result.unwrap_or_else(|_| panic!("{place}"));
                    assert_eq!(report.damaged_pages.to_string(), page.to_string(), "{place}");
                    assert_eq!(
                        (report.cipher, report.page_size),
                        (sample.cipher(), sample.page_size),
                        "{place}"
                    );
                    let header = if page == 1 { field_at(at) } else { None };
                    assert_eq!(report.damaged_header, Vec::from_iter(header), "{place}");
                    let Some(Error::AuthenticationFailed(failures)) = report.error() else {
                        panic!("{place}")
                    };
                    assert_eq!((failures.unit(), failures.numbers()), (Unit::Page, &[page][..]), "{place}");
                    flip(&database.path(), offset, bits);
                }
            }
        }
        assert!(verify(&database).unwrap().is_intact());
    }
}

fn field_at(at: u64) -> Option<HeaderField> {
    match at {
        0..5 => Some(HeaderField::Magic),
        5 => Some(HeaderField::Version),
        6 => Some(HeaderField::Cipher),
        7..16 => Some(HeaderField::Zeros),
        16..18 => Some(HeaderField::PageSize),
        20 => Some(HeaderField::ReservedLength),
        _ => None,
    }
}

#[test]
fn in_a_file_of_one_page_only_the_header_can_be_put_right() {
    for cipher in [Cipher::Aes128Gcm, Cipher::Aegis256, Cipher::Aegis128x4] {
        let database = Database::made(cipher, 2048, 1);
        for at in offsets(&database, 1) {
            flip(&database.path(), at, 0x20);
            let result = verify(&database);
            match (field_at(at), result) {
                (Some(field), Ok(report)) => {
                    assert_eq!(report.damaged_header, [field], "byte {at}");
                    assert_eq!(report.damaged_pages.to_string(), "1", "byte {at}");
                }
                (None, Err(Error::WrongKey { only_page: true })) => {}
                (_, result) => panic!("{cipher}, byte {at}: {result:?}"),
            }
            flip(&database.path(), at, 0x20);
        }
    }
}

#[test]
fn a_damaged_header_names_every_value_it_should_not() {
    let database = Database::made(Cipher::Aegis256, 1024, 4);
    let intact = database.read();
    // Every cipher number, every power of two, and what is neither.
    let cases = (0..=255)
        .map(|byte| (6, vec![byte]))
        .chain((9..=16).map(|power| (16, u16::try_from(1_u32 << power).unwrap_or(1).to_be_bytes().to_vec())));
    for (at, bytes) in cases {
        let mut damaged = intact.clone();
        damaged[at..at + bytes.len()].copy_from_slice(&bytes);
        if damaged == intact {
            continue;
        }
        database.write(&damaged);
        let report = verify(&database).unwrap();
        assert_eq!(report.damaged_header, Vec::from_iter(field_at(at as u64)), "{at}: {bytes:?}");
        assert_eq!(report.cipher, Cipher::Aegis256);
    }
}

#[test]
fn a_header_that_is_gone_is_damage_while_pages_open() {
    let database = Database::made(Cipher::Aegis128x2, 4096, 20);
    let intact = database.read();
    for length in [20, 100, 4096] {
        let mut damaged = intact.clone();
        damaged[..length].fill(0xee);
        database.write(&damaged);
        let report = verify(&database).unwrap();
        assert_eq!((report.cipher, report.page_size), (Cipher::Aegis128x2, 4096), "{length}");
        assert_eq!(report.damaged_pages.to_string(), "1");
    }
    // All but one page, wherever it is among the sixteen that are tried.
    let mut damaged = intact.clone();
    damaged[..19 * 4096].fill(0xee);
    database.write(&damaged);
    assert_eq!(verify(&database).unwrap().damaged_pages.to_string(), "1-19");
    damaged.fill(0xee);
    database.write(&damaged);
    assert!(matches!(verify(&database), Err(Error::UnsupportedFormat(_))));
}

#[test]
fn damage_of_page_1_under_another_key_is_a_wrong_key_or_no_database() {
    let mut database = Database::made(Cipher::Aegis256, 4096, 20);
    database.key = Key::generate(Cipher::Aegis256).unwrap();
    for (at, code) in [(50, 3), (2000, 3), (2, 5), (5, 5), (6, 5), (10, 4), (16, 4), (20, 4)] {
        flip(&database.path(), at, 0xa0);
        let refused = verify(&database).unwrap_err();
        assert_eq!(refused.code().exit_code(), code, "byte {at}: {refused}");
        flip(&database.path(), at, 0xa0);
    }
}

#[test]
fn decrypting_damaged_databases_leaves_nothing_behind() {
    for sample in samples() {
        let database = sample.copy();
        let before = database.names();
        let pages = database.length() / sample.page_size as u64;
        // The sample with a log has these pages in the main file only.
        for page in [1, 3, pages] {
            for at in offsets(&database, page).into_iter().step_by(5) {
                let offset = (page - 1) * sample.page_size as u64 + at;
                flip(&database.path(), offset, 0x08);
                let refused = decrypt_file(
                    &database.path(),
                    &database.beside("plain"),
                    &database.key,
                    FileOptions::new(),
                )
                .unwrap_err();
                let place = format!("{}: page {page}, byte {at}: {refused}", sample.name);
                let Error::AuthenticationFailed(failures) = refused else { panic!("{place}") };
                assert_eq!((failures.unit(), failures.first()), (Unit::Page, page), "{place}");
                assert_eq!(database.names(), before);
                flip(&database.path(), offset, 0x08);
            }
        }
    }
}
