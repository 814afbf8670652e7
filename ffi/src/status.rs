//! Status
//!
//! What a function says about its success: 0, or the number of an error. Numbers are fixed for ever, and never reused.
//! A newer library may give others than these.

use std::ffi::{CStr, c_char};

use pagecrypt::ErrorCode;

/// PAGECRYPT_OK, or the number of an error.
#[allow(non_camel_case_types, reason = "the name that C uses")]
pub type pagecrypt_status = i32;

/// Success.
pub const PAGECRYPT_OK: pagecrypt_status = 0;

/// A row for every code: what `ErrorCode` says, as C strings.
struct Row {
    code: ErrorCode,
    name: &'static CStr,
    message: &'static CStr,
}

macro_rules! statuses {
    ($($constant:ident = $number:literal, $code:ident, $name:literal, $message:literal;)*) => {
        const ROWS: &[Row] = &[
            $(Row { code: ErrorCode::$code, name: $name, message: $message },)*
        ];
        #[cfg(test)]
        const NUMBERS: &[pagecrypt_status] = &[$($constant),*];
    };
}

// Constants stand by themselves, because the header is generated from them.

/// No cipher has this name or number.
pub const PAGECRYPT_ERROR_UNKNOWN_CIPHER: pagecrypt_status = 1;
/// No engine has this name, or this CPU does not run it.
pub const PAGECRYPT_ERROR_UNKNOWN_ENGINE: pagecrypt_status = 2;
/// The key has another length than its cipher needs.
pub const PAGECRYPT_ERROR_KEY_LENGTH: pagecrypt_status = 3;
/// The text is not a key in base64 or hexadecimal.
pub const PAGECRYPT_ERROR_KEY_TEXT: pagecrypt_status = 4;
/// The data is encrypted, and no key was given.
pub const PAGECRYPT_ERROR_KEY_REQUIRED: pagecrypt_status = 5;
/// The key is not the one that the data was sealed with.
pub const PAGECRYPT_ERROR_WRONG_KEY: pagecrypt_status = 6;
/// The passphrase is not the one that the data was sealed with.
pub const PAGECRYPT_ERROR_WRONG_PASSPHRASE: pagecrypt_status = 7;
/// The keyring has no key with this id.
pub const PAGECRYPT_ERROR_UNKNOWN_KEY_ID: pagecrypt_status = 8;
/// The key belongs to another store.
pub const PAGECRYPT_ERROR_WRONG_STORE: pagecrypt_status = 9;
/// Pages, frames or messages are damaged, forged, out of place or sealed under another key.
pub const PAGECRYPT_ERROR_AUTHENTICATION_FAILED: pagecrypt_status = 10;
/// The data is not encrypted.
pub const PAGECRYPT_ERROR_NOT_ENCRYPTED: pagecrypt_status = 11;
/// The format or its version is not supported.
pub const PAGECRYPT_ERROR_UNSUPPORTED_FORMAT: pagecrypt_status = 12;
/// The data does not have the form that its format demands.
pub const PAGECRYPT_ERROR_MALFORMED: pagecrypt_status = 13;
/// The data was sealed with another cipher than the key's.
pub const PAGECRYPT_ERROR_CIPHER_MISMATCH: pagecrypt_status = 14;
/// Not a page size: a power of two from 512 to 65536 is needed.
pub const PAGECRYPT_ERROR_PAGE_SIZE: pagecrypt_status = 15;
/// Not a page number: pages are numbered from 1 to 4294967294.
pub const PAGECRYPT_ERROR_PAGE_NUMBER: pagecrypt_status = 16;
/// The record has another sequence number than expected.
pub const PAGECRYPT_ERROR_SEQUENCE: pagecrypt_status = 17;
/// The record has another metered size than it says.
pub const PAGECRYPT_ERROR_METERED_SIZE: pagecrypt_status = 18;
/// A buffer has another length than is needed.
pub const PAGECRYPT_ERROR_BUFFER_LENGTH: pagecrypt_status = 19;
/// An argument is NULL or has a value that is not allowed.
pub const PAGECRYPT_ERROR_INVALID_ARGUMENT: pagecrypt_status = 20;
/// Buffers overlap: they have to be the same one, or apart.
pub const PAGECRYPT_ERROR_OVERLAP: pagecrypt_status = 21;
/// The message is longer than the cipher allows.
pub const PAGECRYPT_ERROR_MESSAGE_TOO_LONG: pagecrypt_status = 22;
/// The key has sealed as many messages as its cipher allows under random nonces.
pub const PAGECRYPT_ERROR_USAGE_LIMIT: pagecrypt_status = 23;
/// The caller's policy does not allow it.
pub const PAGECRYPT_ERROR_POLICY: pagecrypt_status = 24;
/// The invite has expired.
pub const PAGECRYPT_ERROR_INVITE_EXPIRED: pagecrypt_status = 25;
/// The invite was used before.
pub const PAGECRYPT_ERROR_INVITE_USED: pagecrypt_status = 26;
/// The text is not an invite.
pub const PAGECRYPT_ERROR_INVITE_MALFORMED: pagecrypt_status = 27;
/// The destination exists already.
pub const PAGECRYPT_ERROR_FILE_EXISTS: pagecrypt_status = 28;
/// The operating system does not permit it, or others may read the key file.
pub const PAGECRYPT_ERROR_FILE_PERMISSIONS: pagecrypt_status = 29;
/// The database is in use, or has to be recovered first.
pub const PAGECRYPT_ERROR_LOCKED: pagecrypt_status = 30;
/// An unfinished conversion stands in the way.
pub const PAGECRYPT_ERROR_CHANGING: pagecrypt_status = 31;
/// The caller asked to stop.
pub const PAGECRYPT_ERROR_CANCELLED: pagecrypt_status = 32;
/// The operating system's random generator failed.
pub const PAGECRYPT_ERROR_RANDOM_SOURCE: pagecrypt_status = 33;
/// Reading or writing failed.
pub const PAGECRYPT_ERROR_IO: pagecrypt_status = 34;
/// A defect of libpagecrypt; please report it.
pub const PAGECRYPT_ERROR_INTERNAL: pagecrypt_status = 35;

statuses! {
    PAGECRYPT_ERROR_UNKNOWN_CIPHER = 1, UnknownCipher, c"unknown_cipher", c"no cipher has this name or number";
    PAGECRYPT_ERROR_UNKNOWN_ENGINE = 2, UnknownEngine, c"unknown_engine", c"no engine has this name, or this CPU does not run it";
    PAGECRYPT_ERROR_KEY_LENGTH = 3, KeyLength, c"key_length", c"the key has another length than its cipher needs";
    PAGECRYPT_ERROR_KEY_TEXT = 4, KeyText, c"key_text", c"the text is not a key in base64 or hexadecimal";
    PAGECRYPT_ERROR_KEY_REQUIRED = 5, KeyRequired, c"key_required", c"the data is encrypted, and no key was given";
    PAGECRYPT_ERROR_WRONG_KEY = 6, WrongKey, c"wrong_key", c"the key is not the one that the data was sealed with";
    PAGECRYPT_ERROR_WRONG_PASSPHRASE = 7, WrongPassphrase, c"wrong_passphrase", c"the passphrase is not the one that the data was sealed with";
    PAGECRYPT_ERROR_UNKNOWN_KEY_ID = 8, UnknownKeyId, c"unknown_key_id", c"the keyring has no key with this id";
    PAGECRYPT_ERROR_WRONG_STORE = 9, WrongStore, c"wrong_store", c"the key belongs to another store";
    PAGECRYPT_ERROR_AUTHENTICATION_FAILED = 10, AuthenticationFailed, c"authentication_failed", c"pages, frames or messages are damaged, forged, out of place or sealed under another key";
    PAGECRYPT_ERROR_NOT_ENCRYPTED = 11, NotEncrypted, c"not_encrypted", c"the data is not encrypted";
    PAGECRYPT_ERROR_UNSUPPORTED_FORMAT = 12, UnsupportedFormat, c"unsupported_format", c"the format or its version is not supported";
    PAGECRYPT_ERROR_MALFORMED = 13, Malformed, c"malformed", c"the data does not have the form that its format demands";
    PAGECRYPT_ERROR_CIPHER_MISMATCH = 14, CipherMismatch, c"cipher_mismatch", c"the data was sealed with another cipher than the key's";
    PAGECRYPT_ERROR_PAGE_SIZE = 15, PageSize, c"page_size", c"not a page size: a power of two from 512 to 65536 is needed";
    PAGECRYPT_ERROR_PAGE_NUMBER = 16, PageNumber, c"page_number", c"not a page number: pages are numbered from 1 to 4294967294";
    PAGECRYPT_ERROR_SEQUENCE = 17, Sequence, c"sequence", c"the record has another sequence number than expected";
    PAGECRYPT_ERROR_METERED_SIZE = 18, MeteredSize, c"metered_size", c"the record has another metered size than it says";
    PAGECRYPT_ERROR_BUFFER_LENGTH = 19, BufferLength, c"buffer_length", c"a buffer has another length than is needed";
    PAGECRYPT_ERROR_INVALID_ARGUMENT = 20, InvalidArgument, c"invalid_argument", c"an argument is NULL or has a value that is not allowed";
    PAGECRYPT_ERROR_OVERLAP = 21, Overlap, c"overlap", c"buffers overlap: they have to be the same one, or apart";
    PAGECRYPT_ERROR_MESSAGE_TOO_LONG = 22, MessageTooLong, c"message_too_long", c"the message is longer than the cipher allows";
    PAGECRYPT_ERROR_USAGE_LIMIT = 23, UsageLimit, c"usage_limit", c"the key has sealed as many messages as its cipher allows under random nonces";
    PAGECRYPT_ERROR_POLICY = 24, Policy, c"policy", c"the caller's policy does not allow it";
    PAGECRYPT_ERROR_INVITE_EXPIRED = 25, InviteExpired, c"invite_expired", c"the invite has expired";
    PAGECRYPT_ERROR_INVITE_USED = 26, InviteUsed, c"invite_used", c"the invite was used before";
    PAGECRYPT_ERROR_INVITE_MALFORMED = 27, InviteMalformed, c"invite_malformed", c"the text is not an invite";
    PAGECRYPT_ERROR_FILE_EXISTS = 28, FileExists, c"file_exists", c"the destination exists already";
    PAGECRYPT_ERROR_FILE_PERMISSIONS = 29, FilePermissions, c"file_permissions", c"the operating system does not permit it, or others may read the key file";
    PAGECRYPT_ERROR_LOCKED = 30, Locked, c"locked", c"the database is in use, or has to be recovered first";
    PAGECRYPT_ERROR_CHANGING = 31, Changing, c"changing", c"an unfinished conversion stands in the way";
    PAGECRYPT_ERROR_CANCELLED = 32, Cancelled, c"cancelled", c"the caller asked to stop";
    PAGECRYPT_ERROR_RANDOM_SOURCE = 33, RandomSource, c"random_source", c"the operating system's random generator failed";
    PAGECRYPT_ERROR_IO = 34, Io, c"io", c"reading or writing failed";
    PAGECRYPT_ERROR_INTERNAL = 35, Internal, c"internal", c"a defect of libpagecrypt; please report it";
}

/// The name that every language uses, for example "wrong_key"; "ok" for PAGECRYPT_OK, and "unknown" for a number that
/// this library does not have. Static, never NULL.
#[unsafe(no_mangle)]
pub extern "C" fn pagecrypt_status_name(status: pagecrypt_status) -> *const c_char {
    match row(status) {
        Some(row) => row.name,
        None if status == PAGECRYPT_OK => c"ok",
        None => c"unknown",
    }
    .as_ptr()
}

/// What a status means, as a text to be shown; the details are in the call's pagecrypt_error. Static, never NULL.
#[unsafe(no_mangle)]
pub extern "C" fn pagecrypt_status_message(status: pagecrypt_status) -> *const c_char {
    match row(status) {
        Some(row) => row.message,
        None if status == PAGECRYPT_OK => c"success",
        None => c"a status that this version of libpagecrypt does not have",
    }
    .as_ptr()
}

/// The exit code that the command line has for it: 0 for PAGECRYPT_OK, 1 for a number that this library does not have.
#[unsafe(no_mangle)]
pub extern "C" fn pagecrypt_status_exit_code(status: pagecrypt_status) -> i32 {
    match row(status) {
        Some(row) => row.code.exit_code().into(),
        None => i32::from(status != PAGECRYPT_OK),
    }
}

/// The status of an error's code.
pub(crate) fn status_of(code: ErrorCode) -> pagecrypt_status {
    code.number().into()
}

/// The core's code of a status.
pub(crate) fn code_of(status: pagecrypt_status) -> Option<ErrorCode> {
    row(status).map(|row| row.code)
}

fn row(status: pagecrypt_status) -> Option<&'static Row> {
    ROWS.iter().find(|row| status_of(row.code) == status)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_the_core_has_its_status() {
        let codes: Vec<_> = ROWS.iter().map(|row| row.code).collect();
        assert_eq!(codes, ErrorCode::ALL);
        let numbers: Vec<_> = codes.iter().map(|code| status_of(*code)).collect();
        assert_eq!(numbers, NUMBERS);
        for row in ROWS {
            assert_eq!(row.name.to_str(), Ok(row.code.name()));
            assert!(!row.message.is_empty());
        }
    }
}
