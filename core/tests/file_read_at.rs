//! Reading any bytes of an encrypted database as of the plain one.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::sync::LazyLock;

use pagecrypt::file::{FileOptions, PageReader, decrypt_file};
use pagecrypt::page::wal::ByteOrder;
use pagecrypt::{Cipher, Error, Unit};
use proptest::prelude::*;

#[path = "support/databases.rs"]
mod databases;

use databases::{Database, LogWriter, sample};

/// A database of which decrypt_file has made a plain one.
struct Pair {
    _database: Database,
    reader: PageReader,
    plain: Vec<u8>,
}

impl Pair {
    fn of(database: Database) -> Self {
        let plain = database.beside("plain");
        decrypt_file(&database.path(), &plain, &database.key, FileOptions::new()).unwrap();
        let reader = PageReader::open(&database.path(), &database.key).unwrap();
        let plain = fs::read(plain).unwrap();
        assert_eq!(reader.length(), plain.len() as u64);
        Self { _database: database, reader, plain }
    }

    /// What decrypt_file wrote there is what read_at gives, and it touches nothing else of the buffer.
    fn check(&self, offset: usize, length: usize) {
        let start = offset.min(self.plain.len());
        let expected = &self.plain[start..offset.saturating_add(length).min(self.plain.len()).max(start)];
        let mut to = vec![0xa5; length];
        let read = self.reader.read_at(offset as u64, &mut to).unwrap();
        assert_eq!(read, expected.len(), "{offset} + {length}");
        assert!(to[..read] == *expected, "{offset} + {length}");
        assert!(to[read..].iter().all(|byte| *byte == 0xa5), "{offset} + {length}");
    }
}

/// Without a log, with one that Turso wrote, and with one that makes the database longer than its main file.
static PAIRS: LazyLock<Vec<Pair>> = LazyLock::new(|| {
    let longer = Database::made(Cipher::Aegis128l, 512, 9);
    let mut log = LogWriter::new(&longer, ByteOrder::Big, [7, 8]);
    for (page, commit_size) in [(2, 0), (10, 0), (4, 0), (5, 0), (11, 11)] {
        let plain: Vec<u8> = longer.plain_page(page, 11).iter().map(|byte| byte ^ 0x5a).collect();
        log.add(page, commit_size, &[&plain[..512 - 32], &[0; 32]].concat());
    }
    fs::write(longer.log_path(), &log.bytes).unwrap();
    let samples = ["aegis256-4096-small", "aegis256-4096-walmixed", "aes128gcm-512-small"];
    let pairs: Vec<_> =
        samples.iter().map(|name| sample(name).copy()).chain([longer]).map(Pair::of).collect();
    assert_eq!(pairs[1].reader.frames_applied(), 18);
    assert_eq!((pairs[3].reader.page_count(), pairs[3].reader.frames_applied()), (11, 5));
    pairs
});

#[test]
fn every_border_is_where_the_plain_file_has_it() {
    for pair in PAIRS.iter() {
        let (page, end) = (pair.reader.page_size(), pair.plain.len());
        let borders = [0, 1, page - 1, page, page + 1, 3 * page, end - page, end - 1, end, end + 1, end * 2];
        let lengths = [0, 1, 2, page - 1, page, page + 1, 2 * page, 3 * page + 1, end, end + page];
        for (offset, length) in borders.iter().flat_map(|border| lengths.map(|length| (*border, length))) {
            pair.check(offset, length);
        }
        for offset in [u64::MAX, u64::MAX - 1, u64::from(u32::MAX) * page as u64] {
            assert_eq!(pair.reader.read_at(offset, &mut [7; 100]).unwrap(), 0);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn any_bytes_are_those_of_the_plain_file(which in 0..4_usize, at in 0.0..1.1_f64, length in 0..20_000_usize) {
        let pair = &PAIRS[which];
        pair.check((at * pair.plain.len() as f64) as usize, length);
    }
}

#[test]
fn several_threads_read_at_once() {
    std::thread::scope(|scope| {
        for thread in 0..8_usize {
            scope.spawn(move || {
                for step in 0..200_usize {
                    let pair = &PAIRS[(thread + step) % PAIRS.len()];
                    let offset = (step * 7919 + thread * 104_729) % (pair.plain.len() + 100);
                    pair.check(offset, step * 61 % 9000);
                }
            });
        }
    });
}

#[test]
fn a_page_that_fails_takes_the_whole_read_with_it() {
    let database = Database::made(Cipher::Aegis256, 512, 8);
    databases::flip(&database.path(), 4 * 512 + 10, 1); // page 5
    let reader = PageReader::open(&database.path(), &database.key).unwrap();
    // Its first byte, its last, it as the first, in the middle, as the last, and before the end of the database.
    for (offset, length) in [
        (4 * 512, 1),
        (5 * 512 - 1, 1),
        (4 * 512 + 100, 1000),
        (100, 4000),
        (100, 4 * 512 - 99),
        (4 * 512 - 1, 99_999),
    ] {
        let mut to = vec![7; length];
        let refused = reader.read_at(offset, &mut to);
        let Err(Error::AuthenticationFailed(failures)) = refused else { panic!("{offset}: {refused:?}") };
        assert_eq!((failures.unit(), failures.numbers()), (Unit::Page, &[5][..]));
        assert!(to.iter().all(|byte| *byte == 0), "{offset} {length}");
    }
    for (offset, length) in [(0, 4 * 512), (5 * 512, 3 * 512), (4 * 512 - 1, 1)] {
        assert_eq!(reader.read_at(offset, &mut vec![7; length]).unwrap(), length);
    }
}
