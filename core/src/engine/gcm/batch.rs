//! A batch of messages: which way each of them goes.

use super::schedule::Schedule;
use super::short::MAX_BLOCKS;
use crate::engine::message::Message;

/// What an engine does, each in a function of its own: with the CPU features that it names, and with no more of the
/// stack than it needs, since what a call may have used is overwritten afterwards.
pub(super) trait Kernels {
    /// How many messages are taken side by side.
    const SIDE_BY_SIDE: usize;

    /// Computes what depends on the key: [`Schedule::expand`].
    ///
    /// # Safety
    /// The CPU has the engine's instructions; the key has 16 or 32 bytes.
    unsafe fn expand(schedule: &mut Schedule, key: &[u8]);

    /// Seals or opens messages one after the other: [`super::long`].
    ///
    /// # Safety
    /// The CPU has the engine's instructions, the schedule has `ROUNDS`, nonces have 12 bytes, and both texts of a
    /// message the same length.
    unsafe fn long<const ROUNDS: usize, M: Message>(schedule: &Schedule, messages: &mut [M]);

    /// The longest message, in blocks of text, that goes through registers narrower than those of [`Kernels::long`],
    /// because those would stay empty for the most part.
    const NARROW: Option<usize> = None;

    /// As [`Kernels::long`], in narrower registers.
    ///
    /// # Safety
    /// As [`Kernels::long`].
    unsafe fn narrow<const ROUNDS: usize, M: Message>(schedule: &Schedule, messages: &mut [M]) {
        // SAFETY: the caller's promise.
        unsafe { Self::long::<ROUNDS, M>(schedule, messages) };
    }

    /// Seals or opens messages side by side: [`super::short`].
    ///
    /// # Safety
    /// As [`Kernels::long`]; there are [`Kernels::SIDE_BY_SIDE`] messages, and each has `blocks` blocks of text, up to
    /// [`MAX_BLOCKS`].
    unsafe fn short<const ROUNDS: usize, M: Message>(schedule: &Schedule, messages: &mut [M], blocks: usize);
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
    let is_narrow = |message: &M| K::NARROW.is_some_and(|narrow| blocks(message) <= narrow);
    for run in messages.chunk_by_mut(|a, b| is_narrow(a) == is_narrow(b)) {
        // SAFETY: the caller's promise.
        unsafe {
            match run {
                [first, ..] if is_narrow(first) => K::narrow::<ROUNDS, M>(schedule, run),
                _ => K::long::<ROUNDS, M>(schedule, run),
            }
        }
    }
}

/// How many blocks each of the first messages has, if there are enough, which are short, and all have the same number.
fn side_by_side<K: Kernels, M: Message>(messages: &[M]) -> Option<usize> {
    let (first, others) = messages.get(..K::SIDE_BY_SIDE)?.split_first()?;
    let count = blocks(first);
    (count <= MAX_BLOCKS && others.iter().all(|message| blocks(message) == count)).then_some(count)
}

/// How many blocks of text a message has.
fn blocks<M: Message>(message: &M) -> usize {
    message.text_lengths().0.div_ceil(16)
}
