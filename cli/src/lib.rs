//! The command line of libpagecrypt, as a function: [`run`] is what the binary `pagecrypt` does.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

use std::ffi::OsString;

use clap::{CommandFactory as _, FromArgMatches as _};

use args::{Args, Subcommand};
use failure::Failure;

mod args;
mod bench;
mod ciphers;
mod completions;
mod conversion;
mod decrypt;
mod encrypt;
mod failure;
mod help;
mod inspect;
mod key_source;
mod keygen;
mod man;
mod output;
mod progress;
mod record;
mod signal;
mod usage;
mod verify;

/// Runs the command with these arguments, the first of which is its name, and gives its exit code.
///
/// Reads and writes the process's standard streams.
#[must_use]
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let parsed = command().try_get_matches_from(&arguments).and_then(|found| Args::from_arg_matches(&found));
    let (json, outcome) = match parsed {
        Ok(args) => (args.subcommand.json(), dispatch(&args.subcommand)),
        Err(error) if !error.use_stderr() => (false, output::print(&error.to_string())),
        Err(error) => (usage::asks_for_json(&arguments), Err(usage::failure(&error, &arguments))),
    };
    match outcome {
        Ok(()) => 0,
        Err(failure) => failure.report(json),
    }
}

/// The command's arguments and help texts, from which its completions and man pages are made.
#[must_use]
pub fn command() -> clap::Command {
    Args::command()
}

fn dispatch(subcommand: &Subcommand) -> Result<(), Failure> {
    match subcommand {
        Subcommand::Keygen(args) => keygen::run(args),
        Subcommand::Ciphers(args) => ciphers::run(args),
        Subcommand::Encrypt(args) => encrypt::run(args),
        Subcommand::Decrypt(args) => decrypt::run(args),
        Subcommand::Verify(args) => verify::run(args),
        Subcommand::Inspect(args) => inspect::run(args),
        Subcommand::Record(args) => record::run(args),
        Subcommand::Bench(args) => bench::run(args),
        Subcommand::Completions(args) => completions::run(args),
        Subcommand::Man(args) => man::run(args),
    }
}
