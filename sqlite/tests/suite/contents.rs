//! Everything that SQLite can see of a database, for comparison.

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags};

/// What must be the same before and after.
#[derive(Debug, PartialEq)]
pub(crate) struct Contents {
    schema: Vec<String>,
    pragmas: BTreeMap<&'static str, String>,
    tables: BTreeMap<String, Vec<String>>,
}

/// Reads a plain database; its `integrity_check` must be ok.
pub(crate) fn contents(path: &Path) -> Contents {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE).unwrap();
    // Rows that a CHECK would refuse today may be there from before it was made.
    connection.execute_batch("PRAGMA ignore_check_constraints = ON").unwrap();
    let check: String =
        connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("integrity_check runs");
    assert_eq!(check, "ok", "{}", path.display());
    contents_of(&connection)
}

/// The same through an open connection.
pub(crate) fn contents_of(connection: &Connection) -> Contents {
    let schema = rows(connection, "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name");
    let pragmas = ["user_version", "application_id", "auto_vacuum", "encoding"]
        .map(|name| (name, rows(connection, &format!("PRAGMA {name}")).concat()))
        .into_iter()
        .collect();
    let names: Vec<String> = connection
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let tables = names
        .into_iter()
        .map(|name| {
            let quoted = name.replace('"', "\"\"");
            // Rowids count too, where there are any.
            let rows = if connection.prepare(&format!("SELECT rowid FROM \"{quoted}\"")).is_ok() {
                rows(connection, &format!("SELECT rowid, * FROM \"{quoted}\""))
            } else {
                rows(connection, &format!("SELECT * FROM \"{quoted}\""))
            };
            (name, rows)
        })
        .collect();
    Contents { schema, pragmas, tables }
}

fn rows(connection: &Connection, sql: &str) -> Vec<String> {
    let mut statement = connection.prepare(sql).unwrap();
    let columns = statement.column_count();
    statement
        .query_map([], |row| {
            let values: Vec<Value> = (0..columns).map(|column| row.get(column).unwrap()).collect();
            Ok(format!("{values:?}"))
        })
        .unwrap()
        .map(Result::unwrap)
        .collect()
}
