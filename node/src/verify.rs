//! Checks of encrypted databases.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use napi::Env;
use napi_derive::napi;
use pagecrypt::Error;
use pagecrypt::file::{self, HeaderField, Numbers, Progress, VerifyOptions};

use crate::border::buffers::Bytes;
use crate::border::callback::Callback;
use crate::border::handle::Handle;
use crate::control::{Control, Listener, run_here};
use crate::error::{Failure, call};
use crate::file::{duration, path};
use crate::key::Key;
use crate::thread::{Done, start};

/// Numbers from `first` to `last`, both included.
#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct Range {
    /// The smallest.
    pub first: u32,
    /// The largest.
    pub last: u32,
}

/// What is right and wrong with a database.
#[napi(object, object_from_js = false, use_nullable = true)]
#[derive(Debug)]
pub struct VerifyReport {
    /// Whether nothing is damaged.
    pub intact: bool,
    /// The damage as one error, the gravest first.
    pub error: Option<Failure>,
    /// What opens it.
    pub cipher: String,
    /// What opened it.
    pub engine: String,
    /// Bytes.
    pub page_size: u32,
    /// Of the database, its log applied.
    pub pages: u32,
    /// Whole pages of the main file.
    pub pages_checked: u32,
    /// Bytes behind the last whole page that are not the database's.
    pub trailing_bytes: f64,
    /// Everything that is damaged, a sentence each.
    pub findings: Vec<String>,
    /// Fields of page 1's header that are damaged.
    pub damaged_header: Vec<String>,
    /// Pages of the main file that are damaged or forged.
    pub damaged_pages: Vec<Range>,
    /// Pages that neither the file nor the log holds.
    pub missing_pages: Vec<Range>,
    /// Pages behind the last one that open: no damage.
    pub surplus_pages: Vec<Range>,
    /// Pages behind the last one that do not.
    pub foreign_pages: Vec<Range>,
    /// The write-ahead log, where there is one.
    pub log: Option<LogReport>,
}

/// What is right and wrong with a write-ahead log.
#[napi(object, object_from_js = false, use_nullable = true)]
#[derive(Debug)]
pub struct LogReport {
    /// Whole frames.
    pub frames: f64,
    /// Of them, from the first, part of the database.
    pub committed: f64,
    /// That follow, and no commit ended.
    pub uncommitted: f64,
    /// Left over from before a checkpoint.
    pub stale: f64,
    /// Bytes behind the last whole frame.
    pub torn_bytes: f64,
    /// Frames, from 1, that are damaged, forged or not in their place.
    pub damaged: Vec<Range>,
    /// What is wrong with the header.
    pub problem: Option<String>,
}

impl From<file::VerifyReport> for VerifyReport {
    fn from(report: file::VerifyReport) -> Self {
        let error = report.error();
        Self {
            intact: error.is_none(),
            error: error.as_ref().map(Failure::from),
            cipher: report.cipher.name().to_owned(),
            engine: report.engine.name().to_owned(),
            page_size: report.page_size as u32,
            pages: report.pages,
            pages_checked: report.pages_checked,
            trailing_bytes: report.trailing_bytes as f64,
            findings: report.findings(),
            damaged_header: report.damaged_header.iter().map(HeaderField::to_string).collect(),
            damaged_pages: ranges(&report.damaged_pages),
            missing_pages: ranges(&report.missing_pages),
            surplus_pages: ranges(&report.surplus_pages),
            foreign_pages: ranges(&report.foreign_pages),
            log: report.log.map(|log| LogReport {
                frames: log.frames as f64,
                committed: log.committed as f64,
                uncommitted: log.uncommitted as f64,
                stale: log.stale as f64,
                torn_bytes: log.torn_bytes as f64,
                damaged: ranges(&log.damaged),
                problem: log.problem.map(str::to_owned),
            }),
        }
    }
}

fn ranges(numbers: &Numbers) -> Vec<Range> {
    numbers.ranges().iter().map(|range| Range { first: *range.start(), last: *range.end() }).collect()
}

/// Verifies a file on this thread. `progress` gives whether to go on.
#[napi]
pub fn verify_file(
    env: &Env,
    path: Bytes<'_>,
    key: Handle<'_, Key>,
    threads: Option<u32>,
    wait: Option<f64>,
    progress: Option<Callback<'_>>,
) -> napi::Result<VerifyReport> {
    let work = call(env, || Work::new(path, key, threads, wait))?;
    run_here(env, progress.as_ref(), |progress| work.run(progress).map(VerifyReport::from))
}

/// Verifies a file on a thread of its own, which waits for what `listener` gives. `done` hears what comes of it.
#[napi]
pub fn verify_file_later(
    env: &Env,
    path: Bytes<'_>,
    key: Handle<'_, Key>,
    threads: Option<u32>,
    wait: Option<f64>,
    control: Handle<'_, Control>,
    listener: Option<Listener>,
    done: Done<VerifyReport>,
) -> napi::Result<()> {
    let work = call(env, || Work::new(path, key, threads, wait))?;
    let path = work.path.clone();
    start(env, &path, &control, listener, done, VerifyReport::from, move |progress| work.run(progress))
}

struct Work {
    path: PathBuf,
    key: pagecrypt::Key,
    threads: Option<NonZeroUsize>,
    wait: Option<Duration>,
}

impl Work {
    fn new(
        bytes: Bytes<'_>,
        key: Handle<'_, Key>,
        threads: Option<u32>,
        wait: Option<f64>,
    ) -> Result<Self, Error> {
        let threads = match threads.map(|threads| NonZeroUsize::new(threads as usize)) {
            Some(None) => return Err(Error::InvalidArgument("it takes a thread at least")),
            threads => threads.flatten(),
        };
        Ok(Self { path: path(bytes)?, key: key.get()?, threads, wait: wait.map(duration) })
    }

    fn run(&self, progress: &mut Progress<'_>) -> Result<file::VerifyReport, Error> {
        let mut options = VerifyOptions::new().progress(progress);
        if let Some(threads) = self.threads {
            options = options.threads(threads);
        }
        if let Some(wait) = self.wait {
            options = options.wait(wait);
        }
        file::verify_file(&self.path, &self.key, options)
    }
}
