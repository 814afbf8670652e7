"""What is given to others: wheels and a source distribution that install and work in every Python of this machine.

It takes minutes where nothing is built yet: `python/run_tests packaging` runs it.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from interpreters import Interpreter, found

ROOT = Path(__file__).resolve().parents[3]
PYTHON = ROOT / "python"
TARGET = ROOT / "target"
PYTHONS = found()
GIL = [python for python in PYTHONS if not python.free_threaded]
FREE = [python for python in PYTHONS if python.free_threaded]
VERSION = re.search(r'^version = "(.+)"', (ROOT / "Cargo.toml").read_text(), re.MULTILINE)


def run(*command: str | Path, **environment: str) -> str:
    done = subprocess.run(
        command, env=os.environ | environment, cwd=TARGET, capture_output=True, text=True, timeout=3600, check=False
    )
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-5000:]
    return done.stdout


class Venv:
    """An environment with nothing in it."""

    def __init__(self, python: Interpreter, folder: Path) -> None:
        run(python.path, "-m", "venv", folder)
        self.bin = folder / "bin"

    def pip(self, *arguments: str | Path) -> None:
        run(self.bin / "pip", "install", "--quiet", "--disable-pip-version-check", *arguments)

    def pip_compiles(self, source: Path, folder: str = "target/shipped", **environment: str) -> None:
        """With the flags of the wheel, so that nothing is compiled twice."""
        command = (self.bin / "pip", "install", "--quiet", "--disable-pip-version-check", source)
        run(ROOT / ".ci/shipped", "env", f"CARGO_TARGET_DIR={ROOT / folder}", *command, **environment)

    def check(self) -> None:
        """Library, module and command work."""
        assert VERSION is not None
        installed = run(
            self.bin / "python", "-I", "-X", "dev", Path(__file__).with_name("installed.py"), ROOT / "vectors"
        )
        assert installed == f"{VERSION[1]}\n"
        said = f"pagecrypt {VERSION[1]}\n"
        assert run(self.bin / "python", "-I", "-m", "pagecrypt", "--version") == said
        assert run(self.bin / "pagecrypt", "--version") == said

    def test(self, *files: str) -> None:
        """Runs tests of the package with the pinned tools."""
        self.pip("pytest", "hypothesis", "numpy", "pyarrow", "--constraint", PYTHON / "requirements-dev.txt")
        run(self.bin / "python", "-m", "pytest", "-q", *(PYTHON / "tests" / file for file in files))


@pytest.fixture(scope="module")
def built() -> tuple[Path, Path]:
    """A wheel and a source distribution."""
    run(PYTHON / "build_wheel")
    dist = TARGET / "python-dist"
    (wheel,), (source,) = dist.glob("*.whl"), dist.glob("*.tar.gz")
    return wheel, source


def test_the_wheel_is_for_every_python_from_3_11_on(built: tuple[Path, Path]) -> None:
    assert re.fullmatch(r"pagecrypt-[0-9.]+-cp311-abi3-manylinux_2_\d+_\w+\.whl", built[0].name)


def test_the_wheel_holds_what_it_should_and_no_more(built: tuple[Path, Path]) -> None:
    with zipfile.ZipFile(built[0]) as wheel:
        names = set(wheel.namelist())
        info = next(name.split("/")[0] for name in names if ".dist-info/" in name)
        entry_points = wheel.read(f"{info}/entry_points.txt").decode()
        metadata = wheel.read(f"{info}/METADATA").decode()
    sources = {f"pagecrypt/{path.name}" for path in (PYTHON / "pagecrypt").glob("*.py*") if path.is_file()}
    assert {name for name in names if name.startswith("pagecrypt/")} == {
        *sources,
        "pagecrypt/py.typed",
        "pagecrypt/_native.abi3.so",
    }
    assert {name.split("/")[0] for name in names} == {"pagecrypt", info}
    assert {f"{info}/licenses/LICENSE-{license}" for license in ("APACHE", "MIT")} <= names
    assert "pagecrypt=pagecrypt.__main__:main" in entry_points.replace(" ", "")
    assert "License-Expression: MIT OR Apache-2.0" in metadata
    assert "Requires-Python: >=3.11" in metadata


def test_no_path_of_this_machine_is_given_away(built: tuple[Path, Path]) -> None:
    homes = {str(ROOT), str(Path.home()), os.environ.get("CARGO_HOME", str(Path.home()))}
    with zipfile.ZipFile(built[0]) as wheel:
        contents = {name: wheel.read(name) for name in wheel.namelist()}
    with tarfile.open(built[1]) as source:
        for member in source.getmembers():
            file = source.extractfile(member)
            contents[member.name] = file.read() if file else b""
    for name, content in contents.items():
        for home in homes:
            assert home.encode() + b"/" not in content, f"{name} names {home}"


def test_the_source_distribution_has_what_the_wheel_is_built_of(built: tuple[Path, Path]) -> None:
    with tarfile.open(built[1]) as source:
        names = {name.partition("/")[2] for name in source.getnames()}
    wanted = {"PKG-INFO", "pyproject.toml", "Cargo.lock", "LICENSE-MIT", "LICENSE-APACHE", "pagecrypt/py.typed"}
    assert wanted <= names
    assert {f"{crate}/Cargo.toml" for crate in ("core", "sqlite", "cli", "python")} <= names


@pytest.mark.parametrize("python", GIL, ids=str)
def test_the_wheel_works_in_a_clean_environment(python: Interpreter, built: tuple[Path, Path], tmp_path: Path) -> None:
    venv = Venv(python, tmp_path / "venv")
    venv.pip("--no-index", built[0])
    venv.check()


@pytest.mark.parametrize("python", GIL[-1:], ids=str)
def test_the_tests_pass_in_the_newest_python(python: Interpreter, built: tuple[Path, Path], tmp_path: Path) -> None:
    if python.minor == sys.version_info.minor:
        pytest.skip("this one is the newest")
    venv = Venv(python, tmp_path / "venv")
    venv.pip("--no-index", built[0])
    others = {"test_typing.py", "test_documents.py", "test_interrupts.py"}
    venv.test(*sorted(path.name for path in (PYTHON / "tests").glob("test_*.py") if path.name not in others))


def test_the_folder_can_be_installed(tmp_path: Path) -> None:
    venv = Venv(GIL[0], tmp_path / "venv")
    venv.pip_compiles(PYTHON)
    venv.check()


def test_the_source_distribution_can_be_installed(built: tuple[Path, Path], tmp_path: Path) -> None:
    """Only what is in it is compiled here, and the core, which takes longest, without optimisation."""
    venv = Venv(GIL[-1], tmp_path / "venv")
    venv.pip_compiles(built[1], MATURIN_PEP517_ARGS="--config profile.release.package.pagecrypt.opt-level=0")
    venv.check()


def test_a_free_threaded_python_runs_without_the_gil(tmp_path: Path) -> None:
    usable = [python for python in FREE if python.minor >= 14]  # PyO3 has given up 3.13's
    if not usable:
        pytest.skip("no free-threaded Python here")
    venv = Venv(usable[-1], tmp_path / "venv")
    venv.pip_compiles(PYTHON, "target/python-free-threaded")
    venv.check()
    assert run(venv.bin / "python", "-c", "import pagecrypt, sys; print(sys._is_gil_enabled())") == "False\n"
    venv.test("test_threads.py", "test_faults.py", "test_page.py", "test_reader.py")
