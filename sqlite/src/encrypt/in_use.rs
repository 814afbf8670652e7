//! Sources on which another copy of SQLite in this process holds locks.
//!
//! A copy of SQLite knows of all its own connections, and closes a file only when none of them holds locks on it. Of
//! other copies it knows nothing: closing the file takes their locks away.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use pagecrypt::file::{FileOptions, is_locked_by_this_process};
use pagecrypt::{Error, LockedBy};

static PRIVATE: AtomicBool = AtomicBool::new(false);

/// Says that nobody else in this process uses the copy of SQLite that this crate is linked with: for libraries that
/// hide it, as libpagecrypt does.
///
/// From then on [`encrypt_file`](crate::encrypt_file) takes POSIX locks of this process on a source for those of another
/// copy, and on Linux refuses the source while there are any. Without it, they are taken for those of the same copy
/// (of other users of `rusqlite`, for example), which loses none of them.
pub fn declare_sqlite_private() {
    PRIVATE.store(true, Ordering::Relaxed);
}

/// The files that conversions have open, one entry for each conversion.
static SOURCES: Mutex<Vec<Identity>> = Mutex::new(Vec::new());

/// What tells a file from others: device and number.
type Identity = (u64, u64);

/// A source that is being converted. To be dropped once SQLite has closed it.
#[derive(Debug)]
pub(super) struct InUse(Option<Identity>);

impl InUse {
    /// Waits, as long as the options do, until no other copy of SQLite holds locks on `source`, which is not open yet.
    pub(super) fn begin(source: &Path, options: &mut FileOptions<'_>) -> Result<Self, Error> {
        let Some(identity) = identity(source) else { return Ok(Self(None)) };
        options.wait_while_locked(|| {
            // Held until the entry is there: nobody takes the locks of our own conversions for others'.
            let mut sources = sources();
            let ours = sources.contains(&identity) || !PRIVATE.load(Ordering::Relaxed);
            if !ours && is_locked_by_this_process(source) {
                return Err(Error::Locked(LockedBy::ThisProcess));
            }
            sources.push(identity);
            Ok(Self(Some(identity)))
        })
    }
}

impl Drop for InUse {
    fn drop(&mut self) {
        let mut sources = sources();
        if let Some(at) = sources.iter().position(|source| Some(*source) == self.0) {
            sources.swap_remove(at);
        }
    }
}

fn sources() -> MutexGuard<'static, Vec<Identity>> {
    // Nothing panics while it is locked.
    SOURCES.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(unix)]
fn identity(path: &Path) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(path).ok().map(|found| (found.dev(), found.ino()))
}

/// Only POSIX locks are lost.
#[cfg(not(unix))]
fn identity(_path: &Path) -> Option<Identity> {
    None
}
