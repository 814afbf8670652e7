//! AEGIS-128L, AEGIS-256 and their X2 and X4 variants (RFC 10032) on every kind of CPU.
//!
//! The construction ([`construction`]), what it computes from the key alone ([`schedule`]), and the treatment of a batch
//! ([`batch`], [`group`]) are written once, over a register type ([`register`]) of one or more 128-bit lanes. A lane holds one
//! AES block of the state; lanes belong to the same message (X2, X4) or to different ones, so that the wide registers work on
//! several messages at once. What an engine adds is its register type and the choice of registers for each variant.

use super::Engine;
use super::message::{Checked, Message, Open, Part, Seal};

mod batch;
mod construction;
mod group;
mod portable;
mod register;
mod schedule;

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
pub(crate) use schedule::Schedule;

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
    AesNi(x86_64_aesni::Encoding),
    #[cfg(target_arch = "x86_64")]
    Vaes256(Vaes256),
    #[cfg(target_arch = "x86_64")]
    Vaes512(x86_64_vaes512::Registers),
    #[cfg(target_arch = "aarch64")]
    Armv8(aarch64::Instructions),
}

/// How large the frames of an engine's kernels are, of those for one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(target_arch = "x86_64"), allow(dead_code))] // other CPUs have fewer engines
pub(crate) enum Frame {
    Tiny,
    Smallest,
    Small,
    Middle,
    Large,
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
                return Self::Vaes512(x86_64_vaes512::Registers::best(token));
            }
            if allowed(Engine::Vaes256)
                && let Some(token) = Vaes256::detect()
            {
                return Self::Vaes256(token);
            }
            if allowed(Engine::AesNi)
                && let Some(token) = AesNi::detect()
            {
                return Self::AesNi(x86_64_aesni::Encoding::best(token));
            }
        }
        #[cfg(target_arch = "aarch64")]
        if allowed(Engine::Armv8)
            && let Some(token) = Armv8::detect()
        {
            return Self::Armv8(aarch64::Instructions::best(token));
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

    /// How large its kernels' frames are: tiny where everything is in registers, also an end of a text, by AVX-512's masks;
    /// the smallest where it is, or passes through memory in but one lane; small where more lanes do; in the middle where the
    /// state does, too, or nobody looked; and large without any registers for the state.
    pub(crate) fn frame(self, variant: Variant) -> Frame {
        let is_one_lane = matches!(variant, Variant::Aegis128l | Variant::Aegis256);
        let is_four_lanes = matches!(variant, Variant::Aegis128x4 | Variant::Aegis256x4);
        let _ = (is_one_lane, is_four_lanes); // unused where there is no engine of x86-64
        match self {
            Self::Portable => Frame::Large,
            #[cfg(target_arch = "x86_64")]
            Self::Vaes512(_) => Frame::Tiny,
            #[cfg(target_arch = "x86_64")]
            Self::AesNi(x86_64_aesni::Encoding::Evex(..)) => Frame::Smallest,
            #[cfg(target_arch = "x86_64")]
            Self::AesNi(_) | Self::Vaes256(_) if is_one_lane => Frame::Smallest,
            #[cfg(target_arch = "x86_64")]
            Self::Vaes256(_) if is_four_lanes => Frame::Middle,
            #[cfg(target_arch = "x86_64")]
            Self::AesNi(_) | Self::Vaes256(_) => Frame::Small,
            #[cfg(target_arch = "aarch64")]
            Self::Armv8(_) => Frame::Middle,
        }
    }

    /// Seals every message.
    ///
    /// # Panics
    /// Where the nonces have a wrong length.
    pub(crate) fn seal(self, variant: Variant, schedule: &Schedule, batch: Checked<'_, Seal<'_>>) {
        self.run(variant, schedule, batch);
    }

    /// Opens every message that is authentic, and overwrites the texts of the others with zeros.
    ///
    /// # Panics
    /// As [`Backend::seal`].
    pub(crate) fn open(self, variant: Variant, schedule: &Schedule, batch: Checked<'_, Open<'_>>) {
        self.run(variant, schedule, batch);
    }

    /// What expands keys of a variant, and seals and opens one message.
    pub(crate) fn direct(self, variant: Variant) -> Direct {
        let kernels = match self {
            Self::Portable => portable::kernels(variant),
            #[cfg(target_arch = "x86_64")]
            Self::AesNi(encoding) => x86_64_aesni::kernels(encoding, variant),
            #[cfg(target_arch = "x86_64")]
            Self::Vaes256(token) => x86_64_vaes256::kernels(token, variant),
            #[cfg(target_arch = "x86_64")]
            Self::Vaes512(registers) => x86_64_vaes512::kernels(registers, variant),
            #[cfg(target_arch = "aarch64")]
            Self::Armv8(instructions) => aarch64::kernels(instructions, variant),
        };
        Direct { kernels, key_length: variant.key_length() }
    }

    fn run<M: Message>(self, variant: Variant, schedule: &Schedule, batch: Checked<'_, M>) {
        // What the kernels rely on, besides the lengths of texts: no mistake elsewhere can break memory safety.
        assert!(batch.nonce_length().is_none_or(|length| length == variant.key_length()));
        match self {
            Self::Portable => portable::run(variant, schedule, batch),
            #[cfg(target_arch = "x86_64")]
            Self::AesNi(encoding) => x86_64_aesni::run(encoding, variant, schedule, batch),
            #[cfg(target_arch = "x86_64")]
            Self::Vaes256(token) => x86_64_vaes256::run(token, variant, schedule, batch),
            #[cfg(target_arch = "x86_64")]
            Self::Vaes512(registers) => x86_64_vaes512::run(registers, variant, schedule, batch),
            #[cfg(target_arch = "aarch64")]
            Self::Armv8(instructions) => aarch64::run(instructions, variant, schedule, batch),
        }
    }
}

/// What is called through pointers, found once for a key: one short message would feel the search.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Direct {
    kernels: batch::Kernels,
    key_length: usize,
}

impl Direct {
    /// Computes what depends on the key alone.
    ///
    /// # Panics
    /// Where the key has a wrong length.
    pub(crate) fn expand(&self, key: &[u8], schedule: &mut Schedule) {
        assert!(key.len() == self.key_length);
        // SAFETY: a backend is the proof that the CPU runs it; the length is as it must be.
        unsafe { (self.kernels.expand)(key, schedule) };
    }

    /// Seals one message.
    ///
    /// # Panics
    /// Where the nonce has a wrong length.
    #[inline(always)]
    pub(crate) fn seal_one(&self, schedule: &Schedule, message: Part<'_, Seal<'_>>) {
        assert!(message.nonce_length() == self.key_length);
        // SAFETY: as above.
        unsafe { (self.kernels.seal_one)(schedule, message) };
    }

    /// Opens one message if it is authentic, and otherwise overwrites its text with zeros.
    ///
    /// # Panics
    /// As [`Direct::seal_one`].
    #[inline(always)]
    pub(crate) fn open_one(&self, schedule: &Schedule, message: Part<'_, Open<'_>>) {
        assert!(message.nonce_length() == self.key_length);
        // SAFETY: as above.
        unsafe { (self.kernels.open_one)(schedule, message) };
    }
}

#[cfg(all(test, pagecrypt_models))]
mod models;
#[cfg(test)]
mod tests;
