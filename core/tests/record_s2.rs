//! What S2 has sealed opens, what is sealed here is S2's byte for byte, and every input gets S2's verdict.
#![cfg(feature = "std")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use pagecrypt::Error;
use pagecrypt::record::s2::{Command, Envelope, Opened, StoredRecord, StreamId, key_from_header};
use pagecrypt::record::{Place, RecordCodec};
use serde::Deserialize;

#[path = "support/bytes.rs"]
mod bytes;
#[path = "support/engines.rs"]
mod engines;
#[path = "support/pages.rs"]
mod pages;
#[path = "support/s2.rs"]
mod s2;
#[path = "support/vectors.rs"]
mod vectors;

use pages::Replay;
use vectors::Hex;

#[test]
fn every_sample_opens() {
    for sample in s2::samples().0 {
        let id = &sample.id;
        for codec in sample.codecs() {
            let stored = StoredRecord::decode(&sample.stored_hex.0).unwrap();
            let StoredRecord::Encrypted { metered_size, record } = &stored else {
                panic!("{id}: {stored:?}");
            };
            assert_eq!(*metered_size, sample.metered_size, "{id}");
            assert_eq!(*record, sample.encrypted_hex.0, "{id}");
            assert_eq!(codec.opened_length(record).unwrap(), sample.envelope_hex.0.len(), "{id}");
            let plaintext = codec.open(record, &Place::default()).unwrap();
            assert_eq!(plaintext, sample.envelope_hex.0, "{id}");
            assert_eq!(
                Envelope::decode_metered(&plaintext, *metered_size).unwrap(),
                sample.envelope(),
                "{id}"
            );
            assert_eq!(stored.open(&codec).unwrap(), Opened::Envelope(plaintext), "{id}");
        }
    }
}

#[test]
fn sealing_with_the_stored_nonce_gives_the_sample_s_bytes() {
    for sample in s2::samples().0 {
        let id = &sample.id;
        let envelope = sample.envelope();
        let plaintext = envelope.encode().unwrap();
        assert_eq!(plaintext, sample.envelope_hex.0, "{id}");
        assert_eq!(envelope.encoded_length(), plaintext.len(), "{id}");
        assert_eq!(envelope.metered_size(), sample.metered_size, "{id}");
        for codec in sample.codecs() {
            let mut nonce = Replay::new(sample.nonce_hex.0.iter().copied());
            let record =
                s2::seal_batch(&codec, &mut nonce, std::slice::from_ref(&plaintext)).unwrap().remove(0);
            assert_eq!(nonce.left(), 0, "{id}: more was drawn than a nonce");
            assert_eq!(record, sample.encrypted_hex.0, "{id} on {}", codec.engine());
            assert!(record.ends_with(&sample.tag_hex.0), "{id}");
            let stored = StoredRecord::Encrypted { metered_size: envelope.metered_size(), record: &record };
            assert_eq!(stored.encode().unwrap(), sample.stored_hex.0, "{id}");
        }
    }
}

#[test]
fn stream_ids_and_keys_are_s2_s() {
    for sample in s2::samples().0 {
        let stream = StreamId::of(&sample.basin, &sample.stream).unwrap();
        assert_eq!(stream.as_bytes()[..], sample.aad_hex.0, "{}", sample.id);
        assert_eq!(stream.to_string(), hex::encode(&sample.aad_hex.0));
        assert_eq!(StreamId::from_bytes(*stream.as_bytes()), stream);
        let key = key_from_header(&*sample.key_base64, sample.cipher.parse().unwrap()).unwrap();
        assert_eq!(key.as_bytes(), sample.key_hex.0);
        assert_eq!(key.cipher().hyphenated_name(), sample.cipher);
    }
}

#[test]
fn names_with_a_zero_byte_have_no_stream_id() {
    // Without this, the two would have the same one.
    for (basin, stream) in [("basin\0name", "stream"), ("basin", "name\0stream"), ("\0", ""), ("", "\0")] {
        assert!(
            matches!(StreamId::of(basin, stream), Err(Error::InvalidArgument(_))),
            "{basin:?} {stream:?}"
        );
    }
}

#[test]
fn commands_are_s2_s_and_stay_in_clear_in_an_encrypted_stream() {
    let samples = s2::samples().1;
    for (sample, command) in samples.iter().zip([Command::Trim(42), Command::Fence("")]) {
        let id = &sample.id;
        let stored = StoredRecord::Command(command);
        assert_eq!(stored.encode().unwrap(), sample.stored_hex.0, "{id}");
        assert_eq!(StoredRecord::decode(&sample.stored_hex.0).unwrap(), stored, "{id}");
        assert_eq!(command.metered_size(), sample.metered_size, "{id}");
        assert_eq!(stored.metered_size(), sample.metered_size, "{id}");
        let payload = command.encode().unwrap();
        assert_eq!(payload[1..], sample.body_hex.0, "{id}");
        assert_eq!(Command::decode(&payload).unwrap(), command, "{id}");
        for cipher in s2::CIPHERS {
            assert_eq!(stored.open(&s2::codec(cipher)).unwrap(), Opened::Command(command), "{id}");
        }
    }
    assert_eq!(samples.len(), 2);
}

#[derive(Debug, Deserialize)]
struct Case {
    name: String,
    input: Input,
    outcome: Outcome,
}

#[derive(Debug, Deserialize)]
struct Input {
    cipher: String,
    key_b64: String,
    aad_hex: Hex,
    stored_hex: Hex,
}

#[derive(Debug, Deserialize)]
struct Outcome {
    ok: bool,
    // what was found
    kind: Option<String>,
    metered_size: Option<u64>,
    #[serde(default)]
    headers_hex: Vec<(Hex, Hex)>,
    body_hex: Option<Hex>,
    // or what is wrong
    stage: Option<String>,
    error: Option<String>,
    debug: Option<String>,
}

#[derive(Deserialize)]
struct Cases {
    cases: Vec<Case>,
}

/// What this library says where S2 says that.
fn our_error(debug: &str) -> &'static str {
    match debug {
        "AuthenticationFailed" => "authentication_failed",
        r#"InvalidValue("MagicByte", "invalid record type ordinal")"#
        | r#"InvalidValue("EncryptedRecord", "invalid encrypted record format id")"# => "unsupported_format",
        _ if debug.starts_with("AlgorithmMismatch") && debug.ends_with("actual: None }") => "not_encrypted",
        _ if debug.starts_with("AlgorithmMismatch") => "cipher_mismatch",
        _ if debug.starts_with("MeteredSizeMismatch") => "metered_size",
        _ => "malformed",
    }
}

#[test]
fn every_input_gets_the_verdict_of_s2() {
    let cases = vectors::json::<Cases>("s2/decoder_outcomes.json").cases;
    assert!(cases.iter().any(|case| case.outcome.ok) && cases.iter().any(|case| !case.outcome.ok));
    for Case { name, input, outcome } in &cases {
        let key = key_from_header(&*input.key_b64, input.cipher.parse().unwrap()).unwrap();
        let stream = StreamId::from_bytes(input.aad_hex.0.clone().try_into().unwrap());
        let codec = RecordCodec::s2(&key, stream).unwrap();
        let decoded = StoredRecord::decode(&input.stored_hex.0);
        assert_eq!(decoded.is_err(), outcome.stage.as_deref() == Some("decode"), "{name}: {decoded:?}");
        match decoded.and_then(|stored| stored.open(&codec).map(|opened| (stored, opened))) {
            Ok((stored, Opened::Envelope(plaintext))) => {
                assert!(outcome.ok, "{name}: S2 says {:?}", outcome.error);
                assert_eq!(outcome.kind.as_deref(), Some("envelope"), "{name}");
                let envelope = Envelope::decode(&plaintext).unwrap();
                assert_eq!(
                    envelope,
                    s2::envelope(&outcome.headers_hex, outcome.body_hex.as_ref().unwrap()),
                    "{name}"
                );
                assert_eq!(Some(envelope.metered_size()), outcome.metered_size, "{name}");
                assert_eq!(Some(stored.metered_size()), outcome.metered_size, "{name}");
            }
            Ok(other) => panic!("{name}: {other:?}"),
            Err(error) => {
                assert!(!outcome.ok, "{name}: {error}");
                assert_eq!(
                    error.code().name(),
                    our_error(outcome.debug.as_ref().unwrap()),
                    "{name}: {error}"
                );
            }
        }
    }
}

#[test]
fn a_metered_size_that_is_not_the_envelope_s_is_told_after_opening() {
    for sample in s2::samples().0 {
        for codec in sample.codecs() {
            for stored in [sample.metered_size - 1, sample.metered_size + 1, 0, 1 << 20] {
                let record =
                    StoredRecord::Encrypted { metered_size: stored, record: &sample.encrypted_hex.0 };
                let record = record.encode().unwrap();
                match StoredRecord::decode(&record).unwrap().open(&codec) {
                    Err(Error::MeteredSize { stored: said, actual }) => {
                        assert_eq!((said, actual), (stored, sample.metered_size), "{}", sample.id);
                    }
                    other => panic!("{}: {other:?}", sample.id),
                }
            }
        }
    }
}

#[test]
fn an_envelope_in_clear_is_not_taken_for_one_of_an_encrypted_stream() {
    let stored = StoredRecord::Plaintext(Envelope { headers: Vec::new(), body: b"abc" });
    assert_eq!(stored.encode().unwrap(), hex::decode("020b00616263").unwrap());
    for cipher in s2::CIPHERS {
        assert!(matches!(stored.open(&s2::codec(cipher)), Err(Error::NotEncrypted)), "{cipher}");
    }
}

#[test]
fn a_plaintext_in_the_form_of_a_command_is_sealed_and_opened_as_the_body_it_is() {
    let command = StoredRecord::Command(Command::Trim(42)).encode().unwrap();
    for cipher in s2::CIPHERS {
        let codec = s2::codec(cipher);
        let envelope = Envelope { headers: Vec::new(), body: &command };
        let record = codec.seal(&envelope.encode().unwrap(), &Place::default()).unwrap();
        let stored = StoredRecord::Encrypted { metered_size: envelope.metered_size(), record: &record };
        let Opened::Envelope(plaintext) = stored.open(&codec).unwrap() else { panic!("a command") };
        assert_eq!(Envelope::decode(&plaintext).unwrap(), envelope);
        // Its payload alone, in the place of an envelope, is no envelope: S2's header without a name is refused.
        let outcome = codec.seal(&[0x10, 1, 0, 4, b't', b'r', b'i', b'm'], &Place::default());
        assert!(matches!(outcome, Err(Error::Malformed(_))), "{outcome:?}");
    }
}
