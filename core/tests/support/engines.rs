//! One key on every engine that this CPU runs, and a visible line for each engine that it does not.
#![allow(dead_code)] // not every test crate uses all of it

use std::io::Write;
use std::sync::Once;

use pagecrypt::{Cipher, Engine, Key};

/// Names of engines, with commas between, that another run tests: an emulated CPU has no time for them.
const LEFT_OUT: &str = "PAGECRYPT_TEST_NOT_ON";

/// A key of `bytes` on each engine that serves `cipher` here, the portable or only one first. Where [`LEFT_OUT`] names
/// all of them, on the best.
pub(crate) fn keys(cipher: Cipher, bytes: &[u8]) -> Vec<Key> {
    let left_out = std::env::var(LEFT_OUT).unwrap_or_default();
    report_absent(&left_out);
    let any = Key::from_bytes(bytes, cipher).unwrap();
    let mut keys: Vec<Key> = Vec::new();
    for ceiling in pagecrypt::available_engines() {
        let key = any.with_engine(ceiling).unwrap();
        // Below its first engine and between two of them, a ceiling gives an engine that is there already.
        if keys.iter().all(|other| other.engine() != key.engine()) {
            keys.push(key);
        }
    }
    let best = keys.pop().unwrap_or_else(|| panic!("{cipher} has no engine"));
    keys.retain(|key| !is_named(&left_out, key.engine()));
    keys.push(best);
    keys
}

/// One in how many of thousands of cases alike a run does: all of them, or few where [`LEFT_OUT`] says that it is emulated.
pub(crate) fn stride() -> usize {
    if std::env::var_os(LEFT_OUT).is_some() { 13 } else { 1 }
}

/// Says once which engines are not tested. Written past the harness, which hides what passing tests print.
fn report_absent(left_out: &str) {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        for engine in Engine::ALL {
            let reason = if !engine.is_available() {
                "this CPU does not run it"
            } else if is_named(left_out, engine) {
                LEFT_OUT
            } else {
                continue;
            };
            let _ = writeln!(std::io::stderr(), "SKIPPED: engine {engine} is not tested: {reason}");
        }
    });
}

fn is_named(names: &str, engine: Engine) -> bool {
    names.split(',').any(|name| name == engine.name())
}
