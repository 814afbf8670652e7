//! What the machine can do at most: AES rounds and ChaCha20 steps on registers, with as many independent chains as it
//! takes to keep the units busy, and passes over memory.
//!
//! The only unsafe code of the benches is here: calls of functions that are compiled for CPU features, each after
//! these were detected.

#![allow(unsafe_code)]

use std::hint::black_box;
use std::thread;
use std::time::{Duration, Instant};

use crate::statistics::Spread;
use crate::work::Work;

#[cfg(target_arch = "aarch64")]
mod aarch64;
#[cfg(target_arch = "x86_64")]
mod x86_64;

#[cfg(target_arch = "aarch64")]
use aarch64 as cpu;
#[cfg(target_arch = "x86_64")]
use x86_64 as cpu;

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
mod cpu {
    pub(super) fn units() -> Vec<super::Unit> {
        Vec::new()
    }
}

/// The kind of work that a unit does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    AesRound,
    ChaChaStep,
}

impl Kind {
    pub const fn name(self) -> &'static str {
        match self {
            Self::AesRound => "aes_round",
            Self::ChaChaStep => "chacha_step",
        }
    }
}

/// One way of doing a kind of work on this CPU.
#[derive(Debug, Clone, Copy)]
pub struct Unit {
    pub kind: Kind,
    /// The instruction or instruction set, and the register's width.
    pub name: &'static str,
    /// Blocks or words that one pass of `run` works on.
    per_pass: u64,
    /// Does so many passes.
    run: fn(u64),
}

impl Unit {
    /// Nanoseconds for one AES round of a block, or one step of a word: the median stretch of about so much time.
    pub fn measure(&self, time: Duration) -> f64 {
        let stretch = |passes: u64| {
            let start = Instant::now();
            (self.run)(black_box(passes));
            start.elapsed()
        };
        let mut passes = 64;
        while stretch(passes) < STRETCH {
            passes *= 2;
        }
        let count = (time.as_nanos() / STRETCH.as_nanos()).max(5);
        let samples: Vec<_> = (0..count).map(|_| stretch(passes).as_secs_f64() * 1e9).collect();
        Spread::of(&samples).map_or(f64::NAN, |ns| ns.median) / (passes * self.per_pass) as f64
    }
}

/// Long beside reading the clock, short beside what the system lets a program run without interruption.
const STRETCH: Duration = Duration::from_micros(20);

/// Every way of every kind that this CPU has.
pub fn units() -> Vec<Unit> {
    cpu::units()
}

/// The fastest ways of the two kinds of work, and how long one operation takes by each way.
#[derive(Debug, Clone)]
pub struct Limits {
    pub measured: Vec<(Unit, f64)>,
}

impl Limits {
    pub fn measure(time: Duration) -> Self {
        let units = units();
        let best_of = |unit: &Unit| (0..7).map(|_| unit.measure(time)).fold(f64::INFINITY, f64::min);
        Self { measured: units.iter().map(|unit| (*unit, best_of(unit))).collect() }
    }

    /// The fastest way.
    pub fn best(&self, kind: Kind) -> Option<Unit> {
        let ways = self.measured.iter().filter(|(unit, _)| unit.kind == kind);
        ways.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(unit, _)| *unit)
    }

    /// The unit that bounds some work, and how many operations that is.
    pub fn bounding(&self, work: Work) -> Option<(Unit, u64)> {
        match work {
            Work::AesRounds(count) => Some((self.best(Kind::AesRound)?, count)),
            Work::ChaChaSteps(count) => Some((self.best(Kind::ChaChaStep)?, count)),
        }
    }
}

/// Nanoseconds a byte, all threads together: of copying from one half of memory to the other, and of changing it in
/// place.
#[derive(Debug, Clone, Copy)]
pub struct Passes {
    pub copy: f64,
    pub update: f64,
}

impl Passes {
    /// The median stretch of a pass over each thread's part of memory, all threads at once.
    pub fn measure(memory: &mut [u8], threads: usize) -> Self {
        memory.fill(1); // so that it is there
        let part = memory.len() / threads;
        let pass = |bytes: &mut [u8]| {
            let (from, to) = bytes.split_at_mut(bytes.len() / 2);
            let copy = stretches(from.chunks(PIECE).zip(to.chunks_mut(PIECE)), |(from, to)| {
                to[..from.len()].copy_from_slice(black_box(from));
                from.len()
            });
            let update = stretches(bytes.chunks_mut(PIECE), |piece| {
                black_box(&mut *piece).iter_mut().for_each(|byte| *byte ^= 0x55);
                piece.len()
            });
            Self { copy, update }
        };
        let all: Vec<Self> = thread::scope(|scope| {
            let running: Vec<_> =
                memory.chunks_exact_mut(part).map(|bytes| scope.spawn(|| pass(bytes))).collect();
            running.into_iter().map(|thread| thread.join().expect("a thread ends")).collect()
        });
        let together =
            |of: fn(&Self) -> f64| all.iter().map(of).sum::<f64>() / (all.len() * all.len()) as f64;
        Self { copy: together(|passes| passes.copy), update: together(|passes| passes.update) }
    }
}

/// What is timed at once of a pass over memory.
const PIECE: usize = 1 << 18;

/// The median of nanoseconds a byte, of work that says how many bytes it did.
fn stretches<T>(pieces: impl Iterator<Item = T>, work: fn(T) -> usize) -> f64 {
    let samples: Vec<_> = pieces
        .map(|piece| {
            let start = Instant::now();
            let bytes = work(piece);
            start.elapsed().as_secs_f64() * 1e9 / bytes as f64
        })
        .collect();
    Spread::of(&samples).map_or(f64::NAN, |ns| ns.median)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_unit_gives_a_rate_that_a_cpu_may_have() {
        for unit in units() {
            let ns = unit.measure(Duration::from_micros(200));
            assert!(ns > 0.001 && ns < 1000.0, "{}: {ns} ns", unit.name);
        }
    }

    #[test]
    fn passes_over_memory_take_time() {
        let mut memory = vec![0; 1 << 20];
        let passes = Passes::measure(&mut memory, 2);
        assert!(passes.copy > 0.0 && passes.copy.is_finite());
        assert!(passes.update > 0.0 && passes.update.is_finite());
    }
}
