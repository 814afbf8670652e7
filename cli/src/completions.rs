//! `pagecrypt completions`: scripts that complete arguments in a shell.

use crate::args::Completions;
use crate::failure::Failure;
use crate::output;

pub(crate) fn run(args: &Completions) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut crate::command(), "pagecrypt", &mut script);
    output::print(&String::from_utf8_lossy(&script))
}
