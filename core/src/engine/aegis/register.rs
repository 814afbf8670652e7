//! What the construction needs of a register.

/// The most lanes of any register type here, arrays of registers included.
pub(super) const MAX_LANES: usize = 16;

/// Where each message of a group is read from. Entries beyond the group are not used.
pub(super) type Sources = [*const u8; MAX_LANES];

/// Where each message of a group is written to.
pub(super) type Destinations = [*mut u8; MAX_LANES];

/// One or more 128-bit lanes, each an AES block.
///
/// Lanes are dealt out to messages in runs of `D`, the degree of the variant (1, 2 or 4): lane `i` holds block `i % D`
/// of message `i / D`.
///
/// The register argument of [`crate::engine`]: a value is made only by [`Register::load`], whose caller has proved
/// that the CPU has the instructions; the safe methods rely on that.
pub(super) trait Register: Copy {
    /// How many lanes there are.
    const LANES: usize;

    /// Loads the lanes from `first_lane` on: lane `i` from 16 bytes at `from[i / D] + offset + 16 * (i % D)`.
    ///
    /// # Safety
    /// The CPU has the register's instructions, and those bytes are readable.
    unsafe fn load<const D: usize>(from: &Sources, offset: usize, first_lane: usize) -> Self;

    /// Stores the lanes where [`Register::load`] would load them from.
    ///
    /// # Safety
    /// Those bytes are writable.
    unsafe fn store<const D: usize>(self, to: &Destinations, offset: usize, first_lane: usize);

    /// Exclusive or.
    fn xor(self, other: Self) -> Self;

    /// And.
    fn and(self, other: Self) -> Self;

    /// One AES round (FIPS 197: SubBytes, ShiftRows, MixColumns, AddRoundKey) of each lane.
    fn aes_round(self, round_key: Self) -> Self;

    /// One AES round of several registers, which an engine without AES instructions does better together.
    #[inline(always)]
    fn aes_rounds<const N: usize>(states: [Self; N], round_keys: [Self; N]) -> [Self; N] {
        let mut out = states;
        for (state, round_key) in out.iter_mut().zip(round_keys) {
            *state = state.aes_round(round_key);
        }
        out
    }

    /// Exclusive or of three.
    #[inline(always)]
    fn xor3(self, a: Self, b: Self) -> Self {
        self.xor(a).xor(b)
    }
}

/// The address of a lane.
///
/// # Safety
/// As [`Register::load`] and [`Register::store`] for that lane.
#[inline(always)]
pub(super) unsafe fn source<const D: usize>(from: &Sources, offset: usize, lane: usize) -> *const u8 {
    // SAFETY: the caller's promise.
    unsafe { from[lane / D].add(offset + 16 * (lane % D)) }
}

/// The address of a lane.
///
/// # Safety
/// As [`Register::store`] for that lane.
#[inline(always)]
pub(super) unsafe fn destination<const D: usize>(to: &Destinations, offset: usize, lane: usize) -> *mut u8 {
    // SAFETY: the caller's promise.
    unsafe { to[lane / D].add(offset + 16 * (lane % D)) }
}

/// Several registers that work side by side: more lanes than the CPU's registers have, or more in flight than one
/// needs, which hides the latency of its instructions.
impl<R: Register, const K: usize> Register for [R; K] {
    const LANES: usize = R::LANES * K;

    #[inline(always)]
    unsafe fn load<const D: usize>(from: &Sources, offset: usize, first_lane: usize) -> Self {
        // SAFETY: the caller's promise covers the lanes of every register.
        let mut out = [unsafe { R::load::<D>(from, offset, first_lane) }; K];
        for (k, register) in out.iter_mut().enumerate().skip(1) {
            // SAFETY: as above.
            *register = unsafe { R::load::<D>(from, offset, first_lane + k * R::LANES) };
        }
        out
    }

    #[inline(always)]
    unsafe fn store<const D: usize>(self, to: &Destinations, offset: usize, first_lane: usize) {
        for (k, register) in self.into_iter().enumerate() {
            // SAFETY: the caller's promise covers the lanes of every register.
            unsafe { register.store::<D>(to, offset, first_lane + k * R::LANES) };
        }
    }

    #[inline(always)]
    fn xor(mut self, other: Self) -> Self {
        for (a, b) in self.iter_mut().zip(other) {
            *a = a.xor(b);
        }
        self
    }

    #[inline(always)]
    fn and(mut self, other: Self) -> Self {
        for (a, b) in self.iter_mut().zip(other) {
            *a = a.and(b);
        }
        self
    }

    #[inline(always)]
    fn aes_round(mut self, round_key: Self) -> Self {
        for (a, b) in self.iter_mut().zip(round_key) {
            *a = a.aes_round(b);
        }
        self
    }
}
