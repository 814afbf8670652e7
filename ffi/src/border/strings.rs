//! Strings from C, and strings for it.

use std::ffi::{CStr, CString, c_char};
use std::path::Path;

use pagecrypt::Error;

/// A NUL-terminated text; `what` is said where it is NULL.
///
/// # Safety
/// `text` is NULL or ends with a NUL, and outlives `'a`.
unsafe fn c_str<'a>(text: *const c_char, what: &'static str) -> Result<&'a CStr, Error> {
    if text.is_null() {
        return Err(Error::InvalidArgument(what));
    }
    // Safety: caller.
    Ok(unsafe { CStr::from_ptr(text) })
}

/// A name, to be looked up; empty, which is no name, where it is not UTF-8.
///
/// # Safety
/// `name` is NULL or ends with a NUL, and outlives `'a`.
pub(crate) unsafe fn name<'a>(name: *const c_char) -> Result<&'a str, Error> {
    // Safety: as this function's own.
    Ok(unsafe { c_str(name, "the name is NULL")? }.to_str().unwrap_or_default())
}

/// A text that must be UTF-8.
///
/// # Safety
/// `text` is NULL or ends with a NUL, and outlives `'a`.
pub(crate) unsafe fn text<'a>(text: *const c_char) -> Result<&'a str, Error> {
    // Safety: as this function's own.
    let text = unsafe { c_str(text, "the name is NULL")? };
    text.to_str().map_err(|_| Error::InvalidArgument("the name is not UTF-8"))
}

/// A path in the system's encoding.
///
/// # Safety
/// `path` is NULL or ends with a NUL, and outlives `'a`.
pub(crate) unsafe fn path<'a>(path: *const c_char) -> Result<&'a Path, Error> {
    // Safety: as this function's own.
    let text = unsafe { c_str(path, "the path is NULL")? };
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        Ok(Path::new(std::ffi::OsStr::from_bytes(text.to_bytes())))
    }
    #[cfg(not(unix))]
    {
        text.to_str().map(Path::new).map_err(|_| Error::InvalidArgument("the path is not UTF-8"))
    }
}

/// A text for C. A NUL in it, which ours do not have, ends it.
pub(crate) fn owned(text: impl Into<Vec<u8>>) -> CString {
    let mut bytes = text.into();
    bytes.truncate(bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len()));
    CString::new(bytes).unwrap_or_default()
}

/// The address of a text that its owner keeps; NULL where there is none.
pub(crate) fn address(text: Option<&CString>) -> *const c_char {
    text.map_or(std::ptr::null(), |text| text.as_ptr())
}
