//! Entries of a store: what a server is given says nothing of path, type and schema, and opens under its own token only.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use pagecrypt::record::bound::{Context, Entry, Header, Padding, StoreCodec, TokenKey};
use pagecrypt::record::{Place, RecordCodec};
use pagecrypt::{Cipher, Error, OsRandom};
use proptest::prelude::*;

#[path = "support/bound_records.rs"]
mod bound_records;
#[path = "support/bytes.rs"]
mod bytes;

use bound_records::{code, key};

const STORE: [u8; 16] = [0x52; 16];

fn token_key() -> TokenKey {
    TokenKey::from_bytes(&[0x77; 32]).unwrap()
}

fn store(cipher: Cipher, padding: Padding) -> StoreCodec {
    StoreCodec::new(key(cipher, 1), STORE, token_key(), padding).unwrap()
}

fn entry<'a>(path: &'a [u8], body: &'a [u8]) -> Entry<'a> {
    Entry { path, type_name: b"note", schema: b"note.v1", body }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_was_sealed_opens_however_it_is_padded(
        path in prop::collection::vec(any::<u8>(), 0..40),
        type_name in prop::collection::vec(any::<u8>(), 0..10),
        schema in prop::collection::vec(any::<u8>(), 0..10),
        body in prop::collection::vec(any::<u8>(), 0..300),
        clock: Option<u64>,
        padded: bool,
    ) {
        let padding = if padded { Padding::Padme } else { Padding::None };
        let entry = Entry { path: &path, type_name: &type_name, schema: &schema, body: &body };
        let (token, record) = store(Cipher::Aegis256, padding).seal(&entry, clock).unwrap();
        prop_assert_eq!(token, token_key().token(&path));
        // A reader need not know how a writer pads.
        let opened = store(Cipher::Aegis256, Padding::None).open(&token, &record).unwrap();
        prop_assert_eq!(opened.entry(), entry);
        prop_assert_eq!(opened.clock(), clock);
        prop_assert_eq!(Header::parse(&record).unwrap().clock, clock);
    }
}

#[test]
fn a_record_under_another_token_does_not_open() {
    for cipher in Cipher::ALL {
        let store = store(cipher, Padding::None);
        let (token, record) = store.seal(&entry(b"a", b"content"), Some(1)).unwrap();
        store.open(&token, &record).unwrap();
        let outcome = store.open(&store.token(b"b"), &record);
        assert_eq!(code(&outcome), "authentication_failed", "{cipher}");
    }
}

/// Someone with the data key but a wrong path, or a defect: the record is authentic, its path is another one's.
#[test]
fn an_entry_whose_path_does_not_give_its_token_does_not_open() {
    let store = store(Cipher::Aegis256, Padding::None);
    let (token, record) = store.seal(&entry(b"a", b"content"), None).unwrap();
    let plaintext = store.records().open(&record, &at(token)).unwrap();
    let elsewhere = store.token(b"b");
    let moved = store.records().seal(&plaintext, &at(elsewhere)).unwrap();
    assert_eq!(code(&store.records().open(&moved, &at(elsewhere))), "ok");
    assert_eq!(code(&store.open(&elsewhere, &moved)), "authentication_failed");

    // So does every entry under another token key.
    let other_key = TokenKey::generate().unwrap();
    let other = StoreCodec::new(key(Cipher::Aegis256, 1), STORE, other_key, Padding::None).unwrap();
    assert_eq!(code(&other.open(&token, &record)), "authentication_failed");
}

fn at(token: [u8; 32]) -> Place {
    Place { token: Some(token), ..Place::default() }
}

#[test]
fn what_is_no_entry_is_malformed() {
    let store = store(Cipher::Aegis256, Padding::None);
    let token = store.token(b"");
    let cases: [(&str, &[u8], &str); 9] = [
        ("an empty entry", &[0, 0, 0, 0, 0, 0, 0x80], "ok"),
        ("padded", &[0, 0, 0, 0, 0, 0, 0x80, 0, 0], "ok"),
        ("nothing", &[], "malformed"),
        ("zeros", &[0; 20], "malformed"),
        ("without an end", &[0, 0, 0, 0, 0, 0, 1], "malformed"),
        ("an end only", &[0x80], "malformed"),
        ("cut within a length", &[0, 0, 0, 0, 0, 0x80], "malformed"),
        ("a path longer than the rest", &[5, 0, 0, 0, 0, 0, 0x80], "malformed"),
        ("a schema longer than the rest", &[0, 0, 0, 0, 1, 0, 0x80], "malformed"),
    ];
    for (name, plaintext, expected) in cases {
        let record = store.records().seal(plaintext, &at(token)).unwrap();
        assert_eq!(code(&store.open(&token, &record)), expected, "{name}");
    }
}

#[test]
fn a_path_type_or_schema_has_up_to_65535_bytes() {
    let store = store(Cipher::Aegis128l, Padding::Padme);
    let (fits, long) = (vec![b'p'; 65535], vec![b'p'; 65536]);
    let whole = Entry { path: &fits, type_name: &fits, schema: &fits, body: b"" };
    let (token, record) = store.seal(&whole, None).unwrap();
    assert_eq!(store.open(&token, &record).unwrap().entry(), whole);
    for too_long in [
        Entry { path: &long, ..whole },
        Entry { type_name: &long, ..whole },
        Entry { schema: &long, ..whole },
    ] {
        assert_eq!(code(&store.seal(&too_long, None)), "invalid_argument");
    }
}

#[test]
fn a_batch_of_entries_seals_all_or_none_and_opens_each_by_itself() {
    for cipher in Cipher::ALL {
        let store = store(cipher, Padding::Padme);
        let paths: Vec<_> = (0..100).map(|i| format!("notes/{i}")).collect();
        let bodies = |path: &str| path.len() % 5 * 20;
        let entries: Vec<_> =
            paths.iter().map(|path| (entry(path.as_bytes(), &[7; 100][..bodies(path)]), Some(5))).collect();
        let sealed = store.seal_batch_with(&mut OsRandom, &entries).unwrap();
        let mut rows: Vec<_> = sealed.iter().map(|(token, record)| (*token, &record[..])).collect();
        rows[7].1 = rows[8].1;
        rows[9].1 = b"";
        let opened = store.open_batch(&rows);
        for (i, outcome) in opened.iter().enumerate() {
            match i {
                7 => {
                    let Err(Error::AuthenticationFailed(failures)) = outcome else { panic!("{outcome:?}") };
                    assert_eq!(failures.numbers(), [7]);
                }
                9 => assert_eq!(code(outcome), "malformed"),
                _ => assert_eq!(outcome.as_ref().unwrap().entry(), entries[i].0, "{cipher}"),
            }
        }

        let long = vec![0; 70_000];
        let mut with_a_wrong_one = entries.clone();
        with_a_wrong_one[99].0.path = &long;
        assert_eq!(code(&store.seal_batch(&with_a_wrong_one)), "invalid_argument");
        assert!(store.seal_batch(&[]).unwrap().is_empty() && store.open_batch(&[]).is_empty());
    }
}

#[test]
fn padding_hides_lengths_within_a_size_class() {
    let lengths = |padding| {
        let store = store(Cipher::Aegis256, padding);
        let mut lengths: Vec<_> = (1000..1030)
            .map(|body| store.seal(&entry(b"a", &vec![0; body]), None).unwrap().1.len())
            .collect();
        lengths.dedup();
        lengths.len()
    };
    assert_eq!(lengths(Padding::None), 30);
    assert!(lengths(Padding::Padme) <= 2);
}

#[test]
fn rotation_of_the_data_key_keeps_tokens_and_content() {
    for cipher in Cipher::ALL {
        let old = store(cipher, Padding::Padme);
        let mut new = StoreCodec::new(key(cipher, 2), STORE, token_key(), Padding::Padme).unwrap();
        new.add_decrypt_only_key(key(cipher, 1)).unwrap();
        let (token, record) = old.seal(&entry(b"a", b"content"), Some(3)).unwrap();
        assert_eq!(new.token(b"a"), token);
        assert!(new.needs_reseal(&record).unwrap());
        let resealed = new.reseal(&token, &record).unwrap();
        assert!(!new.needs_reseal(&resealed).unwrap());
        assert_eq!(new.open(&token, &resealed).unwrap().entry(), entry(b"a", b"content"));
        assert_eq!(Header::parse(&resealed).unwrap().clock, Some(3));
    }
}

#[test]
fn tokens_and_key_ids_of_two_stores_have_nothing_in_common() {
    let one = store(Cipher::Aegis256, Padding::None);
    let other =
        StoreCodec::new(key(Cipher::Aegis256, 1), [9; 16], TokenKey::generate().unwrap(), Padding::None)
            .unwrap();
    assert_ne!(one.token(b"a"), other.token(b"a"));
    assert_ne!(one.records().key_id(), other.records().key_id());
    let (token, record) = one.seal(&entry(b"a", b"content"), None).unwrap();
    assert_eq!(code(&other.open(&token, &record)), "unknown_key_id");
}

/// The answer is that of Python's `hmac`.
#[test]
fn a_token_is_hmac_sha256_of_the_path() {
    let token = TokenKey::from_bytes(&[0x0b; 32]).unwrap().token(b"Hi There");
    let expected = hex::decode("198a607eb44bfbc69903a0f1cf2bbdc5ba0aa3f3d9ae3c1c7a3b1696a0b68cf7").unwrap();
    assert_eq!(token[..], expected);
}

#[test]
fn a_token_key_has_32_bytes_and_is_never_printed() {
    for length in [0, 16, 31, 33] {
        let outcome = TokenKey::from_bytes(&vec![1; length]);
        assert!(matches!(outcome, Err(Error::KeyLength { expected: 32, got }) if got == length));
    }
    let printed = format!("{:?} {:?}", token_key(), store(Cipher::Aegis256, Padding::None));
    assert!(printed.contains("redacted") && !printed.contains("119")); // 0x77
    assert_eq!(token_key(), TokenKey::from_bytes(token_key().as_bytes()).unwrap());
    assert_ne!(token_key(), TokenKey::generate().unwrap());
}

#[test]
fn nothing_of_an_entry_is_printed() {
    let store = store(Cipher::Aegis256, Padding::None);
    let secret = entry(b"path-of-it", b"body-of-it");
    let (token, record) = store.seal(&secret, None).unwrap();
    let printed = format!("{secret:?} {:?}", store.open(&token, &record).unwrap());
    for part in ["of-it", "note", "112, 97"] {
        assert!(!printed.contains(part), "{printed}");
    }
}

#[test]
fn a_record_codec_of_the_store_opens_the_plaintext_that_the_format_states() {
    let (token, record) = store(Cipher::Aegis256, Padding::None).seal(&entry(b"a", b"body"), None).unwrap();
    let records = RecordCodec::bound(key(Cipher::Aegis256, 1), Context::Store(STORE)).unwrap();
    let plaintext = records.open(&record, &at(token)).unwrap();
    assert_eq!(plaintext, b"\x01\0a\x04\0note\x07\0note.v1body\x80");
}
