//! What AES-GCM needs of a register.

use super::rounds::IN_FLIGHT;

/// A block of AES or GHASH, aligned as the narrowest register.
pub(super) type Block = u128;

/// The most lanes of any register.
pub(super) const MAX_LANES: usize = 4;

/// One, two or four 128-bit lanes.
///
/// The register argument of [`crate::engine`]: values are made only by the unsafe functions, whose caller has proved
/// that the CPU has the instructions; the safe methods rely on that.
///
/// Blocks are kept as they lie in memory. Multiplications take their bytes reversed ([`Register::reverse`]): that is
/// the form of POLYVAL (RFC 8452, appendix A), whose coefficients ascend with the significance of the bits.
pub(super) trait Register: Copy {
    /// How many lanes there are.
    const LANES: usize;

    /// Whether the AES instructions add the round key before SubBytes and not after MixColumns: then a state that is
    /// complete in round `r` on one CPU lacks the key of round `r` on the other.
    const KEY_FIRST: bool;

    /// The register of one lane that goes with this one.
    type Lane: Register<Lane = Self::Lane>;

    /// Something for each lane.
    type Lanes<T: Copy>: Copy + AsRef<[T]> + AsMut<[T]>;

    /// The same for each lane.
    fn lanes<T: Copy>(each: T) -> Self::Lanes<T>;

    /// Loads 16 bytes a lane.
    ///
    /// # Safety
    /// The CPU has the register's instructions, and those bytes are readable.
    unsafe fn load(from: *const u8) -> Self;

    /// Stores 16 bytes a lane.
    ///
    /// # Safety
    /// Those bytes are writable.
    unsafe fn store(self, to: *mut u8);

    /// Loads the first `length` bytes, of which there may be more than the register takes; the others are zero.
    ///
    /// # Safety
    /// As [`Register::load`], for these bytes only.
    unsafe fn load_first(from: *const u8, length: usize) -> Self;

    /// Stores the first `length` bytes, or all that there are.
    ///
    /// # Safety
    /// These bytes are writable.
    unsafe fn store_first(self, to: *mut u8, length: usize);

    /// The first `length` bytes; the others become zero.
    fn keep_first(self, length: usize) -> Self;

    /// The same in every lane.
    fn splat(lane: Self::Lane) -> Self;

    /// The first lane.
    fn first_lane(self) -> Self::Lane;

    /// This register with another first lane.
    fn with_first_lane(self, lane: Self::Lane) -> Self;

    /// The last lane.
    fn last_lane(self) -> Self::Lane;

    /// This register with another last lane.
    fn with_last_lane(self, lane: Self::Lane) -> Self;

    /// Two registers with another lane in place of each of the last two.
    fn with_last_lanes(two: [Self; 2], lane: Self::Lane) -> [Self; 2];

    /// Loads 16 bytes for each lane, `offset` bytes behind its pointer.
    ///
    /// # Safety
    /// The CPU has the register's instructions, and those bytes are readable.
    unsafe fn gather(from: &Self::Lanes<*const u8>, offset: usize) -> Self;

    /// Stores each lane `offset` bytes behind its pointer.
    ///
    /// # Safety
    /// Those bytes are writable.
    unsafe fn scatter(self, to: &Self::Lanes<*mut u8>, offset: usize);

    /// The same block in every lane.
    ///
    /// # Safety
    /// The CPU has the register's instructions.
    unsafe fn broadcast(block: &Block) -> Self;

    /// The same block in every lane.
    ///
    /// # Safety
    /// The CPU has the register's instructions.
    unsafe fn of(block: Block) -> Self;

    /// The first column of the first lane.
    fn first_column(self) -> u32;

    /// Exclusive or.
    fn xor(self, other: Self) -> Self;

    /// Exclusive or of three.
    #[inline(always)]
    fn xor3(self, a: Self, b: Self) -> Self {
        self.xor(a.xor(b))
    }

    /// The exclusive or of all lanes.
    fn fold(self) -> Self::Lane;

    /// The first round of AES on a block that was not yet combined with a key, given the first two round keys.
    fn aes_first(self, keys: [Self; 2]) -> Self;

    /// One AES round (FIPS 197) with the key that stands first: see [`Register::KEY_FIRST`].
    fn aes_round(self, key: Self) -> Self;

    /// Does nothing, but the compiler does not know that: all states are computed before and used afterwards, and
    /// what the counter is then cannot be foreseen.
    ///
    /// Compilers see no reason to keep eight chains of rounds going side by side: they finish one chain first, which
    /// needs fewer registers and takes several times as long. And they unroll loops to regroup what is in them.
    fn in_step(states: &mut [Self; IN_FLIGHT], counter: &mut usize);

    /// Does nothing of the kind for the states and a sum, so that multiplications stay where they are between the
    /// rounds. Where registers are few, compilers leave them there anyway, and this would cost more than it gives.
    #[inline(always)]
    fn in_turn(_states: &mut [Self; IN_FLIGHT], _sum: &mut Self) {}

    /// The last round: the key before SubBytes where keys stand first, and what is added in the end.
    fn aes_last(self, before: Self, after: Self) -> Self;

    /// The bytes of each lane in reverse order.
    fn reverse(self) -> Self;

    /// The same, but the compiler does not know that: it would merge the exchange of bytes with that of halves and
    /// make more shuffles of fewer.
    #[inline(always)]
    fn reverse_first(self) -> Self {
        self.reverse()
    }

    /// The low halves of each lane of both registers.
    fn low_halves(self, other: Self) -> Self;

    /// The high halves of each lane of both registers.
    fn high_halves(self, other: Self) -> Self;

    /// The halves of each lane exchanged.
    fn swap_halves(self) -> Self;

    /// The carry-less product of the low halves of each lane.
    fn multiply_low(self, other: Self) -> Self;

    /// The carry-less product of the high halves of each lane.
    fn multiply_high(self, other: Self) -> Self;
}
