//! What cannot be encrypted, and what is left behind then: nothing.

use std::fs;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use pagecrypt::file::FileOptions;
use pagecrypt::{Cipher, Error, Key};
use pagecrypt_sqlite::{Summary, encrypt_file};
use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;

use super::databases::{Kind, kind, make};
use super::opened::folder;

const SEALED: &str = "pages of 4096 bytes, 28 reserved";
const REBUILT: &str = "pages of 4096 bytes";

fn encrypt(source: &Path, destination: &Path) -> Result<Summary, Error> {
    encrypt_file(source, destination, &Key::generate(Cipher::Aes256Gcm).unwrap(), FileOptions::new())
}

/// Databases whose pages are sealed as they are, and that are rebuilt with more or with fewer reserved bytes.
fn sealed_and_rebuilt() -> impl Iterator<Item = &'static Kind> {
    [SEALED, REBUILT, "pages of 1024 bytes, 64 reserved"].into_iter().map(kind)
}

#[test]
fn what_is_not_a_plain_database_is_refused() {
    let here = tempfile::tempdir().unwrap();
    let (source, destination) = (here.path().join("source"), here.path().join("destination"));
    let plain = here.path().join("plain.db");
    make(kind(REBUILT), &plain);
    encrypt(&plain, &source).unwrap();
    let encrypted = fs::read(&source).unwrap();
    let text = b"This is not a database, but it is long enough to be taken for one at first. ".repeat(20);
    let cases: &[(&str, &[u8], &str)] = &[
        ("encrypted", &encrypted, "encrypted already"),
        ("text", &text, "not a SQLite"),
        ("short text", b"short", "not a SQLite"),
        ("zeros", &[0; 8192], "not a SQLite"),
    ];
    for (name, bytes, says) in cases {
        fs::write(&source, bytes).unwrap();
        let refused = encrypt(&source, &destination);
        assert!(
            matches!(&refused, Err(Error::UnsupportedFormat(what)) if what.contains(says)),
            "{name}: {refused:?}"
        );
        assert!(fs::read(&source).unwrap() == *bytes);
        assert_eq!(folder(here.path()).len(), 2, "{name}");
    }
}

#[test]
fn a_damaged_database_is_refused_where_it_has_to_be_rebuilt() {
    let here = tempfile::tempdir().unwrap();
    let (source, destination) = (here.path().join("source.db"), here.path().join("secret.db"));
    make(kind(REBUILT), &source);
    let mut bytes = fs::read(&source).unwrap();
    for page in bytes.chunks_exact_mut(4096).skip(1) {
        page[..8].fill(0x55);
    }
    fs::write(&source, bytes).unwrap();
    let refused = encrypt(&source, &destination);
    assert!(matches!(refused, Err(Error::Malformed(_))), "{refused:?}");
    assert_eq!(folder(here.path()).len(), 1);
}

#[test]
fn a_source_that_ends_within_its_last_page_is_not_filled_up() {
    let here = tempfile::tempdir().unwrap();
    let (source, destination) = (here.path().join("source.db"), here.path().join("secret.db"));
    make(kind(SEALED), &source);
    let bytes = fs::read(&source).unwrap();
    for missing in [1, 28, 4095] {
        fs::write(&source, &bytes[..bytes.len() - missing]).unwrap();
        let refused = encrypt(&source, &destination);
        assert!(matches!(refused, Err(Error::Malformed(_))), "{missing} bytes missing: {refused:?}");
        assert_eq!(folder(here.path()).len(), 1);
    }
}

#[test]
fn missing_files_folders_and_unusable_destinations_are_named() {
    let here = tempfile::tempdir().unwrap();
    let source = here.path().join("source.db");
    let missing = encrypt(&source, &here.path().join("secret.db"));
    assert!(matches!(&missing, Err(Error::Io(error)) if error.path() == source), "{missing:?}");
    let directory = encrypt(here.path(), &source);
    assert!(matches!(directory, Err(Error::InvalidArgument(_))), "{directory:?}");
    make(kind(REBUILT), &source);
    let nowhere = encrypt(&source, &here.path().join("no such folder/secret.db"));
    assert!(matches!(nowhere, Err(Error::Io(_))), "{nowhere:?}");
    let key = Key::generate(Cipher::Aes256Gcm).unwrap();
    let same = encrypt_file(&source, &source, &key, FileOptions::new().force(true));
    assert!(matches!(same, Err(Error::Destination(_))), "{same:?}");
    assert_eq!(folder(here.path()).len(), 1);
}

#[test]
fn an_existing_destination_is_replaced_only_by_force() {
    for kind in sealed_and_rebuilt() {
        let here = tempfile::tempdir().unwrap();
        let (source, destination) = (here.path().join("source.db"), here.path().join("secret.db"));
        make(kind, &source);
        fs::write(&destination, "mine").unwrap();
        let exists = encrypt(&source, &destination);
        assert!(matches!(exists, Err(Error::FileExists)), "{exists:?}");
        assert_eq!(fs::read(&destination).unwrap(), b"mine");
        let key = Key::generate(Cipher::Aes256Gcm).unwrap();
        encrypt_file(&source, &destination, &key, FileOptions::new().force(true)).unwrap();
        assert!(fs::read(&destination).unwrap().starts_with(b"Turso"));
        assert_eq!(folder(here.path()).len(), 2);
    }
}

#[test]
fn a_cipher_that_the_format_does_not_have_is_refused() {
    let here = tempfile::tempdir().unwrap();
    let source = here.path().join("source.db");
    make(kind(REBUILT), &source);
    let key = Key::generate(Cipher::ChaCha20Poly1305).unwrap();
    let refused = encrypt_file(&source, &here.path().join("secret.db"), &key, FileOptions::new());
    assert!(matches!(refused, Err(Error::UnsupportedFormat(_))), "{refused:?}");
    assert_eq!(folder(here.path()).len(), 1);
}

#[test]
fn reserved_bytes_in_use_are_not_dropped() {
    let here = tempfile::tempdir().unwrap();
    let (source, destination) = (here.path().join("source.db"), here.path().join("secret.db"));
    make(kind(SEALED), &source);
    // Several runs of pages for several threads.
    let connection = Connection::open(&source).unwrap();
    connection
        .execute_batch("CREATE TABLE large(x); INSERT INTO large VALUES (randomblob(5000000))")
        .unwrap();
    drop(connection);
    let whole = fs::read(&source).unwrap();
    for page in [3, whole.len() / 4096 / 2, whole.len() / 4096] {
        let mut bytes = whole.clone();
        bytes[page * 4096 - 5] = 1;
        fs::write(&source, bytes).unwrap();
        let refused = encrypt(&source, &destination);
        assert!(
            matches!(refused, Err(Error::UnsupportedFormat(what)) if what.contains("reserved")),
            "page {page}: {refused:?}"
        );
        assert_eq!(folder(here.path()).len(), 1);
    }
}

#[test]
fn a_schema_that_only_its_own_program_understands_is_refused_where_it_has_to_be_rebuilt() {
    let here = tempfile::tempdir().unwrap();
    let (source, destination) = (here.path().join("source.db"), here.path().join("secret.db"));
    let connection = Connection::open(&source).unwrap();
    let flags = FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_scalar_function("own", 1, flags, |context| context.get::<i64>(0)).unwrap();
    connection.execute_batch("CREATE TABLE t(x INT); CREATE INDEX i ON t(own(x))").unwrap();
    drop(connection);
    let refused = encrypt(&source, &destination);
    assert!(
        matches!(refused, Err(Error::UnsupportedFormat(what)) if what.contains("function")),
        "{refused:?}"
    );
    assert_eq!(folder(here.path()).len(), 1);
}

#[test]
fn whenever_it_is_cancelled_nothing_is_left() {
    for kind in sealed_and_rebuilt() {
        let here = tempfile::tempdir().unwrap();
        let (source, destination) = (here.path().join("source.db"), here.path().join("secret.db"));
        make(kind, &source);
        let before = folder(here.path());
        let key = Key::generate(Cipher::Aes256Gcm).unwrap();
        let mut at = 0;
        loop {
            let (mut calls, mut last) = (0, (0, 0));
            let mut progress = |done, total| {
                assert!(done <= total && last.0 <= done);
                last = (done, total);
                calls += 1;
                if calls > at { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            };
            let options = FileOptions::new().progress(&mut progress);
            let result = encrypt_file(&source, &destination, &key, options);
            if result.is_ok() {
                assert_eq!(last.0, last.1);
                break;
            }
            assert!(matches!(result, Err(Error::Cancelled)), "{result:?}");
            assert!(folder(here.path()) == before);
            at += 1;
        }
        assert!(at >= 3, "{}: progress was told {at} times", kind.name);
    }
}

#[test]
fn while_sqlite_only_reads_it_can_be_cancelled_too() {
    let here = tempfile::tempdir().unwrap();
    let (source, destination) = (here.path().join("source.db"), here.path().join("secret.db"));
    let connection = Connection::open(&source).unwrap();
    // Less than SQLite's cache holds, so that it writes nothing before it has read all.
    connection
        .execute_batch("CREATE TABLE t (b); INSERT INTO t VALUES (zeroblob(1 << 20)), (zeroblob(1 << 20))")
        .unwrap();
    drop(connection);
    let before = folder(here.path());
    let mut calls = 0;
    let mut stop = |done, _| {
        assert_eq!(done, 0);
        calls += 1;
        if calls == 6 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let key = Key::generate(Cipher::Aegis256).unwrap();
    let cancelled = encrypt_file(&source, &destination, &key, FileOptions::new().progress(&mut stop));
    assert!(matches!(cancelled, Err(Error::Cancelled)), "{cancelled:?}");
    assert_eq!(calls, 6);
    assert!(folder(here.path()) == before);
}

#[test]
fn a_panic_of_the_progress_function_passes_through_and_leaves_nothing() {
    for kind in sealed_and_rebuilt() {
        let here = tempfile::tempdir().unwrap();
        let (source, destination) = (here.path().join("source.db"), here.path().join("secret.db"));
        make(kind, &source);
        let before = folder(here.path());
        for at in 1..4 {
            let mut calls = 0;
            let mut progress = |_: u64, _: u64| {
                calls += 1;
                assert!(calls < at, "on purpose");
                ControlFlow::Continue(())
            };
            let key = Key::generate(Cipher::Aes256Gcm).unwrap();
            let options = FileOptions::new().progress(&mut progress);
            let panic = catch_unwind(AssertUnwindSafe(|| encrypt_file(&source, &destination, &key, options)));
            let panic = panic.expect_err("the progress function panics");
            assert!(panic.downcast_ref::<&str>().is_some_and(|text| text.contains("on purpose")));
            assert!(folder(here.path()) == before);
        }
    }
}
