//! `pagecrypt inspect`: what can be seen without the key.

use std::fmt::{Display, Write as _};
use std::path::Path;

use pagecrypt::file::{FileFormat, Inspection, LogInspection, inspect_file};
use pagecrypt::{Cipher, Error};
use serde::Serialize;

use crate::args::Inspect;
use crate::failure::Failure;
use crate::output;

/// `--json`. Lengths are in bytes; what cannot be seen is null.
#[derive(Serialize)]
struct Findings {
    file: String,
    format: &'static str,
    version: Option<u8>,
    cipher: Option<&'static str>,
    page_size: Option<usize>,
    reserved_length: Option<usize>,
    length: u64,
    page_count: Option<u64>,
    header_page_count: Option<u32>,
    trailing_bytes: Option<u64>,
    hot_journal: bool,
    problem: Option<&'static str>,
    wal: Option<LogFindings>,
}

#[derive(Serialize)]
struct LogFindings {
    length: u64,
    frames: u64,
    committed: u64,
    stale: u64,
    committed_page_count: Option<u32>,
    torn_bytes: u64,
    problem: Option<&'static str>,
}

pub(crate) fn run(args: &Inspect) -> Result<(), Failure> {
    let database = &args.database;
    let seen = inspect_file(database).map_err(|error| Failure::about(database, &error))?;
    let findings = findings(database, &seen);
    match error(&seen) {
        None if args.json => output::print_json(&findings),
        None => output::print(&text(database, &seen)),
        Some(error) => {
            if !args.json {
                output::print(&text(database, &seen))?;
            }
            Err(Failure::about(database, &error).with_findings(&findings))
        }
    }
}

/// Why the file is not one that the other commands would take, as they would say.
fn error(seen: &Inspection) -> Option<Error> {
    let foreign_cipher = seen.cipher.is_none_or(|cipher| cipher == Cipher::ChaCha20Poly1305);
    match (seen.format, seen.problem) {
        (FileFormat::Turso, None) => None,
        (FileFormat::Turso, Some(problem)) if seen.version != Some(0) || foreign_cipher => {
            Some(Error::UnsupportedFormat(problem))
        }
        (FileFormat::Turso, Some(problem)) => Some(Error::Malformed(problem)),
        (FileFormat::Sqlite, _) => Some(Error::NotEncrypted),
        _ => Some(Error::UnsupportedFormat("neither an encrypted nor a plain SQLite database")),
    }
}

fn findings(database: &Path, seen: &Inspection) -> Findings {
    Findings {
        file: database.to_string_lossy().into_owned(),
        format: seen.format.name(),
        version: seen.version,
        cipher: seen.cipher.map(|cipher| cipher.name()),
        page_size: seen.page_size,
        reserved_length: seen.reserved_length,
        length: seen.length,
        page_count: seen.pages,
        header_page_count: seen.header_pages,
        trailing_bytes: seen.trailing_bytes,
        hot_journal: seen.hot_journal,
        problem: seen.problem,
        wal: seen.log.as_ref().map(|log| LogFindings {
            length: log.length,
            frames: log.frames,
            committed: log.committed,
            stale: log.stale,
            committed_page_count: log.committed_pages,
            torn_bytes: log.torn_bytes,
            problem: log.problem,
        }),
    }
}

fn text(database: &Path, seen: &Inspection) -> String {
    let mut text = format!("{}\n", database.display());
    let mut line = |name: &str, value: Option<&dyn Display>| {
        if let Some(value) = value {
            // Cannot fail: a string takes everything.
            let _ = writeln!(text, "  {name:<12}{value}");
        }
    };
    let or_nothing = |value: u64| (value > 0).then_some(value);
    let trailing = seen.trailing_bytes.and_then(or_nothing);
    line("format", Some(&seen.format.name()));
    line("version", seen.version.as_ref().map(|version| version as &dyn Display));
    line("cipher", seen.cipher.as_ref().map(|cipher| cipher as &dyn Display));
    line("page size", seen.page_size.as_ref().map(|size| size as &dyn Display));
    line("reserved", seen.reserved_length.as_ref().map(|length| length as &dyn Display));
    line("pages", seen.pages.as_ref().map(|pages| pages as &dyn Display));
    line("trailing", trailing.as_ref().map(|bytes| bytes as &dyn Display));
    line("length", Some(&seen.length));
    let log = seen.log.as_ref().map(log_text);
    line("WAL frames", log.as_ref().map(|log| log as &dyn Display));
    line("journal", seen.hot_journal.then_some(&"to be rolled back" as &dyn Display));
    line("problem", seen.problem.as_ref().map(|problem| problem as &dyn Display));
    text
}

fn log_text(log: &LogInspection) -> String {
    let mut text = format!("{}: {} committed", log.frames, log.committed);
    if log.stale > 0 {
        let _ = write!(text, ", {} stale", log.stale);
    }
    if let Some(pages) = log.committed_pages {
        let _ = write!(text, "; {pages} pages with the WAL applied");
    }
    if let Some(problem) = log.problem {
        let _ = write!(text, "; {problem}");
    }
    text
}
