//! A forked child never repeats its parent's nonces, nor the parent the child's.
#![cfg(unix)]
#![allow(unsafe_code)] // fork has no safe form
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::HashSet;
use std::io::{Read, Write};

use pagecrypt::page::PageCodec;
use pagecrypt::{Cipher, Key};

const PAGE_SIZE: usize = 512;
const PAGES: usize = 100;

#[test]
fn a_forked_child_and_its_parent_never_use_the_same_nonce() {
    for cipher in [Cipher::Aes256Gcm, Cipher::Aegis128l, Cipher::Aegis256] {
        let codec = PageCodec::turso(Key::generate(cipher).unwrap(), PAGE_SIZE).unwrap();
        let mut pages = vec![0; PAGES * PAGE_SIZE];
        let mut nonces: Vec<Vec<u8>> = Vec::new();

        // Before the fork, so that whatever might be buffered is there to be inherited.
        seal(&codec, &mut pages);
        nonces.extend(nonces_of(cipher, &pages));

        let (mut from_child, mut to_parent) = std::io::pipe().unwrap();
        // SAFETY: until `_exit`, the child touches only memory that exists already and calls only the codec (which
        // neither allocates nor locks when it seals) and `write`; nothing of another thread's state is used.
        let child = unsafe { libc::fork() };
        assert!(child >= 0, "fork: {}", std::io::Error::last_os_error());
        if child == 0 {
            pages.fill(0);
            let sealed = codec.seal_pages(2, &mut pages).is_ok() && to_parent.write_all(&pages).is_ok();
            // SAFETY: ends the child at once, without the destructors and exit handlers that belong to the parent.
            unsafe { libc::_exit(if sealed { 0 } else { 1 }) };
        }
        drop(to_parent);
        let mut childs = Vec::new();
        from_child.read_to_end(&mut childs).unwrap();
        let mut status = 0;
        // SAFETY: waits for the child made above; `status` is a valid place to write to.
        let waited = unsafe { libc::waitpid(child, &raw mut status, 0) };
        assert_eq!((waited, status), (child, 0), "the child failed");
        assert_eq!(childs.len(), PAGES * PAGE_SIZE, "the child sealed all its pages");
        nonces.extend(nonces_of(cipher, &childs));

        pages.fill(0);
        seal(&codec, &mut pages);
        nonces.extend(nonces_of(cipher, &pages));

        let distinct: HashSet<&[u8]> = nonces.iter().map(Vec::as_slice).collect();
        assert_eq!(distinct.len(), 3 * PAGES, "{cipher}: a nonce was used twice");
    }
}

fn seal(codec: &PageCodec, pages: &mut [u8]) {
    codec.seal_pages(2, pages).unwrap();
}

fn nonces_of(cipher: Cipher, pages: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    pages.chunks_exact(PAGE_SIZE).map(move |page| page[PAGE_SIZE - cipher.nonce_length()..].to_vec())
}
