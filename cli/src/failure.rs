//! What went wrong and what to do about it: one line on standard error, one exit code.

use std::io::Write as _;
use std::path::Path;

use pagecrypt::{Error, ErrorCode, LockedBy};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::output;

/// A failed command: what happened, what to do, and the exit code.
#[derive(Debug)]
pub(crate) struct Failure {
    code: ErrorCode,
    exit_code: u8,
    message: String,
    advice: String,
    /// What a command found before it failed: printed under `--json` beside the error.
    findings: Box<Map<String, Value>>,
}

/// The `error` member of `--json`.
#[derive(Serialize)]
struct ErrorObject<'a> {
    code: &'static str,
    number: u16,
    exit_code: u8,
    message: &'a str,
    advice: &'a str,
}

impl Failure {
    pub(crate) fn new(code: ErrorCode, message: impl Into<String>, advice: impl Into<String>) -> Self {
        Self {
            code,
            exit_code: code.exit_code(),
            message: one_line(&message.into()),
            advice: one_line(&advice.into()),
            findings: Box::default(),
        }
    }

    /// `error` of the library about the file `subject`, with the advice that fits it anywhere.
    pub(crate) fn about(subject: &Path, error: &Error) -> Self {
        let message = match error {
            // These name the file already, or have no file to name.
            Error::Io(_)
            | Error::UnknownEngine
            | Error::InvalidArgument(_)
            | Error::RandomSource
            | Error::Cancelled => error.to_string(),
            _ => format!("{}: {error}", subject.display()),
        };
        Self::new(error.code(), message, advice(error))
    }

    /// `error` of the library where no file is concerned.
    pub(crate) fn bare(error: &Error) -> Self {
        Self::new(error.code(), error.to_string(), advice(error))
    }

    pub(crate) fn with_advice(mut self, advice: impl Into<String>) -> Self {
        self.advice = one_line(&advice.into());
        self
    }

    pub(crate) fn with_exit_code(mut self, exit_code: u8) -> Self {
        self.exit_code = exit_code;
        self
    }

    pub(crate) fn with_findings(mut self, findings: &impl Serialize) -> Self {
        if let Ok(Value::Object(findings)) = serde_json::to_value(findings) {
            *self.findings = findings;
        }
        self
    }

    /// Replaces `secret`, which may have been typed where a key does not belong.
    pub(crate) fn without(mut self, secret: &str) -> Self {
        self.message = self.message.replace(secret, "[redacted]");
        self.advice = self.advice.replace(secret, "[redacted]");
        self
    }

    /// Tells the user, and gives the exit code. A stream that cannot be written to is left alone: the exit code
    /// still tells.
    pub(crate) fn report(mut self, json: bool) -> u8 {
        if json {
            let error = ErrorObject {
                code: self.code.name(),
                number: self.code.number(),
                exit_code: self.exit_code,
                message: &self.message,
                advice: &self.advice,
            };
            if let Ok(error) = serde_json::to_value(error) {
                self.findings.insert("error".to_owned(), error);
            }
            let _ = output::print_json(&*self.findings);
        }
        let _ = writeln!(std::io::stderr(), "pagecrypt: {}: {}", self.message, self.advice);
        self.exit_code
    }
}

/// What to do about `error`, whatever the command.
fn advice(error: &Error) -> &'static str {
    match error {
        Error::UnknownCipher => "see `pagecrypt ciphers`",
        Error::UnknownEngine => "set PAGECRYPT_ENGINE to one of them, or unset it",
        Error::KeyLength { .. } => {
            "give a key of the length that the cipher needs; `pagecrypt ciphers` lists them"
        }
        Error::KeyText(_) => "give the key as `pagecrypt keygen` writes it",
        Error::KeyRequired => "give it by --key-file FILE, --key-env NAME or --key-stdin",
        Error::WrongKey { .. } => "give the key that it was encrypted with",
        Error::AuthenticationFailed(_) => {
            "restore it from a backup; `pagecrypt verify` lists everything that is damaged"
        }
        Error::NotEncrypted => {
            "if it is a plain SQLite database, `pagecrypt encrypt` makes an encrypted copy"
        }
        Error::UnsupportedFormat(_) => "see `pagecrypt --help` for what it can read and write",
        Error::Malformed(_) | Error::CipherMismatch { .. } => "restore it from a backup",
        Error::UsageLimit => "make a new key with `pagecrypt keygen`",
        Error::FileExists => "choose another name, or replace it with --force",
        Error::Destination(_) => "give another name for it",
        Error::Locked(LockedBy::Journal) => {
            "open it once with sqlite3 (or with Turso, if it is encrypted), then run pagecrypt again"
        }
        Error::Locked(LockedBy::Leftover) => "remove them, or choose another name",
        Error::Locked(_) => "close it in the other program, and try again",
        Error::Cancelled => "nothing was written; run it again to start anew",
        Error::RandomSource => "try again; if it stays so, this system cannot make keys or nonces",
        Error::Internal(_) => "report it with the command that led to it",
        Error::Io(error) => io_advice(error.source_error().kind()),
        _ => "see `pagecrypt --help`",
    }
}

fn io_advice(kind: std::io::ErrorKind) -> &'static str {
    use std::io::ErrorKind;
    match kind {
        ErrorKind::NotFound => "check the path",
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            "check who may read the file and write to the folder"
        }
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            "free some space or write to another disk, and run it again"
        }
        ErrorKind::IsADirectory | ErrorKind::NotADirectory => "give the path of a file",
        _ => "check the path and the disk, and run it again",
    }
}

/// File names may hold line breaks and terminal controls; the line must stay one.
fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() {
            line.extend(character.escape_default());
        } else {
            line.push(character);
        }
    }
    line
}
