//! A whole database, entry by entry, into pages with other reserved bytes.

use std::collections::HashMap;

use pagecrypt::{Error, LockedBy};
use zeroize::Zeroizing;

use super::geometry::Geometry;
use super::page::read_u32;
use super::schema::{MAX_RECORD, SchemaRecord};
use super::tree::{Tree, Writing};
use super::walk::{Reading, Walk};
use super::{FILE_HEADER_LENGTH, Pages, Sink};

/// Places in SQLite's header.
mod place {
    pub(super) const PAGE_SIZE: usize = 16;
    pub(super) const RESERVED: usize = 20;
    pub(super) const CHANGES: usize = 24;
    pub(super) const PAGES: usize = 28;
    pub(super) const FREE: std::ops::Range<usize> = 32..40;
    pub(super) const LARGEST_ROOT: usize = 52;
    pub(super) const VALID_FOR: usize = 92;
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Repacked {
    /// How many pages the new file has.
    pub(crate) pages: u32,
}

/// Copies all b-trees of `from` into pages of the same length that end in `reserved` bytes, at least 448 of them
/// usable. Records, rowids and the order of indexes stay as they are, and so does everything else that SQLite can see
/// but the root pages; free pages are left out.
pub(crate) fn repack(from: &mut dyn Pages, to: &mut dyn Sink, reserved: usize) -> Result<Repacked, Error> {
    let page_size = from.page_size();
    let mut first = Zeroizing::new(vec![0; page_size]);
    from.read(1, &mut first)?;
    let Some(mut header) = first.first_chunk::<FILE_HEADER_LENGTH>().copied() else {
        return Err(Error::PageSize(page_size));
    };
    let read = Geometry::new(page_size, header[place::RESERVED].into());
    let write = Geometry::new(page_size, reserved);
    if read.usable < 448 || write.usable < 448 {
        return Err(Error::Malformed("the header's reserved bytes leave too little of a page"));
    }
    let auto_vacuum = read_u32(&header, place::LARGEST_ROOT)? != 0;
    let mut writing = Writing::new(to, write, auto_vacuum)?;

    let mut roots = Roots::default();
    for_each_schema_record(from, read, |_, record| roots.take(record, &mut writing))?;
    let mut schema = Tree::new(&mut writing, super::page::Kind::Table, 1);
    for_each_schema_record(from, read, |rowid, record| {
        let moved = match SchemaRecord::parse(record)? {
            parsed @ SchemaRecord { root: Some(root), .. } => parsed.with_root(roots.moved(root)?),
            _ => Zeroizing::new(record.to_vec()),
        };
        let entry = super::walk::Entry { rowid, length: moved.len() as u64 };
        let mut rest = moved.as_slice();
        schema.append(entry, |buffer| {
            let (now, later) =
                rest.split_at_checked(buffer.len()).ok_or(Error::Internal("a short record"))?;
            buffer.copy_from_slice(now);
            rest = later;
            Ok(())
        })
    })?;
    schema.finish()?;

    let mut reading = Reading::new(from, read);
    for (old, new) in &roots.order {
        let mut walk = Walk::start(&mut reading, *old)?;
        Tree::new(&mut writing, walk.kind(), *new).copy(&mut walk)?;
    }

    let pages = writing.pages();
    let changes = read_u32(&header, place::CHANGES)?;
    let largest_root = if auto_vacuum { roots.largest() } else { 0 };
    // 65536 is written as 1.
    let page_size = if page_size == 65536 { 1 } else { page_size as u16 };
    header[place::PAGE_SIZE..][..2].copy_from_slice(&page_size.to_be_bytes());
    header[place::RESERVED] = reserved as u8;
    header[place::FREE].fill(0);
    for (at, value) in
        [(place::PAGES, pages), (place::LARGEST_ROOT, largest_root), (place::VALID_FOR, changes)]
    {
        header[at..at + 4].copy_from_slice(&value.to_be_bytes());
    }
    writing.write_file_header(&header)?;
    Ok(Repacked { pages })
}

/// Root pages, before and after.
#[derive(Debug, Default)]
struct Roots {
    order: Vec<(u32, u32)>,
    moved: HashMap<u32, u32>,
}

impl Roots {
    /// Takes a page for the root that a record of the schema names.
    fn take(&mut self, record: &[u8], writing: &mut Writing<'_>) -> Result<(), Error> {
        let Some(root) = SchemaRecord::parse(record)?.root else { return Ok(()) };
        let new = writing.allocate()?;
        if root == 1 || self.moved.insert(root, new).is_some() {
            return Err(Error::Malformed("tables or indexes share a root page"));
        }
        self.order.push((root, new));
        Ok(())
    }

    fn moved(&self, root: u32) -> Result<u32, Error> {
        self.moved.get(&root).copied().ok_or(Error::Locked(LockedBy::Change))
    }

    /// The last one; of a file with nothing but a schema, the schema's.
    fn largest(&self) -> u32 {
        self.order.last().map_or(1, |(_, new)| *new)
    }
}

/// Hands out each record of the schema table with its rowid.
fn for_each_schema_record(
    from: &mut dyn Pages,
    geometry: Geometry,
    mut each: impl FnMut(i64, &[u8]) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut reading = Reading::new(from, geometry);
    let mut walk = Walk::start(&mut reading, 1)?;
    if walk.kind() != super::page::Kind::Table {
        return Err(Error::Malformed("the schema is not a table"));
    }
    while let Some(entry) = walk.next_entry()? {
        if entry.length > MAX_RECORD {
            return Err(Error::UnsupportedFormat("a schema with more than 16 MiB of SQL for one object"));
        }
        let mut record = Zeroizing::new(vec![0; entry.length as usize]);
        walk.read(&mut record)?;
        each(entry.rowid, &record)?;
    }
    Ok(())
}
