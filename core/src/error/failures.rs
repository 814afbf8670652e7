//! Which messages of a batch failed.

#[cfg(feature = "alloc")]
use alloc::vec::Vec;
use core::fmt;

/// What a [`Failures`] counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unit {
    /// Messages of a batch, from 0.
    Message,
    /// Pages of a file, from 1.
    Page,
    /// Frames of a write-ahead log, from 1.
    Frame,
}

impl Unit {
    /// Its name, for example `page`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::Page => "page",
            Self::Frame => "frame",
        }
    }
}

/// The messages, pages or frames that did not open, in ascending order of their numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failures {
    unit: Unit,
    first: u64,
    count: u64,
    #[cfg(feature = "alloc")]
    numbers: Vec<u64>,
}

impl Failures {
    /// One failure.
    #[must_use]
    pub fn one(unit: Unit, number: u64) -> Self {
        Self {
            unit,
            first: number,
            count: 1,
            #[cfg(feature = "alloc")]
            numbers: Vec::from([number]),
        }
    }

    /// All of `numbers`, in ascending order; `None` where there are none.
    #[must_use]
    pub fn of(unit: Unit, numbers: impl IntoIterator<Item = u64>) -> Option<Self> {
        let mut failures = None;
        numbers.into_iter().for_each(|number| Self::add(&mut failures, unit, number));
        failures
    }

    /// Adds the failure `number`, larger than those before, to those seen so far.
    pub(crate) fn add(so_far: &mut Option<Self>, unit: Unit, number: u64) {
        match so_far {
            None => *so_far = Some(Self::one(unit, number)),
            Some(failures) => {
                failures.count += 1;
                #[cfg(feature = "alloc")]
                failures.numbers.push(number);
            }
        }
    }

    /// Counts `more` failures after those seen so far, without their numbers.
    #[cfg(feature = "std")]
    pub(crate) fn add_unlisted(&mut self, more: u64) {
        self.count += more;
    }

    /// What is counted.
    #[must_use]
    pub fn unit(&self) -> Unit {
        self.unit
    }

    /// The number of the first that failed.
    #[must_use]
    pub fn first(&self) -> u64 {
        self.first
    }

    /// How many failed.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The numbers of those that failed. Functions over whole files list the first 65536 here, and all in a report.
    #[cfg(feature = "alloc")]
    #[must_use]
    pub fn numbers(&self) -> &[u64] {
        &self.numbers
    }
}

impl fmt::Display for Failures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = self.unit.name();
        match self.count {
            1 => write!(f, "{unit} {}", self.first),
            count => write!(f, "{count} {unit}s, the first is {unit} {}", self.first),
        }
    }
}
