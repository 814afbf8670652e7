//! What depends on the key alone.

use core::hint::black_box;

use super::hash::{Product, middle};
use super::register::{Block, MAX_LANES, Register};
use super::rounds::{IN_FLIGHT, encrypt};

/// How many blocks are hashed with one reduction.
pub(super) const RUN: usize = 64;

/// How many blocks are encrypted at once, at most.
const MAX_GROUP: usize = MAX_LANES * IN_FLIGHT;

/// Which power of the hash key stands last among [`Schedule::powers`]: the first.
pub(super) const FIRST_POWER: usize = RUN;

/// The counter of a text's first block: the one before it makes the mask of the tag.
pub(super) const FIRST_TEXT_COUNTER: usize = 2;

/// Powers that stand side by side in [`Schedule::middles`].
pub(super) const STRIDE: usize = 4;

/// Round keys, and tables derived from them.
#[repr(C, align(64))]
pub(super) struct Schedule {
    /// The round keys of AES (FIPS 197, section 5.2), the first `rounds + 1`.
    round_keys: [Block; 15],
    /// 10 or 14.
    rounds: usize,
    /// What the last byte of a counter block adds to the block after the first round, from that of
    /// [`FIRST_TEXT_COUNTER`] on. It passes through one S-box, ShiftRows takes it to the first column, and the rest is
    /// linear: for 256 blocks the first round is computed once. The index is public. Of the other columns, which are zero,
    /// there is no need, but a register of blocks is loaded as they stand here, and columns would have to be set apart first.
    last_bytes: [Block; 256],
    /// Powers of the hash key, descending, from H^65 on down to H^1, then zeros: in the form of POLYVAL (RFC 8452,
    /// appendix A), where H stands for the hash key times x.
    powers: [Block; RUN + MAX_GROUP],
    /// For Karatsuba's multiplication: the sum of the halves of each power, and of the power four places on.
    middles: [Block; RUN + MAX_GROUP],
}

/// No load of a whole register lies across two lines of the cache, where there are engines; elsewhere numbers may be aligned
/// otherwise, and nothing depends on it.
#[cfg(any(target_arch = "x86_64", all(target_arch = "aarch64", target_endian = "little")))]
const _: () = {
    assert!(core::mem::offset_of!(Schedule, last_bytes).is_multiple_of(64));
    assert!(core::mem::offset_of!(Schedule, powers).is_multiple_of(64));
    assert!(core::mem::offset_of!(Schedule, middles).is_multiple_of(64));
};

impl Schedule {
    pub(super) const ZERO: Self = Self {
        round_keys: [0; 15],
        rounds: 0,
        last_bytes: [0; 256],
        powers: [0; RUN + MAX_GROUP],
        middles: [0; RUN + MAX_GROUP],
    };

    /// How many rounds the key's length asks for.
    pub(super) fn rounds(&self) -> usize {
        self.rounds
    }

    /// One round key in every lane.
    ///
    /// # Safety
    /// The CPU has the register's instructions, and `round` is at most 14.
    #[inline(always)]
    pub(super) unsafe fn round_key<R: Register>(&self, round: usize) -> R {
        debug_assert!(round < self.round_keys.len());
        // SAFETY: the caller's promise.
        unsafe { R::broadcast(self.round_keys.get_unchecked(round)) }
    }

    /// What the counters of a text's blocks add, from the block `first` on.
    #[inline(always)]
    pub(super) fn last_bytes(&self, first: usize) -> &[Block] {
        &self.last_bytes[first..]
    }

    /// What a counter adds.
    #[inline(always)]
    pub(super) fn last_byte(&self, counter: usize) -> &Block {
        &self.last_bytes[counter.wrapping_sub(FIRST_TEXT_COUNTER) % 256]
    }

    /// The powers from the one at `first` on.
    #[inline(always)]
    pub(super) fn powers(&self, first: usize) -> &[Block] {
        &self.powers[first..]
    }

    /// The hash key to the power of 1 to 65.
    #[inline(always)]
    pub(super) fn power(&self, exponent: usize) -> &Block {
        &self.powers[FIRST_POWER + 1 - exponent]
    }

    /// The middles of the powers from the one at `first` on.
    #[inline(always)]
    pub(super) fn middles(&self, first: usize) -> &[Block] {
        &self.middles[first..]
    }

    /// Computes everything from a key of 16 or 32 bytes.
    ///
    /// # Safety
    /// The CPU has the register's instructions.
    #[inline(always)]
    pub(super) unsafe fn expand<R: Register<Lane = R>>(&mut self, key: &[u8]) {
        // SAFETY: the caller's promise.
        unsafe {
            self.expand_round_keys::<R>(key);
            self.fill_last_bytes::<R>();
            self.fill_powers::<R>();
        }
    }

    /// FIPS 197, section 5.2.
    ///
    /// # Safety
    /// As [`Schedule::expand`].
    #[inline(always)]
    unsafe fn expand_round_keys<R: Register<Lane = R>>(&mut self, key: &[u8]) {
        let key_words = key.len() / 4;
        self.rounds = key_words + 6;
        let mut words = [0_u32; 60];
        for (word, bytes) in words.iter_mut().zip(key.chunks_exact(4)) {
            *word = bytes.iter().rev().fold(0, |word, byte| word << 8 | u32::from(*byte));
        }
        let mut constant = 1;
        for i in key_words..4 * (self.rounds + 1) {
            let mut word = words[i - 1];
            if i % key_words == 0 {
                // SAFETY: the caller's promise.
                word = unsafe { substitute::<R>(word.rotate_right(8)) } ^ constant;
                constant = (constant << 1) ^ ((constant >> 7) * 0x11b); // x^8 + x^4 + x^3 + x + 1; public
            } else if key_words == 8 && i % 8 == 4 {
                // SAFETY: the caller's promise.
                word = unsafe { substitute::<R>(word) };
            }
            words[i] = words[i - key_words] ^ word;
        }
        for (round_key, words) in self.round_keys.iter_mut().zip(words.chunks_exact(4)) {
            *round_key = words.iter().rev().fold(0, |block, word| block << 32 | u128::from(*word)).to_le();
        }
    }

    /// # Safety
    /// As [`Schedule::expand`].
    #[inline(always)]
    unsafe fn fill_last_bytes<R: Register<Lane = R>>(&mut self) {
        // SAFETY: the caller's promise; an entry is as long as a register of one lane.
        unsafe {
            let keys = [self.round_key(0), self.round_key(1)];
            let without = R::broadcast(&0).aes_first(keys);
            for (entry, last_byte) in self.last_bytes.iter_mut().zip(FIRST_TEXT_COUNTER as u128..) {
                let counter = R::of((last_byte << 120).to_le());
                counter.aes_first(keys).xor(without).store(core::ptr::from_mut(entry).cast());
            }
        }
    }

    /// The hash key is the encrypted zero block (SP 800-38D, section 7.1).
    ///
    /// # Safety
    /// As [`Schedule::expand`].
    #[inline(always)]
    unsafe fn fill_powers<R: Register<Lane = R>>(&mut self) {
        // SAFETY: the caller's promise; an entry is as long as a register of one lane.
        unsafe {
            let state = R::broadcast(&0).aes_first([self.round_key(0), self.round_key(1)]);
            let hash_key = match self.rounds {
                10 => encrypt::<R, 10>(self, state),
                _ => encrypt::<R, 14>(self, state),
            };

            let mut ascending = [R::broadcast(&times_x(hash_key.reverse())); 4];
            for i in 1..4 {
                ascending[i] = Product::of(ascending[i - 1], ascending[0]).reduce();
            }
            // Four chains, because a multiplication takes far longer than it occupies the CPU.
            let fourth = ascending[3];
            for end in (1..=FIRST_POWER).rev().step_by(4) {
                for (i, power) in ascending.iter_mut().enumerate() {
                    power.store(core::ptr::from_mut(&mut self.powers[end - i]).cast());
                    *power = Product::of(*power, fourth).reduce();
                }
            }
            ascending[0].store(core::ptr::from_mut(&mut self.powers[0]).cast());
            for i in 0..=FIRST_POWER {
                let this = middle(R::broadcast(&self.powers[i]));
                let other = middle(R::broadcast(self.powers.get(i + STRIDE).unwrap_or(&0)));
                this.low_halves(other).store(core::ptr::from_mut(&mut self.middles[i]).cast());
            }
        }
    }
}

/// SubWord of FIPS 197: in a block of four equal columns ShiftRows changes nothing.
///
/// # Safety
/// As [`Schedule::expand`].
#[inline(always)]
unsafe fn substitute<R: Register>(word: u32) -> u32 {
    let block = u128::from(word) * 0x1_0000_0001_0000_0001_0000_0001;
    // SAFETY: the caller's promise.
    unsafe {
        let zero = R::of(0);
        u32::from_le(R::of(block.to_le()).aes_last(zero, zero).first_column())
    }
}

/// A reversed block times x, as RFC 8452, appendix A, has it.
///
/// # Safety
/// As [`Schedule::expand`].
#[inline(always)]
unsafe fn times_x<R: Register<Lane = R>>(reversed: R) -> Block {
    let mut block: Block = 0;
    // SAFETY: the caller's promise; the block is as long as a register of one lane.
    unsafe { reversed.store(core::ptr::from_mut(&mut block).cast()) };
    let block = u128::from_le(block);
    let overflow = (block >> 127).wrapping_neg();
    (block << 1 ^ overflow & (0xc2 << 120 | 1)).to_le()
}

impl Drop for Schedule {
    fn drop(&mut self) {
        // Not `zeroize`, whose many small writes take longer than making the schedule: see `with_wiped_stack`.
        self.round_keys = [0; 15];
        self.last_bytes = [0; 256];
        self.powers = [0; RUN + MAX_GROUP];
        self.middles = [0; RUN + MAX_GROUP];
        black_box(self);
    }
}
