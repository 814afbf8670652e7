//! Engines, as members of the Python enumeration.

use pagecrypt::{Engine, Error};
use pyo3::Borrowed;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyString;

use crate::cipher::members;
use crate::error::{OrRaise as _, type_name};

/// An `Engine` or its name; whether it runs here is not asked.
pub(crate) struct EngineLike(pub(crate) Engine);

impl<'py> FromPyObject<'_, 'py> for EngineLike {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let Ok(name) = object.cast::<PyString>() else {
            return Err(PyTypeError::new_err(format!("expected an Engine or its name, got {}", type_name(&object))));
        };
        let name = name.to_str().unwrap_or_default();
        let engine = Engine::ALL.into_iter().find(|engine| engine.name().eq_ignore_ascii_case(name));
        engine.ok_or(Error::UnknownEngine).or_raise(object.py()).map(Self)
    }
}

/// Every engine, whether it runs here or not.
#[pyfunction]
pub(crate) fn engine_names() -> Vec<&'static str> {
    Engine::ALL.map(Engine::name).to_vec()
}

/// Whether this CPU runs the engine.
#[pyfunction]
pub(crate) fn engine_is_available(engine: EngineLike) -> bool {
    engine.0.is_available()
}

/// The engine of this CPU with this name.
#[pyfunction]
pub(crate) fn engine_from_name<'py>(py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
    engine_member(py, name.parse().or_raise(py)?)
}

/// The member of the enumeration.
pub(crate) fn engine_member<'py>(py: Python<'py>, engine: Engine) -> PyResult<Bound<'py, PyAny>> {
    static MEMBERS: PyOnceLock<Vec<Py<PyAny>>> = PyOnceLock::new();
    let members = MEMBERS.get_or_try_init(py, || members(py, "Engine", Engine::ALL.map(Engine::name)))?;
    let place = Engine::ALL.iter().position(|other| *other == engine).unwrap_or_default();
    Ok(members[place].bind(py).clone())
}
