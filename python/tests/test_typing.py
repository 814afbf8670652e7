"""What type checkers make of the package, for those who use it right and for those who do not."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

HERE = Path(__file__).parent
TYPED = HERE / "typing"
PACKAGE = HERE.parent / "pagecrypt"
MYPY = (sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--cache-dir", "CACHE")
PYRIGHT = (str(Path(sys.executable).with_name("basedpyright")),)


def run(command: Iterable[str | Path], folder: Path) -> subprocess.CompletedProcess[str]:
    given = [str(folder) if part == "CACHE" else str(part) for part in command]
    return subprocess.run(given, cwd=folder, capture_output=True, text=True, timeout=600, check=False)


def pyright(folder: Path, path: Path, version: str = "3.11") -> list[tuple[int, str]]:
    """Lines and messages of its errors, by pyright's own strict rules."""
    settings = folder / "pyrightconfig.json"
    settings.write_text(json.dumps({"include": [str(path)], "typeCheckingMode": "strict", "pythonVersion": version}))
    done = run((*PYRIGHT, "--outputjson", "--pythonpath", sys.executable, "--project", settings), folder)
    report = json.loads(done.stdout)
    assert report["summary"]["filesAnalyzed"] >= 1
    return [
        (found["range"]["start"]["line"] + 1, f"{found['file']}: {found['message']}")
        for found in report["generalDiagnostics"]
        if found["severity"] == "error"
    ]


def marked(checker: str) -> set[int]:
    """Some lines are marked as wrong for one of them."""
    lines = (TYPED / "fails.py").read_text().splitlines()
    marks = ((number, re.search(r"# wrong(?: for (\w+))?", line)) for number, line in enumerate(lines, 1))
    return {number for number, mark in marks if mark and mark[1] in (None, checker)}


RIGHT = pytest.mark.parametrize(("name", "version"), [("passes.py", "3.11"), ("passes_3_12.py", "3.12")])


@RIGHT
def test_mypy_passes_right_use(name: str, version: str, tmp_path: Path) -> None:
    done = run((*MYPY, "--python-version", version, TYPED / name), tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_mypy_refuses_wrong_use(tmp_path: Path) -> None:
    done = run((*MYPY, TYPED / "fails.py"), tmp_path)
    found = {int(match[1]) for match in re.finditer(r"fails\.py:(\d+): error", done.stdout)}
    assert found == marked("mypy"), done.stdout + done.stderr


@RIGHT
def test_pyright_passes_right_use(name: str, version: str, tmp_path: Path) -> None:
    assert pyright(tmp_path, TYPED / name, version) == []


def test_pyright_refuses_wrong_use(tmp_path: Path) -> None:
    found = pyright(tmp_path, TYPED / "fails.py")
    assert {line for line, _ in found} == marked("pyright"), found


def test_the_package_itself_is_typed(tmp_path: Path) -> None:
    done = run((*MYPY, PACKAGE), tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert pyright(tmp_path, PACKAGE) == []


def test_the_stub_is_what_the_module_has(tmp_path: Path) -> None:
    done = run((sys.executable, "-m", "mypy.stubtest", "pagecrypt", "--concise"), tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", ["py.typed", "_native.pyi", "__init__.py"])
def test_types_come_with_the_package(path: str) -> None:
    assert (PACKAGE / path).is_file()
