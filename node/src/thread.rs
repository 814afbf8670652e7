//! Long work on a thread of its own: it would keep libuv's few threads from what else a program does.

use std::path::Path;
use std::thread::Builder;

use napi::bindgen_prelude::{FnArgs, ToNapiValue};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Env, Status};
use pagecrypt::file::Progress;
use pagecrypt::{Error, IoError};

use crate::border::handle::Handle;
use crate::control::{Control, Listener, Reporter};
use crate::error::{Failure, call, caught};

/// What JavaScript's function is told at the end: a failure or a result.
pub type Outcome<V> = FnArgs<(Option<Failure>, Option<V>)>;

/// That function, for another thread to call. It keeps the event loop alive until it was called.
pub type Done<V> = ThreadsafeFunction<Outcome<V>, (), Outcome<V>, Status, false>;

/// Starts work on the file `path`.
pub(crate) fn start<T: 'static, V: ToNapiValue + 'static>(
    env: &Env,
    path: &Path,
    control: &Handle<'_, Control>,
    listener: Option<Listener>,
    done: Done<V>,
    give: fn(T) -> V,
    work: impl FnOnce(&mut Progress<'_>) -> Result<T, Error> + Send + 'static,
) -> napi::Result<()> {
    let running = control.begin(env)?;
    let mut reporter = Reporter::new(control, listener);
    let thread = Builder::new().name("pagecrypt".to_owned()).spawn(move || {
        let outcome = match caught(|| work(&mut |done, total| reporter.report(done, total))) {
            Ok(result) => (None, Some(give(result))),
            Err(error) => (Some(Failure::from(&error)), None),
        };
        done.call(FnArgs::from(outcome), ThreadsafeFunctionCallMode::NonBlocking);
        drop((done, reporter));
        drop(running); // the last: until then, the environment waits
    });
    let failed = |error| Error::Io(IoError::new("start a thread for", path, error));
    call(env, || thread.map(drop).map_err(failed))
}
