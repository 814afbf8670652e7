//! The AEGIS construction (RFC 10032): state, update, keystream and finalisation, for any register.

use super::register::{Destinations, MAX_MESSAGES, Register, Sources};
use super::schedule::Schedule;

mod aegis128;
mod aegis256;

pub(super) use aegis128::Aegis128;
pub(super) use aegis256::Aegis256;

/// A step of the work on a state of `N` words: an update with the next `RATE` blocks of each lane. Written for one
/// register, so that several may take it one after the other: [`Register::take`].
pub(super) trait Step<const N: usize, const RATE: usize> {
    /// What it does.
    const WORK: Work;

    /// Takes the blocks in; returns what is written. If it is `ALONE`, nothing else is in flight that would fill the
    /// time until a round is done, and the fewest instructions one after the other count, else the fewest of all.
    fn step<R: Register, const ALONE: bool>(words: &mut [R; N], blocks: [R; RATE]) -> [R; RATE];
}

/// Takes in associated data.
pub(super) struct Absorbing;

/// Encrypts plaintext and takes it in.
pub(super) struct Sealing;

/// Decrypts ciphertext and takes in the plaintext.
pub(super) struct Opening;

/// The constant C0 of RFC 10032, section 3: the Fibonacci numbers modulo 256.
const C0: [u8; 16] =
    [0x00, 0x01, 0x01, 0x02, 0x03, 0x05, 0x08, 0x0d, 0x15, 0x22, 0x37, 0x59, 0x90, 0xe9, 0x79, 0x62];

/// The constant C1: the Fibonacci numbers that follow.
const C1: [u8; 16] =
    [0xdb, 0x3d, 0x18, 0x55, 0x6d, 0xc2, 0x2f, 0xf1, 0x20, 0x11, 0x31, 0x42, 0x73, 0xb5, 0x28, 0xdd];

/// What is done with the bytes of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Work {
    /// Associated data is taken in.
    Absorb,
    /// Plaintext is taken in and encrypted.
    Seal,
    /// Ciphertext is decrypted and taken in.
    Open,
}

impl Work {
    /// What is taken in.
    #[inline(always)]
    pub(super) fn plaintext<T>(self, input: T, output: T) -> T {
        if self == Self::Open { output } else { input }
    }
}

/// AEGIS-128L and its parallel variants, or AEGIS-256 and its. `RATE` is the number of blocks that each lane takes in
/// with one update.
pub(super) trait Family<const RATE: usize> {
    /// Length of a key and of a nonce, in bytes.
    const KEY_LENGTH: usize;

    /// The state in registers of type `R`.
    type State<R: Register>: State<R, RATE>;
}

/// The state of all messages of a group.
pub(super) trait State<R: Register, const RATE: usize>: Copy {
    /// Computes what the states of all messages under a key have in common, for the lanes of a message from `first_lane` on.
    ///
    /// # Safety
    /// The CPU has the register's instructions, which holds one message or a part of it; `key` is readable for the family's
    /// key length.
    unsafe fn expand<const D: usize>(key: *const u8, schedule: &mut Schedule, first_lane: usize);

    /// The state after the key and the nonces, for the lanes of each message from `first_lane` on.
    ///
    /// # Safety
    /// The CPU has the register's instructions; the nonce of each message is readable for the family's key length.
    unsafe fn new<const D: usize>(schedule: &Schedule, nonces: &Sources, first_lane: usize) -> Self;

    /// The same in every word.
    fn splat(word: R) -> Self;

    /// The words.
    fn words(&mut self) -> &mut [R];

    /// Encrypts or decrypts the next blocks, which have yet to be taken in.
    fn combine(&self, blocks: [R; RATE]) -> [R; RATE];

    /// Takes in associated data or plaintext.
    fn absorb(&mut self, blocks: [R; RATE]);

    /// Does its work on the next blocks; what is returned is written.
    fn work(&mut self, work: Work, blocks: [R; RATE]) -> [R; RATE];

    /// Does its work on the blocks at `offset`.
    ///
    /// # Safety
    /// They are readable at `from` and, unless `work` only absorbs, writable at `to`.
    unsafe fn advance<const D: usize>(
        &mut self,
        work: Work,
        from: &Sources,
        to: &Destinations,
        offset: usize,
    );

    /// Takes in the lengths; returns the tags, whose lanes the parallel variants have yet to combine.
    fn finish(self, lengths: R) -> R;
}

/// What tells the lanes of a parallel variant apart, from `first_lane` on: block `i` is `i, D - 1, 0, …`. All zero for
/// degree 1.
///
/// # Safety
/// The CPU has the register's instructions; there are as many lanes.
#[inline(always)]
unsafe fn context<R: Register, const D: usize>(first_lane: usize) -> R {
    const { assert!(D == 1 || D == 2 || D == 4) };
    let mut blocks = [[0_u8; 16]; D];
    for (i, block) in blocks.iter_mut().enumerate() {
        (block[0], block[1]) = (i as u8, (D - 1) as u8);
    }
    // SAFETY: every message reads its D blocks from the same place, or those of them that are left.
    unsafe { R::load::<D>(&[blocks.as_ptr().cast(); MAX_MESSAGES], 16 * first_lane, 0) }
}
