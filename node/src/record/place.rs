//! Contexts and places, as `lib/place.cjs` packs them: numbers of 64 bits cost less so than as objects of JavaScript.

use pagecrypt::Error;
use pagecrypt::record::Place;
use pagecrypt::record::bound::Context;

use crate::border::buffers::Bytes;

/// Bits of a packed place's first byte: what is given.
const SEQUENCE: u8 = 1;
const CLOCK: u8 = 2;
const TOKEN: u8 = 4;

/// Bytes of a packed place: what is given, sequence, clock, reseals, token; integers are little-endian.
const LENGTH: usize = 1 + 8 + 8 + 4 + 32;

const OTHER_FORM: Error = Error::Internal("a place or context was packed in another form");

/// A context: its kind, then its ids.
pub(super) fn context(packed: Bytes<'_>) -> Result<Context, Error> {
    let packed = packed.read()?;
    let (kind, ids) = packed.split_first().ok_or(OTHER_FORM)?;
    let context = match kind {
        1 => ids.try_into().ok().map(Context::Stream),
        2 => ids.try_into().ok().map(Context::Store),
        3 => ids.split_first_chunk().and_then(|(stream, writer)| {
            Some(Context::Writer { stream: *stream, writer: writer.try_into().ok()? })
        }),
        _ => None,
    };
    context.ok_or(OTHER_FORM)
}

/// The place of one record.
pub(crate) fn one(packed: Option<Bytes<'_>>) -> Result<Place, Error> {
    places(packed, 1)?.pop().ok_or(OTHER_FORM)
}

/// The places of `count` records, one behind the other; without any, none says anything.
pub(crate) fn places(packed: Option<Bytes<'_>>, count: usize) -> Result<Vec<Place>, Error> {
    let Some(packed) = packed else {
        return Ok(vec![Place::default(); count]);
    };
    let packed = packed.read()?;
    let (places, rest) = packed.as_chunks::<LENGTH>();
    if places.len() != count || !rest.is_empty() {
        return Err(OTHER_FORM);
    }
    places.iter().map(|packed| place(packed).ok_or(OTHER_FORM)).collect()
}

fn place(packed: &[u8; LENGTH]) -> Option<Place> {
    let (&[given], rest) = packed.split_first_chunk()?;
    let (&sequence, rest) = rest.split_first_chunk()?;
    let (&clock, rest) = rest.split_first_chunk()?;
    let (&reseals, token) = rest.split_first_chunk()?;
    let token: [u8; 32] = token.try_into().ok()?;
    Some(Place {
        sequence: (given & SEQUENCE != 0).then(|| u64::from_le_bytes(sequence)),
        clock: (given & CLOCK != 0).then(|| u64::from_le_bytes(clock)),
        reseals: u32::from_le_bytes(reseals),
        token: (given & TOKEN != 0).then_some(token),
    })
}
