//! AEGIS (RFC 10032): which engine serves a key, chosen once, when the key is made.

use super::Cipher;
use crate::aead::{Open, Seal};
use crate::engine::Engine;
use crate::engine::aegis::{Backend, Frame, Variant};
use crate::engine::message::Checked;
use crate::engine::stack::wipe_below;

/// How much of the stack a call into an engine uses at most, in bytes, with room to spare. A message that is alone pays for
/// every byte of it that is wiped, so there are steps; overflow checks need more.
const LARGE_STACK: usize = 8192;
const STACK_FOR_SEVERAL: usize = if cfg!(debug_assertions) { LARGE_STACK } else { 2048 };
const MIDDLE_STACK: usize = if cfg!(debug_assertions) { LARGE_STACK } else { 1280 };
const SMALL_STACK: usize = if cfg!(debug_assertions) { LARGE_STACK } else { 768 };
const SMALLEST_STACK: usize = if cfg!(debug_assertions) { LARGE_STACK } else { 384 };

/// A variant and its engine. There are no round keys: AEGIS works on the raw key.
pub(super) struct Context {
    variant: Variant,
    backend: Backend,
}

impl Context {
    /// The best engine that is not above `ceiling`; nothing for ciphers of other families.
    pub(super) fn choose(cipher: Cipher, ceiling: Option<Engine>) -> Option<Self> {
        let variant = match cipher {
            Cipher::Aegis128l => Variant::Aegis128l,
            Cipher::Aegis128x2 => Variant::Aegis128x2,
            Cipher::Aegis128x4 => Variant::Aegis128x4,
            Cipher::Aegis256 => Variant::Aegis256,
            Cipher::Aegis256x2 => Variant::Aegis256x2,
            Cipher::Aegis256x4 => Variant::Aegis256x4,
            _ => return None,
        };
        Some(Self { variant, backend: Backend::best(ceiling) })
    }

    pub(super) fn engine(&self) -> Engine {
        self.backend.engine()
    }

    pub(super) fn seal_batch(&self, key: &[u8], batch: Checked<'_, Seal<'_>>) {
        let messages = batch.len();
        self.backend.seal(self.variant, key, batch);
        self.wipe_stack(messages);
    }

    pub(super) fn open_batch(&self, key: &[u8], batch: Checked<'_, Open<'_>>) {
        let messages = batch.len();
        self.backend.open(self.variant, key, batch);
        self.wipe_stack(messages);
    }

    /// Wipes what the kernels may have left behind for this many messages.
    #[inline(always)]
    fn wipe_stack(&self, messages: usize) {
        match (self.backend.frame(self.variant), messages) {
            (Frame::Smallest, 1) => wipe_below::<SMALLEST_STACK>(),
            (Frame::Small, 1) => wipe_below::<SMALL_STACK>(),
            (Frame::Middle, 1) => wipe_below::<MIDDLE_STACK>(),
            (Frame::Large, _) => wipe_below::<LARGE_STACK>(),
            _ => wipe_below::<STACK_FOR_SEVERAL>(),
        }
    }
}
