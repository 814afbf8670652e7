//! Sealing and opening a run of pages as batches of messages.

use arrayvec::ArrayVec;

use super::run::Run;
use super::{Format, PageCodec, pending_byte_page, turso};
use crate::aead::{Aead, BatchFailure, Open, Seal, Text};
use crate::cipher::{MAX_NONCE_LENGTH, TAG_LENGTH};
use crate::error::{Error, Failures, Unit};
use crate::random::NonceSource;

/// How many pages are described to an engine at once: enough to keep its units busy, few enough for the stack.
const MAX_BATCH: usize = 64;

impl PageCodec {
    /// Seals every page of the run, or none: whatever can fail is done before the first page is changed.
    pub(super) fn seal_run(&self, nonces: &mut dyn NonceSource, run: &mut Run<'_>) -> Result<(), Error> {
        run.inputs().try_for_each(|(number, page)| self.check_plain(number, page))?;
        self.key.count_random_seals(run.count() as u64)?;
        self.write_nonces(nonces, run)?;
        for indices in batches(run.count()) {
            let mut batch: ArrayVec<_, MAX_BATCH> =
                run.texts(indices).map(|(number, page)| self.seal_of(number, page)).collect();
            self.key.seal_batch_assume_unique_nonces(&mut batch)?;
        }
        Ok(())
    }

    /// Opens every page that is authentic. Frames are reported by their number from `first`, pages by their own.
    pub(super) fn open_run(&self, unit: Unit, first: u32, run: &mut Run<'_>) -> Result<(), Error> {
        for (number, page) in run.inputs() {
            if number == 1 {
                self.check_sealed_header(page)?;
            }
        }
        let mut failures = None;
        for indices in batches(run.count()) {
            let opened = self.open_batch_of(run, indices.clone())?;
            for ((number, page), (index, opened)) in run.texts(indices.clone()).zip(indices.zip(opened)) {
                self.finish_opened(number, page, opened);
                if !opened {
                    let frame = u64::from(first) + index as u64;
                    Failures::add(
                        &mut failures,
                        unit,
                        if unit == Unit::Frame { frame } else { number.into() },
                    );
                }
            }
        }
        failures.map_or(Ok(()), |failures| Err(Error::AuthenticationFailed(failures)))
    }

    /// Which of these pages opened.
    fn open_batch_of(
        &self,
        run: &mut Run<'_>,
        indices: core::ops::Range<usize>,
    ) -> Result<ArrayVec<bool, MAX_BATCH>, Error> {
        let mut batch = ArrayVec::<_, MAX_BATCH>::new();
        // A hole at the pending byte has nothing to open; `None` stands for it.
        let mut places = ArrayVec::<Option<usize>, MAX_BATCH>::new();
        for (number, page) in run.texts(indices) {
            if self.is_pending(number) && is_zero(input(&page)) {
                places.push(None);
            } else {
                places.push(Some(batch.len()));
                batch.push(self.open_of(number, page));
            }
        }
        match self.key.open_batch(&mut batch) {
            Ok(()) | Err(BatchFailure::Forged { .. }) => {}
            Err(BatchFailure::Refused(error)) => return Err(error),
        }
        Ok(places.into_iter().map(|place| place.is_none_or(|index| batch[index].opened())).collect())
    }

    fn check_plain(&self, number: u32, page: &[u8]) -> Result<(), Error> {
        if self.is_pending(number) {
            return Ok(()); // whatever it holds is not sealed
        }
        if !is_zero(&page[self.text_end()..]) {
            return Err(Error::Malformed("the reserved bytes at the end of a page are not zero"));
        }
        match self.format {
            Format::Turso if number == 1 => turso::check_plain_header(page, self.page_size, self.cipher()),
            Format::Turso => Ok(()),
        }
    }

    fn check_sealed_header(&self, page: &[u8]) -> Result<(), Error> {
        match self.format {
            Format::Turso => turso::check_sealed_header(page, self.page_size, self.cipher()),
        }
    }

    /// Puts a fresh nonce at the end of every output page. One draw serves a batch.
    fn write_nonces(&self, nonces: &mut dyn NonceSource, run: &mut Run<'_>) -> Result<(), Error> {
        let length = self.cipher().nonce_length();
        let mut drawn = [0; MAX_BATCH * MAX_NONCE_LENGTH];
        for indices in batches(run.count()) {
            let fresh = &mut drawn[..indices.len() * length];
            if let Err(error) = nonces.fill(fresh) {
                // Plaintext pages end in zeros: they are as they were.
                run.texts(0..indices.start).for_each(|(_, page)| last(output(page), length).fill(0));
                return Err(error);
            }
            for ((_, page), nonce) in run.texts(indices).zip(fresh.chunks_exact(length)) {
                last(output(page), length).copy_from_slice(nonce);
            }
        }
        Ok(())
    }

    /// The message that a plaintext page is; its nonce stands at the end of the output.
    fn seal_of<'a>(&self, number: u32, page: Text<'a>) -> Seal<'a> {
        let (associated_data, text) = self.ranges(number);
        let (from, to) = match page {
            Text::InPlace(page) => (None, page),
            Text::Into { from, to } => (Some(from), to),
        };
        let (body, nonce) = to.split_at_mut(self.page_size - self.cipher().nonce_length());
        let (body, tag) = split_tag(body);
        if self.is_pending(number) {
            body.fill(0);
            return Seal { nonce, associated_data: &[], text: Text::InPlace(body), tag };
        }
        let (head, to) = body.split_at_mut(associated_data);
        if let Some(from) = from {
            head.copy_from_slice(&from[..associated_data]);
        }
        if number == 1 {
            turso::seal_header(head, self.cipher());
        }
        let text = match from {
            None => Text::InPlace(to),
            Some(from) => Text::Into { from: &from[associated_data..text], to },
        };
        Seal { nonce, associated_data: head, text, tag }
    }

    /// The message that a sealed page is.
    fn open_of<'a>(&self, number: u32, page: Text<'a>) -> Open<'a> {
        let (associated_data, text) = self.ranges(number);
        let nonce_start = self.page_size - self.cipher().nonce_length();
        match page {
            Text::InPlace(page) => {
                let (body, nonce) = page.split_at_mut(nonce_start);
                let (body, tag) = split_tag(body);
                let (head, text) = body.split_at_mut(associated_data);
                Open::new(nonce, head, Text::InPlace(text), tag)
            }
            Text::Into { from, to } => {
                to[..associated_data].copy_from_slice(&from[..associated_data]);
                let (body, nonce) = from.split_at(nonce_start);
                let (body, tag) = split_tag_ref(body);
                let (head, from) = body.split_at(associated_data);
                Open::new(nonce, head, Text::Into { from, to: &mut to[associated_data..text] }, tag)
            }
        }
    }

    /// Makes the output a plaintext page: tag and nonce become zeros, and page 1 gets SQLite's magic back.
    fn finish_opened(&self, number: u32, page: Text<'_>, opened: bool) {
        let page = output(page);
        if !opened || self.is_pending(number) {
            page.fill(0);
            return;
        }
        page[self.text_end()..].fill(0);
        if number == 1 {
            turso::open_header(page);
        }
    }

    /// Where a page's associated data end and where its text ends; the text begins where the former end.
    fn ranges(&self, number: u32) -> (usize, usize) {
        let associated_data = match self.format {
            Format::Turso if number == 1 => turso::HEADER_LENGTH,
            Format::Turso => 0,
        };
        (associated_data, self.text_end())
    }

    fn text_end(&self) -> usize {
        self.page_size - self.reserved_length()
    }

    fn is_pending(&self, number: u32) -> bool {
        pending_byte_page(self.page_size).is_ok_and(|pending| pending == number)
    }
}

fn batches(count: usize) -> impl Iterator<Item = core::ops::Range<usize>> {
    (0..count).step_by(MAX_BATCH).map(move |start| start..count.min(start + MAX_BATCH))
}

fn input<'a>(page: &'a Text<'_>) -> &'a [u8] {
    match page {
        Text::InPlace(page) => page,
        Text::Into { from, .. } => from,
    }
}

fn output<'a>(page: Text<'a>) -> &'a mut [u8] {
    match page {
        Text::InPlace(page) => page,
        Text::Into { to, .. } => to,
    }
}

fn last(page: &mut [u8], length: usize) -> &mut [u8] {
    let start = page.len() - length;
    &mut page[start..]
}

/// The body of a page without its nonce, as text and tag.
fn split_tag(body: &mut [u8]) -> (&mut [u8], &mut [u8; TAG_LENGTH]) {
    body.split_last_chunk_mut().unwrap_or_else(|| unreachable!("a page is longer than a tag"))
}

fn split_tag_ref(body: &[u8]) -> (&[u8], &[u8; TAG_LENGTH]) {
    body.split_last_chunk().unwrap_or_else(|| unreachable!("a page is longer than a tag"))
}

fn is_zero(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte == 0)
}
