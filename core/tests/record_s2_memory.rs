//! What an envelope declares costs no memory: only what is there does.
#![allow(unsafe_code)] // an allocator that counts
#![cfg(feature = "std")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

use pagecrypt::record::s2::{Envelope, Header, StoredRecord};

/// The largest block that was asked for.
static LARGEST: AtomicUsize = AtomicUsize::new(0);

struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// SAFETY: every call goes on to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        LARGEST.fetch_max(layout.size(), Ordering::SeqCst);
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(block, layout) };
    }
}

/// The largest block that `action` asks for, in bytes.
fn largest(action: impl FnOnce()) -> usize {
    LARGEST.store(0, Ordering::SeqCst);
    action();
    LARGEST.load(Ordering::SeqCst)
}

#[test] // the only one here, so that nothing else allocates meanwhile
fn declared_counts_and_lengths_reserve_nothing() {
    for declared in [
        &b"\x30\xff\xff\xff"[..],
        b"\x30\xff\xff\xff\x01k\x01v",
        b"\x3f\xff\xff\xff\xff\xff\xff\xffk",
        b"\x33\xff\xff\xff\x01k\xff\xff\xff\xffv",
    ] {
        let stored = [b"\x02\x08", declared].concat();
        let asked = largest(|| {
            Envelope::decode(declared).unwrap_err();
            StoredRecord::decode(&stored).unwrap_err();
        });
        assert!(asked < 1024, "{declared:x?}: {asked} bytes");
    }
    let headers = vec![Header { name: b"k", value: b"v" }; 1000];
    let envelope = Envelope { headers, body: b"" };
    let encoded = envelope.encode().unwrap();
    let asked = largest(|| assert!(Envelope::decode(&encoded).unwrap() == envelope));
    assert!(asked <= 2 * 1000 * size_of::<Header<'_>>(), "{asked} bytes for 1000 headers");
}
