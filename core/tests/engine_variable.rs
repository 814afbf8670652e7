//! `PAGECRYPT_ENGINE`, in child processes: a running one cannot change its environment safely.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::ffi::{OsStr, OsString};
use std::io::Write;

use pagecrypt::{Cipher, Engine, Error, Key};

#[path = "support/own_program.rs"]
mod own_program;

use own_program::own_program;

/// Set in the child processes, which tell what keys they get instead of testing.
const CHILD: &str = "PAGECRYPT_TEST_CHILD";

const VARIABLE: &str = "PAGECRYPT_ENGINE";

#[test]
fn the_variable_is_a_ceiling_for_every_new_key() {
    if std::env::var_os(CHILD).is_some() {
        tell();
        return;
    }
    let Some(unlimited) = told(None) else { return };
    let best = pagecrypt::available_engines().last().unwrap();
    assert_eq!(unlimited, expected(best), "without the variable");
    for engine in Engine::ALL {
        for name in [engine.name().to_owned(), engine.name().to_uppercase()] {
            let expected = if engine.is_available() { expected(engine) } else { refused() };
            assert_eq!(told(Some(name.as_ref())).unwrap(), expected, "{name}");
        }
    }
    let mut wrong: Vec<OsString> =
        vec!["".into(), "warp9".into(), "portable ".into(), "portable,aesni".into()];
    #[cfg(unix)]
    wrong.push(std::os::unix::ffi::OsStringExt::from_vec(b"porta\xffble".to_vec()));
    for name in wrong {
        assert_eq!(told(Some(&name)).unwrap(), refused(), "{name:?}");
    }
}

/// What the child says where the ceiling is `engine`.
fn expected(engine: Engine) -> Vec<String> {
    Cipher::ALL
        .into_iter()
        .map(|cipher| {
            // `with_engine` does not read the variable.
            let key = Key::from_bytes(&vec![0; cipher.key_length()], cipher);
            let served = key.and_then(|key| key.with_engine(engine)).map(|key| key.engine());
            let served = served.unwrap_or_else(|error| panic!("run the tests without {VARIABLE}: {error}"));
            format!("told: {cipher} {served} {served} {served} {served} {served}")
        })
        .collect()
}

/// What the child says where the variable is not understood.
fn refused() -> Vec<String> {
    let said = Error::UnknownEngine.code().name();
    Cipher::ALL.into_iter().map(|cipher| format!("told: {cipher} {said} {said} {said} {said} -")).collect()
}

/// In the child: which engine serves a key that was made in each way, and which the catalogue tells.
fn tell() {
    for cipher in Cipher::ALL {
        let from_bytes = Key::from_bytes(&vec![0; cipher.key_length()], cipher);
        let from_text = Key::from_text(&"00".repeat(cipher.key_length()), Some(cipher));
        let with_cipher = from_bytes.as_ref().ok().map(|key| key.with_cipher(cipher));
        let with_cipher = with_cipher.map_or_else(|| "-".to_owned(), |key| served(&key));
        let catalogue =
            cipher.engine().map_or_else(|error| error.code().to_string(), |engine| engine.to_string());
        let generated = served(&Key::generate(cipher));
        let made = [served(&from_bytes), served(&from_text), generated, catalogue, with_cipher];
        println!("\ntold: {cipher} {}", made.join(" "));
    }
}

fn served(key: &Result<Key, Error>) -> String {
    match key {
        Ok(key) => key.engine().to_string(),
        Err(error) => error.code().to_string(),
    }
}

/// What a child says with this value of the variable; `None`, and a visible line, where this system cannot start its
/// own programs (an emulator without a runner).
fn told(value: Option<&OsStr>) -> Option<Vec<String>> {
    let mut command = own_program();
    command.args(["--exact", "the_variable_is_a_ceiling_for_every_new_key", "--nocapture"]).env(CHILD, "1");
    match value {
        Some(value) => command.env(VARIABLE, value),
        None => command.env_remove(VARIABLE),
    };
    let output = match command.output() {
        Ok(output) => output,
        Err(error) if error.raw_os_error() == Some(8) => {
            let _ = writeln!(std::io::stderr(), "SKIPPED: {VARIABLE} is not tested: {error}");
            return None;
        }
        Err(error) => panic!("cannot run this program again: {error}"),
    };
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    Some(text.lines().filter(|line| line.starts_with("told: ")).map(str::to_owned).collect())
}
