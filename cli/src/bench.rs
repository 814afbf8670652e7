//! `pagecrypt bench`: how fast this CPU seals and opens, under every cipher.

use std::time::Duration;

use pagecrypt::{Cipher, Error, Key};
use serde::Serialize;

use crate::args::Bench;
use crate::failure::Failure;
use crate::output;
use crate::progress::Work;

mod measure;

use measure::{BATCH, Message, PAGE, RECORD, Times, WORKS, measure};

/// `--json`.
#[derive(Serialize)]
struct Measured {
    /// Length of the pages, in bytes.
    page_size: usize,
    /// How long it was asked to take.
    seconds: u16,
    rows: Vec<Row>,
}

/// One kind of call under one cipher.
#[derive(Serialize)]
struct Row {
    cipher: &'static str,
    engine: &'static str,
    operation: &'static str,
    message: &'static str,
    /// Length of a message's text, in bytes: a page without nonce and tag, or a record.
    size: usize,
    /// How many messages a call takes.
    batch: usize,
    /// How often it was measured.
    samples: usize,
    /// Nanoseconds for one message, the median.
    ns: f64,
    /// Gigabytes (10^9 bytes) of text a second.
    gbps: f64,
}

pub(crate) fn run(args: &Bench) -> Result<(), Failure> {
    let ciphers = args.cipher.map_or_else(|| Cipher::ALL.to_vec(), |cipher| vec![cipher]);
    let keys: Result<Vec<Key>, Error> = ciphers.into_iter().map(|cipher| key(args, cipher)).collect();
    let keys = keys.map_err(|error| Failure::bare(&error))?;

    let length = Duration::from_secs(args.seconds.into());
    let work = Work::start_timed("measuring", &args.report)?;
    let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    let outcome = measure(&keys, length, &mut |over| work.step(millis(over), millis(length)));
    let times = work.finish(outcome, Failure::bare)?;

    let rows = keys.iter().zip(&times).flat_map(|(key, times)| {
        WORKS.into_iter().zip(times).flat_map(move |(work, times)| rows(key, work, times))
    });
    let measured = Measured { page_size: PAGE, seconds: args.seconds, rows: rows.collect() };
    output::print_report(&args.report, &measured, || table(&measured))
}

/// A key of this cipher under the engine that was asked for, if one was.
fn key(args: &Bench, cipher: Cipher) -> Result<Key, Error> {
    let key = Key::generate(cipher)?;
    args.engine.map_or(Ok(key.clone()), |engine| key.with_engine(engine))
}

fn rows(key: &Key, (message, batch): (Message, usize), times: &Times) -> [Row; 2] {
    let size = message.length(key);
    [("seal", &times.seal), ("open", &times.open)].map(|(operation, samples)| {
        let ns = median(samples);
        Row {
            cipher: key.cipher().name(),
            engine: key.engine().name(),
            operation,
            message: match message {
                Message::Page => "page",
                Message::Record => "record",
            },
            size,
            batch,
            samples: samples.len(),
            ns: rounded(ns),
            gbps: rounded(size as f64 / ns),
        }
    })
}

/// There is a sample at least.
fn median(samples: &[f64]) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

/// To four significant digits: more would be noise, and slow engines take thousands of times as long as fast ones.
fn rounded(value: f64) -> f64 {
    format!("{value:.3e}").parse().unwrap_or(value)
}

fn table(measured: &Measured) -> String {
    let mut lines = vec![
        ["CIPHER", "ENGINE", "SEAL 1", "OPEN 1", "SEAL 64", "OPEN 64", "SEAL RECORDS", "OPEN RECORDS"]
            .map(str::to_owned),
    ];
    // Each cipher's rows follow one another, seal before open, in the order of `WORKS`.
    for of_cipher in measured.rows.chunks(2 * WORKS.len()) {
        let cells = of_cipher.iter().map(|row| format!("{:.0} ({:.2})", row.ns, row.gbps));
        let names = of_cipher.iter().take(1).flat_map(|row| [row.cipher.to_owned(), row.engine.to_owned()]);
        let mut cells = names.chain(cells);
        lines.push(std::array::from_fn(|_| cells.next().unwrap_or_default()));
    }
    format!(
        "{}\nNanoseconds a message (and GB/s of text), medians, on one thread, nonces given: pages of {PAGE} bytes, one\n\
         and {BATCH} a call; records of {RECORD} bytes, {BATCH} a call.\n",
        output::aligned(&lines),
    )
}
