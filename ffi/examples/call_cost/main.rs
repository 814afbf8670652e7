//! What a call through the C ABI costs beyond the same call in Rust.
//!
//! `cargo run --release -p pagecrypt-ffi --example call_cost -- [--json] [--rounds N] [--library PATH]`
//!
//! Loads `target/c/lib/libpagecrypt.so` (made by `make lib`), or the library at PATH, into this process, which has the
//! Rust crate itself. Both have the same key; each operation is timed in turns, Rust and C, many times. Functions that
//! seal pages draw nonces from the operating system on both sides, which varies by more than the call costs: the
//! messages, and what opens, show the cost. Where other work shares the CPU, only the minima mean something.
//! What sealing pages costs more also differs from process to process, by some 10 ns: run it several times.
#![allow(unsafe_code, reason = "a library that is loaded at run time is C")]

use std::cell::RefCell;
use std::error::Error;
use std::path::PathBuf;
use std::ptr::{null, null_mut};

use pagecrypt::aead::{Aead, Open, Seal, Text};
use pagecrypt::page::PageCodec;
use pagecrypt::{Cipher, Key};

use abi::Abi;
use buffers::{Buffers, open, seal};
use table::{as_json, as_text};
use timing::{Row, compare};

mod abi;
mod buffers;
mod table;
mod timing;

/// Pages of 4096 bytes are what the promise is about. With the smallest, less of the difference is how the compiler laid
/// out the same cipher twice.
const PAGE_SIZES: [usize; 2] = [4096, 512];
const BATCH: usize = 64;
/// What a call for one page may cost beyond Rust's, in nanoseconds.
const PROMISE: f64 = 30.0;

type Result<T> = std::result::Result<T, Box<dyn Error>>;
fn main() -> Result<()> {
    let mut library = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../target/c/lib/libpagecrypt.so"));
    let (mut json, mut rounds) = (false, 200);
    let mut arguments = std::env::args_os().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or("an option lacks its value");
        match argument.to_str() {
            Some("--json") => json = true,
            Some("--library") => library = value()?.into(),
            Some("--rounds") => rounds = value()?.to_str().unwrap_or_default().parse()?,
            _ => return Err("usage: call_cost [--json] [--rounds N] [--library PATH]".into()),
        }
    }
    if rounds == 0 {
        return Err("it takes at least one round".into());
    }
    let abi = Abi::load(&library).map_err(|error| format!("{error}; has `make lib` been run?"))?;
    let mut rows = Vec::new();
    for cipher in Cipher::ALL {
        for page_size in PAGE_SIZES {
            measure(&abi, cipher, page_size, rounds, &mut rows)?;
        }
    }
    print!("{}", if json { as_json(&rows) } else { as_text(&rows) });
    Ok(())
}

fn measure(abi: &Abi, cipher: Cipher, page_size: usize, rounds: usize, rows: &mut Vec<Row>) -> Result<()> {
    let bytes: Vec<u8> = (0..cipher.key_length()).map(|byte| byte as u8).collect();
    let key = Key::from_bytes(&bytes, cipher)?;
    let c_key = abi.key(&bytes, cipher)?;
    let codec = PageCodec::turso(&key, page_size).ok(); // not every cipher has a format for pages
    let c_codec = codec.is_some().then(|| abi.codec(&c_key, page_size)).transpose()?;
    let Buffers { nonces, offsets, plain, sealed_pages, sealed, tags, to, tags_to } =
        Buffers::new(&key, codec.as_ref(), page_size)?;
    // Rust and C write to the same buffers in turns, so that neither has the better ones.
    let (to, tags_to) = (RefCell::new(to), RefCell::new(tags_to));
    let mut error = null_mut();
    let error = &raw mut error;

    for pages in [1, BATCH] {
        let length = pages * page_size;
        if let (Some(codec), Some(c_codec)) = (&codec, &c_codec) {
            rows.push(compare(
                rounds,
                (cipher, "seal_pages", pages, page_size),
                || codec.seal_pages_into(2, &plain[..length], &mut to.borrow_mut()[..length]).is_ok(),
                // SAFETY: a live codec; both buffers have `length` bytes, lie apart, and are borrowed during the call;
                // `error` may be written.
                || unsafe {
                    let mut to = to.borrow_mut();
                    (abi.seal_pages_into)(
                        c_codec.pointer,
                        2,
                        plain.as_ptr(),
                        length,
                        to.as_mut_ptr(),
                        length,
                        error,
                    ) == 0
                },
            )?);
            rows.push(compare(
                rounds,
                (cipher, "open_pages", pages, page_size),
                || codec.open_pages_into(2, &sealed_pages[..length], &mut to.borrow_mut()[..length]).is_ok(),
                // SAFETY: as above.
                || unsafe {
                    let mut to = to.borrow_mut();
                    let from = sealed_pages.as_ptr();
                    (abi.open_pages_into)(c_codec.pointer, 2, from, length, to.as_mut_ptr(), length, error)
                        == 0
                },
            )?);
        }
    }
    let nonce = &nonces[..cipher.nonce_length()];
    rows.push(compare(
        rounds,
        (cipher, "seal_one", 1, page_size),
        || {
            let (mut to, mut tags) = (to.borrow_mut(), tags_to.borrow_mut());
            let text = Text::Into { from: &plain[..page_size], to: &mut to[..page_size] };
            let message = Seal { nonce, associated_data: &[], text, tag: &mut tags[0] };
            key.seal_one_assume_unique_nonce(message).is_ok()
        },
        // SAFETY: a live key; the texts have a page's length, the tag 16 bytes; all lie apart, and are borrowed during
        // the call; `error` may be written.
        || unsafe {
            let (mut to, mut tags) = (to.borrow_mut(), tags_to.borrow_mut());
            (abi.seal_one)(
                c_key.pointer,
                nonce.as_ptr(),
                nonce.len(),
                null(),
                0,
                plain.as_ptr(),
                page_size,
                to.as_mut_ptr(),
                page_size,
                tags.as_mut_ptr().cast(),
                error,
            ) == 0
        },
    )?);
    rows.push(compare(
        rounds,
        (cipher, "open_one", 1, page_size),
        || {
            let mut to = to.borrow_mut();
            let text = Text::Into { from: &sealed[..page_size], to: &mut to[..page_size] };
            key.open_one(Open::new(nonce, &[], text, &tags[0])).is_ok()
        },
        // SAFETY: as above; the tag is only read.
        || unsafe {
            let mut to = to.borrow_mut();
            (abi.open_one)(
                c_key.pointer,
                nonce.as_ptr(),
                nonce.len(),
                null(),
                0,
                sealed.as_ptr(),
                page_size,
                to.as_mut_ptr(),
                page_size,
                tags.as_ptr().cast(),
                error,
            ) == 0
        },
    )?);
    rows.push(compare(
        rounds,
        (cipher, "seal_batch", BATCH, page_size),
        || seal(&key, page_size, &nonces, &plain, &mut to.borrow_mut(), &mut tags_to.borrow_mut()).is_ok(),
        // SAFETY: a live key; there are BATCH nonces and tags, one offset more, and the texts end with the last one; the
        // rest as above.
        || unsafe {
            let (mut to, mut tags) = (to.borrow_mut(), tags_to.borrow_mut());
            (abi.seal_batch)(
                c_key.pointer,
                BATCH,
                nonces.as_ptr(),
                null(),
                0,
                null(),
                plain.as_ptr(),
                to.as_mut_ptr(),
                plain.len(),
                offsets.as_ptr(),
                tags.as_mut_ptr().cast(),
                error,
            ) == 0
        },
    )?);
    rows.push(compare(
        rounds,
        (cipher, "open_batch", BATCH, page_size),
        || open(&key, page_size, &nonces, &sealed, &mut to.borrow_mut(), &tags).is_ok(),
        // SAFETY: as above; which messages opened is not asked for.
        || unsafe {
            let mut to = to.borrow_mut();
            (abi.open_batch)(
                c_key.pointer,
                BATCH,
                nonces.as_ptr(),
                null(),
                0,
                null(),
                sealed.as_ptr(),
                to.as_mut_ptr(),
                sealed.len(),
                offsets.as_ptr(),
                tags.as_ptr().cast(),
                null_mut(),
                error,
            ) == 0
        },
    )?);
    Ok(())
}
