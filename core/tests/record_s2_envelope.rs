//! Envelopes, commands and frames of S2: written in the shortest form, read in any, and no input is too strange.
#![cfg(feature = "std")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use pagecrypt::Error;
use pagecrypt::record::s2::{
    Command, Envelope, Header, MAX_FENCING_TOKEN_LENGTH, MAX_METERED_SIZE, StoredRecord,
};
use proptest::collection::vec;
use proptest::prelude::*;

#[path = "support/bytes.rs"]
mod bytes;

use bytes::bytes;

type Owned = (Vec<(Vec<u8>, Vec<u8>)>, Vec<u8>);

fn borrowed((headers, body): &Owned) -> Envelope<'_> {
    Envelope { headers: headers.iter().map(|(name, value)| Header { name, value }).collect(), body }
}

/// Another writer: with widths as they come, and a count that is written even where it is zero.
fn encoded_with((headers, body): &Owned, count: usize, name: usize, value: usize) -> Vec<u8> {
    let number = |number: usize, width: usize| (number as u64).to_be_bytes()[8 - width..].to_vec();
    let mut bytes = vec![(count << 4 | (name - 1) << 2 | (value - 1)) as u8];
    bytes.extend(number(headers.len(), count));
    for (n, v) in headers {
        bytes.extend([number(n.len(), name), n.clone(), number(v.len(), value), v.clone()].concat());
    }
    bytes.extend(body);
    bytes
}

/// How many bytes a number takes, said in another way.
fn width(number: usize) -> usize {
    match number {
        0..=0xff => 1,
        0x100..=0xffff => 2,
        _ => 3,
    }
}

fn shortest(envelope: &Owned) -> Vec<u8> {
    let widest = |lengths: &mut dyn Iterator<Item = usize>| width(lengths.max().unwrap_or(0));
    let name = widest(&mut envelope.0.iter().map(|(name, _)| name.len()));
    let value = widest(&mut envelope.0.iter().map(|(_, value)| value.len()));
    let count = if envelope.0.is_empty() { 0 } else { width(envelope.0.len()) };
    encoded_with(envelope, count, name, value)
}

fn owned() -> impl Strategy<Value = Owned> {
    // Contents from a seed: proptest takes long to draw and to shrink that many bytes.
    let part = |least: usize| {
        let length = prop_oneof![20 => least..=20_usize, 2 => 250..260_usize, 1 => 65_530..65_540_usize];
        (any::<u64>(), length).prop_map(|(seed, length)| bytes(seed, length))
    };
    let headers = prop_oneof![10 => vec((part(1), part(0)), 0..6), 1 => Just(vec![(vec![7], vec![]); 300])];
    (headers, part(0))
}

/// Bytes of which some begin like an envelope.
fn strange() -> impl Strategy<Value = Vec<u8>> {
    let like_headers = vec(prop_oneof![0..3_u8, any::<u8>()], 0..60);
    prop_oneof![
        vec(any::<u8>(), 0..60),
        (0..64_u8, like_headers).prop_map(|(flag, rest)| [vec![flag], rest].concat())
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn what_is_written_is_the_shortest_form_and_reads_back(envelope in owned()) {
        let encoded = borrowed(&envelope).encode().unwrap();
        prop_assert!(encoded == shortest(&envelope));
        prop_assert_eq!(borrowed(&envelope).encoded_length(), encoded.len());
        let read = Envelope::decode(&encoded).unwrap();
        prop_assert!(read == borrowed(&envelope));
        let parts: usize = envelope.0.iter().map(|(name, value)| 2 + name.len() + value.len()).sum();
        prop_assert_eq!(read.metered_size(), (8 + parts + envelope.1.len()) as u64);
        prop_assert!(Envelope::decode_metered(&encoded, read.metered_size()).is_ok());
    }

    #[test]
    fn wider_numbers_than_needed_read_the_same(envelope in owned(), more in (0..3_usize, 0..4_usize, 0..4_usize)) {
        let encoded = shortest(&envelope);
        let least = (encoded[0] >> 4 & 3, encoded[0] >> 2 & 3, encoded[0] & 3);
        let count = (usize::from(least.0) + more.0).min(3);
        let wide = encoded_with(&envelope, count, (usize::from(least.1) + 1 + more.1).min(4), (usize::from(least.2) + 1 + more.2).min(4));
        prop_assert!(Envelope::decode(&wide).unwrap() == borrowed(&envelope));
    }

    #[test]
    fn an_envelope_that_ends_within_its_headers_is_malformed(envelope in owned(), at in any::<prop::sample::Index>()) {
        let encoded = borrowed(&envelope).encode().unwrap();
        let headers = encoded.len() - envelope.1.len();
        let cut = &encoded[..at.index(headers)];
        let outcome = Envelope::decode(cut);
        // Bytes of a body may look like the headers that are missing, but here there is none.
        prop_assert!(matches!(outcome, Err(Error::Malformed(_))), "{outcome:?}");
    }

    #[test]
    fn no_bytes_are_too_strange_for_an_envelope(bytes in strange()) {
        if let Ok(envelope) = Envelope::decode(&bytes) {
            let encoded = envelope.encode().unwrap();
            prop_assert!(encoded.len() <= bytes.len());
            prop_assert!(Envelope::decode(&encoded).unwrap() == envelope);
        }
    }

    #[test]
    fn no_bytes_are_too_strange_for_a_stored_record(magic in 0..32_u8, bytes in strange()) {
        for bytes in [[vec![magic], bytes.clone()].concat(), bytes] {
            if let Ok(stored) = StoredRecord::decode(&bytes) {
                match (stored.encode(), &stored) {
                    (Ok(encoded), _) => prop_assert!(StoredRecord::decode(&encoded).unwrap() == stored),
                    (Err(error), StoredRecord::Encrypted { metered_size, .. }) => {
                        prop_assert!(*metered_size > MAX_METERED_SIZE, "{error}");
                    }
                    (Err(error), _) => prop_assert!(false, "{error}"),
                }
            }
            if let Ok(command) = Command::decode(&bytes) {
                prop_assert_eq!(command.encode().unwrap(), bytes);
            }
        }
    }
}

#[test]
fn known_envelopes_are_written_as_s2_writes_them() {
    let header = |name, value| Header { name, value };
    for (headers, body, expected) in [
        (vec![], &b""[..], &b"\0"[..]),
        (vec![], b"b", b"\0b"),
        (vec![header(b"k", b"v")], b"b", b"\x10\x01\x01k\x01vb"),
        (vec![header(b"k", b"")], b"", b"\x10\x01\x01k\x00"),
    ] {
        let envelope = Envelope { headers, body };
        assert_eq!(envelope.encode().unwrap(), expected);
        assert_eq!(Envelope::decode(expected).unwrap(), envelope);
    }
}

#[test]
fn a_malformed_envelope_says_which_part_is_wrong() {
    for (bytes, part) in [
        (&b""[..], "first byte"),
        (b"\x40", "reserved bits"),
        (b"\x80abc", "reserved bits"),
        (b"\x10", "count of headers"),
        (b"\x30\0\0", "count of headers"),
        (b"\x10\x01", "length of a header's name"),
        (b"\x14\x01\0", "length of a header's name"),
        (b"\x10\x01\x02k", "the name of a header is cut off"),
        (b"\x10\x01\0", "the name of a header is empty"),
        (b"\x10\x01\x01k", "length of a header's value"),
        (b"\x13\x01\x01k\0\0\0", "length of a header's value"),
        (b"\x10\x01\x01k\x01", "the value of a header is cut off"),
        (b"\x1c\x01\xff\xff\xff\xffk", "the name of a header is cut off"),
        (b"\x13\x01\x01k\xff\xff\xff\xffv", "the value of a header is cut off"),
    ] {
        match Envelope::decode(bytes) {
            Err(Error::Malformed(said)) => assert!(said.contains(part), "{bytes:x?}: {said}"),
            other => panic!("{bytes:x?}: {other:?}"),
        }
    }
}

#[test]
fn an_envelope_without_headers_may_be_written_with_a_count_or_with_widths() {
    for bytes in [&b"\0abc"[..], b"\x0fabc", b"\x10\0abc", b"\x20\0\0abc", b"\x3f\0\0\0abc"] {
        let envelope = Envelope::decode(bytes).unwrap();
        assert_eq!((envelope.headers.len(), envelope.body), (0, &b"abc"[..]));
    }
}

#[test]
fn a_record_has_at_most_one_mebibyte() {
    let longest = vec![7; MAX_METERED_SIZE as usize - 8];
    assert_eq!(longest.len(), 1_048_568);
    let is_argument = |error: &Error| matches!(error, Error::InvalidArgument(_));
    let envelope = |headers, body| Envelope { headers, body };
    let header = |name, value| Header { name, value };
    let fits = [
        envelope(vec![], &longest[..]),
        envelope(vec![header(b"n", b"v")], &longest[4..]),
        envelope(vec![header(b"n", &longest[3..])], b""),
        envelope(vec![header(&longest[2..], b"")], b""),
        envelope(vec![header(b"n", b""); longest.len() / 3], b""),
    ];
    for envelope in fits {
        assert!(envelope.metered_size() > MAX_METERED_SIZE - 3);
        let encoded = envelope.encode().unwrap();
        assert_eq!(encoded.len(), envelope.encoded_length());
        assert!(Envelope::decode(&encoded).unwrap() == envelope);
        let stored = StoredRecord::Plaintext(envelope).encode().unwrap();
        assert_eq!(stored[0], 0x12);
    }
    let longer = [7; 1 << 20];
    for envelope in [
        envelope(vec![], &longer[..longest.len() + 1]),
        envelope(vec![header(b"n", b"v")], &longest[3..]),
        envelope(vec![header(&longest[1..], b"")], b""),
        envelope(vec![header(b"n", b""); longest.len() / 3 + 1], b""),
    ] {
        assert!(envelope.encode().as_ref().is_err_and(is_argument));
        assert!(StoredRecord::Plaintext(envelope).encode().as_ref().is_err_and(is_argument));
    }
    let named = envelope(vec![header(b"n", b""), header(b"", b"trim")], b"");
    assert!(named.encode().as_ref().is_err_and(is_argument), "a header without a name");
}

#[test]
fn the_metered_size_before_a_record_takes_as_few_bytes_as_it_can_and_is_read_in_more() {
    let record = [vec![1], vec![0; 48]].concat();
    for (metered_size, prefix) in [
        (0, &[0x03, 0][..]),
        (8, &[0x03, 8]),
        (255, &[0x03, 255]),
        (256, &[0x0b, 1, 0]),
        (65_535, &[0x0b, 255, 255]),
        (65_536, &[0x13, 1, 0, 0]),
        (MAX_METERED_SIZE, &[0x13, 0x10, 0, 0]),
    ] {
        let stored = StoredRecord::Encrypted { metered_size, record: &record };
        let encoded = stored.encode().unwrap();
        assert_eq!(encoded, [prefix, &record[..]].concat());
        assert_eq!(StoredRecord::decode(&encoded).unwrap(), stored);
        // The highest three bits are not looked at.
        for ignored in [0x20, 0x40, 0x80, 0xe0] {
            let mut encoded = encoded.clone();
            encoded[0] |= ignored;
            assert_eq!(StoredRecord::decode(&encoded).unwrap(), stored);
        }
    }
    let wide = [&[0x13, 0, 0, 8][..], &record].concat();
    let stored = StoredRecord::Encrypted { metered_size: 8, record: &record };
    assert_eq!(StoredRecord::decode(&wide).unwrap(), stored);
    for too_large in [MAX_METERED_SIZE + 1, 1 << 24, u64::MAX] {
        let outcome = StoredRecord::Encrypted { metered_size: too_large, record: &record }.encode();
        assert!(matches!(outcome, Err(Error::InvalidArgument(_))), "{outcome:?}");
    }
}

#[test]
fn one_buffer_takes_many_records_and_is_left_as_it_was_by_what_cannot_be_encoded() {
    let envelope = Envelope { headers: vec![Header { name: b"a", value: b"b" }], body: b"body" };
    let nameless = Envelope { headers: vec![Header { name: b"", value: b"b" }], body: b"body" };
    let too_long = vec![0; MAX_METERED_SIZE as usize];
    let too_long = Envelope { headers: vec![], body: &too_long };
    let record = [&[1][..], &[2; 32 + 16]].concat();
    let mut buffer = b"before".to_vec();

    envelope.encode_to(&mut buffer).unwrap();
    let mut expected = [b"before", &envelope.encode().unwrap()[..]].concat();
    assert_eq!(buffer, expected);
    for stored in [
        StoredRecord::Command(Command::Trim(7)),
        StoredRecord::Plaintext(envelope.clone()),
        StoredRecord::Encrypted { metered_size: 8, record: &record },
    ] {
        stored.encode_to(&mut buffer).unwrap();
        expected.extend(stored.encode().unwrap());
        assert_eq!(buffer, expected);
    }

    for refused in [&nameless, &too_long] {
        assert!(matches!(refused.encode_to(&mut buffer), Err(Error::InvalidArgument(_))));
        let stored = StoredRecord::Plaintext(refused.clone());
        assert!(matches!(stored.encode_to(&mut buffer), Err(Error::InvalidArgument(_))));
    }
    let cut = StoredRecord::Encrypted { metered_size: 8, record: &record[..40] };
    assert!(matches!(cut.encode_to(&mut buffer), Err(Error::Malformed(_))));
    assert_eq!(buffer, expected);
}

#[test]
fn a_malformed_stored_record_says_which_part_is_wrong() {
    for (bytes, code, part) in [
        (&b""[..], "malformed", "first byte"),
        (b"\x1b\0\0\0", "malformed", "width"),
        (b"\x00\x08", "unsupported_format", "kind"),
        (b"\x04\x08", "unsupported_format", "kind"),
        (b"\x07\x08", "unsupported_format", "kind"),
        (b"\x03", "malformed", "metered size"),
        (b"\x13\0\0", "malformed", "metered size"),
        (b"\x03\x08", "malformed", "format id"),
        (b"\x03\x08\x03", "unsupported_format", "format id"),
        (b"\x03\x08\x01", "malformed", "nonce"),
        (b"\x01\x0f", "malformed", "operation"),
        (b"\x01\x0f\x02", "unsupported_format", "command"),
        (b"\x01\x16\x01\0\0\0\0\0\0\0", "malformed", "trim"),
        (b"\x01\x16\x01\0\0\0\0\0\0\0\0\0", "malformed", "trim"),
        (b"\x01\x10\x00\xff", "malformed", "UTF-8"),
        (b"\x01\x34\x000123456789012345678901234567890123456", "malformed", "36"),
        (b"\x02\x08", "malformed", "first byte"),
    ] {
        let error = StoredRecord::decode(bytes).unwrap_err();
        assert_eq!(error.code().name(), code, "{bytes:x?}: {error}");
        assert!(error.to_string().contains(part), "{bytes:x?}: {error}");
    }
    let cut = StoredRecord::Encrypted { metered_size: 8, record: &[2; 28] }.encode();
    assert!(matches!(cut, Err(Error::Malformed(_))), "{cut:?}");
}

#[test]
fn fencing_tokens_have_36_bytes_at_most() {
    let token = "é".repeat(MAX_FENCING_TOKEN_LENGTH / 2);
    let command = Command::Fence(&token);
    assert_eq!(command.metered_size(), 8 + 2 + 5 + 36);
    assert_eq!(Command::decode(&command.encode().unwrap()).unwrap(), command);
    let token = token + "x";
    let outcome = StoredRecord::Command(Command::Fence(&token)).encode();
    assert!(matches!(outcome, Err(Error::InvalidArgument(_))), "{outcome:?}");
}
