//! POSIX locks that this process holds on a database through another library are not lost.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs::{self, File};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use pagecrypt::file::{
    Access, FileOptions, NewFile, PageReader, VerifyOptions, decrypt_file, inspect_file,
    is_locked_by_this_process, verify_file,
};
use pagecrypt::{Cipher, Error, LockedBy};
use rustix::fs::{FlockOperation, fcntl_lock, flock};

#[path = "support/databases.rs"]
mod databases;
#[path = "support/other_program.rs"]
mod other_program;

use databases::Database;
use other_program::Writer;

/// A program that a test is starting has the open files of this process until it runs, and with them locks that this
/// library has given up already: no other test may look for them meanwhile.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner)
}

type Work = fn(&Path, &Database) -> Result<(), Error>;

/// Every function that opens a database.
const WORK: [(&str, Work); 5] = [
    ("inspect_file", |path, _| inspect_file(path).map(|_| ())),
    ("verify_file", |path, database| {
        verify_file(path, &database.key, VerifyOptions::new().wait(Duration::ZERO)).map(|_| ())
    }),
    ("decrypt_file", |path, database| {
        let options = FileOptions::new().wait(Duration::ZERO).force(true);
        decrypt_file(path, &database.beside("plain"), &database.key, options).map(|_| ())
    }),
    ("PageReader::open", |path, database| PageReader::open(path, &database.key).map(|_| ())),
    ("PageReader::open_with", |path, database| {
        let mut options = FileOptions::new().wait(Duration::ZERO);
        PageReader::open_with(path, &database.key, &mut options).map(|_| ())
    }),
];

/// As another library has it open.
fn open(path: &Path) -> File {
    File::options().read(true).write(true).open(path).unwrap()
}

/// A database, and the files that SQLite would lock of it.
fn database() -> (Database, [PathBuf; 3]) {
    let database = Database::made(Cipher::Aegis256, 4096, 3);
    let files = ["db", "db-wal", "db-shm"].map(|name| database.beside(name));
    files[1..].iter().for_each(|file| fs::write(file, []).unwrap());
    (database, files)
}

#[test]
fn nothing_opens_a_file_on_which_this_process_holds_locks() {
    const TEST: &str = "nothing_opens_a_file_on_which_this_process_holds_locks";
    if Writer::run_if_asked() {
        return;
    }
    let _alone = alone();
    let (database, files) = database();
    // Names that lead to it; SQLite's files lie beside the one that is used.
    let linked = database.beside("linked");
    std::os::unix::fs::symlink(database.path(), &linked).unwrap();
    for (index, locked) in files.iter().enumerate() {
        for operation in [FlockOperation::NonBlockingLockShared, FlockOperation::NonBlockingLockExclusive] {
            assert!(!is_locked_by_this_process(&database.path()));
            let other = open(locked);
            fcntl_lock(&other, operation).unwrap();
            assert!(is_locked_by_this_process(&database.path()));
            for (name, work) in WORK {
                let case = format!("{name}, {operation:?} on {}", locked.display());
                let refused = work(&database.path(), &database);
                assert!(matches!(refused, Err(Error::Locked(LockedBy::ThisProcess))), "{case}: {refused:?}");
                if index == 0 {
                    let refused = work(&linked, &database);
                    assert!(matches!(refused, Err(Error::Locked(LockedBy::ThisProcess))), "{case}");
                }
                assert!(!database.beside("plain").exists(), "{case}");
            }
            assert!(!Writer::could_start(TEST, locked), "the lock on {} is lost", locked.display());
            drop(other);
            assert!(Writer::could_start(TEST, locked));
            for (name, work) in WORK {
                work(&database.path(), &database).expect(name);
            }
            fs::remove_file(database.beside("plain")).unwrap();
        }
    }
}

#[test]
fn locks_that_stay_do_not_matter() {
    let _alone = alone();
    let (database, files) = database();
    let unrelated = database.beside("unrelated");
    fs::write(&unrelated, b"x").unwrap();
    let (unrelated, of_the_file) = (open(&unrelated), open(&files[0]));
    fcntl_lock(&unrelated, FlockOperation::NonBlockingLockExclusive).unwrap();
    flock(&of_the_file, FlockOperation::NonBlockingLockExclusive).unwrap();
    let reader = PageReader::open(&database.path(), &database.key).unwrap();
    for (name, work) in WORK {
        work(&database.path(), &database).expect(name);
    }
    drop(reader);
}

#[test]
fn another_library_is_waited_for() {
    let _alone = alone();
    let (database, files) = database();
    let mut other = Some(open(&files[0]));
    fcntl_lock(other.as_ref().unwrap(), FlockOperation::NonBlockingLockExclusive).unwrap();
    let mut let_go = |_, _| {
        other = None;
        ControlFlow::Continue(())
    };
    let options = VerifyOptions::new().wait(Duration::MAX).progress(&mut let_go);
    assert!(verify_file(&database.path(), &database.key, options).unwrap().is_intact());
    assert!(other.is_none());
}

/// The lock of a reader stays while others of the same process come and go.
#[test]
fn a_reader_keeps_its_lock_whatever_else_this_process_reads() {
    const TEST: &str = "a_reader_keeps_its_lock_whatever_else_this_process_reads";
    if Writer::run_if_asked() {
        return;
    }
    let _alone = alone();
    let (database, _files) = database();
    let reader = PageReader::open(&database.path(), &database.key).unwrap();
    for (name, work) in WORK {
        work(&database.path(), &database).expect(name);
        assert!(!Writer::could_start(TEST, &database.path()), "{name}");
    }
    drop(reader);
    assert!(Writer::could_start(TEST, &database.path()));
}

#[test]
fn a_destination_on_which_this_process_holds_locks_is_not_replaced() {
    let _alone = alone();
    let (database, _files) = database();
    let destination = database.beside("destination");
    fs::write(&destination, b"in use").unwrap();
    let create = || NewFile::create(&destination, Some(&database.path()), true, Access::Owner);
    let before = create().unwrap();
    let other = open(&destination);
    fcntl_lock(&other, FlockOperation::NonBlockingLockShared).unwrap();
    assert!(matches!(before.commit(), Err(Error::Locked(LockedBy::ThisProcess))));
    assert!(matches!(create(), Err(Error::Locked(LockedBy::ThisProcess))));
    assert_eq!(fs::read(&destination).unwrap(), b"in use");
    drop(other);
    create().unwrap().commit().unwrap();
    assert_eq!(fs::read(&destination).unwrap(), b"");
}
