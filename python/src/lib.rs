//! The extension module of the Python package `pagecrypt`.

use pyo3::prelude::*;

mod aead;
mod border;
mod cipher;
mod engine;
mod error;
mod interpreter;
mod key;
mod page;

/// Native code of the package `pagecrypt`, which shows what is public of it.
#[pymodule(gil_used = false)]
mod _native {
    #[pymodule_export]
    use crate::aead::Aead;
    #[pymodule_export]
    use crate::cipher::{cipher_engine, cipher_from_name, cipher_from_number, cipher_rows};
    #[pymodule_export]
    use crate::engine::{engine_from_name, engine_is_available, engine_names};
    #[pymodule_export]
    use crate::error::error_rows;
    #[pymodule_export]
    use crate::key::Key;
    #[pymodule_export]
    use crate::page::{PageCodec, pending_byte_page};

    #[pymodule_export]
    const TAG_LENGTH: usize = pagecrypt::TAG_LENGTH;
    #[pymodule_export]
    const PENDING_BYTE: u64 = pagecrypt::page::PENDING_BYTE;
    #[pymodule_export]
    #[allow(non_upper_case_globals)]
    const __version__: &str = env!("CARGO_PKG_VERSION");
}
