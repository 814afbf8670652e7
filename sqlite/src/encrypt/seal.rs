//! The right reserved bytes already: page after page is copied and sealed.

use pagecrypt::{Error, LockedBy};
use rusqlite::OpenFlags;
use rusqlite::backup::{Backup, StepResult};

use super::source::Source;
use crate::vfs::DESTINATION;

/// Pages copied before the destination gets its turn to report.
const PAGES_PER_STEP: i32 = 256;

/// Copies the source as it is, its write-ahead log applied, with SQLite's backup interface. The source is being read
/// ([`Source::begin`]), so that no step sees another state of it than the first.
pub(super) fn run(source: &Source<'_, '_>) -> Result<(), Error> {
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
