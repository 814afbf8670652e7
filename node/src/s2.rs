//! S2's streams: what its records are made of, as it stores them.

use std::fmt;

use napi::Env;
use napi::bindgen_prelude::{AsyncTask, BigInt, Buffer};
use napi_derive::napi;
use pagecrypt::record::s2::{self, Command, Envelope, Opened, StoredRecord, StreamId};
use pagecrypt::record::{self, s2::Header};
use pagecrypt::{Cipher, Error, ErrorCode, KeyTextProblem};
use zeroize::Zeroizing;

use crate::border::buffers::{Bytes, Copies};
use crate::border::handle::{Handle, New};
use crate::control::Control;
use crate::error::call;
use crate::job::{Job, Secret, buffer, start};
use crate::key::Key;
use crate::record::RecordCodec;

/// The id of a stream.
#[napi]
pub fn s2_stream_id(env: &Env, basin: String, stream: String) -> napi::Result<Buffer> {
    call(env, || StreamId::of(&basin, &stream).map(|id| Buffer::from(id.as_bytes().to_vec())))
}

/// The key of a header's value in UTF-8, which may be missing.
#[napi]
pub fn s2_key_from_header(env: &Env, value: Option<Bytes<'_>>, cipher: String) -> napi::Result<New<Key>> {
    call(env, || {
        let cipher: Cipher = cipher.parse()?;
        let Some(value) = value else {
            return s2::key_from_header(None, cipher).map(Key::new);
        };
        let value = value.read()?;
        let value =
            std::str::from_utf8(&value).map_err(|_| Error::KeyText(KeyTextProblem::Base64Characters))?;
        s2::key_from_header(value, cipher).map(Key::new)
    })
}

/// Encodes an envelope: its headers' names and values, one behind the other, and its body.
#[napi]
pub fn s2_envelope_encode(env: &Env, headers: Copies, body: Bytes<'_>) -> napi::Result<Buffer> {
    call(env, || {
        let headers = headers.take()?;
        let body = body.read()?;
        envelope(&headers, &body).encode().map(Buffer::from)
    })
}

/// What S2 counts for an envelope.
#[napi]
pub fn s2_metered_size(env: &Env, headers: Copies, body: Bytes<'_>) -> napi::Result<f64> {
    call(env, || {
        let headers = headers.take()?;
        let body = body.read()?;
        Ok(envelope(&headers, &body).metered_size() as f64)
    })
}

fn envelope<'a>(headers: &'a [Secret], body: &'a [u8]) -> Envelope<'a> {
    let (headers, _) = headers.as_chunks();
    Envelope { headers: headers.iter().map(|[name, value]| Header { name, value }).collect(), body }
}

/// Decodes an envelope, as a stored record in clear.
#[napi]
pub fn s2_envelope_decode(env: &Env, bytes: Bytes<'_>) -> napi::Result<S2Record> {
    call(env, || Ok(Parts::of_envelope(&Envelope::decode(&bytes.read()?)?))).map(S2Record::from)
}

/// Decodes a stored record.
#[napi]
pub fn s2_stored_decode(env: &Env, bytes: Bytes<'_>) -> napi::Result<S2Record> {
    call(env, || {
        Ok(match StoredRecord::decode(&bytes.read()?)? {
            StoredRecord::Command(command) => Parts::of_command(&command)?,
            StoredRecord::Plaintext(envelope) => Parts::of_envelope(&envelope),
            StoredRecord::Encrypted { metered_size, record } => {
                Parts { record: Some(record.to_vec()), ..Parts::new("encrypted", metered_size) }
            }
            _ => return Err(UNKNOWN_KIND),
        })
    })
    .map(S2Record::from)
}

/// A stored command that sets the fencing token.
#[napi]
pub fn s2_stored_fence(env: &Env, token: String) -> napi::Result<Buffer> {
    call(env, || StoredRecord::Command(Command::Fence(&token)).encode().map(Buffer::from))
}

/// A stored command that trims.
#[napi]
pub fn s2_stored_trim(env: &Env, point: BigInt) -> napi::Result<Buffer> {
    call(env, || {
        let (_, point, _) = point.get_u64();
        StoredRecord::Command(Command::Trim(point)).encode().map(Buffer::from)
    })
}

/// A stored envelope in clear.
#[napi]
pub fn s2_stored_plaintext(env: &Env, headers: Copies, body: Bytes<'_>) -> napi::Result<Buffer> {
    call(env, || {
        let headers = headers.take()?;
        let body = body.read()?;
        StoredRecord::Plaintext(envelope(&headers, &body)).encode().map(Buffer::from)
    })
}

/// A stored encrypted record.
#[napi]
pub fn s2_stored_encrypted(env: &Env, record: Bytes<'_>, metered_size: f64) -> napi::Result<Buffer> {
    call(env, || {
        let record = record.read()?;
        StoredRecord::Encrypted { metered_size: metered_size as u64, record: &record }
            .encode()
            .map(Buffer::from)
    })
}

/// Opens a stored record, as S2 does on reading.
#[napi]
pub fn s2_stored_open(env: &Env, codec: Handle<'_, RecordCodec>, bytes: Bytes<'_>) -> napi::Result<S2Record> {
    call(env, || open(&*codec.get()?, &bytes.read()?)).map(S2Record::from)
}

/// A copy, on the thread pool.
#[napi]
pub fn s2_stored_open_later(
    env: &Env,
    codec: Handle<'_, RecordCodec>,
    bytes: Bytes<'_>,
    control: Option<Handle<'_, Control>>,
) -> napi::Result<AsyncTask<Job<Parts, S2Record>>> {
    let (codec, bytes) = call(env, || Ok((codec.get()?, bytes.copy()?)))?;
    Ok(start(control, S2Record::from, move || open(&codec, &bytes)))
}

fn open(codec: &record::RecordCodec, bytes: &[u8]) -> Result<Parts, Error> {
    match StoredRecord::decode(bytes)?.open(codec)? {
        Opened::Command(command) => Parts::of_command(&command),
        Opened::Envelope(plaintext) => {
            let plaintext = Zeroizing::new(plaintext);
            Ok(Parts::of_envelope(&Envelope::decode(&plaintext)?))
        }
        _ => Err(UNKNOWN_KIND),
    }
}

const UNKNOWN_KIND: Error = Error::Internal("a kind of stored record that the binding does not know");

/// What a stored record holds, apart from JavaScript's memory.
pub struct Parts {
    kind: &'static str,
    metered_size: u64,
    token: Option<String>,
    point: Option<u64>,
    headers: Option<Vec<(Secret, Secret)>>,
    body: Option<Secret>,
    record: Option<Vec<u8>>,
}

impl Parts {
    fn new(kind: &'static str, metered_size: u64) -> Self {
        Self { kind, metered_size, token: None, point: None, headers: None, body: None, record: None }
    }

    fn of_command(command: &Command<'_>) -> Result<Self, Error> {
        let size = command.metered_size();
        match command {
            Command::Fence(token) => {
                Ok(Self { token: Some((*token).to_owned()), ..Self::new("fence", size) })
            }
            Command::Trim(point) => Ok(Self { point: Some(*point), ..Self::new("trim", size) }),
            _ => Err(UNKNOWN_KIND),
        }
    }

    fn of_envelope(envelope: &Envelope<'_>) -> Self {
        let secret = |bytes: &[u8]| Zeroizing::new(bytes.to_vec());
        let headers = envelope.headers.iter().map(|header| (secret(header.name), secret(header.value)));
        Self {
            headers: Some(headers.collect()),
            body: Some(secret(envelope.body)),
            ..Self::new("plaintext", envelope.metered_size())
        }
    }
}

impl fmt::Debug for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parts").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// A header of an envelope.
#[napi(object, object_from_js = false)]
pub struct S2Header {
    /// Its name.
    pub name: Buffer,
    /// Its value.
    pub value: Buffer,
}

impl fmt::Debug for S2Header {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S2Header").finish_non_exhaustive()
    }
}

/// A stored record: what its kind has of it.
#[napi(object, object_from_js = false)]
pub struct S2Record {
    /// `fence`, `trim`, `plaintext` or `encrypted`.
    pub kind: String,
    /// What S2 counts for it.
    pub metered_size: f64,
    /// Of a fence.
    pub token: Option<String>,
    /// Of a trim.
    pub point: Option<BigInt>,
    /// Of an envelope.
    pub headers: Option<Vec<S2Header>>,
    /// Of an envelope.
    pub body: Option<Buffer>,
    /// What is encrypted.
    pub record: Option<Buffer>,
}

impl fmt::Debug for S2Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S2Record").field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl From<Parts> for S2Record {
    fn from(parts: Parts) -> Self {
        let header = |(name, value)| S2Header { name: buffer(name), value: buffer(value) };
        Self {
            kind: parts.kind.to_owned(),
            metered_size: parts.metered_size as f64, // at most 2^24 of what is read
            token: parts.token,
            point: parts.point.map(BigInt::from),
            headers: parts.headers.map(|headers| headers.into_iter().map(header).collect()),
            body: parts.body.map(buffer),
            record: parts.record.map(Buffer::from),
        }
    }
}

/// An HTTP status and the code in its body.
#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct S2Status {
    /// For example 422.
    pub http: u32,
    /// For example `invalid`.
    pub code: String,
}

/// What S2 answers.
#[napi(object, object_from_js = false, use_nullable = true)]
#[derive(Debug)]
pub struct S2Answer {
    /// As it is documented.
    pub documented: Option<S2Status>,
    /// As its open-source server does.
    pub lite: S2Status,
}

/// What S2 answers where an error with this code is met.
#[napi]
pub fn s2_answer(code: String) -> Option<S2Answer> {
    let status = |status: s2::Status| S2Status { http: status.http.into(), code: status.code.to_owned() };
    let code = ErrorCode::ALL.iter().find(|known| known.name() == code)?;
    let answer = s2::answer(*code)?;
    Some(S2Answer { documented: answer.documented.map(status), lite: status(answer.lite) })
}
