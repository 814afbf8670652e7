//! What a conversion came to.

use pagecrypt::{Cipher, Engine};

/// What was written, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Summary {
    /// The cipher of the encrypted database.
    pub cipher: Cipher,
    /// The engine that served it.
    pub engine: Engine,
    /// Length of a page of the source, in bytes; of an empty one, what SQLite would have given it.
    pub source_page_size: usize,
    /// Length of a page of the destination, in bytes. It is not the source's where pages of 512 bytes are too small
    /// for the cipher's reserved bytes: see [`grew`](Self::grew).
    pub page_size: usize,
    /// Pages of the destination.
    pub pages: u32,
    /// Length of the destination, in bytes.
    pub bytes: u64,
    /// How it was done.
    pub way: Way,
}

impl Summary {
    /// Whether the pages had to become larger.
    #[must_use]
    pub fn grew(&self) -> bool {
        self.page_size > self.source_page_size
    }
}

/// How a database gets the reserved bytes it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Way {
    /// It had them: page after page was sealed.
    Sealed,
    /// It had others: SQLite wrote it anew, as `VACUUM INTO` does.
    Rebuilt,
    /// The content of its tables and indexes was copied, byte for byte, into pages without reserved bytes.
    Repacked,
}
