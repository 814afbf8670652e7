//! The system's OpenSSL, by its envelope interface: a context for each direction, whose key stays when it is started
//! again with another nonce.

use openssl::cipher::Cipher as Algorithm;
use openssl::cipher_ctx::CipherCtx;
use pagecrypt::Cipher;

use super::{Contender, OneByOne};
use crate::memory::Message;

struct OpenSsl {
    sealing: CipherCtx,
    opening: CipherCtx,
}

pub(super) fn new(cipher: Cipher, key: &[u8]) -> Option<Box<dyn Contender>> {
    let algorithm = match cipher {
        Cipher::Aes128Gcm => Algorithm::aes_128_gcm(),
        Cipher::Aes256Gcm => Algorithm::aes_256_gcm(),
        Cipher::ChaCha20Poly1305 => Algorithm::chacha20_poly1305(),
        _ => return None,
    };
    let mut sealing = CipherCtx::new().expect("OpenSSL gives a context");
    let mut opening = CipherCtx::new().expect("OpenSSL gives a context");
    sealing.encrypt_init(Some(algorithm), Some(key), None).expect("OpenSSL has the cipher");
    opening.decrypt_init(Some(algorithm), Some(key), None).expect("OpenSSL has the cipher");
    Some(Box::new(OpenSsl { sealing, opening }))
}

impl OneByOne for OpenSsl {
    const LIBRARY: &'static str = "openssl";

    fn seal_one(&mut self, message: &mut Message<'_>) {
        let context = &mut self.sealing;
        context.encrypt_init(None, None, Some(message.nonce)).expect("it starts");
        context.cipher_update_inplace(message.text, message.text.len()).expect("it seals");
        context.cipher_final(&mut []).expect("it ends");
        context.tag(message.tag).expect("it has a tag");
    }

    fn open_one(&mut self, message: &mut Message<'_>) -> bool {
        let context = &mut self.opening;
        context.decrypt_init(None, None, Some(message.nonce)).expect("it starts");
        context.set_tag(message.tag).expect("it takes the tag");
        context.cipher_update_inplace(message.text, message.text.len()).expect("it opens");
        context.cipher_final(&mut []).is_ok()
    }
}
