//! One long message: as many consecutive blocks at once as there are lanes.
//!
//! With `L` lanes, a message whose blocks are padded in front with blocks of zeros to whole steps of `L` blocks has
//! the hash `sum over lanes of (((m_0 r^L + m_1) r^L + m_2) ... ) r^(L - i)`, where `m_j` holds step `j`'s blocks and `i`
//! is the place of a lane's block in its step. Several steps are taken together, `h r^(4 L) + m_1 r^(3 L) + m_2 r^(2 L) +
//! m_3 r^L + m_4`, so that carries are needed once for all of them.

use core::mem::MaybeUninit;

use super::{Number, Radix};
use crate::engine::chacha::limbs::{BLOCK, Limbs, MAX_LANES};

/// How many steps are taken together.
const TOGETHER: usize = 4;

/// Powers of `r`, for as many messages as there are lanes: `r`, `r^2`, ... up to `r^L`, where `L` is the number of lanes,
/// and then `r^(2 L)`, `r^(3 L)`, ...
pub(in super::super) struct Powers<R: Radix<N>, const N: usize>(
    [Number<R::Lanes, N>; MAX_LANES + TOGETHER - 1],
);

impl<R: Radix<N>, const N: usize> Powers<R, N> {
    /// # Safety
    /// The CPU has the instructions of the registers.
    #[inline(always)]
    pub(in super::super) unsafe fn of(r: Number<R::Lanes, N>) -> Self {
        let lanes = R::Lanes::LANES;
        let mut powers = [r; MAX_LANES + TOGETHER - 1];
        // SAFETY: the caller's promise.
        unsafe {
            // Each power from one half as high, so that several are computed side by side.
            let mut known = 1;
            while known < lanes {
                let factor = R::factor(powers[known - 1]);
                for i in 0..known {
                    powers[known + i] = R::carry(R::product(powers[i], &factor));
                }
                known *= 2;
            }
            let factor = R::factor(powers[lanes - 1]);
            for i in lanes..lanes + TOGETHER - 1 {
                powers[i] = R::carry(R::product(powers[i - 1], &factor));
            }
        }
        Self(powers)
    }

    /// One message's powers.
    ///
    /// # Safety
    /// The CPU has the instructions of the registers.
    #[inline(always)]
    unsafe fn of_message(&self, lane: usize) -> OfMessage<R::Factor> {
        let lanes = R::Lanes::LANES;
        debug_assert!(lane < lanes);
        // SAFETY: registers consist of their lanes' numbers, in order; the caller's promise.
        unsafe {
            let mut last = [[0_u64; MAX_LANES]; N];
            for (i, place) in R::Lanes::ORDER.iter().enumerate() {
                for (numbers, power) in last.iter_mut().zip(&self.0[lanes - 1 - place]) {
                    numbers[i] = core::ptr::from_ref(power).cast::<u64>().add(lane).read();
                }
            }
            let mut strides = [R::factor(gather(&last)); TOGETHER];
            for (i, stride) in strides.iter_mut().enumerate() {
                *stride = R::factor(splat_lane(&self.0[lanes - 1 + i], lane));
            }
            OfMessage { strides, last: R::factor(gather(&last)) }
        }
    }
}

/// One lane's number, in every lane.
///
/// # Safety
/// The CPU has the register's instructions.
#[inline(always)]
unsafe fn splat_lane<V: Limbs, const N: usize>(number: &Number<V, N>, lane: usize) -> Number<V, N> {
    let mut out = *number;
    for (out, register) in out.iter_mut().zip(number) {
        // SAFETY: a register consists of its lanes' numbers, in order; the caller's promise.
        *out = unsafe { V::splat(core::ptr::from_ref(register).cast::<u64>().add(lane).read()) };
    }
    out
}

/// Powers of one message's `r`.
struct OfMessage<F> {
    /// In every lane the same.
    strides: [F; TOGETHER],
    /// What each lane's sum is multiplied by in the end.
    last: F,
}

/// What is hashed: blocks of zeros, associated data, text, and their lengths (RFC 8439, section 2.8), in steps.
struct Stream {
    /// Blocks of zeros in front.
    padding: usize,
    data: *const u8,
    data_length: usize,
    text: *const u8,
    text_length: usize,
}

impl Stream {
    /// Where the text begins, in bytes.
    #[inline(always)]
    fn text_start(&self) -> usize {
        BLOCK * (self.padding + self.data_length.div_ceil(BLOCK))
    }

    /// Where the step's blocks are to be read: in the message, or in `edge` after they were put together there.
    ///
    /// # Safety
    /// Data and text are readable, and a step is writable at `edge`.
    #[inline(always)]
    unsafe fn step<V: Limbs>(&self, index: usize, edge: *mut u8) -> *const u8 {
        let length = BLOCK * V::LANES;
        let start = index * length;
        let offset = start.wrapping_sub(self.text_start());
        if offset <= self.text_length && self.text_length - offset >= length {
            return self.text.wrapping_add(offset);
        }
        // SAFETY: the caller's promise.
        unsafe { self.edge(start, length, edge) };
        edge
    }

    /// Puts together a part of the stream.
    ///
    /// # Safety
    /// Data and text are readable, and `length` bytes are writable at `edge`.
    #[inline(never)]
    unsafe fn edge(&self, start: usize, length: usize, edge: *mut u8) {
        let copy = |from: *const u8, from_length: usize, at: usize| {
            let (first, end) = (at.max(start), (at + from_length).min(start + length));
            if first < end {
                // SAFETY: the caller's promise; the copy ends with both the source and the part.
                unsafe { from.add(first - at).copy_to_nonoverlapping(edge.add(first - start), end - first) };
            }
        };
        // SAFETY: the caller's promise.
        unsafe { edge.write_bytes(0, length) };
        copy(self.data, self.data_length, BLOCK * self.padding);
        let text_start = self.text_start();
        copy(self.text, self.text_length, text_start);
        let mut lengths = [0; BLOCK];
        lengths[..8].copy_from_slice(&(self.data_length as u64).to_le_bytes());
        lengths[8..].copy_from_slice(&(self.text_length as u64).to_le_bytes());
        copy(lengths.as_ptr(), BLOCK, text_start + BLOCK * self.text_length.div_ceil(BLOCK));
    }
}

/// The hash of a long message on its way.
pub(in super::super) struct Hash<R: Radix<N>, const N: usize> {
    powers: OfMessage<R::Factor>,
    stream: Stream,
    steps: usize,
    /// How many steps are in the sum.
    done: usize,
    sum: Number<R::Lanes, N>,
}

impl<R: Radix<N>, const N: usize> Hash<R, N> {
    /// Begins with the message of a lane.
    ///
    /// # Safety
    /// The CPU has the instructions of the registers. `data` and `text` stay readable; all of the text may be written
    /// between calls.
    #[inline(always)]
    pub(in super::super) unsafe fn new(
        powers: &Powers<R, N>,
        lane: usize,
        (data, data_length): (*const u8, usize),
        (text, text_length): (*const u8, usize),
    ) -> Self {
        let lanes = R::Lanes::LANES;
        let blocks = data_length.div_ceil(BLOCK) + text_length.div_ceil(BLOCK) + 1;
        let steps = blocks.div_ceil(lanes);
        let stream = Stream { padding: steps * lanes - blocks, data, data_length, text, text_length };
        // SAFETY: the caller's promise.
        unsafe {
            Self { powers: powers.of_message(lane), stream, steps, done: 0, sum: [R::Lanes::splat(0); N] }
        }
    }

    /// Takes in the text up to `end`, and maybe a little less: whole steps, several at a time.
    ///
    /// # Safety
    /// As [`Hash::new`]; the text up to `end` is what is to be hashed.
    #[inline(always)]
    pub(in super::super) unsafe fn text_up_to(&mut self, end: usize) {
        let step = BLOCK * R::Lanes::LANES;
        // SAFETY: the caller's promise.
        unsafe { self.take((self.stream.text_start() + end) / step) };
    }

    /// Takes in the text up to `end`, and maybe a little more.
    ///
    /// # Safety
    /// As [`Hash::new`]; all of the text is what is to be hashed, up to what was taken in before.
    #[inline(always)]
    pub(in super::super) unsafe fn text_beyond(&mut self, end: usize) {
        let step = BLOCK * R::Lanes::LANES;
        let touched = (self.stream.text_start() + end).div_ceil(step);
        // SAFETY: the caller's promise.
        unsafe { self.take((touched + TOGETHER - 1).min(self.steps)) };
    }

    /// Takes in what is left, and gives the hash of the message, before the last reduction.
    ///
    /// # Safety
    /// As [`Hash::new`]; the text is what is to be hashed.
    #[inline(always)]
    pub(in super::super) unsafe fn finish(&mut self) -> [u64; N] {
        // SAFETY: the caller's promise.
        unsafe {
            self.take(self.steps);
            let products = R::carry(R::product(self.sum, &self.powers.last));
            let mut sum = [0; N];
            for (sum, products) in sum.iter_mut().zip(products) {
                *sum = products.sum();
            }
            sum
        }
    }

    /// Takes in steps up to `end`, or somewhat less: several at a time, first so few that all are taken when `end` is
    /// the last.
    ///
    /// # Safety
    /// As [`Hash::new`]; the steps' text is what is to be hashed.
    #[inline(always)]
    unsafe fn take(&mut self, end: usize) {
        // SAFETY: the caller's promise.
        unsafe {
            let first = (self.steps - 1) % TOGETHER + 1;
            if self.done == 0 && first <= end {
                self.first_steps(first);
            }
            while self.done != 0 && self.done + TOGETHER <= end {
                self.advance();
            }
        }
    }

    /// Takes in the first steps, at most as many as are taken together.
    ///
    /// # Safety
    /// As [`Hash::take`].
    #[inline(always)]
    unsafe fn first_steps(&mut self, count: usize) {
        let mut bits = [0; MAX_LANES];
        for (bit, place) in bits.iter_mut().zip(R::Lanes::ORDER) {
            *bit = u64::from(*place >= self.stream.padding);
        }
        let mut edge = Edge::new();
        // SAFETY: the caller's promise.
        unsafe {
            let (low, high) = R::Lanes::load_blocks(self.stream.step::<R::Lanes>(0, edge.step(0)));
            let mut blocks = R::split(low, high, R::Lanes::load(bits.as_ptr()));
            if count > 1 {
                let mut sum = R::product(blocks, &self.powers.strides[count - 2]);
                for i in 1..count - 1 {
                    let step = self.stream.step::<R::Lanes>(i, edge.step(0));
                    sum =
                        R::add_product(sum, whole_blocks::<R, N>(step), &self.powers.strides[count - 2 - i]);
                }
                let step = self.stream.step::<R::Lanes>(count - 1, edge.step(0));
                blocks = R::carry(R::add_number(sum, whole_blocks::<R, N>(step)));
            }
            self.sum = blocks;
        }
        self.done = count;
    }

    /// Takes in several steps.
    ///
    /// # Safety
    /// As [`Hash::take`].
    #[inline(always)]
    unsafe fn advance(&mut self) {
        let mut edge = Edge::new();
        // SAFETY: the caller's promise.
        unsafe {
            let mut steps = [core::ptr::null(); TOGETHER];
            for (i, step) in steps.iter_mut().enumerate() {
                *step = self.stream.step::<R::Lanes>(self.done + i, edge.step(i));
            }
            let strides = &self.powers.strides;
            let mut sum = R::product(whole_blocks::<R, N>(steps[0]), &strides[TOGETHER - 2]);
            for i in 1..TOGETHER - 1 {
                sum = R::add_product(sum, whole_blocks::<R, N>(steps[i]), &strides[TOGETHER - 2 - i]);
            }
            // The sum so far comes last, since it is ready last.
            sum = R::add_product(sum, self.sum, &strides[TOGETHER - 1]);
            self.sum = R::carry(R::add_number(sum, whole_blocks::<R, N>(steps[TOGETHER - 1])));
        }
        self.done += TOGETHER;
    }
}

/// A step of whole blocks.
///
/// # Safety
/// The CPU has the instructions of the registers, and a step is readable.
#[inline(always)]
unsafe fn whole_blocks<R: Radix<N>, const N: usize>(step: *const u8) -> Number<R::Lanes, N> {
    // SAFETY: the caller's promise.
    unsafe {
        let (low, high) = R::Lanes::load_blocks(step);
        R::split(low, high, R::Lanes::splat(1))
    }
}

/// Room for steps that are put together.
struct Edge([MaybeUninit<[u8; BLOCK * MAX_LANES]>; TOGETHER]);

impl Edge {
    #[inline(always)]
    fn new() -> Self {
        Self([MaybeUninit::uninit(); TOGETHER])
    }

    #[inline(always)]
    fn step(&mut self, index: usize) -> *mut u8 {
        self.0[index].as_mut_ptr().cast()
    }
}

/// The numbers whose limbs are given for each lane.
///
/// # Safety
/// The CPU has the instructions of the registers.
#[inline(always)]
pub(in super::super) unsafe fn gather<V: Limbs, const N: usize>(
    limbs: &[[u64; MAX_LANES]; N],
) -> Number<V, N> {
    // SAFETY: the caller's promise.
    let mut number = [unsafe { V::load(limbs[0].as_ptr()) }; N];
    for (register, numbers) in number.iter_mut().zip(limbs) {
        // SAFETY: as above.
        *register = unsafe { V::load(numbers.as_ptr()) };
    }
    number
}
