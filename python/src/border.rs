//! The border to memory that Python owns. Unsafe code stands below here only.

pub(crate) mod buffer;
pub(crate) mod bytes;
