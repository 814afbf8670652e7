//! Other people's implementations of the ciphers, to compare with: libaegis (C) for AEGIS, ring for the others.
#![allow(dead_code)] // not every test crate uses all of it

use aegis::aegis128l::Aegis128L;
use aegis::aegis128x2::Aegis128X2;
use aegis::aegis128x4::Aegis128X4;
use aegis::aegis256::Aegis256;
use aegis::aegis256x2::Aegis256X2;
use aegis::aegis256x4::Aegis256X4;
use pagecrypt::Cipher;
use ring::aead::{AES_128_GCM, AES_256_GCM, Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};

use crate::messages::{Message, Sealed};

/// Calls `$call` with libaegis's form of `$cipher` under this key and nonce.
macro_rules! libaegis {
    ($cipher:expr, $key:expr, $nonce:expr, |$peer:ident| $call:expr) => {{
        macro_rules! with {
            ($variant:ident) => {{
                let $peer = $variant::<16>::new($key.try_into().unwrap(), $nonce.try_into().unwrap());
                $call
            }};
        }
        match $cipher {
            Cipher::Aegis128l => with!(Aegis128L),
            Cipher::Aegis128x2 => with!(Aegis128X2),
            Cipher::Aegis128x4 => with!(Aegis128X4),
            Cipher::Aegis256 => with!(Aegis256),
            Cipher::Aegis256x2 => with!(Aegis256X2),
            Cipher::Aegis256x4 => with!(Aegis256X4),
            other => panic!("libaegis does not have {other}"),
        }
    }};
}

/// Seals `message` with the peer that has `cipher`.
pub(crate) fn seal(cipher: Cipher, key: &[u8], message: &Message) -> Sealed {
    let mut text = message.text.clone();
    let tag = seal_in_place(cipher, key, &message.nonce, &message.associated_data, &mut text);
    Sealed { nonce: message.nonce.clone(), associated_data: message.associated_data.clone(), text, tag }
}

/// Opens `sealed` with the peer that has `cipher`; nothing where it is not authentic.
pub(crate) fn open(cipher: Cipher, key: &[u8], sealed: &Sealed) -> Option<Vec<u8>> {
    let mut text = sealed.text.clone();
    open_in_place(cipher, key, &sealed.nonce, &sealed.associated_data, &mut text, &sealed.tag).then_some(text)
}

/// The same without copies, for texts that are large.
pub(crate) fn seal_in_place(
    cipher: Cipher,
    key: &[u8],
    nonce: &[u8],
    associated_data: &[u8],
    text: &mut [u8],
) -> [u8; 16] {
    if let Some(key) = ring(cipher, key) {
        let nonce = Nonce::try_assume_unique_for_key(nonce).unwrap();
        let tag = key.seal_in_place_separate_tag(nonce, Aad::from(associated_data), text).unwrap();
        return tag.as_ref().try_into().unwrap();
    }
    libaegis!(cipher, key, nonce, |peer| peer.encrypt_in_place(text, associated_data))
}

/// The same without copies; whether `text` is authentic.
pub(crate) fn open_in_place(
    cipher: Cipher,
    key: &[u8],
    nonce: &[u8],
    associated_data: &[u8],
    text: &mut [u8],
    tag: &[u8; 16],
) -> bool {
    if let Some(key) = ring(cipher, key) {
        let nonce = Nonce::try_assume_unique_for_key(nonce).unwrap();
        let data = Aad::from(associated_data);
        return key.open_in_place_separate_tag(nonce, data, (*tag).into(), text, 0..).is_ok();
    }
    libaegis!(cipher, key, nonce, |peer| peer.decrypt_in_place(text, tag, associated_data).is_ok())
}

/// A key of ring's, for the ciphers that it has.
fn ring(cipher: Cipher, key: &[u8]) -> Option<LessSafeKey> {
    let algorithm = match cipher {
        Cipher::Aes128Gcm => &AES_128_GCM,
        Cipher::Aes256Gcm => &AES_256_GCM,
        Cipher::ChaCha20Poly1305 => &CHACHA20_POLY1305,
        _ => return None,
    };
    Some(LessSafeKey::new(UnboundKey::new(algorithm, key).unwrap()))
}
