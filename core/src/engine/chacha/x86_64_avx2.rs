//! ChaCha20-Poly1305 on x86-64 with AVX2: eight blocks of ChaCha20 in a register, four of Poly1305.

use core::arch::x86_64::{
    __m256i, _MM_HINT_T0, _mm_add_epi64, _mm_cvtsi32_si128, _mm_cvtsi128_si64, _mm_loadu_si128, _mm_prefetch,
    _mm_unpackhi_epi64, _mm256_add_epi32, _mm256_add_epi64, _mm256_and_si256, _mm256_andnot_si256,
    _mm256_broadcastsi128_si256, _mm256_castsi128_si256, _mm256_castsi256_si128, _mm256_extracti128_si256,
    _mm256_inserti128_si256, _mm256_loadu_si256, _mm256_mul_epu32, _mm256_or_si256,
    _mm256_permute2x128_si256, _mm256_set1_epi32, _mm256_set1_epi64x, _mm256_shuffle_epi32, _mm256_sll_epi64,
    _mm256_srl_epi64, _mm256_storeu_si256, _mm256_unpackhi_epi32, _mm256_unpackhi_epi64,
    _mm256_unpacklo_epi32, _mm256_unpacklo_epi64, _mm256_xor_si256,
};

use super::alone;
use super::batch::{self, Places, Registers};
use super::limbs::{Limbs, MAX_LANES, Multiply32};
use super::poly1305::radix26::Radix26;
use super::rows::Rows;
use super::words::{BLOCK, Block, State, Words};
use super::{ALONE_STACK, SHORT_STACK, STACK, stack_for_one};
use crate::engine::detect::Avx2;
use crate::engine::message::Message;
use crate::engine::stack::with_wiped_stack;

mod rounds;
use rounds::{double_rounds, rotate_left};

/// Eight words.
#[derive(Clone, Copy)]
struct Words8(__m256i);

impl Words for Words8 {
    const LANES: usize = 8;
    type Blocks = [Block; 8];

    #[inline(always)]
    unsafe fn splat(word: u32) -> Self {
        // SAFETY: the caller's promise.
        Self(unsafe { _mm256_set1_epi32(word.cast_signed()) })
    }

    #[inline(always)]
    unsafe fn load(from: *const u32) -> Self {
        // SAFETY: the caller's promise.
        Self(unsafe { _mm256_loadu_si256(from.cast()) })
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm256_add_epi32(self.0, other.0) })
    }

    #[inline(always)]
    fn xor(self, other: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm256_xor_si256(self.0, other.0) })
    }

    #[inline(always)]
    fn rotate_left<const BITS: i32>(self) -> Self {
        // SAFETY: register.
        Self(unsafe { rotate_left::<BITS>(self.0) })
    }

    #[inline(always)]
    fn double_rounds(state: &mut State<Self>, count: usize) {
        // SAFETY: register.
        unsafe { double_rounds(state, count) };
    }

    #[inline(always)]
    unsafe fn store_blocks(state: State<Self>, to: *mut u8) {
        for (i, half) in transpose(state).into_iter().enumerate() {
            // SAFETY: the caller's promise.
            unsafe { _mm256_storeu_si256(to.add(i * BLOCK / 2).cast(), half) };
        }
    }

    #[inline(always)]
    unsafe fn prefetch(from: *const u8) {
        // SAFETY: the caller's promise; a prefetch does not fault.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(from.cast()) };
    }

    #[inline(always)]
    unsafe fn xor_blocks(state: State<Self>, from: *const u8, to: *mut u8) {
        for (i, half) in transpose(state).into_iter().enumerate() {
            // SAFETY: the caller's promise.
            unsafe {
                let text = _mm256_loadu_si256(from.add(i * BLOCK / 2).cast());
                _mm256_storeu_si256(to.add(i * BLOCK / 2).cast(), _mm256_xor_si256(text, half));
            }
        }
    }
}

/// A square of four words by four, in each 128 bits of the registers.
///
/// # Safety
/// As for the registers.
#[inline(always)]
unsafe fn square(words: State<Words8>, row: usize) -> [__m256i; 4] {
    let [a, b, c, d] = [words[row].0, words[row + 1].0, words[row + 2].0, words[row + 3].0];
    // SAFETY: register.
    unsafe {
        let (ab_low, ab_high) = (_mm256_unpacklo_epi32(a, b), _mm256_unpackhi_epi32(a, b));
        let (cd_low, cd_high) = (_mm256_unpacklo_epi32(c, d), _mm256_unpackhi_epi32(c, d));
        [
            _mm256_unpacklo_epi64(ab_low, cd_low),
            _mm256_unpackhi_epi64(ab_low, cd_low),
            _mm256_unpacklo_epi64(ab_high, cd_high),
            _mm256_unpackhi_epi64(ab_high, cd_high),
        ]
    }
}

/// The two halves of each lane's block.
#[inline(always)]
fn transpose(words: State<Words8>) -> [__m256i; 16] {
    // SAFETY: register.
    unsafe {
        // Squares of four words by four, in each half of the registers: in half `h` of `squares[row][column]` are words
        // `4 row` to `4 row + 3` of block `4 h + column`.
        let squares = [square(words, 0), square(words, 4), square(words, 8), square(words, 12)];
        let [[a0, a1, a2, a3], [b0, b1, b2, b3], [c0, c1, c2, c3], [d0, d1, d2, d3]] = squares;
        // Written out: compilers leave a loop a loop, and squares in memory.
        let low = |x, y| _mm256_permute2x128_si256::<0x20>(x, y);
        let high = |x, y| _mm256_permute2x128_si256::<0x31>(x, y);
        [
            low(a0, b0),
            low(c0, d0),
            low(a1, b1),
            low(c1, d1),
            low(a2, b2),
            low(c2, d2),
            low(a3, b3),
            low(c3, d3),
            high(a0, b0),
            high(c0, d0),
            high(a1, b1),
            high(c1, d1),
            high(a2, b2),
            high(c2, d2),
            high(a3, b3),
            high(c3, d3),
        ]
    }
}

/// # Safety
/// As [`Limbs::gather_blocks`].
#[inline(always)]
unsafe fn two_blocks(first: *const u8, second: *const u8, offset: usize) -> __m256i {
    // SAFETY: the caller's promise.
    unsafe {
        let first = _mm_loadu_si128(first.add(offset).cast());
        let second = _mm_loadu_si128(second.add(offset).cast());
        _mm256_inserti128_si256::<1>(_mm256_castsi128_si256(first), second)
    }
}

/// A row of two blocks.
#[derive(Clone, Copy)]
struct Rows2(__m256i);

impl Rows for Rows2 {
    const BLOCKS: usize = 2;

    #[inline(always)]
    unsafe fn repeat(from: *const u32) -> Self {
        // SAFETY: the caller's promise.
        Self(unsafe { _mm256_broadcastsi128_si256(_mm_loadu_si128(from.cast())) })
    }

    #[inline(always)]
    unsafe fn load(from: *const [u32; 4]) -> Self {
        // SAFETY: the caller's promise.
        Self(unsafe { _mm256_loadu_si256(from.cast()) })
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm256_add_epi32(self.0, other.0) })
    }

    #[inline(always)]
    fn xor(self, other: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm256_xor_si256(self.0, other.0) })
    }

    #[inline(always)]
    fn rotate_left<const BITS: i32>(self) -> Self {
        // SAFETY: register.
        Self(unsafe { rotate_left::<BITS>(self.0) })
    }

    #[inline(always)]
    fn turn<const PLACES: usize>(self) -> Self {
        // SAFETY: register.
        Self(unsafe {
            match PLACES {
                1 => _mm256_shuffle_epi32::<0b00_11_10_01>(self.0),
                2 => _mm256_shuffle_epi32::<0b01_00_11_10>(self.0),
                _ => _mm256_shuffle_epi32::<0b10_01_00_11>(self.0),
            }
        })
    }

    #[inline(always)]
    unsafe fn store_blocks([a, b, c, d]: [Self; 4], to: *mut u8) {
        // SAFETY: the caller's promise.
        unsafe {
            let at = |half: usize| to.add(half * BLOCK / 2).cast();
            _mm256_storeu_si256(at(0), _mm256_permute2x128_si256::<0x20>(a.0, b.0));
            _mm256_storeu_si256(at(1), _mm256_permute2x128_si256::<0x20>(c.0, d.0));
            _mm256_storeu_si256(at(2), _mm256_permute2x128_si256::<0x31>(a.0, b.0));
            _mm256_storeu_si256(at(3), _mm256_permute2x128_si256::<0x31>(c.0, d.0));
        }
    }
}

/// Four numbers.
#[derive(Clone, Copy)]
struct Limbs4(__m256i);

impl Limbs for Limbs4 {
    const LANES: usize = 4;
    const ORDER: &'static [usize] = &[0, 2, 1, 3];

    #[inline(always)]
    unsafe fn splat(number: u64) -> Self {
        // SAFETY: the caller's promise.
        Self(unsafe { _mm256_set1_epi64x(number.cast_signed()) })
    }

    #[inline(always)]
    unsafe fn load(from: *const u64) -> Self {
        // SAFETY: the caller's promise.
        Self(unsafe { _mm256_loadu_si256(from.cast()) })
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut u64) {
        // SAFETY: the caller's promise.
        unsafe { _mm256_storeu_si256(to.cast(), self.0) };
    }

    #[inline(always)]
    unsafe fn load_blocks(from: *const u8) -> (Self, Self) {
        // SAFETY: the caller's promise.
        unsafe {
            let (a, b) = (_mm256_loadu_si256(from.cast()), _mm256_loadu_si256(from.add(32).cast()));
            (Self(_mm256_unpacklo_epi64(a, b)), Self(_mm256_unpackhi_epi64(a, b)))
        }
    }

    #[inline(always)]
    unsafe fn gather_blocks(from: &[*const u8; MAX_LANES], offset: usize) -> (Self, Self) {
        // SAFETY: the caller's promise.
        unsafe {
            let (even, odd) = (two_blocks(from[0], from[2], offset), two_blocks(from[1], from[3], offset));
            (Self(_mm256_unpacklo_epi64(even, odd)), Self(_mm256_unpackhi_epi64(even, odd)))
        }
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm256_add_epi64(self.0, other.0) })
    }

    #[inline(always)]
    fn and(self, other: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm256_and_si256(self.0, other.0) })
    }

    #[inline(always)]
    fn or(self, other: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm256_or_si256(self.0, other.0) })
    }

    #[inline(always)]
    fn not_and(self, other: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm256_andnot_si256(self.0, other.0) })
    }

    #[inline(always)]
    fn shift_left<const BITS: i32>(self) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm256_sll_epi64(self.0, _mm_cvtsi32_si128(BITS)) })
    }

    #[inline(always)]
    fn shift_right<const BITS: i32>(self) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm256_srl_epi64(self.0, _mm_cvtsi32_si128(BITS)) })
    }

    #[inline(always)]
    fn sum(self) -> u64 {
        // SAFETY: register.
        unsafe {
            let halves = _mm_add_epi64(_mm256_castsi256_si128(self.0), _mm256_extracti128_si256::<1>(self.0));
            _mm_cvtsi128_si64(_mm_add_epi64(halves, _mm_unpackhi_epi64(halves, halves))).cast_unsigned()
        }
    }
}

impl Multiply32 for Limbs4 {
    #[inline(always)]
    fn multiply(self, other: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm256_mul_epu32(self.0, other.0) })
    }
}

struct Choice;

impl Registers<5> for Choice {
    type Many = Words8;
    type One = Words8;
    type Few = [Rows2; 2];
    type Radix = Radix26<Limbs4>;

    unsafe fn short<M: Message>(messages: &mut [M], keystream: &Places) {
        // SAFETY: the caller's promise.
        unsafe { kernel_short(messages, keystream) };
    }

    unsafe fn long<M: Message>(key: &[u32; 8], messages: &mut [M], keystream: &Places) {
        // SAFETY: the caller's promise.
        unsafe { kernel_long(key, messages, keystream) };
    }
}

pub(super) fn run<M: Message>(_: Avx2, key: &[u32; 8], messages: &mut [M]) {
    // SAFETY: token; `Backend::run` has checked the lengths.
    unsafe {
        match messages {
            [message] if alone::fits::<[Rows2; 4], M>(message) => run_alone(key, message),
            [message] => {
                let message = core::array::from_mut(message);
                with_wiped_stack::<{ stack_for_one(9216) }, _>(|| kernel_one(key, message));
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
/// The CPU has AVX2. The nonce has 12 bytes, and both texts the same length.
unsafe fn run_alone<M: Message>(key: &[u32; 8], message: &mut M) {
    // SAFETY: the caller's promise.
    with_wiped_stack::<ALONE_STACK, _>(|| unsafe {
        if alone::fits::<[Rows2; 2], M>(message) {
            kernel_alone::<[Rows2; 2], M>(key, message);
        } else {
            kernel_alone::<[Rows2; 4], M>(key, message);
        }
    });
}

#[target_feature(enable = "avx2")]
#[inline(never)]
fn kernel<M: Message>(key: &[u32; 8], messages: &mut [M]) {
    // SAFETY: this function's features are those of the registers; `Backend::run` has checked the lengths.
    unsafe { batch::run::<Choice, 5, M>(key, messages) };
}

#[target_feature(enable = "avx2")]
#[inline(never)]
fn kernel_one<M: Message>(key: &[u32; 8], message: &mut [M; 1]) {
    // SAFETY: as `kernel`.
    unsafe { batch::run_one::<Choice, 5, M>(key, message) };
}

/// # Safety
/// As [`batch::seal_or_open_short`].
#[target_feature(enable = "avx2")]
#[inline(never)]
unsafe fn kernel_short<M: Message>(messages: &mut [M], keystream: &Places) {
    // SAFETY: this function's features are those of the registers; the caller's promise.
    unsafe { batch::seal_or_open_short::<Choice, 5, M>(messages, keystream) };
}

/// # Safety
/// As [`batch::seal_or_open_long`].
#[target_feature(enable = "avx2")]
#[inline(never)]
unsafe fn kernel_long<M: Message>(key: &[u32; 8], messages: &mut [M], keystream: &Places) {
    // SAFETY: as `kernel_short`.
    unsafe { batch::seal_or_open_long::<Choice, 5, M>(key, messages, keystream) };
}

#[target_feature(enable = "avx2")]
#[inline(never)]
fn kernel_alone<R: Rows, M: Message>(key: &[u32; 8], message: &mut M) {
    // SAFETY: as `kernel`.
    unsafe { alone::run::<R, Words8, M>(key, message) };
}
