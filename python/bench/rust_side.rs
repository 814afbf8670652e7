//! Rust's side of `python/bench/bench.py`, which starts it and asks for one measurement a line, so that both sides take turns
//! on the machine: `OPERATION CIPHER PAGES CALLS`. The answer is nanoseconds a page.
#![allow(clippy::unwrap_used)] // lengths are right by construction, and what asks is the benchmark

use std::hint::black_box;
use std::io::{BufRead, Write};
use std::time::Instant;

use pagecrypt::aead::{Aead, Open, Seal, Text};
use pagecrypt::page::PageCodec;
use pagecrypt::{Cipher, Key};

const PAGE: usize = 4096;

fn main() {
    let mut answers = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let line = line.unwrap();
        let words: Vec<&str> = line.split(' ').collect();
        let &[operation, cipher, pages, calls] = words.as_slice() else { continue };
        let key = Key::from_bytes(
            &[7; 32][..cipher.parse::<Cipher>().unwrap().key_length()],
            cipher.parse().unwrap(),
        );
        let ns = measure(operation, &key.unwrap(), pages.parse().unwrap(), calls.parse().unwrap());
        writeln!(answers, "{ns}").unwrap();
        answers.flush().unwrap();
    }
}

fn measure(operation: &str, key: &Key, pages: usize, calls: usize) -> f64 {
    let text = PAGE - key.cipher().reserved_length();
    let nonce = vec![1; key.cipher().nonce_length()];
    let mut tag = [0; 16];
    match operation {
        "seal" => {
            let (from, mut to) = (vec![0; text], vec![0; text]);
            time(pages, calls, || {
                let text = Text::Into { from: black_box(&from), to: &mut to };
                let message = Seal { nonce: &nonce, associated_data: &[], text, tag: &mut tag };
                key.seal_one_assume_unique_nonce(message).unwrap();
            })
        }
        "open" => {
            let (mut from, mut to) = (vec![0; text], vec![0; text]);
            let sealing =
                Seal { nonce: &nonce, associated_data: &[], text: Text::InPlace(&mut from), tag: &mut tag };
            key.seal_one_assume_unique_nonce(sealing).unwrap();
            time(pages, calls, || {
                let text = Text::Into { from: black_box(&from), to: &mut to };
                key.open_one(Open::new(&nonce, &[], text, &tag)).unwrap();
            })
        }
        "seal_pages" => {
            let codec = PageCodec::turso(key, PAGE).unwrap();
            let (from, mut to) = (vec![0; pages * PAGE], vec![0; pages * PAGE]);
            time(pages, calls, || codec.seal_pages_into(2, black_box(&from), &mut to).unwrap())
        }
        "open_pages" => {
            let codec = PageCodec::turso(key, PAGE).unwrap();
            let (mut from, mut to) = (vec![0; pages * PAGE], vec![0; pages * PAGE]);
            codec.seal_pages(2, &mut from).unwrap();
            time(pages, calls, || codec.open_pages_into(2, black_box(&from), &mut to).unwrap())
        }
        _ => f64::NAN,
    }
}

/// Nanoseconds a page of `calls` calls that work on `pages` each.
fn time(pages: usize, calls: usize, mut work: impl FnMut()) -> f64 {
    work();
    let start = Instant::now();
    (0..calls).for_each(|_| work());
    start.elapsed().as_nanos() as f64 / (pages * calls) as f64
}
