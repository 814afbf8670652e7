//! `pagecrypt inspect`, which needs no key.

use std::fs;

use crate::samples;
use crate::scene::{Scene, run};

#[test]
fn every_sample_shows_its_format_cipher_and_sizes_without_a_key() {
    for sample in samples::all() {
        let scene = Scene::new();
        let (database, key) = sample.place(&scene);
        fs::remove_file(key).unwrap();
        let json = run(["inspect", &database, "--json"]).succeeds().json();
        let length = scene.read(sample.file()).len();
        assert_eq!(json["file"], database);
        assert_eq!(json["format"], "turso");
        assert_eq!(json["version"], 0);
        assert_eq!(json["cipher"], sample.cipher);
        assert_eq!(json["page_size"], sample.page_size);
        assert_eq!(json["length"], length);
        assert_eq!(json["page_count"], length / sample.page_size);
        assert_eq!(json["trailing_bytes"], 0);
        assert_eq!(json["problem"], serde_json::Value::Null);
        match sample.log() {
            None => assert_eq!(json["wal"], serde_json::Value::Null),
            Some(log) => {
                let frames = (scene.read(log).len() - 32) / (24 + sample.page_size);
                assert_eq!(json["wal"]["frames"], frames);
                assert_eq!(json["wal"]["committed"], frames);
                assert_eq!(json["wal"]["committed_page_count"], sample.page_count);
            }
        }
        let text = run(["inspect", &database]).succeeds().stdout;
        for words in ["format      turso", "version     0", &format!("cipher      {}", sample.cipher)] {
            assert!(text.contains(words), "{words:?} in {text}");
        }
        assert!(text.contains(&format!("page size   {}\n", sample.page_size)), "{text}");
    }
}

#[test]
fn what_is_not_encrypted_exits_5_and_is_shown_all_the_same() {
    let scene = Scene::new();
    scene.plain("plain.db", 1024, 10);
    scene.write("notes.txt", "no database at all");
    scene.write("empty.db", "");
    for (name, format, words) in [
        ("plain.db", "sqlite", "not encrypted"),
        ("notes.txt", "unknown", "neither"),
        ("empty.db", "unknown", "neither"),
    ] {
        let path = scene.arg(name);
        let json = run(["inspect", &path, "--json"]).fails(5, &[words, &path]).json();
        assert_eq!(json["format"], format);
        assert_eq!(json["error"]["exit_code"], 5);
        assert!(run(["inspect", &path]).fails(5, &[words]).stdout.contains(format));
    }
}

#[test]
fn a_header_that_makes_no_sense_is_told_from_one_of_another_version() {
    let scene = Scene::new();
    let sample = samples::named("aes256gcm-4096-small");
    let (database, _) = sample.place(&scene);
    let bytes = scene.read(sample.file());
    for (place, byte, code) in [
        (5, 1, 5),   // a version to come
        (6, 9, 5),   // no cipher of Turso's
        (9, 1, 4),   // not zero
        (16, 3, 4),  // no page size
        (20, 32, 4), // reserved bytes of another cipher
    ] {
        let mut damaged = bytes.clone();
        damaged[place] = byte;
        scene.write(sample.file(), damaged);
        let json = run(["inspect", &database, "--json"]).fails(code, &[&database]).json();
        assert!(json["problem"].is_string(), "byte {place}");
    }
    scene.write(sample.file(), &bytes[..60]);
    run(["inspect", &database]).fails(4, &["ends within its header"]);
}

#[test]
fn a_missing_file_or_a_folder_is_refused() {
    let scene = Scene::new();
    run(["inspect", &scene.arg("absent.db")]).fails(1, &["absent.db", "check the path"]);
    let outcome = run(["inspect", &scene.arg(".")]);
    outcome.tells_one_error(&[]);
    assert!([Some(1), Some(2)].contains(&outcome.code), "{outcome:?}");
}
