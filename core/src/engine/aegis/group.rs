//! One group of messages, sealed or opened together.

use core::ops::RangeInclusive;
use core::ptr;

use super::batch::together;
use super::construction::{Family, State, Work};
use super::register::{Destinations, Lanes, Lengths, MAX_LANES, MAX_MESSAGES, Register, Sources, Tags};
use super::schedule::Schedule;
use crate::engine::message::Message;

/// The messages of a group, by their indices in a batch. Where there are fewer than the register takes, some of them
/// stand there twice, one behind the other: the same is then read and written twice, which is harmless, as all lanes
/// are read before any is written.
pub(super) type Slots = [usize; MAX_MESSAGES];

/// While a group is worked on, the next one's texts, or how they begin, are fetched into the first cache, if they are long
/// enough to be worth the trouble, and short enough to be there still when they are needed.
const FETCHED: RangeInclusive<usize> = 512..=8192;

/// Where the associated data or the texts of a group lie. Entries beyond the group are not used.
#[derive(Clone, Copy)]
struct Places {
    from: Sources,
    to: Destinations,
    /// What is fetched while the byte at the same offset is worked on.
    ahead: Sources,
}

impl Places {
    const NONE: Self = Self {
        from: [ptr::null(); MAX_MESSAGES],
        to: [ptr::null_mut(); MAX_MESSAGES],
        ahead: [ptr::null(); MAX_MESSAGES],
    };

    #[inline(always)]
    fn set(&mut self, slot: usize, (from, to): (*const u8, *mut u8)) {
        (self.from[slot], self.to[slot], self.ahead[slot]) = (from, to, from);
    }

    /// What lanes see before which so many bytes of the only message belong to others.
    #[inline(always)]
    fn behind(mut self, skipped: usize) -> Self {
        self.from[0] = self.from[0].wrapping_add(skipped);
        self.to[0] = self.to[0].wrapping_add(skipped);
        self
    }

    /// While the last [`Register::PREFETCHED`] bytes of texts so long are worked on, this one's first are fetched.
    #[inline(always)]
    fn set_ahead<R: Register>(&mut self, slot: usize, next: *const u8, length: usize) {
        self.ahead[slot] = next.wrapping_sub(length.saturating_sub(R::PREFETCHED));
    }

    #[inline(always)]
    fn only(&self, slot: usize) -> Self {
        let mut one = Self::NONE;
        one.set(0, (self.from[slot], self.to[slot]));
        one.ahead[0] = self.ahead[slot];
        one
    }
}

/// The associated data or the texts of a group, of any lengths.
struct Bytes {
    places: Places,
    lengths: Lengths,
    shortest: usize,
    longest: usize,
}

impl Bytes {
    const NONE: Self =
        Self { places: Places::NONE, lengths: [0; MAX_MESSAGES], shortest: usize::MAX, longest: 0 };

    #[inline(always)]
    fn set(&mut self, slot: usize, places: (*const u8, *mut u8), length: usize) {
        self.places.set(slot, places);
        self.lengths[slot] = length;
        self.shortest = self.shortest.min(length);
        self.longest = self.longest.max(length);
    }
}

/// What is taken in last: the lengths in bits, of the associated data and of the text.
#[inline(always)]
fn lengths(data: usize, text: usize) -> [u8; 16] {
    (u128::from(data as u64 * 8) | u128::from(text as u64 * 8) << 64).to_le_bytes()
}

#[inline(always)]
fn work<M: Message>() -> Work {
    if M::OPEN { Work::Open } else { Work::Seal }
}

/// Seals or opens messages whose texts have one length, and whose associated data have one. Those of `next` have their
/// turn next.
///
/// A `FULL` group is as many messages as `R` has lanes for, or one where it has not enough for one. Where there are fewer,
/// some of them stand in two slots, one behind the other, as in [`Slots`]; of four slots, in the first two or in the last
/// two.
///
/// Short ones take as long as the instructions around the rounds let them, so there is nothing here for each of them that
/// is the same for all.
///
/// States, keystream and plaintext stay behind on the stack, where [`crate::cipher`] wipes them once for the whole
/// batch.
///
/// # Safety
/// The CPU has the register's instructions. The nonces have the family's length, and both texts of a message the
/// same; lengths are as stated.
#[inline(always)]
pub(super) unsafe fn run_alike<F, const RATE: usize, const D: usize, R, M, const FULL: bool>(
    schedule: &Schedule,
    group: &mut [M],
    next: &mut [M],
) where
    F: Family<RATE>,
    R: Register,
    M: Message,
{
    const { assert!(R::LANES.is_multiple_of(D) || D.is_multiple_of(R::LANES)) };
    let slots = together::<R, D>();
    let group = if FULL { &mut group[..slots] } else { group };
    let count = group.len();
    let message_in = |slot: usize| if FULL { slot } else { slot * count / slots };
    let text_length = group[0].text_lengths().0;
    let data_length = group[0].given().1.len();

    let mut nonces: Sources = [ptr::null(); MAX_MESSAGES];
    let (mut data, mut text) = (Places::NONE, Places::NONE);
    for slot in 0..slots {
        let message = &mut group[message_in(slot)];
        nonces[slot] = message.given().0.as_ptr();
        text.set(slot, message.pointers());
    }
    if data_length > 0 {
        for slot in 0..slots {
            data.set(slot, (group[message_in(slot)].given().1.as_ptr(), ptr::null_mut()));
        }
    }
    if D >= R::PREFETCHES_FROM && FETCHED.contains(&text_length) {
        for (slot, message) in next.iter_mut().enumerate().take(slots) {
            text.set_ahead::<R>(slot, message.pointers().0, text_length);
        }
    }

    let mut tags: Tags = [0; MAX_MESSAGES];
    for first_lane in (0..D).step_by(R::LANES) {
        // SAFETY: the caller's promise. Sources and destinations are readable and writable for the lengths beside them,
        // and so they are behind the lanes that are left out.
        unsafe {
            let mut state = F::State::<R>::new::<D>(schedule, &nonces, first_lane);
            if data_length > 0 {
                pass_alike::<F, RATE, D, R>(&mut state, Work::Absorb, &data, data_length, first_lane);
            }
            pass_alike::<F, RATE, D, R>(&mut state, work::<M>(), &text, text_length, first_lane);
            let lengths = R::broadcast(lengths(data_length, text_length).as_ptr());
            state.finish(lengths).add_to_tags::<D>(&mut tags, 0);
        }
    }
    for (slot, tag) in tags.iter().enumerate().take(slots) {
        if FULL || slot == 0 || message_in(slot) != message_in(slot - 1) {
            group[message_in(slot)].finish(&tag.to_le_bytes());
        }
    }
}

/// Does `work` on as many bytes of every message, in the lanes from `first_lane` on.
///
/// # Safety
/// As [`pass`].
#[inline(always)]
unsafe fn pass_alike<F, const RATE: usize, const D: usize, R>(
    state: &mut F::State<R>,
    work: Work,
    places: &Places,
    length: usize,
    first_lane: usize,
) where
    F: Family<RATE>,
    R: Register,
{
    // A message may be shorter than what lies before this lane, and then nothing is read or written here.
    let skipped = 16 * first_lane;
    let (places, left) = (places.behind(skipped), [length.saturating_sub(skipped); MAX_MESSAGES]);
    // SAFETY: the caller's promise.
    unsafe {
        let offset = whole::<F, RATE, D, R>(state, work, &places, 0, length);
        rest::<F, RATE, D, R>(state, work, &places, &left, offset, length);
    }
}

/// Seals or opens the messages in `slots`, of any lengths: as many as `R` has lanes for. Those in `next` have their turn
/// next.
///
/// # Safety
/// The CPU has the instructions of both registers. The nonces have the family's length, and both texts of a
/// message the same. `One` holds one message, and `R` several.
#[inline(always)]
pub(super) unsafe fn run_mixed<F, const RATE: usize, const D: usize, One, R, M>(
    schedule: &Schedule,
    messages: &mut [M],
    slots: Slots,
    next: Slots,
) where
    F: Family<RATE>,
    One: Register,
    R: Register,
    M: Message,
{
    let slots = &slots[..together::<R, D>()];

    let mut nonces: Sources = [ptr::null(); MAX_MESSAGES];
    let (mut data, mut text) = (Bytes::NONE, Bytes::NONE);
    let mut last = [[0; 16]; MAX_MESSAGES];
    let mut last_at: Sources = [ptr::null(); MAX_MESSAGES];
    for (slot, index) in slots.iter().enumerate() {
        let message = &mut messages[*index];
        let (nonce, associated_data) = message.given();
        debug_assert!(nonce.len() == F::KEY_LENGTH);
        nonces[slot] = nonce.as_ptr();
        data.set(slot, (associated_data.as_ptr(), ptr::null_mut()), associated_data.len());
        let (length, _) = message.text_lengths();
        text.set(slot, message.pointers(), length);
        last[slot] = lengths(data.lengths[slot], length);
        last_at[slot] = last[slot].as_ptr();
    }
    if D >= R::PREFETCHES_FROM && FETCHED.contains(&text.shortest) {
        for (slot, index) in next.iter().enumerate().take(slots.len()) {
            text.places.set_ahead::<R>(slot, messages[*index].pointers().0, text.shortest);
        }
    }

    let mut tags: Tags = [0; MAX_MESSAGES];
    // SAFETY: the caller's promise. Sources and destinations are readable and writable for the lengths beside them.
    unsafe {
        let mut state = F::State::<R>::new::<D>(schedule, &nonces, 0);
        pass::<F, RATE, D, One, R>(&mut state, Work::Absorb, &data, slots);
        pass::<F, RATE, D, One, R>(&mut state, work::<M>(), &text, slots);
        let lengths = R::replicate::<D>(&last_at, 0, 0);
        state.finish(lengths).add_to_tags::<D>(&mut tags, 0);
    }
    for (slot, index) in slots.iter().enumerate() {
        if !is_repeated(slots, slot) {
            messages[*index].finish(&tags[slot].to_le_bytes());
        }
    }
}

/// Whether the message of a slot stands in the one before, too.
#[inline(always)]
fn is_repeated(slots: &[usize], slot: usize) -> bool {
    slot > 0 && slots[slot] == slots[slot - 1]
}

/// Does `work` on the bytes of every message.
///
/// # Safety
/// The CPU has the instructions of both registers. Each source, and each destination unless `work` only absorbs, is
/// readable or writable for the length noted.
#[inline(always)]
unsafe fn pass<F, const RATE: usize, const D: usize, One, R>(
    state: &mut F::State<R>,
    work: Work,
    bytes: &Bytes,
    slots: &[usize],
) where
    F: Family<RATE>,
    One: Register,
    R: Register,
{
    let step = 16 * RATE * D;
    // SAFETY: the caller's promise, also for parts of what it made it for.
    unsafe {
        let offset = whole::<F, RATE, D, R>(state, work, &bytes.places, 0, bytes.shortest);
        if bytes.shortest.div_ceil(step) == bytes.longest.div_ceil(step) {
            rest::<F, RATE, D, R>(state, work, &bytes.places, &bytes.lengths, offset, bytes.longest);
            return;
        }
        // The messages do not end together: from here on each goes its own way. One that stands here twice is written
        // once, since what is written may be what was read, but taken in twice, for its text is still to come.
        for slot in 0..slots.len() {
            if work == Work::Absorb || !is_repeated(slots, slot) {
                let mut alone = take::<F, RATE, D, One, R>(state, slot);
                let (places, length) = (bytes.places.only(slot), bytes.lengths[slot]);
                let offset = whole::<F, RATE, D, One>(&mut alone, work, &places, offset, length);
                let lengths = [length; MAX_MESSAGES];
                rest::<F, RATE, D, One>(&mut alone, work, &places, &lengths, offset, length);
                put::<F, RATE, D, One, R>(state, slot, alone);
            }
        }
    }
}

/// Does `work` on as many whole pairs of blocks as there are before `end`, from `offset` on; returns where it stopped.
///
/// # Safety
/// As [`pass`]; every message reaches to `end` at least.
#[inline(always)]
unsafe fn whole<F, const RATE: usize, const D: usize, R>(
    state: &mut F::State<R>,
    work: Work,
    places: &Places,
    mut offset: usize,
    end: usize,
) -> usize
where
    F: Family<RATE>,
    R: Register,
{
    let pair = 2 * 16 * D;
    // SAFETY: the caller's promise. All lanes are read before any is written, so that it does not matter whether they
    // are the same.
    unsafe {
        // Associated data is short: two blocks at a time will do.
        while end - offset >= 2 * pair && work != Work::Absorb {
            if D >= R::PREFETCHES_FROM && end - offset <= R::PREFETCHED {
                for ahead in places.ahead.iter().take(together::<R, D>()) {
                    for line in 0..D {
                        R::prefetch(ahead.wrapping_add(offset + 64 * line));
                    }
                }
            }
            two::<F, RATE, D, R>(state, work, places, offset);
            two::<F, RATE, D, R>(state, work, places, offset + pair);
            offset += 2 * pair;
        }
        while end - offset >= pair {
            two::<F, RATE, D, R>(state, work, places, offset);
            offset += pair;
        }
    }
    offset
}

/// Does `work` on two blocks of each lane.
///
/// # Safety
/// As [`pass`]; every message reaches to the end of these blocks at least.
#[inline(always)]
unsafe fn two<F, const RATE: usize, const D: usize, R>(
    state: &mut F::State<R>,
    work: Work,
    places: &Places,
    offset: usize,
) where
    F: Family<RATE>,
    R: Register,
{
    // SAFETY: the caller's promise.
    unsafe {
        if R::PAIRS {
            let mut two = R::load_two::<D>(&places.from, offset, 0);
            for blocks in two.as_chunks_mut::<RATE>().0 {
                *blocks = state.work(work, *blocks);
            }
            if work != Work::Absorb {
                R::store_two::<D>(two, &places.to, offset, 0);
            }
            return;
        }
        state.advance::<D>(work, &places.from, &places.to, offset);
        if RATE == 1 {
            state.advance::<D>(work, &places.from, &places.to, offset + 16 * D);
        }
    }
}

/// Does `work` on what is left of every message at `offset`, padded with zeros.
///
/// # Safety
/// As [`pass`]; the messages end within the same update.
#[inline(always)]
unsafe fn rest<F, const RATE: usize, const D: usize, R>(
    state: &mut F::State<R>,
    work: Work,
    places: &Places,
    lengths: &Lengths,
    mut offset: usize,
    longest: usize,
) where
    F: Family<RATE>,
    R: Register,
{
    while offset < longest {
        // SAFETY: the caller's promise.
        unsafe {
            let mut input = [R::load_rest::<D>(&places.from, lengths, offset, 0); RATE];
            for (r, block) in input.iter_mut().enumerate() {
                *block = R::load_rest::<D>(&places.from, lengths, offset + 16 * D * r, 0);
            }
            let mut output = input;
            if work != Work::Absorb {
                output = state.combine(input);
                for (r, block) in output.iter_mut().enumerate() {
                    // Plaintext is padded with zeros, not with keystream.
                    *block = block.store_rest::<D>(&places.to, lengths, offset + 16 * D * r, 0);
                }
            }
            state.absorb(work.plaintext(input, output));
        }
        offset += 16 * RATE * D;
    }
}

/// The state of the message in a slot.
///
/// # Safety
/// The CPU has the instructions of both registers; `One` holds one message and `R` several.
#[inline(always)]
unsafe fn take<F, const RATE: usize, const D: usize, One, R>(
    state: &mut F::State<R>,
    slot: usize,
) -> F::State<One>
where
    F: Family<RATE>,
    One: Register,
    R: Register,
{
    const { assert!(R::LANES <= MAX_LANES) };
    let mut lanes = Lanes::ZERO;
    let places = lanes.places::<D>();
    // SAFETY: every lane has its place.
    unsafe {
        let mut one = F::State::splat(One::broadcast(places[0]));
        for (word, own) in state.words().iter_mut().zip(one.words()) {
            word.store::<D>(&places, 0, 0);
            *own = One::load::<D>(&[places[slot].cast_const(); MAX_MESSAGES], 0, 0);
        }
        one
    }
}

/// Puts back the state of the message in a slot.
///
/// # Safety
/// As [`take`].
#[inline(always)]
unsafe fn put<F, const RATE: usize, const D: usize, One, R>(
    state: &mut F::State<R>,
    slot: usize,
    mut one: F::State<One>,
) where
    F: Family<RATE>,
    One: Register,
    R: Register,
{
    let mut lanes = Lanes::ZERO;
    let places = lanes.places::<D>();
    // SAFETY: every lane has its place.
    unsafe {
        for (word, own) in state.words().iter_mut().zip(one.words()) {
            word.store::<D>(&places, 0, 0);
            own.store::<D>(&[places[slot]; MAX_MESSAGES], 0, 0);
            *word = R::load::<D>(&places.map(<*mut u8>::cast_const), 0, 0);
        }
    }
}
