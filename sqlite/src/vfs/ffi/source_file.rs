//! The source's main file, read past SQLite.

use std::ffi::c_int;
use std::io;
use std::marker::PhantomData;
use std::ptr;

use pagecrypt::Error;
use rusqlite::ffi;

use super::system::System;
use super::{OpenFile, Role, VfsConnection, files, system_file};

/// The main file that a connection has open. SQLite does nothing with it meanwhile.
pub(crate) struct SourceFile<'c> {
    /// The system's.
    file: *mut ffi::sqlite3_file,
    /// The connection is borrowed as long as this lives.
    connection: PhantomData<&'c mut ()>,
}

// SAFETY: the system's files belong to no thread: SQLite itself uses a connection's files on whichever thread uses the
// connection. Nobody else uses this one, since the connection is borrowed for writing.
unsafe impl Send for SourceFile<'_> {}

impl VfsConnection<'_, '_> {
    /// Its main file, which is the source's.
    pub(crate) fn source_file(&mut self) -> Result<SourceFile<'_>, Error> {
        let mut file: *mut ffi::sqlite3_file = ptr::null_mut();
        // SAFETY: the handle is open; the operation writes one pointer, and the name is a C string.
        let code = unsafe {
            ffi::sqlite3_file_control(
                self.connection.handle(),
                c"main".as_ptr(),
                ffi::SQLITE_FCNTL_FILE_POINTER,
                (&raw mut file).cast(),
            )
        };
        if code != ffi::SQLITE_OK || file.is_null() {
            return Err(Error::Internal("SQLite does not show its file"));
        }
        // SAFETY: it is the file of the main database, open as long as the connection is: every open file has methods,
        // and one with ours was written by `open`.
        unsafe {
            let ours = ptr::eq((*file).pMethods, &raw const files::METHODS);
            if !ours || !matches!((*file.cast::<OpenFile>()).role, Role::Source) {
                return Err(Error::Internal("SQLite has another file open than the source"));
            }
            Ok(SourceFile { file: system_file(file), connection: PhantomData })
        }
    }
}

impl SourceFile<'_> {
    /// Fills `buffer` from the bytes at `offset`.
    ///
    /// # Errors
    /// What the operating system says; [`io::ErrorKind::UnexpectedEof`] where the file ends before.
    pub(crate) fn read(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        let offset = i64::try_from(offset).map_err(|_| io::ErrorKind::InvalidInput)?;
        // SAFETY: the file is open as long as the connection is borrowed.
        unsafe { System::read(self.file, offset, buffer) }.map_err(failure)
    }
}

/// What a code of the system's reading means; asked right after it failed, on the same thread.
fn failure(code: c_int) -> io::Error {
    match code {
        ffi::SQLITE_IOERR_SHORT_READ => io::ErrorKind::UnexpectedEof.into(),
        _ => io::Error::last_os_error(),
    }
}
