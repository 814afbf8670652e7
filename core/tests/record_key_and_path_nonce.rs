//! Why no nonce is made of key and path alone, as one reads of it elsewhere: the second version of a record has the nonce
//! of the first then. Under AES-GCM that shows what was written, and lets anyone write.
//!
//! What is attacked here is not in the library: it is put together from `Key` and a nonce that a caller must not choose so.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use hmac::{Hmac, KeyInit, Mac};
use pagecrypt::aead::{Aead, Open, Seal, Text};
use pagecrypt::record::bound::{Entry, Padding, StoreCodec, TokenKey};
use pagecrypt::{Cipher, Key};
use sha2::Sha256;

const PATH: &[u8] = b"accounts/7/limit";

/// Two versions of a record, as long as a block.
const OLD: &[u8; 16] = b"limit:    100 $ ";
const NEW: &[u8; 16] = b"limit:    250 $ ";

/// What the attacker wants to be read there.
const FORGED: &[u8; 16] = b"limit: 900000 $ ";

fn key() -> Key {
    Key::from_bytes(&[0x42; 32], Cipher::Aes256Gcm).unwrap()
}

/// The nonce "derived from the key and the record's path", and what is sealed under it.
fn seal_literally(key: &Key, path: &[u8], plaintext: &[u8; 16]) -> (u128, u128) {
    let (mut text, mut tag) = (*plaintext, [0; 16]);
    let nonce = nonce_of(key, path);
    let text_in_place = Text::InPlace(&mut text);
    let message = Seal { nonce: &nonce, associated_data: path, text: text_in_place, tag: &mut tag };
    key.seal_one_assume_unique_nonce(message).unwrap();
    (u128::from_be_bytes(text), u128::from_be_bytes(tag))
}

fn nonce_of(key: &Key, path: &[u8]) -> [u8; 12] {
    let mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap().chain_update(path).finalize();
    mac.into_bytes()[..12].try_into().unwrap()
}

fn open_literally(key: &Key, path: &[u8], (text, tag): (u128, u128)) -> Option<[u8; 16]> {
    let (mut text, tag) = (text.to_be_bytes(), tag.to_be_bytes());
    let nonce = nonce_of(key, path);
    let opened = key.open_one(Open::new(&nonce, path, Text::InPlace(&mut text), &tag)).is_ok();
    opened.then_some(text)
}

/// Multiplies in the field of GHASH, where the highest bit is the lowest coefficient.
fn multiply(a: u128, mut b: u128) -> u128 {
    let mut product = 0;
    for i in (0..128).rev() {
        if a >> i & 1 == 1 {
            product ^= b;
        }
        b = (b >> 1) ^ if b & 1 == 1 { 0xe1 << 120 } else { 0 };
    }
    product
}

/// `a` to the power of 2^128 - 2.
fn invert(a: u128) -> u128 {
    let (mut square, mut inverse) = (a, 1 << 127);
    for _ in 1..128 {
        square = multiply(square, square);
        inverse = multiply(inverse, square);
    }
    inverse
}

#[test]
fn two_versions_under_the_nonce_of_key_and_path_show_how_they_differ() {
    let ((old, _), (new, _)) = (seal_literally(&key(), PATH, OLD), seal_literally(&key(), PATH, NEW));
    assert_eq!(old ^ new, u128::from_be_bytes(*OLD) ^ u128::from_be_bytes(*NEW));
}

#[test]
fn two_versions_under_the_nonce_of_key_and_path_let_anyone_write_a_third() {
    // What the server sees, and the first text, which it knows or guesses.
    let old = seal_literally(&key(), PATH, OLD);
    let new = seal_literally(&key(), PATH, NEW);

    // A tag is GHASH of associated data, ciphertext and lengths under H, added to a mask that the nonce gives. The last block
    // of ciphertext counts H^2 times, the rest is the same in both.
    let h_squared = multiply(old.1 ^ new.1, invert(old.0 ^ new.0));
    let keystream = old.0 ^ u128::from_be_bytes(*OLD);
    let ciphertext = keystream ^ u128::from_be_bytes(*FORGED);
    let tag = old.1 ^ multiply(old.0 ^ ciphertext, h_squared);

    assert_eq!(open_literally(&key(), PATH, (ciphertext, tag)), Some(*FORGED));
    assert_eq!(open_literally(&key(), PATH, (ciphertext, tag ^ 1)), None, "the tag was looked at");
}

#[test]
fn bound_records_of_two_versions_show_nothing_of_the_kind() {
    let token_key = TokenKey::from_bytes(&[9; 32]).unwrap();
    let store = StoreCodec::new(key(), [1; 16], token_key, Padding::None).unwrap();
    let seal = |body: &[u8]| {
        let entry = Entry { path: PATH, body, ..Entry::default() };
        store.seal(&entry, None).unwrap().1
    };
    let (old, new) = (seal(OLD), seal(NEW));
    let nonce = 7..31;
    assert_ne!(old[nonce.clone()], new[nonce]);
    // The bodies stand at the same place, and what differs between them is not what differs there.
    let differ = |a: &[u8], b: &[u8]| -> Vec<u8> { a.iter().zip(b).map(|(a, b)| a ^ b).collect() };
    let plain = differ(OLD, NEW);
    assert!(differ(&old, &new).windows(plain.len()).all(|window| window != plain));
}
