#!/usr/bin/env python3
"""Puts together, in one folder, what `make install` and `make dist` hand out.

    ffi/package/stage.py LIBRARY COMMAND TARGET FOLDER

LIBRARY is what `make lib` left (target/c), COMMAND the built `pagecrypt`. FOLDER is made anew and is laid out like a
prefix (bin, include, lib, share); nothing in it names its place, so that it works wherever it is put.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import bill_of_materials

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
# Where distributions look for completions, below share.
COMPLETIONS = {
    "bash": "bash-completion/completions/pagecrypt",
    "fish": "fish/vendor_completions.d/pagecrypt.fish",
    "zsh": "zsh/site-functions/_pagecrypt",
}


def stage(library: Path, command: Path, target: str, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copytree(library / "include", folder / "include")
    shutil.copytree(library / "lib", folder / "lib", symlinks=True)
    stage_templates(library, folder / "lib")
    stage_command(command, folder)
    stage_documents(target, folder / "share/doc/libpagecrypt")
    settle(folder)


def stage_templates(library: Path, lib: Path) -> None:
    """The pkg-config file and the CMake package."""
    shared = re.fullmatch(r"libpagecrypt\.so\.((\d+)\.(\d+)\.\d+)", (lib / "libpagecrypt.so").resolve().name)
    abi = re.fullmatch(r"libpagecrypt\.so\.(\d+)", os.readlink(lib / "libpagecrypt.so"))
    if not shared or not abi:
        raise ValueError(f"{lib}: libpagecrypt.so does not lead to a version and an ABI")
    system_libraries = (library / "system-libraries").read_text().strip()
    values = {
        "VERSION": shared[1],
        "MAJOR": shared[2],
        "MINOR": shared[3],
        "ABI": abi[1],
        "SYSTEM_LIBRARIES": system_libraries,
        "SYSTEM_LIBRARIES_LIST": ";".join(name.removeprefix("-l") for name in system_libraries.split()),
    }
    templates = {HERE / "pagecrypt.pc.in": lib / "pkgconfig"}
    templates |= dict.fromkeys(sorted((HERE / "cmake").glob("*.in")), lib / "cmake/pagecrypt")
    for template, to in templates.items():
        to.mkdir(parents=True, exist_ok=True)
        filled = re.sub(r"@([A-Z_]+)@", lambda found: values[found[1]], template.read_text())
        (to / template.stem).write_text(filled)


def stage_command(command: Path, folder: Path) -> None:
    """The command line with its manual and completions, which it writes itself."""
    (folder / "bin").mkdir()
    subprocess.run(["strip", "--strip-debug", "-o", folder / "bin/pagecrypt", command], check=True)
    manual = folder / "share/man/man1"
    manual.mkdir(parents=True)
    subprocess.run([command, "man", "--out", manual], check=True, stdout=subprocess.DEVNULL)
    for shell, name in COMPLETIONS.items():
        to = folder / "share" / name
        to.parent.mkdir(parents=True)
        to.write_bytes(subprocess.run([command, "completions", shell], check=True, stdout=subprocess.PIPE).stdout)


def stage_documents(target: str, documents: Path) -> None:
    documents.mkdir(parents=True)
    for name in ("CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT"):
        shutil.copyfile(REPOSITORY / name, documents / name)
    shutil.copyfile(HERE / "README.package.md", documents / "README.md")
    (documents / "LICENSES-OF-PARTS").write_text(
        bill_of_materials.notices([bill_of_materials.ROOT, "pagecrypt-cli"], target)
    )
    (documents / "libpagecrypt.cdx.json").write_text(json.dumps(bill_of_materials.bill(target), indent=2) + "\n")


def settle(folder: Path) -> None:
    """The modes of an installed file, whatever those of the sources and the umask are."""
    for path in [folder, *folder.rglob("*")]:
        if path.is_symlink():
            continue
        program = path.is_dir() or path.parent.name == "bin" or ".so" in path.suffixes
        path.chmod(0o755 if program else 0o644)


def main() -> int:
    if len(sys.argv) != 5:
        print(__doc__, file=sys.stderr)
        return 2
    library, command, target, folder = sys.argv[1:]
    stage(Path(library), Path(command).resolve(), target, Path(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
