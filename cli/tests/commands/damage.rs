//! `pagecrypt verify` and `decrypt` on databases of Turso's that were damaged, cut or given another key.

use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::Path;

use crate::samples::{self, Sample};
use crate::scene::{Scene, run};

/// How many places are tried besides the header and the boundaries.
const SPREAD: usize = 64;

/// A generator that gives the same numbers in every run (xorshift64*).
pub(crate) struct Numbers(u64);

impl Numbers {
    pub(crate) fn seeded(seed: u64) -> Self {
        Self(seed | 1)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32;
        usize::try_from(number).unwrap() % end
    }
}

fn write_byte(path: &Path, position: usize, byte: u8) {
    let mut file = OpenOptions::new().write(true).open(path).unwrap();
    file.seek(SeekFrom::Start(position as u64)).unwrap();
    file.write_all(&[byte]).unwrap();
}

/// The places to flip: the first 128 bytes, the ends of ciphertext, tag and nonce of some pages, and a spread.
fn places(length: usize, page_size: usize) -> BTreeSet<usize> {
    let pages = length / page_size;
    let mut places: BTreeSet<usize> = (0..128).collect();
    for page in [1, 2, 3, pages / 2, pages - 1, pages] {
        let end = page * page_size;
        // Tags begin 28, 32 or 48 bytes before a page's end, nonces 12, 16 or 32 bytes before it.
        for before in [49, 48, 33, 32, 29, 28, 17, 16, 13, 12, 2, 1] {
            places.insert(end - before);
        }
        places.extend((end..end + 2).filter(|place| *place < length));
    }
    let mut numbers = Numbers::seeded(length as u64);
    places.extend((0..SPREAD).map(|_| numbers.below(length)));
    places
}

/// Flips each of the places in turn, and gives what `verify` exited with.
fn sweep(sample: &Sample) {
    let scene = Scene::new();
    let (database, key) = sample.place(&scene);
    let arguments = ["verify", &database, "--key-file", &key];
    run(arguments).succeeds();
    let path = scene.path(sample.file());
    let bytes = fs::read(&path).unwrap();
    for place in places(bytes.len(), sample.page_size) {
        // In the header, fields turn into other valid ones by other bits: 4096 into 8192, one cipher into the next.
        let masks: &[u8] = if place < 24 { &[0x01, 0x02, 0x30, 0x80, 0xff] } else { &[0x01] };
        for mask in masks {
            write_byte(&path, place, bytes[place] ^ mask);
            let outcome = run(arguments);
            let expected: &[i32] = if place < 7 { &[4, 5] } else { &[4] };
            let code = outcome.code.unwrap();
            assert!(expected.contains(&code), "{}, byte {place} ^ {mask:#x}: {outcome:?}", sample.name);
            outcome.tells_one_error(&[&database]);
        }
        write_byte(&path, place, bytes[place]);
    }
    assert_eq!(fs::read(&path).unwrap(), bytes, "every byte was put back");
}

#[test]
fn a_flipped_byte_anywhere_in_a_sample_is_damage() {
    let samples = samples::all();
    assert_eq!(samples.len(), 11);
    let (even, odd): (Vec<_>, Vec<_>) = samples.iter().enumerate().partition(|(index, _)| index % 2 == 0);
    std::thread::scope(|scope| {
        for half in [even, odd] {
            scope.spawn(move || half.into_iter().for_each(|(_, sample)| sweep(sample)));
        }
    });
}

#[test]
fn every_sample_is_authentic_under_its_key_and_no_other() {
    for sample in samples::all() {
        let scene = Scene::new();
        let (database, key) = sample.place(&scene);
        let json = run(["verify", &database, "--key-file", &key, "--json"]).succeeds().json();
        assert_eq!(json["cipher"], sample.cipher, "{}", sample.name);
        assert_eq!(json["page_size"], sample.page_size, "{}", sample.name);
        assert_eq!(json["page_count"], sample.page_count, "{}", sample.name);
        assert_eq!(json["intact"], true, "{}", sample.name);
        for position in [0, sample.key.len() - 1] {
            let mut other = sample.key.clone();
            let digit = if other.as_bytes()[position] == b'0' { "1" } else { "0" };
            other.replace_range(position..=position, digit);
            let other = scene.key_file("other", &other);
            run(["verify", &database, "--key-file", &other]).fails(3, &["wrong key", &database]);
        }
        assert_eq!(scene.read(sample.file()).len() % sample.page_size, 0, "the sample is as it was");
    }
}

#[test]
fn a_sample_without_its_last_page_or_part_of_it_is_damaged() {
    for sample in samples::all() {
        let scene = Scene::new();
        let (database, key) = sample.place(&scene);
        let path = scene.path(sample.file());
        let bytes = fs::read(&path).unwrap();
        // What the -wal holds in whole does not miss in the main file.
        if let Some(log) = sample.log() {
            fs::remove_file(scene.path(log)).unwrap();
        }
        for cut in [1, 12, 16, sample.page_size / 2, sample.page_size - 1, sample.page_size] {
            fs::write(&path, &bytes[..bytes.len() - cut]).unwrap();
            let outcome = run(["verify", &database, "--key-file", &key]).fails(4, &[&database]);
            assert!(!outcome.stdout.is_empty(), "{}: the report comes with the failure", sample.name);
            run(["decrypt", &database, &scene.arg("new.db"), "--key-file", &key]).fails(4, &[&database]);
            assert!(!scene.exists("new.db"));
        }
    }
}

#[test]
fn damage_is_listed_by_page_in_ranges() {
    let scene = Scene::new();
    let sample = samples::named("aes256gcm-4096-small");
    let (database, key) = sample.place(&scene);
    let path = scene.path(sample.file());
    let bytes = fs::read(&path).unwrap();
    for page in [3, 7, 8, 9, 30] {
        let place = page * 4096 - 100;
        write_byte(&path, place, bytes[place] ^ 0x10);
    }
    for threads in ["1", "2", "7"] {
        let arguments = ["verify", &database, "--key-file", &key, "--threads", threads];
        let outcome = run(arguments).fails(4, &["5 pages", &database]);
        assert!(outcome.stdout.contains("3, 7-9, 30"), "{outcome:?}");
        assert_eq!(run(arguments.into_iter().chain(["--quiet"])).fails(4, &["5 pages"]).stdout, "");

        let json = run(arguments.into_iter().chain(["--json"])).fails(4, &["5 pages"]).json();
        assert_eq!(json["intact"], false);
        assert_eq!(json["damaged_pages"], serde_json::json!([[3, 3], [7, 9], [30, 30]]));
        assert_eq!(json["error"]["code"], "authentication_failed");
        assert_eq!(json["error"]["number"], 10);
        assert_eq!(json["error"]["exit_code"], 4);
    }
    run(["decrypt", &database, &scene.arg("new.db"), "--key-file", &key]).fails(4, &["page 3"]);
    assert!(!scene.exists("new.db"));
}

#[test]
fn a_flipped_byte_in_a_committed_frame_is_damage() {
    let scene = Scene::new();
    let sample = samples::all().into_iter().find(|sample| sample.log().is_some()).unwrap();
    let (database, key) = sample.place(&scene);
    let path = scene.path(sample.log().unwrap());
    let bytes = fs::read(&path).unwrap();
    let frame = 24 + sample.page_size;
    for place in [32 + 24, 32 + 24 + 200, 32 + frame - 1, 32 + 2 * frame - 20, 32 + 3 * frame + 24 + 5] {
        write_byte(&path, place, bytes[place] ^ 1);
        let number = 1 + (place - 32) / frame;
        let json = run(["verify", &database, "--key-file", &key, "--json"]).fails(4, &[]).json();
        assert_eq!(json["intact"], false);
        assert_eq!(json["wal"]["damaged_frames"], serde_json::json!([[number, number]]), "byte {place}");
        run(["decrypt", &database, &scene.arg("new.db"), "--key-file", &key]).fails(4, &[]);
        write_byte(&path, place, bytes[place]);
    }
    assert!(!scene.exists("new.db"));
    run(["verify", &database, "--key-file", &key]).succeeds();
}
