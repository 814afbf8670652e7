"""Databases that pagecrypt encrypted are used by Turso itself, and what Turso wrote is verified and decrypted.

Run by `make test-turso`. The binary is target/shipped/release/pagecrypt, or what the variable PAGECRYPT names.
"""

from __future__ import annotations

import os
import secrets
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
import turso

ROOT = Path(__file__).resolve().parents[2]
PAGECRYPT = Path(os.environ.get("PAGECRYPT", ROOT / "target/shipped/release/pagecrypt")).resolve()

KEY_LENGTHS = {
    "aes128gcm": 16,
    "aes256gcm": 32,
    "aegis256": 32,
    "aegis256x2": 32,
    "aegis256x4": 32,
    "aegis128l": 16,
    "aegis128x2": 16,
    "aegis128x4": 16,
}
PAGE_SIZES = (1024, 4096, 65536)

SCHEMA = """
CREATE TABLE people(id INTEGER PRIMARY KEY, name TEXT NOT NULL, score REAL, note TEXT);
CREATE TABLE files(id INTEGER PRIMARY KEY, person INTEGER, path TEXT, content BLOB);
CREATE INDEX people_by_name ON people(name);
CREATE INDEX files_by_path ON files(path, person);
"""
QUERIES = (
    "SELECT id, name, score, note FROM people ORDER BY id",
    "SELECT id, person, path, content FROM files ORDER BY id",
    "SELECT name, count(*) FROM people GROUP BY name ORDER BY name",
)

Rows = list[list[tuple[Any, ...]]]


def person(number: int) -> tuple[int, str, float, str | None]:
    return number, f"name {number % 37} ÄÖ", number / 7, None if number % 5 == 0 else "note " * (number % 90)


def file(number: int) -> tuple[int, int, str, bytes]:
    length = (number * 977) % 9000 if number % 10 else 70_000 + number  # some span many pages
    return number, number % 300, f"dir{number % 11}/file{number}", bytes((number + i) % 251 for i in range(length))


def make_plain(path: Path, page_size: int) -> None:
    with closing(sqlite3.connect(path)) as plain:
        plain.execute(f"PRAGMA page_size={page_size}")
        plain.executescript(SCHEMA)
        plain.executemany("INSERT INTO people VALUES(?, ?, ?, ?)", map(person, range(1, 301)))
        plain.executemany("INSERT INTO files VALUES(?, ?, ?, ?)", map(file, range(1, 61)))
        plain.commit()


def read(connection: Any) -> Rows:
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    return [[tuple(row) for row in connection.execute(query).fetchall()] for query in QUERIES]


def read_plain(path: Path) -> Rows:
    with closing(sqlite3.connect(path)) as plain:
        return read(plain)


class Store:
    """A folder with one database, its key and what reads and writes it."""

    def __init__(self, folder: Path, cipher: str) -> None:
        self.folder = folder
        self.cipher = cipher
        self.hexkey = secrets.token_hex(KEY_LENGTHS[cipher])
        self.key_file = folder / "test.key"
        self.key_file.touch(mode=0o600)
        self.key_file.write_text(self.hexkey + "\n")

    def pagecrypt(self, command: str, *arguments: Path | str, code: int = 0) -> str:
        done = subprocess.run(
            [PAGECRYPT, command, *arguments, "--key-file", self.key_file],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == code, f"pagecrypt {command}: exit {done.returncode}: {done.stderr}"
        assert self.hexkey not in done.stdout + done.stderr
        return done.stdout

    def encrypt(self, plain: Path, database: Path) -> None:
        self.pagecrypt("encrypt", plain, database, "--cipher", self.cipher)

    def decrypted(self, database: Path) -> Rows:
        """Verifies and decrypts; what stock SQLite reads in the result."""
        self.pagecrypt("verify", database)
        plain = database.with_suffix(".decrypted.db")
        self.pagecrypt("decrypt", database, plain)
        return read_plain(plain)

    @contextmanager
    def turso(self, database: Path, hexkey: str | None = None) -> Iterator[turso.Connection]:
        options = turso.EncryptionOpts(cipher=self.cipher, hexkey=hexkey or self.hexkey)
        connection = turso.connect(str(database), experimental_features="encryption", encryption=options)
        try:
            yield connection
        finally:
            connection.close()


def snapshot(database: Path, folder: Path) -> Path:
    """A copy of a database in use between transactions, with its write-ahead log."""
    folder.mkdir()
    for path in (database, database.with_name(database.name + "-wal")):
        shutil.copy(path, folder)
    assert (folder / f"{database.name}-wal").stat().st_size > 32, "Turso has not written a write-ahead log"
    return folder / database.name


def change(connection: turso.Connection) -> None:
    for number in range(301, 331):
        connection.execute("INSERT INTO people VALUES(?, ?, ?, ?)", person(number))
    for number in range(61, 81):
        connection.execute("INSERT INTO files VALUES(?, ?, ?, ?)", file(number))
    connection.execute("UPDATE people SET note = 'changed by turso' WHERE id % 3 = 0")
    connection.execute("DELETE FROM files WHERE id % 7 = 0")
    connection.commit()


@pytest.mark.parametrize("page_size", PAGE_SIZES)
@pytest.mark.parametrize("cipher", KEY_LENGTHS)
def test_turso_works_on_what_pagecrypt_encrypted_and_pagecrypt_on_what_turso_wrote(
    tmp_path: Path, cipher: str, page_size: int
) -> None:
    store = Store(tmp_path, cipher)
    plain, database = tmp_path / "plain.db", tmp_path / "encrypted.db"
    make_plain(plain, page_size)
    before = read_plain(plain)
    store.encrypt(plain, database)

    with store.turso(database) as connection:
        assert connection.execute("PRAGMA page_size").fetchone() == (page_size,)
        assert read(connection) == before
        change(connection)
        after = read(connection)
        assert after != before
        copy = snapshot(database, tmp_path / "with-wal")
    assert store.decrypted(copy) == after

    with store.turso(database) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    assert database.with_name(database.name + "-wal").stat().st_size == 0
    assert store.decrypted(database) == after


@pytest.mark.parametrize("page_size", PAGE_SIZES)
@pytest.mark.parametrize("cipher", KEY_LENGTHS)
def test_pagecrypt_decrypts_what_turso_made_and_turso_reads_it_encrypted_again(
    tmp_path: Path, cipher: str, page_size: int
) -> None:
    store = Store(tmp_path, cipher)
    database = tmp_path / "turso.db"
    with store.turso(database) as connection:
        connection.execute(f"PRAGMA page_size={page_size}")
        for statement in filter(str.strip, SCHEMA.split(";")):
            connection.execute(statement)
        connection.commit()
        change(connection)
        rows = read(connection)
        copy = snapshot(database, tmp_path / "with-wal")
    assert store.decrypted(copy) == rows
    assert store.decrypted(database) == rows

    again = tmp_path / "again.db"
    store.encrypt(database.with_suffix(".decrypted.db"), again)
    with store.turso(again) as connection:
        assert read(connection) == rows


@pytest.mark.parametrize("cipher", KEY_LENGTHS)
def test_both_refuse_another_key(tmp_path: Path, cipher: str) -> None:
    store = Store(tmp_path, cipher)
    plain, database = tmp_path / "plain.db", tmp_path / "encrypted.db"
    make_plain(plain, 4096)
    store.encrypt(plain, database)
    other = secrets.token_hex(KEY_LENGTHS[cipher])
    with pytest.raises(turso.DatabaseError, match="Decryption failed for page=1"):
        with store.turso(database, hexkey=other) as connection:
            connection.execute("SELECT count(*) FROM people").fetchall()
    store.key_file.write_text(other)
    store.pagecrypt("verify", database, code=3)
