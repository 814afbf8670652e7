//! Work on libuv's thread pool, for a promise.
//!
//! A job owns all it works on: what JavaScript does to its buffers meanwhile does not matter.

use napi::bindgen_prelude::{ToNapiValue, TypeName};
use napi::{Env, Task, ValueType};
use pagecrypt::Error;

use crate::error::{caught, thrown};

/// Work, and how its outcome becomes a value of JavaScript.
pub(crate) struct Job<T, V> {
    work: Option<Box<dyn FnOnce() -> Result<T, Error> + Send>>,
    give: fn(&Env, T) -> napi::Result<V>,
}

impl<T, V> std::fmt::Debug for Job<T, V> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Job").field("started", &self.work.is_none()).finish()
    }
}

impl<T: Send + 'static, V: ToNapiValue + TypeName> Job<T, V> {
    pub(crate) fn new(
        give: fn(&Env, T) -> napi::Result<V>,
        work: impl FnOnce() -> Result<T, Error> + Send + 'static,
    ) -> napi::bindgen_prelude::AsyncTask<Self> {
        napi::bindgen_prelude::AsyncTask::new(Self { work: Some(Box::new(work)), give })
    }
}

impl<T: Send + 'static, V: ToNapiValue + TypeName> Task for Job<T, V> {
    type Output = Result<T, Error>;
    type JsValue = V;

    fn compute(&mut self) -> napi::Result<Self::Output> {
        Ok(caught(|| match self.work.take() {
            Some(work) => work(),
            None => Err(Error::Internal("a job ran twice")),
        }))
    }

    fn resolve(&mut self, env: Env, output: Self::Output) -> napi::Result<V> {
        output.map_err(|error| thrown(&env, &error)).and_then(|output| (self.give)(&env, output))
    }
}

/// A name for values that are any of JavaScript's.
pub(crate) const ANY: ValueType = ValueType::Unknown;
