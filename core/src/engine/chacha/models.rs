//! What the construction gives with registers of every width, also of those that this CPU lacks: modelled in plain Rust.
//! Compiled for `make test-features` only, without optimisation, which would take minutes.

use std::marker::PhantomData;
use std::vec::Vec;

use super::alone;
use super::batch::{self, Places, Registers};
use super::limbs::{Limbs, MAX_LANES, Multiply32, Multiply52};
use super::poly1305::radix26::Radix26;
use super::poly1305::radix44::Radix44;
use super::poly1305::{Keys, Radix, long, scalar, short};
use super::rows::Rows;
use super::tests::{Kernel, agrees};
use super::words::{BLOCK, Block, State, Words};
use crate::engine::message::Message;

/// A model of a register of `L` words.
#[derive(Clone, Copy)]
struct ModelWords<const L: usize>([u32; L]);

impl<const L: usize> ModelWords<L> {
    fn block(state: &State<Self>, lane: usize) -> [u8; BLOCK] {
        let mut bytes = [0; BLOCK];
        for (bytes, word) in bytes.chunks_exact_mut(4).zip(state) {
            bytes.copy_from_slice(&word.0[lane].to_le_bytes());
        }
        bytes
    }
}

impl<const L: usize> Words for ModelWords<L> {
    const LANES: usize = L;
    type Blocks = [Block; L];

    unsafe fn splat(word: u32) -> Self {
        Self([word; L])
    }

    unsafe fn load(from: *const u32) -> Self {
        // SAFETY: the caller's promise.
        Self(unsafe { from.cast::<[u32; L]>().read_unaligned() })
    }

    fn add(self, other: Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i].wrapping_add(other.0[i])))
    }

    fn xor(self, other: Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i] ^ other.0[i]))
    }

    fn rotate_left<const BITS: i32>(self) -> Self {
        Self(self.0.map(|word| word.rotate_left(BITS.cast_unsigned())))
    }

    unsafe fn store_blocks(state: State<Self>, to: *mut u8) {
        for lane in 0..L {
            // SAFETY: the caller's promise.
            unsafe { to.add(lane * BLOCK).cast::<[u8; BLOCK]>().write(Self::block(&state, lane)) };
        }
    }

    unsafe fn xor_blocks(state: State<Self>, from: *const u8, to: *mut u8) {
        for lane in 0..L {
            let (keystream, offset) = (Self::block(&state, lane), lane * BLOCK);
            // SAFETY: the caller's promise.
            unsafe { Self::xor_text(keystream.as_ptr(), from.add(offset), to.add(offset), BLOCK) };
        }
    }
}

/// A model of a register of one row.
#[derive(Clone, Copy)]
struct ModelRow([u32; 4]);

impl Rows for ModelRow {
    const BLOCKS: usize = 1;

    unsafe fn repeat(from: *const u32) -> Self {
        // SAFETY: the caller's promise.
        Self(unsafe { from.cast::<[u32; 4]>().read_unaligned() })
    }

    unsafe fn load(from: *const [u32; 4]) -> Self {
        // SAFETY: the caller's promise.
        Self(unsafe { from.read_unaligned() })
    }

    fn add(self, other: Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i].wrapping_add(other.0[i])))
    }

    fn xor(self, other: Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i] ^ other.0[i]))
    }

    fn rotate_left<const BITS: i32>(self) -> Self {
        Self(self.0.map(|word| word.rotate_left(BITS.cast_unsigned())))
    }

    fn turn<const PLACES: usize>(mut self) -> Self {
        self.0.rotate_left(PLACES);
        self
    }

    unsafe fn store_blocks(rows: [Self; 4], to: *mut u8) {
        for (i, row) in rows.into_iter().enumerate() {
            // SAFETY: the caller's promise.
            unsafe { to.add(16 * i).cast::<[u32; 4]>().write_unaligned(row.0.map(u32::to_le)) };
        }
    }
}

/// A model of a register of `L` numbers.
#[derive(Clone, Copy)]
struct ModelLimbs<const L: usize>([u64; L]);

impl<const L: usize> ModelLimbs<L> {
    fn lanes(lane: impl FnMut(usize) -> u64) -> Self {
        Self(std::array::from_fn(lane))
    }
}

impl<const L: usize> Limbs for ModelLimbs<L> {
    const LANES: usize = L;
    const ORDER: &'static [usize] = match L {
        1 => &[0],
        2 => &[1, 0],
        4 => &[0, 2, 1, 3],
        _ => &[0, 4, 1, 5, 2, 6, 3, 7],
    };

    unsafe fn splat(number: u64) -> Self {
        Self([number; L])
    }

    unsafe fn load(from: *const u64) -> Self {
        // SAFETY: the caller's promise.
        Self(unsafe { from.cast::<[u64; L]>().read_unaligned() })
    }

    unsafe fn store(self, to: *mut u64) {
        // SAFETY: the caller's promise.
        unsafe { to.cast::<[u64; L]>().write_unaligned(self.0) };
    }

    unsafe fn load_blocks(from: *const u8) -> (Self, Self) {
        let mut blocks = [from; MAX_LANES];
        for (block, place) in blocks.iter_mut().zip(Self::ORDER) {
            *block = from.wrapping_add(16 * place);
        }
        // SAFETY: the caller's promise.
        unsafe { Self::gather_blocks(&blocks, 0) }
    }

    unsafe fn gather_blocks(from: &[*const u8; MAX_LANES], offset: usize) -> (Self, Self) {
        // SAFETY: the caller's promise.
        let half = |lane: usize, at| unsafe {
            u64::from_le_bytes(from[lane].add(offset + at).cast::<[u8; 8]>().read())
        };
        (Self::lanes(|lane| half(lane, 0)), Self::lanes(|lane| half(lane, 8)))
    }

    fn add(self, other: Self) -> Self {
        Self::lanes(|i| self.0[i].wrapping_add(other.0[i]))
    }

    fn and(self, other: Self) -> Self {
        Self::lanes(|i| self.0[i] & other.0[i])
    }

    fn or(self, other: Self) -> Self {
        Self::lanes(|i| self.0[i] | other.0[i])
    }

    fn not_and(self, other: Self) -> Self {
        Self::lanes(|i| !self.0[i] & other.0[i])
    }

    fn shift_left<const BITS: i32>(self) -> Self {
        Self(self.0.map(|number| number << BITS))
    }

    fn shift_right<const BITS: i32>(self) -> Self {
        Self(self.0.map(|number| number >> BITS))
    }

    fn sum(self) -> u64 {
        self.0.into_iter().fold(0, u64::wrapping_add)
    }
}

/// Sums that do not fit are mistakes of the construction, and panic here.
impl<const L: usize> Multiply32 for ModelLimbs<L> {
    fn multiply(self, other: Self) -> Self {
        Self::lanes(|i| (self.0[i] & 0xffff_ffff) * (other.0[i] & 0xffff_ffff))
    }

    fn multiply_add(self, a: Self, b: Self) -> Self {
        let product = a.multiply(b);
        Self::lanes(|i| self.0[i] + product.0[i])
    }
}

/// As above.
impl<const L: usize> Multiply52 for ModelLimbs<L> {
    fn multiply_add_low(self, a: Self, b: Self) -> Self {
        Self::lanes(|i| self.0[i] + (product52(a.0[i], b.0[i]) & MASK52) as u64)
    }

    fn multiply_add_high(self, a: Self, b: Self) -> Self {
        Self::lanes(|i| self.0[i] + (product52(a.0[i], b.0[i]) >> 52) as u64)
    }
}

const MASK52: u128 = (1 << 52) - 1;

fn product52(a: u64, b: u64) -> u128 {
    (u128::from(a) & MASK52) * (u128::from(b) & MASK52)
}

/// Models of engines: how many words and how many limbs a register has, and how limbs are multiplied.
struct By32<const W: usize, const L: usize>;
struct By52<const W: usize, const L: usize>;

impl<const W: usize, const L: usize> Registers<5> for By32<W, L> {
    type Many = [ModelWords<W>; 2];
    type One = ModelWords<W>;
    type Few = [ModelRow; 2];
    type Radix = Radix26<ModelLimbs<L>>;

    unsafe fn short<M: Message>(messages: &mut [M], keystream: &Places) {
        // SAFETY: the caller's promise.
        unsafe { batch::seal_or_open_short::<Self, 5, M>(messages, keystream) };
    }

    unsafe fn long<M: Message>(key: &[u32; 8], messages: &mut [M], keystream: &Places) {
        // SAFETY: the caller's promise.
        unsafe { batch::seal_or_open_long::<Self, 5, M>(key, messages, keystream) };
    }
}

impl<const W: usize, const L: usize> Registers<3> for By52<W, L> {
    type Many = [ModelWords<W>; 2];
    type One = ModelWords<W>;
    type Few = [ModelRow; 2];
    type Radix = Radix44<ModelLimbs<L>>;

    unsafe fn short<M: Message>(messages: &mut [M], keystream: &Places) {
        // SAFETY: the caller's promise.
        unsafe { batch::seal_or_open_short::<Self, 3, M>(messages, keystream) };
    }

    unsafe fn long<M: Message>(key: &[u32; 8], messages: &mut [M], keystream: &Places) {
        // SAFETY: the caller's promise.
        unsafe { batch::seal_or_open_long::<Self, 3, M>(key, messages, keystream) };
    }
}

struct Model<R>(PhantomData<R>);

impl<const W: usize, const L: usize> Kernel for Model<By32<W, L>> {
    fn run<M: Message>(&self, key: &[u32; 8], messages: &mut [M]) {
        // SAFETY: models have no instructions of their own; lengths are right.
        unsafe {
            match messages {
                [message] if alone::fits::<[ModelRow; 4], M>(message) => {
                    alone::run::<[ModelRow; 4], ModelWords<W>, M>(key, message);
                }
                [message] => {
                    batch::run_one::<By32<W, L>, 5, M>(key, std::array::from_mut(message));
                }
                _ => batch::run::<By32<W, L>, 5, M>(key, messages),
            }
        }
    }
}

impl<const W: usize, const L: usize> Kernel for Model<By52<W, L>> {
    fn run<M: Message>(&self, key: &[u32; 8], messages: &mut [M]) {
        // SAFETY: models have no instructions of their own; lengths are right.
        unsafe { batch::run::<By52<W, L>, 3, M>(key, messages) };
    }
}

#[test]
fn models_of_all_widths_agree_with_the_portable_crate() {
    agrees(&Model::<By32<16, 8>>(PhantomData));
    agrees(&Model::<By32<8, 4>>(PhantomData));
    agrees(&Model::<By32<4, 2>>(PhantomData));
    agrees(&Model::<By52<16, 8>>(PhantomData));
    agrees(&Model::<By52<8, 4>>(PhantomData));
}

/// The hash by RFC 8439, section 2.5, bit by bit: doubling and adding modulo 2^130 - 5.
fn poly1305(key: &[u8; 32], blocks: &[[u8; 16]]) -> [u8; 16] {
    // Numbers are pairs of what is above 2^128 and what is below.
    type Wide = (u128, u128);
    let reduce = |(high, low): Wide| {
        let (low, carry) = low.overflowing_add(5 * (high >> 2));
        let number = ((high & 3) + u128::from(carry), low);
        if number.0 == 3 && number.1 >= u128::MAX - 4 { (0, number.1.wrapping_add(5)) } else { number }
    };
    let add = |a: Wide, b: Wide| {
        let (low, carry) = a.1.overflowing_add(b.1);
        reduce((a.0 + b.0 + u128::from(carry), low))
    };
    let half = |at: usize| u128::from_le_bytes(std::array::from_fn(|i| key[at + i]));
    let r = half(0) & 0x0fff_fffc_0fff_fffc_0fff_fffc_0fff_ffff;
    let mut hash: Wide = (0, 0);
    for block in blocks {
        let factor = add(hash, (1, u128::from_le_bytes(*block)));
        hash = (0, 0);
        for bit in (0..128).rev() {
            hash = add(hash, hash);
            if r >> bit & 1 == 1 {
                hash = add(hash, factor);
            }
        }
    }
    reduce(hash).1.wrapping_add(half(16)).to_le_bytes()
}

/// The tags of eight short messages, and of the same as long ones, by a radix.
fn hashes<R: Radix<N>, const N: usize>(
    keys: &[[u8; 32]; 8],
    messages: &[Vec<[u8; 16]>; 8],
) -> [[[u8; 16]; 2]; 8] {
    let lanes = R::Lanes::LANES;
    let mut tags = [[[0; 16]; 2]; 8];
    for first in (0..8).step_by(lanes) {
        let key_places = std::array::from_fn(|i| keys[(first + i) % 8].as_ptr());
        let places = std::array::from_fn(|i| messages[(first + i) % 8].as_ptr().cast());
        let count = messages[0].len();
        // SAFETY: models have no instructions of their own; every message has `count` blocks.
        unsafe {
            let by_short = short::tags::<R, N>(&key_places, &places, &[0; MAX_LANES], count);
            let loaded = Keys::load::<R>(&key_places);
            let powers = long::Powers::<R, N>::of(loaded.r);
            let mut sums = [[0; MAX_LANES]; N];
            for lane in 0..lanes {
                // The text is all but the last block, which is what a long hash adds itself.
                let length = 16 * (count - 1);
                let mut hash =
                    long::Hash::<R, N>::new(&powers, lane, (places[lane], 0), (places[lane], length));
                hash.text_up_to(length / 2);
                for (sums, sum) in sums.iter_mut().zip(hash.finish()) {
                    sums[lane] = sum;
                }
            }
            let by_long = loaded.tags::<R>(long::gather(&sums));
            for lane in 0..lanes {
                tags[first + lane] = [by_short.get(lane), by_long.get(lane)];
            }
        }
    }
    tags
}

#[test]
fn hashes_of_extreme_numbers_are_right_in_every_radix() {
    let fills = [0x00, 0x01, 0x7f, 0x80, 0xfb, 0xfc, 0xfe, 0xff];
    let mut keys = fills.map(|fill| [fill; 32]);
    keys[1] = std::array::from_fn(|i| u8::from(i == 0)); // r = 1, s = 0: sums themselves
    keys[2] = std::array::from_fn(|i| if i < 16 { u8::from(i == 0) } else { 0xff });
    for count in [2, 9, 12, 41, 70] {
        for turn in 0..8 {
            let messages = std::array::from_fn(|lane: usize| {
                let fill = |block: usize| {
                    if block.is_multiple_of(3) { 0xff } else { fills[(lane + turn + block / 7) % 8] }
                };
                let mut blocks: Vec<[u8; 16]> = (0..count - 1).map(|block| [fill(block); 16]).collect();
                let mut lengths = [0; 16];
                lengths[8..].copy_from_slice(&(16 * (count as u64 - 1)).to_le_bytes());
                blocks.push(lengths);
                blocks
            });
            let expected: [_; 8] = std::array::from_fn(|i| [poly1305(&keys[i], &messages[i]); 2]);
            for ((key, message), expected) in keys.iter().zip(&messages).zip(&expected) {
                // SAFETY: the key has 32 bytes.
                let mut hash = unsafe { scalar::Hash::new(key.as_ptr()) };
                message.iter().for_each(|block| hash.block(u128::from_le_bytes(*block)));
                assert_eq!(hash.tag(), expected[0]);
            }
            assert_eq!(hashes::<Radix26<ModelLimbs<8>>, 5>(&keys, &messages), expected);
            assert_eq!(hashes::<Radix26<ModelLimbs<2>>, 5>(&keys, &messages), expected);
            assert_eq!(hashes::<Radix44<ModelLimbs<8>>, 3>(&keys, &messages), expected);
            assert_eq!(hashes::<Radix44<ModelLimbs<4>>, 3>(&keys, &messages), expected);
        }
    }
}
