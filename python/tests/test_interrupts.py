"""Ctrl-C, and any handler that raises, stops work on files at once, and nothing is left behind."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pagecrypt
import pytest
from databases import MEGABYTE, make_database
from pagecrypt import Cipher, decrypt_file, encrypt_file, verify_file
from samples import key_of

KEY = key_of(Cipher.AEGIS256)
# The promise is 0.2 seconds; a machine at its limit gets more. Uninterrupted, each of these takes longer still.
PATIENCE = 2.0
PROGRAM = Path(__file__).with_name("interrupted.py")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("interrupted")
    make_database(folder / "plain", 192 * MEGABYTE)
    encrypt_file(folder / "plain", folder / "encrypted", KEY)
    decrypt_file(folder / "encrypted", folder / "reserved", KEY)
    return folder


def interrupted(job: str, folder: Path) -> dict[str, object]:
    """What a program says that was interrupted at it. The slowest engine makes the work long."""
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", PROGRAM, job, folder],
        env=os.environ | {"PAGECRYPT_ENGINE": "portable"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said: dict[str, object] = json.loads(done.stdout)
    print(job, said)
    return said


WORK = (
    "encrypt, rebuilding",
    "encrypt, sealing",
    "decrypt",
    "decrypt, compact",
    "verify",
    "verify on one thread",
    "verify with progress",
)


@pytest.mark.parametrize("job", WORK)
def test_ctrl_c_stops_the_work(job: str, folder: Path) -> None:
    said = interrupted(job, folder)
    assert (said["raised"], said["left"]) == ("KeyboardInterrupt", [])
    assert isinstance(said["after"], float)
    assert said["after"] < PATIENCE


@pytest.mark.parametrize("job", WORK[:5])
def test_so_does_any_handler_that_raises(job: str, folder: Path) -> None:
    said = interrupted(f"{job} by another signal", folder)
    assert (said["raised"], said["left"]) == ("MineError", [])


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Path]:
    """A folder whose databases another program is just writing to."""
    make_database(tmp_path / "plain")
    encrypt_file(tmp_path / "plain", tmp_path / "encrypted", KEY)
    program = (
        "import fcntl, sqlite3, sys\n"
        "database = sqlite3.connect('plain')\n"
        "database.execute('BEGIN EXCLUSIVE')\n"
        "file = open('encrypted', 'r+b')\n"
        "fcntl.lockf(file, fcntl.LOCK_EX)\n"
        "print('locked', flush=True)\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "locked\n"
        yield tmp_path
        process.communicate("")


@pytest.mark.parametrize(
    "job", ["wait to encrypt", "wait to decrypt", "wait to compact", "wait to verify", "wait to read"]
)
def test_ctrl_c_ends_the_waiting_for_a_lock(job: str, writer: Path) -> None:
    said = interrupted(job, writer)
    assert (said["raised"], said["left"]) == ("KeyboardInterrupt", [])
    assert isinstance(said["after"], float)
    assert said["after"] < PATIENCE


def test_without_waiting_a_lock_is_an_error_at_once(writer: Path) -> None:
    plain, encrypted, new = (writer / name for name in ("plain", "encrypted", "new"))
    for call in (
        lambda: encrypt_file(plain, new, KEY, wait=0),
        lambda: decrypt_file(encrypted, new, KEY, wait=0),
        lambda: decrypt_file(encrypted, new, KEY, wait=0, compact=True),
        lambda: verify_file(encrypted, KEY, wait=0),
        lambda: pagecrypt.PageReader(encrypted, KEY, wait=0),
    ):
        with pytest.raises(pagecrypt.LockedError) as caught:
            call()
        assert caught.value.locked_by is pagecrypt.LockedBy.WRITER
    assert not new.exists()


def test_progress_is_asked_while_waiting(writer: Path) -> None:
    told: list[tuple[int, int]] = []

    def progress(done: int, total: int) -> bool:
        told.append((done, total))
        return len(told) < 3

    with pytest.raises(pagecrypt.CancelledError):
        verify_file(writer / "encrypted", KEY, wait=300, progress=progress)
    assert told == [(0, 0)] * 3


def test_a_handler_that_returns_stops_nothing(folder: Path) -> None:
    called = []
    old = signal.signal(signal.SIGUSR1, lambda number, frame: called.append(number))
    try:

        def progress(done: int, total: int) -> None:
            if not called:
                signal.raise_signal(signal.SIGUSR1)

        assert verify_file(folder / "encrypted", KEY, progress=progress).intact
    finally:
        signal.signal(signal.SIGUSR1, old)
    assert called


def test_a_signal_is_the_main_threads_and_others_work_on(folder: Path) -> None:
    called, reports = [], []
    old = signal.signal(signal.SIGUSR1, lambda number, frame: called.append(number))
    try:
        thread = threading.Thread(target=lambda: reports.append(verify_file(folder / "encrypted", KEY)))
        thread.start()
        os.kill(os.getpid(), signal.SIGUSR1)
        thread.join()
    finally:
        signal.signal(signal.SIGUSR1, old)
    assert [report.intact for report in reports] == [True]
    assert called == [signal.SIGUSR1]


def test_a_connection_of_this_process_is_in_the_way(tmp_path: Path) -> None:
    if not Path("/proc/self/fdinfo").exists():
        pytest.skip("only Linux tells")
    path = make_database(tmp_path / "plain")
    with closing(sqlite3.connect(path)) as database:
        database.execute("BEGIN IMMEDIATE")
        with pytest.raises(pagecrypt.LockedError) as caught:
            encrypt_file(path, tmp_path / "new", KEY, wait=0)
        assert caught.value.locked_by is pagecrypt.LockedBy.THIS_PROCESS
        database.rollback()
    encrypt_file(path, tmp_path / "new", KEY, wait=0)


def test_ctrl_c_in_the_command_ends_it_as_the_binary_does(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "key").write_text(KEY.to_text())
    (tmp_path / "key").chmod(0o600)
    # The command is stopped once its temporary file is there.
    with subprocess.Popen(
        [
            sys.executable,
            "-m",
            "pagecrypt",
            "encrypt",
            folder / "plain",
            tmp_path / "new",
            "--key-file",
            tmp_path / "key",
        ],
        env=os.environ | {"PAGECRYPT_ENGINE": "portable"},
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        while process.poll() is None and os.listdir(tmp_path) == ["key"]:
            pass
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode in (130, -signal.SIGINT), said
    assert "Traceback" not in said
    assert os.listdir(tmp_path) == ["key"]
