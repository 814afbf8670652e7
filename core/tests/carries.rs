//! Where numbers carry: block counters beyond one, two and three bytes, and sums of Poly1305 with every bit set.
//!
//! The last counter, 2^32 - 1, cannot be reached here: it belongs to a message of 64 GiB (AES-GCM) or 256 GiB
//! (ChaCha20). Nor can it wrap: longer messages are refused, and a nonce of 96 bits begins at 1 or 2 (SP 800-38D section 7.1,
//! RFC 8439 section 2.8).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use pagecrypt::aead::{Aead, Open, Seal, Text};
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

/// A cipher that counts blocks: their length, and the counter of a text's first.
const COUNTING: [(Cipher, usize, usize); 3] = [
    (Cipher::Aes128Gcm, 16, 2), // 1 is the tag's (SP 800-38D section 7.1)
    (Cipher::Aes256Gcm, 16, 2),
    (Cipher::ChaCha20Poly1305, 64, 1), // 0 makes the key of Poly1305 (RFC 8439 section 2.8)
];

fn secret(cipher: Cipher) -> Vec<u8> {
    bytes(u64::from(cipher.number()) + 40, cipher.key_length())
}

fn check(cipher: Cipher, lengths: &[Lengths]) {
    let secret = secret(cipher);
    let messages = batches::messages(cipher, lengths);
    let expected: Vec<Sealed> =
        messages.iter().map(|message| peers::seal(cipher, &secret, message)).collect();
    for key in engines::keys(cipher, &secret) {
        for place in [Output::InPlace, Output::Into] {
            compare(&key, &messages, &expected, place);
        }
    }
}

fn compare(key: &Key, messages: &[Message], expected: &[Sealed], place: Output) {
    let lengths: Vec<usize> = messages.iter().map(|message| message.text.len()).collect();
    let context = || format!("{} on {}, {place:?}, texts of {lengths:?}", key.cipher(), key.engine());
    assert!(seal_batch(key, messages, place) == expected, "sealing differs: {}", context());
    let opened = open_batch(key, expected, place);
    let right = opened.iter().zip(messages).all(|(opened, message)| opened.as_ref() == Some(&message.text));
    assert!(right, "opening differs: {}", context());
}

#[test]
fn counters_carry_out_of_their_lowest_byte_anywhere_in_a_stride() {
    for (cipher, block, first) in COUNTING {
        let carry = (256 - first) * block;
        for blocks in 0..=40 {
            let text = carry - 20 * block + blocks * block;
            check(cipher, &[(text, 0)]);
            // Messages of one group, then one that carries when its neighbours have ended.
            check(cipher, &[(text, 13), (text, 13), (text, 13), (text, 13), (text + 1, 13), (100, 0)]);
        }
        // A second carry, behind an odd number of blocks.
        check(cipher, &[(2 * carry + 5 * block + 1, 20), (2 * carry, 0), (3 * carry + 7, 0)]);
    }
}

#[test]
fn counters_carry_out_of_their_second_byte() {
    for (cipher, block, first) in COUNTING {
        let carry = (65536 - first) * block;
        check(cipher, &[(carry + 3 * block + 5, 0)]);
        check(cipher, &[(carry + 40 * block, 0), (carry + 40 * block, 0), (carry - block, 0)]);
    }
}

/// 256 MiB of AES-GCM, 1 GiB of ChaCha20: half a minute in the release build, and memory for one such text.
#[test]
#[ignore = "a text of 1 GiB: cargo test --release --test carries -- --ignored"]
fn counters_carry_out_of_their_third_byte() {
    for (cipher, block, first) in COUNTING {
        let length = (16_777_216 - first) * block + 33 * block + 7;
        let secret = secret(cipher);
        let nonce = bytes(1, cipher.nonce_length());
        let mut text: Vec<u8> = (0..length as u64).map(|index| (index >> 8) as u8 ^ index as u8).collect();
        let right = |text: &[u8]| {
            text.iter().zip(0_u64..).all(|(byte, index)| *byte == (index >> 8) as u8 ^ index as u8)
        };
        for key in engines::keys(cipher, &secret) {
            let context = format!("{cipher} on {}", key.engine());
            let mut tag = [0; 16];
            let message =
                Seal { nonce: &nonce, associated_data: &[], text: Text::InPlace(&mut text), tag: &mut tag };
            key.seal_one_assume_unique_nonce(message).unwrap();
            assert!(peers::open_in_place(cipher, &secret, &nonce, &[], &mut text, &tag), "{context}");
            assert!(right(&text), "{context}: sealing differs");
            let sealed = peers::seal_in_place(cipher, &secret, &nonce, &[], &mut text);
            assert_eq!(sealed, tag, "{context}");
            key.open_one(Open::new(&nonce, &[], Text::InPlace(&mut text), &tag)).unwrap();
            assert!(right(&text), "{context}: opening differs");
        }
    }
}

/// The limbs of a sum fill up most where every bit of what is added is set, which random texts never come near.
#[test]
fn ciphertexts_and_associated_data_of_one_bits_give_the_peers_tags() {
    for cipher in Cipher::ALL {
        let secret = secret(cipher);
        let lengths = [0, 15, 16, 64, 250, 255, 256, 512, 700, 1024, 2048, 4064, 16384];
        for (round, text) in (0..4).flat_map(|round| lengths.map(|text| (round, text))) {
            for fill in [0xff, 0x00] {
                let messages: Vec<Message> = (0..9)
                    .map(|index| Message {
                        nonce: bytes(round << 32 | index, cipher.nonce_length()),
                        associated_data: vec![fill; [text % 300, 16, 128][round as usize % 3]],
                        text: vec![0; text],
                    })
                    // A text of zeros gives the keystream, whose complement seals to ones; AEGIS's keystream depends on the
                    // text, so that this is one more text for it.
                    .map(|zeros| {
                        let stream = peers::seal(cipher, &secret, &zeros).text;
                        Message { text: stream.into_iter().map(|byte| byte ^ fill).collect(), ..zeros }
                    })
                    .collect();
                let expected: Vec<Sealed> =
                    messages.iter().map(|message| peers::seal(cipher, &secret, message)).collect();
                let counting = COUNTING.iter().any(|(counting, ..)| *counting == cipher);
                assert!(
                    !counting || expected.iter().all(|sealed| sealed.text.iter().all(|byte| *byte == fill))
                );
                for key in engines::keys(cipher, &secret) {
                    for count in [1, 4, 9] {
                        compare(&key, &messages[..count], &expected[..count], Output::InPlace);
                    }
                }
            }
        }
    }
}
