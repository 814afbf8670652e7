//! Pages.

use std::cell::RefCell;
use std::sync::Arc;

use napi::Env;
use napi::bindgen_prelude::AsyncTask;
use napi_derive::napi;
use pagecrypt::{Error, page};
use zeroize::Zeroizing;

use crate::border::buffers::{Bytes, TextBytes, text};
use crate::border::handle::{Handle, New};
use crate::control::Control;
use crate::error::call;
use crate::job::{BytesJob, OpenedJob, Secret, buffer, give_opened, opened, start};
use crate::key::Key;

/// A codec until it is closed; `lib/` sees to it that nobody uses it afterwards.
#[derive(Debug)]
pub struct PageCodec(RefCell<Option<Arc<page::PageCodec>>>);

impl PageCodec {
    pub(crate) fn get(&self) -> Result<Arc<page::PageCodec>, Error> {
        self.0.borrow().clone().ok_or(Error::Internal("a codec was used after it was closed"))
    }
}

/// A codec of Turso's format.
#[napi]
pub fn codec_new_turso(env: &Env, key: Handle<'_, Key>, page_size: f64) -> napi::Result<New<PageCodec>> {
    call(env, || {
        let codec = page::PageCodec::turso(key.get()?, page_size as usize)?;
        Ok(New(PageCodec(RefCell::new(Some(Arc::new(codec))))))
    })
}

/// Bytes of a page that hold tag and nonce.
#[napi]
pub fn codec_reserved_length(env: &Env, codec: Handle<'_, PageCodec>) -> napi::Result<u32> {
    call(env, || Ok(codec.get()?.reserved_length() as u32))
}

/// Lets the codec's key go.
#[napi]
pub fn codec_close(codec: Handle<'_, PageCodec>) {
    codec.0.take();
}

/// In place.
#[napi]
pub fn seal_pages(env: &Env, codec: Handle<'_, PageCodec>, first: u32, pages: Bytes<'_>) -> napi::Result<()> {
    call(env, || codec.get()?.seal_pages(first, &mut pages.write()?))
}

/// In place.
#[napi]
pub fn open_pages(env: &Env, codec: Handle<'_, PageCodec>, first: u32, pages: Bytes<'_>) -> napi::Result<()> {
    call(env, || codec.get()?.open_pages(first, &mut pages.write()?))
}

/// From one buffer into another, or in place.
#[napi]
pub fn seal_pages_into(
    env: &Env,
    codec: Handle<'_, PageCodec>,
    first: u32,
    from: Bytes<'_>,
    to: Bytes<'_>,
) -> napi::Result<()> {
    call(env, || {
        let codec = codec.get()?;
        match text(from, to)? {
            TextBytes::InPlace(mut pages) => codec.seal_pages(first, &mut pages),
            TextBytes::Into(from, mut to) => codec.seal_pages_into(first, &from, &mut to),
        }
    })
}

/// From one buffer into another, or in place.
#[napi]
pub fn open_pages_into(
    env: &Env,
    codec: Handle<'_, PageCodec>,
    first: u32,
    from: Bytes<'_>,
    to: Bytes<'_>,
) -> napi::Result<()> {
    call(env, || {
        let codec = codec.get()?;
        match text(from, to)? {
            TextBytes::InPlace(mut pages) => codec.open_pages(first, &mut pages),
            TextBytes::Into(from, mut to) => codec.open_pages_into(first, &from, &mut to),
        }
    })
}

/// A copy, sealed on the thread pool. `to` is where `lib/` will put it: it is only checked.
#[napi]
pub fn seal_pages_later(
    env: &Env,
    codec: Handle<'_, PageCodec>,
    first: u32,
    from: Bytes<'_>,
    to: Option<Bytes<'_>>,
    control: Option<Handle<'_, Control>>,
) -> napi::Result<AsyncTask<BytesJob>> {
    let (codec, mut pages) = call(env, || Ok((codec.get()?, copy_of(from, to)?)))?;
    Ok(start(control, buffer, move || codec.seal_pages(first, &mut pages).map(|()| pages)))
}

/// A copy, opened on the thread pool. `to` is where `lib/` will put it: it is only checked.
#[napi]
pub fn open_pages_later(
    env: &Env,
    codec: Handle<'_, PageCodec>,
    first: u32,
    from: Bytes<'_>,
    to: Option<Bytes<'_>>,
    control: Option<Handle<'_, Control>>,
) -> napi::Result<AsyncTask<OpenedJob>> {
    let (codec, mut pages) = call(env, || Ok((codec.get()?, copy_of(from, to)?)))?;
    Ok(start(control, give_opened, move || {
        let outcome = codec.open_pages(first, &mut pages);
        opened(pages, outcome)
    }))
}

/// A copy of `from`, which together with `to` is what a function may be given.
pub(crate) fn copy_of(from: Bytes<'_>, to: Option<Bytes<'_>>) -> Result<Secret, Error> {
    let copy = match to {
        None => from.read()?.to_vec(),
        Some(to) => match text(from, to)? {
            TextBytes::InPlace(bytes) => bytes.to_vec(),
            TextBytes::Into(bytes, _) => bytes.to_vec(),
        },
    };
    Ok(Zeroizing::new(copy))
}

/// The number of the page that holds SQLite's lock byte.
#[napi]
pub fn pending_byte_page(env: &Env, page_size: f64) -> napi::Result<u32> {
    call(env, || page::pending_byte_page(page_size as usize))
}

/// What the header of an encrypted database says.
#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct TursoHeader {
    /// The format's version.
    pub version: u32,
    /// The cipher's name.
    pub cipher: String,
    /// Bytes.
    pub page_size: u32,
    /// Bytes of a page that hold tag and nonce.
    pub reserved_length: u32,
}

/// Reads the first 100 bytes of an encrypted database.
#[napi]
pub fn parse_turso_header(env: &Env, bytes: Bytes<'_>) -> napi::Result<TursoHeader> {
    call(env, || {
        let header = page::turso::Header::parse(&bytes.read()?)?;
        Ok(TursoHeader {
            version: header.version.into(),
            cipher: header.cipher.name().to_owned(),
            page_size: header.page_size as u32,
            reserved_length: header.reserved_length as u32,
        })
    })
}
