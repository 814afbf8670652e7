//! The error cases of `vectors/errors.json`, which every language runs.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;

use pagecrypt::aead::{Aead, BatchFailure, Open, Seal, Text};
use pagecrypt::file::{FileOptions, VerifyOptions, decrypt_file, inspect_file, verify_file};
use pagecrypt::page::PageCodec;
use pagecrypt::page::turso::Header;
use pagecrypt::{Cipher, Engine, Error, ErrorCode, Key};
use serde::Deserialize;

#[path = "support/error_file.rs"]
mod error_file;
#[path = "support/file_cases.rs"]
mod file_cases;
#[path = "support/vectors.rs"]
mod vectors;

use error_file::{Bytes, Case, Code, file};
use file_cases::{Files, Made};
use vectors::Hex;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Name {
    name: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Number {
    number: u8,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyText {
    text: String,
    cipher: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyBytes {
    bytes: Bytes,
    cipher: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HeaderBytes {
    bytes: Bytes,
}

#[derive(Deserialize)]
struct Codec {
    key: Hex,
    cipher: String,
    format: String,
    page_size: usize,
}

#[derive(Deserialize)]
struct Pages {
    #[serde(flatten)]
    codec: Codec,
    first: u32,
    pages: Bytes,
    to_length: Option<usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Message {
    key: Hex,
    cipher: String,
    nonce: Hex,
    associated_data: Hex,
    text: Bytes,
    tag: Option<Hex>,
    to_length: Option<usize>,
}

/// Those that take SQLite: `sqlite/tests/error_cases.rs` runs their cases, and counts them as well.
const RUN_BY_SQLITE: [&str; 2] = ["decrypt_file_compact", "encrypt_file"];

#[test]
fn every_case_gives_its_error_and_no_other() {
    let file = file();
    let mut run: BTreeMap<&str, usize> = BTreeMap::new();
    for case in &file.cases {
        *run.entry(&case.operation).or_default() += 1;
        if !RUN_BY_SQLITE.contains(&case.operation.as_str()) {
            case.check(operate(case));
        }
    }
    let counts: Vec<(&str, usize)> = run.into_iter().collect();
    #[rustfmt::skip]
    assert_eq!(counts, [
        ("cipher_from_name", 9), ("cipher_from_number", 5), ("decrypt_file", 9), ("decrypt_file_compact", 16), ("encrypt_file", 16),
        ("engine_from_name", 5), ("inspect_file", 3), ("key_from_bytes", 10), ("key_from_text", 17), ("open_message", 8),
        ("open_pages", 19), ("page_codec_new", 9), ("seal_message", 4), ("seal_pages", 16), ("turso_header", 14),
        ("verify_file", 18),
    ]);
}

#[test]
fn the_codes_are_those_of_the_library() {
    let library = ErrorCode::ALL.iter().map(|code| Code {
        name: code.name().to_owned(),
        number: code.number(),
        exit_code: code.exit_code(),
    });
    assert_eq!(file().codes, library.collect::<Vec<_>>());
}

#[test]
fn every_code_has_a_case_or_a_reason_for_having_none() {
    let file = file();
    for code in ErrorCode::ALL {
        let cases = file.cases.iter().filter_map(|case| case.error.as_ref());
        let has_case = cases.into_iter().any(|error| error.name == code.name());
        let reasons = file.without_case.iter().filter(|without| without.error == code.name());
        let reasons: Vec<&str> = reasons.map(|without| without.why.as_str()).collect();
        assert_eq!(
            reasons.len(),
            usize::from(!has_case),
            "{code}: has a case: {has_case}, reasons: {reasons:?}"
        );
        assert!(reasons.iter().all(|why| !why.is_empty()), "{code}");
    }
    assert!(
        file.without_case
            .iter()
            .all(|without| ErrorCode::ALL.iter().any(|code| code.name() == without.error))
    );
}

fn operate(case: &Case) -> Result<(), Error> {
    match case.operation.as_str() {
        "cipher_from_name" => case.input::<Name>().name.parse::<Cipher>().map(|_| ()),
        "cipher_from_number" => Cipher::from_number(case.input::<Number>().number).map(|_| ()),
        "engine_from_name" => case.input::<Name>().name.parse::<Engine>().map(|_| ()),
        "key_from_text" => {
            let input: KeyText = case.input();
            let cipher = input.cipher.map(|cipher| cipher.parse().unwrap());
            Key::from_text(&input.text, cipher).map(|_| ())
        }
        "key_from_bytes" => {
            let input: KeyBytes = case.input();
            Key::from_bytes(&input.bytes.get(), input.cipher.parse().unwrap()).map(|_| ())
        }
        "page_codec_new" => codec(&case.input()).map(|_| ()),
        "seal_pages" => pages(case, &case.input(), PageCodec::seal_pages, PageCodec::seal_pages_into),
        "open_pages" => pages(case, &case.input(), PageCodec::open_pages, PageCodec::open_pages_into),
        "turso_header" => Header::parse(&case.input::<HeaderBytes>().bytes.get()).map(|_| ()),
        "seal_message" => seal_message(&case.input()),
        "open_message" => open_message(&case.input()),
        operation => case.input::<Files>().run(&case.failed_pages, |asked, progress| match operation {
            "inspect_file" => inspect_file(&asked.database).map(|_| Made::Nothing),
            "verify_file" => {
                verify_file(&asked.database, &asked.key(), VerifyOptions::new().progress(progress))
                    .and_then(|report| report.error().map_or(Ok(Made::Nothing), Err))
            }
            "decrypt_file" => {
                let options = FileOptions::new().force(asked.force).progress(progress);
                decrypt_file(&asked.database, &asked.destination, &asked.key(), options).map(|_| Made::Plain)
            }
            other => panic!("unknown operation {other}"),
        }),
    }
}

fn codec(input: &Codec) -> Result<PageCodec, Error> {
    let key = Key::from_bytes(&input.key.0, input.cipher.parse().unwrap()).unwrap();
    match input.format.as_str() {
        "turso" => PageCodec::turso(key, input.page_size),
        other => panic!("unknown format {other}"),
    }
}

type InPlace = fn(&PageCodec, u32, &mut [u8]) -> Result<(), Error>;
type Into = fn(&PageCodec, u32, &[u8], &mut [u8]) -> Result<(), Error>;

/// Runs an operation on pages in place (unless the case is about another buffer's length) and into another buffer.
/// Whichever it is: an error leaves everything untouched, but for pages that are not authentic, which become zeros.
fn pages(case: &Case, input: &Pages, in_place: InPlace, into: Into) -> Result<(), Error> {
    let codec = codec(&input.codec).unwrap();
    let from = input.pages.get();
    let untouched = vec![0xc3; input.to_length.unwrap_or(from.len())];
    let mut to = untouched.clone();
    let outcome = into(&codec, input.first, &from, &mut to);
    check_output(case, &codec, &outcome, &untouched, &to, input.first);
    if input.to_length.is_none() {
        let mut buffer = from.clone();
        let outcome = in_place(&codec, input.first, &mut buffer);
        check_output(case, &codec, &outcome, &from, &buffer, input.first);
        assert_eq!(outcome.err().map(|error| error.code()), case_code(case), "{}: in place", case.name);
    }
    outcome
}

fn check_output(
    case: &Case,
    codec: &PageCodec,
    outcome: &Result<(), Error>,
    before: &[u8],
    after: &[u8],
    first: u32,
) {
    match outcome {
        Ok(()) => {}
        Err(Error::AuthenticationFailed(failures)) => {
            assert_eq!(failures.numbers(), case.failed_pages, "{}", case.name);
            for (page, number) in after.chunks_exact(codec.page_size()).zip(u64::from(first)..) {
                let zeros = page.iter().all(|byte| *byte == 0);
                assert_eq!(zeros, case.failed_pages.contains(&number), "{}: page {number}", case.name);
            }
        }
        Err(_) => assert!(before == after, "{}: something was written", case.name),
    }
}

fn case_code(case: &Case) -> Option<ErrorCode> {
    let name = &case.error.as_ref()?.name;
    ErrorCode::ALL.iter().copied().find(|code| code.name() == name)
}

fn seal_message(input: &Message) -> Result<(), Error> {
    let key = Key::from_bytes(&input.key.0, input.cipher.parse().unwrap()).unwrap();
    let from = input.text.get();
    let (mut to, mut tag) = (vec![0xc3; input.to_length.unwrap_or(from.len())], [0xc3; 16]);
    let outcome = key.seal_one_assume_unique_nonce(Seal {
        nonce: &input.nonce.0,
        associated_data: &input.associated_data.0,
        text: Text::Into { from: &from, to: &mut to },
        tag: &mut tag,
    });
    let untouched = to.iter().chain(&tag).all(|byte| *byte == 0xc3);
    assert_eq!(untouched, outcome.is_err(), "{outcome:?}");
    outcome
}

fn open_message(input: &Message) -> Result<(), Error> {
    let key = Key::from_bytes(&input.key.0, input.cipher.parse().unwrap()).unwrap();
    let tag = input.tag.as_ref().unwrap().0[..].try_into().unwrap();
    let from = input.text.get();
    let mut to = vec![0xc3; input.to_length.unwrap_or(from.len())];
    let message =
        Open::new(&input.nonce.0, &input.associated_data.0, Text::Into { from: &from, to: &mut to }, &tag);
    match key.open_one(message) {
        Ok(()) => Ok(()),
        Err(BatchFailure::Refused(error)) => {
            assert!(to.iter().all(|byte| *byte == 0xc3), "something was written");
            Err(error)
        }
        Err(BatchFailure::Forged { first, count }) => {
            assert!(to.iter().all(|byte| *byte == 0), "something is left of a message that failed");
            assert_eq!((first, count), (0, 1));
            Err(Error::AuthenticationFailed(pagecrypt::Failures::one(pagecrypt::Unit::Message, 0)))
        }
        Err(other) => panic!("{other:?}"),
    }
}
