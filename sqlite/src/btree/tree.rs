//! Writing a b-tree from entries in their order: leaves are filled one after the other, and what separates them goes
//! up.
//!
//! A page is held back until the next one at its level is known to get a cell, because no page but the root may have
//! none: if the next stays empty, it takes one from the page held back.

use pagecrypt::Error;
use pagecrypt::page::pending_byte_page;
use zeroize::Zeroizing;

use super::geometry::Geometry;
use super::page::{Kind, flag, header_length, header_start};
use super::pointer_map::{Pointer, PointerMap};
use super::walk::{Entry, Walk};
use super::{FILE_HEADER_LENGTH, Sink, varint};

/// The file that is being written: which pages are taken.
pub(super) struct Writing<'s> {
    sink: &'s mut dyn Sink,
    pub(super) geometry: Geometry,
    map: Option<PointerMap>,
    pending: u32,
    pages: u32,
}

impl<'s> Writing<'s> {
    /// Page 1 is taken; with `pointer_map` the file is made for auto_vacuum.
    pub(super) fn new(sink: &'s mut dyn Sink, geometry: Geometry, pointer_map: bool) -> Result<Self, Error> {
        let map = if pointer_map { Some(PointerMap::new(geometry)?) } else { None };
        Ok(Self { sink, geometry, map, pending: pending_byte_page(geometry.page_size)?, pages: 1 })
    }

    /// How many pages there are.
    pub(super) fn pages(&self) -> u32 {
        self.pages
    }

    /// Takes a page.
    pub(super) fn allocate(&mut self) -> Result<u32, Error> {
        loop {
            self.pages = self
                .pages
                .checked_add(1)
                .filter(|pages| *pages <= pagecrypt::page::MAX_PAGE_NUMBER)
                .ok_or(Error::PageNumber)?;
            let is_map = self.map.is_some_and(|map| map.page_for(self.pages) == self.pages);
            if !is_map && self.pages != self.pending {
                return Ok(self.pages);
            }
        }
    }

    /// Writes the page `number`.
    pub(super) fn write(&mut self, number: u32, page: &[u8]) -> Result<(), Error> {
        self.sink.write(self.geometry.offset(number), page)
    }

    /// Writes bytes of page 1 that are not a b-tree's.
    pub(super) fn write_file_header(&mut self, header: &[u8; FILE_HEADER_LENGTH]) -> Result<(), Error> {
        self.sink.write(0, header)
    }

    /// Notes what points to the page `number`, where that is kept.
    pub(super) fn point(&mut self, number: u32, pointer: Pointer) -> Result<(), Error> {
        match &self.map {
            Some(map) if number > 1 => self.sink.write(map.offset(number), &pointer.to_bytes()),
            _ => Ok(()),
        }
    }
}

/// What a cell has beside its part of the record, at most: two varints and the first overflow page.
const CELL_NUMBERS: usize = 9 + 9 + 4;

/// A cell to be written.
#[derive(Debug, Default)]
struct Cell {
    /// On interior pages.
    child: u32,
    /// Without the child.
    bytes: Zeroizing<Vec<u8>>,
    /// The first overflow page of its record; 0 for none.
    overflow: u32,
}

/// Cells that fit into one page.
#[derive(Debug, Default)]
struct Filling {
    cells: Vec<Cell>,
    /// With pointers and, on interior pages, children.
    length: usize,
}

impl Filling {
    fn push(&mut self, cell: Cell, leaf: bool) {
        self.length += length_in_page(&cell, leaf);
        self.cells.push(cell);
    }

    fn pop(&mut self, leaf: bool) -> Option<Cell> {
        let cell = self.cells.pop()?;
        self.length -= length_in_page(&cell, leaf);
        Some(cell)
    }
}

/// What a cell takes of a page, with the pointer to it. SQLite gives a cell at least four bytes.
fn length_in_page(cell: &Cell, leaf: bool) -> usize {
    2 + (cell.bytes.len() + if leaf { 0 } else { 4 }).max(4)
}

/// One level of the tree; the leaves are level 0.
#[derive(Debug, Default)]
struct Level {
    filling: Filling,
    /// A full page, its rightmost child, and what separates it from the next one.
    held: Option<(Filling, u32, Cell)>,
}

/// A tree that is being written.
pub(super) struct Tree<'w, 's> {
    writing: &'w mut Writing<'s>,
    kind: Kind,
    root: u32,
    levels: Vec<Level>,
    /// The last entry's.
    rowid: i64,
}

impl<'w, 's> Tree<'w, 's> {
    /// The page `root` is taken.
    pub(super) fn new(writing: &'w mut Writing<'s>, kind: Kind, root: u32) -> Self {
        Self { writing, kind, root, levels: vec![Level::default()], rowid: 0 }
    }

    /// Copies all entries of another tree.
    pub(super) fn copy(mut self, walk: &mut Walk<'_, '_>) -> Result<(), Error> {
        while let Some(entry) = walk.next_entry()? {
            self.append(entry, |buffer| walk.read(buffer))?;
        }
        self.finish()
    }

    /// Appends an entry, whose record `read` gives piece by piece.
    pub(super) fn append(
        &mut self,
        entry: Entry,
        mut read: impl FnMut(&mut [u8]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let geometry = self.writing.geometry;
        let local = geometry.local(self.kind, entry.length);
        // Room for everything: a vector that grows leaves its bytes behind.
        let bytes = Zeroizing::new(Vec::with_capacity(local + CELL_NUMBERS));
        let mut cell = Cell { child: 0, bytes, overflow: 0 };
        varint::append(entry.length, &mut cell.bytes);
        if self.kind == Kind::Table {
            varint::append(entry.rowid.cast_unsigned(), &mut cell.bytes);
        }
        let start = cell.bytes.len();
        cell.bytes.resize(start + local, 0);
        read(&mut cell.bytes[start..])?;
        let mut left = entry.length - local as u64;
        if left > 0 {
            cell.overflow = self.writing.allocate()?;
            cell.bytes.extend(cell.overflow.to_be_bytes());
        }
        let page_length = if left > 0 { geometry.page_size } else { 0 };
        let (mut number, mut page) = (cell.overflow, Zeroizing::new(vec![0; page_length]));
        while left > 0 {
            let here = left.min(geometry.overflow() as u64);
            left -= here;
            let next = if left > 0 { self.writing.allocate()? } else { 0 };
            page.fill(0);
            page[..4].copy_from_slice(&next.to_be_bytes());
            read(&mut page[4..4 + here as usize])?;
            self.writing.write(number, &page)?;
            if next > 0 {
                self.writing.point(next, Pointer::NextOverflow(number))?;
            }
            number = next;
        }
        self.append_cell(cell)?;
        self.rowid = entry.rowid;
        Ok(())
    }

    fn append_cell(&mut self, cell: Cell) -> Result<(), Error> {
        if self.fits(0, &cell) {
            self.levels[0].filling.push(cell, true);
            return Ok(());
        }
        self.release(0)?;
        let full = std::mem::take(&mut self.levels[0].filling);
        match self.kind {
            // The cell itself separates the pages.
            Kind::Index => self.levels[0].held = Some((full, 0, cell)),
            Kind::Table => {
                let mut separator = Cell::default();
                varint::append(self.rowid.cast_unsigned(), &mut separator.bytes);
                self.levels[0].held = Some((full, 0, separator));
                self.levels[0].filling.push(cell, true);
            }
        }
        Ok(())
    }

    /// Appends a child to an interior level, and what separates it from the next.
    fn append_child(&mut self, level: usize, child: u32, separator: Cell) -> Result<(), Error> {
        if level == self.levels.len() {
            self.levels.push(Level::default());
        }
        let cell = Cell { child, ..separator };
        if self.fits(level, &cell) {
            self.levels[level].filling.push(cell, false);
            return Ok(());
        }
        self.release(level)?;
        let full = std::mem::take(&mut self.levels[level].filling);
        self.levels[level].held = Some((full, child, cell));
        Ok(())
    }

    fn fits(&self, level: usize, cell: &Cell) -> bool {
        let leaf = level == 0;
        self.levels[level].filling.length + length_in_page(cell, leaf) <= self.capacity(leaf)
    }

    fn capacity(&self, leaf: bool) -> usize {
        self.writing.geometry.usable - header_length(leaf)
    }

    /// Writes the page that is held back at this level, and tells the level above.
    fn release(&mut self, level: usize) -> Result<(), Error> {
        let Some((filling, right, separator)) = self.levels[level].held.take() else { return Ok(()) };
        let number = self.writing.allocate()?;
        self.write_page(number, level == 0, &filling.cells, right)?;
        self.append_child(level + 1, number, separator)
    }

    /// Writes what is left, and the root.
    pub(super) fn finish(mut self) -> Result<(), Error> {
        let (mut level, mut right) = (0, 0);
        loop {
            let leaf = level == 0;
            let Level { filling, held } = &mut self.levels[level];
            if filling.cells.is_empty()
                && let Some((full, full_right, separator)) = held
                && let Some(moved) = full.pop(leaf)
            {
                let child = std::mem::replace(full_right, moved.child);
                let first = std::mem::replace(separator, moved);
                filling.push(Cell { child, ..first }, leaf);
            }
            self.release(level)?;
            let filling = std::mem::take(&mut self.levels[level].filling);
            if level + 1 == self.levels.len() {
                return self.write_root(leaf, &filling, right);
            }
            let number = self.writing.allocate()?;
            self.write_page(number, leaf, &filling.cells, right)?;
            (level, right) = (level + 1, number);
        }
    }

    /// Page 1 has less room; what does not fit there goes below it.
    fn write_root(&mut self, leaf: bool, filling: &Filling, right: u32) -> Result<(), Error> {
        let root = self.root;
        if filling.length + header_start(root) <= self.capacity(leaf) {
            self.write_page(root, leaf, &filling.cells, right)?;
        } else {
            let below = self.writing.allocate()?;
            self.write_page(below, leaf, &filling.cells, right)?;
            self.write_page(root, false, &[], below)?;
        }
        self.writing.point(root, Pointer::Root)
    }

    fn write_page(&mut self, number: u32, leaf: bool, cells: &[Cell], right: u32) -> Result<(), Error> {
        let geometry = self.writing.geometry;
        let start = header_start(number);
        let mut page = Zeroizing::new(vec![0; geometry.page_size]);
        let mut pointer = start + header_length(leaf);
        let mut content = geometry.usable;
        for cell in cells {
            content -= length_in_page(cell, leaf) - 2;
            let mut at = content;
            if !leaf {
                page[at..at + 4].copy_from_slice(&cell.child.to_be_bytes());
                at += 4;
                self.writing.point(cell.child, Pointer::Child(number))?;
            }
            page[at..at + cell.bytes.len()].copy_from_slice(&cell.bytes);
            if cell.overflow > 0 {
                self.writing.point(cell.overflow, Pointer::Overflow(number))?;
            }
            put_u16(&mut page, pointer, content);
            pointer += 2;
        }
        page[start] = flag(self.kind, leaf);
        put_u16(&mut page, start + 3, cells.len());
        put_u16(&mut page, start + 5, content);
        if !leaf {
            page[start + 8..start + 12].copy_from_slice(&right.to_be_bytes());
            self.writing.point(right, Pointer::Child(number))?;
        }
        self.writing.write(number, &page)
    }
}

/// Two bytes, big-endian; 65536 is written as 0.
fn put_u16(page: &mut [u8], at: usize, value: usize) {
    page[at..at + 2].copy_from_slice(&(value as u16).to_be_bytes());
}
