//! Records of the schema table, as far as the place of root pages goes.

use pagecrypt::Error;
use zeroize::Zeroizing;

use super::varint;

/// The longest record that is read, in bytes: it has to be in memory as a whole.
pub(super) const MAX_RECORD: u64 = 16 << 20;

/// Columns: type, name, table name, root page, SQL.
const COLUMNS: usize = 5;
const ROOT_COLUMN: usize = 3;

/// How the root page is written: four bytes.
const FOUR_BYTES: u64 = 4;

const DAMAGED: Error = Error::Malformed("a record of the schema");

/// A record of the schema table.
#[derive(Debug)]
pub(super) struct SchemaRecord<'a> {
    types: [u64; COLUMNS],
    before: &'a [u8],
    after: &'a [u8],
    /// The root page; `None` for views, triggers and virtual tables.
    pub(super) root: Option<u32>,
}

impl<'a> SchemaRecord<'a> {
    /// Takes a record apart.
    pub(super) fn parse(record: &'a [u8]) -> Result<Self, Error> {
        let (header_length, mut at) = varint::read(record).ok_or(DAMAGED)?;
        let header_length = usize::try_from(header_length).map_err(|_| DAMAGED)?;
        let (header, body) = record.split_at_checked(header_length).ok_or(DAMAGED)?;
        let mut types = [0; COLUMNS];
        for kind in &mut types {
            let (value, length) = header.get(at..).and_then(varint::read).ok_or(DAMAGED)?;
            *kind = value;
            at += length;
        }
        let mut lengths = types.iter().map(|kind| content_length(*kind));
        let before =
            lengths.by_ref().take(ROOT_COLUMN).try_fold(0_usize, |sum, length| sum.checked_add(length?));
        let (before, rest) = before.and_then(|before| body.split_at_checked(before)).ok_or(DAMAGED)?;
        let root_length = lengths.next().flatten().ok_or(DAMAGED)?;
        let (root, after) = rest.split_at_checked(root_length).ok_or(DAMAGED)?;
        let root = match types[ROOT_COLUMN] {
            0 | 8 => None,
            9 => Some(1),
            1..=6 => {
                let number = root.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
                Some(u32::try_from(number).map_err(|_| DAMAGED)?).filter(|number| *number > 0)
            }
            _ => return Err(DAMAGED),
        };
        Ok(Self { types, before, after, root })
    }

    /// The same record with another root page.
    pub(super) fn with_root(&self, root: u32) -> Zeroizing<Vec<u8>> {
        let mut types = Vec::new();
        for (column, kind) in self.types.iter().enumerate() {
            varint::append(if column == ROOT_COLUMN { FOUR_BYTES } else { *kind }, &mut types);
        }
        // Five types are at most 45 bytes, so that the header's length takes one.
        let length = 1 + types.len() + self.before.len() + 4 + self.after.len();
        let mut record = Zeroizing::new(Vec::with_capacity(length));
        record.push(types.len() as u8 + 1);
        record.extend(types);
        record.extend(self.before);
        record.extend(root.to_be_bytes());
        record.extend(self.after);
        record
    }
}

/// Length of a value of this type, in bytes.
fn content_length(kind: u64) -> Option<usize> {
    match kind {
        0 | 8 | 9 => Some(0),
        1..=4 => Some(kind as usize),
        5 => Some(6),
        6 | 7 => Some(8),
        10 | 11 => None, // SQLite's own, never on disk
        _ => usize::try_from((kind - 12) / 2).ok(),
    }
}
