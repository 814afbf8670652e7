//! What making one file of another came to.

use std::fmt;

use crate::cipher::Cipher;
use crate::engine::Engine;
use crate::page::PageCodec;

/// What was made of a database, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Summary {
    /// The cipher of the encrypted file.
    pub cipher: Cipher,
    /// The engine that did it.
    pub engine: Engine,
    /// Length of a page of the source, in bytes; of an empty one, what SQLite would have given it.
    pub source_page_size: usize,
    /// Length of a page of the new file, in bytes. It is the source's but where that is too small: see
    /// [`grew`](Self::grew).
    pub page_size: usize,
    /// How many pages the new file has.
    pub pages: u32,
    /// How many frames of the source's write-ahead log were taken in. 0 where a plain database is encrypted: SQLite
    /// takes its log in, and does not count.
    pub frames_applied: u64,
    /// How it was done.
    pub way: Way,
}

impl Summary {
    /// `pages` pages of the length of the source's, made with `codec`, and no frames: for those who make files
    /// themselves. They set the fields that differ.
    #[must_use]
    pub fn new(codec: &PageCodec, pages: u32, way: Way) -> Self {
        Self {
            cipher: codec.cipher(),
            engine: codec.engine(),
            source_page_size: codec.page_size(),
            page_size: codec.page_size(),
            pages,
            frames_applied: 0,
            way,
        }
    }

    /// Length of the new file, in bytes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        u64::from(self.pages) * self.page_size as u64
    }

    /// Whether the pages had to become larger: SQLite wants 480 usable bytes in each.
    #[must_use]
    pub fn grew(&self) -> bool {
        self.page_size > self.source_page_size
    }
}

/// How one file was made of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Way {
    /// Encrypted: the pages had the reserved bytes they need, and were sealed one after another.
    Sealed,
    /// Decrypted: the pages were opened one after another, and keep their reserved bytes.
    Opened,
    /// Encrypted: the pages had other reserved bytes, and SQLite wrote the database anew, as `VACUUM INTO` does.
    Rebuilt,
    /// Decrypted: the content of tables and indexes was copied, byte for byte, into pages without reserved bytes.
    Repacked,
}

impl Way {
    /// Its name, for example `sealed`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sealed => "sealed",
            Self::Opened => "opened",
            Self::Rebuilt => "rebuilt",
            Self::Repacked => "repacked",
        }
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
