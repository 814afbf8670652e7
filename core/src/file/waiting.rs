//! Waiting for another program that is just writing, or another library in this one.

use std::thread;
use std::time::{Duration, Instant};

use crate::error::{Error, LockedBy};

/// How long to wait where the caller does not say.
pub(super) const WAIT: Duration = Duration::from_secs(5);

const FIRST_PAUSE: Duration = Duration::from_millis(1);

/// Longer pauses would make a caller who wants to stop wait.
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

/// Tries `attempt` again and again while a writer is in its way, for as long as `wait`. Before each pause `ask` says
/// whether to go on waiting.
pub(super) fn while_locked<T>(
    wait: Duration,
    ask: &mut dyn FnMut() -> Result<(), Error>,
    mut attempt: impl FnMut() -> Result<T, Error>,
) -> Result<T, Error> {
    let start = Instant::now();
    let mut pause = FIRST_PAUSE;
    loop {
        match attempt() {
            Err(Error::Locked(by)) if passes(by) => {
                let left = wait.saturating_sub(start.elapsed());
                if left.is_zero() {
                    return Err(Error::Locked(by));
                }
                ask()?;
                thread::sleep(pause.min(left));
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
            outcome => return outcome,
        }
    }
}

/// Whether it goes away by itself.
fn passes(by: LockedBy) -> bool {
    match by {
        LockedBy::Writer | LockedBy::ThisProcess => true,
        LockedBy::Change | LockedBy::Journal | LockedBy::Leftover => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fails `times` times by `by`; gives the outcome and how often it was tried and asked.
    fn run(
        wait: Duration,
        times: usize,
        by: LockedBy,
        stop_after: usize,
    ) -> (Result<(), Error>, usize, usize) {
        let (mut tried, mut asked) = (0, 0);
        let mut ask = || {
            asked += 1;
            if asked == stop_after { Err(Error::Cancelled) } else { Ok(()) }
        };
        let outcome = while_locked(wait, &mut ask, || {
            tried += 1;
            if tried > times { Ok(()) } else { Err(Error::Locked(by)) }
        });
        (outcome, tried, asked)
    }

    #[test]
    fn tries_until_the_writer_is_gone() {
        for by in [LockedBy::Writer, LockedBy::ThisProcess] {
            for times in [0, 1, 3] {
                let (outcome, tried, asked) = run(Duration::MAX, times, by, 0);
                assert!(outcome.is_ok());
                assert_eq!((tried, asked), (times + 1, times));
            }
        }
    }

    #[test]
    fn tries_once_where_there_is_no_time() {
        let (outcome, tried, asked) = run(Duration::ZERO, 1, LockedBy::Writer, 0);
        assert!(matches!(outcome, Err(Error::Locked(LockedBy::Writer))));
        assert_eq!((tried, asked), (1, 0));
    }

    #[test]
    fn gives_up_in_the_end() {
        let (outcome, tried, asked) = run(Duration::from_millis(5), usize::MAX, LockedBy::Writer, 0);
        assert!(matches!(outcome, Err(Error::Locked(LockedBy::Writer))));
        assert_eq!(tried, asked + 1);
    }

    #[test]
    fn stops_when_told_to() {
        let (outcome, tried, asked) = run(Duration::MAX, usize::MAX, LockedBy::Writer, 2);
        assert!(matches!(outcome, Err(Error::Cancelled)));
        assert_eq!((tried, asked), (2, 2));
    }

    #[test]
    fn what_does_not_pass_is_not_waited_for() {
        for by in [LockedBy::Change, LockedBy::Journal, LockedBy::Leftover] {
            let (outcome, tried, _) = run(Duration::MAX, 1, by, 0);
            assert!(matches!(outcome, Err(Error::Locked(found)) if found == by));
            assert_eq!(tried, 1);
        }
    }
}
