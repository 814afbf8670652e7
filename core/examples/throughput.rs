//! What this machine does: pages of 4096 bytes as Turso has them, sealed and opened 64 at a time and one at a time by
//! every engine that runs here, and what a new key costs.
//!
//! ```sh
//! cargo run --release -p pagecrypt --example throughput
//! ```
//!
//! The figures are medians over many rounds in which the engines take turns, and leave out drawing the nonces, which
//! costs the same for all. For comparisons with other libraries, measure both in one process.
#![allow(clippy::unwrap_used)] // lengths are right by construction

use std::hint::black_box;
use std::time::Instant;

use pagecrypt::aead::{Aead, Open, Seal, Text};
use pagecrypt::{Cipher, Engine, Key, available_engines};

const PAGE: usize = 4096;
const PAGES: usize = 64;
const ROUNDS: usize = 200;

/// Nanoseconds a page.
#[derive(Default)]
struct Times {
    seal: Vec<f64>,
    open: Vec<f64>,
    seal_one: Vec<f64>,
    open_one: Vec<f64>,
}

fn main() {
    for cipher in Cipher::ALL {
        let key = Key::generate(cipher).unwrap();
        let mut contenders: Vec<(Engine, Key, Times)> = available_engines()
            .filter_map(|engine| {
                let key = key.with_engine(engine).unwrap();
                (key.engine() == engine).then(|| (engine, key, Times::default()))
            })
            .collect();
        for round in 0..ROUNDS {
            for (engine, key, times) in &mut contenders {
                let slow = *engine == Engine::Portable;
                if !slow || round % 20 == 0 {
                    measure(key, times);
                }
            }
        }
        for (engine, _, times) in &mut contenders {
            let text = (PAGE - cipher.reserved_length()) as f64;
            print!("{cipher:16} {engine:10}");
            for (what, samples) in [
                ("seal", &mut times.seal),
                ("open", &mut times.open),
                ("seal one", &mut times.seal_one),
                ("open one", &mut times.open_one),
            ] {
                let ns = median(samples);
                print!("  {what} {ns:7.0} ns {:6.2} GB/s", text / ns);
            }
            println!();
        }
    }
    for cipher in Cipher::ALL {
        println!("{cipher:16} new key {:4.0} ns", new_key(cipher));
    }
}

/// One round: a batch and single pages, sealed and opened again.
fn measure(key: &Key, times: &mut Times) {
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
    times.seal.push(per_page(|| key.seal_batch_assume_unique_nonces(&mut sealing).unwrap()));

    let mut opening: Vec<Open<'_>> = pages
        .chunks_exact_mut(PAGE)
        .zip(nonces.iter().zip(&tags))
        .map(|(page, (nonce, tag))| Open::new(nonce, &[], Text::InPlace(&mut page[..text]), tag))
        .collect();
    times.open.push(per_page(|| key.open_batch(&mut opening).unwrap()));

    times.seal_one.push(per_page(|| {
        for (page, (nonce, tag)) in pages.chunks_exact_mut(PAGE).zip(nonces.iter().zip(&mut tags)) {
            let text = Text::InPlace(&mut page[..text]);
            key.seal_one_assume_unique_nonce(Seal { nonce, associated_data: &[], text, tag }).unwrap();
        }
    }));
    times.open_one.push(per_page(|| {
        for (page, (nonce, tag)) in pages.chunks_exact_mut(PAGE).zip(nonces.iter().zip(&tags)) {
            key.open_one(Open::new(nonce, &[], Text::InPlace(&mut page[..text]), tag)).unwrap();
        }
    }));
    assert!(pages.chunks_exact(PAGE).all(|page| page[..text].iter().all(|byte| *byte == 0x5a)));
}

fn per_page(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_nanos() as f64 / PAGES as f64
}

fn new_key(cipher: Cipher) -> f64 {
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
    median(&mut samples)
}

fn median(samples: &mut [f64]) -> f64 {
    samples.sort_by(f64::total_cmp);
    samples[samples.len() / 2]
}
