//! A file that appears under its name only once it is complete.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, Metadata, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use super::own_locks;
use crate::error::{Error, IoError, LockedBy};
use crate::random::{NonceSource, OsRandom};

/// What temporary names end in. A file with such a name is left over from a killed program and may be deleted.
const SUFFIX: &str = ".pagecrypt-tmp";

/// How much of the destination's name the temporary name repeats, in characters: names end at 255 bytes.
const NAME_CHARACTERS: usize = 48;

/// Who may read a new file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Its owner only (mode 0600): for plaintext and keys.
    Owner,
    /// Whom the process's umask lets: for what is encrypted.
    Umask,
}

/// A file that is written under a temporary name beside its destination and gets its own name by
/// [`commit`](Self::commit): complete, and on the disk. Dropped before that, it is removed.
///
/// The temporary name is `.NAME.XXXXXXXX.pagecrypt-tmp` with eight random hexadecimal digits; only a program that was
/// killed leaves one behind.
#[derive(Debug)]
pub struct NewFile {
    file: File,
    temporary: PathBuf,
    destination: PathBuf,
    source: Option<PathBuf>,
    force: bool,
    committed: bool,
    /// Whose it is to move the file's one position, where writing at a place needs that.
    #[cfg(not(unix))]
    turn: std::sync::Mutex<()>,
}

impl NewFile {
    /// Makes an empty file for `destination`. An existing destination is refused, and with `force` replaced at
    /// the end, in one step; what is made of `source` never replaces `source`.
    ///
    /// # Errors
    /// [`Error::FileExists`]; [`Error::InvalidArgument`] where the destination is the source or its log or
    /// journal, a symbolic link or anything else but a file; [`Error::Locked`] where a write-ahead log or a journal lies beside the destination,
    /// which would be taken for the new file's, or where this process holds locks on an existing destination
    /// ([`is_locked_by_this_process`](super::is_locked_by_this_process)); [`Error::Io`]; [`Error::RandomSource`].
    pub fn create(
        destination: &Path,
        source: Option<&Path>,
        force: bool,
        access: Access,
    ) -> Result<Self, Error> {
        let Some(name) = destination.file_name() else {
            return Err(Error::Destination("has no file name"));
        };
        check_destination(destination, source, force)?;
        let (file, temporary) = create_beside(destination, name, access)?;
        Ok(Self {
            file,
            temporary,
            destination: destination.to_owned(),
            source: source.map(Path::to_owned),
            force,
            committed: false,
            #[cfg(not(unix))]
            turn: std::sync::Mutex::new(()),
        })
    }

    /// The file, open for reading and writing.
    #[must_use]
    pub fn file(&self) -> &File {
        &self.file
    }

    /// Writes all of `bytes` from the place `offset` on; several threads may write at once.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn write_at(&self, offset: u64, bytes: &[u8]) -> Result<(), Error> {
        #[cfg(unix)]
        let written = std::os::unix::fs::FileExt::write_all_at(&self.file, bytes, offset);
        #[cfg(not(unix))]
        let written = {
            use io::{Seek, Write};
            // Nothing panics meanwhile, and each writer seeks first.
            let _turn = self.turn.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            let mut file = &self.file;
            file.seek(io::SeekFrom::Start(offset)).and_then(|_| file.write_all(bytes))
        };
        written.map_err(|error| self.write_failed(error))
    }

    /// The temporary name, for those who open the file themselves.
    #[must_use]
    pub fn temporary_path(&self) -> &Path {
        &self.temporary
    }

    pub(super) fn write_failed(&self, error: io::Error) -> Error {
        io_error("write", &self.temporary, error)
    }

    /// Where the file will be.
    #[must_use]
    pub fn destination(&self) -> &Path {
        &self.destination
    }

    /// Writes everything to the disk and gives the file its name. Without `force`, a destination that has appeared
    /// in the meantime stays as it is.
    ///
    /// # Errors
    /// As [`create`](Self::create). The file is removed then, unless only writing the folder to the disk failed.
    pub fn commit(mut self) -> Result<(), Error> {
        self.file.sync_all().map_err(|error| self.write_failed(error))?;
        check_destination(&self.destination, self.source.as_deref(), self.force)?;
        if self.force {
            fs::rename(&self.temporary, &self.destination)
                .map_err(|error| io_error("replace", &self.destination, error))?;
        } else {
            rename_to_absent(&self.temporary, &self.destination)?;
        }
        self.committed = true;
        sync_folder(folder_of(&self.destination))
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if !self.committed {
            // There is nobody left to tell.
            let _ = fs::remove_file(&self.temporary);
        }
    }
}

/// The path of a file that belongs to the database `path`, for example its `-wal`.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

pub(super) fn io_error(action: &'static str, path: &Path, error: io::Error) -> Error {
    Error::Io(IoError::new(action, path, error))
}

fn check_destination(destination: &Path, source: Option<&Path>, force: bool) -> Result<(), Error> {
    let found = examine(destination)?;
    if let Some(source) = source {
        for suffix in ["", "-wal", "-journal", "-shm"] {
            let path = beside(source, suffix);
            if path == destination || (found.is_some() && is_same_file(&path, destination)?) {
                return Err(Error::Destination("is the source, or belongs to it"));
            }
        }
    }
    for suffix in ["-wal", "-journal"] {
        if examine(&beside(destination, suffix))?.is_some_and(|found| found.len() > 0) {
            return Err(Error::Locked(LockedBy::Leftover));
        }
    }
    match found {
        None => Ok(()),
        Some(found) if found.is_symlink() => Err(Error::Destination("is a symbolic link")),
        Some(found) if !found.is_file() => Err(Error::Destination("is not a file")),
        Some(_) if !force => Err(Error::FileExists),
        // Whoever took them would go on with a file that has no name any more.
        Some(_) => own_locks::check(destination),
    }
}

/// What is there under this name, a symbolic link not followed.
fn examine(path: &Path) -> Result<Option<Metadata>, Error> {
    match fs::symlink_metadata(path) {
        Ok(found) => Ok(Some(found)),
        Err(error) if is_absent(&error) => Ok(None),
        Err(error) => Err(io_error("examine", path, error)),
    }
}

/// Nobody's file has a name too long for the system.
pub(super) fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::InvalidFilename)
}

/// Whether both names lead to one file; neither need exist.
fn is_same_file(a: &Path, b: &Path) -> Result<bool, Error> {
    let (a, b) = (identity(a)?, identity(b)?);
    Ok(a.is_some() && a == b)
}

/// What tells the file under this name from others.
fn identity(path: &Path) -> Result<Option<impl PartialEq>, Error> {
    #[cfg(unix)]
    let found = {
        use std::os::unix::fs::MetadataExt;
        fs::metadata(path).map(|found| (found.dev(), found.ino()))
    };
    #[cfg(not(unix))]
    let found = fs::canonicalize(path);
    match found {
        Ok(identity) => Ok(Some(identity)),
        Err(error) if is_absent(&error) => Ok(None),
        Err(error) => Err(io_error("examine", path, error)),
    }
}

fn create_beside(destination: &Path, name: &OsStr, access: Access) -> Result<(File, PathBuf), Error> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    if access == Access::Owner {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    #[cfg(not(unix))]
    let _ = access; // the folder's access list decides
    let name: String = name.to_string_lossy().chars().take(NAME_CHARACTERS).collect();
    loop {
        let mut random = [0; 4];
        OsRandom.fill(&mut random)?;
        let temporary = format!(".{name}.{:08x}{SUFFIX}", u32::from_le_bytes(random));
        let temporary = folder_of(destination).join(temporary);
        match options.open(&temporary) {
            Ok(file) => return Ok((file, temporary)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(io_error("create", &temporary, error)),
        }
    }
}

/// Renames, but never over an existing file.
fn rename_to_absent(from: &Path, to: &Path) -> Result<(), Error> {
    match rename_no_replace(from, to) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(Error::FileExists),
        Err(error) => Err(io_error("create", to, error)),
        Ok(()) => Ok(()),
    }
}

fn rename_no_replace(from: &Path, to: &Path) -> io::Result<()> {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        use rustix::io::Errno;
        match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
            // The kernel or the file system does not know the flag.
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {}
            other => return other.map_err(io::Error::from),
        }
    }
    // A second name is refused where there is a file already.
    fs::hard_link(from, to)?;
    fs::remove_file(from)
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Puts the folder's entries on the disk, where the system lets folders be opened for that.
fn sync_folder(folder: &Path) -> Result<(), Error> {
    #[cfg(unix)]
    File::open(folder)
        .and_then(|open| open.sync_all())
        .map_err(|error| io_error("write the folder", folder, error))?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}

#[cfg(test)]
mod tests;
