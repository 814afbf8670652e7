//! Rounds in which the contenders take turns.

use std::collections::VecDeque;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use pagecrypt::Engine;

use crate::contender::{Calls, Contender, contenders};
use crate::grid::{Case, Placement, SECTION};
use crate::limits::{Limits, Passes};
use crate::memory::{Layout, Message, fill};
use crate::statistics::Spread;
use crate::work::Work;

/// How long to measure.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    pub rounds: usize,
    /// What is timed of each contender in each round, at least.
    pub turn: Duration,
    /// What each contender does before that, so that caches, clocks and voltage are its own. A CPU that lowered its
    /// clock for the wide registers of the contender before needs up to 0.7 ms to raise it again.
    pub warming: Duration,
}

/// The times of one contender, a sample for each round: nanoseconds a message.
#[derive(Debug, Clone)]
pub struct Times {
    pub library: &'static str,
    pub engine: &'static str,
    pub seal: Vec<f64>,
    pub open: Vec<f64>,
}

/// A case, measured.
#[derive(Debug)]
pub struct Measured {
    pub case: Case,
    pub times: Vec<Times>,
    /// What the machine needs at least for a message: a sample for each round. Empty where no unit is known.
    pub limit: Vec<f64>,
    /// The unit behind it.
    pub unit: &'static str,
    /// Passes over memory, where the data lie there.
    pub memory_passes: Option<Passes>,
}

impl Measured {
    /// Adds the rounds of another visit to the same case.
    pub fn add(&mut self, other: Self) {
        debug_assert_eq!(self.case, other.case);
        for (times, other) in self.times.iter_mut().zip(other.times) {
            times.seal.extend(other.seal);
            times.open.extend(other.open);
        }
        self.limit.extend(other.limit);
    }
}

/// What does not change from case to case.
#[derive(Debug)]
pub struct Settings<'a> {
    pub effort: Effort,
    pub limits: &'a Limits,
    pub engines: &'a [Engine],
    pub cost_of_timing: Duration,
}

/// Of each thread's memory, what is for warming up only.
pub const APART: usize = 256 << 10;

/// The key of all contenders.
pub fn key(length: usize) -> Vec<u8> {
    (1..=length as u8).collect()
}

/// Measures a case in `memory`.
pub fn measure(case: Case, settings: &Settings<'_>, memory: &mut [u8]) -> Measured {
    let in_memory = case.placement == Placement::Memory;
    let memory_passes = in_memory.then(|| Passes::measure(memory, case.threads));
    let layout = case.layout();
    let part = memory.len() / case.threads / 4096 * 4096;
    let mut workers: Vec<_> = memory
        .chunks_exact_mut(part)
        .take(case.threads)
        .map(|memory| {
            let mut contenders = contenders(case.cipher, &key(case.cipher.key_length()), settings.engines);
            let sections = Sections::new(layout, case.placement, memory, &mut *contenders[0]);
            Worker { contenders, sections }
        })
        .collect();
    let names = workers[0].contenders.iter().map(|one| (one.library(), one.engine()));
    let mut times: Vec<_> = names
        .map(|(library, engine)| Times { library, engine, seal: Vec::new(), open: Vec::new() })
        .collect();
    let bounding = settings.limits.bounding(Work::of(case.cipher, layout.text));

    let passes: Vec<_> = (0..times.len()).map(|index| passes(&mut workers, index, case, settings)).collect();
    let mut limit = Vec::new();
    for round in 0..settings.effort.rounds {
        if let Some((unit, count)) = bounding {
            let ns = unit.measure(settings.effort.turn / 4) * count as f64 / case.threads as f64;
            limit.push(ns.max(memory_passes.map_or(0.0, |passes| passes.update * layout.spacing as f64)));
        }
        // Each round begins with another contender, so that none always follows the same.
        for turn in 0..times.len() {
            let index = (round + turn) % times.len();
            let (seal, open) = take_turn(&mut workers, index, passes[index], case, settings);
            times[index].seal.push(seal);
            times[index].open.push(open);
        }
    }
    Measured { case, times, limit, unit: bounding.map_or("", |(unit, _)| unit.name), memory_passes }
}

/// What one thread works with: contenders of its own, and its part of the memory.
struct Worker<'a> {
    contenders: Vec<Box<dyn Contender>>,
    sections: Sections<'a>,
}

/// Nanoseconds a message, sealing and opening, all threads together.
fn take_turn(
    workers: &mut [Worker<'_>],
    index: usize,
    passes: usize,
    case: Case,
    settings: &Settings<'_>,
) -> (f64, f64) {
    let threads = workers.len() as f64;
    let barrier = Barrier::new(workers.len());
    let work = |worker: &mut Worker<'_>| {
        let Worker { contenders, sections } = worker;
        let mut turn =
            Turn { contender: &mut *contenders[index], calls: case.calls, cost: settings.cost_of_timing };
        barrier.wait();
        turn.warm(sections, settings.effort.warming);
        turn.take(sections, passes)
    };
    let times: Vec<(f64, f64)> = match workers {
        [alone] => vec![work(alone)],
        _ => thread::scope(|scope| {
            let running: Vec<_> = workers.iter_mut().map(|worker| scope.spawn(|| work(worker))).collect();
            running.into_iter().map(|thread| thread.join().expect("a thread ends")).collect()
        }),
    };
    let sum = |of: fn(&(f64, f64)) -> f64| times.iter().map(of).sum::<f64>() / threads / threads;
    (sum(|times| times.0), sum(|times| times.1))
}

/// How many passes over its messages fill a contender's turn: by number, so that a stretch in which the system had
/// something else to do does not shorten it.
fn passes(workers: &mut [Worker<'_>], index: usize, case: Case, settings: &Settings<'_>) -> usize {
    let messages = workers[0].sections.messages as f64;
    let few = if case.placement == Placement::Memory { 1 } else { 16 };
    let (seal, open) = take_turn(workers, index, few, case, settings);
    let pass = (seal + open) * case.threads as f64 * messages;
    ((settings.effort.turn.as_nanos() as f64 / pass).ceil() as usize).max(1)
}

/// One contender's turn on one thread.
struct Turn<'a> {
    contender: &'a mut dyn Contender,
    calls: Calls,
    cost: Duration,
}

impl Turn<'_> {
    /// Seals and opens for so long.
    fn warm(&mut self, sections: &mut Sections<'_>, time: Duration) {
        let start = Instant::now();
        while start.elapsed() < time {
            self.seal(sections.layout, sections.warming());
            self.open(sections.layout, sections.warming());
        }
    }

    /// Nanoseconds a message, sealing and opening: the median stretch, since one during which the system had
    /// something else to do says nothing about the contender.
    fn take(&mut self, sections: &mut Sections<'_>, passes: usize) -> (f64, f64) {
        let layout = sections.layout;
        let (mut sealing, mut opening) = (Vec::new(), Vec::new());
        for _ in 0..passes {
            sections.seal(|section| sealing.append(&mut self.seal(layout, section)));
            sections.open(|section| opening.append(&mut self.open(layout, section)));
        }
        (median(&sealing), median(&opening))
    }

    fn seal(&mut self, layout: Layout, section: &mut [u8]) -> Vec<f64> {
        self.in_lists(layout, section, |contender, list, calls| contender.seal(list, calls))
    }

    fn open(&mut self, layout: Layout, section: &mut [u8]) -> Vec<f64> {
        self.in_lists(layout, section, |contender, list, calls| contender.open(list, calls))
    }

    /// Hands a section's messages over, in lists that are made outside the timed part and are small enough to stay in
    /// the first cache (for batches of up to 128). Nanoseconds a message, for each list.
    fn in_lists(
        &mut self,
        layout: Layout,
        section: &mut [u8],
        work: fn(&mut dyn Contender, &mut [Message<'_>], Calls) -> Duration,
    ) -> Vec<f64> {
        let length = match self.calls {
            Calls::Batches(batch) => batch.max(128),
            Calls::Drawn => 128,
        };
        let parts = section.chunks_mut(length * layout.spacing);
        parts
            .map(|part| {
                let mut list: Vec<_> = layout.messages(part).collect();
                let elapsed = work(self.contender, &mut list, self.calls).saturating_sub(self.cost);
                // A clock that did not advance would make ratios of nothing.
                elapsed.as_nanos().max(1) as f64 / list.len() as f64
            })
            .collect()
    }
}

fn median(samples: &[f64]) -> f64 {
    Spread::of(samples).map_or(f64::NAN, |spread| spread.median)
}

/// A thread's messages: sealed in place, then opened in place, so that what is opened is always authentic and nothing
/// need be copied. All contenders make the same bytes, so that one may open what another sealed.
struct Sections<'a> {
    layout: Layout,
    /// Of each section.
    messages: usize,
    /// Messages to warm up with that are not measured; in caches it is the measured ones.
    apart: Option<&'a mut [u8]>,
    plain: VecDeque<&'a mut [u8]>,
    sealed: VecDeque<&'a mut [u8]>,
}

impl<'a> Sections<'a> {
    fn new(
        layout: Layout,
        placement: Placement,
        memory: &'a mut [u8],
        contender: &mut dyn Contender,
    ) -> Self {
        let messages = placement.messages(layout.spacing);
        if placement != Placement::Memory {
            let section = &mut memory[..messages * layout.spacing];
            fill(layout, section);
            return Self { layout, messages, apart: None, plain: [section].into(), sealed: VecDeque::new() };
        }
        let (apart, memory) = memory.split_at_mut(APART);
        fill(layout, apart);
        let sections = (memory.len() / SECTION).max(4); // fewer would not be told apart
        let messages = messages.min(memory.len() / sections / layout.spacing);
        let mut plain: VecDeque<_> = memory.chunks_exact_mut(messages * layout.spacing).collect();
        plain.iter_mut().for_each(|section| fill(layout, section));
        let mut sealed = plain.split_off(plain.len() / 2);
        for section in &mut sealed {
            let mut list: Vec<_> = layout.messages(section).collect();
            contender.seal(&mut list, Calls::Batches(1));
        }
        Self { layout, messages, apart: Some(apart), plain, sealed }
    }

    /// A section of plain messages, which is plain again afterwards.
    fn warming(&mut self) -> &mut [u8] {
        match &mut self.apart {
            Some(apart) => apart,
            None => self.plain[0],
        }
    }

    /// Has the section sealed that has been plain for longest.
    fn seal(&mut self, work: impl FnOnce(&mut [u8])) {
        move_front(&mut self.plain, &mut self.sealed, work);
    }

    /// Has the section opened that has been sealed for longest.
    fn open(&mut self, work: impl FnOnce(&mut [u8])) {
        move_front(&mut self.sealed, &mut self.plain, work);
    }
}

fn move_front<'a>(
    from: &mut VecDeque<&'a mut [u8]>,
    to: &mut VecDeque<&'a mut [u8]>,
    work: impl FnOnce(&mut [u8]),
) {
    if let Some(section) = from.pop_front() {
        work(section);
        to.push_back(section);
    }
}

#[cfg(test)]
mod tests {
    use pagecrypt::Cipher;

    use super::*;
    use crate::contender::engines;
    use crate::memory::Memory;

    fn settings<'a>(limits: &'a Limits, engines: &'a [Engine]) -> Settings<'a> {
        let effort = Effort { rounds: 3, turn: Duration::from_micros(1), warming: Duration::ZERO };
        Settings { effort, limits, engines, cost_of_timing: Duration::ZERO }
    }

    #[test]
    fn every_contender_has_a_sample_of_every_round_wherever_the_data_lie() {
        let cipher = Cipher::Aes128Gcm;
        let engines = engines(cipher);
        let limits = Limits::measure(Duration::from_micros(50));
        let mut memory = Memory::new(4 << 20);
        for (placement, threads) in
            [(Placement::L1, 1), (Placement::L2, 2), (Placement::Memory, 1), (Placement::Memory, 2)]
        {
            for calls in [Calls::Batches(1), Calls::Batches(4), Calls::Drawn] {
                let case = Case { cipher, size: 4096, calls, threads, placement };
                let measured = measure(case, &settings(&limits, &engines), memory.bytes());
                assert!(measured.times.len() > engines.len(), "{case}");
                for times in &measured.times {
                    assert_eq!((times.seal.len(), times.open.len()), (3, 3), "{case}: {}", times.library);
                    assert!(times.seal.iter().chain(&times.open).all(|ns| *ns > 0.0 && ns.is_finite()));
                }
                assert_eq!(measured.memory_passes.is_some(), placement == Placement::Memory);
            }
        }
    }
}
