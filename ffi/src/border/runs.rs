//! Many inputs in one buffer, one behind the other, and their outputs in another.

use pagecrypt::Error;

use super::buffers::{Span, apart, input, output};

/// Where the inputs of a batch lie, and where its outputs go.
#[derive(Debug)]
pub(crate) struct Runs<'a> {
    from: &'a [u8],
    from_offsets: &'a [usize],
    to: &'a mut [u8],
    to_offsets: &'a mut [usize],
}

/// The addresses of a call with `count` inputs.
pub(crate) struct Addresses {
    pub(crate) count: usize,
    pub(crate) from: *const u8,
    pub(crate) from_length: usize,
    pub(crate) from_offsets: *const usize,
    pub(crate) to: *mut u8,
    pub(crate) to_length: usize,
    pub(crate) to_offsets: *mut usize,
}

/// Every span of a call: outputs, which are apart from each other and from the inputs, and inputs.
#[derive(Clone, Copy)]
pub(crate) struct Outputs([Span; 4]);

impl Outputs {
    pub(crate) fn new(to: Span, to_offsets: Span, more: [Span; 2]) -> Self {
        Self([to, to_offsets, more[0], more[1]])
    }

    /// # Errors
    /// [`Error::Overlap`] where one of them shares a byte with another, or with an input.
    pub(crate) fn apart_from<const N: usize>(self, inputs: [Span; N]) -> Result<(), Error> {
        apart(self.0, inputs)
    }
}

impl<'a> Runs<'a> {
    /// Checks every length, offset and address; `more` are further outputs of the call.
    ///
    /// # Safety
    /// The addresses are those of the call.
    pub(crate) unsafe fn new(at: &Addresses, more: [Span; 2]) -> Result<(Self, Outputs), Error> {
        let places =
            at.count.checked_add(1).ok_or(Error::InvalidArgument("`count` is larger than memory"))?;
        let inputs = [
            Span::new(at.from, at.from_length, "`from` is NULL")?,
            Span::new(at.from_offsets, places, "`from_offsets` is NULL")?,
        ];
        let to = Span::new(at.to, at.to_length, "`to` is NULL")?;
        let outputs = Outputs::new(to, Span::new(at.to_offsets, places, "`to_offsets` is NULL")?, more);
        outputs.apart_from(inputs)?;
        // Safety: caller, apart.
        let runs = unsafe {
            Self {
                from: input(at.from, at.from_length),
                from_offsets: input(at.from_offsets, places),
                to: output(at.to, at.to_length),
                to_offsets: output(at.to_offsets, places),
            }
        };
        check_offsets(runs.from_offsets, at.from_length)?;
        Ok((runs, outputs))
    }

    /// The inputs.
    pub(crate) fn inputs(&self) -> impl ExactSizeIterator<Item = &'a [u8]> + use<'a> {
        let from = self.from;
        self.from_offsets.windows(2).map(move |ends| &from[ends[0]..ends[1]])
    }

    /// Room for outputs of these lengths, one behind the other, and where they begin and end.
    ///
    /// # Errors
    /// [`Error::BufferLength`] where there is less room than for all.
    pub(crate) fn room(self, lengths: &[usize]) -> Result<(Vec<&'a mut [u8]>, Ends<'a>), Error> {
        let total = lengths.iter().fold(0_usize, |total, length| total.saturating_add(*length));
        if total > self.to.len() {
            return Err(Error::BufferLength { expected: total, got: self.to.len() });
        }
        let mut rest = self.to;
        let mut room = Vec::with_capacity(lengths.len());
        for length in lengths {
            let (first, others) = rest.split_at_mut(*length);
            room.push(first);
            rest = others;
        }
        Ok((room, Ends(self.to_offsets)))
    }
}

/// Where offsets of outputs are written, once there are outputs.
pub(crate) struct Ends<'a>(&'a mut [usize]);

impl Ends<'_> {
    pub(crate) fn write(self, lengths: &[usize]) {
        let mut end = 0;
        self.0[0] = 0;
        for (offset, length) in self.0[1..].iter_mut().zip(lengths) {
            end += length;
            *offset = end;
        }
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
