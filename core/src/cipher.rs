//! The catalogue of ciphers, and which engine of each family serves a key.

#[cfg(feature = "alloc")]
use alloc::boxed::Box;

use crate::aead::{BatchFailure, Open, Seal};
use crate::engine::{Engine, ceiling_from_environment};
use crate::error::Error;
use crate::secret::with_wiped_stack;

mod aegis;
mod catalogue;
mod chacha;
mod gcm;
mod rustcrypto;

pub use catalogue::{Cipher, MAX_NONCE_LENGTH, TAG_LENGTH};

/// How much of the stack a call into a family's engines uses at most, in bytes, with room to spare: a kernel of AEGIS
/// takes 2.7 KiB (4 KiB with overflow checks), the RustCrypto crates up to 12 KiB, and 6 KiB for their round keys.
const AEGIS_STACK: usize = if cfg!(debug_assertions) { 8192 } else { 4096 };
const RUSTCRYPTO_STACK: usize = 16384;
const KEY_SCHEDULE_STACK: usize = 8192;

/// A cipher, the engine chosen for it, and the round keys where the family has any.
pub(crate) struct Context {
    cipher: Cipher,
    family: Family,
}

#[cfg_attr(not(feature = "alloc"), allow(clippy::large_enum_variant))] // there is nowhere else to put it
enum Family {
    Aegis(aegis::Context),
    Gcm(Large<gcm::Context>),
    ChaCha(Large<chacha::Context>),
    RustCrypto(Large<rustcrypto::Context>),
}

/// Round keys stand apart where there is an allocator, so that keys of AEGIS need not be as large.
#[cfg(feature = "alloc")]
type Large<T> = Box<T>;
#[cfg(not(feature = "alloc"))]
type Large<T> = T;

impl Cipher {
    /// The engine that serves this cipher's keys on this CPU, not above the one that `PAGECRYPT_ENGINE` names.
    ///
    /// # Errors
    /// [`Error::UnknownEngine`] for what `PAGECRYPT_ENGINE` says.
    pub fn engine(self) -> Result<Engine, Error> {
        Ok(Context::unkeyed(self, ceiling_from_environment()?).engine())
    }
}

impl Context {
    /// Chooses the best engine that is not above `ceiling`.
    pub(crate) fn unkeyed(cipher: Cipher, ceiling: Option<Engine>) -> Self {
        let family = if let Some(context) = aegis::Context::choose(cipher, ceiling) {
            Family::Aegis(context)
        } else if let Some(context) = gcm::Context::choose(cipher, ceiling) {
            Family::Gcm(Large::from(context))
        } else if let Some(context) = chacha::Context::choose(cipher, ceiling) {
            Family::ChaCha(Large::from(context))
        } else {
            Family::RustCrypto(Large::from(rustcrypto::Context::Unkeyed))
        };
        Self { cipher, family }
    }

    /// Computes round keys from the raw key, which has the cipher's length.
    pub(crate) fn expand(&mut self, key: &[u8]) {
        match &mut self.family {
            Family::Aegis(_) => {} // the raw key is all it needs
            Family::Gcm(context) => with_wiped_stack::<KEY_SCHEDULE_STACK, _>(|| context.expand(key)),
            Family::ChaCha(context) => with_wiped_stack::<KEY_SCHEDULE_STACK, _>(|| context.expand(key)),
            Family::RustCrypto(context) => {
                with_wiped_stack::<KEY_SCHEDULE_STACK, _>(|| context.expand(self.cipher, key));
            }
        }
    }

    pub(crate) fn cipher(&self) -> Cipher {
        self.cipher
    }

    pub(crate) fn engine(&self) -> Engine {
        match &self.family {
            Family::Aegis(context) => context.engine(),
            Family::Gcm(context) => context.engine(),
            Family::ChaCha(context) => context.engine(),
            Family::RustCrypto(_) => Engine::RustCrypto,
        }
    }

    pub(crate) fn seal_batch(&self, key: &[u8], batch: &mut [Seal<'_>]) -> Result<(), Error> {
        for message in batch.iter() {
            self.check(message.nonce, message.associated_data, &message.text)?;
        }
        match &self.family {
            Family::Aegis(context) => {
                with_wiped_stack::<AEGIS_STACK, _>(|| context.seal_batch(key, batch));
                Ok(())
            }
            Family::Gcm(context) => {
                context.seal_batch(batch); // wipes the stack itself
                Ok(())
            }
            Family::ChaCha(context) => {
                context.seal_batch(batch); // wipes the stack itself
                Ok(())
            }
            Family::RustCrypto(context) => {
                with_wiped_stack::<RUSTCRYPTO_STACK, _>(|| context.seal_batch(batch))
            }
        }
    }

    pub(crate) fn open_batch(&self, key: &[u8], batch: &mut [Open<'_>]) -> Result<(), BatchFailure> {
        for message in batch.iter() {
            self.check(message.nonce, message.associated_data, &message.text)
                .map_err(BatchFailure::Refused)?;
        }
        match &self.family {
            Family::Aegis(context) => {
                with_wiped_stack::<AEGIS_STACK, _>(|| context.open_batch(key, batch));
            }
            Family::Gcm(context) => {
                context.open_batch(batch); // wipes the stack itself
            }
            Family::ChaCha(context) => {
                context.open_batch(batch); // wipes the stack itself
            }
            Family::RustCrypto(context) => {
                with_wiped_stack::<RUSTCRYPTO_STACK, _>(|| context.open_batch(batch));
            }
        }
        verdict(batch)
    }

    /// The lengths of one message.
    fn check(&self, nonce: &[u8], associated_data: &[u8], text: &crate::aead::Text<'_>) -> Result<(), Error> {
        if nonce.len() != self.cipher.nonce_length() {
            return Err(Error::BufferLength { expected: self.cipher.nonce_length(), got: nonce.len() });
        }
        let limit = self.cipher.max_message_length();
        if text.len() as u64 > limit || associated_data.len() as u64 > limit {
            return Err(Error::MessageTooLong);
        }
        match text {
            crate::aead::Text::Into { from, to } if from.len() != to.len() => {
                Err(Error::BufferLength { expected: from.len(), got: to.len() })
            }
            _ => Ok(()),
        }
    }
}

/// What became of a batch. A function that stays one: `.ci/constant_time.supp` names it, as what branches on verdicts.
#[inline(never)]
fn verdict(batch: &[Open<'_>]) -> Result<(), BatchFailure> {
    let mut failed = batch.iter().enumerate().filter(|(_, message)| !message.opened);
    match failed.next() {
        None => Ok(()),
        Some((first, _)) => Err(BatchFailure::Forged { first, count: 1 + failed.count() }),
    }
}
