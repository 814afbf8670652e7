//! Whole files made of others.

use std::path::Path;
use std::time::Duration;

use pagecrypt::file::{FileOptions, Summary};
use pagecrypt::{Error, Key};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::argument;
use crate::cipher::cipher_member;
use crate::engine::engine_member;
use crate::enumeration::way_member;
use crate::error::exists;
use crate::interpreter::Watch;

/// Where the caller does not say.
const WAIT: Duration = Duration::from_secs(5);

/// Encrypts the plain SQLite database `source`, its write-ahead log taken in, into a new file `destination`.
///
/// The source is only read, and no plaintext copy reaches the disk. The destination appears once it is complete;
/// with force=True it replaces a file that is there. `wait` is how many seconds to wait for another program that is
/// just writing to the source. `progress(done, total)` is told now and then, on the calling thread, how many bytes
/// are done and how many there are in all (which may still grow; both are 0 while waiting): returning False or an
/// exception stops the work, as does a signal handler that raises, such as Ctrl-C's. Whatever stops it, nothing is
/// left behind.
///
/// Gives a Summary. Raises DestinationExistsError; LockedError; UnsupportedFormatError for what is encrypted
/// already or no SQLite database; MalformedError; InputOutputError; FilePermissionsError; CancelledError;
/// UsageLimitError.
///
/// The package carries a SQLite of its own. On Linux a file that this process holds POSIX locks on, through the
/// module sqlite3 for example, is refused (LockedBy.THIS_PROCESS), since closing it would take them away;
/// elsewhere, close it first.
#[pyfunction]
#[pyo3(
    signature = (source, destination, key, *, format = None, force = None, wait = None, progress = None),
    text_signature = "(source, destination, key, *, format='turso', force=False, wait=5.0, progress=None)"
)]
#[allow(clippy::too_many_arguments, reason = "keywords")]
pub(crate) fn encrypt_file<'py>(
    source: &Bound<'py, PyAny>,
    destination: &Bound<'py, PyAny>,
    key: &Bound<'py, PyAny>,
    format: Option<&Bound<'py, PyAny>>,
    force: Option<&Bound<'py, PyAny>>,
    wait: Option<&Bound<'py, PyAny>>,
    progress: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    argument::check_format(format)?;
    convert(source, destination, key, force, wait, progress, pagecrypt_sqlite::encrypt_file)
}

/// Decrypts the database `source`, the committed frames of its write-ahead log applied, into a new plain SQLite
/// database `destination`, readable for its owner only.
///
/// Pages keep their places and their reserved bytes, which are zero; with compact=True they are packed anew,
/// without reserved bytes, as SQLite itself makes databases. The file names its cipher: of the key only the bytes
/// count. The other parameters are those of encrypt_file.
///
/// Gives a Summary. Raises WrongKeyError, KeyLengthError, NotEncryptedError, AuthenticationError for what is
/// damaged, and what encrypt_file raises.
#[pyfunction]
#[pyo3(
    signature = (source, destination, key, *, compact = None, force = None, wait = None, progress = None),
    text_signature = "(source, destination, key, *, compact=False, force=False, wait=5.0, progress=None)"
)]
#[allow(clippy::too_many_arguments, reason = "keywords")]
pub(crate) fn decrypt_file<'py>(
    source: &Bound<'py, PyAny>,
    destination: &Bound<'py, PyAny>,
    key: &Bound<'py, PyAny>,
    compact: Option<&Bound<'py, PyAny>>,
    force: Option<&Bound<'py, PyAny>>,
    wait: Option<&Bound<'py, PyAny>>,
    progress: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let work = match compact.map_or(Ok(false), |compact| compact.is_truthy())? {
        true => pagecrypt_sqlite::decrypt_file_compact,
        false => pagecrypt::file::decrypt_file,
    };
    convert(source, destination, key, force, wait, progress, work)
}

fn convert<'py>(
    source: &Bound<'py, PyAny>,
    destination: &Bound<'py, PyAny>,
    key: &Bound<'py, PyAny>,
    force: Option<&Bound<'py, PyAny>>,
    wait: Option<&Bound<'py, PyAny>>,
    progress: Option<&Bound<'py, PyAny>>,
    work: fn(&Path, &Path, &Key, FileOptions<'_>) -> Result<Summary, Error>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = source.py();
    let source = argument::path(source, "source")?;
    let destination = argument::path(destination, "destination")?;
    let key = argument::key(key)?;
    let force = force.map_or(Ok(false), |force| force.is_truthy())?;
    let wait = wait_of(wait)?;
    let mut watch = Watch::new(progress_of(progress)?);
    let made = py.detach(|| {
        let mut step = |done, total| watch.step(done, total);
        let options = FileOptions::new().force(force).wait(wait).progress(&mut step);
        work(&source, &destination, key, options)
    });
    match made {
        Err(Error::FileExists) => Err(exists(py, &destination)),
        made => summary(py, &watch.outcome(py, made)?),
    }
}

/// How long to wait for another program.
pub(crate) fn wait_of(wait: Option<&Bound<'_, PyAny>>) -> PyResult<Duration> {
    wait.map_or(Ok(WAIT), |wait| argument::seconds(wait, "wait"))
}

/// The caller's progress function.
pub(crate) fn progress_of(progress: Option<&Bound<'_, PyAny>>) -> PyResult<Option<Py<PyAny>>> {
    match progress {
        Some(progress) if !progress.is_callable() => {
            Err(argument::wrong_type("progress", "a function of two ints", progress))
        }
        progress => Ok(progress.map(|progress| progress.clone().unbind())),
    }
}

fn summary<'py>(py: Python<'py>, made: &Summary) -> PyResult<Bound<'py, PyAny>> {
    let fields = PyDict::new(py);
    fields.set_item("cipher", cipher_member(py, made.cipher)?)?;
    fields.set_item("engine", engine_member(py, made.engine)?)?;
    fields.set_item("way", way_member(py, made.way)?)?;
    fields.set_item("source_page_size", made.source_page_size)?;
    fields.set_item("page_size", made.page_size)?;
    fields.set_item("pages", made.pages)?;
    fields.set_item("frames_applied", made.frames_applied)?;
    py.import("pagecrypt._file")?.getattr("Summary")?.call((), Some(&fields))
}
