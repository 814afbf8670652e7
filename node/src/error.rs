//! What is thrown: an `Error` object with a property `failure`, of which `lib/` makes an error of its classes.

use std::panic::{AssertUnwindSafe, catch_unwind};

use napi::bindgen_prelude::JsValue;
use napi::{Env, Status};
use napi_derive::napi;
use pagecrypt::{Error, KeyTextProblem};

/// What is known of an error. It tells nothing about keys or plaintext.
#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct Failure {
    /// The code's name, as in every language.
    pub code: String,
    /// A sentence for people.
    pub message: String,
    /// What `numbers` count: messages from 0, pages or frames from 1.
    pub unit: Option<String>,
    /// The first that failed.
    pub first: Option<f64>,
    /// How many failed.
    pub count: Option<f64>,
    /// Those that failed, ascending; of whole files the first 65536.
    pub numbers: Option<Vec<f64>>,
    /// Bytes that were needed.
    pub expected: Option<f64>,
    /// Bytes, or characters, that were there instead.
    pub got: Option<f64>,
    /// The metered size that was stored, in bytes.
    pub stored: Option<f64>,
    /// The metered size of what was opened, in bytes.
    pub actual: Option<f64>,
    /// The key's cipher.
    pub expected_cipher: Option<String>,
    /// The data's cipher.
    pub got_cipher: Option<String>,
    /// Who or what holds a database.
    pub locked_by: Option<String>,
    /// Whether the file has only one page, so that a damaged one looks like another key's.
    pub only_page: Option<bool>,
    /// The file.
    pub path: Option<String>,
    /// The operating system's number, negative as Node has it.
    pub errno: Option<i32>,
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Self {
        let mut failure = Self {
            code: error.code().name().to_owned(),
            message: error.to_string(),
            unit: None,
            first: None,
            count: None,
            numbers: None,
            expected: None,
            got: None,
            stored: None,
            actual: None,
            expected_cipher: None,
            got_cipher: None,
            locked_by: None,
            only_page: None,
            path: None,
            errno: None,
        };
        match error {
            Error::AuthenticationFailed(failures) => {
                failure.unit = Some(failures.unit().name().to_owned());
                failure.first = Some(failures.first() as f64);
                failure.count = Some(failures.count() as f64);
                failure.numbers = Some(failures.numbers().iter().map(|number| *number as f64).collect());
            }
            Error::KeyLength { expected, got } | Error::BufferLength { expected, got } => {
                failure.expected = Some(*expected as f64);
                failure.got = Some(*got as f64);
            }
            Error::CipherMismatch { expected, got } => {
                failure.expected_cipher = Some(expected.name().to_owned());
                failure.got_cipher = Some(got.name().to_owned());
            }
            Error::MeteredSize { stored, actual } => {
                failure.stored = Some(*stored as f64); // at most 2^24
                failure.actual = Some(*actual as f64);
            }
            Error::PageSize(got)
            | Error::KeyText(KeyTextProblem::Length { got } | KeyTextProblem::Base64Length { got }) => {
                failure.got = Some(*got as f64);
            }
            Error::Locked(by) => failure.locked_by = Some(by.name().to_owned()),
            Error::WrongKey { only_page } => failure.only_page = Some(*only_page),
            Error::Io(error) => {
                failure.path = Some(error.path().to_string_lossy().into_owned());
                failure.errno = error.source_error().raw_os_error().map(|number| -number);
            }
            _ => {}
        }
        failure
    }
}

/// Runs what a function does; what it fails by is thrown. A panic is a defect, and thrown as one.
pub(crate) fn call<T>(env: &Env, work: impl FnOnce() -> Result<T, Error>) -> napi::Result<T> {
    caught(work).map_err(|error| thrown(env, &error))
}

/// Runs what a function does, and makes a panic an error.
pub(crate) fn caught<T>(work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(Error::Internal("a panic")))
}

/// The error, to be thrown or to reject a promise.
pub(crate) fn thrown(env: &Env, error: &Error) -> napi::Error {
    let object = env.create_error(napi::Error::new(Status::GenericFailure, error.to_string()));
    match object.and_then(|mut object| object.set("failure", Failure::from(error)).map(|()| object)) {
        Ok(object) => napi::Error::from_unknown_without_coercion(object.to_unknown()),
        Err(error) => error,
    }
}

/// A code of the closed list that every language shares.
#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct ErrorCode {
    /// For example `wrong_key`.
    pub name: String,
    /// Never reused.
    pub number: u32,
    /// The exit code of the command line.
    pub exit_code: u32,
}

/// Every code, in the order of the numbers.
#[napi]
pub fn codes() -> Vec<ErrorCode> {
    pagecrypt::ErrorCode::ALL
        .iter()
        .map(|code| ErrorCode {
            name: code.name().to_owned(),
            number: code.number().into(),
            exit_code: code.exit_code().into(),
        })
        .collect()
}
