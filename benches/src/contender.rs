//! Who takes part: libpagecrypt by its engines, and for each cipher the libraries that have it.
//!
//! Each gets the best interface it has: keys expanded once, work in place, tags apart, nonces given.

use std::hint::black_box;
use std::time::{Duration, Instant};

use pagecrypt::{Cipher, Engine};

use crate::memory::Message;

mod aws_lc;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
mod graviola;
mod libaegis;
mod openssl;
mod ours;
mod ring;
mod rustcrypto;

pub use ours::{NAME as OURS, engines};

/// How messages are handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Calls {
    /// So many in one call, where the library can do that; nonces are there.
    Batches(usize),
    /// One by one, each with a nonce drawn from the operating system.
    Drawn,
}

/// A library that seals and opens under one key.
pub trait Contender: Send {
    /// Its name, as it stands in rows.
    fn library(&self) -> &'static str;

    /// Its engine; libraries that choose by themselves do not say.
    fn engine(&self) -> &'static str {
        ""
    }

    /// Seals all messages in place; how long that took, without what stands around it.
    fn seal(&mut self, messages: &mut [Message<'_>], calls: Calls) -> Duration;

    /// Opens all messages in place, which are authentic; how long that took.
    fn open(&mut self, messages: &mut [Message<'_>], calls: Calls) -> Duration;

    /// Opens one message that may be forged.
    fn authentic(&mut self, message: &mut Message<'_>) -> bool;
}

/// A library that works on one message a call: every peer.
trait OneByOne: Send {
    const LIBRARY: &'static str;
    fn seal_one(&mut self, message: &mut Message<'_>);
    fn open_one(&mut self, message: &mut Message<'_>) -> bool;
}

impl<T: OneByOne> Contender for T {
    fn library(&self) -> &'static str {
        T::LIBRARY
    }

    fn seal(&mut self, messages: &mut [Message<'_>], calls: Calls) -> Duration {
        timed(|| {
            for message in messages {
                if calls == Calls::Drawn {
                    draw(message.nonce);
                }
                self.seal_one(message);
            }
        })
    }

    fn open(&mut self, messages: &mut [Message<'_>], _: Calls) -> Duration {
        timed(|| {
            for message in messages {
                assert!(self.open_one(message), "{}: a message did not open", T::LIBRARY);
            }
        })
    }

    fn authentic(&mut self, message: &mut Message<'_>) -> bool {
        self.open_one(message)
    }
}

/// Everyone's nonces come from the same place.
fn draw(nonce: &mut [u8]) {
    getrandom::fill(nonce).expect("the operating system gives random bytes");
}

fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

/// What reading the clock adds to every timed stretch: nothing in between, the median of many.
pub fn cost_of_timing() -> Duration {
    let mut samples: Vec<_> = (0..10_001).map(|_| timed(|| _ = black_box(0))).collect();
    samples.sort_unstable();
    samples[samples.len() / 2]
}

/// The contenders for a cipher: our engines first, then the peers. Only engines that serve the cipher count.
pub fn contenders(cipher: Cipher, key: &[u8], engines: &[Engine]) -> Vec<Box<dyn Contender>> {
    let mut all = ours::new(cipher, key, engines);
    all.extend(peers(cipher, key));
    all
}

/// The other libraries that have the cipher and run on this CPU.
fn peers(cipher: Cipher, key: &[u8]) -> Vec<Box<dyn Contender>> {
    let mut peers: Vec<Box<dyn Contender>> = Vec::new();
    peers.extend(libaegis::new(cipher, key));
    peers.extend(aws_lc::new(cipher, key));
    peers.extend(ring::new(cipher, key));
    peers.extend(openssl::new(cipher, key));
    #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
    if graviola::missing().is_empty() {
        peers.extend(graviola::new(cipher, key));
    }
    peers.extend(rustcrypto::new(cipher, key));
    peers
}

/// The peers that cannot run here, each with the reason.
pub fn skipped() -> Vec<String> {
    #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
    {
        let missing = graviola::missing();
        if missing.is_empty() {
            return Vec::new();
        }
        vec![format!("graviola: this CPU lacks {}", missing.join(", "))]
    }
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    vec!["graviola: it has no code for this architecture".into()]
}
