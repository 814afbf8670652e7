//! One call from C: panics end here, and failures become a status and, if asked for, an error handle.

use std::panic::{AssertUnwindSafe, catch_unwind};

use pagecrypt::Error;

use crate::error::pagecrypt_error;
use crate::status::{PAGECRYPT_ERROR_INTERNAL, PAGECRYPT_OK, pagecrypt_status, status_of};

/// Runs `work`. Gives its status and writes `*error`: NULL, or a new handle with the details.
///
/// # Safety
/// `error` is NULL or may be written to.
#[inline]
pub(crate) unsafe fn call(
    error: *mut *mut pagecrypt_error,
    work: impl FnOnce() -> Result<(), Error>,
) -> pagecrypt_status {
    // Safety: as this function's own.
    unsafe { clear(error) };
    // What a panic leaves behind: outputs, which the failure disowns, and handles, which do not change in use. The
    // exception are the log's chain and the options, whose fields are whole after each assignment.
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(())) => PAGECRYPT_OK,
        // Safety: as this function's own.
        Ok(Err(failure)) => unsafe { report(error, &failure) },
        // Safety: as this function's own.
        Err(_) => unsafe { report(error, &Error::Internal("a panic was caught")) },
    }
}

/// A function that cannot fail, and gives `otherwise` where it panics.
#[inline]
pub(crate) fn value<T>(otherwise: T, work: impl FnOnce() -> Option<T>) -> T {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Some(value)) => value,
        Ok(None) | Err(_) => otherwise,
    }
}

/// Writes the type's zero (NULL, 0, false) to an output that may be NULL.
///
/// # Safety
/// `output` is NULL or may be written to.
#[inline]
pub(crate) unsafe fn clear<T: Zero>(output: *mut T) {
    // Safety: as this function's own.
    unsafe { set(output, T::ZERO) }
}

/// Writes to an output that may be NULL.
///
/// # Safety
/// `output` is NULL or may be written to.
#[inline]
pub(crate) unsafe fn set<T>(output: *mut T, value: T) {
    if !output.is_null() {
        // Safety: it is not NULL, so the caller lets it be written to. Nothing there needs to be dropped.
        unsafe { output.write(value) }
    }
}

/// What an output holds until there is something to say.
pub(crate) trait Zero: Copy {
    const ZERO: Self;
}

impl<T> Zero for *mut T {
    const ZERO: Self = std::ptr::null_mut();
}

macro_rules! zero {
    ($($number:ty)*) => { $(impl Zero for $number { const ZERO: Self = 0; })* };
}
zero!(u8 u32 u64 usize i32);

impl Zero for bool {
    const ZERO: Self = false;
}

#[cold]
#[inline(never)]
unsafe fn report(error: *mut *mut pagecrypt_error, failure: &Error) -> pagecrypt_status {
    catch_unwind(AssertUnwindSafe(|| {
        if !error.is_null() {
            // Safety: it is not NULL, so the caller lets it be written to.
            unsafe { error.write(crate::error::make(failure)) }
        }
        status_of(failure.code())
    }))
    .unwrap_or(PAGECRYPT_ERROR_INTERNAL)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{pagecrypt_error_free, pagecrypt_error_message, pagecrypt_error_status};
    use crate::status::PAGECRYPT_ERROR_OVERLAP;
    use std::ffi::CStr;
    use std::ptr;

    #[test]
    fn a_panic_becomes_an_internal_error() {
        let mut error = ptr::null_mut();
        // Safety: the error is ours.
        unsafe {
            let status = call(&mut error, || std::panic::resume_unwind(Box::new("a defect")));
            assert_eq!(status, PAGECRYPT_ERROR_INTERNAL);
            assert_eq!(pagecrypt_error_status(error), PAGECRYPT_ERROR_INTERNAL);
            assert!(
                CStr::from_ptr(pagecrypt_error_message(error))
                    .to_str()
                    .is_ok_and(|text| text.contains("panic"))
            );
            pagecrypt_error_free(error);
            assert_eq!(
                call(ptr::null_mut(), || std::panic::resume_unwind(Box::new("a defect"))),
                PAGECRYPT_ERROR_INTERNAL
            );
        }
        assert_eq!(value(7, || std::panic::resume_unwind(Box::new("a defect"))), 7);
    }

    #[test]
    fn success_clears_the_error_and_failure_sets_it() {
        let mut error = ptr::dangling_mut();
        // Safety: the error is ours.
        unsafe {
            assert_eq!(call(&mut error, || Ok(())), PAGECRYPT_OK);
            assert!(error.is_null());
            assert_eq!(call(&mut error, || Err(Error::Overlap)), PAGECRYPT_ERROR_OVERLAP);
            assert!(!error.is_null());
            pagecrypt_error_free(error);
        }
    }
}
