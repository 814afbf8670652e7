//! Pages.

use std::cell::RefCell;

use napi::Env;
use napi_derive::napi;
use pagecrypt::Error;

use crate::border::buffers::{Bytes, TextBytes, text};
use crate::error::call;
use crate::key::Key;

/// A codec until it is closed.
#[napi]
#[derive(Debug)]
pub struct PageCodec {
    codec: RefCell<Option<pagecrypt::page::PageCodec>>,
}

#[napi]
impl PageCodec {
    /// A codec of Turso's format.
    #[napi(factory)]
    pub fn turso(env: &Env, key: &Key, page_size: f64) -> napi::Result<Self> {
        call(env, || {
            let codec = pagecrypt::page::PageCodec::turso(key.get()?, page_size as usize)?;
            Ok(Self { codec: RefCell::new(Some(codec)) })
        })
    }

    /// Bytes of a page that hold tag and nonce.
    #[napi]
    pub fn reserved_length(&self, env: &Env) -> napi::Result<u32> {
        call(env, || self.with(|codec| Ok(codec.reserved_length() as u32)))
    }

    /// In place.
    #[napi]
    pub fn seal_pages(&self, env: &Env, first: u32, pages: Bytes<'_>) -> napi::Result<()> {
        call(env, || self.with(|codec| codec.seal_pages(first, &mut pages.write()?)))
    }

    /// In place.
    #[napi]
    pub fn open_pages(&self, env: &Env, first: u32, pages: Bytes<'_>) -> napi::Result<()> {
        call(env, || self.with(|codec| codec.open_pages(first, &mut pages.write()?)))
    }

    /// From one buffer into another, or in place.
    #[napi]
    pub fn seal_pages_into(&self, env: &Env, first: u32, from: Bytes<'_>, to: Bytes<'_>) -> napi::Result<()> {
        call(env, || {
            self.with(|codec| match text(from, to)? {
                TextBytes::InPlace(mut pages) => codec.seal_pages(first, &mut pages),
                TextBytes::Into(from, mut to) => codec.seal_pages_into(first, &from, &mut to),
            })
        })
    }

    /// From one buffer into another, or in place.
    #[napi]
    pub fn open_pages_into(&self, env: &Env, first: u32, from: Bytes<'_>, to: Bytes<'_>) -> napi::Result<()> {
        call(env, || {
            self.with(|codec| match text(from, to)? {
                TextBytes::InPlace(mut pages) => codec.open_pages(first, &mut pages),
                TextBytes::Into(from, mut to) => codec.open_pages_into(first, &from, &mut to),
            })
        })
    }

    /// Lets its key go.
    #[napi]
    pub fn close(&self) {
        self.codec.take();
    }
}

impl PageCodec {
    fn with<T>(
        &self,
        work: impl FnOnce(&pagecrypt::page::PageCodec) -> Result<T, Error>,
    ) -> Result<T, Error> {
        match self.codec.borrow().as_ref() {
            Some(codec) => work(codec),
            None => Err(Error::Internal("a codec was used after it was closed")),
        }
    }
}

/// The number of the page that holds SQLite's lock byte.
#[napi]
pub fn pending_byte_page(env: &Env, page_size: f64) -> napi::Result<u32> {
    call(env, || pagecrypt::page::pending_byte_page(page_size as usize))
}
