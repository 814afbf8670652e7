//! Before anything is timed: every contender makes the same bytes, opens them, and refuses what was forged.

use pagecrypt::Cipher;

use crate::contender::{Calls, Contender};
use crate::memory::{Layout, Message, fill};

/// Lengths around blocks, rates of the widest variants, and what is measured.
const SIZES: [usize; 14] = [1, 15, 16, 17, 63, 64, 65, 127, 128, 256, 1000, 1024, 4096, 16384];
const MESSAGES: usize = 19;

/// Compares the contenders, which hold the same key.
///
/// # Errors
/// The first disagreement, in words.
pub fn check(cipher: Cipher, contenders: &mut [Box<dyn Contender>]) -> Result<(), String> {
    for size in SIZES {
        let layout = Layout::new(cipher, size);
        let mut plain = vec![0; MESSAGES * layout.spacing];
        fill(layout, &mut plain);
        for (index, byte) in plain.iter_mut().enumerate() {
            *byte ^= (index / 7) as u8; // a nonce is one, whatever its bytes
        }
        let mut agreed: Option<(&'static str, Vec<u8>)> = None;
        for contender in contenders.iter_mut() {
            let name = contender.library();
            let who = || format!("{cipher}, {size} bytes: {name}").replace(": pagecrypt", ": ours");
            for batch in [1, 4, MESSAGES] {
                let mut memory = plain.clone();
                let mut messages: Vec<Message<'_>> = layout.messages(&mut memory).collect();
                contender.seal(&mut messages, Calls::Batches(batch));
                let sealed = memory.clone();
                match &agreed {
                    Some((other, bytes)) if *bytes != sealed => {
                        return Err(format!("{} seals other bytes than {other} (batch of {batch})", who()));
                    }
                    Some(_) => {}
                    None => agreed = Some((name, sealed)),
                }
                let mut messages: Vec<Message<'_>> = layout.messages(&mut memory).collect();
                contender.open(&mut messages, Calls::Batches(batch));
                let opened = layout.messages(&mut memory).zip(layout.messages(&mut plain));
                for (message, original) in opened {
                    if message.text != original.text {
                        return Err(format!("{} opens to other bytes (batch of {batch})", who()));
                    }
                }
            }
            let mut forged = agreed.as_ref().map(|(_, bytes)| bytes.clone()).unwrap_or_default();
            let Some(mut message) = layout.messages(&mut forged).next() else { continue };
            message.tag[15] ^= 0x80;
            if contender.authentic(&mut message) {
                return Err(format!("{} opens a forged message", who()));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::contender::{contenders, engines};

    /// Seals like another, but for one bit, or opens whatever it gets.
    struct Wrong {
        inner: Box<dyn Contender>,
        flips: bool,
    }

    impl Contender for Wrong {
        fn library(&self) -> &'static str {
            "wrong"
        }
        fn seal(&mut self, messages: &mut [Message<'_>], calls: Calls) -> Duration {
            let time = self.inner.seal(messages, calls);
            messages[messages.len() - 1].tag[3] ^= u8::from(self.flips);
            time
        }
        fn open(&mut self, messages: &mut [Message<'_>], calls: Calls) -> Duration {
            self.inner.open(messages, calls)
        }
        fn authentic(&mut self, _: &mut Message<'_>) -> bool {
            true
        }
    }

    #[test]
    fn every_contender_makes_the_same_bytes_with_every_engine() {
        for cipher in Cipher::ALL {
            let key: Vec<u8> = (1..=cipher.key_length() as u8).collect();
            let mut all = contenders(cipher, &key, &engines(cipher));
            assert!(all.len() > engines(cipher).len(), "{cipher} has no peer");
            assert_eq!(check(cipher, &mut all), Ok(()));
        }
    }

    #[test]
    fn other_bytes_and_opened_forgeries_are_found() {
        let cipher = Cipher::Aegis256;
        for (flips, said) in [(true, "seals other bytes"), (false, "opens a forged message")] {
            let mut all = contenders(cipher, &[7; 32], &engines(cipher));
            let inner = all.pop().unwrap();
            all.push(Box::new(Wrong { inner, flips }));
            assert!(check(cipher, &mut all).unwrap_err().contains(said));
        }
    }
}
