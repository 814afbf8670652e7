//! The bitsliced AES round against FIPS 197's definition.

use super::{Block, aes_round_without_key};

/// Multiplication in GF(2^8) modulo x^8 + x^4 + x^3 + x + 1 (FIPS 197, 4.2).
fn multiply(mut a: u8, mut b: u8) -> u8 {
    let mut product = 0;
    while b != 0 {
        if b & 1 != 0 {
            product ^= a;
        }
        let carry = a & 0x80 != 0;
        a <<= 1;
        if carry {
            a ^= 0x1b;
        }
        b >>= 1;
    }
    product
}

/// The S-box by its definition: the inverse, then the affine map (FIPS 197, 5.1.1).
fn substitute(byte: u8) -> u8 {
    let inverse = (0..=255).find(|candidate| multiply(byte, *candidate) == 1).unwrap_or(0);
    (0..5).map(|turn| inverse.rotate_left(turn)).fold(0x63, |sum, turned| sum ^ turned)
}

fn reference_round(block: [u8; 16]) -> [u8; 16] {
    let shifted: [u8; 16] = core::array::from_fn(|i| {
        let (column, row) = (i / 4, i % 4);
        substitute(block[(column + row) % 4 * 4 + row])
    });
    core::array::from_fn(|i| {
        let at = |down: usize| shifted[i / 4 * 4 + (i + down) % 4];
        multiply(2, at(0)) ^ multiply(3, at(1)) ^ at(2) ^ at(3)
    })
}

fn to_block(bytes: [u8; 16]) -> Block {
    core::array::from_fn(|half| u64::from_le_bytes(bytes[half * 8..][..8].try_into().unwrap()))
}

#[test]
fn the_round_is_that_of_fips_197_for_every_byte_in_every_place() {
    for first in (0..=255_u8).step_by(8) {
        let inputs: [[u8; 16]; 8] = core::array::from_fn(|b| {
            core::array::from_fn(|i| (first + b as u8).wrapping_add((i as u8).wrapping_mul(37)))
        });
        let mut blocks = inputs.map(to_block);
        aes_round_without_key(&mut blocks);
        assert_eq!(blocks, inputs.map(|input| to_block(reference_round(input))));
    }
}

#[test]
fn the_round_gives_the_standards_vector() {
    let vectors = include_str!("../../../../../vectors/aegis/aegis_draft_aesround.json");
    let field = |name: &str| -> [u8; 16] {
        let hex = vectors.split(&format!("\"{name}\": \"")).nth(1).unwrap().get(..32).unwrap();
        let mut bytes = [0; 16];
        base16ct::lower::decode(hex, &mut bytes).unwrap();
        bytes
    };
    let mut blocks = [to_block(field("in")); 8];
    aes_round_without_key(&mut blocks);
    let key = to_block(field("rk"));
    assert_eq!(blocks, [to_block(field("out")); 8].map(|out| [out[0] ^ key[0], out[1] ^ key[1]]));
}
