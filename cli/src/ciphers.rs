//! `pagecrypt ciphers`: the catalogue, and which engine serves each cipher here.

use pagecrypt::{Cipher, Engine, Error, available_engines};
use serde::Serialize;

use crate::args::Ciphers;
use crate::failure::Failure;
use crate::output;

/// `--json`.
#[derive(Serialize)]
struct Catalogue {
    ciphers: Vec<Row>,
    engines: Vec<&'static str>,
}

/// Lengths are in bytes.
#[derive(Serialize)]
struct Row {
    number: u8,
    name: &'static str,
    hyphenated_name: &'static str,
    key_length: usize,
    nonce_length: usize,
    tag_length: usize,
    reserved_length: usize,
    max_message_length: u64,
    max_random_seals: Option<u64>,
    engine: &'static str,
}

pub(crate) fn run(args: &Ciphers) -> Result<(), Failure> {
    let rows: Result<Vec<Row>, Error> = Cipher::ALL.into_iter().map(row).collect();
    let catalogue = Catalogue {
        ciphers: rows.map_err(|error| Failure::bare(&error))?,
        engines: available_engines().map(Engine::name).collect(),
    };
    if args.json { output::print_json(&catalogue) } else { output::print(&table(&catalogue)) }
}

fn row(cipher: Cipher) -> Result<Row, Error> {
    Ok(Row {
        number: cipher.number(),
        name: cipher.name(),
        hyphenated_name: cipher.hyphenated_name(),
        key_length: cipher.key_length(),
        nonce_length: cipher.nonce_length(),
        tag_length: cipher.tag_length(),
        reserved_length: cipher.reserved_length(),
        max_message_length: cipher.max_message_length(),
        max_random_seals: cipher.max_random_seals(),
        engine: cipher.engine()?.name(),
    })
}

fn table(catalogue: &Catalogue) -> String {
    let mut lines = vec![[
        "NUMBER".to_owned(),
        "CIPHER".to_owned(),
        "KEY".to_owned(),
        "NONCE".to_owned(),
        "TAG".to_owned(),
        "RESERVED".to_owned(),
        "MAX MESSAGE".to_owned(),
        "SEALS PER KEY".to_owned(),
        "ENGINE".to_owned(),
    ]];
    lines.extend(catalogue.ciphers.iter().map(|row| {
        [
            row.number.to_string(),
            row.name.to_owned(),
            row.key_length.to_string(),
            row.nonce_length.to_string(),
            row.tag_length.to_string(),
            row.reserved_length.to_string(),
            near_power_of_two(row.max_message_length),
            row.max_random_seals.map_or_else(|| "no limit".to_owned(), near_power_of_two),
            row.engine.to_owned(),
        ]
    }));
    format!(
        "{}\nLengths are in bytes; SEALS PER KEY: messages under one key and random nonces.\nEngines here: {}\n",
        output::aligned(&lines),
        catalogue.engines.join(" "),
    )
}

/// Limits lie at or just below a power of two: `2^36 - 32` says more than eleven digits.
fn near_power_of_two(value: u64) -> String {
    let power = value.next_power_of_two();
    match power - value {
        0 => format!("2^{}", power.trailing_zeros()),
        short => format!("2^{} - {short}", power.trailing_zeros()),
    }
}
