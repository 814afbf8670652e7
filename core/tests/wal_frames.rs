//! Frames of a write-ahead log: sealed and opened like pages, under a checksum chain over the ciphertext.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use pagecrypt::page::PageCodec;
use pagecrypt::page::wal::{ByteOrder, Chain, FRAME_HEADER_LENGTH, FrameHeader, HEADER_LENGTH, Header};
use pagecrypt::{Cipher, Error, Unit};

#[path = "support/bytes.rs"]
mod bytes;
#[path = "support/engines.rs"]
mod engines;
#[path = "support/pages.rs"]
mod pages;

use pages::{PAGE_SIZES, Replay, TURSO_CIPHERS, codecs, plain};

const BYTE_ORDERS: [ByteOrder; 2] = [ByteOrder::Little, ByteOrder::Big];

/// Pages and commit sizes of a log: page 1 twice, two transactions and one that is not committed.
const FRAMES: [(u32, u32); 6] = [(1, 0), (2, 0), (7, 7), (1, 0), (3, 8), (9, 0)];

fn codec(cipher: Cipher, page_size: usize) -> PageCodec {
    codecs(cipher, page_size).pop().unwrap()
}

fn header(byte_order: ByteOrder, page_size: usize) -> Header {
    Header::new(byte_order, page_size, 3, [0x0102_0304, 0xfffe_fdfc]).unwrap()
}

/// The plaintext frames of [`FRAMES`]: salts and checksums are left to be written.
fn plain_frames(cipher: Cipher, page_size: usize) -> Vec<u8> {
    let mut frames = Vec::new();
    for (page, commit_size) in FRAMES {
        frames.extend(page.to_be_bytes());
        frames.extend(commit_size.to_be_bytes());
        frames.extend([0; 16]);
        frames.extend(plain(cipher, page_size, page, 1));
    }
    frames
}

/// SQLite's checksum as its documentation gives it, continued from `sums`.
fn checksum(byte_order: ByteOrder, sums: [u32; 2], bytes: &[u8]) -> [u32; 2] {
    let words: Vec<u32> = bytes
        .chunks_exact(4)
        .map(|word| match byte_order {
            ByteOrder::Little => u32::from_le_bytes(word.try_into().unwrap()),
            ByteOrder::Big => u32::from_be_bytes(word.try_into().unwrap()),
        })
        .collect();
    let [mut s0, mut s1] = sums;
    for index in (0..words.len()).step_by(2) {
        s0 = s0.wrapping_add(words[index]).wrapping_add(s1);
        s1 = s1.wrapping_add(words[index + 1]).wrapping_add(s0);
    }
    [s0, s1]
}

fn big_endian(bytes: &[u8]) -> [u32; 2] {
    [0, 4].map(|at| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap()))
}

#[test]
fn a_header_is_written_as_sqlite_does_and_read_back() {
    for byte_order in BYTE_ORDERS {
        for page_size in PAGE_SIZES {
            let header = header(byte_order, page_size);
            let written = header.to_bytes();
            let magic: [u8; 4] = if byte_order == ByteOrder::Little {
                [0x37, 0x7f, 0x06, 0x82]
            } else {
                [0x37, 0x7f, 0x06, 0x83]
            };
            assert_eq!(written[..4], magic);
            assert_eq!(written[4..8], 3_007_000_u32.to_be_bytes());
            assert_eq!(written[8..12], u32::try_from(page_size).unwrap().to_be_bytes());
            assert_eq!(written[12..24], [0, 0, 0, 3, 1, 2, 3, 4, 0xff, 0xfe, 0xfd, 0xfc]);
            assert_eq!(big_endian(&written[24..]), checksum(byte_order, [0; 2], &written[..24]));
            assert_eq!(Header::parse(&written).unwrap(), header);
            assert_eq!(Header::parse(&[&written[..], &[9; 100]].concat()).unwrap(), header);
        }
    }
    for size in [0, 256, 1000, 131_072] {
        assert!(matches!(Header::new(ByteOrder::Little, size, 0, [0; 2]), Err(Error::PageSize(_))), "{size}");
    }
}

#[test]
fn a_header_with_any_byte_changed_or_missing_is_malformed() {
    for byte_order in BYTE_ORDERS {
        let written = header(byte_order, 4096).to_bytes();
        for at in 0..HEADER_LENGTH {
            for bit in 0..8 {
                let mut changed = written;
                changed[at] ^= 1 << bit;
                let outcome = Header::parse(&changed);
                assert!(matches!(outcome, Err(Error::Malformed(_))), "byte {at} bit {bit}: {outcome:?}");
            }
            assert!(matches!(Header::parse(&written[..at]), Err(Error::Malformed(_))), "{at} bytes");
        }
    }
    // A right checksum does not excuse another version.
    let mut other = header(ByteOrder::Little, 4096).to_bytes();
    other[7] ^= 1;
    let sums = checksum(ByteOrder::Little, [0; 2], &other[..24]);
    other[24..28].copy_from_slice(&sums[0].to_be_bytes());
    other[28..].copy_from_slice(&sums[1].to_be_bytes());
    assert!(matches!(Header::parse(&other), Err(Error::Malformed(_))));
}

#[test]
fn sealed_frames_are_chained_over_their_ciphertext_and_open_again() {
    for cipher in TURSO_CIPHERS {
        for page_size in [512, 4096, 65536] {
            for (codec, byte_order) in codecs(cipher, page_size).into_iter().zip(BYTE_ORDERS.iter().cycle()) {
                let context = format!("{cipher} on {}, pages of {page_size}", codec.engine());
                let header = header(*byte_order, page_size);
                let text = plain_frames(cipher, page_size);
                let mut sealed = text.clone();
                let mut chain = Chain::start(&header);
                codec.seal_frames(&mut chain, &mut sealed).unwrap();

                let mut sums = big_endian(&header.to_bytes()[24..]);
                let mut reader = Chain::start(&header);
                assert_eq!(reader.checksum(), sums);
                for (frame, (page, commit_size)) in sealed.chunks_exact(codec.frame_length()).zip(FRAMES) {
                    let read = FrameHeader::parse(frame).unwrap();
                    assert_eq!((read.page, read.commit_size, read.salts), (page, commit_size, header.salts));
                    sums = checksum(*byte_order, sums, &frame[..8]);
                    sums = checksum(*byte_order, sums, &frame[FRAME_HEADER_LENGTH..]);
                    assert_eq!(read.checksum, sums, "{context}");
                    assert!(reader.accept(frame), "{context}");
                    assert_eq!(reader.checksum(), sums, "{context}");
                    // The page of a frame is a page like any other.
                    let mut page_alone = frame[FRAME_HEADER_LENGTH..].to_vec();
                    codec.open_pages(page, &mut page_alone).unwrap();
                    assert!(page_alone == plain(cipher, page_size, page, 1), "{context}");
                }
                assert_eq!(reader, chain);

                let mut into = vec![0xc3; sealed.len()];
                let from = sealed.clone();
                codec.open_frames_into(1, &from, &mut into).unwrap();
                assert!(from == sealed, "the source changed: {context}");
                let mut in_place = sealed.clone();
                codec.open_frames(1, &mut in_place).unwrap();
                let frames = |buffer: &[u8]| -> Vec<Vec<u8>> {
                    buffer
                        .chunks_exact(codec.frame_length())
                        .map(|frame| frame[FRAME_HEADER_LENGTH..].to_vec())
                        .collect()
                };
                assert!(frames(&in_place) == frames(&text), "opening in place differs: {context}");
                assert!(frames(&into) == frames(&text), "opening into another buffer differs: {context}");
                for (opened, sealed) in
                    in_place.chunks_exact(codec.frame_length()).zip(sealed.chunks_exact(codec.frame_length()))
                {
                    assert_eq!(opened[..FRAME_HEADER_LENGTH], sealed[..FRAME_HEADER_LENGTH], "{context}");
                }
            }
        }
    }
}

#[test]
fn a_chain_accepts_its_own_next_frame_and_no_other() {
    let codec = codec(Cipher::Aes256Gcm, 512);
    for byte_order in BYTE_ORDERS {
        let header = header(byte_order, 512);
        let mut sealed = plain_frames(Cipher::Aes256Gcm, 512);
        codec.seal_frames(&mut Chain::start(&header), &mut sealed).unwrap();
        let frames: Vec<&[u8]> = sealed.chunks_exact(codec.frame_length()).collect();

        for at in 0..codec.frame_length() {
            let mut changed = frames[0].to_vec();
            changed[at] ^= 0x10;
            let mut chain = Chain::start(&header);
            assert!(!chain.accept(&changed), "byte {at}");
            assert_eq!(chain, Chain::start(&header), "a refused frame moves the chain");
            assert!(chain.accept(frames[0]));
        }
        for (index, frame) in frames.iter().enumerate() {
            assert_eq!(Chain::start(&header).accept(frame), index == 0, "frame {index} as the first");
        }
        let mut stale = Header::new(byte_order, 512, 4, [0x0102_0305, 0xfffe_fdfc]).unwrap();
        assert!(!Chain::start(&stale).accept(frames[0]), "other salts");
        stale = Header::new(byte_order, 512, 4, header.salts).unwrap();
        assert!(!Chain::start(&stale).accept(frames[0]), "another header");
        assert!(!Chain::start(&header).accept(&frames[0][..23]), "a part of a header");
        assert!(!Chain::start(&header).accept(&frames[0][..frames[0].len() - 8]), "a part of a frame");
        assert!(!Chain::start(&header).accept(&[]));
    }
}

#[test]
fn a_chain_refuses_page_0_even_with_the_right_checksum() {
    let header = header(ByteOrder::Little, 512);
    let mut frame = vec![0; FRAME_HEADER_LENGTH + 512];
    frame[8..16].copy_from_slice(&header.to_bytes()[16..24]);
    let sums = checksum(ByteOrder::Little, big_endian(&header.to_bytes()[24..]), &frame[..8]);
    let sums = checksum(ByteOrder::Little, sums, &frame[FRAME_HEADER_LENGTH..]);
    frame[16..20].copy_from_slice(&sums[0].to_be_bytes());
    frame[20..24].copy_from_slice(&sums[1].to_be_bytes());
    assert!(!Chain::start(&header).accept(&frame));
}

#[test]
fn a_forged_frame_is_named_by_its_number_and_the_others_open() {
    for cipher in TURSO_CIPHERS {
        for codec in codecs(cipher, 512) {
            let text = plain_frames(cipher, 512);
            let mut sealed = text.clone();
            let mut chain = Chain::start(&header(ByteOrder::Little, 512));
            codec.seal_frames(&mut chain, &mut sealed).unwrap();
            let length = codec.frame_length();
            for (victim, at) in [(1, FRAME_HEADER_LENGTH), (2, 300), (4, length - 1), (5, length - 33)] {
                let mut forged = sealed.clone();
                forged[victim * length + at] ^= 1;
                let Err(Error::AuthenticationFailed(failures)) = codec.open_frames(101, &mut forged) else {
                    panic!("{cipher}: frame {victim} opened");
                };
                assert_eq!((failures.unit(), failures.numbers()), (Unit::Frame, &[101 + victim as u64][..]));
                for (index, (opened, text)) in
                    forged.chunks_exact(length).zip(text.chunks_exact(length)).enumerate()
                {
                    let opened = &opened[FRAME_HEADER_LENGTH..];
                    if index == victim {
                        assert!(opened.iter().all(|byte| *byte == 0), "{cipher}: something is left");
                    } else {
                        assert!(
                            *opened == text[FRAME_HEADER_LENGTH..],
                            "{cipher}: frame {index} is not open"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn frames_that_are_none_are_refused_untouched_and_the_chain_stays() {
    type Expected = fn(&Error) -> bool;

    let codec = codec(Cipher::Aegis256, 512);
    let start = Chain::start(&header(ByteOrder::Little, 512));
    let good = plain_frames(Cipher::Aegis256, 512);
    let number = |page: u32| [&page.to_be_bytes(), &good[4..]].concat();
    let cases: [(Vec<u8>, Expected); 6] = [
        (good[..535].to_vec(), |error| matches!(error, Error::BufferLength { .. })),
        (good[..537].to_vec(), |error| matches!(error, Error::BufferLength { .. })),
        (good[..512].to_vec(), |error| matches!(error, Error::BufferLength { .. })),
        (number(0), |error| matches!(error, Error::PageNumber)),
        (number(u32::MAX), |error| matches!(error, Error::PageNumber)),
        ([&good[..FRAME_HEADER_LENGTH], &[0; 512]].concat(), |error| {
            matches!(error, Error::Malformed(_) | Error::UnsupportedFormat(_))
        }),
    ];
    for (index, (frames, expected)) in cases.into_iter().enumerate() {
        let (mut chain, mut buffer) = (start, frames.clone());
        let outcome = codec.seal_frames(&mut chain, &mut buffer);
        assert!(outcome.as_ref().is_err_and(expected), "case {index}: {outcome:?}");
        assert!(buffer == frames && chain == start, "case {index}: something was written");
        let outcome = codec.open_frames(1, &mut buffer);
        assert!(outcome.as_ref().is_err_and(expected), "case {index}: {outcome:?}");
        assert!(buffer == frames, "case {index}: something was written");
    }
    let (mut chain, mut buffer) = (start, good.clone());
    let outcome = codec.seal_frames_with(&mut Replay::new([1; 100]), &mut chain, &mut buffer);
    assert!(matches!(outcome, Err(Error::RandomSource)), "{outcome:?}");
    assert!(buffer == good && chain == start, "something was written without random numbers");
}
