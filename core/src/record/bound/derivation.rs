//! HKDF-SHA256 (RFC 5869), for keys and key ids.

use alloc::boxed::Box;

use hkdf::Hkdf;
use sha2::Sha256;

use super::{Context, KEY_ID_LENGTH};
use crate::cipher::Cipher;
use crate::engine::stack::with_wiped_stack;
use crate::error::Error;
use crate::key::Key;
use crate::secret::SecretBytes;

/// How much of the stack SHA-256 and HMAC may have used, with what the compiler does not inline.
const STACK: usize = 4096;

/// `rprk`: what everything is expanded from that a key is in a context. Boxed, so that moving it copies no secret.
pub(super) struct Prk(Box<SecretBytes>);

impl Prk {
    pub(super) fn of(key: &Key, context: &Context) -> Self {
        let mut prk = Box::new(SecretBytes::zeroed(32));
        with_wiped_stack::<STACK, _>(|| {
            let (extracted, _) = Hkdf::<Sha256>::extract(Some(context.salt()), key.as_bytes());
            prk.as_mut_bytes().copy_from_slice(&extracted);
        });
        Self(prk)
    }

    /// `Expand(rprk, label || 00 || rest, output's length)`.
    pub(super) fn expand(&self, label: &str, rest: &[u8], output: &mut [u8]) -> Result<(), Error> {
        with_wiped_stack::<STACK, _>(|| {
            Hkdf::<Sha256>::from_prk(self.0.as_bytes())
                .map_err(|_| Error::Internal("a pseudorandom key is too short"))?
                .expand_multi_info(&[label.as_bytes(), &[0], rest], output)
                .map_err(|_| Error::Internal("a derived key is too long"))
        })
    }

    pub(super) fn key_id(&self, cipher: Cipher) -> Result<[u8; KEY_ID_LENGTH], Error> {
        let mut id = [0; KEY_ID_LENGTH];
        self.expand("pagecrypt/v1/key-id", &[cipher.number()], &mut id)?;
        Ok(id)
    }
}
