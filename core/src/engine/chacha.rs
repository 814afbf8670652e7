//! ChaCha20-Poly1305 (RFC 8439) on every kind of CPU with wide registers.
//!
//! The two halves are written once, over register types: ChaCha20 ([`chacha20`]) over lanes of 32-bit words
//! ([`words`]) or rows ([`rows`]), Poly1305 ([`poly1305`]) over lanes of 64-bit limbs ([`limbs`]), and how a batch is
//! worked on over both ([`batch`]), or a short message alone ([`alone`]). What an engine adds is its register types.

use zeroize::Zeroize;

use super::Engine;
use super::message::{Message, Open, Seal};

mod alone;
mod batch;
mod chacha20;
mod limbs;
mod poly1305;
mod rows;
mod words;

#[cfg(target_arch = "aarch64")]
mod aarch64_neon;
#[cfg(target_arch = "x86_64")]
mod x86_64_avx2;
#[cfg(target_arch = "x86_64")]
mod x86_64_avx512;
#[cfg(target_arch = "x86_64")]
mod x86_64_avx512ifma;

#[cfg(target_arch = "x86_64")]
use super::detect::{Avx2, Avx512, Avx512Ifma};

/// Length of a nonce, in bytes.
const NONCE: usize = 12;

/// How much of the stack a batch uses at most, in bytes, with room to spare: what it leaves there is overwritten.
const STACK: usize = 32768;

/// The same for a batch of short messages, where it would be a twentieth of the work.
const SHORT_STACK: usize = 16384;

/// The same for one message, of a kernel that uses so much: it would be a tenth of the work for a page. With overflow checks
/// all use more.
const fn stack_for_one(used: usize) -> usize {
    if cfg!(debug_assertions) { 20480 } else { used }
}

/// The same for a short message alone, which would take longer to overwrite than to seal.
const ALONE_STACK: usize = 1536;

/// A key and the engine that works with it.
pub(crate) struct Backend {
    token: Token,
    key: [u32; 8],
}

/// An engine, with the proof that this CPU runs it.
#[derive(Clone, Copy)]
enum Token {
    #[cfg(target_arch = "x86_64")]
    Avx2(Avx2),
    #[cfg(target_arch = "x86_64")]
    Avx512(Avx512),
    #[cfg(target_arch = "x86_64")]
    Avx512Ifma(Avx512Ifma),
    #[cfg(target_arch = "aarch64")]
    Neon,
}

impl Token {
    fn best(ceiling: Option<Engine>) -> Option<Self> {
        let allowed = |engine: Engine| ceiling.is_none_or(|ceiling| engine <= ceiling);
        #[cfg(target_arch = "x86_64")]
        {
            if allowed(Engine::Avx512Ifma)
                && let Some(token) = Avx512Ifma::detect()
            {
                return Some(Self::Avx512Ifma(token));
            }
            if allowed(Engine::Avx512)
                && let Some(token) = Avx512::detect()
            {
                return Some(Self::Avx512(token));
            }
            if allowed(Engine::Avx2)
                && let Some(token) = Avx2::detect()
            {
                return Some(Self::Avx2(token));
            }
        }
        #[cfg(target_arch = "aarch64")]
        if cfg!(target_endian = "little") && allowed(Engine::Neon) {
            return Some(Self::Neon); // every such CPU has it
        }
        let _ = allowed; // unused where there is no engine
        None
    }
}

impl Backend {
    /// The best that runs here and is not above `ceiling`; none where the portable crate serves.
    pub(crate) fn best(ceiling: Option<Engine>) -> Option<Self> {
        Token::best(ceiling).map(|token| Self { token, key: [0; 8] })
    }

    pub(crate) fn engine(&self) -> Engine {
        match self.token {
            #[cfg(target_arch = "x86_64")]
            Token::Avx2(_) => Engine::Avx2,
            #[cfg(target_arch = "x86_64")]
            Token::Avx512(_) => Engine::Avx512,
            #[cfg(target_arch = "x86_64")]
            Token::Avx512Ifma(_) => Engine::Avx512Ifma,
            #[cfg(target_arch = "aarch64")]
            Token::Neon => Engine::Neon,
        }
    }

    /// Takes the key: 32 bytes.
    pub(crate) fn expand(&mut self, key: &[u8]) {
        for (word, bytes) in self.key.iter_mut().zip(key.as_chunks().0) {
            *word = u32::from_le_bytes(*bytes);
        }
    }

    /// Seals every message.
    ///
    /// # Panics
    /// Where nonces or texts have wrong lengths: [`crate::cipher`] has checked them.
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
        for message in messages.iter() {
            let (read, written) = message.text_lengths();
            assert!(message.given().0.len() == NONCE && read == written);
        }
        match self.token {
            #[cfg(target_arch = "x86_64")]
            Token::Avx2(token) => x86_64_avx2::run(token, &self.key, messages),
            #[cfg(target_arch = "x86_64")]
            Token::Avx512(token) => x86_64_avx512::run(token, &self.key, messages),
            #[cfg(target_arch = "x86_64")]
            Token::Avx512Ifma(token) => x86_64_avx512ifma::run(token, &self.key, messages),
            #[cfg(target_arch = "aarch64")]
            Token::Neon => aarch64_neon::run(&self.key, messages),
        }
    }
}

impl Drop for Backend {
    fn drop(&mut self) {
        self.key.zeroize();
    }
}

#[cfg(all(test, pagecrypt_models))]
mod models;
#[cfg(test)]
mod tests;
