//! AEGIS (RFC 10032): which engine serves a key, chosen once, when the key is made.

use super::Cipher;
use crate::aead::{Open, Seal};
use crate::engine::Engine;
use crate::engine::aegis::{Backend, Variant};

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

    pub(super) fn seal_batch(&self, key: &[u8], batch: &mut [Seal<'_>]) {
        self.backend.seal(self.variant, key, batch);
    }

    pub(super) fn open_batch(&self, key: &[u8], batch: &mut [Open<'_>]) {
        self.backend.open(self.variant, key, batch);
    }
}
