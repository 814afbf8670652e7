//! What the operating system sees: which files are made, how much memory is used, what happens when it refuses.
//!
//! Where a test needs a process to itself it runs itself again as a child, told so by an environment variable.

use std::fs::{self, Permissions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use pagecrypt::file::FileOptions;
use pagecrypt::{Cipher, Error, ErrorCode, Key};
use pagecrypt_sqlite::{decrypt_file_compact, encrypt_file};
use rusqlite::Connection;

use super::contents::{contents, contents_of};
use super::databases::{kind, make};
use super::opened::{folder, open_pages};

const CHILD: &str = "PAGECRYPT_TEST_CHILD";

/// In the child: the folder to work in.
fn child() -> Option<PathBuf> {
    std::env::var_os(CHILD).map(PathBuf::from)
}

/// Runs the test `name` of this program again, by this command and its arguments.
fn run_child(command: &[&str], name: &str, folder: &Path) -> Output {
    let program = std::env::current_exe().unwrap();
    let (first, rest) = command.split_first().unwrap();
    Command::new(first)
        .args(rest)
        .arg(program)
        .args(["--exact", &format!("suite::system::{name}"), "--nocapture", "--test-threads=1"])
        .env(CHILD, folder)
        .output()
        .unwrap()
}

/// A line that is seen even where the test passes.
fn say(line: &str) {
    std::io::stderr().write_all(format!("{line}\n").as_bytes()).unwrap();
}

fn key() -> Key {
    Key::from_bytes(&[7; 32], Cipher::Aes256Gcm).unwrap()
}

/// A database that is sealed as it is, one that is rebuilt, and one that is rebuilt with fewer reserved bytes.
const KINDS: [&str; 3] =
    ["pages of 4096 bytes, 28 reserved", "pages of 4096 bytes", "pages of 1024 bytes, 64 reserved"];

#[test]
fn no_file_is_made_but_the_destination() {
    if let Some(here) = child() {
        let (source, destination) = (here.join("in/plain.db"), here.join("out/secret.db"));
        encrypt_file(&source, &destination, &key(), FileOptions::new()).unwrap();
        return;
    }
    for name in KINDS {
        let here = tempfile::tempdir().unwrap();
        let source = here.path().join("in/plain.db");
        fs::create_dir(here.path().join("in")).unwrap();
        fs::create_dir(here.path().join("out")).unwrap();
        make(kind(name), &source);
        // Without a checkpoint, so that there is a log too.
        let connection = Connection::open(&source).unwrap();
        connection.execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE late(x)").unwrap();
        connection
            .execute_batch(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9999)
            INSERT INTO late SELECT hex(randomblob(100)) FROM n; CREATE INDEX late_x ON late(x)",
            )
            .unwrap();
        let trace = here.path().join("trace");
        let strace = ["strace", "-f", "-qq", "-e", "trace=%file", "-o", trace.to_str().unwrap()];
        if Command::new("strace").arg("-V").output().is_err() {
            say("SKIPPED: no strace here, so that only SQLite's own calls were traced (vfs::tests)");
            return;
        }
        let output = run_child(&strace, "no_file_is_made_but_the_destination", here.path());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let trace = fs::read_to_string(&trace).unwrap();
        let changes = [
            "O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC", "creat(", "unlink", "rename", "link", "mkdir",
            "mknod", "truncate",
        ];
        let mut made = 0;
        for line in trace.lines().filter(|line| changes.iter().any(|change| line.contains(change))) {
            if line.contains("readlink") || line.contains("\"/dev/null\"") || line.contains("ENOENT") {
                continue;
            }
            // The shared memory that the open connection has anyway.
            if line.contains("plain.db-shm\", O_RDWR") {
                continue;
            }
            assert!(line.contains("/out/"), "{name}: {line}");
            assert!(line.contains(".pagecrypt-tmp\""), "{name}: {line}");
            made += usize::from(line.contains("O_CREAT"));
        }
        assert_eq!(made, 1, "{trace}");
    }
}

#[test]
fn memory_stays_small_whatever_the_size() {
    const NAME: &str = "memory_stays_small_whatever_the_size";
    if let Some(here) = child() {
        let (source, secret, plain) = (here.join("plain.db"), here.join("secret.db"), here.join("back.db"));
        if secret.exists() {
            decrypt_file_compact(&secret, &plain, &key(), FileOptions::new()).unwrap();
        } else {
            encrypt_file(&source, &secret, &key(), FileOptions::new()).unwrap();
        }
        let status = fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
        let kib: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
        assert!(kib < 64 << 10, "{kib} KiB");
        return;
    }
    for reserved in [28, 0, 64] {
        let here = tempfile::tempdir().unwrap();
        let source = here.path().join("plain.db");
        let first = here.path().join("first.db");
        let connection = Connection::open(&first).unwrap();
        connection
            .execute_batch(
                "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
                 CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT, b BLOB); CREATE INDEX i ON t(a);
                 INSERT INTO t VALUES (-1, 'one large value', randomblob(70000000));
                 WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40000)
                   INSERT INTO t SELECT i, hex(randomblob(16)), randomblob(1000) FROM n;",
            )
            .unwrap();
        connection
            .execute("VACUUM INTO ?1", [format!("file:{}?reserve={reserved}", source.display())])
            .unwrap();
        drop(connection);
        fs::remove_file(&first).unwrap();
        assert!(fs::metadata(&source).unwrap().len() > 110_000_000);
        for step in ["encrypting", "compacting"] {
            let output = run_child(&["env"], NAME, here.path());
            let text = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{step}, {reserved} reserved: {text}");
        }
        let hash = |path: &Path| -> String {
            let connection = Connection::open(path).unwrap();
            let sql = "SELECT count(*) || ' ' || sum(length(b)) || ' ' || min(hex(substr(b, -9))) FROM t NOT INDEXED";
            connection.query_row(sql, [], |row| row.get(0)).unwrap()
        };
        assert_eq!(hash(&source), hash(&here.path().join("back.db")));
    }
}

#[test]
fn a_full_disk_leaves_nothing() {
    const NAME: &str = "a_full_disk_leaves_nothing";
    if let Some(here) = child() {
        let source = here.join("plain.db");
        let full = encrypt_file(&source, &here.join("secret.db"), &key(), FileOptions::new());
        assert!(matches!(full, Err(Error::Io(_))), "{full:?}");
        return;
    }
    for name in KINDS {
        let here = tempfile::tempdir().unwrap();
        make(kind(name), &here.path().join("plain.db"));
        let before = folder(here.path());
        // Files can get no longer than some 32 KiB, and the program is told by an error instead of a signal.
        let limited = ["sh", "-c", "trap '' XFSZ; ulimit -f 64; exec \"$@\"", "sh"];
        let output = run_child(&limited, NAME, here.path());
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(folder(here.path()) == before, "{name}");
    }
}

/// Runs `body` as somebody who is not the superuser: on Linux each thread has its own user.
fn as_nobody(body: impl FnOnce() + Send) {
    std::thread::scope(|scope| {
        let nobody = scope.spawn(|| {
            if rustix::process::geteuid().is_root() {
                let nobody = rustix::process::Uid::from_raw(65534);
                rustix::thread::set_thread_res_uid(nobody, nobody, nobody).unwrap();
            }
            body();
        });
        nobody.join().unwrap();
    });
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// How a source lies in a folder that only the superuser may write to.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Log {
    Absent,
    Left,
    /// Another program has the database open.
    Live,
}

#[test]
fn a_read_only_folder_is_enough_for_the_source_and_not_for_the_destination() {
    for (name, log) in
        KINDS.into_iter().flat_map(|name| [Log::Absent, Log::Left, Log::Live].map(|log| (name, log)))
    {
        // Only the superuser can still write to a live database in a folder that is read-only for others.
        if log == Log::Live && !rustix::process::geteuid().is_root() {
            say("SKIPPED: a live database in a read-only folder (needs the superuser)");
            continue;
        }
        let case = format!("{name}, {log:?}");
        let here = tempfile::tempdir().unwrap();
        let live = here.path().join("live/plain.db");
        let copy = here.path().join("copy/plain.db");
        let out = here.path().join("out");
        for part in ["live", "copy", "out"] {
            fs::create_dir(here.path().join(part)).unwrap();
        }
        make(kind(name), &live);
        let connection = Connection::open(&live).unwrap();
        connection
            .execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE late(x); INSERT INTO late VALUES (1)")
            .unwrap();
        let before = contents_of(&connection);
        if log == Log::Absent {
            connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
        }
        for (file, bytes) in folder(live.parent().unwrap()) {
            if !file.ends_with("-shm") && !bytes.is_empty() {
                fs::write(copy.with_file_name(file), bytes).unwrap();
            }
        }
        assert_eq!(copy.with_file_name("plain.db-wal").exists(), log != Log::Absent);
        let source = if log == Log::Live { live } else { copy };
        set_mode(here.path(), 0o755);
        set_mode(&out, 0o777);
        for (file, _) in folder(source.parent().unwrap()) {
            set_mode(&source.with_file_name(file), if log == Log::Live { 0o644 } else { 0o444 });
        }
        set_mode(source.parent().unwrap(), 0o555);
        let untouched = folder(source.parent().unwrap());
        as_nobody(|| {
            let refused = fs::write(source.with_file_name("x"), "x");
            assert!(refused.is_err(), "the folder is not read-only for this user");
            let inside = source.with_file_name("secret.db");
            let refused = encrypt_file(&source, &inside, &key(), FileOptions::new());
            assert!(matches!(&refused, Err(Error::Io(_))), "{case}: {refused:?}");
            assert_eq!(refused.unwrap_err().code(), ErrorCode::FilePermissions);
            encrypt_file(&source, &out.join("secret.db"), &key(), FileOptions::new()).expect(&case);
        });
        set_mode(source.parent().unwrap(), 0o755);
        assert!(folder(source.parent().unwrap()) == untouched, "{case}");
        assert!(contents(&open_pages(&out.join("secret.db"), &key())) == before, "{case}");
    }
}

#[test]
fn a_source_that_may_not_be_read_is_refused() {
    let here = tempfile::tempdir().unwrap();
    let source = here.path().join("plain.db");
    make(kind(KINDS[0]), &source);
    set_mode(here.path(), 0o777);
    set_mode(&source, 0o000);
    as_nobody(|| {
        let refused = encrypt_file(&source, &here.path().join("secret.db"), &key(), FileOptions::new());
        assert!(matches!(&refused, Err(Error::Io(_))), "{refused:?}");
        assert_eq!(refused.unwrap_err().code(), ErrorCode::FilePermissions);
    });
    set_mode(&source, 0o600);
    assert_eq!(folder(here.path()).len(), 1);
}
