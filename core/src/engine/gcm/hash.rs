//! GHASH (SP 800-38D, section 6.4) as POLYVAL (RFC 8452, appendix A): products of blocks whose bytes are reversed.
//!
//! Multiplication and reduction are those of Gueron and Kounavis, "Intel Carry-Less Multiplication Instruction and its
//! Usage for Computing the GCM Mode": Karatsuba's three products, summed over many blocks before one reduction.

use super::register::{Block, Register};
use super::schedule::{RUN, STRIDE, Schedule};

/// The sum of products before it is reduced: in each lane the products of the low halves, of the high halves, and of the
/// sums of both.
#[derive(Clone, Copy)]
pub(super) struct Product<R> {
    pub(super) low: R,
    pub(super) middle: R,
    pub(super) high: R,
}

/// In both halves of each lane the sum of the halves.
#[inline(always)]
pub(super) fn middle<R: Register>(factor: R) -> R {
    factor.xor(factor.swap_halves())
}

impl<R: Register> Product<R> {
    #[inline(always)]
    pub(super) fn of(a: R, b: R) -> Self {
        Self { low: a.multiply_low(b), middle: middle(a).multiply_low(middle(b)), high: a.multiply_high(b) }
    }

    #[inline(always)]
    pub(super) fn each(value: R) -> Self {
        Self { low: value, middle: value, high: value }
    }

    #[inline(always)]
    pub(super) fn add(self, other: Self) -> Self {
        Self {
            low: self.low.xor(other.low),
            middle: self.middle.xor(other.middle),
            high: self.high.xor(other.high),
        }
    }

    /// The sum over all lanes.
    #[inline(always)]
    pub(super) fn fold(self) -> Product<R::Lane> {
        Product { low: self.low.fold(), middle: self.middle.fold(), high: self.high.fold() }
    }

    /// Another sum, which stands in the first lane.
    #[inline(always)]
    pub(super) fn restart(self, sum: Product<R::Lane>) -> Self {
        let zero = self.low.xor(self.low);
        Self {
            low: zero.with_first_lane(sum.low),
            middle: zero.with_first_lane(sum.middle),
            high: zero.with_first_lane(sum.high),
        }
    }

    /// Folds the low half of the sum into the rest, 64 bits at a time: modulo x^128 + x^127 + x^126 + x^121 + 1, and
    /// divided by x^128.
    #[inline(always)]
    pub(super) fn reduce(self) -> R {
        /// x^127 + x^126 + x^121 without the factor x^64, in the low half.
        static POLYNOMIAL: Block = (0xc200_0000_0000_0000_u64 as u128).to_le();
        // SAFETY: register: whoever made this product has the instructions.
        let polynomial = unsafe { R::broadcast(&POLYNOMIAL) };
        let middle = self.middle.xor3(self.low, self.high);
        let middle = middle.xor3(self.low.swap_halves(), self.low.multiply_low(polynomial));
        self.high.xor3(middle.swap_halves(), middle.multiply_low(polynomial))
    }
}

/// Two registers of blocks, reversed, to be multiplied with powers.
///
/// The work is done in three parts, so that they can stand between rounds of AES.
#[derive(Clone, Copy)]
pub(super) struct Pair<R> {
    pub(super) blocks: [R; 2],
    pub(super) powers: [R; 2],
    /// For each lane the middles of both powers.
    pub(super) middles: R,
}

impl<R: Register> Pair<R> {
    /// Which registers of a group are its pair of this number: those whose blocks are [`STRIDE`] apart, so that registers of
    /// any width work with the same middles.
    #[inline(always)]
    pub(super) fn places(number: usize) -> [usize; 2] {
        let apart = STRIDE / R::LANES;
        let first = if R::LANES == 1 { number } else { number + (number & !(apart - 1)) };
        [first, first + apart]
    }

    /// Blocks at those places of a group, to be multiplied with the powers from the one at `powers` on.
    ///
    /// # Safety
    /// The CPU has the register's instructions, and the place lies in a group.
    #[inline(always)]
    pub(super) unsafe fn new(schedule: &Schedule, powers: usize, number: usize, [a, b]: [R; 2]) -> Self {
        let [first, second] = Self::places(number).map(|place| 16 * R::LANES * place);
        let table = schedule.powers(powers).as_ptr().cast::<u8>();
        let middles = schedule.middles(powers).as_ptr().cast::<u8>();
        // SAFETY: the caller's promise; the tables go on for a group behind any power.
        unsafe {
            Self {
                blocks: [a.reverse_first(), b.reverse_first()],
                powers: [R::load(table.add(first)), R::load(table.add(second))],
                middles: R::load(middles.add(first)),
            }
        }
    }

    #[inline(always)]
    fn sums_of_halves(&self) -> R {
        let [a, b] = self.blocks;
        a.low_halves(b).xor(a.high_halves(b))
    }

    /// Adds a part of the products to one sum. Gives what it added to.
    #[inline(always)]
    pub(super) fn add_to<'a>(&self, sum: &'a mut Product<R>, part: usize) -> &'a mut R {
        let ([a, b], [p, q]) = (self.blocks, self.powers);
        let (sum, first, second) = match part {
            0 => (&mut sum.low, a.multiply_low(p), b.multiply_low(q)),
            1 => (&mut sum.high, a.multiply_high(p), b.multiply_high(q)),
            _ => {
                let m = self.sums_of_halves();
                (&mut sum.middle, m.multiply_low(self.middles), m.multiply_high(self.middles))
            }
        };
        *sum = sum.xor3(first, second);
        sum
    }

    /// Adds a part of the products to a sum of each register. Gives what it added to last.
    #[inline(always)]
    pub(super) fn add_to_each<'a>(&self, sums: &'a mut [Product<R>; 2], part: usize) -> &'a mut R {
        let ([a, b], [p, q], [c, d]) = (self.blocks, self.powers, sums);
        let (c, first, d, second) = match part {
            0 => (&mut c.low, a.multiply_low(p), &mut d.low, b.multiply_low(q)),
            1 => (&mut c.high, a.multiply_high(p), &mut d.high, b.multiply_high(q)),
            _ => {
                let m = self.sums_of_halves();
                let (first, second) = (m.multiply_low(self.middles), m.multiply_high(self.middles));
                (&mut c.middle, first, &mut d.middle, second)
            }
        };
        *c = c.xor(first);
        *d = d.xor(second);
        d
    }
}

/// What stands for the associated data before the text: a block whose product with the hash key is their hash. Data
/// that fit a block are that block.
///
/// # Safety
/// The CPU has the register's instructions.
#[inline(always)]
pub(super) unsafe fn associated_data<R: Register<Lane = R>>(schedule: &Schedule, data: &[u8]) -> R {
    // SAFETY: the caller's promise; no more is read than there is.
    unsafe {
        if data.len() <= 16 {
            return R::load_first(data.as_ptr(), data.len());
        }
        let mut hash = R::broadcast(&0);
        for run in data.chunks(16 * RUN) {
            let count = run.len().div_ceil(16);
            let mut sum = Product::of(hash, R::broadcast(schedule.power(count)));
            let (blocks, last) = run.split_at(16 * (count - 1));
            for (block, exponent) in blocks.chunks_exact(16).zip((1..count).rev()) {
                let block = R::load(block.as_ptr()).reverse();
                sum = sum.add(Product::of(block, R::broadcast(schedule.power(exponent))));
            }
            hash = sum.reduce().xor(R::load_first(last.as_ptr(), last.len()).reverse());
        }
        hash.reverse()
    }
}

/// What the associated data, of which there are some, add to the hash of a text of so many blocks, or to that of as many of its
/// first ones.
///
/// # Safety
/// The CPU has the register's instructions, and there is such a power.
#[inline(always)]
pub(super) unsafe fn before_text<L: Register<Lane = L>>(
    schedule: &Schedule,
    data: &[u8],
    blocks: usize,
) -> Product<L> {
    // SAFETY: the caller's promise.
    unsafe {
        let block = associated_data::<L>(schedule, data).reverse();
        let hash = Product::of(block, L::broadcast(schedule.power(1))).reduce();
        Product::of(hash, L::broadcast(schedule.power(blocks + 1)))
    }
}

/// The tag: what the sum of all blocks before the lengths gives with them, under its mask.
///
/// # Safety
/// The CPU has the register's instructions.
#[inline(always)]
pub(super) unsafe fn tag<L: Register<Lane = L>>(
    schedule: &Schedule,
    sum: Product<L>,
    lengths: Block,
    mask: L,
) -> [u8; 16] {
    let mut tag = [0; 16];
    // SAFETY: the caller's promise; a tag is as long as a register of one lane.
    unsafe {
        let last = Product::of(L::of(lengths), L::broadcast(schedule.power(1)));
        sum.add(last).reduce().reverse().xor(mask).store(tag.as_mut_ptr());
    }
    tag
}

/// The block that ends what is hashed (SP 800-38D, section 7.1, step 5), reversed: the lengths in bits.
#[inline(always)]
pub(super) fn lengths(associated_data: usize, text: usize) -> Block {
    (u128::from(associated_data as u64 * 8) << 64 | u128::from(text as u64 * 8)).to_le()
}
