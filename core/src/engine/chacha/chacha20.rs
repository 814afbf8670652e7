//! ChaCha20 (RFC 8439, section 2.3) on as many blocks as a register has lanes.

use super::rows::Rows;
use super::words::{State, Words};

/// The four words before the key: "expand 32-byte k".
const CONSTANTS: [u32; 4] = [0x6170_7865, 0x3320_646e, 0x7962_2d32, 0x6b20_6574];

/// What a set of blocks starts from, besides the key.
#[derive(Clone, Copy)]
pub(super) struct Inputs<W> {
    /// Each block's counter.
    pub(super) counter: W,
    /// The nonce of each block's message.
    pub(super) nonce: [W; 3],
}

/// The keystream of a set of blocks, not yet in the order of bytes.
///
/// # Safety
/// The CPU has the register's instructions.
#[inline(always)]
pub(super) unsafe fn blocks<W: Words>(key: &[u32; 8], inputs: Inputs<W>) -> State<W> {
    // SAFETY: the caller's promise.
    let initial = unsafe { initial(key, inputs) };
    let mut state = initial;
    W::double_rounds(&mut state, 10);
    for (word, initial) in state.iter_mut().zip(initial) {
        *word = word.add(initial);
    }
    state
}

/// # Safety
/// As [`blocks`].
#[inline(always)]
unsafe fn initial<W: Words>(key: &[u32; 8], inputs: Inputs<W>) -> State<W> {
    let [n0, n1, n2] = inputs.nonce;
    let mut state = [inputs.counter; 16];
    for (register, word) in state.iter_mut().zip(CONSTANTS.iter().chain(key)) {
        // SAFETY: the caller's promise.
        *register = unsafe { W::splat(*word) };
    }
    (state[13], state[14], state[15]) = (n0, n1, n2);
    state
}

/// What the blocks of one message have in common, which is more than their nonce: the counter does not reach most words
/// before the second quarter rounds, so that a twentieth of the work is done once for all of them.
pub(super) struct OfMessage {
    /// What blocks start from, but for the counter.
    initial: [u32; 16],
    /// The same after the first quarter rounds and the first addition of the second ones, as far as that goes.
    advanced: [u32; 16],
}

impl OfMessage {
    #[inline(always)]
    pub(super) fn new(key: &[u32; 8], nonce: [u32; 3]) -> Self {
        let [c0, c1, c2, c3] = CONSTANTS;
        let [k0, k1, k2, k3, k4, k5, k6, k7] = *key;
        let [n0, n1, n2] = nonce;
        let initial = [c0, c1, c2, c3, k0, k1, k2, k3, k4, k5, k6, k7, 0, n0, n1, n2];
        let mut advanced = initial;
        quarter_round(&mut advanced, [1, 5, 9, 13]);
        quarter_round(&mut advanced, [2, 6, 10, 14]);
        quarter_round(&mut advanced, [3, 7, 11, 15]);
        advanced[0] = advanced[0].wrapping_add(advanced[4]);
        advanced[1] = advanced[1].wrapping_add(advanced[6]);
        advanced[2] = advanced[2].wrapping_add(advanced[7]);
        Self { initial, advanced }
    }

    /// The keystream of a set of the message's blocks, not yet in the order of bytes.
    ///
    /// # Safety
    /// The CPU has the register's instructions.
    #[inline(always)]
    pub(super) unsafe fn blocks<W: Words>(&self, counter: W) -> State<W> {
        // SAFETY: the caller's promise.
        let x = unsafe { splat_all::<W>(&self.advanced) };
        // What the counter reaches in the first column; see `quarter_rounds`.
        let d12 = counter.xor(x[0]).rotate_left::<16>();
        let c8 = x[8].add(d12);
        let b4 = x[4].xor(c8).rotate_left::<12>();
        let a0 = x[0].add(b4);
        let d12 = d12.xor(a0).rotate_left::<8>();
        let c8 = c8.add(d12);
        let b4 = b4.xor(c8).rotate_left::<7>();
        let mut state = diagonals(
            [a0.add(x[5]), x[1], x[2], x[3].add(b4)],
            [x[5], x[6], x[7], b4],
            [x[10], x[11], c8, x[9]],
            [x[15], d12, x[13], x[14]],
        );
        W::double_rounds(&mut state, 9);
        // Read again: the rounds take all registers, and the compiler would keep a copy of each word for every lane.
        let initial = core::hint::black_box(&self.initial);
        for (i, word) in state.iter_mut().enumerate() {
            // SAFETY: the caller's promise.
            *word = word.add(if i == 12 { counter } else { unsafe { W::splat(initial[i]) } });
        }
        state
    }
}

/// # Safety
/// As [`blocks`].
#[inline(always)]
unsafe fn splat_all<W: Words>(words: &[u32; 16]) -> State<W> {
    // SAFETY: the caller's promise.
    let mut out = [unsafe { W::splat(words[0]) }; 16];
    for (register, word) in out.iter_mut().zip(words) {
        // SAFETY: as above.
        *register = unsafe { W::splat(*word) };
    }
    out
}

/// A quarter round (RFC 8439, section 2.1) of one block.
#[inline(always)]
fn quarter_round(state: &mut [u32; 16], [a, b, c, d]: [usize; 4]) {
    for (left, right) in [(16, 12), (8, 7)] {
        state[a] = state[a].wrapping_add(state[b]);
        state[d] = (state[d] ^ state[a]).rotate_left(left);
        state[c] = state[c].wrapping_add(state[d]);
        state[b] = (state[b] ^ state[c]).rotate_left(right);
    }
}

/// Eight quarter rounds, four side by side: on the columns of the state as a square of four by four, then on its
/// diagonals.
#[inline(always)]
pub(super) fn double_round<W: Words>(state: &mut State<W>) {
    let [a0, a1, a2, a3, b0, b1, b2, b3, c0, c1, c2, c3, d0, d1, d2, d3] = *state;
    let [a, b, c, d] = quarter_rounds(
        add_all([a0, a1, a2, a3], [b0, b1, b2, b3]),
        [b0, b1, b2, b3],
        [c0, c1, c2, c3],
        [d0, d1, d2, d3],
    );
    let ([b0, b1, b2, b3], [c0, c1, c2, c3], [d0, d1, d2, d3]) = (b, c, d);
    let b = [b1, b2, b3, b0];
    *state = diagonals(add_all(a, b), b, [c2, c3, c0, c1], [d3, d0, d1, d2]);
}

/// Four quarter rounds on the diagonals, each given from the first row on, after their first addition.
#[inline(always)]
fn diagonals<W: Words>(a: [W; 4], b: [W; 4], c: [W; 4], d: [W; 4]) -> State<W> {
    let [a, b, c, d] = quarter_rounds(a, b, c, d);
    let ([a0, a1, a2, a3], [b1, b2, b3, b0], [c2, c3, c0, c1], [d3, d0, d1, d2]) = (a, b, c, d);
    [a0, a1, a2, a3, b0, b1, b2, b3, c0, c1, c2, c3, d0, d1, d2, d3]
}

/// Four quarter rounds (RFC 8439, section 2.1), step by step side by side, after their first addition.
#[inline(always)]
fn quarter_rounds<W: Words>(a: [W; 4], b: [W; 4], c: [W; 4], d: [W; 4]) -> [[W; 4]; 4] {
    let d = xor_rotate_all::<W, 16>(d, a);
    let c = add_all(c, d);
    let b = xor_rotate_all::<W, 12>(b, c);
    let a = add_all(a, b);
    let d = xor_rotate_all::<W, 8>(d, a);
    let c = add_all(c, d);
    let b = xor_rotate_all::<W, 7>(b, c);
    [a, b, c, d]
}

#[inline(always)]
fn add_all<W: Words>(x: [W; 4], y: [W; 4]) -> [W; 4] {
    [x[0].add(y[0]), x[1].add(y[1]), x[2].add(y[2]), x[3].add(y[3])]
}

#[inline(always)]
fn xor_rotate_all<W: Words, const BITS: i32>(x: [W; 4], y: [W; 4]) -> [W; 4] {
    let x = [x[0].xor(y[0]), x[1].xor(y[1]), x[2].xor(y[2]), x[3].xor(y[3])];
    [
        x[0].rotate_left::<BITS>(),
        x[1].rotate_left::<BITS>(),
        x[2].rotate_left::<BITS>(),
        x[3].rotate_left::<BITS>(),
    ]
}

/// The keystream of a few blocks in rows. The last row of each is given: counter and nonce.
///
/// # Safety
/// The CPU has the register's instructions.
#[inline(always)]
pub(super) unsafe fn few_blocks<R: Rows>(key: &[u32; 8], last: R) -> [R; 4] {
    let key = key.as_ptr();
    // SAFETY: the caller's promise; the key has two rows.
    let initial = unsafe { [R::repeat(CONSTANTS.as_ptr()), R::repeat(key), R::repeat(key.add(4)), last] };
    let mut state = initial;
    for _ in 0..10 {
        let [a, b, c, d] = quarter_rounds_of_rows(state);
        // The columns become the diagonals. The second row, which is ready last, stays where it is.
        let [a, b, c, d] = quarter_rounds_of_rows([a.turn::<3>(), b, c.turn::<1>(), d.turn::<2>()]);
        state = [a.turn::<1>(), b, c.turn::<3>(), d.turn::<2>()];
    }
    let [a, b, c, d] = state;
    [a.add(initial[0]), b.add(initial[1]), c.add(initial[2]), d.add(initial[3])]
}

/// A quarter round on each column.
#[inline(always)]
fn quarter_rounds_of_rows<R: Rows>([a, b, c, d]: [R; 4]) -> [R; 4] {
    let a = a.add(b);
    let d = d.xor(a).rotate_left::<16>();
    let c = c.add(d);
    let b = b.xor(c).rotate_left::<12>();
    let a = a.add(b);
    let d = d.xor(a).rotate_left::<8>();
    let c = c.add(d);
    let b = b.xor(c).rotate_left::<7>();
    [a, b, c, d]
}
