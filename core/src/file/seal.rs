//! Sealing all pages of a database into a new file.

use super::filling::{Make, fill};
use super::new_file::NewFile;
use super::options::FileOptions;
use crate::error::Error;
use crate::page::PageCodec;

/// Gives pages in plaintext: fills the buffer with whole pages, the first of which has the given number. Called from
/// several threads, in any order.
pub type ReadPages<'a> = Make<'a>;

/// Seals the pages 1 to `pages` that `read` gives, each under a fresh nonce, and writes them to `new`, which is empty.
///
/// For those who know how to read a plain database safely; `pagecrypt-sqlite` does. The pages' reserved bytes are zero
/// already, and page 1's header names them ([`PageCodec::seal_pages`]). As many threads work on it as the CPU runs at
/// once, at most eight, with a buffer of some hundred kilobytes each. Progress is told; that all is done is left to
/// the caller, who has to [`commit`](NewFile::commit) first.
///
/// # Errors
/// Those of `read` and [`PageCodec::seal_pages`], of the first page that has one; [`Error::Cancelled`]; [`Error::Io`].
pub fn seal_pages_into_file(
    new: &NewFile,
    codec: &PageCodec,
    pages: u32,
    read: &ReadPages<'_>,
    options: &mut FileOptions<'_>,
) -> Result<(), Error> {
    let page_size = codec.page_size();
    let total = u64::from(pages) * page_size as u64;
    let make = |first: u32, buffer: &mut [u8]| {
        read(first, buffer)?;
        codec.seal_pages(first, buffer)
    };
    fill(new, page_size, pages, &make, &mut |done| options.report(done.min(total.saturating_sub(1)), total))
}
