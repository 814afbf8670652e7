//! `pagecrypt ciphers`.

use std::process::Stdio;

use crate::scene::{Outcome, pagecrypt, run};

const NAMES: [&str; 9] = [
    "aes128gcm",
    "aes256gcm",
    "aegis256",
    "aegis256x2",
    "aegis256x4",
    "aegis128l",
    "aegis128x2",
    "aegis128x4",
    "chacha20poly1305",
];

#[test]
fn the_table_has_a_line_for_each_cipher() {
    let outcome = run(["ciphers"]).succeeds();
    let lines: Vec<&str> = outcome.stdout.lines().collect();
    for (index, name) in NAMES.iter().enumerate() {
        let cells: Vec<&str> = lines[1 + index].split_whitespace().collect();
        assert_eq!(cells[..2], [(index + 1).to_string().as_str(), *name]);
    }
    let aes = lines[1].split_whitespace().collect::<Vec<_>>();
    assert_eq!(aes[2..6], ["16", "12", "16", "28"]);
    assert_eq!(aes[6..10], ["2^36", "-", "32", "2^32"]);
}

#[test]
fn json_has_every_number_of_the_catalogue() {
    let json = run(["ciphers", "--json"]).succeeds().json();
    let ciphers = json["ciphers"].as_array().unwrap();
    let names: Vec<&str> = ciphers.iter().map(|row| row["name"].as_str().unwrap()).collect();
    assert_eq!(names, NAMES);
    let engines: Vec<&str> =
        json["engines"].as_array().unwrap().iter().map(|e| e.as_str().unwrap()).collect();
    for (index, row) in ciphers.iter().enumerate() {
        assert_eq!(row["number"], index + 1);
        assert_eq!(row["tag_length"], 16);
        assert_eq!(row["reserved_length"], row["nonce_length"].as_u64().unwrap() + 16);
        assert!(engines.contains(&row["engine"].as_str().unwrap()), "{row}");
    }
    assert_eq!(ciphers[2]["max_random_seals"], serde_json::Value::Null);
    assert_eq!(ciphers[5]["max_random_seals"], 1_u64 << 48);
    assert_eq!(ciphers[1]["max_message_length"], (1_u64 << 36) - 32);
    assert_eq!(ciphers[8]["hyphenated_name"], "chacha20-poly1305");
}

#[test]
fn an_engine_that_is_not_there_is_refused_with_a_list_of_those_that_are() {
    for name in ["warp", "", "armv9"] {
        for arguments in [&["ciphers"][..], &["keygen"], &["ciphers", "--json"]] {
            let output = pagecrypt().args(arguments).env("PAGECRYPT_ENGINE", name).output().unwrap();
            Outcome::of(output).fails(2, &["unknown engine", "portable", "rustcrypto", "PAGECRYPT_ENGINE"]);
        }
    }
}

#[test]
fn the_portable_engine_can_be_asked_for() {
    let output =
        pagecrypt().args(["ciphers", "--json"]).env("PAGECRYPT_ENGINE", "portable").output().unwrap();
    let json = Outcome::of(output).succeeds().json();
    for row in json["ciphers"].as_array().unwrap() {
        assert!(["portable", "rustcrypto"].contains(&row["engine"].as_str().unwrap()), "{row}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let mut child = pagecrypt().arg("ciphers").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    Outcome::of(child.wait_with_output().unwrap()).succeeds();
}

#[cfg(target_os = "linux")]
#[test]
fn output_that_cannot_be_written_is_a_failure() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = pagecrypt().arg("ciphers").stdout(full).stderr(Stdio::piped()).spawn().unwrap();
    Outcome::of(output.wait_with_output().unwrap()).fails(1, &["standard output"]);
}
