//! The kinds of databases there are.

use std::fs;
use std::path::Path;

use rusqlite::Connection;

/// A kind of database: how it is made.
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    pub(crate) page_size: usize,
    pub(crate) reserved: usize,
    /// Before the first table.
    pub(crate) pragmas: &'static str,
    pub(crate) sql: &'static str,
}

const ROWS: &str = "
    CREATE TABLE notes(id INTEGER PRIMARY KEY, title TEXT NOT NULL, body BLOB, score REAL);
    CREATE INDEX notes_title ON notes(title);
    CREATE TABLE loose(a, b, c);
    CREATE INDEX loose_b ON loose(b, a DESC);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400)
      INSERT INTO notes SELECT i * 3, 'note ' || i, randomblob(i * 7 % 900), i / 7.0 FROM n;
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
      INSERT INTO loose SELECT i, printf('%0200d', i * 7919 % 300), NULL FROM n;
    DELETE FROM loose WHERE a % 3 = 0;
";

const fn plain(name: &'static str, page_size: usize, reserved: usize) -> Kind {
    Kind { name, page_size, reserved, pragmas: "", sql: ROWS }
}

const fn with(name: &'static str, pragmas: &'static str, sql: &'static str) -> Kind {
    Kind { name, page_size: 4096, reserved: 0, pragmas, sql }
}

pub(crate) const KINDS: &[Kind] = &[
    plain("pages of 512 bytes", 512, 0),
    plain("pages of 512 bytes, 8 reserved", 512, 8),
    plain("pages of 512 bytes, 28 reserved", 512, 28),
    plain("pages of 512 bytes, 32 reserved", 512, 32),
    plain("pages of 1024 bytes", 1024, 0),
    plain("pages of 1024 bytes, 64 reserved", 1024, 64),
    plain("pages of 1024 bytes, 255 reserved", 1024, 255),
    plain("pages of 2048 bytes, 48 reserved", 2048, 48),
    plain("pages of 4096 bytes", 4096, 0),
    plain("pages of 4096 bytes, 28 reserved", 4096, 28),
    plain("pages of 4096 bytes, 32 reserved", 4096, 32),
    plain("pages of 4096 bytes, 48 reserved", 4096, 48),
    plain("pages of 8192 bytes, 255 reserved", 8192, 255),
    plain("pages of 65536 bytes", 65536, 0),
    plain("pages of 65536 bytes, 48 reserved", 65536, 48),
    with("auto_vacuum full", "PRAGMA auto_vacuum = FULL;", ROWS),
    with("auto_vacuum incremental", "PRAGMA auto_vacuum = INCREMENTAL;", ROWS),
    Kind {
        name: "auto_vacuum, many pointer maps",
        page_size: 512,
        reserved: 8,
        pragmas: "PRAGMA auto_vacuum = FULL;",
        sql: ROWS,
    },
    with("UTF-16", "PRAGMA encoding = 'UTF-16be';", ROWS),
    with(
        "versions and ids",
        "PRAGMA user_version = 77; PRAGMA application_id = 1234567;",
        "CREATE TABLE t(x); INSERT INTO t VALUES (1), (NULL), ('a'), (x'00'), (1.5), (-9223372036854775808)",
    ),
    with("a schema of nothing", "PRAGMA user_version = 1;", ""),
    with("tables without rows", "", "CREATE TABLE a(x); CREATE TABLE b(y PRIMARY KEY) WITHOUT ROWID"),
    with(
        "a schema larger than a page",
        "",
        "CREATE TABLE t(x); CREATE VIEW long AS SELECT '0123456789012345678901234567890123456789' || x AS a,
           '0123456789012345678901234567890123456789' || x AS b FROM t;
         CREATE TRIGGER r AFTER INSERT ON t BEGIN UPDATE t SET x = x + 1 WHERE rowid = new.rowid; END;
         CREATE TRIGGER v INSTEAD OF INSERT ON long BEGIN INSERT INTO t VALUES (new.a); END;
         INSERT INTO t VALUES (1), (2), (3)",
    ),
    with(
        "WITHOUT ROWID",
        "",
        "CREATE TABLE w(a TEXT, b INT, c BLOB, PRIMARY KEY(b DESC, a)) WITHOUT ROWID;
         CREATE INDEX w_c ON w(c);
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
           INSERT INTO w SELECT 'k' || i, i * 31 % 2000, zeroblob(i % 50) FROM n;
         INSERT INTO w VALUES ('long', 1, randomblob(20000))",
    ),
    with(
        "overflow chains",
        "",
        "CREATE TABLE big(id INTEGER PRIMARY KEY, b BLOB); CREATE INDEX big_b ON big(b);
         INSERT INTO big VALUES (1, randomblob(1000000)), (2, randomblob(4061)), (3, randomblob(4062)),
           (-5, randomblob(70000)), (9223372036854775807, ''), (-9223372036854775808, randomblob(5000))",
    ),
    with(
        "rowids that nobody declared",
        "",
        "CREATE TABLE r(x); INSERT INTO r(rowid, x) VALUES (5, 'a'), (1000000, 'b'), (-3, 'c');",
    ),
    with(
        "FTS5",
        "",
        "CREATE VIRTUAL TABLE f USING fts5(title, body);
         INSERT INTO f VALUES ('one', 'the quick brown fox'), ('two', 'jumps over'), ('three', 'the lazy dog');
         CREATE TABLE src(id INTEGER PRIMARY KEY, t TEXT); INSERT INTO src VALUES (1, 'alpha'), (9, 'beta');
         CREATE VIRTUAL TABLE external USING fts5(t, content='src', content_rowid='id');
         INSERT INTO external(external) VALUES ('rebuild');
         CREATE VIRTUAL TABLE contentless USING fts5(t, content='');
         INSERT INTO contentless(rowid, t) VALUES (3, 'gamma delta')",
    ),
    with(
        "R-tree",
        "",
        "CREATE VIRTUAL TABLE box USING rtree(id, x0, x1, y0, y1, +label);
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)
           INSERT INTO box SELECT i, i, i + 1, -i, i, 'box ' || i FROM n",
    ),
    with(
        "generated columns, checks, keys, triggers, expressions",
        "PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON;",
        "CREATE TABLE parent(id INTEGER PRIMARY KEY AUTOINCREMENT, n INT CHECK(n > 0), twice INT AS (n * 2) STORED,
           thrice INT AS (n * 3) VIRTUAL, s TEXT COLLATE NOCASE DEFAULT 'd');
         CREATE TABLE child(p REFERENCES parent(id), v TEXT UNIQUE);
         CREATE INDEX parent_e ON parent(n % 7, lower(s)) WHERE n > 10;
         CREATE UNIQUE INDEX parent_t ON parent(thrice);
         CREATE TABLE log(x);
         CREATE TRIGGER t AFTER INSERT ON parent BEGIN INSERT INTO log VALUES (new.n); END;
         CREATE VIEW v AS SELECT p.n, c.v FROM parent p JOIN child c ON c.p = p.id;
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)
           INSERT INTO parent(n, s) SELECT i, 'S' || i FROM n;
         DELETE FROM parent WHERE n > 90;
         INSERT INTO child VALUES (4711, 'orphan'), (1, 'own');
         ALTER TABLE child ADD COLUMN added TEXT DEFAULT 'later';
         INSERT INTO parent(n) VALUES (-1);
         ANALYZE",
    ),
    with(
        "names that need quotes",
        "",
        "CREATE TABLE \"a 'b\"\" c\"(\"x y\" TEXT, \"select\"); CREATE INDEX \"i \"\" j\" ON \"a 'b\"\" c\"(\"x y\");
         INSERT INTO \"a 'b\"\" c\" VALUES ('ä€😀', 1)",
    ),
];

/// Makes a plain database of this kind at `path`, without a write-ahead log.
pub(crate) fn make(kind: &Kind, path: &Path) {
    let first = path.with_extension("first");
    let connection = Connection::open(&first).unwrap();
    connection.execute_batch(&format!("PRAGMA page_size = {};", kind.page_size)).unwrap();
    connection.execute_batch(kind.pragmas).unwrap();
    connection.execute_batch("BEGIN").unwrap();
    connection.execute_batch(kind.sql).unwrap();
    connection.execute_batch("COMMIT").unwrap();
    if kind.reserved == 0 {
        drop(connection);
        fs::rename(&first, path).unwrap();
    } else {
        connection
            .execute("VACUUM INTO ?1", [format!("file:{}?reserve={}", path.display(), kind.reserved)])
            .unwrap();
        drop(connection);
        fs::remove_file(&first).unwrap();
    }
    let header = fs::read(path).unwrap();
    assert_eq!(usize::from(header[20]), kind.reserved, "{}", kind.name);
    assert_eq!(header[16..18], (kind.page_size as u16).max(u16::from(kind.page_size == 65536)).to_be_bytes());
}

/// The kind of this name.
pub(crate) fn kind(name: &str) -> &'static Kind {
    KINDS.iter().find(|kind| kind.name == name).expect(name)
}
