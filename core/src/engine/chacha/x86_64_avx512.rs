//! ChaCha20-Poly1305 on x86-64 with AVX-512: 16 blocks of ChaCha20 in a register, eight of Poly1305.

use core::arch::x86_64::{
    __m512i, __mmask64, _MM_HINT_T0, _mm_cvtsi32_si128, _mm_loadu_si128, _mm_prefetch, _mm512_add_epi32,
    _mm512_add_epi64, _mm512_and_si512, _mm512_andnot_si512, _mm512_broadcast_i32x4, _mm512_castsi128_si512,
    _mm512_inserti32x4, _mm512_loadu_si512, _mm512_mask_storeu_epi8, _mm512_maskz_loadu_epi8,
    _mm512_mul_epu32, _mm512_or_si512, _mm512_reduce_add_epi64, _mm512_rol_epi32, _mm512_set1_epi32,
    _mm512_set1_epi64, _mm512_shuffle_epi32, _mm512_shuffle_i32x4, _mm512_sll_epi64, _mm512_srl_epi64,
    _mm512_storeu_si512, _mm512_ternarylogic_epi64, _mm512_unpackhi_epi32, _mm512_unpackhi_epi64,
    _mm512_unpacklo_epi32, _mm512_unpacklo_epi64, _mm512_xor_si512,
};

use super::alone;
use super::batch::{self, Places, Registers};
use super::limbs::{Limbs, MAX_LANES, Multiply32};
use super::poly1305::radix26::Radix26;
use super::rows::Rows;
use super::words::{BLOCK, Block, State, Words};
use super::{ALONE_STACK, SHORT_STACK, STACK, stack_for_one};
use crate::engine::detect::Avx512;
use crate::engine::message::Message;
use crate::engine::stack::with_wiped_stack;

/// 16 words.
#[derive(Clone, Copy)]
pub(super) struct Words16(__m512i);

impl Words for Words16 {
    const LANES: usize = 16;
    type Blocks = [Block; 16];

    #[inline(always)]
    unsafe fn splat(word: u32) -> Self {
        // SAFETY: the caller's promise.
        Self(unsafe { _mm512_set1_epi32(word.cast_signed()) })
    }

    #[inline(always)]
    unsafe fn load(from: *const u32) -> Self {
        // SAFETY: the caller's promise.
        Self(unsafe { _mm512_loadu_si512(from.cast()) })
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm512_add_epi32(self.0, other.0) })
    }

    #[inline(always)]
    fn xor(self, other: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm512_xor_si512(self.0, other.0) })
    }

    #[inline(always)]
    fn rotate_left<const BITS: i32>(self) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm512_rol_epi32::<BITS>(self.0) })
    }

    #[inline(always)]
    unsafe fn store_blocks(state: State<Self>, to: *mut u8) {
        for (i, block) in transpose(state).into_iter().enumerate() {
            // SAFETY: the caller's promise.
            unsafe { _mm512_storeu_si512(to.add(i * BLOCK).cast(), block) };
        }
    }

    #[inline(always)]
    unsafe fn prefetch(from: *const u8) {
        // SAFETY: the caller's promise; a prefetch does not fault.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(from.cast()) };
    }

    #[inline(always)]
    unsafe fn xor_blocks(state: State<Self>, from: *const u8, to: *mut u8) {
        for (i, block) in transpose(state).into_iter().enumerate() {
            // SAFETY: the caller's promise.
            unsafe {
                let text = _mm512_loadu_si512(from.add(i * BLOCK).cast());
                _mm512_storeu_si512(to.add(i * BLOCK).cast(), _mm512_xor_si512(text, block));
            }
        }
    }

    #[inline(always)]
    unsafe fn xor_text(keystream: *const u8, from: *const u8, to: *mut u8, length: usize) {
        let mut offset = 0;
        // SAFETY: the caller's promise; what the mask leaves out is not touched.
        unsafe {
            // What was stored with a mask reaches loads late: whole blocks go without.
            while offset + BLOCK <= length {
                let text = _mm512_loadu_si512(from.add(offset).cast());
                let keystream = _mm512_loadu_si512(keystream.add(offset).cast());
                _mm512_storeu_si512(to.add(offset).cast(), _mm512_xor_si512(text, keystream));
                offset += BLOCK;
            }
            if offset < length {
                let mask = first_bytes(length - offset);
                let text = _mm512_maskz_loadu_epi8(mask, from.add(offset).cast());
                let keystream = _mm512_loadu_si512(keystream.add(offset).cast());
                _mm512_mask_storeu_epi8(to.add(offset).cast(), mask, _mm512_xor_si512(text, keystream));
            }
        }
    }

    #[inline(always)]
    unsafe fn xor_and_copy(
        open: bool,
        keystream: *const u8,
        from: *const u8,
        to: *mut u8,
        copy: *mut u8,
        length: usize,
    ) {
        let mut offset = 0;
        while offset < length {
            let mask = first_bytes(length - offset);
            // SAFETY: the caller's promise; what the mask leaves out is not touched.
            unsafe {
                let text = _mm512_maskz_loadu_epi8(mask, from.add(offset).cast());
                let keystream = _mm512_maskz_loadu_epi8(mask, keystream.add(offset).cast());
                let combined = _mm512_xor_si512(text, keystream);
                _mm512_mask_storeu_epi8(to.add(offset).cast(), mask, combined);
                _mm512_storeu_si512(copy.add(offset).cast(), if open { text } else { combined });
            }
            offset += BLOCK;
        }
    }

    #[inline(always)]
    unsafe fn copy_text(from: *const u8, to: *mut u8, length: usize) {
        let mut offset = 0;
        while offset < length {
            // SAFETY: the caller's promise; what the mask leaves out is not touched.
            unsafe {
                let text = _mm512_maskz_loadu_epi8(first_bytes(length - offset), from.add(offset).cast());
                _mm512_storeu_si512(to.add(offset).cast(), text);
            }
            offset += BLOCK;
        }
    }
}

/// A mask of `length` bytes, at most 64; `length` is not zero.
#[inline(always)]
fn first_bytes(length: usize) -> __mmask64 {
    u64::MAX >> (BLOCK - length.min(BLOCK))
}

/// A square of four words by four, in each 128 bits of the registers.
///
/// # Safety
/// As for the registers.
#[inline(always)]
unsafe fn square(words: State<Words16>, row: usize) -> [__m512i; 4] {
    let [a, b, c, d] = [words[row].0, words[row + 1].0, words[row + 2].0, words[row + 3].0];
    // SAFETY: register.
    unsafe {
        let (ab_low, ab_high) = (_mm512_unpacklo_epi32(a, b), _mm512_unpackhi_epi32(a, b));
        let (cd_low, cd_high) = (_mm512_unpacklo_epi32(c, d), _mm512_unpackhi_epi32(c, d));
        [
            _mm512_unpacklo_epi64(ab_low, cd_low),
            _mm512_unpackhi_epi64(ab_low, cd_low),
            _mm512_unpacklo_epi64(ab_high, cd_high),
            _mm512_unpackhi_epi64(ab_high, cd_high),
        ]
    }
}

/// The first quarters of all four, the second ones, and so on.
///
/// # Safety
/// As for the registers.
#[inline(always)]
unsafe fn quarters(a: __m512i, b: __m512i, c: __m512i, d: __m512i) -> [__m512i; 4] {
    // SAFETY: register.
    unsafe {
        let (ab_low, ab_high) = (_mm512_shuffle_i32x4::<0x44>(a, b), _mm512_shuffle_i32x4::<0xee>(a, b));
        let (cd_low, cd_high) = (_mm512_shuffle_i32x4::<0x44>(c, d), _mm512_shuffle_i32x4::<0xee>(c, d));
        [
            _mm512_shuffle_i32x4::<0x88>(ab_low, cd_low),
            _mm512_shuffle_i32x4::<0xdd>(ab_low, cd_low),
            _mm512_shuffle_i32x4::<0x88>(ab_high, cd_high),
            _mm512_shuffle_i32x4::<0xdd>(ab_high, cd_high),
        ]
    }
}

/// The block of each lane.
#[inline(always)]
fn transpose(words: State<Words16>) -> [__m512i; 16] {
    // SAFETY: register.
    unsafe {
        // Squares of four words by four, in each quarter of the registers.
        let squares = [square(words, 0), square(words, 4), square(words, 8), square(words, 12)];
        // Quarter `q` of `squares[row][column]` holds words `4 row` to `4 row + 3` of block `4 q + column`.
        let [a, b, c, d] = squares;
        let columns = [
            quarters(a[0], b[0], c[0], d[0]),
            quarters(a[1], b[1], c[1], d[1]),
            quarters(a[2], b[2], c[2], d[2]),
            quarters(a[3], b[3], c[3], d[3]),
        ];
        let mut blocks = [words[0].0; 16];
        for (i, block) in blocks.iter_mut().enumerate() {
            *block = columns[i % 4][i / 4];
        }
        blocks
    }
}

/// Blocks of every second place from `first` on.
///
/// # Safety
/// As [`Limbs::gather_blocks`].
#[inline(always)]
unsafe fn every_second(from: &[*const u8; MAX_LANES], offset: usize, first: usize) -> __m512i {
    // SAFETY: the caller's promise.
    unsafe {
        let block = _mm_loadu_si128(from[first].add(offset).cast());
        let blocks = _mm512_castsi128_si512(block);
        let blocks = _mm512_inserti32x4::<1>(blocks, _mm_loadu_si128(from[first + 2].add(offset).cast()));
        let blocks = _mm512_inserti32x4::<2>(blocks, _mm_loadu_si128(from[first + 4].add(offset).cast()));
        _mm512_inserti32x4::<3>(blocks, _mm_loadu_si128(from[first + 6].add(offset).cast()))
    }
}

/// A row of four blocks.
#[derive(Clone, Copy)]
pub(super) struct Rows4(__m512i);

impl Rows for Rows4 {
    const BLOCKS: usize = 4;

    #[inline(always)]
    unsafe fn repeat(from: *const u32) -> Self {
        // SAFETY: the caller's promise.
        Self(unsafe { _mm512_broadcast_i32x4(_mm_loadu_si128(from.cast())) })
    }

    #[inline(always)]
    unsafe fn load(from: *const [u32; 4]) -> Self {
        // SAFETY: the caller's promise.
        Self(unsafe { _mm512_loadu_si512(from.cast()) })
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm512_add_epi32(self.0, other.0) })
    }

    #[inline(always)]
    fn xor(self, other: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm512_xor_si512(self.0, other.0) })
    }

    #[inline(always)]
    fn rotate_left<const BITS: i32>(self) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm512_rol_epi32::<BITS>(self.0) })
    }

    #[inline(always)]
    fn turn<const PLACES: usize>(self) -> Self {
        // SAFETY: register.
        Self(unsafe {
            match PLACES {
                1 => _mm512_shuffle_epi32::<0b00_11_10_01>(self.0),
                2 => _mm512_shuffle_epi32::<0b01_00_11_10>(self.0),
                _ => _mm512_shuffle_epi32::<0b10_01_00_11>(self.0),
            }
        })
    }

    #[inline(always)]
    unsafe fn store_blocks([a, b, c, d]: [Self; 4], to: *mut u8) {
        // SAFETY: the caller's promise.
        unsafe {
            let blocks = quarters(a.0, b.0, c.0, d.0);
            _mm512_storeu_si512(to.cast(), blocks[0]);
            _mm512_storeu_si512(to.add(BLOCK).cast(), blocks[1]);
            _mm512_storeu_si512(to.add(2 * BLOCK).cast(), blocks[2]);
            _mm512_storeu_si512(to.add(3 * BLOCK).cast(), blocks[3]);
        }
    }
}

/// Eight numbers. With `IFMA`, the CPU has those instructions, too.
#[derive(Clone, Copy)]
pub(super) struct Limbs8<const IFMA: bool>(pub(super) __m512i);

impl<const IFMA: bool> Limbs for Limbs8<IFMA> {
    const LANES: usize = 8;
    const ORDER: &'static [usize] = &[0, 4, 1, 5, 2, 6, 3, 7];

    #[inline(always)]
    unsafe fn splat(number: u64) -> Self {
        // SAFETY: the caller's promise.
        Self(unsafe { _mm512_set1_epi64(number.cast_signed()) })
    }

    #[inline(always)]
    unsafe fn load(from: *const u64) -> Self {
        // SAFETY: the caller's promise.
        Self(unsafe { _mm512_loadu_si512(from.cast()) })
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut u64) {
        // SAFETY: the caller's promise.
        unsafe { _mm512_storeu_si512(to.cast(), self.0) };
    }

    #[inline(always)]
    unsafe fn load_blocks(from: *const u8) -> (Self, Self) {
        // SAFETY: the caller's promise.
        unsafe {
            let (a, b) = (_mm512_loadu_si512(from.cast()), _mm512_loadu_si512(from.add(64).cast()));
            (Self(_mm512_unpacklo_epi64(a, b)), Self(_mm512_unpackhi_epi64(a, b)))
        }
    }

    #[inline(always)]
    unsafe fn gather_blocks(from: &[*const u8; MAX_LANES], offset: usize) -> (Self, Self) {
        // SAFETY: the caller's promise.
        unsafe {
            let (even, odd) = (every_second(from, offset, 0), every_second(from, offset, 1));
            (Self(_mm512_unpacklo_epi64(even, odd)), Self(_mm512_unpackhi_epi64(even, odd)))
        }
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm512_add_epi64(self.0, other.0) })
    }

    #[inline(always)]
    fn and(self, other: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm512_and_si512(self.0, other.0) })
    }

    #[inline(always)]
    fn or(self, other: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm512_or_si512(self.0, other.0) })
    }

    #[inline(always)]
    fn not_and(self, other: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm512_andnot_si512(self.0, other.0) })
    }

    #[inline(always)]
    fn shift_left<const BITS: i32>(self) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm512_sll_epi64(self.0, _mm_cvtsi32_si128(BITS)) })
    }

    #[inline(always)]
    fn shift_right<const BITS: i32>(self) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm512_srl_epi64(self.0, _mm_cvtsi32_si128(BITS)) })
    }

    #[inline(always)]
    fn sum(self) -> u64 {
        // SAFETY: register.
        unsafe { _mm512_reduce_add_epi64(self.0) }.cast_unsigned()
    }

    #[inline(always)]
    fn or_and(self, other: Self, mask: Self) -> Self {
        const OR_AND: i32 = (0xf0 | 0xcc) & 0xaa;
        // SAFETY: register.
        Self(unsafe { _mm512_ternarylogic_epi64::<OR_AND>(self.0, other.0, mask.0) })
    }
}

impl<const IFMA: bool> Multiply32 for Limbs8<IFMA> {
    #[inline(always)]
    fn multiply(self, other: Self) -> Self {
        // SAFETY: register.
        Self(unsafe { _mm512_mul_epu32(self.0, other.0) })
    }
}

struct Choice;

impl Registers<5> for Choice {
    type Many = [Words16; 2];
    type One = Words16;
    type Few = [Rows4; 2];
    type Radix = Radix26<Limbs8<false>>;

    unsafe fn short<M: Message>(messages: &mut [M], keystream: &Places) {
        // SAFETY: the caller's promise.
        unsafe { kernel_short(messages, keystream) };
    }

    unsafe fn long<M: Message>(key: &[u32; 8], messages: &mut [M], keystream: &Places) {
        // SAFETY: the caller's promise.
        unsafe { kernel_long(key, messages, keystream) };
    }
}

pub(super) fn run<M: Message>(_: Avx512, key: &[u32; 8], messages: &mut [M]) {
    // SAFETY: token; `Backend::run` has checked the lengths.
    unsafe {
        match messages {
            [message] if alone::fits::<[Rows4; 2], M>(message) => run_alone(key, message),
            [message] => {
                let message = core::array::from_mut(message);
                with_wiped_stack::<{ stack_for_one(17408) }, _>(|| kernel_one(key, message));
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
/// The CPU has AVX-512, as [`Avx512`] says. The nonce has 12 bytes, and both texts the same length.
pub(super) unsafe fn run_alone<M: Message>(key: &[u32; 8], message: &mut M) {
    // SAFETY: the caller's promise.
    with_wiped_stack::<ALONE_STACK, _>(|| unsafe {
        if alone::fits::<Rows4, M>(message) {
            kernel_alone::<Rows4, M>(key, message);
        } else {
            kernel_alone::<[Rows4; 2], M>(key, message);
        }
    });
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2")]
#[inline(never)]
fn kernel<M: Message>(key: &[u32; 8], messages: &mut [M]) {
    // SAFETY: this function's features are those of the registers; `Backend::run` has checked the lengths.
    unsafe { batch::run::<Choice, 5, M>(key, messages) };
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2")]
#[inline(never)]
fn kernel_one<M: Message>(key: &[u32; 8], message: &mut [M; 1]) {
    // SAFETY: as `kernel`.
    unsafe { batch::run_one::<Choice, 5, M>(key, message) };
}

/// # Safety
/// As [`batch::seal_or_open_short`].
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2")]
#[inline(never)]
unsafe fn kernel_short<M: Message>(messages: &mut [M], keystream: &Places) {
    // SAFETY: this function's features are those of the registers; the caller's promise.
    unsafe { batch::seal_or_open_short::<Choice, 5, M>(messages, keystream) };
}

/// # Safety
/// As [`batch::seal_or_open_long`].
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2")]
#[inline(never)]
unsafe fn kernel_long<M: Message>(key: &[u32; 8], messages: &mut [M], keystream: &Places) {
    // SAFETY: as `kernel_short`.
    unsafe { batch::seal_or_open_long::<Choice, 5, M>(key, messages, keystream) };
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2")]
#[inline(never)]
fn kernel_alone<R: Rows, M: Message>(key: &[u32; 8], message: &mut M) {
    // SAFETY: as `kernel`.
    unsafe { alone::run::<R, Words16, M>(key, message) };
}
