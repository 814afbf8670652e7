//! Short messages, each by itself: all of one is in flight at once, and there is nothing to wait for but its own rounds and
//! one reduction.

use super::bytes;
use super::hash::{Pair, Product, before_text, lengths, tag};
use super::long::first_round;
use super::register::Register;
use super::rounds::{self, bare_middle_rounds};
use super::schedule::{RUN, STRIDE, Schedule};
use crate::engine::message::Message;

/// Seals or opens a message of as many blocks as `N` registers have lanes, or fewer.
///
/// One and not several in a loop, before which compilers would put round keys on the stack.
///
/// # Safety
/// The CPU has the register's instructions, the schedule has `ROUNDS`, the nonce has 12 bytes, both texts the same length,
/// and no more blocks.
#[inline(always)]
pub(super) unsafe fn run<R: Register, const N: usize, const ROUNDS: usize, M: Message>(
    schedule: &Schedule,
    message: &mut M,
) {
    const { assert!((N * R::LANES).is_multiple_of(2 * STRIDE)) };
    let (length, _) = message.text_lengths();
    let (from, to) = message.pointers();
    let (nonce, data) = message.given();
    let blocks = length.div_ceil(16);
    debug_assert!(blocks <= N * R::LANES);
    // SAFETY: the caller's promise: no more is read or written than there is.
    let tag = unsafe {
        let zero = R::broadcast(&0);
        let mut texts = [zero; N];
        for (i, text) in texts.iter_mut().enumerate() {
            match Share::of::<R>(i, length) {
                Share::All => *text = R::load(from.add(16 * R::LANES * i)),
                Share::First(rest) => *text = R::load_first(from.add(16 * R::LANES * i), rest),
                Share::Nothing => {}
            }
        }
        let mut ciphertexts = texts;
        let mask = encrypt::<R, N, ROUNDS>(schedule, nonce, &mut texts, blocks);
        for (i, (text, ciphertext)) in texts.iter().zip(&mut ciphertexts).enumerate() {
            let sealed = match Share::of::<R>(i, length) {
                Share::All => {
                    text.store(to.add(16 * R::LANES * i));
                    *text
                }
                Share::First(rest) => {
                    text.store_first(to.add(16 * R::LANES * i), rest);
                    text.keep_first(rest)
                }
                Share::Nothing => zero,
            };
            if !M::OPEN {
                *ciphertext = sealed;
            }
        }
        let mut sum = hash::<R, N>(schedule, &ciphertexts, blocks).fold();
        if !data.is_empty() {
            sum = sum.add(before_text(schedule, data, blocks));
        }
        tag(schedule, sum, lengths(data.len(), length), mask)
    };
    message.finish(&tag);
}

/// How much of a register is text.
enum Share {
    All,
    /// So many bytes, at least one.
    First(usize),
    Nothing,
}

impl Share {
    /// That of the register of this number.
    #[inline(always)]
    fn of<R: Register>(number: usize, length: usize) -> Self {
        let (whole, rest) = (length / (16 * R::LANES), length % (16 * R::LANES));
        if number < whole {
            Self::All
        } else if number == whole && rest > 0 {
            Self::First(rest)
        } else {
            Self::Nothing
        }
    }
}

/// Encrypts or decrypts a text of so many blocks. Gives the mask of its tag, which comes out of the last lane unless that has
/// text.
///
/// # Safety
/// As [`run`].
#[inline(always)]
unsafe fn encrypt<R: Register, const N: usize, const ROUNDS: usize>(
    schedule: &Schedule,
    nonce: &[u8],
    texts: &mut [R; N],
    blocks: usize,
) -> R::Lane {
    // SAFETY: the caller's promise; there are `ROUNDS` keys, and last bytes for every block.
    unsafe {
        let base = first_round::<R::Lane>(schedule, bytes::nonce(nonce), 0);
        let of_tag = base.xor(R::Lane::broadcast(schedule.last_byte(1)));
        let last_bytes = schedule.last_bytes(0).as_ptr();
        let mut states = [R::splat(base); N];
        for (i, state) in states.iter_mut().enumerate() {
            *state = state.xor(R::load(last_bytes.add(R::LANES * i).cast()));
        }
        let is_full = blocks == N * R::LANES;
        let mut mask = of_tag;
        if is_full {
            mask = rounds::encrypt::<R::Lane, ROUNDS>(schedule, of_tag);
        } else {
            states[N - 1] = states[N - 1].with_last_lane(of_tag);
        }
        let states = bare_middle_rounds::<R, N, ROUNDS>(schedule, states);
        let (before, after) = (schedule.round_key(ROUNDS - 1), schedule.round_key::<R>(ROUNDS));
        for (state, text) in states.iter().zip(&mut *texts) {
            *text = state.aes_last(before, after.xor(*text));
        }
        if is_full { mask } else { texts[N - 1].last_lane() }
    }
}

/// The products of so many blocks, behind which there are zeros, with the powers of the hash key that end with its square.
///
/// # Safety
/// As [`run`].
#[inline(always)]
unsafe fn hash<R: Register, const N: usize>(
    schedule: &Schedule,
    texts: &[R; N],
    blocks: usize,
) -> Product<R> {
    // SAFETY: the caller's promise: the registers are not more than a group has.
    unsafe {
        let mut sum = Product::each(R::broadcast(&0));
        for number in 0..N / 2 {
            let [first, second] = Pair::<R>::places(number);
            let pair = Pair::new(schedule, RUN - blocks, number, [texts[first], texts[second]]);
            for part in 0..3 {
                pair.add_to(&mut sum, part);
            }
        }
        sum
    }
}
