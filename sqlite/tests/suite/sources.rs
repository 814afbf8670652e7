//! Sources that other programs use, or left in a hurry: they are only read, and what is committed is taken.

use std::fs;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::Duration;

use pagecrypt::file::FileOptions;
use pagecrypt::{Cipher, Error, Key, LockedBy};
use pagecrypt_sqlite::{Summary, encrypt_file};
use rusqlite::Connection;
use tempfile::TempDir;

use super::contents::{contents, contents_of};
use super::opened::{folder, open_pages};

/// What the reserved bytes of the source are: its pages are sealed as they are, or it is rebuilt.
const RESERVED: [usize; 2] = [28, 0];

fn new_key() -> Key {
    Key::generate(Cipher::Aes256Gcm).unwrap()
}

fn at_once<'a>() -> FileOptions<'a> {
    FileOptions::new().wait(Duration::ZERO)
}

/// A folder with a database of some rows.
fn database(reserved: usize, journal_mode: &str) -> (TempDir, PathBuf, Connection) {
    let here = tempfile::tempdir().unwrap();
    let path = here.path().join("plain.db");
    let memory = Connection::open_in_memory().unwrap();
    memory
        .execute_batch(
            "CREATE TABLE t(a, b); CREATE INDEX i ON t(b);
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
               INSERT INTO t SELECT i, hex(randomblob(100)) FROM n;",
        )
        .unwrap();
    memory.execute("VACUUM INTO ?1", [format!("file:{}?reserve={reserved}", path.display())]).unwrap();
    let connection = Connection::open(&path).unwrap();
    connection.pragma_update(None, "journal_mode", journal_mode).unwrap();
    connection.pragma_update(None, "wal_autocheckpoint", 0).unwrap();
    (here, path, connection)
}

/// Copies the files of a database, as they are at this moment, to another folder.
fn copy(from: &Path) -> (TempDir, PathBuf) {
    let to = tempfile::tempdir().unwrap();
    for (name, bytes) in without_shared_memory(from) {
        fs::write(to.path().join(name), bytes).unwrap();
    }
    let path = to.path().join(from.file_name().unwrap());
    (to, path)
}

/// The files of the source's folder but the memory that SQLite shares between programs.
fn without_shared_memory(source: &Path) -> Vec<(String, Vec<u8>)> {
    folder(source.parent().unwrap()).into_iter().filter(|(name, _)| !name.ends_with("-shm")).collect()
}

/// Encrypts, and checks that nothing happened in the source's folder.
fn encrypt(source: &Path, key: &Key) -> Result<(Summary, TempDir, PathBuf), Error> {
    let out = tempfile::tempdir().unwrap();
    let destination = out.path().join("secret.db");
    let before = without_shared_memory(source);
    let result = encrypt_file(source, &destination, key, at_once());
    assert!(without_shared_memory(source) == before, "the source's folder has changed");
    assert_eq!(folder(out.path()).len(), usize::from(result.is_ok()));
    result.map(|summary| (summary, out, destination))
}

const CHANGES: &str = "INSERT INTO t SELECT a + 1000, b FROM t; DELETE FROM t WHERE a % 7 = 0;
    CREATE TABLE late(x); INSERT INTO late VALUES ('only in the log')";

#[test]
fn committed_rows_of_a_log_are_taken_from_a_live_database() {
    for reserved in RESERVED {
        let (_here, source, connection) = database(reserved, "WAL");
        connection.execute_batch(CHANGES).unwrap();
        assert!(fs::metadata(source.with_file_name("plain.db-wal")).unwrap().len() > 0);
        let key = new_key();
        let (_, _out, destination) = encrypt(&source, &key).unwrap();
        assert!(contents(&open_pages(&destination, &key)) == contents_of(&connection), "{reserved}");
        // The other program goes on as if nothing had been.
        connection.execute_batch("INSERT INTO late VALUES (1); PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    }
}

#[test]
fn committed_rows_of_a_log_are_taken_when_nobody_has_it_open() {
    for reserved in RESERVED {
        let (_here, live, connection) = database(reserved, "WAL");
        connection.execute_batch(CHANGES).unwrap();
        let (_there, source) = copy(&live);
        let key = new_key();
        let (_, _out, destination) = encrypt(&source, &key).unwrap();
        assert!(!source.with_file_name("plain.db-shm").exists(), "an index of the log is left behind");
        assert!(contents(&open_pages(&destination, &key)) == contents_of(&connection), "{reserved}");
    }
}

#[test]
fn a_log_is_not_made_where_there_is_none() {
    for reserved in RESERVED {
        let (here, source, connection) = database(reserved, "WAL");
        connection.execute_batch(CHANGES).unwrap();
        let before = contents_of(&connection);
        connection.close().unwrap();
        assert_eq!(folder(here.path()).len(), 1);
        let key = new_key();
        let (_, _out, destination) = encrypt(&source, &key).unwrap();
        assert_eq!(folder(here.path()).len(), 1);
        assert!(contents(&open_pages(&destination, &key)) == before, "{reserved}");
    }
}

#[test]
fn what_a_crash_left_at_the_end_of_a_log_is_not_taken() {
    let (_here, live, connection) = database(28, "WAL");
    connection.execute_batch(CHANGES).unwrap();
    let committed = contents_of(&connection);
    connection.execute_batch("INSERT INTO late VALUES ('torn')").unwrap();
    let (_there, source) = copy(&live);
    let log = source.with_file_name("plain.db-wal");
    let bytes = fs::read(&log).unwrap();
    fs::write(&log, &bytes[..bytes.len() - 100]).unwrap();
    let key = new_key();
    let (_, _out, destination) = encrypt(&source, &key).unwrap();
    assert!(contents(&open_pages(&destination, &key)) == committed);
}

#[test]
fn a_writer_with_an_open_transaction_does_not_disturb() {
    for reserved in RESERVED {
        for mode in ["DELETE", "WAL"] {
            let case = format!("{mode}, {reserved} reserved");
            let (_here, source, connection) = database(reserved, mode);
            let committed = contents_of(&connection);
            connection.execute_batch("BEGIN IMMEDIATE; DELETE FROM t; CREATE TABLE uncommitted(x)").unwrap();
            let key = new_key();
            let (_, _out, destination) = encrypt(&source, &key).expect(&case);
            assert!(contents(&open_pages(&destination, &key)) == committed, "{case}");
            connection.execute_batch("COMMIT").unwrap();
        }
    }
}

#[test]
fn what_is_committed_while_pages_are_read_is_neither_taken_nor_written_into_them() {
    for mode in ["DELETE", "WAL"] {
        let (_here, source, connection) = database(28, mode);
        connection.busy_timeout(Duration::ZERO).unwrap();
        // Several runs of pages, and nothing of them in the log.
        connection.execute_batch("INSERT INTO t SELECT a, hex(randomblob(3000)) FROM t").unwrap();
        connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
        let before = contents_of(&connection);
        let out = tempfile::tempdir().unwrap();
        let destination = out.path().join("secret.db");
        let mut tried = 0;
        let mut write = |done: u64, total: u64| {
            if done > 0 && done < total && tried == 0 {
                tried += 1;
                let committed = connection.execute_batch("DELETE FROM t WHERE a % 2 = 0; DROP INDEX i");
                assert_eq!(committed.is_ok(), mode == "WAL", "{committed:?}");
                let checkpoint = |row: &rusqlite::Row<'_>| Ok((row.get::<_, i64>(1)?, row.get::<_, i64>(2)?));
                let (frames, written) =
                    connection.query_row("PRAGMA wal_checkpoint", [], checkpoint).unwrap();
                assert_eq!(frames > 0, mode == "WAL", "{frames}");
                assert!(written <= 0, "{written} frames were written into what is being read");
            }
            ControlFlow::Continue(())
        };
        let key = new_key();
        encrypt_file(&source, &destination, &key, at_once().progress(&mut write)).expect(mode);
        assert_eq!(tried, 1, "{mode}");
        assert!(contents(&open_pages(&destination, &key)) == before, "{mode}");
        assert_eq!(contents_of(&connection) == before, mode == "DELETE");
    }
}

#[test]
fn a_writer_that_excludes_readers_is_reported() {
    for reserved in RESERVED {
        let (_here, source, connection) = database(reserved, "DELETE");
        connection.execute_batch("BEGIN EXCLUSIVE; DELETE FROM t").unwrap();
        let locked = encrypt(&source, &new_key());
        assert!(matches!(locked, Err(Error::Locked(_))), "{locked:?}");

        let (_here, source, connection) = database(reserved, "WAL");
        connection.close().unwrap();
        let connection = Connection::open(&source).unwrap();
        connection.execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE; DELETE FROM t").unwrap();
        let locked = encrypt(&source, &new_key());
        assert!(matches!(locked, Err(Error::Locked(_))), "{locked:?}");
    }
}

#[test]
fn a_writer_that_excludes_readers_is_waited_for_as_long_as_the_caller_wants() {
    for reserved in RESERVED {
        for mode in ["DELETE", "WAL"] {
            let case = format!("{mode}, {reserved} reserved");
            let (_here, source, connection) = database(reserved, mode);
            connection.close().unwrap();
            let writer = Connection::open(&source).unwrap();
            writer.execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; DELETE FROM t").unwrap();
            let out = tempfile::tempdir().unwrap();
            let destination = out.path().join("secret.db");

            let mut asked = 0;
            let mut stop = |done, total| {
                assert_eq!((done, total), (0, 0), "{case}");
                asked += 1;
                if asked == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            };
            let options = FileOptions::new().wait(Duration::MAX).progress(&mut stop);
            let stopped = encrypt_file(&source, &destination, &new_key(), options);
            assert!(matches!(stopped, Err(Error::Cancelled)), "{case}: {stopped:?}");
            assert_eq!(asked, 3, "{case}");
            assert!(folder(out.path()).is_empty());

            let mut broken = |_: u64, _: u64| -> ControlFlow<()> { panic!("of the caller's") };
            let options = FileOptions::new().wait(Duration::MAX).progress(&mut broken);
            let key = new_key();
            let work = AssertUnwindSafe(|| encrypt_file(&source, &destination, &key, options));
            assert!(catch_unwind(work).is_err(), "{case}");
            assert!(folder(out.path()).is_empty());

            let mut writer = Some(writer);
            let mut let_go = |_: u64, _: u64| {
                writer = None;
                ControlFlow::Continue(())
            };
            let options = FileOptions::new().wait(Duration::MAX).progress(&mut let_go);
            encrypt_file(&source, &destination, &key, options).expect(&case);
            assert!(writer.is_none(), "{case}: it did not wait");
            assert!(contents(&open_pages(&destination, &key)) == contents(&source), "{case}");
        }
    }
}

#[test]
fn a_hot_journal_is_reported_and_left_alone() {
    for reserved in RESERVED {
        let (_here, live, connection) = database(reserved, "DELETE");
        // Spills changed pages into the database, under a journal.
        connection.execute_batch("PRAGMA cache_size = 1; BEGIN; UPDATE t SET b = 'changed' || b").unwrap();
        let (_there, source) = copy(&live);
        assert!(source.with_file_name("plain.db-journal").exists());
        let hot = encrypt(&source, &new_key());
        assert!(matches!(hot, Err(Error::Locked(LockedBy::Journal))), "{hot:?}");
        // SQLite rolls it back, and then it can be encrypted.
        let recovered = contents(&source);
        let key = new_key();
        let (_, _out, destination) = encrypt(&source, &key).unwrap();
        assert!(contents(&open_pages(&destination, &key)) == recovered);
    }
}

#[test]
fn a_program_that_opens_the_source_meanwhile_is_noticed() {
    for reserved in RESERVED {
        let (_here, source, connection) = database(reserved, "WAL");
        connection.close().unwrap();
        let out = tempfile::tempdir().unwrap();
        let mut other = None;
        let mut open = |_: u64, _: u64| {
            // It could write its log into the database while that is being read.
            other.get_or_insert_with(|| {
                let connection = Connection::open(&source).unwrap();
                connection.execute_batch("CREATE TABLE meanwhile(x)").unwrap();
                connection
            });
            ControlFlow::Continue(())
        };
        let destination = out.path().join("secret.db");
        let disturbed = encrypt_file(&source, &destination, &new_key(), at_once().progress(&mut open));
        assert!(matches!(disturbed, Err(Error::Locked(_))), "{disturbed:?}");
        assert!(folder(out.path()).is_empty());
    }
}

#[test]
fn names_with_any_characters_are_taken_as_they_are() {
    let here = tempfile::tempdir().unwrap();
    for name in ["a b?mode=memory&x=#%41.db", "file:x.db", ":memory:", "ünï'\"\\.db", "pagecrypt-destination"]
    {
        let source = here.path().join(name);
        let made = here.path().join("made");
        let connection = Connection::open(&made).unwrap();
        connection.execute_batch("CREATE TABLE t(x); INSERT INTO t VALUES (1)").unwrap();
        drop(connection);
        let before = contents(&made);
        fs::rename(&made, &source).unwrap();
        let key = new_key();
        let (_, _out, destination) = encrypt(&source, &key).expect(name);
        assert!(contents(&open_pages(&destination, &key)) == before, "{name}");
    }
}

/// Each conversion has its file system to itself.
#[test]
fn conversions_side_by_side_do_not_meet() {
    let (_here, source, connection) = database(0, "WAL");
    let before = contents_of(&connection);
    std::thread::scope(|scope| {
        for cipher in [Cipher::Aes128Gcm, Cipher::Aes256Gcm, Cipher::Aegis256, Cipher::Aegis128l] {
            let (source, before) = (&source, &before);
            scope.spawn(move || {
                for _ in 0..5 {
                    let key = Key::generate(cipher).unwrap();
                    let out = tempfile::tempdir().unwrap();
                    let destination = out.path().join("secret.db");
                    encrypt_file(source, &destination, &key, FileOptions::new()).unwrap();
                    assert!(contents(&open_pages(&destination, &key)) == *before);
                }
            });
        }
    });
}
