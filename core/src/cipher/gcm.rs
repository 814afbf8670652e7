//! AES-GCM (NIST SP 800-38D): which engine serves a key, chosen once, when the key is made.

use super::Cipher;
use crate::aead::{Open, Seal};
use crate::engine::Engine;
use crate::engine::gcm::{Backend, Way};
use crate::engine::stack::with_wiped_stack;

/// The engine, with what it computed from the key.
pub(super) struct Context {
    backend: Backend,
}

impl Context {
    /// The best engine that is not above `ceiling`; nothing for other ciphers and where none runs.
    pub(super) fn choose(cipher: Cipher, ceiling: Option<Engine>) -> Option<Self> {
        match cipher {
            Cipher::Aes128Gcm | Cipher::Aes256Gcm => Backend::best(ceiling).map(|backend| Self { backend }),
            _ => None,
        }
    }

    pub(super) fn engine(&self) -> Engine {
        self.backend.engine()
    }

    /// `key` has the cipher's length.
    pub(super) fn expand(&mut self, key: &[u8]) {
        self.backend.expand(key);
    }

    pub(super) fn seal_batch(&self, batch: &mut [Seal<'_>]) {
        let first = batch.first().map_or(0, |message| message.text.len());
        self.with_stack_for(batch.len(), first, || self.backend.seal(batch));
    }

    pub(super) fn open_batch(&self, batch: &mut [Open<'_>]) {
        let first = batch.first().map_or(0, |message| message.text.len());
        self.with_stack_for(batch.len(), first, || self.backend.open(batch));
    }

    /// Does the work on so many messages, the first of that length, and overwrites what it used of the stack. For one short
    /// message that takes a good part of the time, so no more is overwritten than its engine may have used.
    fn with_stack_for(&self, messages: usize, first: usize, work: impl FnOnce()) {
        match (messages, self.backend.way(first)) {
            (SIDE_BY_SIDE.., _) => with_wiped_stack::<STACK, _>(work),
            (1, Way::Alone8) => with_wiped_stack::<STACK_FOR_ALONE_8, _>(work),
            (1, Way::Alone16) => with_wiped_stack::<STACK_FOR_ALONE_16, _>(work),
            _ if self.engine() <= Engine::AesNi => with_wiped_stack::<STACK_FOR_FEW_AESNI, _>(work),
            _ => with_wiped_stack::<STACK_FOR_FEW, _>(work),
        }
    }
}

/// From how many messages on some may go side by side.
const SIDE_BY_SIDE: usize = 8;

/// How much of the stack the kernels use at most, in bytes, with room to spare: for messages side by side (7.1 KiB), for a few, which
/// go one after the other in registers of 64 or 32 bytes (1.8 KiB) or of 16 (1.1 KiB), and for one that is in registers at
/// once.
const STACK: usize = if cfg!(debug_assertions) { 12288 } else { 8192 };
const STACK_FOR_FEW: usize = if cfg!(debug_assertions) { 4096 } else { 2048 };
const STACK_FOR_ALONE_8: usize = if cfg!(debug_assertions) { 4096 } else { 640 };
const STACK_FOR_ALONE_16: usize = if cfg!(debug_assertions) { 4096 } else { 1280 };
const STACK_FOR_FEW_AESNI: usize = if cfg!(debug_assertions) { 4096 } else { 1280 };
