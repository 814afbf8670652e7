//! Ctrl-C, SIGTERM and a closed terminal stop long work in an orderly way.

use std::io;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use signal_hook::consts::{SIGINT, SIGTERM};

/// The signals that are watched, in the system's numbers and in those of exit codes.
const WATCHED: &[(i32, usize)] = &[
    (SIGINT, 2),
    (SIGTERM, 15),
    // Only where one can see whether it is ignored: under nohup it must stay so.
    #[cfg(target_os = "linux")]
    (signal_hook::consts::SIGHUP, 1),
];

/// The last signal that asked to stop, or 0.
#[derive(Debug, Clone)]
pub(crate) struct Stop(Arc<AtomicUsize>);

impl Stop {
    /// From here on the signals are noted instead of ending the process. Those that it was started to ignore, as by
    /// `nohup`, stay ignored.
    pub(crate) fn on_signals() -> io::Result<Self> {
        let last = Arc::new(AtomicUsize::new(0));
        let ignored = ignored();
        for (signal, number) in WATCHED.iter().filter(|(_, number)| ignored & (1 << (number - 1)) == 0) {
            signal_hook::flag::register_usize(*signal, Arc::clone(&last), *number)?;
        }
        Ok(Self(last))
    }

    /// Whether to go on.
    pub(crate) fn flow(&self) -> ControlFlow<()> {
        match self.0.load(Ordering::Relaxed) {
            0 => ControlFlow::Continue(()),
            _ => ControlFlow::Break(()),
        }
    }

    /// The exit code by which a shell knows a program that this signal ended: 129, 130 or 143.
    pub(crate) fn exit_code(&self) -> Option<u8> {
        match self.0.load(Ordering::Relaxed) {
            0 => None,
            number => u8::try_from(128 + number).ok(),
        }
    }
}

/// The signals that this process ignores, the first in the lowest bit; none where the system does not tell.
fn ignored() -> u64 {
    let status =
        if cfg!(target_os = "linux") { std::fs::read_to_string("/proc/self/status") } else { return 0 };
    let mask = status.ok().and_then(|status| {
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"))?;
        u64::from_str_radix(mask.trim(), 16).ok()
    });
    mask.unwrap_or_default()
}
