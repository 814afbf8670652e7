//! How a batch reaches a kernel, and what every engine of this CPU makes of it.

use std::cell::Cell;
use std::vec::Vec;

use chacha20poly1305::aead::{AeadInOut, KeyInit};

use super::Backend;
use crate::engine::available;
use crate::engine::message::{Message, Open, Seal, Text};

std::thread_local! {
    static KERNEL_CALLS: Cell<usize> = const { Cell::new(0) };
}

/// Called by every kernel once.
pub(super) fn count_kernel_call() {
    KERNEL_CALLS.set(KERNEL_CALLS.get() + 1);
}

fn bytes(seed: usize, length: usize) -> Vec<u8> {
    (0..length).map(|i| (i * 31 + seed * 77 + (i >> 8) * 5 + (seed >> 3)) as u8).collect()
}

/// Lengths of texts and of associated data, mixed: none, parts of blocks, short and long messages.
const LENGTHS: [(usize, usize); 30] = [
    (0, 0),
    (1, 0),
    (15, 1),
    (16, 12),
    (17, 16),
    (63, 0),
    (64, 0),
    (65, 28),
    (64, 0),
    (64, 0),
    (127, 17),
    (128, 100),
    (256, 0),
    (320, 12),
    (367, 0),
    (368, 0),
    (369, 1),
    (500, 128),
    (1024, 0),
    (1100, 300),
    (4068, 0),
    (4068, 12),
    (4080, 100),
    (2048, 16),
    (8192, 0),
    (9000, 129),
    (20000, 13),
    (64, 1000),
    (0, 400),
    (3, 2),
];

/// Seals and opens batches with the kernel, and compares with the portable crate.
pub(super) fn agrees(kernel: &impl Kernel) {
    let secret: [u8; 32] = bytes(9, 32).try_into().unwrap_or_default();
    let mut key = [0; 8];
    for (word, bytes) in key.iter_mut().zip(secret.as_chunks().0) {
        *word = u32::from_le_bytes(*bytes);
    }
    let portable = chacha20poly1305::ChaCha20Poly1305::new(&secret.into());
    for count in [1, 2, 3, 7, 17, LENGTHS.len()] {
        for first in 0..LENGTHS.len() {
            let lengths: Vec<_> = LENGTHS.iter().cycle().skip(first).take(count).collect();
            let nonces: Vec<[u8; 12]> =
                (0..count).map(|i| bytes(i + first, 12).try_into().unwrap_or_default()).collect();
            let data: Vec<_> = lengths.iter().map(|(_, data)| bytes(3, *data)).collect();
            let plain: Vec<_> = lengths.iter().enumerate().map(|(i, (text, _))| bytes(i, *text)).collect();

            let (mut texts, mut tags) = (plain.clone(), std::vec![[0; 16]; count]);
            let mut batch = Vec::new();
            for (i, (text, tag)) in texts.iter_mut().zip(&mut tags).enumerate() {
                let text = Text::InPlace(text);
                batch.push(Seal { nonce: &nonces[i], associated_data: &data[i], text, tag });
            }
            kernel.run(&key, &mut batch);
            for i in 0..count {
                let mut expected = plain[i].clone();
                let tag =
                    portable.encrypt_inout_detached(&nonces[i].into(), &data[i], (&mut expected[..]).into());
                assert!(texts[i] == expected, "text of {:?}", lengths[i]);
                assert_eq!(tag.ok().as_deref(), Some(&tags[i][..]), "tag of {:?}", lengths[i]);
            }

            let wrong = count / 2;
            tags[wrong][0] ^= 1;
            let mut opened: Vec<_> = plain.iter().map(|text| std::vec![1; text.len()]).collect();
            let mut batch = Vec::new();
            for (i, (from, to)) in texts.iter().zip(&mut opened).enumerate() {
                batch.push(Open::new(&nonces[i], &data[i], Text::Into { from, to }, &tags[i]));
            }
            kernel.run(&key, &mut batch);
            for (i, message) in batch.iter().enumerate() {
                assert_eq!(message.opened(), i != wrong, "{:?}", lengths[i]);
            }
            for (i, (opened, plain)) in opened.iter().zip(&plain).enumerate() {
                let expected = if i == wrong { std::vec![0; plain.len()] } else { plain.clone() };
                assert!(*opened == expected, "opened text of {:?}", lengths[i]);
            }
        }
    }
}

/// What seals and opens: an engine, or a model of one.
pub(super) trait Kernel {
    fn run<M: Message>(&self, key: &[u32; 8], messages: &mut [M]);
}

impl Kernel for Backend {
    fn run<M: Message>(&self, key: &[u32; 8], messages: &mut [M]) {
        Backend { token: self.token, key: *key }.run(messages);
    }
}

#[test]
fn every_engine_agrees_with_the_portable_crate() {
    for engine in available() {
        if let Some(backend) = Backend::best(Some(engine)).filter(|backend| backend.engine() == engine) {
            agrees(&backend);
        }
    }
}

#[test]
fn a_batch_of_64_messages_is_one_kernel_call_on_every_engine() {
    for engine in available() {
        let Some(backend) = Backend::best(Some(engine)) else { continue };
        let nonces: Vec<[u8; 12]> = (0..64).map(|i| [i; 12]).collect();
        let (mut texts, mut tags) = (std::vec![[0x5a; 4068]; 64], std::vec![[0; 16]; 64]);
        let mut batch = Vec::new();
        for (nonce, (text, tag)) in nonces.iter().zip(texts.iter_mut().zip(&mut tags)) {
            batch.push(Seal { nonce, associated_data: &[], text: Text::InPlace(text), tag });
        }
        KERNEL_CALLS.set(0);
        backend.seal(&mut batch);
        assert_eq!(KERNEL_CALLS.get(), 1, "sealed by {}", backend.engine());
    }
}
