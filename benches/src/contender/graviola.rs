//! The crate `graviola`, which refuses to work without the CPU features it wants.

use graviola::aead::{AesGcm, ChaCha20Poly1305};
use pagecrypt::Cipher;

use super::{Contender, OneByOne};
use crate::memory::Message;

/// The features that it wants and this CPU lacks.
pub(super) fn missing() -> Vec<&'static str> {
    macro_rules! missing {
        ($detected:ident: $($feature:tt)*) => {
            [$(($feature, std::arch::$detected!($feature))),*]
        };
    }
    #[cfg(target_arch = "x86_64")]
    let wanted = missing!(is_x86_feature_detected: "adx" "aes" "avx" "avx2" "bmi1" "bmi2" "pclmulqdq");
    #[cfg(target_arch = "aarch64")]
    let wanted = missing!(is_aarch64_feature_detected: "neon" "aes" "pmull" "sha2");
    wanted.into_iter().filter(|(_, there)| !there).map(|(feature, _)| feature).collect()
}

pub(super) fn new(cipher: Cipher, key: &[u8]) -> Option<Box<dyn Contender>> {
    Some(match cipher {
        Cipher::Aes128Gcm | Cipher::Aes256Gcm => Box::new(Gcm(AesGcm::new(key))),
        Cipher::ChaCha20Poly1305 => {
            Box::new(ChaCha(ChaCha20Poly1305::new(key.try_into().expect("the cipher's length"))))
        }
        _ => return None,
    })
}

struct Gcm(AesGcm);
struct ChaCha(ChaCha20Poly1305);

macro_rules! one_by_one {
    ($($name:ident)*) => {$(
        impl OneByOne for $name {
            const LIBRARY: &'static str = "graviola";

            fn seal_one(&mut self, message: &mut Message<'_>) {
                let nonce = (&*message.nonce).try_into().expect("the cipher's length");
                self.0.encrypt(nonce, &[], message.text, message.tag);
            }

            fn open_one(&mut self, message: &mut Message<'_>) -> bool {
                let nonce = (&*message.nonce).try_into().expect("the cipher's length");
                self.0.decrypt(nonce, &[], message.text, message.tag).is_ok()
            }
        }
    )*};
}

one_by_one!(Gcm ChaCha);
