//! What Poly1305 needs of a register.

/// The most lanes of any register type here.
pub(super) const MAX_LANES: usize = 8;

/// Length of a block, in bytes.
pub(super) const BLOCK: usize = 16;

/// A number of 64 bits in each lane. Lanes belong to consecutive blocks of one message, or each to a message.
///
/// The register argument of [`crate::engine`]: a value is made only by the functions whose callers have proved that
/// the CPU has the instructions; the safe methods rely on that.
pub(super) trait Limbs: Copy {
    /// How many lanes there are, at most [`MAX_LANES`].
    const LANES: usize;

    /// Which of consecutive blocks [`Limbs::load_blocks`] puts into each lane; as long as there are lanes.
    const ORDER: &'static [usize];

    /// The same number in every lane.
    ///
    /// # Safety
    /// The CPU has the register's instructions.
    unsafe fn splat(number: u64) -> Self;

    /// A number for each lane.
    ///
    /// # Safety
    /// The CPU has the register's instructions, and as many numbers are readable.
    unsafe fn load(from: *const u64) -> Self;

    /// Stores the number of each lane.
    ///
    /// # Safety
    /// As many numbers are writable.
    unsafe fn store(self, to: *mut u64);

    /// The low and the high halves of consecutive blocks, in lanes by [`Limbs::ORDER`].
    ///
    /// # Safety
    /// The CPU has the register's instructions, and a block for each lane is readable.
    unsafe fn load_blocks(from: *const u8) -> (Self, Self);

    /// The low and the high half of a block for each lane: lane `i`'s is at `from[i] + offset`.
    ///
    /// # Safety
    /// The CPU has the register's instructions, and those blocks are readable.
    unsafe fn gather_blocks(from: &[*const u8; MAX_LANES], offset: usize) -> (Self, Self);

    /// Sum modulo 2^64.
    fn add(self, other: Self) -> Self;

    /// And.
    fn and(self, other: Self) -> Self;

    /// Or.
    fn or(self, other: Self) -> Self;

    /// And with the complement: `!self & other`.
    fn not_and(self, other: Self) -> Self;

    /// Shift towards the high bits.
    fn shift_left<const BITS: i32>(self) -> Self;

    /// Shift towards the low bits.
    fn shift_right<const BITS: i32>(self) -> Self;

    /// The sum of all lanes, modulo 2^64.
    fn sum(self) -> u64;

    /// `(a | b) & mask`.
    #[inline(always)]
    fn or_and(self, other: Self, mask: Self) -> Self {
        self.or(other).and(mask)
    }
}

/// Registers that multiply numbers of 32 bits.
pub(super) trait Multiply32: Limbs {
    /// The product of the low 32 bits of each lane.
    fn multiply(self, other: Self) -> Self;

    /// `self + a * b`, where the product is that of the low 32 bits.
    #[inline(always)]
    fn multiply_add(self, a: Self, b: Self) -> Self {
        self.add(a.multiply(b))
    }
}

/// Registers that multiply numbers of 52 bits.
#[cfg(any(test, target_arch = "x86_64"))]
pub(super) trait Multiply52: Limbs {
    /// `self` and the low 52 bits of the product of the low 52 bits.
    fn multiply_add_low(self, a: Self, b: Self) -> Self;

    /// `self` and the high 52 bits of the product of the low 52 bits.
    fn multiply_add_high(self, a: Self, b: Self) -> Self;
}
