//! The extension module of the Python package `pagecrypt`.

use pyo3::prelude::*;

mod aead;
mod argument;
mod border;
mod cipher;
mod cli;
mod engine;
mod enumeration;
mod error;
mod file;
mod inspect;
mod interpreter;
mod key;
mod page;
mod reader;
mod record;
mod s2;
mod store;
mod token_key;
mod unchanging;
mod verify;
mod wal;

/// The native part of the package pagecrypt, which shows what is public of it.
#[pymodule(gil_used = false)]
mod _native {
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::aead::Aead;
    #[pymodule_export]
    use crate::cipher::{cipher_engine, cipher_from_name, cipher_from_number, cipher_rows};
    #[pymodule_export]
    use crate::cli::run_command;
    #[pymodule_export]
    use crate::engine::{engine_from_name, engine_is_available, engine_names};
    #[pymodule_export]
    use crate::enumeration::enumeration_values;
    #[pymodule_export]
    use crate::error::error_rows;
    #[pymodule_export]
    use crate::file::{decrypt_file, encrypt_file};
    #[pymodule_export]
    use crate::inspect::inspect_file;
    #[pymodule_export]
    use crate::key::Key;
    #[pymodule_export]
    use crate::page::{PageCodec, pending_byte_page};
    #[pymodule_export]
    use crate::reader::PageReader;
    #[pymodule_export]
    use crate::record::context::Context;
    #[pymodule_export]
    use crate::record::{
        RecordCodec, compare_writes, generate_key, key_id, record_header_parse, record_overhead,
    };
    #[pymodule_export]
    use crate::s2::{
        s2_answer, s2_decode_stored, s2_encode_stored, s2_envelope_decode, s2_envelope_encode,
        s2_key_from_header, s2_metered_size, s2_open_stored, s2_stream_id,
    };
    #[pymodule_export]
    use crate::store::StoreCodec;
    #[pymodule_export]
    use crate::token_key::TokenKey;
    #[pymodule_export]
    use crate::verify::verify_file;
    #[pymodule_export]
    use crate::wal::{
        WalChain, turso_header_parse, wal_frame_header_parse, wal_header_parse, wal_header_to_bytes,
    };

    #[pymodule_export]
    const PENDING_BYTE: u64 = pagecrypt::page::PENDING_BYTE;
    #[pymodule_export]
    const S2_KEY_HEADER: &str = pagecrypt::record::s2::KEY_HEADER;
    #[pymodule_export]
    const S2_MAX_AES256GCM_SEQUENCE: u64 = pagecrypt::record::s2::MAX_AES256GCM_SEQUENCE;
    #[pymodule_export]
    const S2_MAX_FENCING_TOKEN_LENGTH: usize = pagecrypt::record::s2::MAX_FENCING_TOKEN_LENGTH;
    #[pymodule_export]
    const S2_MAX_METERED_SIZE: u64 = pagecrypt::record::s2::MAX_METERED_SIZE;
    #[pymodule_export]
    const TAG_LENGTH: usize = pagecrypt::TAG_LENGTH;
    #[pymodule_export]
    const WAL_FRAME_HEADER_LENGTH: usize = pagecrypt::page::wal::FRAME_HEADER_LENGTH;
    #[pymodule_export]
    const WAL_HEADER_LENGTH: usize = pagecrypt::page::wal::HEADER_LENGTH;
    #[pymodule_export]
    #[allow(non_upper_case_globals, reason = "the name that Python uses")]
    const __version__: &str = env!("CARGO_PKG_VERSION");

    #[pymodule_init]
    fn init(_module: &Bound<'_, PyModule>) -> PyResult<()> {
        // Python's own module sqlite3 and others bring theirs along.
        pagecrypt_sqlite::declare_sqlite_private();
        Ok(())
    }
}
