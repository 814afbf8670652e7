//! Batches with which keys are put to work.

use pagecrypt::aead::{Open, Seal, Text};
use pagecrypt::{Cipher, Engine};

/// Lengths of a text and its associated data.
pub(crate) type Lengths = (usize, usize);

pub(crate) struct Message {
    nonce: Vec<u8>,
    associated_data: Vec<u8>,
    pub(crate) text: Vec<u8>,
    /// Where the other text goes, unless it goes in place.
    pub(crate) other: Vec<u8>,
    pub(crate) tag: [u8; 16],
}

impl Message {
    /// A message for each of `lengths`; their texts are still zeros.
    pub(crate) fn all(cipher: Cipher, lengths: &[Lengths]) -> Vec<Self> {
        (1..)
            .zip(lengths)
            .map(|(seed, (text, associated_data))| Self {
                nonce: pattern(seed, cipher.nonce_length()),
                associated_data: pattern(seed << 20, *associated_data),
                text: vec![0; *text],
                other: vec![0; *text],
                tag: [0; 16],
            })
            .collect()
    }

    pub(crate) fn seal(&mut self, into: bool) -> Seal<'_> {
        Seal {
            nonce: &self.nonce,
            associated_data: &self.associated_data,
            text: text(&mut self.text, &mut self.other, into),
            tag: &mut self.tag,
        }
    }

    pub(crate) fn open(&mut self, into: bool) -> Open<'_> {
        let text = text(&mut self.text, &mut self.other, into);
        Open::new(&self.nonce, &self.associated_data, text, &self.tag)
    }

    /// After sealing or opening: what came out of it becomes the text.
    pub(crate) fn take_output(&mut self, into: bool) {
        if into {
            std::mem::swap(&mut self.text, &mut self.other);
        }
    }
}

fn text<'a>(from: &'a mut [u8], to: &'a mut [u8], into: bool) -> Text<'a> {
    if into { Text::Into { from, to } } else { Text::InPlace(from) }
}

/// Bytes that `seed` determines.
pub(crate) fn pattern(seed: u64, length: usize) -> Vec<u8> {
    let byte = |index: u64| (seed.wrapping_add(index).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8;
    (0..length as u64).map(byte).collect()
}

/// Every cipher with each engine that serves it here.
pub(crate) fn grid() -> impl Iterator<Item = (Cipher, Engine)> {
    let ciphers = Cipher::ALL.into_iter();
    let pairs = ciphers.flat_map(|cipher| pagecrypt::available_engines().map(move |engine| (cipher, engine)));
    pairs.filter(|(cipher, engine)| serves(*cipher, *engine))
}

/// Whether keys of `cipher` can have `engine`: otherwise this ceiling leads to an engine below it.
fn serves(cipher: Cipher, engine: Engine) -> bool {
    let key = pagecrypt::Key::from_bytes(&vec![0; cipher.key_length()], cipher);
    key.and_then(|key| key.with_engine(engine)).is_ok_and(|key| key.engine() == engine)
}
