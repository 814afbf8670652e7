//! Nonces alone, so that a million of them take a second.

use std::vec;
use std::vec::Vec;

use proptest::prelude::*;

use super::*;

/// Gives other bytes each time, which look random (splitmix64).
struct Generator(u64);

impl NonceSource for Generator {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), Error> {
        for chunk in bytes.chunks_mut(8) {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let word = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            chunk.copy_from_slice(&(word ^ (word >> 31)).to_le_bytes()[..chunk.len()]);
        }
        Ok(())
    }
}

/// Gives the same bytes each time.
struct Always(u8);

impl NonceSource for Always {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), Error> {
        bytes.fill(self.0);
        Ok(())
    }
}

/// The nonces of a batch, one behind the other.
fn batch(source: &mut dyn NonceSource, cipher: Cipher, count: usize) -> Vec<u8> {
    let nonces = Nonces::draw(source, cipher, count).unwrap();
    let mut all = vec![0; count * length(cipher)];
    all.chunks_exact_mut(length(cipher)).enumerate().for_each(|(index, nonce)| nonces.write(index, nonce));
    all
}

/// Whether a nonce occurs twice. Only the end is compared first: what repeats repeats there, too.
fn repeats(all: &[u8], length: usize) -> bool {
    let mut ends: Vec<u64> =
        all.chunks_exact(length).map(|nonce| u64::from_le_bytes(*nonce.last_chunk().unwrap())).collect();
    ends.sort_unstable();
    if ends.windows(2).all(|pair| pair[0] != pair[1]) {
        return false;
    }
    let mut nonces: Vec<&[u8]> = all.chunks_exact(length).collect();
    nonces.sort_unstable();
    nonces.windows(2).any(|pair| pair[0] == pair[1])
}

#[test]
fn a_path_updated_a_million_times_never_has_the_same_nonce_twice() {
    const UPDATES: usize = 1_000_000;
    for cipher in [Cipher::Aes256Gcm, Cipher::Aegis128l] {
        let mut source = Generator(7);
        let mut all = Vec::with_capacity(UPDATES * length(cipher));
        // Half of them one by one, half in batches.
        for size in [1, 1000].into_iter().cycle() {
            for _ in 0..1000 / size {
                all.extend(batch(&mut source, cipher, size));
            }
            if all.len() == UPDATES * length(cipher) {
                break;
            }
        }
        assert!(!repeats(&all, length(cipher)), "{cipher}");
    }
}

#[test]
fn a_search_for_repeated_nonces_finds_one() {
    let mut all = batch(&mut Generator(1), Cipher::Aes256Gcm, 1000);
    all.copy_within(24 * 7..24 * 8, 24 * 900);
    assert!(repeats(&all, 24));
}

#[test]
fn counting_on_comes_around_within_the_part_behind_the_prefix_and_repeats_nothing() {
    for cipher in [Cipher::Aes128Gcm, Cipher::Aes256Gcm, Cipher::ChaCha20Poly1305] {
        let prefix = prefix_length(cipher);
        let all = batch(&mut Always(0xff), cipher, 70_000);
        assert!(!repeats(&all, 24), "{cipher}");
        assert!(all.chunks_exact(24).all(|nonce| nonce[..prefix].iter().all(|byte| *byte == 0xff)));
        assert!(all[24 + prefix..48].iter().all(|byte| *byte == 0), "{cipher}: 0 follows the highest number");
        assert_eq!(all[48 + prefix..][..3], [1, 0, 0]);
    }
}

#[test]
fn a_broken_source_repeats_nonces_within_a_batch_only_where_each_is_drawn() {
    assert!(repeats(&batch(&mut Always(1), Cipher::Aegis256, 2), 32));
    assert!(!repeats(&batch(&mut Always(1), Cipher::Aes256Gcm, 2), 24));
}

#[test]
fn the_nonces_of_a_batch_take_one_draw() {
    struct Once(usize);
    impl NonceSource for Once {
        fn fill(&mut self, _: &mut [u8]) -> Result<(), Error> {
            self.0 += 1;
            Ok(())
        }
    }
    for cipher in Cipher::ALL {
        let mut source = Once(0);
        batch(&mut source, cipher, 1000);
        assert_eq!(source.0, 1, "{cipher}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// The counter behind the prefix is one number: that of the first record plus the index.
    #[test]
    fn the_counter_is_the_first_nonce_s_number_plus_the_index(start: [u8; 24], index in 0..usize::MAX) {
        struct Given([u8; 24]);
        impl NonceSource for Given {
            fn fill(&mut self, bytes: &mut [u8]) -> Result<(), Error> {
                bytes.copy_from_slice(&self.0);
                Ok(())
            }
        }
        for cipher in [Cipher::Aes256Gcm, Cipher::ChaCha20Poly1305] {
            let prefix = prefix_length(cipher);
            let nonces = Nonces::draw(&mut Given(start), cipher, 1).unwrap();
            let mut nonce = [0; 24];
            nonces.write(index, &mut nonce);
            let number = |nonce: &[u8; 24]| {
                let mut wide = [0; 16];
                wide[..24 - prefix].copy_from_slice(&nonce[prefix..]);
                u128::from_le_bytes(wide)
            };
            let modulus = 1_u128 << (8 * (24 - prefix));
            prop_assert_eq!(number(&nonce), (number(&start) + index as u128) % modulus);
            prop_assert_eq!(&nonce[..prefix], &start[..prefix]);
        }
    }
}
