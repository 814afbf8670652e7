#!/usr/bin/env python3
"""Every documented command works, and every Rust snippet of the front page is one that is tested.

    check_commands.py BINARY_FOLDER [ROOT] [--prefix PREFIX]

* A ```sh block is run by bash, which stops at the first command that fails.
* A ```console block is a session: each line that starts with `$ ` is run and must end with exit code 0, the lines below
  it are what it must print (`…` stands for any text).

The documents are those on the front and all in docs/ and its folders. The blocks of one document run in order in one
folder that holds only `app.db`, a small plain database; `turso.db` with its log and `turso.key`, which Turso made; and
`program.c`, the front page's program in C. pkg-config finds what is installed in PREFIX. `make` does not run there: its
target must exist, and .ci/run makes the targets.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

BLOCK = re.compile(r"^```(\S*)[^\n]*\n(.*?)^```\s*$", re.MULTILINE | re.DOTALL)
SECONDS = 120


@dataclass
class Block:
    """A fenced block of a document."""

    document: str
    line: int
    language: str
    text: str

    @property
    def place(self) -> str:
        return f"{self.document}:{self.line}"


def blocks(root: Path, document: Path) -> list[Block]:
    text = document.read_text()
    name = document.relative_to(root).as_posix()
    return [Block(name, text.count("\n", 0, m.start()) + 1, m.group(1), m.group(2)) for m in BLOCK.finditer(text)]


def documents(root: Path) -> list[Path]:
    found = [
        root / "README.md",
        root / "core/README.md",
        root / "CONTRIBUTING.md",
        *sorted((root / "docs").rglob("*.md")),
    ]
    return [path for path in found if path.exists()]


def session(text: str) -> list[tuple[str, str]]:
    """Commands with the output that each must have."""
    commands: list[tuple[str, str]] = []
    for line in text.splitlines(keepends=True):
        if line.startswith("$ "):
            commands.append((line[2:], ""))
        elif commands:
            command, output = commands[-1]
            if command.endswith("\\\n"):
                commands[-1] = (command + line, output)
            else:
                commands[-1] = (command, output + line)
    return commands


def matches(expected: str, printed: str) -> bool:
    pattern = ".*?".join(re.escape(part) for part in expected.strip().split("…"))
    return re.fullmatch(pattern, printed.strip(), re.DOTALL) is not None


def run(script: str, folder: Path, environment: dict[str, str], *options: str) -> tuple[int, str]:
    done = subprocess.run(
        ["bash", *options, "-c", script],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    return done.returncode, done.stdout


def check_block(block: Block, folder: Path, environment: dict[str, str]) -> list[str]:
    if block.language == "sh":
        code, printed = run(block.text, folder, environment, "-euo", "pipefail")
        return [f"{block.place}: exit {code}: {printed.strip()}"] if code else []
    commands = session(block.text)
    if not commands:
        return [f"{block.place}: a session without a command"]
    problems = []
    for command, expected in commands:
        code, printed = run(command, folder, environment)
        if code:
            problems.append(f"{block.place}: {command.strip()}: exit {code}: {printed.strip()}")
            continue
        if not matches(expected, printed):
            problems.append(f"{block.place}: {command.strip()}: printed {printed.strip()!r}, not {expected.strip()!r}")
    return problems


def make_database(path: Path) -> None:
    """The reader's own database."""
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE notes(id INTEGER PRIMARY KEY, text TEXT)")
        database.executemany("INSERT INTO notes VALUES(?, ?)", ((i, f"note {i} " * 20) for i in range(1, 501)))
        database.commit()


def copy_turso_database(root: Path, folder: Path) -> None:
    """A database that Turso made, which has rows in its log, and its key."""
    samples = root / "vectors/turso"
    if not samples.exists():
        return
    manifest = json.loads((samples / "manifest.json").read_text())
    sample = next(sample for sample in manifest["fixtures"] if sample["kind"] == "wal-mixed")
    for name in sample["files"]:
        shutil.copyfile(samples / name, folder / name.replace(sample["name"], "turso"))
    (folder / "turso.key").write_text(f"{sample['hexkey']}\n")
    (folder / "turso.key").chmod(0o600)


def stand_in_for_make(folder: Path, root: Path) -> None:
    """Looks targets up without making them."""
    folder.mkdir()
    make = folder / "make"
    script = f'PATH="${{PATH#*:}}" exec env -u MAKEFLAGS make --no-print-directory -n -C "{root}" "$@" >/dev/null'
    make.write_text(f"#!/usr/bin/env bash\n{script}\n")
    make.chmod(0o755)


def check(root: Path, binaries: Path, prefix: Path | None = None) -> tuple[int, list[str]]:
    """How many blocks were run, and what was wrong."""
    count, problems = 0, []
    programs = [block.text for block in blocks(root, root / "README.md") if block.language == "c"]
    for document in documents(root):
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch, "work")
            folder.mkdir()
            make_database(folder / "app.db")
            copy_turso_database(root, folder)
            for program in programs:
                (folder / "program.c").write_text(program)
            stand_in_for_make(Path(scratch, "shims"), root)
            kept = {name: value for name, value in os.environ.items() if not name.startswith("PAGECRYPT")}
            environment = kept | {"PATH": f"{scratch}/shims:{binaries}:{os.environ['PATH']}", "HOME": scratch}
            if prefix:
                environment["PKG_CONFIG_PATH"] = f"{prefix}/lib/pkgconfig"
            for block in blocks(root, document):
                if block.language in ("sh", "console"):
                    count += 1
                    problems += check_block(block, folder, environment)
                elif block.language in ("", "bash", "shell"):
                    problems.append(f"{block.place}: say what it is: sh, console, text, rust, ...")
    tested = {block.text for block in blocks(root, root / "core/README.md") if block.language == "rust"}
    for block in blocks(root, root / "README.md"):
        if block.language == "rust" and block.text not in tested:
            problems.append(f"{block.place}: not a snippet of core/README.md, which is tested")
    if count == 0:
        problems.append("no command was found in any document")
    return count, problems


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("binaries", type=Path)
    parser.add_argument("root", type=Path, nargs="?", default=Path(__file__).resolve().parents[1])
    parser.add_argument("--prefix", type=Path)
    arguments = parser.parse_args()
    prefix = arguments.prefix and arguments.prefix.resolve()
    count, problems = check(arguments.root.resolve(), arguments.binaries.resolve(), prefix)
    print("\n".join(problems) if problems else f"documented commands: {count} blocks run")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
