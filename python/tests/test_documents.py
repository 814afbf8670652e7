"""The programs of the documents run, and print what is said."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

import vectors

BLOCK = re.compile(r"```python\n(.*?)```\n(?:\nprints[^\n]*\n\n```text\n(.*?)```\n)?", re.DOTALL)
DOCUMENTS = (vectors.ROOT / "docs/python.md", vectors.ROOT / "python/README.md", vectors.ROOT / "README.md")


@dataclass(frozen=True)
class Program:
    name: str
    text: str
    prints: str | None


def programs() -> list[Program]:
    return [
        Program(f"{document.name} {number}", match[1], match[2])
        for document in DOCUMENTS
        for number, match in enumerate(BLOCK.finditer(document.read_text()), 1)
    ]


@pytest.mark.parametrize("program", programs(), ids=lambda program: program.name)
def test_a_program_runs_and_prints_what_is_said(program: Program, tmp_path: Path) -> None:
    """Given a plain and an encrypted database, and the key of the latter."""
    (tmp_path / "app.db").write_bytes(vectors.PLAIN.read_bytes())
    (tmp_path / "program.py").write_text(program.text)
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "program.py", vectors.PLAIN, vectors.ENCRYPTED],
        cwd=tmp_path,
        env=os.environ | {"APP_KEY": vectors.ENCRYPTED_KEY},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == (program.prints or "")


@pytest.mark.parametrize("program", programs(), ids=lambda program: program.name)
def test_a_program_has_the_form_and_types_of_the_others(program: Program, tmp_path: Path) -> None:
    """Of Python 3.12, from which on type checkers know NumPy's arrays for buffers."""
    path = tmp_path / "program.py"
    path.write_text(program.text)
    ruff: list[str | Path] = [sys.executable, "-m", "ruff"]
    settings = ["--config", str(vectors.ROOT / "ruff.toml"), "--no-cache"]
    commands: list[list[str | Path]] = [
        [*ruff, "format", *settings, "--diff", path],
        [*ruff, "check", *settings, "--ignore", "INP001", path],
        [
            sys.executable,
            "-m",
            "mypy",
            "--strict",
            "--python-version",
            "3.12",
            "--cache-dir",
            str(tmp_path / "cache"),
            path,
        ],
    ]
    for command in commands:
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr


def test_there_are_programs_in_each_document() -> None:
    for document in DOCUMENTS:
        assert len(BLOCK.findall(document.read_text())) == document.read_text().count("```python") > 0
