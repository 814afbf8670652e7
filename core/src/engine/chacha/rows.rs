//! What ChaCha20 needs of a register where there are only a few blocks.

use super::words::BLOCK;

/// The most blocks of any register type here.
pub(super) const MAX_FEW: usize = 8;

/// Four words of the state of one block or several: a row of the state as a square of four by four.
///
/// The register argument of [`crate::engine`]: a value is made only by [`Rows::repeat`] and [`Rows::load`], whose
/// callers have proved that the CPU has the instructions; the safe methods rely on that.
pub(super) trait Rows: Copy {
    /// How many blocks there are, at most [`MAX_FEW`].
    const BLOCKS: usize;

    /// The same row for every block.
    ///
    /// # Safety
    /// The CPU has the register's instructions, and four words are readable.
    unsafe fn repeat(from: *const u32) -> Self;

    /// A row for each block.
    ///
    /// # Safety
    /// The CPU has the register's instructions, and as many rows are readable.
    unsafe fn load(from: *const [u32; 4]) -> Self;

    /// Sum modulo 2^32.
    fn add(self, other: Self) -> Self;

    /// Exclusive or.
    fn xor(self, other: Self) -> Self;

    /// Rotation to the left, of each word.
    fn rotate_left<const BITS: i32>(self) -> Self;

    /// Moves the words of each row: place `i` gets what was in place `i + PLACES`, modulo four.
    fn turn<const PLACES: usize>(self) -> Self;

    /// Stores the blocks.
    ///
    /// # Safety
    /// As many blocks are writable.
    unsafe fn store_blocks(rows: [Self; 4], to: *mut u8);
}

/// Several registers that work side by side.
impl<R: Rows, const K: usize> Rows for [R; K] {
    const BLOCKS: usize = R::BLOCKS * K;

    #[inline(always)]
    unsafe fn repeat(from: *const u32) -> Self {
        // SAFETY: the caller's promise.
        [unsafe { R::repeat(from) }; K]
    }

    #[inline(always)]
    unsafe fn load(from: *const [u32; 4]) -> Self {
        // SAFETY: the caller's promise covers the blocks of every register.
        let mut out = [unsafe { R::load(from) }; K];
        for (k, register) in out.iter_mut().enumerate() {
            // SAFETY: as above.
            *register = unsafe { R::load(from.add(k * R::BLOCKS)) };
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
    fn turn<const PLACES: usize>(mut self) -> Self {
        for register in &mut self {
            *register = register.turn::<PLACES>();
        }
        self
    }

    #[inline(always)]
    unsafe fn store_blocks(rows: [Self; 4], to: *mut u8) {
        for k in 0..K {
            let [a, b, c, d] = &rows;
            // SAFETY: the caller's promise covers the blocks of every register.
            unsafe { R::store_blocks([a[k], b[k], c[k], d[k]], to.add(k * R::BLOCKS * BLOCK)) };
        }
    }
}
