//! What every function of the ABI does at the border: it catches panics, checks pointers, and hands out handles.
//!
//! The argument for the soundness of this crate has three parts, which the comments on the unsafe blocks refer to by
//! name:
//!
//! * **caller**: the header's introduction demands of a pointer that is not NULL that it points to what its parameter
//!   says, for as long as the call lasts, and that nobody else writes there meanwhile.
//! * **handle**: only [`handle::make`] makes handles, from boxes, and [`handle::free`] ends them; both are found by the
//!   type tag that each handle begins with.
//! * **apart**: no memory is borrowed as writable before [`buffers`] has compared it with all other buffers of the call.

pub(crate) mod buffers;
pub(crate) mod call;
pub(crate) mod handle;
pub(crate) mod runs;
pub(crate) mod strings;
