#!/usr/bin/env python3
"""Installs what ffi/package/stage.py put together, and takes it away again.

    ffi/package/install.py install FOLDER PREFIX [DESTDIR]
    ffi/package/install.py uninstall PREFIX [DESTDIR]

DESTDIR stands before PREFIX while a package is made. What was installed is listed in the prefix itself, so that a later
version takes away what it does not bring any more, and nothing else is ever removed.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

LIST = "share/libpagecrypt/installed"
# Whose lib folders the dynamic linker looks into by itself, with the help of a list that ldconfig makes.
SYSTEM_PREFIXES = (Path("/usr"), Path("/usr/local"))


def install(folder: Path, prefix: Path) -> None:
    before_files, folders = read_list(prefix) if (prefix / LIST).exists() else ([], [])
    names = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_symlink() or path.is_file())
    for name in names:
        folders += make_folders(prefix, name)
        put(folder / name, prefix / name)
    folders += make_folders(prefix, LIST)
    remove(prefix, sorted(set(before_files) - set(names)), [])
    write_list(prefix, names, sorted(set(folders)))


def uninstall(prefix: Path) -> None:
    files, folders = read_list(prefix)
    remove(prefix, [*files, LIST], folders)


def make_folders(prefix: Path, name: str) -> list[str]:
    """Makes the folders above a file, and tells which ones below the prefix were not there."""
    made = []
    for folder in reversed(Path(name).parents):
        if not (prefix / folder).exists():
            (prefix / folder).mkdir(parents=True)
            (prefix / folder).chmod(0o755)
            if folder != Path():
                made.append(str(folder))
    return made


def put(source: Path, target: Path) -> None:
    """Under another name first: a program that has the old library open keeps it whole."""
    beside = target.with_name(f".{target.name}.new")
    beside.unlink(missing_ok=True)
    if source.is_symlink():
        beside.symlink_to(os.readlink(source))
    else:
        shutil.copyfile(source, beside)
        shutil.copymode(source, beside)
    beside.replace(target)


def remove(prefix: Path, files: list[str], folders: list[str]) -> None:
    for name in files:
        (prefix / name).unlink(missing_ok=True)
    for name in sorted(folders, reverse=True):  # what is inside comes first
        path = prefix / name
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()


def write_list(prefix: Path, files: list[str], folders: list[str]) -> None:
    lines = [f"{name}\n" for name in files] + [f"{name}/\n" for name in folders]
    (prefix / LIST).write_text("".join(lines))
    (prefix / LIST).chmod(0o644)


def read_list(prefix: Path) -> tuple[list[str], list[str]]:
    names = (prefix / LIST).read_text().splitlines()
    for name in names:
        if Path(name).is_absolute() or ".." in Path(name).parts:
            raise ValueError(f"{prefix / LIST}: {name} is not inside the prefix")
    return (
        [name for name in names if not name.endswith("/")],
        [name.removesuffix("/") for name in names if name.endswith("/")],
    )


def place(prefix: str, destination: str) -> Path:
    if not Path(prefix).is_absolute():
        raise ValueError(f"PREFIX must be an absolute path, not {prefix!r}")
    return Path(destination, prefix.lstrip("/")) if destination else Path(prefix)


def main(arguments: list[str]) -> int:
    try:
        match arguments:
            case ["install", folder, prefix, *destination] if len(destination) <= 1:
                where = place(prefix, *destination or [""])
                install(Path(folder), where)
                print(f"installed libpagecrypt into {where}")
                if where in SYSTEM_PREFIXES:
                    print("run ldconfig once, so that programs find the shared library")
            case ["uninstall", prefix, *destination] if len(destination) <= 1:
                where = place(prefix, *destination or [""])
                if not (where / LIST).exists():
                    print(f"nothing to uninstall: `make install` has not installed into {where}", file=sys.stderr)
                    return 1
                uninstall(where)
                print(f"uninstalled libpagecrypt from {where}")
            case _:
                print(__doc__, file=sys.stderr)
                return 2
    except (OSError, ValueError) as error:
        print(f"install.py: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
