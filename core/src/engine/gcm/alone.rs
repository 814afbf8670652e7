//! Short messages, each by itself: all of one is in flight at once, and there is nothing to wait for but its own rounds and
//! one reduction.

use super::bytes;
use super::hash::{Pair, Product, associated_data, lengths};
use super::long::first_round;
use super::register::Register;
use super::rounds;
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
    let mut tag = [0; 16];
    // SAFETY: the caller's promise: no more is read or written than there is, and tables go on for a group behind any entry;
    // a tag is as long as a register of one lane.
    unsafe {
        let zero = R::broadcast(&0);
        let (whole, rest) = (length / (16 * R::LANES), length % (16 * R::LANES));
        let mut texts = [zero; N];
        for (i, text) in texts.iter_mut().enumerate() {
            let from = from.wrapping_add(16 * R::LANES * i);
            if i < whole {
                *text = R::load(from);
            } else if i == whole && rest > 0 {
                *text = R::load_first(from, rest);
            }
        }
        let mut hashed = texts;
        let mask = encrypt::<R, N, ROUNDS>(schedule, nonce, &mut texts, blocks);
        for (i, (text, hashed)) in texts.iter().zip(&mut hashed).enumerate() {
            let to = to.wrapping_add(16 * R::LANES * i);
            if i < whole {
                text.store(to);
            } else if i == whole && rest > 0 {
                text.store_first(to, rest);
            }
            if !M::OPEN {
                *hashed = if i < whole {
                    *text
                } else if i == whole && rest > 0 {
                    text.keep_first(rest)
                } else {
                    zero
                };
            }
        }
        let mut sum = hash::<R, N>(schedule, &hashed, blocks).fold();
        if !data.is_empty() {
            let block = associated_data::<R::Lane>(schedule, data).reverse();
            let hash = Product::of(block, R::Lane::broadcast(schedule.power(1))).reduce();
            sum = sum.add(Product::of(hash, R::Lane::broadcast(schedule.power(blocks + 1))));
        }
        let last = R::Lane::of(lengths(data.len(), length));
        let hash = sum.add(Product::of(last, R::Lane::broadcast(schedule.power(1)))).reduce().reverse();
        hash.xor(mask).store(tag.as_mut_ptr());
    }
    message.finish(&tag);
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
    // SAFETY: the caller's promise; there are `ROUNDS` keys.
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
        let first = if R::KEY_FIRST { 1 } else { 2 };
        for key in first..first + ROUNDS - 2 {
            let key = schedule.round_key(key);
            for state in &mut states {
                *state = state.aes_round(key);
            }
        }
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
    let table = schedule.powers(RUN - blocks).as_ptr().cast::<u8>();
    let middles = schedule.middles(RUN - blocks).as_ptr().cast::<u8>();
    // SAFETY: the caller's promise.
    unsafe {
        let mut sum = Product::each(R::broadcast(&0));
        for i in 0..N / 2 {
            // The middles of two powers stand side by side.
            let apart = STRIDE / R::LANES;
            let (first, second) = (i + i / apart * apart, i + i / apart * apart + apart);
            let width = 16 * R::LANES;
            let pair = Pair {
                blocks: [texts[first].reverse_first(), texts[second].reverse_first()],
                powers: [R::load(table.add(width * first)), R::load(table.add(width * second))],
                middles: R::load(middles.add(width * first)),
            };
            for part in 0..3 {
                pair.add_to(&mut sum, part);
            }
        }
        sum
    }
}
