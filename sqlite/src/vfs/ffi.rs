//! The border to C: a virtual file system that SQLite calls, one for each conversion.
//!
//! Why this is sound:
//! * SQLite calls a `sqlite3_vfs` and the files it opened only with the pointers it was given by
//!   [`Vfs::register`] and [`open`]. Both lead to a [`Shared`] on the heap, which [`Vfs`] frees when it is dropped;
//!   every connection made with the VFS borrows it ([`VfsConnection`]), so the connections are closed before.
//! * The VFS's name is 128 random bits, so nobody else makes a connection with it; each connection stays on one
//!   thread. Its state is in a `RefCell` all the same: a call that comes while another is running is refused.
//! * No panic crosses into C: every function that SQLite calls runs its body inside [`guard`].
#![allow(unsafe_code)]

use std::cell::{RefCell, UnsafeCell};
use std::ffi::{CStr, CString, c_char, c_int};
use std::fmt;
use std::io;
use std::mem::{ManuallyDrop, size_of};
use std::ops::Deref;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

use pagecrypt::Error;
use rusqlite::{Connection, OpenFlags, ffi};

use super::memory::MemoryFile;
use super::state::State;
use super::{Code, Outcome};

mod files;
mod source_file;
mod system;

pub(crate) use source_file::SourceFile;
use system::System;

/// A virtual file system of SQLite, registered as long as this lives.
pub(crate) struct Vfs<'a> {
    shared: *mut Shared<'a>,
}

/// What SQLite's pointers lead to.
struct Shared<'a> {
    /// SQLite links it into its list, and so writes to it.
    vfs: UnsafeCell<ffi::sqlite3_vfs>,
    name: CString,
    system: System,
    state: RefCell<State<'a>>,
}

/// One open file, at the beginning of the memory that SQLite sets apart for it; the system's own file follows.
#[repr(C)]
struct OpenFile {
    base: ffi::sqlite3_file,
    shared: *const Shared<'static>,
    role: Role,
}

/// What an open file is.
enum Role {
    /// The encrypted database that is being written: [`State::destination`].
    Destination,
    /// A file that lives in memory only.
    Memory(MemoryFile),
    /// A file of the source: the system's, opened read-only.
    Source,
}

/// Where the system's own file begins in the memory of an open file; SQLite aligns both to 8 bytes.
const SYSTEM_FILE_OFFSET: usize = size_of::<OpenFile>().next_multiple_of(8);

impl<'a> Vfs<'a> {
    /// Makes SQLite know a new virtual file system with this state.
    pub(crate) fn register(state: State<'a>) -> Result<Self, Error> {
        let system = System::find()?;
        let mut random = [0_u8; 16];
        // SAFETY: the pointer leads to 16 writable bytes.
        unsafe { ffi::sqlite3_randomness(16, random.as_mut_ptr().cast()) };
        let name = CString::new(format!("pagecrypt-{:032x}", u128::from_le_bytes(random)))
            .map_err(|_| Error::Internal("a VFS name holds a zero byte"))?;
        let file_size = SYSTEM_FILE_OFFSET + system.file_size();
        let vfs = ffi::sqlite3_vfs {
            iVersion: 1,
            szOsFile: c_int::try_from(file_size).map_err(|_| Error::Internal("a VFS file is too large"))?,
            mxPathname: system.longest_path(),
            pNext: ptr::null_mut(),
            zName: name.as_ptr(),
            pAppData: ptr::null_mut(),
            xOpen: Some(open),
            xDelete: Some(delete),
            xAccess: Some(access),
            xFullPathname: Some(full_pathname),
            xDlOpen: None,
            xDlError: None,
            xDlSym: None,
            xDlClose: None,
            xRandomness: Some(randomness),
            xSleep: Some(sleep),
            xCurrentTime: Some(current_time),
            xGetLastError: Some(last_error),
            xCurrentTimeInt64: None,
            xSetSystemCall: None,
            xGetSystemCall: None,
            xNextSystemCall: None,
        };
        let shared = Box::into_raw(Box::new(Shared {
            vfs: UnsafeCell::new(vfs),
            name,
            system,
            state: RefCell::new(state),
        }));
        // From here on `Drop` frees it.
        let this = Self { shared };
        // SAFETY: `shared` leads to a live value that nobody else knows yet. The structure and the name it points to
        // stay where they are until `Drop` has unregistered it.
        let code = unsafe {
            let vfs = (*shared).vfs.get();
            (*vfs).pAppData = shared.cast();
            ffi::sqlite3_vfs_register(vfs, 0)
        };
        match code {
            ffi::SQLITE_OK => Ok(this),
            _ => Err(Error::Internal("SQLite does not take the VFS")),
        }
    }

    /// Opens the database with this URI through this file system.
    pub(crate) fn connect(&self, uri: &str, flags: OpenFlags) -> rusqlite::Result<VfsConnection<'_, 'a>> {
        let flags = flags | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let name: &CStr = &self.shared().name;
        let connection = Connection::open_with_flags_and_vfs(uri, flags, name)?;
        Ok(VfsConnection { connection, vfs: self })
    }

    /// The state. SQLite must not be called while it is borrowed.
    pub(crate) fn state(&self) -> &RefCell<State<'a>> {
        &self.shared().state
    }

    /// Makes SQLite forget it, and gives the state back.
    pub(crate) fn into_state(self) -> State<'a> {
        // SAFETY: `self` is not dropped, and every connection that borrowed it is gone.
        unsafe { Self::release(ManuallyDrop::new(self).shared) }.state.into_inner()
    }

    /// # Safety
    /// `shared` is the pointer of a [`Vfs`] that no connection borrows and that is not used afterwards.
    unsafe fn release(shared: *mut Shared<'a>) -> Box<Shared<'a>> {
        // SAFETY: registered (or harmlessly not) under this pointer; every connection borrowed the `Vfs` and is
        // closed, so that nobody uses the value any more. The pointer came from `Box::into_raw`.
        unsafe {
            ffi::sqlite3_vfs_unregister((*shared).vfs.get());
            Box::from_raw(shared)
        }
    }

    fn shared(&self) -> &Shared<'a> {
        // SAFETY: the value lives until `Drop`, and there are only shared references to it.
        unsafe { &*self.shared }
    }
}

impl Drop for Vfs<'_> {
    fn drop(&mut self) {
        // SAFETY: no connection borrows `self` any more.
        drop(unsafe { Self::release(self.shared) });
    }
}

impl fmt::Debug for Vfs<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vfs").finish_non_exhaustive()
    }
}

/// A connection that cannot outlive its file system.
#[derive(Debug)]
pub(crate) struct VfsConnection<'v, 'a> {
    connection: Connection,
    vfs: &'v Vfs<'a>,
}

impl<'v, 'a> VfsConnection<'v, 'a> {
    /// The file system.
    pub(crate) fn vfs(&self) -> &'v Vfs<'a> {
        self.vfs
    }

    /// For what needs the connection itself to be borrowed for writing, as the target of a backup does.
    pub(crate) fn connection_mut(&mut self) -> &mut Connection {
        &mut self.connection
    }

    /// How many bytes each page of the main database reserves at its end; there is a read transaction.
    pub(crate) fn reserved_length(&self) -> Result<usize, Error> {
        let mut length: c_int = -1;
        // SAFETY: the handle is open; the operation reads and writes one int, and the name is a C string.
        let code = unsafe {
            ffi::sqlite3_file_control(
                self.connection.handle(),
                c"main".as_ptr(),
                ffi::SQLITE_FCNTL_RESERVE_BYTES,
                (&raw mut length).cast(),
            )
        };
        match (code, usize::try_from(length)) {
            (ffi::SQLITE_OK, Ok(length)) => Ok(length),
            _ => Err(Error::Internal("SQLite does not tell the reserved bytes")),
        }
    }

    /// What the operating system said when opening, reading or writing last failed.
    pub(crate) fn system_error(&self) -> io::Error {
        // SAFETY: the handle is open.
        match unsafe { ffi::sqlite3_system_errno(self.connection.handle()) } {
            0 => io::Error::other("SQLite could not use the file"),
            number => io::Error::from_raw_os_error(number),
        }
    }
}

impl Deref for VfsConnection<'_, '_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.connection
    }
}

/// Runs what SQLite asked for; a panic is kept for later, and SQLite gets `failed`.
fn guard(shared: &Shared<'_>, failed: Code, body: impl FnOnce() -> Outcome<()>) -> c_int {
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(())) => ffi::SQLITE_OK,
        Ok(Err(code)) => code,
        Err(panic) => {
            // A panic in the middle of a borrow has ended the borrow.
            if let Ok(mut state) = shared.state.try_borrow_mut() {
                state.panic = Some(panic);
            }
            failed
        }
    }
}

/// Uses the state, unless it is in use.
fn with_state<T>(
    shared: &Shared<'_>,
    failed: Code,
    body: impl FnOnce(&mut State<'_>) -> Outcome<T>,
) -> Outcome<T> {
    body(&mut *shared.state.try_borrow_mut().map_err(|_| failed)?)
}

/// Uses the destination; its error is kept for the caller of the whole conversion, who is told more than SQLite.
fn with_destination<T>(
    shared: &Shared<'_>,
    failed: Code,
    body: impl FnOnce(&mut State<'_>) -> Result<T, Error>,
) -> Outcome<T> {
    with_state(shared, failed, |state| {
        body(state).map_err(|error| {
            state.failure.get_or_insert(error);
            failed
        })
    })
}

/// Whether the caller wants no more: SQLite would wait and try again otherwise.
fn is_stopped(shared: &Shared<'_>) -> bool {
    shared.state.try_borrow().is_ok_and(|state| state.failure.is_some() || state.panic.is_some())
}

/// # Safety
/// `vfs` is one that [`Vfs::register`] registered and that still lives.
unsafe fn shared_of<'s>(vfs: *mut ffi::sqlite3_vfs) -> &'s Shared<'static> {
    // SAFETY: `register` put the pointer there, and the caller vouches for the rest. The state's lifetime is not
    // `'static`; it is only shortened by what uses it (`with_state` takes any).
    unsafe { &*(*vfs).pAppData.cast_const().cast() }
}

unsafe extern "C" fn open(
    vfs: *mut ffi::sqlite3_vfs,
    name: ffi::sqlite3_filename,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    // SAFETY: SQLite calls with the registered VFS.
    let shared = unsafe { shared_of(vfs) };
    // SAFETY: `file` leads to `szOsFile` writable bytes. Without methods SQLite does not close a file that failed.
    unsafe { (*file).pMethods = ptr::null() };
    guard(shared, ffi::SQLITE_CANTOPEN, || {
        let text = if name.is_null() {
            None
        } else {
            // SAFETY: a name is a C string that lives as long as the file.
            Some(unsafe { CStr::from_ptr(name) })
        };
        let is = |flag: c_int| flags & flag != 0;
        let ours = text.is_some_and(super::is_destination);
        let (role, given) = match text {
            Some(_) if ours && is(ffi::SQLITE_OPEN_MAIN_DB) => (Role::Destination, flags),
            // Temporary databases are kept in memory by `temp_store`, so what is left are journals, which stay empty
            // but for a header, since the destination has no pages worth keeping.
            None if is(ffi::SQLITE_OPEN_SUBJOURNAL) => (Role::Memory(MemoryFile::new()), flags),
            Some(_) if ours && is(ffi::SQLITE_OPEN_MAIN_JOURNAL) => (Role::Memory(MemoryFile::new()), flags),
            Some(text)
                if !ours
                    && is(ffi::SQLITE_OPEN_MAIN_DB
                        | ffi::SQLITE_OPEN_WAL
                        | ffi::SQLITE_OPEN_MAIN_JOURNAL) =>
            {
                let kept = flags
                    & !(ffi::SQLITE_OPEN_READWRITE
                        | ffi::SQLITE_OPEN_CREATE
                        | ffi::SQLITE_OPEN_DELETEONCLOSE)
                    | ffi::SQLITE_OPEN_READONLY;
                if is(ffi::SQLITE_OPEN_WAL) && !shared.system.exists(text)? {
                    // SQLite would make one; an empty one that cannot be written says the same.
                    (Role::Memory(MemoryFile::new()), kept)
                } else {
                    // SAFETY: the memory after `OpenFile` is the system's; the name is SQLite's own.
                    let opened = unsafe { shared.system.open(name, system_file(file), kept) };
                    if let Err(code) = opened {
                        let error = io::Error::last_os_error();
                        return with_state(shared, code, |state| {
                            state.open_error = Some(error);
                            Err(code)
                        });
                    }
                    #[cfg(test)]
                    with_state(shared, ffi::SQLITE_CANTOPEN, |state| {
                        state.opened_by_system.push((text.to_owned(), kept));
                        Ok(())
                    })?;
                    (Role::Source, kept)
                }
            }
            _ => return Err(ffi::SQLITE_CANTOPEN),
        };
        let is_source = matches!(role, Role::Source) && is(ffi::SQLITE_OPEN_MAIN_DB);
        // SAFETY: `file` leads to enough memory, aligned to 8 bytes, whose content is nobody's; `xClose` drops the
        // value. `out_flags` is null or leads to an int.
        unsafe {
            let base = ffi::sqlite3_file { pMethods: &raw const files::METHODS };
            file.cast::<OpenFile>().write(OpenFile { base, shared: ptr::from_ref(shared), role });
            if !out_flags.is_null() {
                *out_flags = given;
            }
        }
        if is_source {
            let mut head = [0; 100];
            // SAFETY: the system's file has just been opened. A short file leaves zeros.
            let _ = unsafe { System::read(system_file(file), 0, &mut head) };
            with_state(shared, ffi::SQLITE_CANTOPEN, |state| {
                state.source_head = head;
                Ok(())
            })?;
        }
        Ok(())
    })
}

/// # Safety
/// `file` leads to the memory that SQLite set apart for a file of this VFS.
unsafe fn system_file(file: *mut ffi::sqlite3_file) -> *mut ffi::sqlite3_file {
    // SAFETY: `szOsFile` counts both parts.
    unsafe { file.byte_add(SYSTEM_FILE_OFFSET) }
}

unsafe extern "C" fn delete(_vfs: *mut ffi::sqlite3_vfs, _name: *const c_char, _sync: c_int) -> c_int {
    // The destination's journals are gone once closed. Of the source SQLite wants to delete a log or journal beside
    // an empty file, which counts for nothing anyway; it stays where it is.
    ffi::SQLITE_OK
}

unsafe extern "C" fn access(
    vfs: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    flags: c_int,
    result: *mut c_int,
) -> c_int {
    // SAFETY: SQLite calls with the registered VFS and a C string.
    let (shared, name) = unsafe { (shared_of(vfs), CStr::from_ptr(name)) };
    guard(shared, ffi::SQLITE_IOERR_ACCESS, || {
        let found = !super::is_destination(name) && shared.system.access(name, flags)?;
        // SAFETY: `result` leads to an int.
        unsafe { *result = c_int::from(found) };
        Ok(())
    })
}

unsafe extern "C" fn full_pathname(
    vfs: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    length: c_int,
    out: *mut c_char,
) -> c_int {
    // SAFETY: SQLite calls with the registered VFS and a C string.
    let (shared, text) = unsafe { (shared_of(vfs), CStr::from_ptr(name)) };
    guard(shared, ffi::SQLITE_CANTOPEN, || {
        if !super::is_destination(text) {
            // SAFETY: the same arguments go to the system's own function.
            return unsafe { shared.system.full_pathname(name, length, out) };
        }
        let bytes = text.to_bytes_with_nul();
        if usize::try_from(length).is_ok_and(|length| bytes.len() <= length) {
            // SAFETY: `out` leads to `length` writable bytes of SQLite's, which is enough.
            unsafe { ptr::copy_nonoverlapping(name, out, bytes.len()) };
            Ok(())
        } else {
            Err(ffi::SQLITE_CANTOPEN)
        }
    })
}

unsafe extern "C" fn randomness(vfs: *mut ffi::sqlite3_vfs, length: c_int, out: *mut c_char) -> c_int {
    // SAFETY: SQLite calls with the registered VFS; the arguments are passed on.
    unsafe { shared_of(vfs).system.randomness(length, out) }
}

/// SQLite sleeps while it waits for another program. Where the caller does not want that, the next lock fails.
unsafe extern "C" fn sleep(vfs: *mut ffi::sqlite3_vfs, microseconds: c_int) -> c_int {
    // SAFETY: SQLite calls with the registered VFS.
    let shared = unsafe { shared_of(vfs) };
    let asked = guard(shared, ffi::SQLITE_IOERR_LOCK, || {
        with_destination(shared, ffi::SQLITE_IOERR_LOCK, |state| state.destination.waiting())
    });
    if asked != ffi::SQLITE_OK {
        return 0;
    }
    // SAFETY: the argument is passed on.
    unsafe { shared.system.sleep(microseconds) }
}

unsafe extern "C" fn current_time(vfs: *mut ffi::sqlite3_vfs, out: *mut f64) -> c_int {
    // SAFETY: SQLite calls with the registered VFS; the arguments are passed on.
    unsafe { shared_of(vfs).system.current_time(out) }
}

unsafe extern "C" fn last_error(vfs: *mut ffi::sqlite3_vfs, length: c_int, out: *mut c_char) -> c_int {
    // SAFETY: SQLite calls with the registered VFS; the arguments are passed on.
    unsafe { shared_of(vfs).system.last_error(length, out) }
}
