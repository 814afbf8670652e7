//! What takes long before the first page is worked on can be stopped: waiting for another program that is just writing to
//! a database, and reading a long log.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::ops::ControlFlow;
use std::time::Duration;

use pagecrypt::file::{
    FileOptions, PageReader, Progress, VerifyOptions, decrypt_file, inspect_file_with, verify_file,
};
use pagecrypt::page::wal;
use pagecrypt::{Cipher, Error, LockedBy};

#[path = "support/databases.rs"]
mod databases;
#[path = "support/other_program.rs"]
mod other_program;

use databases::Database;
use other_program::Writer;

type Work = fn(&Database, Duration, &mut Progress<'_>) -> Result<(), Error>;

/// Every function that waits.
const WORK: [(&str, Work); 3] = [
    ("verify_file", |database, wait, progress| {
        let mut progress = |done, total| progress(done, total);
        let options = VerifyOptions::new().wait(wait).progress(&mut progress);
        verify_file(&database.path(), &database.key, options).map(|report| assert!(report.is_intact()))
    }),
    ("decrypt_file", |database, wait, progress| {
        let mut progress = |done, total| progress(done, total);
        let options = FileOptions::new().wait(wait).progress(&mut progress);
        decrypt_file(&database.path(), &database.beside("plain"), &database.key, options).map(|_| ())
    }),
    ("PageReader::open_with", |database, wait, progress| {
        let mut progress = |done, total| progress(done, total);
        let mut options = FileOptions::new().wait(wait).progress(&mut progress);
        PageReader::open_with(&database.path(), &database.key, &mut options).map(|_| ())
    }),
];

#[test]
fn a_writer_is_waited_for_as_long_as_the_caller_wants() {
    if Writer::run_if_asked() {
        return;
    }
    for (name, work) in WORK {
        let database = Database::made(Cipher::Aegis256, 4096, 3);
        let mut writer =
            Writer::start("a_writer_is_waited_for_as_long_as_the_caller_wants", &database.path());

        let mut never = |_, _| panic!("{name}: there is no time to wait");
        let refused = work(&database, Duration::ZERO, &mut never);
        assert!(matches!(refused, Err(Error::Locked(LockedBy::Writer))), "{name}: {refused:?}");
        let at_once = PageReader::open(&database.path(), &database.key);
        assert!(matches!(at_once, Err(Error::Locked(LockedBy::Writer))), "{at_once:?}");

        let mut asked = 0;
        let mut stop = |done, total| {
            assert_eq!((done, total), (0, 0));
            asked += 1;
            if asked == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let stopped = work(&database, Duration::MAX, &mut stop);
        assert!(matches!(stopped, Err(Error::Cancelled)), "{name}: {stopped:?}");
        assert_eq!(asked, 3, "{name}");
        assert_eq!(database.names(), ["db"], "{name}");

        let mut asked = 0;
        let mut let_go = |_, _| {
            asked += 1;
            if asked == 2 {
                writer.let_go();
            }
            ControlFlow::Continue(())
        };
        work(&database, Duration::MAX, &mut let_go).expect(name);
        assert!(asked >= 2, "{name}");
    }
}

#[test]
fn reading_a_long_log_can_be_stopped() {
    let database = Database::made(Cipher::Aegis256, 4096, 3);
    let header = wal::Header::new(wal::ByteOrder::Little, 4096, 0, [1, 2]).unwrap();
    // Frames of another log, as a checkpoint leaves them: 8 MB to be read, and nothing to be worked on.
    let frames = vec![0; 2000 * (wal::FRAME_HEADER_LENGTH + 4096)];
    std::fs::write(database.beside("db-wal"), [&header.to_bytes()[..], &frames].concat()).unwrap();
    let inspect: (&str, Work) = ("inspect_file_with", |database, _, progress| {
        let mut progress = |done, total| progress(done, total);
        let mut options = FileOptions::new().progress(&mut progress);
        inspect_file_with(&database.path(), &mut options)
            .map(|seen| assert_eq!(seen.log.unwrap().stale, 2000))
    });
    for (name, work) in WORK.into_iter().chain([inspect]) {
        let mut asked = 0;
        let mut stop = |done, total| {
            assert_eq!((done, total), (0, 3 * 4096), "{name}");
            asked += 1;
            if asked == 20 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let stopped = work(&database, Duration::ZERO, &mut stop);
        assert!(matches!(stopped, Err(Error::Cancelled)), "{name}: {stopped:?}");
        assert_eq!(asked, 20, "{name}");
        assert_eq!(database.names(), ["db", "db-wal"], "{name}");
        work(&database, Duration::ZERO, &mut |_, _| ControlFlow::Continue(())).expect(name);
        let _ = std::fs::remove_file(database.beside("plain"));
    }
}
