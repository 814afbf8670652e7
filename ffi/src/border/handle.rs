//! Opaque handles: a boxed value behind a tag that names its type.

use pagecrypt::Error;

use super::call::{call, clear, set};
use crate::error::pagecrypt_error;
use crate::status::pagecrypt_status;

/// A type that C knows by its name only.
pub(crate) trait Opaque {
    /// What stands behind a handle.
    type Value;
    /// Eight bytes that no other type has.
    const TAG: u64;
    /// What an error says of a NULL.
    const IS_NULL: &'static str;
    /// What an error says where there is no place for a new handle.
    const HAS_NO_PLACE: &'static str;
}

/// What a freed handle's tag is overwritten with, for those who look before the memory is used again.
const FREED: u64 = u64::from_le_bytes(*b"pgcfreed");

#[repr(C)]
struct Tagged<T> {
    tag: u64, // first, so that it lies in the same place for every type
    value: T,
}

/// Says what stands behind a type that C sees.
macro_rules! opaque {
    ($name:ident($value:ty) = $tag:literal) => {
        impl $crate::border::handle::Opaque for $name {
            type Value = $value;
            const TAG: u64 = u64::from_le_bytes(*$tag);
            const IS_NULL: &'static str = concat!("the ", stringify!($name), " is NULL");
            const HAS_NO_PLACE: &'static str =
                concat!("the address for a new ", stringify!($name), " is NULL");
        }
    };
}
pub(crate) use opaque;

/// A new handle.
pub(crate) fn make<T: Opaque>(value: T::Value) -> *mut T {
    Box::into_raw(Box::new(Tagged { tag: T::TAG, value })).cast()
}

/// A call that makes a handle: writes it to `*place`, or NULL and the error.
///
/// # Safety
/// `place` and `error` are NULL or may be written to.
pub(crate) unsafe fn create<T: Opaque>(
    place: *mut *mut T,
    error: *mut *mut pagecrypt_error,
    value: impl FnOnce() -> Result<T::Value, Error>,
) -> pagecrypt_status {
    // Safety: as this function's own.
    unsafe {
        clear(place);
        call(error, || {
            if place.is_null() {
                return Err(Error::InvalidArgument(T::HAS_NO_PLACE));
            }
            set(place, make(value()?));
            Ok(())
        })
    }
}

/// What stands behind a handle.
///
/// # Safety
/// `handle` is NULL or a handle (of any type) that outlives the call and `'a`, and that nobody changes meanwhile.
#[inline]
pub(crate) unsafe fn borrow<'a, T: Opaque>(handle: *const T) -> Result<&'a T::Value, Error> {
    // Safety: as this function's own.
    unsafe { check(handle)? };
    // Safety: handle; it is of this type, as its tag says.
    Ok(unsafe { &(*handle.cast::<Tagged<T::Value>>()).value })
}

/// What stands behind a handle that is to be changed.
///
/// # Safety
/// As [`borrow`], and nobody else uses the handle meanwhile.
#[inline]
pub(crate) unsafe fn borrow_mut<'a, T: Opaque>(handle: *mut T) -> Result<&'a mut T::Value, Error> {
    // Safety: as this function's own.
    unsafe { check(handle)? };
    // Safety: handle; it is of this type, as its tag says, and the caller has it alone.
    Ok(unsafe { &mut (*handle.cast::<Tagged<T::Value>>()).value })
}

/// Ends a handle. NULL is fine; a handle of another type, or one whose tag says that it was freed, is left alone.
///
/// # Safety
/// `handle` is NULL or a handle that nobody uses any more.
pub(crate) unsafe fn free<T: Opaque>(handle: *mut T) {
    // Safety: as this function's own.
    if unsafe { check(handle) }.is_err() {
        return;
    }
    super::call::value((), || {
        let tagged = handle.cast::<Tagged<T::Value>>();
        // Safety: handle; it came from a box of this type. The volatile write stays although the memory is given back.
        unsafe {
            (&raw mut (*tagged).tag).write_volatile(FREED);
            drop(Box::from_raw(tagged));
        }
        None
    });
}

/// # Safety
/// `handle` is NULL or a handle (of any type).
#[inline]
unsafe fn check<T: Opaque>(handle: *const T) -> Result<(), Error> {
    if handle.is_null() {
        return Err(Error::InvalidArgument(T::IS_NULL));
    }
    // Safety: every handle begins with a tag. (Of one that was freed, this reads memory that may be in use again:
    // a guard for programs that are wrong, in which nothing is promised.)
    let tag = unsafe { handle.cast::<u64>().read_volatile() };
    if tag == T::TAG {
        Ok(())
    } else {
        Err(Error::InvalidArgument("a handle of another type, or one that was freed"))
    }
}

/// What `choose` gives of a handle's value; `otherwise` where the handle is NULL or of another type.
///
/// # Safety
/// As [`borrow`].
#[inline]
pub(crate) unsafe fn get<T: Opaque, V>(
    handle: *const T,
    otherwise: V,
    choose: impl FnOnce(&T::Value) -> V,
) -> V {
    // Safety: as this function's own.
    super::call::value(otherwise, || unsafe { borrow(handle) }.ok().map(choose))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;
    use std::ptr;
    use std::rc::Rc;

    #[derive(Debug)]
    struct Noted(Rc<Cell<u32>>);
    impl Drop for Noted {
        fn drop(&mut self) {
            self.0.set(self.0.get() + 1);
        }
    }

    #[derive(Debug)]
    struct First {
        _opaque: [u8; 0],
    }
    opaque!(First(Noted) = b"thefirst");

    #[derive(Debug)]
    struct Second {
        _opaque: [u8; 0],
    }
    opaque!(Second(u8) = b"2ndthing");

    #[test]
    fn a_handle_is_known_by_its_type_only_and_dropped_once() {
        let dropped = Rc::new(Cell::new(0));
        let first = make::<First>(Noted(dropped.clone()));
        let second = make::<Second>(2);
        // Safety: both are handles, freed once as what they are.
        unsafe {
            assert!(borrow(first).is_ok());
            assert!(matches!(borrow(first.cast::<Second>()), Err(Error::InvalidArgument(_))));
            assert!(matches!(borrow_mut(second.cast::<First>()), Err(Error::InvalidArgument(_))));
            assert!(
                matches!(borrow::<First>(ptr::null()), Err(Error::InvalidArgument(what)) if what.contains("NULL"))
            );
            assert_eq!(get(second, 0, |value| *value), 2);
            assert_eq!(get(first.cast::<Second>(), 0, |value| *value), 0);
            free(first.cast::<Second>());
            free::<First>(ptr::null_mut());
            assert_eq!(dropped.get(), 0);
            free(first);
            assert_eq!(dropped.get(), 1);
            free(second);
        }
    }
}
