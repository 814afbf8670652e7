//! S2's record encryption, byte for byte: formats 0x01 (`aegis256`) and 0x02 (`aes256gcm`).
//!
//! ```text
//! stored record:    magic (1) || metered size (1..3) || payload                      of a command, an envelope, or an
//! encrypted record: format id (1) || nonce || ciphertext of an envelope || tag (16)  associated data: the stream's id
//! envelope:         flag (1) || [count || count x (name length || name || value length || value)] || body
//! ```
//!
//! [`RecordCodec`](super::RecordCodec) seals and opens encrypted records, whose plaintext is an encoded [`Envelope`];
//! [`StoredRecord`] is the frame around them, with the size that S2 bills; [`Command`] is what stays in clear. Integers are
//! big-endian; `docs/format.md` says all of it.
//!
//! The key is used as it is. A record is bound to its stream and to nothing else: whoever can write the storage can put
//! records of one stream into another order, repeat them, or leave some out.

mod answer;
mod codec;
mod command;
mod encrypted;
mod envelope;
mod key;
mod reader;
mod stored;
mod stream_id;

pub use answer::{Answer, Status, answer};
pub(super) use codec::Codec;
pub use codec::MAX_AES256GCM_SEQUENCE;
pub use command::{Command, MAX_FENCING_TOKEN_LENGTH};
pub(super) use encrypted::overhead;
pub use envelope::{Envelope, Header, MAX_METERED_SIZE};
pub use key::{KEY_HEADER, key_from_header};
pub use stored::{Opened, StoredRecord};
pub use stream_id::StreamId;
