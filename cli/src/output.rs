//! Results on standard output.

use std::io::{self, Write as _};
use std::path::Path;

use pagecrypt::{Error, IoError};
use serde::Serialize;

use crate::args::Report;
use crate::failure::Failure;

/// Prints `text` as it is.
///
/// A reader that has gone away (`pagecrypt ciphers | head -1`) is no failure: the command goes on, and its exit code
/// stays its own.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            let error = IoError::new("write to", Path::new("standard output"), error);
            Err(Failure::bare(&Error::Io(error)))
        }
        _ => Ok(()),
    }
}

/// Prints `value` as one JSON object, indented, with a line feed at its end.
pub(crate) fn print_json(value: &impl Serialize) -> Result<(), Failure> {
    match serde_json::to_string_pretty(value) {
        Ok(text) => print(&(text + "\n")),
        Err(_) => Err(Failure::bare(&Error::Internal("a result has no JSON form"))),
    }
}

/// Prints what was done: as JSON, as text, or not at all.
pub(crate) fn print_report(
    how: &Report,
    value: &impl Serialize,
    text: impl FnOnce() -> String,
) -> Result<(), Failure> {
    match how {
        Report { json: true, .. } => print_json(value),
        Report { quiet: true, .. } => Ok(()),
        Report { .. } => print(&text()),
    }
}

/// Tells of something that does not stop the command.
pub(crate) fn warn(how: &Report, text: &str) {
    if !how.quiet {
        let _ = writeln!(io::stderr(), "pagecrypt: warning: {text}");
    }
}

/// A table: columns as wide as their widest cell.
pub(crate) fn aligned<const COLUMNS: usize>(lines: &[[String; COLUMNS]]) -> String {
    let widths: [usize; COLUMNS] = std::array::from_fn(|column| {
        lines.iter().filter_map(|line| line.get(column)).map(String::len).max().unwrap_or_default()
    });
    let mut text = String::new();
    for line in lines {
        let cells: Vec<String> =
            line.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
    text
}
