//! Encrypting and compacting whole databases, checked by SQLite's own reading of both sides.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod suite {
    pub(crate) mod contents;
    pub(crate) mod databases;
    pub(crate) mod opened;

    mod compacting;
    mod encrypting;
    mod refusals;
    mod sources;
    #[cfg(target_os = "linux")]
    mod system;
    mod turso_samples;
}
