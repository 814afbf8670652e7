//! Two sides in turns.

use std::hint::black_box;
use std::time::Instant;

use pagecrypt::Cipher;

use crate::Result;

/// How long each side runs before it is the other's turn, in nanoseconds: short, so that both meet the same machine.
const TURN: u64 = 100_000;

/// Nanoseconds for a page.
#[derive(Clone, Copy)]
pub(crate) struct Side {
    pub(crate) minimum: f64,
    pub(crate) median: f64,
}

pub(crate) struct Row {
    pub(crate) cipher: Cipher,
    pub(crate) operation: &'static str,
    pub(crate) pages: usize,
    pub(crate) page_size: usize,
    pub(crate) rust: Side,
    pub(crate) c: Side,
    /// The median of what C took longer, turn by turn.
    pub(crate) median_difference: f64,
}

impl Row {
    pub(crate) fn difference(&self) -> f64 {
        self.c.minimum - self.rust.minimum
    }
}

/// Times `rust` and `c` in turns. Each does the same work on `pages` pages, and says whether it succeeded.
pub(crate) fn compare(
    rounds: usize,
    (cipher, operation, pages, page_size): (Cipher, &'static str, usize, usize),
    mut rust: impl FnMut() -> bool,
    mut c: impl FnMut() -> bool,
) -> Result<Row> {
    let mut calls = 1;
    loop {
        let took = time(calls, &mut rust)?.max(time(calls, &mut c)?);
        if took * calls as f64 >= TURN as f64 {
            break;
        }
        calls *= 2;
    }
    let mut times = (Vec::new(), Vec::new());
    for round in 0..rounds {
        // Who is first changes, so that neither always finds the caches as the other left them.
        if round % 2 == 0 {
            times.0.push(time(calls, &mut rust)?);
            times.1.push(time(calls, &mut c)?);
        } else {
            times.1.push(time(calls, &mut c)?);
            times.0.push(time(calls, &mut rust)?);
        }
    }
    let per_page = pages as f64;
    let differences = times.0.iter().zip(&times.1).map(|(rust, c)| c - rust).collect();
    Ok(Row {
        cipher,
        operation,
        pages,
        page_size,
        rust: side(times.0, per_page),
        c: side(times.1, per_page),
        median_difference: side(differences, per_page).median,
    })
}

/// Nanoseconds for a call.
fn time(calls: usize, work: &mut impl FnMut() -> bool) -> Result<f64> {
    let start = Instant::now();
    let mut succeeded = true;
    for _ in 0..calls {
        succeeded &= black_box(work());
    }
    let took = start.elapsed().as_nanos() as f64 / calls as f64;
    if succeeded { Ok(took) } else { Err("a call failed".into()) }
}

fn side(mut times: Vec<f64>, per_page: f64) -> Side {
    times.sort_by(f64::total_cmp);
    Side { minimum: times[0] / per_page, median: times[times.len() / 2] / per_page }
}
