"""The programs of the pages that belong to no single binding run, in every language, and print what the pages say.

They are docs/rust.md, docs/quick-start.md and all of docs/recipes/: a new page joins by itself. A block of one of the
languages below is a whole program. It runs in a folder of its own with `app.db`, a plain database, and `turso.db` with
its log, which Turso made; their keys are in the variables APP_KEY and TURSO_KEY. What it prints is the ```text block
below it, after a line that begins with `prints`, or else the page's block after `Each ... prints:`.

What they run against:

* Rust: the crates, built here. C, C++: the library in target/c, which `make lib` makes, or in PAGECRYPT_C.
* Go: the module of the repository, after `go/bundle`.
* Python: the interpreter in the variable PYTHON; without it target/python-venv/bin/python.
* Node: the package in the folder that the variable NODE_PACKAGE names, run by the program in NODE; without them `node/`
  and `node`.

Where nothing was said and no binding is built, Python and Node are skipped, visibly; what a variable names must work.
"""

from __future__ import annotations

import functools
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
LIBRARY = Path(os.environ.get("PAGECRYPT_C", ROOT / "target/c")).resolve()
SECONDS = 300
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```\s*?$", re.MULTILINE | re.DOTALL)
SAYS_BELOW = re.compile(r"\s*^prints[^\n]*\n\n```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SAYS_FOR_ALL = re.compile(r"^(?:Each|.*\bEach)[^`]*?\bprints:\n\n```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)
WARNINGS = ("-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Werror", "-g", "-fsanitize=address,undefined")


@dataclass(frozen=True)
class Program:
    """A whole program of a page, and what the page says it prints; None where it says nothing."""

    page: str
    line: int
    language: str
    text: str
    prints: str | None

    def __str__(self) -> str:
        return f"{self.language}-{self.page}:{self.line}"


def programs(page: str, text: str) -> list[Program]:
    for_all = SAYS_FOR_ALL.search(text)
    found = []
    for block in BLOCK.finditer(text):
        language = ALIASES.get(block[1], block[1])
        if language in RUNNERS:
            below = SAYS_BELOW.match(text, block.end())
            says = below or for_all
            line = text.count("\n", 0, block.start()) + 1
            found.append(Program(page, line, language, block[2], says[1] if says else None))
    return found


def pages() -> list[Path]:
    return [DOCS / "rust.md", DOCS / "quick-start.md", *sorted((DOCS / "recipes").glob("*.md"))]


def run(*command: str | Path, folder: Path, **environment: str) -> str:
    """Runs a command in a folder; its standard output."""
    done = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, f"{command[0]}: exit {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout


# --- how each language compiles and runs a program -------------------------------------------------------------------


@functools.cache
def crates() -> dict[str, str]:
    """The compiled crates by their names."""
    built = run(
        # With the matrix's program, for its features: what it and the packages share is compiled already.
        *(ROOT / ".ci/shipped", "cargo", "build", "--quiet", "--release", "--message-format", "json"),
        *("-p", "pagecrypt", "-p", "pagecrypt-sqlite", "-p", "pagecrypt-matrix"),
        folder=ROOT,
    )
    artifacts = [message for message in map(json.loads, built.splitlines()) if message["reason"] == "compiler-artifact"]
    return {
        artifact["target"]["name"]: next(name for name in artifact["filenames"] if name.endswith(".rlib"))
        for artifact in artifacts
        if artifact["target"]["name"] in ("pagecrypt", "pagecrypt_sqlite")
    }


def rust(program: str, folder: Path) -> list[str | Path]:
    source = folder / "program.rs"
    source.write_text(program)
    run("rustfmt", "--edition", "2024", "--config-path", ROOT, "--check", source, folder=folder)
    libraries = {name: Path(path) for name, path in crates().items()}
    externs = [part for name, path in libraries.items() for part in ("--extern", f"{name}={path}")]
    dependencies = {f"dependency={path.parent / 'deps'}" for path in libraries.values()} | {
        f"dependency={path.parent}" for path in libraries.values()
    }
    searched = [part for path in sorted(dependencies) for part in ("-L", path)]
    run("rustc", "--edition", "2024", "-D", "warnings", *searched, *externs, "-o", "program", source, folder=folder)
    return [folder / "program"]


def c(program: str, folder: Path) -> list[str | Path]:
    return compiled("gcc", "-std=c99", "program.c", program, folder)


def cpp(program: str, folder: Path) -> list[str | Path]:
    return compiled("g++", "-std=c++17", "program.cpp", program, folder)


def compiled(compiler: str, standard: str, name: str, program: str, folder: Path) -> list[str | Path]:
    assert (LIBRARY / "lib").is_dir(), f"{LIBRARY} is not there: run make lib first"
    (folder / name).write_text(program)
    library = (f"-L{LIBRARY}/lib", "-lpagecrypt", f"-Wl,-rpath,{LIBRARY}/lib")
    run(compiler, standard, *WARNINGS, f"-I{LIBRARY}/include", name, "-o", "program", *library, folder=folder)
    return [folder / "program"]


def go(program: str, folder: Path) -> list[str | Path]:
    (folder / "main.go").write_text(program)
    (folder / "go.mod").write_text(
        f"module program\n\ngo 1.24\n\nrequire libpagecrypt/go v0.1.0\n\nreplace libpagecrypt/go => {ROOT / 'go'}\n"
    )
    assert run("gofmt", "-l", ".", folder=folder) == "", "gofmt would change it"
    run("go", "build", "-o", "program", ".", folder=folder)
    return [folder / "program"]


def python(program: str, folder: Path) -> list[str | Path]:
    named = os.environ.get("PYTHON")
    interpreter = Path(named).absolute() if named else ROOT / "target/python-venv/bin/python"
    if not named and not interpreter.exists():
        pytest.skip(f"skipped: no {interpreter.relative_to(ROOT)}, and PYTHON names none")
    (folder / "program.py").write_text(program)
    return [interpreter, "-W", "error", "program.py"]


def js(program: str, folder: Path) -> list[str | Path]:
    named = os.environ.get("NODE_PACKAGE")
    package = Path(named).absolute() if named else ROOT / "node"
    if not named and not any(package.glob("*.node")):
        pytest.skip(f"skipped: no addon in {package.relative_to(ROOT)}/, and NODE_PACKAGE names none")
    (folder / "node_modules").mkdir()
    (folder / "node_modules/libpagecrypt").symlink_to(package)
    (folder / "program.mjs").write_text(program)
    return [os.environ.get("NODE", "node"), "program.mjs"]


RUNNERS: dict[str, Callable[[str, Path], list[str | Path]]] = {
    "rust": rust,
    "c": c,
    "cpp": cpp,
    "go": go,
    "python": python,
    "js": js,
}
ALIASES = {"javascript": "js", "mjs": "js"}
PROGRAMS = [
    program for page in pages() for program in programs(str(page.relative_to(DOCS)), page.read_text(encoding="utf-8"))
]


# --- the tests -------------------------------------------------------------------------------------------------------


def result(program: Program, folder: Path) -> str:
    """What a program prints, in a folder with the databases that the pages speak of."""
    samples = ROOT / "vectors/turso"
    fixtures = json.loads((samples / "manifest.json").read_text())["fixtures"]
    turso = next(sample for sample in fixtures if sample["kind"] == "wal-mixed")
    folder.mkdir(exist_ok=True)
    shutil.copyfile(samples / "aegis256-4096-small.plain.db", folder / "app.db")
    for name in turso["files"]:
        shutil.copyfile(samples / name, folder / name.replace(turso["name"], "turso"))
    command = RUNNERS[program.language](program.text, folder)
    return run(*command, folder=folder, APP_KEY=turso["hexkey"], TURSO_KEY=turso["hexkey"])


@pytest.mark.parametrize("program", PROGRAMS, ids=str)
def test_a_program_prints_what_its_page_says(program: Program, tmp_path: Path) -> None:
    assert program.prints is not None, "the page does not say what it prints"
    assert result(program, tmp_path) == program.prints


def test_one_page_has_a_program_in_every_language() -> None:
    there = {program.language for program in PROGRAMS if program.page == "recipes/every-language.md"}
    assert there == set(RUNNERS)


PAGE = """
Each program prints:

```text
one
```

```python
print("one")
```

```mjs
console.log("two")
```

prints, since it is another:

```text
two
```

```sh
echo no program
```
"""


def test_programs_are_found_with_what_they_print() -> None:
    found = [(program.language, program.prints) for program in programs("page.md", PAGE)]
    assert found == [("python", "one\n"), ("js", "two\n")]
    assert programs("page.md", "```python\npass\n```\n")[0].prints is None


def test_a_program_that_fails_is_noticed(tmp_path: Path) -> None:
    broken = Program("page.md", 1, "rust", 'fn main() {\n    println!("{}", "a" + 1);\n}\n', "")
    with pytest.raises(AssertionError, match="rustc: exit 1"):
        result(broken, tmp_path / "compiling")
    failing = Program("page.md", 1, "rust", "fn main() {\n    std::process::exit(3);\n}\n", "")
    with pytest.raises(AssertionError, match="exit 3"):
        result(failing, tmp_path / "running")
