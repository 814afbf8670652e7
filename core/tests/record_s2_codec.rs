//! Encrypted records of S2: forgery, batches, limits, and what is refused.
#![cfg(feature = "std")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::HashSet;

use pagecrypt::record::s2::{
    Command, Envelope, Header, MAX_AES256GCM_SEQUENCE, Opened, StoredRecord, StreamId,
};
use pagecrypt::record::{Format, OpenRecord, Place, RecordCodec, SealRecord, overhead};
use pagecrypt::{Cipher, Error, Key, Unit};

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

use bytes::bytes;
use s2::{CIPHERS, codec, codecs, nonces, open_batch, plaintext, seal_batch};

/// Lengths that go different ways through the kernels, in an order that mixes them.
const LENGTHS: [usize; 17] = [64, 1, 1025, 16, 255, 4100, 17, 2, 256, 31, 1024, 33, 15, 600, 128, 65, 2000];

#[test]
fn a_forged_byte_anywhere_fails_and_the_neighbours_open() {
    for cipher in CIPHERS {
        for codec in codecs(cipher) {
            for length in [1, 40, 300] {
                let texts: Vec<_> = (0..3).map(|seed| plaintext(seed, length + seed as usize)).collect();
                let sealed = seal_batch(&codec, &mut nonces(cipher, 3), &texts).unwrap();
                for at in (0..sealed[1].len()).step_by(if length > 100 { engines::stride() } else { 1 }) {
                    for change in [0x01, 0x80] {
                        let context = format!("{cipher} on {}, {length}, {at} ^ {change:#x}", codec.engine());
                        let mut records = sealed.clone();
                        records[1][at] ^= change;
                        let (outcome, opened) = open_batch(&codec, &records);
                        assert_eq!(opened[0].as_ref().unwrap(), &texts[0], "{context}");
                        assert_eq!(opened[2].as_ref().unwrap(), &texts[2], "{context}");
                        match (at, outcome.unwrap_err()) {
                            // 0x01 and 0x02 differ in other bits than these.
                            (0, Error::UnsupportedFormat(_)) => {}
                            (1.., Error::AuthenticationFailed(failures)) => {
                                assert_eq!(failures.unit(), Unit::Message, "{context}");
                                assert_eq!(failures.numbers(), [1], "{context}");
                            }
                            (_, error) => panic!("{context}: {error}"),
                        }
                        let alone = codec.open(&records[1], &Place::default()).unwrap_err();
                        assert_eq!(alone.code(), opened[1].as_ref().unwrap_err().code(), "{context}");
                    }
                }
            }
        }
    }
}

#[test]
fn a_record_cut_or_lengthened_anywhere_fails() {
    for cipher in CIPHERS {
        let codec = codec(cipher);
        let record = codec.seal(&plaintext(1, 40), &Place::default()).unwrap();
        for length in 0..record.len() {
            for cut in [&record[..length], &record[record.len() - length..]] {
                let error = codec.open(cut, &Place::default()).unwrap_err();
                if length < overhead(cipher, Format::S2).unwrap() && cut[..] == record[..length] {
                    assert!(matches!(error, Error::Malformed(_)), "{length}: {error}");
                }
            }
        }
        for more in [1, 16, 100] {
            let longer = [record.clone(), vec![0; more]].concat();
            let error = codec.open(&longer, &Place::default()).unwrap_err();
            assert!(matches!(error, Error::AuthenticationFailed(_)), "{error}");
        }
    }
}

#[test]
fn a_record_opens_under_its_key_and_in_its_stream_only() {
    for cipher in CIPHERS {
        let text = plaintext(1, 100);
        let record = codec(cipher).seal(&text, &Place::default()).unwrap();
        let key = codec(cipher).key().clone();
        let same = RecordCodec::s2(&key, StreamId::of("secure-events", "audit-log").unwrap()).unwrap();
        assert_eq!(same.open(&record, &Place::default()).unwrap(), text);
        let other_stream = RecordCodec::s2(&key, StreamId::of("secure-events", "audit-logs").unwrap());
        let other_basin = RecordCodec::s2(&key, StreamId::of("secure-event", "saudit-log").unwrap());
        let other_key = RecordCodec::s2(
            Key::from_bytes(&[7; 32], cipher).unwrap(),
            StreamId::of("secure-events", "audit-log").unwrap(),
        );
        for other in [other_stream, other_basin, other_key] {
            let error = other.unwrap().open(&record, &Place::default()).unwrap_err();
            assert!(matches!(error, Error::AuthenticationFailed(_)), "{cipher}: {error}");
        }
    }
}

/// A weakness of S2's format: within its stream a record is bound to no place, and commands are in clear.
#[test]
fn what_is_not_refused() {
    for cipher in CIPHERS {
        let codec = codec(cipher);
        let seal = |body: u8, sequence| {
            codec
                .seal(&plaintext(body.into(), 100), &Place { sequence: Some(sequence), ..Place::default() })
                .unwrap()
        };
        let (first, second, other_second) = (seal(1, 1), seal(2, 2), seal(3, 2));
        // In another order, twice, one put in the place of another, and one left away.
        for (record, body) in [(&second, 2), (&first, 1), (&first, 1), (&other_second, 3)] {
            assert_eq!(codec.open(record, &Place::default()).unwrap(), plaintext(body, 100), "{cipher}");
        }
        // A command by anybody.
        let command = StoredRecord::Command(Command::Trim(u64::MAX));
        assert!(matches!(command.open(&codec).unwrap(), Opened::Command(_)));
    }
}

#[test]
fn records_of_the_other_cipher_are_refused() {
    for (cipher, other) in [(CIPHERS[0], CIPHERS[1]), (CIPHERS[1], CIPHERS[0])] {
        let record = codec(other).seal(&plaintext(1, 100), &Place::default()).unwrap();
        let codec = codec(cipher);
        for outcome in [
            codec.opened_length(&record).map(|_| ()),
            codec.open(&record, &Place::default()).map(|_| ()),
            codec.needs_reseal(&record).map(|_| ()),
            StoredRecord::Encrypted { metered_size: 107, record: &record }.open(&codec).map(|_| ()),
        ] {
            match outcome {
                Err(Error::CipherMismatch { expected, got }) => assert_eq!((expected, got), (cipher, other)),
                outcome => panic!("{outcome:?}"),
            }
        }
    }
}

#[test]
fn a_batch_of_mixed_sizes_gives_what_its_records_give_alone() {
    for cipher in CIPHERS {
        for codec in codecs(cipher) {
            for count in [0, 1, 2, 3, 8, 17, 63, 64, 65, 130] {
                let texts: Vec<_> =
                    (0..count).map(|i| plaintext(i as u64, LENGTHS[i * 5 % LENGTHS.len()])).collect();
                let mut source = nonces(cipher, count);
                let together = seal_batch(&codec, &mut source, &texts).unwrap();
                assert_eq!(source.left(), 0);
                let mut source = nonces(cipher, count);
                let alone: Vec<_> = texts
                    .iter()
                    .flat_map(|text| seal_batch(&codec, &mut source, std::slice::from_ref(text)).unwrap())
                    .collect();
                assert!(together == alone, "{cipher} on {}, {count} records", codec.engine());
                let (outcome, opened) = open_batch(&codec, &together);
                outcome.unwrap();
                for ((opened, record), text) in opened.iter().zip(&together).zip(&texts) {
                    assert_eq!(opened.as_ref().unwrap(), text);
                    assert_eq!(&codec.open(record, &Place::default()).unwrap(), text);
                    assert_eq!(record.len(), codec.sealed_length(text.len(), &Place::default()));
                }
            }
        }
    }
}

#[test]
fn each_record_of_a_batch_has_its_own_failure_and_the_batch_that_of_the_first() {
    for cipher in CIPHERS {
        for codec in codecs(cipher) {
            let texts: Vec<_> = (0..150).map(|i| plaintext(i, LENGTHS[i as usize % LENGTHS.len()])).collect();
            let good = seal_batch(&codec, &mut nonces(cipher, 150), &texts).unwrap();
            // By the number of the record: what is done to it, and what comes of it.
            let other = if cipher == CIPHERS[0] { CIPHERS[1] } else { CIPHERS[0] };
            let foreign = s2::codec(other).seal(&plaintext(1, 30), &Place::default()).unwrap();
            let damage = |order: &[usize]| {
                let mut records = good.clone();
                for number in order {
                    match number % 4 {
                        0 => *records[*number].last_mut().unwrap() ^= 1,
                        1 => records[*number].truncate(20),
                        2 => records[*number].clone_from(&foreign),
                        _ => records[*number].clear(),
                    }
                }
                records
            };
            let code = |number: usize| {
                ["authentication_failed", "malformed", "cipher_mismatch", "malformed"][number % 4]
            };
            for failing in
                [&[4, 5, 6, 7, 64, 65, 128, 149][..], &[5, 8, 100], &[6], &[127], &[0], &[60, 64, 68]]
            {
                let (outcome, opened) = open_batch(&codec, &damage(failing));
                let error = outcome.unwrap_err();
                assert_eq!(error.code().name(), code(failing[0]), "{failing:?}: {error}");
                if let Error::AuthenticationFailed(failures) = &error {
                    let forged: Vec<u64> =
                        failing.iter().filter(|n| *n % 4 == 0).map(|n| *n as u64).collect();
                    assert_eq!(failures.numbers(), forged, "{failing:?}");
                }
                for (number, opened) in opened.into_iter().enumerate() {
                    match opened {
                        Ok(text) => {
                            assert!(!failing.contains(&number), "{failing:?}: {number} opened");
                            assert!(text == texts[number], "{failing:?}: {number}");
                        }
                        Err(error) => {
                            assert!(failing.contains(&number), "{failing:?}: {number}: {error}");
                            assert_eq!(error.code().name(), code(number), "{failing:?}: {number}: {error}");
                            if let Error::AuthenticationFailed(failures) = error {
                                assert_eq!(failures.numbers(), [number as u64]);
                            }
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn a_plaintext_of_the_wrong_length_fails_alone_and_an_old_failure_is_forgotten() {
    for cipher in CIPHERS {
        let codec = codec(cipher);
        let texts: Vec<_> = (0..3).map(|seed| plaintext(seed, 50)).collect();
        let records = seal_batch(&codec, &mut nonces(cipher, 3), &texts).unwrap();
        let mut outputs = [vec![1; 50], vec![1; 49], vec![1; 50]];
        let mut batch: Vec<_> = records
            .iter()
            .zip(&mut outputs)
            .map(|(record, output)| OpenRecord::new(record, Place::default(), output))
            .collect();
        let error = codec.open_batch(&mut batch).unwrap_err();
        assert!(matches!(error, Error::BufferLength { expected: 50, got: 49 }), "{error}");
        assert!(batch[0].failure().is_none() && batch[2].failure().is_none());
        assert_eq!(batch[1].plaintext(), [0; 49]);
        codec.open_batch(&mut batch[2..]).unwrap();
        assert_eq!(batch[2].plaintext(), texts[2]);
        let mut other = OpenRecord::new(&records[0][1..], Place::default(), &mut []);
        let _ = codec.open_batch(std::slice::from_mut(&mut other));
        assert!(other.failure().is_some());
    }
}

/// Seals two records, the second with this plaintext and place into a record of this length: refused with an error that
/// `expected` knows, with nothing written and nothing counted.
fn assert_refused(
    codec: &RecordCodec,
    plaintext: &[u8],
    place: Place,
    length: usize,
    expected: fn(&Error) -> bool,
) {
    let mut records = [vec![0xc3; codec.sealed_length(1, &Place::default())], vec![0xc3; length]];
    let [first, second] = &mut records;
    let mut batch = [
        SealRecord {
            plaintext: &[0],
            place: Place { sequence: place.sequence.map(|_| 0), ..Place::default() },
            record: first,
        },
        SealRecord { plaintext, place, record: second },
    ];
    let outcome = codec.seal_batch(&mut batch);
    assert!(outcome.as_ref().is_err_and(expected), "{place:?}: {outcome:?}");
    assert!(records.iter().flatten().all(|byte| *byte == 0xc3), "{place:?}: something was written");
    assert_eq!(codec.key().seals(), 0, "{place:?}: a refused batch counts");
}

#[test]
fn what_cannot_be_sealed_is_refused_whole() {
    for cipher in CIPHERS {
        let codec = codec(cipher);
        let length = |text: &[u8]| codec.sealed_length(text.len(), &Place::default());
        let is_length = |error: &Error| matches!(error, Error::BufferLength { .. });
        let is_malformed = |error: &Error| matches!(error, Error::Malformed(_));
        let is_argument = |error: &Error| matches!(error, Error::InvalidArgument(_));
        let text = plaintext(1, 100);
        for wrong in [0, 1, length(&text) - 1, length(&text) + 1] {
            assert_refused(&codec, &text, Place::default(), wrong, is_length);
        }
        for wrong in [&[][..], &[0x40], &[0x10], &[0x10, 1], &[0x10, 1, 0], &[0x10, 1, 1, b'k', 1]] {
            assert_refused(&codec, wrong, Place::default(), length(wrong), is_malformed);
        }
        for place in
            [Place { clock: Some(0), ..Place::default() }, Place { token: Some([0; 32]), ..Place::default() }]
        {
            assert_refused(&codec, &text, place, length(&text), is_argument);
        }
        let long = plaintext(1, 1 + (1 << 20) - 8 + 1);
        assert_refused(&codec, &long, Place::default(), length(&long), is_argument);
        let longest = &long[..long.len() - 1];
        let record = codec.seal(longest, &Place::default()).unwrap();
        assert!(codec.open(&record, &Place::default()).unwrap() == longest);
    }
}

#[test]
fn the_sequence_limit_of_aes256gcm_refuses_the_batch_that_crosses_it() {
    assert_eq!(MAX_AES256GCM_SEQUENCE, 4_294_967_295);
    let at = |sequence| Place { sequence: Some(sequence), ..Place::default() };
    let text = plaintext(1, 100);
    let gcm = codec(Cipher::Aes256Gcm);
    for sequence in [MAX_AES256GCM_SEQUENCE + 1, 1 << 40, u64::MAX] {
        let length = gcm.sealed_length(100, &at(sequence));
        assert_refused(&gcm, &text, at(sequence), length, |error| matches!(error, Error::UsageLimit));
    }
    for sequence in [0, MAX_AES256GCM_SEQUENCE] {
        gcm.seal(&text, &at(sequence)).unwrap();
    }
    for sequence in [0, MAX_AES256GCM_SEQUENCE + 1, u64::MAX] {
        codec(Cipher::Aegis256).seal(&text, &at(sequence)).unwrap();
    }
}

#[test]
fn nobody_can_expect_a_place_that_the_format_does_not_bind() {
    for cipher in CIPHERS {
        let codec = codec(cipher);
        let record = codec.seal(&plaintext(1, 9), &Place { sequence: Some(5), ..Place::default() }).unwrap();
        for place in [
            Place { sequence: Some(5), ..Place::default() },
            Place { clock: Some(5), ..Place::default() },
            Place { token: Some([5; 32]), ..Place::default() },
        ] {
            let outcome = codec.open(&record, &place);
            assert!(matches!(outcome, Err(Error::InvalidArgument(_))), "{place:?}: {outcome:?}");
        }
        codec.open(&record, &Place::default()).unwrap();
    }
}

#[test]
fn without_random_numbers_nothing_is_sealed() {
    for cipher in CIPHERS {
        for (there, count) in [(0, 1), (63, 64), (64, 65), (199, 200)] {
            let codec = codec(cipher);
            let text = plaintext(1, 100);
            let mut records = vec![vec![0xc3; codec.sealed_length(100, &Place::default())]; count];
            let mut batch: Vec<_> = records
                .iter_mut()
                .map(|record| SealRecord { plaintext: &text, place: Place::default(), record })
                .collect();
            let outcome = codec.seal_batch_with(&mut nonces(cipher, there), &mut batch);
            assert!(matches!(outcome, Err(Error::RandomSource)), "{outcome:?}");
            assert!(records.iter().flatten().all(|byte| *byte == 0xc3), "something was written");
        }
    }
}

#[test]
fn no_nonce_repeats_and_every_seal_is_counted() {
    for cipher in CIPHERS {
        let codec = &codec(cipher);
        let nonces: Vec<Vec<u8>> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4)
                .map(|thread| {
                    scope.spawn(move || {
                        (0..20)
                            .flat_map(|run| {
                                let texts = vec![plaintext(thread, 20); [1, 30, 150][run % 3]];
                                seal_batch(codec, &mut pagecrypt::OsRandom, &texts).unwrap()
                            })
                            .map(|record| record[1..=cipher.nonce_length()].to_vec())
                            .collect::<Vec<_>>()
                    })
                })
                .collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(nonces.iter().collect::<HashSet<_>>().len(), nonces.len(), "{cipher}");
        assert_eq!(codec.key().seals(), nonces.len() as u64, "{cipher}");
    }
}

#[test]
fn a_codec_says_what_it_was_made_of() {
    fn assert_shareable<T: Clone + Send + Sync + std::fmt::Debug>() {}
    assert_shareable::<RecordCodec>();
    for (cipher, length) in [(Cipher::Aegis256, 49), (Cipher::Aes256Gcm, 29)] {
        assert_eq!(overhead(cipher, Format::S2), Some(length));
        for mut codec in codecs(cipher) {
            assert_eq!(codec.format(), Format::S2);
            assert_eq!(codec.format().to_string(), "s2");
            assert_eq!(codec.cipher(), cipher);
            assert_eq!(codec.engine(), codec.key().engine());
            assert_eq!(codec.key_id(), None);
            assert_eq!(codec.sealed_length(100, &Place::default()), 100 + length);
            let record = codec.seal(&[0], &Place::default()).unwrap();
            assert!(!codec.needs_reseal(&record).unwrap());
            let key = codec.key().clone();
            assert!(matches!(codec.add_decrypt_only_key(key), Err(Error::InvalidArgument(_))));
        }
    }
    for cipher in Cipher::ALL.into_iter().filter(|cipher| !CIPHERS.contains(cipher)) {
        assert_eq!(overhead(cipher, Format::S2), None);
        let key = Key::from_bytes(&vec![0; cipher.key_length()], cipher).unwrap();
        let stream = StreamId::from_bytes([0; 32]);
        assert!(matches!(RecordCodec::s2(key, stream), Err(Error::UnsupportedFormat(_))), "{cipher}");
    }
}

#[test]
fn nothing_that_is_printed_shows_keys_or_plaintexts() {
    let secret = "Schulze";
    let key = Key::from_bytes(&bytes(3, 32), Cipher::Aegis256).unwrap();
    let codec = RecordCodec::s2(&key, StreamId::from_bytes([0; 32])).unwrap();
    let header = Header { name: secret.as_bytes(), value: secret.as_bytes() };
    let envelope = Envelope { headers: vec![header], body: secret.as_bytes() };
    let text = envelope.encode().unwrap();
    let mut record = codec.seal(&text, &Place::default()).unwrap();
    let metered_size = envelope.metered_size();
    let opened = StoredRecord::Encrypted { metered_size, record: &record }.open(&codec).unwrap();
    let mut plaintext = vec![0; text.len()];
    let mut printed = format!("{codec:?} {envelope:?} {header:?} {opened:?}");
    let mut open = [OpenRecord::new(&record, Place::default(), &mut plaintext)];
    codec.open_batch(&mut open).unwrap();
    printed += &format!("{open:?} {:?}", StoredRecord::Plaintext(envelope));
    printed +=
        &format!("{:?}", SealRecord { plaintext: &text, place: Place::default(), record: &mut record });
    let as_numbers = format!("{:?}", secret.as_bytes());
    let as_numbers = as_numbers.trim_matches(['[', ']']);
    for shown in [secret, &hex::encode(secret), as_numbers, &hex::encode(key.as_bytes())] {
        assert!(!printed.contains(shown), "{shown} is shown: {printed}");
    }
}
