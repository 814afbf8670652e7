//! Making plain databases of encrypted ones.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::ops::ControlFlow;
use std::os::unix::fs::{FileExt, PermissionsExt};

use pagecrypt::file::{FileOptions, PageReader, Summary, Way, decrypt_file};
use pagecrypt::page::pending_byte_page;
use pagecrypt::{Cipher, Error, Key, Unit};
use sha2::{Digest, Sha256};

#[path = "support/databases.rs"]
mod databases;

use databases::{Database, flip, sample, samples};

fn decrypt(database: &Database, options: FileOptions<'_>) -> Result<Summary, Error> {
    decrypt_file(&database.path(), &database.beside("plain"), &database.key, options)
}

#[test]
fn what_turso_wrote_becomes_the_pages_it_should() {
    for sample in samples() {
        let database = sample.copy();
        let before: Vec<_> =
            database.names().iter().map(|name| fs::read(database.beside(name)).unwrap()).collect();
        let names = database.names();
        let summary = decrypt(&database, FileOptions::new()).unwrap();
        let plain = fs::read(database.beside("plain")).unwrap();
        assert_eq!(hex::encode(Sha256::digest(&plain)), sample.decrypted_sha256, "{}", sample.name);
        assert_eq!(summary.pages, sample.page_count);
        assert_eq!(summary.bytes(), plain.len() as u64);
        assert_eq!((summary.cipher, summary.way), (sample.cipher(), Way::Opened));
        assert_eq!([summary.source_page_size, summary.page_size], [sample.page_size; 2]);
        assert!(!summary.grew());
        assert_eq!(summary.frames_applied, if sample.files.len() == 2 { 18 } else { 0 });
        let after: Vec<_> = names.iter().map(|name| fs::read(database.beside(name)).unwrap()).collect();
        assert_eq!(before, after, "{}: the source changed", sample.name);
    }
}

#[test]
fn refusals_leave_nothing_behind() {
    let sample = sample("aes256gcm-4096-small");
    let mut database = sample.copy();
    let whole = database.read();
    database.key = Key::generate(Cipher::Aes256Gcm).unwrap();
    assert!(matches!(decrypt(&database, FileOptions::new()), Err(Error::WrongKey { only_page: false })));
    database.key = Key::generate(Cipher::Aegis128l).unwrap();
    assert!(matches!(
        decrypt(&database, FileOptions::new()),
        Err(Error::KeyLength { expected: 32, got: 16 })
    ));
    database.key = sample.key();
    for length in [whole.len() - 1, whole.len() - 4096, 4096, 100, 0] {
        database.write(&whole[..length]);
        let refused = decrypt(&database, FileOptions::new()).unwrap_err();
        assert!(matches!(refused, Error::Malformed(_)), "cut to {length}: {refused}");
    }
    for foreign in [1, 4096] {
        database.write(&[&whole[..], &vec![1; foreign]].concat());
        assert!(matches!(decrypt(&database, FileOptions::new()), Err(Error::Malformed(_))));
    }
    database.write(&vec![0; 8192]);
    assert!(matches!(decrypt(&database, FileOptions::new()), Err(Error::UnsupportedFormat(_))));
    database.write(&[b"SQLite format 3\0", &whole[16..]].concat()[..4096 * 2]);
    // Its pages open: it is damaged, not plain.
    assert!(matches!(decrypt(&database, FileOptions::new()), Err(Error::AuthenticationFailed(_))));
    assert_eq!(database.names(), ["db"]);
}

#[test]
fn any_number_of_pages_comes_out_whole_and_in_order() {
    for (page_size, numbers) in [
        (512, &[1, 2, 511, 512, 513, 2049][..]),
        (4096, &[1, 63, 64, 65, 200]),
        (65536, &[1, 15, 16, 17, 33]),
    ] {
        for &pages in numbers {
            let database = Database::made(Cipher::Aegis128l, page_size, pages);
            assert_eq!(decrypt(&database, FileOptions::new()).unwrap().pages, pages);
            let plain = fs::read(database.beside("plain")).unwrap();
            let expected = (1..=pages).flat_map(|page| database.plain_page(page, pages));
            assert!(plain.into_iter().eq(expected), "{pages} pages of {page_size} bytes");
        }
    }
}

#[test]
fn damage_midway_is_named_by_the_first_page_and_leaves_the_destination_as_it_was() {
    let database = Database::made(Cipher::Aegis128l, 4096, 1500);
    fs::write(database.beside("plain"), b"precious").unwrap();
    for page in [1400, 1100, 700, 699, 2] {
        flip(&database.path(), (page - 1) * 4096 + 77, 4);
        for _ in 0..4 {
            match decrypt(&database, FileOptions::new().force(true)) {
                Err(Error::AuthenticationFailed(failures)) => {
                    assert_eq!((failures.unit(), failures.first()), (Unit::Page, page));
                }
                other => panic!("page {page}: {other:?}"),
            }
            assert_eq!(database.names(), ["db", "plain"]);
            assert_eq!(fs::read(database.beside("plain")).unwrap(), b"precious");
        }
    }
}

#[test]
fn stops_when_told_to() {
    let database = Database::made(Cipher::Aegis128l, 512, 2000);
    let mut calls = 0;
    let mut progress = |done, total| {
        calls += 1;
        assert!(done <= total && total == 2000 * 512);
        if calls == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let stopped = decrypt(&database, FileOptions::new().progress(&mut progress));
    assert!(matches!(stopped, Err(Error::Cancelled)));
    assert_eq!(calls, 2);
    assert_eq!(database.names(), ["db"]);
}

#[test]
fn the_destination_is_private_and_replaced_only_by_force() {
    let database = Database::made(Cipher::Aegis256, 4096, 3);
    fs::write(database.beside("plain"), b"precious").unwrap();
    assert!(matches!(decrypt(&database, FileOptions::new()), Err(Error::FileExists)));
    assert_eq!(fs::read(database.beside("plain")).unwrap(), b"precious");
    decrypt(&database, FileOptions::new().force(true)).unwrap();
    let plain = fs::read(database.beside("plain")).unwrap();
    assert_eq!(plain, (1..=3).flat_map(|page| database.plain_page(page, 3)).collect::<Vec<_>>());
    assert_eq!(fs::metadata(database.beside("plain")).unwrap().permissions().mode() & 0o777, 0o600);
    let itself =
        decrypt_file(&database.path(), &database.path(), &database.key, FileOptions::new().force(true));
    assert!(matches!(itself, Err(Error::Destination(_))));
}

#[test]
fn a_file_whose_writer_kept_no_count_has_the_pages_it_holds() {
    let database = Database::made(Cipher::Aegis256, 1024, 6);
    let mut page = database.plain_page(1, 4);
    page[95] = 8; // another counter: the count is of another time
    database.codec().seal_pages(1, &mut page).unwrap();
    database.write(&[&page, &database.read()[1024..]].concat());
    assert_eq!(decrypt(&database, FileOptions::new()).unwrap().pages, 6);
}

#[test]
fn pages_are_read_in_any_order_by_several_threads() {
    let sample = sample("aegis256-4096-walmixed");
    let database = sample.copy();
    decrypt(&database, FileOptions::new()).unwrap();
    let plain = fs::read(database.beside("plain")).unwrap();
    let reader = PageReader::open(&database.path(), &database.key).unwrap();
    assert_eq!((reader.page_count(), reader.page_size()), (24, 4096));
    std::thread::scope(|scope| {
        for thread in 1..=4 {
            let (reader, plain) = (&reader, &plain);
            scope.spawn(move || {
                for first in 1..=24_u32 {
                    let first = first * thread % 25 + u32::from(first * thread % 25 == 0);
                    for count in 0..=(25 - first) as usize {
                        let mut pages = vec![7; count * 4096];
                        reader.read_pages(first, &mut pages).unwrap();
                        let start = (first as usize - 1) * 4096;
                        assert_eq!(pages, plain[start..start + pages.len()], "{first} {count}");
                    }
                }
            });
        }
    });
    reader.check_unchanged().unwrap();
    let mut pages = [7; 4096];
    for number in [0, 25, u32::MAX] {
        assert!(matches!(reader.read_pages(number, &mut pages), Err(Error::PageNumber)));
    }
    assert!(matches!(reader.read_pages(24, &mut [0; 8192]), Err(Error::PageNumber)));
    assert!(matches!(reader.read_pages(1, &mut [0; 4095]), Err(Error::BufferLength { .. })));
}

#[test]
fn a_page_that_fails_takes_the_whole_read_with_it() {
    let database = Database::made(Cipher::Aegis128l, 512, 8);
    flip(&database.path(), 4 * 512 + 10, 1);
    let reader = PageReader::open(&database.path(), &database.key).unwrap();
    let mut pages = vec![7; 8 * 512];
    let Err(Error::AuthenticationFailed(failures)) = reader.read_pages(1, &mut pages) else { panic!() };
    assert_eq!((failures.unit(), failures.numbers()), (Unit::Page, &[5][..]));
    assert!(pages.iter().all(|byte| *byte == 0));
    reader.read_pages(1, &mut pages[..4 * 512]).unwrap();
    reader.read_pages(6, &mut pages[..3 * 512]).unwrap();
}

#[test]
fn files_that_change_meanwhile_are_noticed() {
    let database = Database::made(Cipher::Aegis256, 4096, 4);
    let whole = database.read();
    let reader = PageReader::open(&database.path(), &database.key).unwrap();
    database.set_length(8192);
    let mut pages = vec![7; 4096];
    assert!(matches!(reader.read_pages(3, &mut pages), Err(Error::Locked(_))));
    assert!(matches!(reader.check_unchanged(), Err(Error::Locked(_))));

    database.write(&whole);
    let mut cut = |_, _| {
        database.set_length(8192);
        ControlFlow::Continue(())
    };
    let refused = decrypt(&database, FileOptions::new().progress(&mut cut));
    assert!(matches!(refused, Err(Error::Locked(_))));
    assert_eq!(database.names(), ["db"]);
}

#[test]
fn the_pending_byte_page_is_zero_and_may_be_a_hole() {
    let page_size = 65536;
    let pending = pending_byte_page(page_size).unwrap();
    // Sparse: only page 1 and the last page are there. One file ends before the page that is never used.
    for (pages, in_file) in [(pending + 1, pending + 1), (pending, pending), (pending, pending - 1)] {
        let database = Database::made(Cipher::Aegis128l, page_size, 1);
        let mut first = database.plain_page(1, pages);
        database.codec().seal_pages(1, &mut first).unwrap();
        database.write(&first);
        database.set_length(u64::from(in_file) * page_size as u64);
        let last = database.plain_page(pending + 1, pages);
        if pages > pending {
            let mut sealed = last.clone();
            database.codec().seal_pages(pages, &mut sealed).unwrap();
            let file = fs::OpenOptions::new().write(true).open(database.path()).unwrap();
            file.write_all_at(&sealed, u64::from(pending) * page_size as u64).unwrap();
        }
        let reader = PageReader::open(&database.path(), &database.key).unwrap();
        assert_eq!(reader.page_count(), pages);
        let mut read = vec![7; (pages - pending + 1) as usize * page_size];
        reader.read_pages(pending, &mut read).unwrap();
        assert!(read[..page_size].iter().all(|byte| *byte == 0));
        assert!(pages == pending || read[page_size..] == last);
        // Other holes are damage.
        assert!(matches!(reader.read_pages(2, &mut read[..page_size]), Err(Error::AuthenticationFailed(_))));
        assert!(matches!(
            reader.read_pages(pending - 1, &mut read[..page_size]),
            Err(Error::AuthenticationFailed(_))
        ));
    }
}
