//! A bound record opens where it belongs and nowhere else; what no record alone can refuse is named here, too.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use pagecrypt::record::bound::{Context, Header, key_id};
use pagecrypt::record::{Place, RecordCodec};
use pagecrypt::{Cipher, Error, Unit};

#[path = "support/bound_records.rs"]
mod bound_records;
#[path = "support/bytes.rs"]
mod bytes;
#[path = "support/engines.rs"]
mod engines;

use bound_records::{CONTEXTS, code, codec, key, place};

const STREAM: [u8; 32] = [0x51; 32];
const OTHER_STREAM: [u8; 32] = [0x61; 32];
const STORE: [u8; 16] = [0x52; 16];
const OTHER_STORE: [u8; 16] = [0x62; 16];
const WRITER: [u8; 16] = [0x53; 16];

/// A record's way from one place to another, and what must come of it.
struct Move {
    name: &'static str,
    from: (Context, Place),
    to: (Context, Place),
    outcome: &'static str,
}

fn at(sequence: Option<u64>, clock: Option<u64>, token: Option<u8>) -> Place {
    Place { sequence, clock, token: token.map(|byte| [byte; 32]), ..Place::default() }
}

fn moves() -> Vec<Move> {
    let stream = Context::Stream(STREAM);
    let store = Context::Store(STORE);
    let writer = Context::Writer { stream: STREAM, writer: WRITER };
    let other_writer = Context::Writer { stream: STREAM, writer: [0x63; 16] };
    let writer_elsewhere = Context::Writer { stream: OTHER_STREAM, writer: WRITER };
    let row = |name, from, to, outcome| Move { name, from, to, outcome };
    let forged = "authentication_failed";
    // Keys belong to a stream or store, so a record of another one has a key id that is unknown here.
    let unknown = "unknown_key_id";
    let none = at(None, None, None);
    let third = at(Some(3), None, None);
    let (path, other_path) = (at(None, Some(5), Some(1)), at(None, Some(5), Some(2)));
    vec![
        row("a stream's record, in its place", (stream, third), (stream, third), "ok"),
        row("to another stream", (stream, third), (Context::Stream(OTHER_STREAM), third), unknown),
        row("to another sequence number", (stream, third), (stream, at(Some(4), None, None)), forged),
        row("to where no sequence number is expected", (stream, third), (stream, none), forged),
        row("from where none was given", (stream, none), (stream, at(Some(0), None, None)), forged),
        row("to a writer of the stream", (stream, third), (writer, third), forged),
        row("to a store", (stream, third), (store, at(Some(3), None, Some(1))), unknown),
        row("a store's record, in its place", (store, path), (store, path), "ok"),
        row("to another store", (store, path), (Context::Store(OTHER_STORE), path), unknown),
        row("to another path", (store, path), (store, other_path), forged),
        row("to another clock", (store, path), (store, at(None, Some(6), Some(1))), forged),
        row(
            "to a sequence number of the path",
            (store, path),
            (store, at(Some(0), Some(5), Some(1))),
            forged,
        ),
        row("a writer's record, in its place", (writer, third), (writer, third), "ok"),
        row("to another writer", (writer, third), (other_writer, third), forged),
        row("to the writer's other stream", (writer, third), (writer_elsewhere, third), unknown),
        row("to another number of the writer", (writer, third), (writer, at(Some(2), None, None)), forged),
        row("to the stream itself", (writer, third), (stream, third), forged),
    ]
}

/// The key id is no secret: whoever moves a record can write the one that is expected over it.
fn with_key_id_of(record: &[u8], codec: &RecordCodec) -> Vec<u8> {
    let mut record = record.to_vec();
    record[3..7].copy_from_slice(&codec.key_id().unwrap());
    record
}

#[test]
fn a_record_opens_in_its_place_only() {
    for cipher in Cipher::ALL {
        for case in moves() {
            let (source, target) = (codec(cipher, case.from.0), codec(cipher, case.to.0));
            let record = source.seal(b"content", &case.from.1).unwrap();
            let context = format!("{cipher}: {}", case.name);
            assert_eq!(code(&target.open(&record, &case.to.1)), case.outcome, "{context}");

            let renamed = target.open(&with_key_id_of(&record, &target), &case.to.1);
            let outcome = if case.outcome == "ok" { "ok" } else { "authentication_failed" };
            assert_eq!(code(&renamed), outcome, "{context}, under the expected key id");
        }
    }
}

/// HMAC fills a short salt up with zeros, so a store shares its keys with the stream whose id is the store's and 16 zeros.
/// Contexts begin with their kind: records stay apart all the same.
#[test]
fn a_store_and_the_stream_with_its_id_and_zeros_share_keys_but_no_records() {
    let mut stream = [0; 32];
    stream[..16].copy_from_slice(&STORE);
    let (store, stream) = (Context::Store(STORE), Context::Stream(stream));
    for cipher in Cipher::ALL {
        assert_eq!(key_id(&key(cipher, 1), &store).unwrap(), key_id(&key(cipher, 1), &stream).unwrap());
        let (in_store, in_stream) = (at(Some(1), None, Some(0)), at(Some(1), None, None));
        for (from, to) in [((store, in_store), (stream, in_stream)), ((stream, in_stream), (store, in_store))]
        {
            let record = codec(cipher, from.0).seal(b"content", &from.1).unwrap();
            codec(cipher, from.0).open(&record, &from.1).unwrap();
            let moved = codec(cipher, to.0).open(&record, &to.1);
            assert_eq!(code(&moved), "authentication_failed", "{cipher}, from {from:?}");
        }
    }
}

#[test]
fn another_key_of_the_same_context_is_an_unknown_key_id_and_not_tampering() {
    for cipher in Cipher::ALL {
        for context in CONTEXTS {
            let record = codec(cipher, context).seal(b"content", &place(context)).unwrap();
            let other = RecordCodec::bound(key(cipher, 2), context).unwrap();
            assert_eq!(code(&other.open(&record, &place(context))), "unknown_key_id");
            let renamed = with_key_id_of(&record, &other);
            assert_eq!(code(&other.open(&renamed, &place(context))), "authentication_failed");
        }
    }
}

/// What no record alone can refuse. Each line is a promise that is **not** made; docs/format.md says who can keep it.
#[test]
fn what_is_not_refused() {
    for cipher in Cipher::ALL {
        let (stream, store) = (codec(cipher, Context::Stream(STREAM)), codec(cipher, Context::Store(STORE)));

        // Replay and reordering, where the caller gives no sequence number.
        let nowhere = at(None, None, None);
        let first = stream.seal(b"first", &nowhere).unwrap();
        let second = stream.seal(b"second", &nowhere).unwrap();
        for (record, text) in [(&second, b"second".as_slice()), (&first, b"first"), (&first, b"first")] {
            assert_eq!(stream.open(record, &nowhere).unwrap(), text, "{cipher}");
        }

        // Another record that was sealed for the same sequence number.
        let third = at(Some(3), None, None);
        let one = stream.seal(b"one", &third).unwrap();
        let other = stream.seal(b"other", &third).unwrap();
        assert_eq!(stream.open(&one, &third).unwrap(), b"one");
        assert_eq!(stream.open(&other, &third).unwrap(), b"other");

        // An older record of the same path: only its clock shows it, which the caller has to compare.
        let old = store.seal(b"old", &at(None, Some(1), Some(1))).unwrap();
        store.seal(b"new", &at(None, Some(2), Some(1))).unwrap();
        assert_eq!(store.open(&old, &at(None, None, Some(1))).unwrap(), b"old");
        assert_eq!(Header::parse(&old).unwrap().clock, Some(1));
        assert_eq!(code(&store.open(&old, &at(None, Some(2), Some(1)))), "authentication_failed");
    }
}

#[test]
fn places_that_a_context_cannot_have_are_refused() {
    let cases = [
        (Context::Store(STORE), at(None, None, None)),
        (Context::Stream(STREAM), at(None, None, Some(1))),
        (Context::Writer { stream: STREAM, writer: WRITER }, at(None, None, Some(1))),
        (Context::Stream(STREAM), at(Some(u64::MAX), None, None)),
        (Context::Store(STORE), at(Some(u64::MAX), None, Some(1))),
    ];
    for (context, wrong) in cases {
        let codec = codec(Cipher::Aegis256, context);
        assert_eq!(code(&codec.seal(b"", &wrong)), "invalid_argument", "{context:?}, {wrong:?}");
        let record = codec.seal(b"", &place(context)).unwrap();
        assert_eq!(code(&codec.open(&record, &wrong)), "invalid_argument", "{context:?}, {wrong:?}");
    }
    let codec = codec(Cipher::Aegis256, Context::Stream(STREAM));
    codec.seal(b"", &at(Some(u64::MAX - 1), None, None)).unwrap();
    let resealed_without_clock = Place { reseals: 1, ..Place::default() };
    assert_eq!(code(&codec.seal(b"", &resealed_without_clock)), "invalid_argument");
}

/// What a change of a byte must lead to, in a record with clock and count of reseals.
fn expected(at: usize, change: u8) -> &'static [&'static str] {
    match (at, change) {
        (0, _) => &["unsupported_format"],
        (1, _) => &["cipher_mismatch", "unsupported_format"],
        // Without that flag the count of reseals belongs to the nonce, and all else is another record.
        (2, 2) => &["authentication_failed"],
        (2, _) => &["unsupported_format"],
        (3..7, _) => &["unknown_key_id"],
        _ => &["authentication_failed"],
    }
}

#[test]
fn a_record_with_any_byte_changed_does_not_open_and_its_neighbours_do() {
    for cipher in Cipher::ALL {
        for key in engines::keys(cipher, key(cipher, 1).as_bytes()) {
            for context in CONTEXTS {
                let codec = RecordCodec::bound(key.clone(), context).unwrap();
                let place = Place { reseals: 3, ..place(context) };
                let texts = [vec![1; 50], vec![2; 33], vec![3; 70]];
                let sealed =
                    bound_records::seal_batch(&codec, &mut pagecrypt::OsRandom, &texts, &[place; 3]).unwrap();
                for at in (0..sealed[1].len()).step_by(engines::stride()) {
                    for change in [0x01, 0x02, 0x80] {
                        let mut forged = sealed.clone();
                        forged[1][at] ^= change;
                        let (outcome, each) = bound_records::open_batch(&codec, &forged, &[place; 3]);
                        let case = format!("{cipher}, {context:?}, byte {at} ^ {change:#04x}: {outcome:?}");
                        assert!(expected(at, change).contains(&code(&outcome)), "{case}");
                        assert_eq!(code(&each[1]), code(&outcome), "{case}");
                        assert_eq!(each[0].as_ref().unwrap(), &texts[0], "{case}");
                        assert_eq!(each[2].as_ref().unwrap(), &texts[2], "{case}");
                    }
                }
            }
        }
    }
}

#[test]
fn a_record_that_is_cut_or_longer_does_not_open() {
    for cipher in Cipher::ALL {
        for context in CONTEXTS {
            let codec = codec(cipher, context);
            let record = codec.seal(b"", &place(context)).unwrap();
            for length in 0..record.len() {
                let cut = &record[..length];
                assert_eq!(code(&codec.open(cut, &place(context))), "malformed", "{cipher}, {length} bytes");
            }
            let long = [&record[..], &[0]].concat();
            assert_eq!(code(&codec.open(&long, &place(context))), "authentication_failed");
        }
    }
}

#[test]
fn every_record_of_a_batch_that_is_not_authentic_is_listed() {
    for cipher in Cipher::ALL {
        let context = Context::Stream(STREAM);
        let codec = codec(cipher, context);
        let places: Vec<_> = (0..150).map(|number| at(Some(number), None, None)).collect();
        let texts: Vec<_> = (0..150).map(|number| vec![7; number]).collect();
        let mut records =
            bound_records::seal_batch(&codec, &mut pagecrypt::OsRandom, &texts, &places).unwrap();
        for victim in [1, 64, 65, 149] {
            *records[victim].last_mut().unwrap() ^= 1;
        }
        records[100][0] = 9; // fails otherwise, and later
        let (outcome, each) = bound_records::open_batch(&codec, &records, &places);
        let Err(Error::AuthenticationFailed(failures)) = outcome else { panic!("{outcome:?}") };
        assert_eq!((failures.unit(), failures.numbers()), (Unit::Message, &[1, 64, 65, 149][..]));
        assert_eq!(code(&each[100]), "unsupported_format");
        assert_eq!(each.iter().filter(|outcome| outcome.is_ok()).count(), 145);
        let Err(Error::AuthenticationFailed(failure)) = &each[65] else { panic!("{:?}", each[65]) };
        assert_eq!(failure.numbers(), [65]);
    }
}
