//! The command line.

use std::ffi::OsString;
use std::panic::catch_unwind;

use napi_derive::napi;

/// Runs the command `pagecrypt` with these arguments, the first of which is its name, and gives its exit code.
#[napi]
pub fn run_command_line(arguments: Vec<String>) -> u32 {
    catch_unwind(|| pagecrypt_cli::run(arguments.into_iter().map(OsString::from))).map_or(1, u32::from)
}
