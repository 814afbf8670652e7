//! How far long work is: a bar on a terminal, nothing in a pipe; and whether it shall go on.

use std::io::{self, IsTerminal as _};
use std::ops::ControlFlow;
use std::path::Path;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use pagecrypt::{Error, IoError};

use crate::args::Report;
use crate::failure::Failure;
use crate::signal::Stop;

/// Binary units, as the `{bytes}` of the bar counts them.
const TEMPLATE: &str = "{msg} {wide_bar} {percent}%  {bytes} of {total_bytes}  {bytes_per_sec}  {eta} left";

/// For work that is measured by the time it takes.
const TIMED_TEMPLATE: &str = "{msg} {wide_bar} {percent}%  {eta} left";

/// One piece of long work.
pub(crate) struct Work {
    bar: ProgressBar,
    stop: Stop,
}

impl Work {
    /// Starts work on bytes; from here on signals stop it through [`Self::step`].
    pub(crate) fn start(verb: &'static str, report: &Report) -> Result<Self, Failure> {
        Self::with_template(TEMPLATE, verb, report)
    }

    /// The same for work whose steps are moments.
    pub(crate) fn start_timed(verb: &'static str, report: &Report) -> Result<Self, Failure> {
        Self::with_template(TIMED_TEMPLATE, verb, report)
    }

    fn with_template(template: &str, verb: &'static str, report: &Report) -> Result<Self, Failure> {
        let stop = Stop::on_signals().map_err(|error| {
            Failure::bare(&Error::Io(IoError::new("watch for", Path::new("signals"), error)))
        })?;
        let shown = !report.quiet && io::stderr().is_terminal();
        let target = if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = ProgressBar::with_draw_target(None, target).with_style(style).with_message(verb);
        Ok(Self { bar, stop })
    }

    /// Shows how far it is, in bytes or in time, and tells whether to go on.
    pub(crate) fn step(&self, done: u64, total: u64) -> ControlFlow<()> {
        self.bar.set_length(total);
        self.bar.set_position(done);
        self.stop.flow()
    }

    /// Takes the bar away, and gives the failure of work on `subject` its exit code.
    pub(crate) fn finish<T>(
        self,
        outcome: Result<T, Error>,
        explain: impl FnOnce(&Error) -> Failure,
    ) -> Result<T, Failure> {
        self.bar.finish_and_clear();
        outcome.map_err(|error| match (&error, self.stop.exit_code()) {
            (Error::Cancelled, Some(code)) => explain(&error).with_exit_code(code),
            _ => explain(&error),
        })
    }
}
