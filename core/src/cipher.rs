//! The catalogue of ciphers, and which engine of each family serves a key.

#[cfg(feature = "alloc")]
use alloc::boxed::Box;

use crate::aead::{BatchFailure, Open, Seal};
use crate::engine::message::Checked;
use crate::engine::stack::with_wiped_stack;
use crate::engine::{Engine, ceiling_from_environment};
use crate::error::Error;

mod aegis;
mod catalogue;
mod chacha;
mod gcm;
mod rustcrypto;

pub use catalogue::{Cipher, MAX_NONCE_LENGTH, TAG_LENGTH};

/// How much of the stack a call into a family's engines uses at most, in bytes, with room to spare: the RustCrypto crates up
/// to 12 KiB, and 6 KiB for their round keys. AEGIS, AES-GCM and ChaCha20-Poly1305 know for themselves.
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
        let batch = Checked::new(batch, self.cipher.nonce_length(), self.cipher.max_message_length())?;
        match &self.family {
            Family::Aegis(context) => {
                context.seal_batch(key, batch); // wipes the stack itself
                Ok(())
            }
            Family::Gcm(context) => {
                context.seal_batch(batch.into_messages()); // wipes the stack itself
                Ok(())
            }
            Family::ChaCha(context) => {
                context.seal_batch(batch.into_messages()); // wipes the stack itself
                Ok(())
            }
            Family::RustCrypto(context) => {
                with_wiped_stack::<RUSTCRYPTO_STACK, _>(|| context.seal_batch(batch.into_messages()))
            }
        }
    }

    pub(crate) fn open_batch(&self, key: &[u8], batch: &mut [Open<'_>]) -> Result<(), BatchFailure> {
        let checked = Checked::new(batch, self.cipher.nonce_length(), self.cipher.max_message_length())
            .map_err(BatchFailure::Refused)?;
        match &self.family {
            Family::Aegis(context) => {
                context.open_batch(key, checked); // wipes the stack itself
            }
            Family::Gcm(context) => {
                context.open_batch(checked.into_messages()); // wipes the stack itself
            }
            Family::ChaCha(context) => {
                context.open_batch(checked.into_messages()); // wipes the stack itself
            }
            Family::RustCrypto(context) => {
                with_wiped_stack::<RUSTCRYPTO_STACK, _>(|| context.open_batch(checked.into_messages()));
            }
        }
        verdict(batch)
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
