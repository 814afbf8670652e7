//! The addon of the Node package `libpagecrypt`.

use napi_derive as _;
