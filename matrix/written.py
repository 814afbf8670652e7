"""What writers and readers left: files that must be there, be the same, differ, or hold the same rows."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import records
from rows import CIPHERS, OK, PAGE_SIZE, Capability, all_rows

QUERIES = ("SELECT id, name, score, note FROM users ORDER BY id", "SELECT id, k, b, v FROM things ORDER BY id")
RESERVED_BYTE = 20  # of SQLite's header: how many bytes at each page's end it does not use
Rows = list[list[tuple[object, ...]]]


def hashes(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def wrong_files(folder: Path) -> list[str]:
    """A writer's folder holds the files of its rows, and no other."""
    wanted = {capability.file(cipher) for capability, cipher in all_rows() if capability.expected(cipher) == OK}
    there = {path.name for path in folder.iterdir()}
    return [f"did not write {name}" for name in sorted(wanted - there)] + [
        f"wrote {name}, which is no file of the matrix" for name in sorted(there - wanted)
    ]


def nonces(capability: Capability, cipher: str, content: bytes) -> list[bytes] | None:
    """Every nonce that was drawn for a file; none where it is not the file that it must be."""
    if capability.records:
        split = records.split(capability, content)
        if split is None:
            return None
        found = [records.nonce(capability, cipher, record) for record in split]
        return None if b"" in found else [nonce for nonce in found if nonce]
    if capability.pages is None:
        return []
    first, distance = capability.pages
    ends = range(first + PAGE_SIZE, len(content) + 1, distance)
    return [content[end - CIPHERS[cipher] : end] for end in ends] or None


def compare_writers(folders: dict[str, Path]) -> Iterator[str]:
    """Messages have given nonces: every writer's are the same bytes. Those of pages and records are drawn: none comes
    twice."""
    for capability, cipher in all_rows():
        name = capability.file(cipher)
        contents = {
            writer: (folder / name).read_bytes() for writer, folder in folders.items() if (folder / name).is_file()
        }
        if not capability.draws_nonces:
            if len(set(contents.values())) > 1:
                first, *others = contents
                differing = [writer for writer in others if contents[writer] != contents[first]]
                yield f"{name}: the bytes of {', '.join(differing)} are not those of {first}"
            continue
        drawn: dict[bytes, str] = {}
        for writer, content in contents.items():
            found = nonces(capability, cipher, content)
            if found is None:
                what = "other records than there must be" if capability.records else "no page"
                yield f"{name}: {writer} wrote {what}"
            for nonce in found or []:
                if nonce in drawn:
                    yield f"{name}: {writer} used a nonce again that {drawn[nonce]} had used"
                    break
                drawn[nonce] = writer


def damage(folder: Path, to: Path) -> None:
    """Copies a writer's files and changes one bit in the middle of each."""
    for path in folder.iterdir():
        content = bytearray(path.read_bytes())
        if content:
            content[len(content) // 2] ^= 1
        (to / path.name).write_bytes(content)


def database_rows(path: Path) -> Rows:
    """Raises sqlite3.Error or ValueError where the database is not sound."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as database:
        if database.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
            raise ValueError("SQLite's integrity_check finds damage")
        return [database.execute(query).fetchall() for query in QUERIES]


def wrong_database(path: Path, rows: Rows) -> str | None:
    """What is wrong with a decrypted database, of which `rows` are expected."""
    if not path.is_file():
        return f"left no {path.name}"
    if "compact" in path.name and path.read_bytes()[RESERVED_BYTE : RESERVED_BYTE + 1] != b"\0":
        return f"{path.name} keeps the bytes reserved for tag and nonce"
    try:
        got = database_rows(path)
    except (sqlite3.Error, ValueError) as error:
        return f"{path.name}: {error}"
    return None if got == rows else f"{path.name} has other rows than the database that was encrypted"
