//! RustCrypto's crates `aes-gcm` and `chacha20poly1305`, as they choose by themselves.

use aes_gcm::aead::inout::InOutBuf;
use aes_gcm::aead::{AeadInOut, KeyInit};
use aes_gcm::{Aes128Gcm, Aes256Gcm};
use chacha20poly1305::ChaCha20Poly1305;
use pagecrypt::Cipher;

use super::{Contender, OneByOne};
use crate::memory::Message;

struct RustCrypto<C>(C);

pub(super) fn new(cipher: Cipher, key: &[u8]) -> Option<Box<dyn Contender>> {
    fn keyed<C: KeyInit + AeadInOut + Send + 'static>(key: &[u8]) -> Box<dyn Contender> {
        Box::new(RustCrypto(C::new_from_slice(key).expect("a key of the right length")))
    }
    Some(match cipher {
        Cipher::Aes128Gcm => keyed::<Aes128Gcm>(key),
        Cipher::Aes256Gcm => keyed::<Aes256Gcm>(key),
        Cipher::ChaCha20Poly1305 => keyed::<ChaCha20Poly1305>(key),
        _ => return None,
    })
}

impl<C: AeadInOut + Send> OneByOne for RustCrypto<C> {
    const LIBRARY: &'static str = "rustcrypto";

    fn seal_one(&mut self, message: &mut Message<'_>) {
        let nonce = (&*message.nonce).try_into().expect("the cipher's length");
        let text = InOutBuf::from(&mut *message.text);
        let tag = self.0.encrypt_inout_detached(nonce, &[], text).expect("it seals");
        message.tag.copy_from_slice(&tag);
    }

    fn open_one(&mut self, message: &mut Message<'_>) -> bool {
        let nonce = (&*message.nonce).try_into().expect("the cipher's length");
        let tag = message.tag.as_slice().try_into().expect("16 bytes");
        self.0.decrypt_inout_detached(nonce, &[], InOutBuf::from(&mut *message.text), tag).is_ok()
    }
}
