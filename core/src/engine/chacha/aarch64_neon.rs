//! ChaCha20-Poly1305 on 64-bit ARM: four blocks of ChaCha20 in a register, two of Poly1305.

use core::arch::aarch64::{
    uint8x16_t, uint32x4_t, uint64x2_t, vaddq_u32, vaddq_u64, vaddvq_u64, vandq_u64, vbicq_u64, vdupq_n_u32,
    vdupq_n_u64, veorq_u8, veorq_u32, vextq_u32, vld1q_u8, vld1q_u32, vld1q_u64, vmlal_u32, vmovn_u64,
    vmull_u32, vorrq_u64, vqtbl1q_u8, vreinterpretq_u8_u32, vreinterpretq_u8_u64, vreinterpretq_u16_u32,
    vreinterpretq_u32_u8, vreinterpretq_u32_u16, vreinterpretq_u64_u8, vreinterpretq_u64_u32, vrev32q_u16,
    vshlq_n_u32, vshlq_n_u64, vshrq_n_u64, vsriq_n_u32, vst1q_u8, vst1q_u64, vtrn1q_u32, vtrn1q_u64,
    vtrn2q_u32, vtrn2q_u64,
};

use super::alone;
use super::batch::{self, Places, Registers};
use super::limbs::{Limbs, MAX_LANES, Multiply32};
use super::poly1305::radix26::Radix26;
use super::rows::Rows;
use super::words::{BLOCK, Block, State, Words};
use super::{ALONE_STACK, SHORT_STACK, STACK, stack_for_one};
use crate::engine::message::Message;
use crate::engine::stack::with_wiped_stack;

/// Four words.
#[derive(Clone, Copy)]
struct Words4(uint32x4_t);

impl Words for Words4 {
    const LANES: usize = 4;
    type Blocks = [Block; 4];

    #[inline(always)]
    unsafe fn splat(word: u32) -> Self {
        // SAFETY: the caller's promise.
        Self(unsafe { vdupq_n_u32(word) })
    }

    #[inline(always)]
    unsafe fn load(from: *const u32) -> Self {
        // SAFETY: the caller's promise.
        Self(unsafe { vld1q_u32(from) })
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { vaddq_u32(self.0, other.0) })
    }

    #[inline(always)]
    fn xor(self, other: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { veorq_u32(self.0, other.0) })
    }

    /// Whole bytes are moved by one instruction, other rotations take two shifts.
    #[inline(always)]
    fn rotate_left<const BITS: i32>(self) -> Self {
        // SAFETY: register.
        Self(unsafe {
            match BITS {
                16 => vreinterpretq_u32_u16(vrev32q_u16(vreinterpretq_u16_u32(self.0))),
                8 => {
                    const PLACES: [u8; 16] = [3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10, 15, 12, 13, 14];
                    let places = vld1q_u8(PLACES.as_ptr());
                    vreinterpretq_u32_u8(vqtbl1q_u8(vreinterpretq_u8_u32(self.0), places))
                }
                12 => vsriq_n_u32::<20>(vshlq_n_u32::<12>(self.0), self.0),
                7 => vsriq_n_u32::<25>(vshlq_n_u32::<7>(self.0), self.0),
                _ => unreachable!(), // ChaCha20 has no other
            }
        })
    }

    #[inline(always)]
    unsafe fn store_blocks(state: State<Self>, to: *mut u8) {
        for (i, quarter) in transpose(state).into_iter().enumerate() {
            // SAFETY: the caller's promise.
            unsafe { vst1q_u8(to.add(i * BLOCK / 4), quarter) };
        }
    }

    #[inline(always)]
    unsafe fn xor_blocks(state: State<Self>, from: *const u8, to: *mut u8) {
        for (i, quarter) in transpose(state).into_iter().enumerate() {
            let offset = i * BLOCK / 4;
            // SAFETY: the caller's promise.
            unsafe { vst1q_u8(to.add(offset), veorq_u8(vld1q_u8(from.add(offset)), quarter)) };
        }
    }
}

/// The four quarters of each lane's block.
#[inline(always)]
fn transpose(words: State<Words4>) -> [uint8x16_t; 16] {
    // SAFETY: register.
    unsafe {
        let rows = [square(words, 0), square(words, 4), square(words, 8), square(words, 12)];
        let mut quarters = [rows[0][0]; 16];
        for (i, quarter) in quarters.iter_mut().enumerate() {
            *quarter = rows[i % 4][i / 4];
        }
        quarters
    }
}

/// Four words of each lane, from `row` on.
///
/// # Safety
/// As for the registers.
#[inline(always)]
unsafe fn square(words: State<Words4>, row: usize) -> [uint8x16_t; 4] {
    let [a, b, c, d] = [words[row].0, words[row + 1].0, words[row + 2].0, words[row + 3].0];
    // SAFETY: register.
    unsafe {
        let ab_even = vreinterpretq_u64_u32(vtrn1q_u32(a, b));
        let ab_odd = vreinterpretq_u64_u32(vtrn2q_u32(a, b));
        let cd_even = vreinterpretq_u64_u32(vtrn1q_u32(c, d));
        let cd_odd = vreinterpretq_u64_u32(vtrn2q_u32(c, d));
        [
            vreinterpretq_u8_u64(vtrn1q_u64(ab_even, cd_even)),
            vreinterpretq_u8_u64(vtrn1q_u64(ab_odd, cd_odd)),
            vreinterpretq_u8_u64(vtrn2q_u64(ab_even, cd_even)),
            vreinterpretq_u8_u64(vtrn2q_u64(ab_odd, cd_odd)),
        ]
    }
}

/// A row of one block.
#[derive(Clone, Copy)]
struct Row(Words4);

impl Rows for Row {
    const BLOCKS: usize = 1;

    #[inline(always)]
    unsafe fn repeat(from: *const u32) -> Self {
        // SAFETY: the caller's promise.
        Self(unsafe { Words4::load(from) })
    }

    #[inline(always)]
    unsafe fn load(from: *const [u32; 4]) -> Self {
        // SAFETY: the caller's promise.
        Self(unsafe { Words4::load(from.cast()) })
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(self.0.add(other.0))
    }

    #[inline(always)]
    fn xor(self, other: Self) -> Self {
        Self(self.0.xor(other.0))
    }

    #[inline(always)]
    fn rotate_left<const BITS: i32>(self) -> Self {
        Self(self.0.rotate_left::<BITS>())
    }

    #[inline(always)]
    fn turn<const PLACES: usize>(self) -> Self {
        let words = self.0.0;
        // SAFETY: register.
        Self(Words4(unsafe {
            match PLACES {
                1 => vextq_u32::<1>(words, words),
                2 => vextq_u32::<2>(words, words),
                _ => vextq_u32::<3>(words, words),
            }
        }))
    }

    #[inline(always)]
    unsafe fn store_blocks(rows: [Self; 4], to: *mut u8) {
        for (i, row) in rows.into_iter().enumerate() {
            // SAFETY: the caller's promise.
            unsafe { vst1q_u8(to.add(i * BLOCK / 4), vreinterpretq_u8_u32(row.0.0)) };
        }
    }
}

/// Two numbers.
#[derive(Clone, Copy)]
struct Limbs2(uint64x2_t);

impl Limbs for Limbs2 {
    const LANES: usize = 2;
    const ORDER: &'static [usize] = &[0, 1];

    #[inline(always)]
    unsafe fn splat(number: u64) -> Self {
        // SAFETY: the caller's promise.
        Self(unsafe { vdupq_n_u64(number) })
    }

    #[inline(always)]
    unsafe fn load(from: *const u64) -> Self {
        // SAFETY: the caller's promise.
        Self(unsafe { vld1q_u64(from) })
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut u64) {
        // SAFETY: the caller's promise.
        unsafe { vst1q_u64(to, self.0) };
    }

    #[inline(always)]
    unsafe fn load_blocks(from: *const u8) -> (Self, Self) {
        // SAFETY: the caller's promise.
        unsafe { two_blocks(from, from.add(16)) }
    }

    #[inline(always)]
    unsafe fn gather_blocks(from: &[*const u8; MAX_LANES], offset: usize) -> (Self, Self) {
        // SAFETY: the caller's promise.
        unsafe { two_blocks(from[0].add(offset), from[1].add(offset)) }
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { vaddq_u64(self.0, other.0) })
    }

    #[inline(always)]
    fn and(self, other: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { vandq_u64(self.0, other.0) })
    }

    #[inline(always)]
    fn or(self, other: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { vorrq_u64(self.0, other.0) })
    }

    #[inline(always)]
    fn not_and(self, other: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { vbicq_u64(other.0, self.0) })
    }

    #[inline(always)]
    fn shift_left<const BITS: i32>(self) -> Self {
        // SAFETY: register.
        Self(unsafe { vshlq_n_u64::<BITS>(self.0) })
    }

    #[inline(always)]
    fn shift_right<const BITS: i32>(self) -> Self {
        // SAFETY: register.
        Self(unsafe { vshrq_n_u64::<BITS>(self.0) })
    }

    #[inline(always)]
    fn sum(self) -> u64 {
        // SAFETY: register.
        unsafe { vaddvq_u64(self.0) }
    }
}

/// The low halves of two blocks, and the high ones.
///
/// # Safety
/// Two blocks are readable.
#[inline(always)]
unsafe fn two_blocks(first: *const u8, second: *const u8) -> (Limbs2, Limbs2) {
    // SAFETY: the caller's promise.
    unsafe {
        let first = vreinterpretq_u64_u8(vld1q_u8(first));
        let second = vreinterpretq_u64_u8(vld1q_u8(second));
        (Limbs2(vtrn1q_u64(first, second)), Limbs2(vtrn2q_u64(first, second)))
    }
}

impl Multiply32 for Limbs2 {
    #[inline(always)]
    fn multiply(self, other: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { vmull_u32(vmovn_u64(self.0), vmovn_u64(other.0)) })
    }

    #[inline(always)]
    fn multiply_add(self, a: Self, b: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { vmlal_u32(self.0, vmovn_u64(a.0), vmovn_u64(b.0)) })
    }
}

struct Choice;

impl Registers<5> for Choice {
    type Many = [Words4; 2];
    type One = Words4;
    type Few = [Row; 4];
    type Radix = Radix26<Limbs2>;

    unsafe fn short<M: Message>(messages: &mut [M], keystream: &Places) {
        // SAFETY: the caller's promise.
        unsafe { kernel_short(messages, keystream) };
    }

    unsafe fn long<M: Message>(key: &[u32; 8], messages: &mut [M], keystream: &Places) {
        // SAFETY: the caller's promise.
        unsafe { kernel_long(key, messages, keystream) };
    }
}

pub(super) fn run<M: Message>(key: &[u32; 8], messages: &mut [M]) {
    // SAFETY: every such CPU has these registers; `Backend::run` has checked the lengths.
    unsafe {
        match messages {
            [message] if alone::fits::<[Row; 4], M>(message) => run_alone(key, message),
            [message] => {
                let message = core::array::from_mut(message);
                with_wiped_stack::<{ stack_for_one(20480) }, _>(|| kernel_one(key, message));
            }
            _ if batch::all_short(messages) => {
                with_wiped_stack::<SHORT_STACK, _>(|| kernel(key, messages));
            }
            _ => with_wiped_stack::<STACK, _>(|| kernel(key, messages)),
        }
    }
}

/// Seals or opens a message that [`alone::fits`] the larger rows.
///
/// # Safety
/// The nonce has 12 bytes, and both texts the same length.
unsafe fn run_alone<M: Message>(key: &[u32; 8], message: &mut M) {
    // SAFETY: the caller's promise.
    with_wiped_stack::<ALONE_STACK, _>(|| unsafe {
        if alone::fits::<[Row; 2], M>(message) {
            kernel_alone::<[Row; 2], M>(key, message);
        } else {
            kernel_alone::<[Row; 4], M>(key, message);
        }
    });
}

#[target_feature(enable = "neon")]
#[inline(never)]
fn kernel<M: Message>(key: &[u32; 8], messages: &mut [M]) {
    // SAFETY: this function's features are those of the registers; `Backend::run` has checked the lengths.
    unsafe { batch::run::<Choice, 5, M>(key, messages) };
}

#[target_feature(enable = "neon")]
#[inline(never)]
fn kernel_one<M: Message>(key: &[u32; 8], message: &mut [M; 1]) {
    // SAFETY: as `kernel`.
    unsafe { batch::run_one::<Choice, 5, M>(key, message) };
}

/// # Safety
/// As [`batch::seal_or_open_short`].
#[target_feature(enable = "neon")]
#[inline(never)]
unsafe fn kernel_short<M: Message>(messages: &mut [M], keystream: &Places) {
    // SAFETY: this function's features are those of the registers; the caller's promise.
    unsafe { batch::seal_or_open_short::<Choice, 5, M>(messages, keystream) };
}

/// # Safety
/// As [`batch::seal_or_open_long`].
#[target_feature(enable = "neon")]
#[inline(never)]
unsafe fn kernel_long<M: Message>(key: &[u32; 8], messages: &mut [M], keystream: &Places) {
    // SAFETY: as `kernel_short`.
    unsafe { batch::seal_or_open_long::<Choice, 5, M>(key, messages, keystream) };
}

#[target_feature(enable = "neon")]
#[inline(never)]
fn kernel_alone<R: Rows, M: Message>(key: &[u32; 8], message: &mut M) {
    // SAFETY: as `kernel`.
    unsafe { alone::run::<R, Words4, M>(key, message) };
}
