//! Keys of bound records: rotated without losing what is there, told apart, and never mixed up.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::cmp::Ordering;

use pagecrypt::record::bound::{Context, Header, compare_writes, generate_key, generate_key_with, key_id};
use pagecrypt::record::{Place, RecordCodec};
use pagecrypt::{Cipher, Key};
use proptest::prelude::*;

#[path = "support/bound_records.rs"]
mod bound_records;
#[path = "support/bytes.rs"]
mod bytes;

use bound_records::{CONTEXTS, Replay, code, codec, key, open_batch, place};

/// A codec that seals under key 2 and opens what was sealed under key 1, too.
fn rotated(cipher: Cipher, context: Context) -> RecordCodec {
    let mut codec = RecordCodec::bound(key(cipher, 2), context).unwrap();
    codec.add_decrypt_only_key(key(cipher, 1)).unwrap();
    codec
}

#[test]
fn records_under_the_old_key_open_and_say_that_they_wait_for_the_new_one() {
    for cipher in Cipher::ALL {
        for context in CONTEXTS {
            let (old, new) = (codec(cipher, context), rotated(cipher, context));
            let place = place(context);
            let record = old.seal(b"history", &place).unwrap();
            assert!(!old.needs_reseal(&record).unwrap());
            assert!(new.needs_reseal(&record).unwrap());
            assert_eq!(new.open(&record, &place).unwrap(), b"history");

            let resealed = new.reseal(&record, &place).unwrap();
            assert!(!new.needs_reseal(&resealed).unwrap());
            assert_eq!(new.open(&resealed, &place).unwrap(), b"history");
            // Who has not got the new key cannot judge, which is not tampering.
            assert_eq!(code(&old.open(&resealed, &place)), "unknown_key_id");
            assert_eq!(code(&old.needs_reseal(&resealed)), "unknown_key_id");
        }
    }
}

#[test]
fn keys_of_another_cipher_open_history_too() {
    let context = CONTEXTS[0];
    for from in Cipher::ALL {
        for to in Cipher::ALL {
            let record = codec(from, context).seal(b"history", &Place::default()).unwrap();
            let mut codec = RecordCodec::bound(key(to, 2), context).unwrap();
            if from != to {
                assert_eq!(code(&codec.open(&record, &Place::default())), "cipher_mismatch");
            }
            codec.add_decrypt_only_key(key(from, 1)).unwrap();
            assert_eq!(codec.open(&record, &Place::default()).unwrap(), b"history", "{from} to {to}");
            let resealed = codec.reseal(&record, &Place::default()).unwrap();
            assert_eq!(Header::parse(&resealed).unwrap().cipher, to);
        }
    }
}

#[test]
fn a_key_that_is_there_already_is_not_added_again() {
    let mut codec = rotated(Cipher::Aegis256, CONTEXTS[0]);
    let before = format!("{codec:?}");
    codec.add_decrypt_only_key(key(Cipher::Aegis256, 1)).unwrap();
    codec.add_decrypt_only_key(key(Cipher::Aegis256, 2)).unwrap();
    assert_eq!(format!("{codec:?}"), before);
    let record = codec.seal(b"", &Place::default()).unwrap();
    assert!(!codec.needs_reseal(&record).unwrap(), "the key that seals stays the one that seals");
}

#[test]
fn a_resealed_record_wins_over_its_older_form_and_loses_to_any_later_write() {
    for cipher in Cipher::ALL {
        let context = CONTEXTS[1];
        let (old, new) = (codec(cipher, context), rotated(cipher, context));
        let place = place(context);
        let later = Place { clock: place.clock.map(|clock| clock + 1), ..place };
        // Bytes alone would decide by the key ids, which are the same in every round, or by nonces, which are not.
        for _ in 0..20 {
            let record = old.seal(b"content", &place).unwrap();
            let resealed = new.reseal(&record, &place).unwrap();
            let again = new.reseal(&resealed, &place).unwrap();
            let write = old.seal(b"later", &later).unwrap();
            let order = [record, resealed, again, write];
            for (i, a) in order.iter().enumerate() {
                for (j, b) in order.iter().enumerate() {
                    assert_eq!(compare_writes(a, b).unwrap(), i.cmp(&j), "{cipher}: {i}, {j}");
                }
            }
            assert_eq!(Header::parse(&order[2]).unwrap().reseals, 2);
            assert_eq!(Header::parse(&order[2]).unwrap().clock, place.clock);
        }
    }
}

#[test]
fn a_record_without_a_clock_is_resealed_without_a_count() {
    let context = CONTEXTS[0];
    let (old, new) = (codec(Cipher::Aegis256, context), rotated(Cipher::Aegis256, context));
    let record = old.seal(b"content", &Place::default()).unwrap();
    let resealed = new.reseal(&record, &Place::default()).unwrap();
    let header = Header::parse(&resealed).unwrap();
    assert_eq!((header.clock, header.reseals, resealed.len()), (None, 0, record.len()));
}

#[test]
fn the_count_of_reseals_stays_at_its_highest() {
    let codec = codec(Cipher::Aegis256, CONTEXTS[0]);
    let place = Place { clock: Some(1), reseals: u32::MAX, ..Place::default() };
    let record = codec.seal(b"", &place).unwrap();
    let resealed = codec.reseal(&record, &Place::default()).unwrap();
    assert_eq!(Header::parse(&resealed).unwrap().reseals, u32::MAX);
}

/// A batch is opened, and sealed again where each record's header says.
#[test]
fn a_batch_is_resealed_by_opening_and_sealing_it() {
    let context = CONTEXTS[1];
    let (old, new) = (codec(Cipher::Aes256Gcm, context), rotated(Cipher::Aes256Gcm, context));
    let places: Vec<_> =
        (0..10).map(|i| Place { clock: Some(i), sequence: None, ..place(context) }).collect();
    let texts: Vec<_> = (0..10).map(|i| vec![i; 30]).collect();
    let records = bound_records::seal_batch(&old, &mut pagecrypt::OsRandom, &texts, &places).unwrap();
    let headers: Vec<_> = records.iter().map(|record| Header::parse(record).unwrap()).collect();
    let resealed_places: Vec<_> =
        headers.iter().zip(&places).map(|(header, place)| header.resealed(place)).collect();
    let resealed =
        bound_records::seal_batch(&new, &mut pagecrypt::OsRandom, &texts, &resealed_places).unwrap();
    for (record, resealed) in records.iter().zip(&resealed) {
        assert_eq!(compare_writes(resealed, record).unwrap(), Ordering::Greater);
    }
    let (outcome, each) = open_batch(&new, &resealed, &places);
    outcome.unwrap();
    assert!(each.into_iter().map(Result::unwrap).eq(texts));
}

/// A record made of what two writes are compared by, which need not be authentic for that.
fn write(clock: Option<u64>, reseals: u32, rest: u8) -> Vec<u8> {
    let flags = u8::from(clock.is_some()) | if clock.is_some() && reseals > 0 { 2 } else { 0 };
    let mut record = vec![1, 3, flags, 0, 0, 0, rest % 3];
    if let Some(clock) = clock {
        record.extend(clock.to_le_bytes());
        if reseals > 0 {
            record.extend(reseals.to_le_bytes());
        }
    }
    record.extend([rest; 48]);
    record
}

prop_compose! {
    fn any_write()(clock in prop::option::of(0..4_u64), reseals in 0..3_u32, rest in 0..4_u8) -> Vec<u8> {
        write(clock, reseals, rest)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whoever_has_the_same_writes_keeps_the_same_one(
        (writes, other_order) in prop::collection::vec(any_write(), 1..8)
            .prop_flat_map(|writes| (Just(writes.clone()), Just(writes).prop_shuffle()))
    ) {
        let last = |writes: &[Vec<u8>]| -> Vec<u8> {
            writes.iter().max_by(|a, b| compare_writes(a, b).unwrap()).unwrap().clone()
        };
        prop_assert_eq!(last(&writes), last(&other_order));
        for a in &writes {
            for b in &writes {
                let order = compare_writes(a, b).unwrap();
                prop_assert_eq!(order, compare_writes(b, a).unwrap().reverse());
                prop_assert_eq!(order == Ordering::Equal, a == b);
            }
        }
    }
}

#[test]
fn later_clocks_win_as_numbers_and_any_clock_over_none() {
    let order = [
        write(None, 0, 9),
        write(Some(0), 0, 9),
        write(Some(0), 1, 1),
        write(Some(255), 0, 1),
        write(Some(255), 256, 0),
        write(Some(256), 0, 0),
        write(Some(u64::MAX), 0, 0),
        write(Some(u64::MAX), 0, 1),
    ];
    for pair in order.windows(2) {
        assert_eq!(compare_writes(&pair[0], &pair[1]).unwrap(), Ordering::Less, "{pair:02x?}");
    }
    assert_eq!(code(&compare_writes(&order[0], &order[1][..20])), "malformed");
}

/// Where two keys, which were found by trying, have the same id.
const COLLISION: Context = Context::Stream([0x51; 32]);

fn colliding_keys() -> [Key; 2] {
    [12_790_u32, 35_761].map(|number| {
        let mut bytes = [0; 16];
        bytes[..4].copy_from_slice(&number.to_le_bytes());
        Key::from_bytes(&bytes, Cipher::Aegis128l).unwrap()
    })
}

#[test]
fn two_keys_with_the_same_id_both_open() {
    let keys = colliding_keys();
    let ids = keys.each_ref().map(|key| key_id(key, &COLLISION).unwrap());
    assert_eq!(ids, [[0x3d, 0x01, 0xb9, 0x6d]; 2]);

    let mut codec = codec(Cipher::Aegis128l, COLLISION);
    keys.iter().for_each(|key| codec.add_decrypt_only_key(key).unwrap());
    let sealers = keys.map(|key| RecordCodec::bound(key, COLLISION).unwrap());
    // More than an engine takes together, the keys in turns, and some that neither opens.
    let place = Place::default();
    let records: Vec<_> = (0..150_usize)
        .map(|i| {
            let mut record = sealers[i % 2].seal(&[i as u8; 20], &place).unwrap();
            *record.last_mut().unwrap() ^= u8::from(i % 50 == 49);
            record
        })
        .collect();
    let (outcome, each) = open_batch(&codec, &records, &[place; 150]);
    let Err(pagecrypt::Error::AuthenticationFailed(failures)) = outcome else { panic!("{outcome:?}") };
    assert_eq!(failures.numbers(), [49, 99, 149]);
    for (i, plaintext) in each.into_iter().enumerate().filter(|(i, _)| i % 50 != 49) {
        assert_eq!(plaintext.unwrap(), [i as u8; 20]);
    }
    assert!(records.iter().all(|record| codec.needs_reseal(record).unwrap()));
}

/// Otherwise nobody could tell which records wait for being resealed.
#[test]
fn the_key_that_seals_may_not_have_the_id_of_another() {
    let [one, other] = colliding_keys();
    let mut codec = RecordCodec::bound(one, COLLISION).unwrap();
    assert_eq!(code(&codec.add_decrypt_only_key(other)), "invalid_argument");
}

#[test]
fn a_key_whose_id_is_taken_is_drawn_again() {
    let [one, other] = colliding_keys();
    let taken = [key_id(&one, &COLLISION).unwrap()];
    let third = key(Cipher::Aegis128l, 3);
    let draws = [other.as_bytes(), one.as_bytes(), third.as_bytes()].concat();
    let mut source = Replay::new(draws);
    let drawn = generate_key_with(&mut source, Cipher::Aegis128l, &COLLISION, &taken).unwrap();
    assert_eq!((drawn, source.left()), (third, 0));

    let fresh = generate_key(Cipher::Aegis128l, &COLLISION, &taken).unwrap();
    assert!(!taken.contains(&key_id(&fresh, &COLLISION).unwrap()));

    // A source that gives the same key for ever is broken.
    let mut broken = Replay::new(one.as_bytes().iter().copied().cycle().take(16 * 100));
    let outcome = generate_key_with(&mut broken, Cipher::Aegis128l, &COLLISION, &taken);
    assert_eq!(code(&outcome), "random_source");
}
