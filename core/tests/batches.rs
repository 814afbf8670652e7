//! A batch gives what its messages give alone, whatever their number, lengths and places; and of a batch with one
//! forged message all the others open.
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

use batches::{MOST, Shape};
use bytes::bytes;
use messages::{Message, Output, Sealed, open_batch, open_one, seal_batch, seal_one};

fn secret(cipher: Cipher) -> Vec<u8> {
    bytes(u64::from(cipher.number()), cipher.key_length())
}

fn keys(cipher: Cipher) -> Vec<Key> {
    engines::keys(cipher, &secret(cipher))
}

fn sealed_by_peer(cipher: Cipher, messages: &[Message]) -> Vec<Sealed> {
    messages.iter().map(|message| peers::seal(cipher, &secret(cipher), message)).collect()
}

/// Around a block, what the widest registers and the longest unrolled loops take at once, and pages without their
/// reserved bytes, with them, and one byte more.
fn text_lengths() -> Vec<usize> {
    let mut lengths = vec![0, 1, 15, 16, 17];
    for stride in [32, 64, 128, 256, 512, 1024, 2048] {
        lengths.extend([stride - 16, stride - 1, stride, stride + 1, stride + 16]);
    }
    lengths.extend([4048, 4064, 4068, 4096, 4097]);
    lengths
}

/// Batches of 1 to 17 messages; long texts leave out numbers between those where lanes and groups fill up.
fn counts(text: usize) -> impl Iterator<Item = usize> {
    (1..=MOST).filter(move |count| text <= 600 || matches!(count, 1..=5 | 7..=9 | 15..=17))
}

#[test]
fn a_batch_of_1_to_17_messages_gives_what_each_gives_alone() {
    for cipher in Cipher::ALL {
        let keys = keys(cipher);
        for text in text_lengths() {
            for shape in Shape::ALL {
                let messages = batches::messages(cipher, &shape.lengths(text));
                let expected = sealed_by_peer(cipher, &messages);
                for key in &keys {
                    let context = format!("{cipher} on {}, {shape:?}, about {text} bytes", key.engine());
                    for (message, expected) in messages.iter().zip(&expected) {
                        assert!(seal_one(key, message, Output::Into) == *expected, "alone: {context}");
                        let opened = open_one(key, expected, Output::Into);
                        assert!(opened.as_ref() == Some(&message.text), "alone: {context}");
                    }
                    for count in counts(text) {
                        // In turns in place, into another buffer, and mixed; in another order in every shape.
                        let place = Output::ALL[(count + shape as usize) % 3];
                        check(key, &messages[..count], &expected[..count], place, &context);
                    }
                }
            }
        }
    }
}

fn check(key: &Key, messages: &[Message], sealed: &[Sealed], place: Output, context: &str) {
    let count = messages.len();
    assert!(seal_batch(key, messages, place) == sealed, "sealing {count} {place:?} differs: {context}");
    let opened = open_batch(key, sealed, place);
    let right = opened.iter().zip(messages).all(|(opened, message)| opened.as_ref() == Some(&message.text));
    assert!(right, "opening {count} {place:?} differs: {context}");
}

/// One longer than the others, one shorter, and all alike.
#[test]
fn batches_with_pages_of_65536_bytes_give_what_each_message_gives_alone() {
    const LONG: usize = 65536;
    for cipher in Cipher::ALL {
        let keys = keys(cipher);
        let lengths: [&[(usize, usize)]; 3] = [
            &[(LONG, 0), (LONG, 0), (LONG, 0), (LONG, 0), (LONG, 0)],
            &[(40, 0), (LONG - cipher.reserved_length(), 12), (4064, 12), (LONG + 1, 128)],
            &[(LONG - 16, 0), (LONG, 129), (0, 5), (LONG - 1, 0)],
        ];
        for lengths in lengths {
            let messages = batches::messages(cipher, lengths);
            let expected = sealed_by_peer(cipher, &messages);
            for key in &keys {
                let context = format!("{cipher} on {}", key.engine());
                for place in [Output::InPlace, Output::Into] {
                    check(key, &messages, &expected, place, &context);
                }
                let alone: Vec<Sealed> =
                    messages.iter().map(|message| seal_one(key, message, Output::Into)).collect();
                assert!(alone == expected, "alone: {context}");
            }
        }
    }
}

/// A change to one byte of a message: which of them, where `index` bytes are counted round and round.
type Forge = fn(&mut Sealed, usize);

const FORGERIES: [(&str, Forge); 4] = [
    ("tag", |sealed, index| sealed.tag[index % 16] ^= 1 << (index % 8)),
    ("text", |sealed, index| flip(&mut sealed.text, index)),
    ("nonce", |sealed, index| flip(&mut sealed.nonce, index)),
    ("associated data", |sealed, index| flip(&mut sealed.associated_data, index)),
];

/// Flips a bit, or adds a byte where there is none.
fn flip(bytes: &mut Vec<u8>, index: usize) {
    match bytes.len() {
        0 => bytes.push(0),
        length => bytes[index % length] ^= 1 << (index % 8),
    }
}

#[test]
fn one_forged_message_fails_alone_wherever_it_stands_in_a_batch_of_1_to_17() {
    for cipher in Cipher::ALL {
        for key in keys(cipher) {
            for shape in [Shape::Same, Shape::Mixed, Shape::Runs] {
                let messages = batches::messages(cipher, &shape.lengths(100));
                let sealed = seal_batch(&key, &messages, Output::InPlace);
                let plaintexts: Vec<Option<Vec<u8>>> =
                    messages.into_iter().map(|message| Some(message.text)).collect();
                for count in 1..=MOST {
                    let mut batch = sealed[..count].to_vec();
                    let mut expected = plaintexts[..count].to_vec();
                    for victim in 0..count {
                        let plaintext = expected[victim].take();
                        for (part, forge) in FORGERIES {
                            forge(&mut batch[victim], 31 * victim + count);
                            let place = Output::ALL[(victim + count) % 3];
                            // `open_batch` holds what the batch reports against it: which is the first, how many there
                            // are, and that nothing but zeros is left of it.
                            assert!(
                                open_batch(&key, &batch, place) == expected,
                                "{cipher} on {}, {shape:?}, {place:?}: {part} of message {victim} of {count}",
                                key.engine()
                            );
                            batch[victim].clone_from(&sealed[victim]);
                        }
                        expected[victim] = plaintext;
                    }
                }
            }
        }
    }
}

/// In long texts a byte may stand in the first, a middle or the last stride, or in what is left after it.
#[test]
fn a_page_with_any_part_changed_fails_alone() {
    for cipher in Cipher::ALL {
        for key in keys(cipher) {
            let lengths = [(4064, 12), (4064, 12), (4064, 12), (4064, 12), (4079, 0)];
            let messages = batches::messages(cipher, &lengths);
            let sealed = seal_batch(&key, &messages, Output::InPlace);
            let plaintexts: Vec<Option<Vec<u8>>> =
                messages.into_iter().map(|message| Some(message.text)).collect();
            // Prime, so that every place within a stride has its turn; and the last bytes.
            for index in (0..4064).step_by(131).chain(4060..4064) {
                let victim = index % sealed.len();
                let mut batch = sealed.clone();
                flip(&mut batch[victim].text, index);
                let mut expected = plaintexts.clone();
                expected[victim] = None;
                assert!(
                    open_batch(&key, &batch, Output::ALL[index % 3]) == expected,
                    "{cipher} on {}: byte {index} of message {victim}",
                    key.engine()
                );
            }
        }
    }
}
