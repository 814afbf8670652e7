//! The cases of `vectors/errors.json` that work on whole files.
#![allow(dead_code)] // not every test crate uses all of it

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use pagecrypt::file::{Progress, VerifyOptions, verify_file};
use pagecrypt::{Error, Key};
use serde::Deserialize;

use crate::error_file::Bytes;
use crate::vectors::Hex;

/// The folder before the operation, and what is asked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Files {
    database: Option<Bytes>,
    database_wal: Option<Bytes>,
    database_journal: Option<Bytes>,
    destination: Option<Bytes>,
    destination_wal: Option<Bytes>,
    key: Option<Hex>,
    cipher: Option<String>,
    #[serde(default)]
    force: bool,
    #[serde(default)]
    cancel: bool,
}

/// What an operation leaves at the destination.
pub(crate) enum Made {
    Nothing,
    Plain,
    Encrypted,
}

/// What an operation is given.
pub(crate) struct Asked<'f> {
    files: &'f Files,
    pub(crate) database: PathBuf,
    pub(crate) destination: PathBuf,
    pub(crate) force: bool,
}

impl Asked<'_> {
    pub(crate) fn key(&self) -> Key {
        let (key, cipher) = (self.files.key.as_ref().unwrap(), self.files.cipher.as_ref().unwrap());
        Key::from_bytes(&key.0, cipher.parse().unwrap()).unwrap()
    }
}

impl Files {
    /// Makes the folder, has `operate` work in it, and looks at what has become of it.
    pub(crate) fn run(
        &self,
        failed_pages: &[u64],
        operate: impl FnOnce(&Asked<'_>, &mut Progress<'static>) -> Result<Made, Error>,
    ) -> Result<(), Error> {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for (name, bytes) in [
            ("database", &self.database),
            ("database-wal", &self.database_wal),
            ("database-journal", &self.database_journal),
            ("destination", &self.destination),
            ("destination-wal", &self.destination_wal),
        ] {
            if let Some(bytes) = bytes {
                fs::write(path(name), bytes.get()).unwrap();
            }
        }
        let mut before = content(folder.path());
        let cancel = self.cancel;
        let mut progress =
            move |_: u64, _: u64| if cancel { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
        let (database, destination) = (path("database"), path("destination"));
        let asked = Asked { files: self, database, destination: destination.clone(), force: self.force };
        let outcome = operate(&asked, &mut progress);
        if let Err(Error::AuthenticationFailed(failures)) = &outcome {
            assert_eq!(failures.numbers(), failed_pages);
        }
        let mut after = content(folder.path());
        let destination = fs::read(destination).unwrap_or_default();
        match outcome {
            Ok(Made::Plain) => assert!(destination.starts_with(b"SQLite format 3\0")),
            Ok(Made::Encrypted) => {
                assert!(destination.starts_with(b"Turso"));
                let report = verify_file(&asked.destination, &asked.key(), VerifyOptions::new()).unwrap();
                assert!(report.is_intact(), "{report:?}");
                assert_eq!(report.cipher, asked.key().cipher());
            }
            Ok(Made::Nothing) | Err(_) => assert!(before == after, "the folder has changed"),
        }
        let others = |files: &mut Vec<_>| files.retain(|(name, _)| name != "destination");
        others(&mut before);
        others(&mut after);
        assert!(before == after, "the folder has changed");
        outcome.map(|_| ())
    }
}

/// Every file with its bytes.
fn content(folder: &Path) -> Vec<(std::ffi::OsString, Vec<u8>)> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            (entry.file_name(), fs::read(entry.path()).unwrap())
        })
        .collect();
    files.sort();
    files
}
