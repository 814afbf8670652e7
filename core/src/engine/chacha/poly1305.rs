//! Poly1305 (RFC 8439, section 2.5) in the lanes of registers.
//!
//! A message's tag is `(b_1 r^n + b_2 r^(n-1) + ... + b_n r mod 2^130 - 5) + s mod 2^128`, where each block `b_i` is 16
//! bytes and a bit above them. Many short messages are hashed side by side, a lane for each ([`short`]); of a long one,
//! as many blocks at once as there are lanes ([`long`]), as Goll and Gueron do ("Vectorization of Poly1305 message
//! authentication code", 2015). The numbers are kept in limbs, whose width depends on how the CPU multiplies
//! ([`radix26`], [`radix44`]). A short message alone is hashed block by block ([`scalar`]).

use super::limbs::{Limbs, MAX_LANES};

pub(super) mod long;
pub(super) mod radix26;
#[cfg(any(test, target_arch = "x86_64"))]
pub(super) mod radix44;
pub(super) mod scalar;
pub(super) mod short;

/// A number modulo `2^130 - 5` in each lane, as `N` limbs, the lowest first.
pub(super) type Number<V, const N: usize> = [V; N];

/// How numbers are kept in limbs.
pub(super) trait Radix<const N: usize> {
    /// The register.
    type Lanes: Limbs;

    /// A number prepared as the second factor of products.
    type Factor: Copy;

    /// A sum of products, before carries.
    type Sum: Copy;

    /// A number below 2^128 from its halves, and 2^128 where `bit` is 1, and not where it is 0.
    ///
    /// # Safety
    /// The CPU has the register's instructions.
    unsafe fn split(low: Self::Lanes, high: Self::Lanes, bit: Self::Lanes) -> Number<Self::Lanes, N>;

    /// Prepares a factor, which has no carries outstanding.
    ///
    /// # Safety
    /// As [`Radix::split`].
    unsafe fn factor(number: Number<Self::Lanes, N>) -> Self::Factor;

    /// The product of a number without carries outstanding.
    fn product(number: Number<Self::Lanes, N>, factor: &Self::Factor) -> Self::Sum;

    /// `sum + number * factor`. Up to eight products of numbers without carries outstanding may be added, and a number.
    fn add_product(sum: Self::Sum, number: Number<Self::Lanes, N>, factor: &Self::Factor) -> Self::Sum;

    /// `sum + number`.
    fn add_number(sum: Self::Sum, number: Number<Self::Lanes, N>) -> Self::Sum;

    /// Carries what limbs have too much, so that they may be multiplied again, also after one addition.
    ///
    /// # Safety
    /// As [`Radix::split`].
    unsafe fn carry(sum: Self::Sum) -> Number<Self::Lanes, N>;

    /// The halves of the least number that is the same modulo `2^130 - 5`, without what is above 2^128. Limbs may hold
    /// the sum of [`MAX_LANES`] numbers.
    ///
    /// # Safety
    /// As [`Radix::split`].
    unsafe fn reduce(number: Number<Self::Lanes, N>) -> (Self::Lanes, Self::Lanes);
}

/// The sum of two numbers, limb by limb.
#[inline(always)]
pub(super) fn add<V: Limbs, const N: usize>(mut a: Number<V, N>, b: Number<V, N>) -> Number<V, N> {
    for (a, b) in a.iter_mut().zip(b) {
        *a = a.add(b);
    }
    a
}

/// One-time keys (RFC 8439, section 2.6), a lane for each.
pub(super) struct Keys<V, const N: usize> {
    /// The point at which the polynomial is evaluated.
    pub(super) r: Number<V, N>,
    /// What is added in the end, as two halves.
    s: (V, V),
}

impl<V: Limbs, const N: usize> Keys<V, N> {
    /// # Safety
    /// The CPU has the register's instructions, and 32 bytes are readable at each place.
    #[inline(always)]
    pub(super) unsafe fn load<R: Radix<N, Lanes = V>>(from: &[*const u8; MAX_LANES]) -> Self {
        // SAFETY: the caller's promise.
        unsafe {
            let (low, high) = V::gather_blocks(from, 0);
            let low = low.and(V::splat(0x0fff_fffc_0fff_ffff));
            let high = high.and(V::splat(0x0fff_fffc_0fff_fffc));
            Self { r: R::split(low, high, V::splat(0)), s: V::gather_blocks(from, 16) }
        }
    }

    /// The tags of `hashes`.
    ///
    /// # Safety
    /// The CPU has the register's instructions.
    #[inline(always)]
    pub(super) unsafe fn tags<R: Radix<N, Lanes = V>>(&self, hashes: Number<V, N>) -> Tags {
        let mut tags = Tags { low: [0; MAX_LANES], high: [0; MAX_LANES] };
        let (s_low, s_high) = self.s;
        // SAFETY: the caller's promise; there are not more than `MAX_LANES` lanes.
        unsafe {
            let (low, high) = R::reduce(hashes);
            let sum = low.add(s_low);
            // The highest bit says whether the sum did not fit: both had it, or one of them while the sum has not.
            let carry = sum.not_and(low.or(s_low)).or(low.and(s_low)).shift_right::<63>();
            sum.store(tags.low.as_mut_ptr());
            high.add(s_high).add(carry).store(tags.high.as_mut_ptr());
        }
        tags
    }
}

/// The halves of the tag of each lane.
pub(super) struct Tags {
    low: [u64; MAX_LANES],
    high: [u64; MAX_LANES],
}

impl Tags {
    #[inline(always)]
    pub(super) fn get(&self, lane: usize) -> [u8; 16] {
        (u128::from(self.low[lane]) | u128::from(self.high[lane]) << 64).to_le_bytes()
    }
}
