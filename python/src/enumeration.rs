//! Members of Python's enumerations, looked up once.

use pagecrypt::file::{FileFormat, Way};
use pagecrypt::page::Format;
use pagecrypt::page::wal::ByteOrder;
use pagecrypt::record;
use pagecrypt::{LockedBy, Unit};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyDict;

const FORMATS: [Format; 1] = [Format::Turso];
const WAYS: [Way; 4] = [Way::Sealed, Way::Opened, Way::Rebuilt, Way::Repacked];
const FILE_FORMATS: [FileFormat; 3] = [FileFormat::Turso, FileFormat::Sqlite, FileFormat::Unknown];
const UNITS: [Unit; 3] = [Unit::Message, Unit::Page, Unit::Frame];
const HOLDERS: [LockedBy; 5] =
    [LockedBy::Writer, LockedBy::Change, LockedBy::Journal, LockedBy::Leftover, LockedBy::ThisProcess];
const BYTE_ORDERS: [&str; 2] = ["little", "big"];
const ENCODINGS: [&str; 2] = ["base64", "hex"];

/// The values of every enumeration, by its name; those of ciphers and engines have functions of their own.
#[pyfunction]
pub(crate) fn enumeration_values(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    let values = PyDict::new(py);
    values.set_item("Format", FORMATS.map(Format::name))?;
    values.set_item("RecordFormat", record::Format::ALL.map(record::Format::name))?;
    values.set_item("Padding", record::bound::Padding::ALL.map(record::bound::Padding::name))?;
    values.set_item("Encoding", ENCODINGS)?;
    values.set_item("Way", WAYS.map(Way::name))?;
    values.set_item("FileFormat", FILE_FORMATS.map(FileFormat::name))?;
    values.set_item("LockedBy", HOLDERS.map(LockedBy::name))?;
    values.set_item("Unit", UNITS.map(Unit::name))?;
    values.set_item("ByteOrder", BYTE_ORDERS)?;
    Ok(values)
}

/// The member of `Format`.
pub(crate) fn format_member(py: Python<'_>, format: Format) -> PyResult<Bound<'_, PyAny>> {
    static MEMBERS: Members = Members::new("Format");
    MEMBERS.get(py, FORMATS.map(Format::name), format.name())
}

/// The member of `RecordFormat`.
pub(crate) fn record_format_member(py: Python<'_>, format: record::Format) -> PyResult<Bound<'_, PyAny>> {
    static MEMBERS: Members = Members::new("RecordFormat");
    MEMBERS.get(py, record::Format::ALL.map(record::Format::name), format.name())
}

/// The member of `Way`.
pub(crate) fn way_member(py: Python<'_>, way: Way) -> PyResult<Bound<'_, PyAny>> {
    static MEMBERS: Members = Members::new("Way");
    MEMBERS.get(py, WAYS.map(Way::name), way.name())
}

/// The member of `FileFormat`.
pub(crate) fn file_format_member(py: Python<'_>, format: FileFormat) -> PyResult<Bound<'_, PyAny>> {
    static MEMBERS: Members = Members::new("FileFormat");
    MEMBERS.get(py, FILE_FORMATS.map(FileFormat::name), format.name())
}

/// The member of `Unit`.
pub(crate) fn unit_member(py: Python<'_>, unit: Unit) -> PyResult<Bound<'_, PyAny>> {
    static MEMBERS: Members = Members::new("Unit");
    MEMBERS.get(py, UNITS.map(Unit::name), unit.name())
}

/// The member of `LockedBy`.
pub(crate) fn locked_by_member(py: Python<'_>, by: LockedBy) -> PyResult<Bound<'_, PyAny>> {
    static MEMBERS: Members = Members::new("LockedBy");
    MEMBERS.get(py, HOLDERS.map(LockedBy::name), by.name())
}

/// The member of `ByteOrder`.
pub(crate) fn byte_order_member(py: Python<'_>, order: ByteOrder) -> PyResult<Bound<'_, PyAny>> {
    static MEMBERS: Members = Members::new("ByteOrder");
    let name = match order {
        ByteOrder::Little => "little",
        ByteOrder::Big => "big",
    };
    MEMBERS.get(py, BYTE_ORDERS, name)
}

/// The members of one enumeration of `pagecrypt._enums`, by their values.
pub(crate) struct Members {
    enumeration: &'static str,
    found: PyOnceLock<Vec<(&'static str, Py<PyAny>)>>,
}

impl Members {
    pub(crate) const fn new(enumeration: &'static str) -> Self {
        Self { enumeration, found: PyOnceLock::new() }
    }

    /// The member with `value`, one of `values`.
    pub(crate) fn get<'py>(
        &self,
        py: Python<'py>,
        values: impl IntoIterator<Item = &'static str>,
        value: &'static str,
    ) -> PyResult<Bound<'py, PyAny>> {
        let found = self.found.get_or_try_init(py, || self.find(py, values))?;
        match found.iter().find(|(of, _)| *of == value) {
            Some((_, member)) => Ok(member.bind(py).clone()),
            None => self.enumeration(py)?.call1((value,)),
        }
    }

    fn find(
        &self,
        py: Python<'_>,
        values: impl IntoIterator<Item = &'static str>,
    ) -> PyResult<Vec<(&'static str, Py<PyAny>)>> {
        let enumeration = self.enumeration(py)?;
        values.into_iter().map(|value| Ok((value, enumeration.call1((value,))?.unbind()))).collect()
    }

    fn enumeration<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        py.import("pagecrypt._enums")?.getattr(self.enumeration)
    }
}
