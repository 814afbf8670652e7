//! A test program that runs itself again.

use std::process::Command;

/// This test program, under the emulator that Cargo was told to run it with, if any.
pub(crate) fn own_program() -> Command {
    let program = std::env::current_exe().unwrap();
    let arch = if std::env::consts::ARCH == "x86" { "i686" } else { std::env::consts::ARCH };
    let prefix = format!("CARGO_TARGET_{}_", arch.to_uppercase());
    let runner = std::env::vars().find(|(name, _)| name.starts_with(&prefix) && name.ends_with("_RUNNER"));
    let runner = runner.map(|(_, runner)| runner).unwrap_or_default();
    let mut words = runner.split_whitespace();
    match words.next() {
        None => Command::new(program),
        Some(emulator) => {
            let mut command = Command::new(emulator);
            command.args(words).arg(program);
            command
        }
    }
}
