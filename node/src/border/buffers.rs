//! JavaScript's buffers as borrowed slices.
//!
//! The argument for soundness has three parts, which the comments on the unsafe blocks refer to by name:
//!
//! * **call**: [`Bytes`] are made of an argument of the running call, which keeps the buffer alive, and live no longer
//!   than it. No JavaScript runs meanwhile, so that nobody detaches, resizes or writes to the buffer; memory that other
//!   threads see ([`SharedArrayBuffer`]) is refused. Reading the elements of an array may run JavaScript: functions take
//!   arrays before `Bytes`, and arrays of buffers as [`Copies`].
//! * **borrow**: arguments may lie in the same memory. Slices are made of them only by [`Bytes::read`], [`Bytes::write`]
//!   and [`text`], which note each slice for as long as it is used, and refuse one that would share a byte with another,
//!   where either is written: a borrow checker at run time.
//! * **info**: Node-API gave address and length for this value, and they are those of its memory.
//!
//! [`SharedArrayBuffer`]: https://developer.mozilla.org/docs/Web/JavaScript/Reference/Global_Objects/SharedArrayBuffer

use std::cell::RefCell;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::{ptr, slice};

use napi::bindgen_prelude::{FromNapiValue, TypeName, ValidateNapiValue};
use napi::{ValueType, check_status, sys};
use pagecrypt::{Error, TAG_LENGTH};
use zeroize::Zeroizing;

/// The memory of an ArrayBuffer, a typed array, a DataView or a Buffer, for the time of one call.
#[derive(Debug)]
pub struct Bytes<'call> {
    span: Result<Span, &'static str>,
    call: PhantomData<&'call mut [u8]>,
}

/// Copies of an array's buffers, each with room for a tag.
#[derive(Debug)]
pub struct Copies(Result<Vec<Zeroizing<Vec<u8>>>, &'static str>);

impl Copies {
    /// The copies.
    pub(crate) fn take(self) -> Result<Vec<Zeroizing<Vec<u8>>>, Error> {
        self.0.map_err(Error::InvalidArgument)
    }
}

/// Where a buffer lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Span {
    start: *mut u8,
    length: usize,
}

/// A slice that is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Borrow {
    span: Span,
    written: bool,
}

thread_local! {
    /// The slices in use. Each thread has buffers of its own.
    static BORROWS: RefCell<Vec<Borrow>> = const { RefCell::new(Vec::new()) };
}

/// What a message is read from and written to.
#[derive(Debug)]
pub(crate) enum TextBytes<'call> {
    /// The same place.
    InPlace(Write<'call>),
    /// Two places.
    Into(Read<'call>, Write<'call>),
}

/// What `from` holds is read, and written to `to`: the same bytes, or apart. They are of the same length.
pub(crate) fn text<'call>(from: Bytes<'call>, to: Bytes<'call>) -> Result<TextBytes<'call>, Error> {
    let (source, target) = (from.span()?, to.span()?);
    if source.length != target.length {
        return Err(Error::BufferLength { expected: source.length, got: target.length });
    }
    if source.start == target.start {
        return Ok(TextBytes::InPlace(to.write()?));
    }
    Ok(TextBytes::Into(from.read()?, to.write()?))
}

impl<'call> Bytes<'call> {
    pub(crate) fn len(&self) -> Result<usize, Error> {
        Ok(self.span()?.length)
    }

    /// The first `at` bytes and the others.
    pub(crate) fn split_at(self, at: usize) -> Result<(Self, Self), Error> {
        let Span { start, length } = self.span()?;
        let Some(rest) = length.checked_sub(at) else {
            return Err(Error::BufferLength { expected: at, got: length });
        };
        let part = |start, length| Self { span: Ok(Span { start, length }), call: PhantomData };
        Ok((part(start, at), part(start.wrapping_add(at), rest)))
    }

    /// To be read.
    pub(crate) fn read(self) -> Result<Read<'call>, Error> {
        Ok(Read { borrow: Borrow::begin(self.span()?, false)?, call: PhantomData })
    }

    /// To be read and written.
    pub(crate) fn write(self) -> Result<Write<'call>, Error> {
        Ok(Write { borrow: Borrow::begin(self.span()?, true)?, call: PhantomData })
    }

    /// A copy.
    pub(crate) fn copy(self) -> Result<Vec<u8>, Error> {
        Ok(self.read()?.to_vec())
    }

    fn span(&self) -> Result<Span, Error> {
        self.span.map_err(Error::InvalidArgument)
    }
}

/// Bytes that are read.
#[derive(Debug)]
pub(crate) struct Read<'call> {
    borrow: Borrow,
    call: PhantomData<&'call [u8]>,
}

/// Bytes that are written.
#[derive(Debug)]
pub(crate) struct Write<'call> {
    borrow: Borrow,
    call: PhantomData<&'call mut [u8]>,
}

impl Deref for Read<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        // SAFETY: call, borrow, info.
        unsafe { self.borrow.span.borrow() }
    }
}

impl Deref for Write<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        // SAFETY: call, borrow, info.
        unsafe { self.borrow.span.borrow() }
    }
}

impl DerefMut for Write<'_> {
    fn deref_mut(&mut self) -> &mut [u8] {
        // SAFETY: call, borrow, info.
        unsafe { self.borrow.span.borrow_mut() }
    }
}

impl Drop for Read<'_> {
    fn drop(&mut self) {
        self.borrow.end();
    }
}

impl Drop for Write<'_> {
    fn drop(&mut self) {
        self.borrow.end();
    }
}

impl Borrow {
    fn begin(span: Span, written: bool) -> Result<Self, Error> {
        let new = Self { span, written };
        BORROWS.with_borrow_mut(|borrows| {
            if borrows.iter().any(|other| (written || other.written) && other.span.overlaps(span)) {
                return Err(Error::Overlap);
            }
            borrows.push(new);
            Ok(new)
        })
    }

    fn end(&self) {
        BORROWS.with_borrow_mut(|borrows| {
            if let Some(index) = borrows.iter().rposition(|borrow| borrow == self) {
                borrows.swap_remove(index);
            }
        });
    }
}

impl Span {
    fn overlaps(self, other: Self) -> bool {
        let (start, other_start) = (self.start.addr(), other.start.addr());
        self.length > 0
            && other.length > 0
            && start < other_start + other.length
            && other_start < start + self.length
    }

    /// # Safety
    /// Nobody writes to it during `'a`, and it stays where it is.
    unsafe fn borrow<'a>(self) -> &'a [u8] {
        if self.length == 0 {
            return &[];
        }
        // SAFETY: the caller; it is not NULL where there are bytes, as Node-API says.
        unsafe { slice::from_raw_parts(self.start, self.length) }
    }

    /// # Safety
    /// Nobody else uses it during `'a`, and it stays where it is.
    unsafe fn borrow_mut<'a>(self) -> &'a mut [u8] {
        if self.length == 0 {
            return &mut [];
        }
        // SAFETY: as above.
        unsafe { slice::from_raw_parts_mut(self.start, self.length) }
    }
}

impl TypeName for Bytes<'_> {
    fn type_name() -> &'static str {
        "Uint8Array"
    }

    fn value_type() -> ValueType {
        ValueType::Object
    }
}

impl ValidateNapiValue for Bytes<'_> {}

impl FromNapiValue for Bytes<'_> {
    unsafe fn from_napi_value(env: sys::napi_env, value: sys::napi_value) -> napi::Result<Self> {
        // SAFETY: the caller passes a value of the running call.
        let span = unsafe { span_of(env, value) }?;
        Ok(Self { span, call: PhantomData })
    }
}

impl TypeName for Copies {
    fn type_name() -> &'static str {
        "Array"
    }

    fn value_type() -> ValueType {
        ValueType::Object
    }
}

impl ValidateNapiValue for Copies {}

impl FromNapiValue for Copies {
    unsafe fn from_napi_value(env: sys::napi_env, array: sys::napi_value) -> napi::Result<Self> {
        let mut length = 0;
        // SAFETY: the caller passes a value of the running call; the place to write to is this function's own.
        check_status!(unsafe { sys::napi_get_array_length(env, array, &mut length) })?;
        let mut copies = Vec::new();
        for index in 0..length {
            let mut element = ptr::null_mut();
            // SAFETY: as above. The element is a value of this call, too.
            let span = unsafe {
                check_status!(sys::napi_get_element(env, array, index, &mut element))?;
                span_of(env, element)?
            };
            let bytes = Bytes { span, call: PhantomData };
            let Ok(bytes) = bytes.read() else {
                return Ok(Self(Err(span.err().unwrap_or("a buffer of an array is in use"))));
            };
            let mut copy = Zeroizing::new(Vec::with_capacity(bytes.len() + TAG_LENGTH));
            copy.extend_from_slice(&bytes);
            copies.push(copy);
        }
        Ok(Self(Ok(copies)))
    }
}

/// Where the buffer lies, or why it cannot be used.
///
/// # Safety
/// `value` is a value of the running call in `env`.
unsafe fn span_of(env: sys::napi_env, value: sys::napi_value) -> napi::Result<Result<Span, &'static str>> {
    let (mut start, mut length, mut memory) = (ptr::null_mut(), 0, ptr::null_mut());
    let (mut kind, mut offset) = (0, 0);
    // SAFETY: the caller; the places to write to are this function's own.
    unsafe {
        let typed_array = sys::napi_get_typedarray_info(
            env,
            value,
            &mut kind,
            &mut length,
            &mut start,
            &mut memory,
            &mut offset,
        );
        if typed_array == sys::Status::napi_ok {
            let Some(bytes) = element_length(kind).and_then(|bytes| bytes.checked_mul(length)) else {
                return Ok(Err("a buffer has elements of an unknown type"));
            };
            length = bytes;
        } else if sys::napi_get_dataview_info(env, value, &mut length, &mut start, &mut memory, &mut offset)
            != sys::Status::napi_ok
        {
            check_status!(
                sys::napi_get_arraybuffer_info(env, value, &mut start, &mut length),
                "not a buffer"
            )?;
            memory = value;
        }
        let (mut unshared, mut detached) = (false, false);
        check_status!(sys::napi_is_arraybuffer(env, memory, &mut unshared))?;
        if !unshared {
            return Ok(Err("a buffer's memory is shared with other threads"));
        }
        if length == 0 {
            check_status!(sys::napi_is_detached_arraybuffer(env, memory, &mut detached))?;
            if detached {
                return Ok(Err("a buffer is detached"));
            }
        }
    }
    Ok(Ok(Span { start: start.cast(), length }))
}

/// In bytes.
fn element_length(kind: sys::napi_typedarray_type) -> Option<usize> {
    use sys::TypedarrayType as Kind;
    match kind {
        Kind::int8_array | Kind::uint8_array | Kind::uint8_clamped_array => Some(1),
        Kind::int16_array | Kind::uint16_array => Some(2),
        Kind::int32_array | Kind::uint32_array | Kind::float32_array => Some(4),
        Kind::float64_array | Kind::bigint64_array | Kind::biguint64_array => Some(8),
        _ => None,
    }
}
