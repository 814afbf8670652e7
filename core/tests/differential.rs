//! Every engine against the portable one and against other people's implementations: the same bytes, whatever the
//! lengths, alone or in a batch, in place or into another buffer.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use pagecrypt::{Cipher, Key};
use proptest::prelude::*;

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

use batches::message;
use bytes::bytes;
use messages::{Message, Output, Sealed, open_batch, open_one, seal_batch, seal_one};

/// Lengths of texts where something changes: a block, each cipher's stride, a page without its reserved bytes.
fn text_lengths(cipher: Cipher) -> Vec<usize> {
    let mut lengths = vec![0, 1, 2, 15, 16, 17];
    for stride in [16, 32, 64, 128, 256] {
        lengths.extend([stride - 16, stride - 1, stride, stride + 1, stride + 16]);
    }
    for page in [512, 4096] {
        let sealed = page - cipher.reserved_length();
        lengths.extend([sealed - 100, sealed - 1, sealed, sealed + 1, page, page + 1]);
    }
    lengths.sort_unstable();
    lengths.dedup();
    lengths
}

/// The same for associated data; 100 bytes are a page 1's.
const ASSOCIATED_DATA_LENGTHS: [usize; 22] =
    [0, 1, 12, 15, 16, 17, 28, 31, 32, 33, 63, 64, 65, 100, 127, 128, 129, 132, 255, 256, 257, 1000];

#[test]
fn every_engine_agrees_with_the_peer_at_every_boundary_length() {
    for cipher in Cipher::ALL {
        let secret = bytes(u64::from(cipher.number()), cipher.key_length());
        let messages: Vec<Message> = text_lengths(cipher)
            .into_iter()
            .flat_map(|text| ASSOCIATED_DATA_LENGTHS.map(|associated_data| (text, associated_data)))
            .enumerate()
            .map(|(seed, (text, associated_data))| message(cipher, seed as u64, (text, associated_data)))
            .collect();
        let expected: Vec<Sealed> =
            messages.iter().map(|message| peers::seal(cipher, &secret, message)).collect();
        for key in engines::keys(cipher, &secret) {
            for place in [Output::InPlace, Output::Into] {
                for (message, expected) in messages.iter().zip(&expected) {
                    let context = || {
                        let (text, data) = (message.text.len(), message.associated_data.len());
                        format!("{cipher} on {}, {place:?}, {text} bytes, {data} associated", key.engine())
                    };
                    let sealed = seal_one(&key, message, place);
                    assert!(sealed == *expected, "sealing differs: {}", context());
                    let opened = open_one(&key, expected, place);
                    assert!(opened.as_ref() == Some(&message.text), "opening differs: {}", context());
                }
            }
            // All of them at once, so that the lengths in flight are mixed.
            for place in Output::ALL {
                let context = format!("{cipher} on {}, {place:?}, as one batch", key.engine());
                assert!(seal_batch(&key, &messages, place) == expected, "sealing differs: {context}");
                let opened = open_batch(&key, &expected, place);
                assert!(all_open(&opened, &messages), "opening differs: {context}");
            }
        }
    }
}

/// Engines work on neighbours of the same lengths together: groups of two and four, and what is left over.
#[test]
fn neighbours_of_the_same_lengths_agree_with_the_peer_at_every_boundary_length() {
    for cipher in Cipher::ALL {
        let secret = bytes(u64::from(cipher.number()), cipher.key_length());
        let keys = engines::keys(cipher, &secret);
        for text in text_lengths(cipher) {
            for associated_data in [0, 1, 16, 33, 100, 128, 129, 256] {
                let messages: Vec<Message> =
                    (0..7).map(|seed| message(cipher, seed, (text, associated_data))).collect();
                let expected: Vec<Sealed> =
                    messages.iter().map(|message| peers::seal(cipher, &secret, message)).collect();
                for key in &keys {
                    let engine = key.engine();
                    let context = format!("{cipher} on {engine}, {text} bytes, {associated_data} associated");
                    for place in [Output::InPlace, Output::Into] {
                        assert!(
                            seal_batch(key, &messages, place) == expected,
                            "sealing differs: {context}, {place:?}"
                        );
                        let opened = open_batch(key, &expected, place);
                        assert!(all_open(&opened, &messages), "opening differs: {context}, {place:?}");
                    }
                }
            }
        }
    }
}

fn all_open(opened: &[Option<Vec<u8>>], messages: &[Message]) -> bool {
    opened.len() == messages.len()
        && opened.iter().zip(messages).all(|(opened, message)| opened.as_ref() == Some(&message.text))
}

#[test]
fn a_page_of_65536_bytes_agrees_with_the_peer() {
    for cipher in Cipher::ALL {
        let secret = bytes(u64::from(cipher.number()), cipher.key_length());
        let message = message(cipher, 1, (65536 - cipher.reserved_length(), 0));
        let expected = peers::seal(cipher, &secret, &message);
        for key in engines::keys(cipher, &secret) {
            let sealed = seal_one(&key, &message, Output::InPlace);
            assert!(sealed == expected, "{cipher} on {}", key.engine());
            let opened = open_one(&key, &sealed, Output::InPlace);
            assert!(opened.as_ref() == Some(&message.text), "{cipher} on {}", key.engine());
        }
    }
}

/// A batch of up to 70 messages: their lengths, all equal or mixed.
fn lengths() -> impl Strategy<Value = Vec<(usize, usize)>> {
    let length = || (text_length(), prop_oneof![Just(0_usize), 0..40_usize, 90..300_usize]);
    prop_oneof![
        (length(), 1..=70_usize).prop_map(|(length, count)| vec![length; count]),
        prop::collection::vec(length(), 1..=70),
    ]
}

/// Mostly short, so that most of the run is not spent in the middle of long texts.
fn text_length() -> impl Strategy<Value = usize> {
    prop_oneof![4 => 0..600_usize, 1 => 600..5000_usize]
}

fn cipher() -> impl Strategy<Value = Cipher> {
    prop::sample::select(Cipher::ALL.to_vec())
}

fn place() -> impl Strategy<Value = Output> {
    prop::sample::select(Output::ALL.to_vec())
}

fn one_by_one(key: &Key, messages: &[Message]) -> Vec<Sealed> {
    messages.iter().map(|message| seal_one(key, message, Output::InPlace)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_engine_agrees_with_the_peer(
        cipher in cipher(), seed: u64, text in text_length(), associated_data in 0..300_usize, place in place(),
    ) {
        let secret = bytes(!seed, cipher.key_length());
        let message = message(cipher, seed, (text, associated_data));
        let expected = peers::seal(cipher, &secret, &message);
        for key in engines::keys(cipher, &secret) {
            let sealed = seal_one(&key, &message, place);
            prop_assert!(sealed == expected, "sealing differs on {}", key.engine());
            let opened = open_one(&key, &sealed, place);
            prop_assert!(opened.as_ref() == Some(&message.text), "opening differs on {}", key.engine());
        }
    }

    #[test]
    fn a_batch_gives_what_its_messages_give_one_by_one(
        cipher in cipher(), seed: u64, lengths in lengths(), place in place(),
    ) {
        let secret = bytes(!seed, cipher.key_length());
        let messages: Vec<Message> = lengths
            .iter()
            .zip(0_u64..)
            .map(|(lengths, index)| message(cipher, seed.wrapping_add(index), *lengths))
            .collect();
        let keys = engines::keys(cipher, &secret);
        // The first is the portable one, where there is one.
        let expected = one_by_one(&keys[0], &messages);
        for key in &keys {
            prop_assert!(one_by_one(key, &messages) == expected, "alone, sealing differs on {}", key.engine());
            prop_assert!(
                seal_batch(key, &messages, place) == expected,
                "as a batch, sealing differs on {}",
                key.engine()
            );
            let opened = open_batch(key, &expected, place);
            prop_assert!(all_open(&opened, &messages), "as a batch, opening differs on {}", key.engine());
        }
    }
}
