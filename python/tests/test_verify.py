"""Reports on damage."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from pagecrypt import AuthenticationError, Cipher, Key, MalformedError, VerifyReport, verify_file

import vectors

SIZE = 4096


def numbers(found: Iterable[Any]) -> list[int]:
    """Ranges, or numbers themselves, as numbers."""
    result: list[int] = []
    for item in found:
        result.extend([item] if isinstance(item, int) else range(item[0], item[-1] + 1))
    return result


def report_on(content: bytes | bytearray, folder: Path, key: Key, **more: Any) -> VerifyReport:
    path = folder / "database"
    path.write_bytes(content)
    return verify_file(path, key, **more)


def damage(content: bytes, *pages: int) -> bytearray:
    damaged = bytearray(content)
    for page in pages:
        damaged[(page - 1) * SIZE + 200] ^= 1
    return damaged


def test_an_intact_database(key: Key) -> None:
    report = verify_file(vectors.ENCRYPTED, key)
    assert report.intact is True
    assert report.error is None
    report.require_intact()
    assert (report.cipher, report.engine) == (Cipher.AEGIS256, key.engine)
    assert (report.page_size, report.pages, report.pages_checked, report.trailing_bytes) == (4096, 30, 30, 0)
    assert (len(report.findings), len(report.damaged_header), report.log) == (0, 0, None)
    for found in (report.damaged_pages, report.missing_pages, report.surplus_pages, report.foreign_pages):
        assert numbers(found) == []


@pytest.mark.parametrize("threads", [None, 1, 2, 7, 1000])
def test_damaged_pages(threads: int | None, tmp_path: Path, key: Key) -> None:
    report = report_on(damage(vectors.ENCRYPTED.read_bytes(), 3, 4, 17), tmp_path, key, threads=threads)
    assert report.intact is False
    assert numbers(report.damaged_pages) == [3, 4, 17]
    assert isinstance(report.error, AuthenticationError)
    assert list(report.error.numbers) == [3, 4, 17]
    assert any("3-4, 17" in finding for finding in report.findings)
    with pytest.raises(AuthenticationError, match="3 pages"):
        report.require_intact()


def test_missing_pages(tmp_path: Path, key: Key) -> None:
    report = report_on(vectors.ENCRYPTED.read_bytes()[: -2 * SIZE], tmp_path, key)
    assert (report.intact, numbers(report.missing_pages)) == (False, [29, 30])
    with pytest.raises(MalformedError, match="cut"):
        report.require_intact()


def test_foreign_and_surplus_pages(tmp_path: Path, key: Key) -> None:
    content = vectors.ENCRYPTED.read_bytes()
    report = report_on(content + content[SIZE : 2 * SIZE] + bytes(SIZE) + b"tail", tmp_path, key)
    assert (numbers(report.surplus_pages), numbers(report.foreign_pages)) == ([31], [32])
    assert report.trailing_bytes == 4
    assert report.intact is False


def test_a_damaged_header(tmp_path: Path, key: Key) -> None:
    content = bytearray(vectors.ENCRYPTED.read_bytes())
    content[6] = Cipher.AEGIS256X2.number
    report = report_on(content, tmp_path, key)
    assert list(report.damaged_header) == ["cipher"] or "cipher" in str(report.damaged_header)
    assert report.cipher is Cipher.AEGIS256


def test_a_damaged_log(copy_of: Callable[..., Path]) -> None:
    database = copy_of(vectors.WITH_LOG)
    sample = next(s for s in vectors.read_json("turso/manifest.json")["fixtures"] if s["file"] == vectors.WITH_LOG.name)
    key = Key.from_text(sample["hexkey"], sample["cipher"])
    intact = verify_file(database, key)
    assert intact.intact
    assert intact.log is not None
    assert intact.log.committed > 1
    log = database.with_name("database-wal")
    content = bytearray(log.read_bytes())
    content[32 + 24 + 500] ^= 1  # the first frame
    log.write_bytes(content)
    report = verify_file(database, key)
    assert report.log is not None
    assert 1 in numbers(report.log.damaged)
    assert isinstance(report.error, AuthenticationError)
    assert report.error.frame == 1


@pytest.mark.parametrize("threads", [0, -1, -(2**64)])
def test_threads_that_cannot_be(threads: int, key: Key) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whichever of the family
        verify_file(vectors.ENCRYPTED, key, threads=threads)


def test_another_cipher_of_the_same_length_is_no_obstacle() -> None:
    """The file names its cipher; of the key only the bytes count."""
    assert verify_file(vectors.ENCRYPTED, Key.from_text(vectors.ENCRYPTED_KEY, "aes256gcm")).cipher is Cipher.AEGIS256
