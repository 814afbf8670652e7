//! Registers of any number of lanes in plain Rust, slow and simple: with them the kernels of every engine are tested on
//! every CPU, but for the instructions themselves. Compiled for `make test-features` only, without optimisation, which
//! would take minutes.

use std::vec::Vec;

use aes_gcm::aead::{AeadInOut, KeyInit};
use aes_gcm::{Aes128Gcm, Aes256Gcm};

use super::batch::{self, Kernels};
use super::register::{Block, Register};
use super::rounds::IN_FLIGHT;
use super::schedule::Schedule;
use super::{alone, long, short};
use crate::engine::message::{Message, Open, Seal, Text};

/// `L` lanes; `ARM` says whether keys come first in the rounds.
#[derive(Clone, Copy)]
struct Model<const L: usize, const ARM: bool>([[u8; 16]; L]);

impl<const L: usize, const ARM: bool> Model<L, ARM> {
    fn map(self, lane: impl Fn([u8; 16]) -> [u8; 16]) -> Self {
        Self(self.0.map(lane))
    }

    /// Of each pair of lanes, as numbers.
    fn zip(self, other: Self, lane: impl Fn(u128, u128) -> u128) -> Self {
        Self(core::array::from_fn(|i| {
            lane(u128::from_le_bytes(self.0[i]), u128::from_le_bytes(other.0[i])).to_le_bytes()
        }))
    }

    fn first_bytes(bytes: &[u8]) -> Self {
        let mut out = [[0; 16]; L];
        out.as_flattened_mut()[..bytes.len()].copy_from_slice(bytes);
        Self(out)
    }
}

impl<const L: usize, const ARM: bool> Register for Model<L, ARM> {
    const LANES: usize = L;
    const KEY_FIRST: bool = ARM;
    type Lane = Model<1, ARM>;
    type Lanes<T: Copy> = [T; L];

    fn lanes<T: Copy>(each: T) -> [T; L] {
        [each; L]
    }

    unsafe fn load(from: *const u8) -> Self {
        // SAFETY: the caller's promise.
        Self(unsafe { from.cast::<[[u8; 16]; L]>().read() })
    }

    unsafe fn store(self, to: *mut u8) {
        // SAFETY: the caller's promise.
        unsafe { to.cast::<[[u8; 16]; L]>().write(self.0) };
    }

    unsafe fn load_first(from: *const u8, length: usize) -> Self {
        // SAFETY: the caller's promise.
        Self::first_bytes(unsafe { core::slice::from_raw_parts(from, length.min(16 * L)) })
    }

    unsafe fn store_first(self, to: *mut u8, length: usize) {
        let length = length.min(16 * L);
        // SAFETY: the caller's promise.
        unsafe { core::ptr::copy_nonoverlapping(self.0.as_ptr().cast(), to, length) };
    }

    fn keep_first(self, length: usize) -> Self {
        Self::first_bytes(&self.0.as_flattened()[..length.min(16 * L)])
    }

    fn splat(lane: Self::Lane) -> Self {
        Self([lane.0[0]; L])
    }

    fn first_lane(self) -> Self::Lane {
        Model([self.0[0]])
    }

    fn with_first_lane(mut self, lane: Self::Lane) -> Self {
        self.0[0] = lane.0[0];
        self
    }

    fn last_lane(self) -> Self::Lane {
        Model([self.0[L - 1]])
    }

    fn with_last_lane(self, lane: Self::Lane) -> Self {
        let mut lanes = self;
        lanes.0[L - 1] = lane.0[0];
        lanes
    }

    fn with_last_lanes(two: [Self; 2], lane: Self::Lane) -> [Self; 2] {
        let mut lanes = [two[0].0, two[1].0];
        for last in lanes.as_flattened_mut().iter_mut().rev().take(2) {
            *last = lane.0[0];
        }
        lanes.map(Self)
    }

    unsafe fn gather(from: &[*const u8; L], offset: usize) -> Self {
        // SAFETY: the caller's promise.
        Self(from.map(|from| unsafe { from.wrapping_add(offset).cast::<[u8; 16]>().read() }))
    }

    unsafe fn scatter(self, to: &[*mut u8; L], offset: usize) {
        for (lane, to) in self.0.iter().zip(to) {
            // SAFETY: the caller's promise.
            unsafe { to.wrapping_add(offset).cast::<[u8; 16]>().write(*lane) };
        }
    }

    unsafe fn broadcast(block: &Block) -> Self {
        Self([block.to_ne_bytes(); L])
    }

    unsafe fn of(block: Block) -> Self {
        Self([block.to_ne_bytes(); L])
    }

    fn first_column(self) -> u32 {
        u32::from_ne_bytes(core::array::from_fn(|i| self.0[0][i]))
    }

    fn xor(self, other: Self) -> Self {
        self.zip(other, |a, b| a ^ b)
    }

    fn fold(self) -> Self::Lane {
        self.0.into_iter().map(|lane| Model([lane])).reduce(Register::xor).unwrap_or(Model([[0; 16]]))
    }

    fn aes_first(self, keys: [Self; 2]) -> Self {
        if ARM { self.aes_round(keys[0]) } else { self.xor(keys[0]).aes_round(keys[1]) }
    }

    fn aes_round(self, key: Self) -> Self {
        if ARM { self.xor(key).map(substitute).map(mix) } else { self.map(substitute).map(mix).xor(key) }
    }

    fn in_step(_: &mut [Self; IN_FLIGHT], _: &mut usize) {}

    fn aes_last(self, before: Self, after: Self) -> Self {
        if ARM { self.xor(before).map(substitute).xor(after) } else { self.map(substitute).xor(after) }
    }

    fn reverse(self) -> Self {
        self.map(|mut lane| {
            lane.reverse();
            lane
        })
    }

    fn low_halves(self, other: Self) -> Self {
        self.zip(other, |a, b| a << 64 >> 64 | b << 64)
    }

    fn high_halves(self, other: Self) -> Self {
        self.zip(other, |a, b| a >> 64 | b >> 64 << 64)
    }

    fn swap_halves(self) -> Self {
        self.zip(self, |a, _| a.rotate_left(64))
    }

    fn multiply_low(self, other: Self) -> Self {
        self.zip(other, |a, b| multiply(a as u64, b as u64))
    }

    fn multiply_high(self, other: Self) -> Self {
        self.zip(other, |a, b| multiply((a >> 64) as u64, (b >> 64) as u64))
    }
}

/// SubBytes and ShiftRows (FIPS 197).
fn substitute(state: [u8; 16]) -> [u8; 16] {
    static SBOX: std::sync::LazyLock<[u8; 256]> = std::sync::LazyLock::new(|| {
        core::array::from_fn(|x| {
            let inverse = (0..=255).find(|y| times(x as u8, *y) == 1).unwrap_or(0);
            [1, 2, 3, 4].iter().fold(0x63 ^ inverse, |sum, turn| sum ^ inverse.rotate_left(*turn))
        })
    });
    core::array::from_fn(|i| SBOX[usize::from(state[(i + i % 4 * 4) % 16])])
}

/// MixColumns.
fn mix(state: [u8; 16]) -> [u8; 16] {
    core::array::from_fn(|i| {
        let at = |down: usize| state[i / 4 * 4 + (i + down) % 4];
        times(at(0), 2) ^ times(at(1), 3) ^ at(2) ^ at(3)
    })
}

/// Multiplication modulo x^8 + x^4 + x^3 + x + 1.
fn times(a: u8, b: u8) -> u8 {
    (0..8).rev().fold(0, |sum, bit| {
        let doubled = sum << 1 ^ if sum >> 7 == 1 { 0x1b } else { 0 };
        doubled ^ if b >> bit & 1 == 1 { a } else { 0 }
    })
}

fn multiply(a: u64, b: u64) -> u128 {
    (0..64).filter(|bit| b >> bit & 1 == 1).fold(0, |sum, bit| sum ^ u128::from(a) << bit)
}

struct ModelKernels<const L: usize, const ARM: bool>;

impl<const L: usize, const ARM: bool> Kernels for ModelKernels<L, ARM> {
    const SIDE_BY_SIDE: usize = L * IN_FLIGHT;

    unsafe fn expand(schedule: &mut Schedule, key: &[u8]) {
        // SAFETY: the caller's promise.
        unsafe { schedule.expand::<Model<1, ARM>>(key) };
    }

    unsafe fn alone_8<const ROUNDS: usize, M: Message>(schedule: &Schedule, message: &mut M) {
        // SAFETY: the caller's promise.
        unsafe {
            if L == 1 {
                alone::run::<Model<1, ARM>, 8, ROUNDS, M>(schedule, message);
            } else {
                alone::run::<Model<2, ARM>, 4, ROUNDS, M>(schedule, message);
            }
        }
    }

    const HOLDS_16: bool = L > 1;

    unsafe fn alone_16<const ROUNDS: usize, M: Message>(schedule: &Schedule, message: &mut M) {
        // SAFETY: the caller's promise.
        unsafe { alone::run::<Model<2, ARM>, 8, ROUNDS, M>(schedule, message) };
    }

    unsafe fn long<const ROUNDS: usize, M: Message>(schedule: &Schedule, messages: &mut [M]) {
        // SAFETY: the caller's promise.
        unsafe { long::run::<Model<L, ARM>, ROUNDS, M>(schedule, messages) };
    }

    unsafe fn short<const ROUNDS: usize, M: Message>(schedule: &Schedule, messages: &mut [M], blocks: usize) {
        // SAFETY: the caller's promise.
        unsafe { short::run::<Model<L, ARM>, ROUNDS, M>(schedule, messages, blocks) };
    }
}

/// Any bytes, different for each seed.
fn bytes(seed: usize, length: usize) -> Vec<u8> {
    let mut state = seed as u64 ^ 0x9e37_79b9_7f4a_7c15;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    (0..length).map(|_| next()).collect()
}

/// What the `aes-gcm` crate makes of a message: ciphertext and tag.
fn expected(key: &[u8], nonce: &[u8], data: &[u8], text: &[u8]) -> (Vec<u8>, [u8; 16]) {
    fn seal<C: AeadInOut + KeyInit>(key: &[u8], nonce: &[u8], data: &[u8], text: &mut [u8]) -> [u8; 16] {
        let cipher = C::new_from_slice(key).unwrap();
        let nonce = nonce.try_into().unwrap();
        let tag = cipher.encrypt_inout_detached(nonce, data, text.into()).unwrap();
        tag.as_slice().try_into().unwrap()
    }
    let mut sealed = text.to_vec();
    let tag = match key.len() {
        16 => seal::<Aes128Gcm>(key, nonce, data, &mut sealed),
        _ => seal::<Aes256Gcm>(key, nonce, data, &mut sealed),
    };
    (sealed, tag)
}

/// Seals and opens messages of these lengths (text, associated data) as one batch.
fn check<const L: usize, const ARM: bool>(key_length: usize, lengths: &[(usize, usize)]) {
    let key = bytes(key_length, key_length);
    let mut schedule = Schedule::ZERO;
    // SAFETY: a model needs no instructions, and the key has a right length.
    unsafe { ModelKernels::<L, ARM>::expand(&mut schedule, &key) };
    let nonces: Vec<Vec<u8>> = (0..lengths.len()).map(|i| bytes(i + 1000, 12)).collect();
    let data: Vec<Vec<u8>> = lengths.iter().zip(2000..).map(|(length, i)| bytes(i, length.1)).collect();
    let texts: Vec<Vec<u8>> = lengths.iter().zip(3000..).map(|(length, i)| bytes(i, length.0)).collect();

    let mut sealed = texts.clone();
    let mut tags = vec![[0; 16]; lengths.len()];
    let mut batch: Vec<Seal<'_>> = sealed
        .iter_mut()
        .zip(&mut tags)
        .enumerate()
        .map(|(i, (text, tag))| Seal {
            nonce: &nonces[i],
            associated_data: &data[i],
            text: Text::InPlace(text),
            tag,
        })
        .collect();
    // SAFETY: as above; nonces have 12 bytes.
    unsafe { batch::run::<ModelKernels<L, ARM>, _>(&schedule, &mut batch) };
    for (i, sealed) in sealed.iter().enumerate() {
        let expected = expected(&key, &nonces[i], &data[i], &texts[i]);
        assert!((sealed, tags[i]) == (&expected.0, expected.1), "sealed {i} of {lengths:?}");
    }

    let mut opened: Vec<Vec<u8>> = texts.iter().map(|text| vec![0xee; text.len()]).collect();
    let mut batch: Vec<Open<'_>> = sealed
        .iter()
        .zip(&mut opened)
        .enumerate()
        .map(|(i, (from, to))| Open::new(&nonces[i], &data[i], Text::Into { from, to }, &tags[i]))
        .collect();
    // SAFETY: as above; both texts have the same length.
    unsafe { batch::run::<ModelKernels<L, ARM>, _>(&schedule, &mut batch) };
    assert!(batch.iter().all(Open::opened), "opened {lengths:?}");
    assert!(opened == texts, "opened {lengths:?}");
}

/// Where something changes: blocks, 8 and 16 of them, groups of 8, 16 and 32 with one for the tag, runs of 64, counters of 256.
const LENGTHS: [usize; 33] = [
    0, 1, 15, 16, 17, 95, 111, 112, 113, 127, 128, 129, 255, 256, 239, 240, 241, 495, 496, 497, 511, 512,
    1007, 1008, 1009, 1023, 1024, 1025, 4063, 4064, 4068, 4080, 9000,
];

fn every_layout_is_right<const L: usize, const ARM: bool>() {
    for key_length in [16, 32] {
        for length in LENGTHS {
            check::<L, ARM>(key_length, &[(length, 13)]);
        }
        check::<L, ARM>(key_length, &LENGTHS.map(|length| (length, length % 200)));
        for blocks in [0, 1, 2, 4, 62, 63, 64] {
            // Side by side, with some left over; all whole, and all but one.
            check::<L, ARM>(key_length, &vec![(16 * blocks, 20); 8 * L + 2]);
            let ragged = |i: usize| (16 * blocks).saturating_sub(i % 16);
            let lengths: Vec<_> = (0..8 * L).map(|i| (ragged(i), [0, 5, 16, 17, 129][i % 5])).collect();
            check::<L, ARM>(key_length, &lengths);
        }
        check::<L, ARM>(key_length, &[(20, 1024), (20, 1025), (20, 3000)]);
    }
}

#[test]
fn registers_of_one_lane_give_what_the_crate_gives() {
    every_layout_is_right::<1, false>();
}

#[test]
fn registers_of_two_lanes_give_what_the_crate_gives() {
    every_layout_is_right::<2, false>();
}

#[test]
fn registers_of_four_lanes_give_what_the_crate_gives() {
    every_layout_is_right::<4, false>();
}

#[test]
fn rounds_that_add_the_key_first_give_what_the_crate_gives() {
    every_layout_is_right::<1, true>();
    every_layout_is_right::<4, true>();
}
