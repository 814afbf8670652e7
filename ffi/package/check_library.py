#!/usr/bin/env python3
"""The built libraries offer the header's functions and nothing else, ask for nothing but the C library, and name no
path of the machine that built them.

    ffi/package/check_library.py FOLDER [TOOLS]

FOLDER has include/pagecrypt.h and lib/, as `make lib` leaves them; TOOLS is the prefix of another target's binary
utilities, for example "aarch64-linux-gnu-".
"""

from __future__ import annotations

import functools
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

PREFIX = "pagecrypt_"
# What panic messages would name, were it not for .ci/shipping.
OF_THIS_MACHINE = (
    Path(os.environ.get("CARGO_HOME", Path.home() / ".cargo")),
    Path(os.environ.get("RUSTUP_HOME", Path.home() / ".rustup")),
    Path(__file__).resolve().parents[2],
)
# Of a C program's environment; ld-linux has what threads' own variables need.
NEEDED = re.compile(r"(libc|libm|libgcc_s|libdl|libpthread|ld-linux(-[\w-]+)?)\.so\.\d+")
SYSTEM_LIBRARIES = ("libc.so.6", "libc_nonshared.a", "libm.so.6", "libgcc_s.so.1", "libdl.so.2", "libpthread.so.0")
# Defined by the linker, or asked for by every program's start code, present or not.
OF_THE_LINKER = {
    "_GLOBAL_OFFSET_TABLE_",
    "_ITM_deregisterTMCloneTable",
    "_ITM_registerTMCloneTable",
    "__dso_handle",
    "__gmon_start__",
}


@dataclass(frozen=True)
class Tools:
    """The binary utilities and the C compiler of one target."""

    prefix: str = ""

    def run(self, tool: str, *arguments: str | Path) -> str:
        return subprocess.run(
            [self.prefix + tool, *map(str, arguments)], check=True, capture_output=True, text=True
        ).stdout

    def symbols(self, *arguments: str | Path) -> set[str]:
        lines = self.run("nm", "--format=posix", *arguments).splitlines()
        return {line.split()[0].split("@")[0] for line in lines if " " in line}

    def loader(self) -> str:
        return "ld-linux-aarch64.so.1" if self.prefix.startswith("aarch64") else "ld-linux-x86-64.so.2"


@functools.cache
def of_the_system(tools: Tools) -> frozenset[str]:
    """What the C library, its parts, the unwinder and the linker define."""
    found = set(OF_THE_LINKER)
    for name in (*SYSTEM_LIBRARIES, tools.loader()):
        path = Path(tools.run("gcc" if tools.prefix else "cc", f"-print-file-name={name}").strip())
        if path.is_absolute():  # else the compiler does not have it
            found |= tools.symbols("-g" if path.suffix == ".a" else "-D", "--defined-only", path)
    return frozenset(found)


def declared_functions(header: str) -> set[str]:
    """The functions that a C header declares."""
    code = re.sub(r"/\*.*?\*/|//[^\n]*", " ", header, flags=re.DOTALL)
    code = re.sub(r"^\s*#(?:[^\n]*\\\n)*[^\n]*", "", code, flags=re.MULTILINE)
    return set(re.findall(rf"\b({PREFIX}\w+)\s*\(", code))


def number(header: str, macro: str) -> int | None:
    found = re.search(rf"^\s*#\s*define\s+{macro}\s+(\d+)\b", header, re.MULTILINE)
    return int(found[1]) if found else None


def compare(what: str, symbols: set[str], declared: set[str]) -> list[str]:
    foreign = sorted(name for name in symbols if not name.startswith(PREFIX))
    ours = symbols.difference(foreign)
    return (
        [f"{what}: {name} is visible to programs" for name in foreign]
        + [f"{what}: {name} is not declared in the header" for name in sorted(ours - declared)]
        + [f"{what}: {name} is declared in the header, but missing" for name in sorted(declared - ours)]
    )


def check_shared(library: Path, declared: set[str], abi: int, tools: Tools) -> list[str]:
    problems = compare(library.name, tools.symbols("-D", "--defined-only", library), declared)
    dynamic = tools.run("readelf", "-dW", library)
    sonames = re.findall(r"\(SONAME\).*\[(.*)\]", dynamic)
    if sonames != [f"libpagecrypt.so.{abi}"]:
        problems.append(f"{library.name}: the soname is {' '.join(sonames) or 'missing'}, not libpagecrypt.so.{abi}")
    for needed in re.findall(r"\(NEEDED\).*\[(.*)\]", dynamic):
        if not NEEDED.fullmatch(needed):
            problems.append(f"{library.name}: needs {needed}")
    return problems + undefined(library, tools.symbols("-D", "--undefined-only", library), tools)


def check_static(library: Path, declared: set[str], tools: Tools) -> list[str]:
    problems = compare(library.name, tools.symbols("-g", "--defined-only", library), declared)
    # The linker keeps one group of a name, whosever it is; the others' local symbols would go with their sections.
    if "COMDAT" in tools.run("readelf", "-gW", library):
        problems.append(f"{library.name}: has section groups, which another library's may replace")
    return problems + undefined(library, tools.symbols("-g", "--undefined-only", library), tools)


def undefined(library: Path, symbols: set[str], tools: Tools) -> list[str]:
    return [f"{library.name}: {name} is not in the C library" for name in sorted(symbols - of_the_system(tools))]


def check_paths(library: Path) -> list[str]:
    content = library.read_bytes()
    return [f"{library.name}: names {path}" for path in OF_THIS_MACHINE if os.fsencode(path) in content]


def check(folder: Path, tools: Tools) -> list[str]:
    header = (folder / "include/pagecrypt.h").read_text()
    declared = declared_functions(header)
    abi = number(header, "PAGECRYPT_ABI")
    if not declared or abi is None:
        return ["pagecrypt.h: has no functions or no PAGECRYPT_ABI"]
    version = ".".join(str(number(header, f"PAGECRYPT_VERSION_{part}")) for part in ("MAJOR", "MINOR", "PATCH"))
    names = [f"libpagecrypt.so.{version}", f"libpagecrypt.so.{abi}", "libpagecrypt.so", "libpagecrypt.a"]
    missing = [f"lib/{name} is missing" for name in names if not (folder / "lib" / name).is_file()]
    if missing:
        return missing
    resolved = {(folder / "lib" / name).resolve().name for name in names[:3]}
    stray = [f"lib/{name} is another library" for name in sorted(resolved - {names[0]})]
    return (
        stray
        + check_shared(folder / "lib" / names[0], declared, abi, tools)
        + check_static(folder / "lib" / names[3], declared, tools)
        + [problem for name in (names[0], names[3]) for problem in check_paths(folder / "lib" / name)]
    )


def main() -> int:
    if len(sys.argv) not in (2, 3):
        print(__doc__, file=sys.stderr)
        return 2
    problems = check(Path(sys.argv[1]), Tools(*sys.argv[2:]))
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
