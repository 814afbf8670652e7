//! The right reserved bytes already: page after page is sealed as it is.

use std::io;
use std::sync::{Mutex, PoisonError};

use pagecrypt::{Error, LockedBy};
use rusqlite::OpenFlags;
use rusqlite::backup::{Backup, StepResult};

use super::source::{Shape, Source};
use crate::vfs::DESTINATION;

/// Pages copied before the destination gets its turn to report.
const PAGES_PER_STEP: i32 = 256;

/// Seals the source's pages, which is being read ([`Source::begin`]), so that all are of one state of it.
pub(super) fn run(source: &mut Source<'_, '_>, shape: Shape) -> Result<(), Error> {
    if source.has_log() { through_sqlite(source) } else { from_the_file(source, shape) }
}

/// Reads the main file past SQLite, many pages at a time.
///
/// What is being read is the main file alone then, and nobody changes it: a writer with a journal waits for SQLite's
/// lock, and one with a log, which may begin meanwhile, appends to that; to write it back into the main file, it would
/// need the lock of those who read without a log.
fn from_the_file(source: &mut Source<'_, '_>, shape: Shape) -> Result<(), Error> {
    let vfs = source.connection().vfs();
    let path = source.path().to_owned();
    // SQLite's handle: closing another one of the same file would take away all locks that this process has on it.
    let file = Mutex::new(source.file()?);
    let read = |first: u32, pages: &mut [u8]| {
        let offset = u64::from(first - 1) * shape.page_size as u64;
        let mut file = file.lock().unwrap_or_else(PoisonError::into_inner); // it has no state of ours
        file.read(offset, pages).map_err(|error| match error.kind() {
            // SQLite takes what is missing of the last page for zeros.
            io::ErrorKind::UnexpectedEof => Error::Malformed("the file ends within its last page"),
            _ => super::io_error("read", &path, error),
        })
    };
    let mut state = vfs.state().try_borrow_mut().map_err(|_| Error::Internal("SQLite is still at work"))?;
    state.destination.seal_all(shape.pages, &read)
}

/// Copies the source, its write-ahead log applied, with SQLite's backup interface.
fn through_sqlite(source: &Source<'_, '_>) -> Result<(), Error> {
    let vfs = source.connection().vfs();
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let failed = |error: rusqlite::Error| source.failed().because(&error);
    let mut destination = vfs.connect(&format!("file:{DESTINATION}"), flags).map_err(failed)?;
    destination
        .execute_batch("PRAGMA temp_store = MEMORY; PRAGMA synchronous = OFF; PRAGMA cache_size = -8192;")
        .map_err(failed)?;
    let backup = Backup::new(source.connection(), destination.connection_mut()).map_err(failed)?;
    loop {
        match backup.step(PAGES_PER_STEP).map_err(failed)? {
            StepResult::Done => return Ok(()),
            StepResult::More => {}
            _ => return Err(Error::Locked(LockedBy::Writer)),
        }
    }
}
