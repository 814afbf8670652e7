//! AEGIS-256, AEGIS-256X2 and AEGIS-256X4 (RFC 10032).

use super::{Absorbing, C0, C1, Family, Opening, Sealing, State, Step, Work, context};
use crate::engine::aegis::register::{Destinations, Register, Sources};
use crate::engine::aegis::schedule::Schedule;

/// AEGIS-256 (degree 1), AEGIS-256X2 and AEGIS-256X4.
pub(in crate::engine::aegis) struct Aegis256;

impl Family<1> for Aegis256 {
    const KEY_LENGTH: usize = 32;
    type State<R: Register> = State256<R>;
}

#[derive(Clone, Copy)]
pub(in crate::engine::aegis) struct State256<R>([R; 6]);

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

    /// Before the updates of the initialization.
    ///
    /// # Safety
    /// The CPU has the register's instructions.
    #[inline(always)]
    unsafe fn start(keys: [R; 2], both: [R; 2]) -> Self {
        // SAFETY: the constants are 16 bytes long.
        let (c0, c1) = unsafe { (R::broadcast(C0.as_ptr()), R::broadcast(C1.as_ptr())) };
        Self([both[0], both[1], c1, c0, keys[0].xor(c0), keys[1].xor(c1)])
    }

    /// After an update of the initialization.
    #[inline(always)]
    fn initialized<const D: usize>(mut self, context: R, m: R) -> Self {
        if D > 1 {
            self.0[3] = self.0[3].xor(context);
            self.0[5] = self.0[5].xor(context);
        }
        self.update(m);
        self
    }

    /// After all of them, of which so many are done, each four with these.
    #[inline(always)]
    fn initialized_from<const D: usize>(
        mut self,
        done: usize,
        context: R,
        [k0, k1, both0, both1]: [R; 4],
    ) -> Self {
        for _ in done / 4..4 {
            // Not a loop, for which the four would be put into memory each time.
            self = self.initialized::<D>(context, k0);
            self = self.initialized::<D>(context, k1);
            self = self.initialized::<D>(context, both0);
            self = self.initialized::<D>(context, both1);
        }
        self
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
    /// As for AEGIS-128L: kept are a3, b4 and c5, which no nonce changes, a0, b0 and d0, to which it is only added, and how d1
    /// differs from c1.
    #[inline(always)]
    unsafe fn expand<const D: usize>(key: *const u8, schedule: &mut Schedule, first_lane: usize) {
        // SAFETY: the caller's promise; keys are 32 bytes long.
        let (k0, k1, context) =
            unsafe { (R::broadcast(key), R::broadcast(key.add(16)), context::<R, D>(first_lane)) };
        // SAFETY: as above.
        let start = unsafe { Self::start([k0, k1], [k0, k1]) };
        let a = start.initialized::<D>(context, k0);
        let b = a.initialized::<D>(context, k1);
        let c = b.initialized::<D>(context, k0);
        let d = c.initialized::<D>(context, k1);
        let (a, b, c, d) = (a.0, b.0, c.0, d.0);
        let words = [k0, k1, context, a[0], a[3], b[0], b[4], c[5].xor(context), d[0], d[1].xor(c[1])];
        // SAFETY: the caller's promise.
        unsafe { schedule.store::<R, D, _>(words, first_lane) };
    }

    /// As for AEGIS-128L, with the context in the sum of b3, too.
    #[inline(always)]
    unsafe fn new<const D: usize>(schedule: &Schedule, nonces: &Sources, first_lane: usize) -> Self {
        // SAFETY: the caller's promise; nonces are 32 bytes long, the constant 16.
        let (n0, n1, c1, words) = unsafe {
            (
                R::replicate::<D>(nonces, 0, 0),
                R::replicate::<D>(nonces, 16, 0),
                R::broadcast(C1.as_ptr()),
                schedule.load::<R, D, _>(first_lane),
            )
        };
        let [k0, k1, context, a0, a3, b0, b4, c5, d0, d1] = words;
        let (both0, both1) = (k0.xor(n0), k1.xor(n1));
        if R::LANES == 1 && D == 1 {
            // As for AEGIS-128L.
            // SAFETY: the caller's promise.
            let start = unsafe { Self::start([k0, k1], [both0, both1]) };
            return start.initialized_from::<D>(0, context, [k0, k1, both0, both1]);
        }
        let [a1, a2] = R::aes_rounds([both0, both1], [both1, c1]);
        let (a0, b0) = (a0.xor(n0), b0.xor(n0));
        let [b1, b2, b3] = R::aes_rounds([a0, a1, a2], [a1, a2, a3]);
        let [c1, c2, mut c3, c4] = R::aes_rounds([b0, b1, b2, b3], [b1, b2, b3, b4]);
        if D > 1 {
            c3 = c3.xor(context);
        }
        let [d2, d3, d4, d5] = R::aes_rounds([c1, c2, c3, c4], [c2, c3, c4, c5]);
        let state = Self([d0.xor(n1), d1.xor(c1), d2, d3, d4, d5]);
        state.initialized_from::<D>(4, context, [k0, k1, both0, both1])
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
        s1.xor3(s2, s3).xor3(s4, s5).xor(s0)
    }
}
