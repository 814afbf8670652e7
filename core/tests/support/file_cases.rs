//! The cases of `vectors/errors.json` that work on whole files.

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

use pagecrypt::file::{FileOptions, VerifyOptions, decrypt_file, inspect_file, verify_file};
use pagecrypt::{Error, Key};
use serde::Deserialize;

use crate::Bytes;
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

impl Files {
    pub(crate) fn run(&self, operation: &str, failed_pages: &[u64]) -> Result<(), Error> {
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
        let before = content(folder.path());
        let mut progress =
            |_, _| if self.cancel { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
        let (database, destination) = (path("database"), path("destination"));
        let outcome = match operation {
            "inspect_file" => inspect_file(&database).map(|_| ()),
            "verify_file" => {
                verify_file(&database, &self.key(), VerifyOptions::new().progress(&mut progress))
                    .and_then(|report| report.error().map_or(Ok(()), Err))
            }
            "decrypt_file" => {
                let options = FileOptions::new().force(self.force).progress(&mut progress);
                decrypt_file(&database, &destination, &self.key(), options).map(|_| ())
            }
            other => panic!("unknown operation {other}"),
        };
        if let Err(Error::AuthenticationFailed(failures)) = &outcome {
            assert_eq!(failures.numbers(), failed_pages);
        }
        if outcome.is_err() || operation != "decrypt_file" {
            assert!(content(folder.path()) == before, "{operation} changed the folder");
        } else {
            assert!(fs::read(destination).unwrap().starts_with(b"SQLite format 3\0"));
        }
        outcome
    }

    fn key(&self) -> Key {
        let (key, cipher) = (self.key.as_ref().unwrap(), self.cipher.as_ref().unwrap());
        Key::from_bytes(&key.0, cipher.parse().unwrap()).unwrap()
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
