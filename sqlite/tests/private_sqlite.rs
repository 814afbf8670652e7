//! Where this crate's copy of SQLite is said to be private: locks of other copies in this process are not lost. A test
//! program of its own, since this is said of the whole process.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::fs::{self, File};
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;

use pagecrypt::file::{FileOptions, inspect_file};
use pagecrypt::{Cipher, Error, Key, LockedBy};
use pagecrypt_sqlite::{declare_sqlite_private, encrypt_file};
use rusqlite::Connection;
use rustix::fs::{FlockOperation, fcntl_lock};

#[path = "../../core/tests/support/other_program.rs"]
mod other_program;

use other_program::Writer;

fn database(folder: &Path) -> std::path::PathBuf {
    let path = folder.join("plain.db");
    let connection = Connection::open(&path).unwrap();
    connection
        .execute_batch(
            "CREATE TABLE t(x);
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
               INSERT INTO t SELECT hex(randomblob(40)) FROM n;",
        )
        .unwrap();
    path
}

fn key() -> Key {
    Key::generate(Cipher::Aes256Gcm).unwrap()
}

fn at_once<'a>() -> FileOptions<'a> {
    FileOptions::new().wait(Duration::ZERO)
}

#[test]
fn a_source_that_another_copy_has_locked_is_not_opened() {
    const TEST: &str = "a_source_that_another_copy_has_locked_is_not_opened";
    if Writer::run_if_asked() {
        return;
    }
    declare_sqlite_private();
    let here = tempfile::tempdir().unwrap();
    let source = database(here.path());
    let shared_memory = here.path().join("plain.db-shm");
    let destination = here.path().join("secret.db");
    for locked in [&source, &shared_memory] {
        // As another copy has it open. Without content, the index of a log counts for nothing.
        let other = File::options().read(true).write(true).create(true).truncate(false).open(locked).unwrap();
        fcntl_lock(&other, FlockOperation::NonBlockingLockShared).unwrap();
        let refused = encrypt_file(&source, &destination, &key(), at_once());
        assert!(matches!(refused, Err(Error::Locked(LockedBy::ThisProcess))), "{refused:?}");
        assert!(!destination.exists());
        assert!(!Writer::could_start(TEST, locked), "the lock is lost");

        let mut other = Some(other);
        let mut let_go = |_, _| {
            other = None;
            ControlFlow::Continue(())
        };
        let options = FileOptions::new().wait(Duration::MAX).progress(&mut let_go);
        encrypt_file(&source, &destination, &key(), options).unwrap();
        assert!(other.is_none());
        fs::remove_file(&destination).unwrap();
    }
}

#[test]
fn conversions_of_one_source_side_by_side_do_not_wait_for_each_other() {
    const TEST: &str = "conversions_of_one_source_side_by_side_do_not_wait_for_each_other";
    if Writer::run_if_asked() {
        return;
    }
    declare_sqlite_private();
    let here = tempfile::tempdir().unwrap();
    let source = database(here.path());
    let mut within = 0;
    let mut during = |_, _| {
        if within == 0 {
            encrypt_file(&source, &here.path().join("inner.db"), &key(), at_once()).unwrap();
        }
        // Core's own functions would take the conversion's locks away.
        let seen = inspect_file(&source);
        assert!(matches!(seen, Err(Error::Locked(LockedBy::ThisProcess))), "{seen:?}");
        assert!(!Writer::could_start(TEST, &source), "the conversion's lock is lost");
        within += 1;
        if within < 3 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    };
    let outer = encrypt_file(&source, &here.path().join("outer.db"), &key(), at_once().progress(&mut during));
    assert!(matches!(outer, Err(Error::Cancelled)), "{outer:?}");
    assert_eq!(within, 3);
    // Nothing is remembered of it.
    let other = File::options().read(true).write(true).open(&source).unwrap();
    fcntl_lock(&other, FlockOperation::NonBlockingLockShared).unwrap();
    let refused = encrypt_file(&source, &here.path().join("late.db"), &key(), at_once());
    assert!(matches!(refused, Err(Error::Locked(LockedBy::ThisProcess))), "{refused:?}");
}
