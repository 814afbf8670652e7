"""Reading an encrypted database as a plain one."""

from __future__ import annotations

import io
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pagecrypt import (
    AuthenticationError,
    BufferLengthError,
    Cipher,
    Key,
    LockedBy,
    LockedError,
    PageNumberError,
    PageReader,
    WrongKeyError,
    decrypt_file,
)

import vectors

KEY = Key.from_text(vectors.ENCRYPTED_KEY)
SIZE = 122880


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("plain") / "plain"
    decrypt_file(vectors.ENCRYPTED, path, KEY)
    return path.read_bytes()


@pytest.fixture
def reader() -> Iterator[PageReader]:
    with PageReader(vectors.ENCRYPTED, KEY) as reader:
        yield reader


def test_what_it_is(reader: PageReader) -> None:
    assert (reader.cipher, reader.page_size, reader.page_count) == (Cipher.AEGIS256, 4096, 30)
    assert (reader.size, reader.frames_applied, reader.closed) == (SIZE, 0, False)
    reader.check_unchanged()


@settings(max_examples=100)
@given(offset=st.integers(0, SIZE + 5000), length=st.integers(0, 20_000))
def test_any_part_is_that_of_the_plain_database(offset: int, length: int, plain: bytes) -> None:
    with PageReader(vectors.ENCRYPTED, KEY) as reader:
        expected = plain[offset : offset + length]
        assert reader.read_at(offset, length) == expected
        buffer = bytearray(b"\xc3" * length)
        assert reader.read_into(offset, buffer) == len(expected)
        assert buffer == expected + b"\xc3" * (length - len(expected))


def test_pages(reader: PageReader, plain: bytes) -> None:
    assert reader.read_pages(1, 30) == plain
    assert reader.read_pages(5, 2) == plain[4 * 4096 : 6 * 4096]
    assert reader.read_pages(5, 0) == b""
    for first, count in ((0, 1), (31, 1), (30, 2), (-1, 1), (2**32, 1), (2**70, 1), (1, 2**31)):
        with pytest.raises(PageNumberError):
            reader.read_pages(first, count)


def test_a_log_is_applied(copy_of: Callable[..., Path], tmp_path: Path) -> None:
    sample = next(s for s in vectors.read_json("turso/manifest.json")["fixtures"] if s["file"] == vectors.WITH_LOG.name)
    key, database = Key.from_text(sample["hexkey"], sample["cipher"]), copy_of(vectors.WITH_LOG)
    decrypt_file(database, tmp_path / "plain", key)
    with PageReader(database, key) as reader:
        assert reader.frames_applied > 0
        assert reader.read_at(0, reader.size) == (tmp_path / "plain").read_bytes()


@pytest.mark.parametrize(("offset", "length"), [(-1, 1), (0, -1), (-(2**64), 1), (0, -(2**64))])
def test_negative_numbers_are_refused(reader: PageReader, offset: int, length: int) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whichever of the family
        reader.read_at(offset, length)


def test_behind_the_end_there_is_nothing(reader: PageReader) -> None:
    for offset in (SIZE, SIZE + 1, 2**40, 2**63, 2**64 - 1):
        assert reader.read_at(offset, 10) == b""
    assert reader.read_at(SIZE - 3, 2**40) == reader.read_at(SIZE - 3, 3)
    assert reader.read_at(SIZE - 3, 2**63 - 1) == reader.read_at(SIZE - 3, 3)


def test_a_closed_reader_reads_no_more() -> None:
    reader = PageReader(vectors.ENCRYPTED, KEY)
    reader.close()
    reader.close()
    assert reader.closed
    for use in (
        lambda: reader.read_at(0, 1),
        lambda: reader.read_into(0, bytearray(1)),
        lambda: reader.read_pages(1, 1),
        reader.check_unchanged,
        reader.as_file,
        reader.__enter__,
    ):
        with pytest.raises(ValueError, match="closed"):
            use()
    assert "closed" in repr(reader)


def test_it_is_closed_at_the_end_of_with() -> None:
    with pytest.raises(ZeroDivisionError):
        with PageReader(vectors.ENCRYPTED, KEY) as reader:
            raise ZeroDivisionError
    assert reader.closed


def test_damage_is_found_when_it_is_read(tmp_path: Path, plain: bytes) -> None:
    content = bytearray(vectors.ENCRYPTED.read_bytes())
    content[6 * 4096 + 50] ^= 1  # page 7
    damaged = tmp_path / "damaged"
    damaged.write_bytes(content)
    with PageReader(damaged, KEY) as reader:
        assert reader.read_at(0, 6 * 4096) == plain[: 6 * 4096]
        for offset, length in ((6 * 4096, 1), (5 * 4096, 8192), (0, SIZE)):
            with pytest.raises(AuthenticationError) as caught:
                reader.read_at(offset, length)
            assert caught.value.page == 7
            buffer = bytearray(b"\xc3" * length)
            with pytest.raises(AuthenticationError):
                reader.read_into(offset, buffer)
            assert buffer == bytes(length)


def test_another_key() -> None:
    with pytest.raises(WrongKeyError):
        PageReader(vectors.ENCRYPTED, Key.generate())


def test_a_change_is_noticed(tmp_path: Path) -> None:
    database = tmp_path / "database"
    shutil.copy(vectors.ENCRYPTED, database)
    with PageReader(database, KEY) as reader:
        with database.open("ab") as file:
            file.write(b"more")
        with pytest.raises(LockedError) as caught:
            reader.check_unchanged()
        assert caught.value.locked_by is LockedBy.CHANGE


def test_as_a_file(reader: PageReader, plain: bytes) -> None:
    file = reader.as_file()
    assert isinstance(file, io.RawIOBase)
    assert (file.readable(), file.seekable(), file.writable()) == (True, True, False)
    assert file.read(16) == b"SQLite format 3\0"
    assert file.tell() == 16
    assert file.seek(-5, io.SEEK_END) == SIZE - 5
    assert file.read() == plain[-5:]
    assert file.read(10) == b""
    assert file.seek(4096) == 4096
    assert file.seek(10, io.SEEK_CUR) == 4106
    buffer = bytearray(100)
    assert file.readinto(buffer) == 100
    assert buffer == plain[4106:4206]
    assert file.seek(SIZE + 100) == SIZE + 100
    assert file.read(5) == b""
    with pytest.raises((ValueError, OSError)):
        file.seek(-1)
    with pytest.raises((ValueError, OSError)):
        file.seek(0, 9)
    with pytest.raises(io.UnsupportedOperation):
        file.write(b"x")
    with pytest.raises((io.UnsupportedOperation, OSError)):
        file.fileno()
    assert file.seek(0) == 0
    assert file.readall() == plain


def test_as_a_buffered_file(reader: PageReader, plain: bytes) -> None:
    with io.BufferedReader(reader.as_file()) as file:
        assert file.peek(4)[:4] == b"SQLi"
        assert file.read() == plain
        file.seek(100)
        assert file.read(50) == plain[100:150]
    copied = io.BytesIO()
    shutil.copyfileobj(reader.as_file(), copied)
    assert copied.getvalue() == plain


def test_two_views_have_places_of_their_own(reader: PageReader, plain: bytes) -> None:
    one, two = reader.as_file(), reader.as_file()
    one.seek(50)
    assert two.read(10) == plain[:10]
    assert one.read(10) == plain[50:60]
    one.close()
    assert two.read(10) == plain[10:20]
    with pytest.raises(ValueError, match="closed"):
        one.read(1)


def test_a_file_of_a_closed_reader() -> None:
    reader = PageReader(vectors.ENCRYPTED, KEY)
    file = reader.as_file()
    reader.close()
    with pytest.raises(ValueError, match="closed"):
        file.read(1)


def test_the_lock_goes_when_it_is_closed(tmp_path: Path) -> None:
    database = tmp_path / "database"
    shutil.copy(vectors.ENCRYPTED, database)
    reader = PageReader(database, KEY)
    reader.close()
    database.unlink()


def test_threads_read_at_once(reader: PageReader, plain: bytes) -> None:
    wrong: list[Any] = []

    def read(start: int) -> None:
        for i in range(60):
            offset = (start * 7919 + i * 4099) % SIZE
            if reader.read_at(offset, 9000) != plain[offset : offset + 9000]:
                wrong.append(offset)

    threads = [threading.Thread(target=read, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_lengths_of_buffers_do_not_matter_but_their_kind_does(reader: PageReader) -> None:
    assert reader.read_into(0, bytearray()) == 0
    with pytest.raises(TypeError, match=r"(?i)read-only|writable"):
        reader.read_into(0, bytes(10))
    with pytest.raises((BufferLengthError, TypeError, BufferError)):
        reader.read_into(0, memoryview(bytearray(20))[::2])
