//! Sealing and opening records beside S2's own functions, in one process and in turns:
//!   cargo run --release --example throughput [--json]
//! From headers and body to the stored bytes and back, 64 records: we as a batch, S2 one after the other, as it does.

use std::hint::black_box;
use std::time::{Duration, Instant};

use bytes::Bytes;
use pagecrypt::Cipher;
use pagecrypt::record::s2::{Envelope, StoredRecord};
use pagecrypt::record::{OpenRecord, Place, SealRecord};
use pagecrypt_peers_s2::{Stream, envelope, record_of_s2};
use s2_storage::record::{decode_stored_record, decrypt_stored_record};

const BATCH: usize = 64;
const ROUNDS: usize = 41;
const TURN: Duration = Duration::from_millis(3);

/// Nanoseconds a record.
fn turn(mut work: impl FnMut()) -> f64 {
    work(); // warm
    let (start, mut calls) = (Instant::now(), 0);
    while start.elapsed() < TURN {
        work();
        calls += 1;
    }
    start.elapsed().as_nanos() as f64 / (calls * BATCH) as f64
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

/// What [`Stream::stored_by_us`] makes, one record behind the other in one buffer instead of a vector for each.
fn seal_by_us(stream: &Stream, envelopes: &[Envelope<'_>]) -> Vec<u8> {
    let place = Place::default();
    let sealed_length =
        |envelope: &Envelope<'_>| stream.codec.sealed_length(envelope.encoded_length(), &place);
    let (mut plaintexts, mut stored) = (Vec::new(), Vec::new());
    for envelope in envelopes {
        envelope.encode_to(&mut plaintexts).expect("an envelope");
    }
    let mut records = vec![0; envelopes.iter().map(sealed_length).sum()];

    let (mut plain, mut sealed) = (&plaintexts[..], &mut records[..]);
    let mut batch = Vec::with_capacity(envelopes.len());
    for envelope in envelopes {
        let plaintext = plain.split_off(..envelope.encoded_length()).expect("it was encoded");
        let record = sealed.split_off_mut(..sealed_length(envelope)).expect("there is room");
        batch.push(SealRecord { plaintext, place, record });
    }
    stream.codec.seal_batch(&mut batch).expect("sealed");

    let mut rest = &records[..];
    for envelope in envelopes {
        let record = rest.split_off(..sealed_length(envelope)).expect("it was sealed");
        let record = StoredRecord::Encrypted { metered_size: envelope.metered_size(), record };
        record.encode_to(&mut stored).expect("a record");
    }
    stored
}

fn open_by_us(stream: &Stream, stored: &[Vec<u8>]) {
    let decoded: Vec<_> = stored.iter().map(|stored| StoredRecord::decode(stored).expect("sound")).collect();
    let records: Vec<_> = decoded
        .iter()
        .map(|stored| match stored {
            StoredRecord::Encrypted { metered_size, record } => (*record, *metered_size),
            other => panic!("{other:?}"),
        })
        .collect();
    let mut plaintexts: Vec<_> = records
        .iter()
        .map(|(record, _)| vec![0; stream.codec.opened_length(record).expect("sound")])
        .collect();
    let mut batch: Vec<_> = (records.iter().zip(&mut plaintexts))
        .map(|((record, _), plaintext)| OpenRecord::new(record, Place::default(), plaintext))
        .collect();
    stream.codec.open_batch(&mut batch).expect("authentic");
    for (plaintext, (_, metered_size)) in plaintexts.iter().zip(&records) {
        black_box(Envelope::decode_metered(plaintext, *metered_size).expect("an envelope"));
    }
}

fn main() {
    let json = std::env::args().any(|argument| argument == "--json");
    let mut rows = Vec::new();
    for cipher in [Cipher::Aegis256, Cipher::Aes256Gcm] {
        for size in [64, 256, 1024] {
            let stream = Stream::new(cipher, [3; 32], "basin", "stream").expect("a cipher of S2");
            let headers = vec![(b"type".to_vec(), b"event".to_vec())];
            let body = vec![0x5a; size];
            let envelopes: Vec<_> = (0..BATCH).map(|_| envelope(&headers, &body)).collect();
            let record = record_of_s2(&headers, &body);
            let by_us = stream.stored_by_us(&envelopes).expect("sealed");
            assert_eq!(seal_by_us(&stream, &envelopes).len(), by_us.concat().len());
            let by_s2: Vec<Bytes> = (0..BATCH).map(|_| stream.stored_by_s2(record.clone())).collect();

            let (mut ours, mut theirs) = ([Vec::new(), Vec::new()], [Vec::new(), Vec::new()]);
            for _ in 0..ROUNDS {
                ours[0].push(turn(|| drop(black_box(seal_by_us(&stream, &envelopes)))));
                theirs[0].push(turn(|| {
                    for _ in 0..BATCH {
                        black_box(stream.stored_by_s2(record.clone()));
                    }
                }));
                ours[1].push(turn(|| open_by_us(&stream, &by_us)));
                theirs[1].push(turn(|| {
                    for stored in &by_s2 {
                        let decoded = decode_stored_record(stored.clone()).expect("sound").into_inner();
                        black_box(
                            decrypt_stored_record(decoded, &stream.spec, &stream.id).expect("authentic"),
                        );
                    }
                }));
            }
            for (operation, (ours, theirs)) in ["seal", "open"].into_iter().zip(ours.into_iter().zip(theirs))
            {
                let ratio = median(ours.iter().zip(&theirs).map(|(ours, theirs)| theirs / ours).collect());
                rows.push((
                    cipher,
                    stream.codec.engine(),
                    operation,
                    size,
                    median(ours),
                    median(theirs),
                    ratio,
                ));
            }
        }
    }
    for (cipher, engine, operation, size, ours, theirs, ratio) in rows {
        if json {
            println!(
                r#"{{"cipher": "{cipher}", "engine": "{engine}", "operation": "{operation}", "size": {size}, "batch": {BATCH}, "ns": {ours:.1}, "s2_ns": {theirs:.1}, "ratio": {ratio:.2}}}"#
            );
        } else {
            println!(
                "{cipher:10} {engine:8} {operation} {size:5} bytes: {ours:7.1} ns, S2 {theirs:7.1} ns, {ratio:.2} times as fast"
            );
        }
    }
}
