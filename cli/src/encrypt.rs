//! `pagecrypt encrypt`: an encrypted copy of a plain SQLite database.

use std::fmt::Write as _;

use pagecrypt::Error;
use pagecrypt::file::{FileFormat, FileOptions, Summary, Way, inspect_file};
use pagecrypt_sqlite::encrypt_file;
use serde::Serialize;

use crate::args::{Encrypt, Format};
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
    source_page_size: usize,
    page_size: usize,
    page_count: u32,
    length: u64,
    rebuilt: bool,
}

pub(crate) fn run(args: &Encrypt) -> Result<(), Failure> {
    let key = key_source::load(&args.key, args.cipher, &args.report)?;
    let work = Work::start("encrypting", &args.report)?;
    let mut step = |done, total| work.step(done, total);
    let options = FileOptions::new().force(args.force).progress(&mut step);
    let outcome = encrypt_file(&args.source, &args.destination, &key, options);
    let summary = work.finish(outcome, |error| failure(args, error))?;
    let done = Done {
        source: args.source.to_string_lossy().into_owned(),
        destination: args.destination.to_string_lossy().into_owned(),
        format: match args.format {
            Format::Turso => "turso",
        },
        cipher: summary.cipher.name(),
        engine: summary.engine.name(),
        source_page_size: summary.source_page_size,
        page_size: summary.page_size,
        page_count: summary.pages,
        length: summary.bytes(),
        rebuilt: summary.way == Way::Rebuilt,
    };
    output::print_report(&args.report, &done, || text(args, &summary))
}

fn failure(args: &Encrypt, error: &Error) -> Failure {
    let failure = conversion::failure(&args.source, &args.destination, error);
    match error {
        Error::UnsupportedFormat(_) if is_encrypted(args) => {
            failure.with_advice("to encrypt it under another key or cipher, `pagecrypt decrypt` it first")
        }
        Error::UnsupportedFormat(_) => {
            failure.with_advice("give a plain SQLite database that sqlite3 can copy")
        }
        _ => failure,
    }
}

fn is_encrypted(args: &Encrypt) -> bool {
    inspect_file(&args.source).is_ok_and(|seen| seen.format == FileFormat::Turso)
}

fn text(args: &Encrypt, summary: &Summary) -> String {
    let Summary { cipher, engine, pages, page_size, source_page_size, .. } = summary;
    let mut text = format!(
        "encrypted {} into {}: {cipher} (engine {engine}), {pages} pages of {page_size} bytes\n",
        args.source.display(),
        args.destination.display(),
    );
    if summary.grew() {
        // Cannot fail: a string takes everything.
        let _ = writeln!(
            text,
            "pages grew from {source_page_size} to {page_size} bytes: {cipher} reserves {} of each, which leaves \
             too few for SQLite otherwise",
            cipher.reserved_length(),
        );
    }
    text
}
