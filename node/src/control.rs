//! How JavaScript stops work on another thread, and hears how far it is.

use std::cell::Cell;
use std::fmt;
use std::ops::ControlFlow;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use napi::bindgen_prelude::FnArgs;
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{CleanupEnvHook, Env, Status};
use napi_derive::napi;
use pagecrypt::Error;
use pagecrypt::file::Progress;

use crate::border::callback::Callback;
use crate::border::handle::{Handle, New};
use crate::error::call;

/// How often JavaScript is told, at most, but for the first time and the last.
const PACE: Duration = Duration::from_millis(25);

/// JavaScript's function that is told: bytes done, bytes in all; it gives whether to go on.
pub type Told = FnArgs<(f64, f64)>;

/// The same for another thread to call. It keeps no event loop alive.
pub type Listener = ThreadsafeFunction<Told, bool, Told, Status, false, true>;

/// What stops one piece of work.
#[derive(Default)]
pub struct Control {
    shared: Arc<Shared>,
    hook: Cell<Option<CleanupEnvHook<Arc<Shared>>>>,
}

/// A control for work that is yet to begin.
#[napi]
pub fn control_new() -> New<Control> {
    New(Control::default())
}

/// Stops the work.
#[napi]
pub fn control_stop(control: Handle<'_, Control>) {
    control.shared.stop();
}

/// Waits until work on a thread of its own has ended.
#[napi]
pub fn control_wait(control: Handle<'_, Control>) {
    control.shared.wait();
}

/// To be called when JavaScript has heard that the work ended.
#[napi]
pub fn control_end(env: &Env, control: Handle<'_, Control>) -> napi::Result<()> {
    control.hook.take().map_or(Ok(()), |hook| env.remove_env_cleanup_hook(hook))
}

impl Control {
    pub(crate) fn shared(&self) -> Arc<Shared> {
        Arc::clone(&self.shared)
    }

    /// Sees to it that work on a thread of its own ends before the environment does: a worker may be terminated. Gives
    /// what the thread has to hold.
    pub(crate) fn begin(&self, env: &Env) -> napi::Result<Running> {
        let hook = env.add_env_cleanup_hook(self.shared(), |shared| {
            shared.stop();
            shared.wait();
        })?;
        self.hook.set(Some(hook));
        self.shared.state().running = true;
        Ok(Running(self.shared()))
    }
}

impl fmt::Debug for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Control").field("shared", &self.shared).finish_non_exhaustive()
    }
}

/// What both threads see.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// On a thread of its own.
    running: bool,
    stopped: bool,
    /// JavaScript was told something and has not answered yet.
    asked: bool,
}

impl Shared {
    /// Whether the work may begin.
    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.state().stopped { Err(Error::Cancelled) } else { Ok(()) }
    }

    fn stop(&self) {
        self.state().stopped = true;
        self.changed.notify_all();
    }

    fn wait(&self) {
        drop(self.wait_while(self.state(), |state| state.running));
    }

    fn answer(&self, go_on: bool) {
        let mut state = self.state();
        state.asked = false;
        state.stopped |= !go_on;
        drop(state);
        self.changed.notify_all();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait_while<'a>(
        &self,
        state: MutexGuard<'a, State>,
        condition: impl Fn(&State) -> bool,
    ) -> MutexGuard<'a, State> {
        self.changed.wait_while(state, |state| condition(state)).unwrap_or_else(PoisonError::into_inner)
    }
}

/// Held by a thread for as long as it may call JavaScript.
#[derive(Debug)]
pub(crate) struct Running(Arc<Shared>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.state().running = false;
        self.0.changed.notify_all();
    }
}

/// Tells JavaScript how far the work is, from another thread.
///
/// The work waits for the answer, so that what JavaScript stops has not gone on meanwhile.
pub(crate) struct Reporter {
    shared: Arc<Shared>,
    listener: Option<Listener>,
    pace: Pace,
}

impl Reporter {
    pub(crate) fn new(control: &Control, listener: Option<Listener>) -> Self {
        Self { shared: control.shared(), listener, pace: Pace::default() }
    }

    pub(crate) fn report(&mut self, done: u64, total: u64) -> ControlFlow<()> {
        let mut state = self.shared.state();
        if state.stopped {
            return ControlFlow::Break(());
        }
        let Some(listener) = self.listener.as_ref().filter(|_| self.pace.is_due(done, total)) else {
            return ControlFlow::Continue(());
        };
        state.asked = true;
        drop(state);
        let shared = Arc::clone(&self.shared);
        let asked = listener.call_with_return_value(
            FnArgs::from((done as f64, total as f64)),
            ThreadsafeFunctionCallMode::NonBlocking,
            move |answer, _| {
                shared.answer(answer.unwrap_or(false)); // an error: no JavaScript can run any more
                Ok(())
            },
        );
        if asked != Status::Ok {
            return ControlFlow::Break(());
        }
        let state = self.shared.wait_while(self.shared.state(), |state| state.asked && !state.stopped);
        if state.stopped { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

impl fmt::Debug for Reporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reporter").field("shared", &self.shared).finish_non_exhaustive()
    }
}

/// Runs work on JavaScript's own thread, and tells how far it is.
pub(crate) fn run_here<T>(
    env: &Env,
    callback: Option<&Callback<'_>>,
    work: impl FnOnce(&mut Progress<'_>) -> Result<T, Error>,
) -> napi::Result<T> {
    let mut pace = Pace::default();
    let outcome = call(env, || {
        work(&mut |done, total| match callback {
            Some(callback) if pace.is_due(done, total) && !callback.tell(done as f64, total as f64) => {
                ControlFlow::Break(())
            }
            _ => ControlFlow::Continue(()),
        })
    });
    match callback.and_then(Callback::thrown) {
        Some(thrown) => Err(thrown),
        None => outcome,
    }
}

#[derive(Debug, Default)]
struct Pace {
    last: Option<Instant>,
}

impl Pace {
    fn is_due(&mut self, done: u64, total: u64) -> bool {
        let ends = total > 0 && done == total;
        let due = ends || self.last.is_none_or(|last| last.elapsed() >= PACE);
        if due {
            self.last = Some(Instant::now());
        }
        due
    }
}
