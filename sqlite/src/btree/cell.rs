//! Cells: what a b-tree page holds, as it is read.

use std::ops::Range;

use pagecrypt::Error;

use super::geometry::Geometry;
use super::page::{Kind, TreePage, read_u32};
use super::varint;

/// One cell of a page.
#[derive(Debug)]
pub(super) struct Cell {
    /// The page of what comes before it, on interior pages.
    pub(super) child: u32,
    /// In tables. On interior pages it only leads the way.
    pub(super) rowid: i64,
    /// The record, everywhere but on interior pages of tables.
    pub(super) payload: Option<Payload>,
    /// Its length in its page, in bytes.
    pub(super) length: usize,
}

/// Where a record is.
#[derive(Debug)]
pub(super) struct Payload {
    /// Length of the record, in bytes.
    pub(super) length: u64,
    /// The first part of it, in the page.
    pub(super) local: Range<usize>,
    /// The page of the rest, if there is more.
    pub(super) overflow: Option<u32>,
}

const CUT_OFF: Error = Error::Malformed("a cell of a b-tree page is cut off");

impl Cell {
    /// Looks at the cell at `start`.
    pub(super) fn parse(page: &TreePage, start: usize, geometry: Geometry) -> Result<Self, Error> {
        let mut at = start;
        let integer = |at: &mut usize| {
            let (value, length) = page.bytes.get(*at..).and_then(varint::read).ok_or(CUT_OFF)?;
            *at += length;
            Ok::<u64, Error>(value)
        };
        let child = if page.leaf { 0 } else { read_u32(&page.bytes, at).map(|child| (child, at += 4).0)? };
        let length = match (page.kind, page.leaf) {
            (Kind::Table, false) => None,
            _ => Some(integer(&mut at)?),
        };
        let rowid = if page.kind == Kind::Table { integer(&mut at)?.cast_signed() } else { 0 };
        let payload = match length {
            None => None,
            Some(length) => {
                let local = at..at + geometry.local(page.kind, length);
                at = local.end;
                if at > page.bytes.len() {
                    return Err(CUT_OFF);
                }
                let mut overflow = None;
                if length > local.len() as u64 {
                    overflow = Some(read_u32(&page.bytes, at)?);
                    at += 4;
                }
                Some(Payload { length, local, overflow })
            }
        };
        Ok(Self { child, rowid, payload, length: at - start })
    }
}
