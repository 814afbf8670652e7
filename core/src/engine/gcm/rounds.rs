//! The rounds of AES, with other work spread between them.

use super::hash::Pair;
use super::register::Register;
use super::schedule::Schedule;

/// How many registers are in flight: enough to hide the latency of a round.
pub(super) const IN_FLIGHT: usize = 8;

/// How many times [`middle_rounds`] calls: once for two registers.
pub(super) const PAIRS: usize = IN_FLIGHT / 2;

/// What is hashed while registers in flight go through the rounds: two registers at a time, in three parts.
///
/// A trait and not closures, which compilers leave where they are when they get long.
pub(super) trait Hashing<R: Register> {
    /// The registers that are hashed next, with what they are multiplied with.
    ///
    /// # Safety
    /// As [`middle_rounds`]; `number` is less than [`PAIRS`].
    unsafe fn load(&self, number: usize) -> Pair<R>;

    /// Adds a part of their products. Gives what it added to last.
    ///
    /// # Safety
    /// As [`Hashing::load`].
    unsafe fn add(&mut self, number: usize, pair: &Pair<R>, part: usize) -> &mut R;
}

/// All rounds but the first and the last. Between them pairs of registers are loaded and the parts of hashing them added:
/// the units for AES and for multiplication work at the same time only if their instructions alternate.
///
/// # Safety
/// The CPU has the register's instructions, and the schedule has `ROUNDS`.
#[inline(always)]
pub(super) unsafe fn middle_rounds<R: Register, const ROUNDS: usize>(
    schedule: &Schedule,
    mut states: [R; IN_FLIGHT],
    hashing: &mut impl Hashing<R>,
) -> [R; IN_FLIGHT] {
    let mut key = if R::KEY_FIRST { 1 } else { 2 };
    let mut left = PAIRS;
    let mut number = 0;
    while left > 0 {
        // SAFETY: the caller's promise; there are `ROUNDS` keys.
        unsafe {
            round(schedule, key, &mut states, &mut left);
            let pair = hashing.load(number);
            R::in_turn(&mut states, hashing.add(number, &pair, 0));
            round(schedule, key + 1, &mut states, &mut left);
            R::in_turn(&mut states, hashing.add(number, &pair, 1));
            if ROUNDS == 14 {
                round(schedule, key + 2, &mut states, &mut left);
            }
            R::in_turn(&mut states, hashing.add(number, &pair, 2));
        }
        key += if ROUNDS == 14 { 3 } else { 2 };
        number += 1;
        left -= 1;
    }
    states
}

/// # Safety
/// As [`middle_rounds`]; there is such a key.
#[inline(always)]
unsafe fn round<R: Register>(
    schedule: &Schedule,
    key: usize,
    states: &mut [R; IN_FLIGHT],
    counter: &mut usize,
) {
    // SAFETY: the caller's promise.
    let round_key = unsafe { schedule.round_key(key) };
    for state in states.iter_mut() {
        *state = state.aes_round(round_key);
    }
    R::in_step(states, counter);
}

/// All rounds but the first, given the state after that, and with nothing beside them.
///
/// # Safety
/// As [`middle_rounds`].
#[inline(always)]
pub(super) unsafe fn encrypt<R: Register, const ROUNDS: usize>(schedule: &Schedule, state: R) -> R {
    // SAFETY: the caller's promise; there are `ROUNDS` keys.
    unsafe {
        let [state] = bare_middle_rounds::<R, 1, ROUNDS>(schedule, [state]);
        state.aes_last(schedule.round_key(ROUNDS - 1), schedule.round_key(ROUNDS))
    }
}

/// All rounds but the first and the last of any registers, with nothing beside them.
///
/// # Safety
/// As [`middle_rounds`].
#[inline(always)]
pub(super) unsafe fn bare_middle_rounds<R: Register, const N: usize, const ROUNDS: usize>(
    schedule: &Schedule,
    mut states: [R; N],
) -> [R; N] {
    let first = if R::KEY_FIRST { 1 } else { 2 };
    for key in first..first + ROUNDS - 2 {
        // SAFETY: the caller's promise; there are `ROUNDS` keys.
        let key = unsafe { schedule.round_key(key) };
        for state in &mut states {
            *state = state.aes_round(key);
        }
    }
    states
}
