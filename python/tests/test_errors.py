"""Errors: one class for each code, found by what Python programmers catch."""

from __future__ import annotations

import contextlib
import copy
import errno
import inspect
import os
import pickle
from collections.abc import Callable, Iterator
from pathlib import Path

import pagecrypt
import pytest
from pagecrypt import ErrorCode, Key, PagecryptError, s2

import vectors

FILE = vectors.read_json("errors.json")
RESERVED = {entry["error"] for entry in FILE["without_case"] if "reserved for a capability to come" in entry["why"]}
CLASSES = {
    found
    for _, found in inspect.getmembers(pagecrypt, inspect.isclass)
    if issubclass(found, PagecryptError) and found is not PagecryptError
}
NAMES = {
    "authentication_failed": "AuthenticationError",
    "file_exists": "DestinationExistsError",
    "io": "InputOutputError",
}


def class_of(name: str) -> type[PagecryptError]:
    words = "".join(word.capitalize() for word in name.split("_"))
    found = getattr(pagecrypt, NAMES.get(name, words + "Error"))
    assert isinstance(found, type)
    assert issubclass(found, PagecryptError)
    return found


def test_codes_are_those_of_every_language() -> None:
    here = [{"name": code.name.lower(), "number": int(code), "exit_code": code.exit_code} for code in ErrorCode]
    assert here == FILE["codes"]


@pytest.mark.parametrize("row", FILE["codes"], ids=lambda row: row["name"])
def test_every_code_that_occurs_has_its_class(row: dict[str, object]) -> None:
    name = str(row["name"])
    if name in RESERVED:
        assert name not in {getattr(found, "name", None) for found in CLASSES}
        return
    assert class_of(name).__module__ == "pagecrypt"


def test_every_class_has_a_code() -> None:
    wanted = {class_of(row["name"]) for row in FILE["codes"] if row["name"] not in RESERVED}
    subclasses = {
        found for found in CLASSES if not any(found is not other and issubclass(found, other) for other in CLASSES)
    }
    assert wanted <= CLASSES
    for found in CLASSES - wanted:  # kinds of one code, for example of InputOutputError
        assert any(issubclass(found, other) for other in wanted), found
    assert subclasses


@pytest.mark.parametrize(
    ("name", "bases"),
    [
        ("unknown_cipher", ValueError),
        ("unknown_engine", ValueError),
        ("key_length", ValueError),
        ("key_text", ValueError),
        ("page_size", ValueError),
        ("page_number", ValueError),
        ("buffer_length", ValueError),
        ("invalid_argument", ValueError),
        ("overlap", ValueError),
        ("message_too_long", ValueError),
        ("file_exists", FileExistsError),
        ("file_permissions", PermissionError),
        ("io", OSError),
        ("internal", RuntimeError),
    ],
)
def test_what_pythons_own_errors_they_are(name: str, bases: type[Exception]) -> None:
    assert issubclass(class_of(name), bases)
    assert issubclass(class_of(name), Exception)


def samples(folder: Path) -> list[PagecryptError]:
    """Errors of every kind that can be had."""
    key = Key.from_text(vectors.ENCRYPTED_KEY, "aegis256")
    other = Key.generate()
    codec, aead = pagecrypt.PageCodec(key), pagecrypt.Aead(key)
    records = pagecrypt.RecordCodec.s2(key, bytes(32))
    wrongly_metered = s2.encode_stored(s2.Encrypted(9, records.seal(s2.Envelope().encode())))
    elsewhere = pagecrypt.RecordCodec.bound(key, pagecrypt.Context.stream(bytes(32))).seal(b"")
    memory = bytearray(3 * 4096)
    there = folder / "there"
    there.write_bytes(b"")
    one = folder / "one"
    one.write_bytes(vectors.ENCRYPTED.read_bytes()[:4096])
    locked = folder / "locked"
    locked.write_bytes(vectors.PLAIN.read_bytes())
    (folder / "new-wal").write_bytes(b"0")
    calls = (
        lambda: pagecrypt.Cipher.from_name("none"),
        lambda: pagecrypt.Engine.from_name("none"),
        lambda: Key.from_bytes(b"", "aegis256"),
        lambda: Key.from_text("?"),
        lambda: pagecrypt.verify_file(vectors.ENCRYPTED, other),
        lambda: pagecrypt.verify_file(one, other),
        lambda: codec.open_pages(7, memory),
        lambda: aead.open(bytes(16), nonce=bytes(32)),
        lambda: pagecrypt.verify_file(vectors.PLAIN, key),
        lambda: pagecrypt.verify_file(Path(__file__), key),
        lambda: pagecrypt.WalHeader.parse(b""),
        lambda: pagecrypt.PageCodec(key.with_cipher("aes256gcm")).open_page(1, vectors.ENCRYPTED.read_bytes()[:4096]),
        lambda: pagecrypt.PageCodec(key, 1000),
        lambda: codec.seal_pages(0, memory),
        lambda: codec.seal_pages(2, bytearray(5)),
        lambda: codec.seal_pages_into(2, memoryview(memory)[:8192], memoryview(memory)[4096:]),
        lambda: pagecrypt.inspect_file(folder),
        lambda: pagecrypt.decrypt_file(vectors.ENCRYPTED, there, key),
        lambda: pagecrypt.encrypt_file(locked, folder / "new", key),
        lambda: pagecrypt.verify_file(vectors.ENCRYPTED, key, progress=lambda done, total: False),
        lambda: pagecrypt.inspect_file(folder / "none"),
        lambda: pagecrypt.RecordCodec.bound(key, pagecrypt.Context.stream(bytes([1]) * 32)).open(elsewhere),
        lambda: s2.open_stored(records, wrongly_metered),
        lambda: s2.key_from_header(None),
        lambda: s2.key_from_header("?"),
        lambda: pagecrypt.TokenKey.from_bytes(b""),
    )
    errors = []
    for call in calls:
        with pytest.raises(PagecryptError) as caught:
            call()
        errors.append(caught.value)
    return errors


def test_errors_tell_their_code(tmp_path: Path) -> None:
    for error in samples(tmp_path):
        assert isinstance(error.code, ErrorCode)
        assert error.name == error.code.name.lower()
        assert isinstance(error, class_of(error.name))
        assert str(error).strip()
        assert type(error) in CLASSES
        assert error.code.exit_code in range(1, 9)


def test_every_kind_is_among_the_samples(tmp_path: Path) -> None:
    hard_to_get = {
        "message_too_long", "usage_limit", "file_permissions", "random_source", "internal",
    }  # fmt: skip
    assert {error.name for error in samples(tmp_path)} | hard_to_get | RESERVED == {
        row["name"] for row in FILE["codes"]
    }


@pytest.mark.parametrize(
    "duplicate",
    [
        copy.copy,
        copy.deepcopy,
        *(lambda e, p=p: pickle.loads(pickle.dumps(e, p)) for p in range(pickle.HIGHEST_PROTOCOL + 1)),
    ],
)
def test_errors_travel(duplicate, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """Between processes, as multiprocessing does."""
    for error in samples(tmp_path):
        error.add_note("seen")
        again = duplicate(error)
        assert type(again) is type(error)
        assert (str(again), repr(again), again.args) == (str(error), repr(error), error.args)
        assert (again.code, again.name) == (error.code, error.name)
        public = [name for name in dir(error) if not name.startswith("_") and not callable(getattr(error, name, len))]
        for name in public:
            assert getattr(again, name) == getattr(error, name), name


def test_what_the_operating_system_said(tmp_path: Path) -> None:
    missing = tmp_path / "none"
    for call in (
        lambda: pagecrypt.inspect_file(missing),
        lambda: pagecrypt.verify_file(missing, Key.generate()),
        lambda: pagecrypt.PageReader(missing, Key.generate()),
        lambda: pagecrypt.decrypt_file(missing, tmp_path / "to", Key.generate()),
    ):
        with pytest.raises(pagecrypt.InputOutputError) as caught:
            call()
        error = caught.value
        assert isinstance(error, FileNotFoundError)
        assert error.errno == errno.ENOENT
        assert error.strerror == os.strerror(errno.ENOENT)
        assert os.fspath(error.filename) == str(missing)
        assert str(missing) in str(error)
    assert not (tmp_path / "to").exists()


def test_a_destination_that_exists_is_file_exists(tmp_path: Path, key: Key) -> None:
    there = tmp_path / "there"
    there.touch()
    with pytest.raises(FileExistsError) as caught:
        pagecrypt.decrypt_file(vectors.ENCRYPTED, there, key)
    assert isinstance(caught.value, pagecrypt.DestinationExistsError)
    assert str(caught.value) == "the destination exists already"


@contextlib.contextmanager
def nobody() -> Iterator[None]:
    """Not root, who may read everything."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(user)


def test_what_may_not_be_read(tmp_path: Path, key: Key) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(vectors.ENCRYPTED.read_bytes())
    secret.chmod(0)
    calls: list[Callable[[], object]] = [
        lambda: pagecrypt.verify_file(secret, key),
        lambda: pagecrypt.inspect_file(secret),
        lambda: pagecrypt.PageReader(secret, key),
        lambda: pagecrypt.decrypt_file(secret, tmp_path / "new", key),
    ]
    for call in calls:
        with nobody(), pytest.raises(pagecrypt.FilePermissionsError) as caught:
            call()
        assert isinstance(caught.value, PermissionError)
        assert caught.value.errno == errno.EACCES
        assert caught.value.filename == str(secret)


def test_the_only_page_of_a_file(tmp_path: Path) -> None:
    one = tmp_path / "one"
    one.write_bytes(vectors.ENCRYPTED.read_bytes()[:4096])
    for path, only_page in ((vectors.ENCRYPTED, False), (one, True)):
        with pytest.raises(pagecrypt.WrongKeyError) as caught:
            pagecrypt.verify_file(path, Key.generate())
        assert caught.value.only_page is only_page
