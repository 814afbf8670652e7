//! What this machine does: pages of 4096 bytes as Turso has them, sealed and opened 64 at a time and one at a time by
//! every engine that runs here, and what a new key costs.
//!
//! ```sh
//! cargo run --release -p pagecrypt --example throughput
//! cargo run --release -p pagecrypt --example throughput -- --json
//! ```
//!
//! `seal` and `open` are the ciphers alone, on messages of a page's length whose nonces are there already;
//! `seal_pages` and `open_pages` are a page codec's, which draws a fresh nonce for each page it seals. The figures are
//! medians over many rounds in which the engines take turns; `--json` adds the quartiles. For comparisons with other
//! libraries, measure both in one process.
#![allow(clippy::unwrap_used)] // lengths are right by construction

use std::hint::black_box;
use std::time::Instant;

use pagecrypt::aead::{Aead, Open, Seal, Text};
use pagecrypt::page::PageCodec;
use pagecrypt::{Cipher, Engine, Key, available_engines};
use serde_json::json;

const PAGE: usize = 4096;
const PAGES: usize = 64;
const ROUNDS: usize = 200;

/// Some work that was measured again and again, in the order in which it was done.
struct Measured {
    operation: &'static str,
    /// How many pages one call works on.
    batch: usize,
    /// Nanoseconds a page, sorted.
    samples: Vec<f64>,
}

impl Measured {
    /// The sample below which this part of them lies.
    fn quantile(&self, part: f64) -> f64 {
        self.samples[(part * (self.samples.len() - 1) as f64).round() as usize]
    }
}

fn main() {
    let as_json = match std::env::args().nth(1).as_deref() {
        None => false,
        Some("--json") => true,
        Some(other) => {
            eprintln!("throughput: unknown argument {other}; there is --json");
            std::process::exit(2);
        }
    };
    let mut rows = Vec::new();
    for cipher in Cipher::ALL {
        for (engine, measured) in every_engine(cipher) {
            if as_json {
                rows.extend(measured.iter().map(|measured| row(cipher, engine, measured)));
            } else {
                print(cipher, engine, &measured);
            }
        }
    }
    for cipher in Cipher::ALL {
        let measured = new_key(cipher);
        let engine = Key::generate(cipher).unwrap().engine();
        if as_json {
            rows.push(row(cipher, engine, &measured));
        } else {
            println!("{cipher:16} {engine:10}  new key {:4.0} ns", measured.quantile(0.5));
        }
    }
    if as_json {
        println!("{:#}", json!({ "page_size": PAGE, "rows": rows }));
    }
}

fn row(cipher: Cipher, engine: Engine, measured: &Measured) -> serde_json::Value {
    let rounded = |ns: f64| (ns * 10.0).round() / 10.0;
    json!({
        "language": "rust",
        "cipher": cipher.name(),
        "engine": engine.name(),
        "operation": measured.operation,
        "batch": measured.batch,
        "ns": {
            "low": rounded(measured.quantile(0.25)),
            "median": rounded(measured.quantile(0.5)),
            "high": rounded(measured.quantile(0.75)),
        },
    })
}

fn print(cipher: Cipher, engine: Engine, measured: &[Measured]) {
    let text = (PAGE - cipher.reserved_length()) as f64;
    print!("{cipher:16} {engine:10}");
    for measured in measured {
        let ns = measured.quantile(0.5);
        let what = measured.operation.replace('_', " ") + if measured.batch == 1 { " one" } else { "" };
        print!("  {what} {ns:7.0} ns {:6.2} GB/s", text / ns);
    }
    println!();
}

/// What each engine of this CPU that serves the cipher does.
fn every_engine(cipher: Cipher) -> Vec<(Engine, Vec<Measured>)> {
    let key = Key::generate(cipher).unwrap();
    let mut contenders: Vec<(Engine, Key, Vec<Measured>)> = available_engines()
        .filter_map(|engine| {
            let key = key.with_engine(engine).unwrap();
            (key.engine() == engine).then(|| (engine, key, Vec::new()))
        })
        .collect();
    for round in 0..ROUNDS {
        for (engine, key, measured) in &mut contenders {
            let slow = *engine == Engine::Portable;
            if !slow || round % 20 == 0 {
                measure(key, &mut |operation, batch, work| {
                    let ns = per_page(work);
                    match measured.iter_mut().find(|m| (m.operation, m.batch) == (operation, batch)) {
                        Some(measured) => measured.samples.push(ns),
                        None => measured.push(Measured { operation, batch, samples: vec![ns] }),
                    }
                });
            }
        }
    }
    contenders
        .into_iter()
        .map(|(engine, _, mut measured)| {
            measured.iter_mut().for_each(|measured| measured.samples.sort_by(f64::total_cmp));
            (engine, measured)
        })
        .collect()
}

/// Told the operation, how many pages one call works on, and the work: all pages once.
type Time<'a> = dyn FnMut(&'static str, usize, &mut dyn FnMut()) + 'a;

/// One round: a batch and single pages, sealed and opened again.
fn measure(key: &Key, time: &mut Time<'_>) {
    let cipher = key.cipher();
    let text = PAGE - cipher.reserved_length();
    let mut pages = vec![0x5a_u8; PAGE * PAGES];
    let nonces: Vec<Vec<u8>> = (0..PAGES).map(|i| vec![i as u8; cipher.nonce_length()]).collect();
    let mut tags = vec![[0; 16]; PAGES];

    let mut sealing: Vec<Seal<'_>> = pages
        .chunks_exact_mut(PAGE)
        .zip(nonces.iter().zip(&mut tags))
        .map(|(page, (nonce, tag))| Seal {
            nonce,
            associated_data: &[],
            text: Text::InPlace(&mut page[..text]),
            tag,
        })
        .collect();
    time("seal", PAGES, &mut || key.seal_batch_assume_unique_nonces(&mut sealing).unwrap());

    let mut opening: Vec<Open<'_>> = pages
        .chunks_exact_mut(PAGE)
        .zip(nonces.iter().zip(&tags))
        .map(|(page, (nonce, tag))| Open::new(nonce, &[], Text::InPlace(&mut page[..text]), tag))
        .collect();
    time("open", PAGES, &mut || key.open_batch(&mut opening).unwrap());

    time("seal", 1, &mut || {
        for (page, (nonce, tag)) in pages.chunks_exact_mut(PAGE).zip(nonces.iter().zip(&mut tags)) {
            let text = Text::InPlace(&mut page[..text]);
            key.seal_one_assume_unique_nonce(Seal { nonce, associated_data: &[], text, tag }).unwrap();
        }
    });
    time("open", 1, &mut || {
        for (page, (nonce, tag)) in pages.chunks_exact_mut(PAGE).zip(nonces.iter().zip(&tags)) {
            key.open_one(Open::new(nonce, &[], Text::InPlace(&mut page[..text]), tag)).unwrap();
        }
    });
    assert!(pages.chunks_exact(PAGE).all(|page| page[..text].iter().all(|byte| *byte == 0x5a)));

    let Ok(codec) = PageCodec::turso(key, PAGE) else {
        return; // Turso's format does not have every cipher
    };
    pages.chunks_exact_mut(PAGE).for_each(|page| page[text..].fill(0));
    time("seal_pages", PAGES, &mut || codec.seal_pages(2, &mut pages).unwrap());
    time("open_pages", PAGES, &mut || codec.open_pages(2, &mut pages).unwrap());
    let mut each = |work: &mut dyn FnMut(u32, &mut [u8])| {
        pages.chunks_exact_mut(PAGE).zip(2..).for_each(|(page, number)| work(number, page));
    };
    time("seal_pages", 1, &mut || each(&mut |number, page| codec.seal_pages(number, page).unwrap()));
    time("open_pages", 1, &mut || each(&mut |number, page| codec.open_pages(number, page).unwrap()));
    assert!(pages.chunks_exact(PAGE).all(|page| page[..text].iter().all(|byte| *byte == 0x5a)));
}

fn per_page(work: &mut dyn FnMut()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_nanos() as f64 / PAGES as f64
}

fn new_key(cipher: Cipher) -> Measured {
    const KEYS: usize = 10_000;
    let bytes = vec![7; cipher.key_length()];
    let mut samples: Vec<f64> = (0..20)
        .map(|_| {
            let start = Instant::now();
            for _ in 0..KEYS {
                drop(black_box(Key::from_bytes(black_box(&bytes), cipher).unwrap()));
            }
            start.elapsed().as_nanos() as f64 / KEYS as f64
        })
        .collect();
    samples.sort_by(f64::total_cmp);
    Measured { operation: "new_key", batch: 1, samples }
}
