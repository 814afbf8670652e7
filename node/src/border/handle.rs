//! Rust's values in JavaScript's hands.
//!
//! A handle is an external value of JavaScript, which only holds an address. Those that this thread has handed out are
//! noted with their type, so that nothing else is taken for one: neither a handle of another type, nor what another addon
//! made, nor one of another thread. This is faster than the classes of napi, which matters for single pages.

use std::any::TypeId;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ffi::c_void;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::ptr;

use napi::bindgen_prelude::{FromNapiValue, ToNapiValue, TypeName, ValidateNapiValue};
use napi::{Status, ValueType, check_status, sys};

thread_local! {
    /// The values that JavaScript holds in this thread, by their address.
    static HANDLES: RefCell<BTreeMap<usize, TypeId>> = const { RefCell::new(BTreeMap::new()) };
}

/// A value on its way to JavaScript, which keeps it until the garbage collector or the end of the environment frees it.
#[derive(Debug)]
pub struct New<T>(pub(crate) T);

/// A value that JavaScript holds, for the time of one call.
pub struct Handle<'call, T> {
    value: *const T,
    call: PhantomData<&'call T>,
}

impl<T> Deref for Handle<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: it was noted when this was made, so that it is a `T` that `New` put there; JavaScript's value, an argument
        // of the running call, keeps it alive.
        unsafe { &*self.value }
    }
}

impl<T: fmt::Debug> fmt::Debug for Handle<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Handle").field(&**self).finish()
    }
}

impl<T: 'static> ToNapiValue for New<T> {
    unsafe fn to_napi_value(env: sys::napi_env, Self(value): Self) -> napi::Result<sys::napi_value> {
        let address = Box::into_raw(Box::new(value));
        let mut external = ptr::null_mut();
        // SAFETY: the environment is that of the running call; `free::<T>` takes what `address` points to, once.
        let status = unsafe {
            sys::napi_create_external(env, address.cast(), Some(free::<T>), ptr::null_mut(), &mut external)
        };
        if let Err(error) = check_status!(status) {
            // SAFETY: it was made above, and nobody else has it.
            drop(unsafe { Box::from_raw(address) });
            return Err(error);
        }
        HANDLES.with_borrow_mut(|handles| handles.insert(address.addr(), TypeId::of::<T>()));
        Ok(external)
    }
}

/// # Safety
/// Node-API calls it once for each value, on the thread that made it, when no call uses it any more.
unsafe extern "C" fn free<T: 'static>(_env: sys::napi_env, address: *mut c_void, _hint: *mut c_void) {
    // The note is gone already where the thread ends.
    let _ = HANDLES.try_with(|handles| handles.borrow_mut().remove(&address.addr()));
    // SAFETY: the caller's promise; it was made by `Box::into_raw` of a `T`.
    drop(unsafe { Box::from_raw(address.cast::<T>()) });
}

impl<T: 'static> FromNapiValue for Handle<'_, T> {
    unsafe fn from_napi_value(env: sys::napi_env, value: sys::napi_value) -> napi::Result<Self> {
        let mut address = ptr::null_mut();
        // SAFETY: the caller passes a value of the running call; the place to write to is this function's own.
        check_status!(unsafe { sys::napi_get_value_external(env, value, &mut address) })?;
        let kind = HANDLES.with_borrow(|handles| handles.get(&address.addr()).copied());
        if kind == Some(TypeId::of::<T>()) {
            Ok(Self { value: address.cast(), call: PhantomData })
        } else {
            Err(napi::Error::new(Status::InvalidArg, "not a handle of this kind".to_owned()))
        }
    }
}

impl<T> ValidateNapiValue for Handle<'_, T> {}

impl<T> TypeName for Handle<'_, T> {
    fn type_name() -> &'static str {
        "External"
    }

    fn value_type() -> ValueType {
        ValueType::External
    }
}

impl<T> TypeName for New<T> {
    fn type_name() -> &'static str {
        "External"
    }

    fn value_type() -> ValueType {
        ValueType::External
    }
}
