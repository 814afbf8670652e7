//! How much fits where.

use super::page::Kind;

/// Length of a page and of what SQLite uses of it, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Geometry {
    pub(super) page_size: usize,
    pub(super) usable: usize,
}

impl Geometry {
    /// `reserved` bytes at the end of each page are not SQLite's.
    pub(super) fn new(page_size: usize, reserved: usize) -> Self {
        Self { page_size, usable: page_size - reserved }
    }

    /// How many bytes of a payload stay in its cell; the others go to overflow pages.
    pub(super) fn local(&self, kind: Kind, payload: u64) -> usize {
        let (usable, index_share) = (self.usable, |parts: usize| (self.usable - 12) * parts / 255 - 23);
        let most = match kind {
            Kind::Table => usable - 35,
            Kind::Index => index_share(64),
        };
        if payload <= most as u64 {
            return payload as usize;
        }
        let least = index_share(32);
        // Less than a page.
        let surplus = least + ((payload - least as u64) % (usable as u64 - 4)) as usize;
        if surplus <= most { surplus } else { least }
    }

    /// How many bytes of a payload an overflow page holds.
    pub(super) fn overflow(&self) -> usize {
        self.usable - 4
    }

    /// Where a page begins in the file.
    pub(super) fn offset(&self, number: u32) -> u64 {
        u64::from(number - 1) * self.page_size as u64
    }
}
