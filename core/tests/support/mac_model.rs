//! What AES-GCM and ChaCha20-Poly1305 authenticate with, computed as slowly and plainly as the standards have it.

use pagecrypt::Cipher;

use crate::aegis_model::aes;

type Block = [u8; 16];

/// The hash key of AES-GCM (SP 800-38D section 6.4) and its powers to the 16th, which kernels keep: as they are, with their bytes
/// turned round, and both times x, as carry-less multiplication wants them.
pub(crate) fn hash_keys(key: &[u8]) -> Vec<Block> {
    let hash_key = aes(key, [0; 16]);
    let mut power = hash_key;
    let mut seen = Vec::new();
    for _ in 0..16 {
        for form in [power, times_x(power)] {
            let mut turned = form;
            turned.reverse();
            seen.extend([form, turned]);
        }
        power = multiply(power, hash_key);
    }
    seen
}

/// What belongs to one nonce: the mask of AES-GCM's tag, or the key of Poly1305 (RFC 8439 section 2.6).
pub(crate) fn one_time_keys(cipher: Cipher, key: &[u8], nonce: &[u8]) -> Vec<Block> {
    match cipher {
        Cipher::Aes128Gcm | Cipher::Aes256Gcm => {
            let mut counter = [0; 16];
            counter[..12].copy_from_slice(nonce);
            counter[15] = 1;
            vec![aes(key, counter)]
        }
        Cipher::ChaCha20Poly1305 => chacha20(key, nonce, 0)[..2].to_vec(),
        _ => Vec::new(),
    }
}

/// SP 800-38D section 6.3: the lowest bit of a byte is the highest power.
fn times_x(a: Block) -> Block {
    let mut product = u128::from_be_bytes(a);
    product = (product >> 1) ^ if product & 1 == 0 { 0 } else { 0xe1 << 120 };
    product.to_be_bytes()
}

fn multiply(a: Block, mut b: Block) -> Block {
    let mut product = [0; 16];
    for bit in 0..128 {
        if a[bit / 8] >> (7 - bit % 8) & 1 == 1 {
            product = std::array::from_fn(|i| product[i] ^ b[i]);
        }
        b = times_x(b);
    }
    product
}

/// The four quarters of a block of keystream (RFC 8439 section 2.3).
pub(crate) fn chacha20(key: &[u8], nonce: &[u8], counter: u32) -> [Block; 4] {
    let input = [b"expand 32-byte k", key, &counter.to_le_bytes(), nonce].concat();
    let input: Vec<u32> =
        input.chunks_exact(4).map(|word| u32::from_le_bytes(word.try_into().unwrap())).collect();
    let mut state = input.clone();
    for round in 0..20 {
        for column in 0..4 {
            let row = |row: usize| 4 * row + (column + round % 2 * row) % 4;
            let [a, b, c, d] = [row(0), row(1), row(2), row(3)];
            for (x, y, z, turn) in [(a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)] {
                state[x] = state[x].wrapping_add(state[y]);
                state[z] = (state[z] ^ state[x]).rotate_left(turn);
            }
        }
    }
    let words = state.iter().zip(input).map(|(word, before)| word.wrapping_add(before));
    let bytes: Vec<u8> = words.flat_map(u32::to_le_bytes).collect();
    std::array::from_fn(|quarter| bytes[16 * quarter..][..16].try_into().unwrap())
}
