//! Where keys come from, and what is not a key.

use crate::samples;
use crate::scene::{KEY, OTHER_KEY, Outcome, SHORT_KEY, Scene, pagecrypt, run, run_with_input};

const SAMPLE: &str = "aes256gcm-4096-small";

#[test]
fn a_key_is_read_from_a_file_the_environment_or_standard_input() {
    let scene = Scene::new();
    let sample = samples::named(SAMPLE);
    let (database, key) = sample.place(&scene);
    run(["verify", &database, "--key-file", &key]).succeeds();

    let mut command = pagecrypt();
    command.args(["verify", &database, "--key-env", "A_KEY"]).env("A_KEY", &sample.key);
    Outcome::of(command.output().unwrap()).succeeds();

    for around in ["", "\n", "\r\n", " \t\n\n"] {
        let input = format!("{around}{}{around}", sample.key);
        run_with_input(pagecrypt().args(["verify", &database, "--key-stdin"]), input.as_bytes()).succeeds();
    }
}

#[cfg(unix)]
#[test]
fn a_key_file_may_be_a_pipe_and_its_reader_gets_all_of_it() {
    let scene = Scene::new();
    let sample = samples::named(SAMPLE);
    let (database, _) = sample.place(&scene);
    let input = sample.key.as_bytes();
    run_with_input(pagecrypt().args(["verify", &database, "--key-file", "/dev/stdin"]), input).succeeds();
}

#[test]
fn without_a_key_every_command_that_needs_one_exits_7_and_says_how_to_give_it() {
    let scene = Scene::new();
    let sample = samples::named(SAMPLE);
    let (database, _) = sample.place(&scene);
    scene.plain("plain.db", 4096, 10);
    for arguments in [
        vec!["verify".to_owned(), database.clone()],
        vec!["decrypt".to_owned(), database, scene.arg("new.db")],
        vec!["encrypt".to_owned(), scene.arg("plain.db"), scene.arg("new.db")],
        vec!["verify".to_owned(), "a.db".to_owned(), "--key-env".to_owned(), "NO_SUCH_VARIABLE".to_owned()],
    ] {
        run(&arguments).fails(7, &["key is required", "--key-file", "--key-stdin"]);
    }
    assert!(!scene.exists("new.db"));
}

#[test]
fn what_is_not_a_key_exits_6_from_any_source_and_is_not_repeated() {
    let scene = Scene::new();
    let sample = samples::named(SAMPLE);
    let (database, _) = sample.place(&scene);
    let short = &KEY[..40];
    let letters = "zz".repeat(32);
    let long = "a".repeat(5000);
    for (text, words) in [
        ("".as_bytes(), &["got 0"][..]),
        (b" \n", &["got 0"]),
        (short.as_bytes(), &["got 40"]),
        (letters.as_bytes(), &["neither"]),
        (long.as_bytes(), &["longer than 4096"]),
        (b"\xff\xfe0\x001\x00", &["neither"]),
        (b"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8_", &["neither"]),
    ] {
        let file = scene.write("bad", text);
        crate::scene::restrict(&file);
        let from_file = run(["verify", &database, "--key-file", file.to_str().unwrap()]);
        let from_input = run_with_input(pagecrypt().args(["verify", &database, "--key-stdin"]), text);
        for outcome in [from_file, from_input] {
            let outcome = outcome.fails(6, words);
            let text = String::from_utf8_lossy(text);
            assert!(text.trim().is_empty() || !outcome.stderr.contains(text.trim()), "{outcome:?}");
        }
    }
    let mut command = pagecrypt();
    command.args(["verify", &database, "--key-env", "A_KEY"]).env("A_KEY", short);
    Outcome::of(command.output().unwrap()).fails(6, &["$A_KEY", "got 40"]);
}

#[test]
fn a_key_of_another_length_than_the_cipher_needs_exits_6_and_says_both() {
    let scene = Scene::new();
    let sample = samples::named(SAMPLE);
    let (database, _) = sample.place(&scene);
    let short = scene.key_file("short", SHORT_KEY);
    run(["verify", &database, "--key-file", &short]).fails(6, &["expected 32 bytes, got 16"]);
    run(["decrypt", &database, &scene.arg("new.db"), "--key-file", &short])
        .fails(6, &["expected 32", "got 16"]);
    scene.plain("plain.db", 4096, 10);
    let (plain, new) = (scene.arg("plain.db"), scene.arg("new.db"));
    run(["encrypt", &plain, &new, "--key-file", &short, "--cipher", "aegis256"])
        .fails(6, &["expected 32 bytes, got 16", "pagecrypt ciphers"]);
    assert!(!scene.exists("new.db"));
}

#[test]
fn another_key_exits_3() {
    let scene = Scene::new();
    let sample = samples::named(SAMPLE);
    let (database, _) = sample.place(&scene);
    let other = scene.key_file("other", OTHER_KEY);
    run(["verify", &database, "--key-file", &other]).fails(3, &["wrong key", &database]);
    run(["decrypt", &database, &scene.arg("new.db"), "--key-file", &other]).fails(3, &["wrong key"]);
    run(["decrypt", &database, &scene.arg("new.db"), "--key-file", &other, "--compact"])
        .fails(3, &["wrong key"]);
    assert!(!scene.exists("new.db"));
}

#[test]
fn a_key_file_that_cannot_be_read_exits_1() {
    let scene = Scene::new();
    run(["verify", "a.db", "--key-file", &scene.arg("absent")]).fails(1, &["absent", "check the path"]);
    run(["verify", "a.db", "--key-file", &scene.arg(".")]).fails(1, &["cannot read"]);
    run(["verify", "a.db", "--key-file", "-"]).fails(2, &["--key-stdin"]);
}

#[cfg(unix)]
#[test]
fn a_key_file_that_others_may_read_gets_one_line_of_warning_and_is_used() {
    use std::os::unix::fs::PermissionsExt as _;
    let scene = Scene::new();
    let (database, key) = samples::named(SAMPLE).place(&scene);
    for (mode, warned) in [(0o600, false), (0o400, false), (0o640, true), (0o604, true), (0o644, true)] {
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(mode)).unwrap();
        let outcome = run(["verify", &database, "--key-file", &key]);
        assert_eq!(outcome.code, Some(0), "{outcome:?}");
        assert_eq!(outcome.stderr.lines().count(), usize::from(warned), "{mode:o}: {outcome:?}");
        assert_eq!(outcome.stderr.contains("warning: key file"), warned, "{mode:o}: {outcome:?}");
        run(["verify", &database, "--key-file", &key, "--quiet"]).succeeds();
    }
}

#[test]
fn no_output_of_any_command_holds_the_key() {
    let scene = Scene::new();
    let sample = samples::named(SAMPLE);
    let (database, key) = sample.place(&scene);
    scene.plain("plain.db", 4096, 10);
    let (plain, encrypted, decrypted) = (scene.arg("plain.db"), scene.arg("enc.db"), scene.arg("dec.db"));
    let base64 = "BKt/DzrZkxv+90+DI2qyHJftySplLEuoZMdLino7NRM="; // the same key
    let runs: [&[&str]; 9] = [
        &["verify", &database, "--key-file", &key],
        &["verify", &database, "--key-file", &key, "--json"],
        &["encrypt", &plain, &encrypted, "--key-file", &key],
        &["encrypt", &plain, &encrypted, "--key-file", &key, "--json"],
        &["encrypt", &database, &decrypted, "--key-file", &key],
        &["decrypt", &plain, &decrypted, "--key-file", &key],
        &["decrypt", &database, &decrypted, "--key-file", &key, "--json"],
        &["decrypt", &database, &decrypted, "--key-file", &key],
        &["verify", &plain, "--key-file", &key],
    ];
    for arguments in runs {
        let outcome = run(arguments);
        for output in [&outcome.stdout, &outcome.stderr] {
            for form in [&sample.key, &sample.key.to_uppercase(), base64, &sample.key[..16]] {
                assert!(!output.contains(form), "{arguments:?}");
            }
        }
    }
}
