//! Engines, as members of the Python enumeration.

use pagecrypt::Engine;
use pyo3::prelude::*;

use crate::argument;
use crate::enumeration::Members;
use crate::error::OrRaise as _;

/// Every engine, whether it runs here or not.
#[pyfunction]
pub(crate) fn engine_names() -> Vec<&'static str> {
    Engine::ALL.map(Engine::name).to_vec()
}

/// Whether this CPU runs the engine.
#[pyfunction]
pub(crate) fn engine_is_available(engine: &Bound<'_, PyAny>) -> PyResult<bool> {
    argument::engine(engine, "engine").map(Engine::is_available)
}

/// The engine of this CPU with this name.
#[pyfunction]
pub(crate) fn engine_from_name<'py>(name: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = name.py();
    engine_member(py, argument::word(name, "name", "a str")?.parse().or_raise(py)?)
}

/// The member of the enumeration.
pub(crate) fn engine_member<'py>(py: Python<'py>, engine: Engine) -> PyResult<Bound<'py, PyAny>> {
    static MEMBERS: Members = Members::new("Engine");
    MEMBERS.get(py, Engine::ALL.map(Engine::name), engine.name())
}
