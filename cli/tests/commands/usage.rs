//! Arguments that make no sense.

use crate::scene::{KEY, Scene, run};

#[test]
fn bad_arguments_exit_2_in_one_line_that_points_to_help() {
    for arguments in [
        &[][..],
        &["frobnicate"],
        &["keygen", "--cipher", "rot13"],
        &["keygen", "--encoding", "base32"],
        &["keygen", "--force"],
        &["keygen", "extra"],
        &["encrypt"],
        &["encrypt", "a.db"],
        &["encrypt", "a.db", "b.db", "--format", "bound"],
        &["encrypt", "a.db", "b.db", "--cipher", "chacha20poly1305"],
        &["encrypt", "a.db", "b.db", "--key-file", "a", "--key-stdin"],
        &["decrypt", "a.db", "b.db", "c.db"],
        &["decrypt", "a.db", "b.db", "--key-file"],
        &["verify", "a.db", "--threads", "0"],
        &["verify", "a.db", "--threads", "many"],
        &["verify", "a.db", "--key-env", "A", "--key-file", "B"],
        &["inspect"],
        &["inspect", "a.db", "--quiet"],
        &["completions", "tcsh"],
        &["man"],
    ] {
        let outcome = run(arguments).fails(2, &["--help"]);
        assert_eq!(outcome.stdout, "", "{arguments:?}");
    }
}

#[test]
fn the_help_of_the_command_at_hand_is_named() {
    run(["verify"]).fails(2, &["<DB>", "see `pagecrypt verify --help`"]);
    run(["--frob"]).fails(2, &["see `pagecrypt --help`"]);
}

#[test]
fn mistakes_are_told_as_json_too() {
    for (arguments, code, number) in [
        (&["encrypt", "a", "b", "--cipher", "rot13", "--json"][..], "unknown_cipher", 1),
        (&["verify", "--json"], "invalid_argument", 20),
        (&["verify", "a", "--json"], "key_required", 5),
    ] {
        let outcome = run(arguments);
        outcome.tells_one_error(&[]);
        let json = outcome.json();
        assert_eq!(json["error"]["code"], code);
        assert_eq!(json["error"]["number"], number);
        assert_eq!(json["error"]["exit_code"], outcome.code.unwrap());
        assert!(json["error"]["message"].is_string() && json["error"]["advice"].is_string());
    }
    // After `--` it is the name of a file.
    assert_eq!(run(["encrypt", "--", "--json"]).fails(2, &[]).stdout, "");
}

#[test]
fn a_key_on_the_command_line_is_refused_and_not_repeated() {
    let base64 = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    for key in [KEY, base64] {
        let assigned = format!("--key={key}");
        let misplaced = format!("--key-stdin={key}");
        for arguments in [
            &["verify", "a.db", "--key", key][..],
            &["verify", "a.db", &assigned],
            &["verify", "a.db", &misplaced],
            &["verify", "a.db", key],
            &["keygen", "--cipher", key],
            &[key],
        ] {
            let outcome = run(arguments).fails(2, &[]);
            assert!(!outcome.stderr.contains(key), "{outcome:?}");
        }
        for arguments in [&["verify", "a.db", "--key-file", key][..], &["verify", "a.db", "--key-env", key]] {
            let outcome = run(arguments);
            outcome.tells_one_error(&["[redacted]"]);
            assert!(!outcome.stderr.contains(key), "{outcome:?}");
        }
    }
    run(["verify", "a.db", "--key", KEY]).fails(2, &["--key-file FILE", "--key-env NAME", "--key-stdin"]);
}

#[test]
fn names_with_line_breaks_stay_in_one_line() {
    let scene = Scene::new();
    let key = scene.key_file("key", KEY);
    let name = scene.arg("a\nb\u{1b}[31m.db");
    let outcome = run(["verify", &name, "--key-file", &key]).fails(1, &["a\\nb\\u{1b}"]);
    assert!(!outcome.stderr.contains('\u{1b}'));
}
