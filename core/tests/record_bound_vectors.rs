//! Bound records that another implementation made (`vectors/records.py`): opened to what they must hold, and sealed again
//! to the same bytes, by every engine.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;

use pagecrypt::record::bound::{Context, Entry, Header, Padding, StoreCodec, TokenKey, key_id};
use pagecrypt::record::{Place, RecordCodec};
use pagecrypt::{Cipher, Key};
use serde::Deserialize;

#[path = "support/bound_records.rs"]
mod bound_records;
#[path = "support/bytes.rs"]
mod bytes;
#[path = "support/engines.rs"]
mod engines;
#[path = "support/vectors.rs"]
mod vectors;

use bound_records::{Replay, open_batch, seal_batch, seal_with};
use vectors::Hex;

#[derive(Deserialize)]
struct File {
    records: Vec<Record>,
    entries: Vec<SealedEntry>,
}

#[derive(Deserialize)]
struct Record {
    cipher: String,
    key: Hex,
    context: NamedContext,
    token: Option<Hex>,
    sequence: Option<String>,
    clock: Option<String>,
    reseals: u32,
    nonce: Hex,
    key_id: Hex,
    plaintext: Hex,
    record: Hex,
}

#[derive(Deserialize)]
struct SealedEntry {
    cipher: String,
    key: Hex,
    context: NamedContext,
    token_key: Hex,
    token: Hex,
    clock: Option<String>,
    nonce: Hex,
    padding: String,
    path: Hex,
    #[serde(rename = "type")]
    type_name: Hex,
    schema: Hex,
    body: Hex,
    record: Hex,
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum NamedContext {
    Stream { stream: Hex },
    Store { store: Hex },
    Writer { stream: Hex, writer: Hex },
}

impl NamedContext {
    fn get(&self) -> Context {
        fn array<const N: usize>(hex: &Hex) -> [u8; N] {
            hex.0.as_slice().try_into().unwrap()
        }
        match self {
            Self::Stream { stream } => Context::Stream(array(stream)),
            Self::Store { store } => Context::Store(array(store)),
            Self::Writer { stream, writer } => {
                Context::Writer { stream: array(stream), writer: array(writer) }
            }
        }
    }
}

impl Record {
    fn cipher(&self) -> Cipher {
        self.cipher.parse().unwrap()
    }

    fn place(&self) -> Place {
        Place {
            sequence: number(&self.sequence),
            clock: number(&self.clock),
            reseals: self.reseals,
            token: self.token.as_ref().map(|token| token.0.as_slice().try_into().unwrap()),
        }
    }
}

/// Numbers of 64 bits are written as text.
fn number(text: &Option<String>) -> Option<u64> {
    text.as_ref().map(|text| text.parse().unwrap())
}

fn file() -> File {
    vectors::json("records.json")
}

#[test]
fn records_open_and_are_reproduced_with_their_nonces() {
    for vector in &file().records {
        for key in engines::keys(vector.cipher(), &vector.key.0) {
            let context = vector.context.get();
            assert_eq!(key_id(&key, &context).unwrap()[..], vector.key_id.0);
            let codec = RecordCodec::bound(key, context).unwrap();
            let (plaintext, record) = (&vector.plaintext.0, &vector.record.0);
            assert_eq!(codec.key_id().unwrap()[..], vector.key_id.0);
            assert_eq!(codec.sealed_length(plaintext.len(), &vector.place()), record.len());
            assert_eq!(codec.opened_length(record).unwrap(), plaintext.len());
            assert!(codec.open(record, &vector.place()).unwrap() == *plaintext);

            let mut nonces = Replay::new(vector.nonce.0.clone());
            let again = seal_with(&codec, &mut nonces, plaintext, &vector.place()).unwrap();
            assert!(again == *record, "{} on {}", codec.cipher(), codec.engine());
            assert_eq!(nonces.left(), 0);
        }
    }
}

#[test]
fn headers_say_what_was_sealed() {
    for vector in &file().records {
        let header = Header::parse(&vector.record.0).unwrap();
        let place = vector.place();
        assert_eq!((header.clock, header.reseals), (place.clock, place.reseals));
        assert_eq!((header.cipher, header.key_id.to_vec()), (vector.cipher(), vector.key_id.0.clone()));
        assert_eq!(header.plaintext_length, vector.plaintext.0.len());
    }
}

/// All records of one key and context at once, each under a prefix of its own.
#[test]
fn a_batch_opens_records_that_were_sealed_one_by_one() {
    let records = file().records;
    for group in records.chunk_by(|a, b| a.cipher == b.cipher && a.context.get() == b.context.get()) {
        let codec = RecordCodec::bound(
            Key::from_bytes(&group[0].key.0, group[0].cipher()).unwrap(),
            group[0].context.get(),
        )
        .unwrap();
        let sealed: Vec<_> = group.iter().map(|vector| vector.record.0.clone()).collect();
        let places: Vec<_> = group.iter().map(Record::place).collect();
        let (outcome, plaintexts) = open_batch(&codec, &sealed, &places);
        outcome.unwrap();
        for (plaintext, vector) in plaintexts.into_iter().zip(group) {
            assert!(plaintext.unwrap() == vector.plaintext.0);
        }
    }
}

/// Ciphers whose nonces are drawn one by one: the stored ones make the same batch.
#[test]
fn a_batch_seals_what_was_sealed_one_by_one() {
    let records = file().records;
    for group in records.chunk_by(|a, b| a.cipher == b.cipher && a.context.get() == b.context.get()) {
        let cipher = group[0].cipher();
        if !cipher.name().starts_with("aegis") {
            continue;
        }
        let key = Key::from_bytes(&group[0].key.0, cipher).unwrap();
        let codec = RecordCodec::bound(key, group[0].context.get()).unwrap();
        let mut nonces = Replay::new(group.iter().flat_map(|vector| vector.nonce.0.clone()));
        let plaintexts: Vec<_> = group.iter().map(|vector| vector.plaintext.0.clone()).collect();
        let places: Vec<_> = group.iter().map(Record::place).collect();
        let sealed = seal_batch(&codec, &mut nonces, &plaintexts, &places).unwrap();
        assert!(sealed.iter().zip(group).all(|(sealed, vector)| *sealed == vector.record.0), "{cipher}");
    }
}

#[test]
fn entries_open_and_are_reproduced_with_their_nonces() {
    for vector in &file().entries {
        let cipher: Cipher = vector.cipher.parse().unwrap();
        let Context::Store(store) = vector.context.get() else { panic!("entries belong to a store") };
        let padding = match vector.padding.as_str() {
            "none" => Padding::None,
            "padme" => Padding::Padme,
            other => panic!("{other}"),
        };
        let codec = StoreCodec::new(
            Key::from_bytes(&vector.key.0, cipher).unwrap(),
            store,
            TokenKey::from_bytes(&vector.token_key.0).unwrap(),
            padding,
        )
        .unwrap();
        let entry = Entry {
            path: &vector.path.0,
            type_name: &vector.type_name.0,
            schema: &vector.schema.0,
            body: &vector.body.0,
        };
        let token = codec.token(entry.path);
        assert_eq!(token[..], vector.token.0);
        assert_eq!(codec.open(&token, &vector.record.0).unwrap().entry(), entry);

        let mut nonces = Replay::new(vector.nonce.0.clone());
        let sealed = codec.seal_batch_with(&mut nonces, &[(entry, number(&vector.clock))]).unwrap();
        assert!(sealed == [(token, vector.record.0.clone())], "{cipher}");
    }
}

#[test]
fn the_vectors_cover_every_cipher_and_context_with_and_without_clock_and_reseals() {
    let file = file();
    let mut seen = BTreeSet::new();
    for vector in &file.records {
        let kind = match vector.context {
            NamedContext::Stream { .. } => 1,
            NamedContext::Store { .. } => 2,
            NamedContext::Writer { .. } => 3,
        };
        seen.insert((vector.cipher(), kind, vector.clock.is_some(), vector.reseals > 0));
    }
    assert_eq!(seen.len(), 9 * 3 * 3);
    for cipher in Cipher::ALL {
        let lengths: BTreeSet<_> = file
            .records
            .iter()
            .filter(|vector| vector.cipher() == cipher)
            .map(|vector| vector.plaintext.0.len())
            .collect();
        assert!(lengths.is_superset(&BTreeSet::from([0, 1, 16, 100, 1000])), "{cipher}: {lengths:?}");
        assert_eq!(file.entries.iter().filter(|entry| entry.cipher == cipher.name()).count(), 4);
    }
}
