//! `pagecrypt decrypt`: a plain copy of an encrypted database.

use pagecrypt::file::{FileOptions, decrypt_file};
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

pub(crate) fn run(args: &Decrypt) -> Result<(), Failure> {
    let key = key_source::load(&args.key, None, &args.report)?;
    let work = Work::start("decrypting", &args.report)?;
    let mut step = |done, total| work.step(done, total);
    let options = FileOptions::new().force(args.force).progress(&mut step);
    let outcome = if args.compact {
        decrypt_file_compact(&args.source, &args.destination, &key, options)
    } else {
        decrypt_file(&args.source, &args.destination, &key, options)
    };
    let summary =
        work.finish(outcome, |error| conversion::failure(&args.source, &args.destination, error))?;
    let done = Done {
        source: args.source.to_string_lossy().into_owned(),
        destination: args.destination.to_string_lossy().into_owned(),
        format: "turso",
        cipher: summary.cipher.name(),
        engine: summary.engine.name(),
        page_size: summary.page_size,
        page_count: summary.pages,
        length: summary.bytes(),
        compact: args.compact,
    };
    output::print_report(&args.report, &done, || {
        format!(
            "decrypted {} into {}: {} (engine {}), {} pages of {} bytes; it is not encrypted any more\n",
            args.source.display(),
            args.destination.display(),
            summary.cipher,
            summary.engine,
            summary.pages,
            summary.page_size,
        )
    })
}
