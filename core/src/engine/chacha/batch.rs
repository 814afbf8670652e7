//! A batch of messages: which of them are worked on together, and how they are sealed or opened.
//!
//! Blocks of keystream do not depend on each other, so a set of blocks, one in each lane, may serve several messages.
//! Neighbours form a group: the first blocks of all of them, which give their one-time keys, and the blocks that are
//! left over where a text is not a multiple of a set, are computed together and kept ([`Keystream`]). The rest of a text
//! is worked on in whole sets of its own.

use core::mem::MaybeUninit;
use core::ptr;

use super::chacha20::{self, Inputs};
use super::limbs::{Limbs, MAX_LANES};
use super::poly1305::{Keys, Radix, long, short};
use super::words::{BLOCK, Words};
use crate::engine::message::Message;

/// The registers that an engine works with.
pub(super) trait Registers<const N: usize> {
    /// For many blocks.
    type Many: Words;
    /// For one set of blocks.
    type One: Words;
    /// For a few blocks: a set of fewer, if that takes less time.
    type Few: Words;
    /// For authentication.
    type Radix: Radix<N>;
}

/// The most messages of a group.
const GROUP: usize = 16;

/// The most blocks of keystream that are kept for a group; a message alone has fewer.
const KEPT: usize = 64;

/// Messages of not more blocks are short: hashed side by side. Counted in blocks of Poly1305, with the last for the
/// lengths.
const SHORT: usize = 24;

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
    while let Some(count) = group_length::<R, N, M>(rest) {
        let (group, others) = rest.split_at_mut(count);
        // SAFETY: the caller's promise; the group's blocks are not more than are kept.
        unsafe { keystream.fill::<R, N, M>(key, group) };
        let mut first = 0;
        let lanes = <R::Radix as Radix<N>>::Lanes::LANES;
        for messages in group.chunks_mut(lanes) {
            // SAFETY: the caller's promise; the keystream is this group's.
            unsafe {
                if is_short(&messages[0]) {
                    seal_or_open_short::<R, N, M>(messages, &keystream, first);
                } else {
                    seal_or_open_long::<R, N, M>(key, messages, &keystream, first);
                }
            }
            first += messages.len();
        }
        rest = others;
    }
}

/// How many messages the next group has; none if there are no messages.
#[inline(always)]
fn group_length<R: Registers<N>, const N: usize, M: Message>(messages: &[M]) -> Option<usize> {
    let first_is_short = is_short(messages.first()?);
    let mut blocks = 0;
    let fits = |message: &&M| {
        blocks += kept_blocks::<R, N, M>(message);
        blocks <= KEPT && is_short(*message) == first_is_short
    };
    Some(messages.iter().take(GROUP).take_while(fits).count())
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

/// How many blocks of keystream are kept for a message: the first, and those of its text beyond whole sets.
#[inline(always)]
fn kept_blocks<R: Registers<N>, const N: usize, M: Message>(message: &M) -> usize {
    1 + (message.text_lengths().0 - whole_sets::<R, N, M>(message)).div_ceil(BLOCK)
}

/// How many bytes of a text are worked on in whole sets.
#[inline(always)]
fn whole_sets<R: Registers<N>, const N: usize, M: Message>(message: &M) -> usize {
    if is_short(message) {
        return 0;
    }
    let length = message.text_lengths().0;
    let set = R::One::LANES * BLOCK;
    // A set that is all but full is a whole one: its blocks would be as many in the keystream that is kept.
    length - length % set
}

/// Blocks of keystream of a group of messages: for each, the first, and those of its text that are in no whole set.
struct Keystream {
    blocks: [MaybeUninit<Block>; KEPT + MAX_SET],
    /// Where each message's begin.
    begin: [u16; GROUP],
}

/// The most lanes of a register.
const MAX_SET: usize = 32;

#[derive(Clone, Copy)]
#[repr(align(64))]
struct Block(#[allow(dead_code)] [u8; BLOCK]);

impl Keystream {
    #[inline(always)]
    fn new() -> Self {
        Self { blocks: [MaybeUninit::uninit(); KEPT + MAX_SET], begin: [0; GROUP] }
    }

    /// Computes the keystream of a group.
    ///
    /// # Safety
    /// As [`run`]; the group has at most [`GROUP`] messages, which need at most [`KEPT`] blocks.
    #[inline(always)]
    unsafe fn fill<R: Registers<N>, const N: usize, M: Message>(&mut self, key: &[u32; 8], group: &[M]) {
        let mut lanes = Lanes::new();
        for (message, begin) in group.iter().zip(&mut self.begin) {
            *begin = lanes.count as u16;
            // SAFETY: the caller's promise.
            unsafe {
                lanes.push(message.given().0, 0);
                let counter = 1 + (whole_sets::<R, N, M>(message) / BLOCK) as u32;
                for i in 1..kept_blocks::<R, N, M>(message) as u32 {
                    lanes.push(message.given().0, counter + i - 1);
                }
            }
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
                } else if left > R::Few::LANES {
                    R::One::store_blocks(chacha20::blocks(key, lanes.inputs::<R::One>(at)), to);
                    at += R::One::LANES;
                } else {
                    R::Few::store_blocks(chacha20::blocks(key, lanes.inputs::<R::Few>(at)), to);
                    at += R::Few::LANES;
                }
            }
        }
    }

    /// The first block of a message of the group, which gives its one-time key.
    #[inline(always)]
    fn first(&self, index: usize) -> *const u8 {
        self.blocks.as_ptr().wrapping_add(usize::from(self.begin[index])).cast()
    }

    /// The keystream of the text of a message of the group that is in no whole set.
    #[inline(always)]
    fn text(&self, index: usize) -> *const u8 {
        self.first(index).wrapping_add(BLOCK)
    }
}

/// What each block of a group starts from.
struct Lanes {
    words: [[MaybeUninit<u32>; KEPT + MAX_SET]; 4],
    count: usize,
}

impl Lanes {
    #[inline(always)]
    fn new() -> Self {
        Self { words: [[MaybeUninit::uninit(); KEPT + MAX_SET]; 4], count: 0 }
    }

    /// # Safety
    /// The nonce has 12 bytes; there are not more than [`KEPT`] blocks.
    #[inline(always)]
    unsafe fn push(&mut self, nonce: &[u8], counter: u32) {
        debug_assert!(nonce.len() == 12 && self.count < KEPT);
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

    /// The inputs of the blocks from `at` on. Beyond the last they are any.
    ///
    /// # Safety
    /// The CPU has the register's instructions; `at` is below [`KEPT`].
    #[inline(always)]
    unsafe fn inputs<W: Words>(&mut self, at: usize) -> Inputs<W> {
        debug_assert!(at < KEPT);
        for lane in self.count.max(at)..at + W::LANES {
            self.words.iter_mut().for_each(|words| {
                words[lane].write(0);
            });
        }
        let [counter, n0, n1, n2] = self.words.each_ref().map(|words| words.as_ptr().wrapping_add(at).cast());
        // SAFETY: the caller's promise; as many lanes as a register has were written.
        unsafe { Inputs { counter: W::load(counter), nonce: [W::load(n0), W::load(n1), W::load(n2)] } }
    }
}

/// A message's text: where it is read and written, and its length.
#[inline(always)]
fn text<M: Message>(message: &mut M) -> (*const u8, *mut u8, usize) {
    let (from, to) = message.pointers();
    (from, to, message.text_lengths().0)
}

/// Room for what short messages give to be hashed: associated data, text and lengths, padded, for each.
struct Rows([MaybeUninit<Block>; MAX_LANES * SHORT * 16 / BLOCK + 1]);

/// Seals or opens up to as many short messages as there are lanes.
///
/// # Safety
/// As [`run`]; the messages are short, and number `first` and those behind it of the group whose keystream it is.
#[inline(always)]
unsafe fn seal_or_open_short<R: Registers<N>, const N: usize, M: Message>(
    messages: &mut [M],
    keystream: &Keystream,
    first: usize,
) {
    let count = messages.iter().map(poly_blocks).max().unwrap_or(0);
    let mut rows = Rows([MaybeUninit::uninit(); MAX_LANES * SHORT * 16 / BLOCK + 1]);
    let start: *mut u8 = rows.0.as_mut_ptr().cast();
    // Lanes without a message repeat the first.
    let mut keys = [keystream.first(first); MAX_LANES];
    let mut blocks: [*const u8; MAX_LANES] = [start; MAX_LANES];
    let mut padding = [0; MAX_LANES];
    for (i, message) in messages.iter_mut().enumerate() {
        let row = start.wrapping_add(i * count * 16);
        let blocks_of_padding = count - poly_blocks(message);
        (keys[i], blocks[i], padding[i]) = (keystream.first(first + i), row, blocks_of_padding as u64);
        let (from, to, length) = text(message);
        let data = message.given().1;
        // SAFETY: the caller's promise. A row has `count` blocks, which hold padding, data, text and lengths; what is
        // copied too much, less than a block of ChaCha20, is overwritten by what follows, or behind the last row.
        unsafe {
            row.write_bytes(0, blocks_of_padding * 16);
            let row = row.add(blocks_of_padding * 16);
            R::One::copy_text(data.as_ptr(), row, data.len());
            let row = row.add(data.len().next_multiple_of(16));
            if !M::OPEN {
                R::One::xor_text(keystream.text(first + i), from, to, length);
            }
            R::One::copy_text(if M::OPEN { from } else { to }, row, length);
            let row = row.add(length.next_multiple_of(16));
            row.cast::<[u64; 2]>().write_unaligned([data.len() as u64, length as u64].map(u64::to_le));
        }
    }
    // SAFETY: the caller's promise; every row has `count` blocks, and every key 32 bytes.
    let tags = unsafe { short::tags::<R::Radix, N>(&keys, &blocks, &padding, count) };
    for (i, message) in messages.iter_mut().enumerate() {
        if M::OPEN {
            let (from, to, length) = text(message);
            // SAFETY: the caller's promise.
            unsafe { R::One::xor_text(keystream.text(first + i), from, to, length) };
        }
        message.finish(&tags.get(i));
    }
}

/// Seals or opens up to as many long messages as there are lanes.
///
/// # Safety
/// As [`run`]; the messages are number `first` and those behind it of the group whose keystream it is.
#[inline(always)]
unsafe fn seal_or_open_long<R: Registers<N>, const N: usize, M: Message>(
    key: &[u32; 8],
    messages: &mut [M],
    keystream: &Keystream,
    first: usize,
) {
    let mut places = [ptr::null(); MAX_LANES];
    for (i, place) in places.iter_mut().enumerate() {
        *place = keystream.first(first + i.min(messages.len() - 1));
    }
    let mut hashes = [[0; MAX_LANES]; N];
    // SAFETY: the caller's promise; every key has 32 bytes.
    unsafe {
        let keys = Keys::load::<R::Radix>(&places);
        let powers = long::Powers::of::<R::Radix>(keys.r);
        for (i, message) in messages.iter_mut().enumerate() {
            let hash = one_long::<R, N, M>(key, message, keystream.text(first + i), &powers, i);
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
/// As [`run`]; the keystream is that of the text beyond whole sets.
#[inline(always)]
unsafe fn one_long<R: Registers<N>, const N: usize, M: Message>(
    key: &[u32; 8],
    message: &mut M,
    keystream: *const u8,
    powers: &long::Powers<<R::Radix as Radix<N>>::Lanes, N>,
    lane: usize,
) -> [u64; N] {
    let whole = whole_sets::<R, N, M>(message);
    let (from, to, length) = text(message);
    let (nonce, data) = message.given();
    let (nonce, data) = (nonce.as_ptr(), (data.as_ptr(), data.len()));
    let ciphertext = (if M::OPEN { from } else { to.cast_const() }, length);
    // SAFETY: the caller's promise. Text is hashed as ciphertext: before it is opened, or after it was sealed.
    unsafe {
        let nonce = nonce.cast::<[[u8; 4]; 3]>().read().map(u32::from_le_bytes);
        let mut hash = long::Hash::<R::Radix, N>::new(powers, lane, data, ciphertext);
        let mut offset = 0;
        while offset < whole {
            let end = whole.min(offset + CHUNK);
            if M::OPEN {
                hash.text_beyond(end);
            }
            xor_sets::<R, N>(key, nonce, from, to, offset, end);
            if !M::OPEN {
                hash.text_up_to(end);
            }
            offset = end;
        }
        if M::OPEN {
            let hash = hash.finish();
            R::One::xor_text(keystream, from.add(whole), to.add(whole), length - whole);
            hash
        } else {
            R::One::xor_text(keystream, from.add(whole), to.add(whole), length - whole);
            hash.finish()
        }
    }
}

/// Combines whole sets of a text with keystream.
///
/// # Safety
/// The CPU has the instructions of the registers; the text from `offset` to `end` is readable and writable, and
/// consists of whole sets.
#[inline(always)]
unsafe fn xor_sets<R: Registers<N>, const N: usize>(
    key: &[u32; 8],
    nonce: [u32; 3],
    from: *const u8,
    to: *mut u8,
    offset: usize,
    end: usize,
) {
    let mut at = offset;
    // SAFETY: the caller's promise.
    unsafe {
        while at + R::Many::LANES * BLOCK <= end {
            xor_set::<R::Many>(key, nonce, from, to, at);
            at += R::Many::LANES * BLOCK;
        }
        if R::Many::LANES > R::One::LANES {
            while at < end {
                xor_set::<R::One>(key, nonce, from, to, at);
                at += R::One::LANES * BLOCK;
            }
        }
    }
}

/// Combines a set of a text with keystream.
///
/// # Safety
/// As [`xor_sets`], for one set at `at`.
#[inline(always)]
unsafe fn xor_set<W: Words>(key: &[u32; 8], nonce: [u32; 3], from: *const u8, to: *mut u8, at: usize) {
    const PLACES: [u32; MAX_SET] = {
        let mut places = [0; MAX_SET];
        let mut i = 0;
        while i < MAX_SET {
            places[i] = i as u32;
            i += 1;
        }
        places
    };
    // SAFETY: the caller's promise; no register has more lanes than there are places.
    unsafe {
        let counter = W::splat(1 + (at / BLOCK) as u32).add(W::load(PLACES.as_ptr()));
        let inputs = Inputs { counter, nonce: [W::splat(nonce[0]), W::splat(nonce[1]), W::splat(nonce[2])] };
        W::xor_blocks(chacha20::blocks(key, inputs), from.add(at), to.add(at));
    }
}
