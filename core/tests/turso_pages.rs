//! Pages and databases that Turso wrote: opened to what they must hold, and sealed again to the same bytes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use pagecrypt::page::PageCodec;
use pagecrypt::page::turso::Header;
use pagecrypt::page::wal::{Chain, FrameHeader, HEADER_LENGTH, Header as WalHeader};
use pagecrypt::{Cipher, Key};
use serde::Deserialize;
use sha2::{Digest, Sha256};

#[path = "support/bytes.rs"]
mod bytes;
#[path = "support/engines.rs"]
mod engines;
#[path = "support/pages.rs"]
mod pages;
#[path = "support/vectors.rs"]
mod vectors;

use pages::{Replay, TURSO_CIPHERS, codecs_of_key};
use vectors::Hex;

#[derive(Deserialize)]
struct PageVector {
    cipher: String,
    hexkey: Hex,
    page_no: u32,
    page_size: usize,
    encrypted_page: Hex,
    plain_page: Hex,
}

#[derive(Deserialize)]
struct Manifest {
    fixtures: Vec<Sample>,
}

#[derive(Deserialize)]
struct Sample {
    name: String,
    files: Vec<String>,
    cipher: String,
    hexkey: Hex,
    page_size: usize,
    page_count: usize,
    reserved_bytes: usize,
    decrypted_sha256: Hex,
}

impl Sample {
    fn cipher(&self) -> Cipher {
        self.cipher.parse().unwrap()
    }

    /// A codec on each engine.
    fn codecs(&self) -> Vec<PageCodec> {
        codecs_of_key(self.cipher(), &self.hexkey.0, self.page_size)
    }

    fn main_file(&self) -> Vec<u8> {
        vectors::read(&format!("turso/{}", self.files[0]))
    }

    fn wal(&self) -> Option<Vec<u8>> {
        self.files.get(1).map(|name| vectors::read(&format!("turso/{name}")))
    }
}

fn samples() -> Vec<Sample> {
    let manifest: Manifest = vectors::json("turso/manifest.json");
    assert_eq!(manifest.fixtures.len(), 11, "samples in the manifest");
    manifest.fixtures
}

#[test]
fn stored_pages_open_and_are_reproduced_with_their_stored_nonces() {
    let vectors: Vec<PageVector> = vectors::json("turso/page_vectors.json");
    let mut covered: Vec<(Cipher, u32)> = Vec::new();
    for vector in &vectors {
        let cipher: Cipher = vector.cipher.parse().unwrap();
        let (sealed, plain) = (&vector.encrypted_page.0, &vector.plain_page.0);
        for codec in codecs_of_key(cipher, &vector.hexkey.0, vector.page_size) {
            let context = format!("{cipher} on {}, page {}", codec.engine(), vector.page_no);
            let nonces = || Replay::stored(cipher, vector.page_size, sealed);

            let mut page = plain.clone();
            codec.seal_pages_with(&mut nonces(), vector.page_no, &mut page).unwrap();
            assert!(page == *sealed, "sealing in place differs: {context}");
            codec.open_pages(vector.page_no, &mut page).unwrap();
            assert!(page == *plain, "opening in place differs: {context}");

            let mut page = vec![0xc3; vector.page_size];
            codec.seal_pages_into_with(&mut nonces(), vector.page_no, plain, &mut page).unwrap();
            assert!(page == *sealed, "sealing into another buffer differs: {context}");
            let mut page = vec![0xc3; vector.page_size];
            codec.open_pages_into(vector.page_no, sealed, &mut page).unwrap();
            assert!(page == *plain, "opening into another buffer differs: {context}");
        }
        covered.push((cipher, vector.page_no));
    }
    assert_eq!(vectors.len(), 16);
    for cipher in TURSO_CIPHERS {
        assert!(covered.contains(&(cipher, 1)) && covered.contains(&(cipher, 2)), "{cipher} is not covered");
    }
}

#[test]
fn the_header_of_a_database_says_what_it_is_without_the_key() {
    for sample in samples() {
        let header = Header::parse(&sample.main_file()).unwrap();
        assert_eq!(header.version, 0);
        assert_eq!(header.cipher, sample.cipher());
        assert_eq!(header.page_size, sample.page_size);
        assert_eq!(header.reserved_length, sample.reserved_bytes);
        assert_eq!(header.reserved_length, header.cipher.reserved_length());
    }
}

#[test]
fn databases_that_turso_wrote_open_to_the_expected_bytes() {
    for sample in samples() {
        for codec in sample.codecs() {
            let context = format!("{} on {}", sample.name, codec.engine());
            let sealed = sample.main_file();

            let mut plain = sealed.clone();
            for (page, number) in plain.chunks_exact_mut(sample.page_size).zip(1..) {
                codec.open_pages(number, page).unwrap_or_else(|error| panic!("{context}: {error}"));
            }
            let mut as_one_run = vec![0xc3; sealed.len()];
            codec.open_pages_into(1, &sealed, &mut as_one_run).unwrap();
            assert!(as_one_run == plain, "as one run, opening differs: {context}");

            if let Some(wal) = sample.wal() {
                take_in(&codec, &mut plain, &wal);
            }
            assert_eq!(plain.len(), sample.page_count * sample.page_size, "{context}");
            assert_eq!(Sha256::digest(&plain)[..], sample.decrypted_sha256.0, "{context}");
        }
    }
}

#[test]
fn databases_that_turso_wrote_are_reproduced_with_their_stored_nonces() {
    for sample in samples() {
        for codec in sample.codecs() {
            let sealed = sample.main_file();
            let mut nonces = Replay::stored(sample.cipher(), sample.page_size, &sealed);
            let mut pages = sealed.clone();
            codec.open_pages(1, &mut pages).unwrap();
            codec.seal_pages_with(&mut nonces, 1, &mut pages).unwrap();
            assert!(pages == sealed, "{} on {}", sample.name, codec.engine());
            assert_eq!(nonces.left(), 0, "a page takes one nonce");
        }
    }
}

#[test]
fn frames_that_turso_wrote_are_reproduced_with_their_stored_nonces_and_checksums() {
    let mut logs = 0;
    for sample in samples() {
        let Some(wal) = sample.wal() else { continue };
        logs += 1;
        for codec in sample.codecs() {
            let header = WalHeader::parse(&wal).unwrap();
            assert_eq!(header.to_bytes()[..], wal[..HEADER_LENGTH]);
            let sealed = &wal[HEADER_LENGTH..];
            let mut chain = Chain::start(&header);
            assert!(sealed.chunks_exact(codec.frame_length()).all(|frame| chain.accept(frame)));

            let nonces = sealed.chunks_exact(codec.frame_length());
            let nonces = nonces.flat_map(|frame| &frame[frame.len() - sample.cipher().nonce_length()..]);
            let mut nonces = Replay::new(nonces.copied());
            let mut frames = sealed.to_vec();
            codec.open_frames(1, &mut frames).unwrap();
            // What sealing writes itself: salts and checksums.
            frames.chunks_exact_mut(codec.frame_length()).for_each(|frame| frame[8..24].fill(0));
            let mut again = Chain::start(&header);
            codec.seal_frames_with(&mut nonces, &mut again, &mut frames).unwrap();
            assert!(frames == sealed, "{} on {}", sample.name, codec.engine());
            assert_eq!((again, nonces.left()), (chain, 0));
        }
    }
    assert_eq!(logs, 1, "samples with a write-ahead log");
}

#[test]
fn another_key_opens_no_page() {
    for sample in samples() {
        let mut key = sample.hexkey.0.clone();
        key[0] ^= 1;
        let key = Key::from_bytes(&key, sample.cipher()).unwrap();
        let codec = PageCodec::turso(key, sample.page_size).unwrap();
        let mut pages = sample.main_file();
        let Err(pagecrypt::Error::AuthenticationFailed(failures)) = codec.open_pages(1, &mut pages) else {
            panic!("{}", sample.name);
        };
        let all: Vec<u64> = (1..=(pages.len() / sample.page_size) as u64).collect();
        assert_eq!(failures.numbers(), all);
        assert!(pages.iter().all(|byte| *byte == 0));
    }
}

/// Writes the committed frames of a log over the pages they replace.
fn take_in(codec: &PageCodec, plain: &mut Vec<u8>, wal: &[u8]) {
    let page_size = codec.page_size();
    let mut chain = Chain::start(&WalHeader::parse(wal).unwrap());
    let frames: Vec<&[u8]> = wal[HEADER_LENGTH..]
        .chunks_exact(codec.frame_length())
        .take_while(|frame| chain.accept(frame))
        .collect();
    let header = |frame: &[u8]| FrameHeader::parse(frame).unwrap();
    let committed = frames.iter().rposition(|frame| header(frame).commit_size > 0).unwrap() + 1;
    let mut opened = frames[..committed].concat();
    codec.open_frames(1, &mut opened).unwrap();
    for frame in opened.chunks_exact(codec.frame_length()) {
        let (head, page) = frame.split_at(frame.len() - page_size);
        let start = (header(head).page as usize - 1) * page_size;
        plain.resize(plain.len().max(start + page_size), 0);
        plain[start..][..page_size].copy_from_slice(page);
    }
    plain.truncate(header(frames[committed - 1]).commit_size as usize * page_size);
}
