//! `pagecrypt verify`: every page and every WAL frame authenticated, damage listed.

use std::fmt::Write as _;
use std::num::NonZeroUsize;
use std::path::Path;

use pagecrypt::file::{LogReport, Numbers, VerifyOptions, VerifyReport, verify_file};
use serde::Serialize;

use crate::args::Verify;
use crate::failure::Failure;
use crate::key_source;
use crate::output;
use crate::progress::Work;

/// `--json`. Lists of page and frame numbers are pairs of the first and the last of a run.
#[derive(Serialize)]
struct Findings<'a> {
    file: String,
    intact: bool,
    format: &'static str,
    cipher: &'static str,
    engine: &'static str,
    page_size: usize,
    page_count: u32,
    pages_checked: u32,
    damaged_header: Vec<&'static str>,
    damaged_pages: Runs,
    missing_pages: Runs,
    foreign_pages: Runs,
    surplus_pages: Runs,
    trailing_bytes: u64,
    wal: Option<LogFindings<'a>>,
}

#[derive(Serialize)]
struct LogFindings<'a> {
    frames: u64,
    committed: u64,
    uncommitted: u64,
    stale: u64,
    torn_bytes: u64,
    damaged_frames: Runs,
    problem: Option<&'a str>,
}

type Runs = Vec<(u32, u32)>;

pub(crate) fn run(args: &Verify) -> Result<(), Failure> {
    let key = key_source::load(&args.key, None, &args.report)?;
    let work = Work::start("verifying", &args.report)?;
    let mut step = |done, total| work.step(done, total);
    let mut options = VerifyOptions::new().progress(&mut step);
    options.threads = args.threads.and_then(|threads| NonZeroUsize::new(threads.into()));
    let outcome = verify_file(&args.database, &key, options);
    let report = work.finish(outcome, |error| Failure::about(&args.database, error))?;

    let findings = findings(&args.database, &report);
    match report.error() {
        None => output::print_report(&args.report, &findings, || text(&args.database, &report)),
        Some(error) => {
            if !args.report.json && !args.report.quiet {
                output::print(&text(&args.database, &report))?;
            }
            let failure = Failure::about(&args.database, &error).with_advice("restore it from a backup");
            Err(failure.with_findings(&findings))
        }
    }
}

fn findings<'a>(database: &Path, report: &'a VerifyReport) -> Findings<'a> {
    Findings {
        file: database.to_string_lossy().into_owned(),
        intact: report.is_intact(),
        format: "turso",
        cipher: report.cipher.name(),
        engine: report.engine.name(),
        page_size: report.page_size,
        page_count: report.pages,
        pages_checked: report.pages_checked,
        damaged_header: report.damaged_header.iter().map(|field| field.name()).collect(),
        damaged_pages: runs(&report.damaged_pages),
        missing_pages: runs(&report.missing_pages),
        foreign_pages: runs(&report.foreign_pages),
        surplus_pages: runs(&report.surplus_pages),
        trailing_bytes: report.trailing_bytes,
        wal: report.log.as_ref().map(|log| LogFindings {
            frames: log.frames,
            committed: log.committed,
            uncommitted: log.uncommitted,
            stale: log.stale,
            torn_bytes: log.torn_bytes,
            damaged_frames: runs(&log.damaged),
            problem: log.problem,
        }),
    }
}

fn runs(numbers: &Numbers) -> Runs {
    numbers.ranges().iter().map(|range| (*range.start(), *range.end())).collect()
}

fn text(database: &Path, report: &VerifyReport) -> String {
    let state = if report.is_intact() { "intact" } else { "DAMAGED" };
    let VerifyReport { cipher, engine, page_size, pages, pages_checked, .. } = report;
    let mut text = format!(
        "{}: {state}\n  format      turso\n  cipher      {cipher} (engine {engine})\n  pages       {pages} of {page_size} bytes",
        database.display(),
    );
    // Cannot fail: a string takes everything.
    if pages_checked != pages {
        let _ = write!(text, ", {pages_checked} of them in the main file");
    }
    if let Some(log) = &report.log {
        let _ = write!(text, "\n  WAL frames  {}", counts(log));
    }
    if !report.surplus_pages.is_empty() {
        let _ =
            write!(text, "\n  left over   pages {}, behind the last one: no damage", report.surplus_pages);
    }
    text.push('\n');
    for finding in report.findings() {
        let _ = writeln!(text, "  damage      {finding}");
    }
    text
}

fn counts(log: &LogReport) -> String {
    let LogReport { frames, committed, uncommitted, stale, torn_bytes, .. } = log;
    let mut text = format!("{frames}: {committed} committed");
    for (count, what) in
        [(uncommitted, "uncommitted"), (stale, "stale"), (torn_bytes, "bytes of a torn frame")]
    {
        if *count > 0 {
            let _ = write!(text, ", {count} {what}");
        }
    }
    text
}
