#!/usr/bin/env python3
"""Draws the pictures and writes the tables of docs/performance.md from the rows in this folder.

draw.py            writes
draw.py --check    fails where a picture or a table is not what the rows give
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import chart
import libraries
import rows as measured_rows
from rows import LANGUAGES, Measured, Row, table

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "performance.md"
# The operations of a page codec: name, operation, pages a call. Their order is that of the bars and columns.
SERIES = (
    ("seal 64", "seal_pages", 64),
    ("open 64", "open_pages", 64),
    ("seal 1", "seal_pages", 1),
    ("open 1", "open_pages", 1),
)
SHOWN_IN_EVERY_LANGUAGE = "aegis256"
REGION = re.compile(r"(<!-- rows: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def chosen(measured: Measured, language: str) -> dict[tuple[str, str, int], Row]:
    """The rows of each cipher's best engine in a language, by cipher, operation and pages a call."""
    best = measured_rows.best(measured.rows)
    rows = (row for row in measured.rows if row.language == language and row.engine == best[row.cipher])
    return {(row.cipher, row.operation, row.batch): row for row in rows}


def spread(row: Row) -> str:
    return f"{row.median:.0f} ({row.low:.0f} to {row.high:.0f})"


def machine(files: list[Measured]) -> str:
    seen = dict.fromkeys((file.machine, file.system) for file in files)
    lines = [f"* {where}, {system}" for where, system in seen]
    return "\n".join([*lines, *(f"* `{file.command}`, {file.date}" for file in files)])


def pages(files: list[Measured]) -> str:
    found = chosen(files[0], "rust")
    ciphers = dict.fromkeys(cipher for cipher, operation, _ in found if operation == "seal_pages")
    body = (
        [cipher, found[cipher, "seal_pages", 64].engine]
        + [spread(found[cipher, operation, batch]) for _, operation, batch in SERIES]
        for cipher in ciphers
    )
    return table(["cipher", "engine", *(name for name, _, _ in SERIES)], body)


def engines(files: list[Measured]) -> str:
    found = {(row.cipher, row.engine, row.operation): row for row in files[0].rows if row.batch == 64}
    keys = {row.cipher: row for row in files[0].rows if row.operation == "new_key"}
    pairs = dict.fromkeys((cipher, engine) for cipher, engine, operation in found if operation == "seal")
    body = []
    for cipher, engine in pairs:
        seal, open_ = found[cipher, engine, "seal"], found[cipher, engine, "open"]
        speeds = [f"{row.gigabytes(row.median):.2f}" for row in (seal, open_)]
        key = f"{keys[cipher].median:.0f}" if keys[cipher].engine == engine else ""
        body.append([cipher, engine, f"{seal.median:.0f}", speeds[0], f"{open_.median:.0f}", speeds[1], key])
    return table(["cipher", "engine", "seal, ns", "GB/s", "open, ns", "GB/s", "a new key, ns"], body)


def by_language(files: list[Measured]) -> str:
    body = []
    for file in files:
        for language in sorted({row.language for row in file.rows}, key=[file.language, *LANGUAGES].index):
            found = chosen(file, language)
            cells = [found.get((SHOWN_IN_EVERY_LANGUAGE, operation, batch)) for _, operation, batch in SERIES]
            name = LANGUAGES[language] + ("" if language == file.language else ", in the same run")
            body.append([name, *(spread(cell) if cell else "" for cell in cells)])
    return table(["language", *(name for name, _, _ in SERIES)], body)


TABLES = {"machine": machine, "pages": pages, "engines": engines, "languages": by_language}


def picture(files: list[Measured]) -> str:
    found = chosen(files[0], "rust")
    groups = []
    for cipher in dict.fromkeys(cipher for cipher, operation, _ in found if operation == "seal_pages"):
        rows = [found[cipher, operation, batch] for _, operation, batch in SERIES]
        bars = tuple(
            chart.Bar(series, row.gigabytes(row.median), row.gigabytes(row.high), row.gigabytes(row.low))
            for series, row in enumerate(rows)
        )
        groups.append(chart.Group(cipher, rows[0].engine, bars))
    names = ("seal, 64 a call", "open, 64 a call", "seal, one a call", "open, one a call")
    title = "Pages of 4096 bytes, sealed and opened on one thread"
    unit = "GB/s (line: the middle half of the rounds)"
    return chart.draw(title, unit, names, groups)


def drawn(folder: Path, page: str) -> dict[str, str]:
    """What has to stand where: the picture, and the page with its tables."""
    files = measured_rows.read(folder)
    machines = libraries.kept(folder / "machines")
    tables = {name: make(files) for name, make in TABLES.items()}
    tables["libraries"] = "\n\n".join(map(libraries.section, machines))
    asked = [match[2] for match in REGION.finditer(page)]
    if sorted(asked) != sorted(tables):
        raise ValueError(f"the page has the tables {asked}, not {list(tables)}")
    with_tables = REGION.sub(lambda match: f"{match[1]}\n{tables[match[2]]}\n\n{match[3]}", page)
    pictures = {f"performance/machines/{libraries.kind(each)}.svg": libraries.picture(each) for each in machines}
    pictures["performance/pages.svg"] = picture(files)
    return pictures | {"performance.md": with_tables}


def main() -> int:
    check = sys.argv[1:] == ["--check"]
    stale = []
    for name, text in drawn(HERE, PAGE.read_text()).items():
        path = HERE.parent / name
        if not path.exists() or path.read_text() != text:
            stale.append(name)
            if not check:
                path.write_text(text)
    if stale:
        print(
            *(
                f"docs/{name}: {'not what the rows give: run docs/performance/draw.py' if check else 'written'}"
                for name in stale
            ),
            sep="\n",
        )
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
