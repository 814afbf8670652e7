//! The known answers of the ciphers' specifications, alone and in batches, on every engine that this CPU runs.
//!
//! The inner states that AEGIS's files give (`update`, `initial_state`) and the single AES round cannot be seen from
//! outside; they belong to the engines' own tests.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use pagecrypt::Cipher;
use serde::Deserialize;

#[path = "support/engines.rs"]
mod engines;
#[path = "support/messages.rs"]
mod messages;
#[path = "support/vectors.rs"]
mod vectors;

use messages::{Message, Output, Sealed, open_batch, open_one, seal_batch, seal_one};
use vectors::Hex;

#[derive(Deserialize)]
struct File {
    algorithm: String,
    encrypt: Vec<Known>,
    decrypt_must_fail: Vec<Failing>,
}

#[derive(Deserialize)]
struct Known {
    name: String,
    key: Hex,
    nonce: Hex,
    ad: Hex,
    msg: Hex,
    ct: Hex,
    tag128: Hex,
}

#[derive(Deserialize)]
struct Failing {
    name: String,
    key: Hex,
    nonce: Hex,
    ad: Hex,
    ct: Hex,
    tag128: Hex,
}

/// Of each file: the cipher, how many vectors seal, how many must not open.
const FILES: [(&str, Cipher, usize, usize); 9] = [
    ("aegis/aegis_draft_128l.json", Cipher::Aegis128l, 5, 4),
    ("aegis/aegis_draft_128x2.json", Cipher::Aegis128x2, 2, 0),
    ("aegis/aegis_draft_128x4.json", Cipher::Aegis128x4, 2, 0),
    ("aegis/aegis_draft_256.json", Cipher::Aegis256, 5, 4),
    ("aegis/aegis_draft_256x2.json", Cipher::Aegis256x2, 2, 0),
    ("aegis/aegis_draft_256x4.json", Cipher::Aegis256x4, 2, 0),
    ("gcm/aes_128_gcm.json", Cipher::Aes128Gcm, 4, 0),
    ("gcm/aes_256_gcm.json", Cipher::Aes256Gcm, 4, 0),
    ("chacha20poly1305/chacha20_poly1305.json", Cipher::ChaCha20Poly1305, 2, 0),
];

impl Known {
    fn message(&self) -> Message {
        Message { nonce: self.nonce.0.clone(), associated_data: self.ad.0.clone(), text: self.msg.0.clone() }
    }

    fn sealed(&self) -> Sealed {
        Sealed {
            nonce: self.nonce.0.clone(),
            associated_data: self.ad.0.clone(),
            text: self.ct.0.clone(),
            tag: self.tag128.0[..].try_into().unwrap(),
        }
    }
}

#[test]
fn every_engine_seals_and_opens_the_known_answers() {
    for (name, cipher, count, _) in FILES {
        let file: File = vectors::json(name);
        assert_eq!(file.algorithm.to_lowercase(), cipher.hyphenated_name());
        assert_eq!(file.encrypt.len(), count, "vectors in {name}");
        for known in &file.encrypt {
            let (message, sealed) = (known.message(), known.sealed());
            for key in engines::keys(cipher, &known.key.0) {
                for place in [Output::InPlace, Output::Into] {
                    let context = format!("{cipher} on {}, {place:?}: {}", key.engine(), known.name);
                    assert_eq!(seal_one(&key, &message, place), sealed, "{context}");
                    assert_eq!(open_one(&key, &sealed, place).as_ref(), Some(&message.text), "{context}");
                }
            }
        }
    }
}

/// The vectors of one key, round and round, beginning with each.
#[test]
fn every_engine_seals_and_opens_batches_of_1_to_17_known_answers() {
    for (name, cipher, ..) in FILES {
        let file: File = vectors::json(name);
        for (start, first) in file.encrypt.iter().enumerate() {
            let rest = file.encrypt[start..].iter().chain(&file.encrypt[..start]);
            let alike: Vec<&Known> = rest.filter(|known| known.key == first.key).collect();
            let batch = || alike.iter().cycle().take(17);
            let messages: Vec<Message> = batch().map(|known| known.message()).collect();
            let sealed: Vec<Sealed> = batch().map(|known| known.sealed()).collect();
            for key in engines::keys(cipher, &first.key.0) {
                for (count, place) in (1..=17).flat_map(|count| Output::ALL.map(|place| (count, place))) {
                    let context = format!(
                        "{cipher} on {}, {place:?}: {count} beginning with {}",
                        key.engine(),
                        first.name
                    );
                    assert!(seal_batch(&key, &messages[..count], place) == sealed[..count], "{context}");
                    let opened = open_batch(&key, &sealed[..count], place);
                    let right = messages.iter().map(|message| Some(&message.text)).take(count);
                    assert!(opened.iter().map(Option::as_ref).eq(right), "{context}");
                }
            }
        }
    }
}

#[test]
fn no_engine_opens_what_rfc_10032_says_must_fail() {
    for (name, cipher, _, count) in FILES {
        let file: File = vectors::json(name);
        assert_eq!(file.decrypt_must_fail.len(), count, "vectors in {name}");
        for failing in &file.decrypt_must_fail {
            let sealed = Sealed {
                nonce: failing.nonce.0.clone(),
                associated_data: failing.ad.0.clone(),
                text: failing.ct.0.clone(),
                tag: failing.tag128.0[..].try_into().unwrap(),
            };
            for key in engines::keys(cipher, &failing.key.0) {
                for place in [Output::InPlace, Output::Into] {
                    let context = format!("{cipher} on {}, {place:?}: {}", key.engine(), failing.name);
                    assert_eq!(open_one(&key, &sealed, place), None, "{context}");
                }
            }
        }
    }
}
