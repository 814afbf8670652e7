"""The examples do what they say."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from databases import make_database
from pagecrypt import Key, verify_file

import vectors

EXAMPLES = vectors.ROOT / "python/examples"


def run(name: str, *arguments: object, given: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, EXAMPLES / name, *map(str, arguments)],
        input=given,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "key"
    path.write_text(vectors.ENCRYPTED_KEY)
    path.chmod(0o600)
    return path


def test_a_folder_is_encrypted(tmp_path: Path, key_file: Path) -> None:
    folder, destination = tmp_path / "folder", tmp_path / "encrypted"
    folder.mkdir()
    for i in range(5):
        make_database(folder / f"{i}.db", 100_000)
    (folder / "notes.txt").write_text("no database")
    done = run("encrypt_folder.py", folder, destination, "--key-file", key_file)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == 5
    assert sorted(path.name for path in destination.iterdir()) == [f"{i}.db" for i in range(5)]
    for path in destination.iterdir():
        assert verify_file(path, Key.from_text(vectors.ENCRYPTED_KEY)).intact
    again = run("encrypt_folder.py", folder, destination, "--key-file", key_file)
    assert again.returncode == 1
    assert again.stderr.count("the destination exists already") == 5


def test_a_key_file_that_others_may_read_is_refused(tmp_path: Path, key_file: Path) -> None:
    key_file.chmod(0o644)
    make_database(tmp_path / "a.db")
    done = run("encrypt_folder.py", tmp_path, tmp_path / "new", "--key-file", key_file)
    assert done.returncode != 0
    assert vectors.ENCRYPTED_KEY not in done.stdout + done.stderr


def test_a_sound_backup_is_found_sound(key_file: Path) -> None:
    done = run("check_backup.py", vectors.ENCRYPTED, "--key-file", key_file)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["cipher"] == "aegis256"


def test_damage_of_a_backup_is_found(tmp_path: Path, key_file: Path) -> None:
    damaged = tmp_path / "damaged"
    content = bytearray(vectors.ENCRYPTED.read_bytes())
    content[5 * 4096 + 1] ^= 1
    damaged.write_bytes(content)
    done = run("check_backup.py", damaged, "--key-file", key_file)
    assert done.returncode == 4
    assert "page 6 damaged" in done.stderr
    assert run("check_backup.py", tmp_path / "none", "--key-file", key_file).returncode == 1


def test_lines_come_back_from_a_file_of_records(tmp_path: Path, key_file: Path) -> None:
    path, lines = tmp_path / "lines", "".join(f"line {i}\n" for i in range(150))
    written = run("encrypted_stream.py", "write", path, "--key-file", key_file, given=lines)
    assert (written.returncode, written.stderr) == (0, "")
    assert b"line" not in path.read_bytes()
    done = run("encrypted_stream.py", "read", path, "--key-file", key_file)
    assert (done.returncode, done.stdout, done.stderr) == (0, lines, "")
    assert run("encrypted_stream.py", "write", path, "--key-file", key_file, given=lines).returncode == 1
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    done = run("encrypted_stream.py", "read", path, "--key-file", key_file)
    assert done.returncode == 4
    assert "1 lines were changed or moved" in done.stderr
    assert "line 149" not in done.stdout


def test_every_example_is_run_here() -> None:
    text = Path(__file__).read_text()
    assert all(f'"{path.name}"' in text for path in EXAMPLES.glob("*.py"))
