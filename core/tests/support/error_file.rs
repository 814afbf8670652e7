//! `vectors/errors.json`: what must fail, and how.
#![allow(dead_code)] // not every test crate uses all of it

use pagecrypt::Error;
use serde::Deserialize;

use crate::vectors::{self, Hex};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    pub(crate) codes: Vec<Code>,
    pub(crate) cases: Vec<Case>,
    pub(crate) without_case: Vec<WithoutCase>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Code {
    pub(crate) name: String,
    pub(crate) number: u16,
    pub(crate) exit_code: u8,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WithoutCase {
    pub(crate) error: String,
    pub(crate) why: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) operation: String,
    pub(crate) input: serde_json::Value,
    pub(crate) error: Option<Code>,
    #[serde(default)]
    pub(crate) says: Vec<String>,
    #[serde(default)]
    pub(crate) failed_pages: Vec<u64>,
}

/// The whole file.
pub(crate) fn file() -> File {
    vectors::json("errors.json")
}

impl Case {
    /// The input, in the shape that the operation takes.
    pub(crate) fn input<'a, T: Deserialize<'a>>(&'a self) -> T {
        T::deserialize(&self.input).unwrap_or_else(|error| panic!("{}: {error}", self.name))
    }

    /// Whether the operation ended as it should.
    pub(crate) fn check(&self, outcome: Result<(), Error>) {
        let context = format!("{}: {}", self.operation, self.name);
        let outcome = outcome.map_err(|error| {
            let said = error.to_string();
            for part in &self.says {
                assert!(said.contains(part), "{context}: {said:?} does not say {part:?}");
            }
            let code = error.code();
            Code { name: code.name().to_owned(), number: code.number(), exit_code: code.exit_code() }
        });
        assert_eq!(outcome.err(), self.error, "{context}");
    }
}

/// Bytes as the file describes them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Bytes {
    pub(crate) hex: Option<Hex>,
    pub(crate) zeros: Option<usize>,
    pub(crate) file: Option<String>,
    #[serde(default)]
    pub(crate) offset: usize,
    pub(crate) length: Option<usize>,
    #[serde(default)]
    pub(crate) put: Vec<(usize, Hex)>,
}

impl Bytes {
    pub(crate) fn get(&self) -> Vec<u8> {
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
