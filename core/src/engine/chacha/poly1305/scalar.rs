//! One message, block by block, in the CPU's ordinary registers: for short messages alone.
//!
//! The hash is kept as two limbs of 64 bits and a small one. Since the halves of `r` are below 2^60 and the upper one
//! is a multiple of four, `2^128 r_1` is `5 r_1 / 4` modulo `2^130 - 5`, and no sum of products overflows 128 bits.

use crate::engine::chacha::limbs::BLOCK;

pub(in super::super) struct Hash {
    /// The hash below 2^128, and above.
    low: u128,
    high: u64,
    r: [u64; 2],
    s: u128,
}

impl Hash {
    /// # Safety
    /// 32 bytes of key are readable.
    #[inline(always)]
    pub(in super::super) unsafe fn new(key: *const u8) -> Self {
        // SAFETY: the caller's promise; an array of bytes has no alignment.
        let [r0, r1, s0, s1] = unsafe { key.cast::<[[u8; 8]; 4]>().read() }.map(u64::from_le_bytes);
        let r = [r0 & 0x0fff_fffc_0fff_ffff, r1 & 0x0fff_fffc_0fff_fffc];
        Self { low: 0, high: 0, r, s: u128::from(s0) | u128::from(s1) << 64 }
    }

    /// Takes in bytes, and zeros up to a whole block.
    ///
    /// # Safety
    /// So many bytes are readable.
    #[inline(always)]
    pub(in super::super) unsafe fn padded(&mut self, from: *const u8, length: usize) {
        let mut offset = 0;
        // SAFETY: the caller's promise; an array of bytes has no alignment.
        unsafe {
            while offset + BLOCK <= length {
                self.block(u128::from_le_bytes(from.add(offset).cast::<[u8; BLOCK]>().read()));
                offset += BLOCK;
            }
            if offset < length {
                let rest = super::super::words::load_short(from.add(offset), length - offset);
                self.block(u128::from_le_bytes(rest));
            }
        }
    }

    /// Takes in a block.
    #[inline(always)]
    pub(in super::super) fn block(&mut self, block: u128) {
        let (low, carry) = self.low.overflowing_add(block);
        let high = self.high + 1 + u64::from(carry);
        let (h0, h1) = (low as u64, (low >> 64) as u64);
        let [r0, r1] = self.r;
        let five_quarters = r1 + (r1 >> 2);

        let times = |a: u64, b: u64| u128::from(a) * u128::from(b);
        let d0 = times(h0, r0) + times(h1, five_quarters);
        let d1 = times(h0, r1) + times(h1, r0) + u128::from(high * five_quarters) + (d0 >> 64);
        let top = high * r0 + (d1 >> 64) as u64;

        // What is above 2^130 counts five times.
        let excess = (top & !3) + (top >> 2);
        let (low, carry) = (u128::from(d0 as u64) | d1 << 64).overflowing_add(u128::from(excess));
        self.low = low;
        self.high = (top & 3) + u64::from(carry);
    }

    #[inline(always)]
    pub(in super::super) fn tag(self) -> [u8; 16] {
        // Whether `hash + 5` reaches 2^130, so that the hash is not below 2^130 - 5.
        let (_, carry) = self.low.overflowing_add(5);
        let excess = (self.high + u64::from(carry)) >> 2;
        self.low.wrapping_add(u128::from(5 * excess)).wrapping_add(self.s).to_le_bytes()
    }
}
