//! What the page codec accepts, refuses and leaves alone.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::HashSet;

use pagecrypt::page::{MAX_PAGE_NUMBER, PageCodec, pending_byte_page};
use pagecrypt::{Cipher, Error, Key};

#[path = "support/bytes.rs"]
mod bytes;
#[path = "support/engines.rs"]
mod engines;
#[path = "support/pages.rs"]
mod pages;

use bytes::bytes;
use pages::{PAGE_SIZES, Replay, TURSO_CIPHERS, codecs, plain};

/// On this CPU's best engine.
fn codec(cipher: Cipher, page_size: usize) -> PageCodec {
    codecs(cipher, page_size).pop().unwrap()
}

fn nonces(cipher: Cipher, count: usize) -> Replay {
    Replay::new(bytes(77, count * cipher.nonce_length()))
}

#[test]
fn every_page_size_and_cipher_opens_what_it_sealed_in_place_and_into_alike() {
    for cipher in TURSO_CIPHERS {
        for page_size in PAGE_SIZES {
            for codec in codecs(cipher, page_size) {
                let context = format!("{cipher} on {}, pages of {page_size}", codec.engine());
                for first in [1, 2, MAX_PAGE_NUMBER - 2] {
                    let text = plain(cipher, page_size, first, 3);

                    let mut sealed = text.clone();
                    codec.seal_pages_with(&mut nonces(cipher, 3), first, &mut sealed).unwrap();
                    let (from, mut to) = (text.clone(), vec![0xc3; text.len()]);
                    codec.seal_pages_into_with(&mut nonces(cipher, 3), first, &from, &mut to).unwrap();
                    assert!(to == sealed, "sealing differs: {context}");
                    assert!(from == text, "sealing changed its source: {context}");

                    let mut opened = vec![0xc3; text.len()];
                    codec.open_pages_into(first, &to, &mut opened).unwrap();
                    assert!(opened == text, "opening differs: {context}");
                    assert!(to == sealed, "opening changed its source: {context}");
                    codec.open_pages(first, &mut sealed).unwrap();
                    assert!(sealed == text, "opening in place differs: {context}");
                }
            }
        }
    }
}

/// 64 pages make a batch inside the codec, which must not show.
#[test]
fn a_long_run_gives_what_its_pages_give_one_by_one() {
    for cipher in TURSO_CIPHERS {
        for codec in codecs(cipher, 512) {
            for count in [0, 1, 2, 3, 5, 8, 63, 64, 65, 127, 128, 129, 200] {
                let context = format!("{cipher} on {}, {count} pages", codec.engine());
                let text = plain(cipher, 512, 1, count);
                let mut run = text.clone();
                codec.seal_pages_with(&mut nonces(cipher, count), 1, &mut run).unwrap();

                let mut one_by_one = text.clone();
                let mut nonces = nonces(cipher, count);
                for (page, number) in one_by_one.chunks_exact_mut(512).zip(1..) {
                    codec.seal_pages_with(&mut nonces, number, page).unwrap();
                }
                assert!(run == one_by_one, "sealing differs: {context}");

                codec.open_pages(1, &mut run).unwrap();
                assert!(run == text, "opening differs: {context}");
                for (page, number) in one_by_one.chunks_exact_mut(512).zip(1..) {
                    codec.open_pages(number, page).unwrap();
                }
                assert!(one_by_one == text, "opening one by one differs: {context}");
            }
        }
    }
}

#[test]
fn page_1_shows_what_the_format_says_and_nothing_else() {
    for cipher in TURSO_CIPHERS {
        for page_size in PAGE_SIZES {
            let text = plain(cipher, page_size, 1, 1);
            let mut sealed = text.clone();
            codec(cipher, page_size).seal_pages(1, &mut sealed).unwrap();
            assert_eq!(sealed[..7], [b'T', b'u', b'r', b's', b'o', 0, cipher.number()]);
            assert_eq!(sealed[7..16], [0; 9]);
            assert_eq!(sealed[16..100], text[16..100], "SQLite's header stays in clear");
            let same =
                sealed[100..].iter().zip(&text[100..]).filter(|(sealed, plain)| sealed == plain).count();
            assert!(same < page_size / 16, "{same} bytes of {page_size} are the same");
        }
    }
}

#[test]
fn the_pending_byte_page_is_sealed_as_zeros_and_opens_to_zeros() {
    assert_eq!(pending_byte_page(4096).unwrap(), 262_145);
    for cipher in TURSO_CIPHERS {
        for page_size in PAGE_SIZES {
            let pending = pending_byte_page(page_size).unwrap();
            assert_eq!(u64::from(pending - 1) * page_size as u64, 1 << 30);
            for codec in codecs(cipher, page_size) {
                let context = format!("{cipher} on {}, pages of {page_size}", codec.engine());
                // A run: the page before it, itself full of leftover content, and the page behind it.
                let mut text = plain(cipher, page_size, pending - 1, 3);
                let middle = page_size..2 * page_size;
                text[middle.clone()].fill(0xee);
                let mut sealed = text.clone();
                codec.seal_pages(pending - 1, &mut sealed).unwrap();
                text[middle.clone()].fill(0);
                assert!(sealed[middle.clone()].iter().any(|byte| *byte != 0), "not sealed: {context}");

                let mut opened = vec![0xc3; sealed.len()];
                codec.open_pages_into(pending - 1, &sealed, &mut opened).unwrap();
                assert!(opened == text, "{context}");

                // It is an ordinary page of zeros to whoever does not know its place.
                let mut page = sealed[middle.clone()].to_vec();
                codec.open_pages(2, &mut page).unwrap();
                assert!(page.iter().all(|byte| *byte == 0), "{context}");

                // What Turso writes there opens to zeros, too.
                let mut leftover = plain(cipher, page_size, 7, 1);
                codec.seal_pages(7, &mut leftover).unwrap();
                codec.open_pages(pending, &mut leftover).unwrap();
                assert!(leftover.iter().all(|byte| *byte == 0), "{context}");

                // A hole is tolerated there and nowhere else; anything else that does not open is damage.
                let mut hole = sealed.clone();
                hole[middle.clone()].fill(0);
                codec.open_pages(pending - 1, &mut hole).unwrap();
                assert!(hole == text, "{context}");
                let mut damaged = sealed.clone();
                damaged[page_size] ^= 1;
                assert_failed(codec.open_pages(pending - 1, &mut damaged), &[u64::from(pending)]);
                assert!(damaged == text, "{context}");
                let mut zeros = vec![0; page_size];
                assert_failed(codec.open_pages(pending + 1, &mut zeros), &[u64::from(pending) + 1]);
            }
        }
    }
}

#[test]
fn chacha20poly1305_is_refused_for_this_format() {
    let key = Key::generate(Cipher::ChaCha20Poly1305).unwrap();
    for page_size in PAGE_SIZES {
        assert!(matches!(PageCodec::turso(&key, page_size), Err(Error::UnsupportedFormat(_))));
    }
}

#[test]
fn other_page_sizes_are_refused() {
    let key = Key::generate(Cipher::Aes256Gcm).unwrap();
    for size in [0, 1, 16, 256, 511, 513, 1000, 4095, 4097, 65535, 65537, 131_072, usize::MAX] {
        assert!(matches!(PageCodec::turso(&key, size), Err(Error::PageSize(got)) if got == size), "{size}");
        assert!(matches!(pending_byte_page(size), Err(Error::PageSize(got)) if got == size), "{size}");
    }
}

type InPlace = fn(&PageCodec, u32, &mut [u8]) -> Result<(), Error>;
type Into = fn(&PageCodec, u32, &[u8], &mut [u8]) -> Result<(), Error>;

/// All four operations on `pages` (and a destination of `to` bytes) give an error that `expected` knows, and nothing
/// is written.
fn assert_refused(codec: &PageCodec, first: u32, pages: &[u8], to: usize, expected: fn(&Error) -> bool) {
    let in_place: [InPlace; 2] = [
        |codec, first, pages| codec.seal_pages(first, pages),
        |codec, first, pages| codec.open_pages(first, pages),
    ];
    for (index, operation) in in_place.into_iter().enumerate().filter(|_| to == pages.len()) {
        let mut buffer = pages.to_vec();
        let outcome = operation(codec, first, &mut buffer);
        assert!(outcome.as_ref().is_err_and(expected), "in place {index}: {outcome:?}");
        assert!(buffer == pages, "in place {index}: something was written");
    }
    let into: [Into; 2] = [
        |codec, first, from, to| codec.seal_pages_into(first, from, to),
        |codec, first, from, to| codec.open_pages_into(first, from, to),
    ];
    for (index, operation) in into.into_iter().enumerate() {
        let mut buffer = vec![0xc3; to];
        let outcome = operation(codec, first, pages, &mut buffer);
        assert!(outcome.as_ref().is_err_and(expected), "into {index}: {outcome:?}");
        assert!(buffer == vec![0xc3; to], "into {index}: something was written");
    }
}

#[test]
fn buffers_that_do_not_hold_whole_pages_are_refused_untouched() {
    let is_length = |error: &Error| matches!(error, Error::BufferLength { .. });
    for cipher in TURSO_CIPHERS {
        let codec = codec(cipher, 512);
        for length in [1, 100, 511, 513, 1023, 1025] {
            assert_refused(&codec, 2, &vec![0; length], length, is_length);
        }
        for to in [0, 511, 512, 1023, 1025, 1536] {
            assert_refused(&codec, 2, &[0; 1024], to, is_length);
        }
    }
}

#[test]
fn page_numbers_outside_the_format_are_refused_untouched() {
    let is_number = |error: &Error| matches!(error, Error::PageNumber);
    for cipher in TURSO_CIPHERS {
        let codec = codec(cipher, 512);
        assert_eq!(MAX_PAGE_NUMBER, 4_294_967_294);
        for (first, count) in
            [(0, 0), (0, 1), (u32::MAX, 1), (MAX_PAGE_NUMBER, 2), (MAX_PAGE_NUMBER - 1, 3), (u32::MAX, 2)]
        {
            let pages = plain(cipher, 512, 2, count);
            assert_refused(&codec, first, &pages, pages.len(), is_number);
        }
        let mut last = plain(cipher, 512, 2, 1);
        codec.seal_pages(MAX_PAGE_NUMBER, &mut last).unwrap();
        codec.open_pages(MAX_PAGE_NUMBER, &mut last).unwrap();
    }
}

#[test]
fn plaintext_that_cannot_be_sealed_is_refused_untouched() {
    for cipher in TURSO_CIPHERS {
        let codec = codec(cipher, 1024);
        let good = plain(cipher, 1024, 1, 3);
        // Where a byte is changed, and to what: magic, page size, reserved bytes, what lies in those.
        let reserved = 1024 - cipher.reserved_length();
        for (at, byte) in [
            (0, b's'),
            (15, 1),
            (16, 2),
            (17, 1),
            (20, 0),
            (20, 255),
            (reserved, 1),
            (1023, 1),
            (1024 + reserved, 1),
            (3071, 1),
        ] {
            let mut pages = good.clone();
            assert_ne!(pages[at], byte);
            pages[at] = byte;
            let mut buffer = pages.clone();
            let outcome = codec.seal_pages(1, &mut buffer);
            assert!(matches!(outcome, Err(Error::Malformed(_))), "{cipher}, byte {at}: {outcome:?}");
            assert!(buffer == pages, "{cipher}, byte {at}: something was written");
            let mut to = vec![0xc3; pages.len()];
            let outcome = codec.seal_pages_into(1, &pages, &mut to);
            assert!(matches!(outcome, Err(Error::Malformed(_))), "{cipher}, byte {at}: {outcome:?}");
            assert!(to.iter().all(|byte| *byte == 0xc3), "{cipher}, byte {at}: something was written");
        }
    }
}

#[test]
fn without_random_numbers_nothing_is_sealed() {
    for cipher in TURSO_CIPHERS {
        let codec = codec(cipher, 512);
        // Enough for the first batch inside the codec, and for the first two.
        for (drawn, count) in [(0, 1), (64, 65), (128, 200)] {
            let text = plain(cipher, 512, 1, count);
            let mut pages = text.clone();
            let outcome = codec.seal_pages_with(&mut nonces(cipher, drawn), 1, &mut pages);
            assert!(matches!(outcome, Err(Error::RandomSource)), "{outcome:?}");
            assert!(pages == text, "{cipher}: pages changed");
        }
    }
}

#[test]
fn sealing_the_same_page_twice_gives_different_bytes() {
    for cipher in TURSO_CIPHERS {
        let codec = codec(cipher, 4096);
        let text = plain(cipher, 4096, 2, 1);
        let mut sealed = [text.clone(), text.clone()];
        sealed.iter_mut().for_each(|page| codec.seal_pages(2, page).unwrap());
        let nonces = sealed.each_ref().map(|page| nonce(&codec, page));
        assert_ne!(nonces[0], nonces[1], "{cipher}");
        assert_ne!(sealed[0][..4096 - 48], sealed[1][..4096 - 48], "{cipher}");
    }
}

#[test]
fn no_nonce_repeats_within_a_run_or_between_threads() {
    const THREADS: usize = 8;
    const RUNS: usize = 40;
    for cipher in [Cipher::Aes256Gcm, Cipher::Aegis128l, Cipher::Aegis256] {
        let codec = &codec(cipher, 512);
        let nonces: Vec<Vec<u8>> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..THREADS)
                .map(|_| {
                    scope.spawn(move || {
                        let mut nonces = Vec::new();
                        for run in 0..RUNS {
                            // Alone, within one batch, and over several.
                            let mut pages = plain(cipher, 512, 2, [1, 30, 150][run % 3]);
                            codec.seal_pages(2, &mut pages).unwrap();
                            nonces.extend(pages.chunks_exact(512).map(|page| nonce(codec, page)));
                        }
                        nonces
                    })
                })
                .collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
        });
        let distinct: HashSet<&[u8]> = nonces.iter().map(Vec::as_slice).collect();
        assert_eq!(distinct.len(), nonces.len(), "{cipher}: nonces repeat");
        assert_eq!(codec.key().seals(), nonces.len() as u64, "{cipher}: every seal is counted");
    }
}

#[test]
fn a_codec_says_what_it_was_made_of() {
    fn assert_shareable<T: Clone + Send + Sync + std::fmt::Debug>() {}
    assert_shareable::<PageCodec>();
    for cipher in TURSO_CIPHERS {
        for codec in codecs(cipher, 8192) {
            assert_eq!(codec.cipher(), cipher);
            assert_eq!(codec.engine(), codec.key().engine());
            assert_eq!(codec.page_size(), 8192);
            assert_eq!(codec.reserved_length(), cipher.nonce_length() + 16);
            assert_eq!(codec.frame_length(), 24 + 8192);
            assert_eq!(codec.format().name(), "turso");
        }
    }
}

fn nonce(codec: &PageCodec, page: &[u8]) -> Vec<u8> {
    page[codec.page_size() - codec.cipher().nonce_length()..].to_vec()
}

fn assert_failed(outcome: Result<(), Error>, pages: &[u64]) {
    match outcome {
        Err(Error::AuthenticationFailed(failures)) => {
            assert_eq!(failures.numbers(), pages);
            assert_eq!((failures.first(), failures.count()), (pages[0], pages.len() as u64));
        }
        other => panic!("{other:?}"),
    }
}
