//! 65 messages of 0 to 2368 bytes, sealed and opened in one batch: ciphertexts one after the other, then the tags.

use std::fs;

use pagecrypt::TAG_LENGTH;
use pagecrypt::aead::{Aead, Open, Seal, Text};

use crate::{Failure, Outcome, Place, compare};

const COUNT: usize = 65;

/// One message as every language makes it.
struct Message {
    nonce: Vec<u8>,
    associated_data: Vec<u8>,
    text: Vec<u8>,
}

fn message(i: usize, nonce_length: usize) -> Message {
    Message {
        nonce: vec![i as u8; nonce_length],
        associated_data: vec![i as u8; i],
        text: (0..37 * i).map(|j| (i + j) as u8).collect(),
    }
}

fn messages(place: &Place) -> Vec<Message> {
    (0..COUNT).map(|i| message(i, place.key.cipher().nonce_length())).collect()
}

pub(crate) fn write(place: &Place) -> Result<Outcome, Failure> {
    let mut messages = messages(place);
    let mut tags = [[0; TAG_LENGTH]; COUNT];
    let mut batch: Vec<_> = messages
        .iter_mut()
        .zip(&mut tags)
        .map(|(message, tag)| Seal {
            nonce: &message.nonce,
            associated_data: &message.associated_data,
            text: Text::InPlace(&mut message.text),
            tag,
        })
        .collect();
    place.key.seal_batch_assume_unique_nonces(&mut batch)?;
    let mut file: Vec<u8> = messages.into_iter().flat_map(|message| message.text).collect();
    file.extend(tags.as_flattened());
    fs::write(place.path("messages", ""), file)?;
    Ok(Outcome::Ok)
}

pub(crate) fn read(place: &Place) -> Result<Outcome, Failure> {
    let expected = messages(place);
    let file = fs::read(place.path("messages", ""))?;
    let length: usize = expected.iter().map(|message| message.text.len()).sum();
    if file.len() != length + COUNT * TAG_LENGTH {
        return Err(format!("{} bytes, not {}", file.len(), length + COUNT * TAG_LENGTH).into());
    }
    let (mut from, tags) = file.split_at(length);
    let (tags, _) = tags.as_chunks();
    let mut texts: Vec<_> = expected.iter().map(|message| vec![0; message.text.len()]).collect();
    let mut batch = Vec::with_capacity(COUNT);
    for ((message, to), tag) in expected.iter().zip(&mut texts).zip(tags) {
        let (ciphertext, rest) = from.split_at(to.len());
        from = rest;
        let text = Text::Into { from: ciphertext, to };
        batch.push(Open::new(&message.nonce, &message.associated_data, text, tag));
    }
    place.key.open_batch(&mut batch)?;
    for (i, (message, text)) in expected.iter().zip(&texts).enumerate() {
        compare(&format!("message {i}"), text, &message.text)?;
    }
    Ok(Outcome::Ok)
}
