//! What `encrypt` and `decrypt` share: how their failures are told.

use std::path::Path;

use pagecrypt::{Error, LockedBy};

use crate::failure::Failure;

/// `error` of making `destination` of `source`.
pub(crate) fn failure(source: &Path, destination: &Path, error: &Error) -> Failure {
    match error {
        Error::FileExists => Failure::about(destination, error),
        Error::Locked(LockedBy::Leftover) => {
            let name = destination.display();
            Failure::about(destination, error)
                .with_advice(format!("remove {name}-wal and {name}-journal, or choose another name"))
        }
        Error::Destination(_) => Failure::about(destination, error),
        _ => Failure::about(source, error),
    }
}
