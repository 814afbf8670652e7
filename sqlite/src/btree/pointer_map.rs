//! Pointer maps: where auto_vacuum looks up what points to a page.

use pagecrypt::Error;
use pagecrypt::page::pending_byte_page;

use super::geometry::Geometry;

/// What a page is, and so what points to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pointer {
    /// The root of a tree: the schema does.
    Root,
    /// The first overflow page of a cell of this page.
    Overflow(u32),
    /// An overflow page after this one.
    NextOverflow(u32),
    /// A page of a tree below this one.
    Child(u32),
}

/// Length of an entry, in bytes.
const ENTRY_LENGTH: usize = 5;

impl Pointer {
    /// The entry.
    pub(super) fn to_bytes(self) -> [u8; ENTRY_LENGTH] {
        let (kind, parent) = match self {
            Self::Root => (1, 0),
            Self::Overflow(page) => (3, page),
            Self::NextOverflow(page) => (4, page),
            Self::Child(page) => (5, page),
        };
        let [a, b, c, d] = u32::to_be_bytes(parent);
        [kind, a, b, c, d]
    }
}

/// Where the maps are in a file.
#[derive(Debug, Clone, Copy)]
pub(super) struct PointerMap {
    geometry: Geometry,
    pending: u32,
}

impl PointerMap {
    pub(super) fn new(geometry: Geometry) -> Result<Self, Error> {
        Ok(Self { geometry, pending: pending_byte_page(geometry.page_size)? })
    }

    /// The page that maps the page `number`, which is 2 or more; a map maps to itself.
    pub(super) fn page_for(&self, number: u32) -> u32 {
        let run = (self.geometry.usable / ENTRY_LENGTH) as u32 + 1;
        let page = (number - 2) / run * run + 2;
        if page == self.pending { page + 1 } else { page }
    }

    /// Where the entry of the page `number` is in the file.
    pub(super) fn offset(&self, number: u32) -> u64 {
        let page = self.page_for(number);
        self.geometry.offset(page) + u64::from(number - page - 1) * ENTRY_LENGTH as u64
    }
}
