//! What the caller decides about an encryption.

use std::fmt;
use std::time::Duration;

use pagecrypt::file::Progress;

/// How a database is encrypted.
#[non_exhaustive]
pub struct EncryptOptions<'a> {
    /// Whether an existing destination is replaced.
    pub force: bool,
    /// Told how far the work is.
    pub progress: Option<&'a mut Progress<'a>>,
    /// How long to wait for another program that is just writing to the source.
    pub wait: Duration,
}

impl<'a> EncryptOptions<'a> {
    /// An existing destination is left alone, progress is not told, and other programs get five seconds to finish.
    #[must_use]
    pub fn new() -> Self {
        Self { force: false, progress: None, wait: Duration::from_secs(5) }
    }

    /// Whether an existing destination is replaced.
    #[must_use]
    pub fn force(mut self, force: bool) -> Self {
        self.force = force;
        self
    }

    /// Tells `progress` how far the work is.
    #[must_use]
    pub fn progress(mut self, progress: &'a mut Progress<'a>) -> Self {
        self.progress = Some(progress);
        self
    }

    /// How long to wait for another program that is just writing to the source.
    #[must_use]
    pub fn wait(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }
}

impl Default for EncryptOptions<'_> {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for EncryptOptions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EncryptOptions")
            .field("force", &self.force)
            .field("progress", &self.progress.is_some())
            .field("wait", &self.wait)
            .finish()
    }
}
