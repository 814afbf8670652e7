//! What is thrown: an `Error` object with a code and its details as properties.

use std::panic::{AssertUnwindSafe, catch_unwind};

use napi::bindgen_prelude::{JsValue, Object};
use napi::{Env, Status};
use pagecrypt::{Error, ErrorCode, KeyTextProblem};

/// Runs what a function does; what it fails by is thrown. A panic is a defect, and thrown like one.
pub(crate) fn call<T>(env: &Env, work: impl FnOnce() -> Result<T, Error>) -> napi::Result<T> {
    caught(work).map_err(|error| thrown(env, &error))
}

/// Node-API's own calls go through here where what they fail by has to be an error of this library.
pub(crate) fn caught<T>(work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(Error::Internal("a panic")))
}

/// The error, to be thrown or to reject a promise.
pub(crate) fn thrown(env: &Env, error: &Error) -> napi::Error {
    match object(env, error) {
        Ok(object) => napi::Error::from(object.to_unknown()),
        Err(error) => error,
    }
}

/// The error as JavaScript's object.
pub(crate) fn object<'env>(env: &'env Env, error: &Error) -> napi::Result<Object<'env>> {
    let mut object = env.create_error(napi::Error::new(Status::GenericFailure, error.to_string()))?;
    let code = error.code();
    object.set("code", code.name())?;
    object.set("number", code.number())?;
    object.set("exitCode", code.exit_code())?;
    match error {
        Error::AuthenticationFailed(failures) => {
            object.set("unit", failures.unit().name())?;
            object.set("first", failures.first() as f64)?;
            object.set("count", failures.count() as f64)?;
            object
                .set("numbers", failures.numbers().iter().map(|number| *number as f64).collect::<Vec<_>>())?;
        }
        Error::KeyLength { expected, got } | Error::BufferLength { expected, got } => {
            object.set("expected", *expected as f64)?;
            object.set("got", *got as f64)?;
        }
        Error::CipherMismatch { expected, got } => {
            object.set("expected", expected.name())?;
            object.set("got", got.name())?;
        }
        Error::PageSize(got) | Error::KeyText(KeyTextProblem::Length { got }) => {
            object.set("got", *got as f64)?;
        }
        Error::Locked(by) => object.set("lockedBy", by.name())?,
        Error::WrongKey { only_page } => object.set("onlyPage", *only_page)?,
        Error::Io(error) => {
            object.set("path", error.path().to_string_lossy().as_ref())?;
            if let Some(number) = error.source_error().raw_os_error() {
                object.set("errno", -number)?; // as Node has it
            }
        }
        _ => {}
    }
    Ok(object)
}

/// Every code: its name, number and exit code.
#[napi_derive::napi]
pub fn error_codes() -> Vec<(String, u32, u32)> {
    ErrorCode::ALL
        .iter()
        .map(|code| (code.name().to_owned(), code.number().into(), code.exit_code().into()))
        .collect()
}
