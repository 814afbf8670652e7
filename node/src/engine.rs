//! Engines by name.

use napi_derive::napi;

/// Those that this CPU runs, the best last.
#[napi]
pub fn engines() -> Vec<&'static str> {
    pagecrypt::available_engines().map(pagecrypt::Engine::name).collect()
}
