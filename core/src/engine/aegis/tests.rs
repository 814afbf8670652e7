//! How a batch reaches a kernel, and that it does not matter by which instructions it is worked on.

use std::cell::Cell;
use std::vec;
use std::vec::Vec;

use super::{Backend, Schedule, Variant};
use crate::engine::available;
use crate::engine::message::{Checked, Message, Open, Seal, Text};

std::thread_local! {
    static KERNEL_CALLS: Cell<usize> = const { Cell::new(0) };
}

/// Called by every kernel once.
pub(super) fn count_kernel_call() {
    KERNEL_CALLS.set(KERNEL_CALLS.get() + 1);
}

const VARIANTS: [(Variant, usize); 6] = [
    (Variant::Aegis128l, 16),
    (Variant::Aegis128x2, 16),
    (Variant::Aegis128x4, 16),
    (Variant::Aegis256, 32),
    (Variant::Aegis256x2, 32),
    (Variant::Aegis256x4, 32),
];

fn checked<M: Message>(messages: &mut [M], nonce_length: usize) -> Checked<'_, M> {
    Checked::new(messages, nonce_length, u64::MAX).unwrap()
}

pub(super) fn schedule(backend: Backend, variant: Variant, key: &[u8]) -> Schedule {
    let mut schedule = Schedule::ZERO;
    backend.direct(variant).expand(key, &mut schedule);
    schedule
}

/// 48 are full groups of any size that there is; one that is left over has a call of its own.
#[test]
fn a_batch_of_full_groups_is_one_kernel_call_on_every_engine() {
    for engine in available() {
        let backend = Backend::best(Some(engine));
        for (variant, key_length) in VARIANTS {
            let schedule = schedule(backend, variant, &vec![7; key_length]);
            let mut messages = Messages::new(key_length, &[(4048, 0); 48]);
            let texts = messages.texts.clone();

            KERNEL_CALLS.set(0);
            messages.seal(|batch| backend.seal(variant, &schedule, batch));
            assert_eq!(KERNEL_CALLS.get(), 1, "{variant:?} sealed by {}", backend.engine());

            KERNEL_CALLS.set(0);
            messages.open(|batch| backend.open(variant, &schedule, batch));
            assert_eq!(KERNEL_CALLS.get(), 1, "{variant:?} opened by {}", backend.engine());
            assert!(messages.texts == texts);
        }
    }
}

/// Messages and room for their tags.
#[derive(Clone, PartialEq)]
pub(super) struct Messages {
    nonces: Vec<Vec<u8>>,
    data: Vec<Vec<u8>>,
    texts: Vec<Vec<u8>>,
    tags: Vec<[u8; 16]>,
}

impl Messages {
    /// Messages of these lengths of text and associated data.
    fn new(nonce_length: usize, lengths: &[(usize, usize)]) -> Self {
        let bytes = |seed: usize, length: usize| -> Vec<u8> {
            (0..length).map(|i| (i * 29 + seed * 101 + i / 251) as u8).collect()
        };
        let indices = 0..lengths.len();
        Self {
            nonces: indices.clone().map(|i| bytes(i, nonce_length)).collect(),
            data: indices.clone().map(|i| bytes(i + 1000, lengths[i].1)).collect(),
            texts: indices.map(|i| bytes(i + 2000, lengths[i].0)).collect(),
            tags: vec![[0; 16]; lengths.len()],
        }
    }

    pub(super) fn seal(&mut self, seal: impl FnOnce(Checked<'_, Seal<'_>>)) {
        let mut batch: Vec<Seal<'_>> = (self.nonces.iter().zip(&self.data))
            .zip(self.texts.iter_mut().zip(&mut self.tags))
            .map(|((nonce, associated_data), (text, tag))| Seal {
                nonce,
                associated_data,
                text: Text::InPlace(text),
                tag,
            })
            .collect();
        seal(checked(&mut batch, self.nonces[0].len()));
    }

    pub(super) fn open(&mut self, open: impl FnOnce(Checked<'_, Open<'_>>)) {
        let mut batch: Vec<Open<'_>> = (self.nonces.iter().zip(&self.data))
            .zip(self.texts.iter_mut().zip(&self.tags))
            .map(|((nonce, associated_data), (text, tag))| {
                Open::new(nonce, associated_data, Text::InPlace(text), tag)
            })
            .collect();
        open(checked(&mut batch, self.nonces[0].len()));
        assert!(batch.iter().all(Open::opened));
    }
}

/// Batches of up to nine messages: all of one length, of lengths that differ, of lengths that end within the
/// same update or around its end.
fn batches() -> Vec<Vec<(usize, usize)>> {
    let around = [0, 1, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 127, 128, 129, 200, 255, 256, 257, 500];
    let mut batches = Vec::new();
    for count in [1, 2, 3, 4, 5, 7, 9] {
        for (start, length) in around.into_iter().enumerate().step_by(1 + count / 4) {
            batches.push(vec![(length, around[(start * 7 + count) % 20]); count]);
            batches.push((0..count).map(|i| (length + i, (start + i * i) % 40)).collect());
        }
        for start in (0..20).step_by(1 + count / 4) {
            let at = |i: usize| around[(start + i * 3) % 20];
            batches.push((0..count).map(|i| (at(i * 5 + 1), at(i * i))).collect());
        }
    }
    batches
}

pub(super) fn check(variant: Variant, key: &[u8], work: &mut dyn FnMut(&mut Messages, bool)) {
    let schedule = schedule(Backend::Portable, variant, key);
    for lengths in batches() {
        let plain = Messages::new(key.len(), &lengths);
        let mut expected = plain.clone();
        expected.seal(|batch| {
            for message in batch.into_messages().chunks_mut(1) {
                Backend::Portable.seal(variant, &schedule, checked(message, key.len()));
            }
        });
        let mut messages = plain.clone();
        work(&mut messages, false);
        assert!(messages == expected, "{variant:?}: sealing differs for {lengths:?}");
        work(&mut messages, true);
        assert!(messages.texts == plain.texts, "{variant:?}: opening differs for {lengths:?}");
    }
}

/// An engine may have more than one way to encode its instructions, or to choose its registers; integration tests see only
/// the best.
#[cfg(target_arch = "x86_64")]
#[test]
fn every_way_of_an_engine_gives_the_same_bytes() {
    use super::x86_64_aesni::Encoding;
    use super::x86_64_vaes512::Registers;
    use crate::engine::detect::{AesNi, Avx2, Avx512, Vaes512};
    use std::io::Write;

    let Some(aesni) = AesNi::detect() else {
        let _ = writeln!(std::io::stderr(), "skipped: this CPU has no AES-NI");
        return;
    };
    let mut backends = vec![Backend::AesNi(Encoding::Sse(aesni))];
    backends.extend(Avx2::detect().map(|avx2| Backend::AesNi(Encoding::Vex(aesni, avx2))));
    backends.extend(Avx512::detect().map(|avx512| Backend::AesNi(Encoding::Evex(aesni, avx512))));
    if let Some(vaes512) = Vaes512::detect() {
        backends
            .extend([Registers::OfTwoLanes(vaes512), Registers::OfFourLanes(vaes512)].map(Backend::Vaes512));
    }
    for backend in backends {
        for (variant, key_length) in VARIANTS {
            let key = vec![0x3c; key_length];
            let schedule = schedule(backend, variant, &key);
            check(variant, &key, &mut |messages, open| {
                if open {
                    messages.open(|batch| backend.open(variant, &schedule, batch));
                } else {
                    messages.seal(|batch| backend.seal(variant, &schedule, batch));
                }
            });
        }
    }
}
