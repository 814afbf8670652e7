//! Batches of bound records: as records one by one, whatever their lengths, places and keys.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use pagecrypt::record::bound::{Header, Padding};
use pagecrypt::record::{Format, OpenRecord, Place, RecordCodec, SealRecord, outcome, overhead};
use pagecrypt::{Cipher, Error, Key, NonceSource, OsRandom};

#[path = "support/bound_records.rs"]
mod bound_records;
#[path = "support/bytes.rs"]
mod bytes;
#[path = "support/engines.rs"]
mod engines;

use bound_records::{CONTEXTS, Replay, code, codec, key, open_batch, place, seal_batch, seal_with, token};
use bytes::bytes;

/// Records of mixed lengths, from none to more than an engine takes together, at mixed places.
fn mixed(context: pagecrypt::record::bound::Context, count: usize) -> (Vec<Vec<u8>>, Vec<Place>) {
    let lengths = [0, 1, 17, 300, 64, 0, 1000, 33, 2000, 16];
    let texts = (0..count).map(|i| bytes(i as u64, lengths[i % lengths.len()])).collect();
    let places = (0..count)
        .map(|i| Place {
            sequence: (i % 3 > 0).then_some(i as u64),
            clock: (i % 2 > 0).then_some(i as u64 * 1000),
            reseals: if i % 4 == 3 { 2 } else { 0 },
            token: token(context, i as u8),
        })
        .collect();
    (texts, places)
}

fn nonce_of(record: &[u8], cipher: Cipher, text: usize) -> &[u8] {
    let end = record.len() - text - 16;
    let length = overhead(cipher, Format::Bound).unwrap() - 7 - 16;
    &record[end - length..end]
}

#[test]
fn a_batch_of_mixed_sizes_seals_and_opens_as_its_records_do_one_by_one() {
    for cipher in Cipher::ALL {
        for key in engines::keys(cipher, key(cipher, 1).as_bytes()) {
            // Each context with few and with many.
            for (count, context) in [0, 1, 2, 64, 65, 130].into_iter().zip(CONTEXTS.into_iter().cycle()) {
                let codec = RecordCodec::bound(key.clone(), context).unwrap();
                let (texts, places) = mixed(context, count);
                let records = seal_batch(&codec, &mut OsRandom, &texts, &places).unwrap();
                for ((record, text), place) in records.iter().zip(&texts).zip(&places) {
                    let nonce = nonce_of(record, cipher, text.len()).to_vec();
                    let alone = seal_with(&codec, &mut Replay::new(nonce), text, place).unwrap();
                    assert!(alone == *record, "{cipher} on {}, {count} records", key.engine());
                    assert!(codec.open(record, place).unwrap() == *text);
                }
                let (outcome, each) = open_batch(&codec, &records, &places);
                outcome.unwrap();
                assert!(each.into_iter().map(Result::unwrap).eq(texts), "{cipher}, {count} records");
            }
        }
    }
}

#[test]
fn what_goes_to_new_vectors_opens_one_by_one_and_the_outcome_is_that_of_buffers() {
    for context in CONTEXTS {
        let codec = codec(Cipher::Aegis256, context);
        let (texts, places) = mixed(context, 70);
        let placed: Vec<_> = texts.iter().map(Vec::as_slice).zip(places.iter().copied()).collect();
        let mut records = codec.seal_all(&placed).unwrap();
        for (record, (text, place)) in records.iter().zip(&placed) {
            assert_eq!(codec.open(record, place).unwrap(), *text);
        }
        for forged in [3, 60] {
            *records[forged].last_mut().unwrap() ^= 1;
        }
        records[65].truncate(5); // has no length either
        let (of_buffers, _) = open_batch(&codec, &records, &places);
        let placed: Vec<_> = records.iter().map(Vec::as_slice).zip(places.iter().copied()).collect();
        let opened = codec.open_all(&placed);
        for (index, (opened, text)) in opened.iter().zip(&texts).enumerate() {
            match index {
                3 | 60 => assert_eq!(code(opened), "authentication_failed"),
                65 => assert_eq!(code(opened), "malformed"),
                _ => assert_eq!(**opened.as_ref().unwrap(), *text),
            }
        }
        match (outcome(&opened), of_buffers) {
            (Err(Error::AuthenticationFailed(failures)), Err(Error::AuthenticationFailed(same))) => {
                assert_eq!(failures.numbers(), [3, 60]);
                assert_eq!(failures, same);
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(code(&outcome(&opened[61..])), "malformed");
        outcome(&opened[4..60]).unwrap();
        outcome(&codec.open_all(&[])).unwrap();
    }
}

#[test]
fn names_of_formats_and_paddings_are_read_back_and_others_are_not() {
    for format in Format::ALL {
        assert_eq!(format.name().parse::<Format>().unwrap(), format);
    }
    for padding in Padding::ALL {
        assert_eq!(padding.name().parse::<Padding>().unwrap(), padding);
    }
    for wrong in ["", "S2", "turso", "padme "] {
        assert_eq!(code(&wrong.parse::<Format>()), "invalid_argument");
        assert_eq!(code(&wrong.parse::<Padding>()), "invalid_argument");
    }
}

/// From several batches, writers of two keys, and single records, in any order.
#[test]
fn a_batch_opens_records_of_many_prefixes_and_keys_in_any_order() {
    for cipher in Cipher::ALL {
        let context = CONTEXTS[0];
        let old = codec(cipher, context);
        let mut codec = RecordCodec::bound(key(cipher, 2), context).unwrap();
        codec.add_decrypt_only_key(key(cipher, 1)).unwrap();
        let (texts, places) = mixed(context, 120);
        let mut records = Vec::new();
        for (part, (texts, places)) in texts.chunks(20).zip(places.chunks(20)).enumerate() {
            let sealer = if part % 2 == 0 { &old } else { &codec };
            records.extend(seal_batch(sealer, &mut OsRandom, texts, places).unwrap());
        }
        // 120 and 77 have no common divisor: each record once, neighbours far apart.
        let order: Vec<_> = (0..120).map(|i| i * 77 % 120).collect();
        let records: Vec<_> = order.iter().map(|i| records[*i].clone()).collect();
        let places: Vec<_> = order.iter().map(|i| places[*i]).collect();
        let (outcome, each) = open_batch(&codec, &records, &places);
        outcome.unwrap();
        assert!(each.into_iter().map(Result::unwrap).eq(order.iter().map(|i| texts[*i].clone())), "{cipher}");
    }
}

#[test]
fn a_path_that_is_written_again_and_again_has_another_nonce_each_time() {
    for cipher in Cipher::ALL {
        let codec = codec(cipher, CONTEXTS[1]);
        let place = place(CONTEXTS[1]);
        let (texts, places) = (vec![vec![1]; 500], vec![place; 500]);
        let mut nonces = Vec::new();
        for _ in 0..2 {
            let records = seal_batch(&codec, &mut OsRandom, &texts, &places).unwrap();
            nonces.extend(records.iter().map(|record| nonce_of(record, cipher, 1).to_vec()));
        }
        nonces.extend((0..500).map(|_| nonce_of(&codec.seal(&[1], &place).unwrap(), cipher, 1).to_vec()));
        nonces.sort();
        nonces.dedup();
        assert_eq!(nonces.len(), 1500, "{cipher}");
    }
}

#[test]
fn a_batch_that_cannot_be_sealed_whole_is_not_sealed_at_all() {
    struct Broken;
    impl NonceSource for Broken {
        fn fill(&mut self, _: &mut [u8]) -> Result<(), Error> {
            Err(Error::RandomSource)
        }
    }
    for cipher in Cipher::ALL {
        let context = CONTEXTS[0];
        let codec = codec(cipher, context);
        let (texts, mut places) = mixed(context, 100);
        // The helper looks whether anything was written.
        assert_eq!(code(&seal_batch(&codec, &mut Broken, &texts, &places)), "random_source");
        places[99].sequence = Some(u64::MAX);
        assert_eq!(code(&seal_batch(&codec, &mut OsRandom, &texts, &places)), "invalid_argument");

        let mut short = vec![0xc3; codec.sealed_length(4, &Place::default()) - 1];
        let record = SealRecord { plaintext: b"text", place: Place::default(), record: &mut short };
        assert_eq!(code(&codec.seal_batch(&mut [record])), "buffer_length");
        assert!(short.iter().all(|byte| *byte == 0xc3));

        let sealed = codec.seal(b"text", &Place::default()).unwrap();
        for length in [3, 5] {
            let mut plaintext = vec![0xc3; length];
            let mut batch = [OpenRecord::new(&sealed, Place::default(), &mut plaintext)];
            assert_eq!(code(&codec.open_batch(&mut batch)), "buffer_length");
            assert!(plaintext.iter().all(|byte| *byte == 0));
        }
    }
}

#[test]
fn lengths_are_what_overhead_says_and_8_bytes_more_with_a_clock() {
    let expected = [47, 47, 55, 55, 55, 39, 39, 39, 47];
    for (cipher, expected) in Cipher::ALL.into_iter().zip(expected) {
        assert_eq!(overhead(cipher, Format::Bound), Some(expected), "{cipher}");
        let codec = codec(cipher, CONTEXTS[0]);
        let with_clock = Place { clock: Some(0), ..Place::default() };
        let resealed = Place { reseals: 1, ..with_clock };
        for (place, more) in [(Place::default(), 0), (with_clock, 8), (resealed, 12)] {
            let record = codec.seal(&[0; 100], &place).unwrap();
            assert_eq!(record.len(), 100 + expected + more, "{cipher}");
            assert_eq!(codec.sealed_length(100, &place), record.len());
            assert_eq!(codec.opened_length(&record).unwrap(), 100);
        }
        assert_eq!(codec.sealed_length(usize::MAX, &with_clock), usize::MAX);
    }
}

#[test]
fn records_of_other_versions_flags_and_ciphers_are_told_apart_before_anything_is_opened() {
    let codec = codec(Cipher::Aegis128l, CONTEXTS[0]);
    let record = codec.seal(b"text", &Place { clock: Some(1), reseals: 1, ..Place::default() }).unwrap();
    let cases: [(&str, usize, &[u8], &str); 8] = [
        ("as it is", 0, &[1], "ok"),
        ("version 0", 0, &[0], "unsupported_format"),
        ("version 2", 0, &[2], "unsupported_format"),
        ("no cipher of the catalogue", 1, &[200], "unsupported_format"),
        ("another cipher", 1, &[7], "cipher_mismatch"),
        ("a count of reseals without a clock", 2, &[2], "unsupported_format"),
        ("a flag to come", 2, &[4], "unsupported_format"),
        ("a count of reseals of 0", 15, &[0; 4], "malformed"),
    ];
    for (name, at, change, expected) in cases {
        let mut record = record.clone();
        record[at..at + change.len()].copy_from_slice(change);
        assert_eq!(code(&codec.opened_length(&record)), expected, "{name}");
        assert_eq!(code(&codec.needs_reseal(&record)), expected, "{name}");
        assert_eq!(code(&codec.open(&record, &Place::default())), expected, "{name}");
        assert_eq!(
            code(&Header::parse(&record)),
            if expected == "cipher_mismatch" { "ok" } else { expected }
        );
    }
}

#[test]
fn every_seal_is_counted_and_only_ciphers_with_drawn_nonces_of_128_bits_have_a_limit() {
    for cipher in Cipher::ALL {
        let key = key(cipher, 1);
        let codec = RecordCodec::bound(&key, CONTEXTS[0]).unwrap();
        codec.seal(b"", &Place::default()).unwrap();
        seal_batch(&codec, &mut OsRandom, &vec![vec![]; 99], &[Place::default(); 99]).unwrap();
        assert_eq!(key.seals(), 100, "{cipher}");
    }
}

#[test]
fn nothing_printed_of_a_codec_is_a_secret() {
    for cipher in Cipher::ALL {
        let bytes = bytes(u64::from(cipher.number()), cipher.key_length());
        let codec = RecordCodec::bound(Key::from_bytes(&bytes, cipher).unwrap(), CONTEXTS[0]).unwrap();
        let record = codec.seal(b"text", &Place::default()).unwrap();
        codec.open(&record, &Place::default()).unwrap();
        let printed = format!("{codec:?} {codec:#?}");
        assert!(printed.contains("redacted") && !printed.contains(&format!("{}, {}", bytes[0], bytes[1])));
    }
}

#[test]
fn threads_share_a_codec() {
    for cipher in Cipher::ALL {
        let codec = codec(cipher, CONTEXTS[0]);
        std::thread::scope(|scope| {
            for thread in 0..4_u8 {
                let codec = &codec;
                scope.spawn(move || {
                    for round in 0..100 {
                        let place = Place { sequence: Some(round), ..Place::default() };
                        let record = codec.seal(&[thread; 40], &place).unwrap();
                        assert_eq!(codec.open(&record, &place).unwrap(), [thread; 40]);
                    }
                });
            }
        });
    }
}
