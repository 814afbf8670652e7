//! Ids of keys, and new keys whose ids are free.

use super::Context;
use super::derivation::Prk;
use crate::cipher::Cipher;
use crate::error::Error;
use crate::key::Key;
use crate::random::NonceSource;

/// Length of a key's id, in bytes.
pub const KEY_ID_LENGTH: usize = 4;

/// How often a key is drawn before the source is taken for broken: two ids are the same once in 2^32.
const DRAWS: usize = 16;

/// The id of a key in a context, as records name it. It tells nothing of the key, and is another one in another stream
/// or store. It is not a proof: four bytes can be met by chance, and by trying.
///
/// # Errors
/// None that can be expected.
pub fn key_id(key: &Key, context: &Context) -> Result<[u8; KEY_ID_LENGTH], Error> {
    Prk::of(key, context).key_id(key.cipher())
}

/// A new key for a rotation, from the operating system's generator: see [`generate_key_with`].
///
/// # Errors
/// As [`generate_key_with`].
#[cfg(feature = "getrandom")]
pub fn generate_key(cipher: Cipher, context: &Context, taken: &[[u8; KEY_ID_LENGTH]]) -> Result<Key, Error> {
    generate_key_with(&mut crate::random::OsRandom, cipher, context, taken)
}

/// A new key from `source` whose id is not among `taken`, the ids of all keys that the context ever had: a key with such
/// an id is drawn again.
///
/// # Errors
/// [`Error::RandomSource`], also where the source gives keys with such ids only; [`Error::UnknownEngine`] for what
/// `PAGECRYPT_ENGINE` says.
pub fn generate_key_with(
    source: &mut dyn NonceSource,
    cipher: Cipher,
    context: &Context,
    taken: &[[u8; KEY_ID_LENGTH]],
) -> Result<Key, Error> {
    for _ in 0..DRAWS {
        let key = Key::generate_with(source, cipher)?;
        if !taken.contains(&key_id(&key, context)?) {
            return Ok(key);
        }
    }
    Err(Error::RandomSource)
}
