//! Which pages a database has, and which bytes of its file hold none of them.

use std::ops::RangeInclusive;

use super::numbers::Numbers;
use super::wal::Log;
use crate::error::Error;
use crate::page::turso::HEADER_LENGTH;
use crate::page::{MAX_PAGE_NUMBER, pending_byte_page};

const PAGE_COUNT: usize = 28;
const CHANGE_COUNTER: usize = 24;
const VERSION_VALID_FOR: usize = 92;
const WRITER_VERSION: usize = 96;

/// Pages and their places.
#[derive(Debug)]
pub(super) struct Extent {
    /// How many pages the database has, its write-ahead log applied.
    pub(super) pages: u32,
    /// How many whole pages the main file holds.
    pub(super) in_file: u32,
    /// Pages that are neither in the file nor in the log.
    pub(super) missing: Numbers,
    /// Whole pages of the file that the database does not have.
    pub(super) surplus: RangeInclusive<u32>,
    /// Bytes at the end of the file that are no whole page, nor the beginning of one of the database's.
    pub(super) trailing: u64,
}

impl Extent {
    /// `counted`: what page 1's header says, where it is authentic.
    pub(super) fn measure(
        length: u64,
        page_size: usize,
        counted: Option<u32>,
        log: Option<&Log>,
    ) -> Result<Self, Error> {
        let in_file = u32::try_from(length / page_size as u64).unwrap_or(u32::MAX);
        let committed = log.and_then(Log::committed_pages);
        let pages = committed.or(counted).unwrap_or(in_file);
        if in_file > MAX_PAGE_NUMBER || pages > MAX_PAGE_NUMBER {
            return Err(Error::Malformed("the database has more pages than there are numbers"));
        }
        // While a log is there, its pages may or may not have been written to the main file.
        let expected = committed.unwrap_or(0).max(counted.unwrap_or(in_file));
        let partial = length % page_size as u64;
        Ok(Self {
            pages,
            in_file,
            missing: missing(in_file, pages, pending_byte_page(page_size)?, log),
            surplus: expected.saturating_add(1)..=in_file,
            trailing: if in_file < expected { 0 } else { partial },
        })
    }
}

/// How many pages SQLite's header says there are, if its writer kept that number: SQLite does since version 3.7.0 and
/// shows it by two equal counters, where Turso repeats its version.
pub(super) fn counted_pages(head: &[u8]) -> Option<u32> {
    let head = head.first_chunk::<HEADER_LENGTH>()?;
    let word = |at: usize| head[at..].first_chunk().map_or(0, |word| u32::from_be_bytes(*word));
    let valid_for = word(VERSION_VALID_FOR);
    let kept = valid_for == word(CHANGE_COUNTER) || valid_for == word(WRITER_VERSION);
    (kept && word(PAGE_COUNT) != 0).then(|| word(PAGE_COUNT))
}

fn missing(in_file: u32, pages: u32, pending: u32, log: Option<&Log>) -> Numbers {
    let mut missing = Numbers::default();
    if pages <= in_file {
        return missing;
    }
    let mut there: Vec<u32> =
        log.map(|log| log.newest().into_keys().filter(|page| *page > in_file).collect()).unwrap_or_default();
    there.push(pending); // never used
    there.sort_unstable();
    let mut next = in_file + 1;
    for page in there.into_iter().filter(|page| (in_file + 1..=pages).contains(page)) {
        if page > next {
            missing.push_range(next..=page - 1);
        }
        next = next.max(page + 1);
    }
    if next <= pages {
        missing.push_range(next..=pages);
    }
    missing
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(counter: u32, pages: u32, valid_for: u32, version: u32) -> [u8; HEADER_LENGTH] {
        let mut head = [0; HEADER_LENGTH];
        for (at, word) in [(24, counter), (28, pages), (92, valid_for), (96, version)] {
            head[at..at + 4].copy_from_slice(&word.to_be_bytes());
        }
        head
    }

    #[test]
    fn the_headers_count_is_believed_only_where_its_writer_kept_it() {
        assert_eq!(counted_pages(&head(7, 30, 7, 3_045_000)), Some(30));
        assert_eq!(counted_pages(&head(1, 30, 3_047_000, 3_047_000)), Some(30), "Turso");
        assert_eq!(counted_pages(&head(8, 30, 7, 3_006_000)), None);
        assert_eq!(counted_pages(&head(7, 0, 7, 3_045_000)), None);
        assert_eq!(counted_pages(&[0; 99]), None);
    }

    #[test]
    fn lengths_that_do_not_fit_the_count_are_told_apart() {
        let measure = |length, counted| Extent::measure(length, 512, counted, None).unwrap();
        let exact = measure(4 * 512, Some(4));
        assert!(exact.missing.is_empty() && exact.surplus.is_empty());
        assert_eq!((exact.pages, exact.in_file, exact.trailing), (4, 4, 0));
        let cut = measure(2 * 512 + 511, Some(4));
        assert_eq!((cut.missing.to_string().as_str(), cut.trailing), ("3-4", 0));
        let longer = measure(6 * 512 + 1, Some(4));
        assert_eq!((longer.surplus, longer.trailing), (5..=6, 1));
        let uncounted = measure(6 * 512 + 1, None);
        assert_eq!((uncounted.pages, uncounted.surplus.is_empty(), uncounted.trailing), (6, true, 1));
    }

    #[test]
    fn the_pending_byte_page_is_never_missing() {
        let pending = pending_byte_page(65536).unwrap();
        let extent = Extent::measure(65536 * 2, 65536, Some(pending + 1), None).unwrap();
        assert_eq!(extent.missing.ranges(), [3..=pending - 1, pending + 1..=pending + 1]);
    }

    #[test]
    fn more_pages_than_numbers_are_refused() {
        for (length, counted) in
            [(512 * (u64::from(u32::MAX)), None), (512, Some(u32::MAX)), (u64::MAX, None)]
        {
            let refused = Extent::measure(length, 512, counted, None);
            assert!(matches!(refused, Err(Error::Malformed(_))), "{length} {counted:?}");
        }
    }
}
