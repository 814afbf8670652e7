//! Keys as S2 reads them from a header, and what S2 answers where something is wrong.
#![cfg(feature = "std")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use pagecrypt::record::s2::{Answer, KEY_HEADER, Status, answer, key_from_header};
use pagecrypt::record::{Place, RecordCodec, s2};
use pagecrypt::{Cipher, Error, Failures, Key, KeyTextProblem, Unit};

/// 32 bytes, of which the text has both characters in which base64's alphabets differ.
const TEXT: &str = "BKt/DzrZkxv+90+DI2qyHJftySplLEuoZMdLino7NRM=";
const HEX: &str = "04ab7f0f3ad9931bfef74f83236ab21c97edc92a652c4ba864c74b8a7a3b3513";

#[test]
fn standard_base64_of_32_bytes_is_a_key_whatever_white_space_surrounds_it() {
    assert_eq!(KEY_HEADER, "s2-encryption-key");
    for cipher in [Cipher::Aegis256, Cipher::Aes256Gcm] {
        for (before, after) in [("", ""), ("", "\n"), (" \t", "\r\n"), ("\u{a0}", "\u{2003}")] {
            let key = key_from_header(&*format!("{before}{TEXT}{after}"), cipher).unwrap();
            assert_eq!(hex::encode(key.as_bytes()), HEX);
            assert_eq!(key.cipher(), cipher);
        }
    }
}

/// What S2's own functions say of each text was looked up in their source and tried on them.
#[test]
fn other_texts_are_refused_for_s2_s_reasons_and_not_repeated() {
    let length = |got| Error::KeyText(KeyTextProblem::Base64Length { got });
    let characters = || Error::KeyText(KeyTextProblem::Base64Characters);
    let key_length = |got| Error::KeyLength { expected: 32, got };
    let url_safe = TEXT.replace('/', "_").replace('+', "-");
    let inner = format!("{}\n{}", &TEXT[..20], &TEXT[20..43]);
    let with_newline = format!("{}\n{}", &TEXT[..20], &TEXT[20..]);
    for (text, expected) in [
        ("", length(0)),
        (" \n", length(0)),
        (HEX, length(64)),
        (&*format!("{TEXT}A"), length(45)),
        (&*with_newline, length(45)), // on which S2's command line panics
        (&*"é".repeat(23), length(46)),
        (&*inner, characters()),
        (&*url_safe, characters()),
        (TEXT.trim_end_matches('='), characters()),
        (&*format!("{}==", &TEXT[..42]), characters()), // 31 bytes, with bits left over
        ("BKt/DzrZkxv+90+DI2qyHJftySplLEuoZMdLino7NRN=", characters()), // bits left over
        (&*"é".repeat(22), characters()),
        ("====", characters()),
        ("A", characters()),
        ("AAAA", key_length(3)),
        ("AAAAAAAAAAAAAAAAAAAAAA==", key_length(16)),
        (&*"A".repeat(44), key_length(33)),
        (&*format!("{}==", "A".repeat(42)), key_length(31)),
        (&HEX[..32], key_length(24)), // hexadecimal digits are base64, too
    ] {
        for cipher in [Cipher::Aegis256, Cipher::Aes256Gcm] {
            let error = key_from_header(text, cipher).unwrap_err();
            assert_eq!(format!("{error:?}"), format!("{expected:?}"), "{text:?}");
            let printed = format!("{error} {error:?}");
            assert!(text.trim().len() < 16 || !printed.contains(&text.trim()[..16]), "{printed}");
        }
    }
    assert_eq!(length(45).to_string(), "not a key: expected 1 to 44 characters of base64, got 45");
    assert_eq!(characters().to_string(), "not a key: not standard base64 with padding");
}

#[test]
fn a_missing_key_and_a_cipher_that_s2_lacks_are_told_apart() {
    assert!(matches!(key_from_header(None, Cipher::Aegis256), Err(Error::KeyRequired)));
    for cipher in Cipher::ALL {
        let has = matches!(cipher, Cipher::Aegis256 | Cipher::Aes256Gcm);
        let outcome = key_from_header(TEXT, cipher);
        assert_eq!(outcome.is_ok(), has, "{cipher}");
        assert!(has || matches!(outcome, Err(Error::UnsupportedFormat(_))), "{cipher}: {outcome:?}");
    }
}

#[test]
fn each_error_has_s2_s_answer() {
    let invalid = Status { http: 422, code: "invalid" };
    let bad_header = Status { http: 400, code: "bad_header" };
    let decryption_failed = Status { http: 400, code: "decryption_failed" };
    let storage = Status { http: 500, code: "storage" };
    for (error, documented, lite) in [
        (Error::KeyRequired, Some(invalid), bad_header),
        (key_from_header("?", Cipher::Aegis256).unwrap_err(), Some(invalid), bad_header),
        (key_from_header(&*"A".repeat(60), Cipher::Aegis256).unwrap_err(), Some(invalid), bad_header),
        (key_from_header("AAAA", Cipher::Aegis256).unwrap_err(), Some(invalid), bad_header),
        (
            Error::AuthenticationFailed(Failures::one(Unit::Message, 0)),
            Some(decryption_failed),
            decryption_failed,
        ),
        (Error::UsageLimit, Some(invalid), invalid),
        (Error::InvalidArgument("a text"), None, invalid),
        (Error::CipherMismatch { expected: Cipher::Aegis256, got: Cipher::Aes256Gcm }, None, storage),
        (Error::NotEncrypted, None, storage),
        (Error::UnsupportedFormat("a text"), None, storage),
        (Error::Malformed("a text"), None, storage),
        (Error::MeteredSize { stored: 8, actual: 9 }, None, storage),
    ] {
        assert_eq!(answer(error.code()), Some(Answer { documented, lite }), "{error}");
    }
    for error in [Error::RandomSource, Error::PageNumber, Error::UnknownCipher, Error::UnknownKeyId] {
        assert_eq!(answer(error.code()), None, "{error}");
    }
}

#[test]
fn a_sealed_record_that_was_tampered_with_is_s2_s_decryption_failed() {
    let key = Key::generate(Cipher::Aegis256).unwrap();
    let codec = RecordCodec::s2(key, s2::StreamId::of("my-basin-01", "s").unwrap()).unwrap();
    let mut record = codec.seal(b"\0body", &Place::default()).unwrap();
    record[40] ^= 1;
    let error = codec.open(&record, &Place::default()).unwrap_err();
    assert_eq!(answer(error.code()).unwrap().lite.code, "decryption_failed");
}
