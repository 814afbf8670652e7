//! Bound records of a stream or of a writer.

use pagecrypt::Error;
use pagecrypt::record::bound::{Context, Header};
use pagecrypt::record::{Place, RecordCodec};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::lines::{self, Bytes, Sealed};
use super::records_out::Sink;
use super::{Bad, Worker, keys, open, refuse, seal, sequence};
use crate::args::record::{Framing, Records, Work};
use crate::failure::Failure;

/// The codec of the stream, or of the writer, that the arguments name.
pub(super) fn codec(work: &Work) -> Result<RecordCodec, Failure> {
    let context = &work.records().context;
    if context.basin.is_some() {
        return Err(refuse("bound records name their stream by --stream-id"));
    }
    if let Work::Seal(args) = work
        && (args.type_name.is_some() || args.schema.is_some() || args.padding.is_some())
    {
        return Err(refuse("--type, --schema and --padding are for the entries of a --store-id"));
    }
    let context = match (context.stream_id, context.writer_id) {
        (Some(stream), None) => Context::Stream(stream),
        (Some(stream), Some(writer)) => Context::Writer { stream, writer },
        (None, _) => {
            return Err(refuse("name what the records belong to with --stream-id HEX or --store-id HEX"));
        }
    };
    let (key, older) = keys::of_bound(work)?;
    let bare = |error| Failure::bare(&error);
    let mut codec = RecordCodec::bound(key, context).map_err(bare)?;
    for key in older {
        codec.add_decrypt_only_key(key).map_err(bare)?;
    }
    Ok(codec)
}

/// What both directions know.
struct Common {
    codec: RecordCodec,
    framing: Framing,
    first_sequence: Option<u64>,
    clock: Option<u64>,
}

impl Common {
    fn new(codec: RecordCodec, records: &Records) -> Self {
        let Records { framing, first_sequence, clock, .. } = *records;
        Self { codec, framing, first_sequence, clock }
    }

    /// The place of the record `number`, for what it does not say itself.
    fn place(&self, own_sequence: Option<u64>, own_clock: Option<u64>, number: u64) -> Result<Place, Error> {
        let sequence = match own_sequence {
            Some(own) => Some(own),
            None => sequence(self.first_sequence, number)?,
        };
        Ok(Place { sequence, clock: own_clock.or(self.clock), ..Place::default() })
    }
}

/// A record or plaintext, and where it belongs.
pub(super) struct Placed {
    bytes: Zeroizing<Vec<u8>>,
    place: Place,
}

fn borrowed(items: &[Placed]) -> Vec<(&[u8], Place)> {
    items.iter().map(|item| (item.bytes.as_slice(), item.place)).collect()
}

pub(super) struct Sealer(Common);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Plain {
    plaintext: Bytes,
    clock: Option<u64>,
    sequence: Option<u64>,
}

impl Sealer {
    pub(super) fn new(codec: RecordCodec, records: &Records) -> Self {
        Self(Common::new(codec, records))
    }
}

impl Worker for Sealer {
    type Item = Placed;

    fn item(&self, unit: Zeroizing<Vec<u8>>, number: u64) -> Result<Placed, Error> {
        if self.0.framing != Framing::JsonLines {
            return Ok(Placed { bytes: unit, place: self.0.place(None, None, number)? });
        }
        let Plain { plaintext, clock, sequence } = lines::parse(&unit)?;
        Ok(Placed { bytes: plaintext.0, place: self.0.place(sequence, clock, number)? })
    }

    fn length(item: &Placed) -> usize {
        item.bytes.len()
    }

    fn work(&mut self, items: &[Placed], to: &mut Sink) -> Result<(), Bad> {
        let (records, error) = seal(&self.0.codec, &borrowed(items));
        for (index, (record, item)) in records.iter().zip(items).enumerate() {
            let written = if self.0.framing == Framing::JsonLines {
                let line = to.line().base64("record", record);
                line.map(|line| line.number("sequence", item.place.sequence).end())
            } else {
                to.record(record)
            };
            written.map_err(|error| (index, error))?;
        }
        error.map_or(Ok(()), |error| Err((records.len(), error)))
    }
}

pub(super) struct Opener {
    common: Common,
    waiting: u64,
}

impl Opener {
    pub(super) fn new(codec: RecordCodec, records: &Records) -> Self {
        Self { common: Common::new(codec, records), waiting: 0 }
    }

    fn write(&mut self, item: &Placed, plaintext: &[u8], to: &mut Sink) -> Result<(), Error> {
        self.waiting += u64::from(self.common.codec.needs_reseal(&item.bytes)?);
        if self.common.framing != Framing::JsonLines {
            return to.record(plaintext);
        }
        let clock = Header::parse(&item.bytes)?.clock;
        let line = to.line().base64("plaintext", plaintext)?;
        line.number("clock", clock).number("sequence", item.place.sequence).end();
        Ok(())
    }
}

impl Worker for Opener {
    type Item = Placed;

    fn item(&self, unit: Zeroizing<Vec<u8>>, number: u64) -> Result<Placed, Error> {
        let (bytes, sequence) = if self.common.framing == Framing::JsonLines {
            match lines::parse(&unit)? {
                Sealed { record, sequence, token: None } => (record.0, sequence),
                Sealed { .. } => return Err(Error::Malformed("only records of a store have a token")),
            }
        } else {
            (unit, None)
        };
        Ok(Placed { bytes, place: self.common.place(sequence, None, number)? })
    }

    fn length(item: &Placed) -> usize {
        item.bytes.len()
    }

    fn work(&mut self, items: &[Placed], to: &mut Sink) -> Result<(), Bad> {
        let (plaintexts, error) = open(&self.common.codec, &borrowed(items));
        for (index, (plaintext, item)) in plaintexts.iter().zip(items).enumerate() {
            self.write(item, plaintext, to).map_err(|error| (index, error))?;
        }
        error.map_or(Ok(()), |error| Err((plaintexts.len(), error)))
    }

    fn waiting_for_reseal(&self) -> u64 {
        self.waiting
    }
}
