//! The tables in `docs/` say what the code says.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg(feature = "std")]

use std::fs;
use std::path::Path;

use pagecrypt::{Cipher, Engine, ErrorCode, Key};

/// The rows of the first table of a document, each as its cells; the head is the first.
fn table(document: &str) -> Vec<Vec<String>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(document);
    let text = fs::read_to_string(&path).expect("docs/ stands beside core/");
    let rows: Vec<Vec<String>> = text
        .lines()
        .skip_while(|line| !line.starts_with('|'))
        .take_while(|line| line.starts_with('|'))
        .filter(|line| !line.starts_with("|--"))
        .map(|line| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect())
        .collect();
    assert!(rows.len() > 1, "{document} has no table");
    rows
}

#[test]
fn the_table_of_errors_is_the_code_s() {
    let documented: Vec<[String; 3]> = table("errors.md")[1..]
        .iter()
        .map(|row| [row[0].clone(), row[1].trim_matches('`').to_owned(), row[2].clone()])
        .collect();
    let there: Vec<[String; 3]> = ErrorCode::ALL
        .iter()
        .map(|code| [code.number().to_string(), code.name().to_owned(), code.exit_code().to_string()])
        .collect();
    assert_eq!(documented, there);
}

#[test]
fn the_grid_of_engines_is_the_code_s() {
    let grid = table("engines.md");
    let engines: Vec<&str> = Engine::ALL.iter().map(|engine| engine.name()).collect();
    assert_eq!(grid[0][1..], engines);
    let ciphers: Vec<&str> = grid[1..].iter().map(|row| row[0].as_str()).collect();
    assert_eq!(ciphers, Cipher::ALL.map(Cipher::name));

    for (column, engine) in Engine::ALL.into_iter().enumerate() {
        if !engine.is_available() {
            println!("skipped: column {engine} of docs/engines.md: this CPU lacks it");
            continue;
        }
        for (row, cipher) in grid[1..].iter().zip(Cipher::ALL) {
            let key = Key::from_bytes(&vec![0; cipher.key_length()], cipher).unwrap();
            let serves = key.with_engine(engine).unwrap().engine() == engine;
            assert_eq!(row[1 + column] == "yes", serves, "{cipher} on {engine}");
        }
    }
}
