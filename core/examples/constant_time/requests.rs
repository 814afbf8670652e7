//! Requests to valgrind's memcheck, which takes secrets for uninitialised memory: it reports every branch and every
//! address that depends on them (the idea is Adam Langley's ctgrind of 2010).
//!
//! Such a request is a sequence of instructions that does nothing on a CPU (section 3.1 of valgrind's manual); the numbers
//! are those of its headers `valgrind.h` and `memcheck.h`.
#![allow(unsafe_code)] // the request is inline assembly

use std::arch::asm;

const RUNNING_ON_VALGRIND: usize = 0x1001;
const COUNT_ERRORS: usize = 0x1201;
const MAKE_MEM_UNDEFINED: usize = memcheck(1);
const MAKE_MEM_DEFINED: usize = memcheck(2);
const GET_VBITS: usize = memcheck(8);

const fn memcheck(number: usize) -> usize {
    (b'M' as usize) << 24 | (b'C' as usize) << 16 | number
}

/// Whether valgrind runs this program.
pub(crate) fn valgrind_is_there() -> bool {
    request(RUNNING_ON_VALGRIND, [0; 3]) > 0
}

/// How many errors memcheck has found, without those that it was told to suppress.
pub(crate) fn errors() -> usize {
    request(COUNT_ERRORS, [0; 3])
}

/// From here on, nothing may branch on these bytes, nor on what is computed from them.
pub(crate) fn mark_secret(bytes: &[u8]) {
    request(MAKE_MEM_UNDEFINED, [bytes.as_ptr().addr(), bytes.len(), 0]);
}

/// From here on, everything may.
pub(crate) fn mark_public<T: ?Sized>(value: &T) {
    request(MAKE_MEM_DEFINED, [std::ptr::from_ref(value).cast::<u8>().addr(), size_of_val(value), 0]);
}

/// Whether every byte depends on a secret.
pub(crate) fn is_secret(bytes: &[u8]) -> bool {
    let mut undefined = vec![0_u8; bytes.len()];
    let done = request(GET_VBITS, [bytes.as_ptr().addr(), undefined.as_mut_ptr().addr(), bytes.len()]);
    assert!(done == 1 || bytes.is_empty(), "memcheck knows nothing of these bytes");
    undefined.iter().all(|bits| *bits != 0)
}

/// Asks valgrind; without it, the answer is 0.
fn request(number: usize, [first, second, third]: [usize; 3]) -> usize {
    let request = [number, first, second, third, 0, 0];
    let mut answer = 0;
    // SAFETY: the rotations turn rdi by 128 bits in all and rbx is exchanged with itself, so that on a CPU nothing
    // changes but the flags. valgrind reads the six words that rax points to and writes its answer to rdx; of the
    // program's memory it writes the validity bits asked for, to a buffer as long as the bytes that they describe.
    unsafe {
        asm!(
            "rol rdi, 3", "rol rdi, 13", "rol rdi, 61", "rol rdi, 51",
            "xchg rbx, rbx",
            in("rax") request.as_ptr(),
            inout("rdx") answer,
            options(nostack),
        );
    }
    answer
}
