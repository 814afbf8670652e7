//! The memory that all contenders work on: one mapping, and messages at fixed distances in it.
//!
//! Where data lies moves figures by tenths (aliasing of addresses, cache lines, huge pages), so nothing is left to an
//! allocator: the mapping starts at a boundary of huge pages, and a message's place follows from its number.

use pagecrypt::Cipher;

const HUGE_PAGE: usize = 2 << 20;
const PAGE: usize = 4096;
/// What follows the text of a record: a tag of 16 bytes and a nonce of up to 32, filled up to a cache line.
const AFTER_RECORD: usize = 64;

/// One message: sealed and opened in place, with its tag and its nonce apart.
#[derive(Debug)]
pub struct Message<'a> {
    pub text: &'a mut [u8],
    pub tag: &'a mut [u8; 16],
    pub nonce: &'a mut [u8],
}

/// How messages lie in memory: text, tag and nonce, one message each `spacing` bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    pub text: usize,
    pub spacing: usize,
    nonce: usize,
}

impl Layout {
    /// Pages (4096 bytes and more) as Turso has them, their text shorter by tag and nonce; below that, records of so
    /// many bytes of text.
    pub fn new(cipher: Cipher, size: usize) -> Self {
        let nonce = cipher.nonce_length();
        if size >= PAGE {
            Self { text: size - cipher.reserved_length(), spacing: size, nonce }
        } else {
            Self { text: size, spacing: (size + AFTER_RECORD).next_multiple_of(64), nonce }
        }
    }

    /// The messages in `memory`, of which it holds as many as there is room for.
    pub fn messages<'a>(self, memory: &'a mut [u8]) -> impl ExactSizeIterator<Item = Message<'a>> {
        memory.chunks_exact_mut(self.spacing).map(move |slot| {
            let (text, rest) = slot.split_at_mut(self.text);
            let (tag, rest) = rest.split_first_chunk_mut().expect("a slot has room for the tag");
            Message { text, tag, nonce: &mut rest[..self.nonce] }
        })
    }
}

/// A mapping that starts at a boundary of huge pages.
#[derive(Debug)]
pub struct Memory {
    bytes: Vec<u8>,
    start: usize,
    length: usize,
}

impl Memory {
    pub fn new(length: usize) -> Self {
        let bytes = vec![0; length + HUGE_PAGE];
        let start = bytes.as_ptr().align_offset(HUGE_PAGE);
        Self { bytes, start, length }
    }

    pub fn bytes(&mut self) -> &mut [u8] {
        &mut self.bytes[self.start..self.start + self.length]
    }
}

/// Fills messages with plaintext and nonces that differ from message to message.
pub fn fill(layout: Layout, memory: &mut [u8]) {
    memory.fill(0x5a);
    for (index, message) in layout.messages(memory).enumerate() {
        message.nonce.fill(0);
        message.nonce[..8].copy_from_slice(&(index as u64).to_le_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_lie_where_their_number_says_and_do_not_overlap() {
        for cipher in Cipher::ALL {
            for size in [64, 256, 1024, 4096, 16384, 65536] {
                let layout = Layout::new(cipher, size);
                let mut memory = Memory::new(4 * layout.spacing);
                let bytes = memory.bytes();
                let start = bytes.as_ptr() as usize;
                assert_eq!(start % HUGE_PAGE, 0);
                fill(layout, bytes);
                let messages: Vec<_> = layout.messages(bytes).collect();
                assert_eq!(messages.len(), 4);
                for (index, message) in messages.iter().enumerate() {
                    assert_eq!(message.text.as_ptr() as usize, start + index * layout.spacing);
                    assert_eq!(message.nonce.len(), cipher.nonce_length());
                    assert_eq!(message.nonce[0], index as u8);
                    assert!(message.text.len() <= size && message.text.len() + 48 >= size);
                }
            }
        }
    }
}
