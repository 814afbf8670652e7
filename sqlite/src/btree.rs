//! SQLite's b-trees, read and written without SQLite: it refuses the databases of 512-byte pages with 48 reserved
//! bytes that Turso makes, since it wants 480 usable bytes in a page.
//!
//! What is read may have been made by anyone who has the key, or by a program that went wrong: every number is
//! checked before it is used, and the work is bounded by the number of pages.

use pagecrypt::Error;

mod cell;
mod geometry;
mod page;
mod pointer_map;
mod repack;
mod schema;
mod tree;
mod varint;
mod walk;

pub(crate) use repack::{Repacked, repack};

/// Where pages come from.
pub(crate) trait Pages {
    /// Length of a page, in bytes.
    fn page_size(&self) -> usize;

    /// How many pages there are.
    fn page_count(&self) -> u32;

    /// Reads a page in plaintext; `number` is one of 1 to the count, `page` is as long as a page.
    fn read(&mut self, number: u32, page: &mut [u8]) -> Result<(), Error>;
}

/// Where pages go: a file, all zero at first.
pub(crate) trait Sink {
    /// Writes bytes at a place.
    fn write(&mut self, offset: u64, bytes: &[u8]) -> Result<(), Error>;
}

/// Where SQLite's own header ends on page 1.
const FILE_HEADER_LENGTH: usize = 100;

#[cfg(test)]
mod tests;
