//! Encrypted databases as plain ones.

use std::cell::RefCell;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use napi::Env;
use napi::bindgen_prelude::{AsyncTask, Buffer};
use napi_derive::napi;
use pagecrypt::Error;
use pagecrypt::file::{self, FileOptions, Progress};
use zeroize::Zeroizing;

use crate::border::buffers::Bytes;
use crate::border::handle::{Handle, New};
use crate::control::Control;
use crate::error::call;
use crate::file::{duration, path};
use crate::job::{BytesJob, Job, Secret, buffer, start};
use crate::key::Key;
use crate::thread::{self, Done};

/// A reader until it is closed; `lib/` sees to it that nobody uses it afterwards.
#[derive(Debug)]
pub struct PageReader(RefCell<Option<Arc<file::PageReader>>>);

impl PageReader {
    fn new(reader: file::PageReader) -> New<Self> {
        New(Self(RefCell::new(Some(Arc::new(reader)))))
    }

    fn get(&self) -> Result<Arc<file::PageReader>, Error> {
        self.0.borrow().clone().ok_or(Error::Internal("a reader was used after it was closed"))
    }
}

/// What is known of the database.
#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct ReaderInfo {
    /// As the file names it.
    pub cipher: String,
    /// What opens it.
    pub engine: String,
    /// Bytes.
    pub page_size: u32,
    /// Of the database, its log applied.
    pub page_count: u32,
    /// Bytes of the plain database.
    pub size: f64,
    /// Frames of the log that are part of the database.
    pub frames_applied: f64,
}

/// Opens a database on this thread.
#[napi]
pub fn reader_open(
    env: &Env,
    file: Bytes<'_>,
    key: Handle<'_, Key>,
    wait: Option<f64>,
) -> napi::Result<New<PageReader>> {
    call(env, || {
        open(&path(file)?, &key.get()?, wait.map(duration), &mut |_, _| std::ops::ControlFlow::Continue(()))
            .map(PageReader::new)
    })
}

/// What is known of the database.
#[napi]
pub fn reader_info(env: &Env, reader: Handle<'_, PageReader>) -> napi::Result<ReaderInfo> {
    call(env, || {
        let reader = reader.get()?;
        Ok(ReaderInfo {
            cipher: reader.codec().cipher().name().to_owned(),
            engine: reader.codec().engine().name().to_owned(),
            page_size: reader.page_size() as u32,
            page_count: reader.page_count(),
            size: reader.length() as f64,
            frames_applied: reader.frames_applied() as f64,
        })
    })
}

/// Reads bytes from `offset` on: as many as `into` has room for, fewer at the end. Gives how many.
#[napi]
pub fn reader_read_into(
    env: &Env,
    reader: Handle<'_, PageReader>,
    offset: f64,
    into: Bytes<'_>,
) -> napi::Result<f64> {
    call(env, || Ok(reader.get()?.read_at(offset as u64, &mut into.write()?)? as f64))
}

/// At most `length` bytes from `offset` on.
#[napi]
pub fn reader_read_at(
    env: &Env,
    reader: Handle<'_, PageReader>,
    offset: f64,
    length: f64,
) -> napi::Result<Buffer> {
    call(env, || read_at(&*reader.get()?, offset, length)).map(buffer)
}

/// The pages `first`, `first + 1`, …
#[napi]
pub fn reader_read_pages(
    env: &Env,
    reader: Handle<'_, PageReader>,
    first: u32,
    count: u32,
) -> napi::Result<Buffer> {
    call(env, || read_pages(&*reader.get()?, first, count)).map(buffer)
}

/// Whether nobody has written to the files.
#[napi]
pub fn reader_check_unchanged(env: &Env, reader: Handle<'_, PageReader>) -> napi::Result<()> {
    call(env, || reader.get()?.check_unchanged())
}

/// The same on the thread pool.
#[napi]
pub fn reader_read_at_later(
    env: &Env,
    reader: Handle<'_, PageReader>,
    offset: f64,
    length: f64,
    control: Option<Handle<'_, Control>>,
) -> napi::Result<AsyncTask<BytesJob>> {
    let reader = call(env, || reader.get())?;
    Ok(start(control, buffer, move || read_at(&reader, offset, length)))
}

/// The same on the thread pool.
#[napi]
pub fn reader_read_pages_later(
    env: &Env,
    reader: Handle<'_, PageReader>,
    first: u32,
    count: u32,
    control: Option<Handle<'_, Control>>,
) -> napi::Result<AsyncTask<BytesJob>> {
    let reader = call(env, || reader.get())?;
    Ok(start(control, buffer, move || read_pages(&reader, first, count)))
}

/// The same on the thread pool.
#[napi]
pub fn reader_check_unchanged_later(
    env: &Env,
    reader: Handle<'_, PageReader>,
    control: Option<Handle<'_, Control>>,
) -> napi::Result<AsyncTask<Job<(), ()>>> {
    let reader = call(env, || reader.get())?;
    Ok(start(control, |()| (), move || reader.check_unchanged()))
}

/// Closes the files once running work is done.
#[napi]
pub fn reader_close(reader: Handle<'_, PageReader>) {
    reader.0.take();
}

/// Opens a database on a thread of its own: it may have to wait. `done` hears what comes of it.
#[napi]
pub fn reader_open_later(
    env: &Env,
    file: Bytes<'_>,
    key: Handle<'_, Key>,
    wait: Option<f64>,
    control: Handle<'_, Control>,
    done: Done<New<PageReader>>,
) -> napi::Result<()> {
    let (path, key) = call(env, || Ok((path(file)?, key.get()?)))?;
    let place = path.clone();
    thread::start(env, &place, &control, None, done, PageReader::new, move |progress| {
        open(&path, &key, wait.map(duration), progress)
    })
}

fn open(
    path: &Path,
    key: &pagecrypt::Key,
    wait: Option<Duration>,
    progress: &mut Progress<'_>,
) -> Result<file::PageReader, Error> {
    let mut options = FileOptions::new().progress(progress);
    if let Some(wait) = wait {
        options = options.wait(wait);
    }
    file::PageReader::open_with(path, key, &mut options)
}

fn read_at(reader: &file::PageReader, offset: f64, length: f64) -> Result<Secret, Error> {
    let offset = offset as u64;
    let length = reader.length().saturating_sub(offset).min(length as u64);
    let mut bytes = room(length)?;
    reader.read_at(offset, &mut bytes)?;
    Ok(bytes)
}

fn read_pages(reader: &file::PageReader, first: u32, count: u32) -> Result<Secret, Error> {
    if u64::from(first) + u64::from(count) > u64::from(reader.page_count()) + 1 {
        return Err(Error::PageNumber);
    }
    let mut pages = room(u64::from(count) * reader.page_size() as u64)?;
    reader.read_pages(first, &mut pages)?;
    Ok(pages)
}

/// More than a Buffer can hold, or than there is, is an error and no abort.
fn room(length: u64) -> Result<Secret, Error> {
    let too_long = Error::InvalidArgument("more than fits into memory at once");
    let Ok(length) = usize::try_from(length) else { return Err(too_long) };
    let mut bytes = Vec::new();
    if bytes.try_reserve_exact(length).is_err() {
        return Err(too_long);
    }
    bytes.resize(length, 0);
    Ok(Zeroizing::new(bytes))
}
