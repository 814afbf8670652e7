//! How much work a cipher's definition asks for, so that a machine's rates give a bound on its speed.
//!
//! What is not counted: AES-GCM's multiplications and ChaCha20-Poly1305's authenticator, which other units can do at
//! the same time in part, and loads and stores. So the bounds are not reached even by perfect code.

use pagecrypt::Cipher;

/// The operations that limit a cipher.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// AES rounds of one block of 16 bytes.
    AesRounds(u64),
    /// Steps of ChaCha20's quarter round (an addition, an exclusive or and a rotation) of one word of 32 bits.
    ChaChaSteps(u64),
}

impl Work {
    /// For one message of so many bytes without associated data, the key being expanded.
    pub fn of(cipher: Cipher, text: usize) -> Self {
        let text = text as u64;
        // AEGIS (RFC 10032): a state of `words` blocks in each of `lanes` lanes; every update is a round for each
        // block of the state and absorbs `rate` bytes. `setup` updates begin and end a message, of whose rounds those are done
        // once for a key that no nonce reaches.
        let aegis = |words: u64, lanes: u64, rate: u64, setup: u64| {
            let expanded = if words == 8 { 15 } else { 11 };
            Self::AesRounds(((text.div_ceil(rate * lanes) + setup) * words - expanded) * lanes)
        };
        // AES-GCM (SP 800-38D): a block for each block of text, and one that masks the tag.
        let gcm = |rounds: u64| Self::AesRounds((text.div_ceil(16) + 1) * rounds);
        match cipher {
            Cipher::Aegis128l => aegis(8, 1, 32, 10 + 7),
            Cipher::Aegis128x2 => aegis(8, 2, 32, 10 + 7),
            Cipher::Aegis128x4 => aegis(8, 4, 32, 10 + 7),
            Cipher::Aegis256 => aegis(6, 1, 16, 16 + 7),
            Cipher::Aegis256x2 => aegis(6, 2, 16, 16 + 7),
            Cipher::Aegis256x4 => aegis(6, 4, 16, 16 + 7),
            Cipher::Aes128Gcm => gcm(10),
            Cipher::Aes256Gcm => gcm(14),
            // RFC 8439: 20 rounds of 4 quarter rounds of 4 steps a block of 64 bytes; one block more is Poly1305's key.
            Cipher::ChaCha20Poly1305 => Self::ChaChaSteps((text.div_ceil(64) + 1) * 20 * 4 * 4),
            _ => Self::AesRounds(0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_what_the_definitions_add_up_to() {
        let cases = [
            (Cipher::Aegis256, 4048, Work::AesRounds(16 * 6 - 11 + 253 * 6 + 7 * 6)),
            (Cipher::Aegis256, 17, Work::AesRounds(16 * 6 - 11 + 2 * 6 + 7 * 6)),
            (Cipher::Aegis256x4, 4048, Work::AesRounds((16 + 64 + 7) * 24 - 11 * 4)),
            (Cipher::Aegis128l, 4064, Work::AesRounds(10 * 8 - 15 + 127 * 8 + 7 * 8)),
            (Cipher::Aegis128x2, 64, Work::AesRounds((10 + 1 + 7) * 16 - 15 * 2)),
            (Cipher::Aes256Gcm, 64, Work::AesRounds(5 * 14)),
            (Cipher::Aes128Gcm, 4068, Work::AesRounds(256 * 10)),
            (Cipher::ChaCha20Poly1305, 64, Work::ChaChaSteps(2 * 320)),
        ];
        for (cipher, text, work) in cases {
            assert_eq!(Work::of(cipher, text), work, "{cipher}, {text} bytes");
        }
    }

    #[test]
    fn every_cipher_has_work() {
        for cipher in Cipher::ALL {
            assert!(!matches!(Work::of(cipher, 64), Work::AesRounds(0) | Work::ChaChaSteps(0)), "{cipher}");
        }
    }
}
