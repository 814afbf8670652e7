//! The error cases of `vectors/errors.json`, which every language runs.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;

use pagecrypt::aead::{Aead, BatchFailure, Open, Seal, Text};
use pagecrypt::page::PageCodec;
use pagecrypt::page::turso::Header;
use pagecrypt::{Cipher, Engine, Error, ErrorCode, Key};
use serde::Deserialize;

#[path = "support/file_cases.rs"]
mod file_cases;
#[path = "support/vectors.rs"]
mod vectors;

use vectors::Hex;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    codes: Vec<Code>,
    cases: Vec<Case>,
    without_case: Vec<WithoutCase>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Code {
    name: String,
    number: u16,
    exit_code: u8,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WithoutCase {
    error: String,
    why: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    operation: String,
    input: serde_json::Value,
    error: Option<Code>,
    #[serde(default)]
    says: Vec<String>,
    #[serde(default)]
    failed_pages: Vec<u64>,
}

/// Bytes as the file describes them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Bytes {
    hex: Option<Hex>,
    zeros: Option<usize>,
    file: Option<String>,
    #[serde(default)]
    offset: usize,
    length: Option<usize>,
    #[serde(default)]
    put: Vec<(usize, Hex)>,
}

impl Bytes {
    fn get(&self) -> Vec<u8> {
        let mut bytes = match (&self.hex, self.zeros, &self.file) {
            (Some(hex), None, None) => hex.0.clone(),
            (None, Some(length), None) => vec![0; length],
            (None, None, Some(file)) => {
                let all = vectors::read(file);
                let end = self.length.map_or(all.len(), |length| self.offset + length);
                all[self.offset..end].to_vec()
            }
            _ => panic!("exactly one of hex, zeros and file"),
        };
        for (offset, part) in &self.put {
            bytes[*offset..][..part.0.len()].copy_from_slice(&part.0);
        }
        bytes
    }
}

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

fn file() -> File {
    vectors::json("errors.json")
}

#[test]
fn every_case_gives_its_error_and_no_other() {
    let file = file();
    let mut run: BTreeMap<&str, usize> = BTreeMap::new();
    for case in &file.cases {
        let context = format!("{}: {}", case.operation, case.name);
        let outcome = operate(case).map_err(|error| {
            let said = error.to_string();
            for part in &case.says {
                assert!(said.contains(part), "{context}: {said:?} does not say {part:?}");
            }
            let code = error.code();
            Code { name: code.name().to_owned(), number: code.number(), exit_code: code.exit_code() }
        });
        assert_eq!(outcome.err(), case.error, "{context}");
        *run.entry(&case.operation).or_default() += 1;
    }
    let counts: Vec<(&str, usize)> = run.into_iter().collect();
    #[rustfmt::skip]
    assert_eq!(counts, [
        ("cipher_from_name", 9), ("cipher_from_number", 5), ("decrypt_file", 9), ("engine_from_name", 5), ("inspect_file", 3),
        ("key_from_bytes", 10), ("key_from_text", 17), ("open_message", 8), ("open_pages", 19), ("page_codec_new", 9),
        ("seal_message", 4), ("seal_pages", 16), ("turso_header", 13), ("verify_file", 18),
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
    fn input<'a, T: Deserialize<'a>>(case: &'a Case) -> T {
        T::deserialize(&case.input).unwrap_or_else(|error| panic!("{}: {error}", case.name))
    }
    match case.operation.as_str() {
        "cipher_from_name" => input::<Name>(case).name.parse::<Cipher>().map(|_| ()),
        "cipher_from_number" => Cipher::from_number(input::<Number>(case).number).map(|_| ()),
        "engine_from_name" => input::<Name>(case).name.parse::<Engine>().map(|_| ()),
        "key_from_text" => {
            let input: KeyText = input(case);
            let cipher = input.cipher.map(|cipher| cipher.parse().unwrap());
            Key::from_text(&input.text, cipher).map(|_| ())
        }
        "key_from_bytes" => {
            let input: KeyBytes = input(case);
            Key::from_bytes(&input.bytes.get(), input.cipher.parse().unwrap()).map(|_| ())
        }
        "page_codec_new" => codec(&input(case)).map(|_| ()),
        "seal_pages" => pages(case, &input(case), PageCodec::seal_pages, PageCodec::seal_pages_into),
        "open_pages" => pages(case, &input(case), PageCodec::open_pages, PageCodec::open_pages_into),
        "turso_header" => Header::parse(&input::<HeaderBytes>(case).bytes.get()).map(|_| ()),
        "seal_message" => seal_message(&input(case)),
        "open_message" => open_message(&input(case)),
        operation => input::<file_cases::Files>(case).run(operation, &case.failed_pages),
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
