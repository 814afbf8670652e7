//! When the interpreter is released.

use pyo3::Python;
use pyo3::marker::Ungil;

/// Texts up to this many bytes are done sooner than others could use the interpreter: releasing it and taking it back
/// costs some 60 ns, and a switch of threads more.
const RELEASED_ABOVE: usize = 2048;

/// Works on `length` bytes, and lets other threads of Python run meanwhile where that pays.
pub(crate) fn released<T: Ungil>(py: Python<'_>, length: usize, work: impl FnOnce() -> T + Ungil) -> T {
    if length > RELEASED_ABOVE { py.detach(work) } else { work() }
}
