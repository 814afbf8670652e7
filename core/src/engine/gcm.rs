//! AES-GCM (NIST SP 800-38D) on every kind of CPU that multiplies polynomials.
//!
//! Everything is written once, over a register type ([`register`]) of one or more 128-bit lanes: what is computed from
//! the key ([`schedule`]), the hash ([`hash`]), the rounds of AES with the hash between them ([`rounds`]), and three ways
//! to lay messages out ([`batch`]): many side by side ([`short`]), or the blocks of one, all at once ([`alone`]) or group by
//! group ([`long`]). What an engine adds is its register type.

use super::Engine;
use super::message::{Message, Open, Seal};

mod alone;
mod batch;
mod bytes;
mod hash;
mod long;
mod register;
mod rounds;
mod schedule;
mod short;

#[cfg(all(target_arch = "aarch64", target_endian = "little"))]
mod aarch64;
#[cfg(target_arch = "x86_64")]
mod x86_64_aesni;
#[cfg(target_arch = "x86_64")]
mod x86_64_vaes256;
#[cfg(target_arch = "x86_64")]
mod x86_64_vaes512;

#[cfg(all(target_arch = "aarch64", target_endian = "little"))]
use super::detect::Armv8Pmull;
#[cfg(target_arch = "x86_64")]
use super::detect::{AesNiClmul, Avx2, Vaes256Clmul, Vaes512Clmul};
#[cfg(all(target_arch = "aarch64", target_endian = "little"))]
use aarch64::Armv8Kernels;
use batch::Kernels;
pub(crate) use batch::Way;
use schedule::Schedule;
#[cfg(target_arch = "x86_64")]
use x86_64_aesni::{Avx, Sse};
#[cfg(target_arch = "x86_64")]
use x86_64_vaes256::Vaes256Kernels;
#[cfg(target_arch = "x86_64")]
use x86_64_vaes512::Vaes512Kernels;

/// A key's schedule and the engine that works with it.
pub(crate) struct Backend {
    kind: Kind,
    schedule: Schedule,
}

/// An engine, with the proof that this CPU runs it.
#[derive(Debug, Clone, Copy)]
enum Kind {
    #[cfg(target_arch = "x86_64")]
    Sse(AesNiClmul),
    #[cfg(target_arch = "x86_64")]
    Avx(AesNiClmul, Avx2),
    #[cfg(target_arch = "x86_64")]
    Vaes256(Vaes256Clmul),
    #[cfg(target_arch = "x86_64")]
    Vaes512(Vaes512Clmul),
    #[cfg(all(target_arch = "aarch64", target_endian = "little"))]
    Armv8(Armv8Pmull),
}

impl Backend {
    /// The best that runs here and is not above `ceiling`; none where the portable crate serves.
    pub(crate) fn best(ceiling: Option<Engine>) -> Option<Self> {
        Kind::best(ceiling).map(|kind| Self { kind, schedule: Schedule::ZERO })
    }

    pub(crate) fn engine(&self) -> Engine {
        match self.kind {
            #[cfg(target_arch = "x86_64")]
            Kind::Sse(_) | Kind::Avx(..) => Engine::AesNi,
            #[cfg(target_arch = "x86_64")]
            Kind::Vaes256(_) => Engine::Vaes256,
            #[cfg(target_arch = "x86_64")]
            Kind::Vaes512(_) => Engine::Vaes512,
            #[cfg(all(target_arch = "aarch64", target_endian = "little"))]
            Kind::Armv8(_) => Engine::Armv8,
        }
    }

    /// How a text of this length goes, if it is alone.
    pub(crate) fn way(&self, length: usize) -> Way {
        match self.kind {
            #[cfg(target_arch = "x86_64")]
            Kind::Sse(_) | Kind::Avx(..) => Way::of::<Sse>(length),
            #[cfg(target_arch = "x86_64")]
            Kind::Vaes256(_) => Way::of::<Vaes256Kernels>(length),
            #[cfg(target_arch = "x86_64")]
            Kind::Vaes512(_) => Way::of::<Vaes512Kernels>(length),
            #[cfg(all(target_arch = "aarch64", target_endian = "little"))]
            Kind::Armv8(_) => Way::of::<Armv8Kernels>(length),
        }
    }

    /// Computes what depends on the key alone: 16 or 32 bytes.
    ///
    /// # Panics
    /// Where the key has another length: [`crate::cipher`] has checked it.
    pub(crate) fn expand(&mut self, key: &[u8]) {
        assert!(matches!(key.len(), 16 | 32));
        // SAFETY: token; the key's length was checked.
        unsafe {
            match self.kind {
                #[cfg(target_arch = "x86_64")]
                Kind::Sse(_) => Sse::expand(&mut self.schedule, key),
                #[cfg(target_arch = "x86_64")]
                Kind::Avx(..) => Avx::expand(&mut self.schedule, key),
                #[cfg(target_arch = "x86_64")]
                Kind::Vaes256(_) => Vaes256Kernels::expand(&mut self.schedule, key),
                #[cfg(target_arch = "x86_64")]
                Kind::Vaes512(_) => Vaes512Kernels::expand(&mut self.schedule, key),
                #[cfg(all(target_arch = "aarch64", target_endian = "little"))]
                Kind::Armv8(_) => Armv8Kernels::expand(&mut self.schedule, key),
            }
        }
    }

    /// Seals every message.
    ///
    /// # Panics
    /// Where nonces or texts have wrong lengths, or there is no key yet: [`crate::cipher`] has seen to it.
    pub(crate) fn seal(&self, messages: &mut [Seal<'_>]) {
        self.run(messages);
    }

    /// Opens every message that is authentic, and overwrites the texts of the others with zeros.
    ///
    /// # Panics
    /// As [`Backend::seal`].
    pub(crate) fn open(&self, messages: &mut [Open<'_>]) {
        self.run(messages);
    }

    fn run<M: Message>(&self, messages: &mut [M]) {
        // What the kernels rely on. It costs a nanosecond a message, and no mistake elsewhere can break memory safety.
        assert!(matches!(self.schedule.rounds(), 10 | 14));
        for message in messages.iter() {
            let (read, written) = message.text_lengths();
            assert!(message.given().0.len() == 12 && read == written);
        }
        // SAFETY: token; lengths were checked.
        unsafe {
            match self.kind {
                #[cfg(target_arch = "x86_64")]
                Kind::Sse(_) => batch::run::<Sse, M>(&self.schedule, messages),
                #[cfg(target_arch = "x86_64")]
                Kind::Avx(..) => batch::run::<Avx, M>(&self.schedule, messages),
                #[cfg(target_arch = "x86_64")]
                Kind::Vaes256(_) => batch::run::<Vaes256Kernels, M>(&self.schedule, messages),
                #[cfg(target_arch = "x86_64")]
                Kind::Vaes512(_) => batch::run::<Vaes512Kernels, M>(&self.schedule, messages),
                #[cfg(all(target_arch = "aarch64", target_endian = "little"))]
                Kind::Armv8(_) => batch::run::<Armv8Kernels, M>(&self.schedule, messages),
            }
        }
    }
}

impl Kind {
    fn best(ceiling: Option<Engine>) -> Option<Self> {
        let allowed = |engine: Engine| ceiling.is_none_or(|ceiling| engine <= ceiling);
        #[cfg(target_arch = "x86_64")]
        {
            if allowed(Engine::Vaes512)
                && let Some(token) = Vaes512Clmul::detect()
            {
                return Some(Self::Vaes512(token));
            }
            if allowed(Engine::Vaes256)
                && let Some(token) = Vaes256Clmul::detect()
            {
                return Some(Self::Vaes256(token));
            }
            if allowed(Engine::AesNi)
                && let Some(token) = AesNiClmul::detect()
            {
                return Some(match Avx2::detect() {
                    Some(avx2) => Self::Avx(token, avx2),
                    None => Self::Sse(token),
                });
            }
        }
        #[cfg(all(target_arch = "aarch64", target_endian = "little"))]
        if allowed(Engine::Armv8)
            && let Some(token) = Armv8Pmull::detect()
        {
            return Some(Self::Armv8(token));
        }
        let _ = allowed; // unused where there is no engine
        None
    }
}

#[cfg(all(test, pagecrypt_models))]
mod models;
