//! The C library, loaded into this process.

use std::ffi::c_void;
use std::path::Path;
use std::ptr::null_mut;

use libloading::Library;
use pagecrypt::Cipher;

use crate::Result;

pub(crate) type Status = i32;

// The functions of pagecrypt.h that are called; handles are untyped here.
pub(crate) type KeyNew =
    unsafe extern "C" fn(*const u8, usize, i32, *mut *mut c_void, *mut *mut c_void) -> Status;
pub(crate) type CodecNew =
    unsafe extern "C" fn(*const c_void, usize, *mut *mut c_void, *mut *mut c_void) -> Status;
pub(crate) type HandleFree = unsafe extern "C" fn(*mut c_void);
pub(crate) type PagesInto =
    unsafe extern "C" fn(*const c_void, u32, *const u8, usize, *mut u8, usize, *mut *mut c_void) -> Status;
pub(crate) type SealOne = unsafe extern "C" fn(
    *const c_void,
    *const u8,
    usize,
    *const u8,
    usize,
    *const u8,
    usize,
    *mut u8,
    usize,
    *mut u8,
    *mut *mut c_void,
) -> Status;
pub(crate) type OpenOne = unsafe extern "C" fn(
    *const c_void,
    *const u8,
    usize,
    *const u8,
    usize,
    *const u8,
    usize,
    *mut u8,
    usize,
    *const u8,
    *mut *mut c_void,
) -> Status;
pub(crate) type SealBatch = unsafe extern "C" fn(
    *const c_void,
    usize,
    *const u8,
    *const u8,
    usize,
    *const usize,
    *const u8,
    *mut u8,
    usize,
    *const usize,
    *mut u8,
    *mut *mut c_void,
) -> Status;
pub(crate) type OpenBatch = unsafe extern "C" fn(
    *const c_void,
    usize,
    *const u8,
    *const u8,
    usize,
    *const usize,
    *const u8,
    *mut u8,
    usize,
    *const usize,
    *const u8,
    *mut u8,
    *mut *mut c_void,
) -> Status;

/// The loaded functions. They stay callable while the library does.
pub(crate) struct Abi {
    pub(crate) key_new: KeyNew,
    pub(crate) key_free: HandleFree,
    pub(crate) codec_new: CodecNew,
    pub(crate) codec_free: HandleFree,
    pub(crate) seal_pages_into: PagesInto,
    pub(crate) open_pages_into: PagesInto,
    pub(crate) seal_one: SealOne,
    pub(crate) open_one: OpenOne,
    pub(crate) seal_batch: SealBatch,
    pub(crate) open_batch: OpenBatch,
    _library: Library,
}

impl Abi {
    pub(crate) fn load(path: &Path) -> Result<Self> {
        // SAFETY: the library is this project's own, whose loading runs no code of its own. The types above are the
        // declarations of pagecrypt.h, where every `pagecrypt_status` and `pagecrypt_cipher` is an int32_t. The pointers
        // are kept beside the library, which is dropped with them.
        unsafe {
            let library = Library::new(path)?;
            Ok(Self {
                key_new: *library.get(b"pagecrypt_key_new\0")?,
                key_free: *library.get(b"pagecrypt_key_free\0")?,
                codec_new: *library.get(b"pagecrypt_page_codec_new_turso\0")?,
                codec_free: *library.get(b"pagecrypt_page_codec_free\0")?,
                seal_pages_into: *library.get(b"pagecrypt_seal_pages_into\0")?,
                open_pages_into: *library.get(b"pagecrypt_open_pages_into\0")?,
                seal_one: *library.get(b"pagecrypt_seal_one_assume_unique_nonce\0")?,
                open_one: *library.get(b"pagecrypt_open_one\0")?,
                seal_batch: *library.get(b"pagecrypt_seal_batch_assume_unique_nonces\0")?,
                open_batch: *library.get(b"pagecrypt_open_batch\0")?,
                _library: library,
            })
        }
    }

    pub(crate) fn key(&self, bytes: &[u8], cipher: Cipher) -> Result<Handle> {
        let mut key = null_mut();
        // SAFETY: `bytes` is readable for its length and `key` may be written; no error is asked for.
        let status = unsafe {
            (self.key_new)(bytes.as_ptr(), bytes.len(), i32::from(cipher.number()), &raw mut key, null_mut())
        };
        Handle::new(status, key, self.key_free)
    }

    pub(crate) fn codec(&self, key: &Handle, page_size: usize) -> Result<Handle> {
        let mut codec = null_mut();
        // SAFETY: `key` is a live key handle, and `codec` may be written; no error is asked for.
        let status = unsafe { (self.codec_new)(key.pointer, page_size, &raw mut codec, null_mut()) };
        Handle::new(status, codec, self.codec_free)
    }
}

/// A handle that is freed with this value.
pub(crate) struct Handle {
    pub(crate) pointer: *mut c_void,
    free: HandleFree,
}

impl Handle {
    fn new(status: Status, pointer: *mut c_void, free: HandleFree) -> Result<Self> {
        if status != 0 || pointer.is_null() {
            return Err(format!("status {status}, and no handle").into());
        }
        Ok(Self { pointer, free })
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        // SAFETY: the handle is of the type that `free` frees, and nobody has freed it: this value owns it. The library
        // is still there, because `main` drops it last.
        unsafe { (self.free)(self.pointer) }
    }
}
