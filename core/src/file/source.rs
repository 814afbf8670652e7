//! A file that is read at any place, from several threads, while others may have it open too.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::new_file::{beside, io_error, is_absent};
use super::own_locks;
use crate::error::{Error, LockedBy};

/// A file opened for reading, and what it looked like then.
#[derive(Debug)]
pub(super) struct Source {
    path: PathBuf,
    file: PositionedFile,
    length: u64,
    modified: Option<SystemTime>,
}

impl Source {
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        let failed = |error| io_error("open", path, error);
        // Opening a pipe would wait for a writer.
        if !fs::metadata(path).map_err(failed)?.is_file() {
            return Err(Error::InvalidArgument("the database is not a file"));
        }
        let file = File::open(path).map_err(failed)?;
        let found = file.metadata().map_err(failed)?;
        Ok(Self {
            path: path.to_owned(),
            file: PositionedFile::new(file),
            length: found.len(),
            modified: found.modified().ok(),
        })
    }

    /// The main file of a database: nobody may be writing it, and no crash may have left it half written.
    pub(super) fn open_database(path: &Path) -> Result<Self, Error> {
        own_locks::check(path)?;
        let database = Self::open(path)?;
        database.lock_shared()?;
        if has_hot_journal(path)? {
            return Err(Error::Locked(LockedBy::Journal));
        }
        Ok(database)
    }

    /// `None` where there is no such file.
    pub(super) fn open_if_present(path: &Path) -> Result<Option<Self>, Error> {
        match Self::open(path) {
            Ok(source) => Ok(Some(source)),
            Err(Error::Io(error)) if is_absent(error.source_error()) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Length in bytes when the file was opened.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Fills `buffer` from the bytes at `offset`, all within the length.
    pub(super) fn read_at(&self, buffer: &mut [u8], offset: u64) -> Result<(), Error> {
        self.file.read_exact_at(buffer, offset).map_err(|error| match error.kind() {
            ErrorKind::UnexpectedEof => Error::Locked(LockedBy::Change),
            _ => io_error("read", &self.path, error),
        })
    }

    /// The first bytes of the file, `limit` if there are so many.
    pub(super) fn read_start(&self, limit: usize) -> Result<Vec<u8>, Error> {
        let mut start = vec![0; usize::try_from(self.length).map_or(limit, |length| length.min(limit))];
        self.read_at(&mut start, 0)?;
        Ok(start)
    }

    /// Whether someone has written to the file since it was opened: what was read does not fit together then.
    pub(super) fn check_unchanged(&self) -> Result<(), Error> {
        let found = self.file.metadata().map_err(|error| io_error("examine", &self.path, error))?;
        if found.len() == self.length && found.modified().ok() == self.modified {
            Ok(())
        } else {
            Err(Error::Locked(LockedBy::Change))
        }
    }

    /// SQLite and Turso both lock a part of the file or all of it while they write. Where the file system has no
    /// locks, there is nothing to ask.
    fn lock_shared(&self) -> Result<(), Error> {
        #[cfg(unix)]
        if let Err(ErrorKind::WouldBlock | ErrorKind::PermissionDenied) = reader_lock(&self.file.file) {
            return Err(Error::Locked(LockedBy::Writer));
        }
        Ok(())
    }
}

/// Locks the whole file for reading. On Linux the lock belongs to the open file: what else this process does with the
/// file does not take it away, and it changes no locks of the process's own.
#[cfg(unix)]
fn reader_lock(file: &File) -> Result<(), ErrorKind> {
    use rustix::fs::{FlockOperation, fcntl_lock};
    // Elsewhere the structure has other fields.
    #[cfg(all(
        target_os = "linux",
        target_pointer_width = "64",
        not(any(target_arch = "mips64", target_arch = "mips64r6", target_arch = "sparc64"))
    ))]
    {
        use nix::fcntl::{FcntlArg, fcntl};
        use nix::libc::{F_RDLCK, SEEK_SET, flock};
        let whole =
            flock { l_type: F_RDLCK as i16, l_whence: SEEK_SET as i16, l_start: 0, l_len: 0, l_pid: 0 };
        let locked = fcntl(file, FcntlArg::F_OFD_SETLK(&whole));
        match locked.map_err(|errno| io::Error::from(errno).kind()) {
            Err(ErrorKind::InvalidInput) => {} // a system that is only like Linux
            locked => return locked.map(|_| ()),
        }
    }
    fcntl_lock(file, FlockOperation::NonBlockingLockShared).map_err(|errno| io::Error::from(errno).kind())
}

/// A rollback journal that still counts: SQLite empties, deletes or zeroes it when a transaction ends.
pub(super) fn has_hot_journal(database: &Path) -> Result<bool, Error> {
    let Some(journal) = Source::open_if_present(&beside(database, "-journal"))? else { return Ok(false) };
    Ok(journal.read_start(1)?.first().is_some_and(|byte| *byte != 0))
}

/// Reads at a place, without a position that threads would share.
#[cfg(unix)]
#[derive(Debug)]
struct PositionedFile {
    file: File,
}

#[cfg(unix)]
impl PositionedFile {
    fn new(file: File) -> Self {
        Self { file }
    }

    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        std::os::unix::fs::FileExt::read_exact_at(&self.file, buffer, offset)
    }

    fn metadata(&self) -> io::Result<fs::Metadata> {
        self.file.metadata()
    }
}

/// The same where the system has one position a file: threads take turns.
#[cfg(not(unix))]
use turns::PositionedFile;

#[cfg(any(not(unix), test))]
mod turns {
    use std::fs::{File, Metadata};
    use std::io::{self, Read, Seek, SeekFrom};
    use std::sync::{Mutex, MutexGuard, PoisonError};

    #[derive(Debug)]
    pub(super) struct PositionedFile {
        file: Mutex<File>,
    }

    impl PositionedFile {
        pub(super) fn new(file: File) -> Self {
            Self { file: Mutex::new(file) }
        }

        pub(super) fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
            let mut file = self.turn();
            file.seek(SeekFrom::Start(offset))?;
            file.read_exact(buffer)
        }

        pub(super) fn metadata(&self) -> io::Result<Metadata> {
            self.turn().metadata()
        }

        fn turn(&self) -> MutexGuard<'_, File> {
            // Each reader seeks first: a panic elsewhere leaves nothing that matters.
            self.file.lock().unwrap_or_else(PoisonError::into_inner)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_at_any_place_and_notices_what_others_do() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("db");
        fs::write(&path, b"0123456789").unwrap();
        let source = Source::open(&path).unwrap();
        let turns = turns::PositionedFile::new(File::open(&path).unwrap());
        assert_eq!(turns.metadata().unwrap().len(), source.length());
        let (mut a, mut b) = ([0; 3], [0; 3]);
        for offset in [7, 0, 4] {
            source.read_at(&mut a, offset).unwrap();
            turns.read_exact_at(&mut b, offset).unwrap();
            assert_eq!(a, b);
            assert_eq!(u64::from(a[0] - b'0'), offset);
        }
        source.check_unchanged().unwrap();
        fs::write(&path, b"01234").unwrap();
        assert!(matches!(source.read_at(&mut a, 7), Err(Error::Locked(_))));
        assert!(matches!(source.check_unchanged(), Err(Error::Locked(_))));
    }

    #[test]
    fn only_a_journal_with_content_is_hot() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("db");
        fs::write(&path, b"x").unwrap();
        assert!(!has_hot_journal(&path).unwrap());
        for (journal, hot) in [(&b""[..], false), (&[0; 512], false), (b"\xd9\xd5\x05\xf9", true)] {
            fs::write(folder.path().join("db-journal"), journal).unwrap();
            assert_eq!(has_hot_journal(&path).unwrap(), hot, "{journal:?}");
            assert_eq!(Source::open_database(&path).is_err(), hot);
        }
    }

    #[test]
    fn a_folder_is_not_a_database() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(Source::open(folder.path()), Err(Error::InvalidArgument(_))));
        assert!(matches!(Source::open(&folder.path().join("none")), Err(Error::Io(_))));
    }
}
