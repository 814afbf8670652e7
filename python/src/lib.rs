//! The extension module of the Python package `pagecrypt`.

use pyo3::prelude::*;

#[pymodule]
mod _native {}
