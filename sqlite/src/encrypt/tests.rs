//! Which files SQLite makes the operating system open.

use std::fs;
use std::time::Duration;

use pagecrypt::Cipher;
use rusqlite::{Connection, ffi};

use super::*;

#[test]
fn only_the_sources_files_are_opened_and_only_to_be_read() {
    for reserved in [28, 0, 64] {
        for logged in [false, true] {
            let here = tempfile::tempdir().unwrap();
            let source = here.path().join("plain.db");
            let first = Connection::open_in_memory().unwrap();
            first
                .execute_batch(
                    "CREATE TABLE t(a, b); CREATE INDEX i ON t(b); CREATE UNIQUE INDEX u ON t(a, b);
                     CREATE TABLE w(a PRIMARY KEY, b UNIQUE) WITHOUT ROWID;
                     WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000)
                       INSERT INTO t SELECT i, hex(randomblob(300)) FROM n;
                     INSERT INTO w SELECT * FROM t;",
                )
                .unwrap();
            first
                .execute("VACUUM INTO ?1", [format!("file:{}?reserve={reserved}", source.display())])
                .unwrap();
            let log = Connection::open(&source).unwrap();
            log.execute_batch("PRAGMA journal_mode = WAL; DELETE FROM t WHERE a % 5 = 0").unwrap();
            if !logged {
                log.close().unwrap();
            }

            let key = Key::generate(Cipher::Aes256Gcm).unwrap();
            let codec = PageCodec::turso(&key, 512).unwrap();
            let new = NewFile::create(&here.path().join("secret.db"), None, false, Access::Umask).unwrap();
            let names = source::Names::of(&source).unwrap();
            let sealed = SealedFile::new(new, codec, FileOptions::new());
            let vfs = Vfs::register(State::new(sealed, names.shared_memory.clone())).unwrap();
            convert(&vfs, &names, &source, Duration::ZERO, &key).unwrap();
            let state = vfs.into_state();
            // More than SQLite's caches hold, so that it did have to write in between.
            assert!(state.destination.size() > 20 << 20);
            let absolute = fs::canonicalize(&source).unwrap();
            let absolute = absolute.to_str().unwrap();
            for (name, flags) in &state.opened_by_system {
                let name = name.to_str().unwrap();
                assert!(name == absolute || name == format!("{absolute}-wal"), "{name}");
                assert_eq!(flags & ffi::SQLITE_OPEN_READONLY, ffi::SQLITE_OPEN_READONLY, "{name}");
                assert_eq!(flags & (ffi::SQLITE_OPEN_READWRITE | ffi::SQLITE_OPEN_CREATE), 0, "{name}");
            }
            assert_eq!(state.opened_by_system.len(), 1 + usize::from(logged));
        }
    }
}
