//! Other reserved bytes: SQLite writes the database anew.

use pagecrypt::Error;

use super::source::Source;
use crate::vfs::DESTINATION;

/// Runs `VACUUM INTO` with pages that end in `reserved` bytes that SQLite leaves alone, be they more or fewer than the
/// source has.
pub(super) fn run(source: &Source<'_, '_>, reserved: usize) -> Result<(), Error> {
    // The parameter sets the number; the file control of the connection could only raise it.
    let uri = format!("file:{DESTINATION}?reserve={reserved}");
    source.try_sql(|connection| connection.execute("VACUUM INTO ?1", [uri]).map(|_| ()))
}
