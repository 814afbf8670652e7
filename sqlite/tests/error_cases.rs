//! The error cases of `vectors/errors.json` that take SQLite; core's tests run the others, and count all.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use pagecrypt::Error;
use pagecrypt_sqlite::{FileOptions, decrypt_file_compact, encrypt_file};

#[path = "../../core/tests/support/error_file.rs"]
mod error_file;
#[path = "../../core/tests/support/file_cases.rs"]
mod file_cases;
#[path = "../../core/tests/support/vectors.rs"]
mod vectors;

use file_cases::{Asked, Files, Made};

#[test]
fn every_case_gives_its_error_and_no_other() {
    let file = error_file::file();
    let run = |operation: &str, work: &dyn Fn(&Asked<'_>, FileOptions<'_>) -> Result<Made, Error>| {
        let cases: Vec<_> = file.cases.iter().filter(|case| case.operation == operation).collect();
        for case in &cases {
            case.check(case.input::<Files>().run(&case.failed_pages, |asked, progress| {
                work(asked, FileOptions::new().force(asked.force).progress(progress))
            }));
        }
        cases.len()
    };
    let encrypted = run("encrypt_file", &|asked, options| {
        encrypt_file(&asked.database, &asked.destination, &asked.key(), options).map(|_| Made::Encrypted)
    });
    let decrypted = run("decrypt_file_compact", &|asked, options| {
        decrypt_file_compact(&asked.database, &asked.destination, &asked.key(), options).map(|_| Made::Plain)
    });
    assert_eq!((encrypted, decrypted), (16, 16));
}
