//! 64-bit ARM: the AES instructions of ARMv8, and adds and rotates of NEON.

use std::arch::aarch64::*;
use std::arch::is_aarch64_feature_detected;
use std::hint::black_box;

use super::{Kind, Unit};

const AES_CHAINS: usize = 16;
const CHACHA_CHAINS: usize = 12;

/// AESE and AESMC are one round, which CPUs fuse.
#[target_feature(enable = "aes")]
fn aes(passes: u64) {
    let key = black_box(vdupq_n_u8(0));
    let mut states = black_box([key; AES_CHAINS]);
    for _ in 0..passes {
        for state in &mut states {
            *state = vaesmcq_u8(vaeseq_u8(*state, key));
        }
    }
    black_box(states);
}

/// A pass is one step with each of ChaCha20's four rotations, on each chain.
#[target_feature(enable = "neon")]
fn chacha(passes: u64) {
    let b = black_box(vdupq_n_u32(0));
    let mut words = black_box([(b, b); CHACHA_CHAINS]);
    macro_rules! step {
        ($rotate:expr) => {
            for (a, d) in &mut words {
                *a = vaddq_u32(*a, b);
                *d = $rotate(veorq_u32(*d, *a));
            }
        };
    }
    for _ in 0..passes {
        step!(|x| vreinterpretq_u32_u16(vrev32q_u16(vreinterpretq_u16_u32(x))));
        step!(|x| vsriq_n_u32::<20>(vshlq_n_u32::<12>(x), x));
        step!(|x| vsriq_n_u32::<24>(vshlq_n_u32::<8>(x), x));
        step!(|x| vsriq_n_u32::<25>(vshlq_n_u32::<7>(x), x));
    }
    black_box(words);
}

pub(super) fn units() -> Vec<Unit> {
    let mut units = vec![Unit {
        kind: Kind::ChaChaStep,
        name: "neon",
        per_pass: (CHACHA_CHAINS * 4 * 4) as u64,
        // SAFETY: the targets that this is compiled for have NEON.
        run: |passes| unsafe { chacha(passes) },
    }];
    if is_aarch64_feature_detected!("aes") {
        // SAFETY: the AES instructions were just detected.
        let run: fn(u64) = |passes| unsafe { aes(passes) };
        units.push(Unit { kind: Kind::AesRound, name: "aese, aesmc", per_pass: AES_CHAINS as u64, run });
    }
    units
}
