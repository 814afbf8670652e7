//! A batch of messages: which of them are worked on together, and how they are sealed or opened.
//!
//! Blocks of keystream do not depend on each other, so a set of blocks, one in each lane, may serve several messages.
//! Neighbours form a group: the first blocks of all of them, which give their one-time keys, and the few blocks that are
//! left over where a text is not a multiple of a set, are computed together and kept ([`Keystream`]). The rest of a text
//! is worked on in sets of its own.

use core::mem::MaybeUninit;

use super::chacha20::{self, Inputs, OfMessage};
use super::limbs::{Limbs, MAX_LANES};
use super::poly1305::{Keys, Radix, long, short};
use super::rows::{MAX_FEW, Rows};
use super::words::{BLOCK, Block, Words};
use crate::engine::message::Message;

/// The registers that an engine works with, and the functions in which its instructions may stand. These and the engine's other
/// kernels are never inlined, though who calls them may be compiled for the same features: they would become one frame, larger
/// than what is overwritten.
pub(super) trait Registers<const N: usize> {
    /// For many blocks.
    type Many: Words;
    /// For one set of blocks.
    type One: Words;
    /// For a few blocks: in rows, which takes less time.
    type Few: Rows;
    /// For authentication.
    type Radix: Radix<N>;

    /// [`seal_or_open_short`], as a function of its own: what it has on the stack is there only while it works.
    ///
    /// # Safety
    /// As for that.
    unsafe fn short<M: Message>(messages: &mut [M], keystream: &Places);

    /// [`seal_or_open_long`], as a function of its own, so that batches and single messages share it.
    ///
    /// # Safety
    /// As for that.
    unsafe fn long<M: Message>(key: &[u32; 8], messages: &mut [M], keystream: &Places);
}

/// Where the kept keystream of as many messages as there are lanes begins.
pub(super) type Places = [*const u8; MAX_LANES];

/// The most messages of a group.
const GROUP: usize = 16;

/// The most blocks of keystream that are kept for a group: enough for eight messages of 512 bytes.
const KEPT: usize = 72;

/// The most lanes of a register.
const MAX_SET: usize = 32;

/// Messages of not more blocks are short: hashed side by side. Counted in blocks of Poly1305, with the last for the
/// lengths.
const SHORT: usize = 36;

/// How much of a text is worked on before it is hashed, or after: what the first-level cache holds easily.
const CHUNK: usize = 8192;

/// Seals or opens a batch.
///
/// # Safety
/// The CPU has the instructions of the registers. Nonces have 12 bytes, and both texts of a message the same length.
#[inline(always)]
pub(super) unsafe fn run<R: Registers<N>, const N: usize, M: Message>(key: &[u32; 8], messages: &mut [M]) {
    #[cfg(test)]
    super::tests::count_kernel_call();
    let mut keystream = Keystream::new();
    let mut rest = messages;
    while let Some((count, short)) = next_group::<R, N, M>(rest) {
        let (group, others) = rest.split_at_mut(count);
        // SAFETY: the caller's promise; the group's blocks are not more than are kept.
        unsafe { keystream.fill::<R, N, M>(key, group, short) };
        let mut first = 0;
        for messages in group.chunks_mut(<R::Radix as Radix<N>>::Lanes::LANES) {
            // Lanes without a message repeat the last.
            let mut places = [keystream.of(first); MAX_LANES];
            for (i, place) in places.iter_mut().enumerate() {
                *place = keystream.of(first + i.min(messages.len() - 1));
            }
            first += messages.len();
            // SAFETY: the caller's promise; the keystream is these messages'.
            unsafe {
                if short {
                    R::short(messages, &places);
                } else {
                    R::long(key, messages, &places);
                }
            }
        }
        rest = others;
    }
}

/// Seals or opens one message as a long one. It takes less of the stack than a batch.
///
/// # Safety
/// As [`run`].
#[inline(always)]
pub(super) unsafe fn run_one<R: Registers<N>, const N: usize, M: Message>(
    key: &[u32; 8],
    message: &mut [M; 1],
) {
    #[cfg(test)]
    super::tests::count_kernel_call();
    let mut lanes = Lanes::<MAX_FEW>::new();
    let mut keystream = [const { MaybeUninit::<Block>::uninit() }; MAX_FEW];
    let to: *mut u8 = keystream.as_mut_ptr().cast();
    // SAFETY: the caller's promise; not more blocks of a long message are kept than `Few` has.
    unsafe {
        lanes.push_message::<R, N, M>(&message[0], false);
        R::Few::store_blocks(chacha20::few_blocks(key, lanes.rows::<R::Few>(0)), to);
        R::long(key, message, &[to.cast_const(); MAX_LANES]);
    }
}

/// How many messages the next group has, and whether they are short; none if there are no messages.
#[inline(always)]
fn next_group<R: Registers<N>, const N: usize, M: Message>(messages: &[M]) -> Option<(usize, bool)> {
    let short = is_short(messages.first()?);
    let mut blocks = 0;
    let fits = |message: &&M| {
        blocks += kept_blocks::<R, N, M>(message, short);
        blocks <= KEPT && is_short(*message) == short
    };
    Some((messages.iter().take(GROUP).take_while(fits).count(), short))
}

/// Whether all are short: [`run`] then takes less of the stack.
pub(super) fn all_short<M: Message>(messages: &[M]) -> bool {
    messages.iter().all(is_short)
}

#[inline(always)]
fn is_short<M: Message>(message: &M) -> bool {
    poly_blocks(message) <= SHORT
}

/// How many blocks are hashed.
#[inline(always)]
fn poly_blocks<M: Message>(message: &M) -> usize {
    // Lengths are below 2^38.
    message.given().1.len().div_ceil(16) + message.text_lengths().0.div_ceil(16) + 1
}

/// How many blocks of keystream are kept for a message: the first, and those of its text beyond its own sets.
#[inline(always)]
fn kept_blocks<R: Registers<N>, const N: usize, M: Message>(message: &M, short: bool) -> usize {
    1 + (message.text_lengths().0 - own_sets::<R, N>(message.text_lengths().0, short)).div_ceil(BLOCK)
}

/// How many bytes of a text are worked on in sets of its own: none of a short one, and of a long one also the last set,
/// which is not whole, unless what it has would be [`Registers::Few`] together with the first block.
#[inline(always)]
fn own_sets<R: Registers<N>, const N: usize>(length: usize, short: bool) -> usize {
    let rest = length % (R::One::LANES * BLOCK);
    if short {
        0
    } else if rest <= (R::Few::BLOCKS - 1) * BLOCK {
        length - rest
    } else {
        length
    }
}

/// Blocks of keystream of a group of messages: for each, the first, and those of its text that are in no set of its own.
/// There is room for the last set, which may be more than is needed.
struct Keystream {
    blocks: [MaybeUninit<Block>; KEPT + MAX_SET],
    /// Where each message's begin.
    begin: [u16; GROUP],
}

impl Keystream {
    #[inline(always)]
    fn new() -> Self {
        Self { blocks: [MaybeUninit::uninit(); KEPT + MAX_SET], begin: [0; GROUP] }
    }

    /// Computes the keystream of a group.
    ///
    /// # Safety
    /// As [`run`]; the group has at most [`GROUP`] messages, and [`KEPT`] blocks.
    #[inline(always)]
    unsafe fn fill<R: Registers<N>, const N: usize, M: Message>(
        &mut self,
        key: &[u32; 8],
        group: &[M],
        short: bool,
    ) {
        let mut lanes = Lanes::<{ KEPT + MAX_SET }>::new();
        for (message, begin) in group.iter().zip(&mut self.begin) {
            *begin = lanes.count as u16;
            // SAFETY: the caller's promise.
            unsafe { lanes.push_message::<R, N, M>(message, short) };
        }
        let mut at = 0;
        while at < lanes.count {
            let left = lanes.count - at;
            let to = self.blocks.as_mut_ptr().wrapping_add(at).cast();
            // SAFETY: the caller's promise; there is room for a set more than is kept.
            unsafe {
                if left > R::One::LANES {
                    R::Many::store_blocks(chacha20::blocks(key, lanes.inputs::<R::Many>(at)), to);
                    at += R::Many::LANES;
                } else if left > R::Few::BLOCKS {
                    R::One::store_blocks(chacha20::blocks(key, lanes.inputs::<R::One>(at)), to);
                    at += R::One::LANES;
                } else {
                    R::Few::store_blocks(chacha20::few_blocks(key, lanes.rows::<R::Few>(at)), to);
                    at += R::Few::BLOCKS;
                }
            }
        }
    }

    /// The kept keystream of a message of the group: the first block, which gives its one-time key, and then that of its
    /// text.
    #[inline(always)]
    fn of(&self, index: usize) -> *const u8 {
        self.blocks.as_ptr().wrapping_add(usize::from(self.begin[index])).cast()
    }
}

/// What each block of a group starts from.
struct Lanes<const ROOM: usize> {
    words: [[MaybeUninit<u32>; ROOM]; 4],
    count: usize,
}

impl<const ROOM: usize> Lanes<ROOM> {
    #[inline(always)]
    fn new() -> Self {
        Self { words: [[MaybeUninit::uninit(); ROOM]; 4], count: 0 }
    }

    /// # Safety
    /// The nonce has 12 bytes; there is room for one more.
    #[inline(always)]
    unsafe fn push(&mut self, nonce: &[u8], counter: u32) {
        debug_assert!(nonce.len() == 12 && self.count < ROOM);
        let nonce = nonce.as_ptr();
        // SAFETY: the caller's promise; an array of bytes has no alignment.
        unsafe {
            let word = |i: usize| u32::from_le_bytes(nonce.add(4 * i).cast::<[u8; 4]>().read());
            for (words, word) in self.words.iter_mut().zip([counter, word(0), word(1), word(2)]) {
                words.get_unchecked_mut(self.count).write(word);
            }
        }
        self.count += 1;
    }

    /// Those of a message that are kept.
    ///
    /// # Safety
    /// The nonce has 12 bytes; there is room for them.
    #[inline(always)]
    unsafe fn push_message<R: Registers<N>, const N: usize, M: Message>(&mut self, message: &M, short: bool) {
        let nonce = message.given().0;
        let counter = 1 + (own_sets::<R, N>(message.text_lengths().0, short) / BLOCK) as u32;
        // SAFETY: the caller's promise.
        unsafe {
            self.push(nonce, 0);
            for i in 1..kept_blocks::<R, N, M>(message, short) as u32 {
                self.push(nonce, counter + i - 1);
            }
        }
    }

    /// The inputs of the blocks from `at` on. Beyond the last they are any.
    ///
    /// # Safety
    /// The CPU has the register's instructions; there is room for a set from `at` on.
    #[inline(always)]
    unsafe fn inputs<W: Words>(&mut self, at: usize) -> Inputs<W> {
        debug_assert!(at + W::LANES <= ROOM);
        for lane in self.count.max(at)..at + W::LANES {
            self.words.iter_mut().for_each(|words| {
                words[lane].write(0);
            });
        }
        let [counter, n0, n1, n2] = self.words.each_ref().map(|words| words.as_ptr().wrapping_add(at).cast());
        // SAFETY: the caller's promise; as many lanes as a register has were written.
        unsafe { Inputs { counter: W::load(counter), nonce: [W::load(n0), W::load(n1), W::load(n2)] } }
    }

    /// The last rows of the blocks from `at` on. Beyond the last they are any.
    ///
    /// # Safety
    /// The CPU has the register's instructions; `at` is below the number of blocks.
    #[inline(always)]
    unsafe fn rows<R: Rows>(&self, at: usize) -> R {
        let mut rows = [[0; 4]; MAX_FEW];
        for (row, lane) in rows.iter_mut().zip(at..self.count.min(at + R::BLOCKS)) {
            // SAFETY: what is before `count` was written.
            *row = self.words.each_ref().map(|words| unsafe { words[lane].assume_init() });
        }
        // SAFETY: the caller's promise; there are not more blocks than rows.
        unsafe { R::load(rows.as_ptr()) }
    }
}

/// A message's text: where it is read and written, and its length.
#[inline(always)]
fn text<M: Message>(message: &mut M) -> (*const u8, *mut u8, usize) {
    let (from, to) = message.pointers();
    (from, to, message.text_lengths().0)
}

/// Room for what short messages give to be hashed: associated data, text and lengths, padded, for each.
struct Hashed([MaybeUninit<Block>; MAX_LANES * SHORT * 16 / BLOCK + 1]);

/// Seals or opens up to as many short messages as there are lanes.
///
/// # Safety
/// As [`run`]; the messages are short, and their keystream is at those places.
#[inline(always)]
pub(super) unsafe fn seal_or_open_short<R: Registers<N>, const N: usize, M: Message>(
    messages: &mut [M],
    keystream: &Places,
) {
    let count = messages.iter().map(poly_blocks).max().unwrap_or(0);
    let mut rows = Hashed([MaybeUninit::uninit(); MAX_LANES * SHORT * 16 / BLOCK + 1]);
    let start: *mut u8 = rows.0.as_mut_ptr().cast();
    // Lanes without a message have the first row.
    let mut blocks: Places = [start; MAX_LANES];
    let mut padding = [0; MAX_LANES];
    for (i, message) in messages.iter_mut().enumerate() {
        let row = start.wrapping_add(i * count * 16);
        let blocks_of_padding = count - poly_blocks(message);
        (blocks[i], padding[i]) = (row, blocks_of_padding as u64);
        let (from, to, length) = text(message);
        let data = message.given().1;
        // SAFETY: the caller's promise. A row has `count` blocks, which hold padding, data, text and lengths; what is
        // copied too much, less than a block of ChaCha20, is overwritten by what follows, or behind the last row.
        unsafe {
            row.write_bytes(0, blocks_of_padding * 16);
            let row = row.add(blocks_of_padding * 16);
            R::One::copy_text(data.as_ptr(), row, data.len());
            let row = row.add(data.len().next_multiple_of(16));
            R::One::xor_and_copy(M::OPEN, keystream[i].add(BLOCK), from, to, row, length);
            let row = row.add(length.next_multiple_of(16));
            row.cast::<[u64; 2]>().write_unaligned([data.len() as u64, length as u64].map(u64::to_le));
        }
    }
    // SAFETY: the caller's promise; every row has `count` blocks, and every key 32 bytes.
    let tags = unsafe { short::tags::<R::Radix, N>(keystream, &blocks, &padding, count) };
    for (i, message) in messages.iter_mut().enumerate() {
        message.finish(&tags.get(i));
    }
}

/// Seals or opens up to as many long messages as there are lanes.
///
/// # Safety
/// As [`run`]; the keystream of the messages is at those places.
#[inline(always)]
pub(super) unsafe fn seal_or_open_long<R: Registers<N>, const N: usize, M: Message>(
    key: &[u32; 8],
    messages: &mut [M],
    keystream: &Places,
) {
    let mut hashes = [[0; MAX_LANES]; N];
    // SAFETY: the caller's promise; every key has 32 bytes.
    unsafe {
        let keys = Keys::load::<R::Radix>(keystream);
        let powers = long::Powers::<R::Radix, N>::of(keys.r);
        for (i, message) in messages.iter_mut().enumerate() {
            let hash = one_long::<R, N, M>(key, message, keystream[i].add(BLOCK), &powers, i);
            for (hashes, limb) in hashes.iter_mut().zip(hash) {
                hashes[i] = limb;
            }
        }
        let tags = keys.tags::<R::Radix>(long::gather(&hashes));
        for (i, message) in messages.iter_mut().enumerate() {
            message.finish(&tags.get(i));
        }
    }
}

/// Seals or opens one long message, whose one-time key's powers are in a lane, and gives the hash of its ciphertext.
///
/// # Safety
/// As [`run`]; the keystream is that of the text beyond its own sets.
#[inline(always)]
unsafe fn one_long<R: Registers<N>, const N: usize, M: Message>(
    key: &[u32; 8],
    message: &mut M,
    keystream: *const u8,
    powers: &long::Powers<R::Radix, N>,
    lane: usize,
) -> [u64; N] {
    let (from, to, length) = text(message);
    let own = own_sets::<R, N>(length, false);
    let (nonce, data) = message.given();
    let (nonce, data) = (nonce.as_ptr(), (data.as_ptr(), data.len()));
    let ciphertext = (if M::OPEN { from } else { to.cast_const() }, length);
    // SAFETY: the caller's promise. Text is hashed as ciphertext: before it is opened, or after it was sealed.
    unsafe {
        let nonce = nonce.cast::<[[u8; 4]; 3]>().read().map(u32::from_le_bytes);
        let blocks = OfMessage::new(key, nonce);
        let mut hash = long::Hash::<R::Radix, N>::new(powers, lane, data, ciphertext);
        let mut offset = 0;
        while offset < own {
            let end = own.min(offset + CHUNK);
            if M::OPEN {
                hash.text_beyond(end);
            }
            xor_sets::<R, N>(&blocks, from, to, offset, end);
            if !M::OPEN {
                hash.text_up_to(end);
            }
            offset = end;
        }
        if M::OPEN {
            let hash = hash.finish();
            R::One::xor_text(keystream, from.add(own), to.add(own), length - own);
            hash
        } else {
            R::One::xor_text(keystream, from.add(own), to.add(own), length - own);
            hash.finish()
        }
    }
}

/// Combines sets of a text with keystream; the last of them may be cut off.
///
/// # Safety
/// The CPU has the instructions of the registers; the text from `offset`, where a set begins, to `end` is readable and
/// writable.
#[inline(always)]
unsafe fn xor_sets<R: Registers<N>, const N: usize>(
    blocks: &OfMessage,
    from: *const u8,
    to: *mut u8,
    offset: usize,
    end: usize,
) {
    let mut at = offset;
    // SAFETY: the caller's promise.
    unsafe {
        while at < end && (end - at > R::One::LANES * BLOCK || R::Many::LANES == R::One::LANES) {
            xor_set::<R::Many>(blocks, from, to, at, end);
            at += R::Many::LANES * BLOCK;
        }
        if R::Many::LANES > R::One::LANES && at < end {
            xor_set::<R::One>(blocks, from, to, at, end);
        }
    }
}

/// Combines a set of a text with keystream.
///
/// # Safety
/// As [`xor_sets`], for one set at `at`, which is before `end`.
#[inline(always)]
unsafe fn xor_set<W: Words>(blocks: &OfMessage, from: *const u8, to: *mut u8, at: usize, end: usize) {
    const PLACES: [u32; MAX_SET] = {
        let mut places = [0; MAX_SET];
        let mut i = 0;
        while i < MAX_SET {
            places[i] = i as u32;
            i += 1;
        }
        places
    };
    // SAFETY: the caller's promise; no register has more lanes than there are places and blocks.
    unsafe {
        for block in 0..W::LANES {
            W::prefetch(from.wrapping_add(at + block * BLOCK));
        }
        let counter = W::splat(1 + (at / BLOCK) as u32).add(W::load(PLACES.as_ptr()));
        let state = blocks.blocks(counter);
        if end - at >= W::LANES * BLOCK {
            W::xor_blocks(state, from.add(at), to.add(at));
        } else {
            let mut keystream = MaybeUninit::<W::Blocks>::uninit();
            let keystream: *mut u8 = keystream.as_mut_ptr().cast();
            W::store_blocks(state, keystream);
            W::xor_text(keystream, from.add(at), to.add(at), end - at);
        }
    }
}
