//! Random batches against the peers: ring, and libaegis for AEGIS.
//!
//! `PAGECRYPT_RANDOM_CASES` is how many messages of each cipher there are, `PAGECRYPT_RANDOM_SEED` where they begin. A long
//! run, of which each test is a cipher or a family:
//!
//! ```sh
//! PAGECRYPT_RANDOM_CASES=10000000 PAGECRYPT_RANDOM_SEED=1 \
//!     cargo test --release -p pagecrypt --test random_cases -- --nocapture
//! ```
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use pagecrypt::{Cipher, Key};

#[path = "support/batches.rs"]
mod batches;
#[path = "support/bytes.rs"]
mod bytes;
#[path = "support/engines.rs"]
mod engines;
#[path = "support/messages.rs"]
mod messages;
#[cfg_attr(not(target_arch = "x86_64"), path = "support/no_peers.rs")]
#[cfg_attr(target_arch = "x86_64", path = "support/peers.rs")]
mod peers;

use batches::Lengths;
use bytes::bytes;
use messages::{Message, Output, Sealed, open_batch, seal_batch};

/// Messages of each cipher where nobody asks for more.
const CASES: u64 = 5_000;

#[test]
fn aes128gcm_seals_and_opens_random_batches_as_ring_does() {
    run(Cipher::Aes128Gcm);
}

#[test]
fn aes256gcm_seals_and_opens_random_batches_as_ring_does() {
    run(Cipher::Aes256Gcm);
}

#[test]
fn chacha20poly1305_seals_and_opens_random_batches_as_ring_does() {
    run(Cipher::ChaCha20Poly1305);
}

#[test]
fn aegis_seals_and_opens_random_batches_as_libaegis_does() {
    Cipher::ALL.into_iter().filter(|cipher| cipher.name().starts_with("aegis")).for_each(run);
}

fn run(cipher: Cipher) {
    let cases = variable("PAGECRYPT_RANDOM_CASES").unwrap_or(CASES);
    let seed = variable("PAGECRYPT_RANDOM_SEED").unwrap_or(0);
    let (mut messages, mut batches, mut forged, mut bytes, mut served) = (0, 0, 0, 0, Vec::new());
    while messages < cases {
        // Each batch by its own seed, so that one that fails can be had alone.
        let batch = Batch::draw(cipher, &mut Draw::new(seed, cipher, batches));
        let context = format!("{cipher}, batch {batches} of PAGECRYPT_RANDOM_SEED={seed}");
        served = batch.check(&context);
        messages += batch.messages.len() as u64;
        forged += batch.forged.len() as u64;
        bytes += batch.messages.iter().map(|message| message.text.len() as u64).sum::<u64>();
        batches += 1;
    }
    println!(
        "{cipher}: {messages} messages of {bytes} bytes, {forged} of them forged, in {batches} batches by seed {seed}; \
        on {} the same as the peer",
        served.join(", ")
    );
}

fn variable(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|error| panic!("{name}={text}: {error}")))
}

/// Numbers that look random (splitmix64).
struct Draw(u64);

impl Draw {
    fn new(seed: u64, cipher: Cipher, batch: u64) -> Self {
        let start = bytes(seed ^ (u64::from(cipher.number()) << 56) ^ (batch << 20), 8);
        Self(u64::from_le_bytes(start.try_into().unwrap()))
    }

    fn any(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        u64::from_le_bytes(bytes(self.0, 8).try_into().unwrap())
    }

    /// Below `limit`.
    fn below(&mut self, limit: usize) -> usize {
        (self.any() % limit as u64) as usize
    }

    /// Mostly a record's, at times a page's, now and then far more.
    fn text(&mut self) -> usize {
        match self.below(2048) {
            0..800 => self.below(66),
            800..1400 => self.below(300),
            1400..1900 => self.below(1100),
            1900..2040 => 3900 + self.below(250),
            2040..2047 => self.below(20_000),
            _ => self.below(140_000),
        }
    }

    fn associated_data(&mut self) -> usize {
        match self.below(8) {
            0..3 => 0,
            3..5 => self.below(34),
            5..7 => self.below(140),
            _ => self.below(600),
        }
    }

    fn count(&mut self) -> usize {
        match self.below(64) {
            0..12 => 1,
            12..36 => 2 + self.below(7),
            36..63 => 2 + self.below(16),
            _ => 18 + self.below(60),
        }
    }

    fn lengths(&mut self) -> Lengths {
        (self.text(), self.associated_data())
    }

    /// A batch's lengths: all the same, all different, or in runs.
    fn batch(&mut self) -> Vec<Lengths> {
        let (kind, mut current) = (self.below(3), self.lengths());
        (0..self.count())
            .map(|_| {
                if kind == 1 || kind == 2 && self.below(4) == 0 {
                    current = self.lengths();
                }
                current
            })
            .collect()
    }
}

struct Batch {
    cipher: Cipher,
    secret: Vec<u8>,
    messages: Vec<Message>,
    /// Which messages are forged before they are opened, and a number that says how.
    forged: Vec<(usize, u64)>,
    sealing: Output,
    opening: Output,
}

impl Batch {
    fn draw(cipher: Cipher, draw: &mut Draw) -> Self {
        let secret = bytes(draw.any(), cipher.key_length());
        let messages: Vec<Message> =
            draw.batch().into_iter().map(|lengths| batches::message(cipher, draw.any(), lengths)).collect();
        let mut forged = Vec::new();
        if draw.below(3) == 0 {
            for _ in 0..=draw.below(3) {
                forged.push((draw.below(messages.len()), draw.any()));
            }
            forged.sort_unstable();
            forged.dedup_by_key(|(index, _)| *index);
        }
        let (sealing, opening) = (Output::Drawn(draw.any()), Output::Drawn(draw.any()));
        Self { cipher, secret, messages, forged, sealing, opening }
    }

    /// Seals and opens it on every engine, whose names are returned.
    fn check(&self, context: &str) -> Vec<String> {
        let expected: Vec<Sealed> =
            self.messages.iter().map(|message| peers::seal(self.cipher, &self.secret, message)).collect();
        let mut received = expected.clone();
        let mut opened: Vec<Option<&Vec<u8>>> =
            self.messages.iter().map(|message| Some(&message.text)).collect();
        for (index, how) in &self.forged {
            forge(&mut received[*index], *how);
            let refused = peers::open(self.cipher, &self.secret, &received[*index]).is_none();
            assert!(refused, "the peer opens forged message {index}: {context}");
            opened[*index] = None;
        }
        let keys: Vec<Key> = engines::keys(self.cipher, &self.secret);
        for key in &keys {
            let engine = key.engine();
            // That the peer opens what we seal follows, since it is what the peer seals.
            assert!(
                seal_batch(key, &self.messages, self.sealing) == expected,
                "sealing differs on {engine}: {context}"
            );
            let output = open_batch(key, &received, self.opening);
            assert!(
                output.iter().map(Option::as_ref).eq(opened.iter().copied()),
                "opening differs on {engine}: {context}"
            );
        }
        keys.iter().map(|key| key.engine().to_string()).collect()
    }
}

/// Flips one bit of anything that a receiver gets.
fn forge(sealed: &mut Sealed, how: u64) {
    let parts =
        [&mut sealed.text[..], &mut sealed.tag, &mut sealed.nonce[..], &mut sealed.associated_data[..]];
    let mut part = (how >> 48) as usize % parts.len();
    if parts[part].is_empty() {
        part = 1; // the tag always has bytes
    }
    let bit = (how & 0xffff_ffff) as usize % (8 * parts[part].len());
    parts[part][bit / 8] ^= 1 << (bit % 8);
}
