//! AEGIS (RFC 10032): which engine serves a key, chosen once, when the key is made.

use super::Cipher;
use crate::aead::{Open, Seal};
use crate::engine::Engine;
use crate::engine::aegis::{Backend, Direct, Frame, Schedule, Variant};
use crate::engine::message::{Checked, Part};
use crate::engine::stack::{Wipe, wipe_below};

/// How much of the stack a call into an engine uses at most, in bytes, with room to spare. A message that is alone pays for
/// every byte of it that is wiped, so there are steps; overflow checks need more.
const LARGE_STACK: usize = 12288;
const STACK_FOR_SEVERAL: usize = if cfg!(debug_assertions) { LARGE_STACK } else { 2048 };
const MIDDLE_STACK: usize = if cfg!(debug_assertions) { LARGE_STACK } else { 1280 };
const SMALL_STACK: usize = if cfg!(debug_assertions) { LARGE_STACK } else { 768 };
const SMALLEST_STACK: usize = if cfg!(debug_assertions) { LARGE_STACK } else { 384 };
const TINY_STACK: usize = if cfg!(debug_assertions) { LARGE_STACK } else { 192 }; // `.ci/machine_code.py` knows it

/// A variant and its engine, with what it computed from the key.
pub(super) struct Context {
    variant: Variant,
    backend: Backend,
    direct: Direct,
    wipe_after_one: Wipe,
    schedule: Schedule,
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
        let backend = Backend::best(ceiling);
        let wipe_after_one = match backend.frame(variant) {
            Frame::Tiny => Wipe::of::<TINY_STACK>(),
            Frame::Smallest => Wipe::of::<SMALLEST_STACK>(),
            Frame::Small => Wipe::of::<SMALL_STACK>(),
            Frame::Middle => Wipe::of::<MIDDLE_STACK>(),
            Frame::Large => Wipe::of::<LARGE_STACK>(),
        };
        let direct = backend.direct(variant);
        Some(Self { variant, backend, direct, wipe_after_one, schedule: Schedule::ZERO })
    }

    pub(super) fn engine(&self) -> Engine {
        self.backend.engine()
    }

    /// `key` has the cipher's length.
    pub(super) fn expand(&mut self, key: &[u8]) {
        self.direct.expand(key, &mut self.schedule);
        self.wipe_stack();
    }

    #[inline(always)]
    pub(super) fn seal_one(&self, message: Part<'_, Seal<'_>>) {
        self.direct.seal_one(&self.schedule, message);
        self.wipe_after_one.below();
    }

    #[inline(always)]
    pub(super) fn open_one(&self, message: Part<'_, Open<'_>>) {
        self.direct.open_one(&self.schedule, message);
        self.wipe_after_one.below();
    }

    pub(super) fn seal_batch(&self, batch: Checked<'_, Seal<'_>>) {
        self.backend.seal(self.variant, &self.schedule, batch);
        self.wipe_stack();
    }

    pub(super) fn open_batch(&self, batch: Checked<'_, Open<'_>>) {
        self.backend.open(self.variant, &self.schedule, batch);
        self.wipe_stack();
    }

    /// Wipes what the kernels may have left behind for several messages.
    #[inline(always)]
    fn wipe_stack(&self) {
        match self.backend.frame(self.variant) {
            Frame::Large => wipe_below::<LARGE_STACK>(),
            _ => wipe_below::<STACK_FOR_SEVERAL>(),
        }
    }
}
