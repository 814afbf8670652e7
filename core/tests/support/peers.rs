//! Other people's implementations of the ciphers, to compare with: libaegis (C) for AEGIS, ring for the others.
#![allow(dead_code)] // not every test crate uses all of it

use aegis::aegis128l::Aegis128L;
use aegis::aegis128x2::Aegis128X2;
use aegis::aegis128x4::Aegis128X4;
use aegis::aegis256::Aegis256;
use aegis::aegis256x2::Aegis256X2;
use aegis::aegis256x4::Aegis256X4;
use pagecrypt::Cipher;
use ring::aead::{
    AES_128_GCM, AES_256_GCM, Aad, Algorithm, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey,
};

use crate::messages::{Message, Sealed};

/// Seals `message` with the peer that has `cipher`.
pub(crate) fn seal(cipher: Cipher, key: &[u8], message: &Message) -> Sealed {
    let (text, tag) = match cipher {
        Cipher::Aes128Gcm => seal_with_ring(&AES_128_GCM, key, message),
        Cipher::Aes256Gcm => seal_with_ring(&AES_256_GCM, key, message),
        Cipher::ChaCha20Poly1305 => seal_with_ring(&CHACHA20_POLY1305, key, message),
        _ => seal_with_libaegis(cipher, key, message),
    };
    Sealed { nonce: message.nonce.clone(), associated_data: message.associated_data.clone(), text, tag }
}

fn seal_with_ring(algorithm: &'static Algorithm, key: &[u8], message: &Message) -> (Vec<u8>, [u8; 16]) {
    let key = LessSafeKey::new(UnboundKey::new(algorithm, key).unwrap());
    let nonce = Nonce::try_assume_unique_for_key(&message.nonce).unwrap();
    let mut text = message.text.clone();
    let tag = key.seal_in_place_separate_tag(nonce, Aad::from(&message.associated_data), &mut text).unwrap();
    (text, tag.as_ref().try_into().unwrap())
}

fn seal_with_libaegis(cipher: Cipher, key: &[u8], message: &Message) -> (Vec<u8>, [u8; 16]) {
    macro_rules! seal {
        ($cipher:ident) => {
            $cipher::<16>::new(key.try_into().unwrap(), message.nonce[..].try_into().unwrap())
                .encrypt(&message.text, &message.associated_data)
        };
    }
    match cipher {
        Cipher::Aegis128l => seal!(Aegis128L),
        Cipher::Aegis128x2 => seal!(Aegis128X2),
        Cipher::Aegis128x4 => seal!(Aegis128X4),
        Cipher::Aegis256 => seal!(Aegis256),
        Cipher::Aegis256x2 => seal!(Aegis256X2),
        Cipher::Aegis256x4 => seal!(Aegis256X4),
        other => panic!("libaegis does not have {other}"),
    }
}
