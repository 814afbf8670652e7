//! Keys from a file, the environment or standard input; wiped after use, bounded, never from the command line.

use std::fs::File;
use std::io::{self, IsTerminal as _, Read};
use std::path::Path;

use pagecrypt::{Cipher, Error, ErrorCode, IoError, Key, KeyTextProblem};
use zeroize::{Zeroize as _, Zeroizing};

use crate::args::{KeySource, Report};
use crate::failure::Failure;
use crate::output;
use crate::usage;

/// The longest key file, in bytes: any key's text with room for white space.
const MAX_LENGTH: usize = 4096;

/// Reads the key that `source` names. Without a cipher, the key's length chooses one.
pub(crate) fn load(source: &KeySource, cipher: Option<Cipher>, report: &Report) -> Result<Key, Failure> {
    let (name, text) = match source {
        KeySource { file: Some(path), .. } => (path.display().to_string(), from_file(path, report)?),
        KeySource { environment: Some(name), .. } => (format!("${name}"), from_environment(name)?),
        KeySource { standard_input: true, .. } => ("standard input".to_owned(), from_standard_input()?),
        KeySource { .. } => {
            return Err(Failure::new(
                ErrorCode::KeyRequired,
                "a key is required",
                "give it by --key-file FILE, --key-env NAME or --key-stdin; `pagecrypt keygen` makes a new one",
            ));
        }
    };
    let key = match &text {
        Some(text) => Key::from_text(text, cipher),
        None => Err(Error::KeyText(KeyTextProblem::Characters)),
    };
    key.map_err(|error| Failure::about(Path::new(&name), &error))
}

/// The text, or `None` where it is not UTF-8.
pub(crate) type Text = Option<Zeroizing<String>>;

pub(crate) fn from_file(path: &Path, report: &Report) -> Result<Text, Failure> {
    if path.as_os_str() == "-" {
        return Err(usage::refuse(
            "--key-file - is not standard input",
            "use --key-stdin, or ./- for such a file",
        ));
    }
    let name = path.to_string_lossy();
    let failed = |error| {
        let failure = Failure::bare(&Error::Io(IoError::new("read the key file", path, error)));
        if usage::is_key(&name) { failure.without(&name) } else { failure }
    };
    let file = File::open(path).map_err(failed)?;
    warn_if_others_read(&file, path, report);
    match read_bounded(file).map_err(failed)? {
        Some(bytes) => Ok(text_of(bytes)),
        None => Err(too_long(&path.display().to_string())),
    }
}

fn from_environment(name: &str) -> Result<Text, Failure> {
    match std::env::var_os(name) {
        Some(value) => Ok(text_of(Zeroizing::new(value.into_encoded_bytes()))),
        None => {
            let failure = Failure::new(
                ErrorCode::KeyRequired,
                format!("a key is required: the environment variable {name} is not set"),
                "set it to the key, or use --key-file FILE or --key-stdin",
            );
            Err(if usage::is_key(name) { failure.without(name) } else { failure })
        }
    }
}

fn from_standard_input() -> Result<Text, Failure> {
    let stdin = io::stdin();
    if stdin.is_terminal() {
        return Err(usage::refuse(
            "--key-stdin on a terminal would show the key",
            "pipe or redirect it in, as in `pagecrypt verify DB --key-stdin < FILE`",
        ));
    }
    match unbuffered(&stdin).and_then(read_bounded) {
        Ok(Some(bytes)) => Ok(text_of(bytes)),
        Ok(None) => Err(too_long("standard input")),
        Err(error) => {
            Err(Failure::bare(&Error::Io(IoError::new("read", Path::new("standard input"), error))))
        }
    }
}

/// Standard input without the standard library's buffer, which nobody would wipe.
#[cfg(unix)]
pub(crate) fn unbuffered(stdin: &io::Stdin) -> io::Result<File> {
    use std::os::fd::AsFd as _;
    Ok(File::from(stdin.as_fd().try_clone_to_owned()?))
}

#[cfg(windows)]
pub(crate) fn unbuffered(stdin: &io::Stdin) -> io::Result<File> {
    use std::os::windows::io::AsHandle as _;
    Ok(File::from(stdin.as_handle().try_clone_to_owned()?))
}

/// Everything there is, or `None` where that is longer than a key file may be.
fn read_bounded(mut from: impl Read) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    // Never grown, so that no copy of the key stays in memory that was given back.
    let mut bytes = Zeroizing::new(vec![0; MAX_LENGTH + 1]);
    let mut length = 0;
    while let Some(rest) = bytes.get_mut(length..).filter(|rest| !rest.is_empty()) {
        match from.read(rest) {
            Ok(0) => break,
            Ok(count) => length += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    bytes.truncate(length);
    Ok((length <= MAX_LENGTH).then_some(bytes))
}

pub(crate) fn text_of(mut bytes: Zeroizing<Vec<u8>>) -> Text {
    match String::from_utf8(std::mem::take(&mut *bytes)) {
        Ok(text) => Some(Zeroizing::new(text)),
        Err(error) => {
            error.into_bytes().zeroize();
            None
        }
    }
}

fn too_long(name: &str) -> Failure {
    Failure::new(
        ErrorCode::KeyText,
        format!("{name}: not a key: longer than {MAX_LENGTH} bytes"),
        "give the key as `pagecrypt keygen` writes it",
    )
}

/// Like other programs that keep a secret in a file: worth a line, not a refusal, because containers and build
/// systems often cannot choose the mode.
#[cfg(unix)]
fn warn_if_others_read(file: &File, path: &Path, report: &Report) {
    use std::os::unix::fs::MetadataExt as _;
    let readable = |mode: u32| mode & 0o044 != 0;
    if file.metadata().is_ok_and(|metadata| metadata.is_file() && readable(metadata.mode())) {
        let path = path.display();
        output::warn(
            report,
            &format!("key file {path} may be read by others: restrict it with `chmod 600 {path}`"),
        );
    }
}

#[cfg(not(unix))]
fn warn_if_others_read(_: &File, _: &Path, _: &Report) {}
