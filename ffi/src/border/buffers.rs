//! Buffers from C as borrowed slices, once it is sure that no two of them overlap by halves.

use std::slice;

use pagecrypt::Error;
use pagecrypt::aead::Text;

/// Where a buffer lies: addresses, not yet borrowed.
#[derive(Clone, Copy)]
pub(crate) struct Span {
    start: usize,
    length: usize,
}

impl Span {
    /// The span of `length` values at `start`. NULL only where there are none; `what` names the buffer.
    pub(crate) fn new<T>(start: *const T, length: usize, what: &'static str) -> Result<Self, Error> {
        if start.is_null() && length > 0 {
            return Err(Error::InvalidArgument(what));
        }
        if !start.is_aligned() {
            return Err(Error::InvalidArgument("offsets are not aligned"));
        }
        let address = start.addr();
        let bytes = length.checked_mul(size_of::<T>()).filter(|bytes| *bytes <= isize::MAX as usize);
        match bytes {
            Some(length) if address.checked_add(length).is_some() => Ok(Self { start: address, length }),
            _ => Err(Error::InvalidArgument("a length is larger than the memory there is")),
        }
    }

    fn overlaps(self, other: Self) -> bool {
        self.length > 0
            && other.length > 0
            && self.start < other.start + other.length
            && other.start < self.start + self.length
    }
}

/// No output may share a byte with an input or with another output.
pub(crate) fn apart<const N: usize, const M: usize>(
    outputs: [Span; N],
    inputs: [Span; M],
) -> Result<(), Error> {
    let clash = outputs.iter().enumerate().any(|(index, output)| {
        let others = outputs[index + 1..].iter().chain(&inputs);
        others.into_iter().any(|other| output.overlaps(*other))
    });
    if clash { Err(Error::Overlap) } else { Ok(()) }
}

/// The two buffers of a text: the same one, or apart.
#[derive(Clone, Copy)]
pub(crate) struct TextSpans {
    pub(crate) from: Span,
    pub(crate) to: Span,
    in_place: bool,
}

impl TextSpans {
    pub(crate) fn new(
        from: *const u8,
        from_length: usize,
        to: *mut u8,
        to_length: usize,
    ) -> Result<Self, Error> {
        let from_span = Span::new(from, from_length, "`from` is NULL")?;
        let to_span = Span::new(to, to_length, "`to` is NULL")?;
        if from_length != to_length {
            return Err(Error::BufferLength { expected: from_length, got: to_length });
        }
        let in_place = from.addr() == to.addr();
        if !in_place && from_span.overlaps(to_span) {
            return Err(Error::Overlap);
        }
        Ok(Self { from: from_span, to: to_span, in_place })
    }

    /// The buffers to read (unless it is in place) and to write.
    ///
    /// # Safety
    /// They were made of these pointers, which are valid for reading and writing, and no other buffer in use overlaps
    /// with `to`.
    pub(crate) unsafe fn borrow<'a>(self, from: *const u8, to: *mut u8) -> (Option<&'a [u8]>, &'a mut [u8]) {
        // Safety: caller, apart. In place, nothing is borrowed from `from`.
        unsafe {
            let input = (!self.in_place).then(|| input(from, self.from.length));
            (input, output(to, self.to.length))
        }
    }

    /// The text of one message.
    ///
    /// # Safety
    /// As [`TextSpans::borrow`].
    pub(crate) unsafe fn text<'a>(self, from: *const u8, to: *mut u8) -> Text<'a> {
        // Safety: as this function's own.
        match unsafe { self.borrow(from, to) } {
            (None, to) => Text::InPlace(to),
            (Some(from), to) => Text::Into { from, to },
        }
    }
}

/// A buffer to read.
///
/// # Safety
/// A [`Span`] was made of it; it is valid for reading, and nobody writes to it during `'a`.
pub(crate) unsafe fn input<'a, T>(start: *const T, length: usize) -> &'a [T] {
    if length == 0 {
        return &[];
    }
    // Safety: caller; it is not NULL and no longer than memory, as its span says.
    unsafe { slice::from_raw_parts(start, length) }
}

/// A buffer to write.
///
/// # Safety
/// A [`Span`] was made of it; it is valid for writing, and nobody else uses it during `'a`.
pub(crate) unsafe fn output<'a, T>(start: *mut T, length: usize) -> &'a mut [T] {
    if length == 0 {
        return &mut [];
    }
    // Safety: caller, apart; it is not NULL and no longer than memory, as its span says.
    unsafe { slice::from_raw_parts_mut(start, length) }
}

/// Copies `bytes` to a buffer that has to be as long.
///
/// # Safety
/// `to` is NULL, or valid for writing `length` bytes that nobody else uses.
pub(crate) unsafe fn copy_exactly(bytes: &[u8], to: *mut u8, length: usize) -> Result<(), Error> {
    Span::new(to, length, "`to` is NULL")?;
    if length != bytes.len() {
        return Err(Error::BufferLength { expected: bytes.len(), got: length });
    }
    // Safety: caller, and the span.
    unsafe { output(to, length).copy_from_slice(bytes) };
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::ptr;

    fn span(start: usize, length: usize) -> Span {
        Span { start, length }
    }

    proptest! {
        #[test]
        fn buffers_overlap_if_and_only_if_they_share_a_byte(
            a in (0_usize..40, 0_usize..12),
            b in (0_usize..40, 0_usize..12),
            c in (0_usize..40, 0_usize..12),
        ) {
            let share = |a: (usize, usize), b: (usize, usize)| (a.0..a.0 + a.1).any(|byte| (b.0..b.0 + b.1).contains(&byte));
            let [first, second, third] = [a, b, c].map(|(start, length)| span(start, length));
            prop_assert_eq!(first.overlaps(second), share(a, b));
            // Inputs may overlap each other.
            prop_assert_eq!(apart([first], [second, third]).is_err(), share(a, b) || share(a, c));
            prop_assert_eq!(apart([first, second], [third]).is_err(), share(a, b) || share(a, c) || share(b, c));
        }
    }

    #[test]
    fn spans_are_checked() {
        assert!(Span::new(ptr::null::<u8>(), 0, "x").is_ok());
        assert!(matches!(Span::new(ptr::null::<u8>(), 1, "x"), Err(Error::InvalidArgument("x"))));
        for length in [usize::MAX, isize::MAX as usize, usize::MAX / 8 + 1] {
            assert!(matches!(Span::new(ptr::dangling::<u64>(), length, "x"), Err(Error::InvalidArgument(_))));
        }
        assert!(Span::new(ptr::without_provenance::<u8>(usize::MAX), 1, "x").is_err());
    }

    #[test]
    fn a_text_is_one_buffer_or_two_that_are_apart() {
        let mut memory = [0_u8; 32];
        let start = memory.as_mut_ptr();
        let at = |offset: usize| start.cast_const().wrapping_add(offset);
        for offset in 0..16 {
            let text = TextSpans::new(at(offset), 16, start, 16);
            match offset {
                0 => assert!(text.is_ok_and(|text| text.in_place)),
                _ => assert!(matches!(text, Err(Error::Overlap)), "{offset}"),
            }
        }
        assert!(TextSpans::new(at(16), 16, start, 16).is_ok_and(|text| !text.in_place));
        assert!(matches!(
            TextSpans::new(start, 16, start, 15),
            Err(Error::BufferLength { expected: 16, got: 15 })
        ));
    }
}
