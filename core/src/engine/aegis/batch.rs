//! A batch of messages: which of them are worked on together.

use super::construction::Family;
use super::group;
use super::register::{MAX_MESSAGES, Register};
use crate::engine::message::{Checked, Message};

/// How many messages are put in order at once.
const WINDOW: usize = 64;

/// Calls a kernel for the variant, with the two registers that the table names for it: the first holds one message, the
/// second as many as are worked on together. A message that is left over, like one that is alone, is better off in a
/// kernel of its own, which also uses less of the stack.
macro_rules! by_variant {
    ($kernel:ident, $variant:expr, $key:expr, $batch:expr, {
        $($name:ident => $family:ty, $rate:literal, $degree:literal, $one:ty, $many:ty;)*
    }) => {
        match $variant {
            $($crate::engine::aegis::Variant::$name => {
                let (many, one) = $batch.split($crate::engine::aegis::batch::together::<$many, $degree>());
                if many.len() > 0 {
                    $kernel::<$family, $rate, $degree, $one, $many, M>($key, many);
                }
                if one.len() > 0 {
                    $kernel::<$family, $rate, $degree, $one, $one, M>($key, one);
                }
            })*
        }
    };
}
pub(super) use by_variant;

/// A kernel with these features of the CPU, which are those of the registers that it is called with.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
macro_rules! kernel {
    ($name:ident, $features:literal) => {
        #[target_feature(enable = $features)]
        fn $name<F, const RATE: usize, const D: usize, One, Many, M>(key: &[u8], batch: Checked<'_, M>)
        where
            F: Family<RATE>,
            One: Register,
            Many: Register,
            M: Message,
        {
            // SAFETY: this function's features are those of the registers; `Backend::run` has checked the lengths.
            unsafe { batch::run::<F, RATE, D, One, Many, M>(key, batch) };
        }
    };
}
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
pub(super) use kernel;

/// How many messages a register holds: one, where it holds but a part of it.
pub(super) const fn together<R: Register, const D: usize>() -> usize {
    if R::LANES > D { R::LANES / D } else { 1 }
}

/// Seals or opens a batch: messages of about the same lengths in groups that fill a register of type `Many`.
///
/// # Safety
/// The CPU has the instructions of both registers. `key` and the nonces have the family's length. `One` holds one
/// message, if `Many` holds several.
#[inline(always)]
pub(super) unsafe fn run<F, const RATE: usize, const D: usize, One, Many, M>(
    key: &[u8],
    batch: Checked<'_, M>,
) where
    F: Family<RATE>,
    One: Register,
    Many: Register,
    M: Message,
{
    #[cfg(test)]
    super::tests::count_kernel_call();
    let full = together::<Many, D>();
    if full == 1 {
        let messages = batch.into_messages();
        for index in 0..messages.len() {
            let next = usize::min(index + 1, messages.len() - 1);
            // SAFETY: the caller's promise; whoever made the batch has compared the lengths of texts.
            unsafe {
                group::run::<F, RATE, D, One, Many, M>(
                    key,
                    messages,
                    [index; MAX_MESSAGES],
                    [next; MAX_MESSAGES],
                );
            }
        }
        return;
    }
    for window in batch.into_messages().chunks_mut(WINDOW / full * full) {
        let count = window.len();
        let alike = have_same_lengths(window);
        let mut order = GIVEN_ORDER;
        if !alike {
            by_length(window, &mut order);
        }
        // A message that stands in two slots, of four, stands in the first two or in the last two.
        let slots_from = |start: usize| {
            let mut slots = [0; MAX_MESSAGES];
            for (slot, index) in slots.iter_mut().enumerate().take(full) {
                let position = start + slot * full.min(count - start) / full;
                *index = if alike { position } else { usize::from(order[position]) };
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
            unsafe { group::run::<F, RATE, D, One, Many, M>(key, window, slots, next) };
        }
    }
}

/// Whether all texts have one length, and all associated data. Stops at the first that differs, so that compilers do not
/// gather lengths from everywhere into wide registers, which takes longer than to look at them one by one.
#[inline(always)]
fn have_same_lengths<M: Message>(messages: &[M]) -> bool {
    let lengths = |message: &M| (message.text_lengths().0, message.given().1.len());
    let Some(first) = messages.first().map(lengths) else { return true };
    messages.iter().all(|message| lengths(message) == first)
}

type Order = [u8; WINDOW];

const GIVEN_ORDER: Order = {
    let mut order = [0; WINDOW];
    let mut i = 0;
    while i < WINDOW {
        order[i] = i as u8;
        i += 1;
    }
    order
};

/// Orders the indices of messages by the lengths of their texts and then of their associated data.
#[inline(never)]
fn by_length<M: Message>(messages: &[M], order: &mut Order) {
    let mut keys = [0_u64; WINDOW];
    for ((index, message), key) in messages.iter().enumerate().zip(&mut keys) {
        let (text, data) = (message.text_lengths().0 as u64, message.given().1.len() as u64);
        *key = (text.min((1 << 48) - 1) << 16) | (data.min(0xff) << 8) | index as u64;
    }
    let keys = &mut keys[..messages.len()];
    keys.sort_unstable();
    for (index, key) in order.iter_mut().zip(keys) {
        *index = (*key & 0xff) as u8;
    }
}
