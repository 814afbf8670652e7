//! What records belong to.

use pagecrypt::record::bound;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::argument;

/// What the bound records of a codec belong to: a record of one context does not open in another.
///
/// Made by `Context.stream`, `Context.store` and `Context.writer`.
#[pyclass(frozen, eq, hash, module = "pagecrypt")]
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct Context(bound::Context);

#[pymethods]
impl Context {
    /// A stream, by its id of 32 bytes; the caller assigns the sequence numbers. Raises BufferLengthError.
    #[staticmethod]
    fn stream(id: &Bound<'_, PyAny>) -> PyResult<Self> {
        Ok(Self(bound::Context::Stream(argument::array(id, "id")?)))
    }

    /// A store, by its id of 16 bytes. Every record has the token of its path. Raises BufferLengthError.
    #[staticmethod]
    fn store(id: &Bound<'_, PyAny>) -> PyResult<Self> {
        Ok(Self(bound::Context::Store(argument::array(id, "id")?)))
    }

    /// What one writer (an id of 16 bytes) puts into a stream (an id of 32) whose server assigns the positions: the
    /// writer counts its own records. Raises BufferLengthError.
    #[staticmethod]
    fn writer(stream: &Bound<'_, PyAny>, writer: &Bound<'_, PyAny>) -> PyResult<Self> {
        let (stream, writer) = (argument::array(stream, "stream")?, argument::array(writer, "writer")?);
        Ok(Self(bound::Context::Writer { stream, writer }))
    }

    /// What it is: "stream", "store" or "writer".
    #[getter]
    fn kind(&self) -> &'static str {
        match self.0 {
            bound::Context::Store(_) => "store",
            bound::Context::Writer { .. } => "writer",
            _ => "stream",
        }
    }

    /// The id of the stream or store.
    #[getter]
    fn id<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.ids().0)
    }

    /// The id of the writer; None where there is none.
    #[getter]
    fn writer_id<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyBytes>> {
        self.ids().1.map(|writer| PyBytes::new(py, writer))
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, (Bound<'py, PyAny>,))> {
        let (py, context) = (slf.py(), slf.get());
        let caller = py.import("operator")?.getattr("methodcaller")?;
        let make = match context.writer_id(py) {
            Some(writer) => caller.call1((context.kind(), context.id(py), writer))?,
            None => caller.call1((context.kind(), context.id(py)))?,
        };
        Ok((make, (slf.get_type().into_any(),)))
    }

    fn __repr__(&self) -> String {
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let (id, writer) = self.ids();
        let writer = writer.map(|writer| format!(" {}", hex(writer))).unwrap_or_default();
        format!("<pagecrypt.Context {} {}{writer}>", self.kind(), hex(id))
    }
}

impl Context {
    /// The context of the argument `context`.
    pub(crate) fn of(object: &Bound<'_, PyAny>) -> PyResult<bound::Context> {
        let context = object.cast::<Self>().map(|context| context.get().0);
        context.map_err(|_| argument::wrong_type("context", "a Context", object))
    }

    fn ids(&self) -> (&[u8], Option<&[u8]>) {
        match &self.0 {
            bound::Context::Stream(id) => (id, None),
            bound::Context::Store(id) => (id, None),
            bound::Context::Writer { stream, writer } => (stream, Some(writer)),
            _ => (&[], None), // there are no others
        }
    }
}
