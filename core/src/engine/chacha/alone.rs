//! A short message alone: there is nothing to share lanes with, and latency is what counts. Its few blocks of keystream
//! are computed in rows, and the tag block by block.

use core::mem::MaybeUninit;

use super::chacha20;
use super::poly1305::scalar;
use super::rows::{MAX_FEW, Rows};
use super::words::{BLOCK, Block, Words};
use crate::engine::message::Message;

/// Associated data up to this length is hashed block by block.
const DATA: usize = 512;

/// Whether a message is short enough for `R`.
#[inline(always)]
pub(super) fn fits<R: Rows, M: Message>(message: &M) -> bool {
    // The first block gives the one-time key.
    message.text_lengths().0 <= (R::BLOCKS - 1) * BLOCK && message.given().1.len() <= DATA
}

/// The counters of the first blocks, in rows.
const COUNTERS: [[u32; 4]; MAX_FEW] = {
    let mut counters = [[0; 4]; MAX_FEW];
    let mut i = 0;
    while i < MAX_FEW {
        counters[i][0] = i as u32;
        i += 1;
    }
    counters
};

/// Seals or opens a message that [`fits`].
///
/// # Safety
/// The CPU has the instructions of the registers. The nonce has 12 bytes, and both texts the same length.
#[inline(always)]
pub(super) unsafe fn run<R: Rows, W: Words, M: Message>(key: &[u32; 8], message: &mut M) {
    #[cfg(test)]
    super::tests::count_kernel_call();
    debug_assert!(fits::<R, M>(message) && R::BLOCKS <= MAX_FEW);
    let mut keystream = [const { MaybeUninit::<Block>::uninit() }; MAX_FEW];
    let keystream: *mut u8 = keystream.as_mut_ptr().cast();
    let (from, to) = message.pointers();
    let length = message.text_lengths().0;
    let (nonce, data) = message.given();
    // SAFETY: the caller's promise; the blocks of `R` are enough for the text. Text is hashed as ciphertext: before it
    // is opened, or after it was sealed.
    let tag = unsafe {
        let nonce = nonce.as_ptr();
        let halves = (nonce.cast::<[u8; 4]>().read(), nonce.add(4).cast::<[u8; 8]>().read());
        let row =
            [u64::from(u32::from_le_bytes(halves.0)) << 32, u64::from_le_bytes(halves.1)].map(u64::to_le);
        let last = R::repeat(row.as_ptr().cast()).add(R::load(COUNTERS.as_ptr()));
        R::store_blocks(chacha20::few_blocks(key, last), keystream);

        let mut hash = scalar::Hash::new(keystream);
        hash.padded(data.as_ptr(), data.len());
        if !M::OPEN {
            W::xor_text(keystream.add(BLOCK), from, to, length);
        }
        hash.padded(if M::OPEN { from } else { to }, length);
        hash.block(data.len() as u128 | (length as u128) << 64);
        if M::OPEN {
            W::xor_text(keystream.add(BLOCK), from, to, length);
        }
        hash.tag()
    };
    message.finish(&tag);
}
