//! What the functions over whole files are told, and how they tell how far they are.

use std::fmt;
use std::ops::ControlFlow;
use std::time::Duration;

use super::waiting::{WAIT, while_locked};
use crate::error::Error;

/// Called now and then with the bytes done and the bytes there are in all (which may still grow). Both are 0 while the
/// work waits for another program. A [`ControlFlow::Break`] stops the work: it ends with [`Error::Cancelled`] and
/// leaves nothing behind.
pub type Progress<'a> = dyn FnMut(u64, u64) -> ControlFlow<()> + 'a;

/// How one file is made of another.
#[non_exhaustive]
pub struct FileOptions<'a> {
    /// Whether an existing destination is replaced.
    pub force: bool,
    /// How long to wait for another program that is just writing to the source. Zero: not at all.
    pub wait: Duration,
    /// Told how far the work is.
    pub progress: Option<&'a mut Progress<'a>>,
}

impl<'a> FileOptions<'a> {
    /// An existing destination is left alone, other programs get five seconds to finish, and progress is not told.
    #[must_use]
    pub fn new() -> Self {
        Self { force: false, wait: WAIT, progress: None }
    }

    /// Whether an existing destination is replaced.
    #[must_use]
    pub fn force(mut self, force: bool) -> Self {
        self.force = force;
        self
    }

    /// How long to wait for another program that is just writing to the source. Zero: not at all.
    #[must_use]
    pub fn wait(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }

    /// Tells `progress` how far the work is.
    #[must_use]
    pub fn progress(mut self, progress: &'a mut Progress<'a>) -> Self {
        self.progress = Some(progress);
        self
    }

    /// Tries `attempt` again and again, as long as these options wait, while it finds that a writer
    /// ([`LockedBy::Writer`](crate::LockedBy::Writer)) or another library
    /// ([`LockedBy::ThisProcess`](crate::LockedBy::ThisProcess)) is in its way. It is tried once at least.
    ///
    /// # Errors
    /// Those of the last attempt; [`Error::Cancelled`] where the caller does not want to wait any longer.
    pub fn wait_while_locked<T>(&mut self, attempt: impl FnMut() -> Result<T, Error>) -> Result<T, Error> {
        while_locked(self.wait, &mut || report(&mut self.progress, 0, 0), attempt)
    }

    /// Tells how far the work is.
    ///
    /// # Errors
    /// [`Error::Cancelled`] where the caller does not want it to go on.
    pub fn report(&mut self, done: u64, total: u64) -> Result<(), Error> {
        report(&mut self.progress, done, total)
    }
}

pub(super) fn report(progress: &mut Option<&mut Progress<'_>>, done: u64, total: u64) -> Result<(), Error> {
    match progress.as_deref_mut().map(|progress| progress(done, total)) {
        Some(ControlFlow::Break(())) => Err(Error::Cancelled),
        _ => Ok(()),
    }
}

impl Default for FileOptions<'_> {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for FileOptions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileOptions")
            .field("force", &self.force)
            .field("wait", &self.wait)
            .field("progress", &self.progress.is_some())
            .finish()
    }
}
