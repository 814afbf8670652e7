"""The CPythons of this machine that the package is for."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

ASK = (
    "import json, sys, sysconfig; print(json.dumps([sys.implementation.name, *sys.version_info[:2], "
    "bool(sysconfig.get_config_var('Py_GIL_DISABLED')), sys.prefix != sys.base_prefix]))"
)


@dataclass(frozen=True, order=True)
class Interpreter:
    minor: int
    free_threaded: bool
    path: Path

    def __str__(self) -> str:
        return f"3.{self.minor}{'t' if self.free_threaded else ''}"


def candidates() -> list[Path]:
    """In PATH, and what pyenv and uv keep."""
    folders = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep)]
    home = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    folders += sorted(home.glob("versions/*/bin")) + sorted(Path.home().glob(".local/share/uv/python/*/bin"))
    names = [f"python3.{minor}{t}" for minor in range(11, 30) for t in ("", "t")]
    return [folder / name for folder in folders for name in names if os.access(folder / name, os.X_OK)]


def found() -> list[Interpreter]:
    """One of each version, those that free threads apart."""
    by_version: dict[tuple[int, bool], Interpreter] = {}
    for path in candidates():
        done = subprocess.run([path, "-c", ASK], capture_output=True, text=True, check=False)
        if done.returncode == 0:  # pyenv has shims for versions that are not chosen
            name, major, minor, free_threaded, in_venv = json.loads(done.stdout)
            if (name, major) == ("cpython", 3) and minor >= 11 and not in_venv:
                by_version.setdefault((minor, free_threaded), Interpreter(minor, free_threaded, path))
    return sorted(by_version.values())


if __name__ == "__main__":
    pythons = found()
    print("Pythons here:", *pythons)
    if not any(python.free_threaded for python in pythons):
        print("skipped: no free-threaded Python here")
