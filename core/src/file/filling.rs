//! The pages of a new file, made by several threads while the disk writes what they have made.

use std::fs::File;
use std::io;
use std::num::NonZeroUsize;
use std::sync::mpsc::{self, SyncSender};
use std::thread::{self, Scope, ScopedJoinHandle};

use super::new_file::NewFile;
use super::workers::{Batches, batch_of};
use crate::error::Error;

/// The system lets one thread write to a file at a time: more threads than this would wait for it.
const MAX_THREADS: usize = 8;

/// After so many bytes the disk is told to begin. Left alone, systems keep half a minute's writing in memory, and all of
/// it would be waited for at the end.
const SYNC_BYTES: u64 = 32 << 20;

/// Makes a run of pages from the number of the first.
pub(super) type Make<'a> = dyn Fn(u32, &mut [u8]) -> Result<(), Error> + Sync + 'a;

/// Fills `new` with the pages 1 to `pages` as `make` makes them: in any order, a run at a time, each in its place.
/// `advance` is told how many bytes are done, and stops the work by an error.
///
/// # Errors
/// Those of `make`, of the first page that has one; [`Error::Io`]; what `advance` gives.
pub(super) fn fill(
    new: &NewFile,
    page_size: usize,
    pages: u32,
    make: &Make<'_>,
    advance: &mut dyn FnMut(u64) -> Result<(), Error>,
) -> Result<(), Error> {
    let (size, total) = (page_size as u64, u64::from(pages) * page_size as u64);
    let batch = u64::from(pages).min(batch_of(page_size) as u64).max(1);
    let work = |buffer: &mut [u8], index: u64| {
        let before = index * batch;
        let count = batch.min(u64::from(pages) - before);
        let made = &mut buffer[..count as usize * page_size];
        // At most the number of the last page.
        make(before as u32 + 1, made)?;
        new.write_at(before * size, made)?;
        Ok(Vec::new())
    };
    let count = u64::from(pages).div_ceil(batch);
    let batches = Batches { count, buffer: batch as usize * page_size, work: &work };
    let threads = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let threads = threads.min(NonZeroUsize::new(MAX_THREADS).unwrap_or(threads));
    thread::scope(|scope| {
        let mut disk = (total > SYNC_BYTES).then(|| Disk::start(scope, new.file())).flatten();
        let (mut done, mut asked) = (0, 0);
        batches.run(threads, &mut || {
            done = total.min(done + batch * size);
            if done - asked >= SYNC_BYTES
                && let Some(disk) = &disk
            {
                asked = done;
                disk.begin();
            }
            advance(done)
        })?;
        disk.take().map_or(Ok(()), Disk::finish).map_err(|error| new.write_failed(error))
    })
}

/// A thread that has the disk write what there is.
struct Disk<'scope> {
    /// Room for one: where the disk is slower than the work, it is told once for all.
    told: SyncSender<()>,
    thread: ScopedJoinHandle<'scope, io::Result<()>>,
}

impl<'scope> Disk<'scope> {
    /// `None` where the system gives no thread: all is written at the end then.
    fn start<'env>(scope: &'scope Scope<'scope, 'env>, file: &'scope File) -> Option<Self> {
        let (told, asked) = mpsc::sync_channel(1);
        let work = move || asked.iter().try_for_each(|()| file.sync_data());
        let thread = thread::Builder::new().spawn_scoped(scope, work).ok()?;
        Some(Self { told, thread })
    }

    fn begin(&self) {
        // It is at it already, or has failed, which it tells at the end.
        let _ = self.told.try_send(());
    }

    /// The system tells of an error once: whoever syncs at the end would not hear of it.
    fn finish(self) -> io::Result<()> {
        drop(self.told);
        self.thread.join().unwrap_or_else(|_| Err(io::Error::other("the thread that syncs panicked")))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::new_file::Access;
    use super::*;

    const SIZE: usize = 512;

    /// Fills a file of `pages` pages, each full of its number, but for those that fail.
    fn filled(pages: u32, fail: &[u32]) -> (Result<(), Error>, Vec<u8>, Vec<u64>) {
        let folder = tempfile::tempdir().unwrap();
        let new = NewFile::create(&folder.path().join("db"), None, false, Access::Owner).unwrap();
        let make = |first: u32, made: &mut [u8]| {
            for (page, number) in made.chunks_exact_mut(SIZE).zip(first..) {
                if fail.contains(&number) {
                    return Err(Error::KeyLength { expected: number as usize, got: 0 });
                }
                page.fill(number as u8);
            }
            Ok(())
        };
        let mut told = Vec::new();
        let result = fill(&new, SIZE, pages, &make, &mut |done| {
            told.push(done);
            Ok(())
        });
        let written = fs::read(new.temporary_path()).unwrap();
        (result, written, told)
    }

    #[test]
    fn every_page_is_in_its_place_and_told_once() {
        for pages in [0, 1, 511, 512, 513, 5000, 2 * (SYNC_BYTES / SIZE as u64) as u32 + 1] {
            let (result, written, told) = filled(pages, &[]);
            result.unwrap();
            let expected = (1..=pages).flat_map(|number| [number as u8; SIZE]);
            assert!(written.into_iter().eq(expected), "{pages} pages");
            assert!(told.is_sorted());
            assert_eq!(told.len(), pages.div_ceil(batch_of(SIZE) as u32) as usize);
            assert_eq!(told.last().copied().unwrap_or(0), u64::from(pages) * SIZE as u64);
        }
    }

    #[test]
    fn the_first_failure_counts() {
        for _ in 0..20 {
            let failed = filled(5000, &[1400, 1300, 3000]).0;
            assert!(matches!(failed, Err(Error::KeyLength { expected: 1300, .. })), "{failed:?}");
        }
    }
}
