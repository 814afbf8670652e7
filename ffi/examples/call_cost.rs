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
use std::ffi::c_void;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::ptr::{null, null_mut};
use std::time::Instant;

use libloading::Library;
use pagecrypt::aead::{Aead, Open, Seal, Text};
use pagecrypt::page::PageCodec;
use pagecrypt::{Cipher, Key, TAG_LENGTH};

/// Pages of 4096 bytes are what the promise is about. With the smallest, less of the difference is how the compiler laid
/// out the same cipher twice.
const PAGE_SIZES: [usize; 2] = [4096, 512];
const BATCH: usize = 64;
/// What a call for one page may cost beyond Rust's, in nanoseconds.
const PROMISE: f64 = 30.0;
/// How long each side runs before it is the other's turn, in nanoseconds: short, so that both meet the same machine.
const TURN: u64 = 100_000;

type Result<T> = std::result::Result<T, Box<dyn Error>>;
type Status = i32;

// The functions of pagecrypt.h that are called; handles are untyped here.
type KeyNew = unsafe extern "C" fn(*const u8, usize, i32, *mut *mut c_void, *mut *mut c_void) -> Status;
type CodecNew = unsafe extern "C" fn(*const c_void, usize, *mut *mut c_void, *mut *mut c_void) -> Status;
type HandleFree = unsafe extern "C" fn(*mut c_void);
type PagesInto =
    unsafe extern "C" fn(*const c_void, u32, *const u8, usize, *mut u8, usize, *mut *mut c_void) -> Status;
type SealOne = unsafe extern "C" fn(
    *const c_void,
    *const u8,
    usize,
    *const u8,
    usize,
    *const u8,
    usize,
    *mut u8,
    usize,
    *mut u8,
    *mut *mut c_void,
) -> Status;
type OpenOne = unsafe extern "C" fn(
    *const c_void,
    *const u8,
    usize,
    *const u8,
    usize,
    *const u8,
    usize,
    *mut u8,
    usize,
    *const u8,
    *mut *mut c_void,
) -> Status;
type SealBatch = unsafe extern "C" fn(
    *const c_void,
    usize,
    *const u8,
    *const u8,
    usize,
    *const usize,
    *const u8,
    *mut u8,
    usize,
    *const usize,
    *mut u8,
    *mut *mut c_void,
) -> Status;
type OpenBatch = unsafe extern "C" fn(
    *const c_void,
    usize,
    *const u8,
    *const u8,
    usize,
    *const usize,
    *const u8,
    *mut u8,
    usize,
    *const usize,
    *const u8,
    *mut u8,
    *mut *mut c_void,
) -> Status;

/// The loaded functions. They stay callable while the library does.
struct Abi {
    key_new: KeyNew,
    key_free: HandleFree,
    codec_new: CodecNew,
    codec_free: HandleFree,
    seal_pages_into: PagesInto,
    open_pages_into: PagesInto,
    seal_one: SealOne,
    open_one: OpenOne,
    seal_batch: SealBatch,
    open_batch: OpenBatch,
    _library: Library,
}

impl Abi {
    fn load(path: &Path) -> Result<Self> {
        // SAFETY: the library is this project's own, whose loading runs no code of its own. The types above are the
        // declarations of pagecrypt.h, where every `pagecrypt_status` and `pagecrypt_cipher` is an int32_t. The pointers
        // are kept beside the library, which is dropped with them.
        unsafe {
            let library = Library::new(path)?;
            Ok(Self {
                key_new: *library.get(b"pagecrypt_key_new\0")?,
                key_free: *library.get(b"pagecrypt_key_free\0")?,
                codec_new: *library.get(b"pagecrypt_page_codec_new_turso\0")?,
                codec_free: *library.get(b"pagecrypt_page_codec_free\0")?,
                seal_pages_into: *library.get(b"pagecrypt_seal_pages_into\0")?,
                open_pages_into: *library.get(b"pagecrypt_open_pages_into\0")?,
                seal_one: *library.get(b"pagecrypt_seal_one_assume_unique_nonce\0")?,
                open_one: *library.get(b"pagecrypt_open_one\0")?,
                seal_batch: *library.get(b"pagecrypt_seal_batch_assume_unique_nonces\0")?,
                open_batch: *library.get(b"pagecrypt_open_batch\0")?,
                _library: library,
            })
        }
    }

    fn key(&self, bytes: &[u8], cipher: Cipher) -> Result<Handle> {
        let mut key = null_mut();
        // SAFETY: `bytes` is readable for its length and `key` may be written; no error is asked for.
        let status = unsafe {
            (self.key_new)(bytes.as_ptr(), bytes.len(), i32::from(cipher.number()), &raw mut key, null_mut())
        };
        Handle::new(status, key, self.key_free)
    }

    fn codec(&self, key: &Handle, page_size: usize) -> Result<Handle> {
        let mut codec = null_mut();
        // SAFETY: `key` is a live key handle, and `codec` may be written; no error is asked for.
        let status = unsafe { (self.codec_new)(key.pointer, page_size, &raw mut codec, null_mut()) };
        Handle::new(status, codec, self.codec_free)
    }
}

/// A handle that is freed with this value.
struct Handle {
    pointer: *mut c_void,
    free: HandleFree,
}

impl Handle {
    fn new(status: Status, pointer: *mut c_void, free: HandleFree) -> Result<Self> {
        if status != 0 || pointer.is_null() {
            return Err(format!("status {status}, and no handle").into());
        }
        Ok(Self { pointer, free })
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        // SAFETY: the handle is of the type that `free` frees, and nobody has freed it: this value owns it. The library
        // is still there, because `main` drops it last.
        unsafe { (self.free)(self.pointer) }
    }
}

/// The buffers of a cipher's operations.
struct Buffers {
    nonces: Vec<u8>,
    offsets: Vec<usize>,
    plain: Vec<u8>,
    sealed_pages: Vec<u8>,
    sealed: Vec<u8>,
    tags: Vec<[u8; TAG_LENGTH]>,
    to: Vec<u8>,
    tags_to: Vec<[u8; TAG_LENGTH]>,
}

impl Buffers {
    fn new(key: &Key, codec: Option<&PageCodec>, page_size: usize) -> Result<Self> {
        let mut plain: Vec<u8> = (0..BATCH * page_size).map(|byte| byte as u8).collect();
        for page in plain.chunks_exact_mut(page_size) {
            page[page_size - key.cipher().reserved_length()..].fill(0);
        }
        let nonce_length = key.cipher().nonce_length();
        let mut buffers = Self {
            nonces: (0..BATCH * nonce_length).map(|byte| (byte / nonce_length) as u8).collect(),
            offsets: (0..=BATCH).map(|i| i * page_size).collect(),
            sealed_pages: vec![0; plain.len()],
            sealed: plain.clone(),
            tags: vec![[0; TAG_LENGTH]; BATCH],
            to: vec![0; plain.len()],
            tags_to: vec![[0; TAG_LENGTH]; BATCH],
            plain,
        };
        if let Some(codec) = codec {
            codec.seal_pages_into(2, &buffers.plain, &mut buffers.sealed_pages)?;
        }
        let Buffers { nonces, plain, sealed, tags, .. } = &mut buffers;
        seal(key, page_size, nonces, plain, sealed, tags)?;
        Ok(buffers)
    }
}

/// Seals messages of `page_size` bytes in one batch, with Rust.
fn seal(
    key: &Key,
    page_size: usize,
    nonces: &[u8],
    from: &[u8],
    to: &mut [u8],
    tags: &mut [[u8; TAG_LENGTH]],
) -> Result<()> {
    let nonces = nonces.chunks_exact(key.cipher().nonce_length());
    let texts = from.chunks_exact(page_size).zip(to.chunks_exact_mut(page_size));
    let mut batch: Vec<_> = texts
        .zip(tags)
        .zip(nonces)
        .map(|(((from, to), tag), nonce)| Seal {
            nonce,
            associated_data: &[],
            text: Text::Into { from, to },
            tag,
        })
        .collect();
    Ok(key.seal_batch_assume_unique_nonces(&mut batch)?)
}

/// Opens messages of `page_size` bytes in one batch, with Rust.
fn open(
    key: &Key,
    page_size: usize,
    nonces: &[u8],
    from: &[u8],
    to: &mut [u8],
    tags: &[[u8; TAG_LENGTH]],
) -> Result<()> {
    let nonces = nonces.chunks_exact(key.cipher().nonce_length());
    let texts = from.chunks_exact(page_size).zip(to.chunks_exact_mut(page_size));
    let mut batch: Vec<_> = texts
        .zip(tags)
        .zip(nonces)
        .map(|(((from, to), tag), nonce)| Open::new(nonce, &[], Text::Into { from, to }, tag))
        .collect();
    Ok(key.open_batch(&mut batch)?)
}

/// Nanoseconds for a page.
#[derive(Clone, Copy)]
struct Side {
    minimum: f64,
    median: f64,
}

struct Row {
    cipher: Cipher,
    operation: &'static str,
    pages: usize,
    page_size: usize,
    rust: Side,
    c: Side,
    /// The median of what C took longer, turn by turn.
    median_difference: f64,
}

impl Row {
    fn difference(&self) -> f64 {
        self.c.minimum - self.rust.minimum
    }
}

/// Times `rust` and `c` in turns. Each does the same work on `pages` pages, and says whether it succeeded.
fn compare(
    rounds: usize,
    (cipher, operation, pages, page_size): (Cipher, &'static str, usize, usize),
    mut rust: impl FnMut() -> bool,
    mut c: impl FnMut() -> bool,
) -> Result<Row> {
    let mut calls = 1;
    loop {
        let took = time(calls, &mut rust)?.max(time(calls, &mut c)?);
        if took * calls as f64 >= TURN as f64 {
            break;
        }
        calls *= 2;
    }
    let mut times = (Vec::new(), Vec::new());
    for round in 0..rounds {
        // Who is first changes, so that neither always finds the caches as the other left them.
        if round % 2 == 0 {
            times.0.push(time(calls, &mut rust)?);
            times.1.push(time(calls, &mut c)?);
        } else {
            times.1.push(time(calls, &mut c)?);
            times.0.push(time(calls, &mut rust)?);
        }
    }
    let per_page = pages as f64;
    let differences = times.0.iter().zip(&times.1).map(|(rust, c)| c - rust).collect();
    Ok(Row {
        cipher,
        operation,
        pages,
        page_size,
        rust: side(times.0, per_page),
        c: side(times.1, per_page),
        median_difference: side(differences, per_page).median,
    })
}

/// Nanoseconds for a call.
fn time(calls: usize, work: &mut impl FnMut() -> bool) -> Result<f64> {
    let start = Instant::now();
    let mut succeeded = true;
    for _ in 0..calls {
        succeeded &= black_box(work());
    }
    let took = start.elapsed().as_nanos() as f64 / calls as f64;
    if succeeded { Ok(took) } else { Err("a call failed".into()) }
}

fn side(mut times: Vec<f64>, per_page: f64) -> Side {
    times.sort_by(f64::total_cmp);
    Side { minimum: times[0] / per_page, median: times[times.len() / 2] / per_page }
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

fn as_text(rows: &[Row]) -> String {
    let mut text = format!(
        "{:<17} {:<11} {:>5} {:>5} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9}\n",
        "cipher",
        "operation",
        "pages",
        "bytes",
        "Rust min",
        "C min",
        "C - Rust",
        "Rust med",
        "C med",
        "med diff"
    );
    for row in rows {
        text += &format!(
            "{:<17} {:<11} {:>5} {:>5} {:>9.1} {:>9.1} {:>+9.1} {:>9.1} {:>9.1} {:>+9.1}\n",
            row.cipher.name(),
            row.operation,
            row.pages,
            row.page_size,
            row.rust.minimum,
            row.c.minimum,
            row.difference(),
            row.rust.median,
            row.c.median,
            row.median_difference
        );
    }
    text += "\nNanoseconds a page. seal_pages draws nonces from the operating system, on both sides.\n";
    text += &format!("What C took longer at most, by the minima (promised for one page: {PROMISE}):\n");
    for page_size in PAGE_SIZES {
        let most = |draws: bool, several: bool| {
            let those = rows.iter().filter(|row| {
                row.page_size == page_size
                    && (row.pages > 1) == several
                    && (several || (row.operation == "seal_pages") == draws)
            });
            those.map(Row::difference).fold(f64::MIN, f64::max)
        };
        text += &format!(
            "  {page_size} bytes: {:.1} for one page without a draw, {:.1} with one, {:.1} for a page of {BATCH}\n",
            most(false, false),
            most(true, false),
            most(false, true)
        );
    }
    text
}

fn as_json(rows: &[Row]) -> String {
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            serde_json::json!({
                "cipher": row.cipher.name(),
                "operation": row.operation,
                "pages": row.pages,
                "page_size": row.page_size,
                "rust_minimum": row.rust.minimum,
                "rust_median": row.rust.median,
                "c_minimum": row.c.minimum,
                "c_median": row.c.median,
                "difference_of_minima": row.difference(),
                "median_difference": row.median_difference,
            })
        })
        .collect();
    let unit = "nanoseconds a page";
    format!("{:#}\n", serde_json::json!({ "unit": unit, "promise": PROMISE, "rows": rows }))
}

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
