//! Messages one after the other, the blocks of each side by side in the lanes.
//!
//! Blocks are numbered as their counters are, from 1: block 1 encrypts to the mask of the tag, and text begins with
//! block 2. What is hashed is numbered alike, with what stands for the associated data in place of block 1. A group is
//! as many blocks as the registers in flight take.

use core::marker::PhantomData;

use super::bytes;
use super::hash::{Pair, Product, associated_data, lengths};
use super::register::{Block, Register};
use super::rounds::{Hashing, IN_FLIGHT, PAIRS, middle_rounds};
use super::schedule::{RUN, STRIDE, Schedule};
use crate::engine::message::Message;

/// Seals or opens messages one after the other.
///
/// A group of ciphertext is hashed while the next one is encrypted, be it one of the next message; or, in opening,
/// while it is decrypted itself.
///
/// # Safety
/// The CPU has the register's instructions, the schedule has `ROUNDS`, nonces have 12 bytes, and both texts of a
/// message the same length.
#[inline(always)]
pub(super) unsafe fn run<R: Register, const ROUNDS: usize, M: Message>(
    schedule: &Schedule,
    messages: &mut [M],
) {
    // SAFETY: the caller's promise.
    let zero = unsafe { R::broadcast(&0) };
    // Groups that are not whole go through these in turns, because one is hashed while the next is encrypted.
    let mut buffers = [[zero; IN_FLIGHT]; 2];
    let [mut buffer, mut other] = buffers.each_mut().map(|buffer| buffer.as_mut_ptr());
    let mut to_hash: *const u8 = buffer.cast();
    let mut hash = Hash::new(zero, 0, 0);

    for index in 0..messages.len() {
        let message = &mut messages[index];
        let (length, _) = message.text_lengths();
        let (from, to) = message.pointers();
        let (nonce, data) = message.given();
        // SAFETY: the caller's promise.
        let (before, mut counters) =
            unsafe { (associated_data::<R::Lane>(schedule, data), Counters::<R>::new(schedule, nonce)) };
        let this = Hash::new(zero, data.len(), length);
        if M::OPEN {
            hash = this;
        }

        for number in 0..this.blocks.div_ceil(R::LANES * IN_FLIGHT) {
            let group = Group::<R>::new(number, length);
            // SAFETY: a whole group lies within both texts, and a buffer takes a group. Of what is hashed while it is
            // written, everything was read before.
            unsafe {
                let (source, destination) = if group.is_whole() {
                    (from.add(group.start), to.add(group.start))
                } else {
                    core::mem::swap(&mut buffer, &mut other);
                    group.load(buffer, before, from);
                    (buffer.cast_const().cast(), buffer.cast())
                };
                let states = counters.next(schedule, number);
                if M::OPEN {
                    to_hash = source;
                }
                step::<R, ROUNDS>(schedule, states, source, destination, to_hash, &mut hash);
                to_hash = destination;
                if !group.is_whole() {
                    group.store(buffer, to);
                }
                if number == 0 {
                    if !M::OPEN {
                        if index > 0 {
                            hash.finish(schedule, &mut messages[index - 1]);
                        }
                        hash = this;
                    }
                    // Where the mask of the tag came out stands now what is hashed first.
                    hash.mask = (*buffer).first_lane().xor(before);
                    *buffer = (*buffer).with_first_lane(before);
                }
            }
        }
        if M::OPEN {
            // SAFETY: the caller's promise.
            unsafe { hash.finish(schedule, &mut messages[index]) };
        }
    }
    if let (false, Some(last)) = (M::OPEN, messages.last_mut()) {
        // SAFETY: the caller's promise; the last group is a whole one or a buffer.
        unsafe {
            hash.add_group(schedule, to_hash);
            hash.finish(schedule, last);
        }
    }
}

/// Encrypts or decrypts a group, given its states after the first round, and hashes one.
///
/// # Safety
/// As [`run`]; a group is readable at `from` and `to_hash`, and writable at `to`.
#[inline(always)]
unsafe fn step<R: Register, const ROUNDS: usize>(
    schedule: &Schedule,
    states: [R; IN_FLIGHT],
    from: *const u8,
    to: *mut u8,
    to_hash: *const u8,
    hash: &mut Hash<R>,
) {
    // SAFETY: the caller's promise.
    unsafe {
        let powers = hash.next_powers(schedule);
        let mut hashing = Across { schedule, to_hash, powers, sum: hash.sum };
        let states = middle_rounds::<R, ROUNDS>(schedule, states, &mut hashing);
        hash.sum = hashing.sum;
        let (before, after) = (schedule.round_key::<R>(ROUNDS - 1), schedule.round_key::<R>(ROUNDS));
        for (i, state) in states.into_iter().enumerate() {
            let offset = 16 * R::LANES * i;
            state.aes_last(before, after.xor(R::load(from.add(offset)))).store(to.add(offset));
        }
    }
}

/// A group that is hashed.
struct Across<'a, R: Register> {
    schedule: &'a Schedule,
    to_hash: *const u8,
    /// Where its powers stand.
    powers: usize,
    sum: Product<R>,
}

impl<R: Register> Hashing<R> for Across<'_, R> {
    /// Blocks of the two registers are [`STRIDE`] apart, so that registers of any width work with the same middles.
    #[inline(always)]
    unsafe fn load(&self, number: usize) -> Pair<R> {
        let apart = STRIDE / R::LANES;
        let first = if apart == PAIRS { number } else { number + (number & !(apart - 1)) };
        let first = 16 * R::LANES * first;
        let second = first + 16 * STRIDE;
        let table = self.schedule.powers(self.powers).as_ptr().cast::<u8>();
        let middles = self.schedule.middles(self.powers).as_ptr().cast::<u8>();
        // SAFETY: the caller's promise; the tables go on for a group behind any power.
        unsafe {
            let (a, b) = (R::load(self.to_hash.add(first)), R::load(self.to_hash.add(second)));
            Pair {
                blocks: [a.reverse_first(), b.reverse_first()],
                powers: [R::load(table.add(first)), R::load(table.add(second))],
                middles: R::load(middles.add(first)),
            }
        }
    }

    #[inline(always)]
    unsafe fn add(&mut self, _: usize, pair: &Pair<R>, part: usize) -> &mut R {
        pair.add_to(&mut self.sum, part)
    }
}

/// Where a group lies in its message.
struct Group<R> {
    number: usize,
    /// Length of the message's text.
    length: usize,
    /// Where the group begins in the text: the first one ahead of it.
    start: usize,
    register: PhantomData<R>,
}

impl<R: Register> Group<R> {
    const WIDTH: usize = 16 * R::LANES;
    const BYTES: usize = Self::WIDTH * IN_FLIGHT;

    #[inline(always)]
    fn new(number: usize, length: usize) -> Self {
        let start = (number * Self::BYTES).wrapping_sub(16);
        Self { number, length, start, register: PhantomData }
    }

    /// Whether it has text in every lane.
    #[inline(always)]
    fn is_whole(&self) -> bool {
        self.number > 0 && self.length - self.start >= Self::BYTES
    }

    /// Where the text of the registers from the second on begins, and its length up to its end.
    #[inline(always)]
    fn behind_first(&self) -> (usize, usize) {
        let start = self.start.wrapping_add(Self::WIDTH).min(self.length);
        (start, self.length - start)
    }

    /// Loads its text into the buffer, with zeros where there is none; in the first group behind `before`.
    ///
    /// # Safety
    /// The text is readable, and the buffer writable.
    #[inline(always)]
    unsafe fn load(&self, buffer: *mut R, before: R::Lane, text: *const u8) {
        let (start, rest) = self.behind_first();
        // SAFETY: the caller's promise: no more is read than there is.
        unsafe {
            let first = if self.number == 0 {
                R::load_after(before, text, self.length)
            } else {
                R::load_first(text.add(self.start), self.length - self.start)
            };
            buffer.write(first);
            let whole = (rest / Self::WIDTH).min(IN_FLIGHT - 1);
            let mut at = text.add(start);
            for i in 1..=whole {
                buffer.add(i).write(R::load(at));
                at = at.add(Self::WIDTH);
            }
            let mut length = rest - whole * Self::WIDTH;
            for i in whole + 1..IN_FLIGHT {
                buffer.add(i).write(R::load_first(at, length));
                length = 0;
            }
        }
    }

    /// Stores the text from the buffer, where zeros follow it afterwards.
    ///
    /// # Safety
    /// The text and the buffer are writable.
    #[inline(always)]
    unsafe fn store(&self, buffer: *mut R, text: *mut u8) {
        let (start, rest) = self.behind_first();
        // SAFETY: the caller's promise: no more is written than there is.
        unsafe {
            if self.number == 0 {
                (*buffer).store_after(text, self.length);
                *buffer = (*buffer).keep_first(16 + self.length);
            } else {
                (*buffer).store_first(text.add(self.start), self.length - self.start);
                *buffer = (*buffer).keep_first(self.length - self.start);
            }
            let whole = (rest / Self::WIDTH).min(IN_FLIGHT - 1);
            let mut at = text.add(start);
            for i in 1..=whole {
                (*buffer.add(i)).store(at);
                at = at.add(Self::WIDTH);
            }
            let mut length = rest - whole * Self::WIDTH;
            for i in whole + 1..IN_FLIGHT {
                let register = *buffer.add(i);
                register.store_first(at, length);
                *buffer.add(i) = register.keep_first(length);
                length = 0;
            }
        }
    }
}

/// The counter blocks of a message.
struct Counters<R: Register> {
    /// The nonce, and zeros.
    nonce: Block,
    /// After the first round, with zero for the last byte of the counter.
    base: R,
}

impl<R: Register> Counters<R> {
    /// # Safety
    /// As [`run`].
    #[inline(always)]
    unsafe fn new(schedule: &Schedule, nonce: &[u8]) -> Self {
        // SAFETY: the caller's promise.
        unsafe {
            let nonce = bytes::nonce(nonce);
            Self { nonce, base: R::splat(first_round(schedule, nonce, 0)) }
        }
    }

    /// The next group after the first round.
    ///
    /// # Safety
    /// As [`run`].
    #[inline(always)]
    unsafe fn next(&mut self, schedule: &Schedule, group: usize) -> [R; IN_FLIGHT] {
        let blocks = R::LANES * IN_FLIGHT;
        let first = group * blocks;
        let last_bytes = schedule.last_bytes(first % 256).as_ptr();
        let mut last = self.base;
        // SAFETY: the caller's promise; a group's entries lie within the table.
        unsafe {
            let base = self.base;
            if first % 256 == 256 - blocks {
                // The counter of its last block has the next one for its upper bytes.
                let next = first_round(schedule, self.nonce, first as u32 / 256 + 1);
                last = last.with_last_lane(next);
                self.base = R::splat(next);
            }
            let mut states = [base; IN_FLIGHT];
            states[IN_FLIGHT - 1] = last;
            for (i, state) in states.iter_mut().enumerate() {
                *state = state.xor(R::load(last_bytes.add(R::LANES * i).cast()));
            }
            states
        }
    }
}

/// The first round of a counter block (SP 800-38D, section 7.1, for nonces of 96 bits) without the last byte of the
/// counter.
///
/// # Safety
/// As [`run`].
#[inline(always)]
pub(super) unsafe fn first_round<L: Register<Lane = L>>(schedule: &Schedule, nonce: Block, upper: u32) -> L {
    let counter = u128::from_le(nonce) | u128::from((upper << 8).swap_bytes()) << 96;
    // SAFETY: the caller's promise.
    unsafe { L::of(counter.to_le()).aes_first([schedule.round_key(0), schedule.round_key(1)]) }
}

/// The hash of a message as far as it was computed.
#[derive(Clone, Copy)]
struct Hash<R: Register> {
    /// Products since the last reduction.
    sum: Product<R>,
    /// How many blocks there are but the last one, the lengths; and how many were hashed.
    blocks: usize,
    done: usize,
    /// Where the powers of the current run stand, less `done` at its beginning.
    powers: usize,
    /// The last block.
    lengths: Block,
    /// What turns the hash into the tag.
    mask: R::Lane,
}

impl<R: Register> Hash<R> {
    #[inline(always)]
    fn new(zero: R, associated_data: usize, text: usize) -> Self {
        Self {
            sum: Product::each(zero),
            blocks: 1 + text.div_ceil(16),
            done: 0,
            powers: 0,
            lengths: lengths(associated_data, text),
            mask: zero.first_lane(),
        }
    }

    /// Which powers the next group is multiplied with: in each run those that end with the square of the hash key. With
    /// the first power the lengths are multiplied, or else what the next run begins with.
    ///
    /// # Safety
    /// As [`run`].
    #[inline(always)]
    unsafe fn next_powers(&mut self, schedule: &Schedule) -> usize {
        if self.done.is_multiple_of(RUN) {
            let run = RUN.min(self.blocks - self.done);
            self.powers = RUN - run;
            if self.done > 0 {
                // SAFETY: the caller's promise.
                let power = unsafe { R::Lane::broadcast(schedule.power(run)) };
                self.sum = self.sum.restart(Product::of(self.sum.fold().reduce(), power));
            }
        }
        let powers = self.powers + self.done % RUN;
        self.done += R::LANES * IN_FLIGHT;
        powers
    }

    /// Hashes a group and nothing else.
    ///
    /// # Safety
    /// As [`run`]; a group is readable at `to_hash`.
    #[inline(always)]
    unsafe fn add_group(&mut self, schedule: &Schedule, to_hash: *const u8) {
        // SAFETY: the caller's promise.
        unsafe {
            let powers = self.next_powers(schedule);
            let mut hashing = Across { schedule, to_hash, powers, sum: self.sum };
            for number in 0..PAIRS {
                let pair = hashing.load(number);
                for part in 0..3 {
                    hashing.add(number, &pair, part);
                }
            }
            self.sum = hashing.sum;
        }
    }

    /// Ends the hash and the message.
    ///
    /// # Safety
    /// As [`run`].
    #[inline(always)]
    unsafe fn finish<M: Message>(&self, schedule: &Schedule, message: &mut M) {
        let mut tag = [0; 16];
        // SAFETY: the caller's promise; a tag is as long as a register of one lane.
        unsafe {
            let last = Product::of(R::Lane::of(self.lengths), R::Lane::broadcast(schedule.power(1)));
            let hash = self.sum.fold().add(last).reduce().reverse();
            hash.xor(self.mask).store(tag.as_mut_ptr());
        }
        message.finish(&tag);
    }
}
