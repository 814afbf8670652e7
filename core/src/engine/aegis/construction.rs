//! The AEGIS construction (RFC 10032): state, update, keystream and finalisation, for any register.

use super::register::{MAX_LANES, Register, Sources};

/// The constant C0 of RFC 10032, section 3: the Fibonacci numbers modulo 256.
const C0: [u8; 16] =
    [0x00, 0x01, 0x01, 0x02, 0x03, 0x05, 0x08, 0x0d, 0x15, 0x22, 0x37, 0x59, 0x90, 0xe9, 0x79, 0x62];

/// The constant C1: the Fibonacci numbers that follow.
const C1: [u8; 16] =
    [0xdb, 0x3d, 0x18, 0x55, 0x6d, 0xc2, 0x2f, 0xf1, 0x20, 0x11, 0x31, 0x42, 0x73, 0xb5, 0x28, 0xdd];

/// AEGIS-128L and its parallel variants, or AEGIS-256 and its. `RATE` is the number of blocks that each lane takes in
/// with one update.
pub(super) trait Family<const RATE: usize> {
    /// Length of a key and of a nonce, in bytes.
    const KEY_LENGTH: usize;

    /// The state in registers of type `R`.
    type State<R: Register>: State<R, RATE>;
}

/// The state of all messages of a group.
pub(super) trait State<R: Register, const RATE: usize>: Sized {
    /// The state after the key and the nonces.
    ///
    /// # Safety
    /// The CPU has the register's instructions; `key` and each of the first `R::LANES / D` nonces are readable for
    /// the family's key length.
    unsafe fn new<const D: usize>(key: *const u8, nonces: &Sources) -> Self;

    /// What is combined with the next blocks to encrypt or decrypt them.
    fn keystream(&self) -> [R; RATE];

    /// Takes in associated data or plaintext.
    fn absorb(&mut self, blocks: [R; RATE]);

    /// Takes in the lengths; returns the tags, whose lanes the parallel variants have yet to combine.
    fn finish(self, lengths: R) -> R;
}

/// The same block in every lane.
///
/// # Safety
/// The CPU has the register's instructions, and 16 bytes at `block` are readable.
#[inline(always)]
pub(super) unsafe fn broadcast<R: Register>(block: *const u8) -> R {
    // SAFETY: the caller's promise; with degree 1, each lane reads 16 bytes at its own pointer.
    unsafe { R::load::<1>(&[block; MAX_LANES], 0, 0) }
}

/// The same 16 bytes of a message's source in each of its lanes.
///
/// # Safety
/// The CPU has the register's instructions, and 16 bytes at `offset` are readable in each source of the group.
#[inline(always)]
unsafe fn replicate<R: Register, const D: usize>(from: &Sources, offset: usize) -> R {
    let mut lanes = [from[0]; MAX_LANES];
    for (lane, pointer) in lanes.iter_mut().enumerate().take(R::LANES) {
        *pointer = from[lane / D];
    }
    // SAFETY: the caller's promise; with degree 1, each lane reads 16 bytes at its own pointer.
    unsafe { R::load::<1>(&lanes, offset, 0) }
}

/// What tells the lanes of a parallel variant apart: block `i` is `i, D - 1, 0, …`. All zero for degree 1.
///
/// # Safety
/// The CPU has the register's instructions.
#[inline(always)]
unsafe fn context<R: Register, const D: usize>() -> R {
    let mut blocks = [[0_u8; 16]; D];
    for (i, block) in blocks.iter_mut().enumerate() {
        // The degree is 1, 2 or 4.
        (block[0], block[1]) = (i as u8, (D - 1) as u8);
    }
    // SAFETY: every message reads its D blocks from the same place.
    unsafe { R::load::<D>(&[blocks.as_ptr().cast(); MAX_LANES], 0, 0) }
}

/// AEGIS-128L (degree 1), AEGIS-128X2 and AEGIS-128X4.
pub(super) struct Aegis128;

impl Family<2> for Aegis128 {
    const KEY_LENGTH: usize = 16;
    type State<R: Register> = State128<R>;
}

pub(super) struct State128<R>([R; 8]);

impl<R: Register> State128<R> {
    #[inline(always)]
    fn update(&mut self, m0: R, m1: R) {
        let [s0, s1, s2, s3, s4, s5, s6, s7] = self.0;
        self.0 =
            R::aes_rounds([s7, s0, s1, s2, s3, s4, s5, s6], [s0.xor(m0), s1, s2, s3, s4.xor(m1), s5, s6, s7]);
    }
}

impl<R: Register> State<R, 2> for State128<R> {
    #[inline(always)]
    unsafe fn new<const D: usize>(key: *const u8, nonces: &Sources) -> Self {
        // SAFETY: the caller's promise; the constants are 16 bytes long.
        let (key, nonce, c0, c1, context) = unsafe {
            (
                broadcast::<R>(key),
                replicate::<R, D>(nonces, 0),
                broadcast::<R>(C0.as_ptr()),
                broadcast::<R>(C1.as_ptr()),
                context::<R, D>(),
            )
        };
        let both = key.xor(nonce);
        let mut state = Self([both, c1, c0, c1, both, key.xor(c0), key.xor(c1), key.xor(c0)]);
        for _ in 0..10 {
            if D > 1 {
                state.0[3] = state.0[3].xor(context);
                state.0[7] = state.0[7].xor(context);
            }
            state.update(nonce, key);
        }
        state
    }

    #[inline(always)]
    fn keystream(&self) -> [R; 2] {
        let [_, s1, s2, s3, _, s5, s6, s7] = self.0;
        [s6.xor3(s1, s2.and(s3)), s2.xor3(s5, s6.and(s7))]
    }

    #[inline(always)]
    fn absorb(&mut self, [m0, m1]: [R; 2]) {
        self.update(m0, m1);
    }

    #[inline(always)]
    fn finish(mut self, lengths: R) -> R {
        let t = self.0[2].xor(lengths);
        for _ in 0..7 {
            self.update(t, t);
        }
        let [s0, s1, s2, s3, s4, s5, s6, _] = self.0;
        s0.xor3(s1, s2).xor3(s3, s4).xor3(s5, s6)
    }
}

/// AEGIS-256 (degree 1), AEGIS-256X2 and AEGIS-256X4.
pub(super) struct Aegis256;

impl Family<1> for Aegis256 {
    const KEY_LENGTH: usize = 32;
    type State<R: Register> = State256<R>;
}

pub(super) struct State256<R>([R; 6]);

impl<R: Register> State256<R> {
    #[inline(always)]
    fn update(&mut self, m: R) {
        let [s0, s1, s2, s3, s4, s5] = self.0;
        self.0 = R::aes_rounds([s5, s0, s1, s2, s3, s4], [s0.xor(m), s1, s2, s3, s4, s5]);
    }
}

impl<R: Register> State<R, 1> for State256<R> {
    #[inline(always)]
    unsafe fn new<const D: usize>(key: *const u8, nonces: &Sources) -> Self {
        // SAFETY: the caller's promise; keys and nonces are 32 bytes long, the constants 16.
        let (k0, k1, n0, n1, c0, c1, context) = unsafe {
            (
                broadcast::<R>(key),
                broadcast::<R>(key.add(16)),
                replicate::<R, D>(nonces, 0),
                replicate::<R, D>(nonces, 16),
                broadcast::<R>(C0.as_ptr()),
                broadcast::<R>(C1.as_ptr()),
                context::<R, D>(),
            )
        };
        let (both0, both1) = (k0.xor(n0), k1.xor(n1));
        let mut state = Self([both0, both1, c1, c0, k0.xor(c0), k1.xor(c1)]);
        for _ in 0..4 {
            for m in [k0, k1, both0, both1] {
                if D > 1 {
                    state.0[3] = state.0[3].xor(context);
                    state.0[5] = state.0[5].xor(context);
                }
                state.update(m);
            }
        }
        state
    }

    #[inline(always)]
    fn keystream(&self) -> [R; 1] {
        let [_, s1, s2, s3, s4, s5] = self.0;
        [s1.xor3(s4, s5).xor(s2.and(s3))]
    }

    #[inline(always)]
    fn absorb(&mut self, [m]: [R; 1]) {
        self.update(m);
    }

    #[inline(always)]
    fn finish(mut self, lengths: R) -> R {
        let t = self.0[3].xor(lengths);
        for _ in 0..7 {
            self.update(t);
        }
        let [s0, s1, s2, s3, s4, s5] = self.0;
        s0.xor3(s1, s2).xor3(s3, s4).xor(s5)
    }
}
