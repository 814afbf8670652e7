//! Arguments that cannot be understood, told in one line.

use std::error::Error as _;
use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use pagecrypt::{Error, ErrorCode, Key};

use crate::failure::Failure;

/// Exit code of every mistake in the arguments.
const EXIT_CODE: u8 = 2;

/// The parser's error about `arguments` as a failure.
pub(crate) fn failure(error: &clap::Error, arguments: &[OsString]) -> Failure {
    let rendered = error.to_string();
    let cause = error.source().and_then(|source| source.downcast_ref::<Error>());
    let code = cause.map_or(ErrorCode::InvalidArgument, Error::code);
    let command = command_of(arguments);
    let (message, advice) = match error.kind() {
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            ("no command given".to_owned(), format!("see `{command} --help`"))
        }
        ErrorKind::UnknownArgument if names_a_key(error) => (
            summary(&rendered),
            "a key does not belong on the command line, which other users can see; use --key-file FILE, \
             --key-env NAME or --key-stdin"
                .to_owned(),
        ),
        _ => (summary(&rendered), format!("see `{command} --help`")),
    };
    let failure = Failure::new(code, message, advice).with_exit_code(EXIT_CODE);
    keys_among(arguments).iter().fold(failure, |failure, key| failure.without(key))
}

/// A failure for arguments that only the command itself finds wrong.
pub(crate) fn refuse(message: impl Into<String>, advice: impl Into<String>) -> Failure {
    Failure::new(ErrorCode::InvalidArgument, message, advice)
}

/// Whether the failure should be told as JSON too, though the arguments could not be parsed.
pub(crate) fn asks_for_json(arguments: &[OsString]) -> bool {
    arguments.iter().take_while(|argument| *argument != "--").any(|argument| argument == "--json")
}

/// The arguments that look like a key. They came from the command line, yet need not reach a log as well.
fn keys_among(arguments: &[OsString]) -> Vec<String> {
    let mut keys = Vec::new();
    for argument in arguments.iter().filter_map(|argument| argument.to_str()) {
        let value = argument.split_once('=').map(|(_, value)| value);
        keys.extend(
            [Some(argument), value].into_iter().flatten().filter(|text| is_key(text)).map(str::to_owned),
        );
    }
    keys
}

/// Whether `text` is a key's text.
pub(crate) fn is_key(text: &str) -> bool {
    !matches!(Key::from_text(text, None), Err(Error::KeyText(_)))
}

/// Whether the argument that was not understood was meant to pass a key.
fn names_a_key(error: &clap::Error) -> bool {
    matches!(error.get(ContextKind::InvalidArg), Some(ContextValue::String(name)) if name == "--key")
}

/// The first paragraph of the parser's message, in one line.
fn summary(rendered: &str) -> String {
    let paragraph = rendered.split("\n\n").next().unwrap_or_default();
    let lines: Vec<&str> = paragraph.lines().map(str::trim).collect();
    let line = lines.join(" ");
    let line = line.strip_prefix("error: ").unwrap_or(&line);
    // The value's own error says the same once more.
    line.replace(": invalid argument: ", ": ")
}

/// The command whose help tells more.
fn command_of(arguments: &[OsString]) -> String {
    let command = crate::command();
    let (mut found, mut name) = (&command, "pagecrypt".to_owned());
    for argument in arguments.iter().skip(1) {
        if let Some(named) = found.find_subcommand(argument) {
            name = format!("{name} {}", named.get_name());
            found = named;
        }
    }
    name
}
