//! Checking every page and every frame of an encrypted database.

use std::fmt;
use std::num::NonZeroUsize;
use std::ops::RangeInclusive;
use std::path::Path;
use std::thread;
use std::time::Duration;

use super::diagnosis::{Diagnosis, PageOne, diagnose};
use super::extent::Extent;
use super::new_file::beside;
use super::numbers::Numbers;
use super::options::{Progress, report};
use super::source::Source;
use super::waiting::{WAIT, while_locked};
use super::wal::Log;
use super::workers::{Batches, batch_of};
use crate::error::Error;
use crate::key::Key;
use crate::page::PageCodec;

mod findings;

pub use findings::{LogReport, VerifyReport};

/// How a database is checked.
#[non_exhaustive]
pub struct VerifyOptions<'a> {
    /// How many threads work on it; `None`: as many as the CPU runs at once. The report is the same.
    pub threads: Option<NonZeroUsize>,
    /// How long to wait for another program that is just writing to the file. Zero: not at all.
    pub wait: Duration,
    /// Told how far the work is.
    pub progress: Option<&'a mut Progress<'a>>,
}

impl<'a> VerifyOptions<'a> {
    /// All of the CPU, other programs get five seconds to finish, and progress is not told.
    #[must_use]
    pub fn new() -> Self {
        Self { threads: None, wait: WAIT, progress: None }
    }

    /// How many threads work on it.
    #[must_use]
    pub fn threads(mut self, threads: NonZeroUsize) -> Self {
        self.threads = Some(threads);
        self
    }

    /// How long to wait for another program that is just writing to the file. Zero: not at all.
    #[must_use]
    pub fn wait(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }

    /// Tells `progress` how far the work is.
    #[must_use]
    pub fn progress(mut self, progress: &'a mut Progress<'a>) -> Self {
        self.progress = Some(progress);
        self
    }
}

impl Default for VerifyOptions<'_> {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for VerifyOptions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifyOptions")
            .field("threads", &self.threads)
            .field("wait", &self.wait)
            .field("progress", &self.progress.is_some())
            .finish()
    }
}

/// Authenticates every page of the database `path` and every frame of its write-ahead log, and says what is damaged.
///
/// The file names its cipher, so that of `key` only the bytes count. Nothing is written. On Unix the file is locked as
/// a reader does.
///
/// Where the *same process* uses the file through another library, a copy of SQLite for example, that one's POSIX locks
/// are lost, unnoticed, as soon as this function closes the file. On Linux it therefore looks first, and does not open
/// the file while there are such locks ([`is_locked_by_this_process`](super::is_locked_by_this_process)): it waits, and
/// gives up by [`LockedBy::ThisProcess`](crate::LockedBy::ThisProcess). Locks taken after that look are lost all the
/// same, and on other systems all are. Threads that use this crate only do not disturb each other on Linux.
///
/// The report covers all damage that was found: [`VerifyReport::error`] turns it into one error. What follows the
/// log's last commit is not damage where a crash can explain it: frames from before a checkpoint (other salts),
/// frames without a commit, torn frames and parts of frames. A log that was cut between frames cannot be told from a
/// shorter one.
///
/// # Errors
/// Where nothing can be checked: [`Error::WrongKey`], [`Error::KeyLength`], [`Error::NotEncrypted`],
/// [`Error::UnsupportedFormat`], [`Error::Malformed`] for a file without a whole page 1. [`Error::Locked`] where
/// another program still writes to the file after the wait, or left a journal, [`Error::Cancelled`], [`Error::Io`].
pub fn verify_file(path: &Path, key: &Key, mut options: VerifyOptions<'_>) -> Result<VerifyReport, Error> {
    let mut waiting = || report(&mut options.progress, 0, 0);
    let main = while_locked(options.wait, &mut waiting, || Source::open_database(path))?;
    let log_file = Source::open_if_present(&beside(path, "-wal"))?;
    let Diagnosis { codec, page_one, counted } = diagnose(&main, log_file.as_ref(), key)?;
    drop(log_file);
    let mut reading = || report(&mut options.progress, 0, main.length());
    let log = Log::open(path, codec.page_size(), &mut reading)?;
    let extent = Extent::measure(main.length(), codec.page_size(), counted, log.as_ref())?;

    let threads =
        options.threads.or_else(|| thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN);
    let total = main.length() + log.as_ref().map_or(0, |log| log.source().length());
    let mut done = codec.page_size() as u64; // page 1
    let mut advance = |bytes: usize| {
        done = total.min(done + bytes as u64);
        report(&mut options.progress, done, total)
    };

    let mut unopened = Numbers::default();
    if page_one != PageOne::Authentic && extent.in_file > 0 {
        unopened.push(1);
    }
    let others = unopened_pages(&main, &codec, 2..=extent.in_file, threads, &mut advance)?;
    others.ranges().iter().for_each(|range| unopened.push_range(range.clone()));
    let log_report = match &log {
        Some(log) => Some(check_log(log, &codec, threads, &mut advance)?),
        None => None,
    };
    report(&mut options.progress, total, total)?;
    main.check_unchanged()?;
    if let Some(log) = &log {
        log.source().check_unchanged()?;
    }
    Ok(VerifyReport::new(&codec, page_one, &extent, &unopened, log_report))
}

/// Which of these pages of the main file do not open.
pub(super) fn unopened_pages(
    main: &Source,
    codec: &PageCodec,
    pages: RangeInclusive<u32>,
    threads: NonZeroUsize,
    advance: &mut dyn FnMut(usize) -> Result<(), Error>,
) -> Result<Numbers, Error> {
    if pages.is_empty() {
        return Ok(Numbers::default());
    }
    let (start, end, page_size) = (u64::from(*pages.start()), u64::from(*pages.end()), codec.page_size());
    let count = end - start + 1;
    let batch = count.min(batch_of(page_size) as u64);
    let buffer = batch as usize * page_size;
    let work = |buffer: &mut [u8], index: u64| {
        let first = start + index * batch;
        let length = batch.min(end + 1 - first) as usize * page_size;
        let pages = &mut buffer[..length];
        main.read_at(pages, (first - 1) * page_size as u64)?;
        let first = u32::try_from(first).map_err(|_| Error::PageNumber)?;
        match codec.open_pages(first, pages) {
            Ok(()) => Ok(Vec::new()),
            Err(Error::AuthenticationFailed(failures)) => {
                Ok(failures.numbers().iter().map(|number| *number as u32).collect())
            }
            Err(error) => Err(error),
        }
    };
    Batches { count: count.div_ceil(batch), buffer, work: &work }.run(threads, &mut || advance(buffer))
}

fn check_log(
    log: &Log,
    codec: &PageCodec,
    threads: NonZeroUsize,
    advance: &mut dyn FnMut(usize) -> Result<(), Error>,
) -> Result<LogReport, Error> {
    let all = 0..log.frames().len();
    let buffer = log.batches(&all).1;
    let unopened = log.unopened(codec, all, threads, &mut || advance(buffer))?;
    let judgement = log.judge(0, &unopened);
    Ok(LogReport {
        frames: (log.frames().len() + log.stale()) as u64,
        committed: log.committed() as u64,
        uncommitted: log.uncommitted() as u64 + u64::from(judgement.torn),
        stale: log.stale() as u64,
        torn_bytes: log.torn_bytes(),
        damaged: judgement.damaged,
        problem: log.problem(),
    })
}
