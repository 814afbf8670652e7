//! What bound records belong to
//!
//! Contexts of records of our own format, the ids that keys have in them, and what a record says without its key. The
//! format is in docs/format.md, section "Bound records".

use pagecrypt::Error;
use pagecrypt::record::bound::{Context, Header, compare_writes, generate_key, key_id};

use crate::border::buffers::{Span, apart, input, output};
use crate::border::call::{call, clear, set};
use crate::border::handle;
use crate::cipher::{cipher_of_number, number_of_cipher, pagecrypt_cipher};
use crate::error::pagecrypt_error;
use crate::key::pagecrypt_key;
use crate::status::pagecrypt_status;

/// Length of a key's id in a context, in bytes.
pub const PAGECRYPT_KEY_ID_LENGTH: usize = 4;

/// What the records of a codec belong to.
#[allow(non_camel_case_types, reason = "the name that C uses")]
pub type pagecrypt_context_kind = i32;
/// A stream; the caller assigns the sequence numbers.
pub const PAGECRYPT_CONTEXT_STREAM: pagecrypt_context_kind = 1;
/// A store. Every record has the token of its path.
pub const PAGECRYPT_CONTEXT_STORE: pagecrypt_context_kind = 2;
/// What one writer puts into a stream whose server assigns the positions: the writer counts its own records.
pub const PAGECRYPT_CONTEXT_WRITER: pagecrypt_context_kind = 3;

/// A context. A record of one does not open in another.
#[allow(non_camel_case_types, reason = "the name that C uses")]
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct pagecrypt_context {
    /// What it is.
    pub kind: pagecrypt_context_kind,
    /// The stream's id; of a store's, which has 16 bytes, the first ones.
    pub id: [u8; 32],
    /// The writer's id, for PAGECRYPT_CONTEXT_WRITER.
    pub writer: [u8; 16],
}

/// What a bound record says without its key. None of it is authenticated before the record is opened; once it has
/// opened, all of it is.
#[allow(non_camel_case_types, reason = "the name that C uses")]
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct pagecrypt_record_header {
    /// The cipher.
    pub cipher: pagecrypt_cipher,
    /// The id of the key.
    pub key_id: [u8; 4],
    /// Whether the record has a clock.
    pub has_clock: bool,
    /// How often it was sealed again, under other keys, since it was written.
    pub reseals: u32,
    /// When it was written, in the writer's units.
    pub clock: u64,
    /// Length of the plaintext, in bytes.
    pub plaintext_length: usize,
}

const NO_HEADER: pagecrypt_record_header = pagecrypt_record_header {
    cipher: 0,
    key_id: [0; 4],
    has_clock: false,
    reseals: 0,
    clock: 0,
    plaintext_length: 0,
};

/// The context that C names.
///
/// # Safety
/// `context` is NULL or may be read.
pub(crate) unsafe fn context_of(context: *const pagecrypt_context) -> Result<Context, Error> {
    Span::new(context, 1, "the context is NULL")?;
    // Safety: caller; it is not NULL.
    let context = unsafe { input(context, 1) }[0];
    match context.kind {
        PAGECRYPT_CONTEXT_STREAM => Ok(Context::Stream(context.id)),
        PAGECRYPT_CONTEXT_STORE => {
            let mut store = [0; 16];
            store.copy_from_slice(&context.id[..16]);
            Ok(Context::Store(store))
        }
        PAGECRYPT_CONTEXT_WRITER => Ok(Context::Writer { stream: context.id, writer: context.writer }),
        _ => Err(Error::InvalidArgument("no such kind of context")),
    }
}

/// Reads the header of a whole record into `*header`, which becomes zeros where that fails.
///
/// Errors: PAGECRYPT_ERROR_UNSUPPORTED_FORMAT for another version, an unknown cipher or unknown flags;
/// PAGECRYPT_ERROR_MALFORMED for a record that is too short.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_record_header_parse(
    record: *const u8,
    length: usize,
    header: *mut pagecrypt_record_header,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller, apart.
    unsafe {
        call(error, || {
            let to = Span::new(header, 1, "`header` is NULL")?;
            apart([to], [Span::new(record, length, "the record is NULL")?])?;
            set(header, NO_HEADER);
            let parsed = Header::parse(input(record, length))?;
            set(
                header,
                pagecrypt_record_header {
                    cipher: number_of_cipher(parsed.cipher),
                    key_id: parsed.key_id,
                    has_clock: parsed.clock.is_some(),
                    reseals: parsed.reseals,
                    clock: parsed.clock.unwrap_or(0),
                    plaintext_length: parsed.plaintext_length,
                },
            );
            Ok(())
        })
    }
}

/// Which of two records of one place is the later write: `*order` becomes 1 where it is `a`, -1 where it is `b`, and 0
/// where they are the same bytes. The higher clock wins (any clock over none), then the one that was resealed more
/// often, then the one whose bytes are higher: everyone keeps the same one, whatever came first.
///
/// No key is needed, and so nothing is proved: open a record before it may replace another.
///
/// Errors: as pagecrypt_record_header_parse.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_compare_writes(
    a: *const u8,
    a_length: usize,
    b: *const u8,
    b_length: usize,
    order: *mut i32,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller, apart.
    unsafe {
        clear(order);
        call(error, || {
            Span::new(a, a_length, "`a` is NULL")?;
            Span::new(b, b_length, "`b` is NULL")?;
            Span::new(order, 1, "`order` is NULL")?;
            set(order, compare_writes(input(a, a_length), input(b, b_length))? as i32);
            Ok(())
        })
    }
}

/// Writes the id of a key in a context to `id`: PAGECRYPT_KEY_ID_LENGTH bytes, as records name it. It tells nothing of
/// the key, and is another one in another stream or store.
///
/// Errors: PAGECRYPT_ERROR_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_key_id(
    key: *const pagecrypt_key,
    context: *const pagecrypt_context,
    id: *mut u8,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller, handle, apart.
    unsafe {
        call(error, || {
            let to = Span::new(id, PAGECRYPT_KEY_ID_LENGTH, "`id` is NULL")?;
            apart([to], [Span::new(context, 1, "the context is NULL")?])?;
            let computed = key_id(handle::borrow(key)?, &context_of(context)?)?;
            output(id, PAGECRYPT_KEY_ID_LENGTH).copy_from_slice(&computed);
            Ok(())
        })
    }
}

/// A new key for a rotation, whose id in the context is not among `taken`: the ids, 4 bytes each, of the `count` keys
/// that the context ever had.
///
/// Errors: PAGECRYPT_ERROR_RANDOM_SOURCE, PAGECRYPT_ERROR_UNKNOWN_CIPHER, PAGECRYPT_ERROR_INVALID_ARGUMENT;
/// PAGECRYPT_ERROR_UNKNOWN_ENGINE for what PAGECRYPT_ENGINE says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_key_generate_for(
    cipher: pagecrypt_cipher,
    context: *const pagecrypt_context,
    taken: *const u8,
    count: usize,
    key: *mut *mut pagecrypt_key,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller.
    unsafe {
        handle::create(key, error, || {
            Span::new(taken.cast::<[u8; PAGECRYPT_KEY_ID_LENGTH]>(), count, "`taken` is NULL")?;
            generate_key(cipher_of_number(cipher)?, &context_of(context)?, input(taken.cast(), count))
        })
    }
}
