//! Secrets do not outlive their use: not in freed memory, not on the stack behind a call.
//!
//! Run it in the release build as well (`cargo test --release --test wiping`): that is where compilers remove writes
//! that nobody reads.
#![allow(unsafe_code)] // reads memory that Rust considers dead, which is the point
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::hint::black_box;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use pagecrypt::aead::{Aead, Open, Seal, Text};
use pagecrypt::record::bound::{Context, Entry, Padding, StoreCodec, TokenKey};
use pagecrypt::record::{OpenRecord, Place, RecordCodec, SealRecord};
use pagecrypt::{Cipher, Encoding, Error, Key, NonceSource, available_engines};

#[path = "support/aegis_model.rs"]
mod aegis_model;
#[path = "support/mac_model.rs"]
mod mac_model;

/// Lengths that go different ways through the kernels: short, alone or side by side, and long.
const TEXTS: [usize; 5] = [100, 250, 400, 1000, 4000];
const DATA: usize = 100;

/// Looks for secrets in every block that is freed.
struct Inspecting;

/// What to look for: set by one test at a time.
static NEEDLE: Mutex<[u8; 16]> = Mutex::new([0; 16]);
static LOOKING: AtomicBool = AtomicBool::new(false);
static FOUND: AtomicUsize = AtomicUsize::new(0);
static TURN: Mutex<()> = Mutex::new(());

#[global_allocator]
static ALLOCATOR: Inspecting = Inspecting;

// SAFETY: every call goes on to the system's allocator; blocks are read before they are freed.
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
            if let Ok(needle) = NEEDLE.try_lock()
                && bytes.windows(16).any(|window| window == *needle)
            {
                FOUND.fetch_add(1, Ordering::SeqCst);
            }
        }
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(block, layout) };
    }
}

/// How many blocks freed by `action` held the needle.
fn freed_with(needle: [u8; 16], action: impl FnOnce()) -> usize {
    *NEEDLE.lock().unwrap() = needle;
    FOUND.store(0, Ordering::SeqCst);
    LOOKING.store(true, Ordering::SeqCst);
    action();
    LOOKING.store(false, Ordering::SeqCst);
    FOUND.load(Ordering::SeqCst)
}

fn turn() -> std::sync::MutexGuard<'static, ()> {
    TURN.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Key bytes that occur nowhere else.
fn key_bytes(cipher: Cipher) -> Vec<u8> {
    (0..cipher.key_length()).map(|i| 0x91_u8.wrapping_mul(i as u8 + 3) ^ 0xc5).collect()
}

fn nonce_bytes(cipher: Cipher) -> Vec<u8> {
    (0..cipher.nonce_length()).map(|i| 0x6d_u8.wrapping_mul(i as u8 + 7) ^ 0x3a).collect()
}

#[test]
fn the_search_in_freed_memory_finds_what_is_not_wiped() {
    let _turn = turn();
    let secret = key_bytes(Cipher::Aegis256);
    let needle = secret[..16].try_into().unwrap();
    assert_eq!(freed_with(needle, || drop(black_box(secret.clone()))), 1);
}

#[test]
fn freed_memory_holds_no_key_and_no_round_key() {
    let _turn = turn();
    for cipher in Cipher::ALL {
        let bytes = key_bytes(cipher);
        for needle in needles_of_key(cipher, &bytes) {
            let found = freed_with(needle, || {
                let key = Key::from_bytes(&bytes, cipher).unwrap();
                let clone = key.clone();
                let sibling = key.with_cipher(cipher).unwrap();
                let engines: Vec<Key> =
                    available_engines().map(|engine| key.with_engine(engine).unwrap()).collect();
                drop(black_box(key));
                drop(black_box((clone, sibling, engines)));
            });
            assert_eq!(found, 0, "{cipher} left {needle:02x?} in freed memory");
        }
    }
}

#[test]
fn freed_memory_holds_no_key_text() {
    let _turn = turn();
    let key = Key::from_bytes(&key_bytes(Cipher::Aegis256), Cipher::Aegis256).unwrap();
    for encoding in [Encoding::Base64, Encoding::Hex] {
        let needle = key.to_text(encoding).expose().as_bytes()[..16].try_into().unwrap();
        let text = Box::new(key.to_text(encoding));
        assert_eq!(freed_with(needle, || drop(black_box(text))), 0, "{encoding:?}");
    }
}

/// The raw key, and for AES-GCM every round key and the powers of the hash key; for AEGIS what a nonce of zeros makes of it,
/// much of which is the same for all nonces.
fn needles_of_key(cipher: Cipher, bytes: &[u8]) -> Vec<[u8; 16]> {
    match cipher {
        Cipher::Aes128Gcm | Cipher::Aes256Gcm => {
            [aegis_model::aes_round_keys(bytes), mac_model::hash_keys(bytes)].concat()
        }
        _ => {
            let nonce = vec![0; cipher.nonce_length()];
            let raw = bytes.chunks_exact(16).map(|half| half.try_into().unwrap());
            raw.chain(aegis_model::states(cipher, bytes, &nonce, &[], &[])).collect()
        }
    }
}

/// The dead stack below the caller, as it is now.
#[inline(never)]
fn dead_stack() -> Vec<u8> {
    const DEPTH: usize = 48 * 1024;
    let mut copy = vec![0_u8; DEPTH];
    let here = std::ptr::from_ref(&copy).cast::<u8>();
    for (i, byte) in copy.iter_mut().enumerate() {
        // SAFETY: `deeply` has touched this part of the thread's stack, so that it is mapped; no reference to it
        // exists.
        *byte = unsafe { here.wrapping_sub(DEPTH).wrapping_add(i).read_volatile() };
    }
    copy
}

/// Fills the stack below with zeros.
#[inline(never)]
fn clean_stack() {
    black_box([0_u8; 64 * 1024]);
}

/// Calls `action` far enough down that `dead_stack` does not overwrite what it leaves.
#[inline(never)]
fn further_down(action: impl FnOnce()) {
    let pad = black_box([0_u8; 4096]);
    action();
    black_box(&pad);
}

/// Which of the secrets stand in the stack that `action` leaves behind.
fn left_on_stack(secrets: &[[u8; 16]], action: impl Fn() + Sync) -> Vec<[u8; 16]> {
    let secrets: std::collections::HashSet<_> = secrets.iter().copied().collect();
    std::thread::scope(|scope| {
        let look = || {
            clean_stack();
            further_down(&action);
            let stack = dead_stack();
            stack
                .windows(16)
                .filter_map(|bytes| secrets.get(<&[u8; 16]>::try_from(bytes).unwrap()))
                .copied()
                .collect()
        };
        scope.spawn(look).join().unwrap()
    })
}

#[test]
fn the_search_on_the_stack_finds_what_is_not_wiped() {
    let _turn = turn();
    let secret: [u8; 16] = key_bytes(Cipher::Aegis128l).try_into().unwrap();
    let left = left_on_stack(&[secret], || {
        let mut copy = [0_u8; 1024];
        copy[512..528].copy_from_slice(&secret);
        black_box(&mut copy);
    });
    assert_eq!(left.first(), Some(&secret));
}

#[test]
fn the_stack_behind_a_call_holds_no_key_state_keystream_or_plaintext() {
    let _turn = turn();
    for cipher in Cipher::ALL {
        for engine in available_engines() {
            let bytes = key_bytes(cipher);
            let key = Key::from_bytes(&bytes, cipher).unwrap().with_engine(engine).unwrap();
            if key.engine() != engine {
                continue; // another family's engine
            }
            for length in TEXTS {
                look_behind_calls(&key, &bytes, length);
            }
        }
    }
}

/// Seals and opens texts of this length.
fn look_behind_calls(key: &Key, bytes: &[u8], length: usize) {
    let (cipher, engine) = (key.cipher(), key.engine());
    let nonce = nonce_bytes(cipher);
    let data: Vec<u8> = (0..DATA).map(|i| i as u8 ^ 0x17).collect();
    let text: Vec<u8> = (0..length).map(|i| (i as u8).wrapping_mul(13) ^ (i >> 8) as u8 ^ 0xa9).collect();

    let (mut sealed, mut tag) = (text.clone(), [0; 16]);
    let message =
        Seal { nonce: &nonce, associated_data: &data, text: Text::InPlace(&mut sealed), tag: &mut tag };
    key.seal_one_assume_unique_nonce(message).unwrap();

    let mut secrets = needles_of_key(cipher, bytes);
    secrets.extend(aegis_model::states(cipher, bytes, &nonce, &data, &text));
    secrets.extend(text.chunks_exact(16).map(|block| <[u8; 16]>::try_from(block).unwrap()));
    secrets.extend(text.chunks_exact(16).zip(sealed.chunks_exact(16)).map(|(plain, sealed)| {
        std::array::from_fn::<u8, 16, _>(|i| plain[i] ^ sealed[i]) // keystream
    }));

    secrets.extend(mac_model::one_time_keys(cipher, bytes, &nonce));
    check_models(cipher, bytes, &nonce, &secrets);

    for count in [1, 2, 3, 4, 8, 17] {
        let left = left_on_stack(&secrets, || seal_and_open(key, &nonce, &data, &text, count));
        assert!(left.is_empty(), "{cipher} by {engine}, {count} messages of {length} bytes: {left:02x?}");
    }
}

/// The models name the secrets that there are: those that can be seen from outside are among them.
fn check_models(cipher: Cipher, key: &[u8], nonce: &[u8], secrets: &[[u8; 16]]) {
    match cipher {
        Cipher::Aes128Gcm | Cipher::Aes256Gcm => {
            // The hash of an empty message is 0, which leaves the mask of its tag.
            let key = Key::from_bytes(key, cipher).unwrap();
            let mut mask = [0; 16];
            let message = Seal { nonce, associated_data: &[], text: Text::InPlace(&mut []), tag: &mut mask };
            key.seal_one_assume_unique_nonce(message).unwrap();
            assert!(secrets.contains(&mask), "{cipher}");
        }
        // The same function gives the keystream of the text.
        Cipher::ChaCha20Poly1305 => assert!(secrets.contains(&mac_model::chacha20(key, nonce, 1)[0])),
        _ => {}
    }
}

#[inline(never)]
fn seal_and_open(key: &Key, nonce: &[u8], data: &[u8], text: &[u8], count: usize) {
    let mut texts = vec![text.to_vec(); count];
    let mut tags = vec![[0; 16]; count];
    let mut batch: Vec<_> = texts
        .iter_mut()
        .zip(&mut tags)
        .map(|(text, tag)| Seal { nonce, associated_data: data, text: Text::InPlace(text), tag })
        .collect();
    key.seal_batch_assume_unique_nonces(&mut batch).unwrap();
    let mut batch: Vec<_> = texts
        .iter_mut()
        .zip(&tags)
        .map(|(sealed, tag)| Open::new(nonce, data, Text::InPlace(sealed), tag))
        .collect();
    key.open_batch(&mut batch).unwrap();
    assert!(texts.iter().all(|opened| opened == text));
}

#[test]
fn the_stack_behind_a_new_key_holds_no_key_and_no_round_key() {
    let _turn = turn();
    for cipher in Cipher::ALL {
        let bytes = key_bytes(cipher);
        let key = Key::from_bytes(&bytes, cipher).unwrap();
        let text = key.to_text(Encoding::Hex).expose().to_owned();
        let secrets = needles_of_key(cipher, &bytes);
        let left = left_on_stack(&secrets, || {
            drop(black_box(Key::from_bytes(&bytes, cipher).unwrap()));
            drop(black_box(Key::from_text(&text, Some(cipher)).unwrap()));
            for engine in available_engines() {
                drop(black_box(key.with_engine(engine).unwrap()));
            }
        });
        assert!(left.is_empty(), "{cipher}: {left:02x?}");
    }
}

/// Gives nonces that are known.
struct Fixed;

impl NonceSource for Fixed {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), Error> {
        bytes.fill(0x6d);
        Ok(())
    }
}

const CONTEXT: Context = Context::Stream([0x21; 32]);

/// All that bound records derive from a key: `rprk`, the record key, the key for the nonces of [`Fixed`], and what HMAC
/// makes of a key at its beginning.
fn needles_of_records(cipher: Cipher, bytes: &[u8]) -> Vec<[u8; 16]> {
    let (prk, hkdf) = hkdf::Hkdf::<sha2::Sha256>::extract(Some(&[0x21; 32]), bytes);
    let mut record_key = vec![0; cipher.key_length()];
    hkdf.expand(&[&b"pagecrypt/v1/record\0"[..], &[cipher.number()]].concat(), &mut record_key).unwrap();
    let met: Vec<u8> = match cipher {
        Cipher::Aes128Gcm => {
            let mut key = vec![0; 16];
            hkdf.expand(&[&b"pagecrypt/v1/record128\0"[..], &[0x6d; 12]].concat(), &mut key).unwrap();
            key
        }
        Cipher::Aes256Gcm => xaes_key(&record_key),
        Cipher::ChaCha20Poly1305 => {
            let key: &[u8; 32] = record_key.as_slice().try_into().unwrap();
            chacha20::hchacha::<chacha20::R20>(key.into(), (&[0x6d; 16]).into()).to_vec()
        }
        _ => record_key.clone(),
    };
    let mut needles = needles_of_key(cipher, &met);
    for secret in [bytes, &prk[..], &record_key[..], &met[..]] {
        for pad in [0, 0x36, 0x5c] {
            needles.extend(
                secret.chunks_exact(16).map(|half| std::array::from_fn::<_, 16, _>(|i| half[i] ^ pad)),
            );
        }
    }
    needles
}

/// XAES-256-GCM's key for a nonce of bytes 6d.
fn xaes_key(key: &[u8]) -> Vec<u8> {
    use aes_gcm::aes::cipher::{BlockCipherEncrypt, KeyInit};
    let aes = aes_gcm::aes::Aes256::new_from_slice(key).unwrap();
    let encrypt = |mut block: [u8; 16]| {
        aes.encrypt_block((&mut block).into());
        block
    };
    let start = u128::from_be_bytes(encrypt([0; 16]));
    let subkey = start << 1 ^ if start >> 127 == 1 { 0x87 } else { 0 };
    let mut derived = Vec::new();
    for counter in [1, 2] {
        let mut block = [0x6d; 16];
        block[..4].copy_from_slice(&[0, counter, 0x58, 0]);
        derived.extend(encrypt((u128::from_be_bytes(block) ^ subkey).to_be_bytes()));
    }
    derived
}

/// Makes a codec and seals and opens one record, and a batch of them.
#[inline(never)]
fn seal_and_open_records(key: &Key) {
    let codec = RecordCodec::bound(key, CONTEXT).unwrap();
    for count in [1, 3] {
        let place = Place::default();
        let mut records = vec![vec![0; codec.sealed_length(40, &place)]; count];
        let mut batch: Vec<_> =
            records.iter_mut().map(|record| SealRecord { plaintext: &[0x77; 40], place, record }).collect();
        codec.seal_batch_with(&mut Fixed, &mut batch).unwrap();
        let mut texts = vec![vec![0; 40]; count];
        let mut batch: Vec<_> = records
            .iter()
            .zip(&mut texts)
            .map(|(record, text)| OpenRecord::new(record, place, text))
            .collect();
        codec.open_batch(&mut batch).unwrap();
        codec.open_batch(&mut batch).unwrap(); // under the key that was kept
    }
}

#[test]
fn neither_freed_memory_nor_the_stack_holds_what_records_derive_from_a_key() {
    let _turn = turn();
    for cipher in Cipher::ALL {
        let bytes = key_bytes(cipher);
        let key = Key::from_bytes(&bytes, cipher).unwrap();
        let needles = needles_of_records(cipher, &bytes);
        let left = left_on_stack(&needles, || seal_and_open_records(&key));
        assert!(left.is_empty(), "{cipher}: {left:02x?}");
        for needle in needles {
            let found = freed_with(needle, || seal_and_open_records(&key));
            assert_eq!(found, 0, "{cipher} left {needle:02x?} in freed memory");
        }
    }
}

/// The needles are the right ones: the derived key, put to use, seals what the codec seals.
#[test]
fn the_search_for_what_records_derive_looks_for_what_they_do() {
    let _turn = turn(); // it frees what others look for
    for cipher in Cipher::ALL {
        let bytes = key_bytes(cipher);
        let codec = RecordCodec::bound(Key::from_bytes(&bytes, cipher).unwrap(), CONTEXT).unwrap();
        let place = Place::default();
        let mut record = vec![0; codec.sealed_length(0, &place)];
        let sealed = SealRecord { plaintext: b"", place, record: &mut record };
        codec.seal_batch_with(&mut Fixed, &mut [sealed]).unwrap();

        let needles = needles_of_records(cipher, &bytes);
        let halves = bytes.len() / 16;
        let met = &needles[needles.len() - 3 * halves..][..halves].concat();
        let mut nonce = vec![0x6d; cipher.nonce_length()];
        if cipher == Cipher::ChaCha20Poly1305 {
            nonce[..4].fill(0);
        }
        let mut data = b"pagecrypt/v1/record\0".to_vec();
        data.extend_from_slice(&record[..7]);
        data.extend_from_slice(&33_u32.to_le_bytes());
        data.push(1);
        data.extend_from_slice(&[0x21; 32]);
        data.extend_from_slice(&u64::MAX.to_le_bytes());
        let mut tag = [0; 16];
        let message =
            Seal { nonce: &nonce, associated_data: &data, text: Text::InPlace(&mut []), tag: &mut tag };
        Key::from_bytes(met, cipher).unwrap().seal_one_assume_unique_nonce(message).unwrap();
        assert_eq!(record[record.len() - 16..], tag, "{cipher}");
    }
}

#[test]
fn neither_freed_memory_nor_the_stack_holds_a_token_key_or_an_entry() {
    let _turn = turn();
    let secret = key_bytes(Cipher::Aegis256);
    let mut needles: Vec<[u8; 16]> = Vec::new();
    for pad in [0, 0x36, 0x5c] {
        needles
            .extend(secret.chunks_exact(16).map(|half| std::array::from_fn::<_, 16, _>(|i| half[i] ^ pad)));
    }
    let body: Vec<u8> = (0..64).map(|i: u8| i.wrapping_mul(29) ^ 0x4b).collect();
    needles.extend(body.chunks_exact(16).map(|block| <[u8; 16]>::try_from(block).unwrap()));
    let data_key = Key::from_bytes(&[0x31; 32], Cipher::Aegis256).unwrap();
    let action = || {
        let store =
            StoreCodec::new(&data_key, [5; 16], TokenKey::from_bytes(&secret).unwrap(), Padding::Padme)
                .unwrap();
        let entry = Entry { path: b"path", type_name: b"", schema: b"", body: &body };
        let (token, record) = store.seal(&entry, Some(1)).unwrap();
        drop(black_box(store.open(&token, &record).unwrap()));
        drop(black_box(store.reseal(&token, &record).unwrap()));
    };
    let left = left_on_stack(&needles, action);
    assert!(left.is_empty(), "{left:02x?}");
    for needle in needles {
        assert_eq!(freed_with(needle, action), 0, "{needle:02x?} in freed memory");
    }
}
