//! Envelopes: what is encrypted, headers and a body.

use alloc::vec::Vec;
use core::fmt;

use super::reader::Reader;
use crate::error::Error;

/// The largest metered size of a record, in bytes: an envelope without headers has room for a body of 1,048,568.
pub const MAX_METERED_SIZE: u64 = 1 << 20;

/// Headers and body of a record: the plaintext of an encrypted one.
///
/// Names may repeat, and the order is kept. A name is not empty: a header with an empty name is how S2's clients ask for
/// a [`Command`](super::Command), which is something else here.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Envelope<'a> {
    /// The headers, in their order.
    pub headers: Vec<Header<'a>>,
    /// The body.
    pub body: &'a [u8],
}

/// A header of an envelope.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Header<'a> {
    /// The name, which is not empty.
    pub name: &'a [u8],
    /// The value.
    pub value: &'a [u8],
}

impl<'a> Envelope<'a> {
    /// Reads an encoded envelope, also one that another writer could have written shorter.
    ///
    /// # Errors
    /// [`Error::Malformed`] with the part that is wrong.
    pub fn decode(bytes: &'a [u8]) -> Result<Self, Error> {
        let mut headers = Vec::new(); // its length follows what is there, not what is declared
        let body = read(bytes, |header| headers.push(header))?;
        Ok(Self { headers, body })
    }

    /// Reads an encoded envelope that was opened, and compares its metered size with what was stored beside the record.
    ///
    /// # Errors
    /// As [`decode`](Self::decode); [`Error::MeteredSize`].
    pub fn decode_metered(bytes: &'a [u8], stored: u64) -> Result<Self, Error> {
        let envelope = Self::decode(bytes)?;
        match envelope.metered_size() {
            actual if actual == stored => Ok(envelope),
            actual => Err(Error::MeteredSize { stored, actual }),
        }
    }

    /// Writes the envelope in its shortest form, as S2 does.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] for an empty name, or a metered size above [`MAX_METERED_SIZE`].
    pub fn encode(&self) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        self.encode_to(&mut bytes)?;
        Ok(bytes)
    }

    /// Appends what [`encode`](Self::encode) writes to a buffer, which may hold other envelopes, too: many records need no
    /// allocation each.
    ///
    /// # Errors
    /// As [`encode`](Self::encode); the buffer is as before then.
    pub fn encode_to(&self, bytes: &mut Vec<u8>) -> Result<(), Error> {
        if self.headers.iter().any(|header| header.name.is_empty()) {
            return Err(Error::InvalidArgument("the name of a header is empty"));
        }
        check_metered_size(self.metered_size())?;
        let widths = Widths::of(&self.headers);
        bytes.reserve(self.encoded_length());
        bytes.push(widths.flag());
        put_number(bytes, self.headers.len(), widths.count);
        for Header { name, value } in &self.headers {
            put_number(bytes, name.len(), widths.name);
            bytes.extend_from_slice(name);
            put_number(bytes, value.len(), widths.value);
            bytes.extend_from_slice(value);
        }
        bytes.extend_from_slice(self.body);
        Ok(())
    }

    /// Length of what [`encode`](Self::encode) writes, in bytes.
    #[must_use]
    pub fn encoded_length(&self) -> usize {
        let widths = Widths::of(&self.headers);
        self.headers
            .iter()
            .map(|header| widths.name + header.name.len() + widths.value + header.value.len())
            .fold(1 + widths.count + self.body.len(), usize::saturating_add)
    }

    /// What S2 counts for a record with this envelope, encrypted or not, in bytes.
    #[must_use]
    pub fn metered_size(&self) -> u64 {
        self.headers
            .iter()
            .map(Header::metered_size)
            .fold(metered_size_of_body(self.body), u64::saturating_add)
    }
}

impl Header<'_> {
    fn metered_size(&self) -> u64 {
        2 + self.name.len() as u64 + self.value.len() as u64
    }
}

impl fmt::Debug for Envelope<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Envelope")
            .field("headers", &self.headers.len())
            .field("body_length", &self.body.len())
            .finish()
    }
}

impl fmt::Debug for Header<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Header")
            .field("name_length", &self.name.len())
            .field("value_length", &self.value.len())
            .finish()
    }
}

/// Whether this is an envelope that can be sealed.
pub(super) fn check(bytes: &[u8]) -> Result<(), Error> {
    let mut headers = 0_u64;
    let body = read(bytes, |header| headers = headers.saturating_add(header.metered_size()))?;
    check_metered_size(metered_size_of_body(body).saturating_add(headers))
}

fn metered_size_of_body(body: &[u8]) -> u64 {
    8 + body.len() as u64
}

pub(super) fn check_metered_size(size: u64) -> Result<(), Error> {
    if size <= MAX_METERED_SIZE {
        Ok(())
    } else {
        Err(Error::InvalidArgument("a record of S2 is metered at 1 MiB at most"))
    }
}

/// Hands over each header as it is found, and gives the body.
fn read<'a>(bytes: &'a [u8], mut found: impl FnMut(Header<'a>)) -> Result<&'a [u8], Error> {
    let mut reader = Reader::new(bytes);
    let flag = reader.byte("an envelope without its first byte")?;
    let widths = Widths::from_flag(flag)?;
    if widths.count > 0 {
        for _ in 0..reader.number(widths.count, "an envelope's count of headers is cut off")? {
            let name = reader.number(widths.name, "the length of a header's name is cut off")?;
            if name == 0 {
                return Err(Error::Malformed("the name of a header is empty"));
            }
            let name = reader.bytes(name, "the name of a header is cut off")?;
            let value = reader.number(widths.value, "the length of a header's value is cut off")?;
            let value = reader.bytes(value, "the value of a header is cut off")?;
            found(Header { name, value });
        }
    }
    Ok(reader.rest())
}

/// How many bytes numbers take.
struct Widths {
    count: usize,
    name: usize,
    value: usize,
}

impl Widths {
    /// The least that these headers need.
    fn of(headers: &[Header<'_>]) -> Self {
        let least = |length: fn(&Header<'_>) -> usize| width(headers.iter().map(length).max().unwrap_or(0));
        Self {
            count: if headers.is_empty() { 0 } else { width(headers.len()) },
            name: least(|header| header.name.len()),
            value: least(|header| header.value.len()),
        }
    }

    fn from_flag(flag: u8) -> Result<Self, Error> {
        if flag >> 6 != 0 {
            return Err(Error::Malformed("reserved bits of an envelope's first byte are set"));
        }
        let bits = |shift: u8| usize::from(flag >> shift & 3);
        Ok(Self { count: bits(4), name: bits(2) + 1, value: bits(0) + 1 })
    }

    /// Of what [`check_metered_size`] lets pass: no width is above 3.
    fn flag(&self) -> u8 {
        (self.count << 4 | (self.name - 1) << 2 | (self.value - 1)) as u8
    }
}

/// The least number of bytes that holds `number`, at least one.
fn width(number: usize) -> usize {
    (number.checked_ilog2().unwrap_or(0) / 8 + 1) as usize
}

fn put_number(bytes: &mut Vec<u8>, number: usize, width: usize) {
    bytes.extend_from_slice(&(number as u64).to_be_bytes()[8 - width..]);
}
