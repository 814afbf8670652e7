"""The generator of the header notices what it is there to notice."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]


def check(root: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(REPOSITORY / "ffi/generate_header.py"), "--check", "--root", str(root)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for folder in ("ffi", "include"):
        shutil.copytree(REPOSITORY / folder, tmp_path / folder)
    return tmp_path


def test_the_committed_header_is_accepted(copy: Path) -> None:
    outcome = check(copy)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("ffi/src/key.rs", "bytes: *const u8", "bytes: *mut u8"),
        ("ffi/src/status.rs", "PAGECRYPT_ERROR_IO: pagecrypt_status = 34", "PAGECRYPT_ERROR_IO: pagecrypt_status = 40"),
        ("ffi/src/wal.rs", "//! Write-ahead logs", "//! Logs"),
        ("include/pagecrypt.h", "void pagecrypt_key_free", "int pagecrypt_key_free"),
        ("include/pagecrypt.h", "Frees a key.", "Frees."),
    ],
)
def test_a_difference_is_shown(copy: Path, file: str, old: str, new: str) -> None:
    text = (copy / file).read_text()
    assert old in text
    (copy / file).write_text(text.replace(old, new, 1))
    outcome = check(copy)
    assert outcome.returncode == 1
    assert "run ffi/generate_header.py" in outcome.stdout


def test_a_file_without_a_section_is_refused(copy: Path) -> None:
    (copy / "ffi/src/nowhere.rs").write_text("//! Nowhere\n")
    outcome = check(copy)
    assert outcome.returncode == 1
    assert "nowhere.rs" in outcome.stderr
