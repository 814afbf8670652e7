//! In the place of the peers where there are none, which is said: the portable engine, or the only one.
//!
//! The peers are C and assembly, which needs a C compiler for the target.
#![allow(dead_code)] // not every test crate uses all of it

use std::io::Write;
use std::sync::Once;

use pagecrypt::Cipher;
use pagecrypt::aead::{Aead, Open, Seal, Text};

use crate::messages::{Message, Sealed};

fn key(cipher: Cipher, key: &[u8]) -> pagecrypt::Key {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED: no comparison with libaegis and ring: they are built for x86-64 only"
        );
    });
    crate::engines::keys(cipher, key).remove(0)
}

pub(crate) fn seal(cipher: Cipher, key: &[u8], message: &Message) -> Sealed {
    let mut text = message.text.clone();
    let tag = seal_in_place(cipher, key, &message.nonce, &message.associated_data, &mut text);
    Sealed { nonce: message.nonce.clone(), associated_data: message.associated_data.clone(), text, tag }
}

pub(crate) fn open(cipher: Cipher, key: &[u8], sealed: &Sealed) -> Option<Vec<u8>> {
    let mut text = sealed.text.clone();
    open_in_place(cipher, key, &sealed.nonce, &sealed.associated_data, &mut text, &sealed.tag).then_some(text)
}

pub(crate) fn seal_in_place(
    cipher: Cipher,
    secret: &[u8],
    nonce: &[u8],
    associated_data: &[u8],
    text: &mut [u8],
) -> [u8; 16] {
    let mut tag = [0; 16];
    let message = Seal { nonce, associated_data, text: Text::InPlace(text), tag: &mut tag };
    key(cipher, secret).seal_one_assume_unique_nonce(message).unwrap();
    tag
}

pub(crate) fn open_in_place(
    cipher: Cipher,
    secret: &[u8],
    nonce: &[u8],
    associated_data: &[u8],
    text: &mut [u8],
    tag: &[u8; 16],
) -> bool {
    key(cipher, secret).open_one(Open::new(nonce, associated_data, Text::InPlace(text), tag)).is_ok()
}
