//! A batch of messages: which way each of them goes.

use super::schedule::Schedule;
use super::short;
use crate::engine::message::Message;

/// What an engine does, each in a function of its own, never inlined: with the CPU features that it names, and with no more of
/// the stack than it needs, since what a call may have used is overwritten afterwards. Compiled for the CPU at hand, whoever
/// calls it has the features as well, and would become one frame with all that it may call.
pub(super) trait Kernels {
    /// How many messages are taken side by side.
    const SIDE_BY_SIDE: usize;

    /// Computes what depends on the key: [`Schedule::expand`].
    ///
    /// # Safety
    /// The CPU has the engine's instructions; the key has 16 or 32 bytes.
    unsafe fn expand(schedule: &mut Schedule, key: &[u8]);

    /// Seals or opens a message of up to 8 blocks: [`super::alone`].
    ///
    /// # Safety
    /// The CPU has the engine's instructions, the schedule has `ROUNDS`, the nonce has 12 bytes, and both texts have the same
    /// length, of so many blocks.
    unsafe fn alone_8<const ROUNDS: usize, M: Message>(schedule: &Schedule, message: &mut M);

    /// Whether there are enough registers for 16 blocks at once.
    const HOLDS_16: bool = false;

    /// As [`Kernels::alone_8`], for up to 16 blocks.
    ///
    /// # Safety
    /// As [`Kernels::alone_8`], with so many blocks.
    unsafe fn alone_16<const ROUNDS: usize, M: Message>(schedule: &Schedule, message: &mut M) {
        // SAFETY: the caller's promise.
        unsafe { Self::long::<ROUNDS, M>(schedule, core::slice::from_mut(message)) };
    }

    /// Seals or opens messages one after the other: [`super::long`].
    ///
    /// # Safety
    /// The CPU has the engine's instructions, the schedule has `ROUNDS`, nonces have 12 bytes, and both texts of a
    /// message the same length.
    unsafe fn long<const ROUNDS: usize, M: Message>(schedule: &Schedule, messages: &mut [M]);

    /// Seals or opens messages side by side: [`short`].
    ///
    /// # Safety
    /// As [`Kernels::long`]; there are [`Kernels::SIDE_BY_SIDE`] messages, and each has `blocks` blocks of text, up to
    /// [`short::MAX_BLOCKS`].
    unsafe fn short<const ROUNDS: usize, M: Message>(schedule: &Schedule, messages: &mut [M], blocks: usize);
}

/// How a message goes that has not enough neighbours of its length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// All of it at once: [`Kernels::alone_8`].
    Alone8,
    /// The same: [`Kernels::alone_16`].
    Alone16,
    /// Group by group: [`Kernels::long`].
    Long,
}

impl Way {
    /// That of a text of this length.
    #[inline]
    pub(super) fn of<K: Kernels>(length: usize) -> Self {
        match length.div_ceil(16) {
            0..=8 => Self::Alone8,
            9..=16 if K::HOLDS_16 => Self::Alone16,
            _ => Self::Long,
        }
    }
}

/// Seals or opens a batch: side by side where enough short neighbours have the same number of blocks, the others one
/// after the other.
///
/// # Safety
/// The CPU has the engine's instructions, the schedule is a key's, nonces have 12 bytes, and both texts of a message the
/// same length.
pub(super) unsafe fn run<K: Kernels, M: Message>(schedule: &Schedule, messages: &mut [M]) {
    // SAFETY: the caller's promise.
    unsafe {
        match schedule.rounds() {
            10 => run_rounds::<K, 10, M>(schedule, messages),
            _ => run_rounds::<K, 14, M>(schedule, messages),
        }
    }
}

/// # Safety
/// As [`run`], with as many rounds.
unsafe fn run_rounds<K: Kernels, const ROUNDS: usize, M: Message>(schedule: &Schedule, messages: &mut [M]) {
    let mut rest = messages;
    let mut alone = 0;
    while alone < rest.len() {
        let Some(blocks) = side_by_side::<K, M>(&rest[alone..]) else {
            alone += 1;
            continue;
        };
        let (before, others) = rest.split_at_mut(alone);
        let (group, after) = others.split_at_mut(K::SIDE_BY_SIDE);
        // SAFETY: the caller's promise; the group is as many messages of the same number of blocks.
        unsafe {
            one_by_one::<K, ROUNDS, M>(schedule, before);
            K::short::<ROUNDS, M>(schedule, group, blocks);
        }
        (rest, alone) = (after, 0);
    }
    // SAFETY: the caller's promise.
    unsafe { one_by_one::<K, ROUNDS, M>(schedule, rest) };
}

/// # Safety
/// As [`run_rounds`].
unsafe fn one_by_one<K: Kernels, const ROUNDS: usize, M: Message>(schedule: &Schedule, messages: &mut [M]) {
    let way = |message: &M| Way::of::<K>(message.text_lengths().0);
    for run in messages.chunk_by_mut(|a, b| way(a) == way(b)) {
        // SAFETY: the caller's promise.
        unsafe {
            match run.first().map(way) {
                Some(Way::Alone8) => {
                    run.iter_mut().for_each(|message| K::alone_8::<ROUNDS, M>(schedule, message))
                }
                Some(Way::Alone16) => {
                    run.iter_mut().for_each(|message| K::alone_16::<ROUNDS, M>(schedule, message))
                }
                Some(Way::Long) | None => K::long::<ROUNDS, M>(schedule, run),
            }
        }
    }
}

/// How many blocks each of the first messages has, if there are enough, which are short, and all have the same number.
fn side_by_side<K: Kernels, M: Message>(messages: &[M]) -> Option<usize> {
    let (first, others) = messages.get(..K::SIDE_BY_SIDE)?.split_first()?;
    let count = blocks(first);
    (count <= short::MAX_BLOCKS && others.iter().all(|message| blocks(message) == count)).then_some(count)
}

/// How many blocks of text a message has.
fn blocks<M: Message>(message: &M) -> usize {
    message.text_lengths().0.div_ceil(16)
}
