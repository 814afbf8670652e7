//! What we want to reach: ratios to the best peer, in the same run, on a CPU with AVX-512 and VAES, one thread, data in
//! the second cache. They are reported beside what was measured and fail nothing.

use pagecrypt::Cipher;
use serde::Serialize;

use crate::contender::Calls;
use crate::grid::{Case, Placement};

/// For one cipher and one way of handing messages over.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Target {
    pub at_least: f64,
    pub in_reach: Option<f64>,
}

/// The rows of the table: its cipher's pages of 4096 bytes in batches of 64 and singly, and records of 64 bytes likewise.
#[derive(Debug, Clone, Copy)]
struct Row {
    ciphers: &'static [Cipher],
    pages: (f64, f64),
    page: f64,
    records: (f64, Option<f64>),
    record: f64,
}

const TABLE: [Row; 7] = [
    Row {
        ciphers: &[Cipher::Aegis256],
        pages: (2.6, 2.8),
        page: 1.0,
        records: (2.6, Some(3.0)),
        record: 1.0,
    },
    Row {
        ciphers: &[Cipher::Aegis128l],
        pages: (2.3, 2.45),
        page: 1.0,
        records: (2.6, Some(3.0)),
        record: 1.0,
    },
    Row {
        ciphers: &[Cipher::Aegis256x2, Cipher::Aegis128x2],
        pages: (1.55, 1.75),
        page: 1.0,
        records: (1.2, None),
        record: 1.0,
    },
    Row { ciphers: &[Cipher::Aegis256x4], pages: (1.25, 1.35), page: 1.0, records: (1.2, None), record: 1.0 },
    Row { ciphers: &[Cipher::Aegis128x4], pages: (1.3, 1.4), page: 1.1, records: (1.2, None), record: 1.0 },
    Row {
        ciphers: &[Cipher::Aes256Gcm, Cipher::Aes128Gcm],
        pages: (1.5, 1.65),
        page: 1.3,
        records: (2.0, Some(3.0)),
        record: 1.0,
    },
    Row {
        ciphers: &[Cipher::ChaCha20Poly1305],
        pages: (1.6, 1.85),
        page: 1.1,
        records: (2.0, Some(3.0)),
        record: 1.0,
    },
];

/// Share of the machine's limit that AEGIS is to reach in batch with data in the first cache.
pub const SHARE_OF_LIMIT: f64 = 0.6;

/// The target for a case, which is one for sealing and opening alike.
pub fn of(case: Case) -> Option<Target> {
    if (case.threads, case.placement) != (1, Placement::L2) {
        return None;
    }
    let row = TABLE.iter().find(|row| row.ciphers.contains(&case.cipher))?;
    let single = |at_least| Some(Target { at_least, in_reach: None });
    match (case.size, case.calls) {
        (4096, Calls::Batches(64)) => Some(Target { at_least: row.pages.0, in_reach: Some(row.pages.1) }),
        (4096, Calls::Batches(1)) => single(row.page),
        (64, Calls::Batches(64)) => Some(Target { at_least: row.records.0, in_reach: row.records.1 }),
        (64, Calls::Batches(1)) => single(row.record),
        _ => None,
    }
}

/// The share of the limit that a case is to reach.
pub fn share(case: Case) -> Option<f64> {
    let aegis = case.cipher.name().starts_with("aegis");
    (aegis && case.placement == Placement::L1 && case.batch() > 1 && case.threads == 1)
        .then_some(SHARE_OF_LIMIT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grid;

    #[test]
    fn every_target_is_measured_by_the_short_grid() {
        let with_target = grid::short().into_iter().filter(|case| of(*case).is_some()).count();
        assert_eq!(with_target, Cipher::ALL.len() * 4);
        assert_eq!(grid::short().into_iter().filter(|case| share(*case).is_some()).count(), 6 * 2);
    }

    #[test]
    fn targets_are_those_of_the_table() {
        let case = |cipher, size, batch| Case {
            cipher,
            size,
            calls: Calls::Batches(batch),
            threads: 1,
            placement: Placement::L2,
        };
        assert_eq!(
            of(case(Cipher::Aegis128x2, 4096, 64)),
            Some(Target { at_least: 1.55, in_reach: Some(1.75) })
        );
        assert_eq!(of(case(Cipher::Aes128Gcm, 4096, 1)), Some(Target { at_least: 1.3, in_reach: None }));
        assert_eq!(of(case(Cipher::Aegis256, 256, 64)), None);
        assert_eq!(of(Case { threads: 2, ..case(Cipher::Aegis256, 4096, 64) }), None);
        assert_eq!(of(Case { calls: Calls::Drawn, ..case(Cipher::Aegis256, 4096, 1) }), None);
    }
}
