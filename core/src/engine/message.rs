//! The messages of a batch, as callers describe them, and as kernels see them.

use subtle::ConstantTimeEq;
use zeroize::Zeroize;

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
    /// Decides whether `tag`, computed, is the right one. From here on that is public: `.ci/constant_time.supp` names this
    /// function, the only one where a branch may depend on it.
    #[inline]
    fn judge(&mut self, tag: &[u8; 16]) {
        let difference = u128::from_ne_bytes(*tag) ^ u128::from_ne_bytes(*self.tag);
        self.opened = ((difference >> 64) as u64 | difference as u64).ct_eq(&0).into();
        if !self.opened {
            self.text.output().zeroize();
        }
    }
}
