//! The operating system's own VFS, to which the source's files are passed on.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr;

use pagecrypt::Error;
use rusqlite::ffi;

use crate::vfs::{Code, Outcome};

/// SQLite's default VFS. It lives as long as the program.
#[derive(Debug, Clone, Copy)]
pub(super) struct System(*mut ffi::sqlite3_vfs);

impl System {
    /// The default one.
    pub(super) fn find() -> Result<Self, Error> {
        // SAFETY: a null name asks for the default, and the function initialises SQLite.
        let found = unsafe { ffi::sqlite3_vfs_find(ptr::null()) };
        if found.is_null() {
            return Err(Error::Internal("SQLite has no file system"));
        }
        Ok(Self(found))
    }

    /// Length of an open file's memory, in bytes.
    pub(super) fn file_size(self) -> usize {
        // SAFETY: see `System`.
        usize::try_from(unsafe { (*self.0).szOsFile }).unwrap_or(0)
    }

    /// Length of the longest path, in bytes.
    pub(super) fn longest_path(self) -> c_int {
        // SAFETY: see `System`.
        unsafe { (*self.0).mxPathname }
    }

    /// Whether there is a file of this name.
    pub(super) fn exists(self, name: &CStr) -> Outcome<bool> {
        self.access(name, ffi::SQLITE_ACCESS_EXISTS)
    }

    /// Whether the file of this name can be used as `flags` says.
    pub(super) fn access(self, name: &CStr, flags: c_int) -> Outcome<bool> {
        let mut result = 0;
        // SAFETY: see `System`; the function takes a C string and a place for an int.
        let code = unsafe {
            (*self.0).xAccess.map_or(ffi::SQLITE_IOERR_ACCESS, |access| {
                access(self.0, name.as_ptr(), flags, &raw mut result)
            })
        };
        outcome(code).map(|()| result != 0)
    }

    /// Opens a file.
    ///
    /// # Safety
    /// `name` is a file name of SQLite's; `file` leads to `file_size` writable bytes aligned to 8.
    pub(super) unsafe fn open(
        self,
        name: ffi::sqlite3_filename,
        file: *mut ffi::sqlite3_file,
        flags: c_int,
    ) -> Outcome<()> {
        let mut out_flags = 0;
        // SAFETY: the caller vouches for the arguments. `xOpen` sets the methods, or leaves null, whatever it
        // returns; a file with methods must be closed.
        unsafe {
            (*file).pMethods = ptr::null();
            let code = (*self.0)
                .xOpen
                .map_or(ffi::SQLITE_CANTOPEN, |open| open(self.0, name, file, flags, &raw mut out_flags));
            if code != ffi::SQLITE_OK && !(*file).pMethods.is_null() {
                let _ = Self::close(file);
            }
            outcome(code)
        }
    }

    /// # Safety
    /// As SQLite's `xFullPathname`.
    pub(super) unsafe fn full_pathname(
        self,
        name: *const c_char,
        length: c_int,
        out: *mut c_char,
    ) -> Outcome<()> {
        // SAFETY: the caller vouches for the arguments.
        outcome(unsafe {
            (*self.0).xFullPathname.map_or(ffi::SQLITE_CANTOPEN, |full| full(self.0, name, length, out))
        })
    }

    /// # Safety
    /// As SQLite's `xRandomness`.
    pub(super) unsafe fn randomness(self, length: c_int, out: *mut c_char) -> c_int {
        // SAFETY: the caller vouches for the arguments.
        unsafe { (*self.0).xRandomness.map_or(0, |randomness| randomness(self.0, length, out)) }
    }

    /// # Safety
    /// As SQLite's `xSleep`.
    pub(super) unsafe fn sleep(self, microseconds: c_int) -> c_int {
        // SAFETY: the caller vouches for the arguments.
        unsafe { (*self.0).xSleep.map_or(0, |sleep| sleep(self.0, microseconds)) }
    }

    /// # Safety
    /// As SQLite's `xCurrentTime`.
    pub(super) unsafe fn current_time(self, out: *mut f64) -> c_int {
        // SAFETY: the caller vouches for the arguments.
        unsafe { (*self.0).xCurrentTime.map_or(ffi::SQLITE_ERROR, |time| time(self.0, out)) }
    }

    /// # Safety
    /// As SQLite's `xGetLastError`.
    pub(super) unsafe fn last_error(self, length: c_int, out: *mut c_char) -> c_int {
        // SAFETY: the caller vouches for the arguments.
        unsafe { (*self.0).xGetLastError.map_or(0, |last_error| last_error(self.0, length, out)) }
    }
}

/// The functions of open files. The safety of each: `file` was opened by [`System::open`] and not closed since.
impl System {
    /// # Safety
    /// See the block.
    unsafe fn methods<'s>(file: *mut ffi::sqlite3_file) -> &'s ffi::sqlite3_io_methods {
        // SAFETY: the methods of an open file are a constant of its VFS.
        unsafe { &*(*file).pMethods }
    }

    /// # Safety
    /// See the block; the file is not used afterwards.
    pub(super) unsafe fn close(file: *mut ffi::sqlite3_file) -> Outcome<()> {
        // SAFETY: the caller vouches for the file.
        outcome(unsafe { Self::methods(file).xClose.map_or(ffi::SQLITE_IOERR_CLOSE, |close| close(file)) })
    }

    /// # Safety
    /// See the block.
    pub(super) unsafe fn read(file: *mut ffi::sqlite3_file, offset: i64, buffer: &mut [u8]) -> Outcome<()> {
        let length = c_int::try_from(buffer.len()).map_err(|_| ffi::SQLITE_IOERR_READ)?;
        // SAFETY: the caller vouches for the file; the buffer is as long as said.
        outcome(unsafe {
            Self::methods(file)
                .xRead
                .map_or(ffi::SQLITE_IOERR_READ, |read| read(file, buffer.as_mut_ptr().cast(), length, offset))
        })
    }

    /// # Safety
    /// See the block.
    pub(super) unsafe fn size(file: *mut ffi::sqlite3_file) -> Outcome<i64> {
        let mut size = 0;
        // SAFETY: the caller vouches for the file.
        let code = unsafe {
            Self::methods(file).xFileSize.map_or(ffi::SQLITE_IOERR_FSTAT, |ask| ask(file, &raw mut size))
        };
        outcome(code).map(|()| size)
    }

    /// # Safety
    /// See the block.
    pub(super) unsafe fn lock(file: *mut ffi::sqlite3_file, level: c_int) -> Outcome<()> {
        // SAFETY: the caller vouches for the file.
        outcome(unsafe { Self::methods(file).xLock.map_or(ffi::SQLITE_IOERR_LOCK, |lock| lock(file, level)) })
    }

    /// # Safety
    /// See the block.
    pub(super) unsafe fn unlock(file: *mut ffi::sqlite3_file, level: c_int) -> Outcome<()> {
        // SAFETY: the caller vouches for the file.
        outcome(unsafe {
            Self::methods(file).xUnlock.map_or(ffi::SQLITE_IOERR_UNLOCK, |unlock| unlock(file, level))
        })
    }

    /// # Safety
    /// See the block.
    pub(super) unsafe fn check_reserved_lock(file: *mut ffi::sqlite3_file) -> Outcome<c_int> {
        let mut result = 0;
        // SAFETY: the caller vouches for the file.
        let code = unsafe {
            Self::methods(file)
                .xCheckReservedLock
                .map_or(ffi::SQLITE_IOERR_CHECKRESERVEDLOCK, |check| check(file, &raw mut result))
        };
        outcome(code).map(|()| result)
    }

    /// Maps a part of the shared memory beside the source.
    ///
    /// # Safety
    /// See the block; else as SQLite's `xShmMap`.
    pub(super) unsafe fn shared_memory(
        file: *mut ffi::sqlite3_file,
        region: c_int,
        size: c_int,
        extend: c_int,
        out: *mut *mut c_void,
    ) -> Code {
        // SAFETY: the caller vouches for the arguments; version 2 of the structure has the field.
        unsafe {
            let methods = Self::methods(file);
            if methods.iVersion < 2 {
                return ffi::SQLITE_IOERR_SHMMAP;
            }
            methods.xShmMap.map_or(ffi::SQLITE_IOERR_SHMMAP, |map| map(file, region, size, extend, out))
        }
    }

    /// # Safety
    /// See the block; the shared memory has been mapped.
    pub(super) unsafe fn shared_memory_lock(
        file: *mut ffi::sqlite3_file,
        offset: c_int,
        count: c_int,
        flags: c_int,
    ) -> Outcome<()> {
        // SAFETY: the caller vouches for the file; only version 2 maps shared memory.
        outcome(unsafe {
            Self::methods(file)
                .xShmLock
                .map_or(ffi::SQLITE_IOERR_SHMLOCK, |lock| lock(file, offset, count, flags))
        })
    }

    /// # Safety
    /// See the block; the shared memory has been mapped.
    pub(super) unsafe fn shared_memory_barrier(file: *mut ffi::sqlite3_file) {
        // SAFETY: the caller vouches for the file; only version 2 maps shared memory.
        unsafe {
            if let Some(barrier) = Self::methods(file).xShmBarrier {
                barrier(file);
            }
        }
    }

    /// Unmaps the shared memory and leaves its file where it is.
    ///
    /// # Safety
    /// See the block; the shared memory has been mapped, and is not used afterwards.
    pub(super) unsafe fn shared_memory_unmap(file: *mut ffi::sqlite3_file) -> Outcome<()> {
        // SAFETY: the caller vouches for the file; only version 2 maps shared memory.
        outcome(unsafe { Self::methods(file).xShmUnmap.map_or(ffi::SQLITE_OK, |unmap| unmap(file, 0)) })
    }
}

fn outcome(code: Code) -> Outcome<()> {
    match code {
        ffi::SQLITE_OK => Ok(()),
        code => Err(code),
    }
}
