//! A page of a b-tree: header, pointers to cells, cells.

use pagecrypt::Error;
use zeroize::Zeroizing;

use super::FILE_HEADER_LENGTH;
use super::geometry::Geometry;

/// What a b-tree maps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Integers to records: a table with rowids.
    Table,
    /// Records: an index, or a table without rowids.
    Index,
}

const INTERIOR_INDEX: u8 = 2;
const INTERIOR_TABLE: u8 = 5;
const LEAF_INDEX: u8 = 10;
const LEAF_TABLE: u8 = 13;

/// The byte that says what a page is.
pub(super) fn flag(kind: Kind, leaf: bool) -> u8 {
    match (kind, leaf) {
        (Kind::Index, false) => INTERIOR_INDEX,
        (Kind::Table, false) => INTERIOR_TABLE,
        (Kind::Index, true) => LEAF_INDEX,
        (Kind::Table, true) => LEAF_TABLE,
    }
}

/// Length of the page's header, in bytes.
pub(super) fn header_length(leaf: bool) -> usize {
    if leaf { 8 } else { 12 }
}

/// Where the header begins: page 1 starts with the file's.
pub(super) fn header_start(number: u32) -> usize {
    if number == 1 { FILE_HEADER_LENGTH } else { 0 }
}

/// A page whose header and cell pointers make sense.
#[derive(Debug)]
pub(super) struct TreePage {
    pub(super) bytes: Zeroizing<Vec<u8>>,
    pub(super) kind: Kind,
    pub(super) leaf: bool,
    pub(super) cells: Vec<usize>,
    /// The rightmost child of an interior page.
    pub(super) right: u32,
}

impl TreePage {
    /// Looks at the page `number`.
    pub(super) fn parse(
        number: u32,
        mut bytes: Zeroizing<Vec<u8>>,
        geometry: Geometry,
    ) -> Result<Self, Error> {
        // Nothing beyond them is SQLite's.
        bytes.truncate(geometry.usable);
        let start = header_start(number);
        let (kind, leaf) = match bytes.get(start) {
            Some(&INTERIOR_INDEX) => (Kind::Index, false),
            Some(&INTERIOR_TABLE) => (Kind::Table, false),
            Some(&LEAF_INDEX) => (Kind::Index, true),
            Some(&LEAF_TABLE) => (Kind::Table, true),
            _ => return Err(Error::Malformed("a page of a b-tree is something else")),
        };
        let count = usize::from(read_u16(&bytes, start + 3)?);
        let right = if leaf { 0 } else { read_u32(&bytes, start + 8)? };
        let pointers = start + header_length(leaf);
        let first_cell = pointers + 2 * count;
        let mut cells = Vec::with_capacity(count.min(geometry.usable / 2));
        for index in 0..count {
            let cell = usize::from(read_u16(&bytes, pointers + 2 * index)?);
            if cell < first_cell {
                return Err(Error::Malformed("a cell of a b-tree page begins in its header"));
            }
            cells.push(cell);
        }
        Ok(Self { bytes, kind, leaf, cells, right })
    }
}

/// A big-endian number of two bytes.
pub(super) fn read_u16(bytes: &[u8], at: usize) -> Result<u16, Error> {
    let bytes = bytes.get(at..).and_then(<[u8]>::first_chunk);
    bytes.map(|bytes| u16::from_be_bytes(*bytes)).ok_or(Error::Malformed("a b-tree page is cut off"))
}

/// A big-endian number of four bytes.
pub(super) fn read_u32(bytes: &[u8], at: usize) -> Result<u32, Error> {
    let bytes = bytes.get(at..).and_then(<[u8]>::first_chunk);
    bytes.map(|bytes| u32::from_be_bytes(*bytes)).ok_or(Error::Malformed("a b-tree page is cut off"))
}
