"""The languages of the matrix: how each one's program is built and started.

A language joins by an entry in LANGUAGES. Its program is told `write FOLDER VECTORS` or `read FOLDER VECTORS`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BUILT = ROOT / "target/matrix"
LIBRARY = ROOT / "target/c"
WARNINGS = ("-O2", "-Wall", "-Wextra", "-Wpedantic", "-Werror")


def sources(folder: str, which: str) -> tuple[str, ...]:
    return tuple(str(path) for path in sorted((ROOT / "matrix" / folder).glob(which)))


@dataclass(frozen=True)
class Language:
    name: str
    """As the tables show it."""
    command: tuple[str, ...]
    """What starts the program."""
    tools: tuple[tuple[str, str], ...] = ()
    """Commands that it takes to build and run it, and what to install for each."""
    files: tuple[tuple[Path, str], ...] = ()
    """Files that must be there before it is built, and what makes each."""
    build: tuple[tuple[str, ...], ...] = ()
    """Commands that build it."""
    build_folder: Path = ROOT
    """Where they run."""


LANGUAGES = (
    Language(
        name="Rust",
        tools=(("cargo", "Rust 1.89 or newer"),),
        build=((".ci/shipped", "cargo", "build", "--quiet", "--release", "-p", "pagecrypt-matrix"),),
        command=(str(ROOT / "target/shipped/release/pagecrypt-matrix"),),
    ),
    Language(
        name="C",
        tools=(("cc", "a C compiler"),),
        files=((LIBRARY / "lib/libpagecrypt.a", "make lib"), (LIBRARY / "include/pagecrypt.h", "make lib")),
        build=(
            (
                *("cc", "-std=c99", *WARNINGS, f"-I{LIBRARY}/include", *sources("c", "*.c")),
                *("-o", str(BUILT / "matrix-c"), str(LIBRARY / "lib/libpagecrypt.a"), "-lpthread", "-ldl", "-lm"),
            ),
        ),
        command=(str(BUILT / "matrix-c"),),
    ),
    Language(
        name="C++",
        tools=(("c++", "a C++ compiler"),),
        files=((LIBRARY / "lib/libpagecrypt.so", "make lib"), (LIBRARY / "include/pagecrypt.hpp", "make lib")),
        build=(
            (
                *("c++", "-std=c++17", *WARNINGS, f"-I{LIBRARY}/include", *sources("cpp", "*.cpp")),
                *("-o", str(BUILT / "matrix-cpp"), f"-L{LIBRARY}/lib", "-lpagecrypt", f"-Wl,-rpath,{LIBRARY}/lib"),
            ),
        ),
        command=(str(BUILT / "matrix-cpp"),),
    ),
    Language(
        name="Go",
        tools=(("go", "Go 1.24 or newer"), ("cc", "a C compiler, for cgo")),
        files=((LIBRARY / "lib/libpagecrypt.a", "make lib"),),
        build=(("./bundle",), ("go", "build", "-o", str(BUILT / "matrix-go"), "./internal/matrix")),
        build_folder=ROOT / "go",
        command=(str(BUILT / "matrix-go"),),
    ),
    Language(
        name="Python",
        tools=(("cargo", "Rust 1.89 or newer"), ("python3", "Python 3.11 or newer, with venv")),
        build=(("python/develop",),),
        command=(str(ROOT / "target/python-venv/bin/python"), str(ROOT / "matrix/python/matrix.py")),
    ),
    Language(
        name="Node",
        tools=(("node", "Node 20 or newer"), ("npm", "Node 20 or newer"), ("cargo", "Rust 1.89 or newer")),
        build=(("./develop",),),
        build_folder=ROOT / "node",
        command=("node", str(ROOT / "matrix/node/matrix.mjs")),
    ),
)
