//! Reading a b-tree's entries in their order.

use pagecrypt::Error;
use zeroize::Zeroizing;

use super::Pages;
use super::cell::{Cell, Payload};
use super::geometry::Geometry;
use super::page::{Kind, TreePage, read_u32};

/// No tree of SQLite's is deeper, in pages.
const MAX_DEPTH: usize = 20;

/// SQLite's largest record, in bytes.
const MAX_PAYLOAD: u64 = (1 << 31) - 1;

/// The pages that are read, and how many may still be: each belongs to one tree, once.
pub(super) struct Reading<'p> {
    pages: &'p mut dyn Pages,
    pub(super) geometry: Geometry,
    left: u32,
}

impl<'p> Reading<'p> {
    /// At most as many pages are read as there are.
    pub(super) fn new(pages: &'p mut dyn Pages, geometry: Geometry) -> Self {
        let left = pages.page_count();
        Self { pages, geometry, left }
    }

    /// Reads a page that something points to.
    fn read(&mut self, number: u32) -> Result<Zeroizing<Vec<u8>>, Error> {
        if number == 0 || number > self.pages.page_count() {
            return Err(Error::Malformed("a page number in a b-tree is beyond the end of the file"));
        }
        self.left =
            self.left.checked_sub(1).ok_or(Error::Malformed("b-trees share pages, or run in circles"))?;
        let mut page = Zeroizing::new(vec![0; self.geometry.page_size]);
        self.pages.read(number, &mut page)?;
        Ok(page)
    }

    fn read_tree_page(&mut self, number: u32) -> Result<TreePage, Error> {
        let bytes = self.read(number)?;
        TreePage::parse(number, bytes, self.geometry)
    }
}

/// An entry of a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    /// In tables.
    pub(super) rowid: i64,
    /// Length of the record, in bytes.
    pub(super) length: u64,
}

/// A walk through one tree.
pub(super) struct Walk<'r, 'p> {
    reading: &'r mut Reading<'p>,
    kind: Kind,
    path: Vec<Visit>,
    record: Record,
    last_rowid: Option<i64>,
}

/// Where the walk is in a page: step 2i goes into child i, step 2i + 1 hands out cell i; on leaves step i.
struct Visit {
    page: TreePage,
    step: usize,
    used: usize,
}

/// What is left of the current entry's record.
#[derive(Default)]
struct Record {
    chunk: Zeroizing<Vec<u8>>,
    at: usize,
    /// Bytes beyond the chunk.
    left: u64,
    overflow: u32,
}

impl<'r, 'p> Walk<'r, 'p> {
    /// Starts at the tree's root page.
    pub(super) fn start(reading: &'r mut Reading<'p>, root: u32) -> Result<Self, Error> {
        let page = reading.read_tree_page(root)?;
        let kind = page.kind;
        let path = vec![Visit { page, step: 0, used: 0 }];
        Ok(Self { reading, kind, path, record: Record::default(), last_rowid: None })
    }

    /// What the tree maps.
    pub(super) fn kind(&self) -> Kind {
        self.kind
    }

    /// The next entry. The record of the one before must have been read to its end.
    pub(super) fn next_entry(&mut self) -> Result<Option<Entry>, Error> {
        let geometry = self.reading.geometry;
        if self.record.left > 0 || self.record.at < self.record.chunk.len() {
            return Err(Error::Internal("a record was not read to its end"));
        }
        while let Some(visit) = self.path.last_mut() {
            let step = visit.step;
            visit.step += 1;
            let (index, is_cell) = if visit.page.leaf { (step, true) } else { (step / 2, step % 2 == 1) };
            let Some(start) = visit.page.cells.get(index).copied() else {
                let last = (!visit.page.leaf && !is_cell).then_some(visit.page.right);
                match last {
                    // The page itself is done once its last child is.
                    Some(child) => self.descend(child)?,
                    None => drop(self.path.pop()),
                }
                continue;
            };
            let cell = Cell::parse(&visit.page, start, geometry)?;
            if !is_cell {
                visit.used += cell.length;
                if visit.used > geometry.usable {
                    return Err(Error::Malformed("cells of a b-tree page overlap"));
                }
                self.descend(cell.child)?;
                continue;
            }
            let Some(payload) = cell.payload else { continue };
            if visit.page.leaf {
                visit.used += cell.length;
                if visit.used > geometry.usable {
                    return Err(Error::Malformed("cells of a b-tree page overlap"));
                }
            }
            let chunk = visit.page.bytes.get(payload.local.clone()).unwrap_or_default();
            let chunk = Zeroizing::new(chunk.to_vec());
            return self.enter(cell.rowid, &payload, chunk).map(Some);
        }
        Ok(None)
    }

    /// Fills `buffer` with the next bytes of the entry's record.
    pub(super) fn read(&mut self, mut buffer: &mut [u8]) -> Result<(), Error> {
        while !buffer.is_empty() {
            if self.record.at == self.record.chunk.len() {
                self.next_chunk()?;
            }
            let available = &self.record.chunk[self.record.at..];
            let length = available.len().min(buffer.len());
            let (now, rest) = std::mem::take(&mut buffer).split_at_mut(length);
            now.copy_from_slice(&available[..length]);
            buffer = rest;
            self.record.at += length;
        }
        Ok(())
    }

    fn descend(&mut self, child: u32) -> Result<(), Error> {
        if self.path.len() == MAX_DEPTH {
            return Err(Error::Malformed("a b-tree is too deep"));
        }
        let page = self.reading.read_tree_page(child)?;
        if page.kind != self.kind {
            return Err(Error::Malformed("a b-tree has pages of a table and of an index"));
        }
        self.path.push(Visit { page, step: 0, used: 0 });
        Ok(())
    }

    fn enter(&mut self, rowid: i64, payload: &Payload, chunk: Zeroizing<Vec<u8>>) -> Result<Entry, Error> {
        if payload.length > MAX_PAYLOAD {
            return Err(Error::Malformed("a record is too long"));
        }
        if self.kind == Kind::Table && self.last_rowid.replace(rowid).is_some_and(|last| last >= rowid) {
            return Err(Error::Malformed("the rowids of a table are out of order"));
        }
        let left = payload.length - chunk.len() as u64;
        self.record = Record { chunk, at: 0, left, overflow: payload.overflow.unwrap_or(0) };
        Ok(Entry { rowid, length: payload.length })
    }

    /// Goes on to the next overflow page.
    fn next_chunk(&mut self) -> Result<(), Error> {
        if self.record.left == 0 {
            return Err(Error::Malformed("a record is shorter than its header says"));
        }
        let mut page = self.reading.read(self.record.overflow)?;
        self.record.overflow = read_u32(&page, 0)?;
        let length = self.record.left.min(self.reading.geometry.overflow() as u64);
        page.truncate(4 + length as usize);
        self.record.left -= length;
        self.record.chunk = page;
        self.record.at = 4;
        Ok(())
    }
}
