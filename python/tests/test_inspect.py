"""What can be seen without a key."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pagecrypt import Cipher, FileFormat, InputOutputError, InvalidArgumentError, inspect_file

import vectors


def test_an_encrypted_database() -> None:
    seen = inspect_file(vectors.ENCRYPTED)
    assert seen.format is FileFormat.TURSO
    assert (seen.version, seen.cipher, seen.page_size, seen.reserved_length) == (0, Cipher.AEGIS256, 4096, 48)
    assert (seen.length, seen.pages, seen.trailing_bytes) == (122880, 30, 0)
    assert (seen.problem, seen.log, seen.hot_journal) == (None, None, False)
    assert isinstance(seen.cipher, Cipher)


def test_a_plain_database() -> None:
    seen = inspect_file(vectors.PLAIN)
    assert (seen.format, seen.version, seen.cipher) == (FileFormat.SQLITE, None, None)
    assert (seen.page_size, seen.header_pages) == (4096, seen.pages)


def test_something_else(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_bytes(b"text" * 100)
    seen = inspect_file(other)
    assert (seen.format, seen.page_size, seen.pages, seen.length) == (FileFormat.UNKNOWN, None, None, 400)
    other.write_bytes(b"")
    assert inspect_file(other).length == 0


def test_a_log(copy_of: Callable[..., Path]) -> None:
    log = inspect_file(copy_of(vectors.WITH_LOG)).log
    assert log is not None
    assert log.problem is None
    assert log.frames == log.committed + log.stale > 0
    assert log.committed_pages is not None
    assert log.header is not None
    assert log.header.page_size == 4096
    assert log.length == 32 + log.frames * 4120 + log.torn_bytes


def test_a_damaged_header_is_told(tmp_path: Path) -> None:
    damaged = tmp_path / "damaged"
    content = bytearray(vectors.ENCRYPTED.read_bytes())
    content[20] = 7
    damaged.write_bytes(content)
    assert "reserved" in (inspect_file(damaged).problem or "")


def test_what_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(InvalidArgumentError):
        inspect_file(tmp_path)
    with pytest.raises(InputOutputError):
        inspect_file(tmp_path / "none")
