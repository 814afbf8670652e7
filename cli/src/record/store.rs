//! Bound records of a store: entries under the tokens of their paths.

use pagecrypt::Error;
use pagecrypt::record::bound::{Entry, OpenedEntry, Padding, Row, StoreCodec};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::lines::{self, Bytes, Sealed, Text};
use super::records_out::Sink;
use super::{Bad, Worker, keys, refuse};
use crate::args::record::{Framing, Open, Records, Seal, Work};
use crate::failure::Failure;

/// The codec of the store that the arguments name.
pub(super) fn codec(work: &Work) -> Result<StoreCodec, Failure> {
    let records = work.records();
    let (Some(store), Some(token_key)) = (records.context.store_id, &records.context.token_key_file) else {
        return Err(refuse("a store has --store-id HEX and --token-key-file FILE"));
    };
    if records.first_sequence.is_some() {
        return Err(refuse("entries of a store have no --first-sequence"));
    }
    if matches!(work, Work::Open(_)) && records.clock.is_some() {
        return Err(refuse("an entry says its clock itself: --clock is for sealing"));
    }
    let padding = match work {
        Work::Seal(args) => args.padding.map_or(Padding::None, Padding::from),
        Work::Open(_) => Padding::None,
    };
    let token_key = keys::token_key(token_key, work.report())?;
    let (key, older) = keys::of_bound(work)?;
    let bare = |error| Failure::bare(&error);
    let mut codec = StoreCodec::new(key, store, token_key, padding).map_err(bare)?;
    for key in older {
        codec.add_decrypt_only_key(key).map_err(bare)?;
    }
    Ok(codec)
}

/// Records that do not say their path need one of the arguments.
fn check_path(records: &Records) -> Result<(), Failure> {
    if records.framing != Framing::JsonLines && records.context.path.is_none() {
        return Err(refuse("name the entry with --path PATH, or use --framing json-lines"));
    }
    Ok(())
}

pub(super) struct Sealer {
    codec: StoreCodec,
    framing: Framing,
    path: Option<String>,
    type_name: String,
    schema: String,
    clock: Option<u64>,
}

/// An entry to be sealed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Plain {
    path: Option<Text>,
    #[serde(rename = "type")]
    type_name: Option<Text>,
    schema: Option<Text>,
    body: Bytes,
    clock: Option<u64>,
}

impl Sealer {
    pub(super) fn new(codec: StoreCodec, args: &Seal) -> Result<Self, Failure> {
        check_path(&args.records)?;
        Ok(Self {
            codec,
            framing: args.records.framing,
            path: args.records.context.path.clone(),
            type_name: args.type_name.clone().unwrap_or_default(),
            schema: args.schema.clone().unwrap_or_default(),
            clock: args.records.clock,
        })
    }

    fn entry<'a>(&'a self, plain: &'a Plain) -> (Entry<'a>, Option<u64>) {
        fn own<'a>(text: Option<&'a Text>, given: &'a str) -> &'a [u8] {
            text.map_or(given, |text| &text.0).as_bytes()
        }
        let entry = Entry {
            path: own(plain.path.as_ref(), self.path.as_deref().unwrap_or_default()),
            type_name: own(plain.type_name.as_ref(), &self.type_name),
            schema: own(plain.schema.as_ref(), &self.schema),
            body: &plain.body.0,
        };
        (entry, plain.clock.or(self.clock))
    }

    fn write(&self, (token, record): &Row, to: &mut Sink) -> Result<(), Error> {
        if self.framing != Framing::JsonLines {
            return to.record(record);
        }
        let token: String = token.iter().map(|byte| format!("{byte:02x}")).collect();
        to.line().base64("record", record)?.text("token", &token).end();
        Ok(())
    }
}

impl Worker for Sealer {
    type Item = Plain;

    fn item(&self, unit: Zeroizing<Vec<u8>>, _: u64) -> Result<Plain, Error> {
        if self.framing != Framing::JsonLines {
            return Ok(Plain { path: None, type_name: None, schema: None, body: Bytes(unit), clock: None });
        }
        let plain: Plain = lines::parse(&unit)?;
        if plain.path.is_none() && self.path.is_none() {
            return Err(Error::Malformed("an entry without its path"));
        }
        Ok(plain)
    }

    fn length(item: &Plain) -> usize {
        item.body.0.len()
    }

    fn work(&mut self, items: &[Plain], to: &mut Sink) -> Result<(), Bad> {
        let entries: Vec<_> = items.iter().map(|plain| self.entry(plain)).collect();
        let rows = match self.codec.seal_batch(&entries) {
            Ok(rows) => rows.into_iter().map(Ok).collect(),
            // Nothing was sealed. Which of them is it?
            Err(_) => entries.iter().map(|(entry, clock)| self.codec.seal(entry, *clock)).collect::<Vec<_>>(),
        };
        for (index, row) in rows.into_iter().enumerate() {
            row.and_then(|row| self.write(&row, to)).map_err(|error| (index, error))?;
        }
        Ok(())
    }
}

pub(super) struct Opener {
    codec: StoreCodec,
    framing: Framing,
    /// Of the path that the arguments name.
    token: Option<[u8; 32]>,
    waiting: u64,
}

impl Opener {
    pub(super) fn new(codec: StoreCodec, args: &Open) -> Result<Self, Failure> {
        check_path(&args.records)?;
        let token = args.records.context.path.as_ref().map(|path| codec.token(path.as_bytes()));
        Ok(Self { codec, framing: args.records.framing, token, waiting: 0 })
    }

    fn write(&self, opened: &OpenedEntry, to: &mut Sink) -> Result<(), Error> {
        const NO_TEXT: Error = Error::Malformed("a path, type or schema that is not UTF-8 has no JSON form");
        let entry = opened.entry();
        if self.framing != Framing::JsonLines {
            return to.record(entry.body);
        }
        let text = |bytes| std::str::from_utf8(bytes).map_err(|_| NO_TEXT);
        let (path, type_name, schema) = (text(entry.path)?, text(entry.type_name)?, text(entry.schema)?);
        let line = to.line().text("path", path).text("type", type_name).text("schema", schema);
        line.base64("body", entry.body)?.number("clock", opened.clock()).end();
        Ok(())
    }
}

impl Worker for Opener {
    type Item = ([u8; 32], Zeroizing<Vec<u8>>);

    fn item(&self, unit: Zeroizing<Vec<u8>>, _: u64) -> Result<Self::Item, Error> {
        const NO_TOKEN: Error = Error::Malformed("a record of a store without its token");
        if self.framing != Framing::JsonLines {
            return Ok((self.token.ok_or(NO_TOKEN)?, unit));
        }
        let Sealed { record, sequence, token } = lines::parse(&unit)?;
        if sequence.is_some() {
            return Err(Error::Malformed("records of a store have no sequence number"));
        }
        Ok((token.map(|token| token.0).or(self.token).ok_or(NO_TOKEN)?, record.0))
    }

    fn length((_, record): &Self::Item) -> usize {
        record.len()
    }

    fn work(&mut self, items: &[Self::Item], to: &mut Sink) -> Result<(), Bad> {
        let rows: Vec<_> = items.iter().map(|(token, record)| (*token, record.as_slice())).collect();
        for (index, (opened, (_, record))) in self.codec.open_batch(&rows).into_iter().zip(&rows).enumerate()
        {
            let waiting = opened.and_then(|opened| {
                self.write(&opened, to)?;
                self.codec.needs_reseal(record)
            });
            self.waiting += u64::from(waiting.map_err(|error| (index, error))?);
        }
        Ok(())
    }

    fn waiting_for_reseal(&self) -> u64 {
        self.waiting
    }
}
