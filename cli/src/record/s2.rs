//! Stored records of S2.

use pagecrypt::Error;
use pagecrypt::record::s2::{Command, Envelope, Header, StoredRecord, StreamId};
use pagecrypt::record::{Place, RecordCodec};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::lines::{self, Bytes, Sealed, Text};
use super::records_out::Sink;
use super::{Bad, Worker, keys, open, refuse, seal, sequence};
use crate::args::record::{ContextSource, Framing, Records, Work};
use crate::failure::Failure;

/// The codec of the stream that the arguments name.
pub(super) fn codec(work: &Work) -> Result<RecordCodec, Failure> {
    let records = work.records();
    let ContextSource { basin, stream, stream_id, writer_id, store_id, .. } = &records.context;
    if writer_id.is_some() || store_id.is_some() {
        return Err(refuse("records of S2 have no --writer-id and no --store-id"));
    }
    if records.clock.is_some() {
        return Err(refuse("records of S2 have no --clock"));
    }
    match work {
        Work::Open(_) if records.first_sequence.is_some() => {
            return Err(refuse(
                "records of S2 are not bound to a sequence number: --first-sequence is for sealing",
            ));
        }
        Work::Seal(args) if args.type_name.is_some() || args.schema.is_some() || args.padding.is_some() => {
            return Err(refuse("records of S2 have no --type, no --schema and no --padding"));
        }
        _ => {}
    }
    let stream = match (basin, stream, stream_id) {
        (Some(basin), Some(stream), _) => {
            StreamId::of(basin, stream).map_err(|error| Failure::bare(&error))?
        }
        (_, _, Some(id)) => StreamId::from_bytes(*id),
        _ => return Err(refuse("name the stream with --basin NAME --stream NAME, or --stream-id HEX")),
    };
    RecordCodec::s2(keys::of_s2(work)?, stream).map_err(|error| Failure::bare(&error))
}

pub(super) struct Sealer {
    codec: RecordCodec,
    framing: Framing,
    first_sequence: Option<u64>,
}

/// What is to be stored.
pub(super) enum ToStore {
    Envelope { encoded: Zeroizing<Vec<u8>>, metered_size: u64, place: Place },
    Command(Zeroizing<Vec<u8>>),
}

/// A line: headers and body, or a command.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Plain {
    headers: Option<Vec<(Bytes, Bytes)>>,
    body: Option<Bytes>,
    fence: Option<Text>,
    trim: Option<u64>,
}

impl Sealer {
    pub(super) fn new(codec: RecordCodec, records: &Records) -> Self {
        Self { codec, framing: records.framing, first_sequence: records.first_sequence }
    }

    fn envelope(&self, headers: &[(Bytes, Bytes)], body: &[u8], number: u64) -> Result<ToStore, Error> {
        let headers = headers.iter().map(|(name, value)| Header { name: &name.0, value: &value.0 }).collect();
        let envelope = Envelope { headers, body };
        let place = Place { sequence: sequence(self.first_sequence, number)?, ..Place::default() };
        let (encoded, metered_size) = (Zeroizing::new(envelope.encode()?), envelope.metered_size());
        Ok(ToStore::Envelope { encoded, metered_size, place })
    }
}

impl Worker for Sealer {
    type Item = ToStore;

    fn item(&self, unit: Zeroizing<Vec<u8>>, number: u64) -> Result<ToStore, Error> {
        if self.framing != Framing::JsonLines {
            return self.envelope(&[], &unit, number);
        }
        let command = |command: Command<'_>| {
            Ok(ToStore::Command(Zeroizing::new(StoredRecord::Command(command).encode()?)))
        };
        match lines::parse(&unit)? {
            Plain { headers, body: Some(body), fence: None, trim: None } => {
                self.envelope(&headers.unwrap_or_default(), &body.0, number)
            }
            Plain { headers: None, body: None, fence: Some(token), trim: None } => {
                command(Command::Fence(&token.0))
            }
            Plain { headers: None, body: None, fence: None, trim: Some(point) } => {
                command(Command::Trim(point))
            }
            _ => Err(Error::Malformed("a line has a body, perhaps with headers, or a fence, or a trim")),
        }
    }

    fn length(_: &ToStore) -> usize {
        0 // whatever is one has been held to S2's own limit
    }

    fn work(&mut self, items: &[ToStore], to: &mut Sink) -> Result<(), Bad> {
        let envelopes = items.iter().filter_map(|item| match item {
            ToStore::Envelope { encoded, place, .. } => Some((encoded.as_slice(), *place)),
            ToStore::Command(_) => None,
        });
        let (sealed, mut error) = seal(&self.codec, &envelopes.collect::<Vec<_>>());
        let mut sealed = sealed.into_iter();
        for (index, item) in items.iter().enumerate() {
            let stored = match item {
                ToStore::Command(stored) => Ok(stored.to_vec()),
                ToStore::Envelope { metered_size, .. } => match sealed.next() {
                    Some(record) => {
                        StoredRecord::Encrypted { metered_size: *metered_size, record: &record }.encode()
                    }
                    None => Err(error.take().unwrap_or(Error::Internal("a record was not sealed"))),
                },
            };
            stored
                .and_then(|stored| write_sealed(self.framing, &stored, to))
                .map_err(|error| (index, error))?;
        }
        Ok(())
    }
}

fn write_sealed(framing: Framing, stored: &[u8], to: &mut Sink) -> Result<(), Error> {
    if framing == Framing::JsonLines {
        to.line().base64("record", stored)?.end();
        return Ok(());
    }
    to.record(stored)
}

pub(super) struct Opener {
    codec: RecordCodec,
    framing: Framing,
}

impl Opener {
    pub(super) fn new(codec: RecordCodec, framing: Framing) -> Self {
        Self { codec, framing }
    }

    fn write(&self, envelope: &Envelope<'_>, to: &mut Sink) -> Result<(), Error> {
        if self.framing != Framing::JsonLines {
            return match envelope.headers[..] {
                [] => to.record(envelope.body),
                _ => Err(LINES_ONLY),
            };
        }
        let headers = envelope.headers.iter().map(|header| (header.name, header.value));
        to.line().pairs("headers", headers)?.base64("body", envelope.body)?.end();
        Ok(())
    }

    fn write_command(&self, command: Command<'_>, to: &mut Sink) -> Result<(), Error> {
        match command {
            _ if self.framing != Framing::JsonLines => return Err(LINES_ONLY),
            Command::Fence(token) => to.line().text("fence", token).end(),
            Command::Trim(point) => to.line().number("trim", point).end(),
            _ => return Err(Error::UnsupportedFormat("a command that this program does not know")),
        }
        Ok(())
    }
}

const LINES_ONLY: Error = Error::InvalidArgument("commands and headers need --framing json-lines");

impl Worker for Opener {
    type Item = Zeroizing<Vec<u8>>;

    fn item(&self, unit: Zeroizing<Vec<u8>>, _: u64) -> Result<Self::Item, Error> {
        if self.framing != Framing::JsonLines {
            return Ok(unit);
        }
        match lines::parse(&unit)? {
            Sealed { record, sequence: None, token: None } => Ok(record.0),
            Sealed { .. } => Err(Error::Malformed("a record of S2 has neither sequence nor token")),
        }
    }

    fn length(item: &Self::Item) -> usize {
        item.len()
    }

    fn work(&mut self, items: &[Self::Item], to: &mut Sink) -> Result<(), Bad> {
        let stored: Vec<_> = items.iter().map(|item| StoredRecord::decode(item)).collect();
        let encrypted = stored.iter().filter_map(|stored| match stored {
            Ok(StoredRecord::Encrypted { record, .. }) => Some((*record, Place::default())),
            _ => None,
        });
        let (opened, mut error) = open(&self.codec, &encrypted.collect::<Vec<_>>());
        let mut opened = opened.iter();
        for (index, stored) in stored.into_iter().enumerate() {
            let outcome = stored.and_then(|stored| match stored {
                StoredRecord::Command(command) => self.write_command(command, to),
                StoredRecord::Encrypted { metered_size, .. } => match opened.next() {
                    Some(plaintext) => self.write(&Envelope::decode_metered(plaintext, metered_size)?, to),
                    None => Err(error.take().unwrap_or(Error::Internal("a record was not opened"))),
                },
                _ => Err(Error::NotEncrypted),
            });
            outcome.map_err(|error| (index, error))?;
        }
        Ok(())
    }
}
