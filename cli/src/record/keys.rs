//! The keys of records.

use std::path::Path;

use pagecrypt::record::bound::TokenKey;
use pagecrypt::record::s2::key_from_header;
use pagecrypt::{Cipher, Error, Key, KeyTextProblem};

use super::refuse;
use crate::args::record::{Records, Work};
use crate::args::{KeySource, Report};
use crate::failure::Failure;
use crate::key_source::{self, Text};
use crate::output;

/// As S2's own tools have it.
const VARIABLE: &str = "S2_ENCRYPTION_KEY";

/// The key of an S2 stream.
pub(super) fn of_s2(work: &Work) -> Result<Key, Failure> {
    let Records { cipher, keys, .. } = work.records();
    if keys.key_file.is_some() || keys.key_env.is_some() || !keys.decrypt_only_key_file.is_empty() {
        return Err(refuse("the key of an S2 stream comes from --encryption-key-file or S2_ENCRYPTION_KEY"));
    }
    let variable = std::env::var_os(VARIABLE);
    let (name, text) = match (&keys.encryption_key_file, variable) {
        (Some(path), variable) => {
            if variable.is_some() {
                let told = format!("the key of {} is used, not that of {VARIABLE}", path.display());
                output::warn(work.report(), &told);
            }
            (path.display().to_string(), key_source::from_file(path, work.report())?)
        }
        (None, Some(value)) => {
            (format!("${VARIABLE}"), key_source::text_of(zeroize::Zeroizing::new(value.into_encoded_bytes())))
        }
        (None, None) => {
            return Err(Failure::bare(&Error::KeyRequired)
                .with_advice(format!("give it by --encryption-key-file FILE or in {VARIABLE}, as base64")));
        }
    };
    let key = match &text {
        Some(text) => key_from_header(text.as_str(), cipher.unwrap_or(Cipher::Aegis256)),
        None => Err(Error::KeyText(KeyTextProblem::Base64Characters)),
    };
    key.map_err(|error| Failure::about(Path::new(&name), &error))
}

/// The key of bound records, and those that only open.
pub(super) fn of_bound(work: &Work) -> Result<(Key, Vec<Key>), Failure> {
    let Records { cipher, keys, .. } = work.records();
    if keys.encryption_key_file.is_some() {
        return Err(refuse(
            "--encryption-key-file has the key of an S2 stream; bound records take --key-file",
        ));
    }
    let report = work.report();
    let load = |file: Option<&Path>, environment: Option<&str>| {
        let source = KeySource {
            file: file.map(Path::to_owned),
            environment: environment.map(str::to_owned),
            standard_input: false,
        };
        key_source::load(&source, *cipher, report)
    };
    if keys.key_file.is_none() && keys.key_env.is_none() {
        return Err(Failure::bare(&Error::KeyRequired)
            .with_advice("give it by --key-file FILE or --key-env NAME; standard input has the records"));
    }
    let key = load(keys.key_file.as_deref(), keys.key_env.as_deref())?;
    let older: Result<Vec<Key>, Failure> =
        keys.decrypt_only_key_file.iter().map(|path| load(Some(path), None)).collect();
    Ok((key, older?))
}

/// The token key of a store: text of 32 bytes as a key's.
pub(super) fn token_key(path: &Path, report: &Report) -> Result<TokenKey, Failure> {
    let text: Text = key_source::from_file(path, report)?;
    let key = match &text {
        Some(text) => Key::from_text(text, Some(Cipher::Aegis256)),
        None => Err(Error::KeyText(KeyTextProblem::Characters)),
    };
    key.and_then(|key| TokenKey::from_bytes(key.as_bytes())).map_err(|error| Failure::about(path, &error))
}
