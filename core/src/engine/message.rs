//! The messages of a batch, as callers describe them, and as kernels see them.

#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
use core::arch::asm;
use core::slice;

use zeroize::Zeroize;

use crate::error::Error;

/// Where a message's text is read from and written to. The two cannot overlap by halves: they are one buffer or two.
#[derive(Debug)]
pub enum Text<'a> {
    /// Read and overwritten in the same place.
    InPlace(&'a mut [u8]),
    /// Read from one buffer and written to another of the same length; the first is left as it is.
    Into {
        /// What is read.
        from: &'a [u8],
        /// What is written.
        to: &'a mut [u8],
    },
}

impl Text<'_> {
    /// Length in bytes of what is read.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::InPlace(text) => text.len(),
            Self::Into { from, .. } => from.len(),
        }
    }

    /// Whether there is nothing to read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Length of what is read, and of what is written: the same, once that was checked.
    pub(super) fn lengths(&self) -> (usize, usize) {
        match self {
            Self::InPlace(text) => (text.len(), text.len()),
            Self::Into { from, to } => (from.len(), to.len()),
        }
    }

    /// Where a kernel reads and writes: the same place or two that do not overlap, of the same length once that was
    /// checked.
    pub(super) fn pointers(&mut self) -> (*const u8, *mut u8) {
        match self {
            Self::InPlace(text) => {
                let text = text.as_mut_ptr();
                (text, text)
            }
            Self::Into { from, to } => (from.as_ptr(), to.as_mut_ptr()),
        }
    }

    /// What is written to.
    pub(crate) fn output(&mut self) -> &mut [u8] {
        match self {
            Self::InPlace(text) => text,
            Self::Into { to, .. } => to,
        }
    }
}

/// One message to seal.
#[derive(Debug)]
pub struct Seal<'a> {
    /// Unique under the key; the cipher's nonce length.
    pub nonce: &'a [u8],
    /// Authenticated, not encrypted.
    pub associated_data: &'a [u8],
    /// Plaintext in, ciphertext out.
    pub text: Text<'a>,
    /// Written.
    pub tag: &'a mut [u8; 16],
}

/// One message to open.
#[derive(Debug)]
pub struct Open<'a> {
    /// The nonce it was sealed with.
    pub nonce: &'a [u8],
    /// The associated data it was sealed with.
    pub associated_data: &'a [u8],
    /// Ciphertext in; plaintext out, or zeros if it does not open.
    pub text: Text<'a>,
    /// The tag it was sealed with.
    pub tag: &'a [u8; 16],
    pub(crate) opened: bool,
}

impl<'a> Open<'a> {
    /// A message yet to be opened.
    #[must_use]
    pub fn new(nonce: &'a [u8], associated_data: &'a [u8], text: Text<'a>, tag: &'a [u8; 16]) -> Self {
        Self { nonce, associated_data, text, tag, opened: false }
    }

    /// Whether the last attempt opened it: its tag was right, and the text is plaintext.
    #[must_use]
    pub fn opened(&self) -> bool {
        self.opened
    }
}

/// A message to be sealed or opened, as kernels see it.
pub(super) trait Message {
    /// Whether it is opened.
    const OPEN: bool;

    /// Nonce and associated data.
    fn given(&self) -> (&[u8], &[u8]);

    /// Length of what is read, and of what is written.
    fn text_lengths(&self) -> (usize, usize);

    /// How much is read and written in the same place, if that is one.
    fn in_place(&self) -> Option<usize>;

    /// Where the text is read and written.
    fn pointers(&mut self) -> (*const u8, *mut u8);

    /// Writes the tag, or compares it and destroys what is not authentic.
    fn finish(&mut self, tag: &[u8; 16]);
}

macro_rules! message {
    ($message:ident, $open:literal, |$this:ident, $tag:ident| $finish:block) => {
        impl Message for $message<'_> {
            const OPEN: bool = $open;

            fn given(&self) -> (&[u8], &[u8]) {
                (self.nonce, self.associated_data)
            }

            fn in_place(&self) -> Option<usize> {
                match &self.text {
                    Text::InPlace(text) => Some(text.len()),
                    Text::Into { .. } => None,
                }
            }

            fn text_lengths(&self) -> (usize, usize) {
                self.text.lengths()
            }

            fn pointers(&mut self) -> (*const u8, *mut u8) {
                self.text.pointers()
            }

            fn finish(&mut self, $tag: &[u8; 16]) {
                let $this = self;
                $finish
            }
        }
    };
}

message!(Seal, false, |message, tag| {
    *message.tag = *tag;
});

message!(Open, true, |message, tag| {
    message.judge(tag);
});

impl Open<'_> {
    /// Decides whether `tag`, computed, is the right one.
    #[inline]
    fn judge(&mut self, tag: &[u8; 16]) {
        let difference = u128::from_ne_bytes(*tag) ^ u128::from_ne_bytes(*self.tag);
        // One comparison of a whole word, whatever differs.
        self.conclude(hidden((difference >> 64) as u64 | difference as u64) == 0);
    }

    /// What follows from the verdict, which is public from here on: `.ci/constant_time.supp` names this function, the only
    /// one where a branch may depend on it.
    #[inline]
    pub(crate) fn conclude(&mut self, opened: bool) {
        self.opened = opened;
        if !opened {
            destroy(&mut self.text);
        }
    }
}

/// The same word, of which the compiler knows nothing more, so that what is done with it stays one operation. In a register
/// where there are engines: a black box would pass it through memory, which a short message would feel.
#[inline(always)]
fn hidden(word: u64) -> u64 {
    #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
    {
        let mut word = word;
        // SAFETY: no instruction, and nothing but a register.
        unsafe { asm!("/* {0} */", inout(reg) word, options(pure, nomem, nostack, preserves_flags)) };
        word
    }
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    core::hint::black_box(word)
}

#[cold]
#[inline(never)]
fn destroy(text: &mut Text<'_>) {
    text.output().zeroize();
}

/// The messages of a batch, once the lengths of all were found right. Kernels rely on it.
pub(crate) struct Checked<'a, M> {
    messages: &'a mut [M],
    alike: Alike,
}

/// Whether all texts have one length, and all associated data. As long as a word: what is passed in memory is copied by words,
/// and one of which only a byte was just written has to wait until that, and every write before it, is in the cache.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
enum Alike {
    No,
    Yes,
}

/// Some of them, for one kernel: no more than a slice, so that it passes through functions in registers.
pub(crate) struct Part<'a, M>(&'a mut [M]);

/// A batch by the kernels that its messages are for.
pub(super) struct Parts<'a, M> {
    /// Groups of as many as are worked on together, those of a group alike.
    pub(super) groups: Part<'a, M>,
    /// Others, of which several are worked on together.
    pub(super) others: Part<'a, M>,
    /// Whether those are alike; then they are fewer than a group.
    pub(super) alike: bool,
    /// The last message, if it would be left over or there is no other.
    pub(super) one: Part<'a, M>,
}

#[allow(private_bounds)] // kernels see more of messages than others
impl<'a, M: Message> Checked<'a, M> {
    /// Checks that every nonce has this length, no text or associated data is longer than `limit`, and both buffers of
    /// a text have the same length.
    #[inline]
    pub(crate) fn new(messages: &'a mut [M], nonce_length: usize, limit: u64) -> Result<Self, Error> {
        let is_right = |lengths| is_right(lengths, nonce_length, limit);
        if messages.first().map(lengths).is_none_or(is_right) && are_alike(messages) {
            return Ok(Self { messages, alike: Alike::Yes });
        }
        // Everything is looked at and nothing decided until the end, so that the checks of a message cost a nanosecond.
        let right = messages.iter().fold(true, |right, message| right & is_right(lengths(message)));
        if right {
            Ok(Self { messages, alike: Alike::No })
        } else {
            Err(first_error(messages, nonce_length, limit))
        }
    }

    /// The length of every nonce; nothing where there is none.
    pub(super) fn nonce_length(&self) -> Option<usize> {
        self.messages.first().map(|message| message.given().0.len())
    }

    /// The batch for kernels that work on so many messages `together`.
    #[inline(always)]
    pub(super) fn split(self, together: usize) -> Parts<'a, M> {
        let Self { messages, alike } = self;
        let alike = alike == Alike::Yes;
        let is_grouped = (together == 1 || alike) && messages.len() > 1;
        let in_groups = if is_grouped { messages.len() / together * together } else { 0 };
        let (groups, others) = messages.split_at_mut(in_groups);
        let is_left_over = others.len() == 1 || together > 1 && others.len() % together == 1;
        let (others, one) = others.split_at_mut(others.len() - usize::from(is_left_over));
        Parts { groups: Part(groups), others: Part(others), alike, one: Part(one) }
    }

    /// The messages.
    pub(crate) fn into_messages(self) -> &'a mut [M] {
        self.messages
    }
}

#[allow(private_bounds)]
impl<'a, M: Message> Part<'a, M> {
    /// One message, once its lengths were found right, as by [`Checked::new`].
    #[inline(always)]
    pub(crate) fn only(message: &'a mut M, nonce_length: usize, limit: u64) -> Result<Self, Error> {
        let messages = slice::from_mut(message);
        if is_right(lengths(&messages[0]), nonce_length, limit) {
            Ok(Self(messages))
        } else {
            Err(first_error(messages, nonce_length, limit))
        }
    }

    /// The length of the only message's nonce.
    #[inline(always)]
    pub(super) fn nonce_length(&self) -> usize {
        self.0.first().map_or(0, |message| message.given().0.len())
    }
}

impl<'a, M> Part<'a, M> {
    #[inline(always)]
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    #[inline(always)]
    pub(crate) fn into_messages(self) -> &'a mut [M] {
        self.0
    }
}

/// Lengths of nonce and associated data, and of the text as it is read and written.
#[inline(always)]
fn lengths<M: Message>(message: &M) -> (usize, usize, (usize, usize)) {
    let (nonce, data) = message.given();
    (nonce.len(), data.len(), message.text_lengths())
}

/// Whether all have the first one's lengths, and, if its text is in place, texts in place. Stops at the first that differs, so
/// that compilers do not gather lengths from everywhere into wide registers, which takes longer than to look at them one by
/// one. Each kind of text has a loop of its own, since a message would feel another jump.
#[inline(always)]
fn are_alike<M: Message>(messages: &[M]) -> bool {
    let Some((first, others)) = messages.split_first() else { return true };
    let (nonce, data, text) = lengths(first);
    let is_like = |other: &M| other.given().0.len() == nonce && other.given().1.len() == data;
    if first.in_place().is_some() {
        others.iter().all(|other| other.in_place() == Some(text.0) && is_like(other))
    } else {
        others.iter().all(|other| other.text_lengths() == text && is_like(other))
    }
}

#[inline(always)]
fn is_right(
    (nonce, data, (read, written)): (usize, usize, (usize, usize)),
    nonce_length: usize,
    limit: u64,
) -> bool {
    (nonce == nonce_length) & (read == written) & (read as u64 <= limit) & (data as u64 <= limit)
}

/// What is wrong with the first message with which anything is.
#[cold]
#[inline(never)]
fn first_error<M: Message>(messages: &[M], nonce_length: usize, limit: u64) -> Error {
    for message in messages {
        let (nonce, associated_data) = message.given();
        let (read, written) = message.text_lengths();
        if nonce.len() != nonce_length {
            return Error::BufferLength { expected: nonce_length, got: nonce.len() };
        }
        if read as u64 > limit || associated_data.len() as u64 > limit {
            return Error::MessageTooLong;
        }
        if read != written {
            return Error::BufferLength { expected: read, got: written };
        }
    }
    Error::Internal("a batch was refused without a reason")
}
