//! A folder with databases and keys in it, and `pagecrypt` run on them.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use rusqlite::Connection;
use serde_json::Value;
use tempfile::TempDir;

/// Two keys of 32 bytes and one of 16. They are nobody's.
pub(crate) const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
pub(crate) const OTHER_KEY: &str = "f00102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
pub(crate) const SHORT_KEY: &str = "000102030405060708090a0b0c0d0e0f";

/// What a run of `pagecrypt` gave.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// `None` where a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Outcome {
    pub(crate) fn of(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// It succeeded without a word on standard error.
    #[track_caller]
    pub(crate) fn succeeds(self) -> Self {
        assert_eq!((self.code, self.stderr.as_str()), (Some(0), ""), "{self:?}");
        self
    }

    /// It failed with `code`, and told so in one line `pagecrypt: what: what to do` that has all of `words` in it.
    #[track_caller]
    pub(crate) fn fails(self, code: i32, words: &[&str]) -> Self {
        assert_eq!(self.code, Some(code), "{self:?}");
        self.tells_one_error(words);
        self
    }

    #[track_caller]
    pub(crate) fn tells_one_error(&self, words: &[&str]) {
        let line = self.stderr.strip_suffix('\n').unwrap_or_else(|| panic!("no line: {self:?}"));
        assert!(!line.contains('\n'), "more than one line: {self:?}");
        assert!(line.starts_with("pagecrypt: ") && line.matches(": ").count() >= 2, "{self:?}");
        for word in words {
            assert!(line.contains(word), "{word:?} is not in {self:?}");
        }
    }

    /// Standard output as the one JSON object that it is.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// The binary, with no standard input and none of the variables that change what it does.
pub(crate) fn pagecrypt() -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("pagecrypt"));
    command.env_remove("PAGECRYPT_ENGINE").stdin(Stdio::null());
    command
}

/// Runs `pagecrypt` with these arguments.
pub(crate) fn run<Argument: AsRef<OsStr>>(arguments: impl IntoIterator<Item = Argument>) -> Outcome {
    Outcome::of(pagecrypt().args(arguments).output().unwrap())
}

/// Runs `command` with `input` on its standard input.
pub(crate) fn run_with_input(command: &mut Command, input: &[u8]) -> Outcome {
    use std::io::Write as _;
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A command that refuses its arguments does not read its input.
    let _ = child.stdin.take().unwrap().write_all(input);
    Outcome::of(child.wait_with_output().unwrap())
}

/// A folder of its own, removed at the end.
pub(crate) struct Scene {
    folder: TempDir,
}

impl Scene {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::Builder::new().prefix("pagecrypt-cli-").tempdir().unwrap() }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A path as an argument.
    pub(crate) fn arg(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    pub(crate) fn exists(&self, name: &str) -> bool {
        self.path(name).exists()
    }

    /// A key file that only its owner may read, as an argument.
    pub(crate) fn key_file(&self, name: &str, text: &str) -> String {
        let path = self.write(name, text);
        restrict(&path);
        path.to_str().unwrap().to_owned()
    }

    /// The names in the folder, sorted.
    pub(crate) fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder()).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// A plain database with about `kilobytes` of rows.
    pub(crate) fn plain(&self, name: &str, page_size: u32, kilobytes: u32) -> PathBuf {
        let path = self.path(name);
        let connection = Connection::open(&path).unwrap();
        connection.pragma_update(None, "page_size", page_size).unwrap();
        connection.execute_batch("CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT, body BLOB);").unwrap();
        connection
            .execute(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
                 INSERT INTO t SELECT i, 'row ' || i, CAST(printf('%01000d', i * 7919) AS BLOB) FROM n",
                [kilobytes],
            )
            .unwrap();
        connection.execute_batch("CREATE INDEX t_name ON t(name);").unwrap();
        connection.close().unwrap();
        path
    }
}

/// Takes the right to read a file from everybody but its owner.
pub(crate) fn restrict(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    }
    #[cfg(not(unix))]
    let _ = path;
}

/// Every row of `t`, once SQLite itself has found the database sound.
#[track_caller]
pub(crate) fn rows(path: &Path) -> Vec<(i64, String, Vec<u8>)> {
    let connection = Connection::open(path).unwrap();
    let check: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(check, "ok", "{}", path.display());
    let mut statement = connection.prepare("SELECT id, name, body FROM t ORDER BY id").unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
    rows.map(Result::unwrap).collect()
}
