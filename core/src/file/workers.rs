//! Batches of pages or frames, worked on by a bounded number of threads.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::thread;

use zeroize::Zeroizing;

use super::numbers::Numbers;
use crate::error::Error;

/// How many bytes a batch holds, unless that is too few pages. A worker reads, opens and writes in the same buffer, so
/// that this much stays in the caches next to the core (1 MiB and more) from one step to the next.
const BATCH_BYTES: usize = 256 * 1024;

/// Engines work on several pages side by side: fewer of them would leave large pages to wait for each other.
const MIN_BATCH: usize = 16;

/// More threads than this wait for the disk or for memory.
const MAX_THREADS: usize = 32;

/// How many pages or frames of `length` bytes a batch holds.
pub(super) fn batch_of(length: usize) -> usize {
    (BATCH_BYTES / length.max(1)).max(MIN_BATCH)
}

/// The numbers that failed in a batch, in ascending order; they are larger in later batches. The worker's buffer is
/// wiped at the end.
pub(super) type Work<'a> = dyn Fn(&mut [u8], u64) -> Result<Vec<u32>, Error> + Sync + 'a;

/// Finds which numbers fail in the batches 0 to `count - 1`.
pub(super) struct Batches<'a> {
    pub(super) count: u64,
    /// Length of the buffer of a worker.
    pub(super) buffer: usize,
    pub(super) work: &'a Work<'a>,
}

/// What a worker found: batches with failures, or that could not be worked on.
type Found = Vec<(u64, Result<Vec<u32>, Error>)>;

impl Batches<'_> {
    /// Runs on `threads` threads, or as many as the system gives. `done` is called on this thread for each batch
    /// that is done, and stops the work by an error. The outcome does not depend on the threads.
    pub(super) fn run(
        &self,
        threads: NonZeroUsize,
        done: &mut dyn FnMut() -> Result<(), Error>,
    ) -> Result<Numbers, Error> {
        let useful = usize::try_from(self.count).unwrap_or(usize::MAX).min(MAX_THREADS);
        let threads = threads.get().min(useful);
        let next = AtomicU64::new(0);
        let several = if threads > 1 { self.run_on(threads, &next, done)? } else { None };
        let mut found = match several {
            Some(found) => found,
            None => {
                let mut stopped = None;
                let found = self.work_off(&next, &mut || {
                    stopped = done().err();
                    stopped.is_none()
                });
                stopped.map_or(Ok(found), Err)?
            }
        };
        found.sort_by_key(|(batch, _)| *batch);
        let mut numbers = Numbers::default();
        for (_, failed) in found {
            failed?.into_iter().for_each(|number| numbers.push(number));
        }
        Ok(numbers)
    }

    /// `None` where the system gives no threads at all.
    fn run_on(
        &self,
        threads: usize,
        next: &AtomicU64,
        done: &mut dyn FnMut() -> Result<(), Error>,
    ) -> Result<Option<Found>, Error> {
        let (sender, receiver) = mpsc::sync_channel(threads * 4);
        thread::scope(|scope| {
            let mut workers = Vec::with_capacity(threads);
            for _ in 0..threads {
                let sender = sender.clone();
                let worker = thread::Builder::new()
                    .spawn_scoped(scope, move || self.work_off(next, &mut || sender.send(()).is_ok()));
                match worker {
                    Ok(worker) => workers.push(worker),
                    Err(_) => break,
                }
            }
            drop(sender);
            if workers.is_empty() {
                return Ok(None);
            }
            // The channel ends when the last worker has; one that is told to stop finishes its batch.
            let stopped = receiver.iter().find_map(|()| done().err());
            if stopped.is_some() {
                next.store(self.count, Ordering::Relaxed);
                drop(receiver);
            }
            let mut found = Vec::new();
            for worker in workers {
                found.extend(worker.join().map_err(|_| Error::Internal("a worker panicked"))?);
            }
            stopped.map_or(Ok(Some(found)), Err)
        })
    }

    /// Takes batches until there are no more, one could not be worked on, or `go_on` says no.
    fn work_off(&self, next: &AtomicU64, go_on: &mut dyn FnMut() -> bool) -> Found {
        let mut buffer = Zeroizing::new(vec![0; self.buffer]);
        let mut found = Vec::new();
        loop {
            let batch = next.fetch_add(1, Ordering::Relaxed);
            if batch >= self.count {
                return found;
            }
            match (self.work)(&mut buffer, batch) {
                Ok(failed) if failed.is_empty() => {}
                Ok(failed) => found.push((batch, Ok(failed))),
                Err(error) => {
                    found.push((batch, Err(error)));
                    next.store(self.count, Ordering::Relaxed);
                    return found;
                }
            }
            if !go_on() {
                return found;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(threads: usize, count: u64, stop_after: Option<u64>) -> (Result<Numbers, Error>, u64) {
        let work = |buffer: &mut [u8], batch: u64| {
            assert_eq!(buffer.len(), 16);
            match batch {
                900 => Err(Error::Locked(crate::error::LockedBy::Change)),
                batch if batch % 3 == 0 => Ok(vec![batch as u32 * 2 + 1, batch as u32 * 2 + 2]),
                _ => Ok(vec![]),
            }
        };
        let batches = Batches { count, buffer: 16, work: &work };
        let mut called = 0;
        let found = batches.run(NonZeroUsize::new(threads).unwrap(), &mut || {
            called += 1;
            if Some(called) == stop_after { Err(Error::Cancelled) } else { Ok(()) }
        });
        (found, called)
    }

    #[test]
    fn the_outcome_does_not_depend_on_the_threads() {
        for count in [0, 1, 2, 100] {
            let (alone, called) = run(1, count, None);
            assert_eq!(called, count);
            let alone = alone.unwrap();
            assert_eq!(alone.count(), count.div_ceil(3) * 2);
            for threads in [2, 7, 1000] {
                let (found, called) = run(threads, count, None);
                assert_eq!(called, count);
                assert_eq!(found.unwrap(), alone, "{threads} threads, {count} batches");
            }
        }
    }

    #[test]
    fn stops_when_told_to_or_at_an_error() {
        for threads in [1, 4] {
            let (stopped, called) = run(threads, 500, Some(10));
            assert!(matches!(stopped, Err(Error::Cancelled)), "{threads} threads");
            assert_eq!(called, 10);
            assert!(matches!(run(threads, 1000, None).0, Err(Error::Locked(_))), "{threads} threads");
        }
    }
}
