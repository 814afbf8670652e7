#!/usr/bin/env python3
"""Packs what ffi/package/stage.py put together into an archive, with the Go module, and puts the packages for other
languages and checksums beside it.

    ffi/package/dist.py FOLDER TARGET OUTPUT [PACKAGES...]

PACKAGES are folders with wheels, source distributions and npm tarballs.
The same contents give the same bytes: sorted names, one time (SOURCE_DATE_EPOCH, else 1980), nobody's user.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Sequence
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
DOCUMENTS = "share/doc/libpagecrypt"
# What one looks for at the top of an archive.
AT_THE_TOP = ("README.md", "CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT", "libpagecrypt.cdx.json")
GO_IGNORED = "--exclude-per-directory=.gitignore"
EPOCH = 315532800


def dist(folder: Path, target: str, output: Path, packages: Sequence[Path] = ()) -> Path:
    """Writes the archive, its bill of materials and their checksums; returns the archive's path."""
    version = re.fullmatch(r"libpagecrypt\.so\.(\d+\.\d+\.\d+)", (folder / "lib/libpagecrypt.so").resolve().name)
    if not version:
        raise ValueError(f"{folder}: lib/libpagecrypt.so does not lead to a version")
    name = f"libpagecrypt-{version[1]}-{target}"
    contents = {
        str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_symlink() or path.is_file()
    }
    contents |= {top: folder / DOCUMENTS / top for top in AT_THE_TOP}
    contents |= go_module()
    shutil.rmtree(output, ignore_errors=True)  # nothing of an older version stays
    output.mkdir(parents=True)
    archive = output / f"{name}.tar.gz"
    archive.write_bytes(pack(name, contents))
    bill = output / f"{name}.cdx.json"
    bill.write_bytes((folder / DOCUMENTS / "libpagecrypt.cdx.json").read_bytes())
    for package in packages:
        for path in sorted(package.iterdir()):
            shutil.copyfile(path, output / path.name)
    write_checksums(output)
    return archive


def go_module() -> dict[str, Path]:
    """The Go module as it is committed, with what go/bundle made: its .gitignore names just that."""
    if not any((REPOSITORY / "go/lib").glob("*/libpagecrypt.a")):
        raise FileNotFoundError("go/lib has no library yet: run go/bundle first")
    return {name: REPOSITORY / name for name in git_files("--cached") + git_files("--others", "--ignored", GO_IGNORED)}


def git_files(*which: str) -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", *which, "--", "go"], cwd=REPOSITORY, check=True, stdout=subprocess.PIPE, text=True
    ).stdout
    return [name for name in listed.split("\0") if name and (REPOSITORY / name).is_file()]


def pack(name: str, contents: dict[str, Path]) -> bytes:
    packed = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=0, compresslevel=6) as compressed:
        with tarfile.open(fileobj=compressed, mode="w", format=tarfile.GNU_FORMAT) as archive:
            for path in sorted(contents):
                add(archive, f"{name}/{path}", contents[path])
    return packed.getvalue()


def add(archive: tarfile.TarFile, name: str, source: Path) -> None:
    entry = tarfile.TarInfo(name)
    entry.mtime = int(os.environ.get("SOURCE_DATE_EPOCH", EPOCH))
    entry.uname = entry.gname = "root"
    if source.is_symlink():
        entry.type = tarfile.SYMTYPE
        entry.linkname = os.readlink(source)
        entry.mode = 0o777
        archive.addfile(entry)
        return
    content = source.read_bytes()
    entry.size = len(content)
    entry.mode = 0o755 if source.stat().st_mode & 0o100 else 0o644
    archive.addfile(entry, io.BytesIO(content))


def write_checksums(output: Path) -> None:
    """Of all files in the folder, in the form that `sha256sum --check` reads."""
    files = sorted(output.iterdir())
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files]
    (output / "SHA256SUMS").write_text("".join(lines))


def main() -> int:
    if len(sys.argv) < 4:
        print(__doc__, file=sys.stderr)
        return 2
    folder, target, output, *packages = sys.argv[1:]
    dist(Path(folder), target, Path(output), [Path(package) for package in packages])
    print((Path(output) / "SHA256SUMS").read_text(), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
