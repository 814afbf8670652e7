//! What S2 seals we open, what we seal S2 opens, and whatever else arrives gets the same verdict.

use std::str::FromStr;

use bytes::Bytes;
use pagecrypt::aead::{Aead, Seal, Text};
use pagecrypt::record::s2::{self, Command, Envelope, Opened, StoredRecord, StreamId};
use pagecrypt::{Cipher, Error, KeyTextProblem};
use pagecrypt_peers_s2::{Stream, envelope, record_of_s2};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use s2_common::encryption::{
    EncryptionAlgorithm, EncryptionKey, EncryptionSpec, EncryptionSpecResolutionError,
};
use s2_common::record::{CommandOp, CommandRecord, Record};
use s2_storage::bash::Bash;
use s2_storage::record::{RecordDecryptionError, decode_stored_record, decrypt_stored_record};

type Headers = Vec<(Vec<u8>, Vec<u8>)>;

fn ciphers() -> impl Strategy<Value = Cipher> {
    prop_oneof![Just(Cipher::Aegis256), Just(Cipher::Aes256Gcm)]
}

/// Few and many, short ones and some that need wider lengths.
fn headers() -> impl Strategy<Value = Headers> {
    let bytes = |least: usize| prop_oneof![8 => vec(any::<u8>(), least..20), 1 => vec(any::<u8>(), 250..300)];
    prop_oneof![4 => vec((bytes(1), bytes(0)), 0..6), 1 => vec((bytes(1), bytes(0)), 250..270)]
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![6 => vec(any::<u8>(), 0..300), 1 => vec(any::<u8>(), 65_500..66_000)]
}

fn names() -> impl Strategy<Value = (String, String)> {
    ("[a-z][a-z0-9-]{0,20}", "[^\\x00]{0,30}")
}

/// What S2 makes of stored bytes, or we.
#[derive(Debug, PartialEq)]
enum Verdict {
    Envelope(Headers, Vec<u8>),
    Fence(String),
    Trim(u64),
    /// The frame, or what stands in it in clear.
    Malformed,
    /// In clear, or of another cipher than the stream.
    OtherCipher,
    Forged,
    MeteredSize,
    /// What was sealed is not an envelope.
    MalformedPlaintext,
}

fn verdict_of_s2(stored: &[u8], stream: &Stream) -> Verdict {
    let Ok(decoded) = decode_stored_record(Bytes::copy_from_slice(stored)) else {
        return Verdict::Malformed;
    };
    match decrypt_stored_record(decoded.into_inner(), &stream.spec, &stream.id) {
        Ok(record) => match record.into_inner() {
            Record::Command(CommandRecord::Fence(token)) => Verdict::Fence(token.to_string()),
            Record::Command(CommandRecord::Trim(point)) => Verdict::Trim(point),
            Record::Envelope(envelope) => {
                let (headers, body) = envelope.into_parts();
                let headers = headers.into_iter().map(|header| (header.name.to_vec(), header.value.to_vec()));
                Verdict::Envelope(headers.collect(), body.to_vec())
            }
        },
        Err(RecordDecryptionError::AlgorithmMismatch { .. }) => Verdict::OtherCipher,
        Err(RecordDecryptionError::AuthenticationFailed) => Verdict::Forged,
        Err(RecordDecryptionError::MeteredSizeMismatch { .. }) => Verdict::MeteredSize,
        Err(RecordDecryptionError::MalformedEncryptedRecord) => Verdict::Malformed,
        Err(RecordDecryptionError::MalformedDecryptedRecord(_)) => Verdict::MalformedPlaintext,
    }
}

fn verdict_of_ours(stored: &[u8], stream: &Stream) -> Verdict {
    let decoded = match StoredRecord::decode(stored) {
        Ok(decoded) => decoded,
        Err(Error::Malformed(_) | Error::UnsupportedFormat(_)) => return Verdict::Malformed,
        Err(error) => panic!("{error}"),
    };
    match decoded.open(&stream.codec) {
        Ok(Opened::Command(Command::Fence(token))) => Verdict::Fence(token.to_owned()),
        Ok(Opened::Command(Command::Trim(point))) => Verdict::Trim(point),
        Ok(Opened::Envelope(plaintext)) => {
            let envelope = Envelope::decode(&plaintext).expect("it was decoded before");
            let headers = envelope.headers.iter().map(|header| (header.name.to_vec(), header.value.to_vec()));
            Verdict::Envelope(headers.collect(), envelope.body.to_vec())
        }
        Ok(other) => panic!("{other:?}"),
        Err(Error::NotEncrypted | Error::CipherMismatch { .. }) => Verdict::OtherCipher,
        Err(Error::AuthenticationFailed(_)) => Verdict::Forged,
        Err(Error::MeteredSize { .. }) => Verdict::MeteredSize,
        Err(Error::Malformed(_)) => Verdict::MalformedPlaintext,
        Err(error) => panic!("{error}"),
    }
}

/// A stored record whose plaintext is any bytes, as only somebody with the key can make one.
fn sealed_bytes(plaintext: &[u8], metered_size: u64, stream: &Stream) -> Vec<u8> {
    let key = stream.codec.key();
    let cipher = key.cipher();
    let nonce = vec![7; cipher.nonce_length()];
    let (mut text, mut tag) = (plaintext.to_vec(), [0; 16]);
    key.seal_one_assume_unique_nonce(Seal {
        nonce: &nonce,
        associated_data: &stream.id,
        text: Text::InPlace(&mut text),
        tag: &mut tag,
    })
    .expect("lengths are right");
    let format = if cipher == Cipher::Aegis256 { 1 } else { 2 };
    [&[3 | 2 << 3][..], &metered_size.to_be_bytes()[5..], &[format], &nonce, &text, &tag].concat()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn what_s2_seals_we_open(
        cipher in ciphers(), key: [u8; 32], names in names(), headers in headers(), body in body(),
    ) {
        let stream = Stream::new(cipher, key, &names.0, &names.1).unwrap();
        let stored = stream.stored_by_s2(record_of_s2(&headers, &body));
        prop_assert_eq!(verdict_of_ours(&stored, &stream), Verdict::Envelope(headers, body));
        // And what we write of it again is the same: sizes and widths are S2's.
        let decoded = StoredRecord::decode(&stored).unwrap();
        prop_assert_eq!(decoded.encode().unwrap(), stored.to_vec());
    }

    #[test]
    fn what_we_seal_s2_opens(
        cipher in ciphers(), key: [u8; 32], names in names(), records in vec((headers(), body()), 1..4),
    ) {
        let stream = Stream::new(cipher, key, &names.0, &names.1).unwrap();
        let envelopes: Vec<_> = records.iter().map(|(headers, body)| envelope(headers, body)).collect();
        let stored = stream.stored_by_us(&envelopes).unwrap();
        for (stored, (headers, body)) in stored.iter().zip(records) {
            prop_assert_eq!(stored.len(), stream.stored_by_s2(record_of_s2(&headers, &body)).len());
            prop_assert_eq!(verdict_of_s2(stored, &stream), Verdict::Envelope(headers, body));
        }
    }

    #[test]
    fn commands_are_the_same_bytes(token in "[ -~]{0,36}", point: u64, key: [u8; 32]) {
        let stream = Stream::new(Cipher::Aegis256, key, "basin", "stream").unwrap();
        for (op, operand, ours) in [
            (CommandOp::Fence, token.as_bytes(), Command::Fence(&token)),
            (CommandOp::Trim, &point.to_be_bytes()[..], Command::Trim(point)),
        ] {
            let command = CommandRecord::try_from_parts(op, operand).unwrap();
            let stored = stream.stored_by_s2(Record::Command(command));
            prop_assert_eq!(StoredRecord::Command(ours).encode().unwrap(), stored.to_vec());
            prop_assert_eq!(verdict_of_ours(&stored, &stream), verdict_of_s2(&stored, &stream));
        }
    }

    #[test]
    fn changed_records_get_the_same_verdict(
        cipher in ciphers(), other in ciphers(), key: [u8; 32], headers in headers(), body in vec(any::<u8>(), 0..100),
        changes in vec((any::<Index>(), any::<u8>()), 0..3), cut in prop_oneof![Just(None), any::<Index>().prop_map(Some)],
        front in any::<bool>(),
    ) {
        let stream = Stream::new(cipher, key, "basin", "stream").unwrap();
        let mut stored = stream.stored_by_s2(record_of_s2(&headers, &body)).to_vec();
        for (place, value) in &changes {
            // Half of the changes where the frame is, which is a small part of most records.
            let length = if front { stored.len().min(6) } else { stored.len() };
            stored[place.index(length)] = *value;
        }
        if let Some(cut) = cut {
            stored.truncate(cut.index(stored.len()));
        }
        let reader = Stream::new(other, key, "basin", "stream").unwrap();
        prop_assert_eq!(verdict_of_ours(&stored, &reader), verdict_of_s2(&stored, &reader));
    }

    #[test]
    fn any_bytes_get_the_same_verdict(bytes in vec(any::<u8>(), 0..200), first in 0_u8..40, key: [u8; 32]) {
        let stream = Stream::new(Cipher::Aegis256, key, "basin", "stream").unwrap();
        let framed = [&[first], &bytes[..]].concat();
        for stored in [&bytes, &framed] {
            prop_assert_eq!(verdict_of_ours(stored, &stream), verdict_of_s2(stored, &stream));
        }
    }

    #[test]
    fn sealed_bytes_that_are_no_envelope_get_the_same_verdict(
        cipher in ciphers(), key: [u8; 32], flag in 0_u8..128, rest in vec(0_u8..6, 0..40), size in 0_u64..100,
    ) {
        let stream = Stream::new(cipher, key, "basin", "stream").unwrap();
        let plaintext = [&[flag], &rest[..]].concat();
        let stored = sealed_bytes(&plaintext, size, &stream);
        prop_assert_eq!(verdict_of_ours(&stored, &stream), verdict_of_s2(&stored, &stream));
        // Most sizes are wrong: once more with the right one.
        if let Ok(envelope) = Envelope::decode(&plaintext) {
            let stored = sealed_bytes(&plaintext, envelope.metered_size(), &stream);
            let verdict = verdict_of_s2(&stored, &stream);
            prop_assert!(matches!(verdict, Verdict::Envelope(..)), "{verdict:?}");
            prop_assert_eq!(verdict_of_ours(&stored, &stream), verdict);
        }
    }

    #[test]
    fn ids_of_streams_are_the_same(names in names()) {
        let theirs = Bash::delimited(&[names.0.as_bytes(), names.1.as_bytes()], 0);
        let ours = StreamId::of(&names.0, &names.1).unwrap();
        prop_assert_eq!(ours.as_bytes(), theirs.as_bytes());
    }

    #[test]
    fn texts_of_keys_get_the_same_verdict(
        cipher in ciphers(), text in prop_oneof!["[ -~]{0,50}", "[A-Za-z0-9+/]{40,43}={0,2}", "[ \\t]?[A-Za-z0-9+/]{42}[AEI]=\\n?"],
    ) {
        same_verdict_on_key(&text, cipher)?;
    }

    #[test]
    fn keys_of_any_length_get_the_same_verdict(cipher in ciphers(), key in vec(any::<u8>(), 0..34)) {
        let (sextets, digits) = (key.chunks(3), b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
        let text: String = sextets.flat_map(|three| {
            let bits = (0..3).fold(0_u32, |bits, i| bits << 8 | u32::from(*three.get(i).unwrap_or(&0)));
            (0..4).map(move |i| if i > three.len() { '=' } else { char::from(digits[(bits >> (18 - 6 * i) & 63) as usize]) })
        }).collect();
        same_verdict_on_key(&text, cipher)?;
    }
}

fn same_verdict_on_key(text: &str, cipher: Cipher) -> Result<(), TestCaseError> {
    let algorithm = match cipher {
        Cipher::Aes256Gcm => EncryptionAlgorithm::Aes256Gcm,
        _ => EncryptionAlgorithm::Aegis256,
    };
    let ours = s2::key_from_header(text, cipher);
    let theirs = EncryptionKey::from_str(text).map(|key| EncryptionSpec::resolve(Some(algorithm), Some(key)));
    match (&theirs, &ours) {
        (Err(_), Err(Error::KeyText(KeyTextProblem::Base64Length { .. }))) => {}
        (
            Ok(Err(EncryptionSpecResolutionError::InvalidBase64 { .. })),
            Err(Error::KeyText(KeyTextProblem::Base64Characters)),
        ) => {}
        (
            Ok(Err(EncryptionSpecResolutionError::InvalidKeyLength { length, .. })),
            Err(Error::KeyLength { expected: 32, got }),
        ) => prop_assert_eq!(length, got),
        (Ok(Ok(spec)), Ok(key)) => {
            // The same key: what is sealed under one opens under the other.
            let bytes = key.as_bytes().try_into().expect("32 bytes");
            let stream = Stream::new(cipher, bytes, "basin", "stream").unwrap();
            let stream = Stream { spec: spec.clone(), ..stream };
            let stored = stream.stored_by_s2(record_of_s2(&[], b"body"));
            prop_assert_eq!(
                verdict_of_ours(&stored, &stream),
                Verdict::Envelope(Vec::new(), b"body".to_vec())
            );
        }
        (theirs, ours) => prop_assert!(false, "S2: {theirs:?}, ours: {ours:?}"),
    }
    Ok(())
}

#[test]
fn a_missing_key_is_missed_by_both() {
    let theirs = EncryptionSpec::resolve(Some(EncryptionAlgorithm::Aegis256), None);
    assert!(matches!(theirs, Err(EncryptionSpecResolutionError::MissingKey { .. })));
    assert!(matches!(s2::key_from_header(None, Cipher::Aegis256), Err(Error::KeyRequired)));
}

#[test]
fn the_largest_record_goes_both_ways() {
    let body = vec![0x5a; 1_048_568];
    let stream = Stream::new(Cipher::Aes256Gcm, [9; 32], "basin", "stream").unwrap();
    let by_s2 = stream.stored_by_s2(record_of_s2(&[], &body));
    let by_us = stream.stored_by_us(&[envelope(&[], &body)]).unwrap();
    assert_eq!(verdict_of_ours(&by_s2, &stream), Verdict::Envelope(Vec::new(), body.clone()));
    assert_eq!(verdict_of_s2(&by_us[0], &stream), Verdict::Envelope(Vec::new(), body));
}
