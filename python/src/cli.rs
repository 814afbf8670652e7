//! The command line.

use std::ffi::OsString;

use pyo3::prelude::*;

/// Runs the command `pagecrypt` with these arguments, the first of which is its name; gives its exit code.
#[pyfunction]
pub(crate) fn run_command(py: Python<'_>, arguments: Vec<OsString>) -> u8 {
    py.detach(|| pagecrypt_cli::run(arguments))
}
