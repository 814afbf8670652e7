//! Records
//!
//! Messages of any length, each sealed by itself under a nonce of its own from the operating system, and bound to where
//! it belongs. A codec does not change: any number of threads may use one at the same time.
//!
//! A batch of records, whose lengths may differ, is worked on together, which is faster than one at a time; one record is
//! a batch of one. Input i is `from[from_offsets[i]]` up to `from[from_offsets[i + 1]]`, and `to_offsets`, with room
//! for `count + 1`, becomes the same of the outputs. No output may overlap with an input.

use std::ffi::c_char;
use std::ptr;

use pagecrypt::Error;
use pagecrypt::record::bound::Header;
use pagecrypt::record::s2::StreamId;
use pagecrypt::record::{Format, OpenRecord, Place, RecordCodec, SealRecord, overhead};

use crate::border::buffers::{Span, apart, input, output};
use crate::border::call::{Zero, call, clear, set, value};
use crate::border::handle::{self, Opaque, opaque};
use crate::border::runs::{self, Inputs, rooms, write_offsets};
use crate::bound::{context_of, pagecrypt_context};
use crate::cipher::{cipher_of_number, number_of_cipher, pagecrypt_cipher};
use crate::engine::{number_of_engine, pagecrypt_engine};
use crate::error::pagecrypt_error;
use crate::key::pagecrypt_key;
use crate::status::{PAGECRYPT_OK, pagecrypt_status, status_of};

/// Seals and opens records of one format and one context under one key.
#[allow(non_camel_case_types, reason = "the name that C uses")]
#[derive(Debug)]
pub struct pagecrypt_record_codec {
    _opaque: [u8; 0],
}

opaque!(pagecrypt_record_codec(RecordCodec) = b"pgcrecrd");

/// How nonce, tag and ciphertext lie in a record.
#[allow(non_camel_case_types, reason = "the name that C uses")]
pub type pagecrypt_record_format = i32;
/// S2's encrypted records. Within its stream a record is bound to no place.
pub const PAGECRYPT_RECORD_S2: pagecrypt_record_format = 1;
/// Our own, which binds a record to its place.
pub const PAGECRYPT_RECORD_BOUND: pagecrypt_record_format = 2;

/// By how many bytes a record is longer than its plaintext at most.
pub const PAGECRYPT_MAX_RECORD_OVERHEAD: usize = 67;
/// Length of a stream's id, in bytes.
pub const PAGECRYPT_STREAM_ID_LENGTH: usize = 32;
/// Length of a path's token in a store, in bytes.
pub const PAGECRYPT_TOKEN_LENGTH: usize = 32;

/// `sequence` of a place is given.
pub const PAGECRYPT_PLACE_SEQUENCE: u32 = 1;
/// `clock` of a place is given.
pub const PAGECRYPT_PLACE_CLOCK: u32 = 2;

/// Where a record belongs, beyond what its codec says. All zeros says nothing. What a format cannot bind must not be
/// given.
#[allow(non_camel_case_types, reason = "the name that C uses")]
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct pagecrypt_place {
    /// The record's number in its stream, from 0. Bound records authenticate it; S2's take it on sealing only, to keep
    /// the limit of AES-256-GCM, since that format does not bind it.
    pub sequence: u64,
    /// When the record was written, in the writer's units, readable without the key: bound records only, and of use on
    /// sealing. On opening, the record says it itself; a clock that is given must be that one.
    pub clock: u64,
    /// The token of the path, PAGECRYPT_TOKEN_LENGTH bytes, which records of a store must have; else NULL.
    pub token: *const u8,
    /// How often the record was sealed again since it was written: 0 for a new one, and of use on sealing, with a clock.
    pub reseals: u32,
    /// PAGECRYPT_PLACE_SEQUENCE and PAGECRYPT_PLACE_CLOCK, for those of them that count.
    pub given: u32,
}

/// The format's name, for example "bound"; NULL for a number that no format has. Static.
#[unsafe(no_mangle)]
pub extern "C" fn pagecrypt_record_format_name(format: pagecrypt_record_format) -> *const c_char {
    match format {
        PAGECRYPT_RECORD_S2 => c"s2".as_ptr(),
        PAGECRYPT_RECORD_BOUND => c"bound".as_ptr(),
        _ => ptr::null(),
    }
}

/// By how many bytes a record without a clock is longer than its plaintext, for those who meter; a clock takes 8 bytes
/// more. 0 where the format does not have the cipher, or there is no such cipher or format.
#[unsafe(no_mangle)]
pub extern "C" fn pagecrypt_record_overhead(
    cipher: pagecrypt_cipher,
    format: pagecrypt_record_format,
) -> usize {
    value(0, || {
        let format = match format {
            PAGECRYPT_RECORD_S2 => Format::S2,
            PAGECRYPT_RECORD_BOUND => Format::Bound,
            _ => return None,
        };
        overhead(cipher_of_number(cipher).ok()?, format)
    })
}

/// A codec of S2's format for the records of the stream with the id `stream`, PAGECRYPT_STREAM_ID_LENGTH bytes:
/// pagecrypt_s2_stream_id. The key may be freed before the codec.
///
/// Errors: PAGECRYPT_ERROR_UNSUPPORTED_FORMAT for ciphers other than AEGIS-256 and AES-256-GCM.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_record_codec_new_s2(
    key: *const pagecrypt_key,
    stream: *const u8,
    codec: *mut *mut pagecrypt_record_codec,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller, handle.
    unsafe {
        handle::create(codec, error, || {
            let key = handle::borrow(key)?;
            RecordCodec::s2(key, StreamId::from_bytes(array(stream, "the stream's id is NULL")?))
        })
    }
}

/// A codec of our own format for the records of one context. The key may be freed before the codec.
///
/// Errors: PAGECRYPT_ERROR_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_record_codec_new_bound(
    key: *const pagecrypt_key,
    context: *const pagecrypt_context,
    codec: *mut *mut pagecrypt_record_codec,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller, handle.
    unsafe { handle::create(codec, error, || RecordCodec::bound(handle::borrow(key)?, context_of(context)?)) }
}

/// A codec like `from`, which stays as it is, with one more key, under which records are opened but never sealed: the one
/// from before a rotation.
///
/// Errors: PAGECRYPT_ERROR_INVALID_ARGUMENT for a codec of S2's format, whose records do not say which key sealed them,
/// and for a key with the id of the one that seals: draw that one with pagecrypt_key_generate_for.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_record_codec_with_decrypt_only_key(
    from: *const pagecrypt_record_codec,
    key: *const pagecrypt_key,
    codec: *mut *mut pagecrypt_record_codec,
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

/// The cipher of the key that seals; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_record_codec_cipher(
    codec: *const pagecrypt_record_codec,
) -> pagecrypt_cipher {
    // Safety: handle.
    unsafe { handle::get(codec, 0, |codec| number_of_cipher(codec.cipher())) }
}

/// The engine of the key that seals; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_record_codec_engine(
    codec: *const pagecrypt_record_codec,
) -> pagecrypt_engine {
    // Safety: handle.
    unsafe { handle::get(codec, 0, |codec| number_of_engine(codec.engine())) }
}

/// The format; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_record_codec_format(
    codec: *const pagecrypt_record_codec,
) -> pagecrypt_record_format {
    // Safety: handle.
    value(0, || match unsafe { handle::borrow(codec) }.ok()?.format() {
        Format::S2 => Some(PAGECRYPT_RECORD_S2),
        Format::Bound => Some(PAGECRYPT_RECORD_BOUND),
        _ => None,
    })
}

/// Writes the id of the key that seals, as bound records carry it, to `id`: PAGECRYPT_KEY_ID_LENGTH bytes. False where
/// there is none: for S2's format, and for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_record_codec_key_id(
    codec: *const pagecrypt_record_codec,
    id: *mut u8,
) -> bool {
    // Safety: caller, handle; there is only one buffer.
    value(false, || unsafe {
        let computed = handle::borrow(codec).ok()?.key_id()?;
        Span::new(id, computed.len(), "`id` is NULL").ok()?;
        output(id, computed.len()).copy_from_slice(&computed);
        Some(true)
    })
}

/// Length of the record of a plaintext at a place, in bytes; `place` may be NULL. 0 for a codec that is NULL, and for a
/// place that is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_record_codec_sealed_length(
    codec: *const pagecrypt_record_codec,
    plaintext_length: usize,
    place: *const pagecrypt_place,
) -> usize {
    // Safety: caller, handle.
    value(0, || unsafe {
        let codec = handle::borrow(codec).ok()?;
        Some(codec.sealed_length(plaintext_length, &place_of(place).ok()?))
    })
}

/// `*opened_length` becomes the length of a record's plaintext, in bytes, from what it says in clear; whether it opens is
/// another question.
///
/// Errors: PAGECRYPT_ERROR_MALFORMED, PAGECRYPT_ERROR_UNSUPPORTED_FORMAT, PAGECRYPT_ERROR_CIPHER_MISMATCH.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_record_codec_opened_length(
    codec: *const pagecrypt_record_codec,
    record: *const u8,
    length: usize,
    opened_length: *mut usize,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller.
    unsafe { ask(codec, record, length, opened_length, error, |codec, record| codec.opened_length(record)) }
}

/// `*needs_reseal` becomes whether a record was sealed under a key that only opens, and so waits for being sealed anew
/// after a rotation. It says so itself, in clear. Always false under S2's format.
///
/// Errors: as pagecrypt_record_codec_opened_length; PAGECRYPT_ERROR_UNKNOWN_KEY_ID.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_record_codec_needs_reseal(
    codec: *const pagecrypt_record_codec,
    record: *const u8,
    length: usize,
    needs_reseal: *mut bool,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller.
    unsafe { ask(codec, record, length, needs_reseal, error, |codec, record| codec.needs_reseal(record)) }
}

/// Seals `count` records under fresh nonces, or none of them. `places` are as many, or NULL where there is nothing to
/// say. Record i is as long as pagecrypt_record_codec_sealed_length says; with PAGECRYPT_MAX_RECORD_OVERHEAD more bytes
/// than the plaintexts for each, `to` always has room.
///
/// Errors: PAGECRYPT_ERROR_BUFFER_LENGTH where `to` has less room (`expected` is what is needed);
/// PAGECRYPT_ERROR_INVALID_ARGUMENT for a place that the format cannot bind, PAGECRYPT_ERROR_MESSAGE_TOO_LONG,
/// PAGECRYPT_ERROR_USAGE_LIMIT, PAGECRYPT_ERROR_RANDOM_SOURCE, PAGECRYPT_ERROR_OVERLAP. Under S2's format
/// PAGECRYPT_ERROR_MALFORMED for a plaintext that is not an envelope.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_seal_records(
    codec: *const pagecrypt_record_codec,
    count: usize,
    from: *const u8,
    from_length: usize,
    from_offsets: *const usize,
    places: *const pagecrypt_place,
    to: *mut u8,
    to_length: usize,
    to_offsets: *mut usize,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller, handle, apart.
    unsafe {
        call(error, || {
            let codec = handle::borrow(codec)?;
            let inputs = Inputs::new(count, from, from_length, from_offsets)?;
            let outputs = [
                Span::new(to, to_length, "`to` is NULL")?,
                runs::offsets(to_offsets, count, "`to_offsets` is NULL")?,
                nothing()?,
            ];
            apart(outputs, inputs.spans)?;
            let places = places_of(places, count, outputs)?;
            let lengths: Vec<_> = (inputs.iter().zip(&places))
                .map(|(plaintext, place)| codec.sealed_length(plaintext.len(), place))
                .collect();
            let rooms = rooms(output(to, to_length), &lengths)?;
            let mut batch: Vec<_> = (inputs.iter().zip(&places).zip(rooms))
                .map(|((plaintext, place), record)| SealRecord { plaintext, place: *place, record })
                .collect();
            codec.seal_batch(&mut batch)?;
            write_offsets(output(to_offsets, count + 1), &lengths);
            Ok(())
        })
    }
}

/// Opens `count` records. `places` are as many, or NULL where there is nothing to say. With as many bytes as the records
/// have, `to` always has room.
///
/// `statuses[i]` becomes the status of record i; it has room for `count`, or is NULL. Records that did not open have
/// zeros in their place, or nothing where they do not even say how long they are; the others are not affected. The error
/// is that of the first; PAGECRYPT_ERROR_AUTHENTICATION_FAILED has the numbers of all that failed so, from 0.
///
/// Errors: PAGECRYPT_ERROR_AUTHENTICATION_FAILED, PAGECRYPT_ERROR_MALFORMED, PAGECRYPT_ERROR_UNSUPPORTED_FORMAT,
/// PAGECRYPT_ERROR_CIPHER_MISMATCH, PAGECRYPT_ERROR_UNKNOWN_KEY_ID; PAGECRYPT_ERROR_INVALID_ARGUMENT for a place that
/// the format cannot bind; with nothing written PAGECRYPT_ERROR_BUFFER_LENGTH, PAGECRYPT_ERROR_OVERLAP.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_open_records(
    codec: *const pagecrypt_record_codec,
    count: usize,
    from: *const u8,
    from_length: usize,
    from_offsets: *const usize,
    places: *const pagecrypt_place,
    to: *mut u8,
    to_length: usize,
    to_offsets: *mut usize,
    statuses: *mut pagecrypt_status,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller, handle, apart.
    unsafe {
        call(error, || {
            let codec = handle::borrow(codec)?;
            let inputs = Inputs::new(count, from, from_length, from_offsets)?;
            let statuses_length = if statuses.is_null() { 0 } else { count };
            let outputs = [
                Span::new(to, to_length, "`to` is NULL")?,
                runs::offsets(to_offsets, count, "`to_offsets` is NULL")?,
                Span::new(statuses, statuses_length, "")?,
            ];
            apart(outputs, inputs.spans)?;
            let places = places_of(places, count, outputs)?;
            // A record without a length has a failure, which opening finds again.
            let lengths: Vec<_> =
                inputs.iter().map(|record| codec.opened_length(record).unwrap_or(0)).collect();
            let rooms = rooms(output(to, to_length), &lengths)?;
            let mut batch: Vec<_> = (inputs.iter().zip(&places).zip(rooms))
                .map(|((record, place), plaintext)| OpenRecord::new(record, *place, plaintext))
                .collect();
            let outcome = codec.open_batch(&mut batch);
            for (status, record) in output(statuses, statuses_length).iter_mut().zip(&batch) {
                *status = record.failure().map_or(PAGECRYPT_OK, |failure| status_of(failure.code()));
            }
            write_offsets(output(to_offsets, count + 1), &lengths);
            outcome
        })
    }
}

/// Opens a record and seals its plaintext under the key that seals now, after a rotation: `*written` becomes the new
/// record's length, for which PAGECRYPT_MAX_RECORD_OVERHEAD bytes more than the old one's always suffice. If it has
/// a clock, it keeps it and counts one reseal more, so that pagecrypt_compare_writes prefers it to its older form, and any
/// later write to it; without a clock nothing tells which is the older.
///
/// Errors: PAGECRYPT_ERROR_INVALID_ARGUMENT under S2's format, which knows no rotation; else as pagecrypt_open_records
/// and pagecrypt_seal_records.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_reseal_record(
    codec: *const pagecrypt_record_codec,
    record: *const u8,
    length: usize,
    place: *const pagecrypt_place,
    to: *mut u8,
    to_length: usize,
    written: *mut usize,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller, handle.
    unsafe {
        clear(written);
        call(error, || {
            let place = place_of(place)?;
            write_resealed(handle::borrow(codec)?, record, length, &place, to, to_length, written)
        })
    }
}

/// Seals a record anew, if there is room for it.
///
/// # Safety
/// The pointers are those of the call.
pub(crate) unsafe fn write_resealed(
    codec: &RecordCodec,
    record: *const u8,
    length: usize,
    place: &Place,
    to: *mut u8,
    to_length: usize,
    written: *mut usize,
) -> Result<(), Error> {
    apart([Span::new(to, to_length, "`to` is NULL")?], [Span::new(record, length, "the record is NULL")?])?;
    // Safety: caller, apart.
    let (record, to) = unsafe { (input(record, length), output(to, to_length)) };
    if codec.format() == Format::Bound {
        let again = Header::parse(record)?.resealed(place);
        let expected = codec.sealed_length(codec.opened_length(record)?, &again);
        if to_length < expected {
            return Err(Error::BufferLength { expected, got: to_length });
        }
    }
    let resealed = codec.reseal(record, place)?;
    to[..resealed.len()].copy_from_slice(&resealed);
    // Safety: caller.
    unsafe { set(written, resealed.len()) };
    Ok(())
}

/// Asks a codec what a record says in clear: `*answer`, which becomes zero where that fails.
///
/// # Safety
/// The pointers are those of the call.
pub(crate) unsafe fn ask<C: Opaque, T: Zero>(
    codec: *const C,
    record: *const u8,
    length: usize,
    answer: *mut T,
    error: *mut *mut pagecrypt_error,
    of: impl FnOnce(&C::Value, &[u8]) -> Result<T, Error>,
) -> pagecrypt_status {
    // Safety: caller, handle.
    unsafe {
        clear(answer);
        call(error, || {
            Span::new(record, length, "the record is NULL")?;
            set(answer, of(handle::borrow(codec)?, input(record, length))?);
            Ok(())
        })
    }
}

/// Frees a codec. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_record_codec_free(codec: *mut pagecrypt_record_codec) {
    // Safety: handle.
    unsafe { handle::free(codec) };
}

/// The span of an output that a call does not have.
fn nothing() -> Result<Span, Error> {
    Span::new(ptr::null::<u8>(), 0, "")
}

/// `N` bytes.
///
/// # Safety
/// `start` is NULL or may be read.
pub(crate) unsafe fn array<const N: usize>(start: *const u8, what: &'static str) -> Result<[u8; N], Error> {
    Span::new(start, N, what)?;
    let mut bytes = [0; N];
    // Safety: caller; it is not NULL.
    bytes.copy_from_slice(unsafe { input(start, N) });
    Ok(bytes)
}

/// The place that C names; none for NULL.
///
/// # Safety
/// `place` is NULL or may be read, and so may its token.
unsafe fn place_of(place: *const pagecrypt_place) -> Result<Place, Error> {
    if place.is_null() {
        return Ok(Place::default());
    }
    Span::new(place, 1, "")?;
    // Safety: caller; it is not NULL.
    let place = unsafe { input(place, 1) }[0];
    if place.given & !(PAGECRYPT_PLACE_SEQUENCE | PAGECRYPT_PLACE_CLOCK) != 0 {
        return Err(Error::InvalidArgument("unknown bits of a place's `given` are set"));
    }
    let given = |bit| place.given & bit != 0;
    Ok(Place {
        sequence: given(PAGECRYPT_PLACE_SEQUENCE).then_some(place.sequence),
        clock: given(PAGECRYPT_PLACE_CLOCK).then_some(place.clock),
        reseals: place.reseals,
        // Safety: caller.
        token: if place.token.is_null() { None } else { Some(unsafe { array(place.token, "")? }) },
    })
}

/// The places of a batch, which no output overlaps.
///
/// # Safety
/// `places` is NULL or `count` of them may be read, and so may their tokens.
unsafe fn places_of(
    places: *const pagecrypt_place,
    count: usize,
    outputs: [Span; 3],
) -> Result<Vec<Place>, Error> {
    if places.is_null() {
        return Ok(vec![Place::default(); count]);
    }
    apart(outputs, [Span::new(places, count, "")?])?;
    // Safety: caller; it is not NULL.
    let places = unsafe { input(places, count) };
    places
        .iter()
        .map(|place| {
            if !place.token.is_null() {
                apart(outputs, [Span::new(place.token, PAGECRYPT_TOKEN_LENGTH, "")?])?;
            }
            // Safety: caller.
            unsafe { place_of(place) }
        })
        .collect()
}
