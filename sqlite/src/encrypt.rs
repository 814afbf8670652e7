//! From a plain database to an encrypted one.

use std::path::Path;

pub use in_use::declare_sqlite_private;
use pagecrypt::file::{Access, FileOptions, NewFile, Summary, Way};
use pagecrypt::page::PageCodec;
use pagecrypt::{Error, IoError, Key};

use crate::vfs::{ReservedBytes, SealedFile, State, Vfs};

mod failure;
mod in_use;
mod rebuild;
mod seal;
mod source;

use in_use::InUse;
use source::Source;

/// The smallest page in which SQLite accepts `reserved` bytes; it needs 480 usable ones.
fn page_size_with(reserved: usize, page_size: usize) -> usize {
    if page_size == 512 && reserved > 32 { 1024 } else { page_size }
}

/// Encrypts the plain SQLite database `source` into a new file `destination`, in Turso's format.
///
/// What is committed in the source's write-ahead log is taken in. The source and its log are only read, under SQLite's
/// own locks; no other file is made, and no plaintext gets to the disk. The destination appears under its name once
/// it is complete.
///
/// The content stays as `VACUUM` keeps it: also the rowids of tables that do not declare them. Pages of 512 bytes
/// become pages of 1024 where the cipher reserves more than 32 bytes ([`Summary::grew`]).
///
/// Other connections of the *same process* to the source are not disturbed if they are made by the same copy of SQLite,
/// as all of `rusqlite`'s are: there is one in a program of Rust crates. The POSIX locks of *another copy*, which a
/// library in C may bring along, are lost when this one closes the source, unnoticed. A library that hides this crate's
/// copy says so by [`declare_sqlite_private`](crate::declare_sqlite_private); on Linux this function then looks first,
/// waits, and gives up by [`LockedBy::ThisProcess`](pagecrypt::LockedBy::ThisProcess). Locks that another copy takes
/// after that look are lost all the same, and on other systems all are.
///
/// At most some 30 MiB of memory are used, whatever the size of the database. Where the pages have the reserved bytes
/// that they need, as those that [`decrypt_file`](pagecrypt::file::decrypt_file) makes have, and the write-ahead log is
/// empty, as many threads work on it as the CPU runs at once, at most eight.
///
/// ```no_run
/// # use std::path::Path;
/// use pagecrypt::{Cipher, Key};
/// use pagecrypt_sqlite::{FileOptions, encrypt_file};
///
/// let key = Key::generate(Cipher::Aegis256)?;
/// let summary = encrypt_file(Path::new("plain.db"), Path::new("secret.db"), &key, FileOptions::new())?;
/// println!("{} pages under {}", summary.pages, summary.cipher);
/// # Ok::<(), pagecrypt::Error>(())
/// ```
///
/// # Errors
/// * [`Error::UnsupportedFormat`]: the source is encrypted already, or no SQLite database; its reserved bytes are in
///   use; its schema needs a function or collation that only its own program has; the format lacks the cipher.
/// * [`Error::Malformed`]: the source is damaged.
/// * [`Error::Locked`]: another program is still writing to the source after the wait, or crashed doing so and left a journal that has to
///   be rolled back first.
/// * [`Error::FileExists`] and the others of [`NewFile::create`]; [`Error::Cancelled`]; [`Error::Io`];
///   [`Error::UsageLimit`]; [`Error::RandomSource`].
pub fn encrypt_file(
    source: &Path,
    destination: &Path,
    key: &Key,
    mut options: FileOptions<'_>,
) -> Result<Summary, Error> {
    let wait = options.wait;
    // The page size is the smallest until the source is known.
    let codec = PageCodec::turso(key, pagecrypt::page::MIN_PAGE_SIZE)?;
    let names = source::Names::of(source)?;
    let in_use = InUse::begin(source, &mut options)?;
    let new = NewFile::create(destination, Some(source), options.force, Access::Umask)?;
    let sealed = SealedFile::new(new, codec, options);
    let vfs = Vfs::register(State::new(sealed, names.shared_memory.clone()))?;
    let converted = convert(&vfs, &names, source, wait, key);
    let State { destination, failure, panic, .. } = vfs.into_state();
    drop(in_use);
    if let Some(panic) = panic {
        drop(destination);
        std::panic::resume_unwind(panic);
    }
    // Why the destination failed says more than how SQLite took it.
    if let Some(failure) = failure {
        return Err(failure);
    }
    let (source_page_size, way) = converted?;
    let mut summary = Summary::new(destination.codec(), destination.pages(), way);
    summary.source_page_size = source_page_size;
    destination.commit()?;
    Ok(summary)
}

/// Has SQLite write the destination. Gives the source's page size.
fn convert(
    vfs: &Vfs<'_>,
    names: &source::Names,
    path: &Path,
    wait: std::time::Duration,
    key: &Key,
) -> Result<(usize, Way), Error> {
    let mut source = Source::open(vfs, names, path, wait)?;
    let shape = source.begin()?;
    let needed = key.cipher().reserved_length();
    let fits = shape.pages > 0 && shape.reserved_length == needed;
    let page_size = if fits { shape.page_size } else { page_size_with(needed, shape.page_size) };
    let reserved = if fits { ReservedBytes::MustBeZero } else { ReservedBytes::Ignored };
    vfs.state()
        .try_borrow_mut()
        .map_err(|_| Error::Internal("SQLite is still at work"))?
        .destination
        .prepare(page_size, reserved, u64::from(shape.pages) * page_size as u64)?;
    let way = if fits {
        seal::run(&mut source, shape)?;
        Way::Sealed
    } else {
        source.end()?;
        rebuild::run(&source, needed)?;
        Way::Rebuilt
    };
    source.close()?;
    Ok((shape.page_size, way))
}

fn io_error(action: &'static str, path: &Path, error: std::io::Error) -> Error {
    Error::Io(IoError::new(action, path, error))
}

#[cfg(test)]
mod tests;
