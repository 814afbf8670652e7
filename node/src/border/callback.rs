//! JavaScript's function that is told how far synchronous work is.
//!
//! napi's own call makes an error of what the function throws by running JavaScript again, without end where the stack is
//! used up.

use std::cell::RefCell;
use std::fmt;
use std::marker::PhantomData;
use std::ptr;

use napi::bindgen_prelude::{FromNapiValue, TypeName, Unknown, ValidateNapiValue};
use napi::{ValueType, sys};

/// A function of JavaScript, for the time of one call of ours.
pub struct Callback<'call> {
    env: sys::napi_env,
    function: sys::napi_value,
    thrown: RefCell<Option<napi::Error>>,
    call: PhantomData<&'call ()>,
}

impl Callback<'_> {
    /// Tells two numbers. Gives what the function gives; false where it cannot be called.
    pub(crate) fn tell(&self, done: f64, total: f64) -> bool {
        let mut scope = ptr::null_mut();
        // SAFETY: environment and function are those of the running call, which this does not outlive. The places to write
        // to are this function's own, and nothing of the scope is used after its end.
        unsafe {
            if sys::napi_open_handle_scope(self.env, &mut scope) != sys::Status::napi_ok {
                return false;
            }
            let answer = self.call(done, total);
            sys::napi_close_handle_scope(self.env, scope);
            answer.unwrap_or(false)
        }
    }

    /// What the function threw.
    pub(crate) fn thrown(&self) -> Option<napi::Error> {
        self.thrown.take()
    }

    /// # Safety
    /// As in [`Callback::tell`].
    unsafe fn call(&self, done: f64, total: f64) -> Option<bool> {
        let mut arguments = [ptr::null_mut(); 2];
        let (mut this, mut given, mut answer) = (ptr::null_mut(), ptr::null_mut(), false);
        let ok = |status| (status == sys::Status::napi_ok).then_some(());
        // SAFETY: the caller.
        unsafe {
            ok(sys::napi_create_double(self.env, done, &mut arguments[0]))?;
            ok(sys::napi_create_double(self.env, total, &mut arguments[1]))?;
            ok(sys::napi_get_undefined(self.env, &mut this))?;
            let called =
                sys::napi_call_function(self.env, this, self.function, 2, arguments.as_ptr(), &mut given);
            if called != sys::Status::napi_ok {
                self.note_exception();
                return None;
            }
            ok(sys::napi_get_value_bool(self.env, given, &mut answer))?;
        }
        Some(answer)
    }

    /// # Safety
    /// As in [`Callback::tell`].
    unsafe fn note_exception(&self) {
        let mut exception = ptr::null_mut();
        // SAFETY: the caller; the exception is a value where the call succeeds.
        unsafe {
            let status = sys::napi_get_and_clear_last_exception(self.env, &mut exception);
            if status == sys::Status::napi_ok && !exception.is_null() {
                let exception = Unknown::from_raw_unchecked(self.env, exception);
                self.thrown.replace(Some(napi::Error::from_unknown_without_coercion(exception)));
            }
        }
    }
}

impl fmt::Debug for Callback<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Callback").finish_non_exhaustive()
    }
}

impl FromNapiValue for Callback<'_> {
    unsafe fn from_napi_value(env: sys::napi_env, function: sys::napi_value) -> napi::Result<Self> {
        Ok(Self { env, function, thrown: RefCell::new(None), call: PhantomData })
    }
}

impl ValidateNapiValue for Callback<'_> {}

impl TypeName for Callback<'_> {
    fn type_name() -> &'static str {
        "Function"
    }

    fn value_type() -> ValueType {
        ValueType::Function
    }
}
