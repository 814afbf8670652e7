//! Sealing and opening the same messages again and again, the ciphers taking turns.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use pagecrypt::aead::{Aead as _, Open, Seal, Text};
use pagecrypt::{Error, Key};

/// Length of a page, in bytes.
pub(super) const PAGE: usize = 4096;

/// Length of a record, in bytes.
pub(super) const RECORD: usize = 64;

/// How many messages a call takes where it takes several.
pub(super) const BATCH: usize = 64;

/// However little time there is: a median of fewer says nothing.
const MIN_ROUNDS: usize = 3;

/// What is sealed and opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Message {
    /// As much as a page holds beside nonce and tag.
    Page,
    Record,
}

/// What all calls of one sample work on, and how many messages each call takes.
pub(super) const WORKS: [(Message, usize); 3] =
    [(Message::Page, 1), (Message::Page, BATCH), (Message::Record, BATCH)];

impl Message {
    /// The text's length, in bytes.
    pub(super) fn length(self, key: &Key) -> usize {
        match self {
            Self::Page => PAGE - key.cipher().reserved_length(),
            Self::Record => RECORD,
        }
    }

    /// How many messages a sample is of: so many that a clock can tell, and few enough for the caches.
    fn count(self) -> usize {
        match self {
            Self::Page => BATCH,
            Self::Record => 16 * BATCH,
        }
    }
}

/// The times of one key for one work, in nanoseconds a message.
#[derive(Debug, Default)]
pub(super) struct Times {
    pub(super) seal: Vec<f64>,
    pub(super) open: Vec<f64>,
}

/// Measures for so long. `step` is told how much of it is over, and stops it by a break. Gives for each key the times
/// of each of [`WORKS`].
pub(super) fn measure(
    keys: &[Key],
    length: Duration,
    step: &mut dyn FnMut(Duration) -> ControlFlow<()>,
) -> Result<Vec<[Times; WORKS.len()]>, Error> {
    let mut memory = Memory::new();
    let mut times: Vec<_> = keys.iter().map(|_| WORKS.map(|_| Times::default())).collect();
    let start = Instant::now();
    let mut round = 0;
    // The first round warms up.
    while round <= MIN_ROUNDS || start.elapsed() < length {
        for (key, times) in keys.iter().zip(&mut times) {
            for ((message, batch), times) in WORKS.into_iter().zip(times) {
                let (seal, open) = memory.sample(key, message, batch)?;
                if round > 0 {
                    times.seal.push(seal);
                    times.open.push(open);
                }
            }
            if step(start.elapsed().min(length)).is_break() {
                return Err(Error::Cancelled);
            }
        }
        round += 1;
    }
    Ok(times)
}

/// What the messages lie in, for every sample the same.
struct Memory {
    text: Vec<u8>,
    nonces: Vec<u8>,
    tags: Vec<[u8; 16]>,
}

impl Memory {
    const PLAIN: u8 = 0x5a;

    fn new() -> Self {
        let most = WORKS.iter().map(|(message, _)| message.count()).max().unwrap_or_default();
        let nonces = (0..most).flat_map(|index| [index as u8; 32]).collect();
        Self { text: vec![Self::PLAIN; PAGE * BATCH], nonces, tags: vec![[0; 16]; most] }
    }

    /// Seals and opens in place; nanoseconds a message. That nonces repeat does no harm: the key is thrown away.
    fn sample(&mut self, key: &Key, message: Message, batch: usize) -> Result<(f64, f64), Error> {
        let (length, count) = (message.length(key), message.count());
        let stride = match message {
            Message::Page => PAGE,
            Message::Record => RECORD,
        };
        let nonce_length = key.cipher().nonce_length();
        let nonces = || self.nonces.chunks_exact(32).map(move |nonce| &nonce[..nonce_length]);
        let texts = self.text.chunks_exact_mut(stride).take(count).map(|text| &mut text[..length]);
        let mut seals: Vec<Seal<'_>> = texts
            .zip(nonces().zip(&mut self.tags))
            .map(|(text, (nonce, tag))| Seal { nonce, associated_data: &[], text: Text::InPlace(text), tag })
            .collect();
        let start = Instant::now();
        for seals in seals.chunks_mut(batch) {
            key.seal_batch_assume_unique_nonces(seals)?;
        }
        let sealed = start.elapsed();

        let texts = self.text.chunks_exact_mut(stride).take(count).map(|text| &mut text[..length]);
        let mut opens: Vec<Open<'_>> = texts
            .zip(nonces().zip(&self.tags))
            .map(|(text, (nonce, tag))| Open::new(nonce, &[], Text::InPlace(text), tag))
            .collect();
        let start = Instant::now();
        for opens in opens.chunks_mut(batch) {
            key.open_batch(opens).map_err(|_| Error::Internal("what was sealed does not open"))?;
        }
        let opened = start.elapsed();
        if self.text.iter().any(|byte| *byte != Self::PLAIN) {
            return Err(Error::Internal("what was opened is not what was sealed"));
        }
        let each = |time: Duration| time.as_nanos() as f64 / count as f64;
        Ok((each(sealed), each(opened)))
    }
}
