//! What the initialization of a state computes from the key alone.
//!
//! RFC 10032 has no key schedule: a state is made of key and nonce, and updated 10 times (AEGIS-128L) or 16 (AEGIS-256). But a nonce
//! reaches few of its words at first, and most of those only by addition, so that the rounds behind them are the same for all
//! messages under a key: 15 of 80 for each lane, or 11 of 96, are done once, when the key is made.

#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
use core::arch::asm;
use core::hint::black_box;

use super::register::{MAX_MESSAGES, Register};

/// The most words that a family has in it.
const MAX_WORDS: usize = 14;

/// The most lanes of a message.
const MAX_DEGREE: usize = 4;

const ZERO: [[u8; 16]; MAX_WORDS * MAX_DEGREE] = [[0; 16]; MAX_WORDS * MAX_DEGREE];

/// Words of every lane of a message, those of one word side by side. Which ones is up to [`super::construction`].
#[repr(C, align(64))]
pub(crate) struct Schedule([[u8; 16]; MAX_WORDS * MAX_DEGREE]);

impl Schedule {
    pub(crate) const ZERO: Self = Self(ZERO);

    /// So many words, for the lanes of each message from `first_lane` on.
    ///
    /// # Safety
    /// The CPU has the register's instructions.
    #[inline(always)]
    pub(super) unsafe fn load<R: Register, const D: usize, const N: usize>(
        &self,
        first_lane: usize,
    ) -> [R; N] {
        const { assert!(N <= MAX_WORDS && D <= MAX_DEGREE) };
        let start = unknown(self.0.as_ptr().cast());
        // SAFETY: there is room for so many. Every message reads its lanes from the same place, or those that are left.
        unsafe {
            let mut words = [R::broadcast(start); N];
            let mut word = 0;
            while word < N {
                let place = start.add(16 * D * word);
                words[word] = if D == 1 {
                    R::broadcast(place)
                } else {
                    R::load::<D>(&[place; MAX_MESSAGES], 16 * first_lane, 0)
                };
                word += 1;
            }
            words
        }
    }

    /// Stores so many words, for the lanes of one message from `first_lane` on.
    ///
    /// # Safety
    /// There are as many lanes.
    #[inline(always)]
    pub(super) unsafe fn store<R: Register, const D: usize, const N: usize>(
        &mut self,
        words: [R; N],
        first_lane: usize,
    ) {
        const { assert!(N <= MAX_WORDS && D <= MAX_DEGREE) };
        let start = self.0.as_mut_ptr().cast::<u8>();
        for (word, register) in words.into_iter().enumerate() {
            // SAFETY: there is room for so many; the caller's promise.
            unsafe { register.store::<D>(&[start.add(16 * D * word); MAX_MESSAGES], 16 * first_lane, 0) };
        }
    }
}

/// The same pointer, of which the compiler knows nothing more: else it reads the words once for all groups of a batch, and while
/// texts are worked on they fill the registers, or the stack.
#[inline(always)]
fn unknown(pointer: *const u8) -> *const u8 {
    #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
    {
        let mut pointer = pointer;
        // SAFETY: no instruction, and nothing but a register. Not pure, or it would be done once for all groups itself.
        unsafe { asm!("/* {0} */", inout(reg) pointer, options(readonly, nostack, preserves_flags)) };
        pointer
    }
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    pointer
}

impl Drop for Schedule {
    fn drop(&mut self) {
        // Not `zeroize`, whose many small writes take longer than making the schedule: see `with_wiped_stack`.
        self.0 = ZERO;
        black_box(self);
    }
}
