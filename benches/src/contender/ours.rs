//! libpagecrypt, through its public interface.

use std::time::Duration;

use pagecrypt::aead::{Aead, Open, Seal, Text};
use pagecrypt::{Cipher, Engine, Key, available_engines};

use super::{Calls, Contender, draw, timed};
use crate::memory::Message;

/// The library's name in rows.
pub const NAME: &str = "pagecrypt";

/// The engines of this CPU that serve a cipher, the best last.
pub fn engines(cipher: Cipher) -> Vec<Engine> {
    let key = Key::from_bytes(&vec![0; cipher.key_length()], cipher).expect("a key of the right length");
    available_engines()
        .filter(|engine| key.with_engine(*engine).is_ok_and(|key| key.engine() == *engine))
        .collect()
}

/// libpagecrypt once for each of `engines` that serves the cipher.
pub(super) fn new(cipher: Cipher, key: &[u8], engines: &[Engine]) -> Vec<Box<dyn Contender>> {
    let key = Key::from_bytes(key, cipher).expect("a key of the right length");
    engines
        .iter()
        .filter_map(|engine| {
            let key = key.with_engine(*engine).ok()?;
            (key.engine() == *engine).then(|| Box::new(Ours { key }) as Box<dyn Contender>)
        })
        .collect()
}

struct Ours {
    key: Key,
}

fn sealing<'a>(message: &'a mut Message<'_>) -> Seal<'a> {
    Seal { nonce: message.nonce, associated_data: &[], text: Text::InPlace(message.text), tag: message.tag }
}

fn opening<'a>(message: &'a mut Message<'_>) -> Open<'a> {
    Open::new(message.nonce, &[], Text::InPlace(message.text), message.tag)
}

impl Contender for Ours {
    fn library(&self) -> &'static str {
        NAME
    }

    fn engine(&self) -> &'static str {
        self.key.engine().name()
    }

    fn seal(&mut self, messages: &mut [Message<'_>], calls: Calls) -> Duration {
        let one = |message: &mut Message<'_>| {
            self.key.seal_one_assume_unique_nonce(sealing(message)).expect("lengths are right");
        };
        match calls {
            Calls::Drawn => timed(|| {
                for message in messages {
                    draw(message.nonce);
                    one(message);
                }
            }),
            Calls::Batches(1) => timed(|| messages.iter_mut().for_each(one)),
            Calls::Batches(batch) => {
                // The peers, too, are handed lists that are there.
                let mut list: Vec<_> = messages.iter_mut().map(sealing).collect();
                timed(|| {
                    for batch in list.chunks_mut(batch) {
                        self.key.seal_batch_assume_unique_nonces(batch).expect("lengths are right");
                    }
                })
            }
        }
    }

    fn open(&mut self, messages: &mut [Message<'_>], calls: Calls) -> Duration {
        match calls {
            Calls::Drawn | Calls::Batches(1) => timed(|| {
                for message in messages {
                    self.key.open_one(opening(message)).expect("the message is authentic");
                }
            }),
            Calls::Batches(batch) => {
                let mut list: Vec<_> = messages.iter_mut().map(opening).collect();
                timed(|| {
                    for batch in list.chunks_mut(batch) {
                        self.key.open_batch(batch).expect("the messages are authentic");
                    }
                })
            }
        }
    }

    fn authentic(&mut self, message: &mut Message<'_>) -> bool {
        self.key.open_one(opening(message)).is_ok()
    }
}
