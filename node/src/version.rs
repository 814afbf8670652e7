//! The library's version.

use napi_derive::napi;

/// As in package.json.
#[napi]
pub fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}
