//! Rust's program of the cross-language matrix.
//!
//! `pagecrypt-matrix write FOLDER VECTORS` writes, `pagecrypt-matrix read FOLDER VECTORS` reads what any language wrote.
//! One line a row: `CAPABILITY CIPHER ok`, `… refused` or `… FAILED: why`.

use std::env;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use pagecrypt::page::PageCodec;
use pagecrypt::{Cipher, Error, Key};

mod file;
mod frames;
mod messages;
mod pages;
mod records;
mod records_bound;
mod records_s2;

/// What every language does; a new one is a row here and a row in each other program.
const CAPABILITIES: [Capability; 6] = [
    Capability { name: "messages", write: messages::write, read: messages::read },
    Capability { name: "pages", write: pages::write, read: pages::read },
    Capability { name: "frames", write: frames::write, read: frames::read },
    Capability { name: "file", write: file::write, read: file::read },
    Capability { name: "records-s2", write: records_s2::write, read: records_s2::read },
    Capability { name: "records-bound", write: records_bound::write, read: records_bound::read },
];

const PAGE_SIZE: usize = 4096;

struct Capability {
    name: &'static str,
    write: fn(&Place) -> Result<Outcome, Failure>,
    read: fn(&Place) -> Result<Outcome, Failure>,
}

/// Where a row's files are, and the key.
struct Place {
    folder: PathBuf,
    vectors: PathBuf,
    key: Key,
}

enum Outcome {
    Ok,
    /// The format does not have the cipher, and says so.
    Refused,
}

type Failure = Box<dyn std::error::Error>;

impl Place {
    /// The row's file, for example `pages-aegis256`.
    fn path(&self, capability: &str, ending: &str) -> PathBuf {
        self.folder.join(format!("{capability}-{}{ending}", self.key.cipher()))
    }

    /// The codec, or none where the format refuses the cipher.
    fn codec(&self) -> Result<Option<PageCodec>, Failure> {
        match (PageCodec::turso(&self.key, PAGE_SIZE), self.key.cipher()) {
            (Ok(_), Cipher::ChaCha20Poly1305) => Err("the format took a cipher that it does not have".into()),
            (Err(Error::UnsupportedFormat(_)), Cipher::ChaCha20Poly1305) => Ok(None),
            (codec, _) => Ok(Some(codec?)),
        }
    }
}

/// Page `number` in plaintext, `add` added to each byte; the reserved bytes are zero.
fn page(number: u32, add: u8, reserved: usize) -> Vec<u8> {
    let mut page: Vec<u8> =
        (0..PAGE_SIZE).map(|j| (number as usize * 7 + j) as u8).map(|byte| byte.wrapping_add(add)).collect();
    page[PAGE_SIZE - reserved..].fill(0);
    page
}

/// Fails where `got` is not `expected`; says where they first differ.
fn compare(what: &str, got: &[u8], expected: &[u8]) -> Result<(), Failure> {
    if got.len() != expected.len() {
        return Err(format!("{what}: {} bytes, not {}", got.len(), expected.len()).into());
    }
    match got.iter().zip(expected).position(|(a, b)| a != b) {
        Some(at) => Err(format!("{what}: byte {at} is another").into()),
        None => Ok(()),
    }
}

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args_os().skip(1).collect();
    let [mode, folder, vectors] = &arguments[..] else { return usage() };
    let reads = match mode.to_str() {
        Some("write") => false,
        Some("read") => true,
        _ => return usage(),
    };
    let mut failed = false;
    for capability in &CAPABILITIES {
        for cipher in Cipher::ALL {
            let work = if reads { capability.read } else { capability.write };
            let outcome = match run(work, Path::new(folder), Path::new(vectors), cipher) {
                Ok(Outcome::Ok) => "ok".to_owned(),
                Ok(Outcome::Refused) => "refused".to_owned(),
                Err(failure) => {
                    failed = true;
                    format!("FAILED: {failure}")
                }
            };
            println!("{} {cipher} {outcome}", capability.name);
        }
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn run(
    work: fn(&Place) -> Result<Outcome, Failure>,
    folder: &Path,
    vectors: &Path,
    cipher: Cipher,
) -> Result<Outcome, Failure> {
    let bytes: Vec<u8> = (0..cipher.key_length()).map(|byte| byte as u8).collect();
    let key = Key::from_bytes(&bytes, cipher)?;
    work(&Place { folder: folder.to_owned(), vectors: vectors.to_owned(), key })
}

fn usage() -> ExitCode {
    eprintln!("usage: pagecrypt-matrix write|read FOLDER VECTORS");
    ExitCode::from(2)
}
