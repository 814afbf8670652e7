//! AEGIS on any CPU: AES rounds in plain Rust, eight blocks at a time, bitsliced, so that neither a branch nor an
//! address depends on a secret.
//!
//! Eight blocks become eight planes: bit `b` of byte `p` of plane `j` is bit `j` of byte `p` of block `b`. SubBytes is
//! then a circuit over planes, and ShiftRows and MixColumns move bytes within each plane.

use super::Variant;
use super::batch::{self, Kernels};
use super::construction::{Aegis128, Aegis256};
use super::register::{Destinations, Register, Sources, Tags, destination, source};
use super::schedule::Schedule;
use crate::engine::message::{Checked, Message};

mod sbox;

/// A block, or one of the planes of eight blocks: two little-endian halves.
pub(super) type Block = [u64; 2];

/// `L` lanes.
#[derive(Clone, Copy)]
pub(super) struct Blocks<const L: usize>([Block; L]);

impl<const L: usize> Register for Blocks<L> {
    const LANES: usize = L;
    const KEY_IS_LAST: bool = true;

    #[inline(never)]
    unsafe fn load<const D: usize>(from: &Sources, offset: usize, first_lane: usize) -> Self {
        let mut out = [[0; 2]; L];
        for (lane, block) in (first_lane..).zip(&mut out) {
            // SAFETY: the caller's promise.
            *block = unsafe { read(source::<D>(from, offset, lane)) };
        }
        Self(out)
    }

    #[inline(never)]
    unsafe fn store<const D: usize>(self, to: &Destinations, offset: usize, first_lane: usize) {
        for (lane, block) in (first_lane..).zip(self.0) {
            let place = destination::<D>(to, offset, lane).cast::<[[u8; 8]; 2]>();
            // SAFETY: the caller's promise; an array of bytes has no alignment.
            unsafe { place.write(block.map(u64::to_le_bytes)) };
        }
    }

    #[inline(never)]
    unsafe fn broadcast(block: *const u8) -> Self {
        // SAFETY: the caller's promise.
        Self([unsafe { read(block) }; L])
    }

    #[inline(never)]
    unsafe fn replicate<const D: usize>(from: &Sources, offset: usize, first_lane: usize) -> Self {
        let mut out = [[0; 2]; L];
        for (lane, block) in (first_lane..).zip(&mut out) {
            // SAFETY: the caller's promise.
            *block = unsafe { read(from[lane / D].wrapping_add(offset)) };
        }
        Self(out)
    }

    #[inline(never)]
    fn add_to_tags<const D: usize>(self, tags: &mut Tags, first_lane: usize) {
        for (lane, block) in (first_lane..).zip(self.0) {
            tags[lane / D] ^= u128::from(block[0]) | (u128::from(block[1]) << 64);
        }
    }

    #[inline(never)]
    fn xor(mut self, other: Self) -> Self {
        for (a, b) in self.0.as_flattened_mut().iter_mut().zip(other.0.as_flattened()) {
            *a ^= b;
        }
        self
    }

    #[inline(never)]
    fn and(mut self, other: Self) -> Self {
        for (a, b) in self.0.as_flattened_mut().iter_mut().zip(other.0.as_flattened()) {
            *a &= b;
        }
        self
    }

    #[inline(always)]
    fn aes_round(self, round_key: Self) -> Self {
        let [out] = Self::aes_rounds([self], [round_key]);
        out
    }

    /// Not inlined, like the kernels: unrolled into each other, they would be most of the crate, and of the time that it
    /// takes to compile.
    #[inline(never)]
    fn aes_rounds<const N: usize>(states: [Self; N], round_keys: [Self; N]) -> [Self; N] {
        let mut out = states;
        let mut eight = [[0; 2]; 8];
        let total = N * L;
        for start in (0..total).step_by(8) {
            let count = usize::min(8, total - start);
            for (i, block) in eight.iter_mut().enumerate().take(count) {
                *block = out[(start + i) / L].0[(start + i) % L];
            }
            aes_round_without_key(&mut eight);
            for (i, block) in eight.iter().enumerate().take(count) {
                out[(start + i) / L].0[(start + i) % L] = *block;
            }
        }
        for (state, round_key) in out.iter_mut().zip(round_keys) {
            *state = state.xor(round_key);
        }
        out
    }
}

/// # Safety
/// 16 bytes are readable.
#[inline(always)]
unsafe fn read(block: *const u8) -> Block {
    // SAFETY: the caller's promise; an array of bytes has no alignment.
    let bytes: [[u8; 8]; 2] = unsafe { block.cast::<[[u8; 8]; 2]>().read() };
    bytes.map(u64::from_le_bytes)
}

/// Calls a macro of [`batch`] with the registers for each variant. Rounds are done for eight blocks: one state of AEGIS-128L, or
/// three quarters of four states of AEGIS-256.
macro_rules! registers {
    ($do:ident, $($given:tt)*) => {
        batch::$do!($($given)*, {
            Aegis128l => Aegis128, 2, 1, Blocks<1>, Blocks<1>;
            Aegis128x2 => Aegis128, 2, 2, Blocks<2>, Blocks<2>;
            Aegis128x4 => Aegis128, 2, 4, Blocks<4>, Blocks<4>;
            Aegis256 => Aegis256, 1, 1, Blocks<1>, Blocks<1>;
            Aegis256x2 => Aegis256, 1, 2, Blocks<2>, Blocks<2>;
            Aegis256x4 => Aegis256, 1, 4, Blocks<4>, Blocks<4>;
        })
    };
}

/// What is called through pointers.
pub(super) fn kernels(variant: Variant) -> Kernels {
    registers!(kernels_by_variant, kernel, variant)
}

pub(super) fn run<M: Message>(variant: Variant, schedule: &Schedule, batch: Checked<'_, M>) {
    registers!(by_variant, kernel, variant, schedule, batch);
}

batch::kernel!(kernel);

/// SubBytes, ShiftRows and MixColumns (FIPS 197) of eight blocks.
#[inline(never)]
pub(super) fn aes_round_without_key(blocks: &mut [Block; 8]) {
    transpose(blocks);
    sbox::substitute(blocks);
    for plane in blocks.iter_mut() {
        *plane = shift_rows(*plane);
    }
    *blocks = mix_columns(blocks);
    transpose(blocks);
}

/// Turns blocks into planes, and planes into blocks: in each byte position, the 8 x 8 bits of the eight words are
/// transposed.
fn transpose(words: &mut [Block; 8]) {
    for (distance, mask) in
        [(1, 0x5555_5555_5555_5555), (2, 0x3333_3333_3333_3333), (4, 0x0f0f_0f0f_0f0f_0f0f)]
    {
        for low in (0..8).filter(|index| index & distance == 0) {
            let (mut first, mut second) = (words[low], words[low + distance]);
            for (a, b) in first.iter_mut().zip(&mut second) {
                let swapped = ((*a >> distance) ^ *b) & mask;
                *a ^= swapped << distance;
                *b ^= swapped;
            }
            (words[low], words[low + distance]) = (first, second);
        }
    }
}

/// Byte `4 c + r` (column c, row r) comes from column c + r.
fn shift_rows([low, high]: Block) -> Block {
    const ROW: u64 = 0x0000_00ff_0000_00ff;
    let by_one = [(low >> 32) | (high << 32), (high >> 32) | (low << 32)];
    let by_two = [high, low];
    let by_three = [by_one[1], by_one[0]];
    let half = |i: usize| {
        ([low, high][i] & ROW)
            | (by_one[i] & (ROW << 8))
            | (by_two[i] & (ROW << 16))
            | (by_three[i] & (ROW << 24))
    };
    [half(0), half(1)]
}

/// With b = a + (a one row down): twice b, plus a one row down, plus b two rows down.
fn mix_columns(planes: &[Block; 8]) -> [Block; 8] {
    let mut down = *planes;
    let mut sum = *planes;
    for (sum, down) in sum.as_flattened_mut().iter_mut().zip(down.as_flattened_mut()) {
        *down = one_row_down(*down);
        *sum ^= *down;
    }
    let mut out = down;
    for half in 0..2 {
        let carry = sum[7][half];
        for (j, plane) in out.iter_mut().enumerate() {
            // Doubling shifts the planes; what falls out at the top comes back as the polynomial 0x1b.
            let doubled = match j {
                0 => carry,
                1 | 3 | 4 => sum[j - 1][half] ^ carry,
                _ => sum[j - 1][half],
            };
            plane[half] ^= doubled ^ one_row_down(one_row_down(sum[j][half]));
        }
    }
    out
}

/// Within each column of four bytes, row r gets what row r + 1 has.
fn one_row_down(half: u64) -> u64 {
    const TOP_ROW: u64 = 0x0000_00ff_0000_00ff;
    ((half >> 8) & !(TOP_ROW << 24)) | ((half & TOP_ROW) << 24)
}

#[cfg(test)]
mod tests;
