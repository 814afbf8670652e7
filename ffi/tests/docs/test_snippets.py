"""The C snippets of docs/c.md are one program, which compiles without a warning, runs, and frees what it takes; the one
of the README is a program, too.

The library is the one that `make lib` left in target/c, or in the folder that the variable PAGECRYPT_C names.
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs/c.md"
LIBRARY = Path(os.environ.get("PAGECRYPT_C", ROOT / "target/c")).resolve()
COMPILERS = ("gcc", "clang")
FLAGS = ("-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-g", "-fsanitize=address,undefined")


def snippets(page: str) -> list[str]:
    return re.findall(r"^```c\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)


def program(page: str) -> str:
    """Snippets with directives or functions stand before main, and the others, in their order, in it."""
    outside: list[str] = []
    inside: list[str] = []
    for snippet in snippets(page):
        is_outside = snippet.startswith("#include") or re.search(r"^static .*\) \{$", snippet, re.MULTILINE)
        (outside if is_outside else inside).append(snippet)
    return "\n".join([*outside, "int main(void) {", *inside, "return 0;", "}", ""])


def run(source: str, compiler: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Compiles and runs a program in a folder with a database; the result is the compiler's where it fails."""
    (folder / "program.c").write_text(source)
    library = (f"-L{LIBRARY}/lib", "-lpagecrypt", f"-Wl,-rpath,{LIBRARY}/lib")
    compiled = subprocess.run(
        (compiler, *FLAGS, f"-I{LIBRARY}/include", "program.c", "-o", "program", *library),
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if compiled.returncode != 0:
        return compiled
    with closing(sqlite3.connect(folder / "app.db")) as database:
        database.execute("CREATE TABLE people(id INTEGER PRIMARY KEY, name TEXT)")
        database.executemany("INSERT INTO people(name) VALUES(?)", [("someone",)] * 1000)
        database.commit()
    return subprocess.run(folder / "program", cwd=folder, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.parametrize("compiler", COMPILERS)
def test_the_snippets_are_a_program_that_works(compiler: str, tmp_path: Path) -> None:
    assert shutil.which(compiler), f"please install {compiler}"
    done = run(program(PAGE.read_text()), compiler, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"aegis256 by \w+\npage 5 is damaged\n\d+ pages\n", done.stdout)


@pytest.mark.parametrize("compiler", COMPILERS)
def test_the_readmes_snippet_is_a_program_that_works(compiler: str, tmp_path: Path) -> None:
    (source,) = snippets((ROOT / "README.md").read_text())
    done = run(source, compiler, tmp_path)
    assert (done.returncode, done.stderr, done.stdout) == (0, "", "sealed and opened\n")


# What is done to the page, and what the compiler or the program says of it.
FAULTS = {
    "a function that does not exist": ("pagecrypt_key_generate(", "pagecrypt_key_make(", "pagecrypt_key_make"),
    "a warning": ("size_t failed;", "size_t failed; int more;", "unused"),
    "a leak": ("pagecrypt_key_free(key);", "", "LeakSanitizer"),
    "a handle freed twice": ("pagecrypt_error_free(error);\n```\n\n### M", "free(numbers);\n```\n\n### M", "free"),
    "a call that fails": ('"app.db", "app.enc.db"', '"other.db", "app.enc.db"', "io: "),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_wrong_snippet_is_noticed(fault: str, tmp_path: Path) -> None:
    right, wrong, says = FAULTS[fault]
    page = PAGE.read_text()
    assert right in page
    done = run(program(page.replace(right, wrong)), COMPILERS[0], tmp_path)
    assert done.returncode != 0
    assert says in done.stderr


def unknown_names(page: str, header: str) -> set[str]:
    """Names of the interface on the page, written out or as `_rest`, that the header does not have."""
    declared = set(re.findall(r"\b(?:pagecrypt|PAGECRYPT)_\w+", header))
    said = set(re.findall(r"\b(?:pagecrypt|PAGECRYPT)_\w+\b(?!\*)", page)) - {"PAGECRYPT_ERROR_", "pagecrypt_"}
    short = {
        f"pagecrypt_error{name}" for line in page.splitlines() for name in re.findall(r"`(_\w+)`", line) if "|" in line
    }
    return (said | short) - declared


def test_every_name_on_the_page_is_in_the_header() -> None:
    header = (LIBRARY / "include/pagecrypt.h").read_text()
    for page in (PAGE, ROOT / "README.md"):
        assert unknown_names(page.read_text(), header) == set()
    assert unknown_names("`pagecrypt_keys_free`", header) == {"pagecrypt_keys_free"}
    assert unknown_names("| `pagecrypt_error_got`, `_wanted` |", header) == {"pagecrypt_error_wanted"}


def test_the_soname_on_the_page_is_the_librarys() -> None:
    said = re.search(r"soname is `([^`]+)`", PAGE.read_text())
    assert said is not None
    assert said[1] == (LIBRARY / "lib/libpagecrypt.so").readlink().name
