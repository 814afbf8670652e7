//! Keys: their text forms, what is never shown of them, and how their engine is chosen.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fmt::Debug;

use pagecrypt::aead::Aead;
use pagecrypt::page::PageCodec;
use pagecrypt::{Cipher, Encoding, Engine, Error, Key, KeyText, KeyTextProblem, NonceSource};
use proptest::prelude::*;

#[path = "support/bytes.rs"]
mod bytes;
#[path = "support/engines.rs"]
mod engines;
#[path = "support/messages.rs"]
mod messages;
#[path = "support/pages.rs"]
mod pages;

use bytes::bytes;
use messages::{Message, Output, open_one, seal_one};

const HEX_16: &str = "5529036f1f0151fa8e542767a293af52";
const BASE64_16: &str = "VSkDbx8BUfqOVCdnopOvUg==";
const HEX_32: &str = "04ab7f0f3ad9931bfef74f83236ab21c97edc92a652c4ba864c74b8a7a3b3513";
const BASE64_32: &str = "BKt/DzrZkxv+90+DI2qyHJftySplLEuoZMdLino7NRM=";

#[test]
fn both_text_forms_give_the_same_key_whatever_white_space_surrounds_them() {
    for (hex, base64) in [(HEX_16, BASE64_16), (HEX_32, BASE64_32)] {
        let expected = hex::decode(hex).unwrap();
        let upper = hex.to_uppercase();
        let mixed: String = hex
            .chars()
            .enumerate()
            .map(|(i, c)| if i % 2 == 0 { c.to_ascii_uppercase() } else { c })
            .collect();
        for text in [hex, &upper, &mixed, base64] {
            for (before, after) in
                [("", ""), ("", "\n"), ("", "\r\n"), (" ", " "), ("\t\n ", " \n\n"), ("\u{a0}", "\u{2003}")]
            {
                let text = format!("{before}{text}{after}");
                let key = Key::from_text(&text, None).unwrap();
                assert_eq!(key.as_bytes(), expected);
                assert_eq!(key.cipher(), Cipher::default_for_key_length(expected.len()).unwrap());
                for cipher in Cipher::ALL.into_iter().filter(|cipher| cipher.key_length() == expected.len()) {
                    let key = Key::from_text(&text, Some(cipher)).unwrap();
                    assert_eq!((key.as_bytes(), key.cipher()), (&expected[..], cipher));
                }
            }
        }
    }
}

#[test]
fn text_of_a_wrong_length_says_how_many_characters_it_has() {
    for base in [HEX_16, HEX_32, BASE64_16, BASE64_32] {
        for length in [0, 1, 16, 22, 23, 25, 31, 33, 43, 45, 48, 63, 65, 128, 1000] {
            let text: String = base.chars().cycle().take(length).collect();
            for padded in [text.clone(), format!(" {text}\n")] {
                let error = refused(&padded, None);
                assert!(
                    matches!(error, Error::KeyText(KeyTextProblem::Length { got }) if got == length),
                    "{length}: {error:?}"
                );
                let said = error.to_string();
                assert!(
                    ["24 or 44", "32 or 64", &format!("got {length}")].iter().all(|part| said.contains(part)),
                    "{said}"
                );
            }
        }
    }
}

#[test]
fn text_of_a_right_length_with_other_characters_is_no_key() {
    #[rustfmt::skip]
    let texts = [
        "5529036f1f0151fa8e542767a293af5g", // not hexadecimal
        "0x29036f1f0151fa8e542767a293af52",
        "5529036f 1f0151fa 8e542767 a293a",
        "VSkDbx8BUfqOVCdnopOvUgAA", // no padding: 18 bytes
        "VSkDbx8BUfqOVCdnopOvUgA=", // 17 bytes
        "VSkDbx8BUfqOVCdnopOvU===",
        "VSkDbx8BUfqOVCdnopOvUh==", // bits behind the last byte are not zero
        "VSkDbx8BUfq=VCdnopOvUg==",
        "VSkDbx8B fqOVCdnopOvUg==",
        "VSkDbx8B\0fqOVCdnopOvUg==",
        "BKt_DzrZkxv-90-DI2qyHJftySplLEuoZMdLino7NRM=", // the URL alphabet
        "BKt/DzrZkxv+90+DI2qyHJftySplLEuoZMdLino7NRMA", // 33 bytes
        "BKt/DzrZkxv+90+DI2qyHJftySplLEuoZMdLino7NQ==", // 31 bytes
        "éééééééééééé", // 24 bytes
        "éééééééééééééééééééééééé", // 24 characters
        "04ab7f0f3ad9931bfef74f83236ab21c97edc92a652c4ba864c74b8a7a3b351\u{660}",
    ];
    for text in texts {
        let error = refused(text, None);
        assert!(matches!(error, Error::KeyText(KeyTextProblem::Characters)), "{text}: {error:?}");
    }
}

#[test]
fn a_key_of_another_length_than_the_cipher_needs_says_both_lengths() {
    for cipher in Cipher::ALL {
        let expected = cipher.key_length();
        for got in [0, 1, 15, 16, 17, 24, 31, 32, 33, 64].into_iter().filter(|got| *got != expected) {
            let secret = bytes(got as u64, got);
            let Err(error) = Key::from_bytes(&secret, cipher) else { panic!("{cipher}: {got} bytes taken") };
            assert_eq!(error.to_string(), format!("wrong key length: expected {expected} bytes, got {got}"));
            assert_hides(&error, &secret);
        }
        let (hex, base64, got) =
            if expected == 16 { (HEX_32, BASE64_32, 32) } else { (HEX_16, BASE64_16, 16) };
        for text in [hex, base64] {
            let error = refused(text, Some(cipher));
            assert_eq!(error.to_string(), format!("wrong key length: expected {expected} bytes, got {got}"));
        }
    }
}

/// Why `text` is refused. The error shows no part of the text.
fn refused(text: &str, cipher: Option<Cipher>) -> Error {
    let Err(error) = Key::from_text(text, cipher) else { panic!("taken for a key") };
    let shown = format!("{error} {error:?} {error:#?}").to_lowercase();
    let characters: Vec<char> = text.to_lowercase().chars().collect();
    for window in characters.windows(8).filter(|window| window.iter().any(|c| !c.is_whitespace())) {
        let window: String = window.iter().collect();
        assert!(!shown.contains(&window), "the error shows a part of the text");
    }
    error
}

/// What `value` shows holds no eight characters of the secret in hexadecimal or base64, and no three of its bytes as
/// decimal or hexadecimal numbers.
fn assert_hides(value: &impl Debug, secret: &[u8]) {
    let shown = format!("{value:?} {value:#?} {value:x?} {value:#X?}").to_lowercase();
    let joined: String = shown.split_whitespace().collect();
    let base64 = |skip: usize| {
        // Each phase of the encoding, since a part of the secret may be shown from any byte on.
        let bytes = &secret[skip.min(secret.len())..];
        let (mut bits, mut held, mut text) = (0_u32, 0, String::new());
        let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        for byte in bytes {
            (bits, held) = ((bits << 8 | u32::from(*byte)) & 0xffff, held + 8);
            while held >= 6 {
                held -= 6;
                text.push(char::from(alphabet[(bits >> held & 63) as usize]));
            }
        }
        text.to_lowercase()
    };
    for text in [hex::encode(secret), base64(0), base64(1), base64(2)] {
        for window in text.as_bytes().windows(8) {
            assert!(!joined.contains(std::str::from_utf8(window).unwrap()), "a part of the secret is shown");
        }
    }
    for window in secret.windows(3) {
        let decimal = format!("{},{},{}", window[0], window[1], window[2]);
        let hexadecimal = format!("{:x},{:x},{:x}", window[0], window[1], window[2]);
        assert!(
            !joined.contains(&decimal) && !joined.contains(&hexadecimal),
            "a part of the secret is shown"
        );
    }
}

#[test]
#[should_panic(expected = "a part of the secret is shown")]
fn the_search_for_shown_secrets_finds_one() {
    let secret = bytes(1, 16);
    assert_hides(&secret, &secret);
}

#[test]
fn nothing_shows_a_key() {
    for cipher in Cipher::ALL {
        let key = Key::generate(cipher).unwrap();
        let secret = key.as_bytes().to_vec();
        assert_hides(&key, &secret);
        assert!(format!("{key:?}").contains(cipher.name()) || format!("{key:?}").contains("redacted"));
        for encoding in [Encoding::Base64, Encoding::Hex] {
            assert_hides(&key.to_text(encoding), &secret);
        }
        if let Ok(codec) = PageCodec::turso(&key, 4096) {
            assert_hides(&codec, &secret);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_keys_text_gives_the_key_back(
        cipher in prop::sample::select(Cipher::ALL.to_vec()), secret: [u8; 32],
    ) {
        let key = Key::from_bytes(&secret[..cipher.key_length()], cipher).unwrap();
        for (encoding, lengths) in [(Encoding::Base64, (24, 44)), (Encoding::Hex, (32, 64))] {
            let text = key.to_text(encoding);
            prop_assert_eq!(text.expose().len(), if cipher.key_length() == 16 { lengths.0 } else { lengths.1 });
            prop_assert!(Key::from_text(text.expose(), Some(cipher)).unwrap() == key);
        }
        let hex = key.to_text(Encoding::Hex);
        prop_assert_eq!(hex.expose(), hex::encode(key.as_bytes()));
    }

    #[test]
    fn any_text_is_a_key_or_a_typed_error(text in "\\PC{0,70}") {
        match Key::from_text(&text, None) {
            Ok(key) => prop_assert!(matches!(key.as_bytes().len(), 16 | 32)),
            Err(error) => prop_assert!(matches!(error, Error::KeyText(_)), "{:?}", error),
        }
    }
}

#[test]
fn keys_are_equal_when_cipher_and_bytes_are() {
    let key = Key::from_bytes(&[7; 32], Cipher::Aes256Gcm).unwrap();
    assert!(key == key.clone());
    assert!(key == Key::from_bytes(&[7; 32], Cipher::Aes256Gcm).unwrap());
    assert!(key != Key::from_bytes(&[7; 32], Cipher::ChaCha20Poly1305).unwrap());
    assert!(key != Key::from_bytes(&[7; 16], Cipher::Aes128Gcm).unwrap());
    for index in 0..32 {
        let mut other = [7; 32];
        other[index] ^= 0x80;
        assert!(key != Key::from_bytes(&other, Cipher::Aes256Gcm).unwrap());
    }
}

#[test]
fn a_key_changes_its_cipher_to_another_of_its_length_only() {
    for from in Cipher::ALL {
        let key = Key::generate(from).unwrap();
        for to in Cipher::ALL {
            match key.with_cipher(to) {
                Ok(changed) => {
                    assert_eq!((changed.cipher(), changed.as_bytes()), (to, key.as_bytes()));
                }
                Err(Error::KeyLength { expected, got }) => {
                    assert_ne!(from.key_length(), to.key_length());
                    assert_eq!((expected, got), (to.key_length(), from.key_length()));
                }
                Err(error) => panic!("{from} to {to}: {error}"),
            }
        }
    }
}

/// A random source that has only these bytes.
struct Bytes<'a>(&'a [u8]);

impl NonceSource for Bytes<'_> {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), Error> {
        let (drawn, rest) = self.0.split_at_checked(bytes.len()).ok_or(Error::RandomSource)?;
        bytes.copy_from_slice(drawn);
        self.0 = rest;
        Ok(())
    }
}

#[test]
fn a_generated_key_comes_from_the_random_source_whole() {
    for cipher in Cipher::ALL {
        let random = bytes(5, cipher.key_length());
        let key = Key::generate_with(&mut Bytes(&random), cipher).unwrap();
        assert_eq!(key.as_bytes(), random);
        let outcome = Key::generate_with(&mut Bytes(&random[1..]), cipher);
        assert!(matches!(outcome, Err(Error::RandomSource)), "{outcome:?}");
        assert!(Key::generate(cipher).unwrap() != Key::generate(cipher).unwrap());
    }
}

#[test]
fn a_ceiling_gives_the_best_engine_that_is_not_above_it() {
    for cipher in Cipher::ALL {
        let key = Key::generate(cipher).unwrap();
        let mut last = None;
        for ceiling in Engine::ALL {
            match key.with_engine(ceiling) {
                Ok(limited) => {
                    assert!(ceiling.is_available(), "{ceiling}");
                    assert!(limited == key && limited.engine().is_available());
                    if limited.engine() == Engine::RustCrypto {
                        assert!(!cipher.name().starts_with("aegis"), "{cipher} has engines of its own");
                    } else {
                        assert!(limited.engine() <= ceiling, "{} is above {ceiling}", limited.engine());
                    }
                    assert!(last <= Some(limited.engine()), "a higher ceiling gave a lower engine");
                    last = Some(limited.engine());
                }
                Err(error) => {
                    assert!(!ceiling.is_available(), "{ceiling}");
                    assert!(matches!(error, Error::UnknownEngine), "{error}");
                    let said = error.to_string();
                    assert!(
                        pagecrypt::available_engines().all(|engine| said.contains(engine.name())),
                        "{said}"
                    );
                    assert!(!said.contains(ceiling.name()), "{said}");
                }
            }
        }
        if cipher.name().starts_with("aegis") {
            let portable = key.with_engine(Engine::Portable).unwrap();
            assert_eq!(portable.engine(), Engine::Portable);
        }
    }
}

#[test]
fn seals_are_counted_and_shared_by_clones() {
    let key = Key::generate(Cipher::Aes256Gcm).unwrap();
    let codec = PageCodec::turso(&key, 512).unwrap();
    let clone = codec.clone();
    let mut run = pages::plain(Cipher::Aes256Gcm, 512, 2, 5);
    codec.seal_pages(2, &mut run).unwrap();
    codec.open_pages(2, &mut run).unwrap();
    clone.seal_pages(2, &mut run[..512]).unwrap();
    assert_eq!([key.seals(), key.clone().seals(), codec.key().seals(), clone.key().seals()], [6; 4]);

    // What is refused does not count; nor does what another key of the same bytes has sealed.
    assert!(codec.seal_pages(0, &mut run).is_err());
    assert!(codec.seal_pages(2, &mut run[..511]).is_err());
    assert!(codec.seal_pages(2, &mut run[..512]).is_err(), "its reserved bytes are not zero");
    assert_eq!(key.seals(), 6);
    assert_eq!(key.with_engine(Engine::Portable).unwrap().seals(), 0);
    assert_eq!(key.with_cipher(Cipher::ChaCha20Poly1305).unwrap().seals(), 0);
}

#[test]
fn a_hundred_thousand_keys_live_at_once() {
    const COUNT: usize = 100_000;
    let keys: Vec<Key> = (0..COUNT)
        .map(|index| {
            let cipher = Cipher::ALL[index % Cipher::ALL.len()];
            Key::from_bytes(&bytes(index as u64, cipher.key_length()), cipher).unwrap()
        })
        .collect();
    let mut tried = 0;
    for (index, key) in keys.iter().enumerate().step_by(997) {
        let message = Message {
            nonce: vec![1; key.cipher().nonce_length()],
            associated_data: vec![],
            text: b"one of many".to_vec(),
        };
        let sealed = seal_one(key, &message, Output::InPlace);
        assert_eq!(open_one(key, &sealed, Output::InPlace), Some(message.text));
        // The next key of the same cipher.
        if let Some(other) = keys.get(index + Cipher::ALL.len()) {
            assert_eq!(open_one(other, &sealed, Output::InPlace), None);
        }
        tried += 1;
    }
    assert_eq!((keys.len(), tried), (COUNT, COUNT.div_ceil(997)));
}

#[test]
fn keys_are_used_from_many_threads_and_behind_a_trait_object() {
    fn assert_shareable<T: Send + Sync>() {}
    assert_shareable::<Key>();
    assert_shareable::<KeyText>();
    assert_shareable::<Error>();
    assert_shareable::<Box<dyn Aead>>();

    for cipher in Cipher::ALL {
        let key = Key::generate(cipher).unwrap();
        let message = Message {
            nonce: vec![1; cipher.nonce_length()],
            associated_data: vec![2; 20],
            text: bytes(3, 700),
        };
        let expected = seal_one(&key, &message, Output::InPlace);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..50 {
                        let sealed = seal_one(&key, &message, Output::Into);
                        assert_eq!(sealed, expected);
                        assert_eq!(open_one(&key, &sealed, Output::InPlace).as_ref(), Some(&message.text));
                    }
                });
            }
        });
        let object: Box<dyn Aead> = Box::new(key.clone());
        assert_eq!((object.cipher(), object.engine()), (cipher, key.engine()));
    }
}
