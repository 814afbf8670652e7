//! Many messages side by side, one in each lane: for short ones.
//!
//! What is done once a message, such as reducing its hash, is done for all of them at once, and no lane is empty.
//! Blocks are numbered as their counters are, from 1: block 1 encrypts to the mask of the tag, and text begins with
//! block 2. What is hashed is numbered alike, with what stands for the associated data in place of block 1.

use core::ptr;

use super::bytes::{self, load_up_to, store_up_to};
use super::hash::{Pair, Product, associated_data, lengths, middle};
use super::register::{Block, Register};
use super::rounds::{Hashing, IN_FLIGHT, PAIRS, middle_rounds};
use super::schedule::{RUN, Schedule};
use crate::engine::message::Message;

/// How many blocks of text a message may have: with what stands for the associated data, one reduction is enough.
pub(super) const MAX_BLOCKS: usize = RUN - 1;

/// Seals or opens as many messages as there are lanes in flight, all of the same number of blocks.
///
/// # Safety
/// The CPU has the register's instructions, the schedule has `ROUNDS`, nonces have 12 bytes, both texts of a message
/// the same length; there are `R::LANES * IN_FLIGHT` messages, and each has `blocks` blocks of text, up to
/// [`MAX_BLOCKS`].
#[inline(always)]
pub(super) unsafe fn run<R: Register, const ROUNDS: usize, M: Message>(
    schedule: &Schedule,
    messages: &mut [M],
    blocks: usize,
) {
    // SAFETY: the caller's promise; keys, powers and last bytes go as far as `blocks` may, and pairs as far as registers.
    unsafe {
        let mut group = Group::<R>::new();
        group.fill(schedule, messages);
        let zero = R::broadcast(&0);
        let mut bases = load::<R>(&group.nonces);
        for base in &mut bases {
            *base = base.aes_first([schedule.round_key(0), schedule.round_key(1)]);
        }

        // What is hashed in a step is there before it: in opening, what is decrypted; in sealing, what was encrypted
        // in the step before. There the lengths are hashed first, here they are left for the end.
        let mut exponent = if M::OPEN { blocks + 2 } else { 1 };
        let mut hashing = Side {
            to_hash: load(if M::OPEN { &group.before } else { &group.lengths }),
            power: [zero; 2],
            sums: [[Product::each(zero); 2]; PAIRS],
        };
        let mut masks = [zero; IN_FLIGHT];
        for step in 0..=blocks {
            let mut text = [zero; IN_FLIGHT];
            if step > 0 {
                if step == blocks && group.ragged {
                    group.redirect(16 * (step - 1));
                }
                gather(&group.from, 16 * (step - 1), &mut text);
                if M::OPEN {
                    hashing.to_hash = text;
                }
            }
            let last_byte = R::broadcast(schedule.last_byte(step + 1));
            let mut states = bases;
            for state in &mut states {
                *state = state.xor(last_byte);
            }
            hashing.multiply_with(schedule, exponent);
            let states = middle_rounds::<R, ROUNDS>(schedule, states, &mut hashing);
            let (before, after) = (schedule.round_key(ROUNDS - 1), schedule.round_key::<R>(ROUNDS));
            for (text, state) in text.iter_mut().zip(states) {
                *text = state.aes_last(before, after.xor(*text));
            }
            if step > 0 {
                scatter(&text, &group.to, 16 * (step - 1));
            } else {
                masks = text;
            }
            if !M::OPEN {
                hashing.to_hash = if step > 0 { text } else { load(&group.before) };
            }
            exponent = if M::OPEN || step > 0 { exponent - 1 } else { blocks + 2 };
        }

        if group.ragged {
            group.end_texts();
            if !M::OPEN {
                hashing.to_hash = load(&group.tails);
            }
        }
        if M::OPEN {
            hashing.to_hash = load(&group.lengths);
        }
        hashing.multiply_with(schedule, exponent);
        for number in 0..PAIRS {
            let pair = hashing.load(number);
            for part in 0..3 {
                hashing.add(number, &pair, part);
            }
        }
        for (i, mask) in masks.iter_mut().enumerate() {
            *mask = mask.xor(hashing.sums[i / 2][i % 2].reduce().reverse());
        }
        let tags = masks.as_ptr().cast::<[u8; 16]>();
        for (i, message) in messages.iter_mut().enumerate() {
            message.finish(&*tags.add(i));
        }
    }
}

/// A block of each message that is hashed, with as many blocks behind it in all of them.
struct Side<R: Register> {
    to_hash: [R; IN_FLIGHT],
    /// The power of the hash key that it is multiplied with, and its middles.
    power: [R; 2],
    sums: [[Product<R>; 2]; PAIRS],
}

impl<R: Register> Side<R> {
    /// # Safety
    /// The CPU has the register's instructions, and there is such a power.
    #[inline(always)]
    unsafe fn multiply_with(&mut self, schedule: &Schedule, exponent: usize) {
        // SAFETY: the caller's promise.
        let power = unsafe { R::broadcast(schedule.power(exponent)) };
        self.power = [power, middle(power)];
    }
}

impl<R: Register> Hashing<R> for Side<R> {
    #[inline(always)]
    unsafe fn load(&self, number: usize) -> Pair<R> {
        // SAFETY: the caller's promise.
        unsafe {
            let [a, b] = *self.to_hash.as_ptr().cast::<[R; 2]>().add(number);
            Pair {
                blocks: [a.reverse_first(), b.reverse_first()],
                powers: [self.power[0]; 2],
                middles: self.power[1],
            }
        }
    }

    #[inline(always)]
    unsafe fn add(&mut self, number: usize, pair: &Pair<R>, part: usize) -> &mut R {
        // SAFETY: the caller's promise.
        pair.add_to_each(unsafe { self.sums.get_unchecked_mut(number) }, part)
    }
}

/// Something for each message.
type Each<R, T> = [<R as Register>::Lanes<T>; IN_FLIGHT];

/// What is known of a group of messages.
struct Group<R: Register> {
    from: Each<R, *const u8>,
    to: Each<R, *mut u8>,
    nonces: Each<R, Block>,
    /// What stands for the associated data.
    before: Each<R, Block>,
    lengths: Each<R, Block>,
    /// Whether a text ends within a block.
    ragged: bool,
    /// In that case where the last blocks are to go, how long they are, and what stands in for them meanwhile.
    ends: Each<R, (*mut u8, usize)>,
    tails: Each<R, Block>,
}

impl<R: Register> Group<R> {
    #[inline(always)]
    fn new() -> Self {
        Self {
            from: [R::lanes(ptr::null()); IN_FLIGHT],
            to: [R::lanes(ptr::null_mut()); IN_FLIGHT],
            nonces: [R::lanes(0); IN_FLIGHT],
            before: [R::lanes(0); IN_FLIGHT],
            lengths: [R::lanes(0); IN_FLIGHT],
            ragged: false,
            ends: [R::lanes((ptr::null_mut(), 0)); IN_FLIGHT],
            tails: [R::lanes(0); IN_FLIGHT],
        }
    }

    /// # Safety
    /// As [`run`].
    #[inline(always)]
    unsafe fn fill<M: Message>(&mut self, schedule: &Schedule, messages: &mut [M]) {
        for (i, message) in messages.iter_mut().enumerate() {
            let (i, j) = (i / R::LANES, i % R::LANES);
            let (length, _) = message.text_lengths();
            let (from, to) = message.pointers();
            let (nonce, data) = message.given();
            self.ragged |= length % 16 != 0;
            self.from[i].as_mut()[j] = from;
            self.to[i].as_mut()[j] = to;
            self.lengths[i].as_mut()[j] = lengths(data.len(), length).swap_bytes();
            self.ends[i].as_mut()[j].1 = length;
            // SAFETY: the caller's promise; an entry is as long as a register of one lane.
            unsafe {
                self.nonces[i].as_mut()[j] = bytes::nonce(nonce);
                let before = ptr::from_mut(&mut self.before[i].as_mut()[j]);
                associated_data::<R::Lane>(schedule, data).store(before.cast());
            }
        }
    }

    /// Puts blocks of its own in place of the last ones, which begin at `offset`.
    ///
    /// # Safety
    /// As [`run`].
    #[inline(never)]
    unsafe fn redirect(&mut self, offset: usize) {
        for i in 0..IN_FLIGHT {
            for j in 0..R::LANES {
                let (from, to) = (&mut self.from[i].as_mut()[j], &mut self.to[i].as_mut()[j]);
                let tail = &mut self.tails[i].as_mut()[j];
                let end = &mut self.ends[i].as_mut()[j];
                // SAFETY: the caller's promise: the last block has these bytes.
                unsafe {
                    *end = (to.add(offset), end.1 - offset);
                    *tail = load_up_to(from.add(offset), end.1);
                }
                // So that they are found at the same offset.
                *to = ptr::from_mut(tail).cast::<u8>().wrapping_sub(offset);
                *from = *to;
            }
        }
    }

    /// Moves the last blocks to where they belong, and leaves here zeros behind the end of each.
    ///
    /// # Safety
    /// As [`run`].
    #[inline(never)]
    unsafe fn end_texts(&mut self) {
        for (tails, ends) in self.tails.iter_mut().zip(&self.ends) {
            for (tail, (to, length)) in tails.as_mut().iter_mut().zip(ends.as_ref()) {
                // SAFETY: the caller's promise; the last block has these bytes.
                unsafe {
                    store_up_to(*tail, *to, *length);
                    *tail = load_up_to(ptr::from_ref(tail).cast(), *length);
                }
            }
        }
    }
}

/// A block of each message.
///
/// # Safety
/// The CPU has the register's instructions.
#[inline(always)]
unsafe fn load<R: Register>(blocks: &Each<R, Block>) -> [R; IN_FLIGHT] {
    // SAFETY: the caller's promise; the lanes are there.
    unsafe {
        let mut registers = [R::broadcast(&0); IN_FLIGHT];
        for (register, lanes) in registers.iter_mut().zip(blocks) {
            *register = R::load(lanes.as_ref().as_ptr().cast());
        }
        registers
    }
}

/// Loads a block of each message.
///
/// # Safety
/// The CPU has the register's instructions, and the blocks are readable.
#[inline(always)]
unsafe fn gather<R: Register>(from: &Each<R, *const u8>, offset: usize, to: &mut [R; IN_FLIGHT]) {
    for (register, from) in to.iter_mut().zip(from) {
        // SAFETY: the caller's promise.
        *register = unsafe { R::gather(from, offset) };
    }
}

/// Stores a block of each message.
///
/// # Safety
/// The CPU has the register's instructions, and the blocks are writable.
#[inline(always)]
unsafe fn scatter<R: Register>(from: &[R; IN_FLIGHT], to: &Each<R, *mut u8>, offset: usize) {
    for (register, to) in from.iter().zip(to) {
        // SAFETY: the caller's promise.
        unsafe { register.scatter(to, offset) };
    }
}
