//! Records as they stand in standard input.

use std::fs::File;
use std::io::{self, Read as _};

use pagecrypt::Error;
use zeroize::Zeroizing;

use super::{BATCH, BATCH_BYTES, buffer, io_error};
use crate::args::record::Framing;
use crate::key_source;

/// How much is read at once, in bytes.
const CHUNK: usize = 64 << 10;

const CUT: Error = Error::Malformed("the input ends within a record");
pub(super) const TOO_LONG: Error = Error::Malformed("the record is longer than this command takes");

/// What is left of standard input.
pub(super) struct Input {
    file: File,
    framing: Framing,
    /// The longest record, in bytes.
    limit: usize,
    chunk: Zeroizing<Vec<u8>>,
    /// What was read and not yet taken, in `chunk`.
    waiting: std::ops::Range<usize>,
    /// Whether nothing more comes.
    ended: bool,
}

impl Input {
    pub(super) fn start(framing: Framing, limit: usize) -> Result<Self, Error> {
        let file = key_source::unbuffered(&io::stdin())
            .map_err(|error| io_error("read", "standard input", error))?;
        Ok(Self { file, framing, limit, chunk: Zeroizing::new(vec![0; CHUNK]), waiting: 0..0, ended: false })
    }

    /// The next records: as many as are worked on at once, or as many as are there already. And what keeps the one
    /// behind them from being read.
    pub(super) fn batch(&mut self) -> (Vec<Zeroizing<Vec<u8>>>, Option<Error>) {
        let (mut records, mut length) = (Vec::new(), 0);
        while records.len() < BATCH && length < BATCH_BYTES {
            match self.next() {
                Ok(Some(record)) => {
                    length += record.len();
                    records.push(record);
                }
                Ok(None) => break,
                Err(error) => return (records, Some(error)),
            }
            // Whoever waits for an answer to this record sends no other.
            if self.waiting.is_empty() {
                break;
            }
        }
        (records, None)
    }

    fn next(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
        match self.framing {
            Framing::One => self.all(),
            Framing::Length => self.behind_its_length(),
            Framing::JsonLines => self.line(),
        }
    }

    fn all(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
        if self.ended {
            return Ok(None);
        }
        let mut record = Zeroizing::new(Vec::new());
        while self.fill()? {
            self.take(&mut record, self.waiting.len())?;
        }
        Ok(Some(record))
    }

    fn behind_its_length(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
        let mut length = [0; 4];
        for (index, byte) in length.iter_mut().enumerate() {
            if !self.fill()? {
                return if index == 0 { Ok(None) } else { Err(CUT) };
            }
            *byte = self.chunk[self.waiting.start];
            self.waiting.start += 1;
        }
        let length = usize::try_from(u32::from_be_bytes(length)).map_err(|_| TOO_LONG)?;
        if length > self.limit {
            return Err(TOO_LONG);
        }
        // It grows with what comes, whatever its length says.
        let mut record = Zeroizing::new(Vec::new());
        while record.len() < length {
            if !self.fill()? {
                return Err(CUT);
            }
            let missing = length - record.len();
            self.take(&mut record, self.waiting.len().min(missing))?;
        }
        Ok(Some(record))
    }

    /// The next line that is not empty, without its end.
    fn line(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
        let mut line = Zeroizing::new(Vec::new());
        while self.fill()? {
            let waiting = &self.chunk[self.waiting.clone()];
            match waiting.iter().position(|byte| *byte == b'\n') {
                None => self.take(&mut line, waiting.len())?,
                Some(length) => {
                    self.take(&mut line, length)?;
                    self.waiting.start += 1;
                    if !line.trim_ascii().is_empty() {
                        return Ok(Some(line));
                    }
                    line.clear();
                }
            }
        }
        Ok(Some(line).filter(|line| !line.trim_ascii().is_empty()))
    }

    pub(super) fn limit(&self) -> usize {
        self.limit
    }

    /// The longest frame, in bytes. In a line, base64 takes a third more, and many short headers four times what they are
    /// metered at.
    fn frame_limit(&self) -> usize {
        if self.framing == Framing::JsonLines { 2 * self.limit + (2 << 20) } else { self.limit }
    }

    fn take(&mut self, record: &mut Zeroizing<Vec<u8>>, length: usize) -> Result<(), Error> {
        if record.len() + length > self.frame_limit() {
            return Err(TOO_LONG);
        }
        let start = self.waiting.start;
        buffer::append(record, &self.chunk[start..start + length]);
        self.waiting.start += length;
        Ok(())
    }

    /// Sees to it that something waits; whether something does.
    fn fill(&mut self) -> Result<bool, Error> {
        while self.waiting.is_empty() && !self.ended {
            match self.file.read(&mut self.chunk) {
                Ok(0) => self.ended = true,
                Ok(count) => self.waiting = 0..count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(io_error("read", "standard input", error)),
            }
        }
        Ok(!self.waiting.is_empty())
    }
}
