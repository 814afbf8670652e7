//! Records of S2
//!
//! What surrounds S2's encrypted records, byte for byte: ids of streams, keys as they stand in a header, envelopes of
//! headers and a body, stored records with their metered size, commands, and what S2 answers to which error. The formats
//! are in docs/format.md, section "S2 records".

use std::ffi::c_char;
use std::ptr;

use pagecrypt::Error;
use pagecrypt::record::s2::{
    Command, Envelope, Header, Opened, StoredRecord, StreamId, answer, key_from_header,
};
use zeroize::Zeroizing;

use crate::border::buffers::{Span, apart, input, output};
use crate::border::call::{call, clear, set, value};
use crate::border::handle;
use crate::border::strings;
use crate::cipher::{cipher_of_number, pagecrypt_cipher};
use crate::error::pagecrypt_error;
use crate::key::pagecrypt_key;
use crate::record::{PAGECRYPT_STREAM_ID_LENGTH, pagecrypt_record_codec};
use crate::status::{code_of, pagecrypt_status};

/// The largest metered size of a record, in bytes.
pub const PAGECRYPT_S2_MAX_METERED_SIZE: u64 = 1048576;
/// The longest fencing token, in bytes.
pub const PAGECRYPT_S2_MAX_FENCING_TOKEN_LENGTH: usize = 36;
/// The highest sequence number at which a record is sealed under AES-256-GCM.
pub const PAGECRYPT_S2_MAX_AES256GCM_SEQUENCE: u64 = 4294967295;

/// A header of an envelope. Names are not empty.
#[allow(non_camel_case_types, reason = "the name that C uses")]
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct pagecrypt_s2_header {
    /// The name.
    pub name: *const u8,
    /// Length of `name`, in bytes.
    pub name_length: usize,
    /// The value.
    pub value: *const u8,
    /// Length of `value`, in bytes.
    pub value_length: usize,
}

/// What a stored record is.
#[allow(non_camel_case_types, reason = "the name that C uses")]
pub type pagecrypt_s2_kind = i32;
/// A command, in clear in every stream and authenticated by nothing: sets the token that appends have to give.
pub const PAGECRYPT_S2_FENCE: pagecrypt_s2_kind = 1;
/// A command: gives up all records before a sequence number.
pub const PAGECRYPT_S2_TRIM: pagecrypt_s2_kind = 2;
/// An envelope in clear, or one that was opened.
pub const PAGECRYPT_S2_PLAINTEXT: pagecrypt_s2_kind = 3;
/// An encrypted envelope.
pub const PAGECRYPT_S2_ENCRYPTED: pagecrypt_s2_kind = 4;

/// A stored record.
#[allow(non_camel_case_types, reason = "the name that C uses")]
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct pagecrypt_s2_stored_record {
    /// What it is.
    pub kind: pagecrypt_s2_kind,
    /// What S2 counts for it, in bytes. Of an encrypted one it is unauthenticated until the record was opened by
    /// pagecrypt_s2_stored_record_open.
    pub metered_size: u64,
    /// The sequence number to trim to.
    pub trim_point: u64,
    /// The fencing token, the encoded envelope, or the record that pagecrypt_open_records opens; NULL for a trim.
    pub payload: *const u8,
    /// Length of `payload`, in bytes.
    pub payload_length: usize,
}

/// What S2 answers to a request, as it is documented and as its open-source server does it.
#[allow(non_camel_case_types, reason = "the name that C uses")]
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct pagecrypt_s2_answer {
    /// The HTTP status, as S2's documentation has it; 0 where it does not say.
    pub documented_http: i32,
    /// The code in its body, for example "invalid"; NULL where the documentation does not say. Static.
    pub documented_code: *const c_char,
    /// The HTTP status of s2-lite 0.43.
    pub lite_http: i32,
    /// The code in its body. Static.
    pub lite_code: *const c_char,
}

const NO_RECORD: pagecrypt_s2_stored_record = pagecrypt_s2_stored_record {
    kind: 0,
    metered_size: 0,
    trim_point: 0,
    payload: ptr::null(),
    payload_length: 0,
};

/// Writes the id that S2 gives a stream to `id`: PAGECRYPT_STREAM_ID_LENGTH bytes.
///
/// Errors: PAGECRYPT_ERROR_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_s2_stream_id(
    basin: *const c_char,
    stream: *const c_char,
    id: *mut u8,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller; names are read before anything is written.
    unsafe {
        call(error, || {
            let computed = StreamId::of(strings::text(basin)?, strings::text(stream)?)?;
            Span::new(id, PAGECRYPT_STREAM_ID_LENGTH, "`id` is NULL")?;
            output(id, PAGECRYPT_STREAM_ID_LENGTH).copy_from_slice(computed.as_bytes());
            Ok(())
        })
    }
}

/// The name of the header that carries a key, "s2-encryption-key". Static.
#[unsafe(no_mangle)]
pub extern "C" fn pagecrypt_s2_key_header() -> *const c_char {
    c"s2-encryption-key".as_ptr()
}

/// A key for a stream of this cipher from the `length` characters of a header's value, or of S2_ENCRYPTION_KEY, or of a
/// key file: 32 bytes in standard base64 with padding. Surrounding white space does not count. NULL stands for a header
/// that is not there.
///
/// Errors: PAGECRYPT_ERROR_KEY_REQUIRED for NULL, PAGECRYPT_ERROR_KEY_TEXT, PAGECRYPT_ERROR_KEY_LENGTH;
/// PAGECRYPT_ERROR_UNSUPPORTED_FORMAT for a cipher that S2 does not have; PAGECRYPT_ERROR_UNKNOWN_CIPHER;
/// PAGECRYPT_ERROR_UNKNOWN_ENGINE for what PAGECRYPT_ENGINE says. None carries the text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_s2_key_from_header(
    text: *const c_char,
    length: usize,
    cipher: pagecrypt_cipher,
    key: *mut *mut pagecrypt_key,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller.
    unsafe {
        handle::create(key, error, || {
            let cipher = cipher_of_number(cipher)?;
            if text.is_null() {
                return key_from_header(None, cipher);
            }
            Span::new(text, length, "")?;
            // What is not UTF-8 becomes what is no key either.
            key_from_header(str::from_utf8(input(text.cast(), length)).unwrap_or("\u{fffd}"), cipher)
        })
    }
}

/// Writes an envelope in its shortest form, as S2 does: `*written` becomes its length. With the lengths of the body, all
/// names and values, 8 bytes for each header and 9 more, `to` always has room.
///
/// Errors: PAGECRYPT_ERROR_INVALID_ARGUMENT for an empty name, or a metered size above PAGECRYPT_S2_MAX_METERED_SIZE;
/// PAGECRYPT_ERROR_BUFFER_LENGTH where `to` has less room (`expected` is what is needed); PAGECRYPT_ERROR_OVERLAP.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_s2_envelope_encode(
    headers: *const pagecrypt_s2_header,
    count: usize,
    body: *const u8,
    body_length: usize,
    to: *mut u8,
    to_length: usize,
    written: *mut usize,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller, apart.
    unsafe {
        clear(written);
        call(error, || {
            let span = Span::new(to, to_length, "`to` is NULL")?;
            let body_span = Span::new(body, body_length, "`body` is NULL")?;
            apart([span], [body_span, Span::new(headers, count, "`headers` is NULL")?])?;
            for header in input(headers, count) {
                apart([span], spans(header)?)?;
            }
            let envelope =
                Envelope { headers: headers_of(input(headers, count))?, body: input(body, body_length) };
            write_bytes(&Zeroizing::new(envelope.encode()?), to, to_length, written)
        })
    }
}

/// Reads an encoded envelope, also one that another writer could have written shorter. `*count` becomes the number of its
/// headers, of which `headers` has room for `capacity`; they and `*body` point into `bytes`.
///
/// Errors: PAGECRYPT_ERROR_MALFORMED; PAGECRYPT_ERROR_BUFFER_LENGTH where there are more headers than `capacity`
/// (`expected` says how many): nothing is written then but `*count`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_s2_envelope_decode(
    bytes: *const u8,
    length: usize,
    headers: *mut pagecrypt_s2_header,
    capacity: usize,
    count: *mut usize,
    body: *mut *const u8,
    body_length: *mut usize,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller, apart.
    unsafe {
        clear(count);
        set(body, ptr::null());
        clear(body_length);
        call(error, || {
            let span = Span::new(headers, capacity, "`headers` is NULL")?;
            apart([span], [Span::new(bytes, length, "the envelope is NULL")?])?;
            let envelope = Envelope::decode(input(bytes, length))?;
            let found = envelope.headers.len();
            set(count, found);
            if found > capacity {
                return Err(Error::BufferLength { expected: found, got: capacity });
            }
            for (place, Header { name, value }) in output(headers, capacity).iter_mut().zip(&envelope.headers)
            {
                *place = pagecrypt_s2_header {
                    name: name.as_ptr(),
                    name_length: name.len(),
                    value: value.as_ptr(),
                    value_length: value.len(),
                };
            }
            set(body, envelope.body.as_ptr());
            set(body_length, envelope.body.len());
            Ok(())
        })
    }
}

/// What S2 counts for a record with these headers and a body of this length, in bytes; 0 where `headers` is NULL and
/// `count` is not 0. Nothing of the headers is read but their lengths.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_s2_metered_size(
    headers: *const pagecrypt_s2_header,
    count: usize,
    body_length: usize,
) -> u64 {
    // Safety: caller.
    value(0, || unsafe {
        Span::new(headers, count, "").ok()?;
        let envelope = Envelope { headers: headers_of(input(headers, count)).ok()?, body: &[] };
        Some(envelope.metered_size().saturating_add(body_length as u64))
    })
}

/// Reads a stored record, and of an encrypted one the form only. `stored->payload` points into `bytes`. `*stored` becomes
/// zeros where that fails.
///
/// Errors: PAGECRYPT_ERROR_MALFORMED; PAGECRYPT_ERROR_UNSUPPORTED_FORMAT for kinds, formats and commands that S2 does not
/// have.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_s2_stored_record_decode(
    bytes: *const u8,
    length: usize,
    stored: *mut pagecrypt_s2_stored_record,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller, apart.
    unsafe {
        call(error, || {
            let place = Span::new(stored, 1, "`stored` is NULL")?;
            apart([place], [Span::new(bytes, length, "the stored record is NULL")?])?;
            set(stored, NO_RECORD);
            let bytes = input(bytes, length);
            set(stored, describe(&StoredRecord::decode(bytes)?, bytes));
            Ok(())
        })
    }
}

/// Writes a stored record: `*written` becomes its length. Its metered size counts for an encrypted one only. With 4 bytes
/// more than the payload, and 10 for a trim, `to` always has room.
///
/// Errors: PAGECRYPT_ERROR_INVALID_ARGUMENT for another kind, a fencing token that is too long or no UTF-8, or a metered
/// size above PAGECRYPT_S2_MAX_METERED_SIZE; PAGECRYPT_ERROR_MALFORMED and PAGECRYPT_ERROR_UNSUPPORTED_FORMAT for a
/// payload that is not what its kind says; PAGECRYPT_ERROR_BUFFER_LENGTH where `to` has less room (`expected` is what is
/// needed); PAGECRYPT_ERROR_OVERLAP.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_s2_stored_record_encode(
    stored: *const pagecrypt_s2_stored_record,
    to: *mut u8,
    to_length: usize,
    written: *mut usize,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller, apart.
    unsafe {
        clear(written);
        call(error, || {
            let from = Span::new(stored, 1, "`stored` is NULL")?;
            let stored = input(stored, 1)[0];
            let payload = Span::new(stored.payload, stored.payload_length, "`payload` is NULL")?;
            apart([Span::new(to, to_length, "`to` is NULL")?], [from, payload])?;
            let payload = input(stored.payload, stored.payload_length);
            let record = match stored.kind {
                PAGECRYPT_S2_FENCE => StoredRecord::Command(Command::Fence(
                    str::from_utf8(payload)
                        .map_err(|_| Error::InvalidArgument("a fencing token is not UTF-8"))?,
                )),
                PAGECRYPT_S2_TRIM => StoredRecord::Command(Command::Trim(stored.trim_point)),
                PAGECRYPT_S2_PLAINTEXT => StoredRecord::Plaintext(Envelope::decode(payload)?),
                PAGECRYPT_S2_ENCRYPTED => {
                    StoredRecord::Encrypted { metered_size: stored.metered_size, record: payload }
                }
                _ => return Err(Error::InvalidArgument("no such kind of stored record")),
            };
            write_bytes(&Zeroizing::new(record.encode()?), to, to_length, written)
        })
    }
}

/// Opens a stored record of an encrypted stream, as S2 does on reading: commands pass, envelopes in clear do not. An
/// envelope is PAGECRYPT_S2_PLAINTEXT then, and its payload, encoded, lies at `to`, which always has room with `length`
/// bytes; a command's points into `bytes`. `*stored` becomes zeros where that fails.
///
/// Errors: PAGECRYPT_ERROR_NOT_ENCRYPTED for an envelope in clear; PAGECRYPT_ERROR_AUTHENTICATION_FAILED,
/// PAGECRYPT_ERROR_CIPHER_MISMATCH; PAGECRYPT_ERROR_METERED_SIZE, whose `expected` is the size that was stored, and `got`
/// the envelope's; PAGECRYPT_ERROR_BUFFER_LENGTH where `to` has less room; PAGECRYPT_ERROR_INVALID_ARGUMENT for a codec of
/// another format; else as pagecrypt_s2_stored_record_decode.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_s2_stored_record_open(
    codec: *const pagecrypt_record_codec,
    bytes: *const u8,
    length: usize,
    to: *mut u8,
    to_length: usize,
    stored: *mut pagecrypt_s2_stored_record,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller, handle, apart.
    unsafe {
        call(error, || {
            let codec = handle::borrow(codec)?;
            let outputs =
                [Span::new(stored, 1, "`stored` is NULL")?, Span::new(to, to_length, "`to` is NULL")?];
            apart(outputs, [Span::new(bytes, length, "the stored record is NULL")?])?;
            set(stored, NO_RECORD);
            let bytes = input(bytes, length);
            let decoded = StoredRecord::decode(bytes)?;
            if let StoredRecord::Encrypted { record, .. } = &decoded {
                let expected = codec.opened_length(record)?;
                if to_length < expected {
                    return Err(Error::BufferLength { expected, got: to_length });
                }
            }
            match decoded.open(codec)? {
                Opened::Envelope(envelope) => {
                    let envelope = Zeroizing::new(envelope);
                    let payload = &mut output(to, to_length)[..envelope.len()];
                    payload.copy_from_slice(&envelope);
                    let metered_size = decoded.metered_size();
                    set(
                        stored,
                        pagecrypt_s2_stored_record {
                            kind: PAGECRYPT_S2_PLAINTEXT,
                            metered_size,
                            payload: payload.as_ptr(),
                            payload_length: payload.len(),
                            ..NO_RECORD
                        },
                    );
                }
                _ => set(stored, describe(&decoded, bytes)),
            }
            Ok(())
        })
    }
}

/// What S2 answers where sealing, opening or reading a key gives this status. False, and `*answer` zeros, where no
/// request to S2 has it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_s2_answer_to(
    status: pagecrypt_status,
    to: *mut pagecrypt_s2_answer,
) -> bool {
    const NONE: pagecrypt_s2_answer = pagecrypt_s2_answer {
        documented_http: 0,
        documented_code: ptr::null(),
        lite_http: 0,
        lite_code: ptr::null(),
    };
    value(false, || {
        let found = code_of(status).and_then(answer);
        let answer = found.map(|answer| pagecrypt_s2_answer {
            documented_http: answer.documented.map_or(0, |status| status.http.into()),
            documented_code: answer.documented.map_or(ptr::null(), |status| code(status.code)),
            lite_http: answer.lite.http.into(),
            lite_code: code(answer.lite.code),
        });
        // Safety: caller.
        unsafe { set(to, answer.unwrap_or(NONE)) };
        Some(answer.is_some())
    })
}

/// One of S2's codes as a text of C.
fn code(name: &str) -> *const c_char {
    let codes = [c"invalid", c"bad_header", c"decryption_failed", c"storage"];
    codes.iter().find(|code| code.to_bytes() == name.as_bytes()).map_or(ptr::null(), |code| code.as_ptr())
}

fn spans(header: &pagecrypt_s2_header) -> Result<[Span; 2], Error> {
    Ok([
        Span::new(header.name, header.name_length, "a header's name is NULL")?,
        Span::new(header.value, header.value_length, "a header's value is NULL")?,
    ])
}

/// # Safety
/// What the headers point to may be read during `'a`.
unsafe fn headers_of<'a>(headers: &[pagecrypt_s2_header]) -> Result<Vec<Header<'a>>, Error> {
    headers
        .iter()
        .map(|header| {
            spans(header)?;
            // Safety: caller.
            unsafe {
                Ok(Header {
                    name: input(header.name, header.name_length),
                    value: input(header.value, header.value_length),
                })
            }
        })
        .collect()
}

/// Copies what was made to `to`, if there is room.
///
/// # Safety
/// The pointers are those of the call; `to` was compared with its other buffers.
unsafe fn write_bytes(made: &[u8], to: *mut u8, to_length: usize, written: *mut usize) -> Result<(), Error> {
    if to_length < made.len() {
        return Err(Error::BufferLength { expected: made.len(), got: to_length });
    }
    // Safety: caller.
    unsafe {
        output(to, to_length)[..made.len()].copy_from_slice(made);
        set(written, made.len());
    }
    Ok(())
}

/// A stored record that was read from `bytes`.
fn describe(record: &StoredRecord<'_>, bytes: &[u8]) -> pagecrypt_s2_stored_record {
    let metered_size = record.metered_size();
    let of = |kind, payload: &[u8]| pagecrypt_s2_stored_record {
        kind,
        metered_size,
        payload: payload.as_ptr(),
        payload_length: payload.len(),
        ..NO_RECORD
    };
    match record {
        StoredRecord::Command(Command::Fence(token)) => of(PAGECRYPT_S2_FENCE, token.as_bytes()),
        StoredRecord::Command(Command::Trim(point)) => pagecrypt_s2_stored_record {
            kind: PAGECRYPT_S2_TRIM,
            metered_size,
            trim_point: *point,
            ..NO_RECORD
        },
        // Behind the first byte and the metered size, whose width it names.
        StoredRecord::Plaintext(_) => {
            of(PAGECRYPT_S2_PLAINTEXT, &bytes[2 + usize::from(bytes[0] >> 3 & 3)..])
        }
        StoredRecord::Encrypted { record, .. } => of(PAGECRYPT_S2_ENCRYPTED, record),
        _ => NO_RECORD,
    }
}
