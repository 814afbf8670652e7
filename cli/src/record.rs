//! `pagecrypt record`: records from standard input, sealed or opened, to standard output.

use std::path::Path;

use pagecrypt::record::{Place, RecordCodec};
use pagecrypt::{Error, IoError};
use serde_json::json;
use zeroize::Zeroizing;

use crate::args::Report;
use crate::args::record::{Framing, Record, RecordFormat, Work};
use crate::failure::Failure;
use crate::output;
use crate::usage;

mod bound;
mod buffer;
mod input;
mod keys;
mod lines;
mod records_out;
mod s2;
mod store;

use input::Input;
use records_out::{Sink, Written};

/// How many records are worked on at once.
const BATCH: usize = 64;

/// Bytes of input after which a batch has enough, so that large records do not fill the memory.
const BATCH_BYTES: usize = 4 << 20;

/// Where a record could not be worked on: its index in the batch.
type Bad = (usize, Error);

/// Seals or opens records, a batch at a time.
trait Worker {
    /// A record, read from its frame.
    type Item;

    /// Reads the record `number`, counted from 0.
    fn item(&self, unit: Zeroizing<Vec<u8>>, number: u64) -> Result<Self::Item, Error>;

    /// Length of a record or of what is to be sealed, in bytes: what stands in a line as base64.
    fn length(item: &Self::Item) -> usize;

    /// Writes what comes of each, up to the first that is bad.
    fn work(&mut self, items: &[Self::Item], to: &mut Sink) -> Result<(), Bad>;

    /// How many of them were sealed under keys that only open.
    fn waiting_for_reseal(&self) -> u64 {
        0
    }
}

pub(crate) fn run(args: &Record) -> Result<(), Failure> {
    let work = &args.work;
    let records = work.records();
    match records.format {
        RecordFormat::S2 => {
            let codec = s2::codec(work)?;
            match work {
                Work::Seal(_) => stream(s2::Sealer::new(codec, records), work),
                Work::Open(_) => stream(s2::Opener::new(codec, records.framing), work),
            }
        }
        RecordFormat::Bound if records.context.store_id.is_some() => {
            let codec = store::codec(work)?;
            match work {
                Work::Seal(args) => stream(store::Sealer::new(codec, args)?, work),
                Work::Open(args) => stream(store::Opener::new(codec, args)?, work),
            }
        }
        RecordFormat::Bound => {
            let codec = bound::codec(work)?;
            match work {
                Work::Seal(_) => stream(bound::Sealer::new(codec, records), work),
                Work::Open(_) => stream(bound::Opener::new(codec, records), work),
            }
        }
    }
}

/// Works on all of standard input. What comes before the first bad record is written.
fn stream<W: Worker>(mut worker: W, work: &Work) -> Result<(), Failure> {
    let (framing, report) = (work.records().framing, work.report());
    let mut input = Input::start(framing, limit(work)).map_err(|error| Failure::bare(&error))?;
    let mut sink = Sink::start(framing).map_err(|error| Failure::bare(&error))?;
    let mut number = 0;
    let outcome = loop {
        match batch(&mut worker, &mut input, &mut sink, number) {
            Ok((_, Written::Unread)) => break Ok(()),
            Ok((0, _)) => break Ok(()),
            Ok((count, _)) => number += count,
            Err((index, error)) => break Err(failure(number + index as u64, &error, framing)),
        }
    };
    tell_reseals(worker.waiting_for_reseal(), report);
    outcome
}

/// Works on the next batch; gives how many records there were.
fn batch<W: Worker>(
    worker: &mut W,
    input: &mut Input,
    sink: &mut Sink,
    first: u64,
) -> Result<(u64, Written), Bad> {
    let (units, mut trouble) = input.batch();
    let mut items = Vec::with_capacity(units.len());
    for (unit, number) in units.into_iter().zip(first..) {
        match worker.item(unit, number) {
            Ok(item) if W::length(&item) > input.limit() => {
                trouble = Some(input::TOO_LONG);
                break;
            }
            Ok(item) => items.push(item),
            Err(error) => {
                trouble = Some(error);
                break;
            }
        }
    }
    let done = worker.work(&items, sink);
    let written = sink.flush().map_err(|error| (0, error))?;
    done?;
    match trouble {
        Some(error) => Err((items.len(), error)),
        None => Ok((items.len() as u64, written)),
    }
}

/// The longest record of the input, in bytes, however it is framed. Whatever was sealed opens: a record may be longer than
/// what it was sealed from.
fn limit(work: &Work) -> usize {
    const MIB: usize = 1 << 20;
    match (work.records().format, work) {
        // S2 meters records at 1 MiB; of many short headers beside a long one, the lengths take more than they count.
        (RecordFormat::S2, _) => 3 * MIB,
        (RecordFormat::Bound, Work::Seal(_)) => 64 * MIB,
        (RecordFormat::Bound, Work::Open(_)) => 80 * MIB,
    }
}

fn tell_reseals(count: u64, report: &Report) {
    let records = match count {
        0 => return,
        1 => "1 record was".to_owned(),
        _ => format!("{count} records were"),
    };
    output::warn(report, &format!("{records} sealed under a key that only opens: seal again what is kept"));
}

/// The failure of a record, counted from 0.
fn failure(number: u64, error: &Error, framing: Framing) -> Failure {
    let advice = match error {
        Error::Io(_) => return Failure::bare(error),
        Error::AuthenticationFailed(_) => {
            "it was changed, or sealed under another key, or belongs elsewhere: check what the command names"
        }
        Error::UnknownKeyId => {
            "give the key that sealed it, by --decrypt-only-key-file if it is an older one; the key of another \
             stream or store, or another --cipher, has another id"
        }
        Error::CipherMismatch { .. } => "name the cipher of the record with --cipher",
        Error::NotEncrypted => "it stands in clear in the stream: it needs no opening",
        Error::UsageLimit => "begin another stream: this one has as many records as its cipher allows",
        Error::Malformed(_) | Error::MeteredSize { .. } => {
            "check --format and --framing; else it was changed"
        }
        _ => "see `pagecrypt record --help`",
    };
    let what = match error {
        // The error would number the record once more, in its batch.
        Error::AuthenticationFailed(_) => "authentication failed".to_owned(),
        _ => error.to_string(),
    };
    let message = if framing == Framing::One { what } else { format!("record {number}: {what}") };
    Failure::new(error.code(), message, advice).with_findings(&json!({ "record": number }))
}

/// A refusal of arguments that do not go together.
fn refuse(message: &str) -> Failure {
    usage::refuse(message, "see `pagecrypt record --help`")
}

/// The sequence number of record `number` of the input.
fn sequence(first: Option<u64>, number: u64) -> Result<Option<u64>, Error> {
    const TOO_MANY: Error = Error::InvalidArgument("a sequence number has 64 bits");
    first.map(|first| first.checked_add(number).ok_or(TOO_MANY)).transpose()
}

/// Seals records, all at once: those before the first that cannot be sealed, and its error.
fn seal(codec: &RecordCodec, plaintexts: &[(&[u8], Place)]) -> (Vec<Vec<u8>>, Option<Error>) {
    match codec.seal_all(plaintexts) {
        Ok(records) => (records, None),
        // Nothing was sealed. Which of them is it?
        Err(_) => {
            up_to_the_first_error(plaintexts.iter().map(|(plaintext, place)| codec.seal(plaintext, place)))
        }
    }
}

/// Opens records, all at once: those before the first that does not open, and its error.
fn open(codec: &RecordCodec, records: &[(&[u8], Place)]) -> (Vec<Zeroizing<Vec<u8>>>, Option<Error>) {
    up_to_the_first_error(codec.open_all(records))
}

fn up_to_the_first_error<T>(results: impl IntoIterator<Item = Result<T, Error>>) -> (Vec<T>, Option<Error>) {
    let mut done = Vec::new();
    for result in results {
        match result {
            Ok(result) => done.push(result),
            Err(error) => return (done, Some(error)),
        }
    }
    (done, None)
}

/// What failed about standard input or output.
fn io_error(verb: &'static str, stream: &str, error: std::io::Error) -> Error {
    Error::Io(IoError::new(verb, Path::new(stream), error))
}
