//! A database's write-ahead log: what belongs to it (no key is needed), and what of it is authentic.
//!
//! A log is written over from its start after each checkpoint, under new salts, and a program may stop anywhere. So
//! what follows the last commit is either left over from before the checkpoint (other salts), or a transaction that
//! never ended, perhaps torn: neither is damage. Everything up to the last commit mark must be authentic and in its
//! place.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::ops::Range;
use std::path::Path;

use super::new_file::beside;
use super::numbers::Numbers;
use super::source::Source;
use super::workers::{Batches, batch_of};
use crate::error::Error;
use crate::page::{MAX_PAGE_NUMBER, PageCodec, wal};

/// A log as it was when it was opened.
#[derive(Debug)]
pub(super) struct Log {
    source: Source,
    page_size: usize,
    header: LogHeader,
    /// Those that count for something.
    frames: Vec<Frame>,
    committed: usize,
    /// How many follow that are left over from before a checkpoint.
    stale: usize,
}

#[derive(Debug)]
pub(super) enum LogHeader {
    /// The file ends within it: a program stopped before it wrote a frame.
    Torn,
    Valid(wal::Header),
    /// What is wrong with it.
    Invalid(&'static str),
    /// It is sound, and of a database with another page size.
    Foreign,
}

/// A whole frame, 12 bytes here: there may be millions.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    pub(super) page: u32,
    pub(super) commit_size: u32,
    pub(super) standing: Standing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// Its checksum continues the one before it.
    Linked,
    /// It does not.
    Broken,
    /// Left over from before a checkpoint; none is kept.
    Stale,
    /// The log's header is damaged, so that nothing can be said.
    Unknown,
}

/// Which frames are damaged once it is known which do not open.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Judgement {
    pub(super) damaged: Numbers,
    /// Behind the last commit mark: neither in their place nor authentic.
    pub(super) torn: u32,
}

impl Log {
    /// Reads the log of `database` whole; `None` where there is none or it is empty. `ask` is called after each part,
    /// since a log may be long, and stops the work by an error.
    pub(super) fn open(
        database: &Path,
        page_size: usize,
        ask: &mut dyn FnMut() -> Result<(), Error>,
    ) -> Result<Option<Self>, Error> {
        let Some(source) = Source::open_if_present(&beside(database, "-wal"))? else { return Ok(None) };
        if source.length() == 0 {
            return Ok(None);
        }
        let mut log =
            Self { source, page_size, header: LogHeader::Torn, frames: Vec::new(), committed: 0, stale: 0 };
        let start = log.source.read_start(wal::HEADER_LENGTH)?;
        if start.len() < wal::HEADER_LENGTH {
            return Ok(Some(log));
        }
        log.header = match wal::Header::parse(&start) {
            Ok(header) if header.page_size != page_size => {
                log.header = LogHeader::Foreign;
                return Ok(Some(log));
            }
            Ok(header) => LogHeader::Valid(header),
            Err(Error::Malformed(what)) => LogHeader::Invalid(what),
            Err(error) => return Err(error),
        };
        log.read_frames(ask)?;
        Ok(Some(log))
    }

    pub(super) fn header(&self) -> &LogHeader {
        &self.header
    }

    /// Why the log cannot be applied.
    pub(super) fn problem(&self) -> Option<&'static str> {
        match self.header {
            LogHeader::Torn | LogHeader::Valid(_) => None,
            LogHeader::Invalid(what) => Some(what),
            LogHeader::Foreign => Some("the write-ahead log has another page size than the database"),
        }
    }

    pub(super) fn source(&self) -> &Source {
        &self.source
    }

    /// Whole frames that count for something: those from before a checkpoint, at the end, do not.
    pub(super) fn frames(&self) -> &[Frame] {
        &self.frames
    }

    /// How many frames, from the first, are part of the database.
    pub(super) fn committed(&self) -> usize {
        self.committed
    }

    /// How many pages the database has, if anything was committed.
    pub(super) fn committed_pages(&self) -> Option<u32> {
        self.frames[..self.committed].last().map(|frame| frame.commit_size)
    }

    /// How many frames are left over from before a checkpoint.
    pub(super) fn stale(&self) -> usize {
        self.stale
    }

    /// How many frames are in their place, but no commit follows them.
    pub(super) fn uncommitted(&self) -> usize {
        let linked = self.frames.iter().filter(|frame| frame.standing == Standing::Linked);
        linked.count() - self.committed
    }

    /// Bytes behind the last whole frame.
    pub(super) fn torn_bytes(&self) -> u64 {
        match self.header {
            LogHeader::Torn => self.source.length(),
            LogHeader::Foreign => 0,
            LogHeader::Valid(_) | LogHeader::Invalid(_) => {
                (self.source.length() - wal::HEADER_LENGTH as u64) % self.frame_length()
            }
        }
    }

    /// The newest committed frame of each page of the database, counted from 0.
    pub(super) fn newest(&self) -> HashMap<u32, usize> {
        let pages = self.committed_pages().unwrap_or(0);
        let committed = self.frames[..self.committed].iter().enumerate();
        committed.filter(|(_, frame)| frame.page <= pages).map(|(index, frame)| (frame.page, index)).collect()
    }

    /// Reads the frame `index`, from 0, into `buffer`: a header and a page.
    pub(super) fn read_frame(&self, index: usize, buffer: &mut [u8]) -> Result<(), Error> {
        self.source.read_at(buffer, self.offset(index))
    }

    /// How many bytes of frames a batch of `range` holds: a worker's buffer.
    pub(super) fn batches(&self, range: &Range<usize>) -> (usize, usize) {
        let length = wal::FRAME_HEADER_LENGTH + self.page_size;
        let frames = batch_of(length).min(range.len().max(1));
        (frames, frames * length)
    }

    /// Which of the frames in `range` do not open, by their numbers from 1.
    pub(super) fn unopened(
        &self,
        codec: &PageCodec,
        range: Range<usize>,
        threads: NonZeroUsize,
        done: &mut dyn FnMut() -> Result<(), Error>,
    ) -> Result<Numbers, Error> {
        let (frames, buffer) = self.batches(&range);
        let length = codec.frame_length();
        let work = |buffer: &mut [u8], batch: u64| {
            // The range is in memory, so that its end fits.
            let first = range.start + batch as usize * frames;
            let count = frames.min(range.end - first);
            let read = &mut buffer[..count * length];
            self.source.read_at(read, self.offset(first))?;
            Ok((first..first + count)
                .zip(opened_frames(codec, read))
                .filter(|(_, opened)| !opened)
                .map(|(index, _)| number(index))
                .collect())
        };
        Batches { count: range.len().div_ceil(frames) as u64, buffer, work: &work }.run(threads, done)
    }

    /// What it means that these frames (numbers from 1) do not open; frames before `from` are known to be in order.
    pub(super) fn judge(&self, from: usize, unopened: &Numbers) -> Judgement {
        let mut judgement = Judgement::default();
        let last_commit = self.frames.iter().rposition(|frame| frame.commit_size != 0).map_or(0, |at| at + 1);
        for index in from..self.frames.len() {
            let opens = !unopened.contains(number(index));
            match self.frames[index].standing {
                Standing::Linked | Standing::Unknown if opens => {}
                Standing::Broken if !opens && index >= last_commit => judgement.torn += 1,
                _ => judgement.damaged.push(number(index)),
            }
        }
        judgement
    }

    fn frame_length(&self) -> u64 {
        (wal::FRAME_HEADER_LENGTH + self.page_size) as u64
    }

    fn offset(&self, index: usize) -> u64 {
        wal::HEADER_LENGTH as u64 + index as u64 * self.frame_length()
    }

    fn read_frames(&mut self, ask: &mut dyn FnMut() -> Result<(), Error>) -> Result<(), Error> {
        let whole = (self.source.length() - wal::HEADER_LENGTH as u64) / self.frame_length();
        let whole = u32::try_from(whole).map_err(|_| Error::Malformed("the write-ahead log is too long"))?;
        let mut links = match self.header {
            LogHeader::Valid(header) => Some(Links { header, chain: wal::Chain::start(&header) }),
            _ => None,
        };
        let (batch, buffer) = self.batches(&(0..whole as usize));
        let mut buffer = vec![0; buffer];
        for first in (0..whole as usize).step_by(batch) {
            let count = batch.min(whole as usize - first);
            let read = &mut buffer[..count * (wal::FRAME_HEADER_LENGTH + self.page_size)];
            self.source.read_at(read, self.offset(first))?;
            self.frames
                .try_reserve(count)
                .map_err(|_| Error::Malformed("the write-ahead log is longer than memory has room for"))?;
            for frame in read.chunks_exact_mut(wal::FRAME_HEADER_LENGTH + self.page_size) {
                let header = wal::FrameHeader::parse(frame)?;
                let standing = match &mut links {
                    Some(links) => links.follow(&header, frame),
                    None => Standing::Unknown,
                };
                self.frames.push(Frame { page: header.page, commit_size: header.commit_size, standing });
            }
            ask()?;
        }
        // What is left over from before a checkpoint has nothing newer behind it.
        let not_stale = |frame: &Frame| frame.standing != Standing::Stale;
        let current = self.frames.iter().rposition(not_stale).map_or(0, |at| at + 1);
        self.stale = self.frames.len() - current;
        self.frames.truncate(current);
        for frame in self.frames.iter_mut().filter(|frame| frame.standing == Standing::Stale) {
            frame.standing = Standing::Broken;
        }
        let linked = self.frames.iter().take_while(|frame| frame.standing == Standing::Linked).count();
        self.committed =
            self.frames[..linked].iter().rposition(|frame| frame.commit_size != 0).map_or(0, |at| at + 1);
        Ok(())
    }
}

/// Follows the checksums from frame to frame, over breaks.
struct Links {
    header: wal::Header,
    chain: wal::Chain,
}

impl Links {
    fn follow(&mut self, header: &wal::FrameHeader, frame: &mut [u8]) -> Standing {
        if self.chain.accept(frame) {
            return Standing::Linked;
        }
        let [ours, theirs] = [self.header.salts, header.salts];
        if ours[0] != theirs[0] && ours[1] != theirs[1] {
            // A checkpoint changes both salts. The checksum does not cover them: where it fits nevertheless, it is
            // the salts that are damaged.
            frame[8..12].copy_from_slice(&ours[0].to_be_bytes());
            frame[12..16].copy_from_slice(&ours[1].to_be_bytes());
            if !self.chain.accept(frame) {
                return Standing::Stale;
            }
        } else {
            self.chain = wal::Chain::resume(&self.header, header.checksum);
        }
        Standing::Broken
    }
}

/// Opens frames in place, and tells which of them open. A header that cannot be one is no reason to give the others up.
fn opened_frames(codec: &PageCodec, frames: &mut [u8]) -> Vec<bool> {
    let length = codec.frame_length();
    match codec.open_frames(1, frames) {
        Ok(()) => vec![true; frames.len() / length],
        Err(Error::AuthenticationFailed(failures)) => {
            let mut opened = vec![true; frames.len() / length];
            failures.numbers().iter().for_each(|number| opened[*number as usize - 1] = false);
            opened
        }
        // Nothing was touched.
        Err(_) => frames.chunks_exact_mut(length).map(|frame| codec.open_frames(1, frame).is_ok()).collect(),
    }
}

/// A frame's number; a log of more frames than fit is refused when it is opened.
fn number(index: usize) -> u32 {
    u32::try_from(index + 1).unwrap_or(MAX_PAGE_NUMBER)
}
