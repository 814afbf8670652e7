//! `pagecrypt keygen`: a new key, to standard output or into a file of its own.

use std::path::Path;

use pagecrypt::file::{Access, NewFile};
use pagecrypt::{Error, ErrorCode, IoError, Key};
use serde_json::json;
use zeroize::Zeroizing;

use crate::args::Keygen;
use crate::failure::Failure;
use crate::output;

pub(crate) fn run(args: &Keygen) -> Result<(), Failure> {
    let key = Key::generate(args.cipher).map_err(|error| Failure::bare(&error))?;
    let text = key.to_text(args.encoding.into());
    let mut line = Zeroizing::new(String::with_capacity(text.expose().len() + 1));
    line.push_str(text.expose());
    line.push('\n');
    match &args.out {
        None if args.report.json => {
            // This one object holds the key: that is what was asked for.
            output::print_json(&json!({
                "cipher": args.cipher.name(),
                "encoding": args.encoding.name(),
                "key_length": args.cipher.key_length(),
                "out": null,
                "key": text.expose(),
            }))
        }
        None => output::print(&line),
        Some(path) => {
            write(path, &line, args.force)?;
            let told = json!({
                "cipher": args.cipher.name(),
                "encoding": args.encoding.name(),
                "key_length": args.cipher.key_length(),
                "out": path.to_string_lossy(),
            });
            output::print_report(&args.report, &told, || {
                format!("wrote a new {} key to {}; a lost key is lost data\n", args.cipher, path.display())
            })
        }
    }
}

/// The file is there whole or not at all, and readable by its owner only from the first moment.
fn write(path: &Path, line: &str, force: bool) -> Result<(), Failure> {
    use std::io::Write as _;

    let failed = |error: Error| {
        let failure = Failure::about(path, &error);
        match error.code() {
            ErrorCode::FileExists => failure.with_advice(
                "choose another name; --force replaces it, and what was encrypted with its key is lost with it",
            ),
            _ => failure,
        }
    };
    let new = NewFile::create(path, None, force, Access::Owner).map_err(failed)?;
    new.file()
        .write_all(line.as_bytes())
        .map_err(|error| failed(Error::Io(IoError::new("write", path, error))))?;
    new.commit().map_err(failed)
}
