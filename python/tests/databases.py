"""Databases to encrypt: made here by the standard library's SQLite."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

MEGABYTE = 1 << 20
Rows = list[tuple[int, bytes]]


def make_database(path: Path, size: int = 0, page_size: int = 4096) -> Path:
    """A database of one table, with `size` bytes of content or a little more."""
    with closing(sqlite3.connect(path)) as database:
        database.execute(f"PRAGMA page_size = {page_size}")
        database.execute("CREATE TABLE things (id INTEGER PRIMARY KEY, content BLOB)")
        block = bytes(range(256)) * 256
        rows = ((bytes([i % 251]) + block,) for i in range(max(1, size // len(block))))
        database.executemany("INSERT INTO things (content) VALUES (?)", rows)
        database.commit()
    return path


def rows_of(path: Path) -> Rows:
    """Raises where the database is not sound."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        rows: Rows = database.execute("SELECT id, content FROM things ORDER BY id").fetchall()
        return rows
