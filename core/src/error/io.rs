//! Input and output errors with what was being done.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::ErrorCode;

/// An input or output error: what was done to which file.
#[derive(Debug, Clone)]
pub struct IoError {
    action: &'static str,
    path: PathBuf,
    source: Arc<io::Error>, // which cannot be cloned
}

impl IoError {
    /// `action` is a verb, as in "cannot `read` the file".
    #[must_use]
    pub fn new(action: &'static str, path: &Path, source: io::Error) -> Self {
        Self { action, path: path.to_owned(), source: Arc::new(source) }
    }

    /// The file it happened to.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The operating system's error.
    #[must_use]
    pub fn source_error(&self) -> &io::Error {
        &self.source
    }

    /// [`ErrorCode::FilePermissions`] where the operating system refused, else [`ErrorCode::Io`].
    pub(crate) fn code(&self) -> ErrorCode {
        match self.source.kind() {
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => ErrorCode::FilePermissions,
            _ => ErrorCode::Io,
        }
    }
}

impl fmt::Display for IoError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot {} {}: {}", self.action, self.path.display(), self.source)
    }
}
