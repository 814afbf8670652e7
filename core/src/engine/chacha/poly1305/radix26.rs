//! Five limbs of 26 bits, for CPUs that multiply 32 bits by 32.

use core::marker::PhantomData;

use super::{Number, Radix};
use crate::engine::chacha::limbs::Multiply32;

pub(in super::super) struct Radix26<V>(PhantomData<V>);

/// A factor, and five times its limbs: what stands at 2^130 counts as 5.
#[derive(Clone, Copy)]
pub(in super::super) struct Factor<V> {
    once: [V; 5],
    five_times: [V; 5],
}

const MASK: u64 = (1 << 26) - 1;

/// Limbs of numbers without carries outstanding are below 2^26 + 2^13, and those of their sum with a block below 2^27.
/// Factors are below 2^29 with their fivefold, so that eight times five products are below 2^62.
impl<V: Multiply32> Radix<5> for Radix26<V> {
    type Lanes = V;
    type Factor = Factor<V>;
    type Sum = [V; 5];

    #[inline(always)]
    unsafe fn split(low: V, high: V, bit: V) -> Number<V, 5> {
        // SAFETY: the caller's promise.
        let mask = unsafe { V::splat(MASK) };
        [
            low.and(mask),
            low.shift_right::<26>().and(mask),
            low.shift_right::<52>().or_and(high.shift_left::<12>(), mask),
            high.shift_right::<14>().and(mask),
            high.shift_right::<40>().or(bit.shift_left::<24>()),
        ]
    }

    #[inline(always)]
    unsafe fn factor(number: Number<V, 5>) -> Factor<V> {
        let mut five_times = number;
        for limb in &mut five_times {
            *limb = times_five(*limb);
        }
        Factor { once: number, five_times }
    }

    #[inline(always)]
    fn product(a: Number<V, 5>, factor: &Factor<V>) -> [V; 5] {
        let (r, s) = (&factor.once, &factor.five_times);
        let mut sum = *r;
        for product in &mut sum {
            *product = a[0].multiply(*product);
        }
        rest_of_product(sum, a, r, s)
    }

    #[inline(always)]
    fn add_product(sum: [V; 5], a: Number<V, 5>, factor: &Factor<V>) -> [V; 5] {
        let (r, s) = (&factor.once, &factor.five_times);
        let sum = add_row(sum, a[0], [r[0], r[1], r[2], r[3], r[4]]);
        rest_of_product(sum, a, r, s)
    }

    #[inline(always)]
    fn add_number(sum: [V; 5], number: Number<V, 5>) -> [V; 5] {
        super::add(sum, number)
    }

    /// Two chains of carries side by side: 0 to 1 to 2 to 3 to 4, and 3 to 4 to 0 to 1.
    #[inline(always)]
    unsafe fn carry(sum: [V; 5]) -> Number<V, 5> {
        // SAFETY: the caller's promise.
        let mask = unsafe { V::splat(MASK) };
        let [h0, h1, h2, h3, h4] = sum;
        let (h0, h1) = carry_one(h0, h1, mask);
        let (h3, h4) = carry_one(h3, h4, mask);
        let (h1, h2) = carry_one(h1, h2, mask);
        let (h4, h0) = (h4.and(mask), h0.add(times_five(h4.shift_right::<26>())));
        let (h2, h3) = carry_one(h2, h3, mask);
        let (h0, h1) = carry_one(h0, h1, mask);
        let (h3, h4) = carry_one(h3, h4, mask);
        [h0, h1, h2, h3, h4]
    }

    #[inline(always)]
    unsafe fn reduce(number: Number<V, 5>) -> (V, V) {
        // SAFETY: the caller's promise.
        let (mask, five) = unsafe { (V::splat(MASK), V::splat(5)) };
        let [h0, h1, h2, h3, h4] = carry_all(number, mask);
        let (h4, h0) = (h4.and(mask), h0.add(times_five(h4.shift_right::<26>())));
        // Whether `number + 5` reaches 2^130, so that the number is not below 2^130 - 5.
        let [_, _, _, _, top] = carry_all([h0.add(five), h1, h2, h3, h4], mask);
        let excess = times_five(top.shift_right::<26>());
        let [h0, h1, h2, h3, h4] = carry_all([h0.add(excess), h1, h2, h3, h4], mask);
        (
            h0.or(h1.shift_left::<26>()).or(h2.shift_left::<52>()),
            h2.shift_right::<12>().or(h3.shift_left::<14>()).or(h4.shift_left::<40>()),
        )
    }
}

#[inline(always)]
fn rest_of_product<V: Multiply32>(sum: [V; 5], a: Number<V, 5>, r: &[V; 5], s: &[V; 5]) -> [V; 5] {
    let sum = add_row(sum, a[1], [s[4], r[0], r[1], r[2], r[3]]);
    let sum = add_row(sum, a[2], [s[3], s[4], r[0], r[1], r[2]]);
    let sum = add_row(sum, a[3], [s[2], s[3], s[4], r[0], r[1]]);
    add_row(sum, a[4], [s[1], s[2], s[3], s[4], r[0]])
}

#[inline(always)]
fn add_row<V: Multiply32>(mut sum: [V; 5], limb: V, factors: [V; 5]) -> [V; 5] {
    for (sum, factor) in sum.iter_mut().zip(factors) {
        *sum = sum.multiply_add(limb, factor);
    }
    sum
}

#[inline(always)]
fn carry_one<V: Multiply32>(from: V, to: V, mask: V) -> (V, V) {
    (from.and(mask), to.add(from.shift_right::<26>()))
}

/// Carries from the lowest limb to the highest, which keeps what is too much.
#[inline(always)]
fn carry_all<V: Multiply32>(number: Number<V, 5>, mask: V) -> Number<V, 5> {
    let [h0, h1, h2, h3, h4] = number;
    let (h0, h1) = carry_one(h0, h1, mask);
    let (h1, h2) = carry_one(h1, h2, mask);
    let (h2, h3) = carry_one(h2, h3, mask);
    let (h3, h4) = carry_one(h3, h4, mask);
    [h0, h1, h2, h3, h4]
}

#[inline(always)]
fn times_five<V: Multiply32>(limb: V) -> V {
    limb.add(limb.shift_left::<2>())
}
