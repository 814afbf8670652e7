//! Repacking, checked by SQLite, and against input that is not what it says.

use std::fs;
use std::path::Path;

use pagecrypt::Error;
use rusqlite::Connection;

use super::{Pages, Repacked, Sink, repack};

#[path = "../../tests/suite/contents.rs"]
mod contents;
#[path = "../../tests/suite/databases.rs"]
mod databases;

use contents::{Contents, contents};
use databases::{KINDS, kind, make};

/// A database in memory.
struct Memory {
    bytes: Vec<u8>,
    page_size: usize,
    reads: usize,
}

impl Memory {
    fn new(bytes: Vec<u8>) -> Self {
        let page_size = match u16::from_be_bytes([bytes[16], bytes[17]]) {
            1 => 65536,
            size => size.into(),
        };
        Self { bytes, page_size, reads: 0 }
    }
}

impl Pages for Memory {
    fn page_size(&self) -> usize {
        self.page_size
    }

    fn page_count(&self) -> u32 {
        (self.bytes.len() / self.page_size) as u32
    }

    fn read(&mut self, number: u32, page: &mut [u8]) -> Result<(), Error> {
        self.reads += 1;
        let start = (number - 1) as usize * self.page_size;
        page.copy_from_slice(&self.bytes[start..start + self.page_size]);
        Ok(())
    }
}

impl Sink for Vec<u8> {
    fn write(&mut self, offset: u64, bytes: &[u8]) -> Result<(), Error> {
        let end = offset as usize + bytes.len();
        if self.len() < end {
            self.resize(end, 0);
        }
        self[offset as usize..end].copy_from_slice(bytes);
        Ok(())
    }
}

fn repacked(bytes: Vec<u8>, reserved: usize) -> Result<Vec<u8>, Error> {
    let mut from = Memory::new(bytes);
    let mut to = Vec::new();
    let Repacked { pages } = repack(&mut from, &mut to, reserved)?;
    to.resize(pages as usize * from.page_size, 0);
    // The schema is read twice, every other page once; and the first page once more for its header.
    assert!(from.reads <= 2 * from.page_count() as usize + 1);
    Ok(to)
}

fn contents_in(folder: &Path, bytes: &[u8]) -> Contents {
    let path = folder.join("repacked.db");
    fs::write(&path, bytes).unwrap();
    contents(&path)
}

#[test]
fn every_kind_of_database_keeps_its_content_under_other_reserved_bytes() {
    let folder = tempfile::tempdir().unwrap();
    for (number, kind) in KINDS.iter().enumerate() {
        let path = folder.path().join(format!("{number}.db"));
        make(kind, &path);
        let before = contents(&path);
        let bytes = fs::read(&path).unwrap();
        for reserved in [0, 28, 32, 48, 64, 255] {
            let least_usable = if reserved == 48 { 464 } else { 480 };
            if kind.page_size - reserved < least_usable {
                continue;
            }
            let case = format!("{}, then {reserved} reserved", kind.name);
            let there = repacked(bytes.clone(), reserved).expect(&case);
            assert_eq!(usize::from(there[20]), reserved, "{case}");
            if kind.page_size - reserved >= 480 {
                assert!(contents_in(folder.path(), &there) == before, "{case}");
            }
            let back = repacked(there, 0).expect(&case);
            assert!(contents_in(folder.path(), &back) == before, "{case}, and back");
        }
    }
}

/// Around the numbers of rows at which trees get another page or level, every page keeps a cell.
#[test]
fn trees_of_every_small_size_are_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("growing.db");
    let connection = Connection::open(&path).unwrap();
    connection
        .execute_batch(
            "PRAGMA page_size = 512; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
             CREATE TABLE t(id INTEGER PRIMARY KEY, a); CREATE INDEX i ON t(a);",
        )
        .unwrap();
    for rows in 0..400 {
        // Lengths around those at which a record needs an overflow page.
        let length = 80 + rows % 60;
        connection.execute("INSERT INTO t VALUES (?1, randomblob(?2))", [rows * rows, length]).unwrap();
        if rows % 3 == 0 || rows < 60 {
            let before = contents::contents_of(&connection);
            let there = repacked(fs::read(&path).unwrap(), 48).unwrap();
            let back = repacked(there, 0).unwrap();
            assert!(contents_in(folder.path(), &back) == before, "{rows} rows");
        }
    }
}

/// Bytes that anyone could have written: an answer, no panic, and no more work than there are pages.
#[test]
fn damaged_databases_give_errors_or_other_databases() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("whole.db");
    for auto_vacuum in ["NONE", "FULL"] {
        let connection = Connection::open(&path).unwrap();
        connection
            .execute_batch(&format!(
                "PRAGMA page_size = 512; PRAGMA auto_vacuum = {auto_vacuum};
                 CREATE TABLE t(id INTEGER PRIMARY KEY, a); CREATE INDEX i ON t(a);
                 WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40)
                   INSERT INTO t SELECT i, randomblob(i * 20) FROM n;
                 CREATE TABLE w(a PRIMARY KEY, b) WITHOUT ROWID; INSERT INTO w SELECT a, id FROM t;"
            ))
            .unwrap();
        drop(connection);
        let whole = fs::read(&path).unwrap();
        let mut refused = 0;
        for page in 0..whole.len() / 512 {
            let header = if page == 0 { 100 } else { 0 };
            for at in (header..header + 24).chain([450, 480]) {
                for value in [0, 5, 0x7f, 0xff] {
                    let mut damaged = whole.clone();
                    damaged[page * 512 + at] = value;
                    refused += usize::from(repacked(damaged, 0).is_err());
                }
            }
        }
        assert!(refused > 100, "{refused}");
        fs::remove_file(&path).unwrap();
    }
}

#[test]
fn trees_that_run_in_circles_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("whole.db");
    make(kind("pages of 512 bytes"), &path);
    let whole = fs::read(&path).unwrap();
    let mut refused = 0;
    for page in 1..whole.len() / 512 {
        let start = page * 512;
        if matches!(whole[start], 2 | 5) {
            let mut damaged = whole.clone();
            // The rightmost child is the page itself.
            damaged[start + 8..start + 12].copy_from_slice(&(page as u32 + 1).to_be_bytes());
            assert!(matches!(repacked(damaged, 0), Err(Error::Malformed(_))));
            refused += 1;
        }
    }
    assert!(refused > 2);
}
