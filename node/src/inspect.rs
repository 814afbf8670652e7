//! What can be seen of a file without a key.

use napi::Env;
use napi::bindgen_prelude::AsyncTask;
use napi_derive::napi;
use pagecrypt::file;

use crate::border::buffers::Bytes;
use crate::error::call;
use crate::file::path;
use crate::job::{Job, start};
use crate::wal::WalHeader;

/// What can be seen of a database. Nothing of it is authenticated.
#[napi(object, object_from_js = false, use_nullable = true)]
#[derive(Debug)]
pub struct Inspection {
    /// `turso`, `sqlite` or `unknown`.
    pub format: String,
    /// Of the format.
    pub version: Option<u32>,
    /// As the header names it.
    pub cipher: Option<String>,
    /// Bytes.
    pub page_size: Option<u32>,
    /// Bytes of each page.
    pub reserved_length: Option<u32>,
    /// Of the file, in bytes.
    pub length: f64,
    /// Whole pages in the file.
    pub pages: Option<f64>,
    /// As the header counts them.
    pub header_pages: Option<u32>,
    /// Bytes behind the last whole page.
    pub trailing_bytes: Option<f64>,
    /// What is wrong with the header.
    pub problem: Option<String>,
    /// Whether a program that stopped left a journal that must be rolled back.
    pub hot_journal: bool,
    /// The write-ahead log, where there is one.
    pub log: Option<LogInspection>,
}

/// What can be seen of a write-ahead log.
#[napi(object, object_from_js = false, use_nullable = true)]
#[derive(Debug)]
pub struct LogInspection {
    /// Of the file, in bytes.
    pub length: f64,
    /// Where it is sound and belongs to the database.
    pub header: Option<WalHeader>,
    /// What is wrong with the header.
    pub problem: Option<String>,
    /// Whole frames.
    pub frames: f64,
    /// Of them, from the first, that hold together and end in a commit.
    pub committed: f64,
    /// Left over from before a checkpoint.
    pub stale: f64,
    /// Of the database with the log applied.
    pub committed_pages: Option<u32>,
    /// Bytes behind the last whole frame.
    pub torn_bytes: f64,
}

impl From<file::Inspection> for Inspection {
    fn from(inspection: file::Inspection) -> Self {
        Self {
            format: inspection.format.name().to_owned(),
            version: inspection.version.map(u32::from),
            cipher: inspection.cipher.map(|cipher| cipher.name().to_owned()),
            page_size: inspection.page_size.map(|size| size as u32),
            reserved_length: inspection.reserved_length.map(|length| length as u32),
            length: inspection.length as f64,
            pages: inspection.pages.map(|pages| pages as f64),
            header_pages: inspection.header_pages,
            trailing_bytes: inspection.trailing_bytes.map(|bytes| bytes as f64),
            problem: inspection.problem.map(str::to_owned),
            hot_journal: inspection.hot_journal,
            log: inspection.log.map(|log| LogInspection {
                length: log.length as f64,
                header: log.header.as_ref().map(WalHeader::from),
                problem: log.problem.map(str::to_owned),
                frames: log.frames as f64,
                committed: log.committed as f64,
                stale: log.stale as f64,
                committed_pages: log.committed_pages,
                torn_bytes: log.torn_bytes as f64,
            }),
        }
    }
}

/// Inspects a file on this thread.
#[napi]
pub fn inspect_file(env: &Env, file: Bytes<'_>) -> napi::Result<Inspection> {
    call(env, || file::inspect_file(&path(file)?).map(Inspection::from))
}

/// Inspects a file on the thread pool.
#[napi]
pub fn inspect_file_later(
    env: &Env,
    file: Bytes<'_>,
) -> napi::Result<AsyncTask<Job<file::Inspection, Inspection>>> {
    let path = call(env, || path(file))?;
    Ok(start(None, Inspection::from, move || file::inspect_file(&path)))
}
