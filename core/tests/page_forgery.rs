//! Whatever byte of a page is changed, that page does not open, nothing of it is left, and its neighbours open.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use pagecrypt::page::PageCodec;
use pagecrypt::{Cipher, Error, Unit};

#[path = "support/bytes.rs"]
mod bytes;
#[path = "support/engines.rs"]
mod engines;
#[path = "support/pages.rs"]
mod pages;

use pages::{TURSO_CIPHERS, codecs, plain};

/// What a change of byte `at` of page 1 must lead to.
#[derive(Debug, PartialEq, Eq)]
enum Expected {
    /// The page fails by its tag.
    Authentication,
    /// The header is refused before anything is opened, with one of these codes.
    Header(&'static [&'static str]),
}

fn expected(page: u32, at: usize) -> Expected {
    match (page, at) {
        (1, 0..=5) => Expected::Header(&["unsupported_format"]),
        (1, 6) => Expected::Header(&["cipher_mismatch", "unsupported_format"]),
        (1, 7..=15 | 16..=17 | 20) => Expected::Header(&["malformed"]),
        _ => Expected::Authentication,
    }
}

/// The offsets to try: all of a small page; of a larger one the header, the bytes near each boundary and a sample.
fn offsets(codec: &PageCodec, page: u32) -> Vec<usize> {
    let size = codec.page_size();
    if size == 512 {
        return (0..size).collect();
    }
    let near = if size == 4096 { 20 } else { 3 };
    let mut offsets: Vec<usize> = (0..if page == 1 { 100 } else { near }).collect();
    for boundary in [100, size - codec.reserved_length(), size - codec.cipher().nonce_length(), size] {
        offsets.extend(boundary - near..(boundary + near).min(size));
    }
    offsets.extend((100..size).step_by(size / 20 + 1));
    offsets.sort_unstable();
    offsets.dedup();
    offsets
}

/// Pages of `page_size`: as many as `count` (from six on, engines work on four of them together), with each byte of `offsets` of page `victim` changed in turn.
fn forge(cipher: Cipher, page_size: usize, count: usize, victim: u32) {
    for codec in codecs(cipher, page_size) {
        let text = plain(cipher, page_size, 1, count);
        let mut sealed = text.clone();
        codec.seal_pages(1, &mut sealed).unwrap();
        let start = (victim as usize - 1) * page_size;
        let mut without = text.clone();
        without[start..][..page_size].fill(0);
        for at in offsets(&codec, victim) {
            // One change will do where a page takes long.
            for change in if page_size > 4096 { vec![0x80] } else { vec![0x01, 0x80] } {
                let context = format!(
                    "{cipher} on {}, page {victim} of {count}, {page_size} bytes, byte {at} ^ {change:#04x}",
                    codec.engine()
                );
                let mut forged = sealed.clone();
                forged[start + at] ^= change;
                let mut in_place = forged.clone();
                let mut into = vec![0xc3; forged.len()];
                let outcomes =
                    [codec.open_pages(1, &mut in_place), codec.open_pages_into(1, &forged, &mut into)];
                for outcome in outcomes {
                    match (expected(victim, at), outcome) {
                        (Expected::Authentication, Err(Error::AuthenticationFailed(failures))) => {
                            assert_eq!(failures.unit(), Unit::Page, "{context}");
                            assert_eq!(failures.numbers(), [u64::from(victim)], "{context}");
                        }
                        (Expected::Header(codes), Err(error)) => {
                            assert!(codes.contains(&error.code().name()), "{context}: {error}");
                        }
                        (expected, outcome) => panic!("{context}: {outcome:?}, not {expected:?}"),
                    }
                }
                if expected(victim, at) == Expected::Authentication {
                    assert!(in_place == without, "in place, more or less than that page is zeros: {context}");
                    assert!(into == without, "into, more or less than that page is zeros: {context}");
                } else {
                    assert!(in_place == forged, "in place, a refused run was touched: {context}");
                    assert!(
                        into.iter().all(|byte| *byte == 0xc3),
                        "into, a refused run was touched: {context}"
                    );
                }
                assert!(
                    forged[start + at] == sealed[start + at] ^ change,
                    "the source was written: {context}"
                );
            }
        }
    }
}

#[test]
fn a_small_page_with_any_byte_changed_does_not_open_and_its_neighbours_do() {
    for cipher in TURSO_CIPHERS {
        forge(cipher, 512, 1, 1);
        for victim in 1..=6 {
            forge(cipher, 512, 6, victim);
        }
    }
}

#[test]
fn a_page_of_4096_bytes_with_a_byte_changed_does_not_open_and_its_neighbours_do() {
    for cipher in TURSO_CIPHERS {
        forge(cipher, 4096, 1, 1);
        for victim in [1, 3, 6] {
            forge(cipher, 4096, 6, victim);
        }
    }
}

#[test]
fn a_page_of_65536_bytes_with_a_byte_changed_does_not_open_and_its_neighbours_do() {
    for cipher in TURSO_CIPHERS {
        for victim in 1..=2 {
            forge(cipher, 65536, 2, victim);
        }
    }
}

#[test]
fn all_failing_pages_of_a_long_run_are_named_and_the_others_open() {
    for cipher in TURSO_CIPHERS {
        for codec in codecs(cipher, 512) {
            let text = plain(cipher, 512, 1, 150);
            let mut sealed = text.clone();
            codec.seal_pages(1, &mut sealed).unwrap();
            for victims in [vec![1_usize], vec![150], vec![1, 2, 64, 65, 129, 150], (1..=150).collect()] {
                let (mut forged, mut expected) = (sealed.clone(), text.clone());
                for page in &victims {
                    forged[page * 512 - 1] ^= 1;
                    expected[(page - 1) * 512..page * 512].fill(0);
                }
                let numbers: Vec<u64> = victims.iter().map(|page| *page as u64).collect();
                match codec.open_pages(1, &mut forged) {
                    Err(Error::AuthenticationFailed(failures)) => assert_eq!(failures.numbers(), numbers),
                    other => panic!("{other:?}"),
                }
                assert!(forged == expected, "{cipher} on {}", codec.engine());
            }
        }
    }
}

#[test]
fn a_zeroed_page_and_page_1_in_another_place_do_not_open() {
    for cipher in TURSO_CIPHERS {
        for codec in codecs(cipher, 512) {
            let mut zeros = [0; 512];
            assert!(matches!(codec.open_pages(2, &mut zeros), Err(Error::AuthenticationFailed(_))));

            let mut pages = plain(cipher, 512, 1, 2);
            codec.seal_pages(1, &mut pages).unwrap();
            let mut moved = pages[..512].to_vec();
            assert!(matches!(codec.open_pages(2, &mut moved), Err(Error::AuthenticationFailed(_))));
            let mut moved = pages[512..].to_vec();
            assert!(matches!(codec.open_pages(1, &mut moved), Err(Error::UnsupportedFormat(_))));
        }
    }
}

/// A weakness of Turso's format that its documentation names: pages from 2 on are bound to nothing.
#[test]
fn a_page_that_was_moved_to_another_place_opens_because_the_format_cannot_tell() {
    for cipher in TURSO_CIPHERS {
        for codec in codecs(cipher, 512) {
            let text = plain(cipher, 512, 2, 1);
            let mut page = text.clone();
            codec.seal_pages(2, &mut page).unwrap();
            codec.open_pages(3, &mut page).unwrap();
            assert!(page == text);
        }
    }
}

/// The others that it names: nothing tells which of two authentic pages is the newer one, or whose it is.
#[test]
fn an_older_page_and_one_of_another_database_open_because_the_format_cannot_tell() {
    for cipher in TURSO_CIPHERS {
        for (codec, other_database) in codecs(cipher, 512).into_iter().zip(codecs(cipher, 512)) {
            let mut older = plain(cipher, 512, 2, 1);
            let mut newer = older.clone();
            newer[0] ^= 1;
            let text = older.clone();
            codec.seal_pages(2, &mut older).unwrap();
            codec.seal_pages(2, &mut newer).unwrap();
            assert!(older != newer);
            let mut elsewhere = older.clone();
            codec.open_pages(2, &mut older).unwrap();
            other_database.open_pages(2, &mut elsewhere).unwrap();
            assert!(older == text && elsewhere == text);
        }
    }
}
