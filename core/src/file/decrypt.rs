//! Turning an encrypted database into a plain one, page by page.

use std::path::Path;

use super::filling::fill;
use super::new_file::{Access, NewFile};
use super::options::FileOptions;
use super::reader::PageReader;
use super::summary::{Summary, Way};
use crate::error::Error;
use crate::key::Key;

/// Makes the plain SQLite database `destination` of the encrypted database `source` and what is committed in its
/// write-ahead log.
///
/// Pages keep their places, and their reserved bytes are zero. The file names its cipher, so that of `key` only the
/// bytes count. `destination` is readable for its owner only (mode 0600), is made under a temporary name, and appears
/// when it is complete; `source` is only read. As many threads work on it as the CPU runs at once, at most eight, with a
/// buffer of some hundred kilobytes each; [`PageReader`] takes memory besides.
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
    let make = |first: u32, plain: &mut [u8]| reader.read_pages(first, plain);
    fill(&new, page_size, pages, &make, &mut |done| options.report(done, total))?;
    reader.check_unchanged()?;
    new.commit()?;
    let mut summary = Summary::new(reader.codec(), pages, Way::Opened);
    summary.frames_applied = reader.frames_applied();
    Ok(summary)
}
