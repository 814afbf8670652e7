//! Write-ahead logs
//!
//! SQLite's log beside a database: a header of 32 bytes, and frames of 24 bytes and a page each. The page of a frame
//! is sealed; the log's checksum chain covers the ciphertext and needs no key. (SQLite's file format, section 4.)

use pagecrypt::Error;
use pagecrypt::page::PageCodec;
use pagecrypt::page::wal::{ByteOrder, Chain, FrameHeader, Header};

use crate::border::buffers::{Span, input, output};
use crate::border::call::{call, clear, set};
use crate::border::handle::{self, opaque};
use crate::error::pagecrypt_error;
use crate::page::{in_place, into, pagecrypt_page_codec};
use crate::status::pagecrypt_status;

/// The checksum chain over a log: which frames belong to it, in their order. Its functions change it: one thread at a
/// time.
#[allow(non_camel_case_types, reason = "the name that C uses")]
#[derive(Debug)]
pub struct pagecrypt_wal_chain {
    _opaque: [u8; 0],
}

opaque!(pagecrypt_wal_chain(State) = b"pgcchain");

/// A chain, and the length of the frames that it accepts.
#[derive(Debug)]
pub struct State {
    chain: Chain,
    page_size: usize,
}

/// The byte order in which a log's checksums read their words.
#[allow(non_camel_case_types, reason = "the name that C uses")]
pub type pagecrypt_byte_order = i32;
/// Magic 0x377f0682: what Turso writes.
pub const PAGECRYPT_LITTLE_ENDIAN: pagecrypt_byte_order = 1;
/// Magic 0x377f0683.
pub const PAGECRYPT_BIG_ENDIAN: pagecrypt_byte_order = 2;

/// Length of a log's header, in bytes.
pub const PAGECRYPT_WAL_HEADER_LENGTH: usize = 32;
/// Length of the header before each frame's page, in bytes.
pub const PAGECRYPT_WAL_FRAME_HEADER_LENGTH: usize = 24;

/// Writes the 32 bytes of a log's header, its checksum included, to `header`. `checkpoint` counts how often the log
/// was checkpointed; the salts change with every checkpoint.
///
/// Errors: PAGECRYPT_ERROR_PAGE_SIZE, PAGECRYPT_ERROR_INVALID_ARGUMENT for an unknown byte order.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_wal_header_new(
    order: pagecrypt_byte_order,
    page_size: usize,
    checkpoint: u32,
    salt1: u32,
    salt2: u32,
    header: *mut u8,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller; there is only one buffer.
    unsafe {
        call(error, || {
            Span::new(header, PAGECRYPT_WAL_HEADER_LENGTH, "`header` is NULL")?;
            let order = match order {
                PAGECRYPT_LITTLE_ENDIAN => ByteOrder::Little,
                PAGECRYPT_BIG_ENDIAN => ByteOrder::Big,
                _ => return Err(Error::InvalidArgument("no such byte order")),
            };
            let bytes = Header::new(order, page_size, checkpoint, [salt1, salt2])?.to_bytes();
            output(header, bytes.len()).copy_from_slice(&bytes);
            Ok(())
        })
    }
}

/// Reads the first 32 bytes of a log; more are ignored. Outputs may be NULL.
///
/// Errors: PAGECRYPT_ERROR_MALFORMED; SQLite takes such a log for an empty one.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_wal_header_parse(
    header: *const u8,
    length: usize,
    order: *mut pagecrypt_byte_order,
    page_size: *mut usize,
    checkpoint: *mut u32,
    salt1: *mut u32,
    salt2: *mut u32,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller.
    unsafe {
        clear(order);
        clear(page_size);
        [checkpoint, salt1, salt2].into_iter().for_each(|output| clear(output));
        call(error, || {
            let header = parse(header, length)?;
            set(
                order,
                match header.byte_order {
                    ByteOrder::Little => PAGECRYPT_LITTLE_ENDIAN,
                    ByteOrder::Big => PAGECRYPT_BIG_ENDIAN,
                },
            );
            set(page_size, header.page_size);
            set(checkpoint, header.checkpoint);
            set(salt1, header.salts[0]);
            set(salt2, header.salts[1]);
            Ok(())
        })
    }
}

/// Reads the first 24 bytes of a frame; more are ignored. `commit_size` becomes the database's size in pages for the
/// last frame of a transaction, else 0. Outputs may be NULL.
///
/// Errors: PAGECRYPT_ERROR_BUFFER_LENGTH where there are fewer bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_wal_frame_header_parse(
    frame: *const u8,
    length: usize,
    page: *mut u32,
    commit_size: *mut u32,
    salt1: *mut u32,
    salt2: *mut u32,
    checksum1: *mut u32,
    checksum2: *mut u32,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller.
    unsafe {
        [page, commit_size, salt1, salt2, checksum1, checksum2].into_iter().for_each(|output| clear(output));
        call(error, || {
            Span::new(frame, length, "`frame` is NULL")?;
            let header = FrameHeader::parse(input(frame, length))?;
            set(page, header.page);
            set(commit_size, header.commit_size);
            set(salt1, header.salts[0]);
            set(salt2, header.salts[1]);
            set(checksum1, header.checksum[0]);
            set(checksum2, header.checksum[1]);
            Ok(())
        })
    }
}

/// The chain before the first frame of the log with this header.
///
/// Errors: as pagecrypt_wal_header_parse.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_wal_chain_start(
    header: *const u8,
    length: usize,
    chain: *mut *mut pagecrypt_wal_chain,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller.
    unsafe { create(chain, error, header, length, Chain::start) }
}

/// The chain behind a frame whose header holds these checksums, accepted or not: to append to a log, or to look for
/// what else belongs to a damaged one.
///
/// Errors: as pagecrypt_wal_header_parse.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_wal_chain_resume(
    header: *const u8,
    length: usize,
    checksum1: u32,
    checksum2: u32,
    chain: *mut *mut pagecrypt_wal_chain,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller.
    unsafe { create(chain, error, header, length, |header| Chain::resume(header, [checksum1, checksum2])) }
}

/// # Safety
/// The pointers are those of the call.
unsafe fn create(
    chain: *mut *mut pagecrypt_wal_chain,
    error: *mut *mut pagecrypt_error,
    header: *const u8,
    length: usize,
    make: impl FnOnce(&Header) -> Chain,
) -> pagecrypt_status {
    // Safety: caller.
    unsafe {
        handle::create(chain, error, || {
            let header = parse(header, length)?;
            Ok(State { chain: make(&header), page_size: header.page_size })
        })
    }
}

/// # Safety
/// The pointer is that of the call.
unsafe fn parse(header: *const u8, length: usize) -> Result<Header, Error> {
    Span::new(header, length, "`header` is NULL")?;
    // Safety: caller.
    Header::parse(unsafe { input(header, length) })
}

/// The chain's checksum after the last frame that was accepted or sealed. Outputs may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_wal_chain_checksum(
    chain: *const pagecrypt_wal_chain,
    checksum1: *mut u32,
    checksum2: *mut u32,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller, handle.
    unsafe {
        clear(checksum1);
        clear(checksum2);
        call(error, || {
            let [first, second] = handle::borrow(chain)?.chain.checksum();
            set(checksum1, first);
            set(checksum2, second);
            Ok(())
        })
    }
}

/// Whether `frame`, its header and its sealed page, is the next of the log: `*accepted` says so. If it is, the chain
/// goes on behind it; if not, the log ends before it, and the chain stays where it is.
///
/// Errors: PAGECRYPT_ERROR_BUFFER_LENGTH where `length` is not that of a frame.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_wal_chain_accept(
    chain: *mut pagecrypt_wal_chain,
    frame: *const u8,
    length: usize,
    accepted: *mut bool,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller, handle.
    unsafe {
        clear(accepted);
        call(error, || {
            let state = handle::borrow_mut(chain)?;
            if accepted.is_null() {
                return Err(Error::InvalidArgument("`accepted` is NULL"));
            }
            Span::new(frame, length, "`frame` is NULL")?;
            let frame_length = PAGECRYPT_WAL_FRAME_HEADER_LENGTH + state.page_size;
            if length != frame_length {
                return Err(Error::BufferLength { expected: frame_length, got: length });
            }
            set(accepted, state.chain.accept(input(frame, length)));
            Ok(())
        })
    }
}

/// Frees a chain. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_wal_chain_free(chain: *mut pagecrypt_wal_chain) {
    // Safety: handle.
    unsafe { handle::free(chain) };
}

/// Seals `length` bytes of frames in place, or none of them, under fresh nonces, and continues the log's chain over
/// them. Of a frame's header the page number and the commit size are read; salts and checksum are written.
///
/// Errors: as pagecrypt_seal_pages; PAGECRYPT_ERROR_PAGE_SIZE where codec and chain have different ones.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_seal_frames(
    codec: *const pagecrypt_page_codec,
    chain: *mut pagecrypt_wal_chain,
    frames: *mut u8,
    length: usize,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller, handle.
    unsafe {
        in_place(codec, frames, length, error, |codec, frames| {
            let state = handle::borrow_mut(chain)?;
            if codec.page_size() != state.page_size {
                return Err(Error::PageSize(codec.page_size()));
            }
            codec.seal_frames(&mut state.chain, frames)
        })
    }
}

/// Opens `length` bytes of frames in place; `first` is the number of the first, from 1, for the error. Headers are
/// left as they are; whether a frame belongs to the log is for pagecrypt_wal_chain_accept to say, before it is opened.
///
/// Errors: PAGECRYPT_ERROR_AUTHENTICATION_FAILED, whose numbers are the frames that failed: their pages are zeros now;
/// else as pagecrypt_open_pages.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_open_frames(
    codec: *const pagecrypt_page_codec,
    first: u32,
    frames: *mut u8,
    length: usize,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller.
    unsafe { in_place(codec, frames, length, error, |codec, frames| codec.open_frames(first, frames)) }
}

/// Opens frames from one buffer into another of the same length; `from` stays as it is. Headers are not copied.
///
/// Errors: as pagecrypt_open_frames; PAGECRYPT_ERROR_OVERLAP.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_open_frames_into(
    codec: *const pagecrypt_page_codec,
    first: u32,
    from: *const u8,
    from_length: usize,
    to: *mut u8,
    to_length: usize,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    let same = |codec: &PageCodec, frames: &mut [u8]| codec.open_frames(first, frames);
    let apart = |codec: &PageCodec, from: &[u8], to: &mut [u8]| codec.open_frames_into(first, from, to);
    // Safety: caller.
    unsafe { into(codec, from, from_length, to, to_length, error, same, apart) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pagecrypt::page::wal;

    #[test]
    fn the_constants_are_the_cores() {
        assert_eq!(PAGECRYPT_WAL_HEADER_LENGTH, wal::HEADER_LENGTH);
        assert_eq!(PAGECRYPT_WAL_FRAME_HEADER_LENGTH, wal::FRAME_HEADER_LENGTH);
    }
}
