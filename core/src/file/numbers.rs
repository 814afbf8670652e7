//! Ascending numbers of pages or frames.

use std::fmt;
use std::ops::RangeInclusive;

use crate::error::{Failures, Unit};

/// How many numbers an error lists.
const LISTED: usize = 65536;

/// Numbers of pages or frames, from 1, in ascending order. Kept as ranges, because damage comes in stretches.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Numbers {
    ranges: Vec<RangeInclusive<u32>>,
}

impl Numbers {
    /// Adds a number that is larger than those before.
    pub(super) fn push(&mut self, number: u32) {
        self.push_range(number..=number);
    }

    /// Adds numbers that are larger than those before; nothing where the range is empty.
    pub(super) fn push_range(&mut self, added: RangeInclusive<u32>) {
        match self.ranges.last_mut() {
            _ if added.is_empty() => {}
            Some(last) if last.end().checked_add(1) == Some(*added.start()) => {
                *last = *last.start()..=*added.end();
            }
            _ => self.ranges.push(added),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.ranges.iter().map(|range| u64::from(range.end() - range.start()) + 1).sum()
    }

    /// The smallest.
    #[must_use]
    pub fn first(&self) -> Option<u32> {
        self.ranges.first().map(|range| *range.start())
    }

    /// Whether `number` is one of them.
    #[must_use]
    pub fn contains(&self, number: u32) -> bool {
        let after = self.ranges.partition_point(|range| *range.start() <= number);
        after > 0 && *self.ranges[after - 1].end() >= number
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.ranges.iter().cloned().flatten()
    }

    /// Them as ranges that do not touch each other.
    #[must_use]
    pub fn ranges(&self) -> &[RangeInclusive<u32>] {
        &self.ranges
    }

    /// Them as an error's list, if there are any.
    pub(super) fn failures(&self, unit: Unit) -> Option<Failures> {
        let mut failures = None;
        self.iter().take(LISTED).for_each(|number| Failures::add(&mut failures, unit, number.into()));
        if let Some(failures) = &mut failures {
            failures.add_unlisted(self.count() - failures.count());
        }
        failures
    }
}

/// As in "1, 4-9".
impl fmt::Display for Numbers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, range) in self.ranges.iter().enumerate() {
            if index > 0 {
                f.write_str(", ")?;
            }
            match (range.start(), range.end()) {
                (start, end) if start == end => write!(f, "{start}")?,
                (start, end) => write!(f, "{start}-{end}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_become_one_range() {
        let mut numbers = Numbers::default();
        [1, 4, 5, 6, 9].into_iter().for_each(|number| numbers.push(number));
        numbers.push_range(10..=12);
        let (start, end) = (14, 13);
        numbers.push_range(start..=end);
        assert_eq!(numbers.to_string(), "1, 4-6, 9-12");
        assert_eq!(numbers.count(), 8);
        assert_eq!(numbers.first(), Some(1));
        assert_eq!(numbers.iter().collect::<Vec<_>>(), [1, 4, 5, 6, 9, 10, 11, 12]);
        for number in 0..16 {
            assert_eq!(numbers.contains(number), numbers.iter().any(|other| other == number), "{number}");
        }
    }

    #[test]
    fn errors_list_a_bounded_part_and_count_all() {
        let mut numbers = Numbers::default();
        numbers.push_range(2..=u32::MAX - 1);
        let failures = numbers.failures(Unit::Page).unwrap();
        assert_eq!(failures.first(), 2);
        assert_eq!(failures.count(), u64::from(u32::MAX) - 2);
        assert_eq!(failures.numbers().len(), LISTED);
        assert_eq!(Numbers::default().failures(Unit::Page), None);
    }
}
