//! AES-GCM (NIST SP 800-38D): which engine serves a key, chosen once, when the key is made.

use super::Cipher;
use crate::aead::{Open, Seal};
use crate::engine::Engine;
use crate::engine::gcm::Backend;

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
        self.backend.seal(batch);
    }

    pub(super) fn open_batch(&self, batch: &mut [Open<'_>]) {
        self.backend.open(batch);
    }
}
