#!/usr/bin/env python3
"""The matrix of the languages: what one writes, every other one reads.

run.py [--languages NAME,NAME…] [--json | --markdown]

Builds each language's program (see languages.py), runs every writer, and every reader on every writer's files. Each
program answers for each capability under each cipher (see rows.py). Beyond what they say themselves, their files are
compared, and each reader has to find the damage in files that were changed. Exit code 1 on any failure.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from languages import BUILT, LANGUAGES, ROOT, Language
from rows import CAPABILITIES, CIPHERS, FAILED, NO_ROW, OK, REFUSED, Capability, Outcome, Row, all_rows, parse
from written import compare_writers, damage, database_rows, hashes, wrong_database, wrong_files

VECTORS = ROOT / "vectors"
PLAIN = "turso/aegis256-4096-small.plain.db"
DATABASES = ("file-{}.plain.db", "file-{}.compact.db")
TIMEOUT = 600  # seconds, for a program that hangs
BUILD_TIMEOUT = 1800
BUILD_LINES = 30  # of a failed build: what comes first is the cause

Pair = tuple[str, str]
"""Writer and reader."""


@dataclass
class Result:
    languages: tuple[str, ...]
    cells: dict[Pair, dict[Row, Outcome]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def cell(self, capability: Capability, writer: str, reader: str) -> str:
        words = [self.cells[writer, reader][capability.name, cipher].word for cipher in CIPHERS]
        counts = [(words.count(word), word) for word in (OK, REFUSED, FAILED)]
        return ", ".join(f"{count} {word}" for count, word in counts if count)

    def fail(self, writer: str, reader: str, row: Row, why: str) -> None:
        """Makes a row of a cell a failure, whatever the reader said."""
        self.cells[writer, reader][row] = Outcome(FAILED, why)
        self.problems.append(f"{reader} reads {writer}'s: {row[0]} {row[1]}: {why}")


@dataclass(frozen=True)
class Ran:
    """What a program answered."""

    rows: dict[Row, Outcome]
    problems: list[str]
    """Of its output as a whole."""
    said: str
    """On standard error, where a program says nothing but how it crashed."""

    def as_expected(self, capability: Capability, cipher: str) -> bool:
        return self.rows[capability.name, cipher].word == capability.expected(cipher)


def missing(languages: Sequence[Language]) -> list[str]:
    """What has to be installed or made first."""
    problems = []
    for language in languages:
        problems += [
            f"{language.name}: `{tool}` is missing: please install {install}"
            for tool, install in language.tools
            if shutil.which(tool) is None
        ]
        problems += [
            f"{language.name}: {path.name} is missing: run `{made_by}` first"
            for path, made_by in language.files
            if not path.exists()
        ]
    return problems


def build(language: Language) -> str | None:
    """Builds a language's program; gives what went wrong."""
    BUILT.mkdir(parents=True, exist_ok=True)
    for command in language.build:
        try:
            done = subprocess.run(
                command, cwd=language.build_folder, capture_output=True, text=True, check=False, timeout=BUILD_TIMEOUT
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return f"{language.name} does not build: {error}"
        if done.returncode != 0:
            output = (done.stdout + done.stderr).splitlines()[:BUILD_LINES]
            return "\n".join([f"{language.name} does not build: {' '.join(command)}", *output])
    return None


def run(language: Language, mode: str, folder: Path, vectors: Path, out: Path) -> Ran:
    """Runs a program. `out` is where it leaves decrypted databases."""
    try:
        done = subprocess.run(
            (*language.command, mode, str(folder), str(vectors)),
            env=os.environ | {"MATRIX_OUT": str(out)},
            capture_output=True,
            text=True,
            errors="backslashreplace",
            check=False,
            timeout=TIMEOUT,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return Ran(parse("", 1)[0], [f"did not run: {error}"], "")
    return Ran(*parse(done.stdout, done.returncode), done.stderr.strip()[-500:])


def run_writer(writer: Language, folder: Path, vectors: Path, result: Result) -> None:
    with tempfile.TemporaryDirectory() as out:
        ran = run(writer, "write", folder, vectors, Path(out))
    says = f"{writer.name} writes: "
    result.problems += [says + problem for problem in ran.problems + wrong_files(folder)]
    wrong = [(capability, cipher) for capability, cipher in all_rows() if not ran.as_expected(capability, cipher)]
    result.problems += [
        f"{says}{capability.name} {cipher} {ran.rows[capability.name, cipher]}" for capability, cipher in wrong
    ]
    if ran.said:
        result.problems.append(says + ran.said)


def run_reader(reader: Language, writer: str, folder: Path, vectors: Path, out: Path, result: Result) -> None:
    """Fills a cell of every capability."""
    ran = run(reader, "read", folder, vectors, out)
    result.cells[writer, reader.name] = ran.rows
    says = f"{reader.name} reads {writer}'s: "
    result.problems += [says + problem for problem in ran.problems]
    if ran.said:
        result.problems.append(says + ran.said)
    plain = database_rows(vectors / PLAIN)
    for capability, cipher in all_rows():
        row = (capability.name, cipher)
        if not ran.as_expected(capability, cipher):
            result.fail(writer, reader.name, row, str(ran.rows[row]))
        elif capability.name == "file" and ran.rows[row].word == OK:
            wrong = [wrong_database(out / name.format(cipher), plain) for name in DATABASES]
            for why in filter(None, wrong):
                result.fail(writer, reader.name, row, why)


def compare_readers(writer: str, outs: dict[str, Path], result: Result) -> None:
    """Every reader decrypts a writer's database to the same bytes."""
    for cipher in CIPHERS:
        for name in (name.format(cipher) for name in DATABASES):
            contents = {reader: (out / name).read_bytes() for reader, out in outs.items() if (out / name).is_file()}
            if len(set(contents.values())) > 1:
                first = next(iter(contents))
                for reader in (reader for reader in contents if contents[reader] != contents[first]):
                    result.fail(writer, reader, ("file", cipher), f"{name} is not the bytes that {first} made")


def run_on_damage(reader: Language, writer: str, folder: Path, vectors: Path, result: Result) -> None:
    """A reader that opens changed files checks nothing, and its other answers are worth nothing."""
    with tempfile.TemporaryDirectory() as damaged, tempfile.TemporaryDirectory() as out:
        damage(folder, Path(damaged))
        ran = run(reader, "read", Path(damaged), vectors, Path(out))
    says = f"{reader.name} reads damaged files of {writer}: "
    result.problems += [says + problem for problem in ran.problems]
    for capability, cipher in all_rows():
        expected = FAILED if capability.expected(cipher) == OK else REFUSED
        outcome = ran.rows[capability.name, cipher]
        if outcome.word != expected or outcome == NO_ROW:
            result.problems.append(f"{says}{capability.name} {cipher} {outcome}, not {expected}")


def matrix(languages: Sequence[Language], vectors: Path) -> Result:
    """Runs all programs, which are built."""
    result = Result(tuple(language.name for language in languages))
    with tempfile.TemporaryDirectory(prefix="matrix-") as temporary:
        folders = {language.name: Path(temporary, f"written-{i}") for i, language in enumerate(languages)}
        for writer in languages:
            folders[writer.name].mkdir()
            run_writer(writer, folders[writer.name], vectors, result)
        result.problems += compare_writers(folders)
        for number, writer in enumerate(languages):
            folder, outs = folders[writer.name], {}
            before = hashes(folder)
            for i, reader in enumerate(languages):
                outs[reader.name] = Path(temporary, f"read-{number}-{i}")
                outs[reader.name].mkdir()
                run_reader(reader, writer.name, folder, vectors, outs[reader.name], result)
                if hashes(folder) != before:
                    result.problems.append(f"{reader.name} reads {writer.name}'s: and changed the files")
            compare_readers(writer.name, outs, result)
        for number, reader in enumerate(languages):
            writer = languages[(number + 1) % len(languages)]
            run_on_damage(reader, writer.name, folders[writer.name], vectors, result)
    return result


def rows_of(result: Result, capability: Capability) -> list[list[str]]:
    """A table, its heading first: a line for each writer, a column for each reader."""
    heading = [f"{capability.name}: written by", *(f"read by {reader}" for reader in result.languages)]
    lines = [
        [writer, *(result.cell(capability, writer, reader) for reader in result.languages)]
        for writer in result.languages
    ]
    return [heading, *lines]


def as_text(result: Result) -> str:
    blocks = []
    for capability in CAPABILITIES:
        table = rows_of(result, capability)
        widths = [max(len(line[column]) for line in table) for column in range(len(table[0]))]
        padded = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in table]
        blocks.append("\n".join(line.rstrip() for line in padded))
    return "\n\n".join([*blocks, verdict(result)])


def as_markdown(result: Result) -> str:
    blocks = []
    for capability in CAPABILITIES:
        heading, *lines = rows_of(result, capability)
        blocks.append("\n".join("| " + " | ".join(line) + " |" for line in (heading, ["---"] * len(heading), *lines)))
    return "\n\n".join([*blocks, verdict(result)])


def as_json(result: Result) -> str:
    capabilities = {
        capability.name: {
            writer: {
                reader: {cipher: str(result.cells[writer, reader][capability.name, cipher]) for cipher in CIPHERS}
                for reader in result.languages
            }
            for writer in result.languages
        }
        for capability in CAPABILITIES
    }
    return json.dumps(
        {
            "ok": not result.problems,
            "languages": result.languages,
            "ciphers": list(CIPHERS),
            "capabilities": capabilities,
            "problems": result.problems,
        },
        indent=1,
    )


def verdict(result: Result) -> str:
    if result.problems:
        return "\n".join([f"FAILED, {len(result.problems)} problems:", *(f"* {line}" for line in result.problems)])
    return f"{len(CIPHERS)} ciphers; each language reads what every one writes: {', '.join(result.languages)}"


def main(arguments: Sequence[str], known: Sequence[Language] = LANGUAGES, vectors: Path = VECTORS) -> int:
    parser = argparse.ArgumentParser(description="What one language writes, every other one reads.")
    names = ",".join(language.name for language in known)
    parser.add_argument("--languages", default=names, help=f"leave some out (default: {names})")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_const", const=as_json, dest="form", help="for machines")
    form.add_argument("--markdown", action="store_const", const=as_markdown, dest="form", help="for documents")
    options = parser.parse_args(arguments)

    by_name = {language.name.lower(): language for language in known}
    chosen = options.languages.lower().split(",")
    if unknown := [name for name in chosen if name not in by_name]:
        parser.error(f"no such language: {', '.join(unknown)}; there are {names}")
    languages = [by_name[name] for name in dict.fromkeys(chosen)]

    problems = missing(languages) or [why for why in map(build, languages) if why]
    if problems:
        print("\n".join(problems), file=sys.stderr)
        return 1
    result = matrix(languages, vectors)
    print((options.form or as_text)(result))
    return 1 if result.problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
