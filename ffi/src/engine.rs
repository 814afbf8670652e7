//! Engines
//!
//! Implementations of the ciphers for the CPUs there are. A key holds the best one that its CPU runs.

use std::ffi::{CStr, c_char};
use std::ptr;

use pagecrypt::{Engine, Error};

use crate::border::call::{call, clear, set, value};
use crate::border::strings;
use crate::error::pagecrypt_error;
use crate::status::pagecrypt_status;

/// An engine's number. Numbers say nothing about order: pagecrypt_engines lists the better after the worse.
#[allow(non_camel_case_types, reason = "the name that C uses")]
pub type pagecrypt_engine = i32;
/// Constant-time code for every CPU.
pub const PAGECRYPT_ENGINE_PORTABLE: pagecrypt_engine = 1;
/// The RustCrypto crates, which choose among implementations of their own.
pub const PAGECRYPT_ENGINE_RUSTCRYPTO: pagecrypt_engine = 2;
/// x86-64 with AES-NI: registers of 128 bits.
pub const PAGECRYPT_ENGINE_AESNI: pagecrypt_engine = 3;
/// x86-64 with VAES and AVX2: registers of 256 bits.
pub const PAGECRYPT_ENGINE_VAES256: pagecrypt_engine = 4;
/// x86-64 with VAES and AVX-512: registers of 512 bits.
pub const PAGECRYPT_ENGINE_VAES512: pagecrypt_engine = 5;
/// 64-bit ARM with the AES instructions of ARMv8.
pub const PAGECRYPT_ENGINE_ARMV8: pagecrypt_engine = 6;
/// x86-64 with AVX2: registers of 256 bits.
pub const PAGECRYPT_ENGINE_AVX2: pagecrypt_engine = 7;
/// x86-64 with AVX-512: registers of 512 bits.
pub const PAGECRYPT_ENGINE_AVX512: pagecrypt_engine = 8;
/// x86-64 with AVX-512 and its 52-bit multiplications (IFMA).
pub const PAGECRYPT_ENGINE_AVX512IFMA: pagecrypt_engine = 9;
/// 64-bit ARM: registers of 128 bits.
pub const PAGECRYPT_ENGINE_NEON: pagecrypt_engine = 10;

struct Row {
    engine: Engine,
    number: pagecrypt_engine,
    name: &'static CStr,
}

const fn row(engine: Engine, number: pagecrypt_engine, name: &'static CStr) -> Row {
    Row { engine, number, name }
}

const ROWS: [Row; 10] = [
    row(Engine::Portable, PAGECRYPT_ENGINE_PORTABLE, c"portable"),
    row(Engine::RustCrypto, PAGECRYPT_ENGINE_RUSTCRYPTO, c"rustcrypto"),
    row(Engine::AesNi, PAGECRYPT_ENGINE_AESNI, c"aesni"),
    row(Engine::Avx2, PAGECRYPT_ENGINE_AVX2, c"avx2"),
    row(Engine::Vaes256, PAGECRYPT_ENGINE_VAES256, c"vaes256"),
    row(Engine::Avx512, PAGECRYPT_ENGINE_AVX512, c"avx512"),
    row(Engine::Avx512Ifma, PAGECRYPT_ENGINE_AVX512IFMA, c"avx512ifma"),
    row(Engine::Vaes512, PAGECRYPT_ENGINE_VAES512, c"vaes512"),
    row(Engine::Neon, PAGECRYPT_ENGINE_NEON, c"neon"),
    row(Engine::Armv8, PAGECRYPT_ENGINE_ARMV8, c"armv8"),
];

static NUMBERS: [pagecrypt_engine; 10] = [
    PAGECRYPT_ENGINE_PORTABLE,
    PAGECRYPT_ENGINE_RUSTCRYPTO,
    PAGECRYPT_ENGINE_AESNI,
    PAGECRYPT_ENGINE_AVX2,
    PAGECRYPT_ENGINE_VAES256,
    PAGECRYPT_ENGINE_AVX512,
    PAGECRYPT_ENGINE_AVX512IFMA,
    PAGECRYPT_ENGINE_VAES512,
    PAGECRYPT_ENGINE_NEON,
    PAGECRYPT_ENGINE_ARMV8,
];

/// The numbers of all engines, whether they run here or not, the better of one architecture after the worse; `*length`
/// becomes how many there are. Static.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_engines(length: *mut usize) -> *const pagecrypt_engine {
    // Safety: caller.
    unsafe { set(length, NUMBERS.len()) };
    NUMBERS.as_ptr()
}

/// The engine's name, for example "vaes512"; NULL for a number that no engine has. Static.
#[unsafe(no_mangle)]
pub extern "C" fn pagecrypt_engine_name(engine: pagecrypt_engine) -> *const c_char {
    find(engine).map_or(ptr::null(), |row| row.name.as_ptr())
}

/// Whether this CPU runs the engine; false for a number that no engine has.
#[unsafe(no_mangle)]
pub extern "C" fn pagecrypt_engine_is_available(engine: pagecrypt_engine) -> bool {
    value(false, || find(engine).map(|row| row.engine.is_available()))
}

/// Reads the name of an engine that runs on this CPU, in any case.
///
/// Errors: PAGECRYPT_ERROR_UNKNOWN_ENGINE, whose message lists what there is.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pagecrypt_engine_from_name(
    name: *const c_char,
    engine: *mut pagecrypt_engine,
    error: *mut *mut pagecrypt_error,
) -> pagecrypt_status {
    // Safety: caller.
    unsafe {
        clear(engine);
        call(error, || {
            if engine.is_null() {
                return Err(Error::InvalidArgument("`engine` is NULL"));
            }
            let found: Engine = strings::name(name)?.parse()?;
            set(engine, number_of_engine(found));
            Ok(())
        })
    }
}

/// The engine with this number.
pub(crate) fn engine_of_number(number: pagecrypt_engine) -> Result<Engine, Error> {
    find(number).map(|row| row.engine).ok_or(Error::UnknownEngine)
}

/// 0 for an engine that is not in the table, which a test rules out.
pub(crate) fn number_of_engine(engine: Engine) -> pagecrypt_engine {
    ROWS.iter().find(|row| row.engine == engine).map_or(0, |row| row.number)
}

fn find(number: pagecrypt_engine) -> Option<&'static Row> {
    ROWS.iter().find(|row| row.number == number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_engines_are_the_cores() {
        assert_eq!(ROWS.map(|row| row.engine), Engine::ALL);
        assert_eq!(ROWS.map(|row| row.number), NUMBERS);
        let mut numbers = NUMBERS;
        numbers.sort_unstable();
        assert!(numbers.into_iter().eq(1..=10));
        assert!(ROWS.iter().all(|row| row.name.to_str() == Ok(row.engine.name())));
    }
}
