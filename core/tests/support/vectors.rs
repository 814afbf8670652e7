//! The files under `vectors/`.
#![allow(dead_code)] // not every test crate uses all of it

use std::path::PathBuf;

use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error};

/// Where a file of `vectors/` is.
pub(crate) fn path(name: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../vectors")).join(name)
}

/// The bytes of a file.
pub(crate) fn read(name: &str) -> Vec<u8> {
    std::fs::read(path(name)).unwrap_or_else(|error| panic!("vectors/{name}: {error}"))
}

/// A file of JSON.
pub(crate) fn json<T: DeserializeOwned>(name: &str) -> T {
    serde_json::from_slice(&read(name)).unwrap_or_else(|error| panic!("vectors/{name}: {error}"))
}

/// Bytes written in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hex(pub(crate) Vec<u8>);

impl<'de> Deserialize<'de> for Hex {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        hex::decode(text).map(Self).map_err(D::Error::custom)
    }
}
