//! Short work on libuv's thread pool, for a promise.
//!
//! A job owns all that it works on: what JavaScript does to its buffers meanwhile does not matter.

use std::fmt;
use std::sync::Arc;

use napi::bindgen_prelude::{AsyncTask, Buffer, ToNapiValue, TypeName};
use napi::{Env, Task};
use napi_derive::napi;
use pagecrypt::Error;
use zeroize::Zeroizing;

use crate::border::handle::Handle;
use crate::control::{Control, Shared};
use crate::error::{Failure, caught, thrown};

/// Work that gives a `T`, of which a promise gives a `V`.
pub struct Job<T, V> {
    work: Option<Box<dyn FnOnce() -> Result<T, Error> + Send>>,
    control: Option<Arc<Shared>>,
    give: fn(T) -> V,
}

/// Starts work.
pub(crate) fn start<T: Send + 'static, V: ToNapiValue + TypeName>(
    control: Option<Handle<'_, Control>>,
    give: fn(T) -> V,
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> AsyncTask<Job<T, V>> {
    AsyncTask::new(Job { work: Some(Box::new(work)), control: control.map(|control| control.shared()), give })
}

impl<T, V> fmt::Debug for Job<T, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Job").field("control", &self.control).finish_non_exhaustive()
    }
}

impl<T: Send + 'static, V: ToNapiValue + TypeName> Task for Job<T, V> {
    type Output = Result<T, Error>;
    type JsValue = V;

    fn compute(&mut self) -> napi::Result<Self::Output> {
        let work = self.work.take();
        Ok(caught(|| {
            self.control.as_ref().map_or(Ok(()), |control| control.check())?;
            work.ok_or(Error::Internal("a job ran twice"))?()
        }))
    }

    fn resolve(&mut self, env: Env, output: Self::Output) -> napi::Result<V> {
        output.map(self.give).map_err(|error| thrown(&env, &error))
    }
}

/// Bytes that are wiped where nobody gets them.
pub type Secret = Zeroizing<Vec<u8>>;

/// A promise's bytes.
pub type BytesJob = Job<Secret, Buffer>;

/// A Buffer of the same memory.
pub(crate) fn buffer(mut bytes: Secret) -> Buffer {
    Buffer::from(std::mem::take(&mut *bytes))
}

/// What was opened, and what of it was not: zeros are in its place.
#[napi(object, object_from_js = false)]
pub struct Opened {
    /// The bytes.
    pub bytes: Buffer,
    /// Why some are zeros.
    pub failure: Option<Failure>,
}

impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opened").field("failure", &self.failure).finish_non_exhaustive()
    }
}

/// A promise's opened bytes.
pub type OpenedJob = Job<(Secret, Result<(), Error>), Opened>;

/// An outcome of opening, of which the bytes count where some were not authentic, too.
pub(crate) fn opened(
    bytes: Secret,
    outcome: Result<(), Error>,
) -> Result<(Secret, Result<(), Error>), Error> {
    match outcome {
        Ok(()) | Err(Error::AuthenticationFailed(_)) => Ok((bytes, outcome)),
        Err(error) => Err(error),
    }
}

/// For [`start`].
pub(crate) fn give_opened((bytes, outcome): (Secret, Result<(), Error>)) -> Opened {
    Opened { bytes: buffer(bytes), failure: outcome.err().as_ref().map(Failure::from) }
}
