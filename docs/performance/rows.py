"""What was measured: the rows in the files beside this one, and how and where they were measured."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
# The languages in the order in which they are shown, with the file of each and its name in text.
LANGUAGES = {"rust": "Rust", "c": "C", "cpp": "C++", "go": "Go", "python": "Python", "node": "Node"}
RESERVED = {"aes": 28, "chacha": 28, "aegis128": 32, "aegis256": 48}
PAGE_SIZE = 4096


@dataclass(frozen=True)
class Row:
    """Nanoseconds for one page, or for one key: the median, and the quartiles."""

    language: str
    cipher: str
    engine: str
    """Empty where the benchmark does not say."""
    operation: str
    batch: int
    low: float
    median: float
    high: float

    def gigabytes(self, ns: float) -> float:
        """Gigabytes of text per second at so many nanoseconds a page."""
        reserved = next(length for prefix, length in RESERVED.items() if self.cipher.startswith(prefix))
        return (PAGE_SIZE - reserved) / ns


@dataclass(frozen=True)
class Measured:
    """What one command measured on one machine."""

    language: str
    """What it measured, if perhaps not alone."""
    command: str
    machine: str
    system: str
    date: str
    rows: tuple[Row, ...]


def parse(text: str, language: str = "") -> Measured:
    """Reads a file of rows, which a language has measured.

    Raises ValueError for rows that are not as docs/performance.md says.
    """
    content: dict[str, Any] = json.loads(text)
    rows = []
    for row in content["rows"]:
        ns = row["ns"]
        if not 0 < ns["low"] <= ns["median"] <= ns["high"]:
            raise ValueError(f"not low, median, high: {row}")
        if row["language"] not in LANGUAGES:
            raise ValueError(f"no language: {row}")
        given = {name: row[name] for name in ("language", "cipher", "engine", "operation", "batch")}
        rows.append(Row(**given, low=ns["low"], median=ns["median"], high=ns["high"]))
    return Measured(language, content["command"], content["machine"], content["system"], content["date"], tuple(rows))


def read(folder: Path = HERE) -> list[Measured]:
    """The files that are there, in the order of the languages."""
    paths = [folder / f"{language}.json" for language in LANGUAGES]
    return [parse(path.read_text(), path.stem) for path in paths if path.exists()]


def best(rows: tuple[Row, ...]) -> dict[str, str]:
    """For each cipher the engine that a key takes: the last one of its rows, as the best one comes last."""
    return {row.cipher: row.engine for row in rows if row.operation != "new_key"}


def table(head: Iterable[str], body: Iterable[Iterable[str]]) -> str:
    """A table in Markdown."""
    lines = [f"| {' | '.join(cells)} |" for cells in (list(head), *map(list, body))]
    return "\n".join([lines[0], "|" + "---|" * (lines[0].count("|") - 1), *lines[1:]])
