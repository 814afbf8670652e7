//! Runs a function one instruction at a time and notes where each stands.
//!
//! With its trap flag set, an x86 CPU interrupts after every instruction (Intel's manual, volume 3, section 17.4.1.4); Linux makes
//! a signal of it, whose handler sees the address of the next.
#![allow(unsafe_code)] // a signal handler, and the flag, which only assembly reaches

use std::arch::asm;
use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};

/// Where the next address goes, and how many more there is room for.
static NEXT: AtomicPtr<usize> = AtomicPtr::new(ptr::null_mut());
static ROOM: AtomicUsize = AtomicUsize::new(0);

/// The addresses of the instructions that `work` executes, at most `room` of them.
pub(crate) fn addresses(room: usize, work: impl FnOnce()) -> Vec<usize> {
    let mut addresses: Vec<usize> = Vec::with_capacity(room);
    NEXT.store(addresses.as_mut_ptr(), Ordering::Relaxed);
    ROOM.store(room, Ordering::Relaxed);
    // SAFETY: `note` does what a handler may: it stores to memory that is reserved for it.
    let before = unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        let mut before: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = note as *const () as usize;
        action.sa_flags = libc::SA_SIGINFO;
        assert_eq!(libc::sigaction(libc::SIGTRAP, &raw const action, &raw mut before), 0);
        before
    };
    // SAFETY: the flag is set and cleared in assembly that leaves the stack as it was; in between each instruction
    // raises the signal that `note` handles.
    unsafe { asm!("pushfq", "or qword ptr [rsp], 0x100", "popfq") };
    work();
    // SAFETY: as above.
    unsafe { asm!("pushfq", "and qword ptr [rsp], ~0x100", "popfq") };
    // SAFETY: what was set before is valid; `note` has written as many elements as it has moved `NEXT`, which is no
    // more than `room`.
    unsafe {
        assert_eq!(libc::sigaction(libc::SIGTRAP, &raw const before, ptr::null_mut()), 0);
        addresses.set_len(room - ROOM.load(Ordering::Relaxed));
    }
    addresses
}

extern "C" fn note(_signal: libc::c_int, _info: *mut libc::siginfo_t, context: *mut libc::c_void) {
    let room = ROOM.load(Ordering::Relaxed);
    if room == 0 {
        return;
    }
    // SAFETY: the kernel hands over the interrupted context; `NEXT` points to an element that is there, as `ROOM` is
    // not 0, and nothing else has a reference to it.
    unsafe {
        let registers = &(*context.cast::<libc::ucontext_t>()).uc_mcontext.gregs;
        let next = NEXT.load(Ordering::Relaxed);
        next.write(registers[libc::REG_RIP as usize] as usize);
        NEXT.store(next.add(1), Ordering::Relaxed);
    }
    ROOM.store(room - 1, Ordering::Relaxed);
}
