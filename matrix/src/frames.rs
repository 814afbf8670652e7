//! A write-ahead log of three frames.

use std::fs;

use pagecrypt::page::wal::{ByteOrder, Chain, FRAME_HEADER_LENGTH, FrameHeader, HEADER_LENGTH, Header};

use crate::{Failure, Outcome, PAGE_SIZE, Place, compare, page};

/// Page and commit size of each frame.
const FRAMES: [(u32, u32); 3] = [(2, 0), (3, 0), (2, 3)];

fn header() -> Result<Header, Failure> {
    Ok(Header::new(ByteOrder::Little, PAGE_SIZE, 1, [0x0102_0304, 0x0506_0708])?)
}

pub(crate) fn write(place: &Place) -> Result<Outcome, Failure> {
    let Some(codec) = place.codec()? else { return Ok(Outcome::Refused) };
    let mut frames = Vec::new();
    for (k, (number, commit_size)) in (0..).zip(FRAMES) {
        let mut head = [0; FRAME_HEADER_LENGTH];
        head[..4].copy_from_slice(&number.to_be_bytes());
        head[4..8].copy_from_slice(&commit_size.to_be_bytes());
        frames.extend(head);
        frames.extend(page(number, k, codec.reserved_length()));
    }
    let header = header()?;
    codec.seal_frames(&mut Chain::start(&header), &mut frames)?;
    fs::write(place.path("frames", ""), [&header.to_bytes()[..], &frames].concat())?;
    Ok(Outcome::Ok)
}

pub(crate) fn read(place: &Place) -> Result<Outcome, Failure> {
    let Some(codec) = place.codec()? else { return Ok(Outcome::Refused) };
    let file = fs::read(place.path("frames", ""))?;
    let header = Header::parse(&file)?;
    if header != self::header()? {
        return Err(format!("the log's header is {header:?}").into());
    }
    let mut frames = file[HEADER_LENGTH..].to_vec();
    if frames.len() != FRAMES.len() * codec.frame_length() {
        return Err(format!("{} bytes of frames", frames.len()).into());
    }
    let mut chain = Chain::start(&header);
    for (k, frame) in frames.chunks_exact(codec.frame_length()).enumerate() {
        if !chain.accept(frame) {
            return Err(format!("frame {} is not the log's next", k + 1).into());
        }
        let head = FrameHeader::parse(frame)?;
        if (head.page, head.commit_size) != FRAMES[k] {
            return Err(format!("frame {} says {head:?}", k + 1).into());
        }
    }
    codec.open_frames(1, &mut frames)?;
    for (k, (frame, (number, _))) in (0..).zip(frames.chunks_exact(codec.frame_length()).zip(FRAMES)) {
        let expected = page(number, k, codec.reserved_length());
        compare(&format!("frame {}", k + 1), &frame[FRAME_HEADER_LENGTH..], &expected)?;
    }
    Ok(Outcome::Ok)
}
