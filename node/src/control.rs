//! How JavaScript stops work on the thread pool, and hears how far it is.

use std::fmt;
use std::ops::ControlFlow;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use napi::Status;
use napi::bindgen_prelude::{FnArgs, Function};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi_derive::napi;
use pagecrypt::Error;

use crate::border::handle::{Handle, New};

/// How often JavaScript is told, at most, but for the first time and the last.
const PACE: Duration = Duration::from_millis(25);

/// How long to wait for JavaScript's answer before looking whether its environment is gone.
const PATIENCE: Duration = Duration::from_millis(100);

/// JavaScript's function that is told: bytes done, bytes in all; it gives whether to go on.
pub type Told = FnArgs<(f64, f64)>;

/// The same for another thread to call. It keeps no event loop alive.
pub type Listener = ThreadsafeFunction<Told, bool, Told, Status, false, true>;

/// What stops one piece of work.
#[derive(Debug, Default)]
pub struct Control {
    shared: Arc<Shared>,
}

/// A control for work that is yet to begin.
#[napi]
pub fn control_new() -> New<Control> {
    New(Control::default())
}

/// Stops the work. Gives whether it had not begun: then it never will.
#[napi]
pub fn control_stop(control: Handle<'_, Control>) -> bool {
    let mut state = control.shared.state();
    state.stopped = true;
    control.shared.changed.notify_all();
    !state.begun
}

impl Control {
    pub(crate) fn shared(&self) -> Arc<Shared> {
        Arc::clone(&self.shared)
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
    begun: bool,
    stopped: bool,
    /// JavaScript was told something and has not answered yet.
    asked: bool,
}

impl Shared {
    /// To be called first by the work.
    pub(crate) fn begin(&self) -> Result<(), Error> {
        let mut state = self.state();
        state.begun = true;
        if state.stopped { Err(Error::Cancelled) } else { Ok(()) }
    }

    fn answer(&self, go_on: bool) {
        let mut state = self.state();
        state.asked = false;
        state.stopped |= !go_on;
        self.changed.notify_all();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tells JavaScript how far the work is, from another thread.
///
/// Where somebody listens, the work waits for the answer: so that what stops it has stopped it before the end. Otherwise
/// it only asks whether JavaScript is still there, which it is not when a worker was terminated.
pub(crate) struct Reporter {
    shared: Arc<Shared>,
    listener: Listener,
    waits: bool,
    pace: Pace,
}

impl Reporter {
    pub(crate) fn new(shared: Arc<Shared>, listener: Listener, waits: bool) -> Self {
        Self { shared, listener, waits, pace: Pace::default() }
    }

    pub(crate) fn report(&mut self, done: u64, total: u64) -> ControlFlow<()> {
        let mut state = self.shared.state();
        if state.stopped {
            return ControlFlow::Break(());
        }
        if state.asked || !self.pace.is_due(done, total) {
            return ControlFlow::Continue(());
        }
        state.asked = true;
        drop(state);
        let shared = Arc::clone(&self.shared);
        let asked = self.listener.call_with_return_value(
            FnArgs::from((done as f64, total as f64)),
            ThreadsafeFunctionCallMode::NonBlocking,
            move |answer, _| {
                shared.answer(answer.unwrap_or(false)); // an error: no JavaScript can run any more
                Ok(())
            },
        );
        match asked {
            Status::Ok if self.waits => self.wait(),
            Status::Ok => ControlFlow::Continue(()),
            _ => ControlFlow::Break(()),
        }
    }

    fn wait(&self) -> ControlFlow<()> {
        let mut state = self.shared.state();
        while state.asked && !state.stopped {
            if self.listener.aborted() {
                return ControlFlow::Break(());
            }
            state =
                self.shared.changed.wait_timeout(state, PATIENCE).unwrap_or_else(PoisonError::into_inner).0;
        }
        if state.stopped { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

impl fmt::Debug for Reporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reporter").field("shared", &self.shared).field("waits", &self.waits).finish()
    }
}

/// Tells JavaScript how far the work is, from its own thread.
pub(crate) fn report_here(
    listener: Option<Function<'_, Told, bool>>,
) -> impl FnMut(u64, u64) -> ControlFlow<()> {
    let mut pace = Pace::default();
    move |done, total| match &listener {
        Some(listener) if pace.is_due(done, total) => {
            match listener.call(FnArgs::from((done as f64, total as f64))) {
                Ok(true) => ControlFlow::Continue(()),
                _ => ControlFlow::Break(()),
            }
        }
        _ => ControlFlow::Continue(()),
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
