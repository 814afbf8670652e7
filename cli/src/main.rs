//! The command `pagecrypt`.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(pagecrypt_cli::run(std::env::args_os()))
}
