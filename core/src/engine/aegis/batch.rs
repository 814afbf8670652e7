//! A batch of messages: which of them are worked on together, and how one group is sealed or opened.

use core::ptr;

use super::construction::{Family, State, broadcast};
use super::register::{Destinations, MAX_LANES, Register, Sources};
use crate::engine::message::Message;

/// Seals or opens a batch: neighbours of the same lengths in groups that fill a register of type `Many`, the others
/// one by one in registers of type `One`.
///
/// # Safety
/// The CPU has the instructions of both registers. `key` and the nonces have the family's length, and both texts of a
/// message the same.
#[inline(always)]
pub(super) unsafe fn run<F, const RATE: usize, const D: usize, One, Many, M>(key: &[u8], messages: &mut [M])
where
    F: Family<RATE>,
    One: Register,
    Many: Register,
    M: Message,
{
    #[cfg(test)]
    super::tests::count_kernel_call();
    let mut rest = messages;
    while !rest.is_empty() {
        if Many::LANES > D && same_lengths(rest, Many::LANES / D) {
            let (head, tail) = rest.split_at_mut(Many::LANES / D);
            // SAFETY: the caller's promise; the group fills the register and has the same lengths.
            unsafe { group::<F, RATE, D, Many, M>(key, head) };
            rest = tail;
        } else {
            let (head, tail) = rest.split_at_mut(1);
            // SAFETY: the caller's promise; one message fills the register.
            unsafe { group::<F, RATE, D, One, M>(key, head) };
            rest = tail;
        }
    }
}

/// Whether there are `count` messages more, all of the same lengths.
fn same_lengths<M: Message>(messages: &[M], count: usize) -> bool {
    let lengths = |message: &M| (message.given().1.len(), message.text_lengths());
    match messages.get(..count) {
        Some([first, others @ ..]) => others.iter().all(|message| lengths(message) == lengths(first)),
        _ => false,
    }
}

/// Seals or opens `R::LANES / D` messages of the same lengths.
///
/// States, keystream and padded tails stay behind on the stack, where `Context` in [`crate::cipher`] wipes them once
/// for the whole batch.
///
/// # Safety
/// As [`run`]; there are exactly that many messages, and they have the same lengths.
#[inline(always)]
unsafe fn group<F, const RATE: usize, const D: usize, R, M>(key: &[u8], messages: &mut [M])
where
    F: Family<RATE>,
    R: Register,
    M: Message,
{
    let count = R::LANES / D;
    let step = RATE * D * 16;
    let (text_length, _) = messages[0].text_lengths();
    let data_length = messages[0].given().1.len();
    debug_assert!(messages.len() == count && key.len() == F::KEY_LENGTH);

    let mut nonces: Sources = [ptr::null(); MAX_LANES];
    let mut data: Sources = [ptr::null(); MAX_LANES];
    let mut from: Sources = [ptr::null(); MAX_LANES];
    let mut to: Destinations = [ptr::null_mut(); MAX_LANES];
    for (i, message) in messages.iter_mut().enumerate().take(count) {
        let (nonce, associated_data) = message.given();
        debug_assert!(nonce.len() == F::KEY_LENGTH);
        (nonces[i], data[i]) = (nonce.as_ptr(), associated_data.as_ptr());
        (from[i], to[i]) = message.pointers();
    }

    // SAFETY: the caller's promise on key and nonces.
    let mut state = unsafe { F::State::<R>::new::<D>(key.as_ptr(), &nonces) };

    let whole = data_length - data_length % step;
    for offset in (0..whole).step_by(step) {
        // SAFETY: every message has `data_length` bytes of associated data.
        state.absorb(unsafe { load::<R, RATE, D>(&data, offset) });
    }
    if whole < data_length {
        let mut tail = Tail::new(count, step);
        // SAFETY: as above; the rest is shorter than a step.
        unsafe { tail.fill(&data, whole, data_length - whole) };
        // SAFETY: the tail holds a step for every message.
        state.absorb(unsafe { load::<R, RATE, D>(&tail.sources(), 0) });
    }

    let whole = text_length - text_length % step;
    for offset in (0..whole).step_by(step) {
        // SAFETY: every message has `text_length` bytes to be read and as many to be written. All lanes are read
        // before any is written, so that it does not matter whether they are the same.
        unsafe {
            let input = load::<R, RATE, D>(&from, offset);
            let output = combine(input, state.keystream());
            state.absorb(if M::OPEN { output } else { input });
            store::<R, RATE, D>(output, &to, offset);
        }
    }
    if whole < text_length {
        let rest = text_length - whole;
        let mut tail = Tail::new(count, step);
        // SAFETY: every message has `rest` bytes more to be read and to be written; the tail holds a step for each.
        unsafe {
            tail.fill(&from, whole, rest);
            let input = load::<R, RATE, D>(&tail.sources(), 0);
            store::<R, RATE, D>(combine(input, state.keystream()), &tail.destinations(), 0);
            tail.drain(&to, whole, rest);
            // Plaintext is padded with zeros, not with keystream.
            let plaintext = if M::OPEN { load::<R, RATE, D>(&tail.sources(), 0) } else { input };
            state.absorb(plaintext);
        }
    }

    let mut lengths = [0; 16];
    lengths[..8].copy_from_slice(&(data_length as u64 * 8).to_le_bytes());
    lengths[8..].copy_from_slice(&(text_length as u64 * 8).to_le_bytes());
    let mut tags = [[0_u8; 16]; MAX_LANES];
    let mut places: Destinations = [ptr::null_mut(); MAX_LANES];
    for (place, tag) in places.iter_mut().zip(&mut tags) {
        *place = tag.as_mut_ptr();
    }
    // SAFETY: with degree 1, each lane writes 16 bytes at its own place.
    unsafe { state.finish(broadcast::<R>(lengths.as_ptr())).store::<1>(&places, 0, 0) };
    for (message, lanes) in messages.iter_mut().zip(tags.chunks_exact_mut(D)) {
        let (tag, others) = lanes.split_at_mut(1);
        for (byte, other) in others.iter().flat_map(|lane| lane.iter().enumerate()) {
            tag[0][byte] ^= other;
        }
        message.finish(&tag[0]);
    }
}

/// A step's blocks of every message.
///
/// # Safety
/// `RATE * D * 16` bytes at `offset` are readable in the source of each message of the group.
#[inline(always)]
unsafe fn load<R: Register, const RATE: usize, const D: usize>(from: &Sources, offset: usize) -> [R; RATE] {
    // SAFETY: the caller's promise.
    let mut blocks = [unsafe { R::load::<D>(from, offset, 0) }; RATE];
    for (r, block) in blocks.iter_mut().enumerate().skip(1) {
        // SAFETY: the caller's promise.
        *block = unsafe { R::load::<D>(from, offset + r * D * 16, 0) };
    }
    blocks
}

/// Writes a step's blocks of every message.
///
/// # Safety
/// `RATE * D * 16` bytes at `offset` are writable in the destination of each message of the group.
#[inline(always)]
unsafe fn store<R: Register, const RATE: usize, const D: usize>(
    blocks: [R; RATE],
    to: &Destinations,
    offset: usize,
) {
    for (r, block) in blocks.into_iter().enumerate() {
        // SAFETY: the caller's promise.
        unsafe { block.store::<D>(to, offset + r * D * 16, 0) };
    }
}

#[inline(always)]
fn combine<R: Register, const RATE: usize>(mut text: [R; RATE], keystream: [R; RATE]) -> [R; RATE] {
    for (block, key) in text.iter_mut().zip(keystream) {
        *block = block.xor(key);
    }
    text
}

/// The last bytes of every message of a group, padded with zeros to a step.
struct Tail {
    bytes: [u8; 2 * 16 * MAX_LANES],
    count: usize,
    step: usize,
}

impl Tail {
    #[inline(always)]
    fn new(count: usize, step: usize) -> Self {
        Self { bytes: [0; 2 * 16 * MAX_LANES], count, step }
    }

    /// Copies `length` bytes, less than a step, from `offset` on in every source.
    ///
    /// # Safety
    /// They are readable.
    #[inline(always)]
    unsafe fn fill(&mut self, from: &Sources, offset: usize, length: usize) {
        for (slot, source) in self.bytes.chunks_exact_mut(self.step).zip(from).take(self.count) {
            // SAFETY: the caller's promise; the tail is memory of its own.
            unsafe { ptr::copy_nonoverlapping(source.add(offset), slot[..length].as_mut_ptr(), length) };
        }
    }

    /// Copies the first `length` bytes of every slot to `offset` on in its destination, and zeroes the others.
    ///
    /// # Safety
    /// They are writable.
    #[inline(always)]
    unsafe fn drain(&mut self, to: &Destinations, offset: usize, length: usize) {
        for (slot, destination) in self.bytes.chunks_exact_mut(self.step).zip(to).take(self.count) {
            // SAFETY: the caller's promise; the tail is memory of its own.
            unsafe { ptr::copy_nonoverlapping(slot[..length].as_ptr(), destination.add(offset), length) };
            slot[length..].fill(0);
        }
    }

    #[inline(always)]
    fn sources(&self) -> Sources {
        let mut sources = [ptr::null(); MAX_LANES];
        for (source, slot) in sources.iter_mut().zip(self.bytes.chunks_exact(self.step)).take(self.count) {
            *source = slot.as_ptr();
        }
        sources
    }

    #[inline(always)]
    fn destinations(&mut self) -> Destinations {
        let mut destinations = [ptr::null_mut(); MAX_LANES];
        for (place, slot) in
            destinations.iter_mut().zip(self.bytes.chunks_exact_mut(self.step)).take(self.count)
        {
            *place = slot.as_mut_ptr();
        }
        destinations
    }
}
