//! Records as they are written to standard output.

use std::fs::File;
use std::io::{self, Write as _};

use base64ct::{Base64, Encoding as _};
use pagecrypt::Error;
use zeroize::{Zeroize as _, Zeroizing};

use super::{buffer, io_error};
use crate::args::record::Framing;

/// What is to be written, until its batch is done.
pub(super) struct Sink {
    file: File,
    framing: Framing,
    bytes: Zeroizing<Vec<u8>>,
}

/// What became of a batch's output.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    All,
    /// Its reader has gone away, which is no failure.
    Unread,
}

impl Sink {
    pub(super) fn start(framing: Framing) -> Result<Self, Error> {
        let file =
            unbuffered(&io::stdout()).map_err(|error| io_error("write to", "standard output", error))?;
        Ok(Self { file, framing, bytes: Zeroizing::new(Vec::new()) })
    }

    /// A record in its frame; not of a line.
    pub(super) fn record(&mut self, record: &[u8]) -> Result<(), Error> {
        if self.framing == Framing::Length {
            let length = u32::try_from(record.len()).map_err(|_| Error::MessageTooLong)?;
            buffer::append(&mut self.bytes, &length.to_be_bytes());
        }
        buffer::append(&mut self.bytes, record);
        Ok(())
    }

    /// A line, which has yet to get its members.
    pub(super) fn line(&mut self) -> Line<'_> {
        buffer::append(&mut self.bytes, b"{");
        Line { bytes: &mut self.bytes, members: 0 }
    }

    /// Writes what there is.
    pub(super) fn flush(&mut self) -> Result<Written, Error> {
        let written = self.file.write_all(&self.bytes);
        self.bytes.as_mut_slice().zeroize();
        self.bytes.clear();
        match written {
            Ok(()) => Ok(Written::All),
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Written::Unread),
            Err(error) => Err(io_error("write to", "standard output", error)),
        }
    }
}

/// A JSON object on a line of its own.
pub(super) struct Line<'a> {
    bytes: &'a mut Zeroizing<Vec<u8>>,
    members: usize,
}

impl Line<'_> {
    pub(super) fn base64(mut self, name: &str, bytes: &[u8]) -> Result<Self, Error> {
        self.name(name);
        append_base64(self.bytes, bytes)?;
        Ok(self)
    }

    /// Pairs of base64 texts.
    pub(super) fn pairs<'p>(
        mut self,
        name: &str,
        pairs: impl Iterator<Item = (&'p [u8], &'p [u8])>,
    ) -> Result<Self, Error> {
        self.name(name);
        let mut before: &[u8] = b"[";
        for (one, other) in pairs {
            for (opening, bytes) in [(b"[" as &[u8], one), (b",", other)] {
                buffer::append(self.bytes, before);
                buffer::append(self.bytes, opening);
                append_base64(self.bytes, bytes)?;
                before = b"";
            }
            buffer::append(self.bytes, b"]");
            before = b",";
        }
        buffer::append(self.bytes, if before == b"[" { b"[]" } else { b"]" });
        Ok(self)
    }

    pub(super) fn text(mut self, name: &str, text: &str) -> Self {
        self.name(name);
        self.quoted(text);
        self
    }

    pub(super) fn number(mut self, name: &str, number: impl Into<Option<u64>>) -> Self {
        if let Some(number) = number.into() {
            self.name(name);
            buffer::append(self.bytes, number.to_string().as_bytes());
        }
        self
    }

    pub(super) fn end(self) {
        buffer::append(self.bytes, b"}\n");
    }

    fn name(&mut self, name: &str) {
        if self.members > 0 {
            buffer::append(self.bytes, b",");
        }
        self.members += 1;
        self.quoted(name);
        buffer::append(self.bytes, b":");
    }

    fn quoted(&mut self, text: &str) {
        // With room for six characters for each, as `\u0000`, it does not move and leaves nothing behind.
        let mut json = Zeroizing::new(Vec::with_capacity(6 * text.len() + 2));
        // A text always has a JSON form, and memory takes what is written.
        let _ = serde_json::to_writer(&mut *json, text);
        buffer::append(self.bytes, &json);
    }
}

fn append_base64(to: &mut Zeroizing<Vec<u8>>, bytes: &[u8]) -> Result<(), Error> {
    let length = bytes.len().div_ceil(3) * 4;
    buffer::reserve(to, length + 2);
    to.push(b'"');
    let start = to.len();
    to.resize(start + length, 0);
    Base64::encode(bytes, &mut to[start..]).map_err(|_| Error::Internal("base64 of another length"))?;
    to.push(b'"');
    Ok(())
}

/// Standard output without the standard library's buffer, which nobody would wipe.
#[cfg(unix)]
fn unbuffered(stdout: &io::Stdout) -> io::Result<File> {
    use std::os::fd::AsFd as _;
    Ok(File::from(stdout.as_fd().try_clone_to_owned()?))
}

#[cfg(windows)]
fn unbuffered(stdout: &io::Stdout) -> io::Result<File> {
    use std::os::windows::io::AsHandle as _;
    Ok(File::from(stdout.as_handle().try_clone_to_owned()?))
}
