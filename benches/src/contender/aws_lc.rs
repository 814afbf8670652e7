//! AWS-LC, by the crate `aws-lc-rs`.

use aws_lc_rs::aead::{AES_128_GCM, AES_256_GCM, Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use pagecrypt::Cipher;

use super::{Contender, OneByOne};
use crate::memory::Message;

struct AwsLc(LessSafeKey);

pub(super) fn new(cipher: Cipher, key: &[u8]) -> Option<Box<dyn Contender>> {
    let algorithm = match cipher {
        Cipher::Aes128Gcm => &AES_128_GCM,
        Cipher::Aes256Gcm => &AES_256_GCM,
        Cipher::ChaCha20Poly1305 => &CHACHA20_POLY1305,
        _ => return None,
    };
    let key = UnboundKey::new(algorithm, key).expect("a key of the right length");
    Some(Box::new(AwsLc(LessSafeKey::new(key))))
}

fn nonce(message: &Message<'_>) -> Nonce {
    Nonce::try_assume_unique_for_key(message.nonce).expect("the cipher's length")
}

impl OneByOne for AwsLc {
    const LIBRARY: &'static str = "aws-lc";

    fn seal_one(&mut self, message: &mut Message<'_>) {
        let nonce = nonce(message);
        let tag = self.0.seal_in_place_separate_tag(nonce, Aad::empty(), message.text).expect("it seals");
        message.tag.copy_from_slice(tag.as_ref());
    }

    fn open_one(&mut self, message: &mut Message<'_>) -> bool {
        let nonce = nonce(message);
        self.0.open_in_place_separate_tag(nonce, Aad::empty(), message.tag, message.text).is_ok()
    }
}
