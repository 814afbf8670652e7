//! Messages one after the other, the blocks of each side by side in the lanes.
//!
//! A group is as many blocks as the registers in flight take. Groups begin where the text does, so that where texts are
//! aligned, so is what is loaded and stored: across two lines of the cache it takes twice as long. Neither the associated
//! data nor the mask of the tag stands before it, therefore; the mask comes out of the last lane, if that has no text.

use core::marker::PhantomData;

use super::bytes;
use super::hash::{Pair, Product, before_text, lengths, tag};
use super::register::{Block, Register};
use super::rounds::{Hashing, IN_FLIGHT, PAIRS, encrypt, middle_rounds};
use super::schedule::{FIRST_TEXT_COUNTER, RUN, Schedule};
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
    let mut hash = Hash::of_nothing(zero);
    let mut to_hash: *const u8 = buffer.cast();
    // In sealing: whose last group is still to be hashed.
    let mut waiting = None;

    for index in 0..messages.len() {
        let message = &mut messages[index];
        let (length, _) = message.text_lengths();
        let (from, to) = message.pointers();
        let (nonce, data) = message.given();
        // SAFETY: the caller's promise.
        let (this, mut counters) = unsafe {
            let counters = Counters::<R>::new(schedule, nonce);
            let mask = if Group::<R>::fills_last(length) {
                encrypt::<R::Lane, ROUNDS>(schedule, counters.of_tag)
            } else {
                zero.first_lane()
            };
            (Hash::new(zero, schedule, data, length, mask), counters)
        };
        if M::OPEN {
            hash = this;
        }

        let groups = length.div_ceil(Group::<R>::BYTES);
        for number in 0..groups {
            let group = Group::<R>::new(number, length);
            // SAFETY: a whole group lies within both texts, and a buffer takes a group. Of what is hashed while it is
            // written, everything was read before.
            unsafe {
                let (source, destination) = if group.is_whole() {
                    (from.add(group.start), to.add(group.start))
                } else {
                    core::mem::swap(&mut buffer, &mut other);
                    group.load(buffer, from);
                    (buffer.cast_const().cast(), buffer.cast())
                };
                let mut states = counters.next(schedule, number);
                if group.has_room() {
                    let last = &mut states[IN_FLIGHT - 1];
                    *last = last.with_last_lane(counters.of_tag);
                }
                if M::OPEN {
                    to_hash = source;
                }
                step::<R, ROUNDS>(schedule, states, source, destination, to_hash, &mut hash);
                to_hash = destination;
                if !M::OPEN && number == 0 {
                    if let Some(before) = waiting.replace(index) {
                        hash.finish(schedule, &mut messages[before]);
                    }
                    hash = this;
                }
                if group.has_room() {
                    hash.mask = (*buffer.add(IN_FLIGHT - 1)).last_lane();
                }
                if !group.is_whole() {
                    group.store(buffer, to);
                }
            }
        }
        if M::OPEN || groups == 0 {
            let whole = if M::OPEN { &hash } else { &this };
            // SAFETY: the caller's promise.
            unsafe { whole.finish(schedule, &mut messages[index]) };
        }
    }
    if let Some(last) = waiting {
        // SAFETY: the caller's promise; the last group is a whole one or a buffer.
        unsafe {
            hash.add_group(schedule, to_hash);
            hash.finish(schedule, &mut messages[last]);
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
    #[inline(always)]
    unsafe fn load(&self, number: usize) -> Pair<R> {
        // SAFETY: the caller's promise: a group is readable.
        unsafe {
            let blocks =
                Pair::<R>::places(number).map(|place| R::load(self.to_hash.add(16 * R::LANES * place)));
            Pair::new(self.schedule, self.powers, number, blocks)
        }
    }

    #[inline(always)]
    unsafe fn add(&mut self, _: usize, pair: &Pair<R>, part: usize) -> &mut R {
        pair.add_to(&mut self.sum, part)
    }
}

/// Where a group lies in its message.
struct Group<R> {
    /// Where it begins in the text.
    start: usize,
    /// How much text there is from there on.
    left: usize,
    register: PhantomData<R>,
}

impl<R: Register> Group<R> {
    const WIDTH: usize = 16 * R::LANES;
    const BYTES: usize = Self::WIDTH * IN_FLIGHT;

    #[inline(always)]
    fn new(number: usize, length: usize) -> Self {
        let start = number * Self::BYTES;
        Self { start, left: length - start, register: PhantomData }
    }

    /// Whether it has text in every lane.
    #[inline(always)]
    fn is_whole(&self) -> bool {
        self.left >= Self::BYTES
    }

    /// Whether the last group of a text has no empty lane, or there is none.
    #[inline(always)]
    fn fills_last(length: usize) -> bool {
        length.div_ceil(16).is_multiple_of(R::LANES * IN_FLIGHT)
    }

    /// Whether its last lane has no text.
    #[inline(always)]
    fn has_room(&self) -> bool {
        self.left <= Self::BYTES - 16
    }

    /// Loads the text of a group that is not whole into the buffer, with zeros behind it.
    ///
    /// # Safety
    /// The text is readable, and the buffer writable.
    #[inline(always)]
    unsafe fn load(&self, buffer: *mut R, text: *const u8) {
        let whole = self.left / Self::WIDTH;
        let mut rest = self.left % Self::WIDTH;
        // SAFETY: the caller's promise: no more is read than there is.
        unsafe {
            let mut at = text.add(self.start);
            for i in 0..whole {
                buffer.add(i).write(R::load(at));
                at = at.add(Self::WIDTH);
            }
            for i in whole..IN_FLIGHT {
                buffer.add(i).write(R::load_first(at, rest));
                rest = 0;
            }
        }
    }

    /// Stores it from the buffer, where zeros follow it afterwards.
    ///
    /// # Safety
    /// The text and the buffer are writable.
    #[inline(always)]
    unsafe fn store(&self, buffer: *mut R, text: *mut u8) {
        let whole = self.left / Self::WIDTH;
        let mut rest = self.left % Self::WIDTH;
        // SAFETY: the caller's promise: no more is written than there is.
        unsafe {
            let mut at = text.add(self.start);
            for i in 0..whole {
                (*buffer.add(i)).store(at);
                at = at.add(Self::WIDTH);
            }
            for i in whole..IN_FLIGHT {
                let register = *buffer.add(i);
                register.store_first(at, rest);
                *buffer.add(i) = register.keep_first(rest);
                rest = 0;
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
    /// The one that makes the mask of the tag, after the first round.
    of_tag: R::Lane,
}

impl<R: Register> Counters<R> {
    /// # Safety
    /// As [`run`].
    #[inline(always)]
    unsafe fn new(schedule: &Schedule, nonce: &[u8]) -> Self {
        // SAFETY: the caller's promise.
        unsafe {
            let nonce = bytes::nonce(nonce);
            let base = first_round::<R::Lane>(schedule, nonce, 0);
            let of_tag = base.xor(R::Lane::broadcast(schedule.last_byte(1)));
            Self { nonce, base: R::splat(base), of_tag }
        }
    }

    /// Those of the next group after the first round.
    ///
    /// # Safety
    /// As [`run`].
    #[inline(always)]
    unsafe fn next(&mut self, schedule: &Schedule, group: usize) -> [R; IN_FLIGHT] {
        let blocks = R::LANES * IN_FLIGHT;
        let first = group * blocks;
        let last_bytes = schedule.last_bytes(first % 256).as_ptr();
        // SAFETY: the caller's promise; a group's entries lie within the table.
        unsafe {
            let mut states = [self.base; IN_FLIGHT];
            if first % 256 == 256 - blocks {
                // The counters of its last two blocks have the next number for their upper bytes.
                const { assert!(FIRST_TEXT_COUNTER == 2) };
                let next = first_round(schedule, self.nonce, first as u32 / 256 + 1);
                let [.., a, b] = &mut states;
                [*a, *b] = R::with_last_lanes([*a, *b], next);
                self.base = R::splat(next);
            }
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
    /// How many blocks of text there are, and how many of them were hashed.
    blocks: usize,
    done: usize,
    /// Where the powers of the current run stand, less `done` at its beginning.
    powers: usize,
    /// The block behind the text.
    lengths: Block,
    /// What turns the hash into the tag.
    mask: R::Lane,
}

impl<R: Register> Hash<R> {
    /// The hash of no message.
    #[inline(always)]
    fn of_nothing(zero: R) -> Self {
        Self { sum: Product::each(zero), blocks: 0, done: 0, powers: 0, lengths: 0, mask: zero.first_lane() }
    }

    /// # Safety
    /// As [`run`].
    #[inline(always)]
    unsafe fn new(zero: R, schedule: &Schedule, data: &[u8], text: usize, mask: R::Lane) -> Self {
        let blocks = text.div_ceil(16);
        let mut sum = Product::each(zero);
        if !data.is_empty() {
            // SAFETY: the caller's promise.
            sum = sum.restart(unsafe { before_text(schedule, data, RUN.min(blocks)) });
        }
        Self { sum, blocks, done: 0, powers: 0, lengths: lengths(data.len(), text), mask }
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
        // SAFETY: the caller's promise.
        message.finish(&unsafe { tag(schedule, self.sum.fold(), self.lengths, self.mask) });
    }
}
