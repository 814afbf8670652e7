//! Implementations of the ciphers for the CPUs there are, and which of them run on this one.
//!
//! This is the only module with unsafe code. The argument for its soundness has three parts, which the comments on
//! the unsafe blocks refer to by name:
//!
//! * **token**: CPU instructions beyond the target's baseline stand only in functions that take a token of
//!   [`detect`], a zero-sized value which nothing but a successful detection makes.
//! * **register**: values of a register type are made only inside such functions, so that whoever holds one may use
//!   the instructions that work on it.
//! * **lane**: kernels read and write through the pointers of [`message::Lane`], which is made from borrowed slices,
//!   never reach beyond the length noted there, and treat source and destination as possibly the same memory.

#![allow(unsafe_code)]

use core::fmt;
use core::str::FromStr;

use crate::error::Error;

pub(crate) mod aegis;
// On other CPUs there is no engine to share these two constructions.
#[cfg_attr(not(any(target_arch = "x86_64", target_arch = "aarch64")), allow(dead_code))]
pub(crate) mod chacha;
pub(crate) mod detect;
#[cfg_attr(not(any(target_arch = "x86_64", target_arch = "aarch64")), allow(unused))]
pub(crate) mod gcm;
pub(crate) mod message;
pub(crate) mod stack;

/// An implementation of a cipher.
///
/// Ordered by preference: an engine is better than those before it of the same architecture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Engine {
    /// Plain Rust in constant time: runs everywhere.
    Portable,
    /// The RustCrypto crates, which choose among implementations of their own.
    RustCrypto,
    /// x86-64 with AES-NI (and PCLMULQDQ, for AES-GCM): registers of 128 bits.
    AesNi,
    /// x86-64 with AVX2: registers of 256 bits.
    Avx2,
    /// x86-64 with VAES (and VPCLMULQDQ, for AES-GCM) and AVX2: registers of 256 bits.
    Vaes256,
    /// x86-64 with AVX-512: registers of 512 bits.
    Avx512,
    /// x86-64 with AVX-512 and its 52-bit multiplications (IFMA).
    Avx512Ifma,
    /// x86-64 with VAES (and VPCLMULQDQ, for AES-GCM) and AVX-512: registers of 512 bits.
    Vaes512,
    /// 64-bit ARM: registers of 128 bits.
    Neon,
    /// 64-bit ARM with the AES instructions of ARMv8 (and PMULL, for AES-GCM).
    Armv8,
}

impl Engine {
    /// Every engine, whether it runs here or not.
    pub const ALL: [Self; 10] = [
        Self::Portable,
        Self::RustCrypto,
        Self::AesNi,
        Self::Avx2,
        Self::Vaes256,
        Self::Avx512,
        Self::Avx512Ifma,
        Self::Vaes512,
        Self::Neon,
        Self::Armv8,
    ];

    /// The engine's name, for example `vaes512`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Portable => "portable",
            Self::RustCrypto => "rustcrypto",
            Self::AesNi => "aesni",
            Self::Avx2 => "avx2",
            Self::Vaes256 => "vaes256",
            Self::Avx512 => "avx512",
            Self::Avx512Ifma => "avx512ifma",
            Self::Vaes512 => "vaes512",
            Self::Neon => "neon",
            Self::Armv8 => "armv8",
        }
    }

    /// Whether this CPU runs the engine.
    #[must_use]
    pub fn is_available(self) -> bool {
        match self {
            Self::Portable | Self::RustCrypto => true,
            #[cfg(target_arch = "x86_64")]
            Self::AesNi => detect::AesNi::detect().is_some(),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => detect::Avx2::detect().is_some(),
            #[cfg(target_arch = "x86_64")]
            Self::Vaes256 => detect::Vaes256::detect().is_some(),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => detect::Avx512::detect().is_some(),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512Ifma => detect::Avx512Ifma::detect().is_some(),
            #[cfg(target_arch = "x86_64")]
            Self::Vaes512 => detect::Vaes512::detect().is_some(),
            #[cfg(target_arch = "aarch64")]
            Self::Neon => true, // every such CPU has it
            #[cfg(target_arch = "aarch64")]
            Self::Armv8 => detect::Armv8::detect().is_some(),
            _ => false,
        }
    }
}

/// The engines that this CPU runs, the best last.
pub fn available() -> impl Iterator<Item = Engine> {
    Engine::ALL.into_iter().filter(|engine| engine.is_available())
}

/// The best engine that keys may use, as the environment variable `PAGECRYPT_ENGINE` names it.
pub(crate) fn ceiling_from_environment() -> Result<Option<Engine>, Error> {
    #[cfg(feature = "std")]
    match std::env::var("PAGECRYPT_ENGINE") {
        Ok(name) => return name.parse().map(Some),
        Err(std::env::VarError::NotUnicode(_)) => return Err(Error::UnknownEngine),
        Err(std::env::VarError::NotPresent) => {}
    }
    Ok(None)
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Engine {
    type Err = Error;

    /// Reads the name of an engine that runs on this CPU.
    ///
    /// # Errors
    /// [`Error::UnknownEngine`] for any other name.
    fn from_str(text: &str) -> Result<Self, Error> {
        available().find(|engine| engine.name().eq_ignore_ascii_case(text)).ok_or(Error::UnknownEngine)
    }
}
