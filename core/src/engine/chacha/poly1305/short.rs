//! Many short messages side by side: a lane for each, block after block.

use super::{Keys, Radix, Tags, add};
use crate::engine::chacha::limbs::{BLOCK, Limbs, MAX_LANES};

/// The tags of messages that are padded in front with blocks of zeros, so that all have the same number of blocks.
/// `padding` says how many of each lane's `count` blocks those are.
///
/// # Safety
/// The CPU has the instructions of the registers. For each lane, 32 bytes of key and `count` blocks are readable.
#[inline(always)]
pub(in super::super) unsafe fn tags<R: Radix<N>, const N: usize>(
    keys: &[*const u8; MAX_LANES],
    blocks: &[*const u8; MAX_LANES],
    padding: &[u64; MAX_LANES],
    count: usize,
) -> Tags {
    // SAFETY: the caller's promise.
    unsafe {
        let keys = Keys::<R::Lanes, N>::load::<R>(keys);
        let factor = R::factor(keys.r);
        let padding = R::Lanes::load(padding.as_ptr());
        let mut hash = [R::Lanes::splat(0); N];
        for block in 0..count {
            let (low, high) = R::Lanes::gather_blocks(blocks, block * BLOCK);
            // The highest bit of `padding - 1 - block` says whether this block is behind the padding.
            let behind = padding.add(R::Lanes::splat((block as u64 + 1).wrapping_neg())).shift_right::<63>();
            let sum = R::product(add(hash, R::split(low, high, behind)), &factor);
            hash = R::carry(sum);
        }
        keys.tags::<R>(hash)
    }
}
