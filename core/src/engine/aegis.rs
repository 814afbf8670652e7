//! AEGIS-128L, AEGIS-256 and their X2 and X4 variants (RFC 10032) on every kind of CPU.
//!
//! The construction ([`construction`]) and the treatment of a batch ([`batch`]) are written once, over a register type
//! ([`register`]) of one or more 128-bit lanes. A lane holds one AES block of the state; lanes belong to the same
//! message (X2, X4) or to different ones, so that the wide registers work on several messages at once. What an engine
//! adds is its register type and the choice of registers for each variant.

use super::Engine;
use super::message::{Message, Open, Seal};

mod batch;
mod construction;
mod portable;
mod register;

#[cfg(target_arch = "aarch64")]
mod aarch64;
#[cfg(target_arch = "x86_64")]
mod x86_64_aesni;
#[cfg(target_arch = "x86_64")]
mod x86_64_vaes256;
#[cfg(target_arch = "x86_64")]
mod x86_64_vaes512;

#[cfg(target_arch = "aarch64")]
use super::detect::Armv8;
#[cfg(target_arch = "x86_64")]
use super::detect::{AesNi, Vaes256, Vaes512};

/// The variants of the construction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Variant {
    Aegis128l,
    Aegis128x2,
    Aegis128x4,
    Aegis256,
    Aegis256x2,
    Aegis256x4,
}

impl Variant {
    /// Length of a key, and of a nonce, in bytes.
    fn key_length(self) -> usize {
        match self {
            Self::Aegis128l | Self::Aegis128x2 | Self::Aegis128x4 => 16,
            Self::Aegis256 | Self::Aegis256x2 | Self::Aegis256x4 => 32,
        }
    }
}

/// An engine, with the proof that this CPU runs it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Backend {
    Portable,
    #[cfg(target_arch = "x86_64")]
    AesNi(AesNi),
    #[cfg(target_arch = "x86_64")]
    Vaes256(Vaes256),
    #[cfg(target_arch = "x86_64")]
    Vaes512(Vaes512),
    #[cfg(target_arch = "aarch64")]
    Armv8(Armv8),
}

impl Backend {
    /// The best that runs here and is not above `ceiling`.
    pub(crate) fn best(ceiling: Option<Engine>) -> Self {
        let allowed = |engine: Engine| ceiling.is_none_or(|ceiling| engine <= ceiling);
        #[cfg(target_arch = "x86_64")]
        {
            if allowed(Engine::Vaes512)
                && let Some(token) = Vaes512::detect()
            {
                return Self::Vaes512(token);
            }
            if allowed(Engine::Vaes256)
                && let Some(token) = Vaes256::detect()
            {
                return Self::Vaes256(token);
            }
            if allowed(Engine::AesNi)
                && let Some(token) = AesNi::detect()
            {
                return Self::AesNi(token);
            }
        }
        #[cfg(target_arch = "aarch64")]
        if allowed(Engine::Armv8)
            && let Some(token) = Armv8::detect()
        {
            return Self::Armv8(token);
        }
        let _ = allowed; // unused where there is only the portable engine
        Self::Portable
    }

    pub(crate) fn engine(self) -> Engine {
        match self {
            Self::Portable => Engine::Portable,
            #[cfg(target_arch = "x86_64")]
            Self::AesNi(_) => Engine::AesNi,
            #[cfg(target_arch = "x86_64")]
            Self::Vaes256(_) => Engine::Vaes256,
            #[cfg(target_arch = "x86_64")]
            Self::Vaes512(_) => Engine::Vaes512,
            #[cfg(target_arch = "aarch64")]
            Self::Armv8(_) => Engine::Armv8,
        }
    }

    /// Seals every message.
    ///
    /// # Panics
    /// Where key, nonces or texts have wrong lengths: [`crate::cipher`] has checked them.
    pub(crate) fn seal(self, variant: Variant, key: &[u8], messages: &mut [Seal<'_>]) {
        self.run(variant, key, messages);
    }

    /// Opens every message that is authentic, and overwrites the texts of the others with zeros.
    ///
    /// # Panics
    /// As [`Backend::seal`].
    pub(crate) fn open(self, variant: Variant, key: &[u8], messages: &mut [Open<'_>]) {
        self.run(variant, key, messages);
    }

    fn run<M: Message>(self, variant: Variant, key: &[u8], messages: &mut [M]) {
        // What the kernels rely on. It costs a nanosecond a message, and no mistake elsewhere can break memory safety.
        assert_eq!(key.len(), variant.key_length());
        for message in messages.iter() {
            let (read, written) = message.text_lengths();
            assert!(message.given().0.len() == key.len() && read == written);
        }
        match self {
            Self::Portable => portable::run(variant, key, messages),
            #[cfg(target_arch = "x86_64")]
            Self::AesNi(token) => x86_64_aesni::run(token, variant, key, messages),
            #[cfg(target_arch = "x86_64")]
            Self::Vaes256(token) => x86_64_vaes256::run(token, variant, key, messages),
            #[cfg(target_arch = "x86_64")]
            Self::Vaes512(token) => x86_64_vaes512::run(token, variant, key, messages),
            #[cfg(target_arch = "aarch64")]
            Self::Armv8(token) => aarch64::run(token, variant, key, messages),
        }
    }
}

#[cfg(test)]
mod tests;
