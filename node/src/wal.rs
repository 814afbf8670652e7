//! Write-ahead logs.

use std::cell::RefCell;

use napi::Env;
use napi::bindgen_prelude::{AsyncTask, Buffer};
use napi_derive::napi;
use pagecrypt::Error;
use pagecrypt::page::wal::{ByteOrder, Chain, FRAME_HEADER_LENGTH, FrameHeader, Header};

use crate::border::buffers::{Bytes, TextBytes, text};
use crate::border::handle::{Handle, New};
use crate::control::Control;
use crate::error::call;
use crate::job::{Job, OpenedJob, Secret, buffer, give_opened, opened, start};
use crate::page::{PageCodec, copy_of};

/// The header of a log.
#[napi(object)]
#[derive(Debug)]
pub struct WalHeader {
    /// `little` or `big`.
    pub byte_order: String,
    /// Bytes.
    pub page_size: f64,
    /// How often the log was checkpointed.
    pub checkpoint: u32,
    /// Two of them.
    pub salts: Vec<u32>,
}

impl From<&Header> for WalHeader {
    fn from(header: &Header) -> Self {
        let byte_order = match header.byte_order {
            ByteOrder::Little => "little",
            ByteOrder::Big => "big",
        };
        Self {
            byte_order: byte_order.to_owned(),
            page_size: header.page_size as f64,
            checkpoint: header.checkpoint,
            salts: header.salts.to_vec(),
        }
    }
}

/// Reads the first 32 bytes of a log.
#[napi]
pub fn parse_wal_header(env: &Env, bytes: Bytes<'_>) -> napi::Result<WalHeader> {
    call(env, || Ok(WalHeader::from(&Header::parse(&bytes.read()?)?)))
}

/// The header's 32 bytes.
#[napi]
pub fn wal_header_bytes(env: &Env, header: WalHeader) -> napi::Result<Buffer> {
    call(env, || {
        let byte_order = match header.byte_order.as_str() {
            "little" => ByteOrder::Little,
            "big" => ByteOrder::Big,
            _ => return Err(Error::InvalidArgument("the byte orders are little and big")),
        };
        let salts = pair(&header.salts)?;
        let header = Header::new(byte_order, header.page_size as usize, header.checkpoint, salts)?;
        Ok(Buffer::from(header.to_bytes().to_vec()))
    })
}

/// The header of a frame.
#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct WalFrameHeader {
    /// The page that the frame holds.
    pub page: u32,
    /// Of a transaction's last frame: the database's size in pages; else 0.
    pub commit_size: u32,
    /// Two of them.
    pub salts: Vec<u32>,
    /// Two of them.
    pub checksum: Vec<u32>,
}

/// Reads the first 24 bytes of a frame.
#[napi]
pub fn parse_wal_frame_header(env: &Env, bytes: Bytes<'_>) -> napi::Result<WalFrameHeader> {
    call(env, || {
        let header = FrameHeader::parse(&bytes.read()?)?;
        Ok(WalFrameHeader {
            page: header.page,
            commit_size: header.commit_size,
            salts: header.salts.to_vec(),
            checksum: header.checksum.to_vec(),
        })
    })
}

/// The checksum chain over a log.
#[derive(Debug)]
pub struct WalChain {
    chain: RefCell<Chain>,
    header: Header,
}

/// The chain before the first frame, or behind one that holds `checksum`.
#[napi]
pub fn chain_new(env: &Env, checksum: Option<Vec<u32>>, header: Bytes<'_>) -> napi::Result<New<WalChain>> {
    call(env, || {
        let header = Header::parse(&header.read()?)?;
        let chain = match checksum {
            None => Chain::start(&header),
            Some(checksum) => Chain::resume(&header, pair(&checksum)?),
        };
        Ok(New(WalChain { chain: RefCell::new(chain), header }))
    })
}

/// Behind the last frame.
#[napi]
pub fn chain_checksum(chain: Handle<'_, WalChain>) -> Vec<u32> {
    chain.chain.borrow().checksum().to_vec()
}

/// Whether the frame is the log's next one.
#[napi]
pub fn chain_accept(env: &Env, chain: Handle<'_, WalChain>, frame: Bytes<'_>) -> napi::Result<bool> {
    call(env, || {
        let frame = frame.read()?;
        let expected = FRAME_HEADER_LENGTH + chain.header.page_size;
        if frame.len() != expected {
            return Err(Error::BufferLength { expected, got: frame.len() });
        }
        Ok(chain.chain.borrow_mut().accept(&frame))
    })
}

/// Goes on behind a frame that holds `checksum`.
#[napi]
pub fn chain_advance(env: &Env, chain: Handle<'_, WalChain>, checksum: Vec<u32>) -> napi::Result<()> {
    call(env, || {
        *chain.chain.borrow_mut() = Chain::resume(&chain.header, pair(&checksum)?);
        Ok(())
    })
}

/// A promise's sealed frames.
pub type SealedFramesJob = Job<(Secret, [u32; 2]), SealedFrames>;

/// Sealed frames, and the checksum behind the last one.
#[napi(object, object_from_js = false)]
pub struct SealedFrames {
    /// The frames.
    pub bytes: Buffer,
    /// Two of them.
    pub checksum: Vec<u32>,
}

impl std::fmt::Debug for SealedFrames {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SealedFrames").field("checksum", &self.checksum).finish_non_exhaustive()
    }
}

/// In place.
#[napi]
pub fn seal_frames(
    env: &Env,
    codec: Handle<'_, PageCodec>,
    chain: Handle<'_, WalChain>,
    frames: Bytes<'_>,
) -> napi::Result<()> {
    call(env, || {
        let codec = codec.get()?;
        chain.check(&codec)?;
        codec.seal_frames(&mut chain.chain.borrow_mut(), &mut frames.write()?)
    })
}

/// In place.
#[napi]
pub fn open_frames(
    env: &Env,
    codec: Handle<'_, PageCodec>,
    first: u32,
    frames: Bytes<'_>,
) -> napi::Result<()> {
    call(env, || codec.get()?.open_frames(first, &mut frames.write()?))
}

/// From one buffer into another, or in place.
#[napi]
pub fn open_frames_into(
    env: &Env,
    codec: Handle<'_, PageCodec>,
    first: u32,
    from: Bytes<'_>,
    to: Bytes<'_>,
) -> napi::Result<()> {
    call(env, || {
        let codec = codec.get()?;
        match text(from, to)? {
            TextBytes::InPlace(mut frames) => codec.open_frames(first, &mut frames),
            TextBytes::Into(from, mut to) => codec.open_frames_into(first, &from, &mut to),
        }
    })
}

/// A copy, sealed on the thread pool. The chain stays where it is: `lib/` moves it on.
#[napi]
pub fn seal_frames_later(
    env: &Env,
    codec: Handle<'_, PageCodec>,
    chain: Handle<'_, WalChain>,
    frames: Bytes<'_>,
    control: Option<Handle<'_, Control>>,
) -> napi::Result<AsyncTask<SealedFramesJob>> {
    let (codec, mut chain, mut frames) = call(env, || {
        let codec = codec.get()?;
        chain.check(&codec)?;
        Ok((codec, *chain.chain.borrow(), copy_of(frames, None)?))
    })?;
    let give = |(frames, checksum): (Secret, [u32; 2])| SealedFrames {
        bytes: buffer(frames),
        checksum: checksum.to_vec(),
    };
    Ok(start(control, give, move || {
        codec.seal_frames(&mut chain, &mut frames)?;
        Ok((frames, chain.checksum()))
    }))
}

/// A copy, opened on the thread pool. `to` is where `lib/` will put it: it is only checked.
#[napi]
pub fn open_frames_later(
    env: &Env,
    codec: Handle<'_, PageCodec>,
    first: u32,
    from: Bytes<'_>,
    to: Option<Bytes<'_>>,
    control: Option<Handle<'_, Control>>,
) -> napi::Result<AsyncTask<OpenedJob>> {
    let (codec, mut frames) = call(env, || Ok((codec.get()?, copy_of(from, to)?)))?;
    Ok(start(control, give_opened, move || {
        let outcome = codec.open_frames(first, &mut frames);
        opened(frames, outcome)
    }))
}

impl WalChain {
    /// A log has pages of one size.
    fn check(&self, codec: &pagecrypt::page::PageCodec) -> Result<(), Error> {
        if codec.page_size() == self.header.page_size {
            Ok(())
        } else {
            Err(Error::PageSize(codec.page_size()))
        }
    }
}

fn pair(words: &[u32]) -> Result<[u32; 2], Error> {
    <[u32; 2]>::try_from(words).map_err(|_| Error::InvalidArgument("salts and checksums are two numbers"))
}
