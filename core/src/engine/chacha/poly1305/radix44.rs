//! Limbs of 44, 44 and 42 bits, for CPUs that multiply 52 bits by 52.

use core::marker::PhantomData;

use super::{Number, Radix};
use crate::engine::chacha::limbs::Multiply52;

pub(in super::super) struct Radix44<V>(PhantomData<V>);

/// A factor, and 20 times its two upper limbs: what stands at 2^132 counts as 4 * 5.
#[derive(Clone, Copy)]
pub(in super::super) struct Factor<V> {
    once: [V; 3],
    twenty_times: [V; 3],
}

/// The low and the high 52 bits of products, added up apart: limb `i` of the sum is `low[i] + 2^52 * high[i]`, each at
/// 2^(44 i).
#[derive(Clone, Copy)]
pub(in super::super) struct Sum<V> {
    low: [V; 3],
    high: [V; 3],
}

const MASK44: u64 = (1 << 44) - 1;
const MASK42: u64 = (1 << 42) - 1;

/// Limbs of numbers without carries outstanding are below 2^44 + 2^19, and those of their sum with a block below 2^46.
/// Factors are below 2^49 with their twentyfold: both are numbers of 52 bits, and many products fit.
impl<V: Multiply52> Radix<3> for Radix44<V> {
    type Lanes = V;
    type Factor = Factor<V>;
    type Sum = Sum<V>;

    #[inline(always)]
    unsafe fn split(low: V, high: V, bit: V) -> Number<V, 3> {
        // SAFETY: the caller's promise.
        let mask = unsafe { V::splat(MASK44) };
        [
            low.and(mask),
            low.shift_right::<44>().or_and(high.shift_left::<20>(), mask),
            high.shift_right::<24>().or(bit.shift_left::<40>()),
        ]
    }

    #[inline(always)]
    unsafe fn factor(number: Number<V, 3>) -> Factor<V> {
        let mut twenty_times = number;
        for limb in &mut twenty_times {
            *limb = times_five(*limb).shift_left::<2>();
        }
        Factor { once: number, twenty_times }
    }

    #[inline(always)]
    fn product(a: Number<V, 3>, factor: &Factor<V>) -> Sum<V> {
        // There is no multiplication without an addition.
        let zero = a[0].not_and(a[0]);
        Self::add_product(Sum { low: [zero; 3], high: [zero; 3] }, a, factor)
    }

    #[inline(always)]
    fn add_product(sum: Sum<V>, a: Number<V, 3>, factor: &Factor<V>) -> Sum<V> {
        let (r, s) = (&factor.once, &factor.twenty_times);
        let sum = add_row(sum, a[0], [r[0], r[1], r[2]]);
        let sum = add_row(sum, a[1], [s[2], r[0], r[1]]);
        add_row(sum, a[2], [s[1], s[2], r[0]])
    }

    #[inline(always)]
    fn add_number(sum: Sum<V>, number: Number<V, 3>) -> Sum<V> {
        Sum { low: super::add(sum.low, number), high: sum.high }
    }

    #[inline(always)]
    unsafe fn carry(sum: Sum<V>) -> Number<V, 3> {
        // SAFETY: the caller's promise.
        let (mask44, mask42) = unsafe { (V::splat(MASK44), V::splat(MASK42)) };
        let Sum { low: [l0, l1, l2], high: [h0, h1, h2] } = sum;
        let l1 = l1.add(l0.shift_right::<44>()).add(h0.shift_left::<8>());
        let l2 = l2.add(l1.shift_right::<44>()).add(h1.shift_left::<8>());
        let top = l2.shift_right::<42>().add(h2.shift_left::<10>());
        let l0 = l0.and(mask44).add(times_five(top));
        [l0.and(mask44), l1.and(mask44).add(l0.shift_right::<44>()), l2.and(mask42)]
    }

    #[inline(always)]
    unsafe fn reduce(number: Number<V, 3>) -> (V, V) {
        // SAFETY: the caller's promise.
        let (mask44, mask42, five) = unsafe { (V::splat(MASK44), V::splat(MASK42), V::splat(5)) };
        let [h0, h1, h2] = carry_all(number, mask44);
        let (h2, h0) = (h2.and(mask42), h0.add(times_five(h2.shift_right::<42>())));
        // Whether `number + 5` reaches 2^130, so that the number is not below 2^130 - 5.
        let [_, _, top] = carry_all([h0.add(five), h1, h2], mask44);
        let excess = times_five(top.shift_right::<42>());
        let [h0, h1, h2] = carry_all([h0.add(excess), h1, h2], mask44);
        (h0.or(h1.shift_left::<44>()), h1.shift_right::<20>().or(h2.shift_left::<24>()))
    }
}

#[inline(always)]
fn add_row<V: Multiply52>(mut sum: Sum<V>, limb: V, factors: [V; 3]) -> Sum<V> {
    for (low, factor) in sum.low.iter_mut().zip(factors) {
        *low = low.multiply_add_low(limb, factor);
    }
    for (high, factor) in sum.high.iter_mut().zip(factors) {
        *high = high.multiply_add_high(limb, factor);
    }
    sum
}

/// Carries from the lowest limb to the highest, which keeps what is too much.
#[inline(always)]
fn carry_all<V: Multiply52>(number: Number<V, 3>, mask: V) -> Number<V, 3> {
    let [h0, h1, h2] = number;
    let (h0, h1) = (h0.and(mask), h1.add(h0.shift_right::<44>()));
    let (h1, h2) = (h1.and(mask), h2.add(h1.shift_right::<44>()));
    [h0, h1, h2]
}

#[inline(always)]
fn times_five<V: Multiply52>(limb: V) -> V {
    limb.add(limb.shift_left::<2>())
}
