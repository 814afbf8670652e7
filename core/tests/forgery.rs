//! Whatever byte of a message is changed, it does not open, nothing of it is left, and its neighbours open.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use pagecrypt::aead::{Aead, BatchFailure, Open, Seal, Text};
use pagecrypt::{Cipher, Error, Key};

#[path = "support/bytes.rs"]
mod bytes;
#[path = "support/engines.rs"]
mod engines;
#[path = "support/messages.rs"]
mod messages;

use bytes::bytes;
use messages::{Message, Output, Sealed, open_batch, open_one, seal_batch};

/// Text and associated data of the messages: shorter and longer than a block and than a stride, and empty.
const LENGTHS: [(usize, usize); 5] = [(0, 0), (1, 17), (40, 0), (33, 20), (150, 3)];

fn keys(cipher: Cipher) -> Vec<Key> {
    engines::keys(cipher, &bytes(u64::from(cipher.number()), cipher.key_length()))
}

fn messages(cipher: Cipher) -> Vec<Message> {
    with_lengths(cipher, &LENGTHS)
}

fn with_lengths(cipher: Cipher, lengths: &[(usize, usize)]) -> Vec<Message> {
    lengths
        .iter()
        .zip(0_u64..)
        .map(|((text, associated_data), seed)| Message {
            nonce: bytes(seed, cipher.nonce_length()),
            associated_data: bytes(seed + 100, *associated_data),
            text: bytes(seed + 200, *text),
        })
        .collect()
}

/// Every copy of `sealed` with one byte changed, and what was changed.
fn forgeries(sealed: &Sealed) -> Vec<(String, Sealed)> {
    let mut forgeries = Vec::new();
    let mut add = |part: &str, length: usize, byte: fn(&mut Sealed, usize) -> &mut u8| {
        for index in 0..length {
            for change in [0x01, 0x80, 0xff] {
                let mut forged = sealed.clone();
                *byte(&mut forged, index) ^= change;
                forgeries.push((format!("{part} byte {index} ^ {change:#04x}"), forged));
            }
        }
    };
    add("text", sealed.text.len(), |sealed, index| &mut sealed.text[index]);
    add("tag", 16, |sealed, index| &mut sealed.tag[index]);
    add("nonce", sealed.nonce.len(), |sealed, index| &mut sealed.nonce[index]);
    add("associated data", sealed.associated_data.len(), |sealed, index| &mut sealed.associated_data[index]);
    forgeries
}

#[test]
fn a_message_with_any_byte_changed_does_not_open_and_its_neighbours_do() {
    // Of mixed lengths, and of the same ones, which engines work on together.
    for lengths in [&LENGTHS[..], &[(33, 20); 7], &[(0, 5); 7]] {
        forge_each_byte(lengths);
    }
}

fn forge_each_byte(lengths: &[(usize, usize)]) {
    for cipher in Cipher::ALL {
        let messages = with_lengths(cipher, lengths);
        let plaintexts: Vec<Option<Vec<u8>>> =
            messages.iter().map(|message| Some(message.text.clone())).collect();
        for key in keys(cipher) {
            let sealed = seal_batch(&key, &messages, Output::InPlace);
            for (place_index, place) in Output::ALL.into_iter().enumerate() {
                assert_eq!(open_batch(&key, &sealed, place), plaintexts);
                for victim in 0..sealed.len() {
                    let mut expected = plaintexts.clone();
                    expected[victim] = None;
                    // Where not all are tried, others for each victim and place: over a batch of seven, every byte.
                    let skipped = (victim * Output::ALL.len() + place_index) % engines::stride();
                    for (what, forged) in
                        forgeries(&sealed[victim]).into_iter().skip(skipped).step_by(engines::stride())
                    {
                        let mut batch = sealed.clone();
                        batch[victim] = forged;
                        let context = format!("{cipher} on {}, message {victim}: {what}", key.engine());
                        assert!(open_batch(&key, &batch, place) == expected, "{context}");
                    }
                }
            }
        }
    }
}

#[test]
fn a_message_that_was_cut_or_extended_does_not_open() {
    for cipher in Cipher::ALL {
        for key in keys(cipher) {
            for sealed in seal_batch(&key, &messages(cipher), Output::InPlace) {
                let (text, associated_data) = (&sealed.text, &sealed.associated_data);
                let with_text = |text: Vec<u8>| Sealed { text, ..sealed.clone() };
                let with_data = |associated_data: Vec<u8>| Sealed { associated_data, ..sealed.clone() };
                let mut forged = vec![
                    with_text([&text[..], &[0]].concat()),
                    with_text([&[0], &text[..]].concat()),
                    with_data([&associated_data[..], &[0]].concat()),
                    with_data([&[0], &associated_data[..]].concat()),
                ];
                if let Some((last, rest)) = text.split_last() {
                    forged.push(with_text(rest.to_vec()));
                    forged.push(with_text(text[1..].to_vec()));
                    // The boundary between associated data and text is authenticated.
                    let mut moved = with_text(text[1..].to_vec());
                    moved.associated_data.push(text[0]);
                    forged.push(moved);
                    let mut moved = with_text(rest.to_vec());
                    moved.associated_data.insert(0, *last);
                    forged.push(moved);
                }
                if let Some((_, rest)) = associated_data.split_last() {
                    forged.push(with_data(rest.to_vec()));
                    forged.push(with_data(associated_data[1..].to_vec()));
                }
                for forged in forged {
                    let opened = open_one(&key, &forged, Output::Into);
                    assert_eq!(opened, None, "{cipher} on {}: {forged:?}", key.engine());
                }
            }
        }
    }
}

#[test]
fn a_message_does_not_open_under_another_key_or_cipher() {
    for cipher in Cipher::ALL {
        let key = keys(cipher).pop().unwrap();
        let sealed = seal_batch(&key, &messages(cipher), Output::InPlace);
        for index in 0..cipher.key_length() {
            let mut other = key.as_bytes().to_vec();
            other[index] ^= 1;
            for other in engines::keys(cipher, &other) {
                let opened = open_batch(&other, &sealed, Output::InPlace);
                assert!(opened.iter().all(Option::is_none), "{cipher}, key byte {index}");
            }
        }
        let alike = |other: &Cipher| {
            *other != cipher
                && other.key_length() == cipher.key_length()
                && other.nonce_length() == cipher.nonce_length()
        };
        for other in Cipher::ALL.into_iter().filter(alike) {
            for key in engines::keys(other, key.as_bytes()) {
                let opened = open_batch(&key, &sealed, Output::InPlace);
                assert!(opened.iter().all(Option::is_none), "sealed under {cipher}, opened under {other}");
            }
        }
    }
}

#[test]
fn several_forged_messages_of_a_batch_are_all_counted() {
    for cipher in Cipher::ALL {
        for key in keys(cipher) {
            // Ten of each length.
            let many: Vec<(usize, usize)> =
                LENGTHS.iter().flat_map(|lengths| std::iter::repeat_n(*lengths, 10)).collect();
            let many = with_lengths(cipher, &many);
            let sealed = seal_batch(&key, &many, Output::InPlace);
            for forged in [vec![0], vec![49], vec![0, 49], vec![7, 8, 9, 31], (0..50).collect::<Vec<_>>()] {
                let mut batch = sealed.clone();
                forged.iter().for_each(|index| batch[*index].tag[15] ^= 1);
                // `open_batch` checks count and first against what each message says.
                let opened = open_batch(&key, &batch, Output::Alternating);
                let failed: Vec<usize> = (0..50).filter(|index| opened[*index].is_none()).collect();
                assert_eq!(failed, forged, "{cipher} on {}", key.engine());
            }
        }
    }
}

/// Of a batch of three, the middle one has a wrong length somewhere.
#[test]
fn a_batch_with_one_wrong_length_is_refused_whole_and_untouched() {
    for cipher in Cipher::ALL {
        let nonce = vec![7; cipher.nonce_length()];
        let bad_nonces = [vec![], nonce[1..].to_vec(), [&nonce[..], &[0]].concat()];
        for key in keys(cipher) {
            let cases = bad_nonces.iter().map(|bad| (bad.clone(), 8)).chain([
                (nonce.clone(), 7),
                (nonce.clone(), 9),
                (nonce.clone(), 0),
            ]);
            for (bad_nonce, bad_to) in cases {
                let context = format!("{cipher}: nonce of {}, destination of {bad_to}", bad_nonce.len());
                let from = [1; 8];
                let (mut first, mut last) = ([2; 8], [3; 8]);
                let mut to = vec![4; bad_to];
                let mut tags = [[5; 16]; 3];
                let [tag_0, tag_1, tag_2] = &mut tags;
                let outcome = key.seal_batch_assume_unique_nonces(&mut [
                    seal(&nonce, Text::InPlace(&mut first), tag_0),
                    seal(&bad_nonce, Text::Into { from: &from, to: &mut to }, tag_1),
                    seal(&nonce, Text::InPlace(&mut last), tag_2),
                ]);
                assert!(matches!(outcome, Err(Error::BufferLength { .. })), "{context}");
                assert_eq!(
                    (first, &to[..], last, tags),
                    ([2; 8], &vec![4; bad_to][..], [3; 8], [[5; 16]; 3])
                );

                let mut batch = [
                    Open::new(&nonce, &[], Text::InPlace(&mut first), &[5; 16]),
                    Open::new(&bad_nonce, &[], Text::Into { from: &from, to: &mut to }, &[5; 16]),
                    Open::new(&nonce, &[], Text::InPlace(&mut last), &[5; 16]),
                ];
                let outcome = key.open_batch(&mut batch);
                assert!(
                    matches!(outcome, Err(BatchFailure::Refused(Error::BufferLength { .. }))),
                    "{context}"
                );
                assert!(batch.iter().all(|message| !message.opened()));
                assert_eq!((first, &to[..], last), ([2; 8], &vec![4; bad_to][..], [3; 8]));
            }
        }
    }
}

#[test]
fn an_empty_batch_is_done_at_once() {
    for cipher in Cipher::ALL {
        for key in keys(cipher) {
            assert_eq!(seal_batch(&key, &[], Output::InPlace), []);
            assert_eq!(open_batch(&key, &[], Output::InPlace), []);
        }
    }
}

fn seal<'a>(nonce: &'a [u8], text: Text<'a>, tag: &'a mut [u8; 16]) -> Seal<'a> {
    Seal { nonce, associated_data: &[], text, tag }
}
