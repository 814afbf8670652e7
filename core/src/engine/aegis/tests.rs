//! How a batch reaches a kernel.

use std::cell::Cell;
use std::vec::Vec;

use super::{Backend, Variant};
use crate::engine::available;
use crate::engine::message::{Open, Seal, Text};

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

#[test]
fn a_batch_of_64_messages_is_one_kernel_call_on_every_engine() {
    for engine in available() {
        let backend = Backend::best(Some(engine));
        for (variant, key_length) in VARIANTS {
            let key = vec![7; key_length];
            let nonces: Vec<Vec<u8>> = (0..64).map(|i| vec![i; key_length]).collect();
            let mut texts = vec![[0x5a; 4048]; 64];
            let mut tags = vec![[0; 16]; 64];

            KERNEL_CALLS.set(0);
            let mut batch: Vec<Seal<'_>> = nonces
                .iter()
                .zip(texts.iter_mut().zip(&mut tags))
                .map(|(nonce, (text, tag))| Seal {
                    nonce,
                    associated_data: &[],
                    text: Text::InPlace(text),
                    tag,
                })
                .collect();
            backend.seal(variant, &key, &mut batch);
            assert_eq!(KERNEL_CALLS.get(), 1, "{variant:?} sealed by {}", backend.engine());

            KERNEL_CALLS.set(0);
            let mut batch: Vec<Open<'_>> = nonces
                .iter()
                .zip(texts.iter_mut().zip(&tags))
                .map(|(nonce, (text, tag))| Open::new(nonce, &[], Text::InPlace(text), tag))
                .collect();
            backend.open(variant, &key, &mut batch);
            assert_eq!(KERNEL_CALLS.get(), 1, "{variant:?} opened by {}", backend.engine());
            assert!(batch.iter().all(Open::opened));
            assert!(texts.iter().all(|text| text == &[0x5a; 4048]));
        }
    }
}
