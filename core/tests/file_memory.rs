//! Memory stays small whatever the size of the database.
//!
//! Each step has a process to itself: this program runs itself again as a child, told so by environment variables. What a
//! child takes that does nothing is left out: an emulator takes much more than the program in it.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::{env, fs};

use pagecrypt::file::{
    Access, FileOptions, NewFile, VerifyOptions, decrypt_file, seal_pages_into_file, verify_file,
};
use pagecrypt::page::PageCodec;
use pagecrypt::{Cipher, Error, Key};

#[path = "support/databases.rs"]
mod databases;
#[path = "support/own_program.rs"]
mod own_program;

use databases::Database;
use own_program::own_program;

const NAME: &str = "memory_stays_small_whatever_the_size";
const CHILD: &str = "PAGECRYPT_TEST_CHILD";
const STEP: &str = "PAGECRYPT_TEST_STEP";
const PAGE_SIZE: &str = "PAGECRYPT_TEST_PAGE_SIZE";
/// What a child prints its peak in KiB behind.
const PEAK: &str = "peak KiB: ";

/// Far more than is allowed to be in memory.
const LENGTH: usize = 192 << 20;
const ALLOWED_KIB: u64 = 64 << 10;

fn key() -> Key {
    Key::from_bytes(&[7; 16], Cipher::Aegis128l).unwrap()
}

/// Seals a database of zeros, or checks it, or makes it plain again.
fn work(folder: &Path, step: &str, page_size: usize) {
    let (sealed, plain) = (folder.join("sealed"), folder.join("plain"));
    match step {
        "seal" => {
            let new = NewFile::create(&sealed, None, false, Access::Owner).unwrap();
            let codec = PageCodec::turso(key(), page_size).unwrap();
            let pages = (LENGTH / page_size) as u32;
            let first_page = Database::made(Cipher::Aegis128l, page_size, 1).plain_page(1, pages);
            let read = |first: u32, run: &mut [u8]| {
                run.fill(0);
                if first == 1 {
                    run[..page_size].copy_from_slice(&first_page);
                }
                Ok(())
            };
            seal_pages_into_file(&new, &codec, pages, &read, &mut FileOptions::new()).unwrap();
            new.commit().unwrap();
        }
        // As on a CPU that runs more at once than is good for this.
        "verify" => {
            let options = VerifyOptions::new().threads(NonZeroUsize::MAX);
            assert!(verify_file(&sealed, &key(), options).unwrap().is_intact());
        }
        "nothing" => {}
        "decrypt" => {
            decrypt_file(&sealed, &plain, &key(), FileOptions::new()).unwrap();
        }
        _ => panic!("{step}"),
    }
}

/// The most memory that a child had.
fn peak_kib(folder: &Path, step: &str, page_size: usize) -> u64 {
    let output = own_program()
        .args(["--exact", NAME, "--nocapture", "--test-threads=1"])
        .envs([(CHILD, folder.as_os_str()), (STEP, step.as_ref())])
        .env(PAGE_SIZE, page_size.to_string())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{step}, pages of {page_size}: {}, {text}", output.status);
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().find_map(|line| line.strip_prefix(PEAK)).unwrap().parse().unwrap()
}

#[test]
fn memory_stays_small_whatever_the_size() {
    if let Some(folder) = env::var_os(CHILD) {
        let page_size = env::var(PAGE_SIZE).unwrap().parse().unwrap();
        work(&PathBuf::from(folder), &env::var(STEP).unwrap(), page_size);
        let status = fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
        println!("\n{PEAK}{}", line.split_whitespace().nth(1).unwrap());
        return;
    }
    if !Path::new("/proc/self/status").exists() {
        println!("skipped: this system does not tell a process's peak memory as Linux does");
        return;
    }
    for page_size in [4096, 65536] {
        let folder = tempfile::tempdir().unwrap();
        let of_nothing = peak_kib(folder.path(), "nothing", page_size);
        for step in ["seal", "verify", "decrypt"] {
            let kib = peak_kib(folder.path(), step, page_size) - of_nothing;
            assert!(kib < ALLOWED_KIB, "{step}, pages of {page_size}: {kib} KiB");
        }
        for name in ["sealed", "plain"] {
            assert_eq!(fs::metadata(folder.path().join(name)).unwrap().len(), LENGTH as u64, "{name}");
        }
    }
}

#[test]
fn pages_that_cannot_be_read_or_sealed_fail_by_the_first() {
    let folder = tempfile::tempdir().unwrap();
    let new = NewFile::create(&folder.path().join("sealed"), None, false, Access::Owner).unwrap();
    let codec = PageCodec::turso(key(), 512).unwrap();
    let mut options = FileOptions::new();
    let mut seal = |read: &pagecrypt::file::ReadPages<'_>| {
        seal_pages_into_file(&new, &codec, 10_000, read, &mut options)
    };
    // Page 1 has no header.
    let zeros = |_: u32, run: &mut [u8]| {
        run.fill(0);
        Ok(())
    };
    assert!(matches!(seal(&zeros), Err(Error::Malformed(_))));
    let unread = |first: u32, _: &mut [u8]| -> Result<(), Error> { Err(Error::PageSize(first as usize)) };
    let refused = seal(&unread);
    assert!(matches!(refused, Err(Error::PageSize(1))), "{refused:?}");
}
