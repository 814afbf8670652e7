//! AEGIS and AES written as slowly and plainly as the standards have them, to know every secret that a kernel holds
//! in passing.

use pagecrypt::Cipher;

type Block = [u8; 16];

const C0: Block =
    [0x00, 0x01, 0x01, 0x02, 0x03, 0x05, 0x08, 0x0d, 0x15, 0x22, 0x37, 0x59, 0x90, 0xe9, 0x79, 0x62];
const C1: Block =
    [0xdb, 0x3d, 0x18, 0x55, 0x6d, 0xc2, 0x2f, 0xf1, 0x20, 0x11, 0x31, 0x42, 0x73, 0xb5, 0x28, 0xdd];

fn xor(a: Block, b: Block) -> Block {
    std::array::from_fn(|i| a[i] ^ b[i])
}

fn double(a: u8) -> u8 {
    (a << 1) ^ if a & 0x80 == 0 { 0 } else { 0x1b }
}

/// The S-box of FIPS 197: the powers of 3 give the inverses.
fn sbox() -> [u8; 256] {
    let mut powers = [1_u8; 256];
    for i in 1..256 {
        powers[i] = powers[i - 1] ^ double(powers[i - 1]);
    }
    let mut table = [0x63; 256];
    for (exponent, value) in powers.iter().enumerate().take(255) {
        let inverse = powers[(255 - exponent) % 255];
        table[usize::from(*value)] = (0..5).fold(0x63, |sum, turn| sum ^ inverse.rotate_left(turn));
    }
    table
}

/// SubBytes and ShiftRows, which are all of the last round but its key.
fn sub_and_shift(sbox: &[u8; 256], state: Block) -> Block {
    std::array::from_fn(|i| sbox[usize::from(state[(i + i % 4 * 4) % 16])])
}

fn aes_round(sbox: &[u8; 256], state: Block, round_key: Block) -> Block {
    let shifted = sub_and_shift(sbox, state);
    let mixed = std::array::from_fn(|i| {
        let at = |down: usize| shifted[i / 4 * 4 + (i + down) % 4];
        double(at(0) ^ at(1)) ^ at(1) ^ at(2) ^ at(3)
    });
    xor(mixed, round_key)
}

/// Every word of the state after every update while a message is sealed; nothing for the other families.
pub(crate) fn states(cipher: Cipher, key: &[u8], nonce: &[u8], data: &[u8], text: &[u8]) -> Vec<Block> {
    let (family, degree) = match cipher {
        Cipher::Aegis128l => (8, 1),
        Cipher::Aegis128x2 => (8, 2),
        Cipher::Aegis128x4 => (8, 4),
        Cipher::Aegis256 => (6, 1),
        Cipher::Aegis256x2 => (6, 2),
        Cipher::Aegis256x4 => (6, 4),
        _ => return Vec::new(),
    };
    let sbox = sbox();
    let block = |bytes: &[u8], index: usize| -> Block { bytes[16 * index..][..16].try_into().unwrap() };
    let mut seen = Vec::new();
    for lane in 0..degree {
        let mut context = [0; 16];
        (context[0], context[1]) = (lane as u8, degree as u8 - 1);
        let mut state: Vec<Block>;
        let mut update = |state: &mut Vec<Block>, m0: Block, m1: Block| {
            let old = state.clone();
            let words = old.len();
            for i in 0..words {
                let m = match (words, i) {
                    (_, 0) => m0,
                    (8, 4) => m1,
                    _ => [0; 16],
                };
                state[i] = aes_round(&sbox, old[(i + words - 1) % words], xor(old[i], m));
            }
            seen.extend_from_slice(state);
        };
        let (rate, length_word) = if family == 8 {
            let (key, nonce) = (block(key, 0), block(nonce, 0));
            let both = xor(key, nonce);
            state = vec![both, C1, C0, C1, both, xor(key, C0), xor(key, C1), xor(key, C0)];
            for _ in 0..10 {
                state[3] = xor(state[3], context);
                state[7] = xor(state[7], context);
                update(&mut state, nonce, key);
            }
            (2, 2)
        } else {
            let (k0, k1, n0, n1) = (block(key, 0), block(key, 1), block(nonce, 0), block(nonce, 1));
            state = vec![xor(k0, n0), xor(k1, n1), C1, C0, xor(k0, C0), xor(k1, C1)];
            for _ in 0..4 {
                for m in [k0, k1, xor(k0, n0), xor(k1, n1)] {
                    state[3] = xor(state[3], context);
                    state[5] = xor(state[5], context);
                    update(&mut state, m, [0; 16]);
                }
            }
            (1, 3)
        };
        let step = 16 * rate * degree;
        for message in [data, text] {
            for chunk in message.chunks(step) {
                let mut padded = chunk.to_vec();
                padded.resize(step, 0);
                update(&mut state, block(&padded, lane), block(&padded, (rate - 1) * degree + lane));
            }
        }
        let mut lengths = [0; 16];
        lengths[..8].copy_from_slice(&(data.len() as u64 * 8).to_le_bytes());
        lengths[8..].copy_from_slice(&(text.len() as u64 * 8).to_le_bytes());
        let t = xor(state[length_word], lengths);
        for _ in 0..7 {
            update(&mut state, t, t);
        }
        if degree == 1 {
            // With one lane the tag is the state's sum: the model is right if it gives the real one.
            let words = if family == 8 { 7 } else { 6 };
            let tag = state[..words].iter().fold([0; 16], |sum, word| xor(sum, *word));
            assert_eq!(tag, real_tag(cipher, key, nonce, data, text));
        }
    }
    seen
}

fn real_tag(cipher: Cipher, key: &[u8], nonce: &[u8], data: &[u8], text: &[u8]) -> Block {
    use pagecrypt::aead::{Aead, Seal, Text};
    let (mut text, mut tag) = (text.to_vec(), [0; 16]);
    let key = pagecrypt::Key::from_bytes(key, cipher).unwrap();
    let message = Seal { nonce, associated_data: data, text: Text::InPlace(&mut text), tag: &mut tag };
    key.seal_one_assume_unique_nonce(message).unwrap();
    tag
}

/// AES (FIPS 197, 5.1).
pub(crate) fn aes(key: &[u8], block: Block) -> Block {
    let sbox = sbox();
    let round_keys = aes_round_keys(key);
    let (first, rest) = round_keys.split_first().unwrap();
    let (last, rest) = rest.split_last().unwrap();
    let state = rest.iter().fold(xor(block, *first), |state, key| aes_round(&sbox, state, *key));
    xor(sub_and_shift(&sbox, state), *last)
}

/// The key schedule of FIPS 197, 5.2.
pub(crate) fn aes_round_keys(key: &[u8]) -> Vec<Block> {
    let sbox = sbox();
    let words = key.len() / 4;
    let mut schedule: Vec<[u8; 4]> = key.chunks_exact(4).map(|word| word.try_into().unwrap()).collect();
    let mut constant = 1;
    for i in words..4 * (words + 7) {
        let mut word = schedule[i - 1];
        if i % words == 0 {
            word.rotate_left(1);
            word = word.map(|byte| sbox[usize::from(byte)]);
            word[0] ^= constant;
            constant = double(constant);
        } else if words == 8 && i % words == 4 {
            word = word.map(|byte| sbox[usize::from(byte)]);
        }
        schedule.push(std::array::from_fn(|j| schedule[i - words][j] ^ word[j]));
    }
    schedule.as_flattened().chunks_exact(16).map(|round_key| round_key.try_into().unwrap()).collect()
}
