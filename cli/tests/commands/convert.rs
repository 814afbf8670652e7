//! `pagecrypt encrypt` and `decrypt`: what they make, and what they refuse.

use std::fs;

use rusqlite::Connection;

use crate::samples;
use crate::scene::{KEY, OTHER_KEY, SHORT_KEY, Scene, pagecrypt, rows, run, run_with_input};

/// A scene with a plain database `plain.db` and a key, and the arguments that encrypt it into `enc.db`.
fn encryption(page_size: u32) -> (Scene, [String; 5]) {
    let scene = Scene::new();
    scene.plain("plain.db", page_size, 200);
    let key = scene.key_file("key", KEY);
    let arguments =
        ["encrypt".to_owned(), scene.arg("plain.db"), scene.arg("enc.db"), "--key-file".to_owned(), key];
    (scene, arguments)
}

/// One with an encrypted database `enc.db`, and the arguments that decrypt it into `dec.db`.
fn decryption() -> (Scene, [String; 5]) {
    let (scene, encrypt) = encryption(4096);
    run(&encrypt).succeeds();
    let arguments = ["decrypt", &scene.arg("enc.db"), &scene.arg("dec.db"), "--key-file", &scene.arg("key")];
    let arguments = arguments.map(str::to_owned);
    (scene, arguments)
}

#[test]
fn a_database_comes_back_as_it_was_under_every_cipher() {
    for (cipher, key) in [
        ("aes128gcm", SHORT_KEY),
        ("aes256gcm", KEY),
        ("aegis256", KEY),
        ("aegis256x2", KEY),
        ("aegis256x4", KEY),
        ("aegis128l", SHORT_KEY),
        ("aegis128x2", SHORT_KEY),
        ("aegis128x4", SHORT_KEY),
    ] {
        let (scene, mut encrypt) = encryption(4096);
        encrypt[4] = scene.key_file("key", key);
        let expected = rows(&scene.path("plain.db"));
        let before = scene.read("plain.db");
        let outcome = run(encrypt.iter().map(String::as_str).chain(["--cipher", cipher])).succeeds();
        assert!(outcome.stdout.contains(&format!("{cipher} (engine ")), "{outcome:?}");
        assert!(scene.read("plain.db") == before, "the source stays as it is");
        assert!(scene.read("enc.db").starts_with(b"Turso"));
        assert!(Connection::open(scene.path("enc.db")).unwrap().execute_batch("SELECT * FROM t").is_err());

        let json =
            run(["verify", &scene.arg("enc.db"), "--key-file", &encrypt[4], "--json"]).succeeds().json();
        assert_eq!(json["cipher"], cipher);
        for way in [&[][..], &["--compact"]] {
            let decrypt = ["decrypt", &scene.arg("enc.db"), &scene.arg("dec.db"), "--key-file", &encrypt[4]];
            run(decrypt.iter().chain(&["--force"]).chain(way)).succeeds();
            assert!(rows(&scene.path("dec.db")) == expected, "{cipher} {way:?}");
        }
        assert_eq!(scene.names(), ["dec.db", "enc.db", "key", "plain.db"]);
    }
}

#[test]
fn the_cipher_follows_from_the_keys_length_unless_it_is_named() {
    for (key, cipher) in [(KEY, "aegis256"), (SHORT_KEY, "aegis128l")] {
        let (_scene, encrypt) = encryption(4096);
        fs::write(&encrypt[4], key).unwrap();
        let json = run(encrypt.iter().map(String::as_str).chain(["--json"])).succeeds().json();
        assert_eq!(json["cipher"], cipher);
    }
}

#[test]
fn pages_too_small_for_the_cipher_grow_and_it_is_said() {
    let (scene, encrypt) = encryption(512);
    let outcome = run(&encrypt).succeeds();
    assert!(outcome.stdout.contains("grew from 512 to 1024 bytes"), "{outcome:?}");
    let json = run(encrypt.iter().map(String::as_str).chain(["--json", "--force"])).succeeds().json();
    assert_eq!((json["source_page_size"].as_u64(), json["page_size"].as_u64()), (Some(512), Some(1024)));
    assert_eq!(json["length"], scene.read("enc.db").len());

    let arguments = encrypt.iter().map(String::as_str).chain(["--force", "--cipher", "aes256gcm"]);
    assert!(!run(arguments).succeeds().stdout.contains("grew"));
}

#[test]
fn json_tells_what_was_made() {
    let (scene, encrypt) = encryption(4096);
    let json = run(encrypt.iter().map(String::as_str).chain(["--json"])).succeeds().json();
    assert_eq!(json["source"], encrypt[1]);
    assert_eq!(json["destination"], encrypt[2]);
    assert_eq!(json["format"], "turso");
    assert_eq!(json["source_page_size"], 4096);
    assert_eq!(json["page_size"], 4096);
    assert_eq!(json["length"], scene.read("enc.db").len());
    assert_eq!(json["page_count"], scene.read("enc.db").len() / 4096);
    assert_eq!(json["rebuilt"], true, "a plain database has no reserved bytes");
    assert!(json["engine"].is_string());

    let decrypt = ["decrypt", &encrypt[2], &scene.arg("dec.db"), "--key-file", &encrypt[4], "--json"];
    let json = run(decrypt).succeeds().json();
    assert_eq!(json["destination"], decrypt[2]);
    assert_eq!(json["cipher"], "aegis256");
    assert_eq!(json["page_size"], 4096);
    assert_eq!(json["length"], scene.read("dec.db").len());
    assert_eq!(json["compact"], false);
    let json = run(decrypt.iter().chain(&["--force", "--compact"])).succeeds().json();
    assert_eq!(json["length"], scene.read("dec.db").len());
    assert_eq!(json["compact"], true);

    // What was decrypted keeps its reserved bytes, so that encrypting it again needs no rebuild.
    run(decrypt.iter().chain(&["--force"])).succeeds();
    let again =
        ["encrypt", &scene.arg("dec.db"), &scene.arg("again.db"), "--key-file", &encrypt[4], "--json"];
    assert_eq!(run(again).succeeds().json()["rebuilt"], false);
}

#[test]
fn quiet_says_nothing() {
    let (scene, encrypt) = encryption(512);
    assert_eq!(run(encrypt.iter().map(String::as_str).chain(["--quiet"])).succeeds().stdout, "");
    let decrypt = ["decrypt", &encrypt[2], &scene.arg("dec.db"), "--key-file", &encrypt[4], "-q"];
    assert_eq!(run(decrypt).succeeds().stdout, "");
    assert_eq!(run(["verify", &encrypt[2], "--key-file", &encrypt[4], "-q"]).succeeds().stdout, "");
}

#[test]
fn a_key_may_come_from_standard_input() {
    let (scene, encrypt) = encryption(4096);
    let arguments = ["encrypt", &encrypt[1], &encrypt[2], "--key-stdin"];
    run_with_input(pagecrypt().args(arguments), format!("{KEY}\n").as_bytes()).succeeds();
    run(["decrypt", &encrypt[2], &scene.arg("dec.db"), "--key-file", &encrypt[4]]).succeeds();
}

#[test]
fn rows_that_stand_only_in_the_log_are_taken_in_and_both_files_stay_as_they_are() {
    let (scene, encrypt) = encryption(4096);
    let connection = Connection::open(scene.path("plain.db")).unwrap();
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; INSERT INTO t VALUES (100000, 'late', x'01');",
        )
        .unwrap();
    let before = (scene.read("plain.db"), scene.read("plain.db-wal"));
    run(&encrypt).succeeds();
    assert!((scene.read("plain.db"), scene.read("plain.db-wal")) == before, "the source stays as it is");
    run(["decrypt", &encrypt[2], &scene.arg("dec.db"), "--key-file", &encrypt[4]]).succeeds();
    assert_eq!(rows(&scene.path("dec.db")).last().unwrap().1, "late");
    connection.close().unwrap();
}

#[test]
fn every_sample_of_tursos_decrypts_to_a_database_that_sqlite_finds_sound() {
    for sample in samples::all() {
        let scene = Scene::new();
        let (database, key) = sample.place(&scene);
        let before = scene.read(sample.file());
        run(["decrypt", &database, &scene.arg("dec.db"), "--key-file", &key]).succeeds();
        assert_eq!(scene.read("dec.db").len(), sample.page_count * sample.page_size, "{}", sample.name);
        let connection = Connection::open(scene.path("dec.db")).unwrap();
        let check: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(check, "ok", "{}", sample.name);
        assert!(scene.read(sample.file()) == before, "the source stays as it is");
    }
}

#[test]
fn an_existing_destination_is_kept_without_force_and_replaced_with_it() {
    for (scene, arguments) in [encryption(4096), decryption()] {
        let destination = arguments[2].as_str();
        fs::write(destination, "precious").unwrap();
        run(&arguments).fails(1, &[destination, "exists", "--force"]);
        let json = run(arguments.iter().map(String::as_str).chain(["--json"])).fails(1, &["exists"]).json();
        assert_eq!(json["error"]["code"], "file_exists");
        assert_eq!(fs::read(destination).unwrap(), b"precious");
        let names = scene.names();
        run(arguments.iter().map(String::as_str).chain(["--force"])).succeeds();
        assert_ne!(fs::read(destination).unwrap(), b"precious");
        assert_eq!(scene.names(), names);
    }
}

#[test]
fn the_source_is_never_the_destination_not_even_with_force() {
    for (scene, mut arguments) in [encryption(4096), decryption()] {
        let before = fs::read(&arguments[1]).unwrap();
        arguments[2] = arguments[1].clone();
        run(arguments.iter().map(String::as_str).chain(["--force"]))
            .fails(2, &["the destination is the source"]);
        #[cfg(unix)]
        {
            fs::hard_link(&arguments[1], scene.path("link.db")).unwrap();
            arguments[2] = scene.arg("link.db");
            run(arguments.iter().map(String::as_str).chain(["--force"]))
                .fails(2, &["the destination is the source"]);
        }
        assert!(fs::read(&arguments[1]).unwrap() == before);
    }
}

#[test]
fn a_log_beside_the_destination_is_not_adopted() {
    for (_scene, arguments) in [encryption(4096), decryption()] {
        let log = format!("{}-wal", arguments[2]);
        fs::write(&log, "another database's").unwrap();
        run(arguments.iter().map(String::as_str).chain(["--force"])).fails(8, &["-wal", "remove"]);
        assert!(fs::metadata(&arguments[2]).is_err());
        assert_eq!(fs::read(&log).unwrap(), b"another database's");
    }
}

#[test]
fn a_missing_source_exits_1() {
    for (scene, mut arguments) in [encryption(4096), decryption()] {
        arguments[1] = scene.arg("absent.db");
        run(&arguments).fails(1, &["absent.db", "check the path"]);
        assert!(fs::metadata(&arguments[2]).is_err());
        assert!(!scene.exists("absent.db"), "looking for it does not make it");
    }
}

#[test]
fn a_destination_without_a_folder_exits_1() {
    for (scene, mut arguments) in [encryption(4096), decryption()] {
        for folder in ["absent", "key"] {
            arguments[2] = scene.arg(&format!("{folder}/dst.db"));
            run(&arguments).fails(1, &[folder]);
        }
    }
}

#[test]
fn what_is_not_the_right_kind_of_database_exits_5_and_is_told_what_to_do() {
    let (scene, encrypt) = encryption(4096);
    run(&encrypt).succeeds();
    let (plain, encrypted, key) = (&encrypt[1], &encrypt[2], &encrypt[4]);
    let text = scene.write("notes.db", "to do: encrypt my database\n".repeat(200));
    let (text, new) = (text.to_str().unwrap(), scene.arg("new.db"));
    for (arguments, words) in [
        (vec!["encrypt", encrypted, &new], ["encrypted already", "pagecrypt decrypt"]),
        (vec!["encrypt", text, &new], ["not a SQLite database", "plain SQLite database"]),
        (vec!["decrypt", plain, &new], ["not encrypted", "pagecrypt encrypt"]),
        (vec!["decrypt", plain, &new, "--compact"], ["not encrypted", "pagecrypt encrypt"]),
        (vec!["decrypt", text, &new], ["neither an encrypted nor a plain", "--help"]),
        (vec!["verify", plain], ["not encrypted", "pagecrypt encrypt"]),
        (vec!["verify", text], ["neither an encrypted nor a plain", "--help"]),
    ] {
        run(arguments.iter().chain(&["--key-file", key])).fails(5, &words);
        assert!(!scene.exists("new.db"));
    }
}

#[test]
fn a_truncated_plain_database_is_damage() {
    let (scene, encrypt) = encryption(4096);
    let bytes = scene.read("plain.db");
    scene.write("plain.db", &bytes[..bytes.len() / 2]);
    run(&encrypt).fails(4, &["plain.db"]);
    assert!(!scene.exists("enc.db"));
}

#[test]
fn another_key_and_damage_leave_no_destination() {
    let (scene, decrypt) = decryption();
    fs::write(&decrypt[4], OTHER_KEY).unwrap();
    let json = run(decrypt.iter().map(String::as_str).chain(["--json"])).fails(3, &["wrong key"]).json();
    assert_eq!(json["error"]["code"], "wrong_key");
    assert_eq!(json["error"]["number"], 6);
    fs::write(&decrypt[4], KEY).unwrap();
    let mut bytes = scene.read("enc.db");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    scene.write("enc.db", bytes);
    let page = format!("page {}", middle / 4096 + 1);
    run(&decrypt).fails(4, &[&page, "pagecrypt verify"]);
    assert_eq!(scene.names(), ["enc.db", "key", "plain.db"]);
}

#[test]
fn a_database_that_another_program_writes_to_exits_8() {
    let (scene, encrypt) = encryption(4096);
    let connection = Connection::open(scene.path("plain.db")).unwrap();
    connection.execute_batch("BEGIN EXCLUSIVE; DELETE FROM t WHERE id = 1;").unwrap();
    let json = run(encrypt.iter().map(String::as_str).chain(["--json"])).fails(8, &["locked"]).json();
    assert_eq!(json["error"]["code"], "locked");
    assert!(!scene.exists("enc.db"));
    connection.execute_batch("ROLLBACK").unwrap();
    run(&encrypt).succeeds();
}

#[test]
fn a_journal_that_a_crashed_program_left_exits_8_and_stays() {
    let (scene, mut encrypt) = encryption(4096);
    let connection = Connection::open(scene.path("plain.db")).unwrap();
    connection
        .execute_batch("PRAGMA cache_size = 1; BEGIN; UPDATE t SET body = zeroblob(length(body)); DELETE FROM t WHERE id > 150;")
        .unwrap();
    // What a crash would leave on the disk: a part of the transaction, and the journal that takes it back.
    let (database, journal) = (scene.read("plain.db"), scene.read("plain.db-journal"));
    scene.write("crashed.db", &database);
    scene.write("crashed.db-journal", &journal);
    encrypt[1] = scene.arg("crashed.db");
    run(&encrypt).fails(8, &["journal", "run pagecrypt again"]);
    assert!(scene.read("crashed.db") == database && scene.read("crashed.db-journal") == journal);
    assert!(!scene.exists("enc.db"));
    drop(connection);
    // Rolled back by SQLite, it is taken.
    assert_eq!(rows(&scene.path("crashed.db")).len(), 200);
    run(&encrypt).succeeds();
}
