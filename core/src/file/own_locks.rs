//! Locks that this very process holds, through another library or another copy of SQLite.
//!
//! POSIX locks belong to a process and a file. When the process closes any descriptor of the file, whoever opened it,
//! all its locks on that file are gone, unnoticed by those who took them. So the file must not even be opened while
//! there are any.

use std::path::Path;

use crate::error::{Error, LockedBy};

/// Whether this process holds POSIX locks on the database `path`, or on its `-wal` or `-shm` file: through a copy of
/// SQLite, or through whatever else locks files so. A connection in WAL mode holds some all the time, another one only
/// within a transaction.
///
/// Linux tells by `/proc`; where it does not, and on other systems, this gives `false`. Locks of open file descriptions
/// and those of `flock` do not count: they stay when another descriptor is closed.
#[must_use]
pub fn is_locked_by_this_process(path: &Path) -> bool {
    #[cfg(target_os = "linux")]
    return linux::holds_locks(path);
    #[cfg(not(target_os = "linux"))]
    {
        let _ = path;
        false
    }
}

/// To be asked before the database is opened.
pub(super) fn check(path: &Path) -> Result<(), Error> {
    if is_locked_by_this_process(path) { Err(Error::Locked(LockedBy::ThisProcess)) } else { Ok(()) }
}

#[cfg(target_os = "linux")]
mod linux {
    use std::fs;
    use std::os::unix::fs::MetadataExt;
    use std::path::Path;

    use super::super::new_file::beside;

    /// Of the thread, since threads may have descriptors of their own.
    const DESCRIPTORS: &str = "/proc/thread-self/fd";
    const WHAT_IS_KNOWN_OF_THEM: &str = "/proc/thread-self/fdinfo";

    /// Each lock is listed with the descriptor through which it was taken. The descriptor is asked for its device and
    /// file, not the list: what the list has for a device need not be what files on it are told to have.
    pub(super) fn holds_locks(path: &Path) -> bool {
        let files: Vec<_> =
            ["", "-wal", "-shm"].into_iter().filter_map(|suffix| identity(&beside(path, suffix))).collect();
        let Ok(descriptors) = fs::read_dir(WHAT_IS_KNOWN_OF_THEM) else { return false };
        // A descriptor may be gone by now, and its locks with it.
        !files.is_empty()
            && descriptors.flatten().any(|descriptor| {
                fs::read_to_string(descriptor.path()).is_ok_and(|known| has_posix_lock(&known))
                    && identity(&Path::new(DESCRIPTORS).join(descriptor.file_name()))
                        .is_some_and(|file| files.contains(&file))
            })
    }

    fn identity(path: &Path) -> Option<(u64, u64)> {
        fs::metadata(path).ok().map(|found| (found.dev(), found.ino()))
    }

    /// `known` has lines such as `lock:  1: POSIX  ADVISORY  WRITE 4711 fe:00:815 0 EOF`.
    fn has_posix_lock(known: &str) -> bool {
        known.lines().any(|line| {
            line.strip_prefix("lock:").is_some_and(|lock| lock.split_whitespace().nth(1) == Some("POSIX"))
        })
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn only_posix_locks_count() {
            let known = |lock: &str| format!("pos:\t0\nflags:\t02100002\nmnt_id:\t27\nino:\t7\n{lock}");
            for (lock, counts) in [
                ("lock:\t1: POSIX  ADVISORY  WRITE 10457 fe:00:7 0 EOF\n", true),
                ("lock:\t1: POSIX  ADVISORY  READ 10457 00:2a:7 128 128\n", true),
                (
                    "lock:\t1: FLOCK  ADVISORY  WRITE 1 fe:00:7 0 EOF\nlock:\t2: POSIX  ADVISORY  READ 1 fe:00:7 0 1\n",
                    true,
                ),
                ("lock:\t1: OFDLCK ADVISORY  READ -1 fe:00:7 0 EOF\n", false),
                ("lock:\t1: FLOCK  ADVISORY  WRITE 1 fe:00:7 0 EOF\n", false),
                ("lock:\n", false),
                ("", false),
            ] {
                assert_eq!(has_posix_lock(&known(lock)), counts, "{lock}");
            }
        }
    }
}
