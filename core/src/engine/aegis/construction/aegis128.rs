//! AEGIS-128L, AEGIS-128X2 and AEGIS-128X4 (RFC 10032).

use super::{Absorbing, C0, C1, Family, Opening, Sealing, State, Step, Work, context};
use crate::engine::aegis::register::{Destinations, Register, Sources};
use crate::engine::aegis::schedule::Schedule;

/// AEGIS-128L (degree 1), AEGIS-128X2 and AEGIS-128X4.
pub(in crate::engine::aegis) struct Aegis128;

impl Family<2> for Aegis128 {
    const KEY_LENGTH: usize = 16;
    type State<R: Register> = State128<R>;
}

#[derive(Clone, Copy)]
pub(in crate::engine::aegis) struct State128<R>([R; 8]);

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

    /// Before the updates of the initialization.
    ///
    /// # Safety
    /// The CPU has the register's instructions.
    #[inline(always)]
    unsafe fn start(key: R, nonce: R) -> Self {
        // SAFETY: the constants are 16 bytes long.
        let (c0, c1) = unsafe { (R::broadcast(C0.as_ptr()), R::broadcast(C1.as_ptr())) };
        let both = key.xor(nonce);
        Self([both, c1, c0, c1, both, key.xor(c0), key.xor(c1), key.xor(c0)])
    }

    /// After an update of the initialization.
    #[inline(always)]
    fn initialized<const D: usize>(mut self, context: R, nonce: R, key: R) -> Self {
        if D > 1 {
            self.0[3] = self.0[3].xor(context);
            self.0[7] = self.0[7].xor(context);
        }
        self.update(nonce, key);
        self
    }

    /// After all of them, of which so many are done.
    #[inline(always)]
    fn initialized_from<const D: usize>(mut self, done: usize, context: R, nonce: R, key: R) -> Self {
        for _ in done..10 {
            self = self.initialized::<D>(context, nonce, key);
        }
        self
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
    /// Four updates under a nonce of zeros; their words are named a to d. Kept are those that no nonce changes (in c0 it cancels
    /// out), those to which a nonce is only added (a4, b0, b4, c4), and how a5 and b1 differ from a1, and d1 from c1: always by
    /// the same.
    #[inline(always)]
    unsafe fn expand<const D: usize>(key: *const u8, schedule: &mut Schedule, first_lane: usize) {
        // SAFETY: the caller's promise.
        let (key, context) = unsafe { (R::broadcast(key), context::<R, D>(first_lane)) };
        let zero = key.xor(key);
        // SAFETY: as above.
        let start = unsafe { Self::start(key, zero) };
        let a = start.initialized::<D>(context, zero, key);
        let b = a.initialized::<D>(context, zero, key);
        let c = b.initialized::<D>(context, zero, key);
        let d = c.initialized::<D>(context, zero, key);
        let (a, b, c, d) = (a.0, b.0, c.0, d.0);
        let (a5, b1, d1) = (a[5].xor(a[1]), b[1].xor(a[1]), d[1].xor(c[1]));
        let words = [key, context, a[2], a[4], a5, a[6], b[0], b1, b[3], b[4], b[7], c[0], c[4], d1];
        // SAFETY: the caller's promise.
        unsafe { schedule.store::<R, D, _>(words, first_lane) };
    }

    /// What is left of the four updates, then the others. Of c3 and c7 there is only the sum with the context, which the next
    /// update would add: as b3 and b7 are without theirs, the two cancel out.
    #[inline(always)]
    unsafe fn new<const D: usize>(schedule: &Schedule, nonces: &Sources, first_lane: usize) -> Self {
        // SAFETY: the caller's promise; the constant is 16 bytes long.
        let (nonce, c1, words) = unsafe {
            (R::replicate::<D>(nonces, 0, 0), R::broadcast(C1.as_ptr()), schedule.load::<R, D, _>(first_lane))
        };
        let [key, context, a2, a4, a5, a6, b0, b1, b3, b4, b7, c0, c4, d1] = words;
        if R::LANES == 1 && D == 1 {
            // One lane waits for one round after the other, be they fewer at a time or not, and has less to load.
            // SAFETY: the caller's promise.
            return unsafe { Self::start(key, nonce) }.initialized_from::<D>(0, context, nonce, key);
        }
        let a1 = key.xor(nonce).aes_round(c1);
        let (a4, a5) = (a4.xor(nonce), a5.xor(a1));
        let [b2, b5, b6] = R::aes_rounds([a1, a4, a5], [a2, a5, a6]);
        let (b0, b1, b4) = (b0.xor(nonce), b1.xor(a1), b4.xor(nonce));
        let [c1, c2, c3, c5, c6, c7] = R::aes_rounds([b0, b1, b2, b4, b5, b6], [b1, b2, b3, b5, b6, b7]);
        let (d1, c4) = (d1.xor(c1), c4.xor(nonce));
        let [d0, d2, d3, d4, d5, d6, d7] =
            R::aes_rounds([c7, c1, c2, c3, c4, c5, c6], [c0.xor(nonce), c2, c3, c4.xor(key), c5, c6, c7]);
        Self([d0, d1, d2, d3, d4, d5, d6, d7]).initialized_from::<D>(4, context, nonce, key)
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
        s1.xor3(s2, s3).xor3(s5, s6).xor3(s0, s4)
    }
}
