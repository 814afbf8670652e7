//! Keys whose cipher is a type, for code written against the `aead` crate's traits.
//!
//! Each type wraps a [`Key`] and implements [`AeadCore`] and [`AeadInOut`], and with them the crate's `Aead` (under
//! `alloc`). They are made from a key, not through `KeyInit`: that trait's `new` cannot report an engine that
//! `PAGECRYPT_ENGINE` names and this CPU lacks.
//!
//! ```
//! # #[cfg(feature = "std")] {
//! use aead::{Aead as _, Nonce};
//! use pagecrypt::{Cipher, Key, typed::Aegis256};
//!
//! let aegis = Aegis256::try_from(Key::generate(Cipher::Aegis256)?)?;
//! let nonce = Nonce::<Aegis256>::from([7; 32]); // never twice under one key
//! let sealed = aegis.encrypt(&nonce, b"text".as_slice()).expect("short enough");
//! assert_eq!(aegis.decrypt(&nonce, sealed.as_slice()).expect("authentic"), b"text");
//! # }
//! # Ok::<(), pagecrypt::Error>(())
//! ```

use aead::consts::{U12, U16, U32};
use aead::inout::InOutBuf;
use aead::{AeadCore, AeadInOut, Nonce, Tag, TagPosition};

use crate::aead::{Aead, Open, Seal, Text};
use crate::cipher::{Cipher, TAG_LENGTH};
use crate::error::Error;
use crate::key::Key;

macro_rules! typed {
    ($($name:ident: $nonce:ty;)*) => {$(
        #[doc = concat!("A key of [`Cipher::", stringify!($name), "`].")]
        #[derive(Debug)]
        #[cfg_attr(feature = "alloc", derive(Clone))]
        pub struct $name(Key);

        impl TryFrom<Key> for $name {
            type Error = Error;

            /// Takes a key of this cipher; any other is [`Error::CipherMismatch`].
            fn try_from(key: Key) -> Result<Self, Error> {
                match key.cipher() {
                    Cipher::$name => Ok(Self(key)),
                    got => Err(Error::CipherMismatch { expected: Cipher::$name, got }),
                }
            }
        }

        impl AeadCore for $name {
            type NonceSize = $nonce;
            type TagSize = U16;
            const TAG_POSITION: TagPosition = TagPosition::Postfix;
        }

        impl AeadInOut for $name {
            fn encrypt_inout_detached(
                &self,
                nonce: &Nonce<Self>,
                associated_data: &[u8],
                buffer: InOutBuf<'_, '_, u8>,
            ) -> aead::Result<Tag<Self>> {
                seal(&self.0, nonce, associated_data, buffer).map(Tag::<Self>::from)
            }

            fn decrypt_inout_detached(
                &self,
                nonce: &Nonce<Self>,
                associated_data: &[u8],
                buffer: InOutBuf<'_, '_, u8>,
                tag: &Tag<Self>,
            ) -> aead::Result<()> {
                open(&self.0, nonce, associated_data, buffer, tag.as_ref())
            }
        }
    )*};
}

typed! {
    Aes128Gcm: U12;
    Aes256Gcm: U12;
    Aegis256: U32;
    Aegis256x2: U32;
    Aegis256x4: U32;
    Aegis128l: U16;
    Aegis128x2: U16;
    Aegis128x4: U16;
    ChaCha20Poly1305: U12;
}

fn seal(
    key: &Key,
    nonce: &[u8],
    associated_data: &[u8],
    buffer: InOutBuf<'_, '_, u8>,
) -> aead::Result<[u8; TAG_LENGTH]> {
    let mut tag = [0; TAG_LENGTH];
    let text = Text::InPlace(buffer.into_out_with_copied_in());
    key.seal_one_assume_unique_nonce(Seal { nonce, associated_data, text, tag: &mut tag })
        .map_err(|_| aead::Error)?;
    Ok(tag)
}

fn open(
    key: &Key,
    nonce: &[u8],
    associated_data: &[u8],
    buffer: InOutBuf<'_, '_, u8>,
    tag: &[u8; TAG_LENGTH],
) -> aead::Result<()> {
    let text = Text::InPlace(buffer.into_out_with_copied_in());
    key.open_one(Open::new(nonce, associated_data, text, tag)).map_err(|_| aead::Error)
}
