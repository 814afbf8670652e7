//! The AEGIS construction (RFC 10032): state, update, keystream and finalisation, for any register.

use super::register::{Destinations, MAX_MESSAGES, Register, Sources};

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
        if R::KEY_IS_LAST {
            let keys = [s0.xor(m0), s1, s2, s3, s4.xor(m1), s5, s6, s7];
            self.0 = R::aes_rounds([s7, s0, s1, s2, s3, s4, s5, s6], keys);
        } else {
            // The words are added behind the rounds: what a word becomes never waits for it through a round as well.
            self.0 = R::aes_rounds([s7, s0, s1, s2, s3, s4, s5, s6], [m0, s1, s2, s3, m1, s5, s6, s7]);
            self.0[0] = self.0[0].xor(s0);
            self.0[4] = self.0[4].xor(s4);
        }
    }
}

impl Step<8, 2> for Absorbing {
    const WORK: Work = Work::Absorb;

    #[inline(always)]
    fn step<R: Register, const ALONE: bool>(words: &mut [R; 8], blocks: [R; 2]) -> [R; 2] {
        let mut state = State128(*words);
        state.update(blocks[0], blocks[1]);
        *words = state.0;
        blocks
    }
}

impl Step<8, 2> for Sealing {
    const WORK: Work = Work::Seal;

    #[inline(always)]
    fn step<R: Register, const ALONE: bool>(words: &mut [R; 8], blocks: [R; 2]) -> [R; 2] {
        let output = State128(*words).combine(blocks);
        Absorbing::step::<R, ALONE>(words, blocks);
        output
    }
}

impl Step<8, 2> for Opening {
    const WORK: Work = Work::Open;

    #[inline(always)]
    fn step<R: Register, const ALONE: bool>(words: &mut [R; 8], blocks: [R; 2]) -> [R; 2] {
        let output = State128(*words).combine(blocks);
        let [s0, s1, s2, s3, s4, s5, s6, s7] = *words;
        *words = R::aes_rounds([s7, s0, s1, s2, s3, s4, s5, s6], *words);
        // Added behind the rounds, which need not wait for a plaintext that is yet to be decrypted.
        words[0] = words[0].xor(output[0]);
        words[4] = words[4].xor(output[1]);
        output
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
    fn work(&mut self, work: Work, blocks: [R; 2]) -> [R; 2] {
        match work {
            Work::Absorb => R::take::<Absorbing, 8, 2>(&mut self.0, blocks),
            Work::Seal => R::take::<Sealing, 8, 2>(&mut self.0, blocks),
            Work::Open => R::take::<Opening, 8, 2>(&mut self.0, blocks),
        }
    }

    #[inline(always)]
    unsafe fn advance<const D: usize>(
        &mut self,
        work: Work,
        from: &Sources,
        to: &Destinations,
        offset: usize,
    ) {
        // SAFETY: the caller's promise.
        unsafe {
            match work {
                Work::Absorb => R::advance::<Absorbing, 8, 2, D>(&mut self.0, from, to, offset),
                Work::Seal => R::advance::<Sealing, 8, 2, D>(&mut self.0, from, to, offset),
                Work::Open => R::advance::<Opening, 8, 2, D>(&mut self.0, from, to, offset),
            }
        }
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
        if R::KEY_IS_LAST {
            self.0 = R::aes_rounds([s5, s0, s1, s2, s3, s4], [s0.xor(m), s1, s2, s3, s4, s5]);
        } else {
            // The word is added behind the round: what it becomes never waits for it through a round as well.
            self.0[0] = R::aes_rounds_in_place(&mut self.0, m).xor(s0);
        }
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

impl Step<6, 1> for Absorbing {
    const WORK: Work = Work::Absorb;

    #[inline(always)]
    fn step<R: Register, const ALONE: bool>(words: &mut [R; 6], blocks: [R; 1]) -> [R; 1] {
        let mut state = State256(*words);
        state.update(blocks[0]);
        *words = state.0;
        blocks
    }
}

impl Step<6, 1> for Sealing {
    const WORK: Work = Work::Seal;

    #[inline(always)]
    fn step<R: Register, const ALONE: bool>(words: &mut [R; 6], blocks: [R; 1]) -> [R; 1] {
        let output = State256(*words).combine(blocks);
        Absorbing::step::<R, ALONE>(words, blocks);
        output
    }
}

impl Step<6, 1> for Opening {
    const WORK: Work = Work::Open;

    #[inline(always)]
    fn step<R: Register, const ALONE: bool>(words: &mut [R; 6], [block]: [R; 1]) -> [R; 1] {
        let [s0, s1, s2, s3, s4, s5] = *words;
        if ALONE && !R::KEY_IS_LAST {
            // The round takes in the ciphertext, which is there, and what makes it plaintext is added with the word.
            let behind = s4.xor_and(s2, s3).xor3(s1, s5);
            words[0] = R::aes_rounds_in_place(words, block).xor3(behind, s0);
            return [behind.xor(block)];
        }
        let output = State256(*words).combine([block]);
        // Added behind the round, which need not wait for a plaintext that is yet to be decrypted.
        words[0] = R::aes_rounds_in_place(words, s0).xor(output[0]);
        output
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
    fn work(&mut self, work: Work, blocks: [R; 1]) -> [R; 1] {
        match work {
            Work::Absorb => R::take::<Absorbing, 6, 1>(&mut self.0, blocks),
            Work::Seal => R::take::<Sealing, 6, 1>(&mut self.0, blocks),
            Work::Open => R::take::<Opening, 6, 1>(&mut self.0, blocks),
        }
    }

    #[inline(always)]
    unsafe fn advance<const D: usize>(
        &mut self,
        work: Work,
        from: &Sources,
        to: &Destinations,
        offset: usize,
    ) {
        // SAFETY: the caller's promise.
        unsafe {
            match work {
                Work::Absorb => R::advance::<Absorbing, 6, 1, D>(&mut self.0, from, to, offset),
                Work::Seal => R::advance::<Sealing, 6, 1, D>(&mut self.0, from, to, offset),
                Work::Open => R::advance::<Opening, 6, 1, D>(&mut self.0, from, to, offset),
            }
        }
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
