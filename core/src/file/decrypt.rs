//! Turning an encrypted database into a plain one, page by page.

use std::io::Write;
use std::path::Path;

use zeroize::Zeroizing;

use super::new_file::{Access, NewFile, io_error};
use super::options::FileOptions;
use super::reader::PageReader;
use super::summary::{Summary, Way};
use super::workers::BATCH_BYTES;
use crate::error::Error;
use crate::key::Key;

/// Makes the plain SQLite database `destination` of the encrypted database `source` and what is committed in its
/// write-ahead log.
///
/// Pages keep their places, and their reserved bytes are zero. The file names its cipher, so that of `key` only the
/// bytes count. `destination` is readable for its owner only (mode 0600), is made under a temporary name, and appears
/// when it is complete; `source` is only read. The work takes a few hundred kilobytes of memory, and what
/// [`PageReader`] takes.
///
/// # Errors
/// Those of [`PageReader::open_with`] and [`NewFile::create`]. [`Error::AuthenticationFailed`] for the first damaged page or
/// frame that the database needs, [`Error::Locked`] where someone writes to `source` meanwhile, [`Error::Cancelled`],
/// [`Error::Io`]. `destination` is as it was then.
pub fn decrypt_file(
    source: &Path,
    destination: &Path,
    key: &Key,
    mut options: FileOptions<'_>,
) -> Result<Summary, Error> {
    let reader = PageReader::open_with(source, key, &mut options)?;
    let new = NewFile::create(destination, Some(source), options.force, Access::Owner)?;
    let (page_size, pages) = (reader.page_size(), reader.page_count());
    let total = u64::from(pages) * page_size as u64;
    let batch = u32::try_from(BATCH_BYTES / page_size).unwrap_or(1).clamp(1, pages.max(1));
    let mut buffer = Zeroizing::new(vec![0; batch as usize * page_size]);
    let mut done = 0;
    while done < pages {
        let count = batch.min(pages - done);
        let plain = &mut buffer[..count as usize * page_size];
        reader.read_pages(done + 1, plain)?;
        new.file().write_all(plain).map_err(|error| io_error("write", new.temporary_path(), error))?;
        done += count;
        options.report(u64::from(done) * page_size as u64, total)?;
    }
    reader.check_unchanged()?;
    new.commit()?;
    let mut summary = Summary::new(reader.codec(), pages, Way::Opened);
    summary.frames_applied = reader.frames_applied();
    Ok(summary)
}
