//! Many inputs in one buffer, one behind the other, and their outputs in another.

use pagecrypt::Error;

use super::buffers::{Span, input};

/// Where the inputs of a batch lie: one more offset than there are inputs.
#[derive(Clone, Copy)]
pub(crate) struct Inputs<'a> {
    from: &'a [u8],
    offsets: &'a [usize],
    /// What no output may overlap.
    pub(crate) spans: [Span; 2],
}

impl<'a> Inputs<'a> {
    /// Checks every offset and address.
    ///
    /// # Safety
    /// The addresses are those of the call.
    pub(crate) unsafe fn new(
        count: usize,
        from: *const u8,
        from_length: usize,
        from_offsets: *const usize,
    ) -> Result<Self, Error> {
        let spans = [
            Span::new(from, from_length, "`from` is NULL")?,
            offsets(from_offsets, count, "`from_offsets` is NULL")?,
        ];
        // Safety: caller. With a span of one more, the sum is not beyond memory.
        let (from, offsets) = unsafe { (input(from, from_length), input(from_offsets, count + 1)) };
        check_offsets(offsets, from_length)?;
        Ok(Self { from, offsets, spans })
    }

    pub(crate) fn iter(self) -> impl ExactSizeIterator<Item = &'a [u8]> {
        self.offsets.windows(2).map(move |ends| &self.from[ends[0]..ends[1]])
    }
}

/// The span of the offsets of `count` inputs or outputs.
pub(crate) fn offsets(start: *const usize, count: usize, what: &'static str) -> Result<Span, Error> {
    Span::new(start, count.saturating_add(1), what)
}

/// Room for outputs of these lengths, one behind the other.
///
/// # Errors
/// [`Error::BufferLength`] where there is less room than for all.
pub(crate) fn rooms<'a>(to: &'a mut [u8], lengths: &[usize]) -> Result<Vec<&'a mut [u8]>, Error> {
    let total = lengths.iter().fold(0_usize, |total, length| total.saturating_add(*length));
    if total > to.len() {
        return Err(Error::BufferLength { expected: total, got: to.len() });
    }
    let mut rest = to;
    let mut rooms = Vec::with_capacity(lengths.len());
    for length in lengths {
        let (room, others) = rest.split_at_mut(*length);
        rooms.push(room);
        rest = others;
    }
    Ok(rooms)
}

/// Where outputs of these lengths begin and end.
pub(crate) fn write_offsets(offsets: &mut [usize], lengths: &[usize]) {
    let mut end = 0;
    for (offset, length) in offsets.iter_mut().zip([&0].into_iter().chain(lengths)) {
        end += length;
        *offset = end;
    }
}

/// Ascending, and none behind the end of the buffer.
pub(crate) fn check_offsets(offsets: &[usize], length: usize) -> Result<(), Error> {
    let descends = offsets.windows(2).any(|pair| pair[0] > pair[1]);
    if descends || offsets.last().is_some_and(|end| *end > length) {
        return Err(Error::InvalidArgument("the offsets have to ascend and to end within their buffer"));
    }
    Ok(())
}
