//! Under valgrind: keys are made, batches of every shape sealed and opened, on every engine that valgrind runs.

use std::hint::black_box;
use std::process::ExitCode;

use pagecrypt::aead::{Aead, Open, Seal};
use pagecrypt::{Cipher, Engine, Key};

use crate::messages::{Lengths, Message, grid, pattern};
use crate::requests::{errors, is_secret, mark_public, mark_secret, valgrind_is_there};

/// Batches that take an engine through its paths: alone, a full group, more than any group, and mixed.
fn batches() -> Vec<Vec<Lengths>> {
    let mut batches = Vec::new();
    for text in [0, 1, 15, 16, 17, 31, 64, 100, 255, 256, 300, 511, 1029, 2048, 4064] {
        batches.push(vec![(text, 0)]);
        batches.push(vec![(text, 12)]);
        batches.push(vec![(text, 20); 4]);
    }
    for lengths in [(40, 0), (300, 100), (1100, 130)] {
        batches.push(vec![lengths; 7]);
        batches.push(vec![lengths; 17]);
    }
    let mixed = |index: usize| (index * index * 7 % 700, index * 31 % 140);
    batches.push((0..17).map(mixed).collect());
    batches.push((0..6).map(|index| mixed(5 * index)).chain([(4064, 12), (4064, 12), (4064, 0)]).collect());
    batches
}

pub(crate) fn check() -> ExitCode {
    if !valgrind_is_there() {
        eprintln!("this says something under valgrind only: run .ci/test_constant_time");
        return ExitCode::from(2);
    }
    for engine in Engine::ALL.into_iter().filter(|engine| !engine.is_available()) {
        println!("skipped: engine {engine} under valgrind, which does not run it on this CPU");
    }
    let mut failed = false;
    for (cipher, engine) in grid() {
        let before = errors();
        check_engine(cipher, engine);
        match errors() - before {
            0 => println!("no branch and no address depends on secrets: {cipher} on {engine}"),
            found => {
                failed = true;
                println!("FAILED: {cipher} on {engine}: valgrind reports {found} uses of secrets");
            }
        }
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn check_engine(cipher: Cipher, engine: Engine) {
    let secret = pattern(u64::from(cipher.number()), cipher.key_length());
    mark_secret(&secret);
    let key = Key::from_bytes(&secret, cipher).unwrap().with_engine(engine).unwrap();
    assert_eq!(key.engine(), engine);
    for lengths in batches() {
        let plain: Vec<Vec<u8>> = (7..).zip(&lengths).map(|(seed, (text, _))| pattern(seed, *text)).collect();
        for into in [false, true] {
            for forged in [None, Some(lengths.len() / 2)] {
                let mut messages = Message::all(cipher, &lengths);
                for (message, plain) in messages.iter_mut().zip(&plain) {
                    message.text.copy_from_slice(plain);
                }
                seal(&key, &mut messages, into);
                if let Some(index) = forged {
                    messages[index].tag[index % 16] ^= 0x10;
                }
                open(&key, &mut messages, into, forged);
                for (index, (message, plain)) in messages.iter().zip(&plain).enumerate() {
                    assert!(
                        forged == Some(index) || message.text == *plain,
                        "message {index} of {lengths:?}"
                    );
                }
            }
        }
    }
}

fn seal(key: &Key, messages: &mut [Message], into: bool) {
    messages.iter().for_each(|message| mark_secret(&message.text));
    let mut batch: Vec<Seal<'_>> = messages.iter_mut().map(|message| message.seal(into)).collect();
    key.seal_batch_assume_unique_nonces(&mut batch).unwrap();
    for message in messages {
        message.take_output(into);
        // Otherwise the secrets were lost on the way, and their uses with them.
        assert!(is_secret(&message.text) && is_secret(&message.tag), "sealed without the key and the text");
        mark_public(&message.text[..]);
        mark_public(&message.tag);
    }
}

fn open(key: &Key, messages: &mut [Message], into: bool, forged: Option<usize>) {
    let mut batch: Vec<Open<'_>> = messages.iter_mut().map(|message| message.open(into)).collect();
    let outcome = key.open_batch(&mut batch);
    mark_public(&outcome);
    mark_public(&batch[..]);
    assert_eq!(outcome.is_err(), forged.is_some());
    for (index, message) in batch.iter().enumerate() {
        assert_eq!(message.opened(), forged != Some(index), "message {index}");
    }
    for (index, message) in messages.iter_mut().enumerate() {
        message.take_output(into);
        // What is left of a forged one are zeros, whatever it was.
        assert!(forged == Some(index) || is_secret(&message.text), "opened without the key");
        mark_public(&message.text[..]);
    }
}

/// Makes a mistake that valgrind must report, with a ciphertext that is still secret: so secrets stay so through an
/// engine.
pub(crate) fn plant(mistake: fn(&[u8])) -> ExitCode {
    let secret = pattern(7, 32);
    mark_secret(&secret);
    let key = Key::from_bytes(&secret, Cipher::Aegis256).unwrap();
    let mut messages = Message::all(Cipher::Aegis256, &[(40, 0)]);
    key.seal_one_assume_unique_nonce(messages[0].seal(false)).unwrap();
    mistake(&messages[0].text);
    ExitCode::SUCCESS
}

/// Branches on a bit.
pub(crate) fn branch(secret: &[u8]) {
    #[inline(never)]
    fn elsewhere() {
        black_box(());
    }
    if secret[3] & 1 == 1 {
        elsewhere();
    }
}

/// Looks a byte up in a table.
pub(crate) fn index(secret: &[u8]) {
    let table: [u8; 256] = std::array::from_fn(|index| (255 - index) as u8);
    black_box(black_box(&table)[usize::from(secret[3])]);
}
