//! Rounds of ChaCha20 with AVX2, as far as the compiler does not make them well.

use core::arch::asm;
use core::arch::x86_64::{__m256i, _mm_cvtsi32_si128, _mm256_or_si256, _mm256_sll_epi32, _mm256_srl_epi32};

use super::Words8;
use crate::engine::chacha::words::State;

/// Whole bytes are moved by one instruction; otherwise it takes two shifts.
///
/// # Safety
/// The CPU has AVX2.
#[inline(always)]
pub(super) unsafe fn rotate_left<const BITS: i32>(words: __m256i) -> __m256i {
    // SAFETY: the caller's promise.
    unsafe {
        match BITS {
            8 => shuffle(words, &ROTATIONS.by_8),
            16 => shuffle(words, &ROTATIONS.by_16),
            _ => {
                let left = _mm256_sll_epi32(words, _mm_cvtsi32_si128(BITS));
                _mm256_or_si256(left, _mm256_srl_epi32(words, _mm_cvtsi32_si128(32 - BITS)))
            }
        }
    }
}

/// Which byte of each word comes to which place when words are rotated by whole bytes.
#[repr(C, align(32))]
struct Rotations {
    by_16: [u8; 32],
    by_8: [u8; 32],
}

static ROTATIONS: Rotations = Rotations { by_16: rotation(2), by_8: rotation(1) };

const fn rotation(bytes: usize) -> [u8; 32] {
    let mut from = [0; 32];
    let mut place = 0;
    while place < from.len() {
        from[place] = ((place & 12) | ((place + 4 - bytes) & 3)) as u8;
        place += 1;
    }
    from
}

/// In assembly, because the compiler makes more shuffles of an intrinsic's one: two that each move half of the bytes, or
/// those of both factors of an exclusive or before it.
#[inline]
#[target_feature(enable = "avx2")]
fn shuffle(words: __m256i, order: &'static [u8; 32]) -> __m256i {
    let out: __m256i;
    // SAFETY: reads the order, and nothing else.
    unsafe {
        asm!(
            "vpshufb {}, {}, ymmword ptr [{}]",
            lateout(ymm_reg) out,
            in(ymm_reg) words,
            in(reg) order,
            options(pure, readonly, nostack, preserves_flags)
        );
    }
    out
}

/// Two quarter rounds side by side (RFC 8439, section 2.1).
macro_rules! quarter_rounds {
    ($a:literal $b:literal $c:literal $d:literal, $e:literal $f:literal $g:literal $h:literal) => {
        concat!(
            quarter_rounds!(half $a $b $c $d $e $f $g $h "", "12", "20"),
            quarter_rounds!(half $a $b $c $d $e $f $g $h " + 32", "7", "25"),
        )
    };
    (half $a:literal $b:literal $c:literal $d:literal $e:literal $f:literal $g:literal $h:literal
     $order:literal, $left:literal, $right:literal) => {
        concat!(
            quarter_rounds!("vpaddd" $a, $a, $b),
            quarter_rounds!("vpaddd" $e, $e, $f),
            quarter_rounds!("vpxor" $d, $d, $a),
            quarter_rounds!("vpxor" $h, $h, $e),
            "vpshufb {", $d, "}, {", $d, "}, ymmword ptr [{orders}", $order, "]\n",
            "vpshufb {", $h, "}, {", $h, "}, ymmword ptr [{orders}", $order, "]\n",
            quarter_rounds!("vpaddd" $c, $c, $d),
            quarter_rounds!("vpaddd" $g, $g, $h),
            quarter_rounds!("vpxor" $b, $b, $c),
            quarter_rounds!("vpxor" $f, $f, $g),
            "vpslld {x}, {", $b, "}, ", $left, "\n",
            "vpsrld {", $b, "}, {", $b, "}, ", $right, "\n",
            "vpslld {y}, {", $f, "}, ", $left, "\n",
            "vpsrld {", $f, "}, {", $f, "}, ", $right, "\n",
            quarter_rounds!("vpor" $b, $b, "x"),
            quarter_rounds!("vpor" $f, $f, "y"),
        )
    };
    ($instruction:literal $to:literal, $x:literal, $y:literal) => {
        concat!($instruction, " {", $to, "}, {", $x, "}, {", $y, "}\n")
    };
}

/// Double rounds in assembly: there are as many registers as words, and intermediate results besides. So two words of the
/// third row wait in memory while the quarter rounds of the other two are done. Left to the compiler, twenty do, among them
/// those that are needed first.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn double_rounds(state: &mut State<Words8>, count: usize) {
    let [a0, a1, a2, a3, b0, b1, b2, b3, c0, c1, c2, c3, d0, d1, d2, d3] = state;
    let mut waiting = [*c2, *c3];
    // SAFETY: reads the orders, and reads and writes the words that wait; there is one round at least.
    unsafe {
        asm!(
            "2:",
            quarter_rounds!("a0" "b0" "c0" "d0", "a1" "b1" "c1" "d1"),
            // The words that wait change places with the others.
            "vmovdqa {x}, ymmword ptr [{waiting}]",
            "vmovdqa {y}, ymmword ptr [{waiting} + 32]",
            "vmovdqa ymmword ptr [{waiting}], {c0}",
            "vmovdqa ymmword ptr [{waiting} + 32], {c1}",
            "vmovdqa {c0}, {x}",
            "vmovdqa {c1}, {y}",
            quarter_rounds!("a2" "b2" "c0" "d2", "a3" "b3" "c1" "d3"),
            quarter_rounds!("a0" "b1" "c0" "d3", "a1" "b2" "c1" "d0"),
            "vmovdqa {x}, ymmword ptr [{waiting}]",
            "vmovdqa {y}, ymmword ptr [{waiting} + 32]",
            "vmovdqa ymmword ptr [{waiting}], {c0}",
            "vmovdqa ymmword ptr [{waiting} + 32], {c1}",
            "vmovdqa {c0}, {x}",
            "vmovdqa {c1}, {y}",
            quarter_rounds!("a2" "b3" "c0" "d1", "a3" "b0" "c1" "d2"),
            "dec {count:e}",
            "jnz 2b",
            a0 = inout(ymm_reg) a0.0,
            a1 = inout(ymm_reg) a1.0,
            a2 = inout(ymm_reg) a2.0,
            a3 = inout(ymm_reg) a3.0,
            b0 = inout(ymm_reg) b0.0,
            b1 = inout(ymm_reg) b1.0,
            b2 = inout(ymm_reg) b2.0,
            b3 = inout(ymm_reg) b3.0,
            c0 = inout(ymm_reg) c0.0,
            c1 = inout(ymm_reg) c1.0,
            d0 = inout(ymm_reg) d0.0,
            d1 = inout(ymm_reg) d1.0,
            d2 = inout(ymm_reg) d2.0,
            d3 = inout(ymm_reg) d3.0,
            x = out(ymm_reg) _,
            y = out(ymm_reg) _,
            waiting = in(reg) &raw mut waiting,
            orders = in(reg) &raw const ROTATIONS,
            count = inout(reg) count => _,
            options(nostack)
        );
    }
    [*c2, *c3] = waiting;
}
