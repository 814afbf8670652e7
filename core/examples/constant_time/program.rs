//! Keys and plaintexts, and all that is computed from them, decide no branch and no address: run by
//! `.ci/test_constant_time`, under valgrind and one instruction at a time.
//!
//! Public are lengths, nonces, associated data, ciphertexts and tags, and whether a message opened. The library's own
//! branches on that verdict are named in `.ci/constant_time.supp`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::process::ExitCode;

#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
mod memcheck;
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
mod messages;
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
mod requests;
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
mod stepping;
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
mod steps;

#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["memcheck"] => memcheck::check(),
        ["memcheck", "--plant", "branch"] => memcheck::plant(memcheck::branch),
        ["memcheck", "--plant", "index"] => memcheck::plant(memcheck::index),
        ["steps", "--plant", "branch"] => steps::plant(memcheck::branch),
        ["steps", ref engines @ ..] => steps::check(engines),
        _ => {
            eprintln!(
                "usage: constant_time memcheck [--plant branch|index]\n       constant_time steps [--plant branch|ENGINE...]"
            );
            ExitCode::from(2)
        }
    }
}

#[cfg(not(all(target_arch = "x86_64", target_os = "linux")))]
fn main() -> ExitCode {
    println!("skipped: constant time: the means to see it are written for x86-64 Linux");
    ExitCode::SUCCESS
}
