"""The command line, in this package."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pagecrypt
import pytest

import vectors


def run(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pagecrypt", *map(str, arguments)],
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_version_is_that_of_the_crate() -> None:
    done = run("--version")
    assert (done.returncode, done.stdout) == (0, f"pagecrypt {pagecrypt.__version__}\n")
    cargo = (vectors.ROOT / "Cargo.toml").read_text()
    assert f'version = "{pagecrypt.__version__}"' in cargo


def test_the_console_script_is_the_same() -> None:
    script = shutil.which("pagecrypt", path=str(Path(sys.executable).parent))
    assert script is not None
    done = subprocess.run([script, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"pagecrypt {pagecrypt.__version__}\n"


def test_help_names_the_command() -> None:
    done = run("--help")
    assert done.returncode == 0
    assert "pagecrypt" in done.stdout
    assert "__main__" not in done.stdout


def test_a_database_goes_and_comes_back(tmp_path: Path) -> None:
    key, encrypted, plain = tmp_path / "key", tmp_path / "encrypted", tmp_path / "plain"
    for arguments in (
        ("keygen", "--out", key),
        ("encrypt", vectors.PLAIN, encrypted, "--key-file", key),
        ("verify", encrypted, "--key-file", key),
        ("decrypt", encrypted, plain, "--key-file", key),
    ):
        done = run(*arguments)
        assert done.returncode == 0, (arguments, done.stderr)
    assert plain.read_bytes().startswith(b"SQLite format 3\0")


@pytest.mark.parametrize(
    ("arguments", "exit_code"),
    [
        (["no-such-command"], 2),
        (["verify", vectors.PLAIN, "--key-file", "KEY"], 5),
        (["verify", vectors.ENCRYPTED, "--key-file", "KEY"], 3),
        (["verify", "no such file", "--key-file", "KEY"], 1),
    ],
)
def test_exit_codes_are_the_commands(arguments: list[object], exit_code: int, tmp_path: Path) -> None:
    key = tmp_path / "key"
    assert run("keygen", "--out", key).returncode == 0
    done = run(*(key if argument == "KEY" else argument for argument in arguments))
    assert done.returncode == exit_code, done.stderr
    assert "Traceback" not in done.stderr


def test_json(tmp_path: Path) -> None:
    done = run("inspect", vectors.ENCRYPTED, "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["cipher"] == "aegis256"
