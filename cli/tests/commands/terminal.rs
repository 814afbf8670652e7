//! What differs on a terminal, which `script` of util-linux provides.
#![cfg(target_os = "linux")]

use std::process::{Command, Stdio};

use crate::scene::{KEY, Outcome, Scene, pagecrypt};

/// Runs `pagecrypt` on a terminal of its own; everything it writes comes out together.
fn on_a_terminal(arguments: &[&str]) -> Outcome {
    let binary = assert_cmd::cargo::cargo_bin!("pagecrypt").to_str().unwrap().to_owned();
    let words: Vec<&str> = std::iter::once(binary.as_str()).chain(arguments.iter().copied()).collect();
    let line = shlex::try_join(words).unwrap();
    let mut command = Command::new("script");
    command.args(["--quiet", "--return", "--command", &line, "/dev/null"]);
    command.env("TERM", "xterm").env_remove("NO_COLOR").stdin(Stdio::null());
    Outcome::of(command.output().unwrap())
}

/// Begins the line anew: what a bar does.
const RETURN: &str = "\r\u{1b}[2K";

#[test]
fn long_work_shows_its_progress_on_a_terminal_only_and_never_when_quiet() {
    let scene = Scene::new();
    scene.plain("plain.db", 4096, 500);
    let key = scene.key_file("key", KEY);
    let (plain, encrypted) = (scene.arg("plain.db"), scene.arg("enc.db"));
    let decrypted = scene.arg("dec.db");
    for (arguments, verb) in [
        (&["encrypt", &plain, &encrypted, "--key-file", &key, "--force"][..], "encrypting"),
        (&["verify", &encrypted, "--key-file", &key], "verifying"),
        (&["decrypt", &encrypted, &decrypted, "--key-file", &key, "--force"], "decrypting"),
        (&["bench", "--cipher", "aegis256", "--seconds", "1"], "measuring"),
    ] {
        let shown = on_a_terminal(arguments);
        assert_eq!(shown.code, Some(0), "{shown:?}");
        assert!(shown.stdout.contains(verb) && shown.stdout.contains(RETURN), "{shown:?}");
        let quiet: Vec<&str> = arguments.iter().copied().chain(["--quiet"]).collect();
        assert_eq!(on_a_terminal(&quiet).succeeds().stdout, "");
        let piped = Outcome::of(pagecrypt().args(arguments).output().unwrap()).succeeds();
        assert!(!piped.stdout.contains(RETURN));
    }
}

#[test]
fn a_key_is_not_read_from_a_terminal_which_would_show_it() {
    let outcome = on_a_terminal(&["verify", "a.db", "--key-stdin"]);
    assert_eq!(outcome.code, Some(2), "{outcome:?}");
    assert!(outcome.stdout.contains("--key-stdin on a terminal would show the key"), "{outcome:?}");
}
