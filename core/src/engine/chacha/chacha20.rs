//! ChaCha20 (RFC 8439, section 2.3) on as many blocks as a register has lanes.

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
    for _ in 0..10 {
        double_round(&mut state);
    }
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

/// Eight quarter rounds, four side by side: on the columns of the state as a square of four by four, then on its
/// diagonals.
#[inline(always)]
fn double_round<W: Words>(state: &mut State<W>) {
    let [a0, a1, a2, a3, b0, b1, b2, b3, c0, c1, c2, c3, d0, d1, d2, d3] = *state;
    let [a, b, c, d] = quarter_rounds([a0, a1, a2, a3], [b0, b1, b2, b3], [c0, c1, c2, c3], [d0, d1, d2, d3]);
    let ([b0, b1, b2, b3], [c0, c1, c2, c3], [d0, d1, d2, d3]) = (b, c, d);
    let [a, b, c, d] = quarter_rounds(a, [b1, b2, b3, b0], [c2, c3, c0, c1], [d3, d0, d1, d2]);
    let ([a0, a1, a2, a3], [b1, b2, b3, b0], [c2, c3, c0, c1], [d3, d0, d1, d2]) = (a, b, c, d);
    *state = [a0, a1, a2, a3, b0, b1, b2, b3, c0, c1, c2, c3, d0, d1, d2, d3];
}

/// Four quarter rounds (RFC 8439, section 2.1), step by step side by side.
#[inline(always)]
fn quarter_rounds<W: Words>(a: [W; 4], b: [W; 4], c: [W; 4], d: [W; 4]) -> [[W; 4]; 4] {
    let (a, d) = half_steps::<W, 16>(a, b, d);
    let (c, b) = half_steps::<W, 12>(c, d, b);
    let (a, d) = half_steps::<W, 8>(a, b, d);
    let (c, b) = half_steps::<W, 7>(c, d, b);
    [a, b, c, d]
}

/// `x += y; z ^= x; z <<<= BITS`, four times side by side.
#[inline(always)]
fn half_steps<W: Words, const BITS: i32>(x: [W; 4], y: [W; 4], z: [W; 4]) -> ([W; 4], [W; 4]) {
    let x = [x[0].add(y[0]), x[1].add(y[1]), x[2].add(y[2]), x[3].add(y[3])];
    let z = [z[0].xor(x[0]), z[1].xor(x[1]), z[2].xor(x[2]), z[3].xor(x[3])];
    let z = [
        z[0].rotate_left::<BITS>(),
        z[1].rotate_left::<BITS>(),
        z[2].rotate_left::<BITS>(),
        z[3].rotate_left::<BITS>(),
    ];
    (x, z)
}
