//! Help texts, completions and man pages.

use std::fs;

use crate::scene::{Scene, run};

const COMMANDS: [&str; 10] =
    ["keygen", "encrypt", "decrypt", "verify", "inspect", "ciphers", "record", "bench", "completions", "man"];

/// The examples of a help text, as words of a shell without redirections.
fn examples(help: &str) -> Vec<Vec<String>> {
    let joined = help.replace("\\\n", " ");
    let lines = joined.lines().filter(|line| line.starts_with("  pagecrypt "));
    lines
        .map(|line| {
            let words = shlex::split(line).unwrap();
            words.into_iter().take_while(|word| !["<", ">", "|"].contains(&word.as_str())).collect()
        })
        .collect()
}

#[test]
fn every_example_in_a_help_text_parses() {
    let more = [vec!["--help"], vec!["record", "seal", "--help"], vec!["record", "open", "--help"]];
    let helps = more.into_iter().chain(COMMANDS.iter().map(|command| vec![*command, "--help"]));
    for arguments in helps {
        let help = run(&arguments).succeeds().stdout;
        let examples = examples(&help);
        assert!(!examples.is_empty(), "{arguments:?} shows no example");
        for words in examples {
            if let Err(error) = pagecrypt_cli::command().try_get_matches_from(&words) {
                panic!("{words:?}: {error}");
            }
        }
    }
}

#[test]
fn help_names_every_command_and_exit_code() {
    let help = run(["--help"]).succeeds().stdout;
    for command in COMMANDS {
        assert!(help.contains(&format!("\n  {command} ")), "{command}");
        assert!(run([command, "-h"]).succeeds().stdout.contains("Usage: pagecrypt"), "{command}");
    }
    for code in ["0", "1", "2", "3", "4", "5", "6", "7", "8", "129", "130", "143"] {
        assert!(help.contains(&format!(" {code}  ")), "{code}");
    }
}

#[test]
fn the_version_is_the_packages() {
    assert_eq!(run(["--version"]).succeeds().stdout, format!("pagecrypt {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn completions_are_there_for_every_shell() {
    for (shell, sign) in [
        ("bash", "complete -F _pagecrypt"),
        ("zsh", "#compdef pagecrypt"),
        ("fish", "complete -c pagecrypt"),
        ("elvish", "edit:completion:arg-completer[pagecrypt]"),
        ("powershell", "Register-ArgumentCompleter -Native -CommandName 'pagecrypt'"),
    ] {
        let script = run(["completions", shell]).succeeds().stdout;
        assert!(script.contains(sign), "{shell}");
        assert!(script.contains("key-file") && script.contains("encrypt"), "{shell}");
    }
}

#[test]
fn bash_accepts_its_completions() {
    let script = run(["completions", "bash"]).succeeds().stdout;
    let scene = Scene::new();
    let path = scene.write("pagecrypt.bash", script);
    let complete = r#". "$1"; COMP_WORDS=(pagecrypt encrypt --cipher aegis256x); COMP_CWORD=3
        _pagecrypt pagecrypt aegis256x --cipher; echo "${COMPREPLY[@]}""#;
    let output =
        std::process::Command::new("bash").args(["-c", complete, "bash"]).arg(path).output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "aegis256x2 aegis256x4\n");
}

#[test]
fn each_command_gets_its_man_page() {
    let scene = Scene::new();
    run(["man", "--out", &scene.arg(".")]).succeeds();
    let mut expected: Vec<String> = COMMANDS.iter().map(|command| format!("pagecrypt-{command}.1")).collect();
    expected.extend(["pagecrypt.1", "pagecrypt-record-seal.1", "pagecrypt-record-open.1"].map(str::to_owned));
    expected.sort();
    assert_eq!(scene.names(), expected);
    for name in expected {
        let page = fs::read_to_string(scene.path(&name)).unwrap();
        assert!(page.contains(".TH") && page.contains(".SH NAME"), "{name}");
    }
    run(["man", "--out", &scene.arg("absent")]).fails(1, &["absent"]);
}
