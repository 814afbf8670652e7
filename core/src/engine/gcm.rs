//! AES-GCM (NIST SP 800-38D) on every kind of CPU that multiplies polynomials.

use super::Engine;
use super::message::{Open, Seal};

/// A key's schedule and the engine that works with it.
pub(crate) enum Backend {}

impl Backend {
    /// The best that runs here and is not above `ceiling`; none where the portable crate serves.
    pub(crate) fn best(_ceiling: Option<Engine>) -> Option<Self> {
        None
    }

    pub(crate) fn engine(&self) -> Engine {
        match *self {}
    }

    /// Computes what depends on the key alone: 16 or 32 bytes.
    pub(crate) fn expand(&mut self, _key: &[u8]) {
        match *self {}
    }

    pub(crate) fn seal(&self, _messages: &mut [Seal<'_>]) {
        match *self {}
    }

    pub(crate) fn open(&self, _messages: &mut [Open<'_>]) {
        match *self {}
    }
}
