//! Whole files.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use napi::Env;
use napi_derive::napi;
use pagecrypt::Error;
use pagecrypt::file::{FileOptions, Progress};

use crate::border::buffers::Bytes;
use crate::border::callback::Callback;
use crate::border::handle::Handle;
use crate::control::{Control, Listener, run_here};
use crate::error::call;
use crate::key::Key;
use crate::thread::{Done, start};

/// One of the ways to make one file of another.
#[napi(string_enum = "lowercase")]
#[derive(Debug)]
pub enum Conversion {
    /// A plain database becomes an encrypted one.
    Encrypt,
    /// An encrypted database becomes a plain one, with reserved bytes.
    Decrypt,
    /// An encrypted database becomes a plain one, without reserved bytes.
    Compact,
}

/// What a conversion came to.
#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct Summary {
    /// Of the encrypted file.
    pub cipher: String,
    /// What did it.
    pub engine: String,
    /// How: `sealed`, `opened`, `rebuilt` or `repacked`.
    pub way: String,
    /// Bytes.
    pub source_page_size: u32,
    /// Bytes, of the new file.
    pub page_size: u32,
    /// Of the new file.
    pub pages: u32,
    /// Length of the new file.
    pub bytes: f64,
    /// Frames of the source's write-ahead log that were taken in.
    pub frames_applied: f64,
    /// Whether pages had to become larger.
    pub grew: bool,
}

impl From<pagecrypt::file::Summary> for Summary {
    fn from(summary: pagecrypt::file::Summary) -> Self {
        Self {
            cipher: summary.cipher.name().to_owned(),
            engine: summary.engine.name().to_owned(),
            way: summary.way.name().to_owned(),
            source_page_size: summary.source_page_size as u32,
            page_size: summary.page_size as u32,
            pages: summary.pages,
            bytes: summary.bytes() as f64,
            frames_applied: summary.frames_applied as f64,
            grew: summary.grew(),
        }
    }
}

/// Converts a file on this thread. `progress` gives whether to go on.
#[napi]
pub fn convert_file(
    env: &Env,
    conversion: Conversion,
    source: Bytes<'_>,
    destination: Bytes<'_>,
    key: Handle<'_, Key>,
    force: bool,
    wait: Option<f64>,
    progress: Option<Callback<'_>>,
) -> napi::Result<Summary> {
    let work = call(env, || Work::new(conversion, source, destination, key, force, wait))?;
    run_here(env, progress.as_ref(), |progress| work.run(progress).map(Summary::from))
}

/// Converts a file on a thread of its own, which waits for what `listener` gives. `done` hears what comes of it.
#[napi]
pub fn convert_file_later(
    env: &Env,
    conversion: Conversion,
    source: Bytes<'_>,
    destination: Bytes<'_>,
    key: Handle<'_, Key>,
    force: bool,
    wait: Option<f64>,
    control: Handle<'_, Control>,
    listener: Option<Listener>,
    done: Done<Summary>,
) -> napi::Result<()> {
    let work = call(env, || Work::new(conversion, source, destination, key, force, wait))?;
    let path = work.source.clone();
    start(env, &path, &control, listener, done, Summary::from, move |progress| work.run(progress))
}

struct Work {
    conversion: Conversion,
    source: PathBuf,
    destination: PathBuf,
    key: pagecrypt::Key,
    force: bool,
    wait: Option<Duration>,
}

impl Work {
    fn new(
        conversion: Conversion,
        source: Bytes<'_>,
        destination: Bytes<'_>,
        key: Handle<'_, Key>,
        force: bool,
        wait: Option<f64>,
    ) -> Result<Self, Error> {
        Ok(Self {
            conversion,
            source: path(source)?,
            destination: path(destination)?,
            key: key.get()?,
            force,
            wait: wait.map(duration),
        })
    }

    fn run(&self, progress: &mut Progress<'_>) -> Result<pagecrypt::file::Summary, Error> {
        let mut options = FileOptions::new().force(self.force).progress(progress);
        if let Some(wait) = self.wait {
            options = options.wait(wait);
        }
        let convert = match self.conversion {
            Conversion::Encrypt => {
                // The addon shows nothing of its SQLite: whoever else locks the source does it through another copy.
                pagecrypt_sqlite::declare_sqlite_private();
                pagecrypt_sqlite::encrypt_file
            }
            Conversion::Decrypt => pagecrypt::file::decrypt_file,
            Conversion::Compact => pagecrypt_sqlite::decrypt_file_compact,
        };
        convert(&self.source, &self.destination, &self.key, options)
    }
}

/// A path of the system's bytes, or where it has text, of UTF-8.
pub(crate) fn path(bytes: Bytes<'_>) -> Result<PathBuf, Error> {
    let bytes = bytes.copy()?;
    #[cfg(unix)]
    let path = <OsString as std::os::unix::ffi::OsStringExt>::from_vec(bytes);
    #[cfg(not(unix))]
    let path =
        OsString::from(String::from_utf8(bytes).map_err(|_| Error::InvalidArgument("a path is not UTF-8"))?);
    Ok(PathBuf::from(path))
}

/// Of milliseconds, which `lib/` has checked; more than there can be are as many as there can be.
pub(crate) fn duration(milliseconds: f64) -> Duration {
    Duration::try_from_secs_f64(milliseconds / 1000.0).unwrap_or(Duration::MAX)
}
