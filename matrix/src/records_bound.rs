//! Bound records: 65 of a stream, 65 of a writer, and 65 entries of a store with their tokens.

use std::fs;

use pagecrypt::Error;
use pagecrypt::record::bound::{Context, Entry, Header, Padding, StoreCodec, TokenKey};
use pagecrypt::record::{OpenRecord, Place as RecordPlace, RecordCodec, SealRecord};

use crate::records::{COUNT, Records, append, body};
use crate::{Failure, Outcome, Place, compare};

const STREAM: Context = Context::Stream([1; 32]);
const WRITER: Context = Context::Writer { stream: [1; 32], writer: [2; 16] };

fn place_in_stream(i: usize) -> RecordPlace {
    let clock = i.is_multiple_of(2).then_some(1000 + i as u64);
    RecordPlace { sequence: Some(i as u64), clock, ..RecordPlace::default() }
}

fn place_of_writer(_: usize) -> RecordPlace {
    RecordPlace::default()
}

fn store(place: &Place) -> Result<StoreCodec, Failure> {
    Ok(StoreCodec::new(&place.key, [3; 16], TokenKey::from_bytes(&[4; 32])?, Padding::Padme)?)
}

/// Entry i, of this path and body.
fn entry<'a>(path: &'a str, body: &'a [u8]) -> Entry<'a> {
    Entry { path: path.as_bytes(), type_name: b"t", schema: b"1", body }
}

fn path(i: usize) -> String {
    format!("path/{i}")
}

fn write_section(
    file: &mut Vec<u8>,
    codec: &RecordCodec,
    place: fn(usize) -> RecordPlace,
) -> Result<(), Failure> {
    let bodies: Vec<_> = (0..COUNT).map(body).collect();
    let mut records: Vec<_> =
        (0..).zip(&bodies).map(|(i, body)| vec![0; codec.sealed_length(body.len(), &place(i))]).collect();
    let mut batch: Vec<_> = (0..)
        .zip(bodies.iter().zip(&mut records))
        .map(|(i, (plaintext, record))| SealRecord { plaintext, place: place(i), record })
        .collect();
    codec.seal_batch(&mut batch)?;
    records.iter().try_for_each(|record| append(file, &[], record))
}

pub(crate) fn write(place: &Place) -> Result<Outcome, Failure> {
    let mut file = Vec::new();
    write_section(&mut file, &RecordCodec::bound(&place.key, STREAM)?, place_in_stream)?;
    write_section(&mut file, &RecordCodec::bound(&place.key, WRITER)?, place_of_writer)?;
    let parts: Vec<_> = (0..COUNT).map(|i| (path(i), body(i))).collect();
    let entries: Vec<_> =
        (0..).zip(&parts).map(|(clock, (path, body))| (entry(path, body), Some(clock))).collect();
    for (token, record) in store(place)?.seal_batch(&entries)? {
        append(&mut file, &token, &record)?;
    }
    fs::write(place.path("records-bound", ""), file)?;
    Ok(Outcome::Ok)
}

fn read_section(
    section: &str,
    records: &[&[u8]],
    codec: &RecordCodec,
    place: fn(usize) -> RecordPlace,
) -> Result<(), Failure> {
    let lengths: Result<Vec<_>, _> = records.iter().map(|record| codec.opened_length(record)).collect();
    let mut plaintexts: Vec<_> = lengths?.into_iter().map(|length| vec![0; length]).collect();
    let mut batch: Vec<_> = (0..)
        .zip(records.iter().zip(&mut plaintexts))
        .map(|(i, (record, plaintext))| OpenRecord::new(record, place(i), plaintext))
        .collect();
    codec.open_batch(&mut batch)?;
    for (i, (record, plaintext)) in records.iter().zip(&plaintexts).enumerate() {
        compare(&format!("{section} {i}"), plaintext, &body(i))?;
        compare_clock(&format!("{section} {i}"), record, place(i).clock)?;
    }
    Ok(())
}

fn compare_clock(what: &str, record: &[u8], expected: Option<u64>) -> Result<(), Failure> {
    match Header::parse(record)?.clock {
        got if got == expected => Ok(()),
        got => Err(format!("{what} has the clock {got:?}, not {expected:?}").into()),
    }
}

fn read_store(records: &mut Records<'_>, store: &StoreCodec) -> Result<(), Failure> {
    let rows: Result<Vec<([u8; 32], &[u8])>, _> = (0..COUNT).map(|_| records.next()).collect();
    let rows = rows?;
    for (i, ((token, record), opened)) in rows.iter().zip(store.open_batch(&rows)).enumerate() {
        let (path, body) = (path(i), body(i));
        compare(&format!("token {i}"), token, &store.token(path.as_bytes()))?;
        if opened?.entry() != entry(&path, &body) {
            return Err(format!("entry {i} is another").into());
        }
        compare_clock(&format!("entry {i}"), record, Some(i as u64))?;
    }
    Ok(())
}

/// A record of one stream is none of another, nor one of another place.
fn refuse_elsewhere(place: &Place, record: &[u8]) -> Result<(), Failure> {
    match RecordCodec::bound(&place.key, Context::Stream([9; 32]))?.open(record, &place_in_stream(0)) {
        Err(Error::UnknownKeyId) => {}
        other => return Err(format!("in another stream, record 0 gives {:?}", other.err()).into()),
    }
    let second = RecordPlace { sequence: Some(1), ..place_in_stream(0) };
    match RecordCodec::bound(&place.key, STREAM)?.open(record, &second) {
        Err(Error::AuthenticationFailed(_)) => Ok(()),
        other => Err(format!("at sequence 1, record 0 gives {:?}", other.err()).into()),
    }
}

pub(crate) fn read(place: &Place) -> Result<Outcome, Failure> {
    let file = fs::read(place.path("records-bound", ""))?;
    let mut records = Records::of(&file);
    let of_stream = records.section()?;
    let stream = RecordCodec::bound(&place.key, STREAM)?;
    read_section("stream's record", &of_stream, &stream, place_in_stream)?;
    let writer = RecordCodec::bound(&place.key, WRITER)?;
    read_section("writer's record", &records.section()?, &writer, place_of_writer)?;
    read_store(&mut records, &store(place)?)?;
    records.require_end()?;
    refuse_elsewhere(place, of_stream[0])?;
    Ok(Outcome::Ok)
}
