//! `pagecrypt man`: one page for the command, one for each of its subcommands.

use pagecrypt::{Error, IoError};

use crate::args::Man;
use crate::failure::Failure;

pub(crate) fn run(args: &Man) -> Result<(), Failure> {
    clap_mangen::generate_to(crate::command(), &args.out)
        .map_err(|error| Failure::bare(&Error::Io(IoError::new("write the man pages to", &args.out, error))))
}
