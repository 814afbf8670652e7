//! `pagecrypt keygen`.

use std::collections::HashSet;
use std::fs;

use crate::scene::{OTHER_KEY, Scene, run};

#[test]
fn a_key_has_the_length_of_its_cipher_in_either_encoding() {
    for (arguments, characters) in [
        (&[][..], 44),
        (&["--encoding", "hex"], 64),
        (&["--cipher", "aegis128l"], 24),
        (&["--cipher", "AEGIS-128L", "--encoding", "hex"], 32),
        (&["--cipher", "aes_128_gcm", "--encoding", "hex"], 32),
        (&["--cipher", "chacha20-poly1305"], 44),
    ] {
        let text = run(["keygen"].iter().chain(arguments)).succeeds().stdout;
        assert_eq!(text.trim_end().len(), characters, "{arguments:?}");
        assert_eq!(text.len(), characters + 1, "one line");
    }
}

#[test]
fn keys_never_repeat() {
    let keys: HashSet<String> = (0..20).map(|_| run(["keygen"]).succeeds().stdout).collect();
    assert_eq!(keys.len(), 20);
}

#[test]
fn a_key_file_is_its_owners_alone_and_holds_what_the_commands_read() {
    let scene = Scene::new();
    let path = scene.arg("app.key");
    let outcome = run(["keygen", "--encoding", "hex", "--out", &path]).succeeds();
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(text.trim_end().len(), 64);
    assert!(outcome.stdout.contains(&path) && !outcome.stdout.contains(text.trim_end()), "{outcome:?}");
    assert_eq!(scene.names(), ["app.key"]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
    }
}

#[test]
fn an_existing_key_file_is_never_replaced_without_force() {
    let scene = Scene::new();
    let path = scene.key_file("app.key", OTHER_KEY);
    run(["keygen", "--out", &path]).fails(1, &["exists", "--force"]);
    assert_eq!(fs::read_to_string(&path).unwrap(), OTHER_KEY);
    assert_eq!(scene.names(), ["app.key"]);
    run(["keygen", "--out", &path, "--force"]).succeeds();
    assert_ne!(fs::read_to_string(&path).unwrap(), OTHER_KEY);
    assert_eq!(scene.names(), ["app.key"]);
}

#[test]
fn of_many_that_race_for_a_key_file_one_wins_and_its_key_stays() {
    let scene = Scene::new();
    let path = scene.arg("app.key");
    let outcomes: Vec<_> = std::thread::scope(|scope| {
        let runs: Vec<_> = (0..8).map(|_| scope.spawn(|| run(["keygen", "--out", &path]))).collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });
    assert_eq!(outcomes.iter().filter(|outcome| outcome.code == Some(0)).count(), 1);
    for outcome in outcomes.into_iter().filter(|outcome| outcome.code != Some(0)) {
        outcome.fails(1, &["exists"]);
    }
    assert_eq!(scene.names(), ["app.key"]);
}

#[test]
fn a_key_file_needs_a_folder() {
    let scene = Scene::new();
    scene.write("file", "");
    run(["keygen", "--out", &scene.arg("absent/app.key")]).fails(1, &["absent"]);
    run(["keygen", "--out", &scene.arg("file/app.key")]).fails(1, &["file"]);
    run(["keygen", "--out", "/"]).fails(2, &[]);
    assert_eq!(scene.names(), ["file"]);
}

#[test]
fn json_tells_where_the_key_is_and_repeats_it_only_where_it_has_no_other_place() {
    let scene = Scene::new();
    let path = scene.arg("app.key");
    let json = run(["keygen", "--json", "--out", &path]).succeeds().json();
    assert_eq!(json["cipher"], "aegis256");
    assert_eq!(json["encoding"], "base64");
    assert_eq!(json["key_length"], 32);
    assert_eq!(json["out"], path);
    assert_eq!(json["key"], serde_json::Value::Null);

    let json = run(["keygen", "--json"]).succeeds().json();
    assert_eq!(json["out"], serde_json::Value::Null);
    assert_eq!(json["key"].as_str().unwrap().len(), 44);

    let json = run(["keygen", "--json", "--out", &path]).fails(1, &[]).json();
    assert_eq!(json["error"]["code"], "file_exists");
    assert_eq!(json["error"]["number"], 28);
}

#[test]
fn quiet_says_nothing_about_a_file() {
    let scene = Scene::new();
    assert_eq!(run(["keygen", "-q", "--out", &scene.arg("app.key")]).succeeds().stdout, "");
    assert_eq!(run(["keygen", "--quiet"]).succeeds().stdout.len(), 45);
}
