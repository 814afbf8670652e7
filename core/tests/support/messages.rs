//! Sealing and opening of owned messages, one at a time and in batches, in place and into another buffer.
#![allow(dead_code)] // not every test crate uses all of it

use pagecrypt::Key;
use pagecrypt::aead::{Aead, BatchFailure, Open, Seal, Text};

/// A message before it is sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) nonce: Vec<u8>,
    pub(crate) associated_data: Vec<u8>,
    pub(crate) text: Vec<u8>,
}

/// A message once it is sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sealed {
    pub(crate) nonce: Vec<u8>,
    pub(crate) associated_data: Vec<u8>,
    pub(crate) text: Vec<u8>,
    pub(crate) tag: [u8; 16],
}

/// Where a batch writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Output {
    InPlace,
    Into,
    /// In turns, beginning in place.
    Alternating,
    /// Into another buffer where this number has a bit for the message, counted round and round.
    Drawn(u64),
}

impl Output {
    pub(crate) const ALL: [Self; 3] = [Self::InPlace, Self::Into, Self::Alternating];

    fn into(self, index: usize) -> bool {
        match self {
            Self::InPlace => false,
            Self::Into => true,
            Self::Alternating => index % 2 == 1,
            Self::Drawn(bits) => bits >> (index % 64) & 1 == 1,
        }
    }
}

/// What the bytes of an output buffer are before an operation.
const FILL: u8 = 0xc3;

/// A copy of `from` and a buffer beside it, to read and write as `place` says.
struct Buffers {
    from: Vec<u8>,
    to: Vec<u8>,
    into: bool,
}

impl Buffers {
    fn all<'a>(texts: impl Iterator<Item = &'a Vec<u8>>, place: Output) -> Vec<Self> {
        texts
            .enumerate()
            .map(|(index, text)| Self {
                from: text.clone(),
                to: vec![FILL; text.len()],
                into: place.into(index),
            })
            .collect()
    }

    fn text(&mut self) -> Text<'_> {
        if self.into {
            Text::Into { from: &self.from, to: &mut self.to }
        } else {
            Text::InPlace(&mut self.from)
        }
    }

    fn output(self) -> Vec<u8> {
        if self.into { self.to } else { self.from }
    }
}

/// Seals `messages` as one batch.
pub(crate) fn seal_batch(key: &Key, messages: &[Message], place: Output) -> Vec<Sealed> {
    let mut buffers = Buffers::all(messages.iter().map(|message| &message.text), place);
    let mut tags = vec![[FILL; 16]; messages.len()];
    let mut batch: Vec<Seal<'_>> = messages
        .iter()
        .zip(&mut buffers)
        .zip(&mut tags)
        .map(|((message, buffers), tag)| Seal {
            nonce: &message.nonce,
            associated_data: &message.associated_data,
            text: buffers.text(),
            tag,
        })
        .collect();
    key.seal_batch_assume_unique_nonces(&mut batch).unwrap();
    drop(batch);
    messages
        .iter()
        .zip(buffers)
        .zip(tags)
        .map(|((message, buffers), tag)| {
            assert!(!buffers.into || buffers.from == message.text, "the source changed");
            Sealed {
                nonce: message.nonce.clone(),
                associated_data: message.associated_data.clone(),
                text: buffers.output(),
                tag,
            }
        })
        .collect()
}

/// Opens `sealed` as one batch: the plaintext of each message that opened. The output of any other is proved to be
/// zeros, and what the batch reports is proved to agree.
pub(crate) fn open_batch(key: &Key, sealed: &[Sealed], place: Output) -> Vec<Option<Vec<u8>>> {
    let mut buffers = Buffers::all(sealed.iter().map(|message| &message.text), place);
    let mut batch: Vec<Open<'_>> = sealed
        .iter()
        .zip(&mut buffers)
        .map(|(message, buffers)| {
            Open::new(&message.nonce, &message.associated_data, buffers.text(), &message.tag)
        })
        .collect();
    let outcome = key.open_batch(&mut batch);
    let opened: Vec<bool> = batch.iter().map(Open::opened).collect();
    drop(batch);
    let mut failed = opened.iter().enumerate().filter(|(_, opened)| !**opened).map(|(index, _)| index);
    match (failed.next(), outcome) {
        (None, Ok(())) => {}
        (Some(expected), Err(BatchFailure::Forged { first, count })) => {
            assert_eq!((first, count), (expected, 1 + failed.count()));
        }
        (failed, outcome) => panic!("the first that failed is {failed:?}, but the batch says {outcome:?}"),
    }
    opened
        .into_iter()
        .zip(sealed.iter().zip(buffers))
        .map(|(opened, (message, buffers))| {
            assert!(!buffers.into || buffers.from == message.text, "the source changed");
            let output = buffers.output();
            assert!(
                opened || output.iter().all(|byte| *byte == 0),
                "something is left of a message that failed"
            );
            opened.then_some(output)
        })
        .collect()
}

/// Seals one message: a batch of one.
pub(crate) fn seal_one(key: &Key, message: &Message, output: Output) -> Sealed {
    seal_batch(key, std::slice::from_ref(message), output).remove(0)
}

/// Opens one message: a batch of one.
pub(crate) fn open_one(key: &Key, sealed: &Sealed, output: Output) -> Option<Vec<u8>> {
    open_batch(key, std::slice::from_ref(sealed), output).remove(0)
}
