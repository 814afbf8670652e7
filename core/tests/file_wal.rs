//! Write-ahead logs: what a crash or a checkpoint leaves behind is not damage, and nothing else passes for it.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::num::NonZeroUsize;

use pagecrypt::file::{FileOptions, LogReport, VerifyOptions, VerifyReport, decrypt_file, verify_file};
use pagecrypt::page::wal::ByteOrder;
use pagecrypt::{Cipher, Error, Key, Unit};

#[path = "support/databases.rs"]
mod databases;

use databases::{Database, LogWriter, flip, sample};

const PAGE: usize = 1024;
const SALTS: [u32; 2] = [5, 0x8765_4321];

fn verify(database: &Database) -> VerifyReport {
    let options = VerifyOptions::new().threads(NonZeroUsize::MIN);
    verify_file(&database.path(), &database.key, options).unwrap()
}

fn log(database: &Database) -> LogReport {
    verify(database).log.unwrap()
}

/// The plain database, or why there is none.
fn decrypt(database: &Database) -> Result<Vec<u8>, Error> {
    let plain = database.beside("plain");
    decrypt_file(&database.path(), &plain, &database.key, FileOptions::new().force(true))?;
    Ok(fs::read(plain).unwrap())
}

/// Page `page` of a database of `pages` pages in version `version`.
fn page(database: &Database, page: u32, pages: u32, version: u8) -> Vec<u8> {
    let mut plain = database.plain_page(page, pages);
    plain[200] = version;
    plain
}

/// Four pages in the main file. Committed in the log: pages 3 and 5 (which makes it five pages), then 1 and 3.
fn database(byte_order: ByteOrder) -> (Database, LogWriter) {
    let database = Database::made(Cipher::Aegis128l, PAGE, 4);
    let mut log = LogWriter::new(&database, byte_order, SALTS);
    log.add(3, 0, &page(&database, 3, 5, 1)).add(5, 5, &page(&database, 5, 5, 1));
    log.add(1, 0, &page(&database, 1, 5, 2)).add(3, 5, &page(&database, 3, 5, 2));
    fs::write(database.log_path(), &log.bytes).unwrap();
    (database, log)
}

/// What [`database`] is with its log.
fn expected(database: &Database) -> Vec<u8> {
    [(1, 2), (2, 2), (3, 2), (4, 4), (5, 1)]
        .into_iter()
        .flat_map(|(number, version)| match number {
            2 | 4 => database.plain_page(number, 5),
            _ => page(database, number, 5, version),
        })
        .collect()
}

#[test]
fn committed_frames_replace_pages_in_either_byte_order() {
    for byte_order in [ByteOrder::Little, ByteOrder::Big] {
        let (database, _) = database(byte_order);
        let report = verify(&database);
        assert!(report.is_intact());
        assert_eq!((report.pages, report.pages_checked), (5, 4));
        let log = report.log.unwrap();
        assert_eq!((log.frames, log.committed, log.uncommitted, log.stale, log.torn_bytes), (4, 4, 0, 0, 0));
        assert_eq!(decrypt(&database).unwrap(), expected(&database));
    }
}

#[test]
fn what_a_crash_leaves_is_not_damage() {
    let (database, writer) = database(ByteOrder::Little);
    let committed = writer.bytes.len();
    let mut writer = writer;
    writer.add(2, 0, &page(&database, 2, 5, 3)).add(4, 0, &page(&database, 4, 5, 3));
    let whole = writer.bytes.clone();
    let frame = PAGE + 24;
    // The transaction did not end: uncommitted frames, and a part of one.
    for (length, uncommitted) in [
        (committed, 0),
        (committed + 1, 0),
        (committed + 24, 0),
        (committed + frame - 1, 0),
        (committed + frame, 1),
        (committed + frame + 30, 1),
        (whole.len(), 2),
    ] {
        fs::write(database.log_path(), &whole[..length]).unwrap();
        let report = log(&database);
        assert!(report.damaged.is_empty(), "{length}");
        assert_eq!((report.committed, report.uncommitted), (4, uncommitted), "{length}");
        assert_eq!(report.torn_bytes, ((length - committed) % frame) as u64);
        assert!(verify(&database).is_intact());
        assert_eq!(decrypt(&database).unwrap(), expected(&database), "{length}");
    }
    // The last frame was written in part, or not at all: zeros or what was there before.
    for torn in [vec![0; frame], vec![0x5a; frame], [&whole[committed + frame..][..500], &[0; 548]].concat()]
    {
        fs::write(database.log_path(), [&whole[..committed + frame], &torn].concat()).unwrap();
        let report = log(&database);
        assert!(report.damaged.is_empty());
        assert_eq!((report.committed, report.frames), (4, 6));
        assert_eq!(report.uncommitted + report.stale, 2);
        assert_eq!(decrypt(&database).unwrap(), expected(&database));
    }
    // Nothing was committed yet, or the header was not written whole.
    fs::write(database.log_path(), &whole[..32 + frame]).unwrap();
    let main = (1..=4).flat_map(|page| database.plain_page(page, 4)).collect::<Vec<_>>();
    assert_eq!((log(&database).committed, log(&database).uncommitted), (0, 1));
    assert_eq!(decrypt(&database).unwrap(), main);
    for length in [32, 31, 1] {
        fs::write(database.log_path(), &whole[..length]).unwrap();
        assert_eq!(log(&database).torn_bytes, length as u64 % 32);
        assert_eq!(decrypt(&database).unwrap(), main);
    }
    fs::write(database.log_path(), b"").unwrap();
    assert_eq!(verify(&database).log, None);
    assert_eq!(decrypt(&database).unwrap(), main);
}

#[test]
fn frames_from_before_a_checkpoint_count_for_nothing() {
    let (database, _) = database(ByteOrder::Little);
    let old = fs::read(database.log_path()).unwrap();
    let mut writer = LogWriter::new(&database, ByteOrder::Little, [SALTS[0] + 1, 0x1234_5678]);
    writer.add(2, 4, &page(&database, 2, 4, 7));
    // Damage in them is not looked for.
    for damage in [None, Some(writer.bytes.len() + 300)] {
        let mut bytes = [&writer.bytes[..], &old[writer.bytes.len()..]].concat();
        damage.into_iter().for_each(|at| bytes[at] ^= 1);
        fs::write(database.log_path(), bytes).unwrap();
        let report = verify(&database);
        assert!(report.is_intact());
        assert_eq!(report.pages, 4);
        let log = report.log.unwrap();
        assert_eq!((log.frames, log.committed, log.uncommitted, log.stale), (4, 1, 0, 3));
        let plain = decrypt(&database).unwrap();
        assert_eq!((plain.len(), plain[PAGE + 200]), (4 * PAGE, 7));
    }
    // Only the header was written after the checkpoint.
    let header = LogWriter::new(&database, ByteOrder::Little, [SALTS[0] + 1, 1]).bytes;
    fs::write(database.log_path(), [&header, &old[32..]].concat()).unwrap();
    assert_eq!((log(&database).stale, log(&database).committed), (4, 0));
    assert!(verify(&database).is_intact());
}

#[test]
fn every_flipped_byte_of_a_committed_log_is_damage_in_its_frame() {
    let (database, writer) = database(ByteOrder::Little);
    let intact = writer.bytes.clone();
    for at in 0..intact.len() {
        let frame = at.checked_sub(32).map(|at| at / (PAGE + 24) + 1);
        if frame.is_some() && (at - 32) % (PAGE + 24) > 130 && at % 37 != 0 {
            continue;
        }
        // Frames that stand before the damage keep their place; the checksum of one is the seed of the next.
        flip(&database.log_path(), at as u64, 0x10);
        let report = verify(&database);
        let log = report.log.as_ref().unwrap();
        let refused = decrypt(&database).unwrap_err();
        match frame {
            None => {
                assert!(log.problem.is_some(), "byte {at}");
                assert!(matches!(refused, Error::Malformed(_)), "byte {at}: {refused}");
                assert!(matches!(report.error(), Some(Error::Malformed(_))), "byte {at}");
            }
            Some(frame) => {
                let in_checksum = (16..24).contains(&((at - 32) % (PAGE + 24)));
                let last = if in_checksum { (frame + 1).min(4) } else { frame };
                assert_eq!(log.damaged.ranges(), [frame as u32..=last as u32], "byte {at}");
                assert!(log.committed < frame as u64, "byte {at}");
                for error in [report.error().unwrap(), refused] {
                    let Error::AuthenticationFailed(failures) = error else { panic!("byte {at}: {error}") };
                    assert_eq!((failures.unit(), failures.first()), (Unit::Frame, frame as u64), "byte {at}");
                }
            }
        }
        flip(&database.log_path(), at as u64, 0x10);
    }
    assert!(verify(&database).is_intact());
}

#[test]
fn damage_of_turso_s_own_log_is_found() {
    let database = sample("aegis256-4096-walmixed").copy();
    for frame in [1, 7, 18] {
        for at in [0, 3, 7, 8, 15, 16, 23, 24, 30, 124, 4000, 4119] {
            let at = 32 + (frame - 1) * (4096 + 24) + at;
            flip(&database.log_path(), at, 0x80);
            let report = verify(&database);
            assert!(report.damaged_pages.is_empty());
            assert_eq!(report.log.as_ref().unwrap().damaged.first(), Some(frame as u32), "byte {at}");
            assert!(decrypt(&database).is_err());
            flip(&database.log_path(), at, 0x80);
        }
    }
}

#[test]
fn frames_that_are_authentic_in_another_place_are_damage() {
    let (database, writer) = database(ByteOrder::Little);
    let frame = |number| writer.frame_at(number)..writer.frame_at(number + 1);
    // Two frames exchanged; one repeated over another; one more put behind the end; one left out.
    let mut exchanged = writer.bytes.clone();
    exchanged[frame(1)].copy_from_slice(&writer.bytes[frame(3)]);
    exchanged[frame(3)].copy_from_slice(&writer.bytes[frame(1)]);
    let mut repeated = writer.bytes.clone();
    repeated[frame(3)].copy_from_slice(&writer.bytes[frame(1)]);
    let appended = [&writer.bytes[..], &writer.bytes[frame(1)]].concat();
    let left_out = [&writer.bytes[..writer.frame_at(2)], &writer.bytes[writer.frame_at(3)..]].concat();
    // As the forger of a frame would, who cannot seal: the page of another frame under a new number.
    let mut renumbered = writer.bytes.clone();
    renumbered[writer.frame_at(4) + 3] = 2;
    // The last commit undone.
    let mut unmarked = writer.bytes.clone();
    unmarked[writer.frame_at(4) + 7] = 0;
    for (name, bytes, first) in [
        ("unmarked", unmarked, 4),
        ("exchanged", exchanged, 1),
        ("repeated", repeated, 3),
        ("appended", appended, 5),
        ("left out", left_out, 2),
        ("renumbered", renumbered, 4),
    ] {
        fs::write(database.log_path(), bytes).unwrap();
        let report = verify(&database);
        assert_eq!(report.log.as_ref().unwrap().damaged.first(), Some(first), "{name}");
        assert_eq!(report.error().unwrap().code().exit_code(), 4, "{name}");
        assert!(matches!(decrypt(&database), Err(Error::AuthenticationFailed(_))), "{name}");
    }
}

#[test]
fn a_log_of_another_database_is_refused() {
    let (database, _) = database(ByteOrder::Little);
    // Same page size, another key: checksums hold, pages do not open.
    let mut other = Database::made(Cipher::Aegis128l, PAGE, 4);
    other.key = Key::generate(Cipher::Aegis128l).unwrap();
    let mut writer = LogWriter::new(&other, ByteOrder::Little, SALTS);
    writer.add(2, 0, &other.plain_page(2, 4)).add(3, 4, &other.plain_page(3, 4));
    fs::write(database.log_path(), &writer.bytes).unwrap();
    assert_eq!(log(&database).damaged.to_string(), "1-2");
    assert!(matches!(decrypt(&database), Err(Error::AuthenticationFailed(_))));
    // Another page size.
    let other = Database::made(Cipher::Aegis128l, 4096, 4);
    let mut writer = LogWriter::new(&other, ByteOrder::Little, SALTS);
    writer.add(2, 4, &other.plain_page(2, 4));
    fs::write(database.log_path(), &writer.bytes).unwrap();
    assert!(log(&database).problem.is_some() && !verify(&database).is_intact());
    assert!(matches!(decrypt(&database), Err(Error::Malformed(_))));
}

#[test]
fn a_main_file_that_a_checkpoint_left_half_written_is_whole_with_its_log() {
    let (database, _) = database(ByteOrder::Little);
    let expected = expected(&database);
    // Page 1 says five pages already; the fifth is only in the log, or in part in the file.
    let mut first = page(&database, 1, 5, 2);
    database.codec().seal_pages(1, &mut first).unwrap();
    let main = [&first, &database.read()[PAGE..]].concat();
    for extra in [0, 1, PAGE - 1] {
        database.write(&[&main[..], &vec![0; extra]].concat());
        assert!(verify(&database).is_intact(), "{extra}");
        assert_eq!(decrypt(&database).unwrap(), expected, "{extra}");
    }
    // Without the log, the fifth page is missing.
    fs::remove_file(database.log_path()).unwrap();
    assert_eq!(verify(&database).missing_pages.to_string(), "5");
}

#[test]
fn frames_prove_the_key_where_the_main_file_cannot() {
    let database = Database::made(Cipher::Aegis256x4, PAGE, 1);
    let mut writer = LogWriter::new(&database, ByteOrder::Little, SALTS);
    writer.add(1, 0, &page(&database, 1, 2, 1)).add(2, 2, &page(&database, 2, 2, 1));
    fs::write(database.log_path(), &writer.bytes).unwrap();
    let intact = database.read();
    for damage in [500..501, 0..100, 0..PAGE] {
        let mut damaged = intact.clone();
        damaged[damage.clone()].iter_mut().for_each(|byte| *byte ^= 0x77);
        database.write(&damaged);
        let report = verify(&database);
        assert_eq!(report.damaged_pages.to_string(), "1", "{damage:?}");
        assert_eq!((report.cipher, report.pages), (Cipher::Aegis256x4, 2));
    }
    let mut other = database;
    other.key = Key::generate(Cipher::Aegis256x4).unwrap();
    other.write(&intact);
    let refused = verify_file(&other.path(), &other.key, VerifyOptions::new());
    assert!(matches!(refused, Err(Error::WrongKey { only_page: false })), "{refused:?}");
}

#[test]
fn damage_behind_the_log_s_pages_is_still_named() {
    // The log replaces page 3, and a copy of the file without its log would miss it.
    let (database, _) = database(ByteOrder::Little);
    flip(&database.path(), 2 * PAGE as u64 + 5, 1);
    assert_eq!(verify(&database).damaged_pages.to_string(), "3");
    assert_eq!(decrypt(&database).unwrap(), expected(&database));
}
