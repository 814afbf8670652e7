//! The `aead` crate's traits give the same bytes as the crate's own.
#![cfg(feature = "aead")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use aead::{Aead, Nonce, Payload};
use pagecrypt::aead::{Aead as _, Seal, Text};
use pagecrypt::typed::{
    Aegis128l, Aegis128x2, Aegis128x4, Aegis256, Aegis256x2, Aegis256x4, Aes128Gcm, Aes256Gcm,
    ChaCha20Poly1305,
};
use pagecrypt::{Cipher, Error, Key};

fn agrees<A>(cipher: Cipher)
where
    A: Aead + TryFrom<Key, Error = Error> + std::fmt::Debug,
{
    let key = Key::generate(cipher).unwrap();
    let typed = A::try_from(key.clone()).unwrap();
    let nonce = Nonce::<A>::try_from(vec![9; cipher.nonce_length()].as_slice()).unwrap();
    let text: Vec<u8> = (0..100).collect();

    let sealed = typed.encrypt(&nonce, Payload { msg: &text, aad: b"data" }).unwrap();
    let (mut expected, mut tag) = (text.clone(), [0; 16]);
    let message =
        Seal { nonce: &nonce, associated_data: b"data", text: Text::InPlace(&mut expected), tag: &mut tag };
    key.seal_one_assume_unique_nonce(message).unwrap();
    expected.extend(tag);
    assert_eq!(sealed, expected, "{cipher}");

    assert_eq!(typed.decrypt(&nonce, Payload { msg: &sealed, aad: b"data" }).unwrap(), text);
    for i in 0..sealed.len() {
        let mut forged = sealed.clone();
        forged[i] ^= 1;
        assert!(typed.decrypt(&nonce, Payload { msg: &forged, aad: b"data" }).is_err(), "{cipher}, byte {i}");
    }
    assert!(typed.decrypt(&nonce, Payload { msg: &sealed, aad: b"date" }).is_err());
    assert!(typed.decrypt(&nonce, &sealed[..15]).is_err(), "shorter than a tag");

    let other = if cipher == Cipher::Aegis256 { Cipher::Aegis256x2 } else { Cipher::Aegis256 };
    let refused = A::try_from(Key::generate(other).unwrap()).unwrap_err();
    assert!(matches!(refused, Error::CipherMismatch { expected, got } if expected == cipher && got == other));
}

#[test]
fn every_cipher_seals_and_opens_the_same_through_the_aead_crates_traits() {
    agrees::<Aes128Gcm>(Cipher::Aes128Gcm);
    agrees::<Aes256Gcm>(Cipher::Aes256Gcm);
    agrees::<Aegis256>(Cipher::Aegis256);
    agrees::<Aegis256x2>(Cipher::Aegis256x2);
    agrees::<Aegis256x4>(Cipher::Aegis256x4);
    agrees::<Aegis128l>(Cipher::Aegis128l);
    agrees::<Aegis128x2>(Cipher::Aegis128x2);
    agrees::<Aegis128x4>(Cipher::Aegis128x4);
    agrees::<ChaCha20Poly1305>(Cipher::ChaCha20Poly1305);
}
