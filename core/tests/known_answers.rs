//! The known answers of RFC 10032, on every engine that this CPU runs.
//!
//! The inner states that the same files give (`update`, `initial_state`) and the single AES round cannot be seen from
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

use messages::{Message, Output, Sealed, open_one, seal_one};
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
const FILES: [(&str, Cipher, usize, usize); 6] = [
    ("aegis/aegis_draft_128l.json", Cipher::Aegis128l, 5, 4),
    ("aegis/aegis_draft_128x2.json", Cipher::Aegis128x2, 2, 0),
    ("aegis/aegis_draft_128x4.json", Cipher::Aegis128x4, 2, 0),
    ("aegis/aegis_draft_256.json", Cipher::Aegis256, 5, 4),
    ("aegis/aegis_draft_256x2.json", Cipher::Aegis256x2, 2, 0),
    ("aegis/aegis_draft_256x4.json", Cipher::Aegis256x4, 2, 0),
];

#[test]
fn every_engine_seals_and_opens_the_known_answers_of_rfc_10032() {
    for (name, cipher, count, _) in FILES {
        let file: File = vectors::json(name);
        assert_eq!(file.algorithm.to_lowercase(), cipher.hyphenated_name());
        assert_eq!(file.encrypt.len(), count, "vectors in {name}");
        for known in &file.encrypt {
            let message = Message {
                nonce: known.nonce.0.clone(),
                associated_data: known.ad.0.clone(),
                text: known.msg.0.clone(),
            };
            let sealed = Sealed {
                nonce: known.nonce.0.clone(),
                associated_data: known.ad.0.clone(),
                text: known.ct.0.clone(),
                tag: known.tag128.0[..].try_into().unwrap(),
            };
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
