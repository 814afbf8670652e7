//! The binary `pagecrypt` as its users run it: every command, every exit code, every bad input.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bench;
mod catalogue;
mod convert;
mod damage;
mod generated;
mod inspect;
mod interrupted;
mod keygen;
mod keys;
mod record;
mod samples;
mod scene;
mod terminal;
mod usage;
