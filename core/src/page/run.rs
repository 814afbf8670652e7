//! A run of pages in one contiguous buffer (or two), bare or as frames of a write-ahead log.

use core::ops::Range;

use super::{MAX_PAGE_NUMBER, wal};
use crate::aead::Text;
use crate::error::Error;

/// How the pages of a run are numbered.
#[derive(Debug, Clone, Copy)]
pub(super) enum Numbering {
    /// One after the other.
    Consecutive { first: u32 },
    /// By a frame header before each page.
    FrameHeaders,
}

/// Whole pages with valid numbers.
pub(super) struct Run<'a> {
    pages: Text<'a>,
    page_size: usize,
    numbering: Numbering,
}

impl<'a> Run<'a> {
    /// Checks lengths and numbers.
    pub(super) fn new(pages: Text<'a>, page_size: usize, numbering: Numbering) -> Result<Self, Error> {
        let run = Self { pages, page_size, numbering };
        let length = run.pages.len();
        if !length.is_multiple_of(run.stride()) {
            return Err(Error::BufferLength { expected: run.stride(), got: length });
        }
        if let Text::Into { to, .. } = &run.pages
            && to.len() != length
        {
            return Err(Error::BufferLength { expected: length, got: to.len() });
        }
        match numbering {
            Numbering::Consecutive { first } => {
                let last = u64::from(first) + run.count() as u64;
                if first == 0 || last > u64::from(MAX_PAGE_NUMBER) + 1 {
                    return Err(Error::PageNumber);
                }
            }
            Numbering::FrameHeaders => {
                if run.inputs().any(|(number, _)| number == 0 || number > MAX_PAGE_NUMBER) {
                    return Err(Error::PageNumber);
                }
            }
        }
        Ok(run)
    }

    /// How many pages there are.
    pub(super) fn count(&self) -> usize {
        self.pages.len() / self.stride()
    }

    /// The pages that are read, with their numbers.
    pub(super) fn inputs(&self) -> impl Iterator<Item = (u32, &[u8])> {
        let input: &[u8] = match &self.pages {
            Text::InPlace(pages) => pages,
            Text::Into { from, .. } => from,
        };
        let (numbering, header) = (self.numbering, self.header_length());
        input.chunks_exact(self.stride()).enumerate().map(move |(index, slot)| {
            let (head, page) = slot.split_at(header);
            (numbering.number(index, head), page)
        })
    }

    /// The pages with these indices (from 0), to be worked on, with their numbers.
    pub(super) fn texts(&mut self, indices: Range<usize>) -> impl Iterator<Item = (u32, Text<'_>)> {
        let (stride, header) = (self.stride(), self.header_length());
        let (first, numbering) = (indices.start, self.numbering);
        let bytes = indices.start * stride..indices.end * stride;
        let (from, to): (Option<&[u8]>, &mut [u8]) = match &mut self.pages {
            Text::InPlace(pages) => (None, &mut pages[bytes]),
            Text::Into { from, to } => (Some(&from[bytes.clone()]), &mut to[bytes]),
        };
        to.chunks_exact_mut(stride).enumerate().map(move |(index, slot)| {
            let (head, page) = slot.split_at_mut(header);
            match from {
                None => (numbering.number(first + index, head), Text::InPlace(page)),
                Some(from) => {
                    let (head, from) = from[index * stride..][..stride].split_at(header);
                    (numbering.number(first + index, head), Text::Into { from, to: page })
                }
            }
        })
    }

    fn header_length(&self) -> usize {
        match self.numbering {
            Numbering::Consecutive { .. } => 0,
            Numbering::FrameHeaders => wal::FRAME_HEADER_LENGTH,
        }
    }

    fn stride(&self) -> usize {
        self.header_length() + self.page_size
    }
}

impl Numbering {
    /// The number of the page at `index`, from 0, whose frame header is `head`.
    fn number(self, index: usize, head: &[u8]) -> u32 {
        match self {
            // `Run::new` has checked that the last one fits.
            Self::Consecutive { first } => first + index as u32,
            Self::FrameHeaders => wal::FrameHeader::page_number(head),
        }
    }
}
