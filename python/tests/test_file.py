"""Whole files: encrypted, decrypted, and left alone where that fails."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import pickle
import stat
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pagecrypt
import pytest
from databases import MEGABYTE, make_database, rows_of
from pagecrypt import CancelledError, Cipher, Key, Summary, Way, decrypt_file, encrypt_file, inspect_file, verify_file
from samples import files_in, key_of

import vectors

SAMPLES = vectors.read_json("turso/manifest.json")["fixtures"]


def key_of_sample(sample: dict[str, Any]) -> Key:
    return Key.from_text(sample["hexkey"], sample["cipher"])


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample["name"])
def test_databases_of_turso_are_decrypted(sample: dict[str, Any], tmp_path: Path, copy_of: Callable[..., Path]) -> None:
    key, plain = key_of_sample(sample), tmp_path / "plain"
    database = copy_of(vectors.TURSO / sample["file"])
    summary = decrypt_file(database, plain, key)
    assert hashlib.sha256(plain.read_bytes()).hexdigest() == sample["decrypted_sha256"]
    assert (summary.pages, summary.page_size, summary.way) == (sample["page_count"], sample["page_size"], Way.OPENED)
    assert (summary.cipher, summary.engine) == (key.cipher, key.engine)
    assert (summary.frames_applied > 0) == database.with_name("database-wal").exists()
    compact = tmp_path / "compact"
    assert decrypt_file(database, compact, key, compact=True).way is Way.REPACKED
    assert compact.read_bytes()[20] == 0
    report = verify_file(database, key)
    assert report.intact
    assert (report.error, report.findings, report.pages) == (None, (), sample["page_count"])
    report.require_intact()


@pytest.mark.parametrize("size", [512, 1024, 4096, 16384, 65536])
def test_a_database_comes_back(turso_cipher: Cipher, size: int, tmp_path: Path) -> None:
    key = key_of(turso_cipher)
    source = make_database(tmp_path / "source", 300_000, size)
    encrypted, plain, compact = tmp_path / "encrypted", tmp_path / "plain", tmp_path / "compact"
    summary = encrypt_file(source, encrypted, key)
    assert summary.way is Way.REBUILT
    assert summary.source_page_size == size
    assert summary.page_size == (1024 if size == 512 and turso_cipher.reserved_length > 32 else size)
    assert encrypted.stat().st_size == summary.bytes == summary.pages * summary.page_size
    assert summary.grew is (summary.page_size != size)
    assert verify_file(encrypted, key).intact
    decrypt_file(encrypted, plain, key)
    decrypt_file(encrypted, compact, key, compact=True)
    assert rows_of(plain) == rows_of(compact) == rows_of(source)
    # What has its reserved bytes already is sealed page by page.
    again = tmp_path / "again"
    assert encrypt_file(plain, again, key).way is Way.SEALED
    assert verify_file(again, key).intact


@pytest.mark.parametrize("form", [str, Path, os.fsencode], ids=["str", "Path", "bytes"])
def test_paths_of_every_kind(form: Callable[[Path], Any], tmp_path: Path, key: Key) -> None:
    folder = tmp_path / "größe \U0001f511 '%s'"
    folder.mkdir()
    plain, encrypted, back = (form(folder / name) for name in ("plain", "encrypted", "back"))
    (folder / "plain").write_bytes(vectors.PLAIN.read_bytes())
    encrypt_file(plain, encrypted, key)
    assert verify_file(encrypted, key).intact
    assert inspect_file(encrypted).format is pagecrypt.FileFormat.TURSO
    decrypt_file(encrypted, back, key)
    with pagecrypt.PageReader(encrypted, key) as reader:
        assert reader.page_count > 0


@pytest.mark.skipif(os.name != "posix", reason="names of any bytes are POSIX's")
def test_a_name_that_is_no_text(tmp_path: Path, key: Key) -> None:
    name = os.fsencode(tmp_path) + b"/\xff\xfe.db"
    encrypt_file(vectors.PLAIN, name, key)
    assert verify_file(os.fsdecode(name), key).intact
    with pytest.raises(pagecrypt.InputOutputError) as caught:
        inspect_file(name + b"x")
    assert os.fsencode(caught.value.filename) == name + b"x"


@pytest.mark.parametrize("path", ["a\0b", b"a\0b", Path("a\0b")])
def test_a_path_with_a_zero_byte_is_refused(path: Any, key: Key, tmp_path: Path) -> None:
    for call in (
        lambda: inspect_file(path),
        lambda: verify_file(path, key),
        lambda: encrypt_file(vectors.PLAIN, path, key),
        lambda: encrypt_file(path, tmp_path / "to", key),
        lambda: decrypt_file(path, tmp_path / "to", key),
        lambda: pagecrypt.PageReader(path, key),
    ):
        with pytest.raises((ValueError, OSError)):
            call()
    assert files_in(tmp_path) == {}


def test_an_existing_destination_is_replaced_by_force_only(tmp_path: Path, key: Key) -> None:
    there = tmp_path / "there"
    there.write_bytes(b"mine")
    for call in (encrypt_file, decrypt_file):
        source = vectors.PLAIN if call is encrypt_file else vectors.ENCRYPTED
        there.write_bytes(b"mine")
        with pytest.raises(FileExistsError):
            call(source, there, key)
        assert files_in(tmp_path) == {"there": b"mine"}
        call(source, there, key, force=True)
        assert there.stat().st_size > 100_000


def test_plain_files_are_their_owners(tmp_path: Path, key: Key) -> None:
    for compact in (False, True):
        plain = tmp_path / f"plain-{compact}"
        decrypt_file(vectors.ENCRYPTED, plain, key, compact=compact)
        assert stat.S_IMODE(plain.stat().st_mode) == 0o600


def jobs(folder: Path, key: Key) -> dict[str, Callable[..., Any]]:
    """Every function that tells its progress, on 8 MB. Each time it works on a new destination."""
    source = make_database(folder / "source", 8 * MEGABYTE)
    reserved = folder / "reserved"
    encrypted = folder / "encrypted"
    encrypt_file(source, encrypted, key)
    decrypt_file(encrypted, reserved, key)
    new = folder / "new"
    return {
        "encrypt, rebuilding": lambda **more: encrypt_file(source, new, key, **more),
        "encrypt, sealing": lambda **more: encrypt_file(reserved, new, key, **more),
        "decrypt": lambda **more: decrypt_file(encrypted, new, key, **more),
        "decrypt, compact": lambda **more: decrypt_file(encrypted, new, key, compact=True, **more),
        "verify": lambda **more: verify_file(encrypted, key, **more),
    }


@pytest.fixture(scope="module")
def big_jobs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Callable[..., Any]]]:
    folder = tmp_path_factory.mktemp("big")
    return folder, jobs(folder, key_of(Cipher.AEGIS256))


JOBS = ("encrypt, rebuilding", "encrypt, sealing", "decrypt", "decrypt, compact", "verify")
BigJobs = tuple[Path, dict[str, Callable[..., Any]]]


@pytest.mark.parametrize("job", JOBS)
def test_progress_is_told_on_this_thread_and_ends_at_the_end(job: str, big_jobs: BigJobs) -> None:
    folder, functions = big_jobs
    told: list[tuple[int, int, int]] = []
    functions[job](progress=lambda done, total: told.append((done, total, threading.get_ident())))
    (folder / "new").unlink(missing_ok=True)
    assert told
    assert {thread for *_, thread in told} == {threading.get_ident()}
    assert all(0 <= done <= total for done, total, _ in told)
    assert [done for done, *_ in told] == sorted(done for done, *_ in told)
    assert told[-1][0] == told[-1][1] > 0


class StopError(BaseException):
    """Not an Exception."""


@pytest.mark.parametrize(
    "raised", [ZeroDivisionError, StopError, KeyboardInterrupt, SystemExit, GeneratorExit, StopIteration]
)
@pytest.mark.parametrize("job", JOBS)
def test_what_progress_raises_goes_on_and_nothing_is_left(
    job: str, raised: type[BaseException], big_jobs: BigJobs
) -> None:
    folder, functions = big_jobs
    before = sorted(os.listdir(folder))
    mine = raised("mine")

    def progress(done: int, total: int) -> None:
        raise mine

    with pytest.raises(raised) as caught:
        functions[job](progress=progress)
    assert caught.value is mine
    assert sorted(os.listdir(folder)) == before


@pytest.mark.parametrize("job", JOBS)
def test_false_cancels_and_nothing_is_left(job: str, big_jobs: BigJobs) -> None:
    folder, functions = big_jobs
    before = sorted(os.listdir(folder))
    with pytest.raises(CancelledError):
        functions[job](progress=lambda done, total: False)
    assert sorted(os.listdir(folder)) == before


@pytest.mark.parametrize("answer", [None, True, 0, "", [], "stop"])
def test_only_false_cancels(answer: Any, big_jobs: BigJobs) -> None:
    assert big_jobs[1]["verify"](progress=lambda done, total: answer).intact


@pytest.mark.parametrize("job", JOBS)
def test_progress_may_use_the_package(job: str, big_jobs: BigJobs) -> None:
    folder, functions = big_jobs
    seen: list[object] = []

    def progress(done: int, total: int) -> None:
        if not seen:
            seen.append(verify_file(vectors.ENCRYPTED, Key.from_text(vectors.ENCRYPTED_KEY)).intact)
            seen.append(decrypt_file(vectors.ENCRYPTED, folder / "inner", Key.from_text(vectors.ENCRYPTED_KEY)).pages)

    functions[job](progress=progress)
    for name in ("new", "inner"):
        (folder / name).unlink(missing_ok=True)
    assert seen == [True, 30]


def test_progress_has_to_be_callable(tmp_path: Path, key: Key) -> None:
    not_callable: list[Any] = [7, "print", True, []]
    for wrong in not_callable:
        with pytest.raises(TypeError, match="progress"):
            verify_file(vectors.ENCRYPTED, key, progress=wrong)
    with pytest.raises(TypeError):
        verify_file(vectors.ENCRYPTED, key, progress=lambda: None)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize("wait", [-1, -0.001, float("nan"), float("-inf"), -(10**400)])
def test_a_wait_that_cannot_be(wait: float, key: Key, tmp_path: Path) -> None:
    for call in (
        lambda: verify_file(vectors.ENCRYPTED, key, wait=wait),
        lambda: encrypt_file(vectors.PLAIN, tmp_path / "to", key, wait=wait),
        lambda: decrypt_file(vectors.ENCRYPTED, tmp_path / "to", key, wait=wait),
        lambda: pagecrypt.PageReader(vectors.ENCRYPTED, key, wait=wait),
    ):
        with pytest.raises(ValueError):  # noqa: PT011 - whichever of the family
            call()
    assert files_in(tmp_path) == {}


@pytest.mark.parametrize("wait", [0, 0.0, 1, 1e300, float("inf")])
def test_any_other_wait_is_one(wait: float, key: Key) -> None:
    assert verify_file(vectors.ENCRYPTED, key, wait=wait).intact


def as_json(record: Any) -> Any:
    return json.loads(json.dumps(dataclasses.asdict(record)))


def test_records_are_frozen_pickled_and_json(tmp_path: Path, key: Key, copy_of: Callable[..., Path]) -> None:
    encrypted = copy_of(vectors.WITH_LOG)
    sample = next(sample for sample in SAMPLES if sample["file"] == vectors.WITH_LOG.name)
    records: list[Any] = [
        encrypt_file(vectors.PLAIN, tmp_path / "new", key),
        verify_file(encrypted, key_of_sample(sample)),
        inspect_file(encrypted),
    ]
    assert records[1].log is not None
    assert records[2].log is not None
    for record in [*records, records[1].log, records[2].log]:
        assert dataclasses.is_dataclass(record)
        assert pickle.loads(pickle.dumps(record)) == record
        assert as_json(record)
        for field in dataclasses.fields(record):
            with pytest.raises(dataclasses.FrozenInstanceError):
                setattr(record, field.name, None)
    assert as_json(records[0])["cipher"] == "aegis256"


def test_a_summary_says_what_was_done(tmp_path: Path, key: Key) -> None:
    summary = encrypt_file(vectors.PLAIN, tmp_path / "new", key)
    assert isinstance(summary, Summary)
    assert isinstance(summary.way, Way)
    assert isinstance(summary.cipher, Cipher)
    assert isinstance(summary.engine, pagecrypt.Engine)
