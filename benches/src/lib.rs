//! libpagecrypt beside the libraries it compares itself with, in one process and one run.
//!
//! A [`case`](grid::Case) is what is measured: a cipher, a size of messages, how many of them one call takes, and where
//! they lie. All contenders work on the same memory and take turns, [round](measure) by round; beside them the
//! machine's own [limit](limits) for the cipher is measured. [`report`] makes rows and tables of it.

pub mod agreement;
pub mod arguments;
pub mod contender;
pub mod grid;
pub mod limits;
pub mod machine;
pub mod measure;
pub mod memory;
pub mod report;
pub mod statistics;
pub mod targets;
pub mod work;
