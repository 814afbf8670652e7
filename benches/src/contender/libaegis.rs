//! libaegis, in C, by the crate `aegis`.

use pagecrypt::Cipher;

use super::{Contender, OneByOne};
use crate::memory::Message;

pub(super) fn new(cipher: Cipher, key: &[u8]) -> Option<Box<dyn Contender>> {
    Some(match cipher {
        Cipher::Aegis128l => Box::new(Aegis128l(sized(key))),
        Cipher::Aegis128x2 => Box::new(Aegis128x2(sized(key))),
        Cipher::Aegis128x4 => Box::new(Aegis128x4(sized(key))),
        Cipher::Aegis256 => Box::new(Aegis256(sized(key))),
        Cipher::Aegis256x2 => Box::new(Aegis256x2(sized(key))),
        Cipher::Aegis256x4 => Box::new(Aegis256x4(sized(key))),
        _ => return None,
    })
}

fn sized<const N: usize>(bytes: &[u8]) -> [u8; N] {
    bytes.try_into().expect("the cipher's length")
}

macro_rules! variants {
    ($($name:ident: $path:path, $key:literal;)*) => {$(
        struct $name([u8; $key]);

        impl OneByOne for $name {
            const LIBRARY: &'static str = "libaegis";

            fn seal_one(&mut self, message: &mut Message<'_>) {
                use $path as Variant;
                let nonce = (&*message.nonce).try_into().expect("the cipher's length");
                *message.tag = Variant::<16>::new(&self.0, nonce).encrypt_in_place(message.text, &[]);
            }

            fn open_one(&mut self, message: &mut Message<'_>) -> bool {
                use $path as Variant;
                let nonce = (&*message.nonce).try_into().expect("the cipher's length");
                Variant::<16>::new(&self.0, nonce).decrypt_in_place(message.text, message.tag, &[]).is_ok()
            }
        }
    )*};
}

variants! {
    Aegis128l: aegis::aegis128l::Aegis128L, 16;
    Aegis128x2: aegis::aegis128x2::Aegis128X2, 16;
    Aegis128x4: aegis::aegis128x4::Aegis128X4, 16;
    Aegis256: aegis::aegis256::Aegis256, 32;
    Aegis256x2: aegis::aegis256x2::Aegis256X2, 32;
    Aegis256x4: aegis::aegis256x4::Aegis256X4, 32;
}
