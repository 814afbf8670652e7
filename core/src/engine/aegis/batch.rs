//! A batch of messages: which of them are worked on together.

use super::construction::{Family, State};
use super::group;
use super::register::{MAX_MESSAGES, Register};
use super::schedule::Schedule;
use crate::engine::message::{Message, Open, Part, Seal};

/// How many messages are put in order at once.
const WINDOW: usize = 64;

/// Calls kernels for the variant, with the two registers that the table names for it: the first holds one message, the
/// second as many as are worked on together. A message that is left over, like one that is alone, is better off in a
/// kernel of its own, which also uses less of the stack.
macro_rules! by_variant {
    ($kernel:ident, $variant:expr, $schedule:expr, $batch:expr, {
        $($name:ident => $family:ty, $rate:literal, $degree:literal, $one:ty, $many:ty;)*
    }) => {
        match $variant {
            $($crate::engine::aegis::Variant::$name => {
                let parts = $batch.split($crate::engine::aegis::batch::together::<$many, $degree>());
                if !parts.groups.is_empty() {
                    $kernel::alike::<$family, $rate, $degree, $many, M, true>($schedule, parts.groups);
                }
                if !parts.others.is_empty() && parts.alike {
                    $kernel::alike::<$family, $rate, $degree, $many, M, false>($schedule, parts.others);
                } else if !parts.others.is_empty() {
                    $kernel::mixed::<$family, $rate, $degree, $one, $many, M>($schedule, parts.others);
                }
                if !parts.one.is_empty() {
                    $kernel::one::<$family, $rate, $degree, $one, M>($schedule, parts.one);
                }
            })*
        }
    };
}
pub(super) use by_variant;

/// The kernels that are called through pointers, from the same table.
macro_rules! kernels_by_variant {
    ($kernel:ident, $variant:expr, {
        $($name:ident => $family:ty, $rate:literal, $degree:literal, $one:ty, $many:ty;)*
    }) => {
        match $variant {
            $($crate::engine::aegis::Variant::$name => $crate::engine::aegis::batch::Kernels {
                expand: $kernel::expand::<$family, $rate, $degree, $one>,
                seal_one: $kernel::seal_one::<$family, $rate, $degree, $one>,
                open_one: $kernel::open_one::<$family, $rate, $degree, $one>,
            },)*
        }
    };
}
pub(super) use kernels_by_variant;

/// Kernels that are called through pointers: what expands a key, and what seals and opens one message.
///
/// # Safety
/// Of calling one: the CPU has the features of its registers. The key or the nonce has the family's length.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kernels {
    pub(super) expand: unsafe fn(&[u8], &mut Schedule),
    pub(super) seal_one: unsafe fn(&Schedule, Part<'_, Seal<'_>>),
    pub(super) open_one: unsafe fn(&Schedule, Part<'_, Open<'_>>),
}

/// Kernels with these features of the CPU, which are those of the registers that they are called with: a module of
/// `one`, `alike` and `mixed`, which are [`run_one`], [`run_alike`] and [`run_mixed`]. Each stays a function of its own, also where
/// whoever calls it is compiled for the same features: [`wipe_below`](crate::engine::stack::wipe_below) relies on it.
macro_rules! kernel {
    ($name:ident $(, #[$attribute:meta])?) => {
        mod $name {
            use crate::engine::aegis::batch;
            use crate::engine::aegis::construction::Family;
            use crate::engine::aegis::register::Register;
            use crate::engine::aegis::schedule::Schedule;
            use crate::engine::message::{Message, Open, Part, Seal};

            /// [`one`] as a pointer to it may be had, whatever the message borrows.
            ///
            /// # Safety
            /// [`batch::Kernels`]
            #[allow(unused_unsafe)] // where kernels need no features
            pub(super) unsafe fn seal_one<F, const RATE: usize, const D: usize, R>(
                schedule: &Schedule,
                message: Part<'_, Seal<'_>>,
            ) where
                F: Family<RATE>,
                R: Register,
            {
                // SAFETY: the caller's promise.
                unsafe { one::<F, RATE, D, R, _>(schedule, message) };
            }

            /// As [`seal_one`].
            ///
            /// # Safety
            /// [`batch::Kernels`]
            #[allow(unused_unsafe)]
            pub(super) unsafe fn open_one<F, const RATE: usize, const D: usize, R>(
                schedule: &Schedule,
                message: Part<'_, Open<'_>>,
            ) where
                F: Family<RATE>,
                R: Register,
            {
                // SAFETY: the caller's promise.
                unsafe { one::<F, RATE, D, R, _>(schedule, message) };
            }

            $(#[$attribute])?
            #[inline(never)]
            pub(super) fn expand<F, const RATE: usize, const D: usize, R>(key: &[u8], schedule: &mut Schedule)
            where
                F: Family<RATE>,
                R: Register,
            {
                // SAFETY: this function's features are those of the register; `Direct::expand` has checked the length.
                unsafe { batch::run_expand::<F, RATE, D, R>(key, schedule) };
            }

            $(#[$attribute])?
            #[inline(never)]
            pub(super) fn one<F, const RATE: usize, const D: usize, R, M>(schedule: &Schedule, message: Part<'_, M>)
            where
                F: Family<RATE>,
                R: Register,
                M: Message,
            {
                // SAFETY: this function's features are those of the registers; `Backend::run` has checked the lengths.
                unsafe { batch::run_one::<F, RATE, D, R, M>(schedule, message) };
            }

            $(#[$attribute])?
            #[inline(never)]
            pub(super) fn alike<F, const RATE: usize, const D: usize, R, M, const FULL: bool>(
                schedule: &Schedule,
                messages: Part<'_, M>,
            ) where
                F: Family<RATE>,
                R: Register,
                M: Message,
            {
                // SAFETY: as above.
                unsafe { batch::run_alike::<F, RATE, D, R, M, FULL>(schedule, messages) };
            }

            $(#[$attribute])?
            #[inline(never)]
            pub(super) fn mixed<F, const RATE: usize, const D: usize, One, Many, M>(
                schedule: &Schedule,
                messages: Part<'_, M>,
            ) where
                F: Family<RATE>,
                One: Register,
                Many: Register,
                M: Message,
            {
                // SAFETY: as above.
                unsafe { batch::run_mixed::<F, RATE, D, One, Many, M>(schedule, messages) };
            }
        }
    };
}
pub(super) use kernel;

/// How many messages a register holds: one, where it holds but a part of it.
pub(super) const fn together<R: Register, const D: usize>() -> usize {
    if R::LANES > D { R::LANES / D } else { 1 }
}

/// Computes what depends on the key alone.
///
/// # Safety
/// The CPU has the register's instructions. `key` has the family's length. `R` holds one message, or a part of it.
#[inline(always)]
pub(super) unsafe fn run_expand<F, const RATE: usize, const D: usize, R>(key: &[u8], schedule: &mut Schedule)
where
    F: Family<RATE>,
    R: Register,
{
    const { assert!(R::LANES <= D) };
    debug_assert!(key.len() == F::KEY_LENGTH);
    for first_lane in (0..D).step_by(R::LANES) {
        // SAFETY: the caller's promise.
        unsafe { F::State::<R>::expand::<D>(key.as_ptr(), schedule, first_lane) };
    }
}

/// Seals or opens one message. Not a group of one, for what compilers know to be done once for all groups they put on the
/// stack.
///
/// # Safety
/// The CPU has the register's instructions. The nonce has the family's length. `R` holds one message.
#[inline(always)]
pub(super) unsafe fn run_one<F, const RATE: usize, const D: usize, R, M>(
    schedule: &Schedule,
    message: Part<'_, M>,
) where
    F: Family<RATE>,
    R: Register,
    M: Message,
{
    #[cfg(test)]
    super::tests::count_kernel_call();
    if let [message] = message.into_messages() {
        // SAFETY: the caller's promise; whoever made the batch has compared the lengths of texts.
        unsafe {
            group::run_alike::<F, RATE, D, R, M, true>(schedule, core::slice::from_mut(message), &mut [])
        };
    }
}

/// Seals or opens messages in groups that fill a register of type `R`, those of a group alike, or one by one where it does
/// not hold more; or, if they are not `FULL`, fewer than fill it, which are alike.
///
/// # Safety
/// The CPU has the register's instructions. The nonces have the family's length.
#[inline(always)]
pub(super) unsafe fn run_alike<F, const RATE: usize, const D: usize, R, M, const FULL: bool>(
    schedule: &Schedule,
    messages: Part<'_, M>,
) where
    F: Family<RATE>,
    R: Register,
    M: Message,
{
    #[cfg(test)]
    super::tests::count_kernel_call();
    let mut rest = messages.into_messages();
    while !rest.is_empty() {
        let (group, others) = rest.split_at_mut(if FULL { together::<R, D>() } else { rest.len() });
        // SAFETY: the caller's promise; whoever made the batch has compared the lengths of texts.
        unsafe { group::run_alike::<F, RATE, D, R, M, FULL>(schedule, group, others) };
        rest = others;
    }
}

/// Seals or opens a batch: messages of about the same lengths in groups that fill a register of type `Many`.
///
/// # Safety
/// The CPU has the instructions of both registers. The nonces have the family's length. `One` holds one
/// message, and `Many` several.
#[inline(always)]
pub(super) unsafe fn run_mixed<F, const RATE: usize, const D: usize, One, Many, M>(
    schedule: &Schedule,
    messages: Part<'_, M>,
) where
    F: Family<RATE>,
    One: Register,
    Many: Register,
    M: Message,
{
    #[cfg(test)]
    super::tests::count_kernel_call();
    let full = together::<Many, D>();
    for window in messages.into_messages().chunks_mut(WINDOW / full * full) {
        let count = window.len();
        let order = by_length(window);
        // A message that stands in two slots, of four, stands in the first two or in the last two.
        let slots_from = |start: usize| {
            let mut slots = [0; MAX_MESSAGES];
            for (slot, index) in slots.iter_mut().enumerate().take(full) {
                *index = usize::from(order[start + slot * full.min(count - start) / full]);
            }
            slots
        };
        let mut next = slots_from(0);
        for start in (0..count).step_by(full) {
            let slots = next;
            if count - start > full {
                next = slots_from(start + full);
            }
            // SAFETY: the caller's promise; whoever made the batch has compared the lengths of texts.
            unsafe { group::run_mixed::<F, RATE, D, One, Many, M>(schedule, window, slots, next) };
        }
    }
}

/// The indices of messages in the order of the lengths of their texts and then of their associated data.
#[inline(never)]
fn by_length<M: Message>(messages: &[M]) -> [u8; WINDOW] {
    let mut keys = [0_u64; WINDOW];
    for ((index, message), key) in messages.iter().enumerate().zip(&mut keys) {
        let (text, data) = (message.text_lengths().0 as u64, message.given().1.len() as u64);
        *key = (text.min((1 << 48) - 1) << 16) | (data.min(0xff) << 8) | index as u64;
    }
    keys[..messages.len()].sort_unstable();
    keys.map(|key| (key & 0xff) as u8)
}
