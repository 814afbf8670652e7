//! Which cases are measured.

use std::fmt;
use std::str::FromStr;

use pagecrypt::Cipher;

use crate::contender::Calls;
use crate::memory::Layout;

/// Where the messages of a case lie, which is a matter of how many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Placement {
    /// 16 KiB, give or take: in the first cache.
    L1,
    /// 256 KiB: in the second.
    L2,
    /// 256 MiB and more, in sections that are come back to when all others have been worked on.
    Memory,
}

impl Placement {
    pub const ALL: [Self; 3] = [Self::L1, Self::L2, Self::Memory];

    pub const fn name(self) -> &'static str {
        match self {
            Self::L1 => "l1",
            Self::L2 => "l2",
            Self::Memory => "memory",
        }
    }

    /// How many messages at this distance, a power of two; there may be none. In memory: those of a section.
    pub const fn messages(self, spacing: usize) -> usize {
        let room = match self {
            Self::L1 => 20 << 10, // 16 records of 1024 bytes with what follows them are 17 KiB
            Self::L2 => 320 << 10,
            Self::Memory => SECTION,
        };
        power_of_two_up_to(room / spacing)
    }
}

const fn power_of_two_up_to(count: usize) -> usize {
    match count.checked_ilog2() {
        Some(power) => 1 << power,
        None => 0,
    }
}

/// What one turn seals of memory, and another part of which it opens.
pub const SECTION: usize = 16 << 20;

impl fmt::Display for Placement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Placement {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|placement| placement.name() == name);
        found.ok_or_else(|| format!("there is no placement {name}; there are l1, l2 and memory"))
    }
}

/// What is measured, sealing and opening.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Case {
    pub cipher: Cipher,
    /// Bytes of a page (4096 and more), or of a record's text.
    pub size: usize,
    pub calls: Calls,
    pub threads: usize,
    pub placement: Placement,
}

impl Case {
    pub fn layout(&self) -> Layout {
        Layout::new(self.cipher, self.size)
    }

    /// Messages a call.
    pub fn batch(&self) -> usize {
        match self.calls {
            Calls::Batches(batch) => batch,
            Calls::Drawn => 1,
        }
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { cipher, size, threads, placement, .. } = self;
        write!(f, "{cipher}, {size} bytes, ")?;
        match self.calls {
            Calls::Drawn => write!(f, "one a call with its nonce drawn, ")?,
            Calls::Batches(batch) => write!(f, "{batch} a call, ")?,
        }
        write!(f, "{placement}, {threads} {}", if *threads == 1 { "thread" } else { "threads" })
    }
}

/// What the table of targets needs.
pub fn short() -> Vec<Case> {
    let one = |cipher, size, calls, placement| Case { cipher, size, calls, threads: 1, placement };
    let of = |cipher| {
        [
            one(cipher, 4096, Calls::Batches(64), Placement::L2),
            one(cipher, 4096, Calls::Batches(1), Placement::L2),
            one(cipher, 4096, Calls::Drawn, Placement::L2),
            one(cipher, 64, Calls::Batches(64), Placement::L2),
            one(cipher, 64, Calls::Batches(1), Placement::L2),
            one(cipher, 4096, Calls::Batches(4), Placement::L1),
            one(cipher, 1024, Calls::Batches(16), Placement::L1),
        ]
    };
    Cipher::ALL.into_iter().flat_map(of).collect()
}

/// Everything.
pub fn full() -> Vec<Case> {
    let mut cases = Vec::new();
    for cipher in Cipher::ALL {
        for size in [64, 256, 1024, 4096, 16384, 65536] {
            for placement in Placement::ALL {
                let fitting = placement.messages(Layout::new(cipher, size).spacing);
                let mut batches: Vec<_> = [1, 16, 64, 256].into_iter().filter(|b| *b <= fitting).collect();
                if batches == [1] && fitting > 1 {
                    batches.push(fitting); // the largest batch that there is room for
                }
                let mut calls: Vec<_> = batches.into_iter().map(Calls::Batches).collect();
                if placement == Placement::L2 {
                    calls.push(Calls::Drawn);
                }
                for calls in calls {
                    for threads in [1, 2] {
                        cases.push(Case { cipher, size, calls, threads, placement });
                    }
                }
            }
        }
    }
    cases
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_case_has_room_for_its_batches() {
        for case in full().into_iter().chain(short()) {
            let messages = case.placement.messages(case.layout().spacing);
            assert!(messages >= case.batch() && messages % case.batch() == 0, "{case}");
        }
    }

    #[test]
    fn the_full_grid_has_the_cases_of_the_short_one() {
        let full = full();
        for case in short() {
            assert!(full.contains(&case), "{case}");
        }
    }

    #[test]
    fn sixty_four_pages_lie_in_the_second_cache_and_four_in_the_first() {
        assert_eq!(Placement::L2.messages(4096), 64);
        assert_eq!(Placement::L1.messages(4096), 4);
        assert_eq!(Placement::L1.messages(65536), 0);
    }
}
