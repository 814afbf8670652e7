//! Plaintext of a database does not stay in memory that this crate gives back. What SQLite keeps is SQLite's: it does not
//! get its memory from Rust.
#![allow(unsafe_code)] // reads memory that is about to be freed, which is the point
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::hint::black_box;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use pagecrypt::{Cipher, Key};
use pagecrypt_sqlite::{FileOptions, Way, decrypt_file_compact, encrypt_file};
use rusqlite::Connection;

/// In every row, index and the schema.
const NEEDLE: &[u8; 16] = b"plaintext-needle";

/// Looks for the needle in every block that is freed.
struct Inspecting;

static LOOKING: AtomicBool = AtomicBool::new(false);
static FOUND: AtomicUsize = AtomicUsize::new(0);
static TURN: Mutex<()> = Mutex::new(());

#[global_allocator]
static ALLOCATOR: Inspecting = Inspecting;

// SAFETY: every call goes on to the system's allocator; blocks are read before they are freed. `realloc` is the
// provided one, which frees the old block here.
unsafe impl GlobalAlloc for Inspecting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // Zeroed, so that a block's unused parts hold nothing of an earlier life.
        // SAFETY: the caller's promise.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if LOOKING.load(Ordering::SeqCst) {
            // SAFETY: the block is still allocated and was zeroed when it was made.
            let bytes = unsafe { std::slice::from_raw_parts(block, layout.size()) };
            if bytes.windows(NEEDLE.len()).any(|window| window == NEEDLE) {
                FOUND.fetch_add(1, Ordering::SeqCst);
            }
        }
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(block, layout) };
    }
}

/// How many blocks freed by `action` held the needle.
fn freed_with_needle(action: impl FnOnce()) -> usize {
    FOUND.store(0, Ordering::SeqCst);
    LOOKING.store(true, Ordering::SeqCst);
    action();
    LOOKING.store(false, Ordering::SeqCst);
    FOUND.load(Ordering::SeqCst)
}

/// Rows within pages, rows with overflow pages, an index, a table without rowids, a schema.
fn make(path: &Path, page_size: usize, reserved: usize) {
    let memory = Connection::open_in_memory().unwrap();
    memory
        .execute_batch(&format!(
            "PRAGMA page_size = {page_size};
             CREATE TABLE \"plaintext-needle\"(a, b); CREATE INDEX i ON \"plaintext-needle\"(b);
             CREATE TABLE w(a PRIMARY KEY, b) WITHOUT ROWID;
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400)
               INSERT INTO \"plaintext-needle\"
                 SELECT i, replace(hex(zeroblob(i % 7 * i + 2)), '00', 'plaintext-needle') || i FROM n;
             INSERT INTO w SELECT b, a FROM \"plaintext-needle\";"
        ))
        .unwrap();
    memory.execute("VACUUM INTO ?1", [format!("file:{}?reserve={reserved}", path.display())]).unwrap();
}

#[test]
fn the_search_in_freed_memory_finds_what_is_not_wiped() {
    let _turn = TURN.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    assert_eq!(freed_with_needle(|| drop(black_box([b"...", &NEEDLE[..]].concat()))), 1);
}

#[test]
fn freed_memory_holds_nothing_of_a_database() {
    let _turn = TURN.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let here = tempfile::tempdir().unwrap();
    let [source, secret, plain] = ["source", "secret", "plain"].map(|name| here.path().join(name));
    let key = Key::generate(Cipher::Aes256Gcm).unwrap();
    for (page_size, reserved, way) in
        [(512, 28, Way::Sealed), (4096, 28, Way::Sealed), (1024, 0, Way::Rebuilt), (65536, 0, Way::Rebuilt)]
    {
        make(&source, page_size, reserved);
        let found = freed_with_needle(|| {
            let summary = encrypt_file(&source, &secret, &key, FileOptions::new().force(true)).unwrap();
            assert_eq!(summary.way, way);
        });
        assert_eq!(found, 0, "encrypt_file, {way}, pages of {page_size} bytes");
        let found = freed_with_needle(|| {
            decrypt_file_compact(&secret, &plain, &key, FileOptions::new().force(true)).unwrap();
        });
        assert_eq!(found, 0, "decrypt_file_compact, pages of {page_size} bytes");
        std::fs::remove_file(&source).unwrap();
    }
}
