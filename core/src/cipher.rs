//! The catalogue of ciphers, and which engine of each family serves a key.

#[cfg(feature = "alloc")]
use alloc::boxed::Box;

use crate::aead::{BatchFailure, Open, Seal};
use crate::engine::message::{Checked, Part};
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

/// A cipher, the engine chosen for it, and what that computed from the key.
pub(crate) struct Context {
    cipher: Cipher,
    family: Family,
    nonce_length: usize,
    max_message_length: u64,
}

#[allow(clippy::large_enum_variant)] // one short message under AEGIS would feel the way to another place
enum Family {
    Aegis(aegis::Context),
    WithRoundKeys(WithRoundKeys),
}

/// The families that compute round keys, or what takes their place.
#[cfg_attr(not(feature = "alloc"), allow(clippy::large_enum_variant))] // there is nowhere else to put it
enum WithRoundKeys {
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
            Family::WithRoundKeys(WithRoundKeys::Gcm(Large::from(context)))
        } else if let Some(context) = chacha::Context::choose(cipher, ceiling) {
            Family::WithRoundKeys(WithRoundKeys::ChaCha(Large::from(context)))
        } else {
            let context = rustcrypto::Context::Unkeyed;
            Family::WithRoundKeys(WithRoundKeys::RustCrypto(Large::from(context)))
        };
        // Found once: one short message would feel the search.
        let (nonce_length, max_message_length) = (cipher.nonce_length(), cipher.max_message_length());
        Self { cipher, family, nonce_length, max_message_length }
    }

    /// Computes what depends on the key alone from the raw key, which has the cipher's length.
    pub(crate) fn expand(&mut self, key: &[u8]) {
        match &mut self.family {
            Family::Aegis(context) => context.expand(key),
            Family::WithRoundKeys(context) => {
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
            Family::WithRoundKeys(context) => context.engine(),
        }
    }

    /// One message has a way of its own: kernels for one are so fast that what is around them counts, even the registers that
    /// a function saves for others.
    pub(crate) fn seal_batch(&self, batch: &mut [Seal<'_>]) -> Result<(), Error> {
        let [message] = batch else { return self.seal_several(batch) };
        let message = Part::only(message, self.nonce_length, self.max_message_length)?;
        match &self.family {
            Family::Aegis(context) => {
                context.seal_one(message);
                Ok(())
            }
            Family::WithRoundKeys(context) => context.seal(message.into_messages()),
        }
    }

    #[inline(never)]
    fn seal_several(&self, batch: &mut [Seal<'_>]) -> Result<(), Error> {
        let batch = Checked::new(batch, self.nonce_length, self.max_message_length)?;
        match &self.family {
            Family::Aegis(context) => {
                context.seal_batch(batch);
                Ok(())
            }
            Family::WithRoundKeys(context) => context.seal(batch.into_messages()),
        }
    }

    /// As [`Context::seal_batch`].
    pub(crate) fn open_batch(&self, batch: &mut [Open<'_>]) -> Result<(), BatchFailure> {
        let [message] = batch else { return self.open_several(batch) };
        let checked =
            Part::only(message, self.nonce_length, self.max_message_length).map_err(BatchFailure::Refused)?;
        match &self.family {
            Family::Aegis(context) => context.open_one(checked),
            Family::WithRoundKeys(context) => context.open(checked.into_messages()),
        }
        verdict_on_one(message)
    }

    #[inline(never)]
    fn open_several(&self, batch: &mut [Open<'_>]) -> Result<(), BatchFailure> {
        let checked =
            Checked::new(batch, self.nonce_length, self.max_message_length).map_err(BatchFailure::Refused)?;
        match &self.family {
            Family::Aegis(context) => context.open_batch(checked),
            Family::WithRoundKeys(context) => context.open(checked.into_messages()),
        }
        verdict(batch)
    }
}

/// Messages' lengths are right. AES-GCM and ChaCha20-Poly1305 wipe the stack themselves.
impl WithRoundKeys {
    fn expand(&mut self, cipher: Cipher, key: &[u8]) {
        match self {
            Self::Gcm(context) => context.expand(key),
            Self::ChaCha(context) => context.expand(key),
            Self::RustCrypto(context) => context.expand(cipher, key),
        }
    }

    fn engine(&self) -> Engine {
        match self {
            Self::Gcm(context) => context.engine(),
            Self::ChaCha(context) => context.engine(),
            Self::RustCrypto(_) => Engine::RustCrypto,
        }
    }

    #[inline(never)]
    fn seal(&self, messages: &mut [Seal<'_>]) -> Result<(), Error> {
        match self {
            Self::Gcm(context) => context.seal_batch(messages),
            Self::ChaCha(context) => context.seal_batch(messages),
            Self::RustCrypto(context) => {
                return with_wiped_stack::<RUSTCRYPTO_STACK, _>(|| context.seal_batch(messages));
            }
        }
        Ok(())
    }

    #[inline(never)]
    fn open(&self, messages: &mut [Open<'_>]) {
        match self {
            Self::Gcm(context) => context.open_batch(messages),
            Self::ChaCha(context) => context.open_batch(messages),
            Self::RustCrypto(context) => {
                with_wiped_stack::<RUSTCRYPTO_STACK, _>(|| context.open_batch(messages));
            }
        }
    }
}

/// What became of a batch. A function that stays one: `.ci/constant_time.supp` names it, as what branches on verdicts.
#[inline(never)]
fn verdict(batch: &[Open<'_>]) -> Result<(), BatchFailure> {
    if batch.iter().fold(true, |all, message| all & message.opened) {
        return Ok(());
    }
    let mut failed = batch.iter().enumerate().filter(|(_, message)| !message.opened);
    match failed.next() {
        None => Ok(()),
        Some((first, _)) => Err(BatchFailure::Forged { first, count: 1 + failed.count() }),
    }
}

/// What became of one message. As above.
#[inline(never)]
fn verdict_on_one(message: &Open<'_>) -> Result<(), BatchFailure> {
    if message.opened { Ok(()) } else { Err(BatchFailure::Forged { first: 0, count: 1 }) }
}
