//! The AEGIS construction (RFC 10032): state, update, keystream and finalisation, for any register.

use super::register::{MAX_MESSAGES, Register, Sources};

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

    /// What is written, where anything is.
    #[inline(always)]
    fn output<T>(self, input: T, combined: T) -> T {
        if self == Self::Absorb { input } else { combined }
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
    /// The state after the key and the nonces, for the lanes of each message from `first_lane` on.
    ///
    /// # Safety
    /// The CPU has the register's instructions; `key` and the nonce of each message are readable for the family's key
    /// length.
    unsafe fn new<const D: usize>(key: *const u8, nonces: &Sources, first_lane: usize) -> Self;

    /// The same in every word.
    fn splat(word: R) -> Self;

    /// The words.
    fn words(&mut self) -> &mut [R];

    /// Encrypts or decrypts the next blocks, which have yet to be taken in.
    fn combine(&self, blocks: [R; RATE]) -> [R; RATE];

    /// Takes in associated data or plaintext.
    fn absorb(&mut self, blocks: [R; RATE]);

    /// Does its work on two blocks of each lane; what is returned is written.
    fn work_on_two(&mut self, work: Work, blocks: [R; 2]) -> [R; 2];

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

/// AEGIS-128L (degree 1), AEGIS-128X2 and AEGIS-128X4.
pub(super) struct Aegis128;

impl Family<2> for Aegis128 {
    const KEY_LENGTH: usize = 16;
    type State<R: Register> = State128<R>;
}

#[derive(Clone, Copy)]
pub(super) struct State128<R>([R; 8]);

impl<R: Register> State128<R> {
    #[inline(always)]
    fn update(&mut self, m0: R, m1: R) {
        let [s0, s1, s2, s3, s4, s5, s6, s7] = self.0;
        self.0 = R::aes_rounds([s7, s0, s1, s2, s3, s4, s5, s6], self.0);
        // Added behind the round, so that the round need not wait for a plaintext that is yet to be decrypted.
        self.0[0] = self.0[0].xor(m0);
        self.0[4] = self.0[4].xor(m1);
    }
}

impl<R: Register> State<R, 2> for State128<R> {
    #[inline(always)]
    unsafe fn new<const D: usize>(key: *const u8, nonces: &Sources, first_lane: usize) -> Self {
        // SAFETY: the caller's promise; the constants are 16 bytes long.
        let (key, nonce, c0, c1, context) = unsafe {
            (
                R::broadcast(key),
                R::replicate::<D>(nonces, 0, 0),
                R::broadcast(C0.as_ptr()),
                R::broadcast(C1.as_ptr()),
                context::<R, D>(first_lane),
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
    fn splat(word: R) -> Self {
        Self([word; 8])
    }

    #[inline(always)]
    fn words(&mut self) -> &mut [R] {
        &mut self.0
    }

    #[inline(always)]
    fn combine(&self, [m0, m1]: [R; 2]) -> [R; 2] {
        let [_, s1, s2, s3, _, s5, s6, s7] = self.0;
        [m0.xor3(s6, s1.xor_and(s2, s3)), m1.xor3(s2, s5.xor_and(s6, s7))]
    }

    #[inline(always)]
    fn absorb(&mut self, [m0, m1]: [R; 2]) {
        self.update(m0, m1);
    }

    #[inline(always)]
    fn work_on_two(&mut self, work: Work, blocks: [R; 2]) -> [R; 2] {
        let output = work.output(blocks, self.combine(blocks));
        self.absorb(work.plaintext(blocks, output));
        output
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

#[derive(Clone, Copy)]
pub(super) struct State256<R>([R; 6]);

impl<R: Register> State256<R> {
    #[inline(always)]
    fn update(&mut self, m: R) {
        let [s0, s1, s2, s3, s4, s5] = self.0;
        self.0 = R::aes_rounds([s5, s0, s1, s2, s3, s4], self.0);
        // Added behind the round, so that the round need not wait for a plaintext that is yet to be decrypted.
        self.0[0] = self.0[0].xor(m);
    }

    /// An update that initialises.
    #[inline(always)]
    fn initialize<const D: usize>(&mut self, context: R, m: R) {
        if D > 1 {
            self.0[3] = self.0[3].xor(context);
            self.0[5] = self.0[5].xor(context);
        }
        self.update(m);
    }
}

impl<R: Register> State<R, 1> for State256<R> {
    #[inline(always)]
    unsafe fn new<const D: usize>(key: *const u8, nonces: &Sources, first_lane: usize) -> Self {
        // SAFETY: the caller's promise; keys and nonces are 32 bytes long, the constants 16.
        let (k0, k1, n0, n1, c0, c1, context) = unsafe {
            (
                R::broadcast(key),
                R::broadcast(key.add(16)),
                R::replicate::<D>(nonces, 0, 0),
                R::replicate::<D>(nonces, 16, 0),
                R::broadcast(C0.as_ptr()),
                R::broadcast(C1.as_ptr()),
                context::<R, D>(first_lane),
            )
        };
        let (both0, both1) = (k0.xor(n0), k1.xor(n1));
        let mut state = Self([both0, both1, c1, c0, k0.xor(c0), k1.xor(c1)]);
        for _ in 0..4 {
            // Not a loop, for which the four would be put into memory each time.
            state.initialize::<D>(context, k0);
            state.initialize::<D>(context, k1);
            state.initialize::<D>(context, both0);
            state.initialize::<D>(context, both1);
        }
        state
    }

    #[inline(always)]
    fn splat(word: R) -> Self {
        Self([word; 6])
    }

    #[inline(always)]
    fn words(&mut self) -> &mut [R] {
        &mut self.0
    }

    #[inline(always)]
    fn combine(&self, [m]: [R; 1]) -> [R; 1] {
        let [_, s1, s2, s3, s4, s5] = self.0;
        [m.xor(s1.xor3(s4, s5).xor_and(s2, s3))]
    }

    #[inline(always)]
    fn absorb(&mut self, [m]: [R; 1]) {
        self.update(m);
    }

    #[inline(always)]
    fn work_on_two(&mut self, work: Work, blocks: [R; 2]) -> [R; 2] {
        let mut out = blocks;
        for block in &mut out {
            let output = work.output([*block], self.combine([*block]));
            self.absorb(work.plaintext([*block], output));
            [*block] = output;
        }
        out
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
