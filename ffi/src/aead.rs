//! Messages
//!
//! Authenticated encryption of messages under nonces that the caller chooses; to seal pages, use a
//! pagecrypt_page_codec, which draws them itself.
//!
//! The buffers `from` and `to` are the same one (in place) or apart. Any other overlap between buffers of a call, one
//! of which is written, is PAGECRYPT_ERROR_OVERLAP. After any error but PAGECRYPT_ERROR_AUTHENTICATION_FAILED nothing
//! has been written.

use arrayvec::ArrayVec;
use pagecrypt::aead::{Aead, BatchFailure, Open, Seal, Text};
use pagecrypt::{Error, Failures, Key, TAG_LENGTH, Unit};

use crate::border::buffers::{Span, TextSpans, apart, input, output};
use crate::border::call::call;
use crate::border::handle;
use crate::border::runs::check_offsets;
use crate::error::pagecrypt_error;
use crate::key::pagecrypt_key;
use crate::status::pagecrypt_status;

/// How many messages are described to an engine at once.
const MAX_BATCH: usize = 64;

const TAG_IS_NULL: &str = "`tag` is NULL";

/// Seals one message: `from` is plaintext, `to` becomes ciphertext of the same length, `tag` the 16 bytes of its tag.
///
/// The name states the caller's duty: no nonce may ever be used twice under a key, or plaintext is given away (and
/// under AES-GCM, the power to forge). `associated_data` is authenticated, not encrypted.
///
/// Errors: PAGECRYPT_ERROR_BUFFER_LENGTH for a nonce or destination of the wrong length, PAGECRYPT_ERROR_OVERLAP,
/// PAGECRYPT_ERROR_MESSAGE_TOO_LONG.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_seal_one_assume_unique_nonce(
    key: *const pagecrypt_key,
    nonce: *const u8,
    nonce_length: usize,
    associated_data: *const u8,
    associated_data_length: usize,
    from: *const u8,
    from_length: usize,
    to: *mut u8,
    to_length: usize,
    tag: *mut u8,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller, handle, apart.
    unsafe {
        call(error, || {
            let key = handle::borrow(key)?;
            let text = TextSpans::new(from, from_length, to, to_length)?;
            let inputs = [
                Span::new(nonce, nonce_length, "`nonce` is NULL")?,
                Span::new(associated_data, associated_data_length, "`associated_data` is NULL")?,
            ];
            let tag_span = Span::new(tag, TAG_LENGTH, TAG_IS_NULL)?;
            apart([text.to, tag_span], inputs)?;
            apart([tag_span], [text.from])?;
            key.seal_one_assume_unique_nonce(Seal {
                nonce: input(nonce, nonce_length),
                associated_data: input(associated_data, associated_data_length),
                text: text.text(from, to),
                tag: &mut *tag.cast::<[u8; TAG_LENGTH]>(),
            })
        })
    }
}

/// Opens one message: `from` is ciphertext, `tag` the 16 bytes of its tag, `to` becomes plaintext of the same length.
/// If the message is not authentic, `to` is overwritten with zeros; `from`, where it is another buffer, stays as it
/// is.
///
/// Errors: PAGECRYPT_ERROR_AUTHENTICATION_FAILED; PAGECRYPT_ERROR_BUFFER_LENGTH, PAGECRYPT_ERROR_OVERLAP,
/// PAGECRYPT_ERROR_MESSAGE_TOO_LONG.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_open_one(
    key: *const pagecrypt_key,
    nonce: *const u8,
    nonce_length: usize,
    associated_data: *const u8,
    associated_data_length: usize,
    from: *const u8,
    from_length: usize,
    to: *mut u8,
    to_length: usize,
    tag: *const u8,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller, handle, apart.
    unsafe {
        call(error, || {
            let key = handle::borrow(key)?;
            let text = TextSpans::new(from, from_length, to, to_length)?;
            let inputs = [
                Span::new(nonce, nonce_length, "`nonce` is NULL")?,
                Span::new(associated_data, associated_data_length, "`associated_data` is NULL")?,
                Span::new(tag, TAG_LENGTH, TAG_IS_NULL)?,
            ];
            apart([text.to], inputs)?;
            let message = Open::new(
                input(nonce, nonce_length),
                input(associated_data, associated_data_length),
                text.text(from, to),
                &*tag.cast::<[u8; TAG_LENGTH]>(),
            );
            match key.open_one(message) {
                Ok(()) => Ok(()),
                Err(BatchFailure::Refused(error)) => Err(error),
                Err(_) => Err(Error::AuthenticationFailed(Failures::one(Unit::Message, 0))),
            }
        })
    }
}

/// Where the messages of a batch lie: checked, but for the texts not yet borrowed.
struct Batch<'a> {
    nonces: &'a [u8],
    nonce_length: usize,
    associated_data: &'a [u8],
    associated_data_offsets: Option<&'a [usize]>,
    offsets: &'a [usize],
    text: TextSpans,
}

impl<'a> Batch<'a> {
    /// Checks every length, offset and address of `count` messages.
    /// # Safety
    /// The pointers are those of the call.
    #[allow(clippy::too_many_arguments, reason = "they are those of the call")]
    unsafe fn new<const N: usize>(
        key: &Key,
        count: usize,
        nonces: *const u8,
        associated_data: *const u8,
        associated_data_length: usize,
        associated_data_offsets: *const usize,
        from: *const u8,
        to: *mut u8,
        length: usize,
        offsets: *const usize,
        more_outputs: [Span; N],
        tags: Option<Span>,
    ) -> Result<Self, Error> {
        let (cipher, too_many) = (key.cipher(), Error::InvalidArgument("`count` is larger than memory"));
        let (Some(places), Some(nonces_length)) =
            (count.checked_add(1), count.checked_mul(cipher.nonce_length()))
        else {
            return Err(too_many);
        };
        let text = TextSpans::new(from, length, to, length)?;
        let has_associated_data = !associated_data_offsets.is_null();
        let inputs = [
            Span::new(nonces, nonces_length, "`nonces` is NULL")?,
            Span::new(associated_data, associated_data_length, "`associated_data` is NULL")?,
            Span::new(associated_data_offsets, if has_associated_data { places } else { 0 }, "")?,
            Span::new(offsets, places, "`offsets` is NULL")?,
            tags.unwrap_or(Span::new::<u8>(std::ptr::null(), 0, "")?),
        ];
        apart([text.to], inputs)?;
        apart(more_outputs, inputs)?;
        for output in more_outputs {
            apart([output], [text.from, text.to])?;
        }
        // Safety: caller.
        let batch = unsafe {
            Self {
                nonces: input(nonces, nonces_length),
                nonce_length: cipher.nonce_length(),
                associated_data: input(associated_data, associated_data_length),
                associated_data_offsets: has_associated_data.then(|| input(associated_data_offsets, places)),
                offsets: input(offsets, places),
                text,
            }
        };
        let limit = cipher.max_message_length();
        check_messages(batch.offsets, length, limit)?;
        if let Some(offsets) = batch.associated_data_offsets {
            check_messages(offsets, associated_data_length, limit)?;
        }
        Ok(batch)
    }

    fn nonce(&self, index: usize) -> &'a [u8] {
        &self.nonces[index * self.nonce_length..][..self.nonce_length]
    }

    fn associated_data_of(&self, index: usize) -> &'a [u8] {
        self.associated_data_offsets
            .map_or(&[], |offsets| &self.associated_data[offsets[index]..offsets[index + 1]])
    }
}

/// Ascending, none behind the end of the buffer, no message longer than the cipher allows.
fn check_messages(offsets: &[usize], length: usize, limit: u64) -> Result<(), Error> {
    check_offsets(offsets, length)?;
    if offsets.windows(2).any(|pair| (pair[1] - pair[0]) as u64 > limit) {
        return Err(Error::MessageTooLong);
    }
    Ok(())
}

/// The texts of a batch, one after the other.
struct Texts<'a> {
    from: Option<&'a [u8]>,
    to: &'a mut [u8],
    /// The offset of what is left of `to`.
    at: usize,
}

impl<'a> Texts<'a> {
    /// The text between two offsets, which are not below those before.
    fn take(&mut self, start: usize, end: usize) -> Text<'a> {
        let (_, rest) = std::mem::take(&mut self.to).split_at_mut(start - self.at);
        let (to, rest) = rest.split_at_mut(end - start);
        (self.to, self.at) = (rest, end);
        match self.from {
            None => Text::InPlace(to),
            Some(from) => Text::Into { from: &from[start..end], to },
        }
    }
}

/// Seals `count` messages of any lengths at once, which is faster than one by one; or none of them, on an error.
///
/// `nonces` holds the nonces one after the other (count times the cipher's nonce length), `tags` becomes the tags
/// (count times 16 bytes). Message i is the bytes from `offsets[i]` up to `offsets[i + 1]` of `from`, which has `length`
/// bytes, and becomes the same bytes of `to`, which has as many; there are count + 1 offsets, which ascend. The
/// associated data of message i lie likewise in `associated_data`; where `associated_data_offsets` is NULL, no message
/// has any.
///
/// The name states the caller's duty: see pagecrypt_seal_one_assume_unique_nonce.
///
/// Errors: PAGECRYPT_ERROR_INVALID_ARGUMENT for offsets that descend or go beyond their buffer,
/// PAGECRYPT_ERROR_OVERLAP, PAGECRYPT_ERROR_MESSAGE_TOO_LONG.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_seal_batch_assume_unique_nonces(
    key: *const pagecrypt_key,
    count: usize,
    nonces: *const u8,
    associated_data: *const u8,
    associated_data_length: usize,
    associated_data_offsets: *const usize,
    from: *const u8,
    to: *mut u8,
    length: usize,
    offsets: *const usize,
    tags: *mut u8,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller, handle, apart.
    unsafe {
        call(error, || {
            let key = handle::borrow(key)?;
            if count == 0 {
                return Ok(());
            }
            let tags_span = Span::new(tags.cast::<[u8; TAG_LENGTH]>(), count, "`tags` is NULL")?;
            let batch = Batch::new(
                key,
                count,
                nonces,
                associated_data,
                associated_data_length,
                associated_data_offsets,
                from,
                to,
                length,
                offsets,
                [tags_span],
                None,
            )?;
            let (from, to) = batch.text.borrow(from, to);
            let mut texts = Texts { from, to, at: 0 };
            let tags = output(tags.cast::<[u8; TAG_LENGTH]>(), count);
            for (chunk, tags) in tags.chunks_mut(MAX_BATCH).enumerate() {
                let mut messages: ArrayVec<_, MAX_BATCH> = tags
                    .iter_mut()
                    .zip(chunk * MAX_BATCH..)
                    .map(|(tag, index)| Seal {
                        nonce: batch.nonce(index),
                        associated_data: batch.associated_data_of(index),
                        text: texts.take(batch.offsets[index], batch.offsets[index + 1]),
                        tag,
                    })
                    .collect();
                key.seal_batch_assume_unique_nonces(&mut messages)?;
            }
            Ok(())
        })
    }
}

/// Opens `count` messages of any lengths at once: buffers as for pagecrypt_seal_batch_assume_unique_nonces.
///
/// `opened[i]` becomes 1 where message i is authentic, else 0, and its bytes of `to` become zeros; the other messages
/// are not affected. `opened` has `count` bytes, or is NULL: the error has the numbers of those that failed, from 0.
///
/// Errors: PAGECRYPT_ERROR_AUTHENTICATION_FAILED; PAGECRYPT_ERROR_INVALID_ARGUMENT for offsets that descend or go
/// beyond their buffer, PAGECRYPT_ERROR_OVERLAP, PAGECRYPT_ERROR_MESSAGE_TOO_LONG.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_open_batch(
    key: *const pagecrypt_key,
    count: usize,
    nonces: *const u8,
    associated_data: *const u8,
    associated_data_length: usize,
    associated_data_offsets: *const usize,
    from: *const u8,
    to: *mut u8,
    length: usize,
    offsets: *const usize,
    tags: *const u8,
    opened: *mut u8,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller, handle, apart.
    unsafe {
        call(error, || {
            let key = handle::borrow(key)?;
            if count == 0 {
                return Ok(());
            }
            let opened_length = if opened.is_null() { 0 } else { count };
            let batch = Batch::new(
                key,
                count,
                nonces,
                associated_data,
                associated_data_length,
                associated_data_offsets,
                from,
                to,
                length,
                offsets,
                [Span::new(opened, opened_length, "")?],
                Some(Span::new(tags.cast::<[u8; TAG_LENGTH]>(), count, "`tags` is NULL")?),
            )?;
            let (from, to) = batch.text.borrow(from, to);
            let mut texts = Texts { from, to, at: 0 };
            let mut opened = output(opened, opened_length).iter_mut();
            let mut failed = Vec::new();
            for (chunk, tags) in input(tags.cast::<[u8; TAG_LENGTH]>(), count).chunks(MAX_BATCH).enumerate() {
                let first = chunk * MAX_BATCH;
                let mut messages: ArrayVec<_, MAX_BATCH> = tags
                    .iter()
                    .zip(first..)
                    .map(|(tag, index)| {
                        let text = texts.take(batch.offsets[index], batch.offsets[index + 1]);
                        Open::new(batch.nonce(index), batch.associated_data_of(index), text, tag)
                    })
                    .collect();
                if let Err(BatchFailure::Refused(error)) = key.open_batch(&mut messages) {
                    return Err(error);
                }
                for (message, index) in messages.iter().zip(first..) {
                    if let Some(opened) = opened.next() {
                        *opened = message.opened().into();
                    }
                    if !message.opened() {
                        failed.push(index as u64);
                    }
                }
            }
            Failures::of(Unit::Message, failed)
                .map_or(Ok(()), |failures| Err(Error::AuthenticationFailed(failures)))
        })
    }
}
