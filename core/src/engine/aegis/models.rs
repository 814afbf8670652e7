//! That it does not matter in which registers messages are worked on: every shape of them, of lanes in plain Rust.
//! Compiled for `make test-features` only, without optimisation, which would take minutes.

use std::vec::Vec;

use super::construction::{Aegis128, Aegis256, Family};
use super::portable::Blocks;
use super::register::Register;
use super::tests::check;
use super::{Schedule, Variant, batch};
use crate::engine::message::{Checked, Message};

/// Seals and opens `batches` in the registers `One` and `Many` of the model, and compares with the portable engine, one
/// message after the other.
fn check_registers<F, const RATE: usize, const D: usize, One, Many>(variant: Variant)
where
    F: Family<RATE>,
    One: Register,
    Many: Register,
{
    let key: Vec<u8> = (0..F::KEY_LENGTH as u8).map(|i| i.wrapping_mul(37) ^ 0x5b).collect();
    let mut schedule = Schedule::ZERO;
    // SAFETY: the register of the model needs nothing of the CPU; the key has the family's length.
    unsafe { batch::run_expand::<F, RATE, D, Blocks<1>>(&key, &mut schedule) };
    check(variant, &key, &mut |messages, open| {
        if open {
            messages.open(|batch| run::<F, RATE, D, One, Many, _>(&schedule, batch));
        } else {
            messages.seal(|batch| run::<F, RATE, D, One, Many, _>(&schedule, batch));
        }
    });
}

/// What [`batch::by_variant`] does, given the registers.
fn run<F, const RATE: usize, const D: usize, One, Many, M>(schedule: &Schedule, batch: Checked<'_, M>)
where
    F: Family<RATE>,
    One: Register,
    Many: Register,
    M: Message,
{
    let parts = batch.split(batch::together::<Many, D>());
    // SAFETY: the registers of the model need nothing of the CPU; lengths are checked.
    unsafe {
        batch::run_alike::<F, RATE, D, Many, M, true>(schedule, parts.groups);
        if !parts.others.is_empty() && parts.alike {
            batch::run_alike::<F, RATE, D, Many, M, false>(schedule, parts.others);
        } else {
            batch::run_mixed::<F, RATE, D, One, Many, M>(schedule, parts.others);
        }
        batch::run_alike::<F, RATE, D, One, M, true>(schedule, parts.one);
    }
}

/// Every shape of registers that an engine uses, of lanes in plain Rust.
#[test]
fn the_choice_of_registers_does_not_change_a_byte() {
    type B<const L: usize> = Blocks<L>;
    check_registers::<Aegis128, 2, 1, B<1>, [B<1>; 2]>(Variant::Aegis128l);
    check_registers::<Aegis128, 2, 1, B<1>, [B<2>; 2]>(Variant::Aegis128l);
    check_registers::<Aegis128, 2, 1, B<1>, B<4>>(Variant::Aegis128l);
    check_registers::<Aegis128, 2, 2, B<2>, [B<4>; 2]>(Variant::Aegis128x2);
    check_registers::<Aegis256, 1, 1, B<1>, B<4>>(Variant::Aegis256);
    check_registers::<Aegis256, 1, 2, B<2>, [B<4>; 2]>(Variant::Aegis256x2);
    check_registers::<Aegis128, 2, 2, B<1>, B<1>>(Variant::Aegis128x2);
    check_registers::<Aegis128, 2, 2, B<2>, [B<2>; 2]>(Variant::Aegis128x2);
    check_registers::<Aegis128, 2, 4, B<2>, B<2>>(Variant::Aegis128x4);
    check_registers::<Aegis128, 2, 4, B<4>, [B<4>; 2]>(Variant::Aegis128x4);
    check_registers::<Aegis256, 1, 1, B<1>, [B<1>; 3]>(Variant::Aegis256);
    check_registers::<Aegis256, 1, 1, B<1>, [B<2>; 2]>(Variant::Aegis256);
    check_registers::<Aegis256, 1, 2, [B<1>; 2], [B<1>; 2]>(Variant::Aegis256x2);
    check_registers::<Aegis256, 1, 4, [B<1>; 2], [B<1>; 2]>(Variant::Aegis256x4);
    check_registers::<Aegis256, 1, 4, [B<2>; 2], [B<2>; 2]>(Variant::Aegis256x4);
}
