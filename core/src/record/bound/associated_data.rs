//! What a record is bound to.

use arrayvec::ArrayVec;

use super::{Context, Place, header};

/// What stands for no sequence number.
pub(super) const NO_SEQUENCE: u64 = u64::MAX;

const LABEL: &[u8] = b"pagecrypt/v1/record\0";
const LONGEST_CONTEXT: usize = 1 + 32 + 16;

/// Long enough for the longest, in bytes.
const LONGEST: usize = LABEL.len() + header::LONGEST + size_of::<u32>() + LONGEST_CONTEXT + size_of::<u64>();

pub(super) type AssociatedData = ArrayVec<u8, LONGEST>;

/// The associated data of the record that begins with `header` at `place`, which was checked.
pub(super) fn of(header: &[u8], context: &Context, place: &Place) -> AssociatedData {
    let context = encode(context, place);
    let mut data = AssociatedData::new();
    data.extend(LABEL.iter().copied());
    data.extend(header.iter().copied());
    data.extend((context.len() as u32).to_le_bytes());
    data.extend(context);
    data.extend(place.sequence.unwrap_or(NO_SEQUENCE).to_le_bytes());
    data
}

/// The first byte tells the contexts apart: two of them have the same length.
fn encode(context: &Context, place: &Place) -> ArrayVec<u8, LONGEST_CONTEXT> {
    let mut bytes = ArrayVec::new();
    match context {
        Context::Stream(stream) => {
            bytes.push(1);
            bytes.extend(*stream);
        }
        Context::Store(store) => {
            bytes.push(2);
            bytes.extend(*store);
            bytes.extend(place.token.into_iter().flatten());
        }
        Context::Writer { stream, writer } => {
            bytes.push(3);
            bytes.extend(*stream);
            bytes.extend(*writer);
        }
    }
    bytes
}
