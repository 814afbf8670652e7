//! What SQLite calls on open files.

use std::ffi::{c_int, c_void};
use std::ptr;
use std::sync::atomic::{Ordering, fence};

use rusqlite::ffi;

use super::system::System;
use super::{OpenFile, Role, Shared, guard, is_stopped, system_file, with_destination, with_state};
use crate::vfs::state::Index;

/// Memory mapping (version 3) is left out: pages have to be opened, and the source must not be seen changing.
pub(super) static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(device_characteristics),
    xShmMap: Some(shared_memory_map),
    xShmLock: Some(shared_memory_lock),
    xShmBarrier: Some(shared_memory_barrier),
    xShmUnmap: Some(shared_memory_unmap),
    xFetch: None,
    xUnfetch: None,
};

/// The parts of an open file. SQLite uses a file from one thread at a time and never again once it is closed.
///
/// # Safety
/// `file` was opened by this VFS and not closed since; no other reference to it lives.
unsafe fn parts<'f>(file: *mut ffi::sqlite3_file) -> (&'f Shared<'static>, &'f mut Role) {
    // SAFETY: `open` wrote an `OpenFile` there; what it points to outlives every open file.
    unsafe {
        let open: &'f mut OpenFile = &mut *file.cast();
        (&*open.shared, &mut open.role)
    }
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: SQLite closes a file once.
    let (shared, role) = unsafe { parts(file) };
    guard(shared, ffi::SQLITE_IOERR_CLOSE, || {
        let closed = match role {
            // SAFETY: the system's file is open.
            Role::Source => unsafe { System::close(system_file(file)) },
            Role::Destination | Role::Memory(_) => Ok(()),
        };
        // SAFETY: the value is live, and SQLite does not use the file again.
        unsafe { ptr::drop_in_place(role) };
        closed
    })
}

unsafe extern "C" fn read(
    file: *mut ffi::sqlite3_file,
    out: *mut c_void,
    length: c_int,
    offset: i64,
) -> c_int {
    // SAFETY: SQLite reads open files.
    let (shared, role) = unsafe { parts(file) };
    guard(shared, ffi::SQLITE_IOERR_READ, || {
        let (Ok(length), Ok(from)) = (usize::try_from(length), u64::try_from(offset)) else {
            return Err(ffi::SQLITE_IOERR_READ);
        };
        // Bytes that nobody has written yet must not be seen through a reference.
        // SAFETY: SQLite's buffer is `length` bytes long and nobody else's meanwhile.
        let buffer = unsafe {
            ptr::write_bytes(out.cast::<u8>(), 0, length);
            std::slice::from_raw_parts_mut(out.cast::<u8>(), length)
        };
        let complete = match role {
            Role::Source => {
                // SAFETY: the system's file is open.
                unsafe { System::read(system_file(file), offset, buffer)? };
                return with_destination(shared, ffi::SQLITE_IOERR_READ, |state| {
                    state.destination.has_read(length)
                });
            }
            Role::Memory(memory) => memory.read(from, buffer),
            Role::Destination => with_destination(shared, ffi::SQLITE_IOERR_READ, |state| {
                state.destination.read(from, buffer)
            })?,
        };
        if complete { Ok(()) } else { Err(ffi::SQLITE_IOERR_SHORT_READ) }
    })
}

unsafe extern "C" fn write(
    file: *mut ffi::sqlite3_file,
    data: *const c_void,
    length: c_int,
    offset: i64,
) -> c_int {
    // SAFETY: SQLite writes open files.
    let (shared, role) = unsafe { parts(file) };
    guard(shared, ffi::SQLITE_IOERR_WRITE, || {
        let (Ok(length), Ok(offset)) = (usize::try_from(length), u64::try_from(offset)) else {
            return Err(ffi::SQLITE_IOERR_WRITE);
        };
        // SAFETY: SQLite's data are `length` bytes long and do not change meanwhile.
        let data = unsafe { std::slice::from_raw_parts(data.cast::<u8>(), length) };
        match role {
            Role::Source => Err(ffi::SQLITE_READONLY),
            Role::Memory(memory) => memory.write(offset, data),
            Role::Destination => with_destination(shared, ffi::SQLITE_IOERR_WRITE, |state| {
                state.destination.write(offset, data)
            }),
        }
    })
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, size: i64) -> c_int {
    // SAFETY: SQLite truncates open files.
    let (shared, role) = unsafe { parts(file) };
    guard(shared, ffi::SQLITE_IOERR_TRUNCATE, || {
        let size = u64::try_from(size).map_err(|_| ffi::SQLITE_IOERR_TRUNCATE)?;
        match role {
            Role::Source => Err(ffi::SQLITE_READONLY),
            Role::Memory(memory) => {
                memory.truncate(size);
                Ok(())
            }
            Role::Destination => {
                with_destination(shared, ffi::SQLITE_IOERR_TRUNCATE, |state| state.destination.truncate(size))
            }
        }
    })
}

unsafe extern "C" fn sync(_file: *mut ffi::sqlite3_file, _flags: c_int) -> c_int {
    // The destination is synced as a whole once it is complete; nothing else is written.
    ffi::SQLITE_OK
}

unsafe extern "C" fn file_size(file: *mut ffi::sqlite3_file, out: *mut ffi::sqlite3_int64) -> c_int {
    // SAFETY: SQLite asks about open files.
    let (shared, role) = unsafe { parts(file) };
    guard(shared, ffi::SQLITE_IOERR_FSTAT, || {
        let size = match role {
            // SAFETY: the system's file is open.
            Role::Source => unsafe { System::size(system_file(file))? },
            Role::Memory(memory) => i64::try_from(memory.size()).map_err(|_| ffi::SQLITE_IOERR_FSTAT)?,
            Role::Destination => {
                let size = with_state(shared, ffi::SQLITE_IOERR_FSTAT, |state| Ok(state.destination.size()))?;
                i64::try_from(size).map_err(|_| ffi::SQLITE_IOERR_FSTAT)?
            }
        };
        // SAFETY: `out` leads to an integer of SQLite's.
        unsafe { *out = size };
        Ok(())
    })
}

unsafe extern "C" fn lock(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    // SAFETY: SQLite locks open files.
    let (shared, role) = unsafe { parts(file) };
    guard(shared, ffi::SQLITE_IOERR_LOCK, || match role {
        Role::Source if is_stopped(shared) => Err(ffi::SQLITE_IOERR_LOCK),
        // SAFETY: the system's file is open.
        Role::Source => unsafe { System::lock(system_file(file), level) },
        Role::Destination | Role::Memory(_) => Ok(()), // nobody else knows its name
    })
}

unsafe extern "C" fn unlock(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    // SAFETY: SQLite unlocks open files.
    let (shared, role) = unsafe { parts(file) };
    guard(shared, ffi::SQLITE_IOERR_UNLOCK, || match role {
        // SAFETY: the system's file is open.
        Role::Source => unsafe { System::unlock(system_file(file), level) },
        Role::Destination | Role::Memory(_) => Ok(()),
    })
}

unsafe extern "C" fn check_reserved_lock(file: *mut ffi::sqlite3_file, out: *mut c_int) -> c_int {
    // SAFETY: SQLite asks about open files.
    let (shared, role) = unsafe { parts(file) };
    guard(shared, ffi::SQLITE_IOERR_CHECKRESERVEDLOCK, || {
        let reserved = match role {
            // SAFETY: the system's file is open.
            Role::Source => unsafe { System::check_reserved_lock(system_file(file))? },
            Role::Destination | Role::Memory(_) => 0,
        };
        // SAFETY: `out` leads to an int of SQLite's.
        unsafe { *out = reserved };
        Ok(())
    })
}

unsafe extern "C" fn file_control(
    _file: *mut ffi::sqlite3_file,
    _op: c_int,
    _argument: *mut c_void,
) -> c_int {
    // Hints, and ways round this layer.
    ffi::SQLITE_NOTFOUND
}

unsafe extern "C" fn sector_size(_file: *mut ffi::sqlite3_file) -> c_int {
    512
}

unsafe extern "C" fn device_characteristics(_file: *mut ffi::sqlite3_file) -> c_int {
    // A write never changes bytes beside it: SQLite then does not write neighbouring pages along.
    ffi::SQLITE_IOCAP_POWERSAFE_OVERWRITE
}

unsafe extern "C" fn shared_memory_map(
    file: *mut ffi::sqlite3_file,
    region: c_int,
    size: c_int,
    extend: c_int,
    out: *mut *mut c_void,
) -> c_int {
    // SAFETY: SQLite maps the memory of open files.
    let (shared, role) = unsafe { parts(file) };
    let mut code = ffi::SQLITE_OK;
    let guarded = guard(shared, ffi::SQLITE_IOERR_SHMMAP, || {
        if !matches!(role, Role::Source) {
            return Err(ffi::SQLITE_IOERR_SHMMAP);
        }
        with_state(shared, ffi::SQLITE_IOERR_SHMMAP, |state| {
            if matches!(state.index, Index::Undecided) {
                state.index = if shared.system.exists(&state.shared_memory_path)? {
                    Index::System
                } else {
                    Index::Memory(Vec::new())
                };
            }
            let Index::Memory(regions) = &mut state.index else {
                // SAFETY: the system's file is open; the arguments are passed on.
                code = unsafe { System::shared_memory(system_file(file), region, size, extend, out) };
                return Ok(());
            };
            let (Ok(region), Ok(size)) = (usize::try_from(region), usize::try_from(size)) else {
                return Err(ffi::SQLITE_IOERR_SHMMAP);
            };
            while extend != 0 && regions.len() <= region {
                regions.push(vec![0_u64; size.div_ceil(8)].into_boxed_slice());
            }
            let address = match regions.get_mut(region) {
                Some(memory) => memory.as_mut_ptr().cast(),
                None => ptr::null_mut(),
            };
            // SAFETY: `out` leads to a pointer of SQLite's. The memory stays where it is until it is unmapped, and
            // nobody else looks at it.
            unsafe { *out = address };
            Ok(())
        })
    });
    // The system's code may be one that is not an error (the memory can only be read).
    if guarded == ffi::SQLITE_OK { code } else { guarded }
}

unsafe extern "C" fn shared_memory_lock(
    file: *mut ffi::sqlite3_file,
    offset: c_int,
    count: c_int,
    flags: c_int,
) -> c_int {
    // SAFETY: SQLite locks the memory of open files.
    let (shared, _) = unsafe { parts(file) };
    guard(shared, ffi::SQLITE_IOERR_SHMLOCK, || {
        if flags & ffi::SQLITE_SHM_LOCK != 0 && is_stopped(shared) {
            return Err(ffi::SQLITE_IOERR_SHMLOCK);
        }
        match with_state(shared, ffi::SQLITE_IOERR_SHMLOCK, |state| Ok(state.index.is_system()))? {
            // SAFETY: the system's file is open and its memory mapped.
            true => unsafe { System::shared_memory_lock(system_file(file), offset, count, flags) },
            false => Ok(()), // one connection has the memory to itself
        }
    })
}

unsafe extern "C" fn shared_memory_barrier(file: *mut ffi::sqlite3_file) {
    // SAFETY: SQLite uses the memory of open files.
    let (shared, _) = unsafe { parts(file) };
    fence(Ordering::SeqCst);
    guard(shared, ffi::SQLITE_ERROR, || {
        if with_state(shared, ffi::SQLITE_ERROR, |state| Ok(state.index.is_system()))? {
            // SAFETY: the system's file is open and its memory mapped.
            unsafe { System::shared_memory_barrier(system_file(file)) };
        }
        Ok(())
    });
}

unsafe extern "C" fn shared_memory_unmap(file: *mut ffi::sqlite3_file, _delete: c_int) -> c_int {
    // SAFETY: SQLite unmaps the memory of open files.
    let (shared, _) = unsafe { parts(file) };
    guard(shared, ffi::SQLITE_IOERR_SHMMAP, || {
        let index = with_state(shared, ffi::SQLITE_IOERR_SHMMAP, |state| {
            Ok(std::mem::replace(&mut state.index, Index::Undecided))
        })?;
        match index {
            // SAFETY: the system's file is open and its memory mapped; SQLite does not use it afterwards.
            Index::System => unsafe { System::shared_memory_unmap(system_file(file)) },
            Index::Undecided | Index::Memory(_) => Ok(()),
        }
    })
}
