//! When the interpreter is released, and how it is asked about long work.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use pagecrypt::Error;
use pyo3::marker::Ungil;
use pyo3::prelude::*;

use crate::error::OrRaise as _;

/// Texts up to this many bytes are done sooner than others could use the interpreter: releasing it and taking it back
/// costs some 60 ns, and a switch of threads more.
const RELEASED_ABOVE: usize = 2048;

/// Works on `length` bytes, and lets other threads of Python run meanwhile where that pays.
pub(crate) fn released<T: Ungil>(py: Python<'_>, length: usize, work: impl FnOnce() -> T + Ungil) -> T {
    if length > RELEASED_ABOVE { py.detach(work) } else { work() }
}

/// Between two looks for signals, and between two calls of a progress function.
const PAUSE: Duration = Duration::from_millis(50);

/// Asks the interpreter now and then whether long work shall go on: signal handlers run, and the caller's progress
/// function is called, on the thread that does the work.
pub(crate) struct Watch {
    progress: Option<Py<PyAny>>,
    asked: Option<Instant>,
    told_last: bool,
    raised: Option<PyErr>,
}

impl Watch {
    pub(crate) fn new(progress: Option<Py<PyAny>>) -> Self {
        Self { progress, asked: None, told_last: false, raised: None }
    }

    /// As the core's progress functions. The interpreter is released.
    pub(crate) fn step(&mut self, done: u64, total: u64) -> ControlFlow<()> {
        let is_last = done == total && total != 0;
        if (self.told_last || !is_last) && self.asked.is_some_and(|asked| asked.elapsed() < PAUSE) {
            return ControlFlow::Continue(());
        }
        self.asked = Some(Instant::now());
        match Python::attach(|py| self.ask(py, done, total)) {
            Ok(true) => ControlFlow::Continue(()),
            Ok(false) => ControlFlow::Break(()),
            Err(error) => {
                self.raised = Some(error);
                ControlFlow::Break(())
            }
        }
    }

    /// What the work came to, unless a signal handler or the progress function raised an exception: that goes on.
    pub(crate) fn outcome<T>(self, py: Python<'_>, outcome: Result<T, Error>) -> PyResult<T> {
        self.raised.map_or_else(|| outcome.or_raise(py), Err)
    }

    fn ask(&mut self, py: Python<'_>, done: u64, total: u64) -> PyResult<bool> {
        py.check_signals()?;
        match &self.progress {
            // The core may say several times that all is done.
            Some(progress) if !self.told_last => {
                self.told_last = done == total && total != 0;
                let answer = progress.bind(py).call1((done, total))?;
                Ok(!answer.is(pyo3::types::PyBool::new(py, false)))
            }
            _ => Ok(true),
        }
    }
}
