//! What ChaCha20 needs of a register.

use super::chacha20::double_round;

/// The state of one block, or of as many as the register has lanes: a word of each in a register (RFC 8439, section
/// 2.3).
pub(super) type State<W> = [W; 16];

/// Length of a block, in bytes.
pub(super) const BLOCK: usize = 64;

/// A block.
#[derive(Clone, Copy)]
#[repr(align(64))]
pub(super) struct Block(#[allow(dead_code)] [u8; BLOCK]); // read through pointers

/// A word of 32 bits in each lane. Lanes belong to different blocks, of one message or of several.
///
/// The register argument of [`crate::engine`]: a value is made only by [`Words::splat`] and [`Words::load`], whose
/// callers have proved that the CPU has the instructions; the safe methods rely on that.
pub(super) trait Words: Copy {
    /// How many lanes there are.
    const LANES: usize;

    /// A block for each lane.
    type Blocks: Copy;

    /// The same word in every lane.
    ///
    /// # Safety
    /// The CPU has the register's instructions.
    unsafe fn splat(word: u32) -> Self;

    /// A word for each lane.
    ///
    /// # Safety
    /// The CPU has the register's instructions, and as many words are readable.
    unsafe fn load(from: *const u32) -> Self;

    /// Sum modulo 2^32.
    fn add(self, other: Self) -> Self;

    /// Exclusive or.
    fn xor(self, other: Self) -> Self;

    /// Rotation to the left.
    fn rotate_left<const BITS: i32>(self) -> Self;

    /// So many double rounds.
    #[inline(always)]
    fn double_rounds(state: &mut State<Self>, count: usize) {
        for _ in 0..count {
            double_round(state);
        }
    }

    /// Stores the blocks, the first lane's first.
    ///
    /// # Safety
    /// A block is writable for each lane.
    unsafe fn store_blocks(state: State<Self>, to: *mut u8);

    /// Combines the blocks, the first lane's first, with text by exclusive or.
    ///
    /// # Safety
    /// A block is readable and writable for each lane; the two are the same place or do not overlap.
    unsafe fn xor_blocks(state: State<Self>, from: *const u8, to: *mut u8);

    /// Brings what is at `from` near, while there is something else to do.
    ///
    /// # Safety
    /// The CPU has the register's instructions.
    #[inline(always)]
    unsafe fn prefetch(_from: *const u8) {}

    /// Combines keystream with `length` bytes of text.
    ///
    /// # Safety
    /// The CPU has the register's instructions. So many bytes are readable and writable; whole blocks of keystream are
    /// readable. `from` and `to` are the same place or do not overlap; no other two do.
    #[inline(always)]
    unsafe fn xor_text(keystream: *const u8, from: *const u8, to: *mut u8, length: usize) {
        // SAFETY: the caller's promise; pieces end within `length`.
        unsafe {
            let at = |offset| (keystream.add(offset), from.add(offset), to.add(offset));
            let mut offset = 0;
            while offset + BLOCK <= length {
                xor_piece::<BLOCK>(at(offset));
                offset += BLOCK;
            }
            while offset + 16 <= length {
                xor_piece::<16>(at(offset));
                offset += 16;
            }
            if length & 8 != 0 {
                xor_piece::<8>(at(offset));
                offset += 8;
            }
            if length & 4 != 0 {
                xor_piece::<4>(at(offset));
                offset += 4;
            }
            if length & 2 != 0 {
                xor_piece::<2>(at(offset));
                offset += 2;
            }
            if length & 1 != 0 {
                xor_piece::<1>(at(offset));
            }
        }
    }

    /// [`Words::xor_text`], and [`Words::copy_text`] of the ciphertext: of what is there to be opened, or is sealed.
    ///
    /// # Safety
    /// As for those.
    #[inline(always)]
    unsafe fn xor_and_copy(
        open: bool,
        keystream: *const u8,
        from: *const u8,
        to: *mut u8,
        copy: *mut u8,
        length: usize,
    ) {
        // SAFETY: the caller's promise.
        unsafe {
            if open {
                Self::copy_text(from, copy, length);
            }
            Self::xor_text(keystream, from, to, length);
            if !open {
                Self::copy_text(to, copy, length);
            }
        }
    }

    /// Copies `length` bytes of text, and zeros up to a multiple of a block.
    ///
    /// # Safety
    /// The CPU has the register's instructions. So many bytes are readable, and that multiple is writable. The two do
    /// not overlap.
    #[inline(always)]
    unsafe fn copy_text(from: *const u8, to: *mut u8, length: usize) {
        // SAFETY: the caller's promise; pieces end within `length`, and the zeros within the multiple of a block.
        unsafe {
            let mut offset = 0;
            while offset + BLOCK <= length {
                to.add(offset).cast::<[u8; BLOCK]>().write(from.add(offset).cast::<[u8; BLOCK]>().read());
                offset += BLOCK;
            }
            if offset < length {
                to.add(offset).cast::<[u8; BLOCK]>().write([0; BLOCK]);
            }
            while offset + 16 <= length {
                to.add(offset).cast::<[u8; 16]>().write(from.add(offset).cast::<[u8; 16]>().read());
                offset += 16;
            }
            if offset < length {
                to.add(offset).cast::<[u8; 16]>().write(load_short(from.add(offset), length - offset));
            }
        }
    }
}

/// The 1 to 15 bytes at `from`, and zeros behind them.
///
/// # Safety
/// So many bytes are readable.
#[inline(always)]
pub(super) unsafe fn load_short(from: *const u8, length: usize) -> [u8; 16] {
    let (mut value, mut bits) = (0_u128, 0);
    // SAFETY: the caller's promise; the pieces add up to `length`.
    unsafe {
        let mut from = from;
        if length & 8 != 0 {
            value = u128::from(u64::from_le_bytes(from.cast::<[u8; 8]>().read()));
            (bits, from) = (64, from.add(8));
        }
        if length & 4 != 0 {
            value |= u128::from(u32::from_le_bytes(from.cast::<[u8; 4]>().read())) << bits;
            (bits, from) = (bits + 32, from.add(4));
        }
        if length & 2 != 0 {
            value |= u128::from(u16::from_le_bytes(from.cast::<[u8; 2]>().read())) << bits;
            (bits, from) = (bits + 16, from.add(2));
        }
        if length & 1 != 0 {
            value |= u128::from(from.read()) << bits;
        }
    }
    value.to_le_bytes()
}

/// # Safety
/// `N` bytes are readable at the first two places, and writable at the third.
#[inline(always)]
unsafe fn xor_piece<const N: usize>((keystream, from, to): (*const u8, *const u8, *mut u8)) {
    // SAFETY: the caller's promise; an array of bytes has no alignment.
    unsafe {
        let keystream = keystream.cast::<[u8; N]>().read();
        let mut text = from.cast::<[u8; N]>().read();
        for (text, keystream) in text.iter_mut().zip(keystream) {
            *text ^= keystream;
        }
        to.cast::<[u8; N]>().write(text);
    }
}

/// Several registers that work side by side, which hides the latency of their instructions.
impl<W: Words, const K: usize> Words for [W; K] {
    const LANES: usize = W::LANES * K;
    type Blocks = [W::Blocks; K];

    #[inline(always)]
    unsafe fn splat(word: u32) -> Self {
        // SAFETY: the caller's promise.
        [unsafe { W::splat(word) }; K]
    }

    #[inline(always)]
    unsafe fn load(from: *const u32) -> Self {
        // SAFETY: the caller's promise covers the lanes of every register.
        let mut out = [unsafe { W::load(from) }; K];
        for (k, register) in out.iter_mut().enumerate() {
            // SAFETY: as above.
            *register = unsafe { W::load(from.add(k * W::LANES)) };
        }
        out
    }

    #[inline(always)]
    fn add(mut self, other: Self) -> Self {
        for (a, b) in self.iter_mut().zip(other) {
            *a = a.add(b);
        }
        self
    }

    #[inline(always)]
    fn xor(mut self, other: Self) -> Self {
        for (a, b) in self.iter_mut().zip(other) {
            *a = a.xor(b);
        }
        self
    }

    #[inline(always)]
    fn rotate_left<const BITS: i32>(mut self) -> Self {
        for register in &mut self {
            *register = register.rotate_left::<BITS>();
        }
        self
    }

    #[inline(always)]
    unsafe fn store_blocks(state: State<Self>, to: *mut u8) {
        for k in 0..K {
            // SAFETY: the caller's promise covers the lanes of every register.
            unsafe { W::store_blocks(one_of(&state, k), to.add(k * W::LANES * BLOCK)) };
        }
    }

    #[inline(always)]
    unsafe fn xor_blocks(state: State<Self>, from: *const u8, to: *mut u8) {
        for k in 0..K {
            let offset = k * W::LANES * BLOCK;
            // SAFETY: the caller's promise covers the lanes of every register.
            unsafe { W::xor_blocks(one_of(&state, k), from.add(offset), to.add(offset)) };
        }
    }

    #[inline(always)]
    unsafe fn prefetch(from: *const u8) {
        // SAFETY: the caller's promise.
        unsafe { W::prefetch(from) };
    }

    #[inline(always)]
    unsafe fn xor_text(keystream: *const u8, from: *const u8, to: *mut u8, length: usize) {
        // SAFETY: the caller's promise.
        unsafe { W::xor_text(keystream, from, to, length) };
    }

    #[inline(always)]
    unsafe fn xor_and_copy(
        open: bool,
        keystream: *const u8,
        from: *const u8,
        to: *mut u8,
        copy: *mut u8,
        length: usize,
    ) {
        // SAFETY: the caller's promise.
        unsafe { W::xor_and_copy(open, keystream, from, to, copy, length) };
    }

    #[inline(always)]
    unsafe fn copy_text(from: *const u8, to: *mut u8, length: usize) {
        // SAFETY: the caller's promise.
        unsafe { W::copy_text(from, to, length) };
    }
}

/// The blocks in one of several registers.
#[inline(always)]
fn one_of<W: Words, const K: usize>(state: &State<[W; K]>, k: usize) -> State<W> {
    let mut one = [state[0][k]; 16];
    for (word, registers) in one.iter_mut().zip(state) {
        *word = registers[k];
    }
    one
}
