//! Entries of stores
//!
//! What is sealed under a path of a store: path, type, schema and body. A server keeps, for each path, its token and a
//! record: what the entry is, it cannot read, nor compare with another store's. Tokens stay when data keys are rotated.

use std::ptr;

use pagecrypt::Error;
use pagecrypt::record::bound::{Entry, OpenedEntry, Padding, StoreCodec};
use pagecrypt::record::{Place, outcome};

use crate::border::buffers::{Span, apart, input, output};
use crate::border::call::{call, clear, value};
use crate::border::handle::{self, opaque};
use crate::border::runs::{self, Inputs, rooms, write_offsets};
use crate::error::pagecrypt_error;
use crate::key::pagecrypt_key;
use crate::record::{PAGECRYPT_TOKEN_LENGTH, array, ask, write_resealed};
use crate::status::{PAGECRYPT_OK, pagecrypt_status, status_of};
use crate::token_key::{pagecrypt_token_key, write_token};

/// Seals and opens the entries of a store. It does not change: any number of threads may use one at the same time.
#[allow(non_camel_case_types, reason = "the name that C uses")]
#[derive(Debug)]
pub struct pagecrypt_store_codec {
    _opaque: [u8; 0],
}

opaque!(pagecrypt_store_codec(StoreCodec) = b"pgcstore");

/// Length of a store's id, in bytes.
pub const PAGECRYPT_STORE_ID_LENGTH: usize = 16;

/// How much of an entry's length its record shows.
#[allow(non_camel_case_types, reason = "the name that C uses")]
pub type pagecrypt_padding = i32;
/// All of it.
pub const PAGECRYPT_PADDING_NONE: pagecrypt_padding = 0;
/// Its size class, by the rule Padmé: an entry becomes at most 12 % longer.
pub const PAGECRYPT_PADDING_PADME: pagecrypt_padding = 1;

/// An entry. Path, type and schema have up to 65535 bytes each; UTF-8, though nothing asks for it.
#[allow(non_camel_case_types, reason = "the name that C uses")]
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct pagecrypt_entry {
    /// Where the entry belongs.
    pub path: *const u8,
    /// Length of `path`, in bytes.
    pub path_length: usize,
    /// What it is.
    pub type_name: *const u8,
    /// Length of `type_name`, in bytes.
    pub type_name_length: usize,
    /// What its body is laid out by.
    pub schema: *const u8,
    /// Length of `schema`, in bytes.
    pub schema_length: usize,
    /// The content.
    pub body: *const u8,
    /// Length of `body`, in bytes.
    pub body_length: usize,
    /// When it was written, in the writer's units: readable without the key.
    pub clock: u64,
    /// Whether it has a clock.
    pub has_clock: bool,
}

const NO_ENTRY: pagecrypt_entry = pagecrypt_entry {
    path: ptr::null(),
    path_length: 0,
    type_name: ptr::null(),
    type_name_length: 0,
    schema: ptr::null(),
    schema_length: 0,
    body: ptr::null(),
    body_length: 0,
    clock: 0,
    has_clock: false,
};

/// A codec of the store with the id `store`, PAGECRYPT_STORE_ID_LENGTH bytes. The padding concerns what is sealed:
/// entries open however they were padded. Both keys may be freed before the codec.
///
/// Errors: PAGECRYPT_ERROR_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_store_codec_new(
    key: *const pagecrypt_key,
    store: *const u8,
    token_key: *const pagecrypt_token_key,
    padding: pagecrypt_padding,
    codec: *mut *mut pagecrypt_store_codec,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller, handle.
    unsafe {
        handle::create(codec, error, || {
            let padding = match padding {
                PAGECRYPT_PADDING_NONE => Padding::None,
                PAGECRYPT_PADDING_PADME => Padding::Padme,
                _ => return Err(Error::InvalidArgument("no such padding")),
            };
            let store = array(store, "the store's id is NULL")?;
            StoreCodec::new(handle::borrow(key)?, store, handle::borrow(token_key)?.clone(), padding)
        })
    }
}

/// A codec like `from` with one more key, as pagecrypt_record_codec_with_decrypt_only_key makes it.
///
/// Errors: PAGECRYPT_ERROR_INVALID_ARGUMENT for a key with the id of the one that seals.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_store_codec_with_decrypt_only_key(
    from: *const pagecrypt_store_codec,
    key: *const pagecrypt_key,
    codec: *mut *mut pagecrypt_store_codec,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller, handle.
    unsafe {
        handle::create(codec, error, || {
            let mut codec = handle::borrow(from)?.clone();
            codec.add_decrypt_only_key(handle::borrow(key)?)?;
            Ok(codec)
        })
    }
}

/// Writes the token of a path, PAGECRYPT_TOKEN_LENGTH bytes, to `token`.
///
/// Errors: as pagecrypt_token_key_token.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_store_codec_token(
    codec: *const pagecrypt_store_codec,
    path: *const u8,
    path_length: usize,
    token: *mut u8,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller, handle.
    unsafe {
        call(error, || write_token(path, path_length, token, |path| Ok(handle::borrow(codec)?.token(path))))
    }
}

/// Length of the record of an entry, in bytes; 0 where it is NULL, or too long to be sealed. Nothing of it is read but
/// its lengths.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_store_codec_sealed_length(
    codec: *const pagecrypt_store_codec,
    entry: *const pagecrypt_entry,
) -> usize {
    // Safety: caller, handle.
    value(0, || unsafe {
        Span::new(entry, 1, "the entry is NULL").ok()?;
        let (entry, clock) = entry_of(&input(entry, 1)[0]).ok()?;
        handle::borrow(codec).ok()?.sealed_length(&entry, clock).ok()
    })
}

/// Seals `count` entries under fresh nonces, or none of them. `tokens` becomes the tokens of their paths,
/// PAGECRYPT_TOKEN_LENGTH bytes each, `to` their records, one behind the other: record i is as long as
/// pagecrypt_store_codec_sealed_length says. `to_offsets`, with room for `count + 1`, becomes where they begin and end.
///
/// Errors: PAGECRYPT_ERROR_INVALID_ARGUMENT for a path, type or schema that is too long; PAGECRYPT_ERROR_BUFFER_LENGTH
/// where `to` has less room (`expected` is what is needed), PAGECRYPT_ERROR_MESSAGE_TOO_LONG,
/// PAGECRYPT_ERROR_USAGE_LIMIT, PAGECRYPT_ERROR_RANDOM_SOURCE, PAGECRYPT_ERROR_OVERLAP.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_seal_entries(
    codec: *const pagecrypt_store_codec,
    count: usize,
    entries: *const pagecrypt_entry,
    tokens: *mut u8,
    to: *mut u8,
    to_length: usize,
    to_offsets: *mut usize,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller, handle, apart.
    unsafe {
        call(error, || {
            let codec = handle::borrow(codec)?;
            let tokens = tokens.cast::<[u8; PAGECRYPT_TOKEN_LENGTH]>();
            let outputs = [
                Span::new(to, to_length, "`to` is NULL")?,
                runs::offsets(to_offsets, count, "`to_offsets` is NULL")?,
                Span::new(tokens, count, "`tokens` is NULL")?,
            ];
            apart(outputs, [Span::new(entries, count, "`entries` is NULL")?])?;
            let entries: Vec<_> = input(entries, count)
                .iter()
                .map(|entry| {
                    apart(outputs, spans(entry)?)?;
                    entry_of(entry)
                })
                .collect::<Result<_, _>>()?;
            let lengths: Vec<_> = entries
                .iter()
                .map(|(entry, clock)| codec.sealed_length(entry, *clock))
                .collect::<Result<_, _>>()?;
            let rooms = rooms(output(to, to_length), &lengths)?;
            let sealed = codec.seal_batch(&entries)?;
            for (((token, record), room), place) in sealed.iter().zip(rooms).zip(output(tokens, count)) {
                room.copy_from_slice(record);
                *place = *token;
            }
            write_offsets(output(to_offsets, count + 1), &lengths);
            Ok(())
        })
    }
}

/// Opens `count` entries, of which record i is kept under token i. `entries[i]` becomes the entry, which points into
/// `to`: with as many bytes as the records have, it always has room. Its clock is the record's. Wipe `to` after use.
///
/// `statuses[i]` becomes the status of entry i; it has room for `count`, or is NULL. An entry that did not open is all
/// zeros; the others are not affected. The error is that of the first; PAGECRYPT_ERROR_AUTHENTICATION_FAILED has the
/// numbers of all that failed so, from 0.
///
/// Errors: as pagecrypt_open_records; PAGECRYPT_ERROR_AUTHENTICATION_FAILED also for an entry whose path does not give
/// its token, and PAGECRYPT_ERROR_MALFORMED for what is no entry.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_open_entries(
    codec: *const pagecrypt_store_codec,
    count: usize,
    tokens: *const u8,
    from: *const u8,
    from_length: usize,
    from_offsets: *const usize,
    to: *mut u8,
    to_length: usize,
    entries: *mut pagecrypt_entry,
    statuses: *mut pagecrypt_status,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller, handle, apart.
    unsafe {
        call(error, || {
            let codec = handle::borrow(codec)?;
            let tokens = tokens.cast::<[u8; PAGECRYPT_TOKEN_LENGTH]>();
            let inputs = Inputs::new(count, from, from_length, from_offsets)?;
            let statuses_length = if statuses.is_null() { 0 } else { count };
            let outputs = [
                Span::new(to, to_length, "`to` is NULL")?,
                Span::new(entries, count, "`entries` is NULL")?,
                Span::new(statuses, statuses_length, "")?,
            ];
            apart(outputs, inputs.spans)?;
            apart(outputs, [Span::new(tokens, count, "`tokens` is NULL")?])?;
            let rows: Vec<_> = input(tokens, count).iter().copied().zip(inputs.iter()).collect();
            let opened = codec.open_batch(&rows);
            let lengths: Vec<_> = opened.iter().map(|entry| entry.as_ref().map_or(0, length)).collect();
            let rooms = rooms(output(to, to_length), &lengths)?;
            for ((opened, room), place) in opened.iter().zip(rooms).zip(output(entries, count)) {
                *place = opened.as_ref().map_or(NO_ENTRY, |entry| write_entry(entry, room));
            }
            for (status, entry) in output(statuses, statuses_length).iter_mut().zip(&opened) {
                *status = entry.as_ref().map_or_else(|failure| status_of(failure.code()), |_| PAGECRYPT_OK);
            }
            outcome(&opened)
        })
    }
}

/// As pagecrypt_record_codec_needs_reseal.
///
/// Errors: as pagecrypt_record_codec_needs_reseal.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_store_codec_needs_reseal(
    codec: *const pagecrypt_store_codec,
    record: *const u8,
    length: usize,
    needs_reseal: *mut bool,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller.
    unsafe { ask(codec, record, length, needs_reseal, error, |codec, record| codec.needs_reseal(record)) }
}

/// Seals what a record holds, which is kept under `token`, under the key that seals now: as pagecrypt_reseal_record.
///
/// Errors: as pagecrypt_reseal_record.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_reseal_entry(
    codec: *const pagecrypt_store_codec,
    token: *const u8,
    record: *const u8,
    length: usize,
    to: *mut u8,
    to_length: usize,
    written: *mut usize,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller, handle.
    unsafe {
        clear(written);
        call(error, || {
            let place = Place { token: Some(array(token, "the token is NULL")?), ..Place::default() };
            let codec = handle::borrow(codec)?.records();
            write_resealed(codec, record, length, &place, to, to_length, written)
        })
    }
}

/// Frees a codec. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_store_codec_free(codec: *mut pagecrypt_store_codec) {
    // Safety: handle.
    unsafe { handle::free(codec) };
}

fn spans(entry: &pagecrypt_entry) -> Result<[Span; 4], Error> {
    Ok([
        Span::new(entry.path, entry.path_length, "an entry's path is NULL")?,
        Span::new(entry.type_name, entry.type_name_length, "an entry's type is NULL")?,
        Span::new(entry.schema, entry.schema_length, "an entry's schema is NULL")?,
        Span::new(entry.body, entry.body_length, "an entry's body is NULL")?,
    ])
}

/// # Safety
/// What the entry points to may be read during `'a`.
unsafe fn entry_of<'a>(entry: &pagecrypt_entry) -> Result<(Entry<'a>, Option<u64>), Error> {
    spans(entry)?;
    // Safety: caller.
    let parts = unsafe {
        Entry {
            path: input(entry.path, entry.path_length),
            type_name: input(entry.type_name, entry.type_name_length),
            schema: input(entry.schema, entry.schema_length),
            body: input(entry.body, entry.body_length),
        }
    };
    Ok((parts, entry.has_clock.then_some(entry.clock)))
}

fn length(opened: &OpenedEntry) -> usize {
    let entry = opened.entry();
    entry.path.len() + entry.type_name.len() + entry.schema.len() + entry.body.len()
}

/// Copies an entry's parts to `to`, which they fill.
fn write_entry(opened: &OpenedEntry, to: &mut [u8]) -> pagecrypt_entry {
    let entry = opened.entry();
    let mut rest = to;
    let mut place = |part: &[u8]| {
        let (room, others) = std::mem::take(&mut rest).split_at_mut(part.len());
        room.copy_from_slice(part);
        rest = others;
        (room.as_ptr(), part.len())
    };
    let (path, path_length) = place(entry.path);
    let (type_name, type_name_length) = place(entry.type_name);
    let (schema, schema_length) = place(entry.schema);
    let (body, body_length) = place(entry.body);
    pagecrypt_entry {
        path,
        path_length,
        type_name,
        type_name_length,
        schema,
        schema_length,
        body,
        body_length,
        clock: opened.clock().unwrap_or(0),
        has_clock: opened.clock().is_some(),
    }
}
