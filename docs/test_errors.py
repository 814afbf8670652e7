"""The table of docs/errors.md that names each error in every language says what the languages' sources say.

Numbers and exit codes, in the table above it, are compared with the core by core/tests/documents.rs, and here with
vectors/errors.json, which every binding compares itself with.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs/errors.md"
CODES: list[dict[str, str | int]] = json.loads((ROOT / "vectors/errors.json").read_text())["codes"]
Names = dict[str, set[str]]


def tables(text: str) -> list[list[list[str]]]:
    """The tables of a page, each as rows of cells; the row of dashes is left out."""
    found = re.findall(r"(?:^\|.*\|\n)+", text, re.MULTILINE)
    return [
        [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines() if "|---" not in line]
        for table in found
    ]


def words(cell: str) -> set[str]:
    return set(re.findall(r"`([^`]+)`", cell))


def column(text: str, language: str) -> Names:
    """What the page calls each error in a language; errors with an empty cell are left out."""
    table = next(table for table in tables(text) if any("Rust" in cell for cell in table[0]))
    index = next(number for number, head in enumerate(table[0]) if language in head)
    named = {cell for row in table[1:] for cell in words(row[0])}
    assert named == {code["name"] for code in CODES}
    return {words(row[0]).pop(): words(row[index]) for row in table[1:] if words(row[index])}


# --- what the sources say, by the name of each error ------------------------------------------------------------------


def snake(camel: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", camel).lower()


def collected(pairs: list[tuple[str, str]]) -> Names:
    names: Names = {}
    for error, name in pairs:
        names.setdefault(error, set()).add(name)
    return names


def rust() -> Names:
    source = (ROOT / "core/src/error.rs").read_text()
    arms = re.findall(r"((?:\s*\|?\s*Self::\w+(?:\(_\)| \{ \.\. \})?)+) => ErrorCode::(\w+)", source)
    pairs = [(snake(code), variant) for variants, code in arms for variant in re.findall(r"Self::(\w+)", variants)]
    system = (ROOT / "core/src/error/io.rs").read_text()
    return collected(pairs + [(snake(code), "Io") for code in re.findall(r"=> ErrorCode::(\w+)", system)])


def cpp() -> Names:
    source = (ROOT / "include/pagecrypt/error.hpp").read_text()
    return collected([(snake(name), name) for name in re.findall(r"^class (\w+) : public Error", source, re.MULTILINE)])


def go() -> Names:
    numbers = {code["number"]: str(code["name"]) for code in CODES}
    source = (ROOT / "go/errors.go").read_text()
    found = re.findall(r"^\t(Err\w+)\s+ErrorCode = (\d+)$", source, re.MULTILINE)
    return collected([(numbers[int(number)], name) for name, number in found])


def python() -> Names:
    source = binding("python/pagecrypt/_errors.py")
    found = re.findall(r"^class (\w+)\([^)]*code=ErrorCode\.(\w+)\)", source, re.MULTILINE)
    return collected([(code.lower(), name) for name, code in found])


def node() -> Names:
    found = re.findall(r'^\s*\["(\w+)", "(\w+)"\],', binding("node/lib/errors.cjs"), re.MULTILINE)
    shared = {code["name"] for code in CODES}
    return collected([(code, name) for name, code in found if code in shared])


def binding(path: str) -> str:
    if not (ROOT / path).exists():
        pytest.skip(f"skipped: there is no {path}")
    return (ROOT / path).read_text()


LANGUAGES: dict[str, Callable[[], Names]] = {"Rust": rust, "C++": cpp, "Go": go, "Python": python, "Node": node}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_has_the_names_of_the_sources(language: str) -> None:
    assert column(PAGE.read_text(), language) == LANGUAGES[language]()


def test_the_table_has_the_numbers_of_the_vectors() -> None:
    said = [[row[0], words(row[1]).pop(), row[2]] for row in tables(PAGE.read_text())[0][1:]]
    assert said == [[str(code["number"]), code["name"], str(code["exit_code"])] for code in CODES]


def test_c_has_each_error_under_its_name_in_capitals() -> None:
    header = (ROOT / "include/pagecrypt.h").read_text()
    found = re.findall(r"\bPAGECRYPT_ERROR_(\w+)\s+(?:=\s*)?\(?(\d+)\)?", header)
    assert {name.lower(): int(number) for name, number in found} == {str(c["name"]): c["number"] for c in CODES}


@pytest.mark.parametrize("fault", ["`ErrLocked`", "`WrongKey`", "| `io` |"])
def test_a_wrong_table_is_noticed(fault: str) -> None:
    page = PAGE.read_text()
    assert fault in page
    wrong = page.replace(fault, "| `other` |" if "|" in fault else "`Other`")
    with pytest.raises(AssertionError):
        assert column(wrong, "Go") == go()
        assert column(wrong, "Rust") == rust()
