//! Batches whose messages a seed determines, and the lengths at which engines change their ways.
#![allow(dead_code)] // not every test crate uses all of it

use pagecrypt::Cipher;

use crate::bytes::bytes;
use crate::messages::Message;

/// Lengths of a text and its associated data.
pub(crate) type Lengths = (usize, usize);

/// The most messages of a batch here: one more than the lanes of the widest engine (16 words of ChaCha20).
pub(crate) const MOST: usize = 17;

/// A message that `seed` determines.
pub(crate) fn message(cipher: Cipher, seed: u64, (text, associated_data): Lengths) -> Message {
    Message {
        nonce: bytes(seed, cipher.nonce_length()),
        associated_data: bytes(seed ^ (1 << 62), associated_data),
        text: bytes(seed ^ (1 << 63), text),
    }
}

/// Messages of these lengths, with nonces and contents of their own.
pub(crate) fn messages(cipher: Cipher, lengths: &[Lengths]) -> Vec<Message> {
    (0..).zip(lengths).map(|(seed, lengths)| message(cipher, seed, *lengths)).collect()
}

/// How the lengths of a batch's messages differ.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Shape {
    /// Not at all: such neighbours are worked on together.
    Same,
    /// In the associated data only.
    MixedData,
    /// In the text only.
    MixedText,
    /// In both.
    Mixed,
    /// Runs of one, two, three and so on of the same lengths, so that groups begin anywhere and end early.
    Runs,
}

impl Shape {
    pub(crate) const ALL: [Self; 5] = [Self::Same, Self::MixedData, Self::MixedText, Self::Mixed, Self::Runs];

    /// The lengths of [`MOST`] messages, texts around `text` bytes.
    pub(crate) fn lengths(self, text: usize) -> [Lengths; MOST] {
        let data = |index: usize| DATA[index % DATA.len()];
        let texts = |index: usize| match index % 8 {
            0 => text,
            1 => text + 16,
            2 => text.saturating_sub(1),
            3 => text / 2,
            4 => 0,
            5 => text + 1,
            6 => text.saturating_sub(16),
            _ => text % 256,
        };
        std::array::from_fn(|index| match self {
            Self::Same => (text, data(text)),
            Self::MixedData => (text, data(text + index)),
            Self::MixedText => (texts(index), data(text)),
            Self::Mixed => (texts(index), data(3 * index + text)),
            Self::Runs => {
                let run = [0, 1, 1, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 4, 5, 5][index];
                (texts(run), data(run / 2))
            }
        })
    }
}

/// Lengths of associated data: none, around a block, a page 1's, what is folded in without a pass of its own, and more.
const DATA: [usize; 13] = [0, 12, 16, 1, 100, 128, 15, 33, 127, 28, 64, 129, 300];
