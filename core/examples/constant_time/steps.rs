//! One instruction at a time, for the engines that valgrind does not run: with other keys and plaintexts of the same
//! lengths the same instructions are executed, so that no branch depends on them. Of addresses of data this says nothing.

use std::process::ExitCode;

use pagecrypt::aead::{Aead, Open, Seal};
use pagecrypt::{Cipher, Engine, Key};

use crate::messages::{Lengths, Message, grid, pattern};
use crate::stepping::addresses;

/// Keys and plaintexts are drawn so often; the branch on one bit of them escapes all with a chance of 1 to 2^4, the branches on
/// each bit of a block with none.
const SECRETS: u64 = 5;
/// More instructions than any batch takes.
const ROOM: usize = 4_000_000;

/// Short, since each instruction costs a signal.
fn batches() -> Vec<Vec<Lengths>> {
    let mixed = |index: usize| (index * index * 7 % 200, index * 31 % 140);
    vec![
        vec![(0, 0)],
        vec![(17, 12)],
        vec![(1100, 20)],
        vec![(300, 100); 4],
        vec![(530, 0); 3],
        vec![(40, 0); 17],
        (0..17).map(mixed).collect(),
    ]
}

/// Checks the engines of these names.
pub(crate) fn check(names: &[&str]) -> ExitCode {
    for name in names {
        match Engine::ALL.into_iter().find(|engine| engine.name() == *name) {
            Some(engine) if engine.is_available() => {}
            Some(engine) => {
                println!("skipped: engine {engine}, one instruction at a time: this CPU does not run it")
            }
            None => {
                eprintln!("there is no engine {name}");
                return ExitCode::from(2);
            }
        }
    }
    let mut failed = false;
    for (cipher, engine) in grid().filter(|(_, engine)| names.contains(&engine.name())) {
        match batches().into_iter().map(|lengths| steps(cipher, engine, &lengths)).sum::<Option<usize>>() {
            Some(steps) => {
                println!("the same {steps} instructions whatever the secrets: {cipher} on {engine}")
            }
            None => {
                failed = true;
                println!("FAILED: {cipher} on {engine}: the instructions depend on secrets");
            }
        }
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// How many instructions a batch takes, if they are always the same.
fn steps(cipher: Cipher, engine: Engine, lengths: &[Lengths]) -> Option<usize> {
    let mut messages = Message::all(cipher, lengths);
    always_the_same(|seed| {
        // All memory is the same each time, so that nothing can depend on where it lies.
        let secret = pattern(seed, cipher.key_length());
        for (message, seed) in messages.iter_mut().zip(seed..) {
            let text = pattern(seed << 8, message.text.len());
            message.text.copy_from_slice(&text);
        }
        let key = Key::from_bytes(&secret, cipher).unwrap().with_engine(engine).unwrap();
        let mut batch: Vec<Seal<'_>> = messages.iter_mut().map(|message| message.seal(false)).collect();
        let sealing = addresses(ROOM, || key.seal_batch_assume_unique_nonces(&mut batch).unwrap());
        drop(batch);
        let middle = messages.len() / 2;
        messages[middle].tag[3] ^= 4;
        let mut batch: Vec<Open<'_>> = messages.iter_mut().map(|message| message.open(false)).collect();
        let opening = addresses(ROOM, || assert!(key.open_batch(&mut batch).is_err()));
        [sealing, opening].concat()
    })
}

/// How many instructions there are, if they are the same with every seed.
fn always_the_same(mut work: impl FnMut(u64) -> Vec<usize>) -> Option<usize> {
    work(0); // where memory and code are fetched for the first time
    let first = work(1);
    assert!(!first.is_empty() && first.len() < ROOM, "{} instructions were seen", first.len());
    (2..=SECRETS).all(|seed| work(seed << 32) == first).then_some(first.len())
}

/// Makes a mistake that must be seen.
pub(crate) fn plant(mistake: fn(&[u8])) -> ExitCode {
    let same = always_the_same(|seed| {
        let secret = pattern(seed, 32);
        addresses(ROOM, || mistake(&secret))
    });
    if same.is_some() { ExitCode::SUCCESS } else { ExitCode::from(99) }
}
