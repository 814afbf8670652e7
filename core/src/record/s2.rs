//! S2's record encryption: formats 0x01 and 0x02.

mod codec;
mod encrypted;
mod envelope;
mod reader;
mod stream_id;

pub(super) use codec::Codec;
pub use codec::MAX_AES256GCM_SEQUENCE;
pub use encrypted::overhead;
pub use envelope::{Envelope, Header, MAX_METERED_SIZE};
pub use stream_id::StreamId;
