//! `pagecrypt decrypt`: a plain copy of an encrypted database.

use pagecrypt::file::{FileOptions, Summary, decrypt_file};
use pagecrypt::{Cipher, Engine, Error, Key};
use pagecrypt_sqlite::decrypt_file_compact;
use serde::Serialize;

use crate::args::Decrypt;
use crate::conversion;
use crate::failure::Failure;
use crate::key_source;
use crate::output;
use crate::progress::Work;

/// `--json`. Lengths are in bytes.
#[derive(Serialize)]
struct Done {
    source: String,
    destination: String,
    format: &'static str,
    cipher: &'static str,
    engine: &'static str,
    page_size: usize,
    page_count: u32,
    length: u64,
    compact: bool,
}

/// What both ways of decrypting tell.
struct Made {
    cipher: Cipher,
    engine: Engine,
    page_size: usize,
    pages: u32,
    length: u64,
}

pub(crate) fn run(args: &Decrypt) -> Result<(), Failure> {
    let key = key_source::load(&args.key, None, &args.report)?;
    let work = Work::start("decrypting", &args.report)?;
    let mut step = |done, total| work.step(done, total);
    let options = FileOptions::new().force(args.force).progress(&mut step);
    let outcome = make(args, &key, options);
    let made = work.finish(outcome, |error| conversion::failure(&args.source, &args.destination, error))?;
    let done = Done {
        source: args.source.to_string_lossy().into_owned(),
        destination: args.destination.to_string_lossy().into_owned(),
        format: "turso",
        cipher: made.cipher.name(),
        engine: made.engine.name(),
        page_size: made.page_size,
        page_count: made.pages,
        length: made.length,
        compact: args.compact,
    };
    output::print_report(&args.report, &done, || {
        format!(
            "decrypted {} into {}: {} (engine {}), {} pages of {} bytes; it is not encrypted any more\n",
            args.source.display(),
            args.destination.display(),
            made.cipher,
            made.engine,
            made.pages,
            made.page_size,
        )
    })
}

fn make(args: &Decrypt, key: &Key, options: FileOptions<'_>) -> Result<Made, Error> {
    if args.compact {
        let pagecrypt_sqlite::Summary { cipher, engine, page_size, pages, bytes, .. } =
            decrypt_file_compact(&args.source, &args.destination, key, options)?;
        return Ok(Made { cipher, engine, page_size, pages, length: bytes });
    }
    let summary = decrypt_file(&args.source, &args.destination, key, options)?;
    let length = summary.bytes();
    let Summary { cipher, engine, page_size, pages, .. } = summary;
    Ok(Made { cipher, engine, page_size, pages, length })
}
