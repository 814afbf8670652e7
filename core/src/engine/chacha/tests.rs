//! How a batch reaches a kernel, and what the construction gives with registers of every width, also of those that
//! this CPU lacks: modelled in plain Rust.

use std::cell::Cell;
use std::marker::PhantomData;
use std::vec::Vec;

use chacha20poly1305::aead::{AeadInOut, KeyInit};

use super::Backend;
use super::alone;
use super::batch::{self, Places, Registers};
use super::limbs::{Limbs, MAX_LANES, Multiply32, Multiply52};
use super::poly1305::radix26::Radix26;
use super::poly1305::radix44::Radix44;
use super::poly1305::{Keys, Radix, long, scalar, short};
use super::rows::Rows;
use super::words::{BLOCK, State, Words};
use crate::engine::available;
use crate::engine::message::{Message, Open, Seal, Text};

std::thread_local! {
    static KERNEL_CALLS: Cell<usize> = const { Cell::new(0) };
}

/// Called by every kernel once.
pub(super) fn count_kernel_call() {
    KERNEL_CALLS.set(KERNEL_CALLS.get() + 1);
}

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

    #[inline(never)]
    unsafe fn splat(word: u32) -> Self {
        Self([word; L])
    }

    #[inline(never)]
    unsafe fn load(from: *const u32) -> Self {
        // SAFETY: the caller's promise.
        Self(unsafe { from.cast::<[u32; L]>().read_unaligned() })
    }

    #[inline(never)]
    fn add(self, other: Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i].wrapping_add(other.0[i])))
    }

    #[inline(never)]
    fn xor(self, other: Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i] ^ other.0[i]))
    }

    #[inline(never)]
    fn rotate_left<const BITS: i32>(self) -> Self {
        Self(self.0.map(|word| word.rotate_left(BITS.cast_unsigned())))
    }

    #[inline(never)]
    unsafe fn store_blocks(state: State<Self>, to: *mut u8) {
        for lane in 0..L {
            // SAFETY: the caller's promise.
            unsafe { to.add(lane * BLOCK).cast::<[u8; BLOCK]>().write(Self::block(&state, lane)) };
        }
    }

    #[inline(never)]
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

    #[inline(never)]
    unsafe fn repeat(from: *const u32) -> Self {
        // SAFETY: the caller's promise.
        Self(unsafe { from.cast::<[u32; 4]>().read_unaligned() })
    }

    #[inline(never)]
    unsafe fn load(from: *const [u32; 4]) -> Self {
        // SAFETY: the caller's promise.
        Self(unsafe { from.read_unaligned() })
    }

    #[inline(never)]
    fn add(self, other: Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i].wrapping_add(other.0[i])))
    }

    #[inline(never)]
    fn xor(self, other: Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i] ^ other.0[i]))
    }

    #[inline(never)]
    fn rotate_left<const BITS: i32>(self) -> Self {
        Self(self.0.map(|word| word.rotate_left(BITS.cast_unsigned())))
    }

    #[inline(never)]
    fn turn<const PLACES: usize>(mut self) -> Self {
        self.0.rotate_left(PLACES);
        self
    }

    #[inline(never)]
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

    #[inline(never)]
    unsafe fn splat(number: u64) -> Self {
        Self([number; L])
    }

    #[inline(never)]
    unsafe fn load(from: *const u64) -> Self {
        // SAFETY: the caller's promise.
        Self(unsafe { from.cast::<[u64; L]>().read_unaligned() })
    }

    #[inline(never)]
    unsafe fn store(self, to: *mut u64) {
        // SAFETY: the caller's promise.
        unsafe { to.cast::<[u64; L]>().write_unaligned(self.0) };
    }

    #[inline(never)]
    unsafe fn load_blocks(from: *const u8) -> (Self, Self) {
        let mut blocks = [from; MAX_LANES];
        for (block, place) in blocks.iter_mut().zip(Self::ORDER) {
            *block = from.wrapping_add(16 * place);
        }
        // SAFETY: the caller's promise.
        unsafe { Self::gather_blocks(&blocks, 0) }
    }

    #[inline(never)]
    unsafe fn gather_blocks(from: &[*const u8; MAX_LANES], offset: usize) -> (Self, Self) {
        // SAFETY: the caller's promise.
        let half = |lane: usize, at| unsafe {
            u64::from_le_bytes(from[lane].add(offset + at).cast::<[u8; 8]>().read())
        };
        (Self::lanes(|lane| half(lane, 0)), Self::lanes(|lane| half(lane, 8)))
    }

    #[inline(never)]
    fn add(self, other: Self) -> Self {
        Self::lanes(|i| self.0[i].wrapping_add(other.0[i]))
    }

    #[inline(never)]
    fn and(self, other: Self) -> Self {
        Self::lanes(|i| self.0[i] & other.0[i])
    }

    #[inline(never)]
    fn or(self, other: Self) -> Self {
        Self::lanes(|i| self.0[i] | other.0[i])
    }

    #[inline(never)]
    fn not_and(self, other: Self) -> Self {
        Self::lanes(|i| !self.0[i] & other.0[i])
    }

    #[inline(never)]
    fn shift_left<const BITS: i32>(self) -> Self {
        Self(self.0.map(|number| number << BITS))
    }

    #[inline(never)]
    fn shift_right<const BITS: i32>(self) -> Self {
        Self(self.0.map(|number| number >> BITS))
    }

    #[inline(never)]
    fn sum(self) -> u64 {
        self.0.into_iter().fold(0, u64::wrapping_add)
    }
}

/// Sums that do not fit are mistakes of the construction, and panic here.
impl<const L: usize> Multiply32 for ModelLimbs<L> {
    #[inline(never)]
    fn multiply(self, other: Self) -> Self {
        Self::lanes(|i| (self.0[i] & 0xffff_ffff) * (other.0[i] & 0xffff_ffff))
    }

    #[inline(never)]
    fn multiply_add(self, a: Self, b: Self) -> Self {
        let product = a.multiply(b);
        Self::lanes(|i| self.0[i] + product.0[i])
    }
}

/// As above.
impl<const L: usize> Multiply52 for ModelLimbs<L> {
    #[inline(never)]
    fn multiply_add_low(self, a: Self, b: Self) -> Self {
        Self::lanes(|i| self.0[i] + (product52(a.0[i], b.0[i]) & MASK52) as u64)
    }

    #[inline(never)]
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

fn bytes(seed: usize, length: usize) -> Vec<u8> {
    (0..length).map(|i| (i * 31 + seed * 77 + (i >> 8) * 5 + (seed >> 3)) as u8).collect()
}

/// Lengths of texts and of associated data, mixed: none, parts of blocks, short and long messages.
const LENGTHS: [(usize, usize); 30] = [
    (0, 0),
    (1, 0),
    (15, 1),
    (16, 12),
    (17, 16),
    (63, 0),
    (64, 0),
    (65, 28),
    (64, 0),
    (64, 0),
    (127, 17),
    (128, 100),
    (256, 0),
    (320, 12),
    (367, 0),
    (368, 0),
    (369, 1),
    (500, 128),
    (1024, 0),
    (1100, 300),
    (4068, 0),
    (4068, 12),
    (4080, 100),
    (2048, 16),
    (8192, 0),
    (9000, 129),
    (20000, 13),
    (64, 1000),
    (0, 400),
    (3, 2),
];

/// Seals and opens batches with the kernel, and compares with the portable crate.
fn agrees(kernel: &impl Kernel) {
    let secret: [u8; 32] = bytes(9, 32).try_into().unwrap_or_default();
    let mut key = [0; 8];
    for (word, bytes) in key.iter_mut().zip(secret.as_chunks().0) {
        *word = u32::from_le_bytes(*bytes);
    }
    let portable = chacha20poly1305::ChaCha20Poly1305::new(&secret.into());
    for count in [1, 2, 3, 7, 17, LENGTHS.len()] {
        for first in 0..LENGTHS.len() {
            let lengths: Vec<_> = LENGTHS.iter().cycle().skip(first).take(count).collect();
            let nonces: Vec<[u8; 12]> =
                (0..count).map(|i| bytes(i + first, 12).try_into().unwrap_or_default()).collect();
            let data: Vec<_> = lengths.iter().map(|(_, data)| bytes(3, *data)).collect();
            let plain: Vec<_> = lengths.iter().enumerate().map(|(i, (text, _))| bytes(i, *text)).collect();

            let (mut texts, mut tags) = (plain.clone(), std::vec![[0; 16]; count]);
            let mut batch = Vec::new();
            for (i, (text, tag)) in texts.iter_mut().zip(&mut tags).enumerate() {
                let text = Text::InPlace(text);
                batch.push(Seal { nonce: &nonces[i], associated_data: &data[i], text, tag });
            }
            kernel.run(&key, &mut batch);
            for i in 0..count {
                let mut expected = plain[i].clone();
                let tag =
                    portable.encrypt_inout_detached(&nonces[i].into(), &data[i], (&mut expected[..]).into());
                assert!(texts[i] == expected, "text of {:?}", lengths[i]);
                assert_eq!(tag.ok().as_deref(), Some(&tags[i][..]), "tag of {:?}", lengths[i]);
            }

            let wrong = count / 2;
            tags[wrong][0] ^= 1;
            let mut opened: Vec<_> = plain.iter().map(|text| std::vec![1; text.len()]).collect();
            let mut batch = Vec::new();
            for (i, (from, to)) in texts.iter().zip(&mut opened).enumerate() {
                batch.push(Open::new(&nonces[i], &data[i], Text::Into { from, to }, &tags[i]));
            }
            kernel.run(&key, &mut batch);
            for (i, message) in batch.iter().enumerate() {
                assert_eq!(message.opened(), i != wrong, "{:?}", lengths[i]);
            }
            for (i, (opened, plain)) in opened.iter().zip(&plain).enumerate() {
                let expected = if i == wrong { std::vec![0; plain.len()] } else { plain.clone() };
                assert!(*opened == expected, "opened text of {:?}", lengths[i]);
            }
        }
    }
}

/// What seals and opens: an engine, or a model of one.
trait Kernel {
    fn run<M: Message>(&self, key: &[u32; 8], messages: &mut [M]);
}

impl Kernel for Backend {
    fn run<M: Message>(&self, key: &[u32; 8], messages: &mut [M]) {
        Backend { token: self.token, key: *key }.run(messages);
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

#[test]
fn every_engine_agrees_with_the_portable_crate() {
    for engine in available() {
        if let Some(backend) = Backend::best(Some(engine)).filter(|backend| backend.engine() == engine) {
            agrees(&backend);
        }
    }
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

#[test]
fn a_batch_of_64_messages_is_one_kernel_call_on_every_engine() {
    for engine in available() {
        let Some(backend) = Backend::best(Some(engine)) else { continue };
        let nonces: Vec<[u8; 12]> = (0..64).map(|i| [i; 12]).collect();
        let (mut texts, mut tags) = (std::vec![[0x5a; 4068]; 64], std::vec![[0; 16]; 64]);
        let mut batch = Vec::new();
        for (nonce, (text, tag)) in nonces.iter().zip(texts.iter_mut().zip(&mut tags)) {
            batch.push(Seal { nonce, associated_data: &[], text: Text::InPlace(text), tag });
        }
        KERNEL_CALLS.set(0);
        backend.seal(&mut batch);
        assert_eq!(KERNEL_CALLS.get(), 1, "sealed by {}", backend.engine());
    }
}
