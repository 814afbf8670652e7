//! What the construction needs of a register, and where its lanes are read from and written to.

use super::construction::{Step, Work};

/// The most messages that are worked on together.
pub(super) const MAX_MESSAGES: usize = 4;

/// The most lanes of any register type here, arrays of registers included.
pub(super) const MAX_LANES: usize = 8;

/// Where each message of a group is read from. Entries beyond the group are not used.
pub(super) type Sources = [*const u8; MAX_MESSAGES];

/// Where each message of a group is written to.
pub(super) type Destinations = [*mut u8; MAX_MESSAGES];

/// How long each message of a group is, in bytes.
pub(super) type Lengths = [usize; MAX_MESSAGES];

/// The tag of each message of a group, its bytes as a little-endian number.
pub(super) type Tags = [u128; MAX_MESSAGES];

/// One or more 128-bit lanes, each an AES block.
///
/// Lanes are dealt out to messages in runs of `D`, the degree of the variant (1, 2 or 4): lane `i` holds block `i % D`
/// of message `i / D`. A register of fewer lanes than `D` holds the first of them; the others have their turn with
/// pointers and lengths moved on by as many blocks.
///
/// The register argument of [`crate::engine`]: a value is made only by the functions that load or broadcast, whose
/// caller has proved that the CPU has the instructions; the safe methods rely on that.
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

    /// Whether two blocks are loaded before the first is stored, and stored together, which takes more registers.
    const PAIRS: bool = true;

    /// Loads the lanes of two blocks, the second `16 * D` bytes behind the first.
    ///
    /// # Safety
    /// The CPU has the register's instructions, and those bytes are readable.
    #[inline(always)]
    unsafe fn load_two<const D: usize>(from: &Sources, offset: usize, first_lane: usize) -> [Self; 2] {
        // SAFETY: the caller's promise.
        unsafe { load_each::<Self, D>(from, offset, first_lane) }
    }

    /// Stores the lanes of two blocks where [`Register::load_two`] would load them from.
    ///
    /// # Safety
    /// Those bytes are writable.
    #[inline(always)]
    unsafe fn store_two<const D: usize>(two: [Self; 2], to: &Destinations, offset: usize, first_lane: usize) {
        // SAFETY: the caller's promise.
        unsafe { store_each::<Self, D>(two, to, offset, first_lane) }
    }

    /// Whether masks hide what is not there, which several registers do one by one, without a call.
    const MASKED: bool = false;

    /// Loads as [`Register::load`] what is left of the messages at `offset`, followed by zeros.
    ///
    /// # Safety
    /// The CPU has the register's instructions, and each message's source is readable for its length.
    #[inline(always)]
    unsafe fn load_rest<const D: usize>(
        from: &Sources,
        lengths: &Lengths,
        offset: usize,
        first_lane: usize,
    ) -> Self {
        // SAFETY: the caller's promise.
        unsafe { load_rest_through_memory::<Self, D>(from, lengths, offset, first_lane) }
    }

    /// Stores as [`Register::store`] as much as is left of the messages at `offset`. What is returned has zeros in
    /// place of the bytes beyond.
    ///
    /// # Safety
    /// Each message's destination is writable for its length.
    #[inline(always)]
    unsafe fn store_rest<const D: usize>(
        self,
        to: &Destinations,
        lengths: &Lengths,
        offset: usize,
        first_lane: usize,
    ) -> Self {
        // SAFETY: the caller's promise.
        unsafe { store_rest_through_memory::<Self, D>(self, to, lengths, offset, first_lane) }
    }

    /// Loads lanes that were written one by one, from `first_lane` on.
    ///
    /// # Safety
    /// The CPU has the register's instructions; there are as many lanes.
    #[inline(always)]
    unsafe fn load_lanes<const D: usize>(lanes: &mut Lanes, first_lane: usize) -> Self {
        // SAFETY: the caller's promise; every lane has its place.
        unsafe { Self::load::<D>(&lanes.places::<D>().map(<*mut u8>::cast_const), 0, first_lane) }
    }

    /// The same 16 bytes in every lane.
    ///
    /// # Safety
    /// The CPU has the register's instructions, and 16 bytes at `block` are readable.
    unsafe fn broadcast(block: *const u8) -> Self;

    /// The 16 bytes at `offset` of each message's source in all of its lanes, from `first_lane` on.
    ///
    /// # Safety
    /// The CPU has the register's instructions, and those bytes are readable.
    unsafe fn replicate<const D: usize>(from: &Sources, offset: usize, first_lane: usize) -> Self;

    /// Adds (exclusive or) each lane, from `first_lane` on, to the tag of its message.
    fn add_to_tags<const D: usize>(self, tags: &mut Tags, first_lane: usize);

    /// From which degree on it works so fast that what comes next should be on its way already. Of messages side by side, as
    /// many again would fill the first cache of a CPU without AVX-512.
    const PREFETCHES_FROM: usize = usize::MAX;

    /// How many bytes of each text that comes next are asked for, while as many are left of this one: all where there is room for
    /// two groups in the first cache, else what the CPU itself does not see coming.
    const PREFETCHED: usize = usize::MAX;

    /// Asks for the cache line at an address, which need not be valid.
    #[inline(always)]
    fn prefetch(address: *const u8) {
        let _ = address;
    }

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

    /// Whether a round adds its key by itself, after all else, so that a key of two parts may as well be added up before.
    const KEY_IS_LAST: bool = false;

    /// Takes a step of the work on a state.
    #[inline(always)]
    fn take<S: Step<N, RATE>, const N: usize, const RATE: usize>(
        words: &mut [Self; N],
        blocks: [Self; RATE],
    ) -> [Self; RATE] {
        S::step::<Self, true>(words, blocks)
    }

    /// Takes a step with the next blocks of `from`, and writes what comes out, if anything does.
    ///
    /// # Safety
    /// The blocks are readable and, unless the step only absorbs, writable.
    #[inline(always)]
    unsafe fn advance<S: Step<N, RATE>, const N: usize, const RATE: usize, const D: usize>(
        words: &mut [Self; N],
        from: &Sources,
        to: &Destinations,
        offset: usize,
    ) {
        // SAFETY: the caller's promise.
        unsafe {
            let blocks = load_blocks::<Self, RATE, D>(from, offset, 0);
            let blocks = S::step::<Self, true>(words, blocks);
            if S::WORK != Work::Absorb {
                store_blocks::<Self, RATE, D>(blocks, to, offset, 0);
            }
        }
    }

    /// One AES round of each word of a state, with the word that follows as the round key and in its place; the last word
    /// with a key of its own, which is returned and leaves the first word as it is.
    #[inline(always)]
    fn aes_rounds_in_place<const N: usize>(words: &mut [Self; N], key: Self) -> Self {
        rounds_in_place(words, key)
    }

    /// A whole step, where the compiler would need more registers for it than several states leave.
    #[inline(always)]
    fn step_in_place<const N: usize, const RATE: usize>(
        work: Work,
        words: &mut [Self; N],
        blocks: [Self; RATE],
    ) -> Option<[Self; RATE]> {
        let _ = (work, words, blocks);
        None
    }

    /// Exclusive or of three.
    #[inline(always)]
    fn xor3(self, a: Self, b: Self) -> Self {
        self.xor(a).xor(b)
    }

    /// Exclusive or with the and of two.
    #[inline(always)]
    fn xor_and(self, a: Self, b: Self) -> Self {
        self.xor(a.and(b))
    }
}

/// The address of a lane. Where the message ends before it, nothing is there to be read.
#[inline(always)]
pub(super) fn source<const D: usize>(from: &Sources, offset: usize, lane: usize) -> *const u8 {
    from[lane / D].wrapping_add(offset + 16 * (lane % D))
}

/// The address of a lane. Where the message ends before it, nothing may be written there.
#[inline(always)]
pub(super) fn destination<const D: usize>(to: &Destinations, offset: usize, lane: usize) -> *mut u8 {
    to[lane / D].wrapping_add(offset + 16 * (lane % D))
}

/// How many bytes of its message are left at the address of a lane.
#[inline(always)]
pub(super) fn left<const D: usize>(lengths: &Lengths, offset: usize, lane: usize) -> usize {
    lengths[lane / D].saturating_sub(offset + 16 * (lane % D))
}

/// The blocks of a register's lanes, in memory.
#[repr(align(16))]
pub(super) struct Lanes([[u8; 16]; MAX_LANES]);

impl Lanes {
    pub(super) const ZERO: Self = Self([[0; 16]; MAX_LANES]);

    /// Where the lanes of each message are.
    #[inline(always)]
    pub(super) fn places<const D: usize>(&mut self) -> Destinations {
        let start = self.0.as_mut_ptr();
        let mut places = [start.cast(); MAX_MESSAGES];
        for (message, place) in places.iter_mut().enumerate() {
            *place = start.wrapping_add(D * message).cast();
        }
        places
    }
}

/// [`Register::load_rest`] where there are no masks: lane by lane into memory.
///
/// # Safety
/// As there.
#[inline(always)]
pub(super) unsafe fn load_rest_through_memory<R: Register, const D: usize>(
    from: &Sources,
    lengths: &Lengths,
    offset: usize,
    first_lane: usize,
) -> R {
    let (least, most) = least_and_most_left::<R, D>(lengths, offset, first_lane);
    let mut lanes = Lanes::ZERO;
    // SAFETY: the caller's promise; every lane has its place.
    unsafe {
        if least >= 16 {
            return R::load::<D>(from, offset, first_lane);
        }
        if most > 0 {
            read_lanes::<D>(&mut lanes.0[..R::LANES], from, lengths, offset, first_lane);
        }
        R::load_lanes::<D>(&mut lanes, 0)
    }
}

/// [`Register::store_rest`] where there are no masks: lane by lane from memory.
///
/// # Safety
/// As there.
#[inline(always)]
pub(super) unsafe fn store_rest_through_memory<R: Register, const D: usize>(
    register: R,
    to: &Destinations,
    lengths: &Lengths,
    offset: usize,
    first_lane: usize,
) -> R {
    let (least, most) = least_and_most_left::<R, D>(lengths, offset, first_lane);
    let mut lanes = Lanes::ZERO;
    // SAFETY: the caller's promise; every lane has its place.
    unsafe {
        if least >= 16 {
            register.store::<D>(to, offset, first_lane);
            return register;
        }
        if most == 0 {
            return R::load_lanes::<D>(&mut lanes, 0);
        }
        register.store::<D>(&lanes.places::<D>(), 0, 0);
        write_lanes::<D>(&mut lanes.0[..R::LANES], to, lengths, offset, first_lane);
        R::load_lanes::<D>(&mut lanes, 0)
    }
}

/// How much is left for the lane for which there is the least, and the most.
#[inline(always)]
fn least_and_most_left<R: Register, const D: usize>(
    lengths: &Lengths,
    offset: usize,
    first_lane: usize,
) -> (usize, usize) {
    let (mut least, mut most) = (usize::MAX, 0);
    for lane in first_lane..first_lane + R::LANES {
        let left = left::<D>(lengths, offset, lane);
        (least, most) = (least.min(left), most.max(left));
    }
    (least, most)
}

/// Reads what is left of the messages into their lanes. A function of its own, as is the next, since no register of a
/// kernel passes through it: once in every kernel for every end of a text, it was a third of the crate.
///
/// # Safety
/// As [`Register::load_rest`].
#[inline(never)]
unsafe fn read_lanes<const D: usize>(
    lanes: &mut [[u8; 16]],
    from: &Sources,
    lengths: &Lengths,
    offset: usize,
    first_lane: usize,
) {
    for (lane, block) in (first_lane..).zip(lanes) {
        let (count, place) = (left::<D>(lengths, offset, lane), source::<D>(from, offset, lane));
        // SAFETY: the caller's promise.
        *block = unsafe {
            if count >= 16 {
                place.cast::<[u8; 16]>().read()
            } else {
                read_up_to_15(place, count).to_le_bytes()
            }
        };
    }
}

/// Writes as much of the lanes as is left of the messages, and overwrites the rest of the lanes with zeros.
///
/// # Safety
/// As [`Register::store_rest`].
#[inline(never)]
unsafe fn write_lanes<const D: usize>(
    lanes: &mut [[u8; 16]],
    to: &Destinations,
    lengths: &Lengths,
    offset: usize,
    first_lane: usize,
) {
    for (lane, block) in (first_lane..).zip(lanes) {
        let (count, place) = (left::<D>(lengths, offset, lane), destination::<D>(to, offset, lane));
        // SAFETY: the caller's promise.
        unsafe {
            if count >= 16 {
                place.cast::<[u8; 16]>().write(*block);
            } else {
                let number = u128::from_le_bytes(*block) & ((1 << (8 * count)) - 1);
                write_up_to_15(place, count, number);
                *block = number.to_le_bytes();
            }
        }
    }
}

/// Up to 15 bytes as a little-endian number. A function of its own, as is the next: once in every kernel for every end of a
/// text, it would be a part of the crate. Without a loop or a copy of variable length: what is read may be loaded
/// as a whole at once.
///
/// # Safety
/// `count` bytes at `from` are readable.
#[inline(never)]
pub(super) unsafe fn read_up_to_15(from: *const u8, count: usize) -> u128 {
    // SAFETY: the caller's promise; arrays of bytes have no alignment.
    unsafe {
        let eight = |at: usize| u64::from_le_bytes(from.add(at).cast::<[u8; 8]>().read());
        let four = |at: usize| u64::from(u32::from_le_bytes(from.add(at).cast::<[u8; 4]>().read()));
        match count {
            // Where the second read overlaps the first, it has the same bytes.
            8.. => u128::from(eight(0)) | (u128::from(eight(count - 8)) << (8 * (count - 8))),
            4.. => u128::from(four(0) | (four(count - 4) << (8 * (count - 4)))),
            1.. => {
                let one = |at: usize| u128::from(from.add(at).read()) << (8 * at);
                one(0) | one(count / 2) | one(count - 1)
            }
            0 => 0,
        }
    }
}

/// Writes the first bytes of a little-endian number, at most 15.
///
/// # Safety
/// `count` bytes at `to` are writable.
#[inline(never)]
pub(super) unsafe fn write_up_to_15(to: *mut u8, count: usize, number: u128) {
    // SAFETY: the caller's promise; arrays of bytes have no alignment.
    unsafe {
        let eight =
            |at: usize| to.add(at).cast::<[u8; 8]>().write(((number >> (8 * at)) as u64).to_le_bytes());
        let four =
            |at: usize| to.add(at).cast::<[u8; 4]>().write(((number >> (8 * at)) as u32).to_le_bytes());
        match count {
            8.. => {
                eight(0);
                eight(count - 8);
            }
            4.. => {
                four(0);
                four(count - 4);
            }
            1.. => {
                let one = |at: usize| to.add(at).write((number >> (8 * at)) as u8);
                one(0);
                one(count / 2);
                one(count - 1);
            }
            0 => {}
        }
    }
}

/// Several registers that work side by side: more lanes than the CPU's registers have, or more in flight than one
/// needs, which hides the latency of its instructions.
///
/// Most of these are loops over numbers: closures, and now and then the functions of iterators, are not inlined with the
/// instructions of a kernel.
impl<R: Register, const K: usize> Register for [R; K] {
    const LANES: usize = R::LANES * K;
    const MASKED: bool = R::MASKED;
    const PREFETCHES_FROM: usize = R::PREFETCHES_FROM;
    const PREFETCHED: usize = R::PREFETCHED;
    const PAIRS: bool = R::PAIRS;
    const KEY_IS_LAST: bool = R::KEY_IS_LAST;

    #[inline(always)]
    unsafe fn load<const D: usize>(from: &Sources, offset: usize, first_lane: usize) -> Self {
        // SAFETY: the caller's promise covers the lanes of every register.
        let mut out = [unsafe { R::load::<D>(from, offset, first_lane) }; K];
        let mut k = 1;
        while k < K {
            // SAFETY: as above.
            out[k] = unsafe { R::load::<D>(from, offset, first_lane + k * R::LANES) };
            k += 1;
        }
        out
    }

    #[inline(always)]
    unsafe fn store<const D: usize>(self, to: &Destinations, offset: usize, first_lane: usize) {
        let mut k = 0;
        while k < K {
            // SAFETY: the caller's promise covers the lanes of every register.
            unsafe { self[k].store::<D>(to, offset, first_lane + k * R::LANES) };
            k += 1;
        }
    }

    #[inline(always)]
    unsafe fn load_two<const D: usize>(from: &Sources, offset: usize, first_lane: usize) -> [Self; 2] {
        // SAFETY: the caller's promise covers the lanes of every register.
        let [first, second] = unsafe { R::load_two::<D>(from, offset, first_lane) };
        let (mut firsts, mut seconds) = ([first; K], [second; K]);
        let mut k = 1;
        while k < K {
            // SAFETY: as above.
            [firsts[k], seconds[k]] = unsafe { R::load_two::<D>(from, offset, first_lane + k * R::LANES) };
            k += 1;
        }
        [firsts, seconds]
    }

    #[inline(always)]
    unsafe fn store_two<const D: usize>(two: [Self; 2], to: &Destinations, offset: usize, first_lane: usize) {
        let [first, second] = two;
        let mut k = 0;
        while k < K {
            // SAFETY: the caller's promise covers the lanes of every register.
            unsafe { R::store_two::<D>([first[k], second[k]], to, offset, first_lane + k * R::LANES) };
            k += 1;
        }
    }

    #[inline(always)]
    unsafe fn load_rest<const D: usize>(
        from: &Sources,
        lengths: &Lengths,
        offset: usize,
        first_lane: usize,
    ) -> Self {
        if !Self::MASKED {
            // SAFETY: the caller's promise.
            return unsafe { load_rest_through_memory::<Self, D>(from, lengths, offset, first_lane) };
        }
        // SAFETY: the caller's promise covers every message.
        let mut out = [unsafe { R::load_rest::<D>(from, lengths, offset, first_lane) }; K];
        let mut k = 1;
        while k < K {
            // SAFETY: as above.
            out[k] = unsafe { R::load_rest::<D>(from, lengths, offset, first_lane + k * R::LANES) };
            k += 1;
        }
        out
    }

    #[inline(always)]
    unsafe fn store_rest<const D: usize>(
        mut self,
        to: &Destinations,
        lengths: &Lengths,
        offset: usize,
        first_lane: usize,
    ) -> Self {
        if !Self::MASKED {
            // SAFETY: the caller's promise.
            return unsafe { store_rest_through_memory::<Self, D>(self, to, lengths, offset, first_lane) };
        }
        let mut k = 0;
        while k < K {
            // SAFETY: the caller's promise covers every message.
            self[k] = unsafe { self[k].store_rest::<D>(to, lengths, offset, first_lane + k * R::LANES) };
            k += 1;
        }
        self
    }

    #[inline(always)]
    unsafe fn load_lanes<const D: usize>(lanes: &mut Lanes, first_lane: usize) -> Self {
        // SAFETY: the caller's promise covers the lanes of every register.
        let mut out = [unsafe { R::load_lanes::<D>(lanes, first_lane) }; K];
        let mut k = 1;
        while k < K {
            // SAFETY: as above.
            out[k] = unsafe { R::load_lanes::<D>(lanes, first_lane + k * R::LANES) };
            k += 1;
        }
        out
    }

    #[inline(always)]
    unsafe fn broadcast(block: *const u8) -> Self {
        // SAFETY: the caller's promise.
        [unsafe { R::broadcast(block) }; K]
    }

    #[inline(always)]
    unsafe fn replicate<const D: usize>(from: &Sources, offset: usize, first_lane: usize) -> Self {
        // SAFETY: the caller's promise covers the lanes of every register.
        let mut out = [unsafe { R::replicate::<D>(from, offset, first_lane) }; K];
        let mut k = 1;
        while k < K {
            // SAFETY: as above.
            out[k] = unsafe { R::replicate::<D>(from, offset, first_lane + k * R::LANES) };
            k += 1;
        }
        out
    }

    #[inline(always)]
    fn add_to_tags<const D: usize>(self, tags: &mut Tags, first_lane: usize) {
        let mut k = 0;
        while k < K {
            self[k].add_to_tags::<D>(tags, first_lane + k * R::LANES);
            k += 1;
        }
    }

    #[inline(always)]
    fn prefetch(address: *const u8) {
        R::prefetch(address);
    }

    #[inline(always)]
    fn xor(mut self, other: Self) -> Self {
        for (out, b) in self.iter_mut().zip(other) {
            *out = out.xor(b);
        }
        self
    }

    #[inline(always)]
    fn and(mut self, other: Self) -> Self {
        for (out, b) in self.iter_mut().zip(other) {
            *out = out.and(b);
        }
        self
    }

    #[inline(always)]
    fn aes_round(mut self, round_key: Self) -> Self {
        for (out, b) in self.iter_mut().zip(round_key) {
            *out = out.aes_round(b);
        }
        self
    }

    #[inline(always)]
    fn xor3(mut self, a: Self, b: Self) -> Self {
        for (out, (a, b)) in self.iter_mut().zip(a.into_iter().zip(b)) {
            *out = out.xor3(a, b);
        }
        self
    }

    #[inline(always)]
    fn xor_and(mut self, a: Self, b: Self) -> Self {
        for (out, (a, b)) in self.iter_mut().zip(a.into_iter().zip(b)) {
            *out = out.xor_and(a, b);
        }
        self
    }

    #[inline(always)]
    fn aes_rounds_in_place<const N: usize>(words: &mut [Self; N], mut key: Self) -> Self {
        let mut k = 0;
        while k < K {
            let mut own = of_one(words, k);
            key[k] = R::aes_rounds_in_place(&mut own, key[k]);
            put_one(words, k, own);
            k += 1;
        }
        key
    }

    /// One register after the other.
    #[inline(always)]
    fn take<S: Step<N, RATE>, const N: usize, const RATE: usize>(
        words: &mut [Self; N],
        mut blocks: [Self; RATE],
    ) -> [Self; RATE] {
        for k in 0..K {
            let mut own = of_one(words, k);
            let block = S::step::<R, false>(&mut own, of_one(&blocks, k));
            put_one(words, k, own);
            put_one(&mut blocks, k, block);
        }
        blocks
    }

    /// One register after the other, which reads and writes before the next one's turn, so that there need be room for what
    /// is on its way of one at a time. A message that stands in a group twice is in one register: [`super::batch`].
    #[inline(always)]
    unsafe fn advance<S: Step<N, RATE>, const N: usize, const RATE: usize, const D: usize>(
        words: &mut [Self; N],
        from: &Sources,
        to: &Destinations,
        offset: usize,
    ) {
        // SAFETY: the caller's promise.
        unsafe {
            for k in 0..K {
                let mut own = of_one(words, k);
                let block = load_blocks::<R, RATE, D>(from, offset, k * R::LANES);
                let block = match R::step_in_place(S::WORK, &mut own, block) {
                    Some(block) => block,
                    None => S::step::<R, false>(&mut own, block),
                };
                if S::WORK != Work::Absorb {
                    store_blocks::<R, RATE, D>(block, to, offset, k * R::LANES);
                }
                put_one(words, k, own);
            }
        }
    }
}

/// [`Register::aes_rounds_in_place`] where the compiler has registers enough.
#[inline(always)]
pub(super) fn rounds_in_place<R: Register, const N: usize>(words: &mut [R; N], key: R) -> R {
    let mut states = *words;
    let mut keys = *words;
    keys[0] = key;
    for (i, state) in states.iter_mut().enumerate() {
        *state = words[(i + N - 1) % N];
    }
    let first = words[0];
    *words = R::aes_rounds(states, keys);
    let last = words[0];
    words[0] = first;
    last
}

/// [`Register::load_two`], each block by itself.
///
/// # Safety
/// As there.
#[inline(always)]
pub(super) unsafe fn load_each<R: Register, const D: usize>(
    from: &Sources,
    offset: usize,
    first_lane: usize,
) -> [R; 2] {
    // SAFETY: the caller's promise.
    unsafe { [R::load::<D>(from, offset, first_lane), R::load::<D>(from, offset + 16 * D, first_lane)] }
}

/// [`Register::store_two`], each block by itself.
///
/// # Safety
/// As there.
#[inline(always)]
pub(super) unsafe fn store_each<R: Register, const D: usize>(
    two: [R; 2],
    to: &Destinations,
    offset: usize,
    first_lane: usize,
) {
    // SAFETY: the caller's promise.
    unsafe {
        two[0].store::<D>(to, offset, first_lane);
        two[1].store::<D>(to, offset + 16 * D, first_lane);
    }
}

/// The next `RATE` blocks of each lane, from `first_lane` on.
///
/// # Safety
/// The CPU has the register's instructions, and the blocks are readable.
#[inline(always)]
unsafe fn load_blocks<R: Register, const RATE: usize, const D: usize>(
    from: &Sources,
    offset: usize,
    first_lane: usize,
) -> [R; RATE] {
    // SAFETY: the caller's promise.
    unsafe {
        let mut blocks = [R::load::<D>(from, offset, first_lane); RATE];
        if RATE == 2 {
            blocks[1] = R::load::<D>(from, offset + 16 * D, first_lane);
        }
        blocks
    }
}

/// Stores them, for the lanes from `first_lane` on.
///
/// # Safety
/// Those bytes are writable.
#[inline(always)]
unsafe fn store_blocks<R: Register, const RATE: usize, const D: usize>(
    blocks: [R; RATE],
    to: &Destinations,
    offset: usize,
    first_lane: usize,
) {
    const { assert!(RATE == 1 || RATE == 2) };
    // SAFETY: the caller's promise.
    unsafe {
        if RATE == 2 {
            R::store_two::<D>([blocks[0], blocks[1]], to, offset, first_lane);
        } else {
            blocks[0].store::<D>(to, offset, first_lane);
        }
    }
}

/// What one of several registers holds of some words.
#[inline(always)]
fn of_one<R: Copy, const K: usize, const N: usize>(words: &[[R; K]; N], k: usize) -> [R; N] {
    let mut own = [words[0][k]; N];
    for (own, word) in own.iter_mut().zip(words) {
        *own = word[k];
    }
    own
}

/// Puts it back.
#[inline(always)]
fn put_one<R: Copy, const K: usize, const N: usize>(words: &mut [[R; K]; N], k: usize, own: [R; N]) {
    for (word, own) in words.iter_mut().zip(own) {
        word[k] = own;
    }
}
