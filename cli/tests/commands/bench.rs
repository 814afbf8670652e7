//! `pagecrypt bench`.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::scene::{Outcome, pagecrypt, run};

/// The rows of one run, each of which says what can be true.
fn rows(arguments: &[&str]) -> Vec<Value> {
    let json = run([&["bench", "--json", "--seconds", "1"][..], arguments].concat()).succeeds().json();
    assert_eq!(json["page_size"], 4096);
    assert_eq!(json["seconds"], 1);
    let rows = json["rows"].as_array().unwrap().clone();
    for row in &rows {
        let (ns, gbps) = (row["ns"].as_f64().unwrap(), row["gbps"].as_f64().unwrap());
        assert!(ns > 0.0 && gbps > 0.0, "{row}");
        let size = row["size"].as_f64().unwrap();
        // Both are rounded to four digits.
        assert!((size / ns / gbps - 1.0).abs() < 2e-3, "{row}");
        assert!(row["samples"].as_u64().unwrap() >= 3, "{row}");
    }
    rows
}

fn text(row: &Value, member: &str) -> String {
    row[member].as_str().unwrap().to_owned()
}

#[test]
fn every_cipher_is_measured_in_every_way() {
    let rows = rows(&[]);
    let ciphers = run(["ciphers", "--json"]).succeeds().json()["ciphers"].as_array().unwrap().clone();
    assert_eq!(rows.len(), ciphers.len() * 6);
    for (cipher, rows) in ciphers.iter().zip(rows.chunks(6)) {
        let page = 4096 - cipher["reserved_length"].as_u64().unwrap();
        let found: Vec<_> = rows
            .iter()
            .map(|row| {
                assert_eq!((&row["cipher"], &row["engine"]), (&cipher["name"], &cipher["engine"]), "{row}");
                let number = |member: &str| row[member].as_u64().unwrap();
                (text(row, "operation"), text(row, "message"), number("size"), number("batch"))
            })
            .collect();
        let expected = [("page", page, 1), ("page", page, 64), ("record", 64, 64)].into_iter().flat_map(
            |(message, size, batch)| {
                ["seal", "open"].map(|operation| (operation.to_owned(), message.to_owned(), size, batch))
            },
        );
        assert_eq!(found, expected.collect::<Vec<_>>());
    }
}

#[test]
fn one_cipher_and_a_lower_engine_can_be_asked_for() {
    let rows = rows(&["--cipher", "AEGIS-128L", "--engine", "portable"]);
    let names: BTreeSet<_> = rows.iter().map(|row| (text(row, "cipher"), text(row, "engine"))).collect();
    assert_eq!(names, BTreeSet::from([("aegis128l".to_owned(), "portable".to_owned())]));
    // The variable is a ceiling, too.
    let arguments = ["bench", "--cipher", "aegis256", "--seconds", "1", "--json"];
    let output = pagecrypt().args(arguments).env("PAGECRYPT_ENGINE", "portable").output().unwrap();
    assert_eq!(Outcome::of(output).succeeds().json()["rows"][0]["engine"], "portable");
}

#[test]
fn the_table_has_a_line_for_each_cipher_and_explains_itself() {
    let outcome = run(["bench", "--seconds", "1"]).succeeds();
    let ciphers = run(["ciphers", "--json"]).succeeds().json()["ciphers"].as_array().unwrap().clone();
    for (line, cipher) in outcome.stdout.lines().skip(1).zip(&ciphers) {
        let cells: Vec<&str> = line.split_whitespace().collect();
        assert_eq!(cells[..2], [cipher["name"].as_str().unwrap(), cipher["engine"].as_str().unwrap()]);
        assert_eq!(cells.len(), 2 + 6 * 2, "{line}");
    }
    for words in ["Nanoseconds", "GB/s", "4096 bytes", "64 bytes"] {
        assert!(outcome.stdout.contains(words), "{words}: {outcome:?}");
    }
}

#[test]
fn what_is_unknown_is_refused() {
    run(["bench", "--cipher", "rot13"]).fails(2, &["rot13", "unknown cipher"]);
    run(["bench", "--engine", "warp"]).fails(2, &["warp", "unknown engine", "portable"]);
    for seconds in ["0", "-1", "3601", "long"] {
        run(["bench".to_owned(), format!("--seconds={seconds}")]).fails(2, &["--seconds"]);
    }
    let json = run(["bench", "--engine", "warp", "--json"]).fails(2, &["warp"]).json();
    assert_eq!(json["error"]["code"], "unknown_engine");
}
